"""What a pattern or a phrase may ask about: a case and, within it, an anchor of a rule. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from followup_rules.computed import computed
from followup_rules.engine import clock, same_anchor
from followup_rules.engine.isolation import blaming
from followup_rules.engine.parts import Part, parts
from followup_rules.engine.threads import named_ids
from followup_rules.engine.visits import NO_VISITS
from followup_rules.language.about import words
from followup_rules.language.patterns import Pattern
from followup_rules.language.phrases import Phrase, UnsettledError, shift
from followup_rules.language.schema import Guard, Rule
from followup_rules.model import Event, Visit
from followup_rules.people import normal

if TYPE_CHECKING:
    from followup_rules.engine.anchors import CaseView

T = TypeVar("T")


class Scope(Struct, frozen=True, dict=True):
    """What a pattern or a phrase may ask about: a case, and within it an anchor of a rule or guard."""

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

    def found(self, pattern: Pattern) -> Sequence[Event]:
        """Return the events of the case that pass the tests of a pattern that no anchor can change, by time."""
        return [*self.view.found(pattern)]

    @computed
    def them(self) -> frozenset[str]:
        """The normalised addresses of the anchor's people."""
        return frozenset([normal(person.address) for person in self.visit.people])

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
        threads = self.view.threads
        return next((threads[name] for name in (event.identity, *named_ids(event)) if name in threads), "")

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
        if not phrases:
            return None
        known = self._instants
        if phrases not in known:
            known[phrases] = self._resolved(phrases)
        return known[phrases]

    @computed
    def _instants(self) -> dict[Sequence[Phrase], datetime | None]:
        """What phrases resolved to: a pattern asks for each event."""
        return {}

    def _resolved(self, phrases: Sequence[Phrase]) -> datetime | None:
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
                return self._of_duty(phrase.base)
        return self._done(phrase.base) if phrase.done else self._rule_opening(phrase.base)

    def _of_duty(self, base: str) -> datetime | None:
        # Only a rule's own phrases count from its duty: the others are refused when rules are loaded.
        raise NotImplementedError(base)

    def _rule_opening(self, name: str) -> datetime | None:
        rule = self.view.rules.rules.get(name)
        if rule is None or rule.fault:
            return None
        other = same_anchor.counterpart(rule, self.visit, self.view)
        return self.view.duty(rule, other).opens if other else None

    def _done(self, name: str) -> datetime | None:
        from followup_rules.engine.rule_done import done_at  # noqa: PLC0415 -- it judges a duty, which asks for instants

        rule = self.view.rules.rules.get(name)
        return None if rule is None or rule.fault else done_at(rule, self.visit, self.rule, self.view)

    def done_for_anchor(self, event: Event) -> bool:
        """Tell whether something was done for the anchor; if there is none, for any."""
        return self.anchor is None or same_anchor.concerns(event, self.anchor, self.view)

    def _field(self, phrase: Phrase) -> datetime | None:
        if phrase.base == "it":
            return _instant(self.visit.anchor, phrase.field)
        pattern = self.view.rules.personal[phrase.base]
        fitting = [event for event in self.view.found(pattern) if pattern.rest(event, self)]
        if not fitting:
            return None
        # From the next anchor's day on, what is said belongs to that one.
        visits = self.view.started(self.rule).of(self.visit.person) if self.rule else NO_VISITS
        later = visits.day_after(self.visit.day)
        start = self.view.days.midnight(self.visit.day)
        end = self.view.days.midnight(later) if later else datetime.max.replace(tzinfo=UTC)
        found = [event for event in fitting if self._is_said_here(event, start, end)]
        # A note without a time ends with its day.
        late = phrase.field == "end"
        instants = [self.view.moment(e) if late and e.whole_day else _instant(e, phrase.field) for e in found]
        known = [at for at in instants if at is not None]
        return known[-1] if known else None

    def _is_said_here(self, event: Event, start: datetime, end: datetime) -> bool:
        """Tell whether an event speaks of this anchor: by its `re:DAY`, else as it comes between it and the next."""
        about = self.view.is_about(event, self)
        return start <= self.view.moment(event) < end if about is None else about


class Duty(Scope, frozen=True, dict=True):
    """What a rule asks for an anchor: its key, its instants in UTC and its actions, each found once."""

    anchor: Visit
    rule: Rule

    @computed
    def key(self) -> str:
        """The key of what is made for it; it holds no white space."""
        rule, visit = self.rule, self.anchor
        if rule.recurring:
            return visit.anchor.id
        name = "".join(visit.anchor.id.split()) if rule.per == "event" else self.view.case.key
        alone = f"~{visit.person}" if visit.person else ""
        return f"{rule.id}/{name}{alone}@{visit.day.isoformat()}"

    @computed
    def opens(self) -> datetime | None:
        """When it opens: where it was moved to, else as announced, else as the rule says."""
        rule = self.rule
        with blaming(rule, but_for_one_duty=True):
            opens = self._resolved(rule.moved_by) or self.view.pins.get(self.key) or self._resolved(rule.opens)
            if opens is None:
                return None
            later = self._resolved(rule.not_before)
            return max(opens, later) if later else opens

    @computed
    def due(self) -> datetime | None:
        """When it is due: as the rule says, else when it opens; None until it is known when that is."""
        return (self._resolved(self.rule.due) or self.opens) if self.opens else None

    @computed
    def closes(self) -> datetime | None:
        """When it closes: as the rule says; for what recurs, else at the next occurrence."""
        rule = self.rule
        closes = self._resolved(rule.closes)
        return clock.closing(rule, self.anchor, self.opens, self.view) if rule.recurring and not closes else closes

    @computed
    def parts(self) -> tuple[Part, ...]:
        """Its actions, in the order of the rule."""
        return parts(self.rule, self.key)

    def matching(self, patterns: Sequence[Pattern]) -> list[Event]:
        """Return the other events of the case that match, from its start on unless a pattern has its own `after`."""
        return self.view.matching(patterns, self, self.anchor.start) if patterns else []

    def _of_duty(self, base: str) -> datetime | None:
        return self.opens if base == "opens" else self.due


def _instant(event: Event, field: str) -> datetime | None:
    # Feeds drop what is over, so only of a meeting that vanished does it tell anything that it is gone.
    known = ("start", "end", *(("gone",) if event.status == "vanished" else ()))
    value = getattr(event, field) if field in known else event.data.get(field)
    return value if isinstance(value, datetime) else None
