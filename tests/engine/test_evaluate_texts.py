"""What a due action's text is given: what is carried and announced, when other rules open, and warnings."""

from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.engine.evaluate import EvaluationContext, evaluate
from followup_rules.engine.openings import latest_openings
from followup_rules.model import Report, State
from tests.support.caselab import EVERYTHING, JULIE, MARC, at, case, decide, event, note, sent, shown, visit
from tests.support.rulelab import rules

# -- what goes into the action


EARLY = "2026-11-12 12:00"
KEY = "call/nordik.ca@2026-11-09"

CARRY = """
[rule.call]
on = { kind = "meeting" }
per = "%s"
opens = "end"
done_by = ["#called"]
cancelled_by = ["#offer"]
carries = { tags = "thought" }
do = { type = "task", title = "Call" }
"""


def carried(*events, per="case", now="2026-11-30 12:00"):
    found = decide(CARRY % per, *events, now=now)
    return [each.id for each in found[max(found)].carries]


def thought(start, **fields):
    return note(start, "thought", id=start.replace(" ", "T"), **fields)


def test_second_thoughts_since_the_visit_are_carried_into_the_action_in_the_order_of_time():
    thoughts = [thought("2026-11-12 12:00"), thought("2026-11-09 10:00"), thought("2026-11-09 09:59"),
                thought("2026-11-10 12:00", ticked=True), note("2026-11-11 12:00", "fit")]  # fmt: skip
    for per in ("event", "day", "case"):
        assert carried(visit(), *thoughts, per=per) == ["2026-11-09T10:00", "2026-11-12T12:00"]


def test_nothing_is_carried_before_it_is_due():
    assert carried(visit("2026-12-09 10:00"), thought("2026-12-09 10:30"), now="2026-12-09 10:45") == []


ROUNDS = [visit("2026-11-09 10:00", id="I1"), visit("2026-11-16 10:00", id="I2")]


def test_what_was_kept_for_an_earlier_round_is_carried_on_to_the_latest():
    early = [thought("2026-11-09 09:00"), thought("2026-11-10 12:00"), thought("2026-11-17 12:00")]
    assert carried(*ROUNDS, *early) == ["2026-11-10T12:00", "2026-11-17T12:00"]
    assert carried(*ROUNDS, *early, per="day") == ["2026-11-17T12:00"]


@pytest.mark.parametrize(
    "ended",
    [
        note("2026-11-12 12:00", "offer"),
        note("2026-11-12 12:00", "called"),
        event("done", "2026-11-12 12:00", report=Report(key="call/nordik.ca@2026-11-09", rule="call")),
    ],
)
def test_what_was_said_in_an_earlier_call_is_not_carried_again(ended):
    assert carried(
        *ROUNDS, thought("2026-11-10 12:00"), thought("2026-11-12 12:00"), thought("2026-11-13 12:00"), ended
    ) == [
        "2026-11-12T12:00",
        "2026-11-13T12:00",
    ]


@pytest.mark.parametrize(
    "other",
    [
        event("done", "2026-11-12 12:00", report=Report(key="another/nordik.ca@2026-11-09", rule="another")),
        event("sent", "2026-11-12 12:00", report=Report(key="call/other@2026-11-09", rule="call")),
        note("2026-11-08 12:00", "called"),
        note("2026-11-12 12:00", "fit"),
    ],
)
def test_what_ended_no_earlier_call_leaves_second_thoughts_in_place(other):
    assert carried(*ROUNDS, thought("2026-11-10 12:00"), other) == ["2026-11-10T12:00"]


@pytest.mark.parametrize("start", ["2026-11-16 10:00", "2026-11-17 12:00"])
def test_an_earlier_call_that_is_ticked_off_only_after_the_next_visit_takes_nothing_from_its_call(start):
    ticked = event("done", start, report=Report(key="call/nordik.ca@2026-11-09", rule="call"))
    thoughts = [thought("2026-11-10 12:00"), thought("2026-11-18 12:00")]
    assert carried(*ROUNDS, *thoughts, ticked) == ["2026-11-10T12:00", "2026-11-18T12:00"]


