"""One run, step by step: look at the outputs, collect, then evaluate, plan and carry out case by case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from followup_rules.collect import View, arrange, changed, collect, sight, told_of_misplaced
from followup_rules.config import Config, Configured
from followup_rules.database import at, text
from followup_rules.engine.sight import Sight
from followup_rules.hands import close_outputs, look, open_outputs, sent, settle_all, told_of_refusals
from followup_rules.model import Context, Problem
from followup_rules.options import masked
from followup_rules.report import Outcome, Report, Say, Tick, Watch
from followup_rules.store import Store, StoreError, Unreceipted

__all__ = ["Outcome", "Report", "Say", "Watch", "preview", "run"]


def run(
    config: Config, store: Store, now: datetime, say: Say = lambda _: None, watch: Watch = lambda *_: None
) -> Report:
    """Do one tick. `say` is called with each outcome, for a notice before it counts as delivered.

    `watch` is called while a long history is read, with the source and how many items are left.

    Raises StoreError if the store fails before anything was done; if it fails later, the report says so.
    """
    tick = _begin(config, store, now, say, dry=False)
    tick.watch = watch
    try:
        return _tick(tick)
    except StoreError as error:
        if not tick.outcomes and not isinstance(error, Unreceipted):
            raise
        tick.problems.append(Problem("store", str(error), "F046", hint=error.hint))
        return Report(now=tick.context.now, outcomes=tuple(tick.outcomes), problems=tuple(tick.problems))


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
    try:
        return _steps(tick)
    finally:
        close_outputs(tick)


def _steps(tick: Tick) -> Report:
    store = tick.store
    standing = _standing_problems(tick)
    open_outputs(tick)
    settle_all(tick)
    told_of_refusals(tick)
    seen = _gather(tick)
    if tick.blind:
        from followup_rules.blindness import tell  # noqa: PLC0415 -- only where a source fails

        tell(tick)
    stale = store.stale(tick.now)
    for case in sorted({*store.cases(), *stale}) if tick.dry else stale:
        from followup_rules.casework import work_on  # noqa: PLC0415 -- most runs have nothing to work on

        try:
            work_on(case, seen, tick)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 -- one case that fails stops no other
            message = f"it could not be brought up to date: {type(error).__name__}: {error}"
            hint = "the next run tries again; if a plugin is to blame, update it"
            tick.problems.append(Problem(f"case {case}", message, "F048", hint=hint))
            store.make_stale([case])
    return _report(tick, standing)


def _gather(tick: Tick) -> Sight:
    """Look at outputs and sources, and mark what is to be judged; return what can be seen."""
    store, sources = tick.store, tick.config.sources
    with store.transaction():
        told = look(tick)
        views = collect(sources, tick)
        _note_the_time(tick)
        news = told | changed(views) | _all_if_config_changed(tick)
        arrange(news | sent(changed(views), tick), tick)
    while unfinished := [source for source in sources if views[source.name].left]:
        more = _go_on(unfinished, views, tick)
        news |= changed(more)
        views |= more
    told_of_misplaced(news, tick)
    found = sight(views)
    with store.transaction():
        _mark_stale(found, tick)
    return found


def _go_on(unfinished: Iterable[Configured], views: Mapping[str, View], tick: Tick) -> dict[str, View]:
    """Read the next stretch of long histories, and keep it at once: a run that is interrupted goes on there."""
    for source in unfinished:
        tick.watch(source.name, views[source.name].left)
    with tick.store.transaction():
        more = collect(unfinished, tick)
        arrange(changed(more) | sent(changed(more), tick), tick)
    return more


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


def _note_the_time(tick: Tick) -> None:
    """Note when this run is; if the clock was set back since, judge all anew, for what is decided is of the future."""
    now = text(tick.now) or ""
    if tick.store.get("last run") > now:
        tick.store.make_all_stale()
    tick.store.put("last run", now)


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
        problems=tuple(dict.fromkeys(masked(each, tick.config.secrets) for each in (*standing, *tick.problems))),
        next=later.astimezone(tick.config.profile.timezone) if later else None,
    )
