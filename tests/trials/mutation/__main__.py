"""How good are the tests of the engine? Every small mistake in it must make one of them fail.

    python -m tests.trials.mutation [--sample N [--seed S]] [MODULE...]

Each mutant of followup_rules/engine/ lives in a forked child of its own, in which the direct tests of the engine run
up to the first one that fails. A mutant that none of them notices must be listed in survivors.toml, with the reason.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import gc
import io
import os
import random
import re
import resource
import sys
import tempfile
import time
import tomllib
from collections.abc import Collection, Iterable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.project import ROOT
from tests.trials.mutation.mutants import Mutant, mutants

HERE = Path(__file__).parent
TESTS = ROOT / "tests/engine"
ENGINE = ROOT / "followup_rules/engine"
ANEW = ("followup_rules.engine", "tests.support.caselab", "tests.engine.")
"""The modules that each child imports for itself; all else is imported once, before any child is born."""
SECONDS = 15
"""Of processor time; a mutant that takes longer is noticed by everybody."""
BYTES = 4 << 30
PASSED, FAILED, NOT_RUN = 0, 1, (3, 4, 5)
"""Exit codes of pytest; a mutant that cannot even be imported is an error of collection: 2."""


class Trial(NamedTuple):
    """A mutant, and the module and tree that it changes."""

    mutant: Mutant
    module: str
    tree: ast.Module


class Mutated:
    """Imports one module of the engine from its changed syntax tree."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.name, self.tree = name, tree

    def find_spec(self, name: str, _path: object, _target: object = None) -> ModuleSpec | None:
        """Answer for that one module."""
        return ModuleSpec(name, self) if name == self.name else None

    def create_module(self, _: ModuleSpec) -> None:
        """Leave that to Python."""

    def exec_module(self, module: object) -> None:
        """Run the changed code."""
        code = compile(ast.fix_missing_locations(self.tree), f"<mutant of {self.name}>", "exec")
        exec(code, vars(module))


def main() -> int:
    """Try mutants and print the score; without a floor for it any unlisted survivor is a failure."""
    arguments = argparse.ArgumentParser(prog="python -m tests.trials.mutation", description=__doc__)
    arguments.add_argument("modules", nargs="*", help="of the engine; all by default")
    arguments.add_argument("--sample", type=int, metavar="N", help="try only N of them")
    arguments.add_argument("--seed", type=int, default=0, help="which ones")
    arguments.add_argument("--floor", type=int, metavar="PERCENT", help="a score from which on nothing is a failure")
    given = arguments.parse_args()
    chosen = given.modules or sorted(each.stem for each in ENGINE.glob("*.py"))
    trials = [trial for module in chosen for trial in _trials(module)]
    listed = _listed(chosen)
    if given.sample:
        trials = random.Random(given.seed).sample(trials, min(given.sample, len(trials)))
        listed &= {trial.mutant.name for trial in trials}
    return _report(trials, listed, given.floor)


def _trials(module: str) -> Iterator[Trial]:
    tree = ast.parse((ENGINE / f"{module}.py").read_text())
    return (Trial(mutant, module, tree) for mutant in mutants(tree, module))


def _listed(modules: Collection[str]) -> set[str]:
    """Return the names of the known survivors in some modules."""
    names = tomllib.loads((HERE / "survivors.toml").read_text())
    return {name for name in names if re.match(r"\w+", name)[0] in modules}


def _report(trials: Sequence[Trial], listed: set[str], floor: int | None) -> int:
    began = time.monotonic()
    _prepare()
    survivors = set()
    for trial in _survivors(trials):
        survivors.add(trial.mutant.name)
        if trial.mutant.name not in listed:
            _say(f"not noticed: followup_rules/engine/{trial.module}.py:{trial.mutant.line}: {trial.mutant.name}")
    for name in sorted(listed - survivors):
        _say(f"listed in survivors.toml, but it does not survive (any more): {name}")
    killed = len(trials) - len(survivors)
    counts = f"mutants={len(trials)} killed={killed} survived={len(survivors)}"
    _say(f"{counts} score={100 * killed / len(trials):.1f}% seconds={time.monotonic() - began:.0f}")
    if floor is not None:
        return 0 if 100 * killed >= floor * len(trials) else 1
    return 0 if survivors == listed else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _prepare() -> None:
    """See that the tests pass while nothing is wrong, and keep what they compiled and imported besides the engine."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = _run_tests("")
    if code != PASSED:
        sys.exit(f"{said.getvalue()}\nthe tests of the engine fail without any mutant: mend that first")
    for name in [name for name in sys.modules if name.startswith(ANEW)]:
        del sys.modules[name]
    gc.freeze()


def _survivors(trials: Iterable[Trial]) -> Iterator[Trial]:
    """Try as many at once as there are processors; yield those that no test noticed."""
    running: dict[int, Trial] = {}
    for trial in trials:
        if len(running) == (os.cpu_count() or 1):
            yield from _ended(running)
        running[_born(trial)] = trial
    while running:
        yield from _ended(running)


def _born(trial: Trial) -> int:
    """Return the process id of a child that runs the tests on a mutant and ends with their exit code."""
    child = os.fork()
    if child:
        return child
    code = NOT_RUN[0]
    with contextlib.suppress(BaseException):
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        trial.mutant.apply()
        sys.meta_path.insert(0, Mutated(f"followup_rules.engine.{trial.module}", trial.tree))
        code = _run_tests(trial.module)
    os._exit(code)


def _run_tests(module: str) -> int:
    """Run the tests of the engine up to the first that fails; those of this module first."""
    every = sorted(str(file) for file in TESTS.glob("test_*.py"))
    own = [file for file in every if Path(file).stem == f"test_{module}"]
    stages = [own, [file for file in every if file not in own]]
    # A folder of its own, since other runs of pytest clear the common one: that must not look like a test that fails.
    with tempfile.TemporaryDirectory(prefix="followup-mutation-") as place:
        usual = ["-x", "--assert=plain", "-p", "no:cacheprovider", f"--basetemp={place}/tests"]
        codes = (int(pytest.main([*usual, *files])) for files in stages if files)
        return next((code for code in codes if code != PASSED), PASSED)


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
