"""What guards hold, until when, and what is due after that."""

from datetime import timedelta
from itertools import permutations

import pytest

from followup_rules.engine.guards import windows as guard_windows
from followup_rules.model import State
from tests.support.caselab import JULIE, MARC, NADIA, at, decide, event, note, shown, the, view, visit
from tests.support.rulelab import rules

GUARD = """
[guard.quiet]
why = "Silence."
on = { kind = "meeting" }
opens = "end"
closes = "day + 5 days"
holds = "%s"
except = [%s]
"""
PROMISE = """
[rule.promise]
on = "#promise"
opens = "start"
late = "due + 1 hour"
%s
do = [%s]
"""
TO_THEM = '{ type = "draft", title = "It" }'
TO_MARC = '{ type = "draft", title = "It", to = "Marc@nordik.ca" }'
TASK = '{ type = "task", title = "Call" }'
CONTACT = '{ type = "task", title = "Call", contact = true }'
MADE = note("2026-11-10 12:00", "promise")
MADE_TO_MARC = note("2026-11-10 12:00", "promise", people=(MARC,))
MADE_WITH_REF = note("2026-11-10 12:00", "promise", data={"ref": "claude@oldjob.example", "boss": "Julie@Nordik.ca"})
HELD_UNTIL, NOON = "2026-11-14 00:00", "2026-11-10 12:00"


def promise(do=TO_THEM, more="", holds="contact", spared=""):
    return PROMISE % (more, do) + GUARD % (holds, spared)


@pytest.mark.parametrize(
    ("text", "made", "state"),
    [
        (promise(TO_THEM), MADE, State.HELD),
        (promise(TO_THEM), MADE_TO_MARC, State.DUE),  # nobody whom the guard is about
        (promise(TO_MARC), MADE, State.DUE),
        (promise('{ type = "draft", title = "It", to = "JULIE@nordik.ca" }'), MADE_TO_MARC, State.HELD),
        (promise('{ type = "draft", title = "It", to = ["them", "julie@nordik.ca"] }'), MADE_TO_MARC, State.HELD),
        (promise(f"{TO_MARC}, {TO_THEM}"), MADE, State.HELD),
        (promise(TASK), MADE, State.DUE),  # no contact
        (promise(f"{TASK}, {TO_MARC}"), MADE, State.DUE),
        (promise(f"{TASK}, {TO_THEM}"), MADE, State.HELD),
        (promise(CONTACT), MADE_TO_MARC, State.HELD),  # a contact that names no recipient
        (promise(f"{TO_MARC}, {CONTACT}"), MADE_TO_MARC, State.HELD),
        (promise(TASK, holds="everything"), MADE_TO_MARC, State.HELD),
        (promise(TO_MARC, holds="everything"), MADE, State.HELD),
        (promise(TO_THEM, spared='"promise"'), MADE, State.DUE),
        (promise(TO_THEM, holds="everything", spared='"promise"'), MADE, State.DUE),
        (promise(TO_THEM, 'passes = "quiet"'), MADE, State.DUE),  # the same, said on the rule's side
        (promise(TO_THEM, 'passes = ["quiet"]', holds="everything"), MADE, State.DUE),
        (promise('{ type = "draft", title = "It", to = "it.ref" }'), MADE_WITH_REF, State.DUE),
        (promise('{ type = "draft", title = "It", to = ["it.ref", "them"] }'), MADE_WITH_REF, State.HELD),
        (promise('{ type = "draft", title = "It", to = "it.boss" }'), MADE_WITH_REF, State.HELD),  # its address
        (promise('{ type = "draft", title = "It", to = "it.none" }'), MADE_WITH_REF, State.HELD),  # names nobody
        (
            promise('{ type = "draft", title = "It" }'),
            note("2026-11-10 12:00", "promise", people=(NADIA, JULIE)),
            State.HELD,
        ),
    ],
)
def test_a_guard_holds_contact_with_its_people_and_contact_that_names_nobody(text, made, state):
    assert the(text, visit(), made, now="2026-11-10 12:30", rule="promise").state is state


