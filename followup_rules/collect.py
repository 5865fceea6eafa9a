"""What the sources show: pulled into the store, each event in its case, and what could not be seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from followup_rules.config import Configured
from followup_rules.database import at, text
from followup_rules.engine.sight import Sight
from followup_rules.hookspecs import Source, Unreadable, asked_to_wait
from followup_rules.limit import Worker
from followup_rules.model import BadItem, Context, Event, Problem, Pull
from followup_rules.report import Tick

MARGIN = timedelta(days=60)
"""How much further back than `lookback` sources are read, so that history is known before anything is done."""
UNKNOWN_KINDS = ("meeting", "received", "sent", "note")
"""What a source is taken to emit if its plugin is broken and cannot say."""
MOST_TOLD = 100
"""How many entries of one pull are named that cannot be read."""


class View(Struct, frozen=True):
    """What a pull of a source showed."""

    kinds: frozenset[str]
    """Of the events that it emits."""
    changed: frozenset[str] = frozenset()
    """The ids of the events that are new, other than before, or gone."""
    seen: bool = False
    """It could be read."""
    left: int = 0
    """So many items of a long history are still to be read."""


def collect(sources: Iterable[Configured], tick: Tick) -> dict[str, View]:
    """Pull sources, in the order of their names."""
    return {source.name: _pull(source, tick) for source in sorted(sources, key=lambda source: source.name)}


def changed(views: Mapping[str, View]) -> set[str]:
    """Return the ids of the events that changed in any source."""
    return {name for view in views.values() for name in view.changed}


def sight(views: Mapping[str, View]) -> Sight:
    """Return what can be seen through sources that were read to their end, as far as they could be."""
    emitted = frozenset(kind for view in views.values() for kind in view.kinds)
    return Sight(emitted, {kind: name for name, view in views.items() for kind in sorted(view.kinds) if not view.seen})


def _pull(source: Configured, tick: Tick) -> View:
    kinds = frozenset(getattr(source.type, "emits", UNKNOWN_KINDS))
    state = tick.store.source(source.name)
    since = min(tick.now, state.pulled or tick.first_run) - tick.config.profile.lookback - MARGIN
    worker = Worker(source.time_limit)
    try:
        _leave_alone_as_asked(source, tick)
        opened, kinds = worker.call(lambda: _opened(source, tick.context, kinds))
        pull = worker.call(lambda: _read(opened, since, state.cursor, kinds))
        _check_progress(source.name, state.cursor, pull, tick)
    except Exception as error:  # noqa: BLE001 -- one source that fails stops no other
        _blind(source.name, error, tick)
        return View(kinds)
    finally:
        worker.close()
    ids = tick.store.take(source.name, pull, _events(source.name, pull, tick), since, tick.now)
    return View(kinds, frozenset(ids), seen=True, left=pull.left)


def _leave_alone_as_asked(source: Configured, tick: Tick) -> None:
    """Raise Unreadable as long as the service behind a source has asked not to be called."""
    until = at(kept) if (kept := tick.store.get(_waits(source.name))) else tick.now
    if tick.now < until:
        when = until.astimezone(tick.context.profile.timezone)
        raise Unreadable(f"it has asked to be left alone until {when:%H:%M}")


def _waits(source: str) -> str:
    return f"source {source} waits"


def _check_progress(source: str, cursor: str, pull: Pull, tick: Tick) -> None:
    """Raise Unreadable if a source would have us read in circles."""
    tick.passed.add((source, cursor))
    if pull.left and (source, pull.cursor) in tick.passed:
        raise Unreadable("its plugin says that there is more to read, and does not go on; tell the plugin's author")


def _opened(source: Configured, context: Context, declared: frozenset[str]) -> tuple[Source, frozenset[str]]:
    """Return the source, and the kinds that it emits with these options."""
    opened: Source = source.open(context)
    emits = getattr(opened, "emits", declared)
    if isinstance(emits, str) or not all(isinstance(kind, str) for kind in emits):
        raise Unreadable("`emits` of its plugin must be a tuple of texts; tell the plugin's author")
    return opened, frozenset(emits)


def _read(source: Source, since: datetime, cursor: str, kinds: frozenset[str]) -> Pull:
    pull = source.pull(since, cursor)
    if pull == Pull(cursor=cursor):
        return pull
    from followup_rules.sift import sift  # noqa: PLC0415 -- most pulls bring nothing new

    return sift(pull, kinds)


def _blind(source: str, error: Exception, tick: Tick) -> None:
    hint = "duties that depend on it wait until it can be read again"
    tick.blind[source] = tick.failed(f"sources.{source}", error, hint)
    tick.store.failed(source, tick.now)
    if wait := asked_to_wait(error):
        tick.store.put(_waits(source), text(tick.now + wait))


def _events(source: str, pull: Pull, tick: Tick) -> list[Event]:
    if not pull.events:
        return []
    from followup_rules.engine.cases import clean  # noqa: PLC0415 -- most pulls bring nothing new

    found = [item for item in pull.events if isinstance(item, Event)]
    tick.problems += _unread(source, [item for item in pull.events if isinstance(item, BadItem)])
    for event in found:
        tick.problems += _unknown_tags(source, event, tick)
    return [clean(event, tick.config.rulebook.directory) for event in found]


def _unread(source: str, bad: list[BadItem]) -> Iterator[Problem]:
    hint = "mend it there, or leave it: everything else was read"
    told = sorted({f"{item.where}: {item.message}" for item in bad})
    for message in [*told[:MOST_TOLD], *([f"{len(told) - MOST_TOLD} more like these"] if told[MOST_TOLD:] else [])]:
        yield Problem(f"sources.{source}", message, "F043", hint=hint)


def _unknown_tags(source: str, event: Event, tick: Tick) -> Iterator[Problem]:
    known = tick.config.rulebook.rules.tags
    for tag in event.tags if event.kind == "note" else ():
        if tag not in known:
            from followup_rules.language.nearest import expected  # noqa: PLC0415 -- only when there is a problem

            message = f"{event.where}: no rule knows the tag #{tag}"
            yield Problem(f"sources.{source}", message, "F042", hint=expected(tag, known), warning=True)


def arrange(changed: set[str], tick: Tick) -> None:
    """Put what changed into its cases, and let the ledger follow."""
    if changed:
        tick.store.rename(tick.store.arrange(changed, tick.config.rulebook.directory))


def told_of_misplaced(changed: Collection[str], tick: Tick) -> None:
    """Report the notes among what changed that could not be put where their heading says."""
    for event, problem in tick.store.misplaced():
        if event.id in changed:
            tick.problems.append(Problem("notes", f"{event.where}: {problem}", "F044"))
