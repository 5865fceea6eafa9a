"""The plain frozen records that every part of followup-rules speaks in. All datetimes are aware."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from followup_rules.computed import computed
from followup_rules.sentences import Sentence


class Person(Struct, frozen=True):
    """A human being: an e-mail address in lower case, and a name if one was given."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """What stands after the @ of the address."""
        return self.address.rpartition("@")[2]


class Report(Struct, frozen=True, kw_only=True):
    """What an event tells of an action of ours: an output what became of it, a mail of mine which draft it was."""

    key: str
    """The marker of the action; a sent mail carries its hash (`followup_rules.keys`), or in older ones the marker."""
    rule: str = ""
    """Told by an output only, like what follows."""
    anchor: str = ""
    """The id of the event that the rule started from."""
    mail: str = ""
    """The id of the sent mail by which it is known that the draft was sent."""
    type: str = ""
    """The type of the action; "" where it is not known."""


class WrittenLine(Struct, frozen=True):
    """A line of a file of the user's, for messages."""

    where: str
    """As an event's `where`: `notes.md:10`."""
    text: str
    """As the user wrote it."""


KIND_END = "\x1f"
"""Ends the kind in an identity; no kind and no id holds it."""
MAIL = ("sent", "received")
"""The kinds of mail: what is never changed or taken away once it was sent."""


class Event(Struct, frozen=True, kw_only=True, dict=True):
    """Something that happened or is planned, as a source saw it.

    A source fills in what it knows. `listed`, `gone`, `past_unlisted`, `planned` and `called_off` belong to the store.
    """

    id: str
    """Message-ID, iCalendar UID (`UID/RECURRENCE-ID` for an occurrence), or a note's `FILE-STEM:CASE:TIME:TAG`."""
    kind: str
    """`meeting`, `sent`, `received`, `note`, `done`, or a kind that a plugin adds."""
    start: datetime
    end: datetime
    title: str = ""
    text: str = ""
    people: tuple[Person, ...] = ()
    """The humans other than the user, in the order of the source: attendees, recipients, a heading's addresses."""
    organizer: Person | None = None
    """Who called the meeting or wrote the mail; may be a machine, and then is not among `people`."""
    status: str = "confirmed"
    """`confirmed`, `tentative`, `cancelled`, `declined` (by me), `mine` (I called it, for others). Rules also see
    `unanswered`, `vanished` and `missed`, which are for the engine to tell."""
    answered: bool = True
    """False: somebody else called the meeting, and I have not said whether I come."""
    sequence: int = 0
    """The number of a meeting's revision: RFC 5545, section 3.8.7.4."""
    tags: tuple[str, ...] = ()
    """The `#tags`, lower case, without the `#`."""
    case: str = ""
    """The label that `#case:NAME` gives; it decides."""
    heading: str = ""
    """A note's heading without its addresses: a label or an `@domain`; it must fit a case."""
    domain: str = ""
    """The `@domain` of a note's heading, in lower case and without the @."""
    thread: str = ""
    """The same for all mails of one conversation."""
    answers: str = ""
    """The Message-ID that a mail replies to (RFC 5322, section 3.6.4)."""
    references: tuple[str, ...] = ()
    """The Message-IDs of the earlier mails of its thread that a mail names, oldest first."""
    forwards: bool = False
    """A mail that passes another one on."""
    auto: str = ""
    """The kind of a mail that no person wrote: `reply` (out of office and the like), `bounce`, `receipt`, `calendar`,
    `bulk`, or `notice` (from an address that takes no answer)."""
    ticked: bool = False
    """The checkbox of a note."""
    whole_day: bool = False
    """A note without a time of day: `start` is 00:00, and it counts as 23:59 where order within the day matters."""
    updated: datetime | None = None
    """LAST-MODIFIED, else DTSTAMP (RFC 5545, section 3.8.7) where that is not the time of an export, else the service's
    own stamp."""
    data: Mapping[str, object] = field(default_factory=dict)
    """Further fields of a plugin, and the `key:value` pairs of a note. Values: str, int, float, bool, datetime.

    A source of notes gives the values as they are written; those that the rules count from become dates in the core.
    """
    report: Report | None = None
    """Of what an output reports, and of a mail of mine that was a draft of ours; of nothing else."""
    undated: bool = False
    """A note without a date: `start` is when the source read it, and in the store when it was first seen."""
    where: str = ""
    """Where a person finds it, for messages: `notes.md:12`."""
    source_line: str = ""
    """A note's line as the user wrote it, for messages."""
    heading_line: WrittenLine | None = None
    """The line of a note's heading, for messages about it; a note whose heading moved is as it was."""
    listed: datetime | None = None
    """The last pull that listed it, known only once it is `gone`."""
    gone: datetime | None = None
    """The first pull that no longer listed it."""
    past_unlisted: bool = False
    """It is gone from a calendar that lists nothing that is over: it had no such entry, and others went as it did."""
    planned: datetime | None = None
    """The last pull that listed it as planned, before one showed that it was cancelled."""
    called_off: datetime | None = None
    """The first pull that showed it cancelled; if it was moved since to before that, its start."""

    @computed
    def identity(self) -> str:
        """Its kind and its id, by which it is one event: nobody's mail takes the place of a note with the same id."""
        return f"{self.kind}{KIND_END}{self.id}"