def test_who_was_one_of_several_in_a_meeting_is_held_from_alone():
    text = promise(TO_MARC)
    assert the(text, visit("2026-11-09 10:00", JULIE, MARC), MADE, now="2026-11-10 12:30").state is State.HELD


def test_a_draft_to_nobody_in_particular_is_held():
    nobody = event("meeting", "2026-11-09 10:00", minutes=60)
    text = promise(more='closes = "day + 9 days"').replace(
        'on = "#promise"', 'on = { kind = "meeting", title = "alone" }'
    )
    alone = event("meeting", "2026-11-10 10:00", title="Alone")
    assert decide(text, nobody, alone, now="2026-11-10 12:30")[f"promise/{alone.id}@2026-11-10"].state is State.HELD


@pytest.mark.parametrize(
    ("now", "late", "later"), [("2026-11-14 00:00", False, "2026-11-14 01:00"), ("2026-11-14 01:00", True, "")]
)
def test_what_was_held_is_due_at_the_end_of_the_hold_and_late_as_much_later(now, late, later):
    found = the(promise(), visit(), MADE, now=now)
    assert (found.state, found.late, shown(found.next)) == (State.DUE, late, later)
    assert (shown(found.opens), shown(found.due)) == (NOON, HELD_UNTIL)


@pytest.mark.parametrize("now", [NOON, "2026-11-13 23:59"])
def test_what_is_held_could_change_when_the_hold_ends(now):
    found = the(promise(), visit(), MADE, now=now)
    assert (found.state, shown(found.opens), shown(found.next)) == (State.HELD, NOON, HELD_UNTIL)


def test_a_hold_names_its_guard_its_end_and_the_reason():
    found = the(promise(), visit(id="I1"), MADE, now="2026-11-10 12:30")
    assert found.why == "held by quiet until Sat 2026-11-14 00:00: Silence."
    assert (found.guard, found.evidence, found.late) == ("quiet", ("I1",), False)


def test_a_hold_that_ends_before_something_is_due_changes_nothing_of_it():
    text = promise(more='due = "opens + 10 days"')
    found = the(text, visit(), MADE, now="2026-11-15 12:00")
    assert (shown(found.due), shown(found.next)) == ("2026-11-20 12:00", "2026-11-20 13:00")
    ends_then = promise(more='due = "day + 4 days"')
    assert shown(the(ends_then, visit(), MADE, now="2026-11-15 12:00").due) == HELD_UNTIL


def test_a_hold_that_is_over_before_the_duty_opens_does_not_concern_it():
    made = note("2026-11-14 00:00", "promise", people=(JULIE,))
    found = the(promise(), visit(), made, now="2026-11-14 00:00")
    assert (found.state, shown(found.due), shown(found.next)) == (State.DUE, "2026-11-14 00:00", "2026-11-14 01:00")


def test_a_hold_that_is_still_to_come_is_the_next_instant():
    early = note("2026-11-09 10:30", "promise", people=(JULIE,))
    found = the(promise(), visit(), early, now="2026-11-09 10:45")
    assert (found.state, shown(found.due), shown(found.next)) == (State.DUE, "2026-11-09 10:30", "2026-11-09 11:00")
    assert the(promise(), visit(), early, now="2026-11-09 11:00").state is State.HELD


def test_what_closes_within_a_hold_is_missed_then():
    text = promise(more='closes = "opens + 1 day"')
    found = the(text, visit(), MADE, now="2026-11-10 12:30")
    assert (found.state, shown(found.next)) == (State.HELD, "2026-11-11 12:00")
    assert the(text, visit(), MADE, now="2026-11-11 12:00").state is State.EXPIRED


def test_a_longer_hold_that_begins_within_one_is_the_next_instant_and_a_shorter_one_is_not():
    brief = """[guard.brief]
on = { kind = "brief" }
opens = "start"
closes = ["it.until", "start + 1 hour"]
"""
    for start, until, later in [
        ("2026-11-11 10:00", "2026-11-20 10:00", "2026-11-11 10:00"),
        ("2026-11-11 10:00", "2026-11-12 10:00", HELD_UNTIL),
        ("2026-11-11 10:00", HELD_UNTIL, HELD_UNTIL),
    ]:
        asked = event("brief", start, JULIE, data={"until": at(until)})
        found = the(promise() + brief, visit(), MADE, asked, now="2026-11-10 12:30")
        assert (found.guard, shown(found.next)) == ("quiet", later)


