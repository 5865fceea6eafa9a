"""What the rules make of a case: its events, the anchors in it, and what each rule says of each of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct, field

from followup_rules.model.events import Event, Person
from followup_rules.sentences import Sentence


class Case(Struct, frozen=True, kw_only=True):
    """The events around one counterpart, in the order of time: those at home there, and the mails that join."""

    key: str
    home: tuple[Event, ...]
    joined: tuple[Event, ...] = ()
    followed: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """By a note's identity and the day that its `re:` names: the meetings that it was seen to be about."""
    days: Mapping[str, date] = field(default_factory=dict)
    """By id, the days of meetings that are kept though they begin on another one in the zone of today."""


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


class Announcement(Struct, frozen=True):
    """An opening that an action announces: of which rule, under which key, and when."""

    rule: str
    key: str
    at: datetime


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
