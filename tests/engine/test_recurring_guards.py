"""Guards from the clock: windows over all cases, which hold contact to anybody."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_rules.language.load import Surroundings, load
from followup_rules.model import State
from followup_rules.toml.document import parse
from tests.support.caselab import JULIE, at, decide, note, sent, shown, the, visit
from tests.support.rulelab import world

NIGHT = '[guard.night]\nwhy = "Night."\non = { every = "day at 20:00" }\ncloses = "start + 12 hours"\n'
MAIL = '[rule.mail]\non = { kind = "meeting" }\ncloses = "end + 5 days"\ndo = { type = "draft", title = "x" }\n'
EVENING, NOON = visit("2026-11-10 19:30"), visit("2026-11-10 11:00")


def told(text, *events, now, **more):
    found = the(text, *events, now=now, **more)
    return found.state, shown(found.due), shown(found.next)


@pytest.mark.parametrize(
    ("now", "state", "next_"),
    [
        ("2026-11-10 12:00", State.WAITING, "2026-11-10 20:30"),
        ("2026-11-10 20:30", State.HELD, "2026-11-11 08:00"),
        ("2026-11-11 07:59", State.HELD, "2026-11-11 08:00"),
        ("2026-11-11 08:00", State.DUE, "2026-11-11 20:00"),
        ("2026-11-11 20:00", State.HELD, "2026-11-12 08:00"),
        ("2026-11-15 08:00", State.DUE, "2026-11-15 20:00"),
        ("2026-11-15 20:00", State.HELD, "2026-11-15 20:30"),
        ("2026-11-15 20:30", State.EXPIRED, ""),
    ],
)
def test_what_opens_at_night_is_held_until_the_morning(now, state, next_):
    found = told(MAIL + NIGHT, EVENING, now=now)
    assert (found[0], found[2]) == (state, next_)


def test_what_is_held_says_by_what_and_until_when_and_has_no_event_as_evidence():
    found = the(MAIL + NIGHT, EVENING, now="2026-11-10 21:00")
    assert (found.guard, found.evidence) == ("night", ())
    assert found.why == "held by night until Wed 2026-11-11 08:00: Night."


def test_a_guard_that_does_not_say_why_holds_all_the_same():
    found = the(MAIL + NIGHT.replace('why = "Night."\n', ""), EVENING, now="2026-11-10 21:00")
    assert found.why == "held by night until Wed 2026-11-11 08:00"


def test_it_is_due_at_the_end_of_the_night_in_which_it_opened_and_of_no_later_one():
    assert told(MAIL + NIGHT, EVENING, now="2026-11-14 12:00")[1] == "2026-11-11 08:00"
    assert told(MAIL + NIGHT, NOON, now="2026-11-14 12:00")[1] == "2026-11-10 12:00"


def test_one_hold_may_follow_another():
    morning = NIGHT.replace("night", "morning").replace("20:00", "08:00").replace("12 hours", "2 hours")
    quiet = '[guard.quiet]\non = { kind = "meeting" }\ncloses = "end + 1 day at 21:00"\n'
    assert told(MAIL + NIGHT + morning, EVENING, now="2026-11-11 12:00")[1] == "2026-11-11 10:00"
    assert told(MAIL + NIGHT + quiet, EVENING, now="2026-11-12 12:00")[1] == "2026-11-12 08:00"


@pytest.mark.parametrize(
    ("rule", "state"),
    [
        (MAIL, State.HELD),
        (MAIL + 'passes = "night"\n', State.DUE),
        (MAIL.replace('"draft"', '"task"'), State.DUE),
        (MAIL.replace('"x" }', '"x", to = "somebody@else.example" }'), State.HELD),
    ],
)
def test_it_holds_contact_to_anybody_but_of_what_passes(rule, state):
    assert told(rule + NIGHT, EVENING, now="2026-11-10 21:00")[0] is state
    assert told(rule + NIGHT.replace("closes", 'except = ["mail"]\ncloses'), EVENING, now="2026-11-10 21:00")[0] is (
        State.DUE
    )


def test_it_ends_early_like_any_guard_and_may_open_before_it_recurs():
    awake = NIGHT + 'ended_by = ["#awake"]\n'
    noted = note("2026-11-10 22:00", "awake")
    assert told(MAIL + awake, EVENING, noted, now="2026-11-10 23:00")[:2] == (State.DUE, "2026-11-10 22:00")
    early = NIGHT + 'opens = "start - 1 hour"\n'
    assert told(MAIL + early, visit("2026-11-10 18:00"), now="2026-11-10 19:10")[0] is State.HELD


def test_a_recurring_guard_may_have_no_window_on_some_days():
    """Of a week-end the nights are moved to Monday, but end as they are: none is left."""
    text = MAIL + NIGHT + 'opens = "start, workday"\n'
    assert told(text, visit("2026-11-13 19:30"), now="2026-11-13 21:00") == (
        State.HELD,
        "2026-11-13 20:30",
        "2026-11-14 08:00",
    )
    assert told(text, visit("2026-11-14 19:30"), now="2026-11-14 21:00") == (
        State.DUE,
        "2026-11-14 20:30",
        "2026-11-15 20:30",
    )
    assert told(text, visit("2026-11-15 19:30"), now="2026-11-15 21:00")[0] is State.DUE


def test_before_it_recurs_for_the_first_time_a_guard_holds_nothing():
    text = MAIL + NIGHT.replace("day at 20:00", "2 weeks from 2026-11-10 at 20:00")
    assert told(text, visit("2026-11-09 19:30"), now="2026-11-09 21:00")[0] is State.DUE
    assert told(text, EVENING, now="2026-11-10 21:00")[0] is State.HELD


def test_august_is_a_window_of_a_month():
    august = '[guard.august]\non = { every = "year on 08-01 at 00:00" }\ncloses = "start + 31 days"\n'
    away = visit("2026-08-20 10:00")
    text = MAIL.replace('closes = "end + 5 days"\n', "")
    assert told(text + august, away, now="2026-08-25 12:00") == (State.HELD, "2026-08-20 11:00", "2026-09-01 00:00")
    assert told(text + august, away, now="2026-09-02 12:00")[1] == "2026-09-01 00:00"
    assert told(text + august, visit("2026-07-20 10:00"), now="2026-07-20 12:00")[0] is State.DUE


@pytest.mark.parametrize(("when", "found"), [("2026-11-10 21:00", {"night"}), ("2026-11-10 12:00", set())])
def test_a_mail_of_mine_can_break_it_or_fall_within_it(when, found):
    text = '[rule.night]\non = { kind = "sent" }\n%s\ndo = { type = "notice", title = "x" }\n' + NIGHT
    for field in ('breaks = "night"', 'during = "night"'):
        decisions = decide(text % field, sent(when, JULIE), now="2026-11-11 12:00").values()
        assert {each.rule for each in decisions} == found


@given(st.lists(st.integers(0, 24 * 60 * 6), min_size=1, max_size=10), st.integers(0, 23))
def test_whoever_ticks_oftener_sees_the_same_and_is_told_of_each_change_beforehand(minutes, hour):
    text, meeting = MAIL + NIGHT, visit(f"2026-11-10 {hour:02}:15")
    last = None
    for ahead in sorted(minutes):
        moment = f"2026-11-{10 + ahead // 1440:02} {ahead // 60 % 24:02}:{ahead % 60:02}"
        found = the(text, meeting, now=moment)
        assert found.next is None or found.next > at(moment)
        if last and last.next and at(moment) < last.next:
            assert (found.state, found.next) == (last.state, last.next)
        if found.state is State.DUE:
            assert 8 <= found.due.hour < 20
        last = found


@pytest.mark.parametrize(
    ("on", "code", "says"),
    [
        ('{ every = "dya" }', "F014", "'dya' is no way to move a day in 'dya'"),
        ("{ every = 5 }", "F011", "'every' must be a text"),
        ('{ every = "day", kind = "sent" }', "F010", "unknown key 'kind'"),
        ('{ any = [{ every = "day" }] }', "F010", "unknown key 'every'"),
    ],
)
def test_what_recurs_wrongly_is_told_and_the_guard_does_not_fail_open(on, code, says):
    document = parse(MAIL + NIGHT.replace('{ every = "day at 20:00" }', on), "rules.toml")
    found, (problem,) = load([document], world(), Surroundings(frozenset(), {"out": ("draft",)}))
    assert (problem.code, problem.line) == (code, 7)
    assert says in problem.message
    assert "night" in found.rules["mail"].fault


def test_windows_may_overlap():
    long = NIGHT.replace("12 hours", "40 hours").replace('"night"', '"night"') + 'ended_by = ["#awake"]\n'
    assert told(MAIL + long, visit("2026-11-10 21:00", id="v"), now="2026-11-10 23:00")[0] is State.HELD
    assert told(MAIL + long, NOON, now="2026-11-10 20:00")[2] == "2026-11-11 20:00", "the next holds it longer"
    # Of the night before last, what is left holds after the last one was ended.
    over = note("2026-11-11 22:00", "awake")
    found = the(MAIL + long, visit("2026-11-11 22:30"), over, now="2026-11-11 23:45")
    assert (found.state, shown(found.due)) == (State.DUE, "2026-11-11 23:30")


OFTEN = '[guard.often]\non = { every = "day at 20:00" }\nopens = "start %s %d hours"\ncloses = "start %s %d hours"\n'
AT_ONCE = '[rule.mail]\non = { kind = "meeting" }\nlate = "start + 60 days"\ndo = { type = "draft", title = "x" }\n'
HOURS = st.integers(-30, 60)


@given(opens=HOURS, long=st.integers(1, 50), at_hour=st.integers(0, 23), later=st.integers(0, 100))
def test_what_recurs_holds_as_if_each_of_its_windows_were_written_down(opens, long, at_hour, later):
    """However its windows lie to the occurrence that they belong to, and to each other."""
    first, closes = visit(f"2026-11-10 {at_hour:02}:00"), opens + long
    text = AT_ONCE + OFTEN % ("-+"[opens >= 0], abs(opens), "-+"[closes >= 0], abs(closes))
    evening, hour = at("2026-11-01 20:00"), timedelta(hours=1)
    starts = [evening + timedelta(days=day) + opens * hour for day in range(30)]
    now, due = first.end + later * hour, first.end
    while due <= now and (ends := [start + long * hour for start in starts if start <= due < start + long * hour]):
        due = max(ends)
    current = [start + long * hour for start in starts if start <= now < start + long * hour]
    found = the(text, first, now=shown(now))
    if current:
        longer = [start for start in starts if start > now and start + long * hour > max(current)]
        assert (found.state, found.next) == (State.HELD, min([max(current), *longer]))
    else:
        assert (found.state, found.due) == (State.DUE, due)
        assert found.next == min(start for start in starts if start > now)


def test_a_guard_of_which_most_occurrences_have_no_window_holds_in_the_others():
    """From Thursday to Sunday its beginning moves behind its end, or onto it; Monday's reaches to Thursday."""
    weekly = NIGHT.replace("20:00", "08:00").replace("12 hours", "3 days") + 'opens = "start, mon"\n'
    asked = visit("2026-11-11 11:00")
    assert told(MAIL + weekly, asked, now="2026-11-11 12:00") == (State.HELD, "2026-11-11 12:00", "2026-11-12 08:00")
    assert told(MAIL + weekly, asked, now="2026-11-12 08:00")[:2] == (State.DUE, "2026-11-12 08:00")


