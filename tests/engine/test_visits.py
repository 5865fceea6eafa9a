"""Visits are found by instant and by day, in whatever order they began."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from followup_rules.engine.visits import Visits
from followup_rules.model import Event, Visit

DAY = datetime(2026, 11, 9, 15, tzinfo=UTC)


def visit(hours):
    start = DAY + timedelta(hours=hours)
    event = Event(id=f"e{hours}", kind="meeting", start=start, end=start)
    return Visit(events=(event,), start=start, end=start, day=start.date(), people=())


@given(st.lists(st.integers(0, 200), max_size=8), st.integers(-1, 201))
def test_the_latest_visit_and_the_next_day_are_those_that_a_walk_finds(hours, now):
    visits = tuple(map(visit, hours))
    found, at = Visits(visits, visits), DAY + timedelta(hours=now)
    begun = [each for each in visits if each.start <= at]
    assert found.latest(at) is (begun[-1] if begun else None)
    later = [each.day for each in visits if each.day > at.date()]
    assert found.day_after(at.date()) == min(later, default=None)


def test_those_of_a_person_are_theirs_and_those_of_nobody_alone():
    julie, marc, all_of_us = (replace(visit(hours), person=who) for hours, who in ((1, "julie"), (2, "marc"), (3, "")))
    found = Visits((julie, marc, all_of_us), (marc, all_of_us))
    assert (found.of("julie").all, found.of("julie").standing) == ((julie, all_of_us), (all_of_us,))
    assert found.of("") is found
    shared = Visits((all_of_us,), (all_of_us,))
    assert shared.of("julie") is shared
