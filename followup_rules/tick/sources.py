"""What the sources show: pulled, checked and kept in the store; and what could not be seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from followup_rules.codes import Code
from followup_rules.config.configured import ConfiguredSource
from followup_rules.config.read import Config
from followup_rules.engine.sight import Sight
from followup_rules.hookspecs import Unreadable, asked_to_wait
from followup_rules.host.failures import failure
from followup_rules.host.secrets import masked
from followup_rules.model import BadItem, Event, Problem, Pull
from followup_rules.store.events import SourceState
from followup_rules.store.store import Store
from followup_rules.tick.report import Given

if TYPE_CHECKING:
    from followup_rules.language.tags import Tags

MARGIN = timedelta(days=60)
"""How much further back than `lookback` sources are read, so that history is known before anything is done."""
MOST_TOLD = 100
"""How many entries of one pull are named that cannot be read."""


class Reading(Struct, frozen=True):
    """What became of reading a source."""

    kinds: frozenset[str]
    """Of the events that it shows."""
    changed: frozenset[str] = frozenset()
    """The ids of the events that are new, other than before, or gone."""
    fault: str = ""
    """Why it could not be read."""
    left: int = 0
    """So many items of a long history are still to be read."""
    problems: tuple[Problem, ...] = ()


def read_sources(
    sources: Iterable[ConfiguredSource], given: Given, before: Mapping[str, Reading] | None = None
) -> dict[str, Reading]:
    """Read sources in the order of their names; `before` holds what the last stretch of a long history showed."""
    in_order = sorted(sources, key=lambda source: source.name)
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
    found, problems = _events(source.name, pull, given.config)
    ids = frozenset(given.store.events.take(source.name, pull, found, since, given.now))
    if before is not None and pull.left >= before.left > 0 and not ids:
        stuck = Unreadable("its plugin says that there is more to read, and does not go on; tell the plugin's author")
        return _failed(source, kinds, stuck, given)
    return Reading(kinds, ids, left=pull.left, problems=tuple(problems))


def _leave_alone_as_asked(state: SourceState, given: Given) -> None:
    """Raise Unreadable as long as the service behind a source has asked not to be called."""
    if state.wait and given.now < state.wait:
        until = state.wait.astimezone(given.config.profile.timezone)
        raise Unreadable(f"it has asked to be left alone until {until:%H:%M}")


def _failed(source: ConfiguredSource, kinds: frozenset[str], error: Exception, given: Given) -> Reading:
    given.store.events.failed(source.name, given.now, asked_to_wait(error))
    hint = "duties that depend on it wait until it can be read again"
    problem = masked(failure(f"sources.{source.name}", error, hint), given.config.secrets)
    return Reading(kinds, fault=problem.message, problems=(problem,))


def _events(source: str, pull: Pull, config: Config) -> tuple[list[Event], list[Problem]]:
    """Return the events of a pull as they are kept, and what is wrong with them and with the other items."""
    if not pull.events:
        return [], []
    from followup_rules.engine.assign_cases import clean  # noqa: PLC0415 -- most pulls bring nothing new

    found = [item for item in pull.events if isinstance(item, Event)]
    problems = [*_unread(source, [item for item in pull.events if isinstance(item, BadItem)])]
    problems += [
        problem for event in found for problem in _unknown_tags(source, event, config.rulebook.rules.world.tags)
    ]
    return [clean(event, config.rulebook.directory) for event in found], problems


def _unread(source: str, bad: list[BadItem]) -> Iterator[Problem]:
    hint = "mend it there, or leave it: everything else was read"
    told = sorted({f"{item.where}: {item.message}" for item in bad})
    for message in [*told[:MOST_TOLD], *([f"{len(told) - MOST_TOLD} more like these"] if told[MOST_TOLD:] else [])]:
        yield Problem(f"sources.{source}", message, Code.UNREADABLE_ENTRY, hint=hint)


def _unknown_tags(source: str, event: Event, known: Tags) -> Iterator[Problem]:
    for tag in event.tags if event.kind == "note" else ():
        if not known.known(tag):
            message = f"{event.where}: no rule knows the tag #{tag}"
            yield Problem(f"sources.{source}", message, Code.UNKNOWN_TAG, hint=known.nearest(tag), warning=True)


def misplaced(news: Collection[str], store: Store) -> Iterator[Problem]:
    """Report the notes among what changed that could not be put where their heading says."""
    for name, problem in store.places.misplaced():
        event = store.events.event(name) if name in news else None
        if event is not None and event.gone is None:
            yield Problem("notes", f"{event.where}: {problem}", Code.NO_CASE)
