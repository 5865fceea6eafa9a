"""What an entry of an iCalendar file means: called off or not, answered or not, and which of its versions counts."""

from __future__ import annotations

import itertools
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import followup_ics
from followup_ics import IcsOptions
from followup_rules import BadItem, Context, Event, Profile

TORONTO = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 20, 12, tzinfo=TORONTO)
ME, OLD = "me@example.org", "camille@old.example"
PROFILE = Profile(me=frozenset({ME, OLD}), timezone=TORONTO)
SOPHIE = "ORGANIZER:mailto:sophie@boussole.example"
ACCEPTED = f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{ME}"


def vevent(*lines, uid="1", title="Interview", start="20261112T093000", stamp="20261101T120000Z"):
    end = start[:9] + f"{int(start[9:11]) + 1:02}" + start[11:]
    times = [f"DTSTART;TZID=America/Toronto:{start}", f"DTEND;TZID=America/Toronto:{end}"]
    return ["BEGIN:VEVENT", f"UID:{uid}", f"DTSTAMP:{stamp}", *times, f"SUMMARY:{title}", *lines, "END:VEVENT"]


def file(*entries, method=""):
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *([f"METHOD:{method}"] if method else [])]
    return "\r\n".join([*head, *itertools.chain(*entries), "END:VCALENDAR", ""])


def read(*files, now=NOW):
    """Return what a folder of these files gives."""
    with tempfile.TemporaryDirectory() as place:
        for number, text in enumerate(files):
            (Path(place) / f"{number}.ics").write_text(text, encoding="utf-8", newline="")
        (kind,) = followup_ics.register_sources()
        source = kind.open(IcsOptions(path=Path(place)), Context(profile=PROFILE, now=now))
        return list(source.pull(now - timedelta(days=60), "").events)


def meetings(*files, now=NOW):
    return {item.id: item for item in read(*files, now=now) if isinstance(item, Event)}


def the(*files, now=NOW):
    (found,) = meetings(*files, now=now).values()
    return found


# -- called off


@pytest.mark.parametrize("word", ["CANCELLED", "CANCELED", "cancelled"])
def test_a_status_in_either_spelling_calls_off(word):
    assert the(file(vevent(f"STATUS:{word}"))).status == "cancelled"


@pytest.mark.parametrize(
    "title",
    ["Canceled: Interview", "CANCELLED : Interview", "Annulé : Entrevue", "Annulée : Entrevue", "Abgesagt: Gespräch",
     "Cancelado: Entrevista", "[Cancelled] Interview", "Canceled event: Interview", "已取消：面试"],
)  # fmt: skip
def test_a_title_calls_off_as_calendars_write_it(title):
    assert the(file(vevent("STATUS:CONFIRMED", title=title))).status == "cancelled"


@pytest.mark.parametrize(
    "title",
    [
        "Cancelled orders: interview with the team",
        "Interview: canceled flights",
        "Cancel: culture",
        "Annulation du bail",
    ],
)
def test_other_titles_with_such_words_call_nothing_off(title):
    assert the(file(vevent(title=title))).status == "confirmed"


def test_a_cancellation_calls_off_and_answers_and_wishes_of_guests_change_nothing():
    request = file(vevent(SOPHIE, ACCEPTED), method="REQUEST")
    assert the(file(vevent(SOPHIE, ACCEPTED), method="CANCEL")).status == "cancelled"
    for method in ("REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH"):
        theirs = file(vevent(SOPHIE, "SEQUENCE:9", start="20261116T140000", title="x"), method=method)
        assert the(request, theirs) == the(request)
        assert meetings(theirs) == {}


@pytest.mark.parametrize(
    ("lines", "method", "expected"),
    [
        (("LAST-MODIFIED:20261110T120000Z",), "", "2026-11-10"),
        (("LAST-MODIFIED:20261110T120000Z",), "PUBLISH", "2026-11-10"),
        ((), "", "2026-11-01"),
        ((), "PUBLISH", None),  # then DTSTAMP is the time of the export
    ],
)
def test_a_stamp_tells_when_an_entry_changed_only_where_it_is_not_the_time_of_the_export(lines, method, expected):
    updated = the(file(vevent(*lines), method=method)).updated
    assert (f"{updated:%Y-%m-%d}" if updated else None) == expected


def test_stamps_that_all_entries_share_are_the_time_of_the_export():
    same = [vevent(uid=str(n), stamp=f"20261112T16000{n}Z") for n in range(3)]
    assert {event.updated for event in meetings(file(*same)).values()} == {None}
    assert None not in {event.updated for event in meetings(file(*same, vevent(uid="9"))).values()}


def short(*lines):
    """Return an entry without times."""
    return ["BEGIN:VEVENT", "UID:1", "DTSTAMP:20261102T120000Z", "SEQUENCE:1", *lines, "END:VEVENT"]


