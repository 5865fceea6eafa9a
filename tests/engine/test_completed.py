"""What notes say of the meetings of their case: which tags these have, who is met, and which day nobody knows."""

from itertools import permutations

import pytest

from followup_rules import Person
from followup_rules.codes import Code
from followup_rules.engine.completed import bindings, completed
from tests.support.caselab import JULIE, MARC, at, case, event, note, sent, visit
from tests.support.rulelab import rules

RULES = """
[rule.ask]
on = "#interview"
done_by = ["#not-interview", "#thanked"]
do = { type = "task", title = "Ask" }
[tag]
interview = { marks = true, also = ["entrevue"] }
not-interview = { marks = true }
"""
CHAT = visit(id="I1", title="Chat")


def seen(*events, **fields):
    return completed(case(*events, **fields), rules(RULES).world)


def about(day, *tags, on="2026-11-08 12:00", **fields):
    return note(on, *tags, data={"re": at(f"{day} 09:00")}, **{"id": f"{'+'.join(tags)} {on}", **fields})


def tags(found):
    return {each.id: each.tags for each in found.case.home if each.kind == "meeting"}


# -- tags


@pytest.mark.parametrize(
    ("own", "notes", "expected"),
    [
        ((), [("2026-11-08 12:00", "interview")], ("interview",)),
        ((), [("2026-11-08 12:00", "entrevue")], ("interview",)),
        (("entrevue",), [("2026-11-08 12:00", "interview")], ("interview",)),  # once
        (("fun", "interview"), [("2026-11-08 12:00", "not-interview")], ("fun", "not-interview")),
        ((), [("2026-11-08 12:00", "interview"), ("2026-11-08 13:00", "not-interview")], ("not-interview",)),
        ((), [("2026-11-08 13:00", "interview"), ("2026-11-08 12:00", "not-interview")], ("interview",)),
        ((), [("2026-11-08", "interview"), ("2026-11-08 12:00", "not-interview")], ("interview",)),  # the day's end
        (("fun",), [("2026-11-08 12:00", "thanked")], ("fun",)),  # no tag that marks
    ],
)
def test_a_meeting_has_the_tags_that_notes_give_it_and_of_opposites_the_later_one(own, notes, expected):
    marks = [about("2026-11-09", tag, on=on) for on, tag in notes]
    assert tags(seen(visit(id="I1", tags=own), *marks)) == {"I1": expected}
    assert tags(seen(*reversed(marks), visit(id="I1", tags=own))) == {"I1": expected}


def test_of_opposites_of_one_instant_the_same_one_counts_whatever_the_order():
    marks = [about("2026-11-09", "interview"), about("2026-11-09", "not-interview")]
    assert tags(seen(CHAT, *marks)) == tags(seen(CHAT, *reversed(marks))) == {"I1": ("not-interview",)}


def test_several_tags_of_one_note_are_given_in_the_order_of_their_names():
    names = [f"round-{letter}" for letter in "abcdefgh"]
    text = RULES + "".join(f"{name} = {{ marks = true }}\n" for name in names)
    text = text.replace("done_by = [", "done_by = [" + "".join(f'"#{name}", ' for name in names))
    found = completed(case(CHAT, about("2026-11-09", *reversed(names))), rules(text).world)
    assert tags(found) == {"I1": tuple(names)}


def test_a_note_marks_the_meetings_of_its_day_and_no_other_event():
    others = [visit("2026-11-10 10:00", id="I2"), event("sent", "2026-11-09 12:00", JULIE, id="m")]
    second = visit("2026-11-09 15:00", id="I3", tags=("fun",))
    found = seen(CHAT, second, *others, about("2026-11-09", "interview"))
    assert tags(found) == {"I1": ("interview",), "I2": (), "I3": ("fun", "interview")}
    assert [each.tags for each in found.case.home if each.kind == "sent"] == [()]


def test_a_day_is_one_of_the_users_zone():
    late = visit("2026-11-09 22:00", id="I1")  # the tenth in UTC
    assert tags(seen(late, about("2026-11-09", "interview"))) == {"I1": ("interview",)}
    assert tags(seen(late, about("2026-11-10", "interview"))) == {"I1": ()}


