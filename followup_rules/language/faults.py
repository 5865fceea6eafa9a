"""What a fault brings down with it: nothing that relies on a faulty rule, guard or definition may act on a guess."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from followup_rules.language import cycles
from followup_rules.language.references import Key, phrases_of
from followup_rules.language.schema import Guard, Rule, RuleSet
from followup_rules.sentences import Sentence


def spread(whole: RuleSet, faults: Mapping[Key, str]) -> RuleSet:
    """Return the rules and guards with these faults, and with those that follow from them."""
    # A fault spreads from rule to rule, so it is looked again until nothing new is faulty.
    while True:
        rules = {
            name: replace(it, fault=it.fault or faults.get(("rule", name), "")) for name, it in whole.rules.items()
        }
        guards = {
            name: replace(it, fault=it.fault or faults.get(("guard", name), "")) for name, it in whole.guards.items()
        }
        whole = replace(whole, rules=rules, guards=guards)
        further = {
            ("rule", rule.id): _inherited(rule, whole) or _open_guard(rule, whole) for rule in whole.rules.values()
        }
        further.update({("guard", guard.id): _inherited(guard, whole) for guard in whole.guards.values()})
        # What is faulty keeps its first fault: the others mostly follow from it.
        faulty = {("rule", it.id) for it in rules.values() if it.fault} | {
            ("guard", it.id) for it in guards.values() if it.fault
        }
        faults = {key: fault for key, fault in further.items() if fault and key not in faulty}
        if not faults:
            return whole


def _inherited(it: Rule | Guard, rules: RuleSet) -> str:
    """Return why it cannot tell its times, or which guard it asks about, through no fault of its own; else ""."""
    for key, phrases in phrases_of(it).items():
        unknown = [phrase.base for phrase in phrases if phrase.field and _is_faulty(phrase.base, rules)]
        if unknown:
            return Sentence(
                "{key!r} counts from the definition {unknown!r}, which is faulty", key=key, unknown=unknown[0]
            )
        if phrases and all(phrase.rule and _cannot_open(phrase.rule, rules) for phrase in phrases):
            return Sentence(
                "{key!r} cannot be told, because the rule {rule!r} is faulty", key=key, rule=phrases[0].rule
            )
    definition = _faulty_definition(it, rules)
    if definition:
        return Sentence(
            "it looks for what counts from the definition {definition!r}, which is faulty", definition=definition
        )
    if isinstance(it, Guard):
        return ""
    asked = [name for name in (it.during, it.breaks.guard if it.breaks else "") if name in rules.guards]
    faulty = [name for name in asked if rules.guards[name].enabled and rules.guards[name].fault]
    return (
        Sentence("the guard {faulty!r} is faulty: {fault}", faulty=faulty[0], fault=rules.guards[faulty[0]].fault)
        if faulty
        else ""
    )


def _faulty_definition(it: Rule | Guard, rules: RuleSet) -> str:
    """Return the first faulty definition that any of its phrases counts from, within its patterns, too; else ""."""
    every = (each for phrase in cycles.every_phrase(it) for each in (phrase, *cycles.within(phrase, rules)))
    return next((phrase.base for phrase in every if phrase.field and _is_faulty(phrase.base, rules)), "")


def _is_faulty(definition: str, rules: RuleSet) -> bool:
    return definition in rules.world.definitions and rules.world.definitions[definition] is None


def _cannot_open(rule: str, rules: RuleSet) -> bool:
    return rule in rules.rules and bool(rules.rules[rule].fault or not rules.rules[rule].enabled)


def _open_guard(rule: Rule, rules: RuleSet) -> str:
    """Return why nobody can tell whether the rule is held: a guard that cannot be read must not fail open."""
    for guard in rules.guards.values():
        held = guard.enabled and not guard.spares(rule) and (rule.contact or guard.holds == "everything")
        if guard.fault and held:
            return Sentence("the guard {id!r}, which may hold it, is faulty: {fault}", id=guard.id, fault=guard.fault)
    return ""
