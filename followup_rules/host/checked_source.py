"""A source that is not taken at its word: every call has a time limit, and everything that it gives is checked."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from followup_rules.hookspecs import ChooseHeading, Refused, Source, SourceType, Unreadable
from followup_rules.host.time_limit import Worker, sure
from followup_rules.model import Context, NoteAdded, Pull
from followup_rules.sentences import Sentence

UNKNOWN_KINDS = frozenset({"meeting", "received", "sent", "note"})
"""What a source is taken to emit if its plugin is broken and cannot say."""


class CheckedSource:
    """A source of a plugin, called in the thread of its worker."""

    def __init__(
        self, source: Source, emits: frozenset[str], worker: Worker, plugin: object, *, writes_notes: bool
    ) -> None:
        self._source, self._worker, self._plugin = source, worker, plugin
        self.emits = emits
        """The kinds of events that it shows with these options."""
        self.writes_notes = writes_notes
        """It offers what NoteWriter names."""

    def pull(self, since: datetime, cursor: str) -> Pull:
        """Return plain, sound events only. Raises Unreadable, OSError, TimedOut or PluginError."""
        job = partial(_pulled, self._source, since, cursor, self.emits)
        return sure(self._worker, self._plugin, job)

    def add_note(self, case: str, text: str, moment: datetime, choose: ChooseHeading) -> NoteAdded:
        """Write a note down; see NoteWriter. Any error but Refused leaves open whether it was."""
        writer: Any = self._source
        return sure(self._worker, self._plugin, lambda: _added(writer.add_note(case, text, moment, choose)))

    def remove_note(self, added: NoteAdded) -> None:
        """Take a note back; see NoteWriter. Raises Refused where its plugin cannot."""
        remove = getattr(self._source, "remove_note", None)
        if not callable(remove):
            raise Refused(Sentence("its plugin cannot take notes back; delete the note where it stands"))
        sure(self._worker, self._plugin, lambda: remove(added))

    def close(self) -> None:
        """Let its thread end."""
        self._worker.close()


def open_source(
    kind: SourceType, options: Any, context: Context, limit: timedelta, plugin: object = ""
) -> CheckedSource:
    """Open a source under its time limit; `plugin` is named in errors. Raises as `pull` does."""
    worker = Worker(limit)
    try:
        source = sure(worker, plugin, lambda: kind.open(options, context))
        emits = sure(worker, plugin, lambda: _kinds(getattr(source, "emits", kind.emits)))
        writes_notes = sure(worker, plugin, lambda: callable(getattr(source, "add_note", None)))
    except BaseException:
        worker.close()
        raise
    return CheckedSource(source, emits, worker, plugin, writes_notes=writes_notes)


def _kinds(emits: Any) -> frozenset[str]:
    if isinstance(emits, str) or not all(isinstance(kind, str) for kind in emits):
        raise Unreadable(Sentence("`emits` of its plugin must be a tuple of texts; tell the plugin's author"))
    return frozenset(emits)


def _added(given: Any) -> NoteAdded:
    if not isinstance(given, NoteAdded):
        raise TypeError(Sentence("its plugin returned {given} where a NoteAdded belongs", given=f"{given!r:.50}"))
    return given


def _pulled(source: Source, since: datetime, cursor: str, emits: frozenset[str]) -> Pull:
    pull = source.pull(since, cursor)
    nothing_new = Pull(cursor=cursor)
    if pull == nothing_new:
        return nothing_new
    from followup_rules.host.checked_pull import checked  # noqa: PLC0415 -- most pulls bring nothing new

    return checked(pull, emits)
