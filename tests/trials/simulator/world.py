"""What there is in the simulated life: a calendar, mail and notes, all as plain frozen records."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct, field
from msgspec.structs import replace

ME = "camille@exemple.ca"


class Employer(Struct, frozen=True):
    """Somebody on the other side; `simple` if all their addresses are those of one case and of no other."""

    case: str
    people: tuple[str, ...]
    simple: bool = True


EMPLOYERS = (
    Employer("nordik.ca", ("julie.roy@nordik.ca", "marc.cote@nordik.ca", "lea@nordik.ca")),
    Employer("boreal.fr", ("anne@boreal.fr", "paul@mail.boreal.fr")),
    Employer("ana@gmail.com", ("ana@gmail.com",)),
    Employer("bob@gmail.com", ("bob@gmail.com",)),
    Employer("client-a", ("nadia@agencex.ca", "tom@clienta.com"), simple=False),
    Employer("client-b", ("nadia@agencex.ca", "eve@clientb.com"), simple=False),
)


REFERENCE = Employer("oldjob.example", ("claude@oldjob.example", "dora@oldjob.example"))
"""Whom the user knows from before; their addresses stand in notes."""


def employer_of(word: str) -> Employer:
    """Return whose case, or whose address, this is."""
    return next(each for each in (*EMPLOYERS, REFERENCE) if word in (each.case, *each.people))


FEW = (EMPLOYERS[0], *EMPLOYERS[4:])
"""An employer, and an agency with two clients."""


class Meeting(Struct, frozen=True, kw_only=True):
    """A calendar entry, as it stands in the calendar now."""

    uid: str
    employer: str
    title: str
    interview: bool
    start: datetime
    end: datetime
    people: tuple[str, ...]
    status: str = "confirmed"
    stamp: datetime | None = None
    label: str = ""


class Mail(Struct, frozen=True, kw_only=True):
    """A mail; `thanks` and `about` tell what it is meant to be, for those who judge."""

    id: str
    employer: str
    at: datetime
    outgoing: bool
    other: str
    subject: str
    text: str = ""
    answers: str = ""
    thread: str = ""
    key: str = ""
    thanks: bool = False


class Note(Struct, frozen=True, kw_only=True):
    """A line in the notes file."""

    id: str
    employer: str
    heading: str
    address: str
    day: date | None
    clock: time | None
    tag: str
    text: str
    pairs: tuple[tuple[str, str], ...] = ()
    ticked: bool = False
    label: str = ""


class Picture(Struct, frozen=True):
    """All that a person keeps, at one instant; by id, in the order in which it was written."""

    meetings: dict[str, Meeting] = field(default_factory=dict)
    mails: dict[str, Mail] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)

    def with_(self, kind: str, name: str, record: object | None) -> Picture:
        """Return the picture with one record written anew, or taken away."""
        records = dict(getattr(self, kind))
        records.pop(name, None) if record is None else records.__setitem__(name, record)
        return replace(self, **{kind: records})


class Table(Struct, frozen=True):
    """A table of a source or an output: its name, and what it stands for (its path and its other options)."""

    name: str
    place: str


class Knobs(Struct, frozen=True):
    """What the user may turn in the config."""

    zone: str = "America/Toronto"
    holidays: str = "CA-QC"
    call_days: int = 10
    call_on: bool = True
    thank_days: int = 6
    debrief_on: bool = True
    lookback: int = 30
    roll: str = "tue-thu"
    """Where some openings are moved."""
    labels: bool = True
    """Whether `[case.client-a]` and `[case.client-b]` are in the config."""
    calendar: Table = Table("calendar", "calendar-0")
    notes: Table = Table("notes", "notes-0")
    sent: Table = Table("sent", "sent-0")
    drafts: Table = Table("drafts", "drafts-0")
    tasks: Table = Table("tasks", "tasks-0")
    renamed: frozenset[str] = frozenset()
    """Rules of the user's that go by another name."""
    per: str = "case"
    """Of the rule `meet-again`."""
    apart: bool = False
    """Whether the user's rules stand in a file of their own."""

    @property
    def tz(self) -> ZoneInfo:
        """The user's zone."""
        return ZoneInfo(self.zone)


ANEW = "-anew"
"""What is added to the name of a rule that is renamed."""


def plain(name: str) -> str:
    """Return a rule's id, or a key, as it is before any rule is renamed."""
    return name.replace(ANEW, "")


def local(zone: ZoneInfo, day: date, clock: time = time()) -> datetime:
    """Return an instant, in UTC, from what the clock on the wall shows."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def day_of(zone: ZoneInfo, instant: datetime) -> date:
    """Return the date on the wall."""
    return instant.astimezone(zone).date()


class World:
    """The picture now, and what is wrong with the machine that shows it: dead sources, stubborn outputs, the clock."""

    def __init__(self, start: datetime, employers: tuple[Employer, ...] = EMPLOYERS) -> None:
        self.now, self.employers = start, employers
        self.skew = timedelta()
        self.picture = Picture()
        self.knobs = Knobs()
        self.failing: frozenset[str] = frozenset()
        self.modes = {"drafts": "ok", "tasks": "ok"}
        self.number = 0
        self.deleted: list[Meeting] = []
        """The latest meetings that were deleted, so that some come back."""
        self.story: list[str] = []

    @property
    def clock(self) -> datetime:
        """What the machine believes the time to be."""
        return self.now + self.skew

    def fresh(self) -> int:
        """Return a number that was never given."""
        self.number += 1
        return self.number

    def keep(self, kind: str, name: str, record: object | None) -> None:
        """Write a record into the picture, or take it away, and tell of it."""
        self.picture = self.picture.with_(kind, name, record)
        self.tell(f"{kind[:-1]} {name}: {_short(record) if record is not None else 'deleted'}")

    def tell(self, what: str) -> None:
        """Add a line to the story."""
        self.story.append(f"{self.now:%Y-%m-%d %H:%M} {what}")


def _short(record: object) -> str:
    values = ((name, getattr(record, name)) for name in record.__struct_fields__ if name not in ("id", "uid"))
    return ", ".join(f"{name}={_plain(value)}" for name, value in values if value not in ("", None, (), False))


def _plain(value: object) -> str:
    return f"{value:%Y-%m-%dT%H:%MZ}" if isinstance(value, datetime) else str(value)
