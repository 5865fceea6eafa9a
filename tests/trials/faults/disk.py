"""A disk that keeps only what was synced: the calls of one run, replayed up to a power cut.

What was written to a file and not synced may be lost, kept or torn, sector by sector; what was done in a folder that
was not synced may be lost, name by name. SQLite's shared memory never survives.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random

from tests.trials.faults.shim import Op

SECTOR = 512
_HEAD = struct.Struct("=iiqq")
Kept = Callable[[], bool]
"""Decides, for one thing that was not synced, whether it is on the disk all the same."""


@dataclass(frozen=True)
class Record:
    """A call that succeeded."""

    op: Op
    path: str
    other: str
    offset: int
    """Also the length to truncate to, and whether opening emptied the file."""
    data: bytes = b""


def records(log: bytes, root: Path) -> Iterator[Record]:
    """Read what the shim wrote; paths are relative to the root."""
    at = 0
    while at < len(log):
        op, names, offset, length = _HEAD.unpack_from(log, at)
        at += _HEAD.size
        path, other = (
            os.fsdecode(name).removeprefix(f"{root}").lstrip("/") for name in log[at : at + names].split(b"\0")[:2]
        )
        at += names
        size = length if op == Op.WRITE else 0
        yield Record(Op(op), path, other, offset, log[at : at + size])
        at += size


@dataclass
class File:
    """A file's bytes that are safe, and what was done to it since: (offset, bytes), or (length, nothing) for a cut."""

    safe: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def sync(self) -> None:
        """Make all of it safe."""
        self.safe, self.pending = self.after(lambda: True), []

    def after(self, kept: Kept) -> bytes:
        """Return what is there after a power cut."""
        content = bytearray(self.safe)
        for offset, data in self.pending:
            if data is None:
                if kept():
                    content[offset:] = bytes(max(0, offset - len(content)))
                continue
            for start, piece in _sectors(offset, data):
                if kept():
                    content.extend(bytes(max(0, start - len(content))))
                    content[start : start + len(piece)] = piece
        return bytes(content)


def _sectors(offset: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    """Cut a write where a disk may tear it."""
    first = SECTOR - offset % SECTOR
    edges = [0, *range(first, len(data), SECTOR), len(data)]
    return ((offset + a, data[a:b]) for a, b in pairwise(edges))


Names = dict[str, File | None]
"""Which file has a name; None: it is a folder."""


class Disk:
    """The files of one folder."""

    def __init__(self, folder: Path) -> None:
        found = sorted(folder.rglob("*"))
        names: Names = {str(p.relative_to(folder)): None if p.is_dir() else File(p.read_bytes()) for p in found}
        self.live, self.safe = dict(names), dict(names)
        self.pending: dict[str, list[list[tuple[str, File | None, bool]]]] = {}
        """By folder, the steps in which names came (True) and went (False)."""

    def do(self, record: Record) -> None:
        """Follow one call."""
        file = self.live.get(record.path)
        match record.op:
            case Op.OPEN if record.path not in self.live:
                self._step([(record.path, File(), True)])
            case Op.OPEN if record.offset and file:
                file.pending.append((0, None))
            case Op.WRITE if file:
                file.pending.append((record.offset, record.data))
            case Op.TRUNCATE if file:
                file.pending.append((record.offset, None))
            case Op.SYNC:
                self._sync(record.path)
            case Op.MKDIR:
                self._step([(record.path, None, True)])
            case Op.UNLINK:
                self._step([(record.path, file, False)])
            case Op.RENAME:
                self._step([(record.path, file, False), (record.other, file, True)])

    def _step(self, names: list[tuple[str, File | None, bool]]) -> None:
        _apply(self.live, names)
        self.pending.setdefault(os.path.dirname(names[-1][0]), []).append(names)  # noqa: PTH120 -- text, not a place

    def _sync(self, path: str) -> None:
        if file := self.live.get(path):
            file.sync()
            return
        for names in self.pending.pop(path, ()):
            _apply(self.safe, names)

    def after(self, kept: Kept) -> dict[str, bytes | None]:
        """Return what is there after a power cut, by name."""
        names = dict(self.safe)
        for steps in self.pending.values():
            lost: set[str] = set()
            for step in steps:
                touched = {name for name, _, _ in step}
                if touched & lost or not kept():
                    lost |= touched
                else:
                    _apply(names, step)
        there = {name: file for name, file in names.items() if not name.endswith("-shm") and _reachable(name, names)}
        return {name: file.after(kept) if file else None for name, file in there.items()}


def _apply(names: Names, step: Iterable[tuple[str, File | None, bool]]) -> None:
    for name, file, there in step:
        if there:
            names[name] = file
        else:
            names.pop(name, None)


def _reachable(name: str, names: Names) -> bool:
    return all(str(parent) in names for parent in Path(name).parents if str(parent) != ".")


def kept(mode: int, seed: str) -> Kept:
    """Return how the power cut goes: all that is not synced is lost, or kept, or each thing by chance."""
    chance = Random(seed)
    return (lambda: False, lambda: True, lambda: chance.random() < 0.5, lambda: chance.random() < 0.9)[mode]


def write(content: dict[str, bytes | None], folder: Path) -> None:
    """Make the folder hold this."""
    folder.mkdir()
    for name, data in sorted(content.items()):
        if data is None:
            (folder / name).mkdir(mode=0o700)
        else:
            (folder / name).write_bytes(data)
