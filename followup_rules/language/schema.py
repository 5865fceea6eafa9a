"""The tables of a rule file as typed records: rules, guards and what they make. How each key is read: `rule_keys`."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import TypeAlias

from msgspec import Struct

from followup_rules.computed import computed
from followup_rules.language import patterns
from followup_rules.language.every import Every
from followup_rules.language.patterns import Pattern, World
from followup_rules.language.phrases import Phrase, parse
from followup_rules.language.sieve import Sieve
from followup_rules.model import DRAFT
from followup_rules.people import normal

Phrases: TypeAlias = tuple[Phrase, ...]


class Do(Struct, frozen=True, kw_only=True):
    """What a rule makes: a draft, a task, a notice, or a type that a plugin's output takes."""

    type: str
    """`draft`: mail that you send yourself; `task`; `notice`: it only tells; or what a plugin's output takes."""
    template: str = ""
    """The name of a text in `templates/`, beside your config or in the pack; or write `title` and `text` in place."""
    title: str = ""
    """The first line, with Jinja: `{{ it.title }}`. Beside a template, it replaces the template's."""
    text: str = ""
    """All that follows, likewise."""
    to: tuple[str, ...] = ()
    """`"them"` (the anchor's people; by default of a draft), addresses, or `"it.FIELD"` (what a field of it gives)."""
    reply_to: str = ""
    """`"it"`: in the thread of the anchor."""
    output: str = ""
    """Only that one, instead of all that take the type."""
    language: str = ""
    """Of its text: `en` or `fr`. Without it: the rule's, else the case's, else yours."""
    contact: bool = False
    """It reaches the counterpart, so guards hold it; by default a draft does."""
    id: str = ""
    """By which it is known in a list of actions, wherever it stands there."""


class Breaks(Struct, frozen=True):
    """The condition of a mail of mine that breaks a guard, from the instant of a phrase on the guard's anchor."""

    guard: str
    """In whose window it falls."""
    after: Phrases = ()
    """From when on in the window: a phrase on the guard's anchor."""


class Rule(Struct, frozen=True, kw_only=True):
    """A compiled rule. `fault` says why it cannot decide; then it never fires."""

    id: str
    why: str = ""
    """One sentence for people."""
    on: Pattern | None = None
    """The *anchor*: a definition, a `"#tag"`, or a pattern; or `{ every = "friday at 15:00" }`, from the clock. It
    cannot speak of `them` or `it`, for it is what finds them.
    """
    where: Pattern | None = None
    """A further pattern that the anchor must match; it may speak of `it` and `them`."""
    each: str = ""
    """`"person"`: a duty for each person of the anchor, instead of one for all of them."""
    per: str = "event"
    """`event`: each anchor on its own; `day`: all anchors of a case on one local day are one visit; `case`: only the
    latest visit counts, and replaces the earlier ones.
    """
    opens: Phrases = (parse("end"),)
    """When it becomes due."""
    moved_by: Phrases = ()
    """A phrase that, once it resolves, decides the opening instead; never moved to a workday."""
    not_before: Phrases = ()
    """A phrase: if it resolves to a later instant than the opening, it opens then, even if it was announced or moved.
    Of an earlier day you are told.
    """
    due: Phrases = (parse("opens"),)
    """The date that an action shows."""
    late: Phrases = ()
    """From when on it is called late; before the opening, it counts as a day after it. Without it: a day after `due`
    and after the opening, whichever is later.
    """
    closes: Phrases = ()
    """From when on it is missed. Without it: never."""
    done_by: tuple[Pattern, ...] = ()
    """Patterns on the other events of the case, from the anchor's start on: any of them ends the duty as `done`."""
    cancelled_by: tuple[Pattern, ...] = ()
    """Likewise, ends it as `void`."""
    while_: tuple[Pattern, ...] = ()
    """A related event that must exist; without it the duty is `void`."""
    during: str = ""
    """The anchor must fall in this guard's window, with the same people."""
    breaks: Breaks | None = None
    """A guard, or `{ guard, after }`: the anchor, a mail of mine, falls in the guard's window (from `after`, a phrase
    on the guard's anchor), goes to the same people, answers no mail of theirs, and fulfils no rule that the guard
    spares (`except`, `passes`).
    """
    announces: tuple[str, ...] = ()
    """A rule whose opening this action announces: it is pinned, and no later change of config moves it. Of a list, the
    first that opens later than this rule.
    """
    carries: tuple[Pattern, ...] = ()
    """A pattern or a list: the text of these events of the case, from the anchor's start on, goes into the action."""
    passes: tuple[str, ...] = ()
    """Guards that do not hold this rule: what their `except` says, on the rule's side."""
    language: str = ""
    """Of its texts: `en` or `fr`. Without it: the case's, else yours."""
    do: tuple[Do, ...] = ()
    """What to make, one table or a list of them."""
    enabled: bool = True
    """`false` switches it off."""
    fault: str = ""
    meaning: str = ""
    """A hash of what it starts from and does, by which it is known under another name."""
    content: str = ""
    """Likewise, by which it is known though the definitions and rules that it names have other names, too."""

    @property
    def recurring(self) -> Every | None:
        """What it starts from, if that recurs by the calendar: then its case is named by its id."""
        return self.on.every if self.on else None

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """All that it asks of events."""
        ends = (*self.done_by, *self.cancelled_by, *self.while_, *self.carries)
        return (*filter(None, (self.on, self.where)), *ends)

    @property
    def phrases(self) -> Phrases:
        """All from which its own instants count."""
        return (*self.opens, *self.moved_by, *self.not_before, *self.due, *self.late, *self.closes)

    @property
    def fixed_recipients(self) -> frozenset[str]:
        """The normalised addresses that stand in its `to`."""
        return frozenset(normal(word) for do in self.do for word in do.to if "@" in word)

    @property
    def contact(self) -> bool:
        """Tell whether any of its actions reaches the counterpart."""
        return any(do.contact for do in self.do)


