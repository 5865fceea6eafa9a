"""What an instant may be counted from: never from what is only known once it is known itself."""

import pytest

from followup_rules.language.load import Surroundings, load
from followup_rules.toml.document import Document, parse
from tests.support.rulelab import world

CASE = """
[define.said]
tags = "said"
%s
[define.meant]
tags = "meant"
after = "said.on"
[rule.call]
on = { kind = "meeting" }
%s
do = { type = "notice", title = "Call" }
[guard.quiet]
on = { kind = "meeting" }
closes = ["%s", "end + 1 day"]
"""


def problems(define, rule, guard="end + 2 days"):
    document = parse(CASE % (define, rule, guard), "rules.toml")
    assert isinstance(document, Document)
    return [(found.where, found.message) for found in load([document], world(), Surroundings())[1]]


@pytest.mark.parametrize(
    ("define", "rule", "message"),
    [
        ('after = "opens"', 'opens = "said.on"', "'opens' counts from 'said', which itself counts from 'opens'"),
        ('before = "due"', 'opens = "said.on"', "'opens' counts from 'said', which itself counts from 'due'"),
        ('after = "opens"', 'moved_by = "said.on"', "'moved_by' counts from 'said', which itself counts from 'opens'"),
        ('after = "opens"', 'opens = "meant.on"', "'opens' counts from 'meant', which itself counts from 'opens'"),
        ('after = "due"', 'due = "said.on"', "'due' counts from 'said', which itself counts from 'due'"),
        ("", 'where = { after = "opens" }', "'after' cannot be counted from 'opens'"),
        ('after = "due"', 'where = { after = "said.on" }', "'after' counts from 'said', which itself counts from 'due'"),
        ('after = "due"', 'breaks = { guard = "quiet", after = "said.on" }',
         "'after' counts from 'said', which itself counts from 'due'"),
        ("", 'opens = "start.due"', "unknown definition 'start'"),
    ],
)  # fmt: skip
def test_an_instant_that_waits_for_itself_is_a_fault_of_its_rule(define, rule, message):
    assert problems(define, rule) == [("rule.call", message)]


def test_a_guard_knows_no_opening_of_a_rule_to_count_from():
    message = "'closes' counts from 'said', which itself counts from 'opens'"
    assert problems('after = "opens"', "", guard="said.on") == [("guard.quiet", message)]


@pytest.mark.parametrize(
    ("define", "rule"),
    [
        ('after = "opens"', 'due = "said.on"'),
        ('after = "due"', 'late = "said.on"'),
        ('after = "due"', 'closes = ["said.on", "meant.on"]'),
        ('after = "due"', 'done_by = ["said", { after = "meant.on", tags = "x" }]'),
        ('after = "end"', 'opens = ["said.on", "meant.on"]'),
    ],
)
def test_what_is_known_before_may_be_counted_from(define, rule):
    assert problems(define, rule) == []


@pytest.mark.parametrize("field", ["done_by", "cancelled_by", "while", "carries", "where"])
@pytest.mark.parametrize("name", ["said", "meant"])
def test_a_rule_that_looks_for_what_counts_from_a_faulty_definition_does_nothing(field, name):
    text = CASE % ("title = 5", f'{field} = {{ tags = "x", after = "{name}.on" }}', "end")
    book, found = load([parse(text, "rules.toml")], world(), Surroundings())
    assert [problem.message for problem in found] == ["'title' must be a text in quotes, not 5"]
    assert book.rules["call"].fault == "it looks for what counts from the definition 'said', which is faulty"
    assert book.guards["quiet"].fault == ""


def test_a_guard_that_ends_with_what_counts_from_a_faulty_definition_is_faulty_too():
    text = CASE % ("title = 5", "", "end") + 'ended_by = [{ tags = "x", after = "said.on" }]\n'
    book, _ = load([parse(text, "rules.toml")], world(), Surroundings())
    assert book.guards["quiet"].fault == "it looks for what counts from the definition 'said', which is faulty"


