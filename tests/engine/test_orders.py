"""Notes that end, dismiss or hold one duty, and notes with `re:DAY`: whatever the order, and whatever comes later."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from followup_rules.engine.anchors import CaseView
from followup_rules.engine.completed import bindings
from followup_rules.engine.orders import misfits, ordered
from followup_rules.keys import hashed
from followup_rules.language.tags import DISMISSED, DONE, SNOOZE
from followup_rules.model import Person, Report, State
from tests.support.caselab import JULIE, at, case, decide, event, note, sent, shown, the, view, visit
from tests.support.examples import examples
from tests.support.rulelab import rules

RULES = """
[define.visit]
any = ["#interview", { kind = "meeting", title = ["interview"], not = "#not-interview" }]
[rule.thank]
on = "visit"
per = "day"
closes = "day + 6 days"
done_by = ["#thanked"]
do = { type = "task", title = "Thank" }
[rule.call]
on = "visit"
per = "case"
opens = "day + 10 days at 09:00"
do = { type = "task", title = "Call" }
[guard.snoozed]
on = "#snooze"
opens = "start"
closes = ["it.until", "day + 7 days"]
holds = "everything"
[tag]
interview = { marks = true }
not-interview = { marks = true }
"""
DAYS = [f"2026-11-{day:02}" for day in (2, 9, 12)]
VISITS = [visit(f"{day} 10:00", title=title) for day in DAYS for title in ("Interview", "Coffee")]
NAMED = st.sampled_from(["thank", "call", "thank/nordik.ca@2026-11-09", "nordik.ca/thank", "tahnk"])


def order(tag, hour, name):
    return note(f"2026-11-10 {hour:02}:00", tag, data={"for": name, "until": at("2026-11-14 09:00")}, id=f"{tag}{hour}")


def mark(tag, hour, day):
    return note(f"2026-11-11 {hour:02}:00", tag, data={"re": at(f"{day} 09:00")}, id=f"{tag}{hour}")


ORDERS = st.builds(order, st.sampled_from(["done", "dismissed", "snooze"]), st.integers(0, 23), NAMED)
MARKS = st.builds(
    mark, st.sampled_from(["interview", "not-interview", "thanked"]), st.integers(0, 23), st.sampled_from(DAYS)
)
CASES = st.tuples(
    st.lists(st.sampled_from(VISITS), unique_by=lambda event: event.id, max_size=4),
    st.lists(ORDERS | MARKS, unique_by=lambda event: event.id, max_size=4),
)


@examples(60)
@given(CASES, st.data())
def test_the_order_of_events_changes_nothing(events, data):
    listed = [*events[0], *events[1]]
    shuffled = data.draw(st.permutations(listed))
    assert decide(RULES, *listed, now="2026-11-13 12:00") == decide(RULES, *shuffled, now="2026-11-13 12:00")


@examples(60)
@given(CASES)
def test_what_an_order_ended_stays_ended_whatever_meeting_comes_later(events):
    visits, notes = events
    orders = [each for each in notes if "for" in each.data]
    before = decide(RULES, *visits, *orders, now="2026-11-13 12:00")
    later = visit("2026-11-20 10:00", title="Interview")
    after = decide(RULES, *visits, *orders, later, now="2026-11-13 12:00")
    # Ordered once its window had closed it is meant as the last one, and a later meeting makes another one the last.
    ended = {key for key, each in before.items() if each.rule == "thank" and each.state is State.DONE
             and any(event.start < each.closes for event in orders)}  # fmt: skip
    assert ended <= {key for key, each in after.items() if each.state is State.DONE}


@examples(60)
@given(CASES, st.integers(1, 20))
def test_a_mark_that_was_seen_stays_with_its_meetings_wherever_they_move(events, days):
    visits, notes = events
    seen = case(*visits, *notes)
    followed = bindings(seen, rules(RULES).world)
    moved = [replace(e, start=e.start + timedelta(days=days), end=e.end + timedelta(days=days)) for e in visits]
    again = bindings(replace(seen, home=(*moved, *notes), followed=followed), rules(RULES).world)
    assert all(events <= again[name] for name, events in followed.items())


def test_a_mark_is_no_anchor_and_no_evidence_of_its_own():
    found = decide(RULES, visit(title="Coffee"), mark("interview", 10, "2026-11-09"), now="2026-11-11 12:00")
    assert [each.visit.anchor.title for each in found.values()] == ["Coffee", "Coffee"]


# -- which duty a note means

WORK = """
[rule.keep]
on = "#promise"
opens = "start"
closes = "start + 5 days"
done_by = [{ kind = "sent", to = "them" }]
cancelled_by = ["#dropped"]
do = { type = "draft", title = "Keep" }
"""
FIRST, SECOND = visit("2026-11-09 10:00", id="I1"), visit("2026-11-20 10:00", id="I2")
THANK, THANK_2 = "thank/nordik.ca@2026-11-09", "thank/nordik.ca@2026-11-20"
CALL_2 = "call/nordik.ca@2026-11-20"


def done(name, on="2026-11-10 12:00", **fields):
    return note(on, "done", **{"data": {"for": name}, **fields})


def meant(*events, text=RULES):
    """Return the keys of the duties that notes name, and what is told of the notes that name none."""
    seen = view(text, *events)
    rules = seen.rules.rules.values()
    keys = [seen.duty(rule, visit).key for rule in rules if not rule.fault for visit in seen.visits(rule)]
    meant = [key for key in keys if any(ordered(seen, key, tag) for tag in (DONE, DISMISSED, SNOOZE))]
    return meant, [(each.message, each.hint) for each in misfits(seen)]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("thank", THANK),
        ("Thank", THANK),  # as a phone writes it
        ("thank.", THANK),
        ("nordik.ca/thank", THANK),
        ("Nordik/thank", THANK),
        ("nordik/thank!)", THANK),
        ("julie@nordik.ca/thank", THANK),
        ("paris.nordik.ca/thank", THANK),  # the domain at which somebody of the case is
        ("I1/thank", THANK),
        (THANK, THANK),
        (THANK.upper(), THANK),
        (THANK_2, THANK_2),
        (f"{THANK_2},", THANK_2),
        ("thank/nordik@2026-11-09", THANK),  # while the case had another name
        ("Thank/I1@2026-11-09", THANK),
        ("thank/S/2@2026-11-09", THANK),  # the id of an entry may hold a slash
        ("thank/julie@nordik.ca@2026-11-20", THANK_2),
        ("call", CALL_2),  # the first visit's is superseded by then, but no note may know that
    ],
)
def test_a_note_means_a_duty_by_its_key_or_by_its_rule(name, key):
    second = replace(SECOND, people=(Person("luc@paris.nordik.ca"),))
    entry = event("meeting", "2026-11-09 15:00", id="S/2", title="Coffee")
    events = [second] if key == CALL_2 else [FIRST, entry, second]
    assert meant(*events, done(name)) == ([key], [])


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("thnak", "did you mean for:thank?"),
        ("acme/thank", f"the duties of its case: call/nordik.ca@2026-11-09, {THANK}"),
        ("thank/nordica@2026-11-09", f"did you mean for:{THANK}?"),
        ("thank/nordik.ca@2026-11-10", f"did you mean for:{THANK}?"),
        ("thanks/nordik.ca@2026-11-09", f"did you mean for:{THANK}?"),
        ("thank/acme.com@2026-11-09", f"the duties of its case: call/nordik.ca@2026-11-09, {THANK}"),
        ("the letter", f"the duties of its case: call/nordik.ca@2026-11-09, {THANK}"),
    ],
)
def test_a_name_of_nothing_is_told_with_the_nearest(name, hint):
    assert meant(FIRST, done(name)) == ([], [(f"for:{name} names no duty of its case", hint)])


def test_where_nothing_is_asked_for_nothing_can_be_named():
    assert meant(done("thank")) == ([], [("for:thank names no duty of its case", "the duties of its case: none")])
    assert meant(note("2026-11-10", "done")) == ([], [("the note does not say for what", "")])


def test_a_note_that_says_for_nothing_is_told_with_all_that_it_could_say():
    hint = "write for: and one of these behind it: call, thank"
    assert meant(FIRST, SECOND, note("2026-11-10", "done")) == ([], [("the note does not say for what", hint)])
    dated = done("", data={"for": at("2026-11-09 10:00")})
    assert meant(FIRST, dated)[1] == [("the note does not say for what", hint)]


def test_signs_behind_a_name_are_none_of_it_and_its_last_letter_is():
    text = '[rule.plan-X]\non = "#ask"\ndo = { type = "task", title = "x" }\n'
    asked = note("2026-11-09 12:00", "ask", id="n")
    for name in ("plan-X", "plan-X!)", "plan-X?:;"):
        assert meant(asked, done(name), text=text) == (["plan-X/n@2026-11-09"], [])


def test_what_a_note_could_say_is_told_in_the_order_of_names():
    names = [f"ask-{letter}" for letter in "abcdefgh"]
    text = "".join(f'[rule.{name}]\non = "#ask"\ndo = {{ type = "task", title = "x" }}\n' for name in reversed(names))
    asked = note("2026-11-09 12:00", "ask", id="n")
    hints = [hint for _, hint in meant(asked, note("2026-11-10", "done"), done("the letter"), text=text)[1]]
    keys = ", ".join(f"{name}/n@2026-11-09" for name in names)
    assert sorted(hints) == [
        f"the duties of its case: {keys}",
        f"write for: and one of these behind it: {', '.join(names)}",
    ]


def test_misfits_are_told_beside_those_of_days():
    messages = [message for message, _ in meant(FIRST, mark("interview", 10, "2026-11-12"), done("x"))[1]]
    assert messages == ["re:2026-11-12: the case has no meeting on that day", "for:x names no duty of its case"]


def test_a_case_is_named_by_its_label():
    seen = CaseView(case(FIRST, done("acme.v2/thank"), key="acme.v2"), rules(RULES), {})
    assert ordered(seen, "thank/acme.v2@2026-11-09", DONE) is not None


def test_a_case_may_have_had_a_name_with_a_slash_or_the_domain_of_a_host():
    entry = event("meeting", "2026-11-09 15:00", id="S/2", title="Coffee")
    assert meant(FIRST, entry, done("S/2/thank")) == ([THANK], [])
    at_host = visit(people=(Person("luc@paris.nordik.ca"),))
    for name, told in [("nordik.ca/thank", 0), ("ordik.ca/thank", 1)]:
        seen = CaseView(case(at_host, done(name), key="label"), rules(RULES), {})
        assert len(misfits(seen)) == told


def test_a_rule_that_is_called_like_the_case_is_not_meant_by_the_name_of_the_case():
    text = RULES + WORK.replace("rule.keep", "rule.nordik")
    assert meant(FIRST, *promised("2026-11-09"), done("nordik/thank"), text=text) == ([THANK], [])


def test_a_duty_of_one_person_is_not_named_without_the_person():
    text = RULES.replace('per = "day"', 'per = "day"\neach = "person"')
    for name, keys in [("nordik", []), ("nordik~julie@nordik.ca", ["thank/nordik.ca~julie@nordik.ca@2026-11-09"])]:
        assert meant(FIRST, done(f"thank/{name}@2026-11-09"), text=text)[0] == keys


def test_the_id_of_an_occurrence_may_hold_a_slash():
    made = note("2026-11-09 12:00", "promise", id="weekly/2026-11-09")
    assert meant(made, done("keep/weekly/2026-11-09@2026-11-09"), text=RULES + WORK) == (
        ["keep/weekly/2026-11-09@2026-11-09"],
        [],
    )


def test_of_a_rule_with_one_action_no_action_is_offered():
    hint = f"the duties of its case: call/nordik.ca@2026-11-09, {THANK}"
    assert meant(FIRST, done(f"{THANK}#2")) == ([], [(f"for:{THANK}#2 names no duty of its case", hint)])


def test_of_several_duties_of_a_rule_one_action_of_the_named_one_is_meant():
    text = RULES + WORK.replace("do = {", 'do = [{ type = "task", title = "Look" }, {').replace('"Keep" }', '"Keep" }]')
    said = done("keep/p11@2026-11-11#2", "2026-11-12 12:00")
    found = decide(text, *promised("2026-11-09", "2026-11-11"), said, now="2026-11-12 13:00", faulty=True)
    assert {key: each.ended for key, each in found.items() if key.startswith("keep")} == {
        "keep/p09@2026-11-09": (),
        "keep/p11@2026-11-11": ("keep/p11@2026-11-11#2",),
    }
    assert misfits(CaseView(case(*promised("2026-11-09", "2026-11-11"), said), rules(text, faulty=True), {})) == ()


def test_what_a_note_means_may_be_what_another_rule_waits_for():
    text = (
        RULES
        + WORK.replace("opens", 'during = "calm"\nopens')
        + (
            '[guard.calm]\non = "visit"\nopens = "start"\ncloses = ["thank.done + 3 days", "day + 1 day"]\n'
            '[rule.odd]\non = "visit"\nopens = "begin"\ndo = { type = "task", title = "x" }\n'
        )
    )
    events = [FIRST, *promised("2026-11-12"), done("thank")]
    found = decide(text, *events, now="2026-11-13 09:00", faulty=True)
    states = {each.rule: each.state for each in found.values()}
    assert (states["thank"], states["keep"]) == (State.DONE, State.HELD)


def test_a_faulty_rule_has_no_duty_that_a_note_could_mean():
    text = RULES + '[rule.odd]\non = "visit"\nopens = "begin"\ndo = { type = "task", title = "x" }\n'
    seen = CaseView(case(FIRST, done("odd")), rules(text, faulty=True), {})
    assert [each.message for each in misfits(seen)] == ["for:odd names no duty of its case"]


def test_a_key_of_one_event_is_written_whole():
    made = note("2026-11-09 12:00", "promise", id="n1")
    assert meant(made, done("keep/n1@2026-11-09"), text=RULES + WORK)[0] == ["keep/n1@2026-11-09"]
    assert meant(made, done("keep/nordik@2026-11-09"), text=RULES + WORK)[0] == []


# -- which of several


def promised(*days, **fields):
    return [note(f"{day} 12:00", "promise", id=f"p{day[-2:]}", people=(JULIE,), **fields) for day in days]


def kept(*events, on="2026-11-12 12:00", rule="keep", text=RULES + WORK):
    keys, told = meant(*events, done(rule, on, id="order"), text=text)
    return [key.partition("/")[2].partition("@")[0] for key in keys] or [message for message, _ in told]


@pytest.mark.parametrize(
    ("days", "on", "which"),
    [
        (["2026-11-09"], "2026-11-09 12:00", "p09"),  # open from that instant on
        (["2026-11-09"], "2026-11-09 11:59", "p09"),  # the next
        (["2026-11-09", "2026-11-11"], "2026-11-09 11:59", "p09"),
        (["2026-11-09", "2026-11-11"], "2026-11-10 12:00", "p09"),
        (["2026-11-06", "2026-11-11"], "2026-11-11 12:00", "p11"),  # the first has closed at that instant
        (["2026-11-06", "2026-11-11"], "2026-11-11 11:59", "p06"),
        (["2026-11-01", "2026-11-20", "2026-11-21"], "2026-11-10 12:00", "p20"),  # none is open: the next
        (["2026-11-01", "2026-11-03"], "2026-11-30 12:00", "p03"),  # none is open or to come: the last
    ],
)
def test_a_rules_name_means_what_is_open_then_else_the_next_else_the_last(days, on, which):
    assert kept(*promised(*days), on=on) == [which]
    assert kept(*reversed(promised(*days)), on=on) == [which]


def test_of_several_open_ones_none_is_meant_and_all_are_named():
    events = promised("2026-11-09", "2026-11-11")
    keys, told = meant(*events, done("keep", "2026-11-12 12:00"), text=RULES + WORK)
    hint = "write one of: keep/p09@2026-11-09, keep/p11@2026-11-11"
    assert (keys, told) == ([], [("for:keep fits several duties", hint)])


@pytest.mark.parametrize(
    ("ending", "which"),
    [
        (sent("2026-11-10 12:00", JULIE), ["p11"]),
        (note("2026-11-10 12:00", "dropped"), ["p11"]),
        (sent("2026-11-12 12:00", JULIE), ["for:keep fits several duties"]),  # no earlier than the note
        (sent("2026-11-10 12:00", Person("zoe@acme.com")), ["for:keep fits several duties"]),
        (sent("2026-11-08 12:00", JULIE), ["for:keep fits several duties"]),  # it was before the promise
        (event("done", "2026-11-11 09:00", report=Report(key="keep/p09@2026-11-09")), ["p11"]),
        (event("done", "2026-11-11 09:00", report=Report(key=hashed("keep/p09@2026-11-09"))), ["p11"]),
        (event("done", "2026-11-13 09:00", report=Report(key="keep/p09@2026-11-09")), ["for:keep fits several duties"]),
        (
            event("done", "2026-11-11 09:00", report=Report(key="thank/p09@2026-11-09")),
            ["for:keep fits several duties"],
        ),
    ],
)
def test_what_had_ended_before_is_not_meant(ending, which):
    assert kept(*promised("2026-11-09", "2026-11-11"), ending) == which


def test_a_ticked_note_is_over_and_one_that_is_gone_or_called_off_is_not_meant():
    (first,), (second,) = promised("2026-11-09", ticked=True), promised("2026-11-11")
    assert kept(first, second) == ["p11"]
    gone = replace(first, ticked=False, gone=at("2026-11-10 12:00"))
    assert kept(gone, second) == ["p11"]
    assert kept(gone) == ["for:keep names no duty of its case"]


def test_what_opens_at_that_very_instant_is_open_or_over_but_not_to_come():
    early, (now,) = promised("2026-11-09"), promised("2026-11-12")
    assert kept(*early, now) == ["for:keep fits several duties"]
    assert kept(replace(now, ticked=True), *promised("2026-11-20")) == ["p20"]


def test_a_day_is_over_if_one_of_its_events_is_ticked():
    ticked = note("2026-11-09 12:00", "interview", ticked=True, id="n")
    events = [FIRST, ticked, visit("2026-11-12 10:00", id="I2")]
    keys, told = meant(*events, done("thank", "2026-11-13 12:00"))
    assert (keys, told) == (["thank/nordik.ca@2026-11-12"], [])


def test_what_is_over_is_meant_where_nothing_else_is_to_come():
    events = [*promised("2026-11-09", "2026-11-11"), sent("2026-11-11 18:00", JULIE)]
    assert kept(*events) == ["p11"]
    assert kept(*events, *promised("2026-11-20")) == ["p20"]


def test_of_two_that_open_at_once_none_is_meant():
    twins = [note("2026-11-20 12:00", "promise", id=name) for name in "ab"]
    assert kept(*twins) == ["for:keep fits several duties"]


def test_what_never_opens_is_the_last_to_be_meant():
    text = RULES + WORK.replace('opens = "start"', 'opens = "it.on"').replace('closes = "start + 5 days"', "")
    first, second = promised("2026-11-09", "2026-11-11")
    assert kept(first, second, text=text) == kept(*promised("2026-11-08"), first, second, text=text) == ["p11"]
    dated = replace(first, data={"on": at("2026-11-20 09:00")})
    assert kept(dated, second, text=text) == ["p09"]


def test_what_no_rule_asks_for_is_not_meant():
    text = RULES + WORK.replace('on = "#promise"', 'on = "#promise"\nduring = "snoozed"')
    snoozed = note("2026-11-10 12:00", "snooze", data={"until": at("2026-11-12 12:00")}, people=(JULIE,))
    assert kept(*promised("2026-11-09"), snoozed, text=text) == ["for:keep names no duty of its case"]
    assert kept(*promised("2026-11-09", "2026-11-11"), snoozed, text=text) == ["p11"]


# -- what is faulty


CHECKED = WORK.replace('done_by = [{ kind = "sent", to = "them" }]', 'done_by = [{ kind = "note", check = "fails" }]')
BATTERY = note("2026-11-10 12:00", id="n", title="Battery")


@pytest.mark.parametrize(
    "text", [CHECKED, WORK.replace('"#promise"', '{ kind = "note", check = "fails" }')], ids=["done_by", "on"]
)
def test_a_rule_that_cannot_be_followed_is_broken_and_no_other_rule_that_a_note_speaks_of(text):
    events = [FIRST, BATTERY, *promised("2026-11-09"), done("keep", id="a"), done("thank", id="b"), done("x", id="c")]
    found = decide(RULES + text, *events, now="2026-11-11 12:00")
    assert {each.rule for each in found.values() if each.state is State.BROKEN} == {"keep"}
    assert found[THANK].state is State.DONE
    # What is unclear is not told; the days are.
    assert meant_only(RULES + text, *events, mark("interview", 10, "2026-11-12")) == [
        "re:2026-11-12: the case has no meeting on that day"
    ]


def meant_only(text, *events):
    return [each.message for each in misfits(view(text, *events))]


def test_a_guard_that_cannot_be_followed_breaks_what_it_would_hold():
    text = RULES.replace('on = "#snooze"', 'on = "#snooze"\nended_by = [{ kind = "note", check = "fails" }]')
    snoozed = note("2026-11-09 12:00", "snooze", data={"for": "thank", "until": at("2026-11-12 09:00")})
    found = decide(text, FIRST, BATTERY, snoozed, now="2026-11-10 12:00")
    assert {each.state for each in found.values()} == {State.BROKEN}


def test_a_duty_that_comes_to_rest_nowhere_is_broken_and_no_other_that_a_note_speaks_of():
    text = RULES + WORK.replace('opens = "start"', 'opens = "day at 09:00, fri/sat, workday before"')
    troubled = note("2026-12-22 12:00", "promise", id="p22")
    other = visit("2026-12-21 10:00", id="I1")
    calm = note("2026-12-14 12:00", "promise", id="p14", ticked=True)
    found = decide(text, other, calm, troubled, done("keep", "2026-12-22 13:00"), now="2026-12-23 12:00")
    assert {key: each.state for key, each in found.items()} == {
        "keep/p14@2026-12-14": State.DONE,
        "keep/p22@2026-12-22": State.BROKEN,
        "thank/nordik.ca@2026-12-21": State.DUE,
        "call/nordik.ca@2026-12-21": State.WAITING,
    }


# -- one duty held


@pytest.mark.parametrize(
    ("until", "now", "state", "next_"),
    [
        ("2026-11-12 09:00", "2026-11-12 08:59", State.HELD, "2026-11-12 09:00"),
        ("2026-11-12 09:00", "2026-11-12 09:00", State.DUE, "2026-11-13 09:00"),
        (None, "2026-11-15 23:59", State.EXPIRED, ""),
        (None, "2026-11-14 23:59", State.HELD, "2026-11-15 00:00"),  # a week, but it closes before
    ],
)
def test_a_note_holds_one_duty_as_long_as_it_would_hold_the_case(until, now, state, next_):
    data = {"for": "thank", **({"until": at(until)} if until else {})}
    held = decide(RULES, FIRST, note("2026-11-09 12:00", "snooze", data=data), now=now)
    assert (held[THANK].state, shown(held[THANK].next)) == (state, next_)
    assert held["call/nordik.ca@2026-11-09"].state is State.WAITING
    assert held[THANK].guard == ("snoozed" if state is State.HELD else "")


def test_a_hold_that_was_over_before_the_duty_opens_concerns_it_no_more():
    early = note("2026-11-08 12:00", "snooze", data={"for": "thank", "until": at("2026-11-09 11:00")})
    found = the(RULES, FIRST, early, now="2026-11-09 12:00", rule="thank")
    assert (found.state, shown(found.due)) == (State.DUE, "2026-11-09 11:00")


@pytest.mark.parametrize("until", ["2026-11-11 12:00", "2026-11-13 12:00"])
def test_nor_does_it_move_what_was_due_before_that(until):
    text = RULES + WORK.replace('opens = "start"', 'opens = "start + 4 days"\ndue = "start + 1 day"')
    snoozed = note("2026-11-09 13:00", "snooze", data={"for": "keep", "until": at(until)})
    found = the(text, *promised("2026-11-09"), snoozed, now="2026-11-13 13:00", rule="keep")
    assert (found.state, shown(found.due)) == (State.DUE, "2026-11-10 12:00")


def test_what_never_opens_and_what_is_held_until_before_the_note_is_held_by_nobody():
    text = RULES + WORK.replace('opens = "start"', 'opens = "it.on"')
    snoozed = note("2026-11-10 12:00", "snooze", data={"for": "keep", "until": at("2026-11-12 12:00")})
    assert the(text, *promised("2026-11-09"), snoozed, now="2026-11-11 12:00", rule="keep").state is State.WAITING
    past = note("2026-11-10 12:00", "snooze", data={"for": "keep", "until": at("2026-11-10 12:00")})
    assert the(RULES + WORK, *promised("2026-11-09"), past, now="2026-11-11 12:00", rule="keep").state is State.DUE


def test_of_two_holds_the_longer_counts_and_a_note_that_ends_the_duty_holds_nothing():
    def snooze(day, until):
        data = {"for": "thank", "until": at(f"{until} 09:00")}
        return note(f"{day} 12:00", "snooze", data=data)

    both = [snooze("2026-11-09", "2026-11-12"), snooze("2026-11-10", "2026-11-11")]
    assert shown(the(RULES, FIRST, *both, now="2026-11-10 13:00", rule="thank").next) == "2026-11-12 09:00"
    dismissed = note("2026-11-10 12:30", "dismissed", data={"for": "thank"})
    found = the(RULES, FIRST, *both, dismissed, now="2026-11-10 13:00", rule="thank")
    assert (found.state, found.evidence) == (State.DONE, (dismissed.id,))


def test_without_that_guard_nothing_is_held():
    text = RULES[: RULES.index("[guard")] + RULES[RULES.index("[tag") :]
    snoozed = note("2026-11-09 12:00", "snooze", data={"for": "thank", "until": at("2026-11-12 09:00")})
    assert the(text, FIRST, snoozed, now="2026-11-10 12:00", rule="thank").state is State.DUE


def test_the_first_of_several_notes_is_the_evidence_and_done_goes_before_dismissed():
    notes = [done("thank", f"2026-11-10 {hour}:00", id=f"d{hour}") for hour in (12, 13)]
    dismissed = note("2026-11-10 11:00", "dismissed", data={"for": "thank"})
    found = the(RULES, FIRST, *reversed(notes), dismissed, now="2026-11-11 12:00", rule="thank")
    assert (found.state, found.evidence) == (State.DONE, ("d12",))


def test_an_order_that_was_deleted_orders_nothing():
    gone = done("thank", gone=at("2026-11-10 13:00"))
    assert the(RULES, FIRST, gone, now="2026-11-11 12:00", rule="thank").state is State.DUE
