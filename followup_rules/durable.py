"""Files and folders that are there after a crash or a power cut: whole, or as they were before.

For plugins, too: whatever they write for the user is written like this.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from followup_rules.sentences import Sentence

# How the name of a file begins and ends that is still being written.
_BEGIN, _END = ".followup-", ".tmp"


@contextmanager
def beside(place: Path, content: bytes, mode: int = 0o600, owner: tuple[int, int] = (-1, -1)) -> Iterator[Path]:
    """Write a file in the folder of `place`, safe on disk, and lend its path; move it there with `Path.replace`.

    If that fails, it is removed. Only its owner may read it before it has its mode. Raises OSError, also if what
    stands at `place` is no regular file.
    """
    import tempfile  # noqa: PLC0415 -- most runs write nothing

    if place.exists() and not place.is_file():
        # A rename would put a file in the place of a device, such as /dev/null, and root may do so.
        raise OSError(errno.EINVAL, Sentence("it is no regular file, and is not replaced"))
    # In the same folder: a rename is atomic only within one file system (POSIX, rename).
    handle, name = tempfile.mkstemp(_END, _BEGIN, place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            # Only root may give a file away; whoever else may write it replaces it by one of their own.
            with suppress(PermissionError):
                os.fchown(handle, *owner)
            os.fchmod(handle, mode)
            # Before the rename: some file systems make the new name durable before what the file holds, and a power cut
            # leaves an empty file.
            os.fsync(handle)
        yield Path(name)
    except BaseException:
        with suppress(OSError):
            # The error that led here is the one to tell, not that there is nothing to clean up.
            Path(name).unlink()
        raise


def write(place: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file, or replace the one that is there. Raises OSError."""
    with beside(place, content, mode) as finished:
        finished.replace(place)
    # A rename is durable once the folder is (Linux, fsync(2)).
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
        # Another run may have made it since it was looked for.
        folder.mkdir(mode, exist_ok=True)
        sync(folder.parent)


def sync(path: Path) -> None:
    """Make safe what a file holds, or which names a folder holds. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
