"""What a case shows: what took place, which visits a rule starts from, and when it opens for each."""

import gc
import weakref
from datetime import date, timedelta
from itertools import permutations

import pytest
from msgspec.structs import replace

from followup_rules.engine.anchors import CaseView
from followup_rules.engine.evaluate import EvaluationContext, evaluate
from followup_rules.engine.guards import windows
from followup_rules.model import Person, State
from tests.support.caselab import (
    ASK,
    EVERYTHING,
    JULIE,
    MARC,
    NADIA,
    at,
    case,
    decide,
    event,
    note,
    sent,
    shown,
    states,
    the,
    view,
    visit,
)  # fmt: skip
from tests.support.rulelab import rules

THANK = """
[rule.thank]
on = { kind = "meeting" }
%s
do = { type = "task", title = "Thank" }
"""
EACH, DAILY, LATEST = THANK % 'per = "event"', THANK % 'per = "day"', THANK % 'per = "case"'
NOW = "2026-11-12 12:00"


def why(*events, joined=()):
    """Tell why the first of the events does not count, or "" if it does."""
    found = the(EACH, *events, joined=joined, now=NOW)
    return found.why if found.state is State.VOID else ""


# -- what took place


CANCELLED = "“Interview” was cancelled"
VANISHED = "“Interview” is no longer in the calendar, and nothing shows that it took place"
ENDED = "2026-11-09 11:00"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ""),
        ({"status": "tentative"}, ""),
        ({"status": "mine"}, ""),
        ({"status": "declined"}, "you declined “Interview”"),
        ({"status": "declined", "title": ""}, "you declined “meeting”"),
        ({"status": "cancelled"}, CANCELLED),
        ({"status": "cancelled", "updated": at("2026-11-09 10:59")}, CANCELLED),
        ({"status": "cancelled", "updated": at("2026-11-09 11:00")}, ""),  # it had happened
        ({"updated": at("2026-11-09 10:59")}, ""),
        ({"gone": at("2026-11-09 10:00")}, VANISHED),
        ({"gone": at("2026-11-10 10:00")}, VANISHED),
        ({"gone": at("2026-11-10 10:00"), "listed": at("2026-11-09 10:59")}, VANISHED),
        ({"gone": at("2026-11-10 10:00"), "listed": at(ENDED)}, ""),
        ({"gone": at(ENDED), "listed": at(ENDED)}, ""),
        ({"gone": at("2026-11-09 10:59"), "listed": at(ENDED)}, VANISHED),
        ({"listed": at("2026-11-01 10:00")}, ""),
    ],
)
def test_what_was_cancelled_or_vanished_before_its_end_did_not_take_place(fields, expected):
    assert why(visit(**fields)) == expected


@pytest.mark.parametrize(
    ("later", "shows"),
    [
        (sent(ENDED), True),
        (sent("2026-11-09 10:59"), False),
        (event("received", "2026-11-09 15:00", JULIE), False),  # anybody may write to me
        (note("2026-11-09 15:00", "thanked"), True),
        (note("2026-11-09", "thanked"), True),  # a note without a time counts as 23:59
        (note("2026-11-09 15:00", "thanked", gone=at("2026-11-09 16:00")), False),
        (visit("2026-11-10 15:00", id="I2", status="declined"), False),
        (event("sms", "2026-11-10 15:00", JULIE), False),
    ],
)
def test_a_vanished_meeting_took_place_if_a_mail_or_note_comes_after_it(later, shows):
    vanished = visit(gone=at("2026-11-10 10:00"))
    found = decide(EACH, vanished, later, now=NOW)[f"thank/{vanished.id}@2026-11-09"]
    assert (found.state is not State.VOID) is shows
    joined = decide(EACH, vanished, joined=[later], now=NOW)[f"thank/{vanished.id}@2026-11-09"]
    assert (joined.state is not State.VOID) is shows


def test_a_mail_does_not_show_a_meeting_that_vanished_before_it_began():
    assert why(visit(gone=at("2026-11-09 09:59")), sent("2026-11-09 15:00")) == VANISHED
    assert why(visit(gone=at("2026-11-09 10:00")), sent("2026-11-09 15:00")) == ""


def test_mail_that_was_moved_elsewhere_was_sent_all_the_same():
    text = '[rule.ask]\non = { kind = ["sent", "received"] }\nopens = "start"\ndo = { type = "task", title = "Ask" }'
    for kind in ("sent", "received"):
        assert (
            the(text, event(kind, "2026-11-09 10:00", JULIE, gone=at("2026-11-10 10:00")), now=NOW).state is State.DUE
        )


