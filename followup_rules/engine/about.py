"""Which anchors of a rule an event is about: of those still open, the ones that share the most words with it. Pure."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from followup_rules.engine.anchors import CaseView, Scope
from followup_rules.engine.breaches import concerned
from followup_rules.engine.parts import all_reported
from followup_rules.language.schema import Guard, Rule
from followup_rules.model import Event, Visit


def about(event: Event, scope: Scope) -> bool:
    """Tell whether an event is about the anchor of a scope: no open anchor of its rule shares more words with it.

    An anchor that had ended by then, or that begins later, is held against those that were open: a mail about a
    promise that was kept is still about it.
    """
    view, it = scope.view, scope.rule
    shared = _shared(event, scope.visit, view)
    if it is None or not shared:
        return shared > 0
    return shared >= view.once(f"subjects of a {type(it).__name__}", it.id, lambda: _Subjects(it, view)).most(event)


class _Subjects:
    """How many words each event of a case shares with the anchors of one rule or guard that are open at its time.

    One pass in the order of time, only as far as it is asked for: what an event is about depends on which anchors the
    earlier ones have ended, and that on what these were about.
    """

    def __init__(self, it: Rule | Guard, view: CaseView) -> None:
        self._it, self._view = it, view
        self._open: list[Visit] | None = None
        self._most: dict[str, int] = {}
        self._left = [(moment, tuple(events)) for moment, events in groupby(view.events, view.moment)][::-1]

    def most(self, event: Event) -> int:
        """Return the most words that an event shares with an anchor which began before it, and which none had ended."""
        moment = self._view.moment(event)
        while self._left and self._left[-1][0] < moment:
            at, events = self._left.pop()
            self._most |= {each.identity: self._find(each, at) for each in events}
            self._open = [visit for visit in self._standing() if not any(self._ends(each, visit) for each in events)]
        # What was passed is not found anew: since then anchors have ended.
        return self._most[event.identity] if event.identity in self._most else self._find(event, moment)

    def _standing(self) -> list[Visit]:
        if self._open is None:
            # Whether an anchor concerns a rule may depend on what is about it: meanwhile all that took place count.
            self._open = [*self._view.standing(self._it)]
            if isinstance(self._it, Rule):
                self._open = [visit for visit in self._open if concerned(self._it, visit, self._view)]
        return self._open

    def _find(self, event: Event, moment: datetime) -> int:
        begun = (visit for visit in self._standing() if visit.start <= moment and not _has(visit, event))
        return max((_shared(event, visit, self._view) for visit in begun), default=0)

    def _ends(self, event: Event, visit: Visit) -> bool:
        it, view = self._it, self._view
        if isinstance(it, Rule) and event.report:
            now = view.moment(event)
            return all_reported(view.duty(it, visit).parts, view.reports, lambda report: view.moment(report) <= now)
        scope = view.scope(visit, it)
        if _has(visit, event) or view.is_about(event, scope) is False:
            return False
        patterns = (*it.done_by, *it.cancelled_by) if isinstance(it, Rule) else it.ended_by
        return view.matches(event, patterns, scope, visit.start)


def _shared(event: Event, visit: Visit, view: CaseView) -> int:
    scope = view.whole
    said = scope.words(event)
    return len(said & frozenset[str]().union(*map(scope.words, visit.events))) if said else 0


def _has(visit: Visit, event: Event) -> bool:
    return any(each.identity == event.identity for each in visit.events)
