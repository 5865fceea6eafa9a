"""Code of a plugin with a time limit: it runs in a thread of its own, and what does not answer in time is given up.

A thread cannot be stopped from outside. One that was given up may still be at work until the program ends, so nothing
more is asked of it, and what it answers late is never heard.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import timedelta
from typing import IO, Any, TypeVar

from followup_rules.hookspecs import Refused, Unreadable
from followup_rules.sentences import Sentence, system_error

T = TypeVar("T")
TIME_LIMIT = timedelta(seconds=60)
"""Of one call of a source or output, unless its table sets another."""
_SLICE = 1.0
"""Seconds after which Ctrl-C is noticed at the latest."""


class TimedOut(Exception):  # noqa: N818 -- what became of a call
    """It did not answer in time: nobody knows what became of it, and it may still be at work."""


class Stopped(Exception):  # noqa: N818 -- what a plugin tried
    """It raised what is meant to end the whole program, such as SystemExit."""


class PluginError(Exception):
    """What a plugin raised that it was not asked to raise, as a sentence that names the plugin."""


class Worker:
    """The thread of one source or output: all its calls are made there, one after the other."""

    def __init__(self, limit: timedelta, printed: IO[str] | None = None) -> None:
        self._limit, self._printed = limit, printed
        self._job: Callable[[], Any] | None = None
        self._end: tuple[Any, BaseException | None] = (None, None)
        # One lock hands a job over, the other its end: unlike an RLock, a Lock may be released by another thread than
        # the one that acquired it.
        self._begun, self._ended = _taken(), _taken()
        # A daemon: Python waits at its end for every other thread, so one that hangs would keep the process alive.
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        self.hangs = False
        """A call was begun and given up."""

    def call(self, job: Callable[[], T]) -> T:
        """Do it in the thread. Raises TimedOut, Stopped, and every Exception that it raises.

        What it prints goes to `printed`, or else to standard error: standard output belongs to `--json` and to the
        reader of cron's mail.
        """
        if self.hangs:
            raise TimedOut(Sentence("it did not answer before, so it is not asked again in this run"))
        # Before the job begins: whatever leaves this function, Ctrl-C too, leaves a thread that may still be at work.
        self.hangs = True
        # This is the `sys.stdout` of the whole process, which is right here: the main thread only waits meanwhile.
        with redirect_stdout(self._printed or sys.stderr):
            self._begin(job)
            if not self._ended_in_time():
                raise TimedOut(Sentence("it did not answer within {limit}", limit=spoken(self._limit)))
        self.hangs = False
        result, error = self._end
        if error is None:
            return result  # type: ignore[no-any-return]
        # SystemExit and KeyboardInterrupt are no Exception, so most `except` clauses of ours would let them end the
        # program.
        stopped = Stopped(Sentence("it tried to end the program: {error}", error=sentence(error)))
        raise error if isinstance(error, Exception) else stopped

    def _ended_in_time(self) -> bool:
        """Wait for the end of a job. In slices: a signal that comes just before a wait begins is seen only after it."""
        # Not the clock of the day: it may be set while a plugin is at work, and would make the limit shorter or longer.
        deadline = time.monotonic() + self._limit.total_seconds()
        while not self._ended.acquire(timeout=max(0.0, min(_SLICE, deadline - time.monotonic()))):
            if time.monotonic() >= deadline:
                return False
        return True

    def _begin(self, job: Callable[[], Any] | None) -> None:
        self._job = job
        self._begun.release()

    def _work(self) -> None:
        while self._begun.acquire() and self._job is not None:
            self._end = _attempted(self._job)
            self._ended.release()

    def close(self) -> None:
        """Let the thread end, unless it hangs."""
        if not self.hangs:
            self._begin(None)
            self._thread.join()


def sure(worker: Worker, whose: object, job: Callable[[], T]) -> T:
    """Have a worker do a job of a plugin.

    Raises what a plugin may raise (Refused, Unreadable, OSError: their sentences are meant for the user), TimedOut and,
    in place of anything else, PluginError with the name of the plugin; `whose` is that, as text.
    """
    try:
        return worker.call(job)
    except (Refused, Unreadable, OSError):
        raise
    except TimedOut as error:
        raise TimedOut(_of(whose, str(error))) from error
    except Exception as error:
        raise PluginError(_of(whose, sentence(error))) from error


def _of(whose: object, said: str) -> str:
    return Sentence("{said}, in {whose}", said=said, whose=str(whose)) if whose else said


def _taken() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


def _attempted(job: Callable[[], T]) -> tuple[T | None, BaseException | None]:
    try:
        return job(), None
    except BaseException as error:  # noqa: BLE001 -- a library may raise anything, SystemExit too
        return None, error


def sentence(error: BaseException, *, typed: bool = True) -> str:
    """Return what an error of a plugin says, with its type unless it is one of ours."""
    try:
        said = str(error)
    except Exception:  # noqa: BLE001 -- an error that cannot say what it is about is still one
        said = ""
    name = type(error).__name__
    typed = typed and not isinstance(error, TimedOut | Stopped | PluginError)
    # What Python has put together itself, `[Errno 2] No such file ...`, is put together anew: for a person, and so that
    # it can be translated.
    if isinstance(error, OSError) and error.errno and error.filename and said.startswith("[Errno"):
        said = Sentence("{file}: {said}", file=error.filename, said=system_error(error))
    if not said:
        return name
    return Sentence("{name}: {said}", name=name, said=said) if typed else said


def spoken(length: timedelta) -> str:
    """Return a length of time as the config would write it."""
    seconds = int(length.total_seconds())
    if seconds % 86_400 == 0:
        return Sentence("{number} day", "{number} days", number=seconds // 86_400)
    if seconds % 3_600 == 0:
        return Sentence("{number} hour", "{number} hours", number=seconds // 3_600)
    if seconds % 60 == 0:
        return Sentence("{number} minute", "{number} minutes", number=seconds // 60)
    return Sentence("{number} second", "{number} seconds", number=seconds)
