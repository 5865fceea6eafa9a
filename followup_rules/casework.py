"""One case of a tick: evaluate, plan, carry out, and note when to look again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from followup_rules.actions import actions
from followup_rules.carry_out import Printed, carry_out, waits
from followup_rules.engine.evaluate import Moment, evaluate
from followup_rules.engine.plan import NOTICE, PRINTED, Change, Made, plan
from followup_rules.engine.sight import Sight
from followup_rules.model import Action, Decision, Problem, State
from followup_rules.report import Outcome, Tick


def work_on(case: str, sight: Sight, tick: Tick) -> None:
    """Bring one case up to date. Raises whatever a plugin's predicate raises; then nothing is done."""
    moment = Moment(tick.now, tick.first_run, tick.config.profile.lookback, sight)
    decisions = evaluate(tick.store.case(case), tick.config.rulebook.rules, tick.store.pins(case), moment)
    before = tick.store.states(case)
    whole = _bring_in_line(case, decisions, tick)
    rows = tick.store.rows(case)
    told = {row.action.duty for row in rows if row.action.type == NOTICE and row.state is Made.DELIVERED}
    _note([decision for decision in decisions if decision.key not in told], before, tick)
    tick.decisions += decisions
    retries = [row.retry for row in rows if row.retry and row.retry > tick.now]
    nexts = [decision.next for decision in decisions if decision.next]
    until = min([*nexts, *retries], default=None, key=datetime.timestamp)
    tick.store.decided(case, decisions, tick.now, until=until, stale=not whole)


def _bring_in_line(case: str, decisions: Sequence[Decision], tick: Tick) -> bool:
    """Plan and carry out; tell whether everything worked."""
    made, faulty = _actions(decisions, tick)
    rows = tick.store.rows(case)
    broken = {rule.id for rule in tick.config.rulebook.rules.rules.values() if rule.fault}
    slots = {(row.key, row.output): row for row in rows}
    changes = plan(decisions, made, rows, frozenset(broken | faulty))
    results = [_carried_out(change, tick) for change in changes if not waits(change, slots, tick.now)]
    return all(results) and not faulty


def _actions(decisions: Iterable[Decision], tick: Tick) -> tuple[dict[str, list[Action]], set[str]]:
    """Return the actions of what is due, and the rules whose texts are faulty."""
    book = tick.config.rulebook
    takes = {output.name: tuple(getattr(output.type, "takes", ())) for output in tick.config.outputs}
    made: dict[str, list[Action]] = {}
    faulty: set[str] = set()
    for decision in decisions:
        if decision.state is State.DUE:
            rule = book.rules.rules[decision.rule]
            made[decision.key], problems = actions(decision, rule, book.texts, tick.config.profile, takes)
            tick.problems += problems
            faulty |= {rule.id for _ in problems}
    return made, faulty


def _carried_out(change: Change, tick: Tick) -> bool:
    outcome = Outcome(change)
    output = Printed(lambda: tick.say(outcome)) if change.output == PRINTED else tick.outputs.get(change.output)
    if output is None:
        return False
    if tick.dry:
        tick.outcomes.append(outcome)
        return True
    ref, problem = carry_out(change, output, tick.store, tick.now)
    if problem is not None:
        tick.problems.append(problem)
        return False
    outcome = Outcome(change, ref)
    tick.outcomes.append(outcome)
    if change.output != PRINTED:
        tick.say(outcome)
    return True


def _note(decisions: Iterable[Decision], before: Mapping[str, str], tick: Tick) -> None:
    """Note what is missed since the last run, and what the user should know."""
    for decision in decisions:
        closed = decision.closes is not None and decision.closes > tick.first_run
        new = before.get(decision.key) != State.EXPIRED and not tick.store.was(decision.key, State.EXPIRED)
        if decision.state is State.EXPIRED and new and closed:
            tick.missed.append(decision)
        if decision.warning:
            tick.problems.append(Problem(f"rule.{decision.rule}", decision.warning, "F045", warning=True))
