"""Reads a user's file to the byte, and replaces it whole: no reader ever sees half of it."""

from __future__ import annotations

import os
import stat
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from followup_rules import durable, regular_files
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

LARGEST = 50_000_000
"""In bytes; a list beyond that is something else."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Changed(Exception):  # noqa: N818 -- no error: somebody else was quicker
    """The file is no longer as it was when it was read; what somebody else wrote stands there."""


class Snapshot(Struct, frozen=True):
    """A file as it was at one instant."""

    content: str = ""
    """UTF-8; bytes that are not stay what they are, as lone surrogates."""
    identity: tuple[int, ...] = ()
    """What changes with the file; empty if there is no file."""
    mode: int = 0o600
    owner: tuple[int, int] = (-1, -1)


def read(path: Path, largest: int = LARGEST) -> Snapshot:
    """Return the file as it is now; a file that is not there is empty. Raises OSError, NotRegular, TooLarge."""
    try:
        with regular_files.opened(path) as file:
            info = os.fstat(file.fileno())
            content = file.read(largest + 1) if info.st_size <= largest else b""
    except (FileNotFoundError, NotADirectoryError):  # a file stands where a folder above it would be
        return Snapshot()
    if max(len(content), info.st_size) > largest:
        raise regular_files.TooLarge(path, largest)
    if content.startswith(_UTF16):
        raise OSError(Sentence("{path} is written in UTF-16; save it as UTF-8", path=path))
    text = content.decode("utf-8", "surrogateescape")
    return Snapshot(text, _identity(info), stat.S_IMODE(info.st_mode), (info.st_uid, info.st_gid))


def replace(path: Path, old: Snapshot, content: str) -> None:
    """Replace the file, in one step, by the content. Raises OSError, and Changed if it is no longer as in `old`."""
    durable.sweep(path.parent)
    with _held(path) as held, _beside(path, content.encode("utf-8", "surrogateescape"), old) as fresh:
        # As late as can be: what is written between this look and the rename is caught below.
        if _identity_now(path) != old.identity:
            raise Changed
        fresh.replace(path)
        if held and _identity(os.fstat(held.fileno())) != old.identity:
            with _beside(path, held.read(), old) as theirs:
                theirs.replace(path)
            raise Changed


@contextmanager
def _held(path: Path) -> Iterator[BinaryIO | None]:
    """Hold the file open, if it is there: what another program writes into it can be read even once it is replaced."""
    try:
        file = regular_files.opened(path)
    except FileNotFoundError:
        yield None
        return
    with file:
        yield file


def _beside(path: Path, content: bytes, old: Snapshot) -> AbstractContextManager[Path]:
    """Write the content into a file beside that one, with the same mode and owner."""
    return durable.beside(path, content, old.mode, old.owner)


def _identity_now(path: Path) -> tuple[int, ...]:
    try:
        return _identity(path.stat())
    except FileNotFoundError:
        return ()  # a state like any other: that a file has come since is seen


def _identity(info: os.stat_result) -> tuple[int, ...]:
    return info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns
