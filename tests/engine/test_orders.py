"""Notes that end, dismiss or hold one duty, and notes with `re:DAY`: whatever the order, and whatever comes later."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from followup_rules.engine.completed import bindings
from followup_rules.model import State
from tests.support.caselab import at, case, decide, note, visit
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
    ended = {key for key, each in before.items() if each.rule == "thank" and each.state is State.DONE}
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