_OCCURRENCE = re.compile(r"(.+)/\d{8}(?:T\d{6}Z?)?", re.DOTALL)


def series(event: Event) -> str:
    """Return what the occurrences of a series of meetings have in common: the UID; "" for any other event."""
    found = _OCCURRENCE.fullmatch(event.id) if event.kind == "meeting" else None
    return found[1] if found else ""


class BadItem(Struct, frozen=True):
    """What a source found in place of an event and could not read."""

    where: str
    message: str
    id: str = ""
    """Of the event, if it can be told: then the event is still there, as it was last read."""
    source_line: str = ""
    """The line as the user wrote it."""
    marked: str = ""
    """The part of that line which cannot be read."""
    hint: str = ""
    """What to write instead, if that can be told."""


class Pull(Struct, frozen=True, kw_only=True):
    """What a source saw: new and changed events, ids that were taken away, and where to go on from."""

    events: Sequence[Event | BadItem] = ()
    removed: Sequence[str] = ()
    cursor: str = ""
    """Given back to the next pull; anything the source likes."""
    complete: bool = False
    """These are all the events of the window: what is absent is gone, unless it is among the unchanged."""
    unchanged: Sequence[str] = ()
    """Ids of events, or of series (`ID/...`), that a complete pull need not give again: they are as they were."""
    left: int = 0
    """How many items are still to be read: these are kept, and the source is asked again at once from the cursor."""
    doubt: str = ""
    """Why this may be half of the picture, as a sentence: a file that is empty now, or that ends in the middle of a
    line. The source counts as unreadable until a pull at least half an hour later has the same doubt."""
    unread: Sequence[BadItem] = ()
    """Parts of the source that could not be read, such as one file of a folder: `where` is the part, as the `where` of
    its events begins. What was read counts; what lay in these parts stays as it was, and as long as there are any,
    nothing can be said of what is absent."""


class NoteHeading(Struct, frozen=True):
    """A heading of notes as its source understands it; likewise a case as the user names it."""

    text: str
    """As it is written."""
    label: str = ""
    """What it says besides addresses and domains."""
    addresses: tuple[str, ...] = ()
    """In lower case."""
    domains: tuple[str, ...] = ()
    """Those that stand without a person, as in `@nordik.ca`; in lower case, without the @."""


class NoteAdded(Struct, frozen=True):
    """A note that was written down."""

    heading: str
    """Under which it stands."""
    item: str
    """As it is written there."""
    file: str
    line: int
    """From 1."""
    where: str
    """As the event's `where` is once the source is read."""
    began: bool = False
    """Its heading was not there, and was written with it."""


