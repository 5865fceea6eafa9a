"""What a look at something has found, and how lengths, sizes and paths are told in it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from followup_rules.model import Problem
from followup_rules.sentences import Sentence


class Finding(NamedTuple):
    """What was looked at, what there is, and what is wrong with it."""

    area: str
    fact: str
    problems: tuple[Problem, ...] = ()


def short(path: Path) -> str:
    """Return a path as people write it, with ~ for their own folder."""
    home = os.environ.get("HOME", "")
    whole = path.absolute()
    return f"~/{whole.relative_to(home)}" if home and whole.is_relative_to(home) else str(path)


def span(age: timedelta) -> Sentence:
    """Return a length of time in its largest unit."""
    hours = int(age.total_seconds() // 3600)
    if not hours:
        return Sentence("{number} minute", "{number} minutes", number=int(age.total_seconds() // 60))
    if hours >= 48:
        return Sentence("{number} day", "{number} days", number=hours // 24)
    return Sentence("{number} hour", "{number} hours", number=hours)


def size(count: int) -> str:
    """Return a number of bytes in the unit that suits it."""
    for unit, size in (("GB", 10**9), ("MB", 10**6)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count // 1000} kB"
