"""`first`: the first of a thread, of a series, or with somebody."""

from datetime import timedelta

import pytest

from followup_rules.engine.anchors import CaseView
from followup_rules.engine.clock import Span
from tests.support.caselab import JULIE, MARC, NADIA, at, case, decide, event, note, sent, visit
from tests.support.rulelab import rules

NOW = "2026-11-30 12:00"
DAYS = [f"2026-11-{day:02} 10:00" for day in (9, 10, 11)]


def asked(what, *events, kind="meeting", first_run="2026-01-01"):
    """Return the ids of the events that are the first."""
    text = f'[rule.ask]\non = {{ kind = "{kind}", first = "{what}" }}\ndo = {{ type = "task", title = "Ask" }}\n'
    span = Span(at(first_run), at(NOW), timedelta(days=30))
    seen = CaseView(case(*events), rules(text), {}, span)
    return {each.id for visit in seen.visits(seen.rules.rules["ask"]) for each in visit.events}


def weekly(number, *people, **fields):
    """Return an occurrence of a series."""
    return visit(DAYS[number], *people, id=f"S/{DAYS[number][:10].replace('-', '')}T150000Z", **fields)


SERIES = [weekly(number) for number in range(3)]
SINGLE = visit("2026-11-01 10:00", id="single")


def test_of_a_series_the_first_occurrence_is_and_of_what_is_none_nothing():
    assert asked("series", *SERIES) == {SERIES[0].id}
    assert asked("series", *SERIES[::-1], SINGLE) == {SERIES[0].id, "single"}
    other = visit("2026-11-08 10:00", id="T/20261108T150000Z")
    assert asked("series", *SERIES, other) == {SERIES[0].id, other.id}


def test_of_a_thread_the_first_mail_is_and_what_is_in_none_is_no_later_one():
    mails = [sent(day, id=name, thread="t") for day, name in zip(DAYS, "abc", strict=True)]
    assert asked("thread", *mails, kind="sent") == {"a"}
    assert asked("thread", *(visit(day, id=day) for day in DAYS)) == {*DAYS}
    assert asked("with", *mails, kind="sent") == {"a", "b", "c"}, "whom a mail goes to has not been met by that"


def test_of_two_at_once_the_lesser_id_is_the_first():
    twins = [visit(DAYS[0], id=name) for name in "ba"]
    for order in (twins, twins[::-1]):
        assert asked("with", *order) == {"a"}


@pytest.mark.parametrize(
    ("people", "first"),
    [
        ((JULIE, NADIA), {"1", "3"}),
        ((NADIA, NADIA), {"1", "2"}),
        ((JULIE, JULIE), {"1"}),
    ],
)
def test_whom_i_have_met_i_do_not_meet_for_the_first_time(people, first):
    meetings = [visit(DAYS[0], JULIE, MARC, id="1"), *(
        visit(day, person, id=name) for day, person, name in zip(DAYS[1:], people, "23", strict=True)
    )]  # fmt: skip
    assert asked("with", *meetings) == first


def test_an_occurrence_that_was_over_before_the_first_run_is_nobodys_first_and_counts_as_met():
    """Nobody could be asked about it."""
    begun = "2026-11-10 10:00"
    assert asked("series", *SERIES, first_run=begun) == {SERIES[1].id}
    assert asked("series", *SERIES, first_run="2026-11-09 11:00") == {SERIES[0].id}
    assert asked("with", *SERIES, first_run=begun) == set()
    single = visit("2026-11-12 10:00", JULIE, id="later")
    assert asked("with", *SERIES, single, first_run="2026-11-20 10:00") == set()
    assert asked("with", visit(DAYS[0], id="old"), visit(DAYS[1], id="new"), first_run=begun) == {"old"}


def test_an_occurrence_of_which_nobody_knows_whether_it_took_place_shows_no_meeting():
    doubtful = weekly(0, answered=False)
    assert asked("with", doubtful, *SERIES[1:], first_run="2026-11-10 10:00") == {SERIES[1].id}


THREAD = (
    '[rule.nudge]\non = { kind = ["meeting", "done"] }\ndone_by = [{ kind = ["note", "received"], same = "thread" }]\n'
    'opens = "end"\ndo = { type = "task", title = "Ask" }\n'
)


def test_what_is_in_no_thread_shares_none():
    found = decide(THREAD, visit(), note("2026-11-10 09:00"), now="2026-11-10 12:00")
    assert {str(each.state) for each in found.values()} == {"due"}


def test_what_was_done_is_in_the_thread_of_its_anchor():
    told = event("done", "2026-11-10 09:00", id="d", thread="m1")
    mails = [sent("2026-11-02 10:00", id="m1", title="Invoice", thread="m1"),
             event("received", "2026-11-10 11:00", JULIE, id="r1", references=("m1",))]  # fmt: skip
    assert {str(each.state) for each in decide(THREAD, *mails, told, now="2026-11-10 12:00").values()} == {"done"}
