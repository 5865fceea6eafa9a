"""What the store knows of meetings that no calendar tells: when one was cancelled or went, which it is, whose it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from followup_rules.engine.assign_cases import Directory
from followup_rules.model import KIND_END, BadItem, Event, Person, Pull
from followup_rules.store.store import open_store

SOPHIE, EVE = Person("sophie@boussole.example", "Sophie"), Person("ev@elsewhere.example")
START = datetime(2026, 11, 12, 14, 30, tzinfo=UTC)
BEFORE, AFTER = START - timedelta(days=1), START + timedelta(hours=2)
DIRECTORY = Directory(registrable=lambda host: ".".join(host.split(".")[-2:]), free_mail=frozenset({"gmail.com"}))


def meeting(ident="1", start=START, organizer=SOPHIE, **fields):
    told = {"title": "Interview", "people": (organizer,), "organizer": organizer}
    return Event(id=ident, kind="meeting", start=start, end=start + timedelta(hours=1), **{**told, **fields})


def identity(ident):
    return f"meeting{KIND_END}{ident}"


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "followup.db") as opened:
        yield opened


def shown(store, now, *events, source="calendar"):
    """Take a whole calendar in."""
    pull = Pull(events=events, complete=True, cursor=str(now))
    store.arrange(store.events.take(source, pull, events, START - timedelta(days=90), now), DIRECTORY)


def test_when_it_was_first_seen_cancelled_is_kept_until_it_is_planned_again(store):
    shown(store, BEFORE, meeting())
    shown(store, START, meeting(status="cancelled"))
    shown(store, AFTER, meeting(status="cancelled", updated=START))
    found = store.events.event(identity("1"))
    assert (found.planned, found.called_off) == (BEFORE, START)
    shown(store, AFTER, meeting())
    found = store.events.event(identity("1"))
    assert (found.planned, found.called_off) == (None, None)


def test_a_calendar_lists_nothing_that_is_over_if_others_went_as_this_did(store):
    haircut, dentist = meeting("haircut", BEFORE), meeting("dentist", START + timedelta(days=9))
    shown(store, BEFORE - timedelta(hours=1), haircut, meeting(), dentist)
    shown(store, BEFORE + timedelta(hours=2), meeting(), dentist)
    assert not store.events.event(identity("haircut")).past_unlisted  # nothing went before it
    shown(store, AFTER, dentist)
    assert store.events.event(identity("1")).past_unlisted


def test_a_calendar_that_lists_what_is_over_has_lost_what_it_does_not_list(store):
    old, haircut = meeting("old", BEFORE - timedelta(days=9)), meeting("haircut", BEFORE)
    shown(store, BEFORE - timedelta(hours=1), old, haircut, meeting())
    shown(store, BEFORE + timedelta(hours=2), old, meeting())
    shown(store, AFTER, old)
    assert not store.events.event(identity("1")).past_unlisted


def test_an_entry_that_is_renamed_at_each_export_stays_the_same(store):
    shown(store, BEFORE, meeting("a"), meeting("b", START + timedelta(days=1)))
    shown(
        store,
        START,
        meeting("x", START + timedelta(days=1)),
        meeting("y", title="Canceled: Interview", status="cancelled"),
    )
    assert store.events.ids() == {identity("a"), identity("b")}
    assert store.events.event(identity("a")).status == "cancelled"
    assert store.events.event(identity("b")).gone is None


def test_of_two_sources_the_higher_sequence_counts_and_a_stamp_from_the_future_does_not(store):
    far = START + timedelta(days=9999)
    shown(store, BEFORE, meeting(sequence=1), source="mine")
    shown(store, BEFORE, meeting(status="cancelled", updated=far), source="other")
    assert store.events.event(identity("1")).status == "confirmed"
    shown(store, BEFORE, meeting(status="cancelled", sequence=2), source="other")
    assert store.events.event(identity("1")).status == "cancelled"


def test_another_organizers_meeting_under_the_same_id_in_another_source_is_another(store):
    shown(store, BEFORE, meeting(), source="mine")
    for _ in range(2):
        shown(store, BEFORE, meeting(organizer=EVE, sequence=9, status="cancelled"), source="shared")
        assert store.events.ids() == {identity("1"), identity("1@20261112T143000Z")}
        assert store.events.event(identity("1")).status == "confirmed"


def test_a_version_without_organizer_gives_way(store):
    shown(store, BEFORE, meeting(), source="mine")
    shown(store, BEFORE, meeting(organizer=None, people=(), sequence=9, status="cancelled"), source="shared")
    assert store.events.event(identity("1")).status == "confirmed"


@pytest.mark.parametrize(
    ("answers", "status", "counts"),
    [
        (["declined"], "confirmed", "declined"),
        (["declined"], "cancelled", "cancelled"),
        (["tentative"], "confirmed", "confirmed"),
        (["declined", "confirmed"], "confirmed", "confirmed"),
    ],
)
def test_what_i_answered_in_one_calendar_counts_for_a_newer_version_in_which_i_have_not(store, answers, status, counts):
    for number, answer in enumerate(answers):
        shown(store, BEFORE, meeting(status=answer, updated=BEFORE - timedelta(hours=1)), source=f"mine {number}")
    shown(store, BEFORE, meeting(status=status, answered=False, updated=BEFORE), source="shared")
    found = store.events.event(identity("1"))
    assert (found.answered, found.status) == (True, counts)


def test_a_new_revision_of_what_i_declined_asks_me_again(store):
    shown(store, BEFORE, meeting(status="declined"), source="mine")
    shown(store, BEFORE, meeting(start=START + timedelta(days=1), answered=False, sequence=1), source="shared")
    found = store.events.event(identity("1"))
    assert (found.answered, found.status) == (False, "confirmed")


# -- whose invitations count

NOTE = Event(id="n", kind="note", start=BEFORE, end=BEFORE, people=(Person("luc@ami.example"),), text="Lunch")


@pytest.mark.parametrize(
    ("shows", "counts"),
    [
        (None, False),
        (Event(id="s", kind="sent", start=BEFORE, end=BEFORE, people=(Person("jobs@mail.elsewhere.example"),)), True),
        (Event(id="s", kind="sent", start=BEFORE, end=BEFORE, people=(Person("jobs@nowhere.example"),)), False),
        (Event(id="s", kind="sent", start=AFTER, end=AFTER, people=(EVE,)), False),
        (Event(id="s", kind="sent", start=BEFORE, end=BEFORE, people=(EVE,), auto="reply"), False),
        (Event(id="s", kind="received", start=BEFORE, end=BEFORE, people=(EVE,), organizer=EVE), False),
        (NOTE, False),
        (replace(NOTE, people=(EVE,)), True),
        (replace(NOTE, text="Applied at elsewhere.example"), True),
        (replace(NOTE, text="Applied at notelsewhere.example"), False),
        (meeting("m", BEFORE, EVE), True),
        (meeting("m", BEFORE, EVE, status="declined"), False),
        (meeting("m", BEFORE, EVE, answered=False), False),
        (meeting("m", BEFORE, SOPHIE, people=(EVE,)), False),
    ],
)
def test_an_invitation_counts_if_something_of_mine_from_before_shows_that_i_know_who_called_it(store, shows, counts):
    invitation = meeting(organizer=EVE, answered=False)
    shown(store, BEFORE, invitation)
    if shows:
        shown(store, BEFORE, shows, source="another")
    (home,) = set(store.places.cases_of(identity("1")))
    found = next(event for event in store.case(home).home if event.id == "1")
    assert found.answered is counts


def test_of_free_mail_only_the_very_address_tells(store):
    stranger, friend = Person("ev@gmail.com"), Person("luc@gmail.com")
    shown(store, BEFORE, meeting(organizer=stranger, answered=False))
    written = Event(id="s", kind="sent", start=BEFORE, end=BEFORE, people=(friend,))
    shown(store, BEFORE, written, source="sent")
    assert [event.answered for event in store.case(stranger.address).home if event.id == "1"] == [False]
    shown(store, BEFORE, replace(written, people=(stranger,)), source="sent")
    assert [event.answered for event in store.case(stranger.address).home if event.id == "1"] == [True]


def taken(store, now, *events, **said):
    """Take in what a calendar says; return the ids of what it lists after it."""
    store.events.take("calendar", Pull(events=events, complete=True, **said), events, START - timedelta(days=90), now)
    return {each.id for each in store.events.events(store.events.ids()) if each.gone is None}


def test_what_a_calendar_calls_unchanged_stays_under_the_name_that_it_has(store):
    taken(store, BEFORE, meeting("old"), meeting("series/20261112T143000Z", title="Weekly"), meeting("alone", AFTER))
    assert taken(store, BEFORE, meeting("new"), meeting("other/20261112T143000Z", title="Weekly")) == {
        "old",
        "series/20261112T143000Z",
    }
    assert taken(store, BEFORE, unchanged=["new", "other"]) == {"old", "series/20261112T143000Z"}
    assert taken(store, BEFORE, unchanged=["other"]) == {"series/20261112T143000Z"}


def test_a_meeting_that_was_renamed_keeps_its_name_when_it_moves_and_when_it_comes_back(store):
    taken(store, BEFORE, meeting("old"))
    taken(store, BEFORE, meeting("new"))
    assert taken(store, BEFORE, meeting("new", AFTER)) == {"old"}
    assert taken(store, BEFORE) == set()
    assert taken(store, BEFORE, meeting("new", AFTER)) == {"old"}


def test_a_new_meeting_takes_no_name_by_which_another_is_kept(store):
    taken(store, BEFORE, meeting("old"))
    taken(store, BEFORE, meeting("new"))
    for said in ({"unchanged": ["new"]}, {}):
        again = () if said else (meeting("new"),)
        assert taken(store, BEFORE, meeting("old", AFTER), *again, **said) == {"old", "old@20261112T163000Z"}


def test_what_is_over_and_unchanged_shows_that_a_calendar_lists_its_past(store):
    haircut = meeting("haircut", BEFORE - timedelta(days=1))
    taken(store, BEFORE - timedelta(days=2), haircut, meeting("dentist", BEFORE), meeting())
    taken(store, BEFORE + timedelta(hours=2), meeting(), unchanged=["haircut"])
    taken(store, AFTER, unchanged=["haircut"])
    assert not store.events.event(identity("1")).past_unlisted


def test_a_copy_of_an_entry_that_cannot_be_read_is_another_entry(store):
    """The unreadable one is not gone, so nothing else may take its place."""
    shown(store, BEFORE, meeting())
    pull = Pull(events=[BadItem("a.ics:9", "is no date", "1"), meeting("2")], complete=True)
    store.events.take("calendar", pull, [meeting("2")], START - timedelta(days=90), AFTER)
    assert [store.events.event(identity(ident)).gone for ident in "12"] == [None, None]
