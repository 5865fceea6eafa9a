"""The direct tests of the engine and of the language, collected once: which of them run which line, and for how long."""

from __future__ import annotations

import gc
import os
import pickle
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from types import CodeType, FrameType
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, settings

from tests.support.examples import USUAL
from tests.support.project import ROOT

ROOMS = ("engine", "language")
CODE = ROOT / "followup_rules"
BEGINS = tuple(f"{CODE}/{room}/" for room in ROOMS)
NAMES = tuple(f"followup_rules.{room}." for room in ROOMS)
PASSED, FAILED = 0, 1
_IMPORT = 5
"""Seconds of processor time that all imports take at most."""
_AT_ONCE = 10
OPTIONS = (
    "--override-ini=addopts=", "--import-mode=importlib", "--assert=plain", "--capture=no",
    "-p", "no:cacheprovider", "-p", "no:terminal",
    # What goes wrong in this process between two mutants would fail the first test of the next.
    "-p", "no:unraisableexception", "-p", "no:threadexception",
)  # fmt: skip

settings.register_profile(
    "mutation",
    max_examples=USUAL // 5,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # what fails has failed: a smaller example of it tells nothing more
)


class Line(NamedTuple):
    """A line of a file."""

    file: str
    number: int


class Suite(NamedTuple):
    """All tests, in the order of their files, and what was seen of them while nothing was wrong."""

    items: Sequence[pytest.Item]
    seconds: Mapping[str, float]
    """Of processor time, by the id of the test."""
    reached: Mapping[Line, frozenset[str]]
    """The ids of the tests that run a line; "" stands for what runs before any test."""

    def reaching(self, file: str, lines: Iterable[int]) -> frozenset[str]:
        """Return the ids of the tests that run any of these lines of a file."""
        return frozenset().union(*(self.reached.get(Line(file, line), ()) for line in lines))

    def run(self, items: Sequence[pytest.Item]) -> int:
        """Run tests up to the first that fails; return PASSED or FAILED."""
        for item, following in zip(items, [*items[1:], None], strict=True):
            _allow(self.seconds[item.nodeid])
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if item.session.testsfailed:
                return FAILED
        return PASSED

    def run_anew(self, own: str) -> int:
        """Import the project and its tests anew, in a process that knows them already, and run these up to a failure.

        `own` is the name of the file of tests that comes first.
        """
        project = [name for name in sys.modules if name.startswith("followup_rules.")]
        for name in [*project, *(name for name in sys.modules if name.startswith("tests."))]:
            if not name.startswith("tests.trials."):
                del sys.modules[name]
        _allow(_IMPORT)
        try:
            for name in project:  # all, as what a mistake breaks may be another module, and pytest would end with that
                import_module(name)
        except Exception:  # noqa: BLE001 (whatever a mistake may raise)
            return FAILED
        files = sorted({item.path for item in self.items}, key=lambda path: (path.name != own, path))
        # Few at once, as most mistakes are noticed soon; and not one by one, as each call takes its time.
        shares = [files[:1], *(files[first : first + _AT_ONCE] for first in range(1, len(files), _AT_ONCE))]
        with tempfile.TemporaryDirectory(prefix="followup-mutation-") as place:
            options = [*OPTIONS, "-x", f"--basetemp={place}/tests"]
            for share in shares:
                _allow(_IMPORT)
                code = int(pytest.main([*options, *map(str, share)], [_Limited(self.seconds)]))
                if code != PASSED:
                    return code
        return PASSED


def _allow(seconds: float) -> None:
    """End this process if what comes now takes much longer than it usually takes: everybody would notice that."""
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    resource.setrlimit(resource.RLIMIT_CPU, (int(used + 3 + 3 * seconds), resource.RLIM_INFINITY))


