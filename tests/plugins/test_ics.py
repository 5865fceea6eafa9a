"""Meetings from .ics files, as a user sees them in the calendar that wrote the file."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

import followup_ics
from followup_ics import IcsOptions, news
from followup_ics.recurrence import bring_near, steps
from followup_rules import BadItem, Context, Event, Profile, Pull, Unreadable, regular_files
from tests.support.oddfiles import no_waiting, strange

TORONTO = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 9, 12, tzinfo=TORONTO)
SINCE = NOW - timedelta(days=60)
PROFILE = Profile(me=frozenset({"me@example.org", "camille@other.ca"}), name="Camille", timezone=TORONTO)


def entry(*lines, uid="a@x", summary="Interview", start="DTSTART:20261109T150000Z", end="DTEND:20261109T160000Z"):
    body = [f"UID:{uid}", f"SUMMARY:{summary}", "DTSTAMP:20261101T120000Z", start, end, *lines]
    return "\n".join(["BEGIN:VEVENT", *filter(None, body), "END:VEVENT"])


def calendar(*entries):
    return "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *entries, "END:VCALENDAR", ""])


def source(path, now=NOW, profile=PROFILE, **options):
    (kind,) = followup_ics.register_sources()
    return kind.open(IcsOptions(path=path, **options), Context(profile=profile, now=now))


def pull(path, cursor="", since=SINCE, **options) -> Pull:
    return source(path, **options).pull(since, cursor)


@pytest.fixture
def read(tmp_path):
    def read(*entries, **options) -> list[Event | BadItem]:
        path = tmp_path / "calendar.ics"
        path.write_text(calendar(*entries), encoding="utf-8")
        found = pull(path, **options)
        assert found.complete
        return list(found.events)

    return read


def by_id(events):
    assert all(isinstance(event, Event) for event in events), events
    return {event.id: event for event in events}


# --- one meeting -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "method", "own"),
    [
        ((), "", True),
        ((), "METHOD:PUBLISH", True),
        ((), "METHOD:REQUEST", False),
        (("ORGANIZER:mailto:ME@example.org",), "METHOD:REQUEST", True),
        (("ORGANIZER:mailto:julie.roy@nordik.ca",), "", False),
        (("ORGANIZER:invalid",), "", False),
    ],
)
def test_tags_are_read_where_i_wrote_them(read, lines, method, own):
    (event,) = read(method, entry(*lines, "DESCRIPTION:Bring #ideas", summary="Interview #case:Nordik #interview"))
    assert (event.tags, event.case) == ((("interview", "ideas"), "Nordik") if own else ((), ""))


def test_a_shared_calendar_carries_no_tags(tmp_path):
    path = tmp_path / "team.ics"
    path.write_text(calendar(entry(summary="Interview #case:Nordik #offer")), encoding="utf-8")
    own = pull(path)
    shared = pull(path, own.cursor, mine=False)  # read anew, though the file is the same
    assert [(each.tags, each.case) for each in own.events] == [(("offer",), "Nordik")]
    assert [(each.tags, each.case, each.title) for each in shared.events] == [((), "", "Interview #case:Nordik #offer")]


def test_a_meeting_with_everything(read):
    (event,) = read(
        entry(
            "ORGANIZER;CN=Julie Roy:MAILTO:Julie.Roy@Nordik.ca",
            'ATTENDEE;CN="Roy, Marc":mailto:marc@nordik.ca',
            "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ME@example.org",
            "ATTENDEE;CN=julie.roy@nordik.ca:mailto:julie.roy@nordik.ca",
            "DESCRIPTION:See you soon.\\nBring #ideas",
            "LAST-MODIFIED:20261102T080000Z",
            summary="Interview – 2e ronde #case:Nordik #interview",
        )
    )
    assert event.id == "a@x"
    assert event.kind == "meeting"
    assert event.start == datetime(2026, 11, 9, 10, tzinfo=TORONTO)
    assert event.end == datetime(2026, 11, 9, 11, tzinfo=TORONTO)
    assert event.title == "Interview – 2e ronde #case:Nordik #interview"
    assert event.text == "See you soon.\nBring #ideas"
    assert [(someone.address, someone.name) for someone in event.people] == [
        ("marc@nordik.ca", "Roy, Marc"),
        ("julie.roy@nordik.ca", "Julie Roy"),
    ]
    assert (event.organizer.address, event.organizer.name) == ("julie.roy@nordik.ca", "Julie Roy")
    assert (event.tags, event.case) == ((), "")  # Julie wrote them
    assert event.status == "confirmed"
    assert event.updated == datetime(2026, 11, 2, 8, tzinfo=UTC)
    assert event.where.startswith("calendar.ics: Interview")


def test_times_are_aware_and_in_the_zone_of_the_user(read):
    events = by_id(
        read(
            entry(uid="floating", start="DTSTART:20261109T090000", end="DTEND:20261109T100000"),
            entry(uid="paris", start="DTSTART;TZID=Europe/Paris:20261109T150000", end="DURATION:PT45M"),
            entry(uid="windows", start="DTSTART;TZID=Eastern Standard Time:20261109T090000", end=""),
            entry(uid="legacy", start="DTSTART;TZID=America/Montreal:20261109T090000", end=""),
        )
    )
    nine = datetime(2026, 11, 9, 9, tzinfo=TORONTO)
    assert {event.start for event in events.values()} == {nine}
    assert {event.start.tzinfo for event in events.values()} == {TORONTO}
    assert events["floating"].end == nine + timedelta(hours=1)
    assert events["paris"].end == nine + timedelta(minutes=45)
    assert events["windows"].end == nine


@pytest.mark.parametrize(
    ("start", "end", "last"),
    [
        ("DTSTART;VALUE=DATE:20261109", "DTEND;VALUE=DATE:20261110", 9),
        ("DTSTART;VALUE=DATE:20261109", "DTEND;VALUE=DATE:20261112", 11),
        ("DTSTART;VALUE=DATE:20261109", "DURATION:P2D", 10),
        ("DTSTART;VALUE=DATE:20261109", "", 9),
        ("DTSTART;VALUE=DATE:20261109", "DTEND;VALUE=DATE:20261109", 9),
        ("DTSTART;VALUE=DATE:20261109", "DTEND:20261112T000000Z", 11),
        ("DTSTART;VALUE=DATE:20261109", "DTEND;TZID=Europe/Paris:20261112T000000", 11),
        ("X-MICROSOFT-CDO-ALLDAYEVENT:TRUE\nDTSTART:20261109T000000", "DTEND:20261110T000000", 9),
        ("X-MICROSOFT-CDO-ALLDAYEVENT:TRUE\nDTSTART:20261109T050000Z", "DTEND:20261112T050000Z", 11),
        ("X-FUNAMBOL-ALLDAY:1\nDTSTART;TZID=Europe/Paris:20261109T000000", "", 9),
    ],
)
def test_whole_days_end_at_18_of_the_last(read, start, end, last):
    (event,) = read(entry(start=start, end=end))
    assert event.start == datetime(2026, 11, 9, tzinfo=TORONTO)
    assert event.end == datetime(2026, 11, last, 18, tzinfo=TORONTO)


def test_an_entry_of_whole_days_that_begins_at_no_midnight_stays_as_it_is_written(read):
    (event,) = read(entry("X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"))
    assert (event.start.hour, event.end.hour) == (10, 11)


@pytest.mark.parametrize("end", ["20261110T153000", "20261110T203000Z"])
def test_a_whole_day_with_an_end_in_time_ends_then(read, end):
    (event,) = read(entry(start="DTSTART;VALUE=DATE:20261109", end=f"DTEND:{end}"))
    assert (event.start, event.end) == (
        datetime(2026, 11, 9, tzinfo=TORONTO),
        datetime(2026, 11, 10, 15, 30, tzinfo=TORONTO),
    )


def test_an_unknown_zone_is_reported_and_never_taken_for_another(read):
    bad, good = sorted(
        read(entry(uid="bad", start="DTSTART;TZID=Mars/Olympus:20261109T090000", end=""), entry(uid="good")),
        key=lambda item: isinstance(item, Event),
    )
    assert isinstance(bad, BadItem)
    assert "Mars/Olympus" in bad.message
    assert good.id == "good"


def test_a_zone_that_a_file_defines_holds_for_that_file_only(tmp_path):
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Office\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:{0}\nTZOFFSETTO:{0}\n"
        "END:STANDARD\nEND:VTIMEZONE"
    )
    local = {"start": "DTSTART;TZID=Office:20261109T090000", "end": ""}
    (tmp_path / "a.ics").write_text(calendar(zone.format("-0500"), entry(uid="a", **local)))
    (tmp_path / "b.ics").write_text(calendar(zone.format("+0100"), entry(uid="b", **local)))
    (tmp_path / "c.ics").write_text(calendar(entry(uid="c", **local)))
    *found, bad = pull(tmp_path).events
    events = by_id(found)
    assert events["a"].start == datetime(2026, 11, 9, 14, tzinfo=UTC)
    assert events["b"].start == datetime(2026, 11, 9, 8, tzinfo=UTC)
    assert isinstance(bad, BadItem)
    assert bad.where.startswith("c.ics")


# --- people and status -----------------------------------------------------------------------------------------


def test_a_list_that_calls_a_meeting_is_nobody_to_write_to(read):
    lines = ("ORGANIZER;CUTYPE=GROUP:mailto:recruiting@nordik.ca", "ATTENDEE:mailto:luc@nordik.ca")
    (found,) = read(entry(*lines))
    assert [each.address for each in found.people] == ["luc@nordik.ca"]


def test_people_are_the_humans_other_than_me(read):
    machines = [
        "ATTENDEE;CUTYPE=ROOM:mailto:salle.3@nordik.ca",
        "ATTENDEE;CUTYPE=resource:mailto:projector@nordik.ca",
        "ATTENDEE;CUTYPE=GROUP:mailto:everyone@nordik.ca",
        "ATTENDEE:mailto:c_1a2b@resource.calendar.google.com",
        "ATTENDEE:mailto:no-reply@calendly.com",
        "ATTENDEE:mailto:calendar.noreply@nordik.ca",
        "ATTENDEE:mailto:do_not.reply+17@nordik.ca",
        "ATTENDEE:mailto:ne-pas-repondre@emploi.gouv.qc.ca",
        "ATTENDEE:invalid:nomail",
        "ATTENDEE:mailto:camille@other.ca",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:fred@fireflies.ai",
        "ATTENDEE;PARTSTAT=Declined:mailto:marc@nordik.ca",
        "ATTENDEE;ROLE=NON-PARTICIPANT:mailto:assistant@nordik.ca",
    ]
    (event,) = read(
        entry(
            *machines,
            "ATTENDEE;CN=Noreen Plyson:mailto:noreen.plyson@nordik.ca",
            "ATTENDEE;CN=Ève;EMAIL=eve@nordik.ca:/aMTIz/principal/",
            "ORGANIZER:mailto:noreply@goodtime.io",
        )
    )
    assert [someone.address for someone in event.people] == ["noreen.plyson@nordik.ca", "eve@nordik.ca"]
    assert event.organizer.address == "noreply@goodtime.io"


JULIE = "ATTENDEE:mailto:julie@nordik.ca"
ROOM = "ATTENDEE;CUTYPE=ROOM:mailto:room@example.org"


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([], "confirmed"),
        (["STATUS:TENTATIVE"], "tentative"),
        (["STATUS:CANCELLED", "ATTENDEE;PARTSTAT=DECLINED:mailto:me@example.org"], "cancelled"),
        (["ATTENDEE;PARTSTAT=DECLINED:MAILTO:Me@Example.org", "STATUS:TENTATIVE"], "declined"),
        (['ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:bob@example.org":mailto:me@example.org'], "declined"),
        (['ATTENDEE;EMAIL="me@example.org";PARTSTAT=DECLINED:mailto:2_GU4DEMRQ@imip.me.com'], "declined"),
        (["ATTENDEE;PARTSTAT=DECLINED:mailto:julie@nordik.ca"], "confirmed"),
        (["ORGANIZER:mailto:me@example.org", JULIE], "mine"),
        (["ORGANIZER:mailto:me@example.org", ROOM], "confirmed"),
        (["ORGANIZER:mailto:me@example.org", JULIE, "STATUS:CANCELLED"], "cancelled"),
    ],
)
def test_status(read, lines, status):
    (event,) = read(entry(*lines))
    assert event.status == status


@pytest.mark.parametrize(
    ("text", "tags", "case"),
    [
        ("#Interview (#deuxième-ronde), #x_1", ("interview", "deuxième-ronde", "x_1"), ""),
        ("https://x.ca/#interview and C#sharp and a#b and #1", (), ""),
        ("#case:client-a. #case:other", (), "client-a"),
        ("#case:nordik.ca", (), "nordik.ca"),
    ],
)
def test_tags_and_case(read, text, tags, case):
    (event,) = read(entry(summary=text))
    assert (event.tags, event.case, event.title) == (tags, case, text)


def test_descriptions_lose_their_html_and_all_strings_their_control_characters(read):
    (event,) = read(
        entry(
            "DESCRIPTION:<style>p{color:#fff}</style><p>Meet <b>Julie</b> &amp; Marc<br>#interview</p>\x1b[31m\\n"
            "<julie@nordik.ca> <https://nordik.ca>",
            "ATTENDEE;CN=Ju\x07lie:mailto:julie@nordik.ca",
            summary="Inter\x1b]0;view\u202e",
        )
    )
    assert event.text == "Meet Julie & Marc\n#interview\n[31m\n<julie@nordik.ca> <https://nordik.ca>"
    assert event.tags == ("interview",)
    assert event.title == "Inter]0;view"
    assert event.people[0].name == "Julie"


def test_sizes_are_bounded(read):
    crowd = [f"ATTENDEE:mailto:p{number}@nordik.ca" for number in range(3000)]
    (event,) = read(entry("DESCRIPTION:" + "long " * 100_000, *crowd, uid="u" * 5000, summary="s" * 5000))
    assert len(event.text) <= 2000
    assert len(event.title) <= 500
    assert len(event.id) < 300
    assert len(event.people) <= 500


# --- recurring meetings ----------------------------------------------------------------------------------------

WEEKLY = {"start": "DTSTART;TZID=America/Toronto:20261026T090000", "end": "DTEND;TZID=America/Toronto:20261026T093000"}


def test_every_occurrence_has_the_id_of_its_slot_and_keeps_its_local_time_over_the_change_of_clocks(read):
    events = by_id(read(entry("RRULE:FREQ=WEEKLY;COUNT=3", **WEEKLY)))
    assert set(events) == {"a@x/20261026T130000Z", "a@x/20261102T140000Z", "a@x/20261109T140000Z"}
    assert {(event.start.hour, event.end - event.start) for event in events.values()} == {(9, timedelta(minutes=30))}


def test_moved_cancelled_and_deleted_occurrences(read):
    events = by_id(
        read(
            entry("RRULE:FREQ=WEEKLY;COUNT=5", "EXDATE;TZID=America/Toronto:20261123T090000", **WEEKLY),
            entry(
                "RECURRENCE-ID;TZID=America/Toronto:20261102T090000",
                start="DTSTART;TZID=America/Toronto:20261104T160000",
                end="",
            ),
            entry("RECURRENCE-ID:20261109T140000Z", "STATUS:CANCELLED", start="DTSTART:20261109T140000Z", end=""),
        )
    )
    assert {ident: event.status for ident, event in events.items()} == {
        "a@x/20261026T130000Z": "confirmed",
        "a@x/20261102T140000Z": "confirmed",
        "a@x/20261109T140000Z": "cancelled",
        "a@x/20261116T140000Z": "confirmed",
    }
    assert events["a@x/20261102T140000Z"].start == datetime(2026, 11, 4, 16, tzinfo=TORONTO)


def test_this_and_future_moves_the_rest_and_every_id_stays_its_own(read):
    events = by_id(
        read(
            entry("RRULE:FREQ=WEEKLY;COUNT=4", **WEEKLY),
            entry(
                "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=America/Toronto:20261109T090000",
                start="DTSTART;TZID=America/Toronto:20261109T110000",
                end="DTEND;TZID=America/Toronto:20261109T120000",
            ),
        )
    )
    assert {ident: event.start.hour for ident, event in events.items()} == {
        "a@x/20261026T130000Z": 9,
        "a@x/20261102T140000Z": 9,
        "a@x/20261109T140000Z": 11,
        "a@x/20261116T140000Z": 11,
    }


def test_an_exception_without_a_date_excepts_nothing(read):
    assert len(read(entry("RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE:", **WEEKLY))) == 3


def test_whole_days_recur_by_date(read):
    events = by_id(read(entry("RRULE:FREQ=DAILY;COUNT=2", start="DTSTART;VALUE=DATE:20261109", end="")))
    assert {ident: event.end.hour for ident, event in events.items()} == {"a@x/20261109": 18, "a@x/20261110": 18}


def test_a_whole_series_can_be_cancelled(read):
    events = read(entry("RRULE:FREQ=WEEKLY;COUNT=3", "STATUS:CANCELLED", **WEEKLY))
    assert [event.status for event in events] == ["cancelled"] * 3


def test_an_occurrence_to_which_alone_one_was_invited(read):
    (event,) = read(entry("RECURRENCE-ID:20261109T150000Z"))
    assert event.id == "a@x/20261109T150000Z"


def test_the_window(read):
    events = read(
        entry("RRULE:FREQ=DAILY", uid="daily", start="DTSTART:20200101T150000Z", end=""),
        entry(uid="old", start="DTSTART:20260101T150000Z", end=""),
        entry(uid="far", start="DTSTART:20280101T150000Z", end=""),
        days_ahead=10,
    )
    starts = sorted(event.start for event in events)
    assert len(starts) == 70
    assert SINCE <= starts[0] < starts[-1] <= NOW + timedelta(days=10)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=2",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12;BYMINUTE=0,10,20,30,40,50",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;COUNT=1;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYSETPOS=9;BYHOUR=8",
        "FREQ=NEVER",
        "FREQ=DAILY;INTERVAL=0",
    ],
)
def test_floods_of_occurrences_are_reported_at_once_and_stop_nothing(read, rule):
    items = read(entry(f"RRULE:{rule}", uid="flood", start="DTSTART:20000101T150000Z"), entry(uid="good"))
    assert [item.id for item in items if isinstance(item, Event)] == ["good"]
    (bad,) = (item for item in items if isinstance(item, BadItem))
    assert bad.where in ("calendar.ics:4: Interview", "calendar.ics:10: Interview")
    assert bad.source_line in ("BEGIN:VEVENT", f"RRULE:{rule}")


def test_a_few_hourly_meetings_are_fine(read):
    assert len(read(entry("RRULE:FREQ=HOURLY;INTERVAL=2;COUNT=4"))) == 4


@pytest.mark.parametrize(
    "rule", ["FREQ=SEC\n ONDLY", "FREQ=DAILY", "FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11;BYDAY=MO"]
)
def test_a_time_zone_that_floods_takes_only_its_own_meetings_with_it(read, rule):
    zone = (
        f"BEGIN:VTIMEZONE\nTZID:Office\nBEGIN:STANDARD\nDTSTART:16010101T000000\nRRULE:{rule}\n"
        "TZOFFSETFROM:-0500\nTZOFFSETTO:-0500\nEND:STANDARD\nEND:VTIMEZONE"
    )
    good, bad = read(zone, entry(start="DTSTART;TZID=Office:20261109T090000", end="", uid="bad"), entry(uid="good"))
    assert (good.id, bad.id) == ("good", "bad")
    assert "time zone" in bad.message


def test_what_lists_too_much_is_left_out_by_itself(read):
    good, *bad = read(
        entry("EXDATE:" + ",".join(["20261101T000000Z"] * 10_001), uid="one line"),
        entry(*["EXDATE:20261101T000000Z"] * 20_001, uid="lines"),
        entry(*["RRULE:FREQ=DAILY"] * 11, uid="rules"),
        entry(uid="good"),
    )
    assert good.id == "good"
    assert [item.id for item in bad] == ["oneline", "lines", "rules"]


def test_a_series_of_decades_costs_what_its_window_costs():
    series = icalendar.Calendar.from_ical(
        calendar(entry("RRULE:FREQ=DAILY", start="DTSTART:19000101T100000Z", end=""))
    ).events
    assert steps(series, NOW) > 40_000
    bring_near(series, SINCE)
    assert steps(series, NOW) < 100


def test_recurring_meetings_together_are_bounded(read, monkeypatch):
    monkeypatch.setattr(news, "MOST_STEPS", 500)
    found = read(*(entry("RRULE:FREQ=DAILY", start="DTSTART:20260901T100000Z", end="", uid=f"{n}") for n in range(3)))
    assert {item.id.partition("/")[0] for item in found if isinstance(item, Event)} == {"0"}
    assert [item.id for item in found if isinstance(item, BadItem)] == ["1", "2"]


def test_a_source_with_too_many_meetings_says_which_are_left_out(tmp_path):
    path = tmp_path / "calendar.ics"
    hours = ",".join(map(str, range(10)))
    path.write_text(calendar(*(entry(f"RRULE:FREQ=DAILY;BYHOUR={hours}", uid=f"{n}") for n in range(5))))
    found = pull(path)
    *events, bad = found.events
    assert len(events) <= 20_000
    assert "20,000" in bad.message
    assert "1 entries" in bad.message
    assert bad.where == "calendar.ics:36"
    assert not found.complete
    assert list(pull(path, found.cursor, now=NOW + timedelta(days=1)).events), "nothing is taken for known"


# --- which revision counts -------------------------------------------------------------------------------------


def test_the_last_revision_of_a_meeting_counts(read):
    (event,) = read(
        entry("SEQUENCE:2", summary="new"), entry("SEQUENCE:1", summary="old"), entry(summary="without a number")
    )
    assert event.title == "new"
    (event,) = read(
        entry("LAST-MODIFIED:20261105T000000Z", summary="new"), entry("LAST-MODIFIED:20261104T000000Z", summary="old")
    )
    assert event.title == "new"


def test_the_newest_of_two_files_counts(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.ics").write_text(calendar(entry("LAST-MODIFIED:20261105T000000Z", summary="new")))
    (tmp_path / "sub" / "b.ics").write_text(calendar(entry("LAST-MODIFIED:20261104T000000Z", summary="old")))
    (event,) = pull(tmp_path).events
    assert (event.title, event.where) == ("new", "a.ics: new")


# --- faults ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ({"start": ""}, "DTSTART"),
        ({"start": "DTSTART:yesterday"}, "yesterday"),
        ({"end": "DTEND:20261108T150000Z"}, "ends before it starts"),
        ({"start": "DTSTART:00010101T000000Z", "end": ""}, "calendar"),
        ({"start": "DTSTART:20261109T090000\nDTSTART:20261110T090000"}, "two"),
    ],
)
def test_one_broken_meeting_is_reported_and_the_others_work(read, lines, word):
    items = read(entry(uid="bad", summary="Broken", **lines), entry(uid="good"))
    (bad,) = (item for item in items if isinstance(item, BadItem))
    assert (bad.where, bad.source_line == "BEGIN:VEVENT") in (
        ("calendar.ics:4: Broken", True),
        ("calendar.ics:8: Broken", False),
    )
    assert word in bad.message or word == "calendar"
    assert [item.id for item in items if isinstance(item, Event)] == ["good"]


def test_a_meeting_without_uid_is_known_by_its_time_and_title(read):
    (first,) = read(entry(uid="").replace("UID:\n", ""))
    (again,) = read(entry("DESCRIPTION:edited", uid="").replace("UID:\n", ""))
    assert first.id == again.id
    assert first.id.startswith("sha256:")


WHOLE = calendar(entry())


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"<html>Please log in</html>",
        WHOLE[: len(WHOLE) // 2].encode(),
        WHOLE.encode() + WHOLE[: len(WHOLE) // 2].encode(),
    ],
    ids=["empty", "blank", "png", "html", "half", "second-half"],
)
def test_what_is_no_whole_calendar_is_unreadable_and_never_an_empty_one(tmp_path, raw):
    path = tmp_path / "calendar.ics"
    path.write_bytes(raw)
    with pytest.raises(Unreadable, match=r"calendar\.ics .+; .+"):
        pull(path)


def test_a_byte_order_mark_and_dos_lines_are_fine(tmp_path):
    path = tmp_path / "calendar.ics"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    assert len(pull(path).events) == 1


def test_missing_empty_or_strange_places_are_unreadable(tmp_path):
    with pytest.raises(Unreadable, match="does not exist"):
        pull(tmp_path / "none.ics")
    with pytest.raises(Unreadable, match=r"no \.ics file"):
        pull(tmp_path)
    os.mkfifo(tmp_path / "pipe.ics")
    for place in (tmp_path, tmp_path / "pipe.ics"):
        with no_waiting(), pytest.raises(Unreadable, match="is a pipe and no file"):
            pull(place)


# --- the files of a folder --------------------------------------------------------------------------------------


def test_one_file_that_cannot_be_read_is_named_and_leaves_open_what_is_gone(tmp_path):
    (tmp_path / "a.ics").write_text(calendar(entry()))
    (tmp_path / "b.ics").write_text(calendar(entry(uid="b")))
    before = pull(tmp_path)
    (tmp_path / "a.ics").write_text(calendar(entry(), entry(uid="new")))
    (tmp_path / "b.ics").write_text("")
    found = pull(tmp_path, before.cursor)
    assert [event.id for event in found.events] == ["a@x", "new"]
    assert [(part.where, part.message.split(";")[0]) for part in found.unread] == [("b.ics", "is empty")]
    assert not found.complete
    assert pull(tmp_path, found.cursor).unread == found.unread
    (tmp_path / "b.ics").write_text(calendar(entry(uid="b")))
    whole = pull(tmp_path, found.cursor)
    assert ([event.id for event in whole.events], whole.complete, whole.unread) == (["b"], True, ())
    assert set(whole.unchanged) == {"a@x", "new"}


@pytest.mark.parametrize("odd", ["away", "cut", "placeholder", "too-large", "cannot-be-opened"])
def test_whatever_may_hold_entries_and_cannot_be_read_is_named(tmp_path, odd, request):
    (tmp_path / "a.ics").write_text(WHOLE)
    path = tmp_path / "b.ics"
    match odd:
        case "away":
            path.symlink_to("/nowhere/b.ics")
        case "cut":
            path.write_text(WHOLE[:100])
        case "placeholder":
            (tmp_path / ".b.ics.icloud").write_text("")
        case "too-large":
            path.touch()
            os.truncate(path, 2**40)
        case "cannot-be-opened":
            request.getfixturevalue("unprivileged")
            path.write_text(WHOLE)
            path.chmod(0)
    with no_waiting():
        found = pull(tmp_path)
    assert ([part.where for part in found.unread], len(found.events), found.complete) == (["b.ics"], 1, False)


@pytest.mark.parametrize("end", ["END:VCALENDARD", "END:VCALENDAR;", "end : vcalendar that is all"])
def test_a_calendar_whose_last_line_is_broken_is_whole_and_the_line_is_told(tmp_path, end):
    path = tmp_path / "calendar.ics"
    path.write_text(WHOLE.replace("END:VCALENDAR", end))
    event, told = pull(path).events
    assert (event.id, told.where) == ("a@x", f"calendar.ics:{len(WHOLE.splitlines())}")
    assert pull(path).complete


@pytest.mark.parametrize("more", ["junk\n", "\n\n", "END:VCALENDAR\n"])
def test_what_stands_behind_the_end_is_none_of_the_calendar(tmp_path, more):
    path = tmp_path / "calendar.ics"
    path.write_text(WHOLE + more)
    assert [item.id for item in pull(path).events] == ["a@x"]


@pytest.mark.parametrize("rest", ["", "BEGIN:VEVENT\n", "BEGIN:VEVENT\nUID:b@x\nDTSTART:2026", "END:VCAL"])
def test_a_calendar_that_is_cut_off_is_unreadable_as_its_rest_may_change_what_is_there(tmp_path, rest):
    path = tmp_path / "calendar.ics"
    path.write_text(WHOLE.replace("END:VCALENDAR\n", rest))
    with pytest.raises(Unreadable, match="is cut off"):
        pull(path)


def test_if_no_file_of_a_folder_can_be_read_the_source_is_unreadable(tmp_path):
    (tmp_path / "a.ics").write_text("")
    (tmp_path / "b.ics").symlink_to("/nowhere/b.ics")
    with pytest.raises(Unreadable, match=r"a\.ics is empty|b\.ics is a link to /nowhere"):
        pull(tmp_path)


def test_what_can_hold_no_entries_is_told_and_nothing_is_missing_without_it(tmp_path):
    folder = tmp_path / "calendars"
    strange(folder, ".ics")
    (tmp_path / "beside.ics").write_text(calendar(entry(uid="not-of-the-folder")))
    (folder / "a.ics").write_text(WHOLE)
    with no_waiting():
        event, *told = pull(folder).events
    assert (event.id, {item.where for item in told}) == (
        "a@x",
        {"device.ics", "fifo.ics", "loop.ics", "socket.ics"},
    )
    assert pull(folder).complete


@pytest.mark.parametrize("as_folder", [True, False])
def test_the_copy_of_a_conflict_is_told_and_brings_back_nothing(tmp_path, as_folder):
    path = tmp_path / "calendar.ics"
    path.write_text(calendar(entry()))
    copy = "calendar.sync-conflict-20261112-101010-ABCDEFG.ics"
    (tmp_path / copy).write_text(calendar(entry(), entry(uid="deleted-since")))
    found = pull(tmp_path if as_folder else path)
    event, told = found.events
    assert (event.id, told.where, found.complete) == ("a@x", copy, True)


def test_a_name_in_any_bytes_is_shown_where_its_entries_lie(tmp_path):
    (tmp_path / os.fsdecode(b"\xe9.ics")).write_text(WHOLE)
    (event,) = pull(tmp_path).events
    assert event.where == r"\udce9.ics: Interview"


def test_files_that_are_moved_while_they_are_read_are_looked_for_anew(tmp_path, monkeypatch):
    path = tmp_path / "a.ics"
    path.write_text(WHOLE)

    def moved_first(found, largest, read=regular_files.read_all):
        if path.exists():
            path.rename(tmp_path / "b.ics")
        return read(found, largest)

    monkeypatch.setattr(regular_files, "read_all", moved_first)
    (event,) = pull(tmp_path).events
    assert event.where.startswith("b.ics:")


@pytest.mark.usefixtures("unprivileged")
def test_a_file_without_permission_is_unreadable(tmp_path):
    path = tmp_path / "calendar.ics"
    path.write_text(WHOLE)
    path.chmod(0)
    with pytest.raises(Unreadable, match="permissions"):
        pull(path)


def test_a_file_beyond_20_mb_is_refused_unread(tmp_path):
    path = tmp_path / "calendar.ics"
    path.write_text(WHOLE)
    os.truncate(path, 60_000_000)
    with pytest.raises(Unreadable, match="20 MB"):
        pull(path)


# --- the cursor ------------------------------------------------------------------------------------------------


def test_an_unchanged_calendar_gives_nothing_until_file_day_or_options_change(tmp_path):
    path = tmp_path / "calendar.ics"
    path.write_text(calendar(entry("LAST-MODIFIED:20261102T120000Z"), entry(uid="c")))
    first = pull(path)
    assert pull(path, first.cursor) == Pull(cursor=first.cursor)
    assert pull(path, first.cursor, now=NOW + timedelta(hours=3)) == Pull(cursor=first.cursor)
    assert pull(path, first.cursor, now=NOW + timedelta(days=1)).complete
    assert pull(path, first.cursor, days_ahead=10).complete
    assert pull(path, first.cursor, profile=Profile(me=PROFILE.me, timezone=ZoneInfo("Europe/Paris"))).complete
    path.write_text(calendar(entry("LAST-MODIFIED:20261102T120000Z"), entry(uid="b")))
    found = pull(path, first.cursor)
    assert ([event.id for event in found.events], list(found.unchanged)) == (["b"], ["a@x"])


def test_a_meeting_that_was_deleted_is_missing_from_a_complete_pull(tmp_path):
    path = tmp_path / "calendar.ics"
    path.write_text(calendar(entry(), entry(uid="b"), entry(uid="c")))
    cursor = pull(path).cursor
    path.write_text(calendar(entry(uid="b"), entry(uid="c")))
    found = pull(path, cursor)
    assert found.complete
    assert [*found.events, *found.unchanged] == ["b", "c"]


def test_an_unchanged_calendar_costs_no_heavy_import(tmp_path):
    path = tmp_path / "calendar.ics"
    path.write_text(WHOLE)
    script = (
        "import sys, pathlib, datetime as d, zoneinfo, followup_ics as p\n"
        "from followup_rules import Context, Profile\n"
        "now = d.datetime(2026, 11, 9, 17, tzinfo=d.UTC)\n"
        "profile = Profile(me=frozenset(['me@example.org', 'camille@other.ca']), timezone=zoneinfo.ZoneInfo('America/Toronto'))\n"
        "(kind,) = p.register_sources()\n"
        "source = kind.open(p.IcsOptions(path=pathlib.Path(sys.argv[1])), Context(profile=profile, now=now))\n"
        "print(source.pull(now - d.timedelta(days=60), sys.argv[2]).complete, 'icalendar' in sys.modules)\n"
    )
    command = [sys.executable, "-c", script, str(path)]
    unchanged = subprocess.run([*command, pull(path).cursor], capture_output=True, text=True, check=True)
    assert unchanged.stdout.split() == ["False", "False"]
    changed = subprocess.run([*command, "other"], capture_output=True, text=True, check=True)
    assert changed.stdout.split() == ["True", "True"]


# --- calendars of the real world -------------------------------------------------------------------------------


def _real_calendars():
    folders = [Path(module.__file__).parent for module in (icalendar, recurring_ical_events)]
    return sorted(file for folder in folders for file in folder.rglob("*.ics"))


@pytest.mark.parametrize("now", [datetime(2019, 8, 1, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC)])
def test_real_calendars_give_meetings_or_a_sentence(now):
    files = _real_calendars()
    if len(files) < 50:
        pytest.skip("the installed icalendar and recurring_ical_events carry no test calendars")
    meetings = 0
    for file in files:
        try:
            found = pull(file, since=now - timedelta(days=400), now=now)
        except Unreadable:
            continue
        events = [item for item in found.events if isinstance(item, Event)]
        assert len({event.id for event in events}) == len(events), file
        assert all(event.start.tzinfo and event.end >= event.start for event in events), file
        meetings += len(events)
    assert meetings > 100