@pytest.mark.parametrize(("method", "status"), [("CANCEL", ()), ("", ("STATUS:CANCELLED",))])
def test_a_cancellation_need_not_repeat_when_the_meeting_was_to_be(method, status):
    invitation, cancellation = (
        file(vevent(SOPHIE, ACCEPTED), method="REQUEST"),
        file(short(SOPHIE, *status), method=method),
    )
    found = the(invitation, cancellation)
    assert (found.status, found.title, found.start.hour) == ("cancelled", "Interview", 9)
    assert read(cancellation) == []
    stranger = file(short("ORGANIZER:mailto:ev@elsewhere.example", *status), method=method)
    assert meetings(invitation, stranger)["1"].status == "confirmed"


def test_a_cancellation_of_one_occurrence_or_of_a_series_need_not_either():
    series = file(vevent(SOPHIE, ACCEPTED, "RRULE:FREQ=WEEKLY;COUNT=2"))
    one = file(short(SOPHIE, "RECURRENCE-ID;TZID=America/Toronto:20261119T093000"), method="CANCEL")
    all_of_it = file(short(SOPHIE), method="CANCEL")
    assert [each.status for each in meetings(series, one).values()] == ["confirmed", "cancelled"]
    assert [each.status for each in meetings(series, all_of_it).values()] == ["cancelled", "cancelled"]


def test_an_occurrence_that_is_added_moves_nothing():
    first = file(vevent(SOPHIE, ACCEPTED), method="REQUEST")
    added = file(vevent(SOPHIE, ACCEPTED, "SEQUENCE:1", start="20261119T093000"), method="ADD")
    assert [each.start.day for each in meetings(first, added).values()] == [12, 19]


# -- answered


