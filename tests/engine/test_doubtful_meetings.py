"""Meetings of which it is not certain that they count: cancelled, vanished, or called by strangers and not answered."""

import pytest

from followup_rules.engine.sight import Sight
from followup_rules.model import Person, State
from tests.support.caselab import JULIE, NADIA, at, decide, note, sent, states, the, visit

THANK = '[rule.thank]\non = { kind = "meeting" }\n%s\ndo = { type = "task", title = "Thank" }\n'
ASK = '[rule.ask]\non = { kind = "meeting", status = %s }\nopens = "start"\ndo = { type = "task", title = "Ask" }\n'
NOW = "2026-11-12 12:00"
STARTS, ENDS, AFTER = at("2026-11-09 10:00"), at("2026-11-09 11:00"), at("2026-11-10 10:00")


def states_of(text, *events):
    return {str(state) for state in states(text, *events, now=NOW).values()}


# -- cancelled in time or not


@pytest.mark.parametrize(
    ("fields", "happened"),
    [
        ({}, False),  # nothing tells when
        ({"called_off": STARTS, "updated": AFTER}, False),  # a pull saw it in time, whatever the stamp says now
        ({"called_off": AFTER, "updated": STARTS}, False),
        ({"called_off": AFTER, "updated": AFTER}, True),
        ({"called_off": AFTER, "updated": ENDS, "planned": STARTS}, True),
        ({"called_off": AFTER}, False),  # never seen before
        ({"called_off": AFTER, "planned": ENDS}, True),  # it was still planned when it was over
    ],
)
def test_a_meeting_that_was_cancelled_once_it_was_over_took_place(fields, happened):
    assert states_of(THANK % "", visit(status="cancelled", **fields)) == {"due" if happened else "void"}


# -- vanished


@pytest.mark.parametrize(
    ("fields", "asked", "thanked"),
    [
        ({"gone": AFTER}, {"due"}, {"void"}),
        ({"gone": STARTS}, {"due"}, {"void"}),
        ({"gone": at("2026-11-09 09:59")}, {"void"}, {"void"}),  # deleted before it began: nothing to ask
        ({"gone": at("2026-11-09 09:59"), "past_unlisted": True}, {"void"}, {"void"}),
        ({"gone": AFTER, "past_unlisted": True, "listed": at("2026-11-08 09:00")}, set(), {"due"}),
        ({"gone": AFTER, "past_unlisted": True, "listed": at("2026-10-30 09:00")}, {"due"}, {"void"}),
        ({"gone": AFTER, "listed": ENDS}, set(), {"due"}),
        ({}, set(), {"due"}),
    ],
)
def test_what_is_gone_on_its_day_matches_only_what_names_it(fields, asked, thanked):
    meeting = visit(**fields)
    assert states_of(ASK % '"vanished"', meeting) == asked
    assert states_of(THANK % "", meeting) == thanked
    assert states_of(ASK % '"unanswered"', meeting) == set()


def test_what_vanished_and_is_back_has_the_same_key():
    planned, gone = visit(), visit(gone=AFTER)
    assert list(decide(THANK % "", planned, now=NOW)) == list(decide(THANK % "", gone, now=NOW))


def test_a_mail_to_others_or_an_automatic_one_does_not_show_that_it_took_place():
    gone = visit(gone=AFTER)
    for mail in (sent("2026-11-09 15:00", NADIA), sent("2026-11-09 15:00", auto="reply")):
        assert states_of(THANK % "", gone, mail) == {"void"}


# -- not answered


def test_a_strangers_invitation_matches_only_what_names_it():
    asked = visit(answered=False)
    assert states_of(THANK % "", asked) == set()
    assert states_of(ASK % '"unanswered"', asked) == {"due"}
    assert states_of(ASK % '["vanished", "unanswered"]', asked) == {"due"}
    assert states_of(ASK % '"vanished"', asked) == set()
    assert (
        states_of(
            '[rule.ask]\non = { kind = "meeting", not = { status = "vanished" } }\n'
            + ASK.partition("\n")[2].partition("\n")[2],
            asked,
        )
        == set()
    )


@pytest.mark.parametrize("status", ["cancelled", "declined"])
def test_a_strangers_invitation_that_is_off_is_not_asked_about(status):
    assert states_of(ASK % '"unanswered"', visit(answered=False, status=status)) == set()


