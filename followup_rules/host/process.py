"""The process itself, kept from what plugins and their libraries may do to its output, its signals and its end."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import IO, Any, NoReturn

LAST_WORDS = 2.0
"""Seconds for what libraries want to do when the program ends, such as deleting a temporary folder."""
_ALARMS = ("SIGALRM", "SIGVTALRM", "SIGPROF")


def keep_output() -> None:
    """Keep standard output for the main thread: whatever anybody else prints goes to standard error.

    Standard output belongs to `--json` and to the reader of cron's mail. A child process, a library in C, a logger that
    was made early and a thread that lives on all write elsewhere: file descriptor 1 becomes a copy of 2.
    """
    with suppress(OSError, ValueError):  # one of the two is closed: then there is nothing to keep apart
        sys.stdout.flush()
        # A copy by dup is not inherited by children, one by dup2 is (PEP 446): what a child prints goes to standard
        # error.
        own = os.dup(1)
        os.dup2(2, 1)
        # As Python itself buffers standard output: by line on a terminal, else in blocks.
        by_line = 1 if os.isatty(own) else -1
        stream = os.fdopen(own, "w", by_line, encoding=sys.stdout.encoding, errors=sys.stdout.errors)
        sys.stdout = _OfMainThread(stream)
        # What means to go past a replaced sys.stdout writes to this one.
        sys.__stdout__ = sys.__stderr__  # type: ignore[misc]


class _OfMainThread:
    """A stream for the main thread; for every other thread it is standard error."""

    def __init__(self, own: IO[Any]) -> None:
        self._own = own

    def __getattr__(self, name: str) -> Any:
        stream = self._own if threading.current_thread() is threading.main_thread() else sys.stderr
        return getattr(stream, name)


def ignore_alarms() -> None:
    """Let no timer end the process that a library has set and forgotten."""
    # What these signals do by default is to end the process (POSIX, signal.h); a timer outlives the call that has set
    # it.
    for name in _ALARMS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def end(code: int) -> NoReturn:
    """End the process, whatever is still at work in it: threads that hang, and handlers that never return."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            # Of a reader that is gone, as with `| head`, or of a stream that was closed.
            stream.flush()
    # In a thread of its own, for a handler may wait for a thread that hangs; after the last words nobody waits any
    # more.
    handlers = threading.Thread(target=atexit._run_exitfuncs, daemon=True)  # noqa: SLF001 -- no public name for it
    handlers.start()
    handlers.join(LAST_WORDS)
    # sys.exit would wait for every thread of a plugin that is no daemon.
    os._exit(code)
