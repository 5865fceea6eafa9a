"""One case of a tick: evaluate, plan, carry out, and note when to look again."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from followup_rules.actions import actions
from followup_rules.carry_out import Printed, carry_out, waits
from followup_rules.config import Config
from followup_rules.engine.evaluate import Moment, evaluate
from followup_rules.engine.plan import NOTICE, PRINTED, Change, Made, plan
from followup_rules.engine.sight import Sight
from followup_rules.forgotten import KEY
from followup_rules.model import Action, Decision, Problem, Reason, State
from followup_rules.report import Outcome, Tick
from followup_rules.store import Store


def work_on(case: str, sight: Sight, tick: Tick) -> None:
    """Bring one case up to date."""
    moment = Moment(tick.now, tick.first_run, tick.config.profile.lookback, sight)
    found = judged(case, tick.config, tick.store, moment)
    tick.problems += _failing(found, tick)
    seen = [_as_far_as_seen(decision, case, tick) for decision in found]
    worded = [_worded(decision, tick) for decision in seen]
    decisions = [decision for decision, _ in worded]
    before = tick.store.states(case)
    whole = _bring_in_line(case, decisions, {decision.key: made for decision, made in worded}, tick)
    rows = tick.store.rows(case)
    told = {row.action.duty for row in rows if row.action.type == NOTICE and row.state is Made.DELIVERED}
    _note([decision for decision in decisions if decision.key not in told], before, tick)
    tick.decisions += decisions
    retries = [row.retry for row in rows if row.retry and row.retry > tick.now]
    nexts = [decision.next for decision in decisions if decision.next]
    until = min([*nexts, *retries], default=None, key=datetime.timestamp)
    certain = all(map(operator.is_, seen, found))
    tick.store.decided(case, decisions, tick.now, until=until, stale=not (whole and certain))


def judged(case: str, config: Config, store: Store, moment: Moment) -> tuple[Decision, ...]:
    """Return what all that is stored of a case means at a moment, whatever was decided before."""
    return evaluate(store.case(case), config.rulebook.rules, store.pins(case), moment)


def _failing(decisions: Iterable[Decision], tick: Tick) -> Iterator[Problem]:
    """Report the rules that are well written and cannot be followed in this case."""
    rules = tick.config.rulebook.rules.rules
    for decision in decisions:
        if decision.state is State.BROKEN and not rules[decision.rule].fault:
            hint = "the next run tries again; if a plugin is to blame, update it"
            yield Problem(f"rule.{decision.rule}", decision.why, "F048", hint=hint)


def _as_far_as_seen(decision: Decision, case: str, tick: Tick) -> Decision:
    """Return the decision; what the user may have done in an output that cannot tell is not known to be missed."""
    if decision.state is not State.EXPIRED or not tick.unsure:
        return decision
    for row in tick.store.rows(case):
        if row.action.duty == decision.key and (row.marker, row.output) in tick.unsure:
            reason = Reason("the output {output!r} cannot tell what became of it", {"output": row.output})
            return replace(decision, state=State.BLIND, reason=reason)
    return decision


def _worded(decision: Decision, tick: Tick) -> tuple[Decision, list[Action]]:
    """Return a decision, as broken if a text of its rule is faulty, and what it makes."""
    if decision.state is not State.DUE:
        return decision, []
    book = tick.config.rulebook
    takes = {output.name: tuple(getattr(output.type, "takes", ())) for output in tick.config.outputs}
    made, problems = actions(decision, book.rules.rules[decision.rule], book.texts, tick.config.profile, takes)
    tick.problems += problems
    return (_broken(decision, problems[0].message), []) if problems else (decision, made)


def _broken(decision: Decision, fault: str) -> Decision:
    reason = Reason("a text of the rule is faulty: {fault}", {"fault": fault})
    return replace(decision, state=State.BROKEN, reason=reason, next=None, late=False)


def _bring_in_line(case: str, decisions: Sequence[Decision], made: Mapping[str, Sequence[Action]], tick: Tick) -> bool:
    """Plan and carry out; tell whether everything worked, so that nothing but time and news can change it."""
    rows = tick.store.rows(case)
    faulty = {rule.id for rule in tick.config.rulebook.rules.rules.values() if rule.fault}
    failing = {decision.rule for decision in decisions if decision.state is State.BROKEN}
    slots = {(row.key, row.output): row for row in rows}
    planned = plan(decisions, made, rows, frozenset(faulty | failing))
    wanted = [each for each in planned if each.op != "create" or not tick.store.forgotten(KEY, each.key)]
    changes = [_with_a_free_key(change, tick) if change.op == "create" else change for change in wanted]
    results = [carried_out(change, tick) for change in changes if not waits(change, slots, tick.now)]
    return all(results) and failing <= faulty


def _with_a_free_key(change: Change, tick: Tick) -> Change:
    """Let the output know a new action by a key of its own, though another one may have left its case with that key."""
    return replace(change, action=replace(change.action, key=tick.store.free(change.action.key, change.output)))


def carried_out(change: Change, tick: Tick) -> bool:
    """Carry out a change, unless this is only a plan; tell whether it worked."""
    outcome = Outcome(change)
    output = Printed(lambda: tick.say(outcome)) if change.output == PRINTED else tick.outputs.get(change.output)
    if output is None or (change.action.key, change.output) in tick.unsure:
        return False
    if tick.dry:
        tick.outcomes.append(outcome)
        return True
    ref, problem = carry_out(change, output, tick.store, tick.now)
    tick.forget_if_hung(change.output)
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
