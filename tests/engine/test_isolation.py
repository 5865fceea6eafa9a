"""A plugin's predicate that fails: its rule, and what relies on it, is as faulty in that case as if written so."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from followup_rules.engine.isolation import Failed, blaming
from followup_rules.model import State
from tests.support.caselab import decide, note, visit
from tests.support.rulelab import rules

NOTICE = 'do = { type = "notice", title = "x" }\n'
OTHER = f'[rule.other]\non = {{ kind = "meeting" }}\n{NOTICE}'
ON_MEETINGS = '[rule.call]\non = { kind = "meeting" }\n'
WHY = "the check 'fails' of a plugin failed: RuntimeError: no battery"
FAULTY = (State.BROKEN, f"the rule is faulty: {WHY}")
FIRST, SECOND = visit(id="1"), visit("2026-11-10 10:00", id="2")
BATTERY = note("2026-11-10 12:00", id="n", title="Battery")


def decided(text, *events):
    """Return (state, why) of each decision, by its key."""
    return {key: (each.state, each.why) for key, each in decide(text, *events, now="2026-11-12 12:00").items()}


def states(text, *events):
    return {key: state for key, (state, _) in decided(text, *events).items()}


@pytest.mark.parametrize(
    "field",
    [
        'done_by = [{ check = "fails" }]',
        'cancelled_by = [{ kind = "note", check = "fails" }]',
        'while = [{ check = "fails" }]',
        'opens = "spoken.on"',
        'moved_by = "spoken.on"',
        'carries = { kind = "note", check = "fails" }',
    ],
)
def test_a_rule_whose_check_fails_is_broken_in_that_case_and_no_other_rule_is(field):
    text = f'[define.spoken]\nkind = "note"\ncheck = "fails"\n{ON_MEETINGS}{field}\n{NOTICE}{OTHER}'
    assert decided(text, FIRST, SECOND, BATTERY) == {
        "call/1@2026-11-09": FAULTY,
        "call/2@2026-11-10": FAULTY,
        "other/1@2026-11-09": (State.DUE, "late since Tue 2026-11-10 11:00"),
        "other/2@2026-11-10": (State.DUE, "late since Wed 2026-11-11 11:00"),
    }


@pytest.mark.parametrize("field", ['on = { check = "fails" }', 'on = { kind = "note" }\nwhere = { check = "fails" }'])
def test_every_anchor_in_doubt_is_listed_as_broken_and_no_other(field):
    found = decided(f"[rule.call]\n{field}\n{NOTICE}{OTHER}", FIRST, BATTERY)
    assert found["call/n@2026-11-10"] == FAULTY
    assert found["other/1@2026-11-09"][0] is State.DUE
    only_notes = f'[rule.call]\non = {{ kind = "note", check = "fails" }}\n{NOTICE}'
    assert decided(only_notes, FIRST, BATTERY) == {"call/n@2026-11-10": FAULTY}


def test_where_the_check_works_the_rule_works():
    text = f'[rule.call]\non = {{ kind = "meeting", check = "fails" }}\n{NOTICE}'
    assert states(text, FIRST, BATTERY) == {"call/1@2026-11-09": State.DUE}


GUARD = """
[guard.quiet]
on = { check = "fails" }
closes = "day + 90 days"
[rule.write]
on = { kind = "meeting" }
do = { type = "draft", title = "x" }
"""


@pytest.mark.parametrize(
    "guard",
    [
        GUARD,
        GUARD.replace('check = "fails"', 'kind = "meeting"') + '[guard.quiet.where]\ncheck = "fails"\n',
        GUARD.replace('check = "fails"', 'kind = "meeting"\n')
        .replace("\n }", " }")
        .replace("closes", 'ended_by = [{ kind = "note", check = "fails" }]\ncloses'),
    ],
)
def test_what_a_failing_guard_may_hold_is_broken_and_nothing_else(guard):
    battery = visit(id="1", title="Battery") if "where" in guard else FIRST
    found = decided(guard + OTHER, battery, BATTERY)
    assert found["write/1@2026-11-09"] == (
        State.BROKEN,
        f"the rule is faulty: the guard 'quiet', which may hold it, is faulty: {WHY}",
    )
    assert found["other/1@2026-11-09"][0] is State.DUE


def test_a_failing_guard_is_told_of_whatever_became_of_the_duty_unless_nobody_knows_when_it_opens():
    done, unknown = GUARD + 'done_by = [{ kind = "note" }]\n', GUARD + 'opens = "it.asked"\n'
    assert states(done, FIRST, BATTERY) == {"write/1@2026-11-09": State.BROKEN}
    assert states(unknown, FIRST, BATTERY) == {"write/1@2026-11-09": State.WAITING}


@pytest.mark.parametrize("relies", ['during = "quiet"', 'breaks = { guard = "quiet" }'])
def test_a_rule_that_asks_a_failing_guard_is_broken(relies):
    assert states(f"{GUARD}{ON_MEETINGS}{relies}\n{NOTICE}", FIRST, BATTERY)["call/1@2026-11-09"] is State.BROKEN


def test_a_rule_that_only_counts_from_a_failing_one_is_broken_too_unless_it_has_a_fallback():
    first = f'[rule.first]\non = {{ check = "fails" }}\n{NOTICE}'
    second = f"{ON_MEETINGS}opens = %s\n{NOTICE}"
    assert states(first + second % '"first"', FIRST, BATTERY)["call/1@2026-11-09"] is State.BROKEN
    assert states(first + second % '["first", "end"]', FIRST, BATTERY)["call/1@2026-11-09"] is State.DUE


def test_a_case_for_which_no_rule_can_be_blamed_says_what_happened():
    before_all_days = replace(FIRST, start=datetime.min.replace(tzinfo=UTC))
    with pytest.raises(Exception, match=r"^OverflowError: date value out of range$"):
        decide(ON_MEETINGS + NOTICE, before_all_days, now="2026-11-12 12:00")


# -- a rule of which only some anchors fail


ASK_OR_FAIL = """
[rule.odd]
on = { tags = ["ask"], check = "fails" }
opens = "start"
do = { type = "task", title = "Odd" }
[rule.even]
on = "#ask"
opens = "start"
do = { type = "task", title = "Even" }
"""


def test_a_rule_is_shown_as_broken_where_it_fails_and_where_it_starts():
    found = decide(ASK_OR_FAIL, note("2026-11-09 10:00", "ask", title="Battery"), note("2026-11-10 10:00", "ask"),
                   note("2026-11-11 10:00", "other", title="Battery"), now="2026-11-12 10:00")  # fmt: skip
    states = sorted((each.rule, each.visit.day.day, str(each.state)) for each in found.values())
    assert states == [("even", 9, "due"), ("even", 10, "due"), ("odd", 9, "broken"), ("odd", 10, "broken")]


def test_it_is_not_shown_where_the_check_works_and_excludes_the_event():
    text = ASK_OR_FAIL.replace('check = "fails" }', 'not = { check = "fails" } }')
    found = decide(text, note("2026-11-09 10:00", "ask", title="Battery"), note("2026-11-10 10:00", "ask"),
                   now="2026-11-12 10:00")  # fmt: skip
    assert [each.visit.day.day for each in found.values() if each.rule == "odd"] == [9]


def test_a_condition_on_the_anchor_that_fails_breaks_its_rule_alone():
    rules = ASK_OR_FAIL.replace('{ tags = ["ask"], check = "fails" }', '"#ask"\nwhere = { check = "fails" }')
    found = decide(rules, note("2026-11-09 10:00", "ask", title="Battery"), now="2026-11-12 10:00")
    assert sorted((each.rule, str(each.state)) for each in found.values()) == [("even", "due"), ("odd", "broken")]


def test_a_case_in_which_everything_fails_is_not_tried_for_ever():
    nameless = replace(note("2026-11-09 10:00", "ask"), id=None)
    with pytest.raises(Failed, match=r"^AttributeError"):
        decide(ASK_OR_FAIL, nameless, now="2026-11-12 10:00")


def test_somebody_who_ends_the_run_is_no_fault_of_a_rule():
    rule = rules(ON_MEETINGS + NOTICE).rules["call"]
    with pytest.raises(KeyboardInterrupt), blaming(rule):
        raise KeyboardInterrupt
