"""Rules from the clock: each occurrence from the first run on is an anchor, in the case named by the rule's id."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from followup_rules.engine.anchors import CaseView
from followup_rules.engine.evaluate import EvaluationContext, evaluate
from followup_rules.language.load import Surroundings, load
from followup_rules.language.phrases import Days
from followup_rules.model import Case, State
from followup_rules.toml.document import parse
from tests.support.caselab import EVERYTHING, at, note, shown
from tests.support.examples import examples
from tests.support.rulelab import HOLIDAYS, TORONTO, rules, world

REVIEW = '[rule.review]\non = { every = "friday at 15:00" }\ndo = { type = "task", title = "x" }\n'
START = "2026-11-04 12:00"
"""A Wednesday."""


def decide(text, *events, now, since=START, lookback=30, key="review", compiled=None):
    """Return what the rules say in the case of a rule from the clock, by key."""
    context = EvaluationContext(at(now), at(since), timedelta(days=lookback), EVERYTHING)
    found = evaluate(Case(key=key, home=events), compiled or rules(text), {}, context)
    return {decision.key.removeprefix(f"{key}/every@"): decision for decision in found}


def states(text, *events, **more):
    return {
        day: (each.state, shown(each.opens), shown(each.next)) for day, each in decide(text, *events, **more).items()
    }


def test_the_first_occurrence_is_the_first_after_the_first_run_and_the_next_replaces_it():
    assert states(REVIEW, now=START) == {"2026-11-06": (State.WAITING, "2026-11-06 15:00", "2026-11-06 15:00")}
    # Late after a day; the next one is known from now on.
    assert states(REVIEW, now="2026-11-06 15:00") == {
        "2026-11-06": (State.DUE, "2026-11-06 15:00", "2026-11-07 15:00"),
        "2026-11-13": (State.WAITING, "2026-11-13 15:00", "2026-11-13 15:00"),
    }
    assert states(REVIEW, now="2026-11-13 15:00") == {
        "2026-11-06": (State.EXPIRED, "2026-11-06 15:00", "2026-12-13 15:00"),
        "2026-11-13": (State.DUE, "2026-11-13 15:00", "2026-11-14 15:00"),
        "2026-11-20": (State.WAITING, "2026-11-20 15:00", "2026-11-20 15:00"),
    }


def test_what_was_before_the_first_run_never_was_and_the_very_instant_of_it_is():
    assert [*decide(REVIEW, now="2026-11-06 16:00", since="2026-11-06 15:01")] == ["2026-11-13"]
    assert [*decide(REVIEW, now="2026-11-06 16:00", since="2026-11-06 15:00")] == ["2026-11-06", "2026-11-13"]


def test_at_its_very_instant_it_has_begun_and_at_its_very_opening_it_is_open():
    """So the one after it, which has neither begun nor opened, is known too."""
    assert [*decide(REVIEW + 'opens = "start + 3 hours"\n', now="2026-11-06 15:00")] == ["2026-11-06", "2026-11-13"]
    early = decide(REVIEW + 'opens = "start - 10 days"\n', now="2026-11-10 15:00")
    assert [*early] == ["2026-11-06", "2026-11-13", "2026-11-20", "2026-11-27"]


def test_an_occurrence_is_shown_as_the_rule_says_it():
    assert decide(REVIEW, now=START)["2026-11-06"].visit.anchor.title == "friday at 15:00"


def test_it_says_nothing_in_any_other_case():
    assert decide(REVIEW, now="2026-11-06 15:00", key="nordik.ca") == {}


def test_what_is_long_over_is_looked_at_no_more():
    found = decide(REVIEW, now="2027-03-05 15:00")
    assert [*found] == [
        "2027-01-29",
        "2027-02-05",
        "2027-02-12",
        "2027-02-19",
        "2027-02-26",
        "2027-03-05",
        "2027-03-12",
    ]
    assert [*decide(REVIEW, now="2027-03-05 15:00", lookback=0)] == ["2027-02-26", "2027-03-05", "2027-03-12"]


def test_a_note_of_its_case_ends_it_and_the_others_stay():
    text = REVIEW + 'done_by = ["#reviewed"]\n'
    found = decide(text, note("2026-11-14 10:00", "reviewed"), now="2026-11-14 12:00")
    assert [each.state for each in found.values()] == [State.DONE, State.DONE, State.WAITING]
    assert found["2026-11-13"].why.startswith("done by your note")
    # It is later than both; where it is to end the present one alone, the rule says until when it counts.
    bounded = REVIEW + 'done_by = [{ is = "#reviewed", before = "opens + 7 days" }]\n'
    found = decide(bounded, note("2026-11-14 10:00", "reviewed"), now="2026-11-14 12:00")
    assert [each.state for each in found.values()] == [State.EXPIRED, State.DONE, State.WAITING]


def test_a_window_of_its_own_may_be_shorter_or_longer_than_the_time_to_the_next():
    short = decide(REVIEW + 'closes = "start + 1 day"\n', now="2026-11-08 12:00")
    assert [each.state for each in short.values()] == [State.EXPIRED, State.WAITING]
    long = decide(REVIEW + 'closes = "start + 20 days"\n', now="2026-11-24 12:00")
    assert [each.state for each in long.values()] == [State.DUE] * 3 + [State.WAITING]


def test_what_opens_before_it_begins_is_known_as_soon():
    text = REVIEW + 'opens = "start - 10 days"\n'
    assert states(text, now=START) == {
        "2026-11-06": (State.DUE, "2026-10-27 15:00", "2026-11-06 15:00"),
        "2026-11-13": (State.DUE, "2026-11-03 15:00", "2026-11-04 15:00"),
        "2026-11-20": (State.WAITING, "2026-11-10 15:00", "2026-11-10 15:00"),
    }


def test_what_opens_after_the_next_one_closes_at_the_next_after_that():
    found = decide(REVIEW + 'opens = "start + 8 days"\n', now="2026-11-14 15:00")
    assert (found["2026-11-06"].state, shown(found["2026-11-06"].closes)) == (State.DUE, "2026-11-20 15:00")


@pytest.mark.parametrize(
    ("every", "since", "now", "days"),
    [
        ("day at 02:30", "2027-03-14 00:00", "2027-03-14 12:00", {"2027-03-14": "2027-03-14 03:30", "2027-03-15": "2027-03-15 02:30"}),
        ("day at 01:30", "2026-11-01 00:00", "2026-11-01 12:00", {"2026-11-01": "2026-11-01 01:30", "2026-11-02": "2026-11-02 01:30"}),
        ("year on 01-01 at 00:00", "2026-12-31 12:00", "2026-12-31 23:59", {"2027-01-01": "2027-01-01 00:00"}),
        ("month on last", "2027-02-01 12:00", "2027-02-28 12:00", {"2027-02-28": "2027-02-28 09:00", "2027-03-31": "2027-03-31 09:00"}),
        ("month on 31", "2028-02-01 12:00", "2028-02-29 12:00", {"2028-02-29": "2028-02-29 09:00", "2028-03-31": "2028-03-31 09:00"}),
        ("year on 02-29", "2027-02-01 12:00", "2027-02-28 12:00", {"2027-02-28": "2027-02-28 09:00", "2028-02-29": "2028-02-29 09:00"}),
        ("2 weeks from 2026-11-06 at 15:00", START, "2026-11-21 12:00",
         {"2026-11-06": "2026-11-06 15:00", "2026-11-20": "2026-11-20 15:00", "2026-12-04": "2026-12-04 15:00"}),
        ("1 week from 2029-01-05", START, "2026-11-21 12:00", {"2029-01-05": "2029-01-05 09:00"}),
        ("workday", "2026-12-25 00:00", "2026-12-25 12:00", {"2026-12-28": "2026-12-28 09:00"}),
    ],
)  # fmt: skip
def test_every_of_any_sort(every, since, now, days):
    found = decide(REVIEW.replace("friday at 15:00", every), now=now, since=since)
    assert {day: shown(each.opens) for day, each in found.items()} == days


def test_an_hour_that_comes_twice_is_one_occurrence():
    found = decide(REVIEW.replace("friday at 15:00", "day at 01:30"), now="2026-11-01 12:00", since="2026-11-01 00:00")
    assert found["2026-11-01"].opens.utcoffset() == timedelta(hours=-4)


def test_another_zone_keeps_the_keys():
    document = parse(REVIEW, "rules.toml")
    for zone in ("America/Toronto", "Europe/Paris", "Pacific/Honolulu", "Asia/Kathmandu"):
        days = Days(ZoneInfo(zone), HOLIDAYS.get)
        compiled, _ = load([document], replace(world(), days=days), Surroundings(frozenset(), {"out": ("task",)}))
        found = decide("", now="2026-11-10 12:00", compiled=compiled)
        assert [*found] == ["2026-11-06", "2026-11-13"]
        assert found["2026-11-06"].opens == datetime(2026, 11, 6, 15, tzinfo=ZoneInfo(zone))


def test_one_that_comes_to_rest_nowhere_is_broken_alone():
    text = REVIEW.replace("friday", "day") + 'opens = "start, fri/sat, workday before"\n'
    found = decide(text, now="2026-12-26 16:00", since="2026-12-24 12:00")
    assert {day: each.state for day, each in found.items()} == {
        "2026-12-24": State.BROKEN,  # the Friday is a holiday
        "2026-12-25": State.BROKEN,
        "2026-12-26": State.BROKEN,
        "2026-12-27": State.WAITING,
    }


def test_a_guard_of_its_case_and_one_from_the_clock_hold_what_contacts():
    text = REVIEW.replace('"task", title = "x"', '"draft", title = "x", to = "a@b.example"')
    text += '[guard.night]\non = { every = "day at 14:00" }\ncloses = "start + 2 hours"\n'
    found = decide(text, now="2026-11-06 15:00")
    assert (found["2026-11-06"].state, shown(found["2026-11-06"].next)) == (State.HELD, "2026-11-06 16:00")
    assert shown(decide(text, now="2026-11-06 17:00")["2026-11-06"].due) == "2026-11-06 16:00"


def test_a_guard_from_the_clock_may_have_the_name_of_the_rule():
    text = REVIEW.replace('"task", title = "x"', '"draft", title = "x", to = "a@b.example"')
    text += '[guard.review]\non = { every = "day at 14:00" }\ncloses = "start + 2 hours"\n'
    assert decide(text, now="2026-11-06 15:00")["2026-11-06"].state is State.HELD


def test_another_rule_from_the_clock_or_from_an_event_says_nothing_of_it():
    text = REVIEW + REVIEW.replace("review", "other") + "[rule.any]\non = { people = { max = 9 } }\n"
    text += 'do = { type = "task", title = "x" }\n'
    assert {each.rule for each in decide(text, now="2026-11-06 16:00").values()} == {"review"}


EVERY = st.sampled_from(
    ["friday at 15:00", "day at 00:30", "workday", "mon/thu at 23:59", "month on last", "2 weeks from 2026-11-13",
     "year on 11-30"]
)  # fmt: skip
MORE = st.sampled_from(
    ["", 'opens = "start - 9 days"\n', 'opens = "start + 3 hours"\n', 'closes = "start + 45 days"\n',
     'closes = "start + 1 hour"\n', 'opens = "start + 12 days"\nlate = "opens + 1 hour"\n',
     'done_by = [{ is = "#reviewed", before = "opens + 2 days" }]\n', 'opens = "start, fri/sat, workday before"\n',
     'due = "start + 1 day, workday"\ncloses = ["it.nothing", "due + 3 days"]\n']
)  # fmt: skip


@examples(60)
@given(EVERY, MORE, st.lists(st.integers(0, 60 * 24 * 75), min_size=2, max_size=8), st.integers(0, 40))
def test_whoever_runs_oftener_sees_the_same_and_is_told_of_each_change_beforehand(every, more, minutes, lookback):
    text = REVIEW.replace("friday at 15:00", every) + more
    first = at(START).astimezone(TORONTO)
    last = None
    reviewed = note("2026-11-20 10:00", "reviewed")
    for ahead in sorted(minutes):
        moment = (at(START) + timedelta(minutes=ahead)).astimezone(TORONTO)
        found = decide(text, reviewed, now=f"{moment:%Y-%m-%d %H:%M}", lookback=lookback)
        assert all(each.visit.start >= first for each in found.values())
        assert all(each.next is None or each.next > moment for each in found.values())
        assert any(each.next for each in found.values()), "it would never be looked at again"
        if last and moment < min(each.next for each in last.values() if each.next):
            assert found == last
        for day, before in (last or {}).items():
            if before.next and moment < before.next:
                assert found[day].state is before.state
        last = found


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ('per = "case"\n', "F016", "'per' asks for events, and this rule starts from the clock"),
        ('each = "person"\n', "F016", "'each' asks for events, and this rule starts from the clock"),
        ('where = "#x"\n', "F016", "'where' asks for events"),
        ('closes = "review.done"\n', "F017", "times in a cycle: review.done -> review.done"),
        ('closes = "other"\n[rule.other]\non = "#x"\nopens = "review + 1 day"\ndo = { type = "task", title = "x" }\n',
         "F017", "times in a cycle: other -> review -> other"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told(line, code, says):
    document = parse(REVIEW + line, "rules.toml")
    compiled, problems = load([document], world(), Surroundings(frozenset(), {"out": ("task",)}))
    assert [(each.code, says in each.message) for each in problems] == [(code, True)], problems
    found = decide("", now="2026-11-06 16:00", compiled=compiled)
    assert {each.state for each in found.values()} == {State.BROKEN}


def test_per_event_is_what_it_is():
    assert [*decide(REVIEW + 'per = "event"\n', now=START)] == ["2026-11-06"]


def test_what_comes_next_is_told_in_the_users_own_time():
    (found,) = decide(REVIEW, now=START).values()
    assert found.next == at("2026-11-06 15:00")
    assert found.next.utcoffset() == timedelta(hours=-5)


@pytest.mark.parametrize(
    ("closes", "lookback", "until"),
    [
        ("", 1, "2026-11-20 15:00"),  # a week after it closed, however short the look back is
        ("", 8, "2026-11-21 15:00"),
        ('closes = "start + 20 days"\n', 1, "2026-12-03 15:00"),
        ('closes = "start + 1 hour"\n', 1, "2026-11-13 16:00"),
        ('closes = "it.nothing"\n', 1, "2026-11-20 15:00"),
    ],
)
def test_what_is_over_is_looked_at_for_a_week_at_least(closes, lookback, until):
    for minutes, kept in [(-1, True), (0, False)]:
        now = shown(at(until) + timedelta(minutes=minutes))
        assert ("2026-11-06" in decide(REVIEW + closes, now=now, lookback=lookback)) is kept


def test_the_week_has_as_many_hours_as_any_when_the_clocks_change():
    for now, kept in [("2026-11-06 13:59", True), ("2026-11-06 14:00", False)]:  # it closed on 2026-10-30 at 15:00
        assert ("2026-10-23" in decide(REVIEW, now=now, since="2026-10-22 12:00", lookback=1)) is kept


def test_what_was_missed_at_its_very_instant_is_looked_at_until_it_is_forgotten():
    text = REVIEW + 'opens = "start - 1 day"\ncloses = "start"\n'
    found = decide(text, now="2026-11-06 15:00", lookback=1)["2026-11-06"]
    assert (found.state, shown(found.next)) == (State.EXPIRED, "2026-11-13 15:00")
    assert found.next.utcoffset() == timedelta(hours=-5), "in the user's own time"


def test_a_faulty_one_is_broken_for_each_occurrence_that_is_looked_at():
    text = REVIEW.replace("do =", 'closes = "begin"\ndo =')
    found = decide(text, now="2026-11-14 12:00", compiled=rules(text, faulty=True))
    assert {day: each.state for day, each in found.items()} == {
        "2026-11-06": State.BROKEN,
        "2026-11-13": State.BROKEN,
        "2026-11-20": State.BROKEN,
    }


def test_where_nothing_tells_the_first_run_nothing_is_known_of_occurrences():
    compiled = rules(REVIEW)
    assert CaseView(Case(key="review", home=()), compiled, {}).visits(compiled.rules["review"]) == ()


def test_the_next_one_is_known_from_the_opening_of_one_that_is_over_before_it_opens():
    early, over = (
        REVIEW + 'opens = "start - 1 day"\n',
        note("2026-11-04 13:00", "done", data={"for": "review/every@2026-11-06"}),
    )
    found = states(early, over, now="2026-11-05 12:00")
    assert found == {"2026-11-06": (State.DONE, "2026-11-05 15:00", "2026-11-05 15:00")}
    assert [*states(early, over, now="2026-11-05 15:00")] == ["2026-11-06", "2026-11-13"]