def test_of_several_ends_the_last_before_the_visit_counts():
    ends = [note("2026-11-10 12:00", "called"), note("2026-11-12 12:00", "called", id="x")]
    assert carried(*ROUNDS, *ends, thought("2026-11-11 12:00"), thought("2026-11-13 12:00")) == ["2026-11-13T12:00"]


def test_what_ended_the_call_to_one_person_leaves_second_thoughts_for_the_other():
    text = (CARRY % "case").replace("opens", 'each = "person"\nopens', 1)
    rounds = [replace(each, people=(JULIE, MARC)) for each in ROUNDS]
    called = event("done", "2026-11-12 12:00", MARC, report=Report(key="call/x~marc@nordik.ca@2026-11-09", rule="call"))
    found = decide(text, *rounds, thought("2026-11-10 12:00"), called, now="2026-11-30 12:00")
    carries = {each.visit.person: len(each.carries) for each in found.values() if each.visit.start == rounds[1].start}
    assert carries == {"julie@nordik.ca": 1, "marc@nordik.ca": 0}


# -- what is announced, and when the other rules open


ANNOUNCE = """
[define.announced]
tags = "announced"
[rule.thank]
on = { kind = "meeting" }
per = "day"
opens = "end"
announces = "call"
do = { type = "task", title = "Thank" }
[rule.call]
on = { kind = "meeting" }
per = "%s"
opens = "day + 10 days at 09:00"
moved_by = "announced.on"
closes = "opens + 7 days"
done_by = ["#called"]
do = { type = "task", title = "Call" }
[rule.later]
on = "#ask"
opens = "start + 10 days"
done_by = ["#asked"]
do = { type = "task", title = "Later" }
"""


def announced(*events, now=EARLY, per="case", day="2026-11-09", text=ANNOUNCE, **more):
    found = decide(text % per, *events, now=now, **more)[f"thank/nordik.ca@{day}"]
    return [(one.rule, one.key, shown(one.at)) for one in found.announces], {
        k: shown(v) for k, v in found.openings.items()
    }


CALL_ON_THE_19TH = ("call", "call/nordik.ca@2026-11-09", "2026-11-19 09:00")


def test_what_is_due_announces_the_opening_of_the_other_rule():
    assert announced(visit()) == ([CALL_ON_THE_19TH], {"thank": "2026-11-09 11:00", "call": "2026-11-19 09:00"})


@pytest.mark.parametrize(
    ("events", "more"),
    [
        ([note("2026-11-10 12:00", "called")], {}),
        ([visit("2026-11-16 10:00", id="I2")], {}),  # superseded by the next round
        ([], {"now": "2026-12-12 12:00"}),  # missed
    ],
)
def test_what_will_not_be_is_not_announced(events, more):
    assert announced(visit(), *events, **more)[0] == []


def test_the_next_rounds_call_is_known_to_the_text_but_not_announced():
    found, openings = announced(visit(), visit("2026-11-16 10:00", id="I2"))
    assert found == []
    assert "call" not in openings


def test_a_rule_that_is_off_is_not_announced():
    text = ANNOUNCE.replace('title = "Call" }', 'title = "Call" }\nenabled = false')
    assert announced(visit(), text=text, faulty=True) == ([], {"thank": "2026-11-09 11:00"})


def test_a_rule_that_does_not_say_what_it_starts_from_is_not_announced_and_spoils_nothing_else():
    text = ANNOUNCE.replace('[rule.call]\non = { kind = "meeting" }\nper = "%s"', "[rule.call]").replace("%", "%%")
    assert announced(visit(), text=text + "#%s", faulty=True) == ([], {"thank": "2026-11-09 11:00"})


