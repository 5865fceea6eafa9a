"""What every rule says of every anchor of a case at one instant: a state, the reason, and when it could change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.engine import clock, same_anchor
from followup_rules.engine.anchors import CaseView, Scope
from followup_rules.engine.as_of import as_of, next_arrival
from followup_rules.engine.breaches import concerned
from followup_rules.engine.clock import Span
from followup_rules.engine.guards import Window, guards_over, windows_that_hold
from followup_rules.engine.isolation import Failed, blaming, without
from followup_rules.engine.openings import latest_openings, with_openings
from followup_rules.engine.orders import apart, ordered, windows_of_notes
from followup_rules.engine.own_mail import Subjects, with_own_mail
from followup_rules.engine.parts import ended, to_end
from followup_rules.engine.settled import Settled, as_settled
from followup_rules.engine.sight import Sight
from followup_rules.engine.times import Times, times_of
from followup_rules.language.patterns import Pattern
from followup_rules.language.phrases import UnsettledError
from followup_rules.language.schema import Rule, RuleSet
from followup_rules.language.tags import DISMISSED, DONE
from followup_rules.model import Case, Decision, Event, Pause, Reason, State, Visit
from followup_rules.sentences import Sentence, as_sentence

_UNKNOWN = Reason("it is not known yet when it opens")
_KINDS = {
    "sent": Sentence("your mail"),
    "received": Sentence("their mail"),
    "note": Sentence("your note"),
    "meeting": Sentence("the meeting"),
}


class EvaluationContext(Struct, frozen=True):
    """The instant of a tick (UTC), that of the first run, how far back that looked, and what can be seen."""

    now: datetime
    first_run: datetime
    lookback: timedelta
    sight: Sight
    since: Mapping[str, datetime] = {}
    """The first run that knew a rule, by its id; that of all if it is not here."""

    def span(self, case: str) -> Span:
        """Return which occurrences are looked at in the case of a rule from the clock, which has the rule's id."""
        return Span(self.since.get(case, self.first_run), self.now, self.lookback)


class Remembered(Struct, frozen=True):
    """What earlier runs have kept of a case, besides the announced openings."""

    settled: Mapping[str, Settled] = {}
    """By key, what was over before an upgrade."""
    subjects: Subjects = {}


class _Verdict(Struct, frozen=True):
    """A state with its reason, before it is known to which decision it belongs."""

    state: State
    reason: Reason
    evidence: tuple[Event, ...] = ()
    next: datetime | None = None
    guard: str = ""
    late: bool = False


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
    while True:
        try:
            decisions = _evaluated(there, followed, pins, context, remembered or Remembered())
            return tuple(_until(decision, arrival, rules) for decision in decisions) if arrival else decisions
        except Failed as failed:
            followed = without(failed, followed)


def _until(decision: Decision, arrival: datetime, rules: RuleSet) -> Decision:
    """Return a decision that may change when the case holds more, such as a note that was written ahead of its time."""
    first = min(arrival, decision.next) if decision.next else arrival
    return replace(decision, next=rules.world.days.local(first))


def _evaluated(
    case: Case,
    rules: RuleSet,
    pins: Mapping[str, datetime],
    context: EvaluationContext,
    remembered: Remembered,
) -> tuple[Decision, ...]:
    seen = CaseView(case, rules, pins, context.span(case.key))
    view, unknown = with_own_mail(case, seen, remembered.subjects)
    judged = (decision for rule in rules.rules.values() for decision in _decide_rule(rule, view, context))
    asked = (replace(decision, unknown=_of(decision, unknown)) if unknown else decision for decision in judged)
    decisions = {decision.key: as_settled(decision, remembered.settled) for decision in asked}
    latest = latest_openings(decisions.values())
    return tuple(with_openings(decisions[key], view, decisions, latest) for key in sorted(decisions))