def test_of_several_holds_the_longest_is_named_and_all_must_be_over():
    second = visit("2026-11-10 10:00", id="I2")
    found = the(promise(), visit(id="I1"), second, MADE, now="2026-11-10 12:30")
    assert (found.evidence, shown(found.next)) == (("I2",), "2026-11-15 00:00")
    between = the(promise(), visit(id="I1"), second, MADE, now="2026-11-14 12:30")
    assert (between.state, between.evidence) == (State.HELD, ("I2",))
    over = the(promise(), visit(id="I1"), second, MADE, now="2026-11-15 00:00")
    assert (over.state, shown(over.due), shown(over.next)) == (State.DUE, "2026-11-15 00:00", "2026-11-15 01:00")


def test_a_hold_that_ended_before_something_opens_moves_nothing_of_it():
    for opens in ("day + 4 days", "day + 9 days"):
        early = promise(more='due = "start + 1 day"').replace('opens = "start"', f'opens = "{opens}"')
        found = the(early, visit(), MADE, now="2026-11-20 12:00")
        assert (found.state, shown(found.due)) == (State.DUE, "2026-11-11 12:00")


def test_of_several_holds_that_are_over_the_last_one_moves_what_was_due_between_them():
    text = promise(more='due = "day + 6 days"')
    found = the(text, visit(), visit("2026-11-13 10:00", id="I2"), MADE, now="2026-11-18 00:00")
    assert (found.state, shown(found.due), shown(found.next)) == (State.DUE, "2026-11-18 00:00", "2026-11-18 01:00")


def test_of_holds_that_end_at_once_the_last_name_counts_whatever_the_order():
    def guard(name):
        return (GUARD % ("contact", "")).replace("guard.quiet", f"guard.{name}")

    for order in permutations("acb"):
        text = PROMISE % ("", TO_THEM) + "".join(guard(name) for name in order)
        assert the(text, visit(), MADE, now="2026-11-10 12:30").guard == "c"


def test_a_faulty_guard_holds_nothing_by_guesswork_and_the_rules_that_it_may_hold_do_nothing():
    text = promise().replace('holds = "contact"', 'holds = "all"')
    found = the(text, visit(), MADE, now="2026-11-10 12:30", faulty=True)
    assert found.state is State.BROKEN
    spared = promise(spared='"promise"').replace('holds = "contact"', 'holds = "all"')
    assert the(spared, visit(), MADE, now="2026-11-10 12:30", faulty=True).state is State.DUE


def test_a_duty_without_an_opening_is_held_by_nobody():
    text = promise().replace('opens = "start"', 'opens = "it.until"')
    found = the(text, visit(), MADE, now="2026-11-10 12:30")
    assert (found.state, found.due) == (State.WAITING, None)


# -- during


DURING = PROMISE % ('during = "quiet"', TASK) + GUARD % ("contact", '"promise"')


@pytest.mark.parametrize(
    ("made", "counts"),
    [
        (note("2026-11-10 12:00", "promise"), True),
        (note("2026-11-10 12:00", "promise", people=(JULIE, MARC)), True),
        (note("2026-11-10 12:00", "promise", people=(MARC,)), False),
        (note("2026-11-09 11:00", "promise"), True),
        (note("2026-11-09 10:59", "promise"), False),
        (note("2026-11-09", "promise"), True),  # a whole day counts as its end
        (note("2026-11-13 23:59", "promise"), True),
        (note("2026-11-14 00:00", "promise"), False),
        (note("2026-11-14", "promise"), False),
        (note("2026-11-20 12:00", "promise", status="declined"), True),  # listed as not having taken place
    ],
)
def test_a_rule_may_concern_only_what_falls_in_a_guards_window(made, counts):
    assert bool(decide(DURING, visit(), made, now="2026-11-20 12:00")) is counts