def with_suite(jobs: int, use: Callable[[Suite], int]) -> int:
    """Collect the tests in this process, run each once in some jobs, and return what `use` does with them."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    instead = _Instead(jobs, use)
    # A folder of its own, since other runs of pytest clear the common one: that must not look like a test that fails.
    with tempfile.TemporaryDirectory(prefix="followup-mutation-") as place:
        instead.watch.begin()
        pytest.main([*OPTIONS, f"--basetemp={place}/tests", *(str(ROOT / "tests" / room) for room in ROOMS)], [instead])
    return instead.code


class _Few:
    """A plugin of pytest: properties are tried with few examples."""

    def pytest_collection(self) -> None:
        settings.load_profile("mutation")  # after tests/conftest.py, which loads another


class _Limited(_Few):
    """A plugin of pytest that ends the process when a test takes much longer than usual."""

    def __init__(self, seconds: Mapping[str, float]) -> None:
        self.seconds = seconds

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        _allow(self.seconds.get(nodeid, 0))


class _Instead(_Few):
    """A plugin of pytest that, in place of its loop over the tests, runs each once, watched, and hands all over."""

    def __init__(self, jobs: int, use: Callable[[Suite], int]) -> None:
        self.jobs, self.use, self.code, self.watch = jobs, use, FAILED, _Watch()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            sys.stderr.write(f"{report.nodeid}\n{report.longreprtext}\n")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        # Before the jobs part ways: each would make the same folder, and the later one fail.
        session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        shares = [session.items[first :: self.jobs] for first in range(self.jobs)]
        others = [_in_child(lambda share=share: self._run(share)) for share in shares[1:]]
        seen = [self._run(shares[0]), *(wait() for wait in others)]
        sys.settrace(None)
        if session.testsfailed or not all(seconds for seconds, _ in seen):
            sys.stderr.write("the tests fail without any mutant: mend that first\n")
            return True
        reached: dict[Line, set[str]] = defaultdict(set)
        for _, lines in seen:
            for line, ids in lines.items():
                reached[line] |= ids
        seconds = {name: each for times, _ in seen for name, each in times.items()}
        self.code = self.use(Suite(session.items, seconds, {line: frozenset(ids) for line, ids in reached.items()}))
        return True

    def _run(self, items: Sequence[pytest.Item]) -> tuple[dict[str, float], dict[Line, set[str]]]:
        """Run some tests; return how long each took, nothing if one failed, and which ran what."""
        seconds, kept = {}, caches()
        self.watch.ended("")
        for item, following in zip(items, [*items[1:], None], strict=True):
            began = time.process_time()
            for forget in kept:  # what an earlier test asked for, too, is to be run by this one
                forget()
            self.watch.begin()  # again, as a test that exhausts the stack ends it
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            seconds[item.nodeid] = time.process_time() - began
            self.watch.ended(item.nodeid)
            if item.session.testsfailed:
                return {}, {}
        return seconds, self.watch.reached


def caches() -> list[Callable[[], None]]:
    """Return what clears each cache of a function in the rooms and in what their tests share."""
    cached = [each for each in gc.get_objects() if type(each).__name__ == "_lru_cache_wrapper"]
    return [each.cache_clear for each in cached if each.__module__.startswith(("tests.", *NAMES))]


class _Watch:
    """Notes which lines of the rooms are run, and during which test; by tracing, as Python 3.11 has nothing quicker."""

    def __init__(self) -> None:
        self.ran: set[tuple[CodeType, int]] = set()
        self.watched: dict[CodeType, bool] = {}
        self.reached: dict[Line, set[str]] = defaultdict(set)

    def begin(self) -> None:
        """Watch, from now on."""
        note, watched = self.ran.add, self.watched

        def called(frame: FrameType, _event: str, _: object) -> Callable[..., Any] | None:
            code = frame.f_code
            if code not in watched:
                watched[code] = code.co_filename.startswith(BEGINS)
            return ran if watched[code] else None

        def ran(frame: FrameType, _event: str, _: object) -> Callable[..., Any]:
            note((frame.f_code, frame.f_lineno))
            return ran

        sys.settrace(called)

    def ended(self, name: str) -> None:
        """Note that what ran since was this test."""
        for code, line in self.ran:
            self.reached[Line(code.co_filename, line)].add(name)
        self.ran.clear()


def _in_child(work: Callable[[], Any]) -> Callable[[], Any]:
    """Do work in a forked process; return what waits for its result."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        with os.fdopen(writing, "wb") as out:
            out.write(pickle.dumps(work()))
        os._exit(0)
    os.close(writing)

    def wait() -> Any:
        with os.fdopen(reading, "rb") as source:
            told = pickle.loads(source.read())
        os.waitpid(child, 0)
        return told

    return wait
