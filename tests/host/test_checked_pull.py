"""What a source gives is taken as plain values; what makes no sense is a bad item, or makes the pull unreadable."""

import itertools
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from msgspec.structs import replace

from followup_rules import BadItem, Pull, Unreadable
from followup_rules.host import checked_pull
from tests.support.garbage import GARBAGE
from tests.support.oddplugin import Moment, at, call, moment

# -- a pull as a whole


def endless():
    return Pull(events=(call(str(number)) for number in itertools.count()))


UNUSABLE = {
    "a list": [call()],
    "a number": 5,
    "a wrong cursor": Pull(events=[call()], cursor=5),
    "a cursor that cannot be stored": Pull(cursor="\ud800"),
    "no events": Pull(events=None),
    "a text": Pull(events="call"),
    "a mapping": Pull(events={"id": call()}),
    "nobody knows what is gone": Pull(removed=[None]),
    "a number is gone": Pull(removed=7),
    "nobody knows what is unchanged": Pull(unchanged=[None], complete=True),
    "perhaps complete": Pull(events=[call()], complete="perhaps"),
}


@pytest.mark.parametrize("gives", UNUSABLE.values(), ids=UNUSABLE)
def test_a_pull_that_makes_no_sense_as_a_whole_counts_as_unread(gives):
    with pytest.raises(Unreadable, match="plugin"):
        checked_pull.checked(gives, ("call",))


@pytest.mark.parametrize("part", [BadItem("a.txt", "may not be read"), "a.txt", None, BadItem(None, 5)])
def test_a_part_that_was_not_read_leaves_open_what_is_gone_however_it_is_named(part):
    found = checked_pull.checked(Pull(events=[call()], complete=True, unread=[part]), ("call",))
    (unread,) = found.unread
    assert (found.complete, bool(unread.where), bool(unread.message)) == (False, True, True)


def test_events_without_end_are_not_waited_for(monkeypatch):
    monkeypatch.setattr(checked_pull, "MOST_ITEMS", 50)
    with pytest.raises(Unreadable, match="more than 50 events"):
        checked_pull.checked(endless(), ("call",))


# -- one item


@pytest.mark.parametrize(("item", "says"), GARBAGE.values(), ids=GARBAGE)
def test_a_garbage_item_is_a_bad_item_and_the_others_stay(item, says):
    good = call("good")
    found = checked_pull.checked(Pull(events=[item, good], complete=True), ("call", "meeting", "sent"))
    event, bad = found.events
    assert event.id == "good"
    assert isinstance(bad, BadItem)
    assert bad.where
    assert says in bad.message
    assert len(bad.message) < 400


def test_a_bad_item_that_is_itself_garbage_is_told_as_well_as_can_be():
    (bad,) = checked_pull.checked(Pull(events=[BadItem(None, 5, ["id"])]), ("call",)).events
    assert (bad.where, bad.message, bad.id) == ("a NoneType", "an int", "")


# -- what libraries make out of plain values


class Text(str):
    """What libraries make out of a text."""

    __slots__ = ()


def test_what_libraries_make_out_of_texts_is_taken_as_text():
    odd = call(Text("call-1"), title=Text("Call"), tags=[Text("x")], data={"bonus": Text("frisbee")})
    (event,) = checked_pull.checked(Pull(events=[odd]), ("call",)).events
    assert {type(event.id), type(event.title), type(event.tags[0]), type(event.data["bonus"])} == {str}
    assert (event.tags, event.data) == (("x",), {"bonus": "frisbee"})


def test_a_field_of_a_plugin_stays_what_it_is_and_what_libraries_make_out_of_numbers_is_taken_as_a_number():
    given = {"remote": True, "round": HTTPStatus.OK, "rate": 42.5}
    (event,) = checked_pull.checked(Pull(events=[call(data=given)]), ("call",)).events
    assert repr(event.data) == "{'remote': True, 'round': 200, 'rate': 42.5}"


def test_times_are_told_in_utc_whatever_zone_a_source_speaks_in():
    (event,) = checked_pull.checked(Pull(events=[call(data={"due": at("2026-11-19 09:00")})]), ("call",)).events
    assert event.start == event.end == at("2026-11-09 10:00")
    assert event.start.tzinfo is UTC
    assert event.data["due"] == at("2026-11-19 09:00")


def test_what_libraries_make_out_of_times_is_taken_as_a_time():
    early, late = moment("2026-11-01 01:30"), moment("2026-11-01 01:30").replace(fold=1)  # the hour that comes twice
    odd = call(start="2026-11-01 01:00", end=late, updated=early, data={"due": late})
    (event,) = checked_pull.checked(Pull(events=[replace(odd, start=early)]), ("call",)).events
    assert {type(each) for each in (event.start, event.end, event.updated, event.data["due"])} == {datetime}
    assert event.end - event.start == timedelta(hours=1)
    assert event.start == at("2026-11-01 01:30").astimezone(UTC)
    assert event.data["due"].astimezone(UTC) == event.end


def test_a_time_of_a_library_without_a_zone_is_refused_as_any_other():
    (bad,) = checked_pull.checked(Pull(events=[call(end=Moment(2026, 11, 9, 12))]), ("call",)).events
    assert bad.message == "its end has no time zone"


# -- several events with one id


def test_of_two_events_with_one_id_the_newer_counts_whatever_their_order():
    old = call("a", title="Old", updated=at("2026-11-01 09:00"))
    new = call("a", title="New", updated=at("2026-11-02 09:00"))
    twin = call("a", title="Nova")
    for given in itertools.permutations([old, new, twin]):
        event, bad = checked_pull.checked(Pull(events=given), ("call",)).events
        assert event.title == "New"
        assert (bad.id, "several events" in bad.message) == ("a", True)


def test_the_same_event_twice_is_no_problem():
    assert [event.id for event in checked_pull.checked(Pull(events=[call("a"), call("a")]), ("call",)).events] == ["a"]


def test_the_same_event_in_two_places_is_one_whatever_their_order():
    twins = call("a", where="this list"), call("a", where="that list")
    (event,), (again,) = (
        checked_pull.checked(Pull(events=given), ("call",)).events for given in (twins, reversed(twins))
    )
    assert event == again
