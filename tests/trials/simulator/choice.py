"""Where chance comes from: a seed here; in `machine` Hypothesis, which can make the same story shorter."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")


class Chance(Protocol):
    """What the simulated life asks of chance; the first or smallest answer is the plainest."""

    def number(self, low: int, high: int) -> int:
        """Return a whole number within bounds, both included."""

    def one(self, among: Sequence[T]) -> T:
        """Return one of several."""


class Seeded:
    """Chance from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def number(self, low: int, high: int) -> int:
        """Return a whole number within bounds, both included."""
        return self._random.randint(low, high)

    def one(self, among: Sequence[T]) -> T:
        """Return one of several."""
        return self._random.choice(among)
