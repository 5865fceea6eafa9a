"""What the sources show: pulled into the store, each event in its case, and what could not be seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta

from msgspec.structs import replace

from followup_rules.config import Configured
from followup_rules.engine.sight import Sight
from followup_rules.hookspecs import Source
from followup_rules.model import BadItem, Event, Problem, Pull
from followup_rules.report import Tick

MARGIN = timedelta(days=60)
"""How much further back than `lookback` sources are read, so that history is known before anything is done."""
UNKNOWN_KINDS = ("meeting", "received", "sent", "note")
"""What a source is taken to emit if its plugin is broken and cannot say."""


def collect(tick: Tick) -> tuple[Sight, set[str]]:
    """Pull every source; return what can be seen, and the ids of the events that changed."""
    emitted: set[str] = set()
    unseen: dict[str, str] = {}
    changed: set[str] = set()
    for source in sorted(tick.config.sources, key=lambda source: source.name):
        kinds, ids = _pull(source, tick)
        emitted |= kinds
        if ids is None:
            unseen.update(dict.fromkeys(sorted(kinds), source.name))
        else:
            changed |= ids
    return Sight(frozenset(emitted), unseen), changed


def _pull(source: Configured, tick: Tick) -> tuple[set[str], set[str] | None]:
    """Return the kinds that a source emits, and the ids that changed; None if it could not be read."""
    kinds = set(getattr(source.type, "emits", UNKNOWN_KINDS))
    since = min(tick.now, tick.first_run) - tick.config.profile.lookback - MARGIN
    try:
        opened: Source = source.open(tick.context)
        kinds = set(getattr(opened, "emits", kinds))
        pull = opened.pull(since, tick.store.source(source.name).cursor)
        events = _events(source.name, pull, tick) if pull.events else []
        return kinds, tick.store.take(source.name, pull, events, since, tick.now)
    except Exception as error:  # noqa: BLE001 -- one source that fails stops no other
        hint = "duties that depend on it wait until it can be read again"
        tick.failed(f"sources.{source.name}", error, hint)
        tick.store.failed(source.name, tick.now)
        return kinds, None


def _events(source: str, pull: Pull, tick: Tick) -> list[Event]:
    from followup_rules.engine.cases import clean  # noqa: PLC0415 -- most pulls bring nothing new

    found = [item for item in pull.events if not isinstance(item, BadItem)]
    for item in pull.events:
        if isinstance(item, BadItem):
            hint = "mend it there, or leave it: everything else was read"
            tick.problems.append(Problem(f"sources.{source}", f"{item.where}: {item.message}", "F043", hint=hint))
    for event in found:
        tick.problems += _unknown_tags(source, event, tick)
    directory = tick.config.rulebook.directory
    return [clean(_in_utc(event), directory) for event in found]


def _in_utc(event: Event) -> Event:
    return replace(event, start=event.start.astimezone(UTC), end=event.end.astimezone(UTC))


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
    for event, problem in tick.store.misplaced():
        if event.id in changed:
            tick.problems.append(Problem("notes", f"{event.where}: {problem}", "F044"))
