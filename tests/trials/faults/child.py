"""Runs the command in a forked child: all is imported already, so that a run takes a few hundredths of a second."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from followup_rules.cli import main
from followup_rules.host import process
from tests.trials.faults import shim
from tests.trials.faults.shim import Fault

NO_FAULT = Fault()
PATIENCE = 30
"""In seconds: a run that takes longer hangs."""


@dataclass(frozen=True)
class Ran:
    """How a run ended."""

    exit: int
    """The exit code; negative: the signal that killed it."""
    out: str
    err: str
    calls: int
    """How many calls the shim counted."""

    @property
    def died(self) -> bool:
        """Whether the run was cut off."""
        return self.exit < 0


def run(
    folder: Path,
    now: str,
    fault: Fault = NO_FAULT,
    number: int = 0,
    *,
    log: int = -1,
    prepare: Callable[[], object] = lambda: None,
) -> Ran:
    """Run `followup run` in the folder, with a fault at the n-th call; `prepare` is called in the child."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _child(folder, now, fault, number, log, prepare)
    _, status = os.waitpid(pid, 0)
    out, err = ((folder / name).read_text(errors="replace") for name in ("stdout", "stderr"))
    return Ran(os.waitstatus_to_exitcode(status), out, err, shim.count())


def _child(folder: Path, now: str, fault: Fault, number: int, log: int, prepare: Callable[[], object]) -> NoReturn:
    code = 99
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.alarm(PATIENCE)
        for handle, name in ((1, "stdout"), (2, "stderr")):
            place = os.open(folder / name, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_APPEND)
            os.dup2(place, handle)
        prepare()
        process.keep_output()  # as the program does: how it prints depends on no PYTHONUNBUFFERED of whoever tries it
        fault.arm(folder, number, log)
        code = _called(["--config", str(folder / "config.toml"), "run", "--now", now])
    finally:
        os._exit(code)


def _called(arguments: list[str]) -> int:
    """Call the command, and end as the program ends."""
    try:
        main(arguments)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 -- as Python does at its end
        sys.excepthook(*sys.exc_info())
        code = 1
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    return code
