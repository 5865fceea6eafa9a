"""Nothing from the future: an instant sees only what was there by then, and `next` tells when there will be more."""

import pytest

from followup_rules.engine.as_of import as_of, next_arrival
from followup_rules.model import Report, State
from tests.support.caselab import JULIE, at, case, decide, event, note, sent, shown, the, visit

NUDGE = """
[rule.nudge]
on      = { kind = "sent", title = "application" }
opens   = "end + 7 days"
done_by = [{ kind = "received" }, "#settled", { kind = "done", data.rule = "other" }]
do      = { type = "task", title = "Nudge" }
"""
APPLIED = sent("2026-11-03 10:00", title="Application")
NOW = "2026-11-12 09:00"


def told(*events, now=NOW):
    found = the(NUDGE, APPLIED, *events, now=now)
    return found.state, shown(found.next)


@pytest.mark.parametrize(
    ("later", "seen"),
    [
        (event("received", "2026-11-20 10:00", JULIE), "2026-11-20 10:00"),
        (note("2026-11-20 10:00", "settled"), "2026-11-20 10:00"),
        (note("2026-11-20", "settled"), "2026-11-20 00:00"),
        (event("done", "2026-11-20 10:00", data={"rule": "other"}), "2026-11-20 10:00"),
        (
            event("done", "2026-11-20 10:00", report=Report(key="nudge/sent-2026-11-03T10:00@2026-11-03")),
            "2026-11-20 10:00",
        ),
    ],
)
def test_what_comes_later_does_not_exist_yet_and_the_decision_says_when_it_will(later, seen):
    assert told(later) == (State.DUE, seen)
    assert told(later, now="2026-11-19 23:59")[0] is State.DUE
    assert told(later, now=seen)[0] is State.DONE


def test_a_note_of_the_day_is_there_from_midnight_on_whatever_it_counts_for():
    found = the(NUDGE, APPLIED, note("2026-11-12", "settled"), now="2026-11-12 00:00")
    assert found.state is State.DONE


def test_what_is_dismissed_later_is_not_dismissed_yet():
    later = event("dismissed", "2026-11-20 10:00")
    assert (as_of(case(later), at(NOW)).home, next_arrival(case(later), at(NOW))) == ((), later.start)


def test_what_comes_first_is_looked_for_first_and_what_is_elsewhere_comes_too():
    mails = [event("received", f"2026-11-{day} 10:00", JULIE, id=day) for day in ("20", "15", "25")]
    for home, joined in [(mails, ()), ((), mails)]:
        seen = case(*home, joined=joined)
        assert shown(next_arrival(seen, at(NOW))) == "2026-11-15 10:00"
        assert as_of(seen, at("2026-11-16 09:00")) == case(*home[1:2], joined=joined[1:2])


@pytest.mark.parametrize("kind", ["meeting", "sms"])
def test_what_may_be_planned_counts_as_it_is_known(kind):
    text = NUDGE.replace('"#settled"', f'{{ kind = "{kind}", title = "Goodbye" }}')
    assert the(text, APPLIED, event(kind, "2026-11-20 10:00", title="Goodbye"), now=NOW).state is State.DONE


def test_a_mail_that_is_not_sent_yet_is_no_anchor_and_the_case_knows_when_to_look():
    assert decide(NUDGE, APPLIED, now="2026-11-03 09:59") == {}
    assert next_arrival(case(APPLIED), at("2026-11-03 09:59")) == APPLIED.start
    assert next_arrival(case(APPLIED), at("2026-11-03 10:00")) is None


def test_a_note_of_tomorrow_neither_marks_nor_moves_nor_holds_anything_today():
    text = """
[tag]
interview = { marks = true }
[rule.call]
on       = { kind = "meeting", tags = "interview" }
opens    = "day + 2 days"
moved_by = "said.on"
do       = { type = "task", title = "Call" }
[define.said]
is = "#said"
[guard.quiet]
on     = "#hush"
opens  = "start"
closes = "start + 5 days"
holds  = "everything"
"""
    meeting = visit("2026-11-09 10:00", title="Chat")
    mark = note("2026-11-13 09:00", "interview", data={"re": at("2026-11-09 09:00")})
    assert decide(text, meeting, mark, now=NOW) == {}
    others = (note("2026-11-14 09:00", "said", data={"on": at("2026-11-20 09:00")}), note("2026-11-15 09:00", "hush"))
    marked = visit("2026-11-09 10:00", title="Chat", tags=("interview",))
    states = [the(text, marked, *others, now=f"2026-11-{day} 09:00").state for day in (12, 14, 21)]
    assert states == [State.DUE, State.WAITING, State.DUE]


def test_a_case_without_anything_ahead_is_the_very_same():
    plain = case(APPLIED, visit("2027-01-01 10:00"))
    assert as_of(plain, at(NOW)) is plain
