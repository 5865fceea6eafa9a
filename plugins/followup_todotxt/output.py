"""The output `todotxt`: one line for each action, known by its key, in a file that belongs to the user."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from followup_rules import Action, Refused, Status, durable
from followup_rules.plain import has_control
from followup_rules.regular_files import NotRegular, only_away, real, reason
from followup_rules.sealing import EDITED
from followup_rules.sentences import Sentence, system_error
from followup_todotxt import files, texts
from followup_todotxt.lines import (
    Ref,
    appended,
    bare,
    completion,
    created_of,
    is_completed,
    keyed,
    removed,
    render,
    replaced,
    split,
    text_of,
    textless,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

LARGEST_BESIDE = 10_000_000
"""In bytes, of a file beside the list that may be an archive."""
TRIES = 3
"""How often a change is made anew when somebody else writes the file at the same time."""


class TodoTxt:
    """Tasks in todo.txt. Every other line of the user stays as it is, to the byte."""

    def __init__(self, path: Path, zone: ZoneInfo, now: datetime) -> None:
        self._given = path
        self._path = real(path)
        self._done = self._path.with_name("done.txt")
        self._zone = zone
        self._today = now.astimezone(zone).date().isoformat()

    def create(self, action: Action) -> str:
        """Add a line and its text; a line that is there is brought up to date, if it is as we left it.

        Raises Refused, OSError.
        """
        _check_key(action.key)
        line = self._line(action, self._today)
        with _refusing(self._path):
            found = self.find(action.key)
            if not found:
                if why := only_away(self._given) or only_away(self._path):
                    raise Refused(why)
                durable.make_folder(self._path.parent)
                texts.write(self._path.parent, text_of(line), action)
        if found:
            known = Ref.parse(found)
            ours = [there for there in _lines_by_key(self._path).get(known.key, ()) if self._is_as_left(there, known)]
            # A line without a text bears no seal, so it may be the user's unless it is the very same.
            if ours and not text_of(ours[0]) and ours[0] != self._line(action, created_of(ours[0])):
                return str(Ref(known.key, EDITED))
            return self.update(found, action) if ours else found
        self._edit(lambda lines: appended(lines, line))
        return str(Ref.of(line))

    def find(self, key: str) -> str | None:
        """Return the reference of the line with this key, in todo.txt or done.txt. Raises OSError."""
        for lines in (_lines_by_key(self._path), self._archive()):
            for line in lines.get(key, ()):
                sealed = texts.seals(text_of(line), textless(line))
                return str(Ref.of(line) if sealed else Ref(key, EDITED))
        return None

    def update(self, ref: str, action: Action) -> str:
        """Replace a line that still is as we left it, unless it shows the action already. Raises Refused, OSError."""
        _check_key(action.key)
        known = Ref.parse(ref)
        with _refusing(self._path):
            lines = _lines_by_key(self._existing()).get(known.key, [])
            line = self._line(action, next((created for each in lines if (created := created_of(each))), ""))
            there = line in lines
            if not there:
                self._index(split(files.read(self._path).content), known)
                texts.write(self._path.parent, text_of(line), action)
        if not there:
            self._edit(lambda lines: replaced(lines, self._index(lines, known), line))
        texts.tidy(self._path.parent, known.key, text_of(line))
        return str(Ref.of(line))

    def withdraw(self, ref: str) -> None:
        """Remove a line that still is as we left it, and its text. Raises Refused, OSError."""
        known = Ref.parse(ref)
        with _refusing(self._path):
            there = known.key in _lines_by_key(self._existing())
        if there:
            self._edit(lambda lines: removed(lines, self._index(lines, known)))
        texts.tidy(self._path.parent, known.key)

    def status(self, refs: Sequence[str]) -> Mapping[str, Status]:
        """Tell what the user did with each line. Raises OSError, also where todo.txt has gone as a whole."""
        if not refs:
            return {}
        todo, done, unread = _lines_by_key(self._existing()), dict[str, list[str]](), ""
        try:
            done = self._archive()
        except OSError as error:
            unread = f"{self._done} {reason(error)}" if error.strerror else str(error)
        missing = {key for ref in refs if (key := Ref.parse(ref).key) not in todo and key not in done}
        # Programs move ticked lines to done.txt, or to a file by another name: only lines that are missing are looked
        # for there.
        archived = {**(self._ticked_elsewhere(missing) if missing else {}), **done}
        became = {ref: self._status(Ref.parse(ref), todo, archived) for ref in refs}
        # What is in no list may have been archived where it cannot be seen.
        unknown = {ref for ref, status in became.items() if unread and status.state == "gone"}
        return became | dict.fromkeys(unknown, Status("unknown", why=unread))

    def place(self, ref: str) -> str:
        """Return the file with the task's text, else the list itself. Raises OSError."""
        for line in _lines_by_key(self._path).get(Ref.parse(ref).key, ()):
            text = self._path.parent / text_of(line)
            return str(text if text.is_file() else self._path)
        return str(self._path)

    def _status(self, known: Ref, todo: Mapping[str, list[str]], done: Mapping[str, list[str]]) -> Status:
        lines, archived = todo.get(known.key, []), done.get(known.key, [])
        ticked = [line for line in (*lines, *archived) if is_completed(line)]
        # A line in the archive without its `x` was put there by hand: it is over, too.
        if ended := ticked or archived:
            return completion(ended[0], known, self._zone)
        if any(self._is_as_left(line, known) for line in lines):
            return Status("open")
        others = [line for line in lines if text_of(line) and texts.seals(text_of(line), textless(line))]
        for ref in map(Ref.of, others):  # as a run of another computer left it
            if any(self._is_as_left(line, ref) for line in others):
                return Status("open", ref=str(ref))
        return Status("touched" if lines else "gone")

    def marked(self) -> Mapping[str, str]:
        """Return the lines of todo.txt that carry a key and are not ticked off, by that."""
        lines = split(files.read(self._path).content)
        there = {key: bare(lines[index]) for key, index in keyed(lines)}
        return {key: Sentence("{place}: {text}", place=self._path, text=line) for key, line in there.items()
                if not is_completed(line)}  # fmt: skip

    def _archive(self) -> dict[str, list[str]]:
        """Return the lines of done.txt by key; a pipe or a folder in its place holds none. Raises OSError."""
        if why := only_away(self._done):
            raise OSError(why)
        try:
            return _lines_by_key(self._done)
        except NotRegular:
            return {}

    def _ticked_elsewhere(self, keys: Collection[str]) -> dict[str, list[str]]:
        """Return the completed lines with these keys from other files beside todo.txt: an archive by another name."""
        found: dict[str, list[str]] = {}
        for path in sorted({*self._path.parent.glob("*.txt"), *self._given.parent.glob("*.txt")}):
            with suppress(OSError):
                # Another file of the user's need not be readable for us, nor a list at all.
                lines = _lines_by_key(path, LARGEST_BESIDE)
                for key in keys & lines.keys():
                    found.setdefault(key, []).extend(line for line in lines[key] if is_completed(line))
        return found

    def _is_as_left(self, line: str, known: Ref) -> bool:
        if is_completed(line) or Ref.of(line) != known:
            return False
        return not texts.is_edited(self._path.parent, text_of(line), known.key)

    def _index(self, lines: list[str], known: Ref) -> int:
        """Return where the line stands. Raises Refused if it is gone or the user has touched it."""
        found = [index for key, index in keyed(lines) if key == known.key]
        for index in found:
            if self._is_as_left(bare(lines[index]), known):
                return index
        what = Sentence("edited or ticked off by you") if found else Sentence("deleted by you")
        raise Refused(
            Sentence(
                "the task {key} in {path} was {what}; it stays as it is", key=known.key, path=self._path, what=what
            )
        )

    def _edit(self, change: Callable[[list[str]], list[str]]) -> None:
        """Change the lines of todo.txt. Raises Refused while nothing is written, OSError once something may be."""
        # todo.txt is often in a synchronized folder, and written by a phone at any moment.
        for _ in range(TRIES):
            with _refusing(self._path):
                old = files.read(self._path)
                try:
                    files.replace(self._path, old, "\n".join(change(split(old.content))))
                # Somebody wrote between our reading and our writing: their lines are read, and changed anew.
                except files.Changed:
                    continue
            durable.sync(self._path.parent)
            return
        raise Refused(
            Sentence(
                "{path} keeps changing; close the program that writes it, the next run tries again", path=self._path
            )
        )

    def _existing(self) -> Path:
        """Return the path of todo.txt. A missing file does not mean that the user deleted every task."""
        if not self._path.exists():
            away = only_away(self._path)
            raise FileNotFoundError(
                away
                or Sentence(
                    "{path} is missing; put it back, or create it empty if you gave up its tasks", path=self._path
                )
            )
        return self._path

    def _line(self, action: Action, created: str) -> str:
        textless = render(action, self._zone, created)
        return render(action, self._zone, created, texts.name_of(action, textless))


def _lines_by_key(path: Path, largest: int = files.LARGEST) -> dict[str, list[str]]:
    lines = split(files.read(path, largest).content)
    found: dict[str, list[str]] = {}
    for key, index in keyed(lines):
        found.setdefault(key, []).append(bare(lines[index]))
    return found


def _check_key(key: str) -> None:
    if key.split() != [key] or has_control(key):
        raise Refused(
            Sentence("the key {key!r} holds white space or control characters; it would not be found again", key=key)
        )


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Turn an error from before anything was changed into a refusal."""
    try:
        yield
    except files.Changed:
        raise Refused(Sentence("another program writes beside {path}; the next run tries again", path=path)) from None
    except OSError as error:
        if not error.strerror:
            raise Refused(str(error)) from error
        what = Sentence("{file}: {error}", file=error.filename or path, error=system_error(error))
        raise Refused(
            Sentence("{path} cannot be changed ({what}); check the file and its permissions", path=path, what=what)
        ) from error
