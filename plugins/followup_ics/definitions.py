"""Time zones that a calendar defines itself (VTIMEZONE; RFC 5545, section 3.6.5), as tables of their changes.

The library's own zones look through all changes since 1601, where Outlook's begin, at every look at a clock.
"""

from __future__ import annotations

import re
import warnings
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any

from followup_ics.flaws import FlawError
from followup_ics.rules import never
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from icalendar import Timezone

_USED = re.compile(
    r"^(?:BEGIN|END|DTSTART|RRULE|RDATE|TZOFFSETFROM|TZOFFSETTO)[ \t]*[;:].*$", re.IGNORECASE | re.MULTILINE
)
# -05:00, as ISO 8601 has it, in place of -0500 (section 3.3.14).
_COLON = re.compile(r"^(TZOFFSET(?:FROM|TO)[^:\n]*:[ \t]*[+-]?\d\d):(?=\d\d)", re.IGNORECASE | re.MULTILINE)
# A zone changes twice a year, and its rules change now and then; the longest history of the IANA's has 200 changes.
_MOST_CHANGES_A_YEAR, _MOST_CHANGES, _LONGEST = 120, 1_000, 100_000
# Of all its rules together; Outlook's two begin in 1601. The library lays them out up to 2038.
_MOST_YEARS, _LAST_YEAR = 10_000, 2_038

_COSTLY = Sentence("its time zone is defined by too many rules; choose a zone such as America/Toronto for it")


class DefinedZone(tzinfo):
    """A time zone by the instants at which its offset changes."""

    def __init__(self, changes: Sequence[datetime], offsets: Sequence[timedelta], before: timedelta) -> None:
        """Take the changes in UTC, without a zone, in order; `before` is the offset until the first."""
        # At a change the clock is set from the offset before to the one after: both are needed to tell skipped and
        # doubled times.
        earlier = [before, *offsets[:-1]]
        self._changes, self._offsets = changes, [before, *offsets]
        pairs = [
            (moment, sorted(both)) for moment, both in zip(changes, zip(earlier, offsets, strict=True), strict=True)
        ]
        # PEP 495: of a time that the clock shows twice, or skips, `fold` tells on which side of the change it is meant.
        self._local = ([moment + high for moment, (_, high) in pairs], [moment + low for moment, (low, _) in pairs])

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        """Return the offset at a local time."""
        return self._offsets[bisect_right(self._local[dt.fold], dt.replace(tzinfo=None))] if dt else None

    def dst(self, dt: datetime | None) -> timedelta | None:  # noqa: ARG002 -- of no use to anybody
        """Return nothing: what is standard time and what is not is not kept."""
        return None

    def tzname(self, dt: datetime | None) -> str | None:  # noqa: ARG002 -- likewise
        """Return nothing: the abbreviations are not kept."""
        return None

    def fromutc(self, dt: datetime) -> datetime:
        """Return the local time of an instant in UTC."""
        moment = dt.replace(tzinfo=None)
        place = bisect_right(self._changes, moment)
        local = dt + self._offsets[place]
        twice = place > 0 and moment - self._changes[place - 1] < self._offsets[place - 1] - self._offsets[place]
        return local.replace(fold=int(twice))


@lru_cache(maxsize=64)
def defined_zone(definition: str) -> tzinfo | None:
    """Return the zone that a VTIMEZONE defines, or None if it is broken. Raises FlawError if it is too costly."""
    from icalendar import Timezone  # noqa: PLC0415 -- heavy

    if len(definition) > _LONGEST:
        raise FlawError(_COSTLY)
    # Its name is left out, as the library keeps zones by their names; names of its parts are, as they are of no use.
    lines = ["BEGIN:VTIMEZONE", "TZID:x", *_USED.findall(_COLON.sub(r"\1", definition))[1:], ""]
    try:
        with warnings.catch_warnings():
            # The library warns of what it repairs, and cron would mail that to the user.
            warnings.simplefilter("ignore")
            written: Any = Timezone.from_ical("\r\n".join(lines))
            return _table(written) if _can_be_laid_out(written) else None
    except FlawError:
        raise
    except Exception:  # noqa: BLE001 -- whatever is wrong in it, the name may still be known
        return None


def _can_be_laid_out(written: Timezone) -> bool:
    """Tell whether every rule comes true at some time. Raises FlawError if that would be too often."""
    each_year = dates = 0
    rules: list[tuple[Mapping[str, Any], datetime]] = []
    parts: list[Any] = written.subcomponents
    for part in parts:
        found = part.get("RRULE", [])
        rules += [(rule, part["DTSTART"].dt) for rule in (found if isinstance(found, list) else [found])]
        listed = part.get("RDATE", [])
        dates += sum(len(leaf.dts) for leaf in (listed if isinstance(listed, list) else [listed]))
    for rule, _ in rules:
        # RFC 5545 allows any, but no zone of the world changes otherwise than by the year.
        if rule["FREQ"] != ["YEARLY"]:
            raise FlawError(_COSTLY)
        each_year += _changes_a_year(rule)
    years = sum(max(_LAST_YEAR - start.year, 1) for _, start in rules)
    if each_year > _MOST_CHANGES_A_YEAR or years > _MOST_YEARS or dates > _MOST_CHANGES:
        raise FlawError(_COSTLY)
    return not any(never(rule, "YEARLY", start.date()) for rule, start in rules if len(rule) > 1)


def _changes_a_year(rule: Mapping[str, Any]) -> int:
    days = [str(day) for day in rule.get("BYDAY", [])]
    weekly = any(day.isalpha() for day in days) and "BYMONTHDAY" not in rule
    monthly = "BYMONTHDAY" in rule and "BYMONTH" not in rule
    lists = prod(len(values) for name, values in rule.items() if name.startswith("BY"))
    return lists * (53 if weekly else 1) * (12 if monthly else 1)


def _table(written: Timezone) -> DefinedZone | None:
    changes, kinds = written.get_transitions()
    in_order = sorted(zip(changes, kinds, strict=True), key=lambda change: change[0])
    if not in_order:
        return None
    parts: list[Any] = written.subcomponents
    # What holds before an observance is its TZOFFSETFROM (section 3.8.3.3): a definition may begin after the meeting.
    before: timedelta = min(parts, key=lambda part: part["DTSTART"].dt)["TZOFFSETFROM"].td
    return DefinedZone([moment for moment, _ in in_order], [offset for _, (offset, _, _) in in_order], before)