def test_a_note_that_was_taken_away_does_not_count():
    text = f"[rule.ask]\n{ASK}"
    found = the(text, note("2026-11-09 10:00", "ask", title="Who?", gone=at("2026-11-09 12:00")), now=NOW)
    assert (found.state, found.why) == (State.VOID, "“Who?” was taken away")


def test_what_did_not_take_place_ends_nothing():
    text = THANK % 'done_by = [{ kind = "meeting" }, "#thanked"]'
    second = visit("2026-11-09 15:00", id="I2", status="cancelled")
    taken_away = note("2026-11-09 16:00", "thanked", gone=at("2026-11-09 17:00"))
    found = decide(text, visit(id="I1"), second, taken_away, now=NOW)
    assert found["thank/I1@2026-11-09"].state is State.DUE


# -- visits


def test_events_of_one_local_day_are_one_visit():
    late = visit("2026-11-09 23:30", MARC, id="I2")  # ends on the next day, and in UTC all of it is on that day
    next_day = visit("2026-11-10 00:30", id="I3")
    assert states(DAILY, visit(id="I1"), late, next_day, now="2026-11-10 00:29") == {
        "thank/@2026-11-09": State.WAITING,
        "thank/@2026-11-10": State.WAITING,
    }
    found = decide(DAILY, visit(id="I1"), late, next_day, now="2026-11-10 00:30")["thank/nordik.ca@2026-11-09"]
    assert (found.state, shown(found.opens)) == (State.DUE, "2026-11-10 00:30")
    assert [event.id for event in found.visit.events] == ["I1", "I2"]
    assert found.visit.people == (JULIE, MARC)
    assert (shown(found.visit.start), shown(found.visit.end)) == ("2026-11-09 10:00", "2026-11-10 00:30")


def test_a_visit_lasts_from_its_first_start_to_its_last_end_in_whatever_order():
    events = [
        visit("2026-11-09 09:00", JULIE, id="b", minutes=300),
        visit("2026-11-09 09:00", MARC, JULIE, id="a"),
        visit("2026-11-09 11:00", NADIA, id="0"),
    ]
    for order in permutations(events):
        (found,) = view(DAILY, *order).visits(rules(DAILY).rules["thank"])
        assert [each.id for each in found.events] == ["a", "b", "0"]
        assert (shown(found.start), shown(found.end)) == ("2026-11-09 09:00", "2026-11-09 14:00")
        assert found.people == (MARC, JULIE, NADIA)


def test_a_visit_of_which_a_part_was_cancelled_is_the_rest():
    morning, evening = visit(id="I1", status="cancelled"), visit("2026-11-09 17:00", MARC, id="I2")
    found = the(DAILY, morning, evening, now=NOW)
    assert (found.state, found.visit.people, shown(found.visit.start)) == (State.DUE, (MARC,), "2026-11-09 17:00")


def test_a_visit_of_which_all_was_cancelled_is_void():
    both = [visit(id="I1", status="cancelled"), visit("2026-11-09 17:00", id="I2", status="declined")]
    found = the(DAILY, *both, now=NOW)
    assert (found.state, found.why, found.evidence) == (State.VOID, CANCELLED, ("I1",))
    assert len(found.visit.events) == 2


def test_an_anchor_may_be_the_first_mail_of_its_thread():
    text = '[rule.wait]\non = { kind = "sent", first = "thread" }\ndo = { type = "task", title = "Wait" }'
    mails = [sent(f"2026-11-{day} 10:00", id=day, thread="t") for day in ("11", "09", "10")]
    assert list(decide(text, *mails, now=NOW)) == ["wait/09@2026-11-09"]


def test_a_rule_and_a_guard_of_one_name_have_anchors_of_their_own():
    text = f"""
[rule.quiet]
{ASK.replace("task", "draft")}
[guard.quiet]
on = {{ kind = "meeting" }}
closes = "it.until"
"""
    asked = note("2026-11-09 10:30", "ask", id="a", people=(JULIE,))
    held = visit(data={"until": at("2026-11-14 00:00")})
    assert {key: each.state for key, each in decide(text, held, asked, now=NOW).items()} == {
        "quiet/a@2026-11-09": State.HELD
    }


def test_only_events_at_home_in_the_case_start_a_rule():
    assert decide(EACH, joined=[visit()], now=NOW) == {}


def test_a_condition_on_the_anchor_may_be_met_by_any_part_of_a_visit():
    text = THANK % 'per = "day"\nwhere = { title = "final" }'
    final = visit("2026-11-09 15:00", id="I2", title="Final round")
    assert decide(text, visit(id="I1"), now=NOW) == {}
    assert len(the(text, visit(id="I1"), final, now=NOW).visit.events) == 2


