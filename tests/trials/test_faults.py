"""A run is struck at its calls, and the next runs put everything right: nothing doubled, nothing lost."""

import re
import shutil
import subprocess
import sys

import pytest

from tests.support.project import ROOT

SAMPLE = (
    "killed-before",
    "killed-after",
    "eio",
    "enospc-onward",
    "fsync-fails",
    "power-cut",
    "store-deleted",
    "source-cut",
)

pytestmark = pytest.mark.skipif(not shutil.which("cc"), reason="needs a C compiler: cc")


def tried(*arguments):
    """Run the command of the trials; return its exit code and what it printed."""
    command = [sys.executable, "-m", "tests.trials.faults", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def total(printed):
    (line,) = re.findall(r"(?m)^points=.*", printed)
    return {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", line)}


def test_a_run_struck_anywhere_neither_doubles_nor_loses_anything():
    code, printed = tried("--points", "24", *(word for name in SAMPLE for word in ("--only", name)))
    assert code == 0, printed
    assert total(printed).items() >= {"points": 24, "doubled": 0, "lost": 0, "amiss": 0}.items(), printed


def test_the_page_on_reliability_names_every_kind():
    _, printed = tried("--kinds")
    assert printed in (ROOT / "docs" / "reliability.md").read_text()


@pytest.mark.long
@pytest.mark.whole
def test_two_thousand_points_of_all_kinds():
    code, printed = tried("--points", "2000")
    assert code == 0, printed
    found = total(printed)
    assert (found["doubled"], found["lost"], found["amiss"]) == (0, 0, 0), printed
    assert found["points"] >= 2000
    assert len(re.findall(r"(?m)^[\w-]+ +points=", printed)) >= 15


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_the_trials_miss_no_call_that_the_kernel_sees_of_the_true_command():
    code, printed = tried("--audit")
    assert code == 0, printed
    assert "write" in printed
