"""What a case shows: which events took place or will, which visits a rule starts from, and when it opens for each."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, TypeVar

from msgspec import Struct

from followup_rules.engine import clock, persons, same_anchor
from followup_rules.engine.answers import with_answers
from followup_rules.engine.assign_cases import vanished
from followup_rules.engine.completed import completed, named_in
from followup_rules.engine.fates import Traces, as_it_stands, fate, traces
from followup_rules.engine.isolation import blaming
from followup_rules.engine.lookup import Found, Lookup, Reports
from followup_rules.engine.parts import ordered_of_parts
from followup_rules.engine.threads import named_ids, threads
from followup_rules.engine.visits import Visits
from followup_rules.language.about import words
from followup_rules.language.matching import passes
from followup_rules.language.patterns import DOUBTFUL, Pattern, moment, personal
from followup_rules.language.phrases import Phrase, UnsettledError, shift
from followup_rules.language.schema import Guard, Rule, RuleSet
from followup_rules.language.text import fold
from followup_rules.model import MAIL, Case, Event, Person, Reason, Visit
from followup_rules.people import normal, once_each

T = TypeVar("T")
_NOT_YET = object()


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
        self._keys: dict[tuple[str, int], tuple[Visit, str]] = {}

    def once(self, what: str, key: Hashable, compute: Callable[[], T]) -> T:
        """Return what is computed of the case under a key; computed when it is first asked for."""
        known = self._known.get((what, key), _NOT_YET)
        if known is _NOT_YET:
            known = self._known[what, key] = compute()
        return known  # type: ignore[no-any-return]

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """All events of the case that took place or are planned, in the order of time."""
        shown = [event for event in (*self.home, *self.case.joined) if event.identity not in self.fates]
        return tuple(sorted(shown, key=self.order))

    @cached_property
    def home(self) -> tuple[Event, ...]:
        """The events at home here; the status of a doubtful meeting says what is doubtful."""
        return tuple(as_it_stands(event, self._traces, self.rules.world) for event in self.case.home)

    @cached_property
    def _traces(self) -> Traces:
        return traces(self.notes, self.rules.world)

    @cached_property
    def fates(self) -> dict[str, Reason]:
        """Why an event counts as not having taken place, by id; those that count are absent."""
        events = (*self.home, *self.case.joined)
        found = ((event.identity, fate(event, self._traces)) for event in events)
        return {name: reason for name, reason in found if reason is not None}

    @cached_property
    def _at_home(self) -> tuple[Event, ...]:
        return tuple(event for event in self.home if not vanished(event) and event.status not in DOUBTFUL)

    @cached_property
    def lookup(self) -> Lookup:
        """The events of the case that took place or are planned, by what they bear."""
        return Lookup(self.events, self.rules.world.tags, self.moment)

    @cached_property
    def reports(self) -> Reports:
        """Those of them that tell what became of actions, and what notes order of one of several."""
        told = [event for event in self.events if event.report]
        ordered = ordered_of_parts(self.notes.orders, named_in, self.rules.world.tags)
        return Reports(tuple(sorted((*told, *ordered), key=self.order)))

    @cached_property
    def threads(self) -> Mapping[str, str]:
        """The conversation of every id that a mail of the case has or names."""
        return threads(self.events, self.rules.world.subjects)

    @cached_property
    def names(self) -> frozenset[str]:
        """The folded words in the names and addresses of the case's people and in its key."""
        people = [person for event in self._at_home for person in event.people]
        return frozenset(fold(" ".join([self.case.key, *(f"{p.name} {p.address}" for p in people)])).split())

    def day(self, event: Event) -> date:
        """Return the local day on which an event begins, or that of the zone in which something was made for it."""
        return self.case.days.get(event.id) or self.days.day(event.start)

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
        return self.once(type(it).__name__, it.id, lambda: self._find_visits(it))

    def _find_visits(self, it: Rule | Guard) -> Visits:
        with blaming(it):
            if it.recurring:
                return self._of(clock.visits(it, it.recurring, self))
            if it.on is None:
                return Visits((), ())
            if it.on.further or it.where or (isinstance(it, Rule) and it.each):
                return self._of(self._grouped(it, it.on))
            # Rules that start from the same events have the same visits.
            on, alike = it.on, (it.on.fixed, it.on.signs, it.per == "event")
            return self.once("visits", alike, lambda: self._of(self._grouped(it, on)))

    def _of(self, visits: tuple[Visit, ...]) -> Visits:
        return Visits(visits, tuple(visit for visit in visits if self.stands(visit)))

    def _grouped(self, it: Rule | Guard, on: Pattern) -> tuple[Visit, ...]:
        scope = Scope(self)
        groups: dict[tuple[str, object], list[Event]] = defaultdict(list)
        for event in sorted(self.anchors(on, scope), key=lambda event: (event.start, event.identity)):
            for person in persons.concerned(it, event, scope):
                groups[person, event.identity if it.per == "event" else self.day(event)].append(event)
        visits = [self._visit(group, person) for (person, _), group in groups.items()]
        if it.where is None:
            return tuple(visits)
        # `where` is asked of the whole visit: one event of the day that fits is enough.
        return tuple(visit for visit in visits if any(self._fits(it.where, event, visit) for event in visit.events))

    def _fits(self, where: Pattern, event: Event, visit: Visit) -> bool:
        alone = (visit.person,) if visit.person else ()
        return all(where(event, Scope(self, visit, alone=person)) for person in ("", *alone))

    def anchors(self, on: Pattern, scope: Scope) -> list[Event]:
        """Return the events from which a rule starts that names a pattern."""
        at_home = self.once("home", "", lambda: Lookup(self.home, self.rules.world.tags, self.moment))
        return [event for shown in at_home.bearing(on.signs) if (event := self._anchor(on, shown, scope))]

    def _anchor(self, on: Pattern, shown: Event, scope: Scope) -> Event | None:
        """Return the event that a rule starts from, if it does.

        What has vanished or was missed, and the rule does not name so, is an anchor that is gone: as it was, listed.
        """
        if on(shown, scope):
            return shown
        if shown.status not in ("vanished", "missed"):
            return None
        listed = self.once("listed", "", lambda: {event.identity: event for event in self.case.home})[shown.identity]
        return listed if on(listed, scope) else None

    def _visit(self, events: Sequence[Event], person: str = "") -> Visit:
        """Return the visit that some events make up; of one person alone, if one is given."""
        counted = [event for event in events if self._stands(event)] or list(events)
        people = once_each(someone for event in counted for someone in self.people(event))
        return Visit(
            events=tuple(counted),
            start=min(event.start for event in counted),
            end=max(event.end for event in counted),
            day=self.day(counted[0]),
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

    @cached_property
    def _meetings(self) -> tuple[Event, ...]:
        """The meetings with people that took place or are planned, in the order of time."""
        meetings = [e for e in self._at_home if e.kind == "meeting" and e.people and e.identity not in self.fates]
        return tuple(sorted(meetings, key=self.order))

    @cached_property
    def _everybody(self) -> tuple[Person, ...]:
        return tuple(once_each(person for other in self._at_home for person in other.people))

    def stands(self, visit: Visit) -> bool:
        """Tell whether the visit took place, is planned, or may have taken place; else none of its events did."""
        return self._stands(visit.anchor)

    def _stands(self, event: Event) -> bool:
        """Tell whether an event counts; for a rule that asks about what vanished, unless it went before it began."""
        if event.status == "vanished":
            return event.gone is not None and event.gone >= event.start
        return event.status == "missed" or event.identity not in self.fates

    def standing(self, it: Rule | Guard, person: str = "") -> tuple[Visit, ...]:
        """Return the visits that took place or are planned; those of one person, where each has their own."""
        return self.started(it).of(person).standing

    def latest(self, it: Rule | Guard, person: str = "") -> Visit | None:
        """Return the visit that counts where only the latest does."""
        standing = self.standing(it, person)
        return standing[-1] if standing else None

    def key(self, it: Rule, visit: Visit) -> str:
        """Return the key of what the rule makes for the visit; it holds no white space."""
        if it.recurring:
            return visit.anchor.id
        _, key = self._keys.get((it.id, id(visit)), (None, ""))
        if not key:
            key = self._key(it, visit)
            # With the visit, so that no other one gets its place in the memory.
            self._keys[it.id, id(visit)] = visit, key
        return key

    def _key(self, it: Rule, visit: Visit) -> str:
        anchor = "".join(visit.anchor.id.split()) if it.per == "event" else self.case.key
        alone = f"~{visit.person}" if visit.person else ""
        return f"{it.id}/{anchor}{alone}@{visit.day.isoformat()}"

    def opening(self, rule: Rule, visit: Visit) -> datetime | None:
        """Return when a rule opens for a visit: where it was moved to, else as announced, else as the rule says."""
        return self.once("opening", self.key(rule, visit), lambda: self._find_opening(rule, visit))

    def _find_opening(self, rule: Rule, visit: Visit) -> datetime | None:
        scope = Scope(self, visit, rule)
        with blaming(rule, but_for_one_duty=True):
            opens = scope.when(rule.moved_by) or self.pins.get(self.key(rule, visit)) or scope.when(rule.opens)
            later = scope.when(rule.not_before) if opens else None
            return max(opens, later) if opens and later else opens

    def closing(self, rule: Rule, visit: Visit) -> datetime | None:
        """Return when a rule closes for a visit: as it says; for what recurs, else at the next occurrence."""
        closes = Scope(self, visit, rule).when(rule.closes)
        return clock.closing(rule, visit, self.opening(rule, visit), self) if rule.recurring and not closes else closes

    def due(self, rule: Rule, visit: Visit, opens: datetime) -> datetime:
        """Return when a rule that opens at an instant is due: as it says, else then."""
        return Scope(self, visit, rule).when(rule.due) or opens

    def found(self, pattern: Pattern) -> Found:
        """Return the events of the case that pass the fixed tests of a pattern."""
        return self.lookup.passing(pattern, Scope(self))

    def matching(self, patterns: Sequence[Pattern], scope: Scope, since: datetime) -> list[Event]:
        """Return the other events of the case that match, from `since` on unless a pattern has its own `after`."""
        matching: dict[str, Event] = {}
        for pattern in patterns:
            passing = self.found(pattern)
            for event in passing.events if pattern.dated else passing.since(since):
                new = event.identity not in matching and self._may_count(event, scope)
                if new and passes(pattern.further, event, scope):
                    matching[event.identity] = event
        return sorted(matching.values(), key=self.order) if len(patterns) > 1 else [*matching.values()]

    def _may_count(self, event: Event, scope: Scope) -> bool:
        """Tell whether an event is none of the anchor's own, and no note that is about another one of the same rule."""
        own = any(event.id == each.id and event.kind == each.kind for each in scope.visit.events)
        return not own and self.is_about(event, scope) is not False

    def is_about(self, event: Event, scope: Scope) -> bool | None:
        """Tell whether an event is a note whose `re:DAY` names this anchor; None if it names none of the same rule."""
        about = self.notes.subjects.get(event.identity) if self.notes.subjects else None
        if not about or scope.rule is None or scope.rule.on is None:
            return None
        named = not about.isdisjoint(self.started(scope.rule).identities)
        return not about.isdisjoint(each.identity for each in scope.visit.events) if named else None

    def matches(self, event: Event, patterns: Iterable[Pattern], scope: Scope, since: datetime) -> bool:
        """Tell whether an event matches any of the patterns, from `since` on unless one has its own `after`."""
        late_enough = self.moment(event) >= since
        return any((pattern.dated or late_enough) and pattern(event, scope) for pattern in patterns)


class Scope(Struct, frozen=True, dict=True):
    """What a pattern or a phrase may ask about: a case, and within it an anchor of a rule."""

    view: CaseView
    anchor: Visit | None = None
    rule: Rule | Guard | None = None
    alone: str = ""
    """The one person of whom `to`, `from` and `with` are asked; "" for all."""

    @property
    def visit(self) -> Visit:
        """The anchor."""
        assert self.anchor is not None, "a pattern that speaks of an anchor cannot be used to find one"
        return self.anchor

    @property
    def events(self) -> tuple[Event, ...]:
        """All events of the case that count."""
        return self.view.events

    def once(self, what: str, key: Hashable, compute: Callable[[], T]) -> T:
        """Return what is computed of the case under a key; computed when it is first asked for."""
        return self.view.once(what, key, compute)

    def found(self, pattern: Pattern) -> tuple[Event, ...]:
        """Return the events of the case that pass the fixed tests of a pattern, in the order of time."""
        return self.view.found(pattern).events

    @cached_property
    def them(self) -> frozenset[str]:
        """The normalised addresses of the anchor's people."""
        return frozenset(normal(person.address) for person in self.visit.people)

    @property
    def names(self) -> frozenset[str]:
        """The folded words in names and addresses of the case."""
        return self.view.names

    @property
    def first_run(self) -> datetime | None:
        """The instant of the first tick, if that is known."""
        return self.view.span.since if self.view.span else None

    def thread(self, event: Event) -> str:
        """Return the conversation that a mail, or what was done with one, belongs to; "" if none."""
        known = (event.identity, *named_ids(event))
        names_one = event.kind in MAIL or bool(event.thread)
        return next((self.view.threads[name] for name in known if names_one and name in self.view.threads), "")

    def words(self, event: Event) -> frozenset[str]:
        """Return the words that tell what an event is about."""
        return self.view.once("words", event.identity, lambda: words(event, self, self.view.rules.world))

    def is_about_it(self, event: Event) -> bool:
        """Tell whether an event is about the anchor, and about no other one of the same rule more."""
        from followup_rules.engine.about import about  # noqa: PLC0415 -- it judges duties, which ask what is about them

        return about(event, self)

    def when(self, phrases: Sequence[Phrase]) -> datetime | None:
        """Return the instant, in UTC, of the first phrase that resolves.

        Raises UnsettledError if that comes to rest nowhere, or if none resolves because an opening does not.
        """
        unsettled = None
        for phrase in phrases:
            try:
                base = self._base(phrase)
            except UnsettledError as error:
                base, unsettled = None, error
            if base is not None:
                return shift(phrase, base, self.view.days)
        if unsettled:
            raise unsettled
        return None

    def _base(self, phrase: Phrase) -> datetime | None:
        if phrase.field:
            return self._field(phrase)
        match phrase.base:
            case "start":
                return self.visit.start
            case "end":
                return self.visit.end
            case "day":
                return self.view.days.midnight(self.visit.day)
            case "opens" | "due":
                return self._own(phrase.base)
        return self._done(phrase.base) if phrase.done else self._rule_opening(phrase.base)

    def _own(self, base: str) -> datetime | None:
        assert isinstance(self.rule, Rule), "only a rule's own phrases may count from its opening"
        opens = self.view.opening(self.rule, self.visit)
        return self.view.due(self.rule, self.visit, opens) if opens and base == "due" else opens

    def _rule_opening(self, name: str) -> datetime | None:
        rule = self.view.rules.rules.get(name)
        if rule is None or rule.fault:
            return None
        other = same_anchor.counterpart(rule, self.visit, self.view)
        return self.view.opening(rule, other) if other else None

    def _done(self, name: str) -> datetime | None:
        from followup_rules.engine.done import done_at  # noqa: PLC0415 -- it judges a duty, which asks for instants

        rule = self.view.rules.rules.get(name)
        return None if rule is None or rule.fault else done_at(rule, self.visit, self.rule, self.view)

    def done_for_anchor(self, event: Event) -> bool:
        """Tell whether something was done for the anchor; if there is none, for any."""
        return self.anchor is None or same_anchor.concerns(event, self.anchor, self.view)

    def _field(self, phrase: Phrase) -> datetime | None:
        if phrase.base == "it":
            return _instant(self.visit.anchor, phrase.field)
        named = self.view.rules.world.definitions[phrase.base]
        assert named is not None, "what counts from a faulty definition is faulty itself"
        # From the next anchor's day on, what is said belongs to that one.
        visits = self.view.started(self.rule).of(self.visit.person) if self.rule else Visits((), ())
        later = visits.day_after(self.visit.day)
        start = self.view.days.midnight(self.visit.day)
        end = self.view.days.midnight(later) if later else datetime.max.replace(tzinfo=UTC)
        pattern = personal(named)
        passing = self.view.found(pattern).events
        found = [e for e in passing if passes(pattern.further, e, self) and self._is_said_here(e, start, end)]
        # A note without a time ends with its day.
        late = phrase.field == "end"
        instants = [self.view.moment(e) if late and e.whole_day else _instant(e, phrase.field) for e in found]
        known = [at for at in instants if at is not None]
        return known[-1] if known else None

    def _is_said_here(self, event: Event, start: datetime, end: datetime) -> bool:
        """Tell whether an event speaks of this anchor: by its `re:DAY`, else as it comes between it and the next."""
        about = self.view.is_about(event, self)
        return start <= self.view.moment(event) < end if about is None else about


def _instant(event: Event, field: str) -> datetime | None:
    # Feeds drop what is over, so only of a meeting that vanished does it tell anything that it is gone.
    known = ("start", "end", "gone") if event.status == "vanished" else ("start", "end")
    value = getattr(event, field) if field in known else event.data.get(field)
    return value if isinstance(value, datetime) else None