def test_a_mark_that_was_deleted_marks_nothing_and_tells_nothing_and_is_no_anchor():
    gone = at("2026-11-08 13:00")
    found = seen(CHAT, about("2026-11-09", "interview", gone=gone), about("2026-11-30", "interview", gone=gone))
    assert (tags(found), found.misfits) == ({"I1": ()}, ())
    assert [each.id for each in found.case.home] == ["I1"]


def test_re_before_a_text_or_in_a_mail_names_no_day():
    text = note("2026-11-08 12:00", "interview", data={"re": "the offer"})
    mail = event("sent", "2026-11-08 12:00", JULIE, data={"re": at("2026-11-09 09:00")})
    found = seen(CHAT, text, mail)
    assert (found.subjects, tags(found), text in found.case.home) == ({}, {"I1": ()}, True)


# -- what is left of a note


@pytest.mark.parametrize(
    ("written", "left", "orders"),
    [
        (about("2026-11-09", "interview"), None, False),
        (about("2026-11-09", "entrevue"), None, False),
        (about("2026-11-09", "thanked", "interview"), ("thanked",), False),
        (about("2026-11-09", "thanked"), ("thanked",), False),
        (note("2026-11-08 12:00", "interview"), ("interview",), False),  # without a day it stands for itself
        (note("2026-11-08 12:00", "done", data={"for": "ask"}), None, True),
        (note("2026-11-08 12:00", "fait", data={"for": "ask"}), None, True),
        (note("2026-11-08 12:00", "dismissed", data={"for": "ask"}), None, True),
        (note("2026-11-08 12:00", "done"), None, True),
        (note("2026-11-08 12:00", "dismissed"), None, True),  # it is told that this does not say what
        (note("2026-11-08 12:00", "snooze", data={"for": "ask"}), None, True),
        (note("2026-11-08 12:00", "snooze"), ("snooze",), False),  # that of the whole case is a guard's
        (note("2026-11-08 12:00", "thanked", "done", data={"for": "ask"}), ("thanked",), True),
        (about("2026-11-09", "interview", "thanked", "done"), ("thanked",), True),
        (note("2026-11-08 12:00"), (), False),
    ],
)
def test_of_a_note_that_marks_or_orders_the_rest_stands_for_itself(written, left, orders):
    found = seen(CHAT, written)
    rest = [each.tags for each in found.case.home if each.kind == "note"]
    assert rest == ([] if left is None else [left])
    assert found.orders == ((written,) if orders else ())


def test_only_a_note_orders():
    others = visit(tags=("done",)), sent("2026-11-08 12:00", tags=("done",))
    found = seen(*others, note("2026-11-08 12:00", "issue"))
    assert (found.orders, found.case.home[:2]) == ((), others)


def test_orders_are_in_the_order_of_time():
    def order(on):
        return note(on, "done", data={"for": "ask"})

    whole, noon, evening = order("2026-11-08"), order("2026-11-08 12:00"), order("2026-11-08 20:00")
    assert seen(evening, whole, noon).orders == (noon, evening, whole)


# -- days without a meeting


@pytest.mark.parametrize(
    ("days", "tag", "hint"),
    [
        (["2026-11-09"], "interview", "its meetings are on 2026-11-09"),
        (["2026-11-09"], "thanked", "its meetings are on 2026-11-09"),
        (["2026-11-09", "2026-11-11", "2026-11-01", "2026-11-20"], "interview",
         "its meetings are on 2026-11-09, 2026-11-11, 2026-11-01"),
        ([], "interview", "the case has no meetings yet"),
    ],
)  # fmt: skip
def test_a_day_without_a_meeting_is_told_with_the_nearest_days(days, tag, hint):
    (misfit,) = seen(*(visit(f"{day} 10:00") for day in days), about("2026-11-10", tag)).misfits
    said = "re:2026-11-10: the case has no meeting on that day"
    assert (misfit.message, misfit.hint, misfit.code) == (said, hint, Code.NO_DUTY)


def test_of_two_days_that_are_as_near_the_earlier_is_told_first():
    for day in range(11, 20):
        (misfit,) = seen(*(visit(f"2026-11-{day + by} 10:00") for by in (1, -1)), about(f"2026-11-{day}", "x")).misfits
        assert misfit.hint == f"its meetings are on 2026-11-{day - 1}, 2026-11-{day + 1}"


