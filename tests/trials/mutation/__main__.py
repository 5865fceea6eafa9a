"""How good are the tests of the engine and of the language? Every small mistake there must make one of them fail.

    python -m tests.trials.mutation [--sample N [--seed S]] [--floor PERCENT] [--jobs N] [MODULE...]

Each mutant of followup_rules/engine/ and followup_rules/language/ lives in a forked child of its own, in which those of
their direct tests that reach it run up to the first one that fails. A mutant that none of them notices must be listed
in survivors.toml, with the reason.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import gc
import os
import random
import resource
import sys
import time
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import NamedTuple

from tests.trials.mutation.exchange import exchange, functions
from tests.trials.mutation.mutants import Mutant, mutants
from tests.trials.mutation.suite import CODE, FAILED, PASSED, ROOMS, Suite, caches, with_suite

SURVIVORS = Path(__file__).parent / "survivors.toml"
BYTES = 4 << 30
NOT_RUN = (3, 4, 5)
"""Exit codes of pytest; a mutant that cannot even be imported is an error of collection: 2."""


class Trial(NamedTuple):
    """A mutant, and the module (such as `engine.fates`) and tree that it changes."""

    mutant: Mutant
    module: str
    tree: ast.Module

    @property
    def file(self) -> str:
        """Where the module is."""
        return str(CODE / f"{self.module.replace('.', '/')}.py")

    def code(self) -> CodeType:
        """Return the module's code with the mistake in it; the tree keeps it."""
        self.mutant.apply()
        return compile(ast.fix_missing_locations(self.tree), self.file, "exec")


class Memory(NamedTuple):
    """What is in memory of the project, and is to be changed or forgotten for a mutant."""

    functions: Mapping[str, Sequence[FunctionType]]
    caches: Sequence[Callable[[], None]]


class Mutated:
    """Imports one module from its changed code."""

    def __init__(self, name: str, code: CodeType) -> None:
        self.name, self.code = name, code

    def find_spec(self, name: str, _path: object, _target: object = None) -> ModuleSpec | None:
        """Answer for that one module."""
        return ModuleSpec(name, self) if name == self.name else None

    def create_module(self, _: ModuleSpec) -> None:
        """Leave that to Python."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed code."""
        exec(self.code, vars(module))


def main() -> int:
    """Try mutants and print the score; without a floor for it any unlisted survivor is a failure."""
    arguments = argparse.ArgumentParser(prog="python -m tests.trials.mutation", description=__doc__)
    arguments.add_argument("modules", nargs="*", help="such as `engine.fates`, or `engine`; all by default")
    arguments.add_argument("--sample", type=int, metavar="N", help="try only N of them")
    arguments.add_argument("--seed", type=int, default=0, help="which ones")
    arguments.add_argument("--floor", type=int, metavar="PERCENT", help="a score from which on nothing is a failure")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    given = arguments.parse_args()
    began = time.monotonic()
    trials = [trial for module in _modules(given.modules) for trial in _trials(module)]
    if given.sample:
        trials = random.Random(given.seed).sample(trials, min(given.sample, len(trials)))
    survivors: set[str] = set()
    code = with_suite(given.jobs, lambda suite: _tell(_survivors(trials, suite, given.jobs), survivors))
    return code or _report(trials, survivors, given.floor, time.monotonic() - began)


def _modules(wanted: Collection[str]) -> list[str]:
    every = sorted(f"{room}.{each.stem}" for room in ROOMS for each in (CODE / room).glob("[a-z]*.py"))
    return [name for name in every if not wanted or name in wanted or name.partition(".")[0] in wanted]


def _trials(module: str) -> Iterator[Trial]:
    tree = ast.parse((CODE / f"{module.replace('.', '/')}.py").read_text())
    return (Trial(mutant, module, tree) for mutant in mutants(tree, module))


def _listed() -> set[str]:
    """Return the names of the known survivors."""
    return set(tomllib.loads(SURVIVORS.read_text()))


def _tell(survivors: Iterable[Trial], names: set[str]) -> int:
    """Print the survivors that are not listed, as they become known; add the names of all."""
    listed = _listed()
    for trial in survivors:
        names.add(trial.mutant.name)
        if trial.mutant.name not in listed:
            _say(f"not noticed: {trial.file.removeprefix(f'{CODE.parent}/')}:{trial.mutant.line}: {trial.mutant.name}")
    return PASSED


def _report(trials: Sequence[Trial], survivors: set[str], floor: int | None, seconds: float) -> int:
    """Print the score: what share of the mistakes that can be noticed is noticed."""
    listed = _listed() & {trial.mutant.name for trial in trials}
    for name in sorted(listed - survivors):
        _say(f"listed in survivors.toml, but it does not survive (any more): {name}")
    killed, missed = len(trials) - len(survivors), len(survivors - listed)
    score = 100 * killed / max(1, killed + missed)
    counts = f"mutants={len(trials)} killed={killed} survived={missed} listed={len(survivors & listed)}"
    _say(f"{counts} score={score:.1f}% seconds={seconds:.0f}")
    if floor is not None:
        return 0 if score >= floor else 1
    return 0 if survivors == listed else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _survivors(trials: Iterable[Trial], suite: Suite, jobs: int) -> Iterator[Trial]:
    """Try as many at once as there are jobs; yield those that no test noticed."""
    memory = Memory(functions(), caches())
    gc.collect()
    gc.freeze()
    running: dict[int, Trial] = {}
    for trial in trials:
        if len(running) == jobs:
            yield from _ended(running)
        running[_born(trial, suite, memory)] = trial
    while running:
        yield from _ended(running)


def _born(trial: Trial, suite: Suite, memory: Memory) -> int:
    """Return the process id of a child that runs the tests on a mutant and ends with the code of what became of them."""
    child = os.fork()
    if child:
        return child
    code = NOT_RUN[0]
    with contextlib.suppress(BaseException):
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        code = _noticed(trial, suite, memory)
    os._exit(code)


def _noticed(trial: Trial, suite: Suite, memory: Memory) -> int:
    """Return FAILED if a test notices the mutant, else PASSED."""
    own = f"test_{trial.module.rpartition('.')[2]}.py"
    code, reaching = trial.code(), suite.reaching(trial.file, trial.mutant.lines)
    exchanged = True
    if trial.mutant.within and reaching - {""}:
        items = [item for item in suite.items if item.nodeid in reaching]
        items.sort(key=lambda item: (item.path.name != own, suite.seconds[item.nodeid]))
        exchanged = exchange(code, memory.functions, memory.caches)
        if suite.run(items) == FAILED:
            return FAILED
    if trial.mutant.within and exchanged and "" not in reaching:
        return PASSED
    sys.meta_path.insert(0, Mutated(f"followup_rules.{trial.module}", code))
    return suite.run_anew(own)


def _ended(running: dict[int, Trial]) -> Iterator[Trial]:
    """Wait until one ends, and yield it if it survived."""
    child, status = os.wait()
    trial = running.pop(child)
    code = FAILED if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    if code in NOT_RUN:
        sys.exit(f"the tests did not run for {trial.mutant.name}: exit code {code}")
    if code == PASSED:
        yield trial


if __name__ == "__main__":
    sys.exit(main())
