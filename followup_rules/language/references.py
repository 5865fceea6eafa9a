"""What rules and guards say of each other: that every name means something, and that nothing runs in a circle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from followup_rules.language.phrases import BASES, Phrase
from followup_rules.language.reader import Value, unknown
from followup_rules.language.schema import Do, Guard, Rule, RuleSet

if TYPE_CHECKING:
    from followup_rules.language.load import Surroundings, Table

NOTICE = "notice"
_PHRASES = ("opens", "moved_by", "due", "late", "closes")
_OWN = {"opens": (), "moved_by": (), "due": ("opens",), "late": ("opens", "due"), "closes": ("opens", "due")}


def check(found: RuleSet, tables: Mapping[tuple[str, str], Table], around: Surroundings) -> dict[tuple[str, str], str]:
    """Report what does not fit, and return the first fault of each rule and guard as a sentence."""
    faults: dict[tuple[str, str], str] = {}
    for (kind, name), table in tables.items():
        before = len(table.header.problems)
        it: Rule | Guard = found.rules[name] if kind == "rule" else found.guards[name]
        if it.enabled and not it.fault:
            _check_one(it, table, found, around)
        if len(table.header.problems) > before:
            faults[kind, name] = table.header.problems[before].message
    return faults


def _check_one(it: Rule | Guard, table: Table, found: RuleSet, around: Surroundings) -> None:
    _anchor(it, table)
    _check_phrases(it, table, found)
    if isinstance(it, Guard):
        if not it.closes:
            table.header.report("a guard without 'closes' would hold for ever", code="F018", at="key")
        for name in it.except_:
            if name not in found.rules:
                unknown(table.fields["except"], "rule", [*found.rules], within=name)
        return
    _circle(it, table, found)
    _names(it, table, found)
    if not it.do:
        hint = 'do = { type = "notice", title = "..." }'
        table.header.report("the rule does not say what to do", code="F013", hint=hint, at="key")
    for do in it.do:
        _check_do(do, table.fields["do"], around)


def _anchor(it: Rule | Guard, table: Table) -> None:
    if it.on is None:
        hint = 'on = "interview"'
        table.header.report("nothing says what it starts from: 'on' is missing", code="F013", hint=hint, at="key")
    elif it.on.relative:
        hint = "a pattern with 'them', 'it', 'after' or 'before' can end a rule, not start one"
        table.fields["on"].report("'on' speaks of an anchor, but it is what finds the anchor", code="F016", hint=hint)


def _check_phrases(it: Rule | Guard, table: Table, found: RuleSet) -> None:
    for key in _PHRASES:
        phrases: tuple[Phrase, ...] = getattr(it, key, ())
        if key not in table.fields:
            continue
        value = table.fields[key]
        for phrase in phrases:
            _check_base(phrase, _OWN[key], value, found)
        if phrases and all(phrase.rule in found.rules and not found.rules[phrase.rule].enabled for phrase in phrases):
            off = phrases[0].rule
            hint = f'give a fallback: {key} = ["{off}", "day + 10 days at 09:00, workday"]'
            value.report(f"{key!r} cannot be told, because the rule {off!r} is switched off", code="F018", hint=hint)


def _check_base(phrase: Phrase, own: tuple[str, ...], value: Value, found: RuleSet) -> None:
    if phrase.field:
        if phrase.base != "it" and phrase.base not in found.world.definitions and phrase.base not in ("start", "end"):
            unknown(value, "definition", [*found.world.definitions], within=phrase.base)
    elif phrase.base in ("opens", "due") and phrase.base not in own:
        hint = "count from start, end, day, it.FIELD, NAME.FIELD or a rule"
        value.report(
            f"{value.name!r} cannot be counted from {phrase.base!r}", code="F017", hint=hint, within=phrase.base
        )
    elif phrase.rule and phrase.rule not in found.rules:
        unknown(value, "base of a phrase", [*BASES, *found.rules], within=phrase.rule)


def _circle(rule: Rule, table: Table, found: RuleSet) -> None:
    circle = _find_circle([rule.id], found)
    if circle:
        key = "opens" if "opens" in table.fields else "moved_by"
        value = table.fields.get(key, table.header)
        hint = "let one of them count from start, end or day"
        value.report(f"openings in a circle: {' -> '.join(circle)}", code="F017", hint=hint)


def _find_circle(way: list[str], found: RuleSet) -> list[str]:
    rule = found.rules[way[-1]]
    for phrase in (*rule.opens, *rule.moved_by):
        if phrase.rule == way[0]:
            return [*way, way[0]]
        if phrase.rule in found.rules and phrase.rule not in way:
            circle = _find_circle([*way, phrase.rule], found)
            if circle:
                return circle
    return []


def _names(rule: Rule, table: Table, found: RuleSet) -> None:
    if rule.during and rule.during not in found.guards:
        unknown(table.fields["during"], "guard", [*found.guards])
    if rule.breaks and rule.breaks.guard not in found.guards:
        unknown(table.fields["breaks"].child("guard"), "guard", [*found.guards])
    if rule.announces and rule.announces not in found.rules:
        unknown(table.fields["announces"], "rule", [*found.rules])


def _check_do(do: Do, value: Value, around: Surroundings) -> None:
    if do.template and do.template not in around.templates:
        unknown(value, "template", sorted(around.templates), within=do.template)
    if around.outputs is None:
        return
    if do.output and do.output not in around.outputs:
        unknown(value, "output", sorted(around.outputs), within=do.output)
        return
    takers = [name for name, types in around.outputs.items() if do.type in types and do.output in ("", name)]
    if not takers and do.type != NOTICE:
        known = sorted({NOTICE, *(kind for types in around.outputs.values() for kind in types)})
        hint = f"types that can be made here: {', '.join(known)}; or add an output that takes {do.type!r}"
        value.report(f"no output takes a {do.type!r}", code="F019", hint=hint, within=do.type)