def test_where_there_are_no_meetings_a_day_of_another_tag_is_no_fault():
    mail = event("sent", "2026-11-10 12:00", JULIE)
    assert seen(mail, about("2026-11-10", "thanked")).misfits == ()


def test_mail_of_a_day_makes_it_no_day_of_a_meeting():
    found = seen(CHAT, sent("2026-11-10 12:00"), about("2026-11-10", "interview"))
    assert [misfit.hint for misfit in found.misfits] == ["its meetings are on 2026-11-09"]


def test_a_day_with_a_meeting_is_no_fault_and_neither_is_one_from_which_it_has_moved():
    mark = about("2026-11-09", "interview")
    assert seen(CHAT, mark).misfits == ()
    followed = bindings(case(CHAT, mark), rules(RULES).world)
    assert followed == {(mark.identity, "2026-11-09"): {CHAT.identity}}
    moved = visit("2026-11-12 10:00", id="I1", title="Chat")
    again = completed(case(moved, mark, followed=followed), rules(RULES).world)
    assert (tags(again), again.misfits) == ({"I1": ("interview",)}, ())
    other = about("2026-11-10", "interview", on="2026-11-08 12:00", id=mark.id)
    assert tags(completed(case(moved, other, followed=followed), rules(RULES).world)) == {
        "I1": ()
    }  # the user has mended the day


# -- headings


def people(*events):
    return {each.id: each.people for each in seen(*events).case.home}


NINA = Person("nina@boreal.example", "Nina")
ALONE = event("meeting", "2026-11-09 10:00", id="k3@Calendar.example", title="Entrevue Boréal")


def under(heading, *persons, on="2026-11-08 12:00", **fields):
    return note(on, "issue", heading=heading, people=persons, **{"id": f"n{on}", **fields})


@pytest.mark.parametrize("heading", ["entrevue boreal", "Entrevue Boréal 2026-11-09"])
def test_whom_a_heading_names_beside_the_title_of_a_meeting_is_met_there(heading):
    assert people(ALONE, under(heading, NINA))[ALONE.id] == (NINA,)


def test_the_first_of_several_such_notes_says_who_is_met_whatever_the_order():
    first, second = under("Entrevue Boréal", NINA), under("Entrevue Boréal", MARC, on="2026-11-08 13:00")
    empty = under("Entrevue Boréal", on="2026-11-08 11:00")
    assert people(ALONE, second, empty, first)[ALONE.id] == people(empty, first, second, ALONE)[ALONE.id] == (NINA,)
    later, twin = under("Entrevue Boréal", MARC, on="2026-11-08 13:00", id="a"), under("Entrevue Boréal", MARC, id="z")
    assert people(ALONE, later, first)[ALONE.id] == people(ALONE, twin, first)[ALONE.id] == (NINA,)
    assert people(ALONE, first, twin)[ALONE.id] == (NINA,)


@pytest.mark.parametrize(
    "event_",
    [
        under("Boréal", NINA),
        under("Entrevue Boréal 2026-11-10", NINA),
        under("Entrevue Boréal", NINA, gone=at("2026-11-08 13:00")),
        event("sent", "2026-11-08 12:00", NINA, title="Entrevue Boréal", heading="Entrevue Boréal"),
    ],
)
def test_nobody_else_says_who_is_met(event_):
    other = note("2026-11-08 10:00", "issue", heading="Acme", id="other")
    assert people(ALONE, event_, other)[ALONE.id] == ()


def test_a_meeting_with_people_is_with_these():
    found = people(visit(id="I1"), ALONE, under("Interview", NINA), under("Entrevue Boréal", MARC, id="n"))
    assert (found["I1"], found[ALONE.id]) == ((JULIE,), (MARC,))
    mail = event("sent", "2026-11-08 12:00", id="m", title="Entrevue")
    assert people(mail, under("Entrevue", NINA))["m"] == people(ALONE, mail, under("Entrevue", NINA))["m"] == ()


