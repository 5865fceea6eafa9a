"""Which mails of mine break a guard's silence, and which are excused."""

from itertools import permutations

import pytest

from followup_rules.engine.sight import Sight
from followup_rules.model import Report, State
from tests.support.caselab import JULIE, MARC, NADIA, decide, event, note, sent, visit

RULES = """
[define.thanks]
kind = "sent"
to = "them"
title = "thanks"
[define.promised]
kind = "sent"
to = "them"
about = "it"

[rule.thank]
on = { kind = "meeting" }
per = "day"
done_by = ["thanks"]
do = { type = "draft", title = "Thanks" }
[rule.promise]
on = "#promise"
opens = "start"
closes = "start + 1 day"
done_by = ["promised", { tags = "early", after = "start - 3 days" }]
do = { type = "draft", title = "It" }
[rule.too-soon]
on = { kind = "sent" }
opens = "start"
breaks = { guard = "quiet", after = "day + 1 day" }
do = { type = "notice", title = "Too soon" }

[guard.quiet]
on = { kind = "meeting" }
opens = "end"
closes = "day + 10 days"
except = ["thank", "promise"]
"""


MEETINGS = (visit(),)


def breaks(mail, *events, text=RULES, meetings=MEETINGS, **more):
    found = decide(text, *meetings, mail, *events, now="2026-12-01 12:00", **more)
    return any(each.rule == "too-soon" and each.state == "due" for each in found.values())


@pytest.mark.parametrize(
    ("mail", "broke"),
    [
        (sent("2026-11-14 10:00"), True),
        (sent("2026-11-14 10:00", NADIA, JULIE), True),
        (sent("2026-11-14 10:00", MARC), False),  # nobody who was met
        (sent("2026-11-09 23:59"), False),  # the day itself
        (sent("2026-11-10 00:00"), True),
        (sent("2026-11-18 23:59"), True),
        (sent("2026-11-19 00:00"), False),  # the silence is over
        (sent("2026-11-08 10:00"), False),
        (sent("2026-11-14 10:00", answers="question@nordik.ca"), False),  # it was asked for
        (sent("2026-11-14 10:00", title="Thanks again"), False),
        (sent("2026-11-14 10:00", text="Thanks"), True),
        (sent("2026-11-14 10:00", NADIA, JULIE, title="Thanks"), False),
    ],
)
def test_a_mail_in_the_quiet_days_breaks_them_unless_it_was_asked_for_or_is_excused(mail, broke):
    assert breaks(mail) is broke


def test_an_answer_to_a_mail_of_ones_own_was_not_asked_for():
    own = sent("2026-11-09 12:00", id="mine")
    assert breaks(sent("2026-11-14 10:00", answers="mine"), own)
    assert breaks(sent("2026-11-14 10:00", answers="mine"), joined=[own])


@pytest.mark.parametrize("named", [{"answers": "away", "references": ("mine", "away")}, {"title": "Re: News"}])
@pytest.mark.parametrize(("auto", "broke"), [("reply", True), ("receipt", True), ("calendar", False), ("", False)])
def test_what_answers_an_automatic_reply_was_not_asked_for(named, auto, broke):
    own = sent("2026-11-09 12:00", id="mine", title="News", thread="mine")
    away = event(
        "received", "2026-11-09 12:01", JULIE, organizer=JULIE, id="away", title="Re: News", thread="mine", auto=auto
    )
    more = sent("2026-11-14 10:00", thread="mine", **named)
    assert breaks(more, own, away) is broke


def test_a_mail_to_nobody_that_a_source_names_concerns_all_of_the_case():
    assert breaks(event("sent", "2026-11-14 10:00"))


def test_a_mail_that_keeps_a_promise_is_excused_be_the_promise_open_done_or_missed():
    made = note("2026-11-10 10:00", "promise", text="the frisbee shop")
    for start in ("2026-11-10 10:00", "2026-11-11 10:00", "2026-11-17 10:00"):
        assert not breaks(sent(start, title="Frisbees"), made)
    assert breaks(sent("2026-11-11 10:00", title="A printer"), made)


def test_a_promise_excuses_only_mail_to_those_to_whom_it_was_made():
    made = note("2026-11-10 10:00", "promise", text="the frisbee shop", people=(MARC,))
    assert breaks(sent("2026-11-11 10:00", title="Frisbees"), made)
    assert not breaks(sent("2026-11-11 10:00", JULIE, MARC, title="Frisbees"), made)
    assert breaks(sent("2026-11-11 10:00", JULIE, tags=("early",)), made)
    assert not breaks(sent("2026-11-11 10:00", JULIE, MARC, tags=("early",)), made)


def test_a_promise_excuses_no_mail_from_before_it_unless_its_pattern_says_so():
    made = note("2026-11-14 10:00", "promise", text="the frisbee shop")
    assert breaks(sent("2026-11-14 09:59", title="Frisbees"), made)
    assert not breaks(sent("2026-11-14 10:00", title="Frisbees"), made)
    assert not breaks(sent("2026-11-11 10:00", title="Hello", tags=("early",)), made)
    assert breaks(sent("2026-11-11 09:59", title="Hello", tags=("early",)), made)


def test_a_promise_that_was_taken_away_excuses_nothing():
    made = note("2026-11-10 10:00", "promise", text="the frisbee shop", status="declined")
    assert breaks(sent("2026-11-11 10:00", title="Frisbees"), made)


