"""A note that is to move a rule to a day, and does not say the day, is told."""

import pytest

from followup_rules.codes import Code
from followup_rules.engine.anchors import CaseView
from followup_rules.engine.moving_notes import moving, without_day
from tests.support.caselab import JULIE, at, case, note, view, visit
from tests.support.rulelab import rules

DO = 'do = { type = "task", title = "Call" }\n'
CALL = f'[define.announced]\nkind = "note"\ntags = ["announced"]\n[rule.r]\non = {{ kind = "meeting" }}\n{DO}'
MOVED = f'{CALL}moved_by = "announced.on"\n'


def told(text, *events):
    return [
        (found.note.id, str(found.message), str(found.hint), found.code) for found in without_day(view(text, *events))
    ]


def test_a_note_without_the_day_is_told_with_what_to_write():
    said, silent = (
        note("2026-11-10", "announced", id="n", data={"on": at("2026-11-19 09:00")}),
        note("2026-11-11", "announced", id="m"),
    )
    assert told(MOVED, visit(), said, silent) == [
        (
            "m",
            "the note does not say on:, so it moves nothing",
            "write the day behind it, such as on:friday or on:2026-11-27",
            Code.NO_DAY,
        )
    ]


def test_other_notes_and_other_events_are_not_asked_for_a_day():
    assert told(MOVED, note("2026-11-10", "called"), visit(tags=("announced",))) == []
    assert told(MOVED.replace('kind = "note"\n', ""), visit(tags=("announced",))) == []


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ('moved_by = "announced.on"', {"announced": "on"}),
        ('not_before = "announced.until"', {"announced": "until"}),
        ('moved_by = ["announced.end", "announced.on"]', {"announced": "on"}),
        ('moved_by = "announced.start"', {}),
        ('moved_by = "announced.end"', {}),
        ('moved_by = "announced"\n[rule.announced]\non = "#x"\n' + DO, {}),  # that rule's opening
        ('moved_by = "announced.gone"', {}),
        ('moved_by = "it.on"', {}),
        ('opens = "announced.on"', {}),
    ],
)
def test_what_moves_a_rule_is_a_definition_with_a_field_that_only_some_events_have(key, expected):
    assert moving(rules(f"{CALL}{key}\n")) == expected


def test_a_definition_that_asks_for_the_anchor_or_whose_predicate_fails_tells_of_no_note():
    told_of = note("2026-11-10", "announced", title="Battery", people=(JULIE,))
    for more in ('with = "them"', 'check = "fails"'):
        assert told(MOVED.replace("[rule.r]", f"{more}\n[rule.r]"), visit(), told_of) == []


def test_beside_such_a_definition_the_others_tell_of_theirs():
    personal = '[define.spoken]\nkind = "note"\nwith = "them"\n'
    text = personal + MOVED.replace('"announced.on"', '["spoken.on", "announced.on"]')
    assert [name for name, *_ in told(text, note("2026-11-10", "announced", id="n", people=(JULIE,)))] == ["n"]


def test_a_definition_that_is_faulty_tells_of_no_note_either():
    faulty = rules(MOVED.replace('tags = ["announced"]', "tags = 5"), faulty=True)
    assert moving(faulty) == {"announced": "on"}
    assert not [*without_day(CaseView(case(note("2026-11-10", "announced")), faulty, {}))]


def test_a_note_of_a_machine_moves_nothing():
    assert told(MOVED, note("2026-11-10", "announced", auto="reply")) == []