def test_a_condition_on_the_anchor_may_speak_of_it():
    text = THANK % 'where = { before = "it.until" }'
    for until, counts in [("2026-11-09 10:01", 1), ("2026-11-09 10:00", 0)]:
        assert len(decide(text, visit(data={"until": at(until)}), now=NOW)) == counts


def test_the_same_person_is_listed_once_under_the_name_given_first():
    nameless = Person(JULIE.address)
    found = the(DAILY, visit("2026-11-09 10:00", JULIE), visit("2026-11-09 11:00", nameless, MARC, id="2"), now=NOW)
    assert found.visit.people == (JULIE, MARC)


# -- the people of a note


@pytest.mark.parametrize(
    ("start", "people"),
    [
        ("2026-11-08 12:00", (JULIE, MARC, NADIA)),  # before any meeting: all of the case
        ("2026-11-09 10:00", (JULIE,)),
        ("2026-11-09 09:59", (JULIE, MARC, NADIA)),
        ("2026-11-09", (JULIE,)),  # counts as 23:59
        ("2026-11-11 12:00", (MARC,)),
        ("2026-11-20 12:00", (MARC,)),
    ],
)
def test_a_note_without_people_is_about_those_of_the_latest_meeting_that_had_started(start, people):
    events = [
        visit("2026-11-10 10:00", MARC, id="I2"),
        visit("2026-11-09 10:00", JULIE, id="I1"),
        visit("2026-11-11 10:00", NADIA, id="I3", status="cancelled"),
        event("meeting", "2026-11-11 11:00", id="I4"),
        sent("2026-11-11 09:00", NADIA),
        visit("2026-11-20 10:00", Person("nobody@acme.com"), id="I5", gone=at("2026-11-08 08:00")),
    ]
    about = note(start, "ask")
    seen = view(EACH, *events, about).people(about)
    assert set(seen) == set(people)


def test_a_notes_own_people_count_and_other_events_have_only_their_own():
    addressed, alone = note("2026-11-10 12:00", people=(MARC,)), event("meeting", "2026-11-10 12:00")
    seen = view(EACH, visit(), addressed, alone)
    assert seen.people(addressed) == (MARC,)
    assert seen.people(alone) == ()


def test_of_meetings_that_started_at_once_the_last_id_counts_in_whatever_order():
    events = [visit("2026-11-09 10:00", JULIE, id="a"), visit("2026-11-09 10:00", MARC, id="b")]
    about = note("2026-11-09 12:00")
    for order in permutations(events):
        assert view(EACH, *order).people(about) == (MARC,)


# -- keys


def test_a_key_names_the_rule_the_anchor_and_its_local_day_without_white_space():
    assert list(decide(EACH, visit("2026-11-09 23:30", id="a b\tc"), now=NOW)) == ["thank/abc@2026-11-09"]
    assert list(decide(DAILY, visit("2026-11-09 23:30"), now=NOW)) == ["thank/nordik.ca@2026-11-09"]
    assert list(decide(LATEST, visit("2026-11-09 23:30"), now=NOW)) == ["thank/nordik.ca@2026-11-09"]


# -- openings


CALL = """
[define.announced]
tags = "announced"
[rule.call]
on = { kind = "meeting" }
per = "%s"
opens = "%s"
moved_by = "announced.on"
do = { type = "task", title = "Call" }
"""


def opens(per, when, *events, rule="call", **more):
    return [
        shown(each.opens) for each in decide(CALL % (per, when), *events, now=NOW, **more).values() if each.rule == rule
    ]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("start", "2026-11-09 10:00"),
        ("end", "2026-11-09 11:00"),
        ("day", "2026-11-09 00:00"),
        ("day + 10 days at 09:00, workday", "2026-11-19 09:00"),
        ("it.until", "2026-11-30 09:00"),
        ("it.start", "2026-11-09 10:00"),
        ("it.end + 1 hour", "2026-11-09 12:00"),
        ("it.nothing", ""),
        ("it.bonus", ""),  # a text is no instant
    ],
)
def test_a_phrase_counts_from_the_anchor(when, expected):
    anchor = visit(data={"until": at("2026-11-30 09:00"), "bonus": "frisbee"})
    assert opens("event", when, anchor) == [expected]


