"""While a source that could show who called a meeting is not seen, nobody knows whether an unanswered one counts."""

import pytest

from followup_rules.engine.callers import doubted
from followup_rules.engine.sight import Sight
from followup_rules.model import Person, State
from tests.support.caselab import EVERYTHING, case, decide, event, note, the, visit

THANK = '[rule.thank]\non = { kind = "meeting" }\n%s\ndo = { type = "task", title = "Thank" }\n'
WONDER = '[rule.wonder]\non = { kind = "meeting", status = "unanswered" }\nopens = "start"\n%s\ndo = { type = "draft", title = "Is it you?" }\n'
NOW = "2026-11-12 12:00"
STRANGER = Person("ev@elsewhere.example")
INVITATION = visit("2026-11-09 13:00", STRANGER, id="i", answered=False)


def unseen(kind):
    """Return what is seen while the source of a kind cannot be read."""
    return Sight(EVERYTHING.emitted, {kind: "broken"})


def states(text, *events, kind="sent"):
    """Return the state of each rule's one decision while a kind is not seen."""
    return {each.rule: each.state for each in decide(text, *events, now=NOW, sight=unseen(kind)).values()}


@pytest.mark.parametrize("kind", ["sent", "note", "meeting"])
def test_what_may_show_that_i_know_the_caller_is_needed_to_tell_that_i_do_not(kind):
    text = WONDER % "" + THANK % ""
    assert states(text, INVITATION, kind=kind) == {"wonder": State.BLIND, "thank": State.BLIND}
    assert doubted(case(INVITATION, visit()), unseen(kind)) == {INVITATION.identity}


def test_mail_to_me_shows_nothing_of_that():
    assert states(WONDER % "" + THANK % "", INVITATION, kind="received") == {"wonder": State.DUE}
    assert doubted(case(INVITATION), unseen("received")) == frozenset()


def test_what_is_no_meeting_is_called_by_nobody():
    text = '[rule.read]\non = { kind = "sms" }\ndo = { type = "task", title = "Read" }\n'
    assert states(text, event("sms", "2026-11-09 10:00", answered=False)) == {"read": State.DUE}


def test_a_visit_that_an_invitation_may_add_to_is_decided_without_it():
    found = the(THANK % 'per = "day"', visit(id="v"), INVITATION, now=NOW, sight=unseen("sent"))
    assert (found.state, [each.id for each in found.visit.events]) == (State.DUE, ["v"])


def test_a_visit_of_which_a_part_may_not_count_is_not_decided():
    both = '{ any = [{ kind = "meeting" }, { kind = "meeting", status = "unanswered" }] }'
    text = (THANK % 'per = "day"').replace('{ kind = "meeting" }', both)
    assert states(text, visit(), INVITATION) == {"thank": State.BLIND}


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ('done_by = ["#asked"]', State.DONE),
        ('cancelled_by = ["#asked"]', State.VOID),
        ('closes = "day at 09:00, fri/sat, workday before"', State.BROKEN),
    ],
)
def test_what_is_over_or_broken_whoever_called_stays_so(fields, state):
    christmas = visit("2026-12-22 10:00", STRANGER, answered=False)
    asked = note("2026-12-22 12:00", "asked")
    found = the(WONDER % fields, christmas, asked, now="2026-12-24 12:00", sight=unseen("sent"))
    assert found.state is state


@pytest.mark.parametrize("held", [False, True])
def test_what_is_not_known_is_not_called_held_or_late(held):
    guard = '[guard.quiet]\non = "#quiet"\nopens = "start"\ncloses = "start + 9 days"\nholds = "everything"\n'
    events = [INVITATION, *([note("2026-11-09", "quiet")] if held else [])]
    seen, blind = (the(WONDER % "" + guard, *events, now=NOW, sight=sight) for sight in (EVERYTHING, unseen("sent")))
    assert (seen.state, seen.guard) == ((State.HELD, "quiet") if held else (State.DUE, ""))
    assert (seen.late, bool(seen.next), bool(seen.evidence)) == (not held, held, held)
    assert "the source 'broken' could not be read" in blind.why
    assert (blind.state, blind.guard, blind.next, blind.evidence, blind.late) == (State.BLIND, "", None, (), False)
