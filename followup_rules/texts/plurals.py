"""How many there are of something, in words."""

from __future__ import annotations


def plural(number: int, noun: str) -> str:
    """Return "1 case", "2 cases", "0 cases"; for nouns that take an s."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
