"""What an output refuses is tried again later and later, up to an hour, and never before its service wants it."""

import math
from datetime import timedelta

import pytest
from msgspec.structs import replace

from followup_rules import Refused
from followup_rules.engine.plan import Change, EntryState
from followup_rules.store.store import open_store
from followup_rules.tick.execute import carry_out, settle
from tests.support.calls import CUT_OFF, THANKS
from tests.support.caselab import at
from tests.support.oddplugin import TASKS_APART, Output, raising, run, story

NOW = "2026-11-09 16:05"


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        (timedelta(0), timedelta(minutes=5)),
        (timedelta(hours=3), timedelta(hours=3)),
        (timedelta(days=9), timedelta(days=1)),
        (timedelta(days=-9), timedelta(minutes=5)),
        *((odd, timedelta(minutes=5)) for odd in (60, "60", None, math.nan)),
    ],
)
def test_a_refusal_is_not_tried_again_before_the_service_wants_it(kept, asked, waits):
    output = Output()
    output.instead["update"] = raising(Refused("too many requests", asked))
    output.put(THANKS)
    list(settle(CUT_OFF, output, kept, at(NOW), look_only=False))
    assert kept.ledger.entry(CUT_OFF.key, "odd").retry == at(NOW) + waits


CREATE = Change(op="create", output="odd", action=THANKS, key=THANKS.key)


def refused(kept, times):
    """Have a draft refused again and again, each time as soon as it may be tried; return the minutes between."""
    output, now, waited = Output(), at(NOW), []
    output.instead["create"] = raising(Refused("the account is full"))
    for _ in range(times):
        problem = carry_out(CREATE, output, kept, now)
        assert "refused: the account is full" in problem.message
        entry = kept.ledger.entry(THANKS.key, "odd")
        assert entry.state is EntryState.REFUSED
        waited.append((entry.retry - now) / timedelta(minutes=1))
        now = entry.retry
    return waited


def test_each_refusal_doubles_the_wait_up_to_an_hour(kept):
    assert refused(kept, 7) == [5, 10, 20, 40, 60, 60, 60]


def test_forty_refusals_in_a_row_and_more_leave_it_at_a_try_an_hour(kept):
    assert set(refused(kept, 100)[4:]) == {60}


def test_after_it_worked_the_next_refusal_waits_as_a_first_one_does(kept):
    refused(kept, 5)
    assert carry_out(CREATE, Output(), kept, at(NOW)) == THANKS.key
    assert refused(kept, 2) == [5, 10]


def test_what_was_refused_forty_times_stops_nothing_else_in_its_case_and_works_in_the_end(tmp_path, odd):
    told = story(tmp_path / "story", TASKS_APART)
    odd.output.instead["create"] = raising(Refused("the account is full"))
    run(told, "2026-11-09 12:00")
    with open_store(told.folder / "out/followup.db") as store:
        for entry in store.ledger.of("nordik.ca"):
            store.ledger.write(replace(entry, attempts=40 if entry.retry else 0))
    told.note("2026-11-09 12:30 #promise le frisbee")  # which is a debrief, too
    ran = run(told, "2026-11-09 12:40")
    assert [(p["code"], "refused: the account is full" in p["message"]) for p in ran.problems] == [("F041", True)]
    assert [change["rule"] for change in ran.changes] == ["keep-promise"]
    odd.output.instead.clear()
    assert run(told, "2026-11-09 13:39").changes == []
    assert [change["rule"] for change in run(told, "2026-11-09 13:40").changes] == ["fit"]


def test_what_must_wait_is_not_tried_before_its_time_and_said_to_wait(tmp_path, odd):
    told = story(tmp_path / "story", TASKS_APART)
    odd.output.instead["create"] = raising(Refused("too many requests", timedelta(hours=3)))
    run(told, "2026-11-09 12:00")
    assert len(odd.output.called("create")) == 2
    waiting = run(told, "2026-11-09 14:59")
    assert (waiting.exit, odd.output.called("create")) == (1, [])
    assert "15:00" in waiting.problems[0]["message"]
    run(told, "2026-11-09 15:00")
    assert len(odd.output.called("create")) == 2
