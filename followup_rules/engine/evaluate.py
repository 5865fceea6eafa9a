"""What every rule says of every anchor of a case at one instant: a state, the reason, and when it could change."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.engine import clock, same_anchor
from followup_rules.engine.anchors import CaseView, Duty
from followup_rules.engine.as_of import as_of, next_arrival
from followup_rules.engine.breaches import concerned
from followup_rules.engine.callers import as_answered, doubted, with_doubts
from followup_rules.engine.context import EvaluationContext
from followup_rules.engine.guards import follow_guards, windows_that_hold
from followup_rules.engine.isolation import Failed, blaming, without
from followup_rules.engine.openings import latest_openings, with_openings
from followup_rules.engine.orders import apart, windows_of_notes
from followup_rules.engine.own_mail import Beginning, Subjects, of_any_beginning, with_own_mail
from followup_rules.engine.parts import ended
from followup_rules.engine.settled import Settled, as_settled
from followup_rules.engine.times import NO_TIMES, Times, times_of
from followup_rules.engine.verdicts import Verdict, alone, broken, over, soonest
from followup_rules.language.phrases import UnsettledError
from followup_rules.language.schema import Rule, RuleSet
from followup_rules.model import Case, Decision, Event, Pause, Reason, State, Visit
from followup_rules.sentences import Sentence

__all__ = ["EvaluationContext", "Remembered", "evaluate"]


class Remembered(Struct, frozen=True):
    """What is known of a case besides its events and the announced openings."""

    settled: Mapping[str, Settled] = {}
    """By key, what was over before an upgrade."""
    subjects: Subjects = {}
    beginning: Beginning = of_any_beginning


def evaluate(
    case: Case,
    rules: RuleSet,
    pins: Mapping[str, datetime],
    context: EvaluationContext,
    remembered: Remembered | None = None,
) -> tuple[Decision, ...]:
    """Decide every rule for every anchor of the case; in the order of rules and keys.

    `pins` holds the announced openings by key. The result depends on nothing but the arguments; what is later than the
    instant of `context` is of no consequence.
    """
    there, arrival, followed = as_of(case, context.now), next_arrival(case, context.now), rules
    known = remembered or Remembered()
    while True:  # each round knows one faulty rule more
        try:
            decisions = _evaluated(there, followed, pins, context, known)
            if invitations := doubted(there, context.sight):
                counting = as_answered(there, invitations)
                would_be = _evaluated(counting, followed, pins, context, known)
                decisions = with_doubts(decisions, would_be, invitations, context.sight)
            if arrival is None:
                return decisions
            # What comes later, such as a note that was written ahead of its time, may change any of them.
            local = rules.world.days.local
            return tuple(replace(each, next=local(min(arrival, each.next or arrival))) for each in decisions)
        except Failed as failed:
            followed = without(failed, followed)


def _evaluated(
    case: Case,
    rules: RuleSet,
    pins: Mapping[str, datetime],
    context: EvaluationContext,
    remembered: Remembered,
) -> tuple[Decision, ...]:
    seen = CaseView(case, rules, pins, context.span(case.key))
    view, unknown = with_own_mail(case, seen, remembered.subjects, remembered.beginning)
    decisions: dict[str, Decision] = {}
    with closing(view):
        for rule in rules.rules.values():
            visits = view.visits(rule)
            with blaming(rule):
                judged = [_judged(rule, visit, view, context) for visit in visits if concerned(rule, visit, view)]
            for decision in filter(None, judged):
                key = decision.key
                own = {part: mails for part, mails in unknown.items() if part == key or part.startswith(f"{key}#")}
                asked = replace(decision, unknown=own) if own else decision
                decisions[key] = as_settled(asked, remembered.settled)
        latest = latest_openings(decisions.values())
        return tuple([with_openings(decisions[key], view, decisions, latest) for key in sorted(decisions)])


def _judged(rule: Rule, visit: Visit, view: CaseView, context: EvaluationContext) -> Decision | None:
    """Return what a rule says of a visit; None if that was superseded long ago."""
    latest = view.latest(rule, visit.person) if rule.per == "case" else None
    superseded = latest is not None and view.stands(visit) and visit is not latest
    if superseded and visit.end + context.lookback <= context.now:
        return None
    duty, successor = view.duty(rule, visit), latest if superseded else None
    try:
        decision = _decide(duty, successor, context) if not rule.fault else _faulty(duty, rule.fault)
    except UnsettledError as error:
        decision = _faulty(duty, str(error))
    return clock.bounded(decision, rule, view) if rule.recurring else decision


def _faulty(duty: Duty, fault: str) -> Decision:
    return _decision(duty, broken(fault), NO_TIMES, {})


def _decide(duty: Duty, successor: Visit | None, context: EvaluationContext) -> Decision:
    now, times = context.now, times_of(duty)
    more: dict[str, Any] = {}
    # Whatever becomes of it: a guard that cannot be followed is told of.
    if times.opens is not None:
        follow_guards(duty.rule, duty.view, now)
    snoozed = windows_of_notes(duty.key, times.opens, duty.view)
    verdict = over(duty, successor, times, context)
    if verdict is None:
        held = (*windows_that_hold(duty, now), *snoozed.get("", ()))
        verdict, released = alone(times, held, now)
        several = apart(duty, snoozed) if verdict.state is State.DUE else {}
        if several:
            judged = {name: alone(times, (*held, *own), now) for name, own in several.items()}
            verdict, released = soonest(judged.values(), now)
            more["paused"] = {name: _pause(*each, duty) for name, each in judged.items() if several[name]}
        times = released if verdict.state is State.DUE else times
    if verdict.state is State.DUE:
        more |= {"carries": _carried(duty), "ended": ended(duty.parts, duty.view.reports)}
    if verdict.state in (State.WAITING, State.DUE):
        more |= _warning(duty)
    return _decision(duty, verdict, times, more)


def _decision(duty: Duty, verdict: Verdict, times: Times, more: Mapping[str, Any]) -> Decision:
    """Return what a rule says of an anchor, with all instants in the user's zone."""
    local = duty.view.days.local
    return Decision(
        key=duty.key,
        rule=duty.rule.id,
        case=duty.view.case.key,
        visit=duty.anchor,
        state=verdict.state,
        reason=_local(verdict.reason, duty),
        # What tells that a mail was a draft is shown by that mail.
        evidence=tuple([(event.report and event.report.mail) or event.id for event in verdict.evidence]),
        guard=verdict.guard,
        next=verdict.next and local(verdict.next),
        late=verdict.late,
        opens=times.opens and local(times.opens),
        due=times.due and local(times.due),
        closes=times.closes and local(times.closes),
        **more,
    )


