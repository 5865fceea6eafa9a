"""Where mail lies on disk: which files or stretches of a file are messages, and which of them are new.

A store of mail looks at what is there (`look`), cheaply, and reads what is new since an earlier look (`fresh`).
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from followup_rules import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

LONGEST_MESSAGE = 65_536
"""In bytes; of a longer message the rest is not looked at: attachments."""
_CHUNK = 1_048_576
_SAMPLE = 4_096

Look = dict[str, list[int | str]]
"""What is there: a name for each thing that was read, and by what a change of it shows."""


class Raw(Struct, frozen=True):
    """The first bytes of a message, and where it lies, for messages to people."""

    where: str
    content: bytes


class Store(Protocol):
    """One of the ways of keeping mail."""

    def look(self, before: Look, /) -> Look:
        """Return what is there now, without reading any message; equal to the look before if nothing is new."""

    def fresh(self, now: Look, before: Look) -> Iterator[Raw]:
        """Yield the messages that the look before did not see. What could not be reached is taken out of `now`."""


def find(path: Path) -> Store:
    """Return the store at a path by its shape. Raises Unreadable and OSError."""
    mode = path.stat().st_mode
    if stat.S_ISREG(mode):
        return Mbox(path)
    if not stat.S_ISDIR(mode):
        raise Unreadable(f"{path} is neither a file nor a folder; set `path` to a mailbox")
    return Maildir(path) if (path / "cur").is_dir() and (path / "new").is_dir() else EmlFiles(path)


class Maildir(Struct, frozen=True):
    """A folder with `cur` and `new`; a message never changes, only the flags after the colon of its name do."""

    path: Path

    def look(self, _before: Look, /) -> Look:
        """Name the messages without their flags; drafts (flag D) are none yet."""
        return {name.partition(":")[0]: [] for _, name in self._names() if "D" not in name.partition(":2,")[2]}

    def fresh(self, now: Look, before: Look) -> Iterator[Raw]:
        """Yield the messages whose names are new."""
        new = now.keys() - before.keys()
        for folder, name in sorted(self._names()):
            unique = name.partition(":")[0]
            if unique in new:
                yield from _head(self.path, f"{folder}/{name}", unique, now)

    def _names(self) -> Iterator[tuple[str, str]]:
        for folder in ("cur", "new"):
            with os.scandir(self.path / folder) as entries:
                yield from ((folder, entry.name) for entry in entries if entry.name[0] != "." and _is_file(entry))


class EmlFiles(Struct, frozen=True):
    """A folder of .eml files, at any depth; a file of no bytes is one that is about to be written."""

    path: Path

    def look(self, _before: Look, /) -> Look:
        """Name the files, with size and time; by a hash, since such a name often is the subject of the mail."""
        return {_hashed(name): [size, time] for name, size, time in _eml_files(str(self.path), "") if size}

    def fresh(self, now: Look, before: Look) -> Iterator[Raw]:
        """Yield the files that are new or changed."""
        names = {_hashed(name): name for name, _, _ in _eml_files(str(self.path), "")}
        for known_as in sorted(now, key=lambda hashed: names.get(hashed, "")):
            if now[known_as] != before.get(known_as):
                yield from _head(self.path, names.get(known_as, known_as), known_as, now)


def _hashed(name: str) -> str:
    return hashlib.sha256(os.fsencode(name)).hexdigest()[:24]


def _eml_files(folder: str, prefix: str) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _eml_files(entry.path, f"{prefix}{entry.name}/")
            elif entry.name.lower().endswith(".eml") and _is_file(entry):
                info = entry.stat()
                yield f"{prefix}{entry.name}", info.st_size, info.st_mtime_ns


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Tell whether it is a file, or a link to one. Raises OSError, but not for a link that leads to itself."""
    try:
        return entry.is_file()
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        return False


def _head(folder: Path, name: str, known_as: str, now: Look) -> Iterator[Raw]:
    """Yield the first bytes of a file; one that a mail program has just moved away is left for the next look."""
    try:
        with (folder / name).open("rb") as file:
            yield Raw(f"{folder.name}/{name}", file.read(LONGEST_MESSAGE))
    except FileNotFoundError:
        del now[known_as]


class Mbox(Struct, frozen=True):
    """One file of messages, each after a line that begins with `From ` (RFC 4155).

    A look holds size and time; after reading, also where the last message begins and a hash of what stands before
    that place. While the hash holds, the file has only grown, and reading goes on from there.
    """

    path: Path

    def look(self, before: Look, /) -> Look:
        """Name the one file, with size and time."""
        info = self.path.stat()
        return {"file": [info.st_size, info.st_mtime_ns], "read": before.get("read", [])}

    def fresh(self, now: Look, before: Look) -> Iterator[Raw]:
        """Yield the messages from the last one that was read on, or all if older ones have changed.

        Raises Unreadable if the file is no mbox.
        """
        with self.path.open("rb") as file:
            last = _resume(file, before.get("read", []))
            for start, end in _stretches(file, last):
                file.seek(start)
                yield Raw(f"{self.path.name} at byte {start}", _message(file.read(min(end - start, LONGEST_MESSAGE))))
                last = start
            now["read"] = [last, _before(file, last)]


def _resume(file: BinaryIO, read: list[int | str]) -> int:
    """Return where to read on: 0 unless the file is as it was up to the place that was reached."""
    match read:
        case [int(place), str(seen)] if _before(file, place) == seen and _peek(file, place) in (b"", b"From "):
            return place
    return 0


def _peek(file: BinaryIO, place: int) -> bytes:
    file.seek(place)
    return file.read(5)


def _before(file: BinaryIO, place: int) -> str:
    """Hash the beginning of the file, and what stands right before a place in it."""
    found = hashlib.sha256()
    for start in (0, max(place - _SAMPLE, 0)):
        file.seek(start)
        found.update(file.read(min(_SAMPLE, place - start)))
    return found.hexdigest()[:32]


def _stretches(file: BinaryIO, begin: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of each message from `begin` on, holding no more than a chunk in memory."""
    if _peek(file, begin) not in (b"", b"From "):
        raise Unreadable(f"{file.name} is no mbox file (its first line does not begin with 'From '); check `path`")
    start = begin
    for found in _from_lines(file, begin):
        yield start, found
        start = found
    end = os.fstat(file.fileno()).st_size
    if end > start:
        yield start, end


def _from_lines(file: BinaryIO, begin: int) -> Iterator[int]:
    """Yield where lines begin with `From ` after `begin`. The file may be moved between two of them."""
    mark, kept, place = b"\nFrom ", b"", begin
    while True:
        file.seek(place)
        chunk = file.read(_CHUNK)
        if not chunk:
            return
        window, base, found = kept + chunk, place - len(kept), -1
        while (found := window.find(mark, found + 1)) >= 0:
            yield base + found + 1
        kept, place = window[-len(mark) + 1 :], place + len(chunk)


def _message(stretch: bytes) -> bytes:
    """Return what follows the `From ` line."""
    return stretch.partition(b"\n")[2]
