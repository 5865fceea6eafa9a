"""The texts of actions. A todo.txt line cannot hold one, so it names a file beside todo.txt that does."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from followup_todotxt import files
from followup_todotxt.lines import digest

if TYPE_CHECKING:
    from followup_rules import Action

FOLDER = "todo-texts"
LONGEST_TEXT = 100_000
"""In characters."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def name_of(action: Action) -> str:
    """Return the file of an action's text, relative to the folder of todo.txt; empty if it has no text.

    The name tells the key and the text, so that another text is another file, and an edited one shows.
    """
    if not action.text.strip():
        return ""
    slug = re.sub(r"[^A-Za-z0-9.]+", "-", action.key).strip("-.")[:80]
    return f"{FOLDER}/{slug}-{_seal(action.key, _content(action))}.txt"


def write(beside: Path, action: Action) -> None:
    """Write the text of an action, for this user only. Raises OSError."""
    path = _path(beside, name_of(action))
    if not action.text.strip() or path.exists():
        return
    path.parent.mkdir(mode=0o700, exist_ok=True)
    files.replace(path, files.Snapshot(), _content(action))
    files.sync_folder(path.parent)


def remove(beside: Path, name: str, key: str) -> None:
    """Remove the text of that name, unless the user has edited it. Raises OSError."""
    if name and not is_edited(beside, name, key):
        _path(beside, name).unlink(missing_ok=True)


def is_edited(beside: Path, name: str, key: str) -> bool:
    """Whether the text is there and is not what was written. Raises OSError."""
    found = files.read(_path(beside, name)) if name else files.Snapshot()
    return bool(found.identity) and not name.endswith(f"-{_seal(key, found.content)}.txt")


def _path(beside: Path, name: str) -> Path:
    return beside / FOLDER / PurePosixPath(name).name


def _content(action: Action) -> str:
    return _UNPRINTABLE.sub("", action.text)[:LONGEST_TEXT].rstrip() + "\n"


def _seal(key: str, content: str) -> str:
    return digest(f"{key}\n{content}")