def _of(decision: Decision, unknown: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    return {
        name: mails for name, mails in unknown.items() if name == decision.key or name.startswith(f"{decision.key}#")
    }


def _decide_rule(rule: Rule, view: CaseView, context: EvaluationContext) -> Iterator[Decision]:
    if rule.on is None:
        return
    with blaming(rule):
        visits = [visit for visit in view.visits(rule) if concerned(rule, visit, view)]
    for visit in visits:
        latest = view.latest(rule, visit.person) if rule.per == "case" else None
        superseded = latest is not None and view.stands(visit) and visit is not latest
        if superseded and visit.end + context.lookback <= context.now:
            continue
        successor = latest if superseded else None
        with blaming(rule):
            try:
                decision = _decide(rule, visit, successor, view, context)
            except UnsettledError as error:
                decision = _decide(replace(rule, fault=str(error)), visit, successor, view, context)
        yield clock.bounded(decision, rule, view) if rule.recurring else decision


def _decide(rule: Rule, visit: Visit, successor: Visit | None, view: CaseView, context: EvaluationContext) -> Decision:
    key, paused = view.key(rule, visit), dict[str, Pause]()
    if rule.fault:
        times = Times(None)
        verdict = _Verdict(State.BROKEN, Reason("the rule is faulty: {fault}", {"fault": rule.fault}))
    else:
        times = times_of(rule, visit, view)
        # Whatever becomes of it: a guard that cannot be followed is told of.
        guards_over(rule, times.opens, view, context.now)
        snoozed = windows_of_notes(key, times.opens, view)
        over = (
            _gone(visit, view)
            or _superseded(visit, successor, context)
            or _void(rule, visit, times, view, context)
            or _done(rule, visit, key, view)
            or _unopened(rule, times, context.now)
            or _unsure(rule, visit, view, context.sight)
        )
        held = () if over else (*windows_that_hold(rule, visit, times.opens, view, context.now), *snoozed.get("", ()))
        released = times.released(held, context.now)
        verdict = over or _timely(released, held, context.now)
        several = apart(rule, key, snoozed, view) if verdict.state is State.DUE else {}
        if several:
            judged = {name: _alone(times, (*held, *own), context.now) for name, own in several.items()}
            verdict, released = _soonest(judged.values(), context.now)
            paused = {name: _pause(*alone, view) for name, alone in judged.items() if several[name]}
        times = released if verdict.state is State.DUE else times
    local = view.days.local
    return Decision(
        key=key,
        rule=rule.id,
        case=view.case.key,
        visit=visit,
        state=verdict.state,
        reason=_local(verdict.reason, view),
        # What tells that a mail was a draft is shown by that mail.
        evidence=tuple((event.report and event.report.mail) or event.id for event in verdict.evidence),
        guard=verdict.guard,
        next=verdict.next and local(verdict.next),
        late=verdict.late,
        opens=times.opens and local(times.opens),
        due=times.due and local(times.due),
        closes=times.closes and local(times.closes),
        carries=_carried(rule, visit, view) if verdict.state is State.DUE else (),
        ended=ended(rule, key, view.reports) if verdict.state is State.DUE else (),
        paused=paused,
        **(_warning(rule, visit, view) if verdict.state in (State.WAITING, State.DUE) else {}),
    )


def _local(reason: Reason, view: CaseView) -> Reason:
    """Return a reason whose instants are in the user's zone."""
    local = view.days.local
    values = {name: local(value) if isinstance(value, datetime) else value for name, value in reason.values.items()}
    return Reason(reason.sentence, values)


def _gone(visit: Visit, view: CaseView) -> _Verdict | None:
    return None if view.stands(visit) else _Verdict(State.VOID, view.fates[visit.anchor.identity], (visit.anchor,))


def _superseded(visit: Visit, successor: Visit | None, context: EvaluationContext) -> _Verdict | None:
    if successor is None:
        return None
    values = {"title": successor.anchor.title, "start": successor.start}
    reason = Reason("superseded by “{title}” of {start}", values)
    return _Verdict(State.VOID, reason, (successor.anchor,), next=visit.end + context.lookback)


def _void(rule: Rule, visit: Visit, times: Times, view: CaseView, context: EvaluationContext) -> _Verdict | None:
    ended = view.matching(rule.cancelled_by, Scope(view, visit, rule), visit.start)
    if ended:
        return _Verdict(
            State.VOID, Reason("called off by {kind} “{said}” of {at}", _shown_by(ended[0], view)), tuple(ended)
        )
    if times.opens and times.opens < context.since.get(rule.id, context.first_run) - context.lookback:
        return _Verdict(State.VOID, Reason("it opened at {opens}, long before the first run", {"opens": times.opens}))
    # What is not seen may be there, so nothing ends for the lack of it.
    sighted = not any(context.sight.blind(pattern.kinds) for pattern in rule.while_)
    if rule.while_ and sighted and not _related(rule, visit, view):
        return _Verdict(State.VOID, Reason("what it depends on is not there (any more)"))
    return None


def _related(rule: Rule, visit: Visit, view: CaseView) -> list[Event]:
    return view.matching(rule.while_, Scope(view, visit, rule), visit.start)


def _done(rule: Rule, visit: Visit, key: str, view: CaseView) -> _Verdict | None:
    reports = [part.reports(view.reports) for part in to_end(rule, key)]
    # Something else may show better how the duty ended: a draft is gone because it was sent.
    certain = [
        [event for event in each if event.kind != "dismissed" and not _is_seen_as_mail(event)] for each in reports
    ]
    if rule.do and all(certain):
        return _all_reported(certain)
    said = ordered(view, key, DONE)
    if said:
        return _Verdict(
            State.DONE, Reason("done, as you say in {kind} “{said}” of {at}", _shown_by(said, view)), (said,)
        )
    ticked = [event for event in visit.events if event.ticked]
    if ticked:
        return _Verdict(State.DONE, Reason("you ticked the note “{title}”", {"title": ticked[0].title}), tuple(ticked))
    found = view.matching(rule.done_by, Scope(view, visit, rule), visit.start)
    if found:
        return _Verdict(State.DONE, Reason("done by {kind} “{said}” of {at}", _shown_by(found[0], view)), tuple(found))
    dismissed = ordered(view, key, DISMISSED)
    if dismissed:
        return _Verdict(
            State.DONE, Reason("dismissed by you in {kind} “{said}” of {at}", _shown_by(dismissed, view)), (dismissed,)
        )
    return _all_reported(reports) if rule.do and all(reports) else None


def _all_reported(reports: Iterable[Iterable[Event]]) -> _Verdict:
    """Return that a duty is done, since each of its actions was reported to be; the last one is the reason."""
    heard = [min(each, key=lambda report: report.kind == "dismissed") for each in reports]
    last = max(heard, key=lambda report: (report.kind != "dismissed", report.start, report.identity))
    return _Verdict(State.DONE, _reported(last), tuple(heard))


def evidence(rule: Rule, visit: Visit, view: CaseView) -> tuple[Event, ...]:
    """Return what shows that a duty is done, or dismissed; nothing while it is neither."""
    verdict = _done(rule, visit, view.key(rule, visit), view)
    return verdict.evidence if verdict else ()


def _is_seen_as_mail(event: Event) -> bool:
    """Tell whether an output's draft is known to be sent because a mail of mine is like it."""
    return event.report is not None and event.report.mail != ""


def _reported(event: Event) -> Reason:
    if "for" in event.data:
        said = event.title or f"#{event.tags[0]}"
        noted = {"kind": _KINDS["note"], "said": said, "at": event.start}
        if event.kind == "dismissed":
            return Reason("dismissed by you in {kind} “{said}” of {at}", noted)
        return Reason("done, as you say in {kind} “{said}” of {at}", noted)
    if event.kind == "dismissed":
        return Reason("dismissed by you: you deleted it")
    values = {"title": event.title, "at": event.start}
    if event.kind == "sent" or _is_seen_as_mail(event):
        return Reason("you sent it: “{title}” of {at}", values)
    return Reason("you ticked it off at {at}", values)


def _shown_by(event: Event, view: CaseView) -> dict[str, object]:
    said = event.title or " ".join(f"#{tag}" for tag in event.tags)
    return {"kind": _KINDS.get(event.kind, event.kind), "said": said, "at": view.days.local(event.start)}


def _unopened(rule: Rule, times: Times, now: datetime) -> _Verdict | None:
    if times.opens is None:
        return _Verdict(State.WAITING, _unknown(rule))
    if now < times.opens:
        return _Verdict(State.WAITING, Reason("opens at {opens}", {"opens": times.opens}), next=times.opens)
    return None


def _unknown(rule: Rule) -> Reason:
    undone = ", ".join(dict.fromkeys(phrase.rule for phrase in rule.opens if phrase.done))
    return Reason("it waits until {rule} is done", {"rule": undone}) if undone else _UNKNOWN


def _unsure(rule: Rule, visit: Visit, view: CaseView, sight: Sight) -> _Verdict | None:
    patterns: list[Pattern] = [*rule.done_by, *rule.cancelled_by]
    if rule.while_ and not _related(rule, visit, view):
        patterns += rule.while_
    if rule.per == "case" and rule.on is not None:
        patterns.append(rule.on)
    reasons = (sight.blind(pattern.kinds) for pattern in patterns)
    reason = next((reason for reason in reasons if reason is not None), None)
    return _Verdict(State.BLIND, reason) if reason else None


def _timely(times: Times, holds: tuple[Window, ...], now: datetime) -> _Verdict:
    if times.closes is not None and now >= times.closes:
        return _Verdict(State.EXPIRED, Reason("missed: the window closed at {closes}", {"closes": times.closes}))
    current = [window for window in holds if window.contains(now)]
    if current:
        hold = max(current, key=lambda window: (window.end, window.guard.id))
        reason = Reason("held by {guard} until {until}: {why}",
                        {"guard": hold.guard.id, "until": hold.end, "why": as_sentence(hold.guard.why)})  # fmt: skip
        longer = (window.start for window in holds if window.end > hold.end)
        changes = _future(now, hold.end, times.closes, *longer)
        return _Verdict(State.HELD, reason, hold.evidence, next=changes, guard=hold.guard.id)
    late = times.late is not None and now >= times.late
    changes = _future(now, times.late, times.closes, *(window.start for window in holds))
    reason = Reason("late since {late}" if late else "due at {due}", {"due": times.due, "late": times.late})
    return _Verdict(State.DUE, reason, next=changes, late=late)


def _alone(times: Times, holds: tuple[Window, ...], now: datetime) -> tuple[_Verdict, Times]:
    """Return how one action of a duty stands that notes hold by itself."""
    released = times.released(holds, now)
    return _timely(released, holds, now), released


def _soonest(judged: Iterable[tuple[_Verdict, Times]], now: datetime) -> tuple[_Verdict, Times]:
    """Return how a duty stands by its actions: as the first that is due, else as that whose hold ends first."""
    every = [*judged]
    open_ = [each for each in every if each[0].state is State.DUE]
    # What is held is due no earlier than at the end of the hold.
    verdict, times = min(open_ or every, key=lambda each: (each[1].due or now, each[0].next or now))
    return replace(verdict, next=_future(now, *(each.next for each, _ in every))), times


def _pause(verdict: _Verdict, times: Times, view: CaseView) -> Pause:
    due = times.due and view.days.local(times.due)
    return Pause(verdict.state is State.HELD, _local(verdict.reason, view), due, verdict.late)


def _future(now: datetime, *instants: datetime | None) -> datetime | None:
    return min((instant for instant in instants if instant is not None and instant > now), default=None)


def _carried(rule: Rule, visit: Visit, view: CaseView) -> tuple[Event, ...]:
    """Return the events whose text goes into the action.

    Where only the latest visit counts, what was kept for an earlier one that never came to it is carried on.
    """
    if not rule.carries:
        return ()
    since = _carried_since(rule, visit, view) if rule.per == "case" else visit.start
    found = view.matching(rule.carries, Scope(view, visit, rule), since)
    return tuple(event for event in found if not event.ticked)


def _carried_since(rule: Rule, visit: Visit, view: CaseView) -> datetime:
    """Return the start of the first visit, or the last instant before this one at which the duty had been ended."""
    first = view.standing(rule, visit.person)[0]
    ends = view.matching((*rule.done_by, *rule.cancelled_by), Scope(view, first, rule), first.start)
    told = (event for event in view.reports.events if event.kind == "done")
    done = (event for event in told if event.report and event.report.rule == rule.id)
    reports = [event for event in done if not visit.person or same_anchor.is_about(event, visit.person)]
    moments = (view.moment(event) for event in (*ends, *reports))
    return max([first.start, *(moment for moment in moments if moment < visit.start)])


def _warning(rule: Rule, visit: Visit, view: CaseView) -> dict[str, Any]:
    """Return the fields of a decision that tell of a date which is odd or has no effect, if one is."""
    scope = Scope(view, visit, rule)
    moved, later, opens = scope.when(rule.moved_by), scope.when(rule.not_before), view.opening(rule, visit)
    if later and opens and (wished := view.days.day(later)) < view.days.day(opens):
        values = {"wished": wished, "opening": view.days.day(opens), "rule": rule.id}
        text = Sentence("{wished} comes before {opening}, when {rule} opens, and moves it no earlier", **values)
        return {"warning": text, "warning_code": Code.UNMOVED}
    if moved is None or view.days.is_workday(day := view.days.day(moved)):
        return {}
    name = view.days.holiday(day) or Sentence("a week-end")
    values = {"rule": rule.id, "day": day.isoformat(), "name": name}
    text = Sentence("{rule} was moved to {day}, which is {name}; you said so, so it stays", **values)
    return {"warning": text, "warning_code": Code.NO_WORKDAY}
