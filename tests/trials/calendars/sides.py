"""The two readers, and what each says of a calendar in words that can be compared."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

import followup_ics
from followup_ics import IcsOptions
from followup_ics.flaws import FlawError
from followup_ics.people import bare
from followup_ics.zones import zone
from followup_rules import BadItem, Context, Event, Profile, Unreadable, people
from tests.support.googlelab.node import MODULES, node

NODE_MODULES = Path(os.environ.get("FOLLOWUP_TRIALS_NODE_MODULES", MODULES))
MINE = ZoneInfo("America/Toronto")
YEARS = timedelta(days=2 * 365)
_START = re.compile(rb"DTSTART[^\n]*?:(\d{8})")


class Meeting(Struct, frozen=True, order=True):
    """What can be compared of a meeting."""

    uid: str
    start: datetime
    end: datetime
    cancelled: bool
    people: tuple[str, ...]


class Calendar(Struct, frozen=True):
    """What a reader says of a file."""

    meetings: tuple[Meeting, ...] = ()
    left_out: tuple[str, ...] = ()
    """Entries that were told as unreadable."""
    fault: str = ""
    """Why the file could not be read at all."""


def calendars() -> dict[str, Path]:
    """Return the calendars that packages bring with them, by package and name; pieces of calendars are left out."""
    roots = [(name, Path(str(spec.origin)).parent) for name in ("icalendar", "recurring_ical_events")
             if (spec := find_spec(name))]  # fmt: skip
    roots.append(("ical", NODE_MODULES / "ical"))
    return {f"{name}/{file.relative_to(root).as_posix()}": file
            for name, root in roots for file in sorted(root.rglob("*.ics"))
            if re.search(rb"^BEGIN:VCALENDAR\s", file.read_bytes(), re.MULTILINE)}  # fmt: skip


def begin(file: Path) -> datetime:
    """Return the day on which the window begins: that of the first meeting of this age."""
    days = sorted(day for day in _START.findall(file.read_bytes()) if b"19700102" < day < b"21000101")
    try:
        first = date.fromisoformat(days[0].decode()) if days else date(2020, 1, 1)
    except ValueError:
        first = date(int(days[0][:4]), 1, 1)
    return datetime.combine(first, time(), MINE) - timedelta(days=1)


def ours(file: Path) -> Calendar:
    """Return what followup reads."""
    first = begin(file)
    (kind,) = followup_ics.register_sources()
    context = Context(profile=Profile(me=frozenset(), timezone=MINE), now=first)
    try:
        pull = kind.open(IcsOptions(path=file, days_ahead=YEARS.days), context).pull(first, "")
    except Unreadable as error:
        return Calendar(fault=str(error))
    left_out = tuple(sorted(item.message for item in pull.events if isinstance(item, BadItem)))
    return Calendar(tuple(sorted(_ours(event) for event in pull.events if isinstance(event, Event))), left_out)


def _ours(event: Event) -> Meeting:
    uid = "" if event.id.startswith("sha256:") else _series(event.id)
    addresses = tuple(sorted(person.address for person in event.people))
    return Meeting(uid, event.start.astimezone(UTC), event.end.astimezone(UTC), event.status == "cancelled", addresses)


def _series(uid: str) -> str:
    return re.sub(r"/\d{8}(?:T\d{6}Z)?$", "", uid)


def theirs(files: Iterable[Path]) -> dict[Path, Calendar]:
    """Return what ical.js reads of each file."""
    windows = {file: begin(file) for file in files}
    jobs = [{"file": str(file), "from": first.timestamp(), "until": _until(first).timestamp()}
            for file, first in windows.items()]  # fmt: skip
    script = [node(), str(Path(__file__).with_name("read.mjs")), str(NODE_MODULES / "ical.js/dist/ical.js")]
    done = subprocess.run(script, input=json.dumps(jobs), capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    return {file: _theirs(told[str(file)], first) for file, first in windows.items()}


def _until(first: datetime) -> datetime:
    return datetime.combine((first + YEARS).date(), time.max, MINE)


def _theirs(told: Any, first: datetime) -> Calendar:
    if isinstance(told, str):
        return Calendar(fault=told)
    found = [_meeting(one) for one in told]
    return Calendar(tuple(sorted(one for one in found if one.end >= first and one.start <= _until(first))))


def _meeting(one: dict[str, Any]) -> Meeting:
    start, end = (_instant(one[name]) for name in ("start", "end"))
    if one["start"]["day"]:  # the end of whole days is exclusive, and counts as 18:00 of the last
        last = max(end - timedelta(hours=12), start).astimezone(MINE).date()
        end = datetime.combine(last, time(18), MINE).astimezone(UTC)
    humans = [
        person
        for address, email, kind in one["people"]
        if (person := people.person(bare(address)) or people.person(bare(email)))
        and kind.upper() not in ("ROOM", "RESOURCE", "GROUP")
    ]
    addresses = tuple(sorted(person.address for person in people.others(humans, ())))
    return Meeting("".join(one["uid"].split()), start, end, one["status"].upper() == "CANCELLED", addresses)


def _instant(told: dict[str, Any]) -> datetime:
    """Return an instant; ical.js knows only the zones that a file defines, others are floating to it."""
    if told["instant"] is not None and not told["day"]:
        return datetime.fromtimestamp(told["instant"], UTC)
    wall = datetime.fromisoformat(told["wall"])
    try:
        meant = zone(told["tzid"], {}) if told["tzid"] and not told["day"] else MINE
    except FlawError:  # followup tells that entry; it is compared with nothing
        meant = MINE
    return wall.replace(tzinfo=meant).astimezone(UTC)
