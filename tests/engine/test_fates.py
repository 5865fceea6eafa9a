"""Which meetings took place: what is gone from its calendar did if something shows it."""

import pytest

from followup_rules.engine.completed import completed
from followup_rules.engine.fates import Traces, as_it_stands, called_off_in_time, fate
from tests.support.caselab import JULIE, MARC, at, case, event, note, sent, visit
from tests.support.rulelab import rules

WORLD = """
[rule.r]
on = { tags = ["interview", "no-show"] }
do = { type = "task", title = "x" }
[tag]
interview = { marks = true }
no-show = { marks = "missed" }
"""


def told(meeting, *others, joined=()):
    """Return why a meeting did not take place, or ""."""
    world = rules(WORLD).world
    return str(fate(meeting, Traces(completed(case(meeting, *others, joined=joined), world), world)) or "")


def status(meeting, *others):
    world = rules(WORLD).world
    return as_it_stands(meeting, Traces(completed(case(meeting, *others), world), world)).status


GONE = visit(gone=at("2026-11-09 10:30"))
UNSHOWN = "“Interview” is no longer in the calendar, and nothing shows that it took place"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ""),
        ({"status": "declined"}, "you declined “Interview”"),
        ({"status": "cancelled"}, "“Interview” was cancelled"),
        ({"status": "missed"}, "“Interview” did not take place, as you noted"),
        ({"gone": at("2026-11-09 10:30")}, UNSHOWN),
        ({"gone": at("2026-11-09 10:30"), "title": ""}, UNSHOWN.replace("Interview", "meeting")),
        ({"gone": at("2026-11-09 10:30"), "past_unlisted": True, "listed": at("2026-11-09 09:50")}, ""),
        ({"gone": at("2026-11-09 10:00"), "past_unlisted": True, "listed": at("2026-11-09 09:50")}, ""),
        ({"gone": at("2026-11-09 09:59"), "past_unlisted": True, "listed": at("2026-11-09 09:50")}, UNSHOWN),
        (
            {"gone": at("2026-11-12 10:00"), "past_unlisted": True, "listed": at("2026-11-02 00:00")},
            "",
        ),  # a week before
        ({"gone": at("2026-11-12 10:00"), "past_unlisted": True, "listed": at("2026-11-01 23:59")}, UNSHOWN),
        ({"gone": at("2026-11-09 10:30"), "past_unlisted": True}, UNSHOWN),
        ({"gone": at("2026-11-09 11:00"), "listed": at("2026-11-09 11:00")}, ""),  # a pull after its end listed it
        ({"gone": at("2026-11-09 11:00"), "listed": at("2026-11-09 10:59")}, UNSHOWN),
        ({"gone": at("2026-11-09 10:59"), "listed": at("2026-11-09 11:00")}, UNSHOWN),
    ],
)
def test_a_meeting_says_itself_why_it_did_not_take_place(fields, expected):
    assert told(visit(**fields)) == expected


def test_a_note_that_was_taken_away_says_so_and_a_mail_was_sent_all_the_same():
    assert told(note("2026-11-09", title="Ask", gone=at("2026-11-10 10:00"))) == "“Ask” was taken away"
    assert told(sent("2026-11-09 10:00", gone=at("2026-11-10 10:00"))) == ""


@pytest.mark.parametrize(
    ("other", "shows"),
    [
        (note("2026-11-09 11:00"), True),
        (note("2026-11-09 10:59"), False),
        (note("2026-11-09"), True),  # at the end of its day
        (note("2026-11-09 12:00", gone=at("2026-11-09 13:00")), False),
        (sent("2026-11-09 11:00", JULIE), True),
        (sent("2026-11-09 11:00", MARC, JULIE), True),
        (sent("2026-11-09 10:59", JULIE), False),
        (sent("2026-11-09 11:00", MARC), False),
        (sent("2026-11-09 11:00", JULIE, auto="reply"), False),
        (event("received", "2026-11-09 11:00", JULIE), False),
    ],
)
def test_a_note_or_a_mail_of_mine_to_its_people_shows_that_it_took_place(other, shows):
    assert told(GONE, other) == ("" if shows else UNSHOWN)
    assert told(GONE, joined=[other]) == ("" if shows else UNSHOWN)


