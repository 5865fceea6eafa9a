"""What rules and guards say of each other: what each may count from, name and be started by, and who is told."""

import pytest

from followup_rules.language.cycles import LONGEST
from followup_rules.language.load import Surroundings, load
from followup_rules.toml.document import parse
from tests.support.rulelab import unfilled, world

NOTICE = 'do = { type = "notice", title = "x" }\n'
CALL = f'[rule.call]\non = "#call"\n{NOTICE}'
QUIET = '[guard.quiet]\non = "#quiet"\ncloses = "end + 1 day"\n'


def rule(name, *lines):
    return "\n".join([f"[rule.{name}]", f'on = "#{name}"', *lines, NOTICE])


def told(text):
    """Return the rules that came of a text, and of each problem its code, what is marked, its message and hint."""
    rules, problems = load([parse(text, "rules.toml")], world(), Surroundings())
    assert [unfilled(said) for problem in problems for said in (problem.message, problem.hint)] == [[], []] * len(
        problems
    )
    marked = [problem.source_line[problem.column - 1 :][: problem.length] for problem in problems]
    return rules, [
        (problem.code, where, problem.message, problem.hint) for problem, where in zip(problems, marked, strict=True)
    ]


def faults(rules):
    return {it.id for it in (*rules.rules.values(), *rules.guards.values()) if it.fault}


@pytest.mark.parametrize(
    ("key", "known"),
    [("opens", ()), ("moved_by", ()), ("not_before", ()), ("due", ("opens",)), ("late", ("opens", "due")),
     ("closes", ("opens", "due"))],
)  # fmt: skip
def test_a_rule_counts_only_from_those_of_its_instants_that_are_known_before(key, known):
    for base in ("opens", "due"):
        _, problems = told(rule("a", f'{key} = "{base} + 1 day"'))
        message = f"{key!r} cannot be counted from {base!r}"
        hint = "count from start, end, day, it.FIELD, NAME.FIELD or a rule"
        assert problems == ([] if base in known else [("F017", base, message, hint)])


@pytest.mark.parametrize(
    ("line", "marked", "hint"),
    [
        ('late = "opns + 1 day"', "opns", 'did you mean "opens"?'),
        ('late = "deu + 1 day"', "deu", 'did you mean "due"?'),
        ('opens = "strat + 1 day"', "strat", 'did you mean "start"?'),
        ('opens = "edn + 1 day"', "edn", 'did you mean "end"?'),
        ('opens = "dya + 1 day"', "dya", 'did you mean "day"?'),
        ('opens = "cal + 1 day"', "cal", 'did you mean "call"?'),
        ('opens = "ouverture"', "ouverture", 'did you mean "opens"?'),
        ('opens = "interview-of-mine"', "interview-of-mine", "one of: a, call, day, end, start"),
        ('late = "interview-of-mine"', "interview-of-mine", "one of: a, call, day, due, end, opens, start"),
    ],
)
def test_what_is_not_known_to_count_from_is_told_with_what_was_meant(line, marked, hint):
    message = f"{marked!r} is neither a rule nor another thing to count from"
    assert told(rule("a", line) + CALL)[1] == [("F012", marked, message, hint)]


@pytest.mark.parametrize("field", ["carries", "done_by", "cancelled_by", "while"])
def test_what_ends_or_feeds_a_rule_may_count_from_its_own_instants_and_names_only_what_there_is(field):
    for base in ("opens", "due", "call"):
        assert told(rule("a", f'{field} = [{{ kind = "sent", after = "{base}" }}]') + CALL)[1] == []
    _, problems = told(rule("a", f'{field} = [{{ kind = "sent", after = "cal" }}, {{ of = "clal" }}]') + CALL)
    assert [(code, marked) for code, marked, *_ in problems] == [("F012", "cal"), ("F012", '"clal"')]


@pytest.mark.parametrize(
    "text",
    [
        f'[rule.a]\non = {{ of = "clal" }}\n{NOTICE}',
        rule("a", 'where = { of = "clal" }'),
        '[define.a]\nof = "clal"\n',
        '[guard.a]\non = { of = "clal" }\ncloses = "end + 1 day"\n',
        QUIET + 'ended_by = [{ of = "clal" }]\n',
        QUIET + 'where = { of = "clal" }\n',
    ],
)
def test_a_rule_that_is_named_wherever_there_is_none_is_told_with_the_nearest(text):
    assert told(text + CALL)[1] == [("F012", '"clal"', "unknown rule 'clal'", 'did you mean "call"?')]


def test_a_guard_that_ends_only_once_a_duty_is_done_would_hold_nothing_before():
    guard = CALL + '[guard.g]\non = "#g"\n'
    hint = 'give a fallback: closes = ["call.done", "day + 10 days at 09:00"]; '
    hint += 'or ended_by = [{ kind = "done", of = "call" }]'
    assert told(guard + 'closes = "call.done"')[1] == [(
        "F018", '"call.done"', "the guard could not hold before that is done",
        hint,
    )]  # fmt: skip
    assert told(guard + 'closes = ["call.done", "end + 1 day"]\nopens = "call.done"')[1] == []
    assert told(rule("a", 'closes = "call.done"') + CALL)[1] == []


