"""The visits that a rule or guard starts from in a case, found by event, by day and by instant. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from followup_rules.computed import computed
from followup_rules.model import Visit


class Visits(Struct, frozen=True, dict=True):
    """All visits in the order of time, and those that took place or are planned."""

    all: tuple[Visit, ...]
    standing: tuple[Visit, ...]

    def of(self, person: str) -> Visits:
        """Return those of a person, and those that are of nobody alone; all if nobody is named."""
        if not person or not any(visit.person for visit in self.all):
            return self
        all_, standing = (
            tuple(visit for visit in visits if visit.person in ("", person)) for visits in (self.all, self.standing)
        )
        return Visits(all_, standing)

    @computed
    def identities(self) -> frozenset[str]:
        """The identities of the events of all visits."""
        return frozenset(event.identity for visit in self.all for event in visit.events)

    @computed
    def by_event(self) -> Mapping[str, Sequence[Visit]]:
        """Those that stand, by the identity of each of their events."""
        found: dict[str, list[Visit]] = defaultdict(list)
        for visit in self.standing:
            for event in visit.events:
                found[event.identity].append(visit)
        return found

    @computed
    def by_day(self) -> Mapping[date, Sequence[Visit]]:
        """Those that stand, by their day."""
        found: dict[date, list[Visit]] = defaultdict(list)
        for visit in self.standing:
            found[visit.day].append(visit)
        return found

    def latest(self, instant: datetime) -> Visit | None:
        """Return the last of those that stand which had begun by an instant."""
        place = bisect_right(self._least_starts, instant)
        return self.standing[place - 1] if place else None

    @computed
    def _least_starts(self) -> list[datetime]:
        """For each that stands, the least start among itself and those after it: these never fall."""
        least: list[datetime] = []
        for visit in reversed(self.standing):
            least.append(min(visit.start, least[-1]) if least else visit.start)
        return least[::-1]

    def day_after(self, day: date) -> date | None:
        """Return the first day, later than one, on which there is a visit that stands."""
        place = bisect_right(self._days, day)
        return self._days[place] if place < len(self._days) else None

    @computed
    def _days(self) -> list[date]:
        return sorted({visit.day for visit in self.standing})


NO_VISITS = Visits((), ())