@pytest.mark.parametrize(
    ("lines", "answered", "status"),
    [
        ([], True, "confirmed"),  # an entry of mine
        ([SOPHIE, f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{ME}"], False, "confirmed"),
        ([SOPHIE, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:luc@boussole.example"], False, "confirmed"),
        ([SOPHIE, f"ATTENDEE:mailto:{ME}"], True, "confirmed"),
        ([SOPHIE, f"ATTENDEE;PARTSTAT=X-MAYBE:mailto:{ME}"], False, "confirmed"),
        ([SOPHIE, f"ATTENDEE;CN={ME};PARTSTAT=DECLINED:invalid:nomail"], True, "declined"),
        ([f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{ME}"], False, "confirmed"),
        ([SOPHIE, ACCEPTED, f"ATTENDEE;PARTSTAT=DECLINED:mailto:{OLD}"], True, "confirmed"),
        ([SOPHIE, f"ATTENDEE;PARTSTAT=DECLINED:mailto:{OLD}", ACCEPTED], True, "confirmed"),
        ([SOPHIE, f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{OLD}", ACCEPTED], True, "confirmed"),
        ([SOPHIE, f"ATTENDEE;PARTSTAT=DECLINED:mailto:{OLD}", f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{ME}"], True, "declined"),
        ([SOPHIE, "ATTENDEE;PARTSTAT=DECLINED:mailto:me+jobs@example.org"], True, "declined"),
        ([f"ORGANIZER:mailto:{ME}", "ATTENDEE:mailto:luc@boussole.example"], True, "mine"),
        (["ORGANIZER:invalid:nomail"], True, "confirmed"),
    ],
)  # fmt: skip
def test_what_i_answered_under_any_of_my_addresses_counts(lines, answered, status):
    event = the(file(vevent(*lines)))
    assert (event.answered, event.status) == (answered, status)
    assert not any("me+jobs" in person.address for person in event.people)


# -- versions


def test_across_files_the_higher_sequence_counts_then_the_later_stamp_then_what_stands():
    def version(*lines, **more):
        return file(vevent(SOPHIE, ACCEPTED, *lines, **more), method="REQUEST")

    assert (
        the(version("SEQUENCE:3", "STATUS:CANCELLED"), version("SEQUENCE:1", stamp="20261111T120000Z")).status
        == "cancelled"
    )
    assert the(version(stamp="20261102T120000Z", title="Later"), version()).title == "Later"
    assert the(version(stamp="20991102T120000Z", title="Far"), version(title="Near")).title == "Near"
    assert the(version("STATUS:CANCELLED"), version()).status == "confirmed"


def test_another_organizers_entry_with_my_uid_is_another_meeting():
    mine = file(vevent(SOPHIE, ACCEPTED))
    theirs = file(
        vevent("ORGANIZER:mailto:ev@elsewhere.example", "SEQUENCE:9", "STATUS:CANCELLED", start="20261111T093000")
    )
    found = meetings(theirs, mine)
    assert found["1"].status == "confirmed"
    assert found["1@20261111T143000Z"].status == "cancelled"


def test_two_meetings_with_one_uid_are_two_and_told():
    one, other = vevent(title="Nordik", start="20261112T140000"), vevent(title="Boussole")
    for files in ([file(one, other)], [file(one), file(other)]):
        found = read(*files)
        assert {item.id: item.title for item in found if isinstance(item, Event)} == {
            "1": "Boussole",
            "1@20261112T190000Z": "Nordik",
        }
        assert ["Nordik" in item.message for item in found if isinstance(item, BadItem)] == [True]


def test_a_cancelled_series_takes_its_older_overrides_with_it_and_no_newer_ones():
    series = vevent(
        SOPHIE, ACCEPTED, "RRULE:FREQ=WEEKLY;COUNT=3", "STATUS:CANCELLED", "SEQUENCE:5", start="20261105T093000"
    )
    for number, status in ((2, "cancelled"), (6, "confirmed")):
        moved = vevent(
            SOPHIE,
            ACCEPTED,
            f"SEQUENCE:{number}",
            "RECURRENCE-ID;TZID=America/Toronto:20261112T093000",
            start="20261112T080000",
        )
        assert meetings(file(series), file(moved))["1/20261112T143000Z"].status == status


@pytest.mark.parametrize(
    "slot",
    [
        ";TZID=America/Toronto:20261112T093000",
        ";VALUE=DATE:20261112",
        ":20261112T143000Z",
        ";TZID=Nowhere:20261112T093000",
    ],
)
def test_an_override_that_cannot_be_read_holds_its_slot_and_is_told(slot):
    series = vevent("RRULE:FREQ=WEEKLY;COUNT=3", start="20261105T093000")
    moved = [line.replace("America/Toronto:20261117", "Nowhere:20261117") for line in vevent(start="20261117T093000")]
    moved.insert(2, f"RECURRENCE-ID{slot}")
    found = read(file(series, moved))
    assert [item.id for item in found if isinstance(item, Event)] == ["1/20261105T143000Z", "1/20261119T143000Z"]
    assert ["Nowhere" in item.message for item in found if isinstance(item, BadItem)] == [True]


def test_an_override_by_its_day_is_that_of_the_days_occurrence():
    series = vevent("RRULE:FREQ=WEEKLY;COUNT=3", start="20261105T093000")
    moved = vevent("RECURRENCE-ID;VALUE=DATE:20261112", "SEQUENCE:1", start="20261113T140000")
    starts = sorted(event.start for event in meetings(file(series, moved)).values())
    assert [f"{start:%d %H:%M}" for start in starts] == ["05 09:30", "13 14:00", "19 09:30"]


VERSIONS = st.builds(
    lambda title, start, organizer, sequence, stamp, status, method: file(
        vevent(organizer, ACCEPTED, f"SEQUENCE:{sequence}", status, title=title, start=start, stamp=stamp),
        method=method,
    ),
    st.sampled_from(["Boussole", "Nordik", "Canceled: Nordik"]),
    st.sampled_from(["20261112T093000", "20261112T140000", "20261113T093000"]),
    st.sampled_from([SOPHIE, "ORGANIZER:mailto:ev@elsewhere.example", "X-NOBODY:1"]),
    st.integers(0, 2),
    st.sampled_from(["20261101T120000Z", "20261102T120000Z", "20991101T120000Z"]),
    st.sampled_from(["STATUS:CONFIRMED", "STATUS:CANCELLED"]),
    st.sampled_from(["", "REQUEST", "CANCEL", "REPLY"]),
)


@given(
    st.lists(VERSIONS, min_size=1, max_size=4).flatmap(lambda files: st.tuples(st.just(files), st.permutations(files)))
)
def test_the_order_of_the_files_never_matters(orders):
    files, other = orders

    def essence(found):
        return {
            name: (event.start, event.title, event.status, event.organizer, event.sequence)
            for name, event in found.items()
        }

    assert essence(meetings(*files)) == essence(meetings(*other))


# -- whose it is


def test_a_calendar_is_of_who_takes_part_in_most_of_its_meetings_unless_somebody_else_does_as_well(tmp_path):
    (kind,) = followup_ics.register_sources()
    both, other = vevent(SOPHIE, ACCEPTED), vevent("ORGANIZER:mailto:luc@elsewhere.example", ACCEPTED, uid="3")

    def owners(*entries):
        (tmp_path / "calendar.ics").write_text(file(*entries), encoding="utf-8")
        return [person.address for person in kind.discovery.owners(tmp_path / "calendar.ics")]

    assert owners(both, vevent(SOPHIE, ACCEPTED, uid="2"), other) == [ME]
    assert owners(both, vevent(SOPHIE, ACCEPTED, uid="2")) == []
    opaque = ACCEPTED.replace(":mailto:" + ME, f";EMAIL={ME}:mailto:2_GU4DEMRQ@imip.me.com")
    assert owners(both, vevent(SOPHIE, opaque, uid="2"), other) == [ME]
