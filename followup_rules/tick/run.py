"""One run, step by step: look at the outputs, read the sources, then evaluate, plan and carry out case by case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.config.configured import ConfiguredSource
from followup_rules.config.read import Config
from followup_rules.engine.sight import Sight
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.store.errors import StoreError, Unreceipted
from followup_rules.store.state import RunState
from followup_rules.store.store import Store
from followup_rules.tick.config_changes import claim, follow_outputs, follow_sources, unfamiliar_outputs
from followup_rules.tick.report import Finding, Given, Outcome, Report, Say, Watch, report
from followup_rules.tick.rule_changes import follow_rules, follow_zone
from followup_rules.tick.seen_in_outputs import Look, Outputs, Seen, look, open_outputs, sent
from followup_rules.tick.sources import Reading, changed, headings, read_sources, sight
from followup_rules.tick.take_over import tell_of_it
from followup_rules.tick.unfinished import refusals, settle_all
from followup_rules.tick.unknown_here import tell_of_unknown
from followup_rules.tick.upgrade import follow_days, known_before, tell_of_upgrade

__all__ = ["Outcome", "Report", "Say", "Watch", "every_case", "preview", "run", "sound"]


Choose = Callable[[Store, datetime], Sequence[str]]
"""Tells, once all sources are read, which cases are to be judged at an instant."""


def every_case(store: Store, now: datetime) -> Sequence[str]:
    """Return all cases, and those that have just lost their last event."""
    return sorted({*store.cases(), *store.decisions.stale(now)})


def run(
    config: Config, store: Store, now: datetime, say: Say = lambda _: None, watch: Watch = lambda *_: None
) -> Report:
    """Do one tick. `say` is called with each outcome, for a notice before it counts as delivered.

    `watch` is called while a long history is read, with the source and how many items are left.

    Raises StoreError if the store fails before anything was done; if it fails later, the report says so.
    """
    claim(config, store)
    # Only now: of a store that is another config's, not even the first run is noted.
    given = _given(config, store, now, dry=False)
    findings: list[Finding] = []
    try:
        for finding in _steps(given, lambda store, at: store.decisions.stale(at), say, watch):
            findings.append(finding)  # noqa: PERF402 -- what was found before an error is told, too
        later = store.decisions.next_change()
    except StoreError as error:
        if not any(isinstance(finding, Outcome) for finding in findings) and not isinstance(error, Unreceipted):
            raise
        findings.append(Problem("store", str(error), Code.STORE, hint=error.hint))
        later = None
    return report(findings, given, later)


def preview(config: Config, copy: Store, now: datetime, choose: Choose = every_case) -> Report:
    """Return what `run` would do, with the decisions of the chosen cases, whether or not they have changed.

    `copy` is written to, so it must be a copy.
    """
    claim(config, copy)
    given = _given(config, copy, now, dry=True)
    return report(list(_steps(given, choose, lambda _: None, lambda *_: None)), given, copy.decisions.next_change())


def sound(config: Config, left: RunState) -> bool:
    """Tell whether a run before this one, which left that, found nothing wrong with the very same config."""
    return left.sound == config.fingerprint != ""


def _given(config: Config, store: Store, now: datetime, *, dry: bool) -> Given:
    moment = now.astimezone(UTC)
    state = store.state.read()
    # A first run later than now was one by a clock that was ahead: all that is due would count as too old for good.
    first_run = min(state.first_run or moment, moment)
    if first_run != state.first_run:
        store.state.write(replace(state, first_run=first_run))
    return Given(config, store, moment, first_run, state, dry)


def _steps(given: Given, choose: Choose, say: Say, watch: Watch) -> Iterator[Finding]:
    yield from _standing_problems(given)
    outputs, problems = open_outputs(given)
    yield from problems
    try:
        unfamiliar = unfamiliar_outputs(outputs, given)
        if unfamiliar:  # of any case something may lie there; such an output may have been away until now
            given.store.decisions.make_all_stale()
        # First of all names: whatever follows asks the ledger for outputs and rules by those of today.
        yield from _follow_config(outputs, given)
        # How a call ended that was cut short is found out before anything is looked at or planned.
        yield from settle_all(outputs, given)
        yield from refusals(given)
        before = known_before(given)
        looked, readings, news, changes = _gather(outputs, given, watch)
        follow_days(before, changed(readings), given)
        yield from (*changes, *looked.problems)
        yield from (problem for reading in readings.values() for problem in reading.problems)
        yield from headings(news, given)
        if any(reading.fault for reading in readings.values()):
            from followup_rules.tick.blind_notice import tell_of_blindness  # noqa: PLC0415 -- only if a source fails

            yield from tell_of_blindness(readings, outputs, looked, given, say)
        seen = Seen(sight(readings), outputs, looked, frozenset(news), given.store.state.read().since, unfamiliar)
        yield from tell_of_it(_work_on(choose(given.store, given.now), seen, given, say), seen, given)
        # Once all cases are judged: only then it shows which of them are over but for what was kept.
        yield from tell_of_upgrade(before, changed(readings), given, whole=not seen.sight.unseen)
        # Last: by now this run has taken over what it knows again.
        yield from tell_of_unknown(seen, given)
        last_run = given.left.last_run
        if last_run and not given.dry and f"{last_run:%Y-%m}" != f"{given.now:%Y-%m}":  # once a month is enough
            given.store.tidy(given.now)
    finally:
        # Each has a thread, which ends here also after an error.
        for output in outputs.values():
            output.close()


def _follow_config(outputs: Outputs, given: Given) -> Iterator[Problem]:
    """Let the ledger follow what the user has changed in the config."""
    yield from follow_outputs(outputs, given)
    other_rules = given.left.fingerprint != given.config.fingerprint
    if other_rules or given.left.timezone != given.config.profile.timezone.key:  # that may be the machine's
        with given.store.database.transaction():
            follow_zone(given)
            if other_rules:
                yield from tuple(follow_rules(given))


def _standing_problems(given: Given) -> tuple[Problem, ...]:
    """Return what is wrong with the config and its rules, which are compiled only if they are not known to be sound."""
    if not given.dry and sound(given.config, given.left):
        return given.config.faults
    problems = tuple(problem for problem in given.config.problems if not problem.info)
    known = given.store.state.read()
    given.store.state.write(replace(known, sound="" if problems else given.config.fingerprint))
    return problems


def _gather(
    outputs: Outputs, given: Given, watch: Watch
) -> tuple[Look, dict[str, Reading], set[str], Sequence[Problem]]:
    """Look at outputs and sources, and put what changed into its cases; return its ids with what was seen."""
    store, sources = given.store, given.config.sources
    with store.database.transaction():
        # In one step with the cursors: what a source has shown once, it shows no more.
        left, problems = follow_sources(given)
        looked = look(outputs, given)
        readings = read_sources(sources, given)
        _note_the_time(readings, given)
        news = left | looked.changed | changed(readings)
        if given.left.fingerprint != given.config.fingerprint:
            # Labels, domains and whatever else tells where events belong may be other ones now.
            news |= given.store.events.ids()
        _arrange(news | sent(changed(readings), given), given)
    # Nothing is judged before the end: half a history would have half of all promises open.
    while unfinished := [source for source in sources if readings[source.name].left]:
        more = _go_on(unfinished, readings, given, watch)
        news |= changed(more)
        for name, reading in more.items():
            # What was wrong in the stretches before is told as well.
            every = dict.fromkeys((*readings[name].problems, *reading.problems))
            readings[name] = replace(reading, problems=tuple(every))
    _mark_stale(sight(readings), given)
    return looked, readings, set(news), problems


def _go_on(
    unfinished: list[ConfiguredSource], readings: Mapping[str, Reading], given: Given, watch: Watch
) -> dict[str, Reading]:
    """Read the next stretch of long histories, and keep it at once: a run that is interrupted goes on there."""
    for source in unfinished:
        watch(source.name, readings[source.name].left)
    with given.store.database.transaction():
        more = read_sources(unfinished, given, readings)
        _arrange(changed(more) | sent(changed(more), given), given)
    return more


def _arrange(news: set[str] | frozenset[str], given: Given) -> None:
    if news:
        moved = given.store.arrange(set(news), given.config.rulebook.directory)
        given.store.places.keep_names(moved.values(), given.now)


def _note_the_time(readings: Mapping[str, Reading], given: Given) -> None:
    """Note when this run is, and which sources had news at it.

    If the clock was set back since the last run, all is judged anew, for what was decided is of the future.
    """
    state = given.store.state.read()
    if state.last_run and state.last_run > given.now:
        given.store.decisions.make_all_stale()
        given.store.events.unset_later(given.now)
        given.store.ledger.unset_later(given.now)
        state = replace(state, rules={name: rule.by(given.now) for name, rule in state.rules.items()})
    news = {**state.news, **{name: given.now for name, reading in readings.items() if reading.changed}}
    given.store.state.write(replace(state, last_run=given.now, news=news))


def _mark_stale(seen: Sight, given: Given) -> None:
    """Have every case judged anew if other kinds of events can be seen than before, or if the config has changed."""
    store, config = given.store, given.config
    if (given.left.sight, given.left.fingerprint) == (seen, config.fingerprint):
        return
    # In one step: after a crash between the two, cases would stay as they were judged by another config.
    with store.database.transaction():
        store.state.write(replace(store.state.read(), sight=seen, fingerprint=config.fingerprint))
        store.decisions.make_all_stale()
        store.decisions.make_stale(config.rulebook.rules.recurring)


def _work_on(cases: Sequence[str], seen: Seen, given: Given, say: Say) -> Iterator[Finding]:
    for stored in given.store.read(cases):
        from followup_rules.tick.one_case import work_on  # noqa: PLC0415 -- most runs have nothing to work on

        try:
            yield from work_on(stored, seen, given, say)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 -- one case that fails stops no other
            message = Sentence(
                "it could not be brought up to date: {name}: {error}", name=type(error).__name__, error=error
            )
            hint = Sentence("the next run tries again; if a plugin is to blame, update it")
            yield Problem(f"case {stored.key}", message, Code.FAILING_CHECK, hint=hint)
            given.store.decisions.make_stale([stored.key])