def test_the_id_of_an_entry_or_of_its_series_in_a_heading_is_nobodys_address():
    ident, series = Person("k3@calendar.example"), Person("s1@calendar.example")
    occurrence = event("meeting", "2026-11-09 15:00", id="s1@calendar.example/20261109T200000Z", title="Weekly")
    found = people(ALONE, occurrence, under("Entrevue Boréal", ident, NINA, series, id="n"))
    assert (found["n"], found[ALONE.id]) == ((NINA,), (NINA,))
    only = under("Entrevue Boréal", ident, id="n")
    assert people(ALONE, only) == {ALONE.id: (), "n": ()}
    written = sent("2026-11-08 12:00", ident, id="m")
    assert people(ALONE, only, written)["m"] == (ident,)
    mail = event("sent", "2026-11-08 12:00", id="k4@calendar.example")
    assert people(mail, under("", Person("k4@calendar.example"), id="n"))["n"] == (Person("k4@calendar.example"),)


# -- notes that stand for meetings


def test_a_note_may_stand_for_the_meeting_of_its_day_and_one_about_a_day_does_not():
    alone = note("2026-11-09 10:00", "interview", id="alone")
    thanks = about("2026-11-09", "thanked")
    assert seen(alone, thanks).subjects == {thanks.identity: {alone.identity}}
    itself = about("2026-11-10", "interview", on="2026-11-10 12:00")
    assert len(seen(CHAT, itself).misfits) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"on": "2026-11-08 12:00", "id": "z"}, {"on": "2026-11-08 13:00", "id": "a"}),  # by time
        ({"on": "2026-11-08 12:00", "id": "a"}, {"on": "2026-11-08 12:00", "id": "z"}),  # and then by id
    ],
)
def test_of_two_names_of_one_meeting_the_first_note_says_who_is_met(first, second):
    for one, other in permutations(["Entrevue Boréal", "Entrevue Boréal 2026-11-09"]):
        notes = under(one, NINA, **first), under(other, MARC, **second)
        assert people(ALONE, *notes)[ALONE.id] == people(ALONE, *reversed(notes))[ALONE.id] == (NINA,)


# -- what was missed, and what is not there

MISSED = RULES.replace("[tag]\n", '[tag]\nno-show = { marks = "missed" }\n').replace(
    '"#thanked"', '"#thanked", "#no-show"'
)


def seen_missed(*events, **fields):
    return completed(case(*events, **fields), rules(MISSED).world)


def test_a_note_of_the_very_day_tells_that_its_meeting_was_missed_without_saying_the_day():
    other = visit("2026-11-10 10:00", id="I2")
    assert tags(seen_missed(CHAT, other, note("2026-11-09 12:00", "no-show"))) == {"I1": ("no-show",), "I2": ()}
    assert tags(seen_missed(CHAT, other, note("2026-11-09 12:00", "interview"))) == {"I1": (), "I2": ()}


def test_what_was_missed_on_a_day_may_still_take_place_on_another():
    mark = about("2026-11-09", "no-show", "interview")
    moved = visit("2026-11-12 10:00", id="I1")
    followed = {(mark.identity, "2026-11-09"): frozenset({moved.identity})}
    assert tags(seen_missed(moved, mark, followed=followed)) == {"I1": ("interview",)}
    assert tags(seen_missed(CHAT, mark)) == {"I1": ("interview", "no-show")}


def test_a_meeting_that_is_in_another_case_now_is_marked_no_more():
    mark = about("2026-11-09", "interview")
    followed = {(mark.identity, "2026-11-09"): frozenset({"meeting:elsewhere"})}
    assert tags(seen(CHAT, mark, followed=followed)) == {"I1": ("interview",)}


def test_a_note_that_says_it_was_no_interview_stands_for_no_meeting():
    thanks = about("2026-11-09", "thanked")
    assert seen(note("2026-11-09 10:00", "not-interview"), thanks).subjects == {thanks.identity: frozenset()}


def test_a_note_stays_with_the_meetings_of_its_day_alone():
    alone, thanks = note("2026-11-09 09:00", "interview", id="alone"), about("2026-11-09", "thanked")
    seen_by = bindings(case(CHAT, visit("2026-11-10 10:00", id="I2"), alone, thanks), rules(RULES).world)
    assert seen_by == {(thanks.identity, "2026-11-09"): {CHAT.identity}}
