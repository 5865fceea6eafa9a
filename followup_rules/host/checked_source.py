"""A source that is not taken at its word: every call has a time limit, and everything that it gives is checked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from followup_rules.hookspecs import Source, SourceType, Unreadable
from followup_rules.host.worker import Worker
from followup_rules.model import Context, Pull

UNKNOWN_KINDS = frozenset({"meeting", "received", "sent", "note"})
"""What a source is taken to emit if its plugin is broken and cannot say."""


class CheckedSource:
    """A source of a plugin, called in the thread of its worker."""

    def __init__(self, source: Source, emits: frozenset[str], worker: Worker) -> None:
        self._source, self._worker = source, worker
        self.emits = emits
        """The kinds of events that it shows with these options."""

    def pull(self, since: datetime, cursor: str) -> Pull:
        """Return plain, sound events only. Raises what the plugin raises, Unreadable, TimedOut or Stopped."""
        return self._worker.call(lambda: _checked(self._source.pull(since, cursor), cursor, self.emits))

    def close(self) -> None:
        """Let its thread end."""
        self._worker.close()


def open_source(kind: SourceType, options: Any, context: Context, limit: timedelta) -> CheckedSource:
    """Open a source under its time limit. Raises whatever its plugin raises, Unreadable, TimedOut or Stopped."""
    worker = Worker(limit)
    try:
        source = worker.call(lambda: kind.open(options, context))
        emits = worker.call(lambda: _kinds(getattr(source, "emits", kind.emits)))
    except BaseException:
        worker.close()
        raise
    return CheckedSource(source, emits, worker)


def _kinds(emits: Any) -> frozenset[str]:
    if isinstance(emits, str) or not all(isinstance(kind, str) for kind in emits):
        raise Unreadable("`emits` of its plugin must be a tuple of texts; tell the plugin's author")
    return frozenset(emits)


def _checked(pull: Any, cursor: str, emits: frozenset[str]) -> Pull:
    nothing_new = Pull(cursor=cursor)
    if pull == nothing_new:
        return nothing_new
    from followup_rules.host.checked_pull import checked  # noqa: PLC0415 -- most pulls bring nothing new

    return checked(pull, emits)
