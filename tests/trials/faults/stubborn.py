"""An output plugin that misbehaves: it keeps each action in a file of its own, and never looks before it makes one.

How it misbehaves, and at which of its calls, stands in the file `misbehaviour` of the current folder.
"""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from followup_rules import Action, Context, Output, OutputType, Refused, Status, hookimpl

WAYS = {
    "dies-before": "an output dies before it does what it was asked",
    "dies-after": "an output dies after it has done it",
    "timeout-before": "an output times out before it does it",
    "timeout-after": "an output times out after it has done it",
    "late": "an output times out, and does it when it is next called",
    "much-later": "an output times out, and does it before the next run",
    "twice": "an output does it twice, as after a retry on the way",
    "find-fails": "an output times out after it has done it, and cannot be asked for two runs",
    "refuses": "an output refuses",
    "nonsense": "an output answers with no reference",
    "lists-mixed": "an output lists in another order, and what nobody asked for",
    "lists-half": "an output lists only half",
    "lists-nonsense": "an output lists what is no status",
}
LISTS = tuple(way for way in WAYS if way.startswith("lists"))
_calls: Counter[int] = Counter()
"""By process, over all its outputs."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The config table."""

    path: Path


@hookimpl
def register_outputs() -> list[OutputType]:
    """Add the output."""
    return [OutputType("stubborn", "Misbehaves", ("draft", "task"), Options, _open)]


def _open(options: Options, context: Context) -> Output:
    return Stubborn(options.path)


class Stubborn:
    """A reference is the name of a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._said = path.parent.parent / "misbehaviour"
        self._late: list[tuple[str, str | None]] = []
        path.mkdir(parents=True, exist_ok=True)
        for name, content in json.loads(self._queue.read_text()) if self._queue.exists() else ():
            self._put(name, content)
        self._queue.unlink(missing_ok=True)

    @property
    def _queue(self) -> Path:
        return self._path.with_suffix(".queue")

    def create(self, action: Action) -> str:
        number = 1
        while (self._path / f"{quote(action.key, '')}.{number}").exists():
            number += 1
        return self._do(f"{quote(action.key, '')}.{number}", f"{action.title}\n{action.text}")

    def find(self, key: str) -> str | None:
        said = json.loads(self._said.read_text()) if self._said.exists() else {}
        if said.get("mute"):
            self._said.write_text(json.dumps(said | {"mute": said["mute"] - 1}))
            raise ConnectionError("no answer")
        self._catch_up()
        found = sorted(self._path.glob(f"{quote(key, '')}.*"))
        return found[0].name if found else None

    def update(self, ref: str, action: Action) -> str:
        return self._do(ref, f"{action.title}\n{action.text}")

    def withdraw(self, ref: str) -> None:
        self._do(ref, None)

    def status(self, refs: Sequence[str]) -> Mapping[str, Status]:
        self._catch_up()
        found = {ref: Status("open" if (self._path / ref).exists() else "gone") for ref in refs}
        match self._way():
            case "lists-mixed":
                return {"stranger": Status("gone"), **dict(reversed(found.items())), "other": Status("done")}
            case "lists-half":
                return dict(list(found.items())[::2])
            case "lists-nonsense":
                return dict.fromkeys(refs, "open")  # type: ignore[misc]
        return found

    def _way(self) -> str:
        """Return how to misbehave at the next call."""
        said = json.loads(self._said.read_text()) if self._said.exists() else {"way": "", "at": 0}
        return said["way"] if said["way"] in LISTS or said["at"] == _calls[os.getpid()] else ""

    def _do(self, ref: str, content: str | None) -> str:
        _calls[os.getpid()] += 1
        self._catch_up()
        return _WAYS.get(self._way(), _well)(self, ref, content)

    def _put(self, name: str, content: str | None) -> None:
        if content is None:
            (self._path / name).unlink(missing_ok=True)
        else:
            (self._path / name).write_text(content)

    def _catch_up(self) -> None:
        while self._late:
            self._put(*self._late.pop())


def _well(out: Stubborn, ref: str, content: str | None) -> str:
    out._put(ref, content)
    return ref


def _dies_before(out: Stubborn, ref: str, content: str | None) -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return ref


def _dies_after(out: Stubborn, ref: str, content: str | None) -> str:
    out._put(ref, content)
    os.kill(os.getpid(), signal.SIGKILL)
    return ref


def _timeout_before(out: Stubborn, ref: str, content: str | None) -> str:
    raise TimeoutError("no answer")


def _timeout_after(out: Stubborn, ref: str, content: str | None) -> str:
    out._put(ref, content)
    raise TimeoutError("no answer")


def _late(out: Stubborn, ref: str, content: str | None) -> str:
    out._late.append((ref, content))
    raise TimeoutError("no answer")


def _much_later(out: Stubborn, ref: str, content: str | None) -> str:
    out._queue.write_text(json.dumps([(ref, content)]))
    raise TimeoutError("no answer")


def _twice(out: Stubborn, ref: str, content: str | None) -> str:
    out._put(ref, content)
    if content is not None:
        out._put(f"{ref}-again", content)
    return ref


def _refuses(out: Stubborn, ref: str, content: str | None) -> str:
    raise Refused("not today")


def _nonsense(out: Stubborn, ref: str, content: str | None) -> str:
    out._put(ref, content)
    return None  # type: ignore[return-value]


_WAYS: Mapping[str, Callable[[Stubborn, str, str | None], str]] = {
    "dies-before": _dies_before,
    "dies-after": _dies_after,
    "timeout-before": _timeout_before,
    "timeout-after": _timeout_after,
    "find-fails": _timeout_after,
    "late": _late,
    "much-later": _much_later,
    "twice": _twice,
    "refuses": _refuses,
    "nonsense": _nonsense,
}
