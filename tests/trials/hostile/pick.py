"""Of many alike inputs, which are tried in every test run, and which in the long one only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def some(values: Iterable[Any], every: int, ids: Iterable[str] = ()) -> list[Any]:
    """Return the values as parameters of a test, all but each n-th of them for the long test run."""
    names = [*ids]
    return [
        pytest.param(value, id=names[number] if names else None, marks=[pytest.mark.long] if number % every else [])
        for number, value in enumerate(values)
    ]
