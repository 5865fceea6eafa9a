"""The texts of actions. A todo.txt line cannot hold one, so it names a file beside todo.txt that does."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from followup_rules import durable
from followup_rules.plain import clean
from followup_rules.sealing import digest
from followup_todotxt import files

if TYPE_CHECKING:
    from followup_rules import Action

FOLDER = "todo-texts"
LONGEST_TEXT = 100_000
"""In characters."""


def name_of(action: Action, line: str) -> str:
    """Return the file of an action's text, relative to the folder of todo.txt; empty if it has no text.

    The name seals the text, and the line without that name, so that what the user has edited shows, even if a crash
    has lost the receipt.
    """
    if not action.text.strip():
        return ""
    return f"{FOLDER}/{_slug(action.key)}-{_seal(action.key, _content(action))}{_half(line)}.txt"


def write(beside: Path, name: str, action: Action) -> None:
    """Write the text of an action, for this user only. Raises OSError."""
    path = _path(beside, name)
    # Its name seals what it holds, so a file that is there holds this text, or what the user has made of it.
    if not name or path.exists():
        return
    durable.make_folder(path.parent, 0o700)
    files.replace(path, files.Snapshot(), _content(action))
    durable.sync(path.parent)


def tidy(beside: Path, key: str, keep: str = "") -> None:
    """Remove the texts of an action, but not the one to keep and none that the user has edited. Raises OSError."""
    for path in (beside / FOLDER).glob(f"{_slug(key)}-*.txt"):
        name = f"{FOLDER}/{path.name}"
        if name != keep and not is_edited(beside, name, key):
            path.unlink(missing_ok=True)
            durable.sync(path.parent)


def is_edited(beside: Path, name: str, key: str) -> bool:
    """Whether the text is there and is not what was written: what cannot be read is none that we left."""
    try:
        found = files.read(_path(beside, name)) if name else files.Snapshot()
    except OSError:
        return True
    return bool(found.identity) and name[-20:-12] != _seal(key, found.content)


def seals(name: str, line: str) -> bool:
    """Whether the name of a text's file belongs to a line, which it seals."""
    return not name or name[-12:-4] == _half(line)


def _path(beside: Path, name: str) -> Path:
    return beside / FOLDER / PurePosixPath(name).name


def _content(action: Action) -> str:
    return clean(action.text)[:LONGEST_TEXT].rstrip() + "\n"


def _slug(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", key).strip("-.")[:80]


def _seal(key: str, content: str) -> str:
    return _half(f"{key}\n{content}")


def _half(text: str) -> str:
    return digest(text)[:8]
