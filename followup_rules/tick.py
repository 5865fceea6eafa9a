"""One run, step by step: look at the outputs, collect, then evaluate, plan and carry out case by case."""

from __future__ import annotations

from datetime import UTC, datetime

from followup_rules.collect import arrange, collect
from followup_rules.config import Config
from followup_rules.database import at, text
from followup_rules.engine.sight import Sight
from followup_rules.hands import look, open_outputs, settle_all, told_of_refusals
from followup_rules.model import Context, Problem
from followup_rules.report import Outcome, Report, Say, Tick
from followup_rules.store import Store

__all__ = ["Outcome", "Report", "Say", "preview", "run"]


def run(config: Config, store: Store, now: datetime, say: Say = lambda _: None) -> Report:
    """Do one tick. `say` is called with each outcome, for a notice before it counts as delivered."""
    return _tick(_begin(config, store, now, say, dry=False))


def preview(config: Config, copy: Store, now: datetime) -> Report:
    """Return what `run` would do, with the decisions of all cases. `copy` is written to, so it must be a copy."""
    return _tick(_begin(config, copy, now, lambda _: None, dry=True))


def sound(config: Config, store: Store) -> bool:
    """Tell whether a run before this one found nothing wrong with the very same config."""
    return store.get("sound") == config.fingerprint != ""


def _begin(config: Config, store: Store, now: datetime, say: Say, *, dry: bool) -> Tick:
    moment = now.astimezone(UTC)
    kept = store.get("first run")
    if not kept:
        store.put("first run", text(moment))
    context = Context(profile=config.profile, now=now.astimezone(config.profile.timezone))
    return Tick(config, store, context, moment, at(kept) if kept else moment, dry, say)


def _tick(tick: Tick) -> Report:
    store = tick.store
    standing = _standing_problems(tick)
    open_outputs(tick)
    settle_all(tick)
    told_of_refusals(tick)
    with store.transaction():
        changed = look(tick)
        sight, seen = collect(tick)
        arrange(changed | seen | _all_if_config_changed(tick), tick)
        _mark_stale(sight, tick)
    stale = store.stale(tick.now)
    for case in sorted({*store.cases(), *stale}) if tick.dry else stale:
        from followup_rules.casework import work_on  # noqa: PLC0415 -- most runs have nothing to work on

        try:
            work_on(case, sight, tick)
        except Exception as error:  # noqa: BLE001 -- one case that fails stops no other
            message = f"it could not be brought up to date: {type(error).__name__}: {error}"
            hint = "the next run tries again; if a plugin is to blame, update it"
            tick.problems.append(Problem(f"case {case}", message, "F048", hint=hint))
            store.make_stale([case])
    return _report(tick, standing)


def _standing_problems(tick: Tick) -> tuple[Problem, ...]:
    """Return what is wrong with the config and its rules, which are compiled only if they are not known to be sound."""
    if not tick.dry and sound(tick.config, tick.store):
        return tick.config.faults
    problems = tick.config.problems
    tick.store.put("sound", "" if problems else tick.config.fingerprint)
    return problems


def _all_if_config_changed(tick: Tick) -> set[str]:
    """Return the ids of all events if labels, domains or anything else that places them may be other ones now."""
    same = tick.store.get("fingerprint") == tick.config.fingerprint
    return set() if same else tick.store.event_ids()


def _mark_stale(sight: Sight, tick: Tick) -> None:
    seen = repr((sorted(sight.emitted), sorted(sight.unseen.items())))
    for name, value in (("sight", seen), ("fingerprint", tick.config.fingerprint)):
        if tick.store.get(name) != value:
            tick.store.put(name, value)
            tick.store.make_all_stale()


def _report(tick: Tick, standing: tuple[Problem, ...]) -> Report:
    later = tick.store.next_change()
    return Report(
        now=tick.context.now,
        outcomes=tuple(tick.outcomes),
        decisions=tuple(sorted(tick.decisions, key=lambda decision: decision.key)),
        missed=tuple(tick.missed),
        problems=tuple(dict.fromkeys((*standing, *tick.problems))),
        next=later.astimezone(tick.config.profile.timezone) if later else None,
    )
