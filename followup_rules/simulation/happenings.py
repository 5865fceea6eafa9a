"""The `events` of an example: its tables become events, as sources would show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from followup_rules import plain
from followup_rules.codes import Code
from followup_rules.config.read import Config
from followup_rules.engine.assign_cases import key_of
from followup_rules.hookspecs import SourceType
from followup_rules.language.phrases import Days
from followup_rules.mail import addresses
from followup_rules.model import BadItem, Event, Person
from followup_rules.people import others
from followup_rules.sentences import Sentence
from followup_rules.simulation.history import Appearance
from followup_rules.toml import values
from followup_rules.toml.values import Value

STATUSES = ("confirmed", "tentative", "cancelled", "declined", "mine", "unanswered")
MACHINES = ("reply", "bounce", "receipt", "calendar", "bulk", "notice")
_OF_ANY = ("kind", "id", "at", "title", "text", "people", "seen", "gone", "data")
_OF_MAIL = (*_OF_ANY, "to", "from", "thread", "answers", "auto", "forwards")
_OF_MEETING = (*_OF_ANY, "until", "from", "case", "status")
KEYS = {
    "meeting": _OF_MEETING,
    "sent": _OF_MAIL,
    "received": _OF_MAIL,
    "note": ("kind", "at", "case", "text", "seen", "gone"),
}
"""What an event of each kind may say; one of a plugin's kind, what a meeting may."""
EARLIEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_USUAL_LENGTH = timedelta(hours=1)
# As whole-day entries of calendars end here, too: after work, for what counts from the end.
_WHOLE_DAY_ENDS = time(18)
_TIME = Sentence("write a date, or a date and a time of day, without quotes: 2026-11-09T10:00:00")


class Clock(Struct, frozen=True):
    """How times are read: those without a zone are the user's."""

    days: Days

    def read(self, value: Value) -> datetime | None:
        """Return the instant that a value names, in UTC; a day means 00:00 of it."""
        raw = value.raw
        if not isinstance(raw, date):
            value.report(Sentence("{shown} is no time", shown=values.shown(raw)), code=Code.NO_SUCH_TIME, hint=_TIME)
            return None
        moment = raw if isinstance(raw, datetime) else datetime.combine(raw, time())
        try:
            instant = (moment if moment.tzinfo else self.days.on(moment)).astimezone(UTC)
        except (OverflowError, ValueError):
            instant = LATEST
        if not EARLIEST <= instant < LATEST:
            value.report(
                Sentence("nobody can say what happens in the year {year}", year=raw.year),
                code=Code.NO_SUCH_TIME,
                hint=_TIME,
            )
            return None
        return instant

    def child(self, table: Value, key: str) -> datetime | None:
        """Return the instant under a key of a table, if it is there and can be read."""
        return self.read(table.child(key)) if key in table.raw else None


class Happening(Struct, frozen=True):
    """An event of an example, and when its table says that it is seen and gone."""

    event: Event
    seen: datetime | None
    gone: datetime | None


def appearances(happenings: list[Happening], first: datetime) -> tuple[Appearance, ...]:
    """Return when each event is seen: where nothing is said, a meeting from the first instant on, all else at once."""
    known: set[str] = set()
    shown = []
    for each in happenings:
        # What says more of a meeting that is known already comes later.
        planned = each.event.kind == "meeting" and each.event.identity not in known
        known.add(each.event.identity)
        shown.append(Appearance(each.event, each.seen or (first if planned else each.event.start), each.gone))
    return tuple(shown)


