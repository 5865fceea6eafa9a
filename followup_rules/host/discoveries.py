"""Where a new user's things lie, by the plugins that can read them: each is asked with care, and offers only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from followup_rules.hookspecs import Discovery, Place, SourceType
from followup_rules.host.plugin import attempt
from followup_rules.host.registry import Registry
from followup_rules.model import Person

MOST = 20
"""So many places or owners are taken from one plugin."""
T = TypeVar("T")


class Offer(Struct, frozen=True):
    """A place, the source that can read it, and what kinds of events that shows."""

    source: str
    emits: tuple[str, ...]
    place: Place


def offers(registry: Registry, home: Path) -> list[Offer]:
    """Return what lies in the usual places of a home folder, by source, the likeliest first."""
    return [
        Offer(kind.name, tuple(kind.emits), place)
        for kind, discovery in _discoveries(registry)
        for place in _asked(partial(discovery.usual, home))
        if isinstance(place, Place)
    ]


def readers(registry: Registry, path: Path) -> list[Offer]:
    """Return by which sources a file or folder can be read that the user has named."""
    return [
        Offer(kind.name, tuple(kind.emits), Place(path, ""))
        for kind, discovery in _discoveries(registry)
        if attempt(partial(discovery.reads, path))[0]
    ]


def owners(registry: Registry, offer: Offer) -> list[Person]:
    """Return whose a place seems to be, the likeliest first."""
    discovery = registry.sources[offer.source].discovery
    people = _asked(partial(discovery.owners, offer.place.path)) if discovery else []
    return [person for person in people if isinstance(person, Person)]


def _discoveries(registry: Registry) -> Iterable[tuple[SourceType, Discovery]]:
    sources: Mapping[str, SourceType] = registry.sources
    return [(kind, kind.discovery) for kind in sources.values() if isinstance(kind.discovery, Discovery)]


def _asked(ask: Callable[[], Iterable[T]]) -> list[T]:
    """Return what a plugin finds; of one that fails, or takes too long, what it had found by then: it only offers."""
    found: list[T] = []
    attempt(lambda: found.extend(islice(ask(), MOST)))
    return list(found)
