"""What the `key:value` pairs of a note mean under the rules in force, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.model import Event
from followup_rules.sentences import Sentence
from followup_rules.toml.suggestions import nearest
from followup_rules.written_dates import NotADate, local, read, read_value

ENGINE_DATES = frozenset({"due", "until", "on", "at"})
"""Keys whose values are dates, whatever the rules."""
ENGINE_KEYS = ENGINE_DATES | {"re", "for"}
# Where few letters are right, one that is wrong makes another word.
_SHORT = 4


class Keys(Struct, frozen=True):
    """The keys that the rules in force know."""

    dates: frozenset[str]
    """From which a phrase counts."""
    all: frozenset[str]


class Misread(Struct, frozen=True):
    """What is wrong with a value: where it stands in the note's line, a sentence, and the nearest right word."""

    written: str
    message: str
    hint: str
    warning: bool = False


def read_values(note: Event, keys: Keys, zone: ZoneInfo) -> tuple[Event, list[Misread]]:
    """Return a note with its dates read, counted from its own time, and what is wrong with its keys and values.

    A value that must be a date and is none is left out.
    """
    start = local(note.start, zone)
    data: dict[str, object] = {}
    misread: list[Misread] = []
    for key, value in note.data.items():
        if not isinstance(value, str):
            data[key] = value
        elif key in keys.dates:
            try:
                data[key] = moment = read_value(value, start, zone)
                misread += _past(key, value, moment, start)
            except NotADate as error:
                told = Sentence("{key}: {error}", key=key, error=str(error))
                misread.append(Misread(value, told, error.hint))
        else:
            data[key] = _date_or_text(value, start, zone)
            misread += _unknown(key, value, keys, is_date=isinstance(data[key], datetime))
    return replace(note, data=data), misread


def _date_or_text(value: str, start: datetime, zone: ZoneInfo) -> object:
    """Return a full date as an instant, whatever its key: a text may show it."""
    try:
        # Only what begins with a year is full: of "monday" a text would show a date that nobody wrote.
        written = read(value) if value[:4].isdecimal() else None
        return read_value(value, start, zone) if written else value
    except NotADate:
        return value


def _past(key: str, value: str, moment: datetime, start: datetime) -> Iterator[Misread]:
    if key == "due" and moment.date() < start.date():
        message = Sentence(
            "{key}:{value} lies before the note itself, which is of {start}", key=key, value=value, start=start.date()
        )
        yield Misread(value, message, Sentence("mend the date, or tick the note off"), warning=True)


def _unknown(key: str, value: str, keys: Keys, *, is_date: bool) -> Iterator[Misread]:
    """Tell of a key that is nearly one that counts. The words of a note are free, so of others only if they date it."""
    if key in keys.all:
        return
    close = nearest(key, (known for known in keys.all if len(known) > 2), most=1 if len(key) <= _SHORT else 2)
    if close or is_date:
        hint = Sentence('did you mean "{value}:"?', value=close or "due")
        yield Misread(f"{key}:{value}", Sentence("no rule knows the key {key}:", key=key), hint, warning=True)
