"""Files and folders that are there after a crash or a power cut: whole, or as they were before.

For plugins, too: whatever they write for the user is written like this.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# How the name of a file begins and ends that is still being written.
_BEGIN, _END = ".followup-", ".tmp"


@contextmanager
def beside(place: Path, content: bytes, mode: int = 0o600, owner: tuple[int, int] = (-1, -1)) -> Iterator[Path]:
    """Write a file in the folder of `place`, safe on disk, and lend its path; move it there with `Path.replace`.

    If that fails, it is removed. Only its owner may read it before it has its mode. Raises OSError.
    """
    import tempfile  # noqa: PLC0415 -- most runs write nothing

    handle, name = tempfile.mkstemp(_END, _BEGIN, place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            with suppress(PermissionError):
                os.fchown(handle, *owner)
            os.fchmod(handle, mode)
            os.fsync(handle)
        yield Path(name)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def write(place: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file, or replace the one that is there. Raises OSError."""
    with beside(place, content, mode) as finished:
        finished.replace(place)
    sync(place.parent)


def sweep(folder: Path) -> None:
    """Remove what runs that were killed have left unfinished; no other may be at work in the folder."""
    for left in folder.glob(f"{_BEGIN}*{_END}"):
        with suppress(OSError):  # what is no file, or may not be removed, is in nobody's way
            left.unlink()


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder and those that it lies in. Raises OSError."""
    if not folder.is_dir():
        make_folder(folder.parent, mode)
        folder.mkdir(mode, exist_ok=True)
        sync(folder.parent)


def sync(path: Path) -> None:
    """Make safe what a file holds, or which names a folder holds. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
