"""What drafts and tasks of ours have in common: how they are remembered and compared, and how far a failure reaches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from followup_google.faults import Odd
from followup_rules import Refused, Unreadable

Read = TypeVar("Read")

_BETWEEN_PARAGRAPHS = re.compile(r"\n\s*\n")


def essence(text: str) -> str:
    """Return the words of a text in their paragraphs; how lines are broken and spaced is the business of programs."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in _BETWEEN_PARAGRAPHS.split(text))
    return "\n".join(paragraph for paragraph in paragraphs if paragraph)


def readable(names: Iterable[str], read: Callable[[str], Read]) -> dict[str, Read]:
    """Read one thing after the other, and leave out what cannot be read by a fault of its own.

    Google says so itself, or one thing fails lastingly and no other does. Raises Unreadable if it is not its own.
    """
    found: dict[str, Read] = {}
    failed: Unreadable | None = None
    for name in names:
        try:
            found[name] = read(name)
        except Odd:  # Google says so itself
            continue
        except Unreadable as error:
            # Two that fail: the network or the service is at fault, and nothing is certain of any.
            if failed:
                raise
            failed = error
    if failed and not found:
        raise failed
    return found


@contextmanager
def nothing_made_unread() -> Iterator[None]:
    """Refuse to make what cannot be looked for: only a request that writes may end in doubt, and says so itself."""
    try:
        yield
    except Unreadable as error:
        raise Refused(str(error), error.wait) from error
