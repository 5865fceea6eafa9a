"""The entries of one UID as the library understands them, and what of them cannot be used."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from followup_ics.events import first, span, stamp, values
from followup_ics.flaws import FlawError
from followup_ics.lines import DATES, mended
from followup_ics.recurrence import recurs
from followup_ics.times import alike, make_alike, set_zones
from followup_rules import BadItem, Profile
from followup_rules.plain import one_line

if TYPE_CHECKING:
    from followup_ics.recurrence import Component
    from followup_ics.text import Entry

FILE = "X-FOLLOWUP-FILE"
"""The property in which a component keeps the name of its file."""
_RELIED_ON = {**DATES, "RRULE": "recurrence rule"}
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_FOR_A_SLOT = re.compile(r"^(?:UID|RECURRENCE-ID)[ \t]*[;:].*$", re.IGNORECASE | re.MULTILINE)
_SUMMARY = re.compile(r"^SUMMARY(?:;[^:\n]*)?:(.*)$", re.IGNORECASE | re.MULTILINE)


class Held(Struct, frozen=True):
    """An occurrence that was moved or changed nobody can tell how: it is not where its series puts it."""

    slot: date | datetime
    future: bool
    """Nor are all that follow."""


class Meetings(Struct, frozen=True):
    """The entries of one UID."""

    components: Sequence[Component]
    """Those that can be used: of each slot the last revision."""
    held: Sequence[Held]
    bad: Sequence[BadItem]

    @property
    def recur(self) -> bool:
        """Whether they must be laid out: one recurs, or one stands for another's occurrence."""
        overrides = sum("RECURRENCE-ID" in component for component in self.components)
        return 0 < overrides < len(self.components) or any(recurs(component) for component in self.components)


def parse(entries: Sequence[Entry], profile: Profile) -> Meetings:
    """Return what the entries of one UID say; what cannot be read of them is a bad item."""
    sound: list[Component] = []
    faulty: list[tuple[Entry, Exception]] = []
    for entry in entries:
        try:
            sound.append(_component(entry, profile))
        except Exception as error:  # noqa: BLE001 -- whatever a stranger's file does to one entry, the others work
            faulty.append((entry, error))
    slots = [_slot_alone(entry, profile) for entry, _ in faulty]
    series = _last([component for component in sound if "RECURRENCE-ID" not in component])
    overrides = [component for component in sound if "RECURRENCE-ID" in component]
    held = [slot for slot in slots if slot]
    if series:
        make_alike(series[0], overrides, profile.timezone)
        start = series[0]["DTSTART"].dt
        held = [Held(alike(slot.slot, start, profile.timezone), slot.future) for slot in held]
    lost = any(
        not slot and "RECURRENCE-ID" in entry.text.upper() for (entry, _), slot in zip(faulty, slots, strict=True)
    )
    # Which occurrence was changed is not known: it could be any.
    usable = overrides if lost else [*series, *overrides]
    bad = [bad_item(entry, error, moved=bool(slot)) for (entry, error), slot in zip(faulty, slots, strict=True)]
    return Meetings(_last(usable), held, bad)


def _component(entry: Entry, profile: Profile) -> Component:
    """Return an entry as a component whose times all have their zone. Raises FlawError, or what the library does."""
    if not entry.closed:
        raise FlawError("it has no end (END:VEVENT); export or sync the calendar again")
    component = _parsed(entry)
    set_zones(component, entry.file.zones, profile.timezone)
    span(component, profile.timezone)
    return component


def _parsed(entry: Entry) -> Component:
    from icalendar import Event  # noqa: PLC0415 -- heavy
    from icalendar.prop import vBroken  # noqa: PLC0415

    lines = "\r\n".join(["BEGIN:VEVENT", *mended(entry.text), "END:VEVENT", ""])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        component: Component = Event.from_ical(lines)
    for name, value in [(each, value) for each in _RELIED_ON for value in values(component, each)]:
        if isinstance(value, vBroken):
            raise FlawError(
                f"its {_RELIED_ON[name]} makes no sense ({name}: {one_line(str(value), 60)!r}); set it anew"
            )
    component["METHOD"] = entry.method
    component[FILE] = entry.file.name
    return component


def _slot_alone(entry: Entry, profile: Profile) -> Held | None:
    """Return the occurrence that an entry is about, though nothing else of it can be read."""
    lines = "\n".join(_FOR_A_SLOT.findall(entry.text))
    try:
        component = _parsed(replace(entry, text=lines))
        set_zones(component, entry.file.zones, profile.timezone)
        named = component["RECURRENCE-ID"]
    except Exception:  # noqa: BLE001 -- then that cannot be read either
        return None
    return Held(named.dt, named.params.get("RANGE") == "THISANDFUTURE")


def _last(components: Sequence[Component]) -> list[Component]:
    """Keep, of those that stand for the same slot, the last revision (RFC 5546, section 2.1.5)."""
    found: dict[object, Component] = {}
    for component in components:
        slot = original(component)
        if slot not in found or _revision(component) >= _revision(found[slot]):
            found[slot] = component
    return list(found.values())


def _revision(component: Component) -> tuple[int, datetime]:
    return int(component.get("SEQUENCE", 0)), stamp(component) or _LONG_AGO


def original(component: Component) -> date | datetime | None:
    """Return the slot of an override."""
    found: date | datetime | None = component["RECURRENCE-ID"].dt if "RECURRENCE-ID" in component else None
    return found


def where(component: Component) -> str:
    """Return how messages name a meeting: its file and its title."""
    return f"{component[FILE]}: {one_line(first(component, 'SUMMARY') or first(component, 'UID'), 80)}"


def bad_item(entry: Entry, error: Exception, *, moved: bool = False) -> BadItem:
    """Tell that an entry is left out. What was read of it earlier stays, unless its occurrence was moved since."""
    title = _SUMMARY.search(entry.text)
    place = f"{entry.place}: {one_line(title[1] if title else entry.uid, 80)}"
    message = f"this meeting is left out: {error}"
    if not isinstance(error, FlawError):
        reason = one_line(str(error), 200) or type(error).__name__
        message = f"this meeting cannot be read ({reason}); open it and save it again"
    return BadItem(place, message, f"{entry.uid}/moved" if moved and entry.uid else entry.uid)