def test_a_rule_opens_where_it_was_moved_to_else_as_announced_else_as_it_says():
    key = "call/nordik.ca@2026-11-09"
    moved = note("2026-11-10 12:00", "announced", data={"on": at("2026-11-17 14:00")})
    assert opens("day", "day + 10 days", visit()) == ["2026-11-19 00:00"]
    assert opens("day", "day + 10 days", visit(), pins={key: "2026-11-18 09:00"}) == ["2026-11-18 09:00"]
    assert opens("day", "day + 10 days", visit(), pins={"call/nordik.ca@2026-11-10": "2026-11-18"}) == [
        "2026-11-19 00:00"
    ]
    assert opens("day", "day + 10 days", visit(), moved, pins={key: "2026-11-18 09:00"}) == ["2026-11-17 14:00"]


@pytest.mark.parametrize(
    ("start", "counts"),
    [
        ("2026-11-08 23:59", False),
        ("2026-11-09 00:00", True),
        ("2026-11-10 23:59", True),
        ("2026-11-11 00:00", False),  # the next visit's day
    ],
)
def test_what_is_said_of_a_visit_is_said_between_its_day_and_the_next_visits(start, counts):
    two = [visit(id="I1"), visit("2026-11-11 10:00", id="I2"), visit("2026-11-20 10:00", id="I3")]
    said = note(start, "announced", data={"on": at("2026-11-30 14:00")})
    assert (opens("day", "end", *two, said)[0] == "2026-11-30 14:00") is counts


def test_of_what_is_said_the_latest_word_that_gives_an_instant_counts():
    notes = [
        note("2026-11-10 12:00", "announced", id="a", data={"on": at("2026-11-17 14:00")}),
        note("2026-11-10 13:00", "announced", id="b", data={"on": at("2026-11-16 14:00")}),
        note("2026-11-10 14:00", "announced", id="c", data={"on": "soon"}),
        note("2026-11-10 15:00", "called", id="d", data={"on": at("2026-11-20 14:00")}),
    ]
    for order in permutations(notes):
        assert opens("day", "end", visit(), *order) == ["2026-11-16 14:00"]


def test_a_cancelled_next_visit_ends_nothing_that_is_said_of_the_one_before():
    cancelled = visit("2026-11-11 10:00", id="I2", status="cancelled")
    later_today = visit("2026-11-09 15:00", id="I3")
    said = note("2026-11-12 10:00", "announced", data={"on": at("2026-11-30 14:00")})
    assert opens("event", "end", visit(id="I1"), later_today, cancelled, said)[0] == "2026-11-30 14:00"


FOLLOW = """
[rule.base]
on = { kind = "meeting" }
per = "%s"
opens = "day + 1 day"
do = { type = "task", title = "Base" }
[rule.next]
on = %s
opens = ["base + 1 hour", "start"]
do = { type = "task", title = "Next" }
"""
ONE, TWO = visit("2026-11-02 10:00", id="I1"), visit("2026-11-09 10:00", id="I2")
THREE = visit("2026-11-16 10:00", id="I3")


@pytest.mark.parametrize(
    ("per", "noted", "expected"),
    [
        ("event", "2026-11-09 09:00", "2026-11-10 01:00"),  # the same day
        ("event", "2026-11-09 23:59", "2026-11-10 01:00"),
        ("event", "2026-11-12 12:00", "2026-11-10 01:00"),  # the latest before it
        ("event", "2026-11-08 12:00", "2026-11-03 01:00"),
        ("event", "2026-11-20 12:00", "2026-11-17 01:00"),
        ("event", "2026-11-01 12:00", "2026-11-03 01:00"),  # else the first
        ("case", "2026-11-02 12:00", "2026-11-03 01:00"),  # even if that visit is superseded
    ],
)
def test_a_rules_name_means_its_opening_for_the_same_day_else_the_latest_before_else_the_first(per, noted, expected):
    text = FOLLOW % (per, '"#ask"')
    assert shown(the(text, TWO, THREE, ONE, note(noted, "ask"), rule="next", now="2026-11-21 12:00").opens) == expected


def test_a_rules_name_means_its_opening_for_the_same_event_before_that_of_another_of_the_day():
    text = (FOLLOW % ("event", '{ kind = "meeting" }')).replace("day + 1 day", "end")
    found = decide(text, visit(id="b"), visit("2026-11-09 15:00", id="a"), now="2026-11-09 16:30")
    assert [shown(found[f"next/{name}@2026-11-09"].opens) for name in "ba"] == ["2026-11-09 12:00", "2026-11-09 17:00"]
    each = text.replace('opens = ["base', 'each = "person"\nopens = ["base')
    found = decide(each, visit(id="b"), visit("2026-11-09 15:00", id="a"), now="2026-11-09 16:30")
    opening = {key.partition("~")[0]: shown(duty.opens) for key, duty in found.items() if duty.rule == "next"}
    assert opening == {"next/b": "2026-11-09 12:00", "next/a": "2026-11-09 17:00"}