def test_the_last_note_of_the_case_counts():
    assert told(GONE, note("2026-11-08 11:00"), note("2026-11-09 11:00"), note("2026-11-07 11:00")) == ""


def test_the_latest_mail_to_somebody_counts_in_whatever_order():
    mails = [sent("2026-11-09 11:00", JULIE), sent("2026-11-08 11:00", JULIE)]
    assert told(GONE, *mails) == told(GONE, *reversed(mails)) == ""


@pytest.mark.parametrize(
    ("gone", "marked", "shows"),
    [
        ("2026-11-09 10:30", "2026-11-09 10:30", True),
        ("2026-11-09 10:30", "2026-11-09 10:29", False),
        ("2026-11-09 12:00", "2026-11-09 11:00", True),
        ("2026-11-09 12:00", "2026-11-09 10:59", False),
    ],
)
def test_a_note_that_marks_it_once_it_was_over_or_gone_answers_whether_it_took_place(gone, marked, shows):
    mark = note(marked, "interview", data={"re": at("2026-11-09 09:00")})
    assert told(visit(gone=at(gone)), mark) == ("" if shows else UNSHOWN)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "confirmed"),
        ({"gone": at("2026-11-09 10:30")}, "vanished"),
        ({"gone": at("2026-11-09 10:30"), "past_unlisted": True, "listed": at("2026-11-08 20:00")}, "confirmed"),
        ({"status": "declined", "gone": at("2026-11-09 10:30")}, "declined"),
        ({"answered": False}, "unanswered"),
        ({"answered": False, "status": "cancelled"}, "cancelled"),
    ],
)
def test_a_doubtful_meeting_has_the_status_that_says_so(fields, expected):
    found = status(visit(**fields))
    assert found == (visit().status if expected == "confirmed" else expected)


def test_what_you_noted_as_missed_has_that_status_a_meeting_or_a_note_that_stands_for_one():
    assert status(visit(tags=("no-show",))) == "missed"
    assert status(note("2026-11-09", "interview", "no-show")) == "missed"
    assert status(note("2026-11-09", "no-show")) == note("2026-11-09").status
    assert status(sent("2026-11-09 10:00", tags=("interview", "no-show"))) == sent("2026-11-09 10:00").status
    assert status(visit(tags=("no-show",), status="declined")) == "declined"


def test_other_events_are_never_in_doubt():
    taken = note("2026-11-09", gone=at("2026-11-09 10:30"))
    assert status(taken) == taken.status


@pytest.mark.parametrize(
    ("fields", "in_time"),
    [
        ({}, True),  # never seen as planned
        ({"planned": at("2026-11-09 09:00")}, False),
        ({"planned": at("2026-11-09 09:00"), "updated": at("2026-11-09 10:59")}, True),
        ({"planned": at("2026-11-09 09:00"), "updated": at("2026-11-09 11:00")}, False),
        ({"updated": at("2026-11-09 11:00")}, False),
        ({"planned": at("2026-11-09 09:00"), "called_off": at("2026-11-09 10:59")}, True),
        ({"planned": at("2026-11-09 09:00"), "called_off": at("2026-11-09 11:00")}, False),
        ({"updated": at("2026-11-09 12:00"), "called_off": at("2026-11-09 10:59")}, True),
    ],
)
def test_what_was_cancelled_before_its_end_did_not_take_place(fields, in_time):
    cancelled = visit(status="cancelled", **fields)
    assert called_off_in_time(cancelled) is in_time
    assert told(cancelled) == ("“Interview” was cancelled" if in_time else "")
