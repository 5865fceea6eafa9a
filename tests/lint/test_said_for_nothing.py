"""What a rule says, and nothing takes up: carried texts that none shows, windows of what is off, a rule over again."""

import pytest

from tests.support.checked import checked

MEET = '[define.meet]\nkind = "meeting"\ntitle = "interview"\n'
RULE = '[rule.mine]\non = "meet"\ncloses = "opens + 3 days"\n'
TASK = 'do = { type = "task", title = "x" }\n'
QUIET = '[guard.quiet]\non = "meet"\ncloses = "end + 9 days"\n'


def told(tmp_path, rules):
    return [(problem.code, problem.source_line.strip()) for problem in checked(tmp_path, rules)]


def test_what_is_carried_and_no_text_shows_is_told(tmp_path):
    carried = f'{MEET}{RULE}carries = "#thought"\n'
    shown = "{% for each in carries %}{{ each.title }}{% endfor %}"
    assert told(tmp_path, carried + TASK) == [("F164", 'carries = "#thought"')]
    assert told(tmp_path, f'{carried}do = {{ type = "task", title = "x", text = "{shown}" }}\n') == []


@pytest.mark.parametrize("field", ['during = "quiet"', 'breaks = { guard = "quiet" }'])
def test_a_rule_about_the_window_of_a_guard_that_is_off_never_starts(tmp_path, field):
    rule = f'[rule.mine]\non = {{ kind = "sent" }}\n{field}\ndo = {{ type = "notice", title = "x" }}\n'
    assert told(tmp_path, f"{MEET}{rule}{QUIET}enabled = false\n") == [("F120", field)]
    assert told(tmp_path, f"{MEET}{rule}{QUIET}") == []


def test_a_rule_that_says_the_same_as_another_is_told_once(tmp_path):
    again = RULE.replace("mine", "again")
    assert told(tmp_path, f'{MEET}{RULE}{TASK}{again}why = "No other."\n{TASK}') == [("F163", 'on = "meet"')]
    assert told(tmp_path, f'{MEET}{RULE}{TASK}{again}opens = "end + 1 day"\n{TASK}') == []


@pytest.mark.parametrize(("do", "code"), [(TASK, ["F179"]), (TASK.replace(" }", ", contact = true }"), [])])
def test_a_guard_that_would_hold_nothing_of_a_rule_need_not_be_passed(tmp_path, do, code):
    rules = f'{MEET}{QUIET}{RULE}passes = ["quiet"]\n'
    assert [problem.code for problem in checked(tmp_path, rules + do)] == code
    everything = rules.replace("[guard.quiet]\n", '[guard.quiet]\nholds = "everything"\n')
    assert checked(tmp_path, everything + do) == []


@pytest.mark.parametrize(("type_", "code"), [("notice", ["F177"]), ("draft", [])])
def test_a_notice_to_somebody_reaches_nobody(tmp_path, type_, code):
    rules = f'{MEET}{RULE}do = {{ type = "{type_}", to = "paul@nordik.ca", title = "x", text = "x" }}\n'
    assert [problem.code for problem in checked(tmp_path, rules)] == code


def test_definitions_in_a_cycle_are_told_and_nothing_else_of_them(tmp_path):
    rules = f'[define.a]\nis = "b"\n[define.b]\nany = ["a", "#x-ray"]\n[rule.mine]\non = "a"\n{TASK}'
    assert told(tmp_path, rules) == [("F017", "[define.a]")]


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("{{ them.name }}", "them[0].name"),
        ("{{ me.nmae }}", 'did you mean "me.name"?'),
        ("Prepare {title}", "write {{ it.title }}"),
        ("Prepare { it.title }", "write {{ it.title }}"),
        ("Read {the book}", ""),
        ("{{ them|names }}, {{ me.name }}, {{ them[0].name }}", ""),
    ],
)
def test_a_value_of_a_text_that_there_cannot_be_is_told(tmp_path, title, said):
    found = checked(tmp_path, f'{MEET}{RULE}do = {{ type = "task", title = "{title}" }}\n')
    assert [problem.code for problem in found] == (["F030"] if said else [])
    assert all(said in problem.message for problem in found)
