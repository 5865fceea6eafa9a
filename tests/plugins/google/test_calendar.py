"""Meetings from Google Calendar, as a user sees them there."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import followup_google
import followup_ics
from followup_google import CalendarOptions, calendar, meetings
from followup_ics import IcsOptions
from followup_rules import BadItem, Context, Event, Profile, Pull, Unreadable
from tests.support.examples import examples
from tests.support.googlelab.faults import altered, says, status
from tests.support.storybook import CONFIG, JULIE, Story, call

SCOPES = [
    f"https://www.googleapis.com/auth/{name}"
    for name in ("gmail.readonly", "gmail.compose", "calendar.events.readonly", "tasks")
]
TORONTO = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 9, 12, tzinfo=TORONTO)
SINCE = NOW - timedelta(days=60)
EVENTS = "*/events"
TEAM = "team@group.calendar.google.com"


class Reader:
    """The source as one run after another opens it, with the cursor that the last one left."""

    def __init__(self, google, folder):
        self.google, self.token = google, google.token_file(folder / "token.json", scopes=SCOPES)
        self.profile = Profile(
            me=frozenset({google.email, "camille@exemple.ca"}), address=google.email, timezone=TORONTO
        )
        self.now, self.cursor = NOW, ""

    def pull(self, **options) -> Pull:
        """Read what there is now, as one run does."""
        given = CalendarOptions(token=self.token, api_endpoint=self.google.url, **options)
        kind = next(kind for kind in followup_google.register_sources() if kind.options is CalendarOptions)
        self.google.forget()
        found = kind.open(given, Context(profile=self.profile, now=self.now)).pull(SINCE, self.cursor)
        self.cursor = found.cursor
        return found

    def meetings(self, **options) -> dict[str, Event]:
        """Read all anew, and return the meetings by their titles."""
        self.cursor = ""
        found = self.pull(**options)
        assert found.complete
        assert all(isinstance(event, Event) for event in found.events), found.events
        return {event.title: event for event in found.events}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr("followup_google.service.sleep", lambda _: None)


@pytest.fixture
def reader(google, tmp_path):
    return Reader(google, tmp_path)


@pytest.fixture
def read(google, reader):
    """Return what is read of entries that are ours, written as Google writes them: the emulator knows fewer fields."""

    def read(*entries) -> list[Event | BadItem]:
        tells(google, *entries)
        reader.cursor = ""
        found = reader.pull()
        assert found.complete
        return list(found.events)

    return read


def tells(google, *entries, path=EVENTS):
    """Let Google tell of these entries, and of each no field that nobody asked for."""

    def fault(exchange):
        wanted = fields(exchange.request.query["fields"])
        says(only(wanted, {"kind": "calendar#events", "items": list(entries)}))(exchange)

    google.fault(fault, path=path, nth=None)


def fields(text):
    """Read which fields are wanted, as Google writes it: `a,b(c,d)`. None stands for the whole of one."""
    named = re.sub(r"(\w+)", r'"\1":', text)
    whole = re.sub(r":(?!\()", ":null", named)
    return json.loads("{" + whole.replace("(", "{").replace(")", "}") + "}")


def only(wanted, value):
    if wanted is None:
        return value
    if isinstance(value, list):
        return [only(wanted, each) for each in value]
    return (
        {name: only(wanted[name], value[name]) for name in wanted if name in value}
        if isinstance(value, dict)
        else value
    )


def entry(ident="a", start="2026-11-09T10:00:00-05:00", end="2026-11-09T11:00:00-05:00", **more):
    return {
        "kind": "calendar#event",
        "id": ident,
        "iCalUID": f"{ident}@google.com",
        "status": "confirmed",
        "summary": "Entrevue",
        "updated": "2026-11-02T08:00:00.000Z",
        "start": when(start),
        "end": when(end),
        "eventType": "default",
        **more,
    }


def occurrence(slot, start="", series="s", minutes=60, **more):
    """Return one meeting of a series; `slot` is when it was to begin, `start` when it does."""
    whole = len(slot) == len("2026-11-09")
    begin = datetime.fromisoformat(start or slot)
    end = begin + (timedelta(days=1) if whole else timedelta(minutes=minutes))
    name = slot.replace("-", "") if whole else f"{datetime.fromisoformat(slot).astimezone(UTC):%Y%m%dT%H%M%SZ}"
    times = [f"{moment:%Y-%m-%d}" if whole else moment.isoformat() for moment in (begin, end)]
    links = {"iCalUID": f"{series}@google.com", "recurringEventId": series, "originalStartTime": when(slot)}
    return entry(f"{series}_{name}", *times, **links | more)


def when(text):
    return {"date": text} if len(text) == len("2026-11-09") else {"dateTime": text, "timeZone": "America/Toronto"}


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=TORONTO)


# --- one meeting -----------------------------------------------------------------------------------------------


def test_a_meeting_with_everything(read, google):
    (event,) = read(
        entry(
            summary="Entrevue – 2e ronde #case:Nordik #interview",
            description="À bientôt.\nApportez des #ideas",
            organizer={"email": "Julie.Roy@Nordik.ca", "displayName": "Julie Roy"},
            creator={"email": "agenda@nordik.ca"},
            location="Québec",
            attendees=[
                {"email": "marc@nordik.ca", "displayName": "Roy, Marc", "responseStatus": "accepted"},
                {"email": google.email.upper(), "self": True, "responseStatus": "accepted"},
                {"email": "julie.roy@nordik.ca", "organizer": True},
                {"email": "no-reply@nordik.ca"},
                {"email": "Camille@Exemple.ca"},
            ],
        )
    )
    assert (event.id, event.kind, event.status) == ("a@google.com", "meeting", "confirmed")
    assert (event.start, event.end) == (at("2026-11-09 10:00"), at("2026-11-09 11:00"))
    assert event.title == "Entrevue – 2e ronde #case:Nordik #interview"
    assert event.text == "À bientôt.\nApportez des #ideas"
    assert [(each.address, each.name) for each in event.people] == [
        ("marc@nordik.ca", "Roy, Marc"),
        ("julie.roy@nordik.ca", "Julie Roy"),
    ]
    assert (event.organizer.address, event.organizer.name) == ("julie.roy@nordik.ca", "Julie Roy")
    assert (event.tags, event.case) == ((), "")  # it is another who wrote it
    assert event.updated == datetime(2026, 11, 2, 8, tzinfo=UTC)
    assert event.where == "Google Calendar: Entrevue – 2e ronde #case:Nordik #interview"


def test_what_the_emulator_tells_of_a_meeting_is_read(google, reader):
    google.meeting(
        "Entrevue", at("2026-11-10 10:00"), at("2026-11-10 11:30"), [JULIE, google.email], description="Au 3e étage"
    )
    (event,) = reader.meetings().values()
    assert (event.start, event.end, event.text) == (at("2026-11-10 10:00"), at("2026-11-10 11:30"), "Au 3e étage")
    assert [each.address for each in event.people] == [JULIE]
    assert event.id.endswith("@google.com")


def test_a_meeting_of_which_nearly_all_is_missing_is_a_meeting(read):
    bare = {"id": "a", "start": {"dateTime": "2026-11-09T15:00:00Z"}, "end": {"dateTime": "2026-11-09T15:30:00Z"}}
    (event,) = read(bare)
    assert (event.id, event.title, event.people, event.organizer, event.updated) == ("a@google.com", "", (), None, None)


# --- times -----------------------------------------------------------------------------------------------------


def test_times_are_in_the_zone_of_the_user(google, reader):
    for title, offset in (("Paris", 1), ("Toronto", -5), ("UTC", 0), ("Delhi", 5.5)):
        zone = datetime.fromisoformat("2026-11-09T14:00:00+00:00").astimezone(timezone(timedelta(hours=offset)))
        google.meeting(title, zone, zone + timedelta(minutes=45))
    found = reader.meetings()
    assert len(found) == 4
    assert {event.start for event in found.values()} == {at("2026-11-09 09:00")}
    assert {event.end for event in found.values()} == {at("2026-11-09 09:45")}
    assert {event.start.tzinfo for event in found.values()} == {TORONTO}


@pytest.mark.parametrize(
    ("start", "end", "elapsed"),
    [
        ("2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00", 60),
        ("2026-11-01T00:30:00-04:00", "2026-11-01T02:00:00-05:00", 150),
        ("2027-03-14T01:30:00-05:00", "2027-03-14T03:30:00-04:00", 60),
    ],
)
def test_a_meeting_on_the_night_of_the_change_is_as_long_as_it_is(read, start, end, elapsed):
    (event,) = read(entry(start=start, end=end))
    first, last = event.start.astimezone(UTC), event.end.astimezone(UTC)
    assert (first, last) == (datetime.fromisoformat(start), datetime.fromisoformat(end))
    assert last - first == timedelta(minutes=elapsed)
    assert event.start.tzinfo == event.end.tzinfo == TORONTO


@pytest.mark.parametrize(
    ("first", "after", "last"),
    [
        ("2026-11-09", "2026-11-10", "2026-11-09"),
        ("2026-11-09", "2026-11-12", "2026-11-11"),
        ("2026-10-31", "2026-11-02", "2026-11-01"),
        ("2026-11-09", "2026-11-09", "2026-11-09"),
    ],
)
def test_whole_days_end_at_18_of_the_last(google, reader, first, after, last):
    google.meeting("Salon", datetime.fromisoformat(first).date(), datetime.fromisoformat(after).date())
    (event,) = reader.meetings().values()
    assert (event.start, event.end) == (at(first), at(f"{last} 18:00"))


def test_the_window_is_asked_for_in_utc(google, reader):
    google.meeting("before", SINCE - timedelta(hours=2), SINCE - timedelta(hours=1))
    google.meeting("begins before", SINCE - timedelta(hours=1), SINCE + timedelta(hours=1))
    google.meeting("ahead", NOW + timedelta(days=29), NOW + timedelta(days=29, hours=1))
    google.meeting("too far ahead", NOW + timedelta(days=31), NOW + timedelta(days=31, hours=1))
    assert sorted(reader.meetings(days_ahead=30)) == ["ahead", "begins before"]
    (listed,) = google.asked("GET", "/events")
    asked = {name: listed.query[name] for name in ("timeMin", "timeMax", "singleEvents", "showDeleted")}
    assert asked == {
        "timeMin": "2026-09-10T16:00:00Z",
        "timeMax": "2026-12-09T17:00:00Z",
        "singleEvents": "true",
        "showDeleted": "true",
    }


# --- who, and whether it takes place ---------------------------------------------------------------------------

ME, JULIE_ROY = {"self": True, "email": "camille@exemple.ca"}, {"email": JULIE}
MINE = {"email": "camille+jobs@exemple.ca"}


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"summary": "Annulé : Entrevue"}, "cancelled"),
        ({"attendees": [ME | {"responseStatus": "declined"}, MINE | {"responseStatus": "accepted"}]}, "confirmed"),
        ({"attendees": [JULIE_ROY, ME | {"responseStatus": "declined"}]}, "declined"),
        ({"attendees": [JULIE_ROY | {"responseStatus": "declined"}, ME]}, "confirmed"),
        ({"attendees": [JULIE_ROY, {"email": "Camille@exemple.ca", "responseStatus": "declined"}]}, "declined"),
        ({"attendees": [JULIE_ROY, {"email": "other@me.ca", "self": True, "responseStatus": "declined"}]}, "declined"),
        ({"attendees": [JULIE_ROY, ME | {"responseStatus": "tentative"}]}, "tentative"),
        ({"attendees": [JULIE_ROY, ME | {"responseStatus": "needsAction"}]}, "confirmed"),
        ({"status": "tentative", "attendees": [JULIE_ROY]}, "tentative"),
        ({"status": "cancelled", "attendees": [JULIE_ROY, ME | {"responseStatus": "declined"}]}, "cancelled"),
        ({"organizer": ME, "attendees": [JULIE_ROY, ME]}, "mine"),
        ({"organizer": ME, "status": "tentative", "attendees": [JULIE_ROY]}, "mine"),
        ({"organizer": ME, "status": "cancelled", "attendees": [JULIE_ROY]}, "cancelled"),
        ({"organizer": {"email": TEAM, "self": True}, "attendees": [JULIE_ROY]}, "mine"),
        ({"organizer": ME, "attendees": [ME]}, "confirmed"),
        ({"organizer": ME}, "confirmed"),
        ({"organizer": JULIE_ROY, "attendees": [ME | {"responseStatus": "accepted"}]}, "confirmed"),
        ({"organizer": {"self": True}, "attendees": [{"responseStatus": "declined"}, JULIE_ROY]}, "confirmed"),
    ],
)
def test_the_status_of_a_meeting(read, more, wanted):
    (event,) = read(entry(**more))
    assert event.status == wanted


@pytest.mark.parametrize(
    ("more", "answered"),
    [
        ({"organizer": JULIE_ROY, "attendees": [ME | {"responseStatus": "needsAction"}]}, False),
        ({"organizer": JULIE_ROY, "attendees": [JULIE_ROY]}, False),
        ({"organizer": JULIE_ROY, "attendees": [ME]}, True),
        ({"organizer": JULIE_ROY, "attendees": [ME | {"responseStatus": "needsAction"}, MINE | {"responseStatus": "accepted"}]}, True),
        ({"organizer": ME, "attendees": [JULIE_ROY]}, True),
        ({}, True),
    ],
)  # fmt: skip
def test_whether_i_answered(read, more, answered):
    (event,) = read(entry(**more, sequence=3))
    assert (event.answered, event.sequence) == (answered, 3)


def test_rooms_groups_and_robots_are_no_people(read):
    room = {"email": "c_1@resource.calendar.google.com", "resource": True}
    odd_room = {"email": "salle-3@nordik.ca", "displayName": "Salle 3", "resource": True}
    others = [{"email": TEAM}, {"email": "noreply@nordik.ca"}, {"email": "garbage"}, {"displayName": "Nobody"}]
    (event,) = read(entry(organizer={"email": TEAM}, attendees=[room, odd_room, *others, JULIE_ROY, ME]))
    assert [each.address for each in event.people] == [JULIE]


@pytest.mark.parametrize(
    "more",
    [
        {"organizer": {"email": JULIE, "displayName": "Julie"}},
        {"attendees": [{"email": "marc@nordik.ca"}, {"email": JULIE, "displayName": "Julie", "organizer": True}]},
        {
            "organizer": {"displayName": "Julie"},
            "attendees": [{"email": JULIE, "displayName": "Julie", "organizer": True}],
        },
    ],
    ids=["organizer", "attendee", "organizer without address"],
)
def test_who_invites_is_told_either_way(read, more):
    (event,) = read(entry(**more))
    assert (event.organizer.address, event.organizer.name) == (JULIE, "Julie")
    assert JULIE in [each.address for each in event.people]


def test_an_attendee_marked_as_organizer_is_known_in_the_emulator_too(google, reader):
    google.meeting("Entrevue", NOW, NOW + timedelta(hours=1), [{"email": JULIE, "organizer": True}, google.email])
    assert reader.meetings()["Entrevue"].organizer.address == JULIE


@pytest.mark.parametrize("kind", ["workingLocation", "birthday", "outOfOffice", "focusTime"])
def test_what_is_no_meeting_is_passed_over(read, kind):
    assert [event.title for event in read(entry(eventType=kind), entry("b", summary="there"))] == ["there"]


def test_mail_of_a_meeting_that_google_made_of_it_is_one(read):
    (event,) = read(entry(eventType="fromGmail"))
    assert event.title == "Entrevue"


# --- words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("description", "text", "tags", "case"),
    [
        ("<p>Bonjour <b>Camille</b>,</p>apportez&nbsp;tout<br>#ideas", "Bonjour Camille,\napportez\u00a0tout\n#ideas", ("ideas",), ""),
        ("<script>alert('#no')</script>Bonjour #Yes", "Bonjour #Yes", ("yes",), ""),
        ("1 < 2 & 3 > 2 #a-b #case:Nordik.", "1 < 2 & 3 > 2 #a-b #case:Nordik.", ("a-b",), "Nordik"),
        ('<a href="https://x.ca/#part">lien</a> x#y #7', "lien x#y #7", (), ""),
    ],
)  # fmt: skip
def test_descriptions_are_read_as_words(read, description, text, tags, case):
    (event,) = read(entry(description=description))
    assert (event.text, event.tags, event.case) == (text, tags, case)


def test_shared_calendars_carry_no_tags(google, reader):
    tells(google, entry(summary="Interview #case:Nordik #offer"))
    own, shared = reader.pull(), reader.pull(mine=False)  # read anew, though nothing has changed at Google
    assert [(each.tags, each.case) for each in own.events] == [(("offer",), "Nordik")]
    assert [(each.tags, each.case) for each in shared.events] == [((), "")]


def test_text_of_strangers_is_made_plain(read):
    (event,) = read(
        entry(
            summary="Entre\x1b[31mvue\r\nBcc: all@exemple.org\u202e " + "x" * 10_000,
            description="a\x00b\u2028" + "y" * 100_000,
            organizer={"email": "julie@nordik.ca\nBcc: x", "displayName": "J\x07"},
            attendees=[{"email": f"p{number}@nordik.ca"} for number in range(5_000)],
        )
    )
    assert event.title.startswith("Entre [31mvue Bcc: all@exemple.org x")
    assert len(event.title) == 500
    assert event.text.startswith("a b y")
    assert len(event.text) == 2_000
    assert len(event.people) == 500
    assert event.organizer is None
    assert "\n" not in event.where


# --- one meeting from two places -------------------------------------------------------------------------------


def ics(folder, *entries):
    """Return the meetings that an .ics file shows, by id."""
    path = folder / "calendar.ics"
    path.write_text("\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *entries, "END:VCALENDAR", ""]))
    (kind,) = followup_ics.register_sources()
    context = Context(profile=Profile(me=frozenset({"camille@exemple.ca"}), timezone=TORONTO), now=NOW)
    found = kind.open(IcsOptions(path=path, days_ahead=30), context).pull(SINCE, "").events
    return {event.id: (event.start, event.end, event.title, event.status) for event in found}


def vevent(uid, *lines):
    return "\n".join(
        ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20261102T080000Z", "SUMMARY:Entrevue", *lines, "END:VEVENT"]
    )


@pytest.fixture
def in_tokyo(monkeypatch):
    """Let the machine be set to another zone than its user."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_tokyo")