def _local(reason: Reason, duty: Duty) -> Reason:
    """Return a reason whose instants are in the user's zone."""
    local = duty.view.days.local
    values = {name: local(value) if isinstance(value, datetime) else value for name, value in reason.values.items()}
    return Reason(reason.sentence, values)


def _pause(verdict: Verdict, times: Times, duty: Duty) -> Pause:
    assert times.due is not None, "what may be held has opened"
    due = duty.view.days.local(times.due)
    return Pause(verdict.state is State.HELD, _local(verdict.reason, duty), due, verdict.late)


def _carried(duty: Duty) -> tuple[Event, ...]:
    """Return the events whose text goes into the action.

    Where only the latest visit counts, what was kept for an earlier one that never came to it is carried on.
    """
    rule = duty.rule
    if not rule.carries:
        return ()
    since = _carried_since(duty) if rule.per == "case" else duty.anchor.start
    found = duty.view.matching(rule.carries, duty, since)
    return tuple(event for event in found if not event.ticked)


def _carried_since(duty: Duty) -> datetime:
    """Return the start of the first visit, or the last instant before this one at which the duty had been ended."""
    rule, visit, view = duty.rule, duty.anchor, duty.view
    first = view.standing(rule, visit.person)[0]
    ends = view.duty(rule, first).matching((*rule.done_by, *rule.cancelled_by))
    told = (event for event in view.reports.events if event.kind == "done")
    done = (event for event in told if event.report and event.report.rule == rule.id)
    reports = [event for event in done if not visit.person or same_anchor.is_about(event, visit.person)]
    moments = (view.moment(event) for event in (*ends, *reports))
    return max([first.start, *(moment for moment in moments if moment < visit.start)])


def _warning(duty: Duty) -> dict[str, Any]:
    """Return the fields of a decision that tell of a date which is odd or has no effect, if one is."""
    rule, days = duty.rule, duty.view.days
    moved, later, opens = duty.when(rule.moved_by), duty.when(rule.not_before), duty.opens
    if later and opens and (wished := days.day(later)) < days.day(opens):
        values = {"wished": wished, "opening": days.day(opens), "rule": rule.id}
        text = Sentence("{wished} comes before {opening}, when {rule} opens, and moves it no earlier", **values)
        return {"warning": text, "warning_code": Code.UNMOVED}
    if moved is None or days.is_workday(day := days.day(moved)):
        return {}
    name = days.holiday(day) or Sentence("a week-end")
    values = {"rule": rule.id, "day": day.isoformat(), "name": name}
    text = Sentence("{rule} was moved to {day}, which is {name}; you said so, so it stays", **values)
    return {"warning": text, "warning_code": Code.NO_WORKDAY}