def test_what_is_not_due_announces_nothing():
    assert announced(visit(), now="2026-11-09 10:59") == ([], {})


def test_a_rule_without_an_opening_announces_nothing():
    text = ANNOUNCE.replace("day + 10 days at 09:00", "it.until")
    assert announced(visit(), text=text) == ([], {"thank": "2026-11-09 11:00"})


def test_the_openings_of_other_rules_are_known_to_the_text():
    asked = note("2026-11-11 12:00", "ask")
    assert announced(visit(), asked)[1]["later"] == "2026-11-21 12:00"
    assert "later" not in announced(visit(), asked, note("2026-11-12 10:00", "asked"))[1]


def test_where_the_same_anchor_is_over_the_latest_opening_that_is_not_counts():
    notes = [note(f"2026-11-09 1{hour}:00", "ask", id=f"n{hour}", ticked=hour == 1) for hour in (1, 3, 2)]
    assert announced(visit(), *notes)[1]["later"] == "2026-11-19 13:00"
    assert announced(visit(), *notes[1:])[1]["later"] == "2026-11-19 12:00"


def test_of_two_openings_in_the_hour_that_comes_twice_the_second_is_the_later():
    text = ANNOUNCE.replace("start + 10 days", "it.until")
    first, second = (datetime(2027, 11, 7, hour, minute, tzinfo=UTC) for hour, minute in ((5, 50), (6, 10)))
    notes = [
        note("2026-11-09 11:00", "ask", id="over", ticked=True),
        note("2026-11-10 11:00", "ask", id="a", data={"until": second}),
        note("2026-11-11 11:00", "ask", id="b", data={"until": first}),
    ]
    assert announced(visit(), *notes, text=text)[1]["later"] == "2027-11-07 01:10"


def test_where_the_same_anchor_is_over_another_that_does_not_open_yet_is_no_date():
    text = ANNOUNCE.replace("start + 10 days", "it.until")
    notes = [note("2026-11-09 11:00", "ask", id="n1", ticked=True), note("2026-11-09 12:00", "ask", id="n2")]
    assert announced(visit(), *notes, text=text)[1] == {"thank": "2026-11-09 11:00", "call": "2026-11-19 09:00"}


def test_a_faulty_rule_opens_nowhere():
    text = ANNOUNCE.replace('"start + 10 days"', '"start + ten days"')
    assert "later" not in announced(visit(), note("2026-11-11 12:00", "ask"), text=text, faulty=True)[1]


# -- warnings


@pytest.mark.parametrize(
    ("on", "warning"),
    [
        ("2026-11-20 09:00", ""),
        ("2026-11-21 09:00", "call was moved to 2026-11-21, which is a week-end; you said so, so it stays"),
        ("2026-12-25 09:00", "call was moved to 2026-12-25, which is Christmas; you said so, so it stays"),
    ],
)
def test_a_date_of_the_users_own_on_a_day_off_stays_with_a_warning(on, warning):
    said = note("2026-11-10 12:00", "announced", data={"on": at(on)})
    for now in (EARLY, on):
        found = decide(ANNOUNCE % "case", visit(), said, now=now)[KEY]
        assert (found.warning, found.warning_code) == (warning, Code.NO_WORKDAY if warning else "")
    called = note("2026-11-11 12:00", "called")
    assert decide(ANNOUNCE % "case", visit(), said, called, now=EARLY)[KEY].warning == ""