def test_an_invitation_and_a_series_have_the_ids_that_an_ics_file_gives_them(read, tmp_path):
    weekly = ("DTSTART;TZID=America/Toronto:20261030T100000", "DTEND;TZID=America/Toronto:20261030T110000")
    known = ics(
        tmp_path,
        vevent("invitation-1@nordik.ca", "DTSTART:20261109T150000Z", "DTEND:20261109T160000Z"),
        vevent("s@google.com", *weekly, "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;TZID=America/Toronto:20261120T100000"),
        vevent(
            "s@google.com",
            "RECURRENCE-ID;TZID=America/Toronto:20261113T100000",
            "DTSTART;TZID=America/Toronto:20261116T140000",
            "DTEND;TZID=America/Toronto:20261116T150000",
        ),
        vevent("d@google.com", "DTSTART;VALUE=DATE:20261109", "RRULE:FREQ=DAILY;COUNT=2"),
    )
    found = read(
        entry("x1", iCalUID="invitation-1@nordik.ca"),
        occurrence("2026-10-30T10:00:00-04:00"),
        occurrence("2026-11-06T10:00:00-05:00"),
        occurrence("2026-11-13T10:00:00-05:00", "2026-11-16T14:00:00-05:00"),
        {"id": "s_20261120T150000Z", "status": "cancelled", "recurringEventId": "s", "originalStartTime": when("2026-11-20T10:00:00-05:00")},
        occurrence("2026-11-09", series="d"),
        occurrence("2026-11-10", series="d"),
    )  # fmt: skip
    assert {event.id: (event.start, event.end, event.title, event.status) for event in found} == known
    assert "s@google.com/20261113T150000Z" in known
    assert "d@google.com/20261110" in known


