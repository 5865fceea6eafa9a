"""Plays a history: real ticks over a store in memory, at each instant at which anything could change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from followup_rules.config.read import Config
from followup_rules.model import Person
from followup_rules.simulation.history import Act, History
from followup_rules.simulation.memory import World, in_memory
from followup_rules.store.store import Store, open_copy
from followup_rules.tick.run import Report, preview, run

MOST_TICKS = 50_000
"""Of one simulation: whoever asks for more has mistyped a year."""
NOWHERE = Path("/nonexistent/followup.db")


class TooLong(Exception):  # noqa: N818 -- what the simulation is
    """It would take more ticks than anybody waits for."""


class Player:
    """A history, the config that it is played with, a store in memory and a clock that jumps."""

    def __init__(
        self, config: Config, history: History, store: Store, takes: Mapping[str, Iterable[str]], start: datetime | None
    ) -> None:
        self._world = World(history)
        self.config = in_memory(config, self._world, takes)
        self.store = store
        self._instants = history.instants
        self._acts = sorted(history.acts, key=lambda act: act.at)
        self._next = start or next(iter(self._instants), None)
        self._ticks = 0

    def until(self, end: datetime) -> Iterator[Report]:
        """Tick at each instant at which anything could change, up to an instant and at it; yield what each tick did.

        Raises TooLong.
        """
        while self._next is not None and self._next < end:
            yield self._tick(self._next)
        yield self._tick(end)

    def act(self, act: Act) -> bool:
        """Do what the user does with what a rule has made, and tell whether there was anything; then tick anew."""
        return self._world.act(act, Person(self.config.profile.address))

    def now(self, moment: datetime) -> Report:
        """Return what a plan shows at an instant to which all was played: the decisions of all cases."""
        return preview(self.config, self.store, moment)

    def _tick(self, now: datetime) -> Report:
        self._ticks += 1
        if self._ticks > MOST_TICKS:
            raise TooLong
        # First the user's hand: what they did until an instant, the tick of that instant sees.
        while self._acts and self._acts[0].at <= now:
            self.act(self._acts.pop(0))
        report = run(self.config, self.store, now)
        ahead = self._instants[bisect_right(self._instants, now) :][:1]
        # Between these instants nothing can change, so no tick is needed: days without any pass at once.
        ahead += [report.next] if report.next and report.next > now else []
        self._next = min(ahead, default=None)
        return report


@contextmanager
def playing(
    config: Config, history: History, takes: Mapping[str, Iterable[str]], start: datetime | None = None
) -> Iterator[Player]:
    """Lend a player with an empty store in memory; its first tick is at `start`, or when first there is something."""
    with open_copy(NOWHERE) as store:
        yield Player(config, history, store, takes, start)