@pytest.mark.parametrize(
    ("until", "opens", "warning"),
    [
        ("2026-11-15 09:00", "2026-11-19 09:00",
         "2026-11-15 comes before 2026-11-19, when call opens, and moves it no earlier"),
        ("2026-11-19 08:00", "2026-11-19 09:00", ""),
        ("2026-11-25 09:00", "2026-11-25 09:00", ""),
    ],
)  # fmt: skip
def test_a_date_that_lies_before_the_opening_moves_it_no_earlier_and_says_so(until, opens, warning):
    text = """
[define.away]
tags = "away"
[rule.call]
on = { kind = "meeting" }
opens = "day + 10 days at 09:00"
not_before = "away.until"
do = { type = "task", title = "Call" }
"""
    said = note("2026-11-10 12:00", "away", data={"until": at(until)})
    (found,) = decide(text, visit(), said, now=EARLY).values()
    assert (found.opens, found.warning, found.warning_code) == (at(opens), warning, Code.UNMOVED if warning else "")
    (unknown,) = decide(text.replace("day + 10 days at 09:00", "it.nothing"), visit(), said, now=EARLY).values()
    assert (unknown.state, unknown.warning) == (State.WAITING, "")


# -- the whole


def test_decisions_come_in_the_order_of_keys_whatever_order_things_were_found_in():
    events = [visit(id="b"), visit("2026-11-16 10:00", id="a"), note("2026-11-10 12:00", "ask")]
    moment = EvaluationContext(at(EARLY), at("2026-01-01"), at("2026-01-31") - at("2026-01-01"), EVERYTHING)
    book = rules(ANNOUNCE % "case")
    found = [evaluate(case(*order), book, {}, moment) for order in permutations(events)]
    assert all(each == found[0] for each in found)
    keys = [decision.key for decision in found[0]]
    assert keys == sorted(keys)
    assert len(keys) == 5


SEVERAL = (
    ANNOUNCE.replace('announces = "call"', 'announces = ["early", "call", "later-call"]')
    + """
[rule.early]
on = { kind = "meeting" }
per = "day"
opens = "day + 1 hour"
do = { type = "task", title = "Early" }
[rule.later-call]
on = { kind = "meeting" }
per = "case"
opens = "day + 20 days"
do = { type = "task", title = "Later" }
"""
)
LATER_CALL = ("later-call", "later-call/nordik.ca@2026-11-09", "2026-11-29 00:00")


def test_of_several_the_first_that_opens_later_than_itself_is_announced():
    found, openings = announced(visit(), text=SEVERAL)
    assert found == [CALL_ON_THE_19TH]
    # A text names of what may be announced only what is.
    assert openings == {"thank": "2026-11-09 11:00", "call": "2026-11-19 09:00"}
    assert announced(visit(), note("2026-11-10 12:00", "called"), text=SEVERAL)[0] == [LATER_CALL]


def test_what_opens_no_later_than_itself_is_not_announced_alone_either():
    text = ANNOUNCE.replace("day + 10 days at 09:00", "day + 1 hour")
    assert announced(visit(), text=text)[0] == []
    assert announced(visit(), text=text.replace("day + 1 hour", "end"))[0] == []


@given(st.permutations([visit(), note("2026-11-10 12:00", "called"), visit("2026-11-09 15:00", id="I2")]))
def test_the_order_of_events_never_changes_what_is_announced(events):
    assert announced(*events, text=SEVERAL)[0] == [LATER_CALL]


def test_several_patterns_carry_what_any_of_them_finds_once_and_in_the_order_of_time():
    text = """
[rule.call]
on = { kind = "meeting" }
per = "day"
opens = "day + 10 days at 09:00"
carries = ["#thought", { tags = ["idea", "thought"], text = "*" }, "#idea"]
do = { type = "task", title = "Call" }
"""
    notes = [note("2026-11-10 10:00", "idea", id="b"), note("2026-11-10 09:00", "thought", id="a", text="x")]
    (found,) = decide(text, visit(), *notes, note("2026-11-11 09:00", "other"), now="2026-11-19 12:00").values()
    assert [each.id for each in found.carries] == ["a", "b"]


def test_what_was_kept_for_what_a_note_ended_is_not_carried_on():
    thoughts = [thought("2026-11-10 12:00"), thought("2026-11-13 12:00")]
    for tag, carried_on in [("done", thoughts[1:]), ("dismissed", thoughts)]:
        ended = note("2026-11-12 12:00", tag, data={"for": f"{KEY}#1"})
        assert carried(*ROUNDS, *thoughts, ended) == [each.id for each in carried_on]