def test_an_anchor_that_starts_with_another_rules_counts_as_before_it():
    text = FOLLOW % ("event", '"#ask"')
    noted = note("2026-11-09 10:00", "ask")
    assert shown(the(text, ONE, TWO, noted, rule="next", now=NOW).opens) == "2026-11-10 01:00"


def test_a_rule_without_an_anchor_or_with_a_cancelled_one_opens_never_and_the_fallback_counts():
    text = FOLLOW % ("event", '"#ask"')
    asked = note("2026-11-09 09:00", "ask")
    for events in ([asked], [asked, visit(status="cancelled")]):
        assert shown(the(text, *events, rule="next", now=NOW).opens) == "2026-11-09 09:00"


def test_a_rule_that_opens_never_makes_way_for_the_fallback():
    text = (FOLLOW % ("event", '"#ask"')).replace('"day + 1 day"', '"it.nothing"')
    assert shown(the(text, visit(), note("2026-11-09 09:00", "ask"), rule="next", now=NOW).opens) == "2026-11-09 09:00"


def test_a_rule_that_is_off_makes_way_for_the_fallback():
    text = (FOLLOW % ("event", '"#ask"')).replace('title = "Base" }', 'title = "Base" }\nenabled = false')
    assert shown(the(text, visit(), note("2026-11-09 09:00", "ask"), now=NOW).opens) == "2026-11-09 09:00"


def test_a_faulty_rule_opens_never_and_the_fallback_counts():
    text = (FOLLOW % ("event", '"#ask"')) + "[rule.base2]\n[rule.base.data]\n"
    found = the(text, visit(), note("2026-11-09 09:00", "ask"), rule="next", now=NOW, faulty=True)
    assert shown(found.opens) == "2026-11-09 09:00"


def test_a_rule_may_be_counted_from_at_its_announced_instant():
    text = FOLLOW % ("event", '"#ask"')
    pins = {f"base/{TWO.id}@2026-11-09": "2026-11-20 09:00"}
    asked = note("2026-11-09 09:00", "ask")
    assert shown(the(text, TWO, asked, rule="next", now=NOW, pins=pins).opens) == "2026-11-20 10:00"


# -- words


def test_the_words_that_name_a_case_and_its_people_tell_nothing_of_what_it_is_about():
    people = [Person("jr@acme.jobs", "Julie Roy"), Person("zoé@gmail.com")]
    vanished = visit("2026-11-20 10:00", Person("nobody@acme.org"), id="I2", gone=at("2026-11-08 08:00"))
    shown = case(visit("2026-11-09 10:00", *people), vanished)
    seen = CaseView(replace(shown, key="client-river"), rules(EACH), {})
    assert seen.names == {"client", "river", "jr", "acme", "jobs", "julie", "roy", "zoe", "gmail", "com"}


# -- the order of events


def test_events_are_shown_in_the_order_of_time_with_a_whole_day_at_its_end():
    events = [
        note("2026-11-09", id="day"),
        sent("2026-11-09 23:58", id="late"),
        sent("2026-11-10 00:00", id="next"),
        sent("2026-11-09 23:58", id="b"),
        visit(id="I1"),
        visit(id="off", status="cancelled"),
    ]
    for order in permutations(events):
        seen = CaseView(replace(case(*order[:3]), joined=order[3:]), rules(EACH), {})
        assert [each.id for each in seen.events] == ["I1", "b", "late", "day", "next"]


# -- what several rules share


def anchored(text, *events, now=NOW):
    """Return the keys of the duties of each rule, by its id."""
    found = {}
    for each in decide(text, *events, now=now).values():
        found.setdefault(each.rule, []).append(each.key.partition("/")[2])
    return found


def test_rules_that_start_from_the_same_events_may_start_from_fewer_or_put_them_together():
    """What the first of them finds is not taken for what the others find."""
    same = '[rule.%s]\non = "talk"\n%s\ndo = { type = "task", title = "x" }\n'
    fields = {
        "plain": "",
        "some": 'where = { title = "second" }',
        "daily": 'per = "day"',
        "each": 'each = "person"',
        "last": 'per = "case"',
    }
    events = [visit("2026-11-09 10:00", id="a"), visit("2026-11-09 15:00", JULIE, MARC, id="b", title="Second")]
    plain, day = ["a@2026-11-09", "b@2026-11-09"], ["nordik.ca@2026-11-09"]
    for order in (fields, reversed(fields)):
        text = '[define.talk]\nkind = "meeting"\n' + "".join(same % (name, fields[name]) for name in order)
        found = anchored(text, *events)
        assert (found["plain"], found["some"], found["daily"], found["last"]) == (plain, ["b@2026-11-09"], day, day)
        assert len(found["each"]) == 3


