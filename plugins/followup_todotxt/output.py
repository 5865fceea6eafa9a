"""The output `todotxt`: one line for each action, known by its key, in a file that belongs to the user."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from followup_rules import Action, Refused, Status
from followup_todotxt import files, texts
from followup_todotxt.lines import (
    Ref,
    appended,
    bare,
    completion,
    is_completed,
    keyed,
    removed,
    render,
    replaced,
    split,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

TRIES = 3
"""How often a change is made anew when somebody else writes the file at the same time."""


class TodoTxt:
    """Tasks in todo.txt. Every other line of the user stays as it is, to the byte."""

    def __init__(self, path: Path, zone: ZoneInfo) -> None:
        self._path = path.resolve()
        self._done = self._path.with_name("done.txt")
        self._zone = zone

    def create(self, action: Action) -> str:
        """Add a line, unless one with this key is there already, and the text's file. Raises Refused, OSError."""
        _check_key(action.key)
        with _refusing(self._path):
            if found := self.find(action.key):
                return found
            self._path.parent.mkdir(parents=True, exist_ok=True)
            texts.write(self._path.parent, action)
        line = self._line(action)
        self._edit(lambda lines: appended(lines, line))
        return str(Ref.of(line))

    def find(self, key: str) -> str | None:
        """Return the reference of the line with this key, in todo.txt or done.txt. Raises OSError."""
        for path in (self._path, self._done):
            for line in _lines_by_key(path).get(key, ()):
                return str(Ref.of(line))
        return None

    def update(self, ref: str, action: Action) -> str:
        """Replace a line that still is as we left it, unless it shows the action already. Raises Refused, OSError."""
        _check_key(action.key)
        known, line = Ref.parse(ref), self._line(action)
        with _refusing(self._path):
            if line in _lines_by_key(self._existing()).get(known.key, ()):
                return str(Ref.of(line))
            old = self._line_as_left(known)
            texts.write(self._path.parent, action)
        self._edit(lambda lines: replaced(lines, self._index(lines, known), line))
        if text_of(old) != text_of(line):
            texts.remove(self._path.parent, text_of(old), known.key)
        return str(Ref.of(line))

    def withdraw(self, ref: str) -> None:
        """Remove a line that still is as we left it, and its text. Raises Refused, OSError."""
        known = Ref.parse(ref)
        with _refusing(self._path):
            if known.key not in _lines_by_key(self._existing()):
                return
            old = self._line_as_left(known)
        self._edit(lambda lines: removed(lines, self._index(lines, known)))
        texts.remove(self._path.parent, text_of(old), known.key)

    def status(self, refs: Sequence[str]) -> Mapping[str, Status]:
        """Tell what the user did with each line. Raises OSError, also where todo.txt has gone as a whole."""
        if not refs:
            return {}
        todo, done = _lines_by_key(self._existing()), _lines_by_key(self._done)
        return {ref: self._status(Ref.parse(ref), todo, done) for ref in refs}

    def _status(self, known: Ref, todo: Mapping[str, list[str]], done: Mapping[str, list[str]]) -> Status:
        lines = todo.get(known.key, [])
        if any(self._is_as_left(line, known) for line in lines):
            return Status("open")
        if lines:
            return completion(lines[0], self._zone) if is_completed(lines[0]) else Status("touched")
        if archived := done.get(known.key):
            return completion(archived[0], self._zone)
        return Status("gone")

    def _is_as_left(self, line: str, known: Ref) -> bool:
        if is_completed(line) or Ref.of(line) != known:
            return False
        return not texts.is_edited(self._path.parent, text_of(line), known.key)

    def _line_as_left(self, known: Ref) -> str:
        lines = split(files.read(self._existing()).content)
        return bare(lines[self._index(lines, known)])

    def _index(self, lines: list[str], known: Ref) -> int:
        """Return where the line stands. Raises Refused if it is gone or the user has touched it."""
        found = [index for key, index in keyed(lines) if key == known.key]
        for index in found:
            if self._is_as_left(bare(lines[index]), known):
                return index
        what = "edited or ticked off by you" if found else "deleted by you"
        raise Refused(f"the task {known.key} in {self._path} was {what}; it stays as it is")

    def _edit(self, change: Callable[[list[str]], list[str]]) -> None:
        """Change the lines of todo.txt. Raises Refused while nothing is written, OSError once something may be."""
        for _ in range(TRIES):
            with _refusing(self._path):
                old = files.read(self._path)
                try:
                    files.replace(self._path, old, "\n".join(change(split(old.content))))
                except files.Changed:
                    continue
            files.sync_folder(self._path.parent)
            return
        raise Refused(f"{self._path} keeps changing; close the program that writes it, the next run tries again")

    def _existing(self) -> Path:
        """Return the path of todo.txt. A missing file does not mean that the user deleted every task."""
        if not self._path.exists():
            raise FileNotFoundError(
                f"{self._path} is missing; put it back, or create it empty if you gave up its tasks"
            )
        return self._path

    def _line(self, action: Action) -> str:
        return render(action, self._zone, texts.name_of(action))


def _lines_by_key(path: Path) -> dict[str, list[str]]:
    lines = split(files.read(path).content)
    found: dict[str, list[str]] = {}
    for key, index in keyed(lines):
        found.setdefault(key, []).append(bare(lines[index]))
    return found


def _check_key(key: str) -> None:
    if not key or re.search(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]", key):
        raise Refused(f"the key {key!r} holds white space or control characters; it would not be found again")


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Turn an error from before anything was changed into a refusal."""
    try:
        yield
    except files.Changed:
        raise Refused(f"another program writes beside {path}; the next run tries again") from None
    except OSError as error:
        if not error.strerror:
            raise Refused(str(error)) from error
        what = f"{error.filename or path}: {error.strerror}"
        raise Refused(f"{path} cannot be changed ({what}); check the file and its permissions") from error
