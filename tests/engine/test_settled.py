"""What was over before an upgrade, or before its rule changed, stays over, by its key, and says so."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from followup_rules.engine.evaluate import EvaluationContext, Remembered, evaluate
from followup_rules.engine.settled import Settled, as_settled, reopened
from followup_rules.model import Reason, State
from tests.support.caselab import ASK, EVERYTHING, at, case, note, the
from tests.support.rulelab import rules

TEXT = "[rule.ask]\n" + ASK
ASKED = note("2026-11-09 10:00", "ask", id="n")
BEFORE = Settled(State.DONE, "done by your mail")

SHOWN = {"guard": "g", "evidence": ("e",), "carries": ("x",), "late": True, "warning": "Christmas"}


@pytest.fixture
def due():
    return replace(the(TEXT, ASKED, now="2026-11-09 12:00"), **SHOWN)


@pytest.mark.parametrize("state", [State.WAITING, State.HELD, State.DUE])
@pytest.mark.parametrize("was", [State.DONE, State.EXPIRED, State.VOID])
def test_what_would_be_open_anew_stays_as_it_was_and_asks_for_nothing(state, was, due):
    found = as_settled(replace(due, state=state), {due.key: Settled(was, "done by your mail")})
    assert (found.state, found.why) == (
        was,
        "it was over before followup was upgraded, or its rule or the time zone changed, and stays so: done by your mail",
    )
    assert (found.evidence, found.carries, found.guard, found.next, found.late, found.warning) == (
        (), (), "", None, False, "",
    )  # fmt: skip
    assert (found.key, found.visit, found.due, reopened(found)) == (due.key, due.visit, due.due, True)


@pytest.mark.parametrize("state", sorted(set(State) - {State.WAITING, State.HELD, State.DUE, State.EXPIRED}))
def test_what_is_over_broken_or_not_to_be_seen_says_so_itself(state, due):
    decision = replace(due, state=state, reason=Reason("so it is"))
    assert as_settled(decision, {due.key: BEFORE}) is decision
    assert not reopened(decision)


def test_what_was_done_is_not_missed_later(due):
    missed = replace(due, state=State.EXPIRED)
    assert as_settled(missed, {due.key: BEFORE}).state is State.DONE
    assert as_settled(missed, {due.key: Settled(State.VOID, "")}) is missed


def test_another_duty_is_not_concerned(due):
    assert as_settled(due, {f"{due.key}#2": BEFORE}) is due


def test_a_case_is_judged_with_what_was_settled(due):
    context = EvaluationContext(at("2026-11-09 12:00"), at("2026-01-01"), timedelta(days=30), EVERYTHING)
    (found,) = evaluate(case(ASKED), rules(TEXT), {}, context, Remembered({due.key: BEFORE}))
    assert (found.state, reopened(found)) == (State.DONE, True)


def test_what_is_missed_and_was_never_settled_is_missed(due):
    missed = replace(due, state=State.EXPIRED)
    assert as_settled(missed, {}) is missed