class Guard(Struct, frozen=True, kw_only=True):
    """A compiled guard: from its opening to its end it holds contact, or everything."""

    id: str
    why: str = ""
    on: Pattern | None = None
    where: Pattern | None = None
    per: str = "event"
    opens: Phrases = (parse("end"),)
    closes: Phrases = ()
    """The end of the window."""
    ended_by: tuple[Pattern, ...] = ()
    """Patterns: the window ends at the first such event."""
    holds: str = "contact"
    """`contact`: actions to the visit's people, and contacts that name no recipient; `everything`: every action of the
    case.
    """
    except_: tuple[str, ...] = ()
    """Rules that it never holds; a rule may say so itself (`passes`)."""
    enabled: bool = True
    fault: str = ""

    @property
    def recurring(self) -> Every | None:
        """What it starts from, if that recurs by the calendar: then it holds contact to anybody, in every case."""
        return self.on.every if self.on else None

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """All that it asks of events."""
        return (*filter(None, (self.on, self.where)), *self.ended_by)

    @property
    def phrases(self) -> Phrases:
        """All from which its own instants count."""
        return (*self.opens, *self.closes)

    def spares(self, rule: Rule) -> bool:
        """Tell whether it never holds a rule, by its own word or by the rule's."""
        return rule.id in self.except_ or self.id in rule.passes


class RuleSet(Struct, frozen=True, dict=True):
    """All rules and guards that are switched on, by id, and what they stand on."""

    rules: Mapping[str, Rule]
    guards: Mapping[str, Guard]
    world: World
    dates: frozenset[str] = frozenset()
    """Every field from which a phrase counts."""
    fields: frozenset[str] = frozenset()
    """Every field that a phrase, a pattern or an inline text names."""
    off: frozenset[str] = frozenset()
    """The rules that are switched off: they are not gone."""

    @property
    def recurring(self) -> list[str]:
        """The ids of the rules from the clock, each of which names a case."""
        return [rule.id for rule in self.rules.values() if rule.recurring]

    @computed
    def drafting(self) -> tuple[Rule, ...]:
        """The sound rules that ask for a draft."""
        sound = (rule for rule in self.rules.values() if rule.on is not None and not rule.fault)
        return tuple(rule for rule in sound if any(do.type == DRAFT for do in rule.do))

    @computed
    def guarding(self) -> Mapping[str, tuple[Guard, ...]]:
        """The guards that may hold what a rule asks for, by its id."""
        return {
            rule.id: tuple(
                guard
                for guard in self.guards.values()
                if not guard.spares(rule) and (rule.contact or guard.holds == "everything")
            )
            for rule in self.rules.values()
        }

    @computed
    def personal(self) -> Mapping[str, Pattern]:
        """The sound definitions, as a phrase asks for what it counts from (`patterns.personal`)."""
        return {name: patterns.personal(found) for name, found in self.world.definitions.items() if found is not None}

    @computed
    def sieve(self) -> Sieve:
        """What tells which of all their patterns an event may be."""
        every: list[Rule | Guard] = [*self.rules.values(), *self.guards.values()]
        counted = {phrase.base for it in every for phrase in it.phrases if phrase.field} & self.personal.keys()
        return Sieve(chain(*(it.patterns for it in every), (self.personal[name] for name in sorted(counted))))


# Keys of the rule language that are words of Python.
ATTRIBUTE = {"while": "while_", "except": "except_"}
