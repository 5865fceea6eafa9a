"""Builds the shim, gets it preloaded, and speaks to it."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
EVERY = (1 << 9) - 1
"""All kinds of calls."""
FOREVER = 1 << 40


class Op(IntEnum):
    """A kind of call, as in the shim."""

    OPEN = 0
    WRITE = 1
    SYNC = 2
    RENAME = 3
    UNLINK = 4
    TRUNCATE = 5
    MKDIR = 6
    MODE = 7
    LINK = 8


class Deed(IntEnum):
    """What is done at a call, as in the shim."""

    COUNT = 0
    SIGNAL_BEFORE = 1
    SIGNAL_AFTER = 2
    FAIL = 3
    SHORT = 4
    TORN = 5


@dataclass(frozen=True)
class Fault:
    """What happens at the n-th call of some kinds; if it lasts, at all later ones, too."""

    deed: Deed = Deed.COUNT
    detail: int = 0
    """A signal or an error number."""
    mask: int = EVERY
    lasts: bool = False

    def arm(self, root: Path, number: int, log: int = -1) -> None:
        """Let it happen to this process."""
        until = FOREVER if self.lasts else number + 1
        arguments = (ctypes.c_long(number), ctypes.c_long(until), log)
        ctypes.CDLL(None).faults_arm(os.fsencode(root), self.deed, self.detail, self.mask, *arguments)


def failing(number: int = errno.EIO, *, mask: int = EVERY, lasts: bool = False) -> Fault:
    """Return the fault of a call that fails."""
    return Fault(Deed.FAIL, number, mask, lasts)


def count() -> int:
    """Return how many calls the process counted that was armed last."""
    counted = ctypes.CDLL(None).faults_count
    counted.restype = ctypes.c_long
    return int(counted())


def apart() -> None:
    """Count the calls of this process's children apart from those of others."""
    ctypes.CDLL(None).faults_share()


def preload() -> None:
    """Start this program anew with the shim preloaded, unless it is."""
    if not hasattr(ctypes.CDLL(None), "faults_arm"):
        surroundings = {**os.environ, "LD_PRELOAD": str(_built()), "PYTHONUTF8": "1"}
        os.execve(sys.executable, sys.orig_argv, surroundings)


def _built() -> Path:
    """Return the library; it is compiled if it is not there or the source has changed."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        sys.exit("tests.trials.faults needs a C compiler: install gcc, so that `cc` is found")
    name = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]
    library = Path(tempfile.gettempdir()) / f"followup-faults-{os.getuid()}-{name}.so"
    if not library.exists():
        fresh = library.with_suffix(f".{os.getpid()}")
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", fresh, SOURCE, "-ldl"], check=True)
        fresh.replace(library)
    return library
