"""An output that is not taken at its word: every call has a time limit, and every answer is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from followup_rules.hookspecs import Output, OutputType
from followup_rules.host.time_limit import Worker, sure
from followup_rules.model import Action, Context, Status
from followup_rules.plain import instant, one_line
from followup_rules.sentences import Sentence

STATES = ("open", "touched", "done", "gone")
UNKNOWN = "unknown"
"""Where the output itself says that it cannot tell."""
# In characters: the longest path of Linux and a seal have room in it.
LONGEST_REFERENCE = 10_000
_LONGEST_PLACE = 4_096  # the longest path of Linux
_MOST_MARKED = 10_000


class CheckedOutput:
    """An output of a plugin, called in the thread of its worker."""

    def __init__(self, output: Output, worker: Worker, plugin: object = "") -> None:
        self._output, self._worker, self._plugin = output, worker, plugin

    @property
    def hangs(self) -> bool:
        """Tell whether a call was given up; nothing more can be asked of it."""
        return self._worker.hangs

    def create(self, action: Action) -> str:
        """Make it; see Output. An answer that is no reference leaves open what was made."""
        return sure(self._worker, self._plugin, lambda: _reference(self._output.create(action)))

    def find(self, key: str) -> str | None:
        """Look whether it is there."""
        return sure(
            self._worker, self._plugin, lambda: None if (found := self._output.find(key)) is None else _reference(found)
        )

    def update(self, ref: str, action: Action) -> str:
        """Replace it."""
        return sure(self._worker, self._plugin, lambda: _reference(self._output.update(ref, action)))

    def withdraw(self, ref: str) -> None:
        """Take it back."""
        sure(self._worker, self._plugin, lambda: self._output.withdraw(ref))

    def status(self, refs: Sequence[str]) -> Mapping[str, Status]:
        """Tell what became of each; of what it does not tell in earnest, the state says in words what it said."""
        return sure(self._worker, self._plugin, lambda: _answers(self._output.status(refs), refs))

    def place(self, ref: str) -> str:
        """Return where a person opens it; see Openable. "" where its plugin cannot tell."""
        place = getattr(self._output, "place", None)
        return sure(self._worker, self._plugin, lambda: one_line(str(place(ref)), _LONGEST_PLACE)) if place else ""

    def marked(self) -> Mapping[str, str]:
        """Return what carries a key, and where it lies; see Marked. Nothing where its plugin cannot tell."""
        marked = getattr(self._output, "marked", None)
        return sure(self._worker, self._plugin, lambda: _places(marked())) if marked else {}

    def close(self) -> None:
        """Let its thread end."""
        self._worker.close()


def open_output(
    kind: OutputType, options: Any, context: Context, limit: timedelta, plugin: object = ""
) -> CheckedOutput:
    """Open an output under its time limit; `plugin` is named in errors. Raises OSError, TimedOut or PluginError."""
    worker = Worker(limit)
    try:
        return CheckedOutput(sure(worker, plugin, lambda: kind.open(options, context)), worker, plugin)
    except BaseException:
        worker.close()
        raise


def _reference(given: Any) -> str:
    if not isinstance(given, str) or not 0 < len(given) <= LONGEST_REFERENCE:
        raise TypeError(Sentence("its plugin returned {given} where a reference belongs", given=f"{given!r:.50}"))
    # Half a surrogate pair cannot be stored: it raises here, where the plugin is named.
    given.encode()
    # A subclass of str could answer otherwise each time it is compared.
    return str.__str__(given)


def _places(given: Any) -> dict[str, str]:
    listed = islice(dict(given).items(), _MOST_MARKED)
    return {_reference(mark): one_line(str(place), _LONGEST_PLACE) for mark, place in listed}


def _answers(given: Any, refs: Sequence[str]) -> dict[str, Status]:
    if not isinstance(given, Mapping):
        raise TypeError(
            Sentence("its plugin returned {given} where a Status for each reference belongs", given=f"{given!r:.50}")
        )
    return {ref: _answer(given.get(ref)) for ref in refs}


def _answer(given: Any) -> Status:
    if given is None:
        return Status(Sentence("no answer"))
    if isinstance(given, Status) and given.state == UNKNOWN and isinstance(given.why, str):
        return Status(UNKNOWN, why=one_line(given.why))
    if not isinstance(given, Status) or given.state not in STATES:
        return Status(f"{given!r:.80}")
    if (at := given.at) is not None:
        # In the first and the last year it could be no instant in another zone.
        is_usable = isinstance(at, datetime) and at.utcoffset() is not None and 1 < at.year < 9999
        if not is_usable:
            return Status(Sentence("a time that makes no sense: {at}", at=f"{at!r:.80}"))
    # Only what is open can have been left otherwise by another store of the user's (Status.ref).
    if given.ref and given.state != "open":
        return Status(Sentence("another reference of what is {state}", state=given.state))
    ref = _reference(given.ref) if given.ref else ""
    return Status(str(given.state), given.at and instant(given.at), ref=ref)
