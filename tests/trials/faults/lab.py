"""One trial: a fresh world, something strikes, the next runs put it right, and the outcome is judged."""

from __future__ import annotations

import gc
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from click.testing import CliRunner

from followup_rules.cli import cli
from tests.trials.faults import child, world
from tests.trials.faults.child import Ran
from tests.trials.faults.world import NOW, State

Level = Literal["all", "outputs", "once"]
"""What must be as after an undisturbed run: the store as well, only the outputs, or at least no action lost or doubled."""
_STEP = timedelta(minutes=6)
_LONGEST = 16
_MADE = re.compile(rb"^\d{4}-\d\d-\d\d (?=\S)", re.MULTILINE)
_SAID = re.compile(r"^\+ notice .*", re.MULTILINE)
_FAULTS = ("Traceback", "unexpected", "Exception ignored")


@dataclass
class Verdict:
    """What was found at one point."""

    kind: str
    number: int
    doubled: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    amiss: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether all was put right."""
        return not (self.doubled or self.lost or self.amiss)


@dataclass(frozen=True)
class Reference:
    """How it ends without a fault."""

    state: State
    said: frozenset[str]
    calls: int
    """How many calls the run makes."""


class Lab:
    """A place for trials: the world before the run, and the one that is tried."""

    def __init__(self, base: Path, build: Callable[[Path], None]) -> None:
        base.mkdir(parents=True, exist_ok=True)
        self.base, self.prior, self.folder = base, base / "prior", base / "world"
        build(self.prior)
        self._warm_up()
        self.reference()

    def _warm_up(self) -> None:
        """Import in this process all that a run imports, so that children need not."""
        folder = self.fresh()
        for now in (NOW, "2026-11-16 12:00", "nonsense"):
            CliRunner().invoke(cli, ["--config", str(folder / "config.toml"), "run", "--now", now])
        gc.collect()
        gc.freeze()

    def fresh(self) -> Path:
        """Return the world as it is before the run."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.prior, self.folder)
        return self.folder

    def move(self) -> None:
        """Work in a folder of this process's own."""
        self.folder = self.base / f"world-{os.getpid()}"

    @cache  # noqa: B019 -- there is one lab
    def reference(self, *later: str) -> Reference:
        """Return how it ends without a fault, with runs at NOW and at the given later instants."""
        folder = self.fresh()
        first = child.run(folder, NOW)
        runs = [first, *(child.run(folder, now) for now in later)]
        runs += self.recover(folder, later[-1] if later else NOW)
        said = frozenset(line for ran in runs for line in _SAID.findall(ran.out))
        return Reference(world.state(folder), said, first.calls)

    def recover(self, folder: Path, now: str = NOW) -> list[Ran]:
        """Run every few minutes until nothing is left to do."""
        moment, runs = datetime.fromisoformat(now), []
        for _ in range(_LONGEST):
            moment += _STEP
            runs.append(child.run(folder, f"{moment:%Y-%m-%d %H:%M}"))
            if runs[-1].exit == 0 and (not runs[-1].out or len(runs) > 1) and world.settled(folder):
                break
        return runs

    def judge(self, verdict: Verdict, runs: list[Ran], reference: Reference, level: Level) -> None:
        """Compare what lies in the world with what ought to."""
        found, ought = world.state(self.folder), reference.state
        often = found.markers - (Counter(set(found.markers)) if level == "once" else ought.markers)
        verdict.doubled += sorted(often.elements())
        verdict.lost += sorted((ought.markers - found.markers).elements())
        verdict.lost += sorted(ought.told - found.told)
        verdict.amiss += _failures(runs)
        if level != "once":
            verdict.amiss += _leftovers(found)
            lies, belongs = found.files, ought.files
            if level != "all":
                lies, belongs = _undated(_named(lies)), _undated(belongs)
            verdict.amiss += _differences("file", lies, belongs)
        if level == "all":
            verdict.lost += [f"unsaid: {line}" for line in reference.said - _said(runs)]
            verdict.amiss += _differences("ledger", found.ledger, ought.ledger)
            verdict.amiss += _differences("table", found.rest, ought.rest)
        if world.own(self.folder) != world.own(self.prior):
            verdict.amiss.append("what is the user's own was changed")


def _named(files: dict[str, bytes]) -> dict[str, bytes]:
    """Leave out texts that no task names: one stays if a run died before its task was added, and it never came due again."""
    lists = b"".join(content for name, content in files.items() if "/todo-texts/" not in name)
    return {name: content for name, content in files.items()
            if "/todo-texts/" not in name or name.rpartition("/")[2].encode() in lists}  # fmt: skip


def _undated(files: dict[str, bytes]) -> dict[str, bytes]:
    """Leave out when tasks were made, which is when a run first came to it: the dates and the order of todo.txt."""
    return {
        name: b"\n".join(sorted(_MADE.sub(b"", content).splitlines())) if name.endswith("todo.txt") else content
        for name, content in files.items()
    }


def _said(runs: list[Ran]) -> frozenset[str]:
    return frozenset(line for ran in runs for line in _SAID.findall(ran.out))


def _failures(runs: list[Ran]) -> list[str]:
    """Return what no run may do: end in its own way, keep silent about a failure, or show its inside."""
    odd = [f"exit {ran.exit}: {ran.err}" for ran in runs if not ran.died and ran.exit not in (0, 1, 2)]
    mute = [f"exit {ran.exit} without a word" for ran in runs if ran.exit in (1, 2) and not ran.err.strip()]
    bare = [ran.err for ran in runs if any(word in ran.err for word in _FAULTS)]
    return [*odd, *mute, *bare, *([f"no rest: {runs[-1].exit} {runs[-1].err}"] if runs[-1].exit else [])]


def _leftovers(found: State) -> list[str]:
    return [f"left over: {name}" for name in found.files if "/." in name]


def _differences(what: str, found: Any, ought: Any) -> list[str]:
    """Return where two values differ, in as few words as possible."""
    if isinstance(found, dict) and isinstance(ought, dict):
        keys = sorted(found.keys() | ought.keys(), key=repr)
        return [line for key in keys for line in _differences(f"{what} {key}", found.get(key), ought.get(key))]
    if isinstance(found, bytes) and isinstance(ought, bytes) and found != ought:
        lines = _differences(what, found.splitlines(), ought.splitlines())
        return lines or [f"{what}: the same lines in another order, or with other ends"]
    if isinstance(found, list) and isinstance(ought, list):
        more, less = [row for row in found if row not in ought], [row for row in ought if row not in found]
        return [f"{what}: {_short(more)} in place of {_short(less)}"] if more or less else []
    return [] if found == ought else [f"{what}: {_short(found)} in place of {_short(ought)}"]


def _short(value: Any) -> str:
    return f"{value!r:.200}"