def test_what_a_plugin_refuses_to_one_rule_another_may_start_from():
    text = '[define.talk]\nkind = "meeting"\n'
    confirmed, refused = '{ is = "talk", check = "fails" }', '{ is = "talk", not = { check = "fails" } }'
    for name, on in {"plain": '"talk"', "confirmed": confirmed, "refused": refused, "last": '"talk"'}.items():
        text += f'[rule.{name}]\non = {on}\ndo = {{ type = "task", title = "x" }}\n'
    assert anchored(text, visit(id="a")).keys() == {"plain", "confirmed", "last"}


def test_two_rules_of_the_clock_that_recur_at_once_are_each_in_their_own_case():
    text = "".join(
        f'[rule.{name}]\non = {{ every = "day" }}\ndo = {{ type = "task", title = "x" }}\n' for name in ("one", "two")
    )
    moment = EvaluationContext(at(NOW), at("2026-11-10 00:00"), timedelta(days=30), EVERYTHING)
    for name in ("one", "two"):
        found = evaluate(case(key=name), rules(text), {}, moment)
        assert {each.rule for each in found} == {name}


def test_what_is_found_once_is_not_looked_for_again():
    seen = view(EACH + '[guard.quiet]\non = { kind = "meeting" }\ncloses = "end + 1 day"\n', visit())
    rule, guard = seen.rules.rules["thank"], seen.rules.guards["quiet"]
    (own,), (held,) = seen.visits(rule), seen.visits(guard)
    assert seen.started(rule) is seen.started(rule)
    assert seen.duty(rule, own) is seen.duty(rule, own) is seen.scope(own, rule)
    assert seen.scope(held, guard) is seen.scope(held, guard)


def test_a_case_that_was_decided_leaves_the_memory_at_once():
    """A tick decides one case after the other, and must not hold them all until Python looks for cycles."""
    seen = view(
        THANK % 'done_by = [{ kind = "sent", about = "it" }]', visit(), sent("2026-11-10 10:00", title="Interview")
    )
    rule = seen.rules.rules["thank"]
    (anchor,) = seen.visits(rule)
    assert seen.duty(rule, anchor).matching(rule.done_by)
    known = weakref.ref(seen)
    gc.disable()
    try:
        seen.close()
        del seen
        assert known() is None
    finally:
        gc.enable()


def test_of_two_guards_over_the_same_visits_what_ends_one_leaves_the_other_open():
    """An entry that is about two visits ends the window of the one that it shares more with, if that is still open."""
    guard = '[guard.%s]\non = "talk"\ncloses = "end + 9 days"\nended_by = [%s]\n'
    paid = '{ tags = "paid", about = "it" }'
    text = EACH + '[define.talk]\nkind = "meeting"\n' + guard % ("first", paid) + guard % ("second", f'"#over", {paid}')
    seen = view(
        text,
        visit("2026-11-02 10:00", id="more", title="Invoice 1041 frisbee"),
        visit("2026-11-03 10:00", id="less", title="Invoice 1041 canoe"),
        note("2026-11-02 12:00", "over"),
        note("2026-11-04 12:00", "paid", title="Invoice 1041 frisbee"),
    )
    ends = {name: [shown(each.end) for each in windows(seen.rules.guards[name], seen)] for name in ("first", "second")}
    assert ends == {
        "first": ["2026-11-04 12:00", "2026-11-12 11:00"],
        "second": ["2026-11-02 12:00", "2026-11-04 12:00"],
    }


def test_of_two_guards_over_the_same_visits_each_has_its_own_end():
    guard = (
        '[guard.%s]\non = { kind = "meeting" }\ncloses = "end + %d days"\nended_by = [{ is = "#up", about = "it" }]\n'
    )
    seen = view(EACH + guard % ("a", 1) + guard % ("b", 2), visit())
    assert [(name, shown(window.end)) for name in "ab" for window in windows(seen.rules.guards[name], seen)] == [
        ("a", "2026-11-10 11:00"),
        ("b", "2026-11-11 11:00"),
    ]


# -- the same, of what is doubtful or elsewhere


