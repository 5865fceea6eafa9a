"""How many examples a property is tried with."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

USUAL = 100
"""Of hypothesis itself; a property that says nothing is tried with so many."""


def examples(count: int, **more: Any) -> settings:
    """Try so many examples, the same each time; in the profile `deep` more of them, and others each time.

    A profile with fewer than are usual gets as many fewer here.
    """
    most = settings().max_examples
    share = max(1, count * most // USUAL)
    return settings(max_examples=share, derandomize=most <= USUAL, deadline=None, database=None, **more)
