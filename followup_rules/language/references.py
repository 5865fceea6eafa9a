"""What rules and guards say of each other: that every name means something, and that nothing runs in a cycle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct, field

from followup_rules.codes import Code
from followup_rules.language import cycles, units
from followup_rules.language.days import WEEKDAY
from followup_rules.language.layers import Table
from followup_rules.language.patterns import Pattern
from followup_rules.language.phrases import Phrase
from followup_rules.language.rule_keys import GUARD, RULE
from followup_rules.language.schema import Do, Guard, Rule, RuleSet
from followup_rules.model import DRAFT, NOTICE, TASK
from followup_rules.sentences import Sentence
from followup_rules.toml.suggestions import expected, nearest
from followup_rules.toml.values import Value, unknown

Key: TypeAlias = tuple[str, str]
"""("rule", its id) or ("guard", its id)."""


class Surroundings(Struct, frozen=True):
    """What rules may name besides each other."""

    templates: frozenset[str] = frozenset()
    outputs: Mapping[str, tuple[str, ...]] | None = field(default_factory=dict)
    """Each configured output, and the types of action that it takes; None: not known, for they are faulty."""


# Which instants of the same rule each of its phrases may count from.
_OWN = {"due": ("opens",), "late": ("opens", "due"), "closes": ("opens", "due")}
_LATER = ("opens", "due")
_PLAIN = ("per", "event")


def check(rules: RuleSet, tables: Mapping[Key, Table], around: Surroundings) -> dict[Key, str]:
    """Report what does not fit, and return the first fault of each rule and guard as a sentence."""
    faults: dict[Key, str] = {}
    for (kind, name), table in tables.items():
        before = len(table.header.problems)
        it: Rule | Guard = rules.rules[name] if kind == "rule" else rules.guards[name]
        # A stray table is told as such, and not for all that it lacks; what is off may lack anything.
        if not _is_stray(it, table, rules) and it.enabled:
            _check_one(it, table, rules, around)
        if len(table.header.problems) > before:
            faults[kind, name] = table.header.problems[before].message
    for pattern in rules.world.definitions.values():
        _check_pattern(pattern, _LATER, rules)
    # What is wrong in the table itself goes before what is wrong around it.
    return {**_cycles(rules, tables), **_untaken(rules, tables, around), **faults}


def _check_one(it: Rule | Guard, table: Table, rules: RuleSet, around: Surroundings) -> None:
    _anchor(it, table)
    _check_rules(it.on, rules)
    _check_phrases(it, table, rules)
    _check_pattern(it.where, (), rules)
    for pattern in it.ended_by if isinstance(it, Guard) else (*it.carries, *it.done_by, *it.cancelled_by, *it.while_):
        _check_pattern(pattern, _LATER if isinstance(it, Rule) else (), rules)
    if isinstance(it, Guard):
        if _lacks(table, "closes"):
            hint = Sentence('closes = "day + 10 days at 09:00"')
            table.header.report(
                Sentence("a guard without 'closes' would hold for ever"), code=Code.NEVER, hint=hint, at="key"
            )
        _each_known(it.except_, "except", Sentence("rule"), rules.rules, table)
        return
    _names(it, table, rules)
    if _lacks(table, "do"):
        hint = Sentence('do = { type = "notice", title = "..." }')
        table.header.report(Sentence("the rule does not say what to do"), code=Code.MISSING, hint=hint, at="key")
    for do, value in zip(it.do, table.fields["do"].items() if it.do else (), strict=True):
        _check_do(do, value, around)


def _lacks(table: Table, key: str) -> bool:
    """Tell whether a key is missing; one that is only misspelt has been reported as such."""
    schema = GUARD if table.header.path[0] == "guard" else RULE
    return key not in table.fields and all(each in schema for each in table.fields)


def _is_stray(it: Rule | Guard, table: Table, rules: RuleSet) -> bool:
    """Report a table that changes a rule or guard which does not exist; mostly its name is misspelt."""
    noun, needed = (Sentence("guard"), "closes") if isinstance(it, Guard) else (Sentence("rule"), "do")
    if not (_lacks(table, "on") and _lacks(table, needed)):
        return False
    others = {*(rules.guards if isinstance(it, Guard) else rules.rules)} - {it.id}
    guess = expected(it.id, others)
    hint = (
        guess
        if guess.startswith("did")
        else Sentence("a {noun} of your own needs at least 'on' and {needed!r}", noun=noun, needed=needed)
    )
    table.header.report(
        Sentence("there is no {noun} {id!r} that this could change", noun=noun, id=it.id),
        code=Code.UNKNOWN_NAME,
        hint=hint,
        at="key",
    )
    return True


def _anchor(it: Rule | Guard, table: Table) -> None:
    if _lacks(table, "on"):
        hint = 'on = "interview"'
        table.header.report(
            Sentence("nothing says what it starts from: 'on' is missing"), code=Code.MISSING, hint=hint, at="key"
        )
    elif isinstance(it, Rule) and it.recurring:
        odd = [key for key in ("where", "each", "per", "breaks") if key in table.fields and (key, it.per) != _PLAIN]
        for key in odd:
            hint = Sentence("delete the line: each occurrence stands for itself, and has nobody in it")
            what = Sentence("{key!r} asks for events, and this rule starts from the clock", key=key)
            table.fields[key].report(what, code=Code.RELATIVE_START, hint=hint, at="key")
    elif it.on is not None and it.on.relative:
        hint = Sentence("a pattern with 'them', 'it', 'same', 'after' or 'before' can end a rule, not start one")
        table.fields["on"].report(
            Sentence("'on' speaks of an anchor, but it is what finds the anchor"), code=Code.RELATIVE_START, hint=hint
        )


def _check_phrases(it: Rule | Guard, table: Table, rules: RuleSet) -> None:
    if isinstance(it, Rule) and it.breaks:
        for phrase in it.breaks.after:
            _check_base(phrase, (), table.fields["breaks"].child("after"), rules)
    for key, phrases in phrases_of(it).items():
        if key not in table.fields:
            continue
        value = table.fields[key]
        for phrase in phrases:
            _check_base(phrase, _OWN.get(key, ()) if isinstance(it, Rule) else (), value, rules)
        if phrases and all(phrase.rule in rules.rules and not rules.rules[phrase.rule].enabled for phrase in phrases):
            off = phrases[0].rule
            hint = Sentence('give a fallback: {key} = ["{off}", "day + 10 days at 09:00, workday"]', key=key, off=off)
            value.report(
                Sentence("{key!r} cannot be told, because the rule {off!r} is switched off", key=key, off=off),
                code=Code.NEVER,
                hint=hint,
            )
        if isinstance(it, Guard) and key == "closes" and phrases and all(phrase.done for phrase in phrases):
            ended = Sentence('ended_by = [{{ kind = "done", of = "{base}" }}]', base=phrases[0].base)
            hint = Sentence(
                'give a fallback: closes = ["{text}", "day + 10 days at 09:00"]; or {ended}',
                text=phrases[0].text,
                ended=ended,
            )
            value.report(Sentence("the guard could not hold before that is done"), code=Code.NEVER, hint=hint)


def phrases_of(it: Rule | Guard) -> dict[str, tuple[Phrase, ...]]:
    """Return the phrases of a rule or guard that stand in fields of their own, by field."""
    if isinstance(it, Guard):
        return {"opens": it.opens, "closes": it.closes}
    opening = {"opens": it.opens, "moved_by": it.moved_by, "not_before": it.not_before}
    return {**opening, "due": it.due, "late": it.late, "closes": it.closes}


def _check_pattern(pattern: Pattern | None, own: tuple[str, ...], rules: RuleSet) -> None:
    for value, phrase in pattern.phrases if pattern else ():
        _check_base(phrase, own, value, rules)
    _check_rules(pattern, rules)


def _check_rules(pattern: Pattern | None, rules: RuleSet) -> None:
    for value, name in pattern.rules if pattern else ():
        if name not in rules.rules:
            unknown(value, Sentence("rule"), [*rules.rules])


def _check_base(phrase: Phrase, own: tuple[str, ...], value: Value, rules: RuleSet) -> None:
    if phrase.field:
        if phrase.base != "it" and phrase.base not in rules.world.definitions:
            unknown(value, Sentence("definition"), [*rules.world.definitions], within=phrase.base)
        _check_way(phrase, own, value, rules)
    elif phrase.base in _LATER and phrase.base not in own:
        hint = Sentence("count from start, end, day, it.FIELD, NAME.FIELD or a rule")
        value.report(
            Sentence("{name!r} cannot be counted from {base!r}", name=value.name, base=phrase.base),
            code=Code.TIMES_IN_A_CYCLE,
            hint=hint,
            within=phrase.base,
        )
    elif phrase.rule and phrase.rule not in rules.rules:
        meant = units.base(phrase.rule)
        guess = Sentence('did you mean "{word}"?', word=meant) if meant else ""
        if phrase.rule.lower() in WEEKDAY:
            counted = ", ".join([phrase.text.replace(phrase.rule, "day", 1), phrase.rule])
            guess = Sentence('a day of the week stands last: "{phrase}"', phrase=counted)
        guess = guess or expected(phrase.rule, ["start", "end", "day", *own, *rules.rules])
        hint = Sentence("count from start, end, day, it.FIELD, NAME.FIELD or a rule")
        message = Sentence("{rule!r} is neither a rule nor another thing to count from", rule=phrase.rule)
        value.report(message, code=Code.UNKNOWN_NAME, hint=guess or hint, within=phrase.rule)


def _check_way(phrase: Phrase, own: tuple[str, ...], value: Value, rules: RuleSet) -> None:
    """Report a definition on the way that itself counts from what is not known before."""
    bases = (other.base for other in cycles.within(phrase, rules))
    unknown_yet = next((base for base in bases if base in _LATER and base not in own), None)
    if unknown_yet:
        message = Sentence(
            "{name!r} counts from {base!r}, which itself counts from {unknown_yet!r}",
            name=value.name,
            base=phrase.base,
            unknown_yet=unknown_yet,
        )
        value.report(
            message,
            code=Code.TIMES_IN_A_CYCLE,
            hint=Sentence("let one of them count from start, end or day"),
            within=phrase.base,
        )


def _names(rule: Rule, table: Table, rules: RuleSet) -> None:
    if rule.during and rule.during not in rules.guards:
        unknown(table.fields["during"], Sentence("guard"), [*rules.guards])
    if rule.breaks and rule.breaks.guard not in rules.guards:
        breaks = table.fields["breaks"]
        named = breaks.child("guard") if isinstance(breaks.raw, dict) else breaks
        unknown(named, Sentence("guard"), [*rules.guards])
    _each_known(rule.announces, "announces", Sentence("rule"), rules.rules, table)
    _each_known(rule.passes, "passes", Sentence("guard"), rules.guards, table)


def _each_known(names: Sequence[str], key: str, what: str, known: Collection[str], table: Table) -> None:
    """Report each name in a list that names no rule, or no guard."""
    for name, item in zip(names, table.fields[key].items() if names else (), strict=True):
        if name not in known:
            unknown(item, what, [*known])


def _check_do(do: Do, value: Value, around: Surroundings) -> None:
    if do.template and do.template not in around.templates:
        unknown(value.child("template"), Sentence("template"), [*around.templates])
    if do.output and around.outputs is not None and do.output not in around.outputs:
        unknown(value.child("output"), Sentence("output"), [*around.outputs])


_USUAL = {
    DRAFT: 'plugin = "eml", path = "drafts"',
    TASK: 'plugin = "todotxt", path = "todo.txt"',
}
"""What takes the types of action of the rule language, without an account anywhere."""


def _untaken(rules: RuleSet, tables: Mapping[Key, Table], around: Surroundings) -> dict[Key, str]:
    """Report each type of action that no output takes once, at the first rule that makes it."""
    lacking: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    for rule in rules.rules.values():
        for do in rule.do if rule.enabled else ():
            if not _taken(do, around):
                lacking[do.type, do.output].append(rule)
    faults: dict[Key, str] = {}
    for (kind, output), makers in lacking.items():
        message = (
            Sentence("the output {output!r} takes no {kind!r}", output=output, kind=kind)
            if output
            else Sentence("no output takes a {kind!r}", kind=kind)
        )
        others = sorted({rule.id for rule in makers[1:]} - {makers[0].id})
        if others:
            nor = ", ".join(others)
            message = Sentence("{message}; nor can these rules make it: {rules}", message=message, rules=nor)
        types = sorted({NOTICE, *(each for taken in (around.outputs or {}).values() for each in taken)})
        guess = nearest(kind, [*types, DRAFT, TASK])
        hint = Sentence(
            "choose one of: {types}; or add an output that takes {kind!r}", types=", ".join(types), kind=kind
        )
        if kind in _USUAL and not output:
            hint = Sentence("add [outputs.{table}] with {what}", table=f"{kind}s", what=_USUAL[kind])
        elif guess and guess != kind:
            hint = Sentence('did you mean "{word}"?', word=guess)
        actions = tables["rule", makers[0].id].fields["do"].items()
        at = ("output", output) if output else ("type", kind)
        named = next(item.child(at[0]) for item in actions if item.raw.get(at[0]) == at[1])
        named.report(message, code=Code.NO_OUTPUT, hint=hint)
        faults.update({("rule", rule.id): message for rule in makers})
    return faults


def _taken(do: Do, around: Surroundings) -> bool:
    """Tell whether some output takes it, as far as that is known; an output that does not exist is reported by name."""
    outputs = around.outputs
    if outputs is None or do.type == NOTICE or (do.output and do.output not in outputs):
        return True
    return any(do.type in types for name, types in outputs.items() if do.output in ("", name))


def _cycles(rules: RuleSet, tables: Mapping[Key, Table]) -> dict[Key, str]:
    """Report each cycle once, at the first of its names; all that counts on a definition in one is faulty, too."""
    around, long = cycles.find(rules)
    faults = _chains(long, rules, tables)
    for (kind, name), way in around.items():
        sentence = Sentence("times in a cycle: {shown}", shown=cycles.shown(way))
        if kind != "define":
            faults["guard" if kind == "guard" else "rule", name] = sentence
        if (kind, name) == min(way, key=lambda node: node[::-1]):
            value = _place(kind, name, {way[1][1]}, rules, tables)
            value.report(
                sentence, code=Code.TIMES_IN_A_CYCLE, hint=Sentence("let one of them count from start, end or day")
            )
    for key in tables if around else ():
        it: Rule | Guard = rules.rules[key[1]] if key[0] == "rule" else rules.guards[key[1]]
        circular = sorted(node for node in cycles.reached(it, rules) if node[0] == "define" and node in around)
        if circular:
            faults.setdefault(key, Sentence("times in a cycle: {shown}", shown=cycles.shown(around[circular[0]])))
    return faults


def _chains(long: set[Key], rules: RuleSet, tables: Mapping[Key, Table]) -> dict[Key, str]:
    """Report once that some rules count from each other in too long a chain; none of them can be told."""
    sentence = Sentence(
        "it counts from a rule that counts from another, and so on, over more than {longest} rules",
        longest=cycles.LONGEST,
    )
    for kind, name in sorted(long)[:1]:
        value = _place(kind, name, rules.rules, rules, tables)
        value.report(
            sentence, code=Code.TIMES_IN_A_CYCLE, hint=Sentence("let one of them count from start, end or day")
        )
    keys = {("rule", name) if kind == "done" else (kind, name) for kind, name in long}
    return {key: sentence for key in keys if key in tables}


def _place(kind: str, name: str, further: Collection[str], rules: RuleSet, tables: Mapping[Key, Table]) -> Value:
    """Return where a rule, guard or definition counts from any of some others; mostly that is its opening."""
    if kind != "define":
        table = tables["guard" if kind == "guard" else "rule", name]
        it: Rule | Guard = rules.guards[name] if kind == "guard" else rules.rules[name]
        counting = (key for key, found in phrases_of(it).items() if any(phrase.base in further for phrase in found))
        return table.fields.get(next(counting, "opens")) or table.header
    pattern = rules.world.definitions[name]
    assert pattern is not None, "a definition in a cycle has been compiled"
    return pattern.phrases[0][0]