def test_a_meeting_that_a_note_calls_missed_is_listed_as_such_and_counts_for_a_rule_that_asks_for_it():
    text = EACH + THANK.replace("thank]", "sorry]").replace('"meeting" }', '"meeting", status = "missed" }') % ""
    text += '[tag]\nno-show = { marks = "missed" }\n[define.missed]\ntags = ["no-show"]\nkind = "note"\n'
    missed = note("2026-11-09 12:00", "no-show", data={"re": at("2026-11-09 09:00")})
    other = visit("2026-11-10 10:00", id="j", tags=("urgent",))
    found = decide(text, visit(id="i"), other, missed, now=NOW)
    assert found["thank/j@2026-11-10"].state is State.DUE
    assert {key: (each.state, each.why) for key, each in found.items() if each.state is State.VOID} == {
        "thank/i@2026-11-09": (State.VOID, "“Interview” did not take place, as you noted")
    }
    assert found["sorry/i@2026-11-09"].state is State.DUE


def test_only_what_is_at_home_is_listed_as_gone():
    elsewhere = visit(id="i", gone=at("2026-11-10 10:00"))
    assert decide(EACH, visit("2026-11-08 10:00", id="j"), joined=[elsewhere], now=NOW).keys() == {"thank/j@2026-11-08"}
    both = decide(EACH, visit("2026-11-08 10:00", id="j", gone=at("2026-11-09 08:00")), visit(id="k"), now=NOW)
    assert {key: each.state for key, each in both.items()} == {
        "thank/j@2026-11-08": State.VOID,
        "thank/k@2026-11-09": State.DUE,
    }


def test_what_is_elsewhere_breaks_no_rule_whose_check_fails_for_it():
    text = THANK.replace('"meeting" }', '"meeting", check = "fails" }') % ""
    elsewhere = visit("2026-11-08 10:00", title="Battery")
    assert the(text, visit(), joined=[elsewhere], now=NOW).state is State.DUE


def test_an_invitation_of_a_stranger_is_no_anchor_because_another_meeting_vanished():
    vanished, asked = visit(id="i", gone=at("2026-11-10 10:00")), visit("2026-11-10 10:00", id="j", answered=False)
    assert states(EACH, vanished, asked, now=NOW) == {"thank/i@2026-11-09": State.VOID}


@pytest.mark.parametrize("named", ['"vanished"', '["vanished", "confirmed"]'])
def test_what_vanished_counts_for_a_rule_that_names_it_whatever_else_that_names(named):
    text = THANK.replace('"meeting" }', f'"meeting", status = {named} }}') % ""
    assert the(text, visit(gone=at("2026-11-10 10:00")), now=NOW).state is State.DUE


def test_who_was_to_come_to_a_meeting_that_vanished_is_nobody_of_the_case():
    ahead = visit("2026-11-20 10:00", MARC, id="I2", gone=at("2026-11-08 08:00"))
    about = note("2026-11-08 12:00", "ask")
    seen = view(EACH, visit("2026-11-09 10:00", JULIE), ahead, about)
    assert seen.people(about) == (JULIE,)
    assert "marc" not in seen.names
    taken_away = note("2026-11-08 12:00", people=(NADIA,), gone=at("2026-11-08 13:00"))
    assert "nadia" not in view(EACH, visit(), taken_away).names


def test_a_note_that_says_which_visit_it_is_about_is_about_its_people():
    first, second = visit("2026-11-09 10:00", JULIE, id="a"), visit("2026-11-10 10:00", MARC, id="b")
    about = note("2026-11-11 12:00", "ask", data={"re": at("2026-11-09 09:00")})
    assert view(f"[rule.ask]\n{ASK}", first, second, about).people(about) == (JULIE,)


def test_a_note_about_one_visit_ends_nothing_of_another():
    first, second = visit("2026-11-09 10:00", id="a"), visit("2026-11-10 10:00", id="b")
    said = note("2026-11-11 12:00", "thanked", data={"re": at("2026-11-10 09:00")})
    text = THANK % 'done_by = ["#thanked", { kind = "note", after = "start - 1 day" }]'
    assert states(text, first, second, said, now=NOW) == {
        "thank/a@2026-11-09": State.DUE,
        "thank/b@2026-11-10": State.DONE,
    }


def test_what_ends_a_duty_twice_is_told_once():
    text = THANK % 'done_by = ["#thanked", { kind = "note", tags = "thanked" }]'
    assert the(text, visit(), note("2026-11-10 12:00", "thanked", id="n"), now=NOW).evidence == ("n",)


def test_a_phrase_that_comes_to_rest_nowhere_is_a_fault_only_where_there_is_something_to_ask_it_for():
    text = THANK % 'done_by = [{ kind = "note", tags = "thanked", after = "day at 09:00, fri/sat, workday before" }]'
    christmas = visit("2026-12-22 10:00")
    for notes, state in [((), State.DUE), ((note("2026-12-23 12:00", "thanked"),), State.BROKEN)]:
        assert the(text, christmas, *notes, now="2026-12-24 12:00").state is state
    until = text.replace("after =", "before =")  # what counts from the anchor's start on is nothing earlier
    for day, state in [("21", State.DUE), ("23", State.BROKEN)]:
        thanked = note(f"2026-12-{day} 12:00", "thanked")
        assert the(until, christmas, thanked, now="2026-12-24 12:00").state is state