# -- when other rules open


OPENINGS = """
[rule.ask]
on = "#ask"
opens = "start"
do = { type = "task", title = "x" }
[rule.other]
on = "#ask"
opens = "it.on"
%s
do = { type = "task", title = "x" }
"""


def told_openings(*events, more=""):
    found = decide(OPENINGS % more, *events, now="2026-11-12 12:00").values()
    return {each.visit.anchor.id: {name: shown(when) for name, when in each.openings.items()} for each in found
            if each.rule == "ask"}  # fmt: skip


def asked(name, day, on=None):
    return note(f"2026-11-{day} 12:00", "ask", id=name, data={"on": at(on)} if on else {})


def test_of_a_rule_that_never_opens_for_the_same_anchor_no_opening_is_told():
    events = asked("a", 10, "2026-11-20 09:00"), asked("b", 11)
    assert told_openings(*events) == {
        "a": {"ask": "2026-11-10 12:00", "other": "2026-11-20 09:00"},
        "b": {"ask": "2026-11-11 12:00"},
    }


def test_of_a_rule_that_does_not_concern_the_anchor_the_latest_opening_is_told():
    guard = '[guard.quiet]\non = { kind = "meeting" }\nopens = "start"\ncloses = "end + 2 days"\n'
    events = asked("a", 10, "2026-11-20 09:00"), asked("b", 12, "2026-11-25 09:00"), visit("2026-11-09 13:00")
    found = decide(OPENINGS % 'during = "quiet"' + guard, *events, now="2026-11-12 12:00").values()
    assert {each.visit.anchor.id: shown(each.openings["other"]) for each in found if each.rule == "ask"} == {
        "a": "2026-11-20 09:00",
        "b": "2026-11-20 09:00",
    }


def test_of_an_hour_that_the_clock_shows_twice_the_later_is_the_latest():
    early, late = datetime(2026, 11, 1, 5, 40, tzinfo=UTC), datetime(2026, 11, 1, 6, 10, tzinfo=UTC)
    for order in ((early, late), (late, early)):
        events = [
            note("2026-10-30 12:00", "ask", id=name, data={"on": when}) for name, when in zip("ab", order, strict=True)
        ]
        latest = latest_openings(decide(OPENINGS % "", *events, now="2026-10-31 13:00").values())
        assert latest["other"].timestamp() == late.timestamp()


def test_what_may_have_been_sent_already_is_asked_of_each_action_of_each_duty():
    drafts = '[{ type = "draft", title = "x" }, { type = "draft", title = "y" }]'
    text = f'[rule.write]\non = "#ask"\nopens = "start"\ndo = {drafts}\n'
    asks = [note(f"2026-11-{day} 10:00", "ask", id=name, people=(JULIE,)) for name, day in (("a", 10), ("b", 11))]
    found = decide(text, *asks, sent("2026-11-12 12:30"), now="2026-11-12 13:00")
    assert {key: {*each.unknown} for key, each in found.items()} == {
        key: {key, f"{key}#2"} for key in ("write/a@2026-11-10", "write/b@2026-11-11")
    }


def test_what_may_have_been_sent_already_is_told_of_too():
    """Its subject, which may hold an opening, is to be compared with a mail's."""
    text = OPENINGS % 'closes = "it.on"' + (
        '[rule.write]\non = "#ask"\nopens = "start"\ncloses = "start + 1 hour"\ndo = { type = "draft", title = "x" }\n'
    )
    mail = sent("2026-11-10 12:30")
    found = decide(text, replace(asked("a", 10), people=(JULIE,)), mail, now="2026-11-12 12:00")["write/a@2026-11-10"]
    assert (str(found.state), {*found.unknown}, {*found.openings}) == ("expired", {found.key}, {"ask"})