def test_the_newest_of_two_copies_counts(read):
    old = entry(summary="old", updated="2026-11-01T08:00:00Z")
    new = entry(summary="new", updated="2026-11-03T08:00:00Z")
    assert [event.title for event in read(old, new)] == ["new"]
    assert [event.title for event in read(new, old)] == ["new"]
    del old["updated"]
    assert [event.title for event in read(old, new)] == ["new"]


# --- what changes ----------------------------------------------------------------------------------------------


def test_nothing_changed_is_an_empty_pull_and_one_request_for_each_calendar(google, reader):
    google.meeting("Entrevue", NOW, NOW + timedelta(hours=1), [JULIE])
    tells(google, entry("b"), path=f"*/{TEAM.replace('@', '%40')}/events")
    first = reader.pull(calendars=("primary", TEAM))
    assert (len(first.events), first.complete) == (2, True)
    assert reader.pull(calendars=("primary", TEAM)) == Pull(cursor=first.cursor)
    assert [each.path.split("/")[4] for each in google.requests] == ["primary", TEAM.replace("@", "%40")]


def test_an_hour_later_the_same_meetings_are_nothing_new(google, reader):
    google.meeting("Entrevue", NOW, NOW + timedelta(hours=1), [JULIE])
    before = reader.pull().cursor
    reader.now += timedelta(hours=1)
    assert reader.pull() == Pull(cursor=before)