class Profile(Struct, frozen=True, kw_only=True):
    """The user, from `[profile]` of the config."""

    me: frozenset[str] = frozenset()
    """All addresses, in lower case."""
    address: str = ""
    """The one that drafts are written from."""
    my_domains: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    name: str = ""
    timezone: ZoneInfo = ZoneInfo("UTC")
    holidays: str = ""
    language: str = "en"
    lookback: timedelta = timedelta(days=30)
    blind_notice: timedelta = timedelta(days=2)
    """How long after its last good pull a source that fails is told of."""


class Context(Struct, frozen=True, kw_only=True):
    """What a plugin may know of the tick that opens it."""

    profile: Profile
    now: datetime
    canonical_tag: Callable[[str], str] = str
    """A tag in any of its spellings to the one that rules name: ids made with that one survive a change of language."""


class State(StrEnum):
    """What a rule says of an anchor, in order of precedence."""

    BROKEN = "broken"
    """The rule is faulty."""
    VOID = "void"
    """The anchor was cancelled before its end, declined or is gone; a later visit replaced it; `cancelled_by`; it
    opened long before the first run.
    """
    DONE = "done"
    """With the evidence; or you ticked it, sent it, or deleted it."""
    WAITING = "waiting"
    """It opens later."""
    BLIND = "blind"
    """A source that it relies on could not be read, or no source can show what it looks for: nothing is done, withdrawn
    or missed.
    """
    EXPIRED = "expired"
    """Missed: the window closed."""
    HELD = "held"
    """By a guard, until an instant."""
    DUE = "due"
    """The action ought to exist."""


class Reason(Struct, frozen=True):
    """A sentence and its values, put together only when somebody reads it."""

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> Sentence:
        return Sentence(self.sentence, **self.values)


class Visit(Struct, frozen=True, kw_only=True):
    """The anchor of a rule: one event, or all those of a case on one local day that count as one."""

    events: tuple[Event, ...]
    start: datetime
    end: datetime
    day: date
    people: tuple[Person, ...]
    person: str = ""
    """Whose it is alone, where a rule has a duty for each person: a normalised address."""

    @property
    def anchor(self) -> Event:
        """The event that stands for the visit."""
        return self.events[0]


class Announcement(Struct, frozen=True):
    """An opening that an action announces: of which rule, under which key, and when."""

    rule: str
    key: str
    at: datetime


class Case(Struct, frozen=True, kw_only=True):
    """The events around one counterpart, in the order of time: those at home there, and the mails that join."""

    key: str
    home: tuple[Event, ...]
    joined: tuple[Event, ...] = ()
    followed: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """By a note's identity and the day that its `re:` names: the meetings that it was seen to be about."""
    days: Mapping[str, date] = field(default_factory=dict)
    """By id, the days of meetings that are kept though they begin on another one in the zone of today."""


class Pause(Struct, frozen=True):
    """One action of a duty that a note holds, or held, by itself."""

    held: bool
    """It is so now."""
    reason: Reason
    """Why it is held, or due."""
    due: datetime | None
    """In the user's zone; no earlier than the end of the hold."""
    late: bool