def test_what_was_due_before_a_night_is_due_as_before_from_its_very_end_on():
    assert told(MAIL + NIGHT, NOON, now="2026-11-11 08:00")[:2] == (State.DUE, "2026-11-10 12:00")


def test_of_two_nights_that_begin_at_once_the_longer_counts():
    short = NIGHT.replace("night", "evening").replace("12 hours", "3 hours")
    for text in (MAIL + NIGHT + short, MAIL + short + NIGHT):
        assert told(text, EVENING, now="2026-11-10 22:00") == (State.HELD, "2026-11-10 20:30", "2026-11-11 08:00")
        assert told(text, EVENING, now="2026-11-11 09:00")[1] == "2026-11-11 08:00"


def test_quiet_days_hold_too_where_a_night_may():
    quiet = '[guard.quiet]\non = { kind = "meeting" }\ncloses = "end + 1 day at 21:00"\n'
    assert told(MAIL + NIGHT + quiet, NOON, now="2026-11-10 13:00")[0] is State.HELD
    text = MAIL + NIGHT + quiet.replace('" }', '", title = "Second" }')
    second = decide(text, EVENING, visit("2026-11-14 10:00", id="next", title="Second"), now="2026-11-11 12:00")
    assert shown(second[f"mail/{EVENING.id}@2026-11-10"].due) == "2026-11-11 08:00", "that of another day is to come"