class Reader:
    """Reads the tables of one example's events, with the user that it has."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._config, self._clock = config, clock
        self._notes = _reader_of_notes(config)
        self._ids: Counter[str] = Counter()

    def read(self, table: Value) -> Happening | None:
        """Read one event; None if it cannot be, and what is wrong with it is reported."""
        before = len(table.problems)
        if not table.is_a(dict):
            return None
        kinds = (
            *KEYS,
            *sorted({kind for source in self._config.registry.sources.values() for kind in source.emits} - KEYS.keys()),
        )
        if "kind" not in table.raw:
            table.report(
                Sentence("'kind' is missing"),
                code=Code.MISSING,
                hint=Sentence("one of: {words}", words=", ".join(kinds)),
                at="key",
            )
            return None
        kind = values.choice(*kinds)(table.child("kind"))
        if kind is None:
            return None
        table.known_keys(KEYS.get(kind, _OF_MEETING))
        seen, gone = self._clock.child(table, "seen"), self._clock.child(table, "gone")
        event = self._note(table, seen) if kind == "note" else self._event(kind, table)
        if event is None or len(table.problems) > before:
            return None
        return Happening(event, seen, gone)

    def _event(self, kind: str, table: Value) -> Event | None:
        if "at" not in table.raw:
            table.report(Sentence("'at' is missing"), code=Code.MISSING, hint="at = 2026-11-09T10:00:00", at="key")
        start, end = self._clock.child(table, "at"), self._end(kind, table)
        if start and end and end < start:
            table.child("until").report(Sentence("it ends before it starts"), code=Code.NO_SUCH_TIME)
        texts = ("title", "text", "id", "case", "thread")
        fields = {key: (values.string(table.child(key)) or "") if key in table.raw else "" for key in texts}
        status = _choice(table, "status", STATUSES) or "confirmed"
        ident = self._ident(fields["id"], kind, table)
        more = self._of_mail(kind, table, fields["thread"] or ident) if kind in ("sent", "received") else {}
        organizer = next(iter(_people(table, "from")), None)
        me = self._config.profile.me
        people = others([*_people(table, "people"), *_people(table, "to"), *_people(table, "from")], me)
        data = _data(table)
        if start is None or end is None:
            return None
        # As the sources have it: tags and cases count only in what the user wrote.
        own = kind == "meeting" and (organizer is None or organizer.address in me)
        event = Event(
            id=ident,
            kind=kind,
            start=start,
            end=end,
            title=fields["title"],
            text=fields["text"],
            people=people,
            organizer=organizer,
            status="confirmed" if status == "unanswered" else status,
            answered=status != "unanswered",
            tags=plain.tags(fields["title"], fields["text"]) if own else (),
            case=key_of(fields["case"]) or (plain.case(fields["title"], fields["text"]) if own else ""),
            data=data,
            where=self._where(table),
        )
        return replace(event, **more)

    def _end(self, kind: str, table: Value) -> datetime | None:
        if "until" in table.raw:
            return self._clock.child(table, "until")
        start = self._clock.child(table, "at")
        if kind != "meeting" or start is None:
            return start
        raw = table.raw["at"]
        if not isinstance(raw, datetime):
            return self._clock.days.on(datetime.combine(raw, _WHOLE_DAY_ENDS)).astimezone(UTC)
        return start + _USUAL_LENGTH

    def _of_mail(self, kind: str, table: Value, thread: str) -> dict[str, Any]:
        """Return the fields that only mail has."""
        me = Person(self._config.profile.address)
        auto = table.raw.get("auto", "")
        if auto and auto is not True:  # `true`, as in a pattern: of any kind; most of it are automatic answers
            auto = _choice(table, "auto", MACHINES) or ""
        forwards = table.raw.get("forwards", False)
        if forwards is not False:
            values.boolean(table.child("forwards"))
        sender = {"organizer": me} if kind == "sent" else {}
        return {
            "thread": thread,
            "answers": self._answered(table),
            "auto": "reply" if auto is True else auto,
            "forwards": bool(forwards),
            **sender,
        }

    def _answered(self, table: Value) -> str:
        """Return the id of the mail that one answers; `true`: somebody else's, of which nothing more is known."""
        answers = table.raw.get("answers", False)
        if answers is False:
            return ""
        if answers is True:
            people = [*_people(table, "to"), *_people(table, "people"), *_people(table, "from")]
            host = next((person.domain for person in people), "elsewhere.example")
            return f"earlier.{self._ids.total()}@{host}"
        return values.string(table.child("answers")) or ""

    def _ident(self, given: str, kind: str, table: Value) -> str:
        if given:
            return given
        start = table.raw.get("at")
        return self._free(f"{kind}.{start:%Y%m%dT%H%M}@example" if isinstance(start, date) else kind)

    def _free(self, ident: str) -> str:
        self._ids[ident] += 1
        return ident if self._ids[ident] == 1 else f"{ident}:{self._ids[ident]}"

    def _where(self, table: Value) -> str:
        return f"{table.document.file}:{table.document.line(table.path)}"

    # -- notes

    def _note(self, table: Value, seen: datetime | None) -> Event | None:
        """Read a note by the grammar of their source; `at` is the time of one whose text does not begin with one."""
        given = {key: values.string(table.child(key)) for key in ("case", "text") if key in table.raw}
        for key in ("case", "text"):
            if key not in table.raw:
                table.report(
                    Sentence("{key!r} is missing", key=key), code=Code.MISSING, hint=f'{key} = "..."', at="key"
                )
        if self._notes is None:
            message = Sentence("no plugin that is installed reads notes from a text")
            table.report(message, code=Code.NOT_PLAYED, hint=Sentence("see `followup plugins`"))
            return None
        at = self._clock.child(table, "at")
        when = at or seen or EARLIEST
        if len(given) < 2 or None in given.values():
            return None
        items = list(self._notes(given["case"] or "", given["text"] or "", self._config.context(when)))
        for item in items:
            if isinstance(item, BadItem):
                table.child("text").report(item.message, code=Code.UNREADABLE_ENTRY, within=item.marked)
        note = next((item for item in items if isinstance(item, Event)), None)
        if note is None:
            if all(not isinstance(item, BadItem) for item in items):
                table.child("text").report(Sentence("this is no note"), code=Code.UNREADABLE_ENTRY)
            return None
        return self._timed(note, at, seen, table)

    def _timed(self, note: Event, at: datetime | None, seen: datetime | None, table: Value) -> Event | None:
        # Its heading was written for it alone, and stands in no file.
        own = {"where": self._where(table), "source_line": str(table.raw["text"]), "heading_line": None}
        note = replace(note, id=self._free(note.id), **own)
        if note.undated and at:
            whole_day = not isinstance(table.raw["at"], datetime)
            return replace(note, start=at, end=at, undated=False, whole_day=whole_day)
        if note.undated and not seen:
            message = Sentence("nobody can tell when this note is written")
            hint = Sentence(
                'begin the text with a date, as in "2026-11-10 14:30 #promise ...", or add at = 2026-11-10T14:30:00'
            )
            table.child("text").report(message, code=Code.NO_SUCH_TIME, hint=hint)
            return None
        if at and not note.undated:
            table.child("at").report(Sentence("the text of the note has a date of its own"), code=Code.NO_SUCH_TIME,
                                     hint=Sentence("leave one of them out"), at="key")  # fmt: skip
        return note