def test_one_alternative_that_names_it_does_not_speak_for_the_others():
    text = """
[rule.ask]
on = { any = [{ kind = "meeting", title = "Interview" }, { kind = "meeting", title = "Lunch", status = "unanswered" }] }
opens = "start"
do = { type = "task", title = "Ask" }
"""
    assert states_of(text, visit(answered=False)) == set()
    assert states_of(text, visit(answered=False, title="Lunch")) == {"due"}
    assert states_of(text, visit(title="Lunch")) == set()


def test_a_strangers_invitation_supersedes_nothing_and_adds_nobody():
    stranger = Person("ev@elsewhere.example")
    met = visit()
    later = visit("2026-11-10 10:00", stranger, answered=False, id="S")
    same_day = visit("2026-11-09 13:00", stranger, answered=False, id="T")
    found = the(THANK % 'per = "case"', met, later, same_day, now=NOW)
    assert (found.state, found.visit.people) == (State.DUE, (JULIE,))
    text = '[rule.write]\non = "#ask"\nopens = "start"\ndo = { type = "draft", title = "Ask" }\n'
    assert the(text, met, later, note("2026-11-11 10:00", "ask"), now=NOW).visit.people == (JULIE,)


def test_while_a_source_of_mine_is_not_seen_nobody_knows_whether_a_strangers_invitation_counts():
    unseen = Sight(frozenset({"meeting", "sent"}), {"sent": "mailbox"})
    text, asked = THANK % "" + ASK % '"unanswered"', visit(answered=False)
    found = decide(text, asked, now=NOW, sight=unseen)
    assert {each.rule: each.state for each in found.values()} == {"ask": State.BLIND, "thank": State.BLIND}
    assert "the source 'mailbox' could not be read" in the(text, asked, rule="thank", now=NOW, sight=unseen).why
    assert the(text, visit(), now=NOW, sight=unseen).state is State.DUE
    gone = visit(answered=False, status="cancelled")
    assert all(each.state is State.VOID for each in decide(text, gone, now=NOW, sight=unseen).values())


def test_a_strangers_invitation_that_may_count_supersedes_nothing():
    unseen = Sight(frozenset({"meeting", "sent"}), {"sent": "mailbox"})
    later = visit("2026-11-10 10:00", Person("ev@elsewhere.example"), answered=False, id="S")
    found = decide(THANK % 'per = "case"', visit(), later, now=NOW, sight=unseen)
    assert found["thank/nordik.ca@2026-11-09"].state is State.DUE


# -- the first meeting with somebody

FIRST = (
    '[rule.ask]\non = { kind = "meeting", first = "with" }\nopens = "start"\ndo = { type = "task", title = "Ask" }\n'
)


def test_the_first_meeting_with_these_people_or_of_a_series_is_one():
    days = [f"2026-11-{day:02} 10:00" for day in (9, 10, 11)]
    series = [visit(day, id=f"S/202611{day[8:10]}T150000Z", people=()) for day in days]
    assert len(decide(FIRST, *series, now=NOW)) == 1
    assert len(decide(FIRST, *(visit(day, NADIA, id=day[8:10]) for day in days), now=NOW)) == 1
    mixed = (visit(days[0], JULIE, id="1"), visit(days[1], NADIA, id="2"), visit(days[2], NADIA, JULIE, id="3"))
    assert [key[:5] for key in decide(FIRST, *mixed, now=NOW)] == ["ask/1", "ask/2"]


def test_it_can_be_counted_from_when_it_vanished_but_of_no_other_meeting():
    text = '[rule.r]\non = { kind = "meeting", status = "vanished" }\nopens = "it.gone + 1 day"\n'
    text += 'do = { type = "task", title = "x" }\n'
    gone = visit(gone=at("2026-11-09 10:30"), id="v")
    assert the(text, gone, now="2026-11-12 12:00").opens == at("2026-11-10 10:30")
    any_of_them = text.replace(', status = "vanished"', "")
    shown_by = [visit(gone=at("2026-11-09 10:30"), past_unlisted=True, listed=at("2026-11-09 09:50"))]
    assert the(any_of_them, *shown_by, now="2026-11-12 12:00").opens is None
