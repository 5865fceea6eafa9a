"""What a case shows: which events took place or will, which visits a rule starts from, and when it opens for each."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any, TypeVar

from followup_rules.computed import computed
from followup_rules.engine import clock, persons
from followup_rules.engine.answers import with_answers
from followup_rules.engine.assign_cases import vanished
from followup_rules.engine.completed import completed, named_in
from followup_rules.engine.fates import Traces, as_it_stands, fate
from followup_rules.engine.isolation import blaming
from followup_rules.engine.lookup import Found, Lookup, Reports
from followup_rules.engine.parts import ordered_of_parts
from followup_rules.engine.scope import Duty, Scope
from followup_rules.engine.threads import threads
from followup_rules.engine.visits import NO_VISITS, Visits
from followup_rules.language.patterns import DOUBTFUL, Pattern, moment
from followup_rules.language.schema import Guard, Rule, RuleSet
from followup_rules.language.text import fold
from followup_rules.model import Case, Event, Person, Reason, Visit
from followup_rules.people import once_each

__all__ = ["CaseView", "Duty", "Scope"]

T = TypeVar("T")


class CaseView:
    """One case seen with a set of rules; everything is computed once, when first asked for.

    `pins` holds the announced openings by key, in UTC; `span` which occurrences of a rule from the clock are looked at.
    """

    def __init__(
        self, case: Case, rules: RuleSet, pins: Mapping[str, datetime], span: clock.Span | None = None
    ) -> None:
        self.notes = completed(with_answers(case, rules.world.subjects), rules.world)
        self.case, self.rules, self.pins = self.notes.case, rules, pins
        self.days, self.span = rules.world.days, span
        self._known: dict[tuple[str, Hashable], Any] = {}
        self._scopes: dict[tuple[str, int], Scope] = {}
        self._visits: dict[str, Visits] = {}
        self._guarded: dict[str, Visits] = {}
        self._duties: dict[tuple[str, int], Duty] = {}
        self.whole = Scope(self)
        """What may be asked about without an anchor."""

    def close(self) -> None:
        """Let go of what was computed of the case and holds it in turn.

        Left to the collector of cycles, a tenth of the time that many cases take would go to that.
        """
        vars(self).clear()

    def once(self, what: str, key: Hashable, compute: Callable[[], T]) -> T:
        """Return what is computed of the case under a key; computed when it is first asked for."""
        name = what, key
        if name not in self._known:
            self._known[name] = compute()
        return self._known[name]  # type: ignore[no-any-return]

    @computed
    def events(self) -> tuple[Event, ...]:
        """All events of the case that took place or are planned, in the order of time."""
        known, fates = self.lookup.events, self.fates
        return tuple([event for event in known if event.identity not in fates] if fates else known)

    @computed
    def home(self) -> tuple[Event, ...]:
        """The events at home here; the status of a doubtful meeting says what is doubtful."""
        shown = self._traces
        return tuple([as_it_stands(event, shown) for event in self.case.home])

    @computed
    def _traces(self) -> Traces:
        return Traces(self.notes, self.rules.world)

    @computed
    def fates(self) -> dict[str, Reason]:
        """Why an event counts as not having taken place, by id; those that count are absent."""
        events, shown = (*self.home, *self.case.joined), self._traces
        return {event.identity: reason for event in events if (reason := fate(event, shown)) is not None}

    @computed
    def at_home(self) -> frozenset[str]:
        """The identities of the events at home here."""
        return frozenset({event.identity for event in self.home})

    @computed
    def _certain(self) -> tuple[Event, ...]:
        """Those of them that are there beyond doubt."""
        return tuple(event for event in self.home if not vanished(event) and event.status not in DOUBTFUL)

    @computed
    def lookup(self) -> Lookup:
        """All events of the case, whatever became of them, by the patterns that they pass."""
        return Lookup((*self.home, *self.case.joined), self.rules)

    @computed
    def _off(self) -> frozenset[int]:
        """The places among them of those that did not take place and are not planned."""
        return frozenset(self.lookup.places[name] for name in self.fates)

    @computed
    def _gone(self) -> frozenset[str]:
        """The identities of the events at home that have vanished or were missed."""
        return frozenset({event.identity for event in self.home if event.status in ("vanished", "missed")})

    @computed
    def reports(self) -> Reports:
        """Those of them that tell what became of actions, and what notes order of one of several."""
        told = [event for event in self.events if event.report]
        ordered = ordered_of_parts(self.notes.orders, named_in, self.rules.world.tags)
        return Reports(tuple(sorted((*told, *ordered), key=self.order)))

    @computed
    def threads(self) -> Mapping[str, str]:
        """The conversation of every id that a mail of the case has or names."""
        return threads(self.events, self.rules.world.subjects)

    @computed
    def names(self) -> frozenset[str]:
        """The folded words in the names and addresses of the case's people and in its key."""
        people = [person for event in self._certain for person in event.people]
        return frozenset(fold(" ".join([self.case.key, *(f"{p.name} {p.address}" for p in people)])).split())

    def day(self, event: Event) -> date:
        """Return the local day on which an event begins, or that of the zone in which something was made for it."""
        return self.case.days.get(event.id) or self.days.day(event.start)

    def _day_of_visit(self, event: Event) -> date:
        """Return the day of the visit that an event belongs to: one that is kept, if it begins on that day of now.

        Else a meeting that comes after a change of zone would be a visit beside that day's, with the same people.
        """
        begins = event.kind, self.days.day(event.start)
        return self.case.days.get(event.id) or self._kept_days.get(begins, self.day(event))

    @computed
    def _kept_days(self) -> Mapping[tuple[str, date], date]:
        """By kind and day of the zone of today, the days under which such events are kept."""
        kept = [(event, self.case.days.get(event.id)) for event in self.case.home] if self.case.days else []
        return {(event.kind, self.days.day(event.start)): day for event, day in reversed(kept) if day}

    def order(self, event: Event) -> tuple[datetime, str]:
        """Return what sorts events by the instant at which they count, and equal ones by id."""
        return self.moment(event), event.identity

    def moment(self, event: Event) -> datetime:
        """Return the instant at which an event counts where order matters."""
        return moment(event, self.days)

    def visits(self, it: Rule | Guard) -> tuple[Visit, ...]:
        """Return the visits that a rule or guard starts from, in the order of time, cancelled ones included."""
        return self.started(it).all

    def started(self, it: Rule | Guard) -> Visits:
        """Return the visits that a rule or guard starts from, and which of them took place or are planned."""
        found = self._visits if isinstance(it, Rule) else self._guarded
        if it.id not in found:
            found[it.id] = self._find_visits(it)
        return found[it.id]

    def _find_visits(self, it: Rule | Guard) -> Visits:
        on = it.on
        if on is None:
            return NO_VISITS
        if on.every:
            with blaming(it):
                return self._with_standing(clock.visits(it, on.every, self))
        # What is gone may be an anchor that no longer looks like one: see `anchors`.
        if not (self._gone or self.lookup.may_be(on)):
            return NO_VISITS
        if not on.is_fixed or it.where or (isinstance(it, Rule) and it.each):
            return self._own_visits(it, on)
        # Rules that start from the same events have the same visits.
        alike = on.alike, it.per == "event"
        return self.once("visits", alike, lambda: self._own_visits(it, on))

    def _own_visits(self, it: Rule | Guard, on: Pattern) -> Visits:
        with blaming(it):
            return self._with_standing(self._grouped(it, on))

    def _with_standing(self, visits: tuple[Visit, ...]) -> Visits:
        return Visits(visits, tuple([visit for visit in visits if self.stands(visit)]))

    def _grouped(self, it: Rule | Guard, on: Pattern) -> tuple[Visit, ...]:
        scope = self.whole
        groups: dict[tuple[str, object], list[Event]] = defaultdict(list)
        for event in sorted(self.anchors(on, scope), key=attrgetter("start", "identity")):
            for person in persons.concerned(it, event, scope):
                groups[person, event.identity if it.per == "event" else self._day_of_visit(event)].append(event)
        visits = [self._visit(it, group, person) for (person, _), group in groups.items()]
        if it.where is None:
            return tuple(visits)
        # `where` is asked of the whole visit: one event of the day that fits is enough.
        return tuple(visit for visit in visits if any(self._fits(it.where, event, visit) for event in visit.events))

    def _fits(self, where: Pattern, event: Event, visit: Visit) -> bool:
        alone = (visit.person,) if visit.person else ()
        return all(where(event, Scope(self, visit, alone=person)) for person in ("", *alone))

    def anchors(self, on: Pattern, scope: Scope) -> list[Event]:
        """Return the events from which a rule starts that names a pattern."""
        at_home = self.at_home
        passing = {event.identity: event for event in self.lookup.passing(on, scope) if event.identity in at_home}
        starting = passing if on.is_fixed else {name: e for name, e in passing.items() if on.rest(e, scope)}
        # What has vanished or was missed, and the rule does not name so, is an anchor that is gone: as it was, listed.
        gone = self._gone - starting.keys()
        for event in self.case.home if gone else ():
            if event.identity in gone and on(event, scope):
                starting[event.identity] = event
        return [starting[event.identity] for event in self.home if event.identity in starting] if starting else []

    def _visit(self, it: Rule | Guard, events: Sequence[Event], person: str) -> Visit:
        """Return the visit that some events make up; of one person alone, if one is given."""
        # A visit is off only if all of its events are; else those that are off are no part of it.
        counted = [event for event in events if self._stands(event)] or list(events)
        people = once_each(someone for event in counted for someone in self.people(event))
        return Visit(
            events=tuple(counted),
            start=min([event.start for event in counted]),
            end=max([event.end for event in counted]),
            day=self.day(counted[0]) if it.per == "event" else self._day_of_visit(counted[0]),
            people=persons.alone(people, person) if person else tuple(people),
            person=person,
        )

    def people(self, event: Event) -> tuple[Person, ...]:
        """Return an event's people; a note without any is about the latest meeting, else about the whole case."""
        if event.people or event.kind != "note":
            return event.people
        about = self.notes.subjects.get(event.identity, frozenset())
        named = [meeting for meeting in self._meetings if meeting.identity in about] if about else []
        if not named:
            started = bisect_right(self._meetings, self.moment(event), key=lambda meeting: meeting.start)
            named = [*self._meetings[max(started - 1, 0) : started]]
        return tuple(once_each(person for other in named for person in other.people)) if named else self._everybody

    @computed
    def _meetings(self) -> tuple[Event, ...]:
        """The meetings with people that took place or are planned, in the order of time."""
        meetings = [e for e in self._certain if e.kind == "meeting" and e.people and e.identity not in self.fates]
        return tuple(sorted(meetings, key=self.order))

    @computed
    def _everybody(self) -> tuple[Person, ...]:
        return tuple(once_each(person for other in self._certain for person in other.people))

    def stands(self, visit: Visit) -> bool:
        """Tell whether the visit took place, is planned, or may have taken place; else none of its events did."""
        return self._stands(visit.anchor)

    def _stands(self, event: Event) -> bool:
        """Tell whether an event counts; for a rule that asks about what vanished, unless it went before it began."""
        if event.status == "vanished":
            assert event.gone is not None, "what is listed has not vanished"
            return event.gone >= event.start
        return event.status == "missed" or event.identity not in self.fates

    def standing(self, it: Rule | Guard, person: str = "") -> tuple[Visit, ...]:
        """Return the visits that took place or are planned; those of one person, where each has their own."""
        return self.started(it).of(person).standing

    def latest(self, it: Rule | Guard, person: str) -> Visit | None:
        """Return the visit that counts where only the latest does."""
        standing = self.standing(it, person)
        return standing[-1] if standing else None

    def scope(self, visit: Visit, it: Rule | Guard) -> Scope:
        """Return what may be asked about a visit of a rule or guard: one for each, so that each thing is found once."""
        if isinstance(it, Rule):
            return self.duty(it, visit)
        name = it.id, id(visit)
        if name not in self._scopes:  # it holds the visit, so that no other one gets its place in the memory
            self._scopes[name] = Scope(self, visit, it)
        return self._scopes[name]

    def duty(self, rule: Rule, visit: Visit) -> Duty:
        """Return what a rule asks for a visit; likewise."""
        name = rule.id, id(visit)
        if name not in self._duties:
            self._duties[name] = Duty(self, visit, rule)
        return self._duties[name]

    def found(self, pattern: Pattern) -> Found:
        """Return the events of the case that pass the tests of a pattern that no anchor can change."""
        passing = self.lookup.passing(pattern, self.whole)
        return passing.without(self._off) if self.fates and passing.places else passing

    def matching(self, patterns: Sequence[Pattern], scope: Scope, since: datetime) -> list[Event]:
        """Return the other events of the case that match, from `since` on unless a pattern has its own `after`."""
        passing = [(pattern, found) for pattern in patterns if (found := self.found(pattern)).places]
        if not passing:
            return []
        events, places = self.lookup.events, self.lookup.places
        matching: list[int] = []
        not_asked = {places.get(event.identity) for event in scope.visit.events}

        def asked(found: Found) -> Iterator[int]:
            """Yield the places of all but the anchor's own, and notes about another anchor of the same rule."""
            for place in found.places:
                if place not in not_asked and self.is_about(events[place], scope) is not False:
                    yield place

        for pattern, all_found in passing:
            found = all_found if pattern.dated else all_found.since(since)
            for bound in pattern.window:
                # A phrase that comes to rest nowhere is a fault only where there is an event to ask it for.
                if any(True for _ in asked(found)):
                    found = found.within(bound, scope)
            fitting = [*asked(found)]
            for test in pattern.further:
                fitting = [place for place in fitting if test(events[place], scope)]
            matching += fitting
            not_asked.update(fitting)  # once, however many of the patterns it fits
        return [events[place] for place in sorted(matching)]

    def is_about(self, event: Event, scope: Scope) -> bool | None:
        """Tell whether an event is a note whose `re:DAY` names this anchor; None if it names none of the same rule."""
        about = self.notes.subjects.get(event.identity)
        if not about or scope.rule is None:
            return None
        named = not about.isdisjoint(self.started(scope.rule).identities)
        return not about.isdisjoint(each.identity for each in scope.visit.events) if named else None

    def matches(self, event: Event, patterns: Iterable[Pattern], scope: Scope, since: datetime) -> bool:
        """Tell whether an event matches any of the patterns, from `since` on unless one has its own `after`."""
        late_enough = self.moment(event) >= since
        return any((pattern.dated or late_enough) and pattern(event, scope) for pattern in patterns)
