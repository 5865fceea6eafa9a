"""The history that a store remembers, as it was seen from day to day: what a backtest plays again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from followup_rules.config.read import Config
from followup_rules.model import Event
from followup_rules.simulation.history import DELETES, TICKS, Act, Appearance, History
from followup_rules.store.store import Store

_ENDS = {"done": TICKS, "dismissed": DELETES}
"""The kinds of events by which outputs told what the user did, and what that was."""


def history(config: Config, store: Store) -> History:
    """Return what the events of a store were, and what the user did with drafts and tasks."""
    events = store.events.events(store.events.ids())
    mentioned = _first_mentions(store)
    days = config.profile.timezone
    shown = [
        appearance
        for event in events
        if event.kind not in _ENDS
        for appearance in _appearances(event, _planned(event, store, mentioned, f"{event.start.astimezone(days):%F}"))
    ]
    return History(
        appearances=tuple(shown),
        acts=tuple(act for event in events if (act := _act(event))),
        kinds=frozenset[str]().union(*(source.emits for source in config.sources)),
    )


def _first_mentions(store: Store) -> dict[tuple[str, str], datetime]:
    """Return when the journal first mentions a case's duty of each day, by case and day."""
    found: dict[tuple[str, str], datetime] = {}
    for case in store.places.cases():
        for at, key, _, _ in store.decisions.history(case):
            found.setdefault((case, key.rpartition("@")[2]), at)
    return found


def _planned(event: Event, store: Store, mentioned: dict[tuple[str, str], datetime], day: str) -> datetime:
    """Return from when on an event was seen: mail and notes at once; a meeting as soon as anything shows that it was.

    A store does not keep when it first saw a meeting. By what was decided of its day, else by its last change, it was
    there; where neither tells, from the beginning.
    """
    if event.kind != "meeting":
        return event.start
    home = next(iter(store.places.cases_of(event.identity)), "")
    told = [at for at in (mentioned.get((home, day)), event.updated) if at and at < event.start]
    return min(told, default=datetime.min.replace(tzinfo=event.start.tzinfo))


def _appearances(event: Event, seen: datetime) -> Iterator[Appearance]:
    called_off = event.called_off
    plain = replace(event, listed=None, gone=None, past_unlisted=False, planned=None, called_off=None)
    if called_off and called_off > seen and event.planned:
        yield Appearance(replace(plain, status="confirmed", updated=None), seen)
        seen = called_off
    yield Appearance(plain, seen, event.gone if event.gone and event.gone > seen else None)


def _act(event: Event) -> Act | None:
    """Return what the user did by what an output told of it; of a draft that was sent the mail itself tells."""
    if event.kind not in _ENDS or event.report is None or event.report.mail or event.gone:
        return None
    return Act(event.start, _ENDS[event.kind], event.report.key)
