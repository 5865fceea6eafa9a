"""How many there are of something, in words."""

from __future__ import annotations


def plural(number: int, noun: str, many: str = "") -> str:
    """Return "1 case", "2 cases", "0 cases"; `many` is the plural of a noun that does not just take an s."""
    return f"{number} {noun if number == 1 else many or f'{noun}s'}"
