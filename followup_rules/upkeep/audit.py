"""The stored decisions against those that all that is stored gives when it is judged from scratch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, tzinfo

from msgspec import Struct

from followup_rules.config.read import Config
from followup_rules.engine.evaluate import EvaluationContext
from followup_rules.sentences import Sentence, commas
from followup_rules.store.decisions import StoredDecision
from followup_rules.store.store import Store
from followup_rules.tick.one_case import judge


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
    context = last_context(config, copy)
    if context is None:
        return None
    stored = {case: {each.key: each for each in copy.decisions.of(case)} for case in copy.decisions.cases()}
    waiting = copy.decisions.stale(context.now)
    # The places go first, since decisions are judged where events belong now.
    moved = copy.arrange(copy.events.ids(), config.rulebook.directory)
    places = [
        Difference(new, event, Sentence("in {output}", output=old), Sentence("in {output}", output=new))
        for event, (old, new) in sorted(moved.items())
    ]
    cases = sorted(({*copy.places.cases(), *stored}) - set(waiting))
    differences = [each for case in cases for each in _compared(case, stored.get(case, {}), config, copy, context)]
    count = sum(len(stored.get(case, {})) for case in cases)
    return Audit(len(cases), count, tuple(waiting), (*places, *differences))


def last_context(config: Config, store: Store) -> EvaluationContext | None:
    """Return the instant of the last run, and what it could see."""
    state = store.state.read()
    if not (state.last_run and state.first_run and state.sight):
        return None
    return EvaluationContext(state.last_run, state.first_run, config.profile.lookback, state.sight, state.since)


def _compared(
    case: str, stored: Mapping[str, StoredDecision], config: Config, store: Store, context: EvaluationContext
) -> Iterator[Difference]:
    judged, _ = judge(next(store.read([case])), config, context)
    fresh = {
        it.key: StoredDecision(it.key, str(it.state), it.evidence, it.next and it.next.astimezone(UTC), it.late)
        for it in judged
    }
    for key in sorted({*stored, *fresh}):
        if stored.get(key) != fresh.get(key):
            zone = config.profile.timezone
            yield Difference(case, key, _shown(stored.get(key), zone), _shown(fresh.get(key), zone))


def _shown(decision: StoredDecision | None, zone: tzinfo) -> str:
    if decision is None:
        return Sentence("nothing")
    parts: list[str] = [decision.state, *([Sentence("late")] if decision.late else [])]
    if decision.next:
        parts.append(Sentence("until {next}", next=f"{decision.next.astimezone(zone):%Y-%m-%d %H:%M}"))
    if decision.evidence:
        parts.append(Sentence("shown by {names}", names=", ".join(decision.evidence)))
    return commas(*parts)
