"""What becomes of a duty: the first verdict that applies, in the order in which states take precedence. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.engine.anchors import CaseView, Duty
from followup_rules.engine.context import EvaluationContext
from followup_rules.engine.guards import Window
from followup_rules.engine.orders import ordered
from followup_rules.engine.parts import to_end
from followup_rules.engine.sight import Sight
from followup_rules.engine.times import Times
from followup_rules.language.patterns import Pattern
from followup_rules.language.schema import Rule
from followup_rules.language.tags import DISMISSED, DONE
from followup_rules.model import Event, Reason, State, Visit
from followup_rules.sentences import Sentence, as_sentence

_UNKNOWN = Reason("it is not known yet when it opens")
_UNRELATED = Reason("what it depends on is not there (any more)")
_KINDS = {
    "sent": Sentence("your mail"),
    "received": Sentence("their mail"),
    "note": Sentence("your note"),
    "meeting": Sentence("the meeting"),
}


class Verdict(Struct, frozen=True):
    """A state with its reason, before it is known to which decision it belongs."""

    state: State
    reason: Reason
    evidence: Sequence[Event] = ()
    next: datetime | None = None
    guard: str = ""
    late: bool = False


def over(duty: Duty, successor: Visit | None, times: Times, context: EvaluationContext) -> Verdict | None:
    """Return why nothing is to be done, whatever holds it: it is off, done, not open yet, not seen, or missed."""
    return (
        _gone(duty)
        or _superseded(duty, successor, context)
        or _void(duty, times, context)
        # Before its opening: a thank-you that was sent early is one.
        or done(duty)
        or _unopened(duty.rule, times, context.now)
        # Before it is missed: what cannot be seen just now may show that it was done in time.
        or _unsure(duty, context.sight)
        or _expired(times, context.now)
    )


def broken(fault: str) -> Verdict:
    """Return that nothing can be said, for the rule is faulty."""
    return Verdict(State.BROKEN, Reason("the rule is faulty: {fault}", {"fault": fault}))


def _gone(duty: Duty) -> Verdict | None:
    if duty.view.stands(duty.anchor):
        return None
    anchor = duty.anchor.anchor
    return Verdict(State.VOID, duty.view.fates[anchor.identity], (anchor,))


def _superseded(duty: Duty, successor: Visit | None, context: EvaluationContext) -> Verdict | None:
    if successor is None:
        return None
    values = {"title": successor.anchor.title, "start": successor.start}
    reason = Reason("superseded by “{title}” of {start}", values)
    # At `next` it is looked at no more, as `evaluate` has it.
    return Verdict(State.VOID, reason, (successor.anchor,), next=duty.anchor.end + context.lookback)


def _void(duty: Duty, times: Times, context: EvaluationContext) -> Verdict | None:
    rule = duty.rule
    if ended := duty.matching(rule.cancelled_by):
        values = _shown_by(ended[0], duty.view)
        return Verdict(State.VOID, Reason("called off by {kind} “{said}” of {at}", values), ended)
    if times.opens and times.opens < context.earliest(rule.id):
        return Verdict(State.VOID, Reason("it opened at {opens}, long before the first run", {"opens": times.opens}))
    if not rule.while_:
        return None
    # What is not seen may be there, so nothing ends for the lack of it.
    sighted = not any(context.sight.blind(pattern.kinds) for pattern in rule.while_)
    return Verdict(State.VOID, _UNRELATED) if sighted and not duty.matching(rule.while_) else None


def done(duty: Duty) -> Verdict | None:
    """Return that a duty is done, or dismissed; None while it is neither."""
    rule, view = duty.rule, duty.view
    reports = [part.reports(view.reports) for part in to_end(duty.parts)] if view.reports.events else []
    # Something else may show better how the duty ended: a draft is gone because it was sent.
    certain = [
        [event for event in each if event.kind != "dismissed" and not _is_seen_as_mail(event)] for each in reports
    ]
    if certain and all(certain):
        return _all_reported(certain)
    if said := ordered(view, duty.key, DONE):
        values = _shown_by(said, view)
        return Verdict(State.DONE, Reason("done, as you say in {kind} “{said}” of {at}", values), (said,))
    if ticked := [event for event in duty.anchor.events if event.ticked]:
        return Verdict(State.DONE, Reason("you ticked the note “{title}”", {"title": ticked[0].title}), ticked)
    if found := duty.matching(rule.done_by):
        shown = Verdict(State.DONE, Reason("done by {kind} “{said}” of {at}", _shown_by(found[0], view)), found)
        return _sent_before(reports, found[0].start) or shown
    if dismissed := ordered(view, duty.key, DISMISSED):
        values = _shown_by(dismissed, view)
        return Verdict(State.DONE, Reason("dismissed by you in {kind} “{said}” of {at}", values), (dismissed,))
    return _all_reported(reports) if reports and all(reports) else None


def _sent_before(reports: Iterable[Iterable[Event]], instant: datetime) -> Verdict | None:
    """Return that all was sent before an instant: then what shows it from there on ended nothing any more."""
    sent = [[event for event in each if event.kind != "dismissed"] for each in reports]
    verdict = _all_reported(sent) if sent and all(sent) else None
    return verdict if verdict and all(event.start < instant for event in verdict.evidence) else None


def _all_reported(reports: Iterable[Iterable[Event]]) -> Verdict:
    """Return that a duty is done, since each of its actions was reported to be; the last one is the reason."""
    # What was ticked off and deleted afterwards was done.
    heard = [min(each, key=lambda report: report.kind == "dismissed") for each in reports]
    last = max(heard, key=lambda report: (report.kind != "dismissed", report.start))
    return Verdict(State.DONE, _reported(last), heard)


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


def _unopened(rule: Rule, times: Times, now: datetime) -> Verdict | None:
    if times.opens is None:
        undone = ", ".join(dict.fromkeys(phrase.rule for phrase in rule.opens if phrase.done))
        return Verdict(State.WAITING, Reason("it waits until {rule} is done", {"rule": undone}) if undone else _UNKNOWN)
    if now < times.opens:
        return Verdict(State.WAITING, Reason("opens at {opens}", {"opens": times.opens}), next=times.opens)
    return None


def _unsure(duty: Duty, sight: Sight) -> Verdict | None:
    """Return that nobody knows, where absence decides and not all was seen."""
    rule = duty.rule
    patterns: list[Pattern] = [*rule.done_by, *rule.cancelled_by]
    if rule.while_ and not duty.matching(rule.while_):
        patterns += rule.while_
    if rule.per == "case" and rule.on is not None:
        patterns.append(rule.on)
    for pattern in patterns:
        if reason := sight.blind(pattern.kinds):
            return Verdict(State.BLIND, reason)
    # A window in which it falls may have ended early, unseen. What no source can show at all ends none.
    for name in (rule.during, rule.breaks.guard if rule.breaks else ""):
        guard = duty.view.rules.guards.get(name)
        for pattern in guard.ended_by if guard and sight.unseen else ():
            if reason := sight.unread(pattern.kinds):
                return Verdict(State.BLIND, reason)
    return None


def _expired(times: Times, now: datetime) -> Verdict | None:
    if times.closes is None or now < times.closes:
        return None
    return Verdict(State.EXPIRED, Reason("missed: the window closed at {closes}", {"closes": times.closes}))


def alone(times: Times, holds: tuple[Window, ...], now: datetime) -> tuple[Verdict, Times]:
    """Return how a duty, or one action of it that notes hold by itself, stands when it is open; and its instants."""
    released = times.released(holds, now)
    return _timely(released, holds, now), released


def soonest(judged: Iterable[tuple[Verdict, Times]], now: datetime) -> tuple[Verdict, Times]:
    """Return how a duty stands by its actions: as the first that is due, else as that whose hold ends first."""
    every = [*judged]
    open_ = [each for each in every if each[0].state is State.DUE]
    # What is held is due no earlier than at the end of the hold.
    verdict, times = min(open_ or every, key=lambda each: (each[1].due or now, each[0].next or now))
    return replace(verdict, next=_future(now, *(each.next for each, _ in every))), times


def _timely(times: Times, holds: Sequence[Window], now: datetime) -> Verdict:
    """Return what the hour says of a duty that is open: held, or due."""
    current = [window for window in holds if window.contains(now)]
    if current:
        hold = max(current, key=lambda window: (window.end, window.guard.id))
        values = {"guard": hold.guard.id, "until": hold.end}
        reason = (
            Reason("held by {guard} until {until}: {why}", {**values, "why": as_sentence(hold.guard.why)})
            if hold.guard.why
            else Reason("held by {guard} until {until}", values)
        )
        longer = (window.start for window in holds if window.end > hold.end)
        changes = _future(now, hold.end, times.closes, *longer)
        return Verdict(State.HELD, reason, hold.evidence, next=changes, guard=hold.guard.id)
    late = now >= times.late
    changes = _future(now, times.late, times.closes, *(window.start for window in holds))
    reason = Reason("late since {late}" if late else "due at {due}", {"due": times.due, "late": times.late})
    return Verdict(State.DUE, reason, next=changes, late=late)


def _future(now: datetime, *instants: datetime | None) -> datetime | None:
    return min([instant for instant in instants if instant is not None and instant > now], default=None)
