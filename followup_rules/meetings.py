"""What a calendar's entry means, whichever calendar it comes from: called off or not, answered or not, which version.

iCalendar says how (RFC 5545), and iTIP how entries are sent, changed and cancelled (RFC 5546); many calendars say it in
their own way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TypeVar

from msgspec import Struct

from followup_rules.mail.phrases import any_of, folded, phrases, simple
from followup_rules.model import Event

T = TypeVar("T")
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_ONE_GO = 120
"""Seconds within which a program writes a whole calendar; nobody changes all entries of one as fast by hand."""


def is_called_off(title: str) -> bool:
    """Tell whether a title begins with what calendars put there when a meeting is called off, in any language."""
    return bool(_prefix().match(simple(title)))


def topic(title: str) -> str:
    """Return a title, folded, without that beginning: what a meeting and its cancellation have in common."""
    return folded(_prefix().sub("", simple(title)))


@cache
def _prefix() -> re.Pattern[str]:
    words = any_of(phrases("cancelled-titles")["prefixes"])
    return re.compile(rf"\s*(?:(?:{words})(?:\s*:|\s+-\s)|[\[(]\s*(?:{words})\s*[\])])\s*:?\s*", re.IGNORECASE)


ABSENT = frozenset({"DECLINED", "DELEGATED"})
"""The answers of those who do not come: who delegates sends somebody else (RFC 5545, section 3.2.12)."""


def answer(answers: Collection[str]) -> str:
    """Return what I answered, of the answers under each of my invited addresses (RFC 5545, section 3.2.12).

    Any acceptance counts: the other copy was only tidied up. An address without an answer counts as answered, "", for
    many exports leave it out. `NEEDS-ACTION` if I have not answered: so counts a word that this section does not know.
    """
    # From what commits me most to what commits me least.
    order = ("ACCEPTED", "TENTATIVE", *sorted(ABSENT), "", "NEEDS-ACTION")
    given = {one.strip().upper() for one in answers}
    return next((each for each in order if each in given), "NEEDS-ACTION")


class Revision(Struct, frozen=True, order=True):
    """By what the versions of a meeting are compared: the greatest is the one that counts (RFC 5546, section 2.1.5)."""

    sequence: int = 0
    modified: datetime = _LONG_AGO
    """LAST-MODIFIED, else DTSTAMP; a stamp later than now counts as none, for it could never be outdone."""
    stands: bool = True
    """It is not cancelled."""
    essence: str = ""
    """Anything that tells equal ones apart, so that their order does not matter."""


def revision(event: Event, now: datetime) -> Revision:
    """Return by what an event is compared with its other versions at an instant."""
    modified = event.updated if event.updated and event.updated <= now else _LONG_AGO
    return Revision(event.sequence, modified, event.status != "cancelled", str(event))


def same_organizer(one: str, other: str) -> bool:
    """Tell whether two versions may be of one meeting: only its organizer changes it. Some exports name none ("")."""
    return not one or not other or one == other


def apart(
    versions: Sequence[T], start: Callable[[T], datetime], title: Callable[[T], str], rank: Callable[[T], Revision]
) -> list[T]:
    """Return the meetings among versions that have one id and one organizer, each in the version that counts.

    The highest SEQUENCE replaces those before it. What has the same one and differs in start and title is no revision:
    exporters give one id to several meetings. The order of the versions does not matter.
    """
    last = max(rank(version).sequence for version in versions)
    meetings: list[list[T]] = []
    for version in (version for version in versions if rank(version).sequence == last):
        begins, about = start(version), topic(title(version))
        alike = [
            group for group in meetings if any(start(each) == begins or topic(title(each)) == about for each in group)
        ]
        joined = [version, *(each for group in alike for each in group)]
        meetings = [group for group in meetings if group not in alike] + [joined]
    return sorted((max(group, key=rank) for group in meetings), key=lambda version: (start(version), rank(version)))


def named_apart(ident: str, start: datetime, taken: Collection[str]) -> str:
    """Return the id of a further meeting under one UID: `UID@START`, in UTC."""
    named = f"{ident}@{start.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    # Two meetings under one UID at one instant: rare, and yet an id must be one meeting's.
    return next(name for name in (named, *(f"{named}:{n}" for n in range(2, 10_000))) if name not in taken)


def are_of_export(stamps: Iterable[datetime | None]) -> bool:
    """Tell whether the stamps of all entries of a calendar are but the time at which it was written, in one go."""
    found = [stamp for stamp in stamps if stamp is not None]
    return len(found) > 1 and (max(found) - min(found)).total_seconds() <= _ONE_GO
