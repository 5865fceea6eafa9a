"""Rules from the clock: each occurrence from the first run on is an anchor, in the case named by the rule's id. Pure.

At an instant some of them are looked at: those that are open or not long over, and those to come, up to the first that
has neither begun nor opened. So nothing is remembered of what the clock gives again, and no history is gone through.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.language.every import Every
from followup_rules.language.phrases import UnsettledError
from followup_rules.language.schema import Guard, Rule
from followup_rules.model import Decision, Event, Visit

if TYPE_CHECKING:
    from followup_rules.engine.anchors import CaseView, Duty

EVERY = "every"
"""The kind of these events, and what stands for them in keys: `RULE/every@DAY`."""
# Between two microseconds there is no instant.
_NEXT = datetime.resolution
# What is missed must be seen by some run to be told of, however short the look back is.
_KEPT = timedelta(days=7)


class Span(Struct, frozen=True):
    """Which occurrences are looked at: from the first run that knew the rule (UTC), around now, and how far back."""

    since: datetime
    now: datetime
    lookback: timedelta


def visits(it: Rule | Guard, every: Every, view: CaseView) -> tuple[Visit, ...]:
    """Return the occurrences of a rule that are looked at, in the order of time; none of a guard."""
    span = view.span
    if isinstance(it, Guard) or it.id != view.case.key or span is None:
        return ()
    after_now = span.now + _NEXT
    before = takewhile(lambda at: at >= span.since, every.instants(after_now, view.days, back=True))
    past = takewhile(lambda visit: _gone(it, visit, view, span) > span.now, (occurrence(it, at, view) for at in before))
    return (*reversed([*past]), *_coming(it, every.instants(after_now, view.days), view, span))


def _coming(rule: Rule, instants: Iterator[datetime], view: CaseView, span: Span) -> Iterator[Visit]:
    for at in instants:
        visit = occurrence(rule, at, view)
        yield visit
        opens = _instant(view.duty(rule, visit), "opens") if not rule.fault else None
        if opens is None or opens > span.now:
            return


def occurrence(it: Rule | Guard, at: datetime, view: CaseView) -> Visit:
    """Return an occurrence of a rule or guard as a visit."""
    assert it.recurring is not None, "nothing else has occurrences"
    day = view.days.day(at)
    start = at.astimezone(UTC)
    event = Event(id=f"{it.id}/{EVERY}@{day}", kind=EVERY, start=start, end=start, title=it.recurring.text)
    return Visit(events=(event,), start=start, end=start, day=day, people=())


def closing(rule: Rule, visit: Visit, opens: datetime | None, view: CaseView) -> datetime:
    """Return when an occurrence closes that does not say so: at the next one that begins after it has opened."""
    assert rule.recurring is not None, "only what recurs has a next occurrence"
    begun = max(visit.start, opens or visit.start)
    # Whatever recurs does so within the time that `instants` looks ahead.
    return next(rule.recurring.instants(begun + _NEXT, view.days)).astimezone(UTC)


def _gone(rule: Rule, visit: Visit, view: CaseView, span: Span) -> datetime:
    """Return from when on an occurrence is no longer looked at."""
    closes = _instant(view.duty(rule, visit), "closes") if not rule.fault else None
    return (closes or closing(rule, visit, None, view)) + max(span.lookback, _KEPT)


def _instant(duty: Duty, what: Literal["opens", "closes"]) -> datetime | None:
    """Return an instant; none if it comes to rest nowhere: then this one duty is broken, and the others go on."""
    try:
        instant: datetime | None = getattr(duty, what)
    except UnsettledError:
        return None
    return instant


def bounded(decision: Decision, rule: Rule, view: CaseView) -> Decision:
    """Return a decision on an occurrence that could change no later than when others come or it goes itself."""
    span = view.span
    assert span is not None, "without one there are no occurrences"
    # One is looked at from the opening of the one before it on, or from when that begins, even if that one is over.
    ahead = [at for at in (decision.visit.start, decision.opens) if at and at > span.now]
    edge = min(ahead) if decision.visit.start > span.now else _gone(rule, decision.visit, view, span)
    return replace(decision, next=view.days.local(min(edge, decision.next or edge)))