class Decision(Struct, frozen=True, kw_only=True):
    """What one rule says of one anchor now."""

    key: str
    rule: str
    case: str
    visit: Visit
    state: State
    reason: Reason
    evidence: tuple[str, ...] = ()
    guard: str = ""
    next: datetime | None = None
    """The next instant at which time alone could change this decision."""
    late: bool = False
    opens: datetime | None = None
    due: datetime | None = None
    closes: datetime | None = None
    carries: tuple[Event, ...] = ()
    announces: tuple[Announcement, ...] = ()
    openings: Mapping[str, datetime] = field(default_factory=dict)
    """When the other rules open for this anchor, by id, for those that still will; only of what is due."""
    warning: str = ""
    """What the user should know although nothing is wrong with the rule."""
    warning_code: str = ""
    """Of the page that tells more of it; see `codes`."""
    ended: tuple[str, ...] = ()
    """The names of those of its actions that the user has ended, while others are open; see `engine.parts`."""
    paused: Mapping[str, Pause] = field(default_factory=dict)
    """By the name of an action: what a note makes of it alone, while it or others are open."""
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the name of a draft whose subject is not known: the subjects of the mails of mine that it may have been."""

    @property
    def why(self) -> str:
        """The reason, in one sentence."""
        return str(self.reason)

    def holds(self, action: str) -> bool:
        """Tell whether a note lets one of its actions, by its name, wait while others are due."""
        return action in self.paused and self.paused[action].held


class Reply(Struct, frozen=True):
    """The mail that a draft answers: its Message-ID, its thread and its subject."""

    message_id: str
    thread: str
    subject: str
    data: Mapping[str, object] = field(default_factory=dict)
    """Further fields that its source gave it, by which an output of the same service knows it again."""


LANGUAGES = ("fr", "en")
"""In which texts can be."""
DRAFT, TASK, NOTICE = "draft", "task", "notice"
"""The types of action that come with followup; a plugin may take others. A notice needs no output: a run prints it."""


class Action(Struct, frozen=True, kw_only=True):
    """A draft, a task or a notice that ought to exist."""

    key: str
    """`RULE/ANCHOR@DAY`, or `RULE/ANCHOR~ADDRESS@DAY` of one person alone; with `#2` and so on, or `#ID`, for the
    further actions of one duty. It holds no white space."""
    rule: str
    case: str
    anchor: str
    """The id of the event that the rule started from."""
    type: str
    """`DRAFT`, `TASK`, `NOTICE`, or one of a plugin."""
    title: str
    text: str
    to: tuple[Person, ...] = ()
    due: datetime | None = None
    """In the user's zone."""
    late: bool = False
    contact: bool = False
    reply: Reply | None = None
    carries: tuple[str, ...] = ()
    announces: tuple[Announcement, ...] = ()
    duty: str = ""
    """The key of the decision that it follows from."""
    person: str = ""
    """Whom the duty is about, where the rule has one for each person: a normalised address."""
    part: str = ""
    """The `id` of its table in a list of actions, by which it is known wherever it stands there."""
    output: str = ""
    """The output that it goes to."""


class Status(Struct, frozen=True):
    """What became of an action in its output."""

    state: str
    """`open` (as we left it), `touched` (the user edited it), `done`, `gone` (the user deleted it), or `unknown`: it
    may lie where nobody can look now, and is left as it is."""
    at: datetime | None = None
    """When it was done, if the output knows; a date without a time counts as 00:00 of that day in the user's zone."""
    why: str = ""
    """Of an unknown state, a sentence for the user, with what to do."""
    ref: str = ""
    """Its reference now, if it is open as another store of the user's left it, by the seal that it bears."""


class Problem(Struct, frozen=True):
    """Something a person should mend: what, where, what was expected, and what to do."""

    where: str
    """What the problem belongs to: `sources.sent`, `rule.thank-you`, `notes.md:12`."""
    message: str
    code: str = ""
    """A short code with a page in the documentation, such as `F012`."""
    file: str = ""
    line: int = 0
    """From 1; 0 if it has no line."""
    column: int = 0
    """From 1, in characters."""
    source_line: str = ""
    """The line as the user wrote it."""
    length: int = 1
    """How many characters of the line the caret marks."""
    hint: str = ""
    """What to do; the nearest valid word; a line to copy."""
    also: tuple[tuple[str, int, str], ...] = ()
    """Further places, as (file, line, what stands there)."""
    fatal: bool = False
    """Nothing could be done."""
    warning: bool = False
    """Nothing failed; the exit code stays 0."""
    info: bool = False
    """Nothing is wrong: what may be a mishap, which only `check` tells, and what an upgrade changed."""

    @property
    def severity(self) -> str:
        """`error`, `warning` or `info`."""
        return "info" if self.info else "warning" if self.warning else "error"
