"""Damages an input as failing disks, cut lines and bored strangers do; the same seed gives the same damage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from .words import FRAGMENTS

_LONGEST = 300
"""Of a stretch that is cut out, doubled or put in elsewhere."""
_MOST = 6
"""Damages to one input."""


def damaged(samples: Sequence[bytes], random: Random) -> bytes:
    """Return one of the samples, damaged a few times."""
    content = random.choice(samples)
    for _ in range(random.randint(1, _MOST)):
        content = random.choice(_WAYS)(content, samples, random)
    return content


def _flip_a_bit(content: bytes, _: Sequence[bytes], random: Random) -> bytes:
    if not content:
        return content
    at = random.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << random.randrange(8)]) + content[at + 1 :]


def _cut_out(content: bytes, _: Sequence[bytes], random: Random) -> bytes:
    start, end = _stretch(content, random)
    return content[:start] + content[end:]


def _double(content: bytes, _: Sequence[bytes], random: Random) -> bytes:
    start, end = _stretch(content, random)
    return content[:end] + content[start:end] * random.randint(1, 40) + content[end:]


def _splice(content: bytes, samples: Sequence[bytes], random: Random) -> bytes:
    other = random.choice(samples)
    start, end = _stretch(other, random)
    at = random.randint(0, len(content))
    return content[:at] + other[start:end] + content[at:]


def _swap_lines(content: bytes, _: Sequence[bytes], random: Random) -> bytes:
    lines = content.split(b"\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _cut_off(content: bytes, _: Sequence[bytes], random: Random) -> bytes:
    return content[: random.randint(0, len(content))]


def _put_in(content: bytes, _: Sequence[bytes], random: Random) -> bytes:
    start, end = _stretch(content, random)
    end = end if random.random() < 0.5 else start
    return content[:start] + random.choice(FRAGMENTS) + content[end:]


def _stretch(content: bytes, random: Random) -> tuple[int, int]:
    start = random.randint(0, len(content))
    return start, min(len(content), start + random.randint(0, _LONGEST))


_WAYS: tuple[Callable[[bytes, Sequence[bytes], Random], bytes], ...] = (
    _flip_a_bit,
    _cut_out,
    _double,
    _splice,
    _swap_lines,
    _cut_off,
    _put_in,
    _put_in,
)
