"""Where phrases move an opening, from when on something is late, and what comes to rest nowhere."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_rules.engine.isolation import Failed
from followup_rules.model import State
from tests.support.caselab import at, decide, note, sent, shown, states, the, view, visit
from tests.support.rulelab import HOLIDAYS

MEETING = 'on = { kind = "meeting" }\n'
TASK = 'do = { type = "task", title = "x" }\n'
CALL = f"[rule.call]\n{MEETING}{TASK}"
# Christmas is a Friday: moved to Friday or Saturday, then back to a workday, an anchor of that week goes to and fro.
UNSETTLED = "[rule.call]\n" + MEETING + TASK + 'opens = "day at 09:00, fri/sat, workday before"\n'
CALM, TROUBLED = visit("2026-12-14 10:00", id="calm"), visit("2026-12-22 10:00", id="troubled")


def test_the_story_has_a_holiday_on_a_friday():
    assert date(2026, 12, 25) in HOLIDAYS
    assert date(2026, 12, 25).weekday() == 4


# -- late


@pytest.mark.parametrize(
    ("fields", "opens", "late"),
    [
        ("", "2026-11-09 11:00", "2026-11-10 11:00"),
        ('opens = "day + 3 days"', "2026-11-12 00:00", "2026-11-13 00:00"),
        # Due before it opens: nobody could have done it by then.
        ('opens = "day + 3 days"\ndue = "day + 1 day"', "2026-11-12 00:00", "2026-11-13 00:00"),
        ('opens = "day"\ndue = "day + 3 days at 09:00"', "2026-11-09 00:00", "2026-11-13 09:00"),
        ('opens = "end, workday, 08:00-10:00"\nlate = "start + 1 hour"', "2026-11-10 08:00", "2026-11-11 08:00"),
        ('opens = "day + 3 days"\nlate = "it.none"', "2026-11-12 00:00", "2026-11-13 00:00"),
        ('opens = "day + 3 days"\nlate = "opens"', "2026-11-12 00:00", "2026-11-12 00:00"),
        ('opens = "day + 3 days"\nlate = "opens + 2 hours"', "2026-11-12 00:00", "2026-11-12 02:00"),
    ],
)
def test_nothing_is_late_before_it_has_opened(fields, opens, late):
    found = the(CALL + fields, visit(), now=opens)
    assert (shown(found.opens), shown(found.next) if not found.late else opens) == (opens, late)


# -- what comes to rest nowhere


def test_an_opening_that_comes_to_rest_nowhere_breaks_that_duty_alone():
    found = decide(UNSETTLED, CALM, TROUBLED, now="2026-12-18 12:00")
    assert {key: each.state for key, each in found.items()} == {
        "call/calm@2026-12-14": State.DUE,
        "call/troubled@2026-12-22": State.BROKEN,
    }
    assert "'fri/sat, workday before' comes to rest nowhere" in found["call/troubled@2026-12-22"].why


@pytest.mark.parametrize("key", ["due", "late", "closes"])
def test_so_does_any_other_of_its_times(key):
    text = CALL + f'{key} = "day at 09:00, fri/sat, workday before"\n'
    assert states(text, CALM, TROUBLED, now="2026-12-30 12:00")["call/troubled@2026-12-22"] is State.BROKEN
    assert states(text, CALM, TROUBLED, now="2026-12-30 12:00")["call/calm@2026-12-14"] is not State.BROKEN


def test_a_pattern_counted_from_there_breaks_that_duty_too():
    text = CALL + 'done_by = [{ kind = "note", after = "day, fri/sat, workday before" }]\n'
    found = states(text, CALM, TROUBLED, note("2026-12-23 10:00"), now="2026-12-24 12:00")
    assert (found["call/calm@2026-12-14"], found["call/troubled@2026-12-22"]) == (State.DONE, State.BROKEN)


def test_who_counts_from_it_is_broken_too_unless_a_fallback_is_given():
    more = f'[rule.next]\n{MEETING}{TASK}opens = "call + 1 day"\n'
    now = "2027-01-02 12:00"
    assert states(UNSETTLED + more, TROUBLED, now=now)["next/troubled@2026-12-22"] is State.BROKEN
    fallback = more.replace('"call + 1 day"', '["call + 1 day", "day + 1 day"]')
    assert states(UNSETTLED + fallback, TROUBLED, now=now)["next/troubled@2026-12-22"] is State.DUE


def test_a_guard_whose_window_comes_to_rest_nowhere_does_not_open_up():
    mail = f'[rule.mail]\n{MEETING}do = {{ type = "draft", title = "x" }}\n'
    guard = f'[guard.quiet]\n{MEETING}closes = "day, fri/sat, workday before"\n'
    memo = f"[rule.memo]\n{MEETING}{TASK}"
    found = states(mail + guard + memo, TROUBLED, now="2026-12-22 12:00")
    assert found == {"mail/troubled@2026-12-22": State.BROKEN, "memo/troubled@2026-12-22": State.DUE}


def test_an_anchor_that_cannot_be_told_is_listed_as_broken():
    text = CALL + 'where = { before = "day + 9 days, fri/sat, workday before" }\n'
    assert set(states(text, visit("2026-12-15 10:00"), now="2026-12-22 12:00").values()) == {State.BROKEN}
    with pytest.raises(Failed):
        view(text, visit("2026-12-15 10:00")).visits(view(text, visit()).rules.rules["call"])


@given(st.permutations([CALM, TROUBLED, visit("2026-12-21 10:00", id="x"), note("2026-12-16 10:00")]))
def test_neither_the_order_of_events_nor_that_of_ticks_changes_what_is_broken(events):
    once = decide(UNSETTLED, *events, now="2026-12-30 12:00")
    assert once == decide(UNSETTLED, CALM, TROUBLED, visit("2026-12-21 10:00", id="x"), note("2026-12-16 10:00"),
                          now="2026-12-30 12:00")  # fmt: skip


ROLLS = st.sampled_from(["workday", "tue-thu", "mon/fri", "08:00-19:00", "22:00-06:00", "13:00-15:00"])
HOURS = st.lists(st.integers(0, 24 * 20), min_size=1, max_size=12)


@given(st.lists(ROLLS, max_size=2, unique=True), HOURS, st.integers(0, 23))
def test_whoever_ticks_oftener_sees_the_same_openings(rolls, hours, hour):
    if {"08:00-19:00", "22:00-06:00"} <= {*rolls} or {"13:00-15:00", "22:00-06:00"} <= {*rolls}:
        return
    if {"tue-thu", "mon/fri"} <= {*rolls}:
        return
    text = CALL + f'opens = "{", ".join(["end + 2 days", *rolls])}"\n'
    meeting = visit(f"2026-11-0{1 + hour % 9} {hour:02}:30")
    first = the(text, meeting, now="2026-11-01 00:00")
    for ahead in sorted(hours):
        moment = f"2026-11-{1 + ahead // 24:02} {ahead % 24:02}:00"
        found = the(text, meeting, now=moment)
        assert (found.opens, found.due) == (first.opens, first.due)
        assert (found.state is State.WAITING) == (at(moment) < found.opens)
        # What time alone changes is told beforehand.
        assert found.next is None or found.next > at(moment)


# -- what is sent, as evidence, from an opening on


def test_a_roll_counts_in_a_pattern_as_in_an_opening():
    text = CALL + 'done_by = [{ kind = "sent", after = "end, 08:00-09:00" }]\n'
    assert states(text, visit(), sent("2026-11-10 07:59"), now="2026-11-10 12:00")[KEY] is State.DUE
    assert states(text, visit(), sent("2026-11-10 08:00"), now="2026-11-10 12:00")[KEY] is State.DONE


KEY = "call/meeting-2026-11-09T10:00@2026-11-09"