def test_a_meeting_that_is_deleted_is_absent_from_a_complete_pull(google, reader):
    gone = google.meeting("gone", NOW, NOW + timedelta(hours=1), [JULIE])
    google.meeting("there", NOW, NOW + timedelta(hours=1), [JULIE])
    assert len(reader.pull().events) == 2
    google.delete_meeting(gone)
    found = reader.pull()
    assert ([event.title for event in found.events], found.complete) == (["there"], True)


def test_a_deleted_meeting_of_which_only_the_id_is_left_is_absent(read):
    tombstone = {"kind": "calendar#event", "etag": '"3"', "id": "a", "status": "cancelled"}
    assert [event.id for event in read(tombstone, entry("b"))] == ["b@google.com"]


def test_a_cancelled_meeting_tells_when_it_was_cancelled(read):
    (event,) = read(entry(status="cancelled", updated="2026-11-08T21:30:00.000Z"))
    assert (event.status, event.updated) == ("cancelled", datetime(2026, 11, 8, 21, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    "change",
    [
        {"start": when("2026-11-10T10:00:00-05:00"), "end": when("2026-11-10T11:00:00-05:00")},
        {"summary": "Entrevue finale"},
        {"status": "tentative"},
        {"attendees": [JULIE_ROY]},
        {"description": "Au 3e étage"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_changes_in_a_meeting_is_seen_under_the_same_id(google, reader, change):
    tells(google, entry())
    (before,) = reader.pull().events
    google.heal()
    tells(google, entry() | change)
    (after,) = reader.pull().events
    assert isinstance(after, Event)
    assert after != before
    assert after.id == before.id


def test_other_addresses_of_mine_make_all_be_read_again(google, reader):
    google.meeting("Entrevue", NOW, NOW + timedelta(hours=1), [JULIE, "camille@gmail.example"])
    assert len(reader.pull().events[0].people) == 2
    reader.profile = Profile(me=reader.profile.me | {"camille@gmail.example"}, address=google.email, timezone=TORONTO)
    assert len(reader.pull().events[0].people) == 1


def test_another_zone_of_mine_makes_all_be_read_again(google, reader):
    google.meeting("Salon", NOW.date(), NOW.date() + timedelta(days=1))
    reader.pull()
    zone = ZoneInfo("Europe/Paris")
    reader.profile = Profile(me=reader.profile.me, address=google.email, timezone=zone)
    (event,) = reader.pull().events
    assert event.start == datetime(2026, 11, 9, tzinfo=zone)


# --- pages and calendars ---------------------------------------------------------------------------------------


def test_all_pages_are_read(google, reader, monkeypatch):
    monkeypatch.setattr(calendar, "_PAGE", 2)
    for number in range(5):
        google.meeting(str(number), NOW, NOW + timedelta(hours=1))
    assert sorted(reader.meetings()) == list("01234")
    assert len(google.requests) == 3


def test_pages_that_break_off_are_no_calendar(google, reader, monkeypatch):
    monkeypatch.setattr(calendar, "_PAGE", 2)
    for number in range(5):
        google.meeting(str(number), NOW, NOW + timedelta(hours=1))
    google.fault(status(403), path=EVENTS, nth=2)
    with pytest.raises(Unreadable):
        reader.pull()


def test_a_page_without_entries_is_not_the_last(google, reader):
    """Ours: the empty page."""
    google.meeting("Entrevue", NOW, NOW + timedelta(hours=1))
    google.fault(says({"kind": "calendar#events", "nextPageToken": "0"}), path=EVENTS)
    assert list(reader.meetings()) == ["Entrevue"]


def test_a_calendar_that_is_not_there_is_named(google, reader):
    google.meeting("Entrevue", NOW, NOW + timedelta(hours=1))
    with pytest.raises(Unreadable, match=r"no calendar 'nobody@exemple\.org'.*`calendars`"):
        reader.pull(calendars=("primary", "nobody@exemple.org"))


def test_an_empty_calendar_holds_no_meeting(reader):
    found = reader.pull()
    assert (found.events, found.complete) == ((), True)


@pytest.mark.parametrize("bad", [{"calendars": ()}, {"days_ahead": 0}, {"days_ahead": 4000}], ids=str)
def test_options_that_make_no_sense_are_refused(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        CalendarOptions(**bad)


# --- what cannot be read ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        {"start": {"dateTime": "tomorrow"}},
        {"start": {}},
        {"start": None},
        {"end": None},
        {"start": {"date": "2026-02-30"}},
        {"start": {"dateTime": "0001-01-01T00:00:00+14:00"}},
        {"updated": "lately"},
        {"attendees": [7]},
        {"attendees": None},
        {"organizer": "Julie"},
        {"eventType": ["default"]},
    ],
    ids=str,
)
def test_one_broken_entry_is_known_by_its_id_and_stops_no_other(read, broken):
    bad, good = read(entry("bad") | broken, entry("good"))
    assert isinstance(bad, BadItem)
    assert (bad.id, bad.where) == ("bad@google.com", "Google Calendar: Entrevue")
    assert good.id == "good@google.com"


def test_a_broken_occurrence_is_known_by_its_slot(read):
    (bad,) = read(occurrence("2026-11-09T10:00:00-05:00") | {"end": None})
    assert bad.id == "s@google.com/20261109T150000Z"


@pytest.mark.parametrize("odd", ["text", None, 7, [], {}], ids=str)
def test_something_that_is_no_entry_at_all_stops_no_other(google, reader, odd):
    """Ours: the odd thing."""
    google.meeting("Entrevue", NOW, NOW + timedelta(hours=1))
    google.fault(altered(lambda page: page | {"items": [odd, *page["items"]]}), path=EVENTS)
    bad, good = reader.pull().events
    assert isinstance(bad, BadItem)
    assert good.title == "Entrevue"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
moments = st.sampled_from(["2026-11-09", "2026-11-09T10:00:00-05:00", "9999-12-31", "0001-01-01T00:00:00+14:00"])
times = st.fixed_dictionaries({}, optional={"date": moments | anything, "dateTime": moments | anything}) | anything
persons = st.fixed_dictionaries(
    {},
    optional={
        "email": st.sampled_from([JULIE, "camille@exemple.ca"]) | anything,
        "displayName": anything,
        "self": anything,
        "organizer": anything,
        "responseStatus": st.sampled_from(["declined", "tentative"]) | anything,
    },
)
entries = st.fixed_dictionaries(
    {"start": times, "end": times},
    optional={
        "id": st.text(max_size=5) | anything,
        "iCalUID": st.text(max_size=5) | anything,
        "status": st.sampled_from(["confirmed", "cancelled"]) | anything,
        "summary": st.text() | anything,
        "description": st.text() | anything,
        "updated": moments | anything,
        "eventType": anything,
        "recurringEventId": anything,
        "originalStartTime": times,
        "organizer": persons | anything,
        "attendees": st.lists(persons | anything, max_size=3) | anything,
    },
)


@examples(200)
@given(entries | anything)
def test_no_answer_of_a_server_stops_the_reading(given_entry):
    profile = Profile(me=frozenset({"camille@exemple.ca"}), timezone=TORONTO)
    found = meetings.event(given_entry, profile)
    assert found is None or isinstance(found, Event | BadItem)
    assert not isinstance(found, BadItem) or (found.where and found.message)


# --- through the real command ----------------------------------------------------------------------------------


def at_google(tmp_path, google, more=""):
    """Return a story whose calendar is Google's."""
    tables = f'plugin = "google-calendar"\ntoken = "token.json"\napi_endpoint = "{google.url}"\n{more}'
    story = Story(tmp_path / "story", CONFIG.replace('plugin = "ics"\npath = "calendar.ics"\n', tables))
    story.config(me=[google.email])
    google.token_file(story.folder / "token.json", scopes=SCOPES)
    return story


def test_a_meeting_in_google_calendar_makes_its_duties(google, tmp_path):
    story = at_google(tmp_path, google)
    meeting = google.meeting("Entrevue", at("2026-11-09 10:00"), at("2026-11-09 11:00"), [JULIE, google.email])
    assert story.at("2026-11-09 09:00").state("thank-you") == "waiting"
    tick = story.at("2026-11-09 12:00")
    assert (tick.state("thank-you"), tick.the("thank-you").to, tick.problems) == ("due", [JULIE], [])
    assert [key.partition("/")[0] for key in story.drafts()] == ["thank-you"]
    google.delete_meeting(meeting)
    assert story.at("2026-11-09 12:05").state("thank-you") == "due", "it was listed after its end: it took place"


def test_a_meeting_that_is_deleted_before_it_takes_place_makes_none(google, tmp_path):
    story = at_google(tmp_path, google)
    meeting = google.meeting("Entrevue", at("2026-11-09 10:00"), at("2026-11-09 11:00"), [JULIE, google.email])
    story.at("2026-11-09 08:00")
    google.delete_meeting(meeting)
    assert story.at("2026-11-09 09:00").state("thank-you") == "void"
    tick = story.at("2026-11-09 12:00")
    assert (tick.rules(), story.drafts()) == ([], {})


def test_a_calendar_that_goes_missing_deletes_no_meeting(google, tmp_path):
    story = at_google(tmp_path, google, f'calendars = ["primary", "{TEAM}"]\n')
    google.meeting("Salon", at("2026-11-12 10:00"), at("2026-11-12 11:00"))
    path = f"*/{TEAM.replace('@', '%40')}/events"
    invited = entry(attendees=[JULIE_ROY, {"email": google.email, "self": True}])
    tells(google, invited, path=path)
    assert story.at("2026-11-09 09:00").state("thank-you") == "waiting"
    google.heal()
    tick = story.at("2026-11-09 09:30")
    assert (tick.exit, tick.rules("withdraw", aside=True)) == (1, [])
    assert TEAM in tick.said
    tells(google, invited, path=path)
    assert story.at("2026-11-09 12:00").rules() == ["thank-you"]


def test_a_meeting_that_cannot_be_read_any_more_is_not_gone(google, tmp_path):
    story = at_google(tmp_path, google)
    invited = entry(attendees=[JULIE_ROY, {"email": google.email, "self": True}])
    tells(google, invited)
    story.at("2026-11-09 09:00")
    google.heal()
    tells(google, invited | {"end": None})
    tick = story.at("2026-11-09 12:00")
    assert (tick.exit, tick.rules()) == (1, ["thank-you"])
    assert "Google Calendar: Entrevue" in tick.said


def test_a_meeting_that_stands_in_a_file_too_is_one_meeting(google, tmp_path):
    story = at_google(tmp_path, google, '[sources.file]\nplugin = "ics"\npath = "calendar.ics"\n')
    people = [JULIE_ROY, {"email": google.email, "self": True}]
    tells(
        google,
        entry(attendees=people),
        occurrence("2026-11-10T10:00:00-05:00", attendees=people, summary="Panel interview"),
    )
    story.visit("a@google.com", "2026-11-09 10:00")
    story.visit("s", "2026-11-10 10:00", uid="s@google.com", recurrence="2026-11-10 10:00", title="Panel interview")
    tick = story.at("2026-11-09 12:00")
    assert (tick.rules(), tick.problems) == (["thank-you"], [])
    told = call(story.folder, "explain", "nordik", "--now", "2026-11-09 12:00").stdout
    told = told.partition("When")[2].partition("What, and why")[0]
    assert [told.count(title) for title in ("Entrevue", "Panel interview")] == [1, 1]


# --- calendars of other people ---------------------------------------------------------------------------------

SPOUSE = {"email": "spouse@x.org", "self": True, "responseStatus": "declined"}


def of_both(reader, google, mine=(), theirs=()):
    """Return what is read of my own calendar and of another person's, which holds these entries (ours)."""
    google.fault(says({"items": list(mine)}), path="*/calendars/primary/events")
    google.fault(says({"items": list(theirs)}), path="*/calendars/spouse*/events")
    return list(reader.pull(calendars=("primary", "spouse@x.org")).events)


def test_in_somebody_elses_calendar_i_am_known_by_my_address_alone(reader, google):
    me = {"email": google.email, "responseStatus": "accepted"}
    theirs = entry(organizer=SPOUSE, attendees=[SPOUSE, me, {"email": JULIE}])
    (found,) = of_both(reader, google, theirs=[theirs])
    assert found.status == "confirmed"
    assert [person.address for person in found.people] == [JULIE]  # the spouse has declined


def test_my_own_copy_of_a_meeting_decides_though_theirs_is_newer(reader, google):
    mine = entry(attendees=[{"email": google.email, "self": True, "responseStatus": "declined"}])
    theirs = entry(attendees=[SPOUSE], updated="2026-11-05T08:00:00.000Z")
    (found,) = of_both(reader, google, mine=[mine], theirs=[theirs])
    assert found.status == "declined"


def test_a_time_without_an_offset_is_meant_in_the_zone_beside_it(reader, google):
    paris = {"dateTime": "2026-11-09T10:00:00", "timeZone": "Europe/Paris"}
    later = {"dateTime": "2026-11-09T11:00:00", "timeZone": "Europe/Paris"}
    (found,) = of_both(reader, google, mine=[{**entry(), "start": paris, "end": later}])
    assert found.start == at("2026-11-09 04:00")
