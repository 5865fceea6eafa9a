"""The files of the notes: where they lie, how they look, and their text."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from followup_rules import BadItem, Unreadable

LARGEST = 2_000_000
"""In bytes; a file of notes beyond that is something else."""

# How Syncthing, Dropbox, Nextcloud, ownCloud, Obsidian and Resilio name the second of two versions.
_COPY = re.compile(
    r"(?P<name>.*?)(?:\.sync-conflict-[^.]*|[ _.-]*\([^()]*\b(?:conflict|en conflit)[^()]*\)|\.conflict)\.md",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"\.(?P<name>.+\.md)\.icloud", re.IGNORECASE)


class Files(Struct, frozen=True):
    """The files by their name for messages, in order."""

    notes: Mapping[str, Path]
    copies: Mapping[str, Path]
    """Second versions that a synchronization left beside a file."""


class Page(Struct, frozen=True):
    """What stands in a file."""

    text: str
    undecodable: tuple[tuple[int, str], ...] = ()
    """Lines, from 1, that are not UTF-8."""
    doubt: str = ""
    """Why it may not be whole."""

    def problems(self, name: str) -> list[BadItem]:
        """Return what is wrong with the letters of the file."""
        message = "this line is not in UTF-8; save the file as UTF-8 to get its letters right"
        return [BadItem(f"{name}:{number}", message, "", line) for number, line in self.undecodable]


def find(path: Path) -> Files:
    """Return the files of a path. Raises OSError, and Unreadable if one has not been downloaded."""
    if path.is_dir():
        named = {printable(each.relative_to(path).as_posix()): each for each in sorted(_walk(path))}
        copies = {name: each for name, each in named.items() if _original(each) in named.values()}
        return Files({name: each for name, each in named.items() if name not in copies}, copies)
    if not path.exists() and path.with_name(f".{path.name}.icloud").exists():
        raise Unreadable(_not_downloaded(path.name))
    beside = sorted(path.parent.glob("*.md")) if path.parent.is_dir() else []
    return Files(
        {printable(path.name): path}, {printable(each.name): each for each in beside if _original(each) == path}
    )


def printable(name: str) -> str:
    """Return a file name that can be stored and shown, even if its bytes are not UTF-8."""
    return name.encode(errors="backslashreplace").decode()


def look(path: Path) -> list[int]:
    """Return the size and time of a file, by which a change shows."""
    info = path.stat()
    if not stat.S_ISREG(info.st_mode):
        raise Unreadable(f"{path} is not a file of text; set `path` to a Markdown file or a folder of them")
    if info.st_size > LARGEST:
        raise Unreadable(f"{path} is larger than {LARGEST // 1_000_000} MB; is it the right file? Else split it")
    return [info.st_size, info.st_mtime_ns]


def read(path: Path) -> Page:
    """Return the text of a file, its accents written as they usually are. Raises OSError and Unreadable."""
    with path.open("rb") as file:
        raw = file.read(LARGEST)
    if b"\0" in raw:
        raise Unreadable(f"{path} is not a file of text; if it holds notes, save it as UTF-8")
    # macOS may write accents apart from their letters; ids and tags are compared as they are usually written.
    text = unicodedata.normalize("NFC", raw.decode("utf-8-sig", errors="replace"))
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        number = raw.count(b"\n", 0, error.start) + 1
        cut = error.reason == "unexpected end of data"
        doubt = "ends in the middle of a letter" if cut else ""
        return Page(text, ((number, text.split("\n")[number - 1]),), doubt)
    return Page(text)


def sentence(path: Path, error: OSError) -> str:
    """Return why a file cannot be read or written, and what to do."""
    if isinstance(error, FileNotFoundError):
        return f"{error.filename or path} does not exist; create it, or run `followup init`"
    if isinstance(error, PermissionError):
        return f"{error.filename or path} may not be read by this user; change its permissions"
    return f"{error.filename or path} cannot be read: {error.strerror or error}; try again, or check the disk"


def _original(path: Path) -> Path | None:
    """Return the file of which this one is the second version, by its name; None if it is none."""
    copy = _COPY.fullmatch(path.name)
    return path.with_name(f"{copy['name']}.md") if copy else None


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the Markdown files of a folder; hidden folders hold what editors keep, and deleted notes."""
    for place, folders, files in os.walk(folder, onerror=_raise):
        # In place: os.walk then leaves them out.
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            away = _PLACEHOLDER.fullmatch(name)
            if away and away["name"] not in files:
                raise Unreadable(_not_downloaded(away["name"]))
        yield from (Path(place, name) for name in files if name.lower().endswith(".md") and not name.startswith("."))


def _not_downloaded(name: str) -> str:
    return f"{printable(name)} has not been downloaded from iCloud; open it, or keep its folder on this device"


def _raise(error: OSError) -> None:
    raise error
