"""`about = "it"`: of several anchors of a rule, an event is about those with which it shares the most words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_rules.model import Report, State
from tests.support.caselab import JULIE, MARC, at, decide, event, note, sent, states, visit

REMIND = """
[rule.remind]
on      = { kind = "sent", title = "invoice" }
opens   = "start + 30 days"
done_by = [{ is = "#paid", about = "it" }]
do      = { type = "task", title = "Remind" }
"""
FIRST, SECOND = (
    sent("2026-10-14 10:00", id="v1", title="Invoice 1041 website"),
    sent("2026-10-15 10:00", id="v2", title="Invoice 1042 logo"),
)
V1, V2 = "remind/v1@2026-10-14", "remind/v2@2026-10-15"
CALL = """
[rule.call-back]
on      = "#call-back"
opens   = "start"
done_by = [{ is = "#called", about = "it" }]
do      = { type = "task", title = "Call back" }
"""


def open_after(*events, text=REMIND, now="2026-12-01 09:00", **more):
    """Return the duties that these events leave open."""
    found = states(text, *events, now=now, **more)
    return {key for key, state in found.items() if state is not State.DONE}


def paid(start, title, **fields):
    return note(start, "paid", title=title, **fields)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("invoice 1041", {V2}),
        ("1042", {V1}),
        ("the logo", {V1}),
        ("both invoices", set()),
        ("invoices 1041 and 1042", set()),
        ("the website, invoice 1042", set()),  # two words of each
        ("the website, invoice 1041, not 1042", {V2}),
        ("all of it", {V1, V2}),
        ("9", {V1, V2}),
    ],
)
def test_a_note_is_about_the_invoice_with_which_it_shares_the_most_words(said, left):
    assert open_after(FIRST, SECOND, paid("2026-11-12 09:00", said)) == left


def test_a_number_of_one_digit_tells_nothing_and_one_of_two_does():
    one, other = (
        sent("2026-10-14 10:00", id="v1", title="Invoice 7"),
        sent("2026-10-15 10:00", id="v2", title="Invoice 12"),
    )
    assert open_after(one, other, paid("2026-11-12 09:00", "invoice 7")) == set()
    assert open_after(one, other, paid("2026-11-12 09:00", "invoice 12")) == {V1}


def test_a_value_that_is_noted_tells_too():
    lamp = note("2026-11-16 09:00", "call-back", id="a", title="As agreed", data={"bonus": "the lamp of the kitchen"})
    radiator = note("2026-11-16 09:05", "call-back", id="b", title="The radiator of the kitchen")
    called = note("2026-11-20 10:00", "called", title="He mends the lamp", data={"about": "kitchen"})
    assert open_after(lamp, radiator, called, text=CALL) == {"call-back/b@2026-11-16"}


def test_names_and_addresses_of_the_case_tell_nothing():
    one = sent("2026-10-14 10:00", id="v1", title="Invoice for Julie")
    other = sent("2026-10-15 10:00", JULIE, MARC, id="v2", title="Invoice, second")
    assert open_after(one, other, paid("2026-11-12 09:00", "Julie paid the invoice")) == set()


def test_what_began_after_a_note_is_not_what_the_note_is_about():
    later = sent("2026-11-13 10:00", id="v3", title="Invoice 1041 website once more, the invoice of the website")
    assert open_after(FIRST, SECOND, paid("2026-11-12 09:00", "invoice 1041"), later) == {V2, "remind/v3@2026-11-13"}


def test_what_an_earlier_note_has_ended_does_not_take_the_words_of_a_later_one():
    calls = [
        note("2026-11-16 09:00", "call-back", id="a", title="Radiator of the kitchen, loud"),
        note("2026-11-16 09:05", "call-back", id="b", title="Lamp of the kitchen"),
        note("2026-11-17 10:00", "called", title="Radiator"),
    ]
    again = note("2026-11-18 10:00", "called", title="Kitchen, and the radiator is loud no more")
    assert open_after(*calls, text=CALL) == {"call-back/b@2026-11-16"}
    assert open_after(*calls, again, text=CALL) == set()


def test_two_notes_of_one_instant_do_not_take_from_each_other():
    notes = [paid("2026-11-12", "invoice 1041", id="n1"), paid("2026-11-12", "invoice 1042", id="n2")]
    assert open_after(FIRST, SECOND, *notes) == open_after(FIRST, SECOND, *reversed(notes)) == set()


def test_what_calls_off_one_duty_leaves_the_other():
    text = REMIND.replace("done_by", "cancelled_by")
    found = states(text, FIRST, SECOND, paid("2026-11-12 09:00", "invoice 1041"), now="2026-12-01 09:00")
    assert found == {V1: State.VOID, V2: State.DUE}


def test_a_guard_ends_early_at_what_is_about_its_own_anchor():
    text = (
        REMIND.replace('opens   = "start + 30 days"', 'opens   = "start"\nwhile = [{ is = "#mute", about = "it" }]')
        + '[guard.hush]\non = "#mute"\nopens = "start"\ncloses = "start + 90 days"\nended_by = [{ is = "#unmute", about = "it" }]\n'
        'holds = "everything"\n'
    )
    mutes = [note("2026-10-20 09:00", "mute", id="m1", title="invoice 1041"),
             note("2026-10-20 09:00", "mute", id="m2", title="invoice 1042")]  # fmt: skip
    found = states(
        text, FIRST, SECOND, *mutes, note("2026-10-21 09:00", "unmute", title="1041"), now="2026-12-01 09:00"
    )
    assert found == {V1: State.HELD, V2: State.HELD}, "the window of the other note still holds the case"
    both = note("2026-10-21 10:00", "unmute", title="1042")
    told = event("done", "2026-10-21 09:30", report=Report(key="other"))
    assert states(text, FIRST, SECOND, *mutes, told, both, now="2026-12-01 09:00") == found, "the other one holds on"
    found = states(
        text, FIRST, SECOND, *mutes, note("2026-10-21 09:00", "unmute", title="1041"), both, now="2026-12-01"
    )
    assert found == {V1: State.DUE, V2: State.DUE}


WORDS = ("radiator", "kitchen", "lamp", "garden", "fence")
TITLE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True).map(" ".join)
HOURS = st.integers(0, 9)


def left_open(notes):
    """Return the numbers of those call-backs that notes (tag, hour, title), written down one by one, leave open."""
    left = {number for number, (tag, _, _) in enumerate(notes) if tag == "call-back"}
    for hour in range(10):
        begun = {number for number in left if notes[number][1] <= hour}
        for tag, at_hour, title in notes:
            if (tag, at_hour) == ("called", hour):
                shared = {number: len({*title.split()} & {*notes[number][2].split()}) for number in begun}
                most = max(shared.values(), default=0)
                left -= {number for number in shared if shared[number] == most > 0}
    return left


@given(st.data())
def test_of_those_open_at_its_time_a_note_ends_the_ones_with_which_it_shares_the_most_words(data):
    kinds = data.draw(
        st.lists(st.tuples(st.sampled_from(("call-back", "called")), HOURS, TITLE), min_size=2, max_size=8)
    )
    events = [
        note(f"2026-11-16 0{hour}:00", tag, id=f"n{i}", title=title) for i, (tag, hour, title) in enumerate(kinds)
    ]
    left = open_after(*events, text=CALL)
    assert left == {f"call-back/n{number}@2026-11-16" for number in left_open(kinds)}
    assert open_after(*data.draw(st.permutations(events)), text=CALL) == left
    later = note("2026-11-17 09:00", "call-back", id="later", title=data.draw(TITLE))
    assert open_after(*events, later, text=CALL) == left | {"call-back/later@2026-11-17"}


LOUD, LAMP = (
    note("2026-11-16 09:00", "call-back", id="a", title="Radiator of the kitchen, loud"),
    note("2026-11-16 09:05", "call-back", id="b", title="Lamp of the kitchen"),
)
A, B = "call-back/a@2026-11-16", "call-back/b@2026-11-16"
LOUDER = note("2026-11-18 10:00", "called", id="called", title="Kitchen, and the radiator is loud no more")


def ticked(key, start, **fields):
    return event("done", start, id=f"done:{key}:{start}", report=Report(key=key, rule="call-back"), **fields)


def test_a_note_stays_about_what_it_was_about_when_it_was_written_whatever_is_written_later():
    notes = [
        note(f"2026-11-{day} 10:00", "called", id=f"n{day}", title=title)
        for day, title in ((17, "Radiator, kitchen"), (18, "Hello"), (19, "Thanks"))
    ]
    assert open_after(LOUD, LAMP, *notes, text=CALL) == {B}


def test_of_two_notes_of_one_instant_either_ends_what_it_is_about():
    for said in ("Hello", "Radiator"):
        notes = [
            note("2026-11-17 10:00", "called", id=name, title=title)
            for name, title in (("n1", "Radiator"), ("n2", said))
        ]
        assert open_after(LOUD, LAMP, *notes, LOUDER, text=CALL) == set()


def test_what_an_output_tells_to_be_done_takes_no_words_from_then_on():
    assert open_after(LOUD, LAMP, LOUDER, text=CALL) == {B}
    assert open_after(LOUD, LAMP, LOUDER, ticked(A, "2026-11-17 10:00"), text=CALL) == set()
    assert open_after(LOUD, LAMP, LOUDER, ticked(A, "2026-11-18 10:01"), text=CALL) == {B}


def test_what_has_several_actions_takes_words_until_the_last_is_done():
    text = CALL.replace("do      = {", 'do      = [{ type = "task", title = "Look" }, {').replace('back" }', 'back" }]')
    ends = [ticked(A, "2026-11-17 10:00"), ticked(f"{A}#2", "2026-11-17 11:00")]
    assert open_after(LOUD, LAMP, LOUDER, ends[0], text=text, faulty=True) == {B}
    assert open_after(LOUD, LAMP, LOUDER, *ends, text=text, faulty=True) == set()
    late = ticked(f"{A}#2", "2026-11-19 10:00")
    assert open_after(LOUD, LAMP, LOUDER, ends[0], late, text=text, faulty=True) == {B}


def test_what_was_called_off_takes_no_words_from_then_on():
    text = CALL.replace("do ", 'cancelled_by = [{ is = "#dropped", about = "it" }]\ndo ')
    dropped = note("2026-11-17 10:00", "dropped", title="Radiator")
    found = states(text, LOUD, LAMP, LOUDER, dropped, now="2026-12-01 09:00")
    assert found == {A: State.VOID, B: State.DONE}


def test_what_a_rule_does_not_concern_takes_no_words():
    text = CALL.replace("opens ", 'during = "visit"\nopens ') + (
        '[guard.visit]\non = { kind = "meeting" }\nopens = "start"\ncloses = "end"\n'
    )
    meeting = visit("2026-11-16 09:02")
    assert open_after(meeting, LOUD, LAMP, LOUDER, text=text) == set()


WORKS = note("2026-11-17 10:00", "call-back", "called", id="c", title="Radiator works, next the lamp")


def test_what_begins_at_the_very_instant_of_a_note_has_begun():
    at_once = note("2026-11-16 09:05", "called", title="Lamp of the kitchen")
    assert open_after(LOUD, LAMP, at_once, text=CALL) == {A}


def test_what_is_an_anchor_itself_ends_others_and_not_itself():
    kitchen = note("2026-11-16 10:00", "call-back", id="e", title="Kitchen")
    heard = note("2026-11-18 10:00", "called", title="Lamp next, works, in the kitchen")
    assert open_after(LOUD, WORKS, text=CALL) == {"call-back/c@2026-11-17"}
    assert open_after(LOUD, kitchen, WORKS, heard, text=CALL) == {"call-back/e@2026-11-16"}


def test_what_is_one_of_the_anchors_of_a_day_ends_that_of_another():
    alike = note("2026-11-17 09:00", "call-back", id="d", title="Lamp of the hall, next to the radiator")
    text = CALL.replace("opens ", 'per = "day"\nopens ')
    assert open_after(LOUD, alike, WORKS, text=text) == {"call-back/@2026-11-17"}


def test_a_note_about_the_visit_of_one_day_ends_no_other_one_for_later_notes():
    text = CALL.replace('"#call-back"', '{ kind = "meeting" }')
    meetings = [
        visit("2026-11-14 09:00", id="c", title="Radiator"),
        visit("2026-11-15 09:00", id="a", title="Radiator of the kitchen"),
        visit("2026-11-16 09:00", id="b", title="Radiator of the kitchen"),
    ]
    about = note("2026-11-18 09:00", "called", title="Radiator of the kitchen", data={"re": at("2026-11-16 09:00")})
    again = note("2026-11-19 09:00", "called", title="Radiator of the kitchen")
    left = {f"call-back/{name}" for name in ("a@2026-11-15", "c@2026-11-14")}
    elsewhere = [*meetings[:2], visit("2026-11-16 09:00", id="b", title="Radiator of the hall"), about, again]
    assert open_after(*elsewhere, text=text) == {"call-back/b@2026-11-16", "call-back/c@2026-11-14"}
    assert open_after(*meetings, about, text=text) == left
    assert open_after(*meetings, about, again, text=text) == {"call-back/c@2026-11-14"}


def test_what_was_said_before_an_anchor_ended_is_about_that_one_whoever_asks_later():
    text = '[rule.pay]\non = { kind = "meeting" }\ndone_by = [{ tags = "paid", about = "it" }]\n'
    text += 'do = { type = "task", title = "Pay" }\n'
    found = decide(
        text,
        visit("2026-11-02 10:00", id="a", title="Invoice 1041 frisbee"),
        visit("2026-11-03 10:00", id="b", title="Invoice 1041 canoe"),
        note("2026-11-04 12:00", "paid", id="first", title="Invoice 1041 frisbee"),
        note("2026-11-05 12:00", "paid", id="second", title="Invoice 1041"),
        now="2026-11-06 12:00",
    )
    assert found["pay/b@2026-11-03"].evidence == ("second",)
