"""The stored decisions against those that all that is stored gives when it is judged from scratch."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from datetime import UTC

from msgspec import Struct

from followup_rules.casework import judged
from followup_rules.config import Config
from followup_rules.database import at
from followup_rules.engine.evaluate import Moment
from followup_rules.engine.sight import Sight
from followup_rules.model import Decision
from followup_rules.store import Kept, Store


class Difference(Struct, frozen=True):
    """What was kept of a duty, or of where an event belongs, against what it is when judged from scratch."""

    case: str
    key: str
    """Of a decision; or the id of an event."""
    kept: str
    found: str


class Audit(Struct, frozen=True):
    """What was compared, and what differs."""

    cases: int = 0
    decisions: int = 0
    waiting: tuple[str, ...] = ()
    """Cases that the next run is to look at anyhow, so that there is nothing to compare."""
    differences: tuple[Difference, ...] = ()


def audit(config: Config, copy: Store) -> Audit | None:
    """Judge everything as the last run saw it; None if no run is known. `copy` is written to, so it must be a copy."""
    moment = last_moment(config, copy)
    if moment is None:
        return None
    kept = {case: {each.key: each for each in copy.kept(case)} for case in copy.decided_cases()}
    waiting = copy.stale(moment.now)
    moved = copy.arrange(copy.event_ids(), config.rulebook.directory)
    copy.rename(moved)
    places = [Difference(new, event, f"in {old}", f"in {new}") for event, (old, new) in sorted(moved.items())]
    cases = sorted(({*copy.cases(), *kept}) - set(waiting))
    found = [each for case in cases for each in _compared(case, kept.get(case, {}), config, copy, moment)]
    count = sum(len(kept.get(case, {})) for case in cases)
    return Audit(len(cases), count, tuple(waiting), (*places, *found))


def last_moment(config: Config, store: Store) -> Moment | None:
    """Return the instant of the last run, and what it could see."""
    now, first_run, sight = (store.get(name) for name in ("last run", "first run", "sight"))
    if not (now and first_run and sight):
        return None
    emitted, unseen = ast.literal_eval(sight)
    return Moment(at(now), at(first_run), config.profile.lookback, Sight(frozenset(emitted), dict(unseen)))


def _compared(
    case: str, kept: Mapping[str, Kept], config: Config, store: Store, moment: Moment
) -> Iterator[Difference]:
    fresh = {each.key: _as_kept(each) for each in judged(case, config, store, moment)}
    for key in sorted({*kept, *fresh}):
        if kept.get(key) != fresh.get(key):
            yield Difference(case, key, _shown(kept.get(key)), _shown(fresh.get(key)))


def _as_kept(decision: Decision) -> Kept:
    then = decision.next and decision.next.astimezone(UTC)
    return Kept(decision.key, str(decision.state), decision.evidence, then, decision.late)


def _shown(kept: Kept | None) -> str:
    if kept is None:
        return "nothing"
    parts = [kept.state, *(["late"] if kept.late else [])]
    parts += [f"until {kept.next:%Y-%m-%d %H:%M}"] if kept.next else []
    parts += [f"shown by {', '.join(kept.evidence)}"] if kept.evidence else []
    return ", ".join(parts)
