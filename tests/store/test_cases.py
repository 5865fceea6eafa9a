"""Many cases are read at a time, and each as it is when its turn comes."""

import pytest

from followup_rules import Pull
from followup_rules.config.wordlists import registrable
from followup_rules.engine.assign_cases import Directory, Label
from followup_rules.model import Decision, Person, Reason, State, Visit
from followup_rules.store import cases
from tests.support.caselab import at, event, visit

PAUL = Person("paul@boreal.ca", "Paul Boreal")
NOW = "2026-11-09 16:05"


@pytest.fixture
def two(kept):
    """A store with a case of one meeting, and one of a mail."""
    mail = event("received", "2026-11-09 15:00", PAUL, title="Panel", organizer=PAUL)
    events = [visit(id="I1"), mail]
    kept.events.take("all", Pull(events=events), events, at(NOW), at(NOW))
    kept.arrange({each.identity for each in events}, Directory(registrable))
    return kept


@pytest.mark.parametrize("at_once", [1, 100])
def test_cases_come_in_the_order_asked_for_and_one_without_events_is_one(two, monkeypatch, at_once):
    monkeypatch.setattr(cases, "_AT_ONCE", at_once)
    read = [*two.read(["nordik.ca", "nobody.example", "boreal.ca"])]
    assert [(stored.key, [each.kind for each in stored.case.home]) for stored in read] == [
        ("nordik.ca", ["meeting"]),
        ("nobody.example", []),
        ("boreal.ca", ["received"]),
    ]


def test_what_moves_while_a_case_is_judged_is_seen_by_those_after_it(two):
    panel = Directory(registrable, labels=(Label("nordik.ca", words=("panel",)),))
    reading = two.read(["nordik.ca", "boreal.ca"])
    assert [each.kind for each in next(reading).case.home] == ["meeting"]
    two.arrange({event.identity for event in two.case("boreal.ca").home}, panel)
    assert next(reading).case.home == ()
    assert next(reading, None) is None


def test_the_subjects_that_are_kept_of_one_meeting_stay_when_another_leaves_its_case(kept):
    meetings = [visit(id="I1"), visit("2026-11-10 10:00", id="I2", title="Panel")]
    kept.events.take("all", Pull(events=meetings), meetings, at(NOW), at(NOW))
    names = {each.identity for each in meetings}
    kept.arrange(names, Directory(registrable))
    stays, goes = (
        Decision(
            key=f"write/nordik.ca@{each.start.date()}",
            rule="write",
            case="nordik.ca",
            visit=Visit(events=(each,), start=each.start, end=each.end, day=each.start.date(), people=each.people),
            state=State.DONE,
            reason=Reason("it is so"),
        )
        for each in meetings
    )
    kept.decisions.write("nordik.ca", [stays, goes], at(NOW), until=None, stale=False)
    kept.subjects.keep("nordik.ca", {stays.key: "One", f"{goes.key}#2": "Two"})
    kept.arrange(names, Directory(registrable, labels=(Label("panel", words=("panel",)),)))
    assert kept.subjects.of_cases(["nordik.ca", "panel"]) == {
        "nordik.ca": {stays.key: "One"},
        "panel": {"write/panel@2026-11-10#2": "Two"},
    }