def test_our_own_draft_that_was_sent_is_excused_whatever_it_says_and_to_whom():
    made = note("2026-11-10 10:00", "promise", id="p", text="the frisbee shop", people=(MARC,))
    mail = sent("2026-11-12 10:00", title="Hello", report=Report(key="promise/p@2026-11-10"))
    assert not breaks(mail, made)
    assert breaks(sent("2026-11-12 10:00", title="Hello", report=Report(key="promise/q@2026-11-10")), made)


def test_a_mail_that_an_output_recognized_as_its_draft_is_excused_too():
    made = note("2026-11-10 10:00", "promise", id="p", text="the frisbee shop", people=(MARC,))
    mail = sent("2026-11-12 10:00", id="mail", title="Hello")
    for key, recognized, broke in [("promise/p@2026-11-10", "mail", False), ("promise/p@2026-11-10", "another", True),
                                   ("promise/q@2026-11-10", "mail", True)]:  # fmt: skip
        report = event("done", "2026-11-12 10:00", id="report", report=Report(key=key, mail=recognized))
        assert breaks(mail, made, report) is broke


def test_an_exception_that_is_switched_off_excuses_nothing():
    text = RULES.replace('title = "It" }', 'title = "It" }\nenabled = false')
    made = note("2026-11-10 10:00", "promise", text="the frisbee shop")
    assert breaks(sent("2026-11-11 10:00", title="Frisbees"), made, text=text)
    assert not breaks(sent("2026-11-11 10:00", title="Thanks"), made, text=text)


def test_of_several_windows_the_one_with_these_people_counts():
    meetings = [visit("2026-11-09 10:00", NADIA, id="a"), visit("2026-11-10 10:00", JULIE, id="b")]
    for order in permutations(meetings):
        assert breaks(sent("2026-11-14 10:00"), meetings=order)
        assert breaks(sent("2026-11-10 10:30", NADIA), meetings=order)
        assert not breaks(sent("2026-11-10 12:00"), meetings=order)


def test_a_mail_excused_in_the_first_window_is_not_a_breach_of_the_next():
    meetings = [visit("2026-11-09 10:00", JULIE, MARC, id="a"), visit("2026-11-11 10:00", MARC, id="b")]
    assert not breaks(sent("2026-11-13 10:00", JULIE, MARC, title="Thanks"), meetings=meetings)


def test_without_an_own_start_the_guard_is_broken_from_its_beginning():
    text = RULES.replace(', after = "day + 1 day"', "")
    assert breaks(sent("2026-11-09 11:00"), text=text)
    assert not breaks(sent("2026-11-09 10:59"), text=text)


def test_a_guard_that_ended_early_is_no_longer_broken():
    text = RULES + 'ended_by = ["#offer"]\n'
    offer = note("2026-11-12 10:00", "offer")
    assert breaks(sent("2026-11-12 09:59"), offer, text=text)
    assert not breaks(sent("2026-11-12 10:00"), offer, text=text)


def test_a_faulty_rule_is_listed_for_every_mail():
    text = RULES.replace('opens = "start"\nbreaks', 'opens = "begin"\nbreaks')
    found = decide(text, sent("2026-10-01 10:00"), now="2026-12-01 12:00", faulty=True)
    assert [each.state for each in found.values()] == ["broken"]


def test_a_faulty_guard_is_broken_by_nobody_knows_what():
    text = RULES.replace('closes = "day + 10 days"', 'closes = "never"')
    found = decide(text, visit(), sent("2026-11-14 10:00"), now="2026-12-01 12:00", faulty=True)
    assert {each.state for each in found.values() if each.rule == "too-soon"} == {"broken"}


def test_a_guard_that_is_off_is_never_broken():
    assert not breaks(sent("2026-11-14 10:00"), text=RULES + "enabled = false\n", faulty=True)


def test_a_mail_that_was_taken_back_is_listed_as_such():
    found = decide(RULES, visit(), sent("2026-12-14 10:00", status="cancelled"), now="2026-12-15 12:00")
    assert {each.why for each in found.values() if each.rule == "too-soon"} == {"“sent” was cancelled"}


@pytest.mark.parametrize("spared", ['except = ["thank", "promise"]', 'except = ["promise"]', "except = []"])
def test_what_passes_a_guard_excuses_like_what_the_guard_excepts(spared):
    text = RULES.replace('except = ["thank", "promise"]', spared)
    passing = text.replace('done_by = ["thanks"]', 'done_by = ["thanks"]\npasses = ["quiet"]')
    thanks = sent("2026-11-12 12:00", title="Thanks")
    assert breaks(thanks, text=text) is ("thank" not in spared)
    assert not breaks(thanks, text=passing)


ENDED = RULES.replace('except = ["thank"', 'ended_by = ["#closed", { kind = "received" }]\nexcept = ["thank"')
DURING = ENDED + '[rule.in-it]\non = { kind = "sent" }\nduring = "quiet"\ndo = { type = "task", title = "In it" }\n'
SHOWN = frozenset({"meeting", "sent", "note"})


@pytest.mark.parametrize(
    ("sight", "state"),
    [
        (Sight(SHOWN), State.DUE),  # what no source can show ends nothing
        (Sight(SHOWN, {"meeting": "calendar"}), State.DUE),
        (Sight(SHOWN, {"note": "notes"}), State.BLIND),
        (Sight(SHOWN, {"received": "mail"}), State.BLIND),
    ],
)
def test_while_what_may_have_ended_the_window_cannot_be_read_nobody_knows_what_falls_in_it(sight, state):
    found = decide(DURING, *MEETINGS, sent("2026-11-14 10:00"), now="2026-12-01 12:00", sight=sight)
    assert {each.rule: each.state for each in found.values() if each.rule in ("too-soon", "in-it")} == {
        "too-soon": state, "in-it": state,
    }  # fmt: skip
