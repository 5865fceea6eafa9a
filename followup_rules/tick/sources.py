"""What the sources show: pulled, checked and kept in the store; and what could not be seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from msgspec import Struct

from followup_rules.codes import Code
from followup_rules.config.configured import ConfiguredSource
from followup_rules.config.near_paths import near_path
from followup_rules.engine.sight import Sight
from followup_rules.hookspecs import Unreadable, asked_to_wait
from followup_rules.host.failures import failure
from followup_rules.host.secrets import masked
from followup_rules.model import BadItem, Problem, Pull
from followup_rules.sentences import Sentence, together
from followup_rules.store.events import SourceState
from followup_rules.store.told import ADDRESSES, HEADINGS, of_source
from followup_rules.tick.entries import Fault, entries, misplaced, problem_at, slips
from followup_rules.tick.report import Given

MARGIN = timedelta(days=60)
"""How much further back than `lookback` sources are read, so that history is known before anything is done."""
PATIENCE = timedelta(minutes=30)
"""How long a source must show the same before it is believed what it doubts itself."""

MOST_NAMED = 5
"""How many parts of a source are named that cannot be read."""


class Reading(Struct, frozen=True):
    """What became of reading a source."""

    kinds: frozenset[str]
    """Of the events that it shows."""
    changed: frozenset[str] = frozenset()
    """The ids of the events that are new, other than before, or gone."""
    fault: str = ""
    """Why it could not be read, or not to its end."""
    left: int = 0
    """So many items of a long history are still to be read."""
    problems: tuple[Problem, ...] = ()


def read_sources(
    sources: Iterable[ConfiguredSource], given: Given, before: Mapping[str, Reading] | None = None
) -> dict[str, Reading]:
    """Read sources in the order of their names, notes last, for they speak of what the others show.

    `before` holds what the last stretch of a long history showed.
    """
    in_order = sorted(sources, key=lambda source: ("note" in source.emits, source.name))
    return {source.name: _read(source, given, (before or {}).get(source.name)) for source in in_order}


def changed(readings: Mapping[str, Reading]) -> set[str]:
    """Return the ids of the events that changed in any source."""
    return {name for reading in readings.values() for name in reading.changed}


def sight(readings: Mapping[str, Reading]) -> Sight:
    """Return what can be seen through sources that were read to their end, as far as they could be."""
    emitted = frozenset(kind for reading in readings.values() for kind in reading.kinds)
    unseen = {kind: name for name, reading in readings.items() for kind in sorted(reading.kinds) if reading.fault}
    return Sight(emitted, unseen)


def _read(source: ConfiguredSource, given: Given, before: Reading | None) -> Reading:
    """Read one source, or go on after an earlier stretch, and keep what it shows. Raises StoreError only."""
    state = given.store.events.source(source.name)
    # Counted from the last pull, however long ago: what happened since is not known yet. A clock that was ahead then
    # must leave no gap.
    since = min(given.now, state.pulled or given.first_run) - given.config.profile.lookback - MARGIN
    kinds = source.emits
    try:
        _leave_alone_as_asked(state, given)
        opened = source.open(given.context)
        kinds = opened.emits
        try:
            pull = opened.pull(since, state.cursor)
        finally:
            opened.close()
    except Exception as error:  # noqa: BLE001 -- one source that fails stops no other
        return _failed(source, kinds, error, given)
    if doubt := _doubt(source.name, pull, given):
        return _failed(source, kinds, Unreadable(doubt), given)
    found = entries(source, pull, given)
    ids = frozenset(given.store.events.take(source.name, found.pull, found.events, since, given.now))
    if before is not None and pull.left >= before.left > 0 and not ids:
        stuck = Unreadable(
            Sentence("its plugin says that there is more to read, and does not go on; tell the plugin's author")
        )
        return _failed(source, kinds, stuck, given)
    problems = _untold(of_source(source.name), found.faults, pull.complete, given)
    if pull.unread:
        unread = _unread(source, pull.unread, given)
        return Reading(kinds, ids, unread.message, pull.left, (unread, *problems))
    return Reading(kinds, ids, left=pull.left, problems=problems)


def _leave_alone_as_asked(state: SourceState, given: Given) -> None:
    """Raise Unreadable as long as the service behind a source has asked not to be called."""
    if state.wait and given.now < state.wait:
        until = state.wait.astimezone(given.config.profile.timezone)
        raise Unreadable(Sentence("it has asked to be left alone until {clock}", clock=f"{until:%H:%M}"))


def _failed(source: ConfiguredSource, kinds: frozenset[str], error: Exception, given: Given) -> Reading:
    given.store.events.failed(source.name, given.now, asked_to_wait(error))
    hint = Sentence("duties that depend on it wait until it can be read again")
    place, near = _place_of(source, error, given)
    fault = failure(f"sources.{source.name}", error, near or hint, place)
    problem = masked(fault, given.config.secrets)
    return Reading(kinds, fault=problem.message, problems=(problem,))


def _place_of(source: ConfiguredSource, error: Exception, given: Given) -> tuple[Problem | None, str]:
    """Return where it is to be told that a source cannot be read, and the path that was meant, if there is one.

    That is the line at which it stopped, or the `path` of its table.
    """
    ingredients = given.config.ingredients
    path = getattr(source.options, "path", None)
    if not isinstance(error, Unreadable | OSError) or not isinstance(path, Path) or ingredients is None:
        return None, ""
    at = getattr(error, "at", None)
    if isinstance(at, BadItem):
        from followup_rules.host.checked_pull import bad_item  # noqa: PLC0415 -- only where a source failed

        return problem_at(source, bad_item(at), given), ""
    near = "" if path.exists() else near_path(path, ingredients.base)
    guess = Sentence('did you mean "{word}"?', word=near) if near else ""
    return ingredients.document.problem(("sources", source.name, "path"), "", at="value"), guess


def _unread(source: ConfiguredSource, parts: Sequence[BadItem], given: Given) -> Problem:
    """Return what to tell of the parts of a source that could not be read."""
    told = (Sentence("{where} {message}", where=part.where, message=part.message) for part in parts[:MOST_NAMED])
    named = together(*told, Sentence("and {more} more", more=len(parts) - MOST_NAMED) if parts[MOST_NAMED:] else "")
    hint = Sentence(
        "everything else in it was read; duties for which something may be missing wait until all of it can be"
    )
    problem = Problem(f"sources.{source.name}", named, Code.PARTLY_UNREAD, hint=hint)
    return masked(problem, given.config.secrets)


def _doubt(source: str, pull: Pull, given: Given) -> str:
    """Return why a pull may be half of the picture, as long as it is not believed all the same."""
    if not pull.doubt:
        return ""
    since = given.store.events.doubted(source, pull.doubt, given.now)
    until = (since + PATIENCE).astimezone(given.config.profile.timezone)
    clock = f"{until:%H:%M}"
    told = Sentence("{doubt}; it is believed if it is still so at {clock}", doubt=pull.doubt, clock=clock)
    return told if given.now < until else ""


def _untold(source: str, faults: Sequence[Fault], whole: bool, given: Given) -> tuple[Problem, ...]:
    """Return the problems that no run has told."""
    if not faults and not whole:
        return ()
    news = given.store.told.news(source, [fault.known for fault in faults], whole=whole)
    return tuple(fault.problem for fault in faults if fault.known in news)


def headings(news: Collection[str], given: Given) -> tuple[Problem, ...]:
    """Return what is wrong with headings of notes, unless a run has told it."""
    lost, doubtful = misplaced(given), slips(news, given)
    return (*_untold(HEADINGS, lost, True, given), *_untold(ADDRESSES, doubtful, False, given))