def test_the_day_of_what_was_made_before_the_zone_changed_stays():
    night = visit("2026-11-09 23:30", id="i")
    kept = case(night, days={"i": date(2026, 11, 10)})
    found = evaluate(
        kept, rules(EACH), {}, EvaluationContext(at(NOW), at("2026-01-01"), timedelta(days=30), EVERYTHING)
    )
    assert [each.key for each in found] == ["thank/i@2026-11-10"]


def test_meetings_of_one_day_stay_one_visit_though_only_one_of_them_keeps_its_day_in_another_zone():
    evening, later = visit("2026-11-10 00:30", id="i"), visit("2026-11-10 02:00", id="j")
    kept = case(evening, later, days={"i": date(2026, 11, 9)})
    context = EvaluationContext(at(NOW), at("2026-01-01"), timedelta(days=30), EVERYTHING)
    assert [each.key for each in evaluate(kept, rules(DAILY), {}, context)] == ["thank/nordik.ca@2026-11-09"]
    by_event = [each.key for each in evaluate(kept, rules(EACH), {}, context)]
    assert by_event == ["thank/i@2026-11-09", "thank/j@2026-11-10"]


SPOKEN = '[define.spoken]\nkind = ["note", "meeting"]\ntitle = "spoken"\n' + THANK


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        (note("2026-11-10 12:00", title="Spoken"), "2026-11-10 12:00", "2026-11-10 12:00"),
        (note("2026-11-10", title="Spoken"), "2026-11-10 00:00", "2026-11-10 23:59"),
        (event("meeting", "2026-11-10 12:00", minutes=30, title="Spoken"), "2026-11-10 12:00", "2026-11-10 12:30"),
    ],
)
def test_what_is_counted_from_ends_with_its_day_if_it_has_no_time(said, start, end):
    for field, when in [("start", start), ("end", end)]:
        text = SPOKEN.replace('"meeting" }', '"meeting", title = "interview" }') % f'opens = "spoken.{field}"'
        assert shown(the(text, visit(), said, now=NOW).opens) == when


def test_of_an_anchor_that_vanished_its_times_are_known_too():
    gone = visit(gone=at("2026-11-09 10:30"))
    for field, when in [("start", "10:00"), ("end", "11:00"), ("gone", "10:30")]:
        text = THANK.replace('"meeting" }', '"meeting", status = "vanished" }') % f'opens = "it.{field}"'
        assert shown(the(text, gone, now=NOW).opens) == f"2026-11-09 {when}"


def test_what_a_note_says_of_one_visit_is_said_of_that_one_whenever_it_is_said():
    first, second = visit("2026-11-09 10:00", id="a"), visit("2026-11-10 10:00", id="b")
    said = note("2026-11-11 12:00", title="Spoken", data={"re": at("2026-11-09 09:00"), "on": at("2026-11-20 09:00")})
    found = decide(SPOKEN % 'opens = ["spoken.on", "end"]', first, second, said, now=NOW)
    assert {key: shown(each.opens) for key, each in found.items()} == {
        "thank/a@2026-11-09": "2026-11-20 09:00",
        "thank/b@2026-11-10": "2026-11-10 11:00",
    }


def test_a_condition_on_the_anchor_may_count_from_a_note_about_one_visit():
    said = note("2026-11-10 12:00", title="Spoken", data={"re": at("2026-11-09 09:00"), "on": at("2026-11-20 09:00")})
    for where, counts in [('{ before = "spoken.on" }', 1), ('{ after = "spoken.on" }', 0)]:
        text = SPOKEN.replace('["note", "meeting"]', '"note"') % f"where = {where}"
        assert len(decide(text, visit(), said, now=NOW)) == counts


@pytest.mark.parametrize("change", ["", "enabled = false", 'opens = "begin"'])
def test_where_what_is_counted_from_is_off_or_faulty_the_fallback_counts(change):
    text = THANK % 'opens = ["other.done + 1 day", "end + 2 days"]'
    text += f'[rule.other]\non = {{ kind = "meeting" }}\n{change}\ndone_by = ["#done-it"]\ndo = {{ type = "task", title = "x" }}\n'
    found = the(text, visit(), note("2026-11-10 12:00", "done-it"), now=NOW, rule="thank", faulty=True)
    assert shown(found.opens) == ("2026-11-11 11:00" if change else "2026-11-11 12:00")