def test_a_guard_whose_anchor_must_match_what_counts_from_a_faulty_definition_is_faulty_too():
    text = CASE % ("title = 5", "", "end") + 'where = { tags = "x", after = "said.on" }\nended_by = ["#x"]\n'
    book, _ = load([parse(text, "rules.toml")], world(), Surroundings())
    assert book.guards["quiet"].fault == "it looks for what counts from the definition 'said', which is faulty"


@pytest.mark.parametrize("field", ["opens", "moved_by", "not_before", "due", "late", "closes"])
def test_a_definition_on_the_way_to_an_instant_must_be_sound(field):
    more = '[define.first]\nkind = "note"\nafter = ["second.on", "sound.on"]\n'
    more += '[define.second]\nkind = "note"\nafter = "said.on"\n[define.sound]\nkind = "note"\n'
    text = CASE % ("title = 5", f'{field} = "first.on"', "end") + more
    book, _ = load([parse(text, "rules.toml")], world(), Surroundings())
    assert book.rules["call"].fault == "it looks for what counts from the definition 'said', which is faulty"


def test_definitions_that_count_from_each_other_are_one_circle_and_nothing_hangs():
    found = problems('after = "meant.on"', 'opens = "said.on"')
    assert [message for _, message in found] == ["times in a cycle: meant -> said -> meant"]


@pytest.mark.parametrize("field", ["opens", "moved_by", "not_before", "due", "late", "closes"])
def test_what_counts_from_something_faulty_says_which_of_its_times_cannot_be_told(field):
    text = '[rule.call]\non = "#x"\n%s = %s\ndo = { type = "notice", title = "x" }\n[define.said]\nkin = "x"\n'
    text += '[rule.other]\non = "#x"\nopens = 5\ndo = { type = "notice", title = "x" }\n'
    for phrase, why in [('"said.on"', "counts from the definition 'said', which is faulty"),
                        ('"other + 1 day"', "cannot be told, because the rule 'other' is faulty")]:  # fmt: skip
        document = parse(text % (field, phrase), "rules.toml")
        assert load([document], world(), Surroundings())[0].rules["call"].fault == f"{field!r} {why}"


SILENCE = """
[rule.notice]
on = { kind = "sent" }
%s
do = { type = "notice", title = "x" }
[rule.again]
on = { kind = "sent" }
opens = "notice.done + 1 day"
do = { type = "notice", title = "x" }
[rule.thank]
on = { kind = "meeting" }
done_by = [{ kind = "sent", after = "%s" }]
do = { type = "notice", title = "x" }
[guard.quiet]
on = { kind = "meeting" }
closes = ["%s", "end + 1 day"]
except = ["%s"]
"""
BREAKS, DURING = 'breaks = { guard = "quiet" }', 'during = "quiet"'


@pytest.mark.parametrize(
    ("asks", "after", "closes", "spared", "way"),
    [
        (BREAKS, "day", "again", "thank", "notice.done -> quiet -> again"),
        (DURING, "day", "again", "thank", "notice.done -> quiet -> again"),
        (
            BREAKS,
            "again",
            "end + 2 days",
            "thank",
            "notice.done -> again",
        ),  # what excuses a mail tells whether it was one
        (BREAKS, "again", "end + 2 days", "again", ""),
        (DURING, "again", "end + 2 days", "thank", ""),
        (BREAKS, "day", "end + 2 days", "thank", ""),
    ],
)
def test_when_something_was_done_is_known_only_once_it_is_known_whether_it_was_asked_for(
    asks, after, closes, spared, way
):
    document = parse(SILENCE % (asks, after, closes, spared), "rules.toml")
    assert isinstance(document, Document)
    found = [problem.message for problem in load([document], world(), Surroundings())[1]]
    assert found == ([f"times in a cycle: again -> {way}"] if way else [])