ReadNote = Callable[[str, str, Any], Any]


def _reader_of_notes(config: Config) -> ReadNote | None:
    """Return how notes are read: as the config's own source of them does, else as the first that is installed."""
    own = (source.type for source in config.sources if isinstance(source.type, SourceType))
    known = [*own, *(config.registry.sources[name] for name in sorted(config.registry.sources))]
    return next((kind.read_note for kind in known if kind.read_note), None)


def _choice(table: Value, key: str, valid: tuple[str, ...]) -> str | None:
    return values.choice(*valid)(table.child(key)) if key in table.raw else None


def _people(table: Value, key: str) -> list[Person]:
    if key not in table.raw:
        return []
    found = []
    for item in table.child(key).items():
        if not item.is_a(str):
            continue
        people = addresses.people([item.raw])
        if not people:
            hint = Sentence('write "julie@nordik.example", or "Julie Roy <julie@nordik.example>"')
            item.report(Sentence("{raw!r} is not an address", raw=item.raw), code=Code.NO_ADDRESS, hint=hint)
        found += people
    return found


def _data(table: Value) -> dict[str, object]:
    """Return the further fields of a plugin's event."""
    if "data" not in table.raw or not table.child("data").is_a(dict):
        return {}
    return {item.name: item.raw for item in table.child("data").children() if item.is_a(str, int, float, bool)}