def test_what_concerns_nobody_by_name_concerns_all_of_the_case():
    lonely = event("meeting", "2026-11-10 12:00", tags=("promise",))
    text = DURING.replace('on = { kind = "meeting" }', 'on = { kind = "meeting", with = "outside" }')
    assert len(decide(text, visit(), lonely, now="2026-11-20 12:00")) == 1


def test_any_of_several_windows_will_do():
    second = visit("2026-11-20 10:00", id="I2")
    assert len(decide(DURING, visit(), second, note("2026-11-21 10:00", "promise"), now="2026-11-22 12:00")) == 1


def test_a_guard_that_is_off_or_faulty_has_no_window():
    off = DURING + "enabled = false\n"
    assert decide(off, visit(), MADE, now="2026-11-12 12:00", faulty=True) == {}


# -- windows


ONE, TWO = visit("2026-11-02 10:00", id="I1"), visit("2026-11-09 10:00", id="I2")
THREE = visit("2026-11-16 10:00", id="I3")

WINDOW = """
[rule.base]
on = { kind = "meeting" }
opens = "day + 3 days"
do = { type = "task", title = "Base" }
[guard.quiet]
on = { kind = "meeting" }
per = "%s"
opens = "%s"
closes = %s
ended_by = ["#offer"]
"""


def windows(*events, per="event", opens="end", closes='"day + 10 days"'):
    text = WINDOW % (per, opens, closes)
    seen = view(text, *events)
    found = guard_windows(rules(text).guards["quiet"], seen)
    assert found is guard_windows(rules(text).guards["quiet"], seen)
    return [(shown(window.start), shown(window.end)) for window in found]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, [("2026-11-02 11:00", "2026-11-12 00:00"), ("2026-11-09 11:00", "2026-11-19 00:00")]),
        ({"per": "case"}, [("2026-11-09 11:00", "2026-11-19 00:00")]),
        ({"opens": "it.nothing"}, []),
        ({"closes": '"it.nothing"'}, []),
        ({"closes": '"end"'}, []),
        ({"closes": '"start"'}, []),
        ({"closes": '"end + 1 minute"', "per": "case"}, [("2026-11-09 11:00", "2026-11-09 11:01")]),
        ({"closes": '["it.nothing", "base"]', "per": "day"},
         [("2026-11-02 11:00", "2026-11-05 00:00"), ("2026-11-09 11:00", "2026-11-12 00:00")]),
    ],
)  # fmt: skip
def test_a_guard_holds_from_its_opening_to_just_before_its_end(more, expected):
    assert windows(TWO, ONE, visit("2026-11-10 10:00", id="I3", status="cancelled"), **more) == expected


def test_where_only_the_latest_visit_counts_a_guard_has_one_window():
    assert windows(TWO, THREE, ONE, per="case") == [("2026-11-16 11:00", "2026-11-26 00:00")]


@pytest.mark.parametrize(
    ("offer", "end"),
    [
        (note("2026-11-11 14:00", "offer"), "2026-11-11 14:00"),
        (note("2026-11-11", "offer"), "2026-11-11 00:00"),  # from the start of that day
        (note("2026-11-09 09:59", "offer"), "2026-11-19 00:00"),  # it came before
        (note("2026-11-09 11:00", "offer"), ""),  # no window is left
        (note("2026-11-20 12:00", "offer"), "2026-11-19 00:00"),
        (note("2026-11-11 14:00", "fit"), "2026-11-19 00:00"),
    ],
)
def test_a_guard_ends_early_at_the_first_event_that_ends_it(offer, end):
    later = note("2026-11-13 14:00", "offer")
    assert windows(TWO, offer) == ([("2026-11-09 11:00", end)] if end else [])
    assert windows(TWO, later, offer)[:1] == ([("2026-11-09 11:00", min(end, "2026-11-13 14:00"))] if end else [])


def test_a_window_holds_its_first_instant_and_not_its_last():
    text = WINDOW % ("event", "end", '"end + 1 hour"')
    (window,) = guard_windows(rules(text).guards["quiet"], view(text, visit()))
    assert window.contains(window.start)
    assert window.contains(window.end - timedelta(microseconds=1))
    assert not window.contains(window.end)
    assert not window.contains(window.start - timedelta(microseconds=1))
