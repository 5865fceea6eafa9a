"""What a source shows: events, the people in them, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field

from followup_rules.computed import computed


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