def test_a_guard_of_ones_own_needs_what_it_starts_from_and_its_end():
    assert told('[guard.something-else]\nopens = "end"')[1] == [(
        "F012", "something-else", "there is no guard 'something-else' that this could change",
        "a guard of your own needs at least 'on' and 'closes'",
    )]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('where = { kind = "sent" }', "where"),
        ('each = "person"', "each"),
        ('per = "day"', "per"),
        ('per = "case"', "per"),
        ('breaks = "quiet"', "breaks"),
        ('per = "event"', ""),
        ('during = "quiet"', ""),
    ],
)
def test_a_rule_from_the_clock_asks_nothing_of_events(line, key):
    text = f'[rule.x]\non = {{ every = "day" }}\n{line}\n{NOTICE}{QUIET}'
    message = f"{key!r} asks for events, and this rule starts from the clock"
    hint = "delete the line: each occurrence stands for itself, and has nobody in it"
    assert told(text)[1] == ([("F016", key, message, hint)] if key else [])


@pytest.mark.parametrize(
    ("text", "marked", "way", "faulty"),
    [
        (rule("a", 'opens = "b.done"') + rule("b", 'closes = "a"'), '"b.done"', "a -> b.done -> a", "a b"),
        (rule("b", 'moved_by = "c"') + rule("c", 'moved_by = "b"'), '"c"', "b -> c -> b", "b c"),
        (rule("b", 'closes = ["c.done"]') + rule("c", 'late = "b.done"'), '["c.done"]',
         "b.done -> c.done -> b.done", "b c"),
        (rule("b", 'opens = ["it.due", "b"]'), '["it.due", "b"]', "b -> b", "b"),
        (rule("b", 'opens = "end"', 'not_before = "c"') + rule("c", 'not_before = "b"'), '"c"', "b -> c -> b", "b c"),
        (rule("b", 'opens = "c"', 'closes = "d.done"') + rule("c", 'opens = "b"') + rule("d"), '"c"',
         "b -> c -> b", "b c"),
        (rule("b", 'due = "c"') + rule("c", 'opens = "b.done"'), '"c"', "b.done -> c -> b.done", "b c"),
        (rule("b", 'during = "g"') + '[guard.g]\non = "#g"\ncloses = ["b.done", "end + 1 day"]\n', "[rule.b]",
         "b.done -> g -> b.done", "b g"),
        (rule("b", 'breaks = { guard = "quiet", after = "c" }') + rule("c", 'opens = "b.done"') + QUIET, "[rule.b]",
         "b.done -> c -> b.done", "b c"),
        (rule("b", 'done_by = [{ after = "x.on" }, { after = "p.on" }]')
         + '[define.p]\nkind = "note"\n[define.x]\nafter = "x.on"\n', '"x.on"', "x -> x", "b"),
        (rule("b", 'opens = "x.on"') + '[define.x]\nafter = "x.on"\n' + rule("c"), '"x.on"', "x -> x", "b"),
        (rule("b", 'done_by = ["x"]') + '[define.x]\nafter = "b"\n', None, None, ""),
    ],
)  # fmt: skip
def test_a_cycle_is_told_once_where_it_begins_and_who_is_part_of_it_or_counts_from_it_is_faulty(
    text, marked, way, faulty
):
    rules, problems = told(text + CALL)
    hint = "let one of them count from start, end or day"
    assert problems == ([("F017", marked, f"times in a cycle: {way}", hint)] if way else [])
    assert faults(rules) == {*faulty.split()}


def test_a_definition_without_a_field_is_no_instant_and_no_cycle():
    (problem,) = told('[define.x]\nafter = "x"\n' + CALL)[1]
    assert problem[2] == "'x' is neither a rule nor another thing to count from"


def test_cycles_are_told_in_the_order_of_their_names():
    problems = told("".join(rule(name, f'opens = "{name}.done"') for name in reversed(MANY)))[1]
    assert [message for _, _, message, _ in problems] == [f"times in a cycle: {n}.done -> {n}.done" for n in MANY]


MANY = [f"b{number:02}" for number in range(40)]


def test_of_many_cycles_of_one_length_the_first_by_name_is_told():
    (problem,) = told(rule("a", f"opens = {MANY}") + "".join(rule(name, 'opens = "a"') for name in MANY))[1]
    assert problem[2] == "times in a cycle: a -> b00 -> a"


def test_of_many_definitions_in_cycles_the_first_by_name_is_the_fault_of_a_rule():
    circular = "".join(f'[define.{name}]\nafter = "{name}.on"\n' for name in MANY)
    rules, _ = told(rule("a", f"done_by = {MANY}") + circular)
    assert rules.rules["a"].fault == "times in a cycle: b00 -> b00"


# Whether a duty is done takes more than when it opens: each of those counts for three, and its opening for one.
@pytest.mark.parametrize(("link", "rules", "first"), [
    ('"r{}"', LONGEST, '"r1"'), ('"r{}.done"', 13, '"r2.done"'), ('["r{}", "call"]', LONGEST, '["r1", "call"]'),
])  # fmt: skip
def test_a_chain_of_rules_may_be_so_long_and_no_longer(link, rules, first):
    def chain(length):
        lines = (f"opens = {link.format(number + 1)}" for number in range(length - 1))
        return CALL + "".join(rule(f"r{number}", line) for number, line in enumerate([*lines, 'opens = "end"']))

    assert told(chain(rules))[1] == []
    book, ((code, marked, message, _),) = told(chain(rules + 1))
    assert (code, marked) == ("F017", first)
    assert message == "it counts from a rule that counts from another, and so on, over more than 50 rules"
    assert "r0" in faults(book)
