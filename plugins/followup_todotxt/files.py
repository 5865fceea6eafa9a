"""Reads a user's file to the byte, and replaces it whole: no reader ever sees half of it."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from msgspec import Struct


class Changed(Exception):  # noqa: N818 -- no error: somebody else was quicker
    """The file is no longer as it was when it was read; nothing was written."""


class Snapshot(Struct, frozen=True):
    """A file as it was at one instant."""

    content: str = ""
    """UTF-8; bytes that are not stay what they are, as lone surrogates."""
    identity: tuple[int, ...] = ()
    """What changes with the file; empty if there is no file."""
    mode: int = 0o600


def read(path: Path) -> Snapshot:
    """Return the file as it is now; a file that is not there is empty. Raises OSError."""
    try:
        with path.open("rb") as file:
            info = os.fstat(file.fileno())
            content = file.read().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return Snapshot()
    return Snapshot(content, _identity(info), stat.S_IMODE(info.st_mode))


def replace(path: Path, old: Snapshot, content: str) -> None:
    """Replace the file, in one step, by the content. Raises OSError, and Changed if it is no longer as in `old`."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode("utf-8", "surrogateescape"))
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(old.mode)
        if _identity_now(path) != old.identity:
            raise Changed
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make sure that what was put into the folder is still there after a power cut. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _identity_now(path: Path) -> tuple[int, ...]:
    try:
        return _identity(path.stat())
    except FileNotFoundError:
        return ()


def _identity(info: os.stat_result) -> tuple[int, ...]:
    return info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns
