"""The simulated life as a state machine of Hypothesis, which makes the story of a broken promise as short as it can."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import note, strategies
from hypothesis.stateful import RuleBasedStateMachine, rule

from .changes_of_mind import CHANGES_OF_MIND, ChangeOfMind
from .choice import T
from .invariants import Judge
from .life import THINGS_THAT_HAPPEN, TROUBLES, use_a_hand
from .session import Session
from .world import FEW, World

HAPPENINGS = strategies.sampled_from([name for name, (weight, _) in THINGS_THAT_HAPPEN.items() for _ in range(weight)])
PAUSES = strategies.sampled_from((5, 60, 6 * 60, 24 * 60, 4 * 24 * 60, 11 * 24 * 60))


class Drawn:
    """Chance that Hypothesis has in hand."""

    def __init__(self, data: Any) -> None:
        self._data = data

    def number(self, low: int, high: int) -> int:
        """Return a whole number within bounds, both included."""
        return self._data.draw(strategies.integers(low, high))

    def one(self, among: Sequence[T]) -> T:
        """Return one of several."""
        return among[self.number(0, len(among) - 1)]


class LifeMachine(RuleBasedStateMachine):
    """Anything happens in any order, and after each run all promises hold."""

    lives, longest, ticks = 0, 0, 0

    def __init__(self) -> None:
        super().__init__()
        self.world = World(datetime(2026, 1, 5, 12, tzinfo=UTC), FEW)
        self.session, self.judge = Session(self.world), Judge(random.Random(0))
        self.steps = self.told = 0

    @rule(name=HAPPENINGS, data=strategies.data())
    def something_happens(self, name: str, data: object) -> None:
        THINGS_THAT_HAPPEN[name][1](self.world, Drawn(data))
        self._tell()

    @rule(name=strategies.sampled_from(sorted(TROUBLES)), data=strategies.data())
    def there_is_trouble(self, name: str, data: object) -> None:
        TROUBLES[name][1](self.world, Drawn(data))
        self._tell()

    @rule(data=strategies.data())
    def the_user_lends_a_hand(self, data: object) -> None:
        use_a_hand(self.world, self.session.desks, Drawn(data))
        self._tell()

    @rule(change=strategies.sampled_from(CHANGES_OF_MIND), data=strategies.data())
    def the_user_changes_their_mind(self, change: ChangeOfMind, data: object) -> None:
        change.do(self.session, Drawn(data))
        self._tell()

    @rule(minutes=PAUSES)
    def time_goes_by_and_it_runs(self, minutes: int) -> None:
        self.world.now += timedelta(minutes=minutes)
        self._run()

    @rule(before=strategies.booleans())
    def it_runs_at_the_next_change(self, *, before: bool) -> None:
        change = self.session.store.decisions.next_change()
        if change and change > self.world.now:
            self.world.now = change - timedelta(microseconds=before)
        self._run()

    @rule()
    def all_is_well_again(self) -> None:
        self.world.failing, self.world.modes = frozenset(), {"drafts": "ok", "tasks": "ok"}
        self.world.skew = timedelta()
        self._run()

    def _run(self) -> None:
        try:
            self.session.tick(self.judge)
        finally:
            self._tell()

    def _tell(self) -> None:
        self.steps += 1
        for line in self.world.story[self.told :]:
            note(line)
        self.told = len(self.world.story)

    def teardown(self) -> None:
        """Count what was lived."""
        self.session.close()
        kind = type(self)
        kind.lives += 1
        kind.longest = max(kind.longest, self.steps)
        kind.ticks += self.session.ticks
