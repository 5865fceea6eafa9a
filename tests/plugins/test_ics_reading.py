"""Calendars as programs really write them: what can mean only one thing is read as that, the rest is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import followup_ics
from followup_ics import IcsOptions
from followup_rules import BadItem, Context, Event, Profile, Pull

TORONTO = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 9, 12, tzinfo=TORONTO)
NINE = datetime(2026, 11, 12, 9, tzinfo=TORONTO)
START, END = "DTSTART;TZID=America/Toronto:20261112T090000", "DTEND;TZID=America/Toronto:20261112T100000"


def entry(*lines, uid="a", start=START, end=END):
    return "\n".join(
        ["BEGIN:VEVENT", *filter(None, [f"UID:{uid}", "SUMMARY:Interview", start, end, *lines]), "END:VEVENT"]
    )


def calendar(*entries):
    return "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *entries, "END:VCALENDAR", ""])


def pull(path: Path) -> Pull:
    (kind,) = followup_ics.register_sources()
    profile = Profile(me=frozenset({"me@example.org"}), timezone=TORONTO)
    return kind.open(IcsOptions(path=path), Context(profile=profile, now=NOW)).pull(NOW - timedelta(days=60), "")


@pytest.fixture
def read(tmp_path):
    def read(raw: bytes | str) -> list[Event | BadItem]:
        path = tmp_path / "calendar.ics"
        path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
        return list(pull(path).events)

    return read


@pytest.fixture
def starts(read):
    """Give the local starts of all meetings; each must be readable."""

    def starts(*entries):
        found = read(calendar(*entries))
        assert all(isinstance(item, Event) for item in found), found
        return sorted(item.start.strftime("%m-%d %H:%M") for item in found if item.status != "cancelled")

    return starts


# --- bytes -----------------------------------------------------------------------------------------------------

NAMED = calendar(entry("DESCRIPTION:Chez Zoé\\, 2e étage"))
EMPTY = calendar("METHOD:REPLY")


@pytest.mark.parametrize(
    "raw",
    [
        NAMED.encode(),
        NAMED.encode("cp1252"),
        NAMED.encode("utf-16"),
        NAMED.encode("utf-16-be"),
        b"\xef\xbb\xbf" + NAMED.encode(),
        (b"\xef\xbb\xbf" + EMPTY.encode()) + b"\xef\xbb\xbf" + NAMED.encode(),
        NAMED.replace("\n", "\r").encode(),
        NAMED.replace("\n", "\r\r\n").encode(),
        NAMED.replace("SUMMARY", "\rSUMMARY").replace("END:V", "\r\nEND:V").encode(),
        NAMED.encode().replace(b"Zo\xc3\xa9", b"Zo\xc3\r\n \xa9").replace(b"tage", b"t\n\tage"),
        NAMED.replace("BEGIN:V", "begin:v").replace("UID:", "uid:").encode(),
    ],
    ids=[
        "utf-8",
        "cp1252",
        "utf-16",
        "utf-16-be",
        "bom",
        "two-boms",
        "cr",
        "cr-cr-lf",
        "mixed",
        "fold-in-a-letter",
        "small",
    ],
)
def test_text_in_any_encoding_and_with_any_line_ends(read, raw):
    (event,) = read(raw)
    assert event.text == "Chez Zoé, 2e étage"


def test_a_letter_that_was_cut_through_spoils_only_itself(read):
    (event,) = read(calendar(entry("DESCRIPTION:é and XX")).encode().replace(b"XX", b"\xc3"))
    assert event.text == "é and \ufffd"


# --- what is not needed ----------------------------------------------------------------------------------------

ZONE = (
    "BEGIN:VTIMEZONE\nTZID:{}\nBEGIN:STANDARD\nDTSTART:16010101T020000\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\n"
    "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:-0500\n"
    "TZOFFSETTO:-0400\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE"
)


@pytest.mark.parametrize(
    "odd",
    [
        "BEGIN:VTODO\nDUE:soon\nRRULE:never\nEND:VTODO",
        "BEGIN:VJOURNAL\nno colon\nEND:VJOURNAL",
        "BEGIN:VFREEBUSY\nFREEBUSY:x/y\nEND:VFREEBUSY",
        "BEGIN:VTODO\nSUMMARY:without an end",
        "BEGIN:X-THING\nBEGIN:X-OTHER\nEND:X-OTHER\nEND:X-THING",
        "X-WR-CALNAME My calendar",
        ZONE.format("America/Toronto").replace("1SU", "XX").replace("-0400", "-04:00"),
        ZONE.format("Europe/Berlin").replace("-0500", "+5328"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_what_is_not_needed_makes_nothing_unreadable(starts, odd, first):
    assert starts(*((odd, entry()) if first else (entry(), odd))) == ["11-12 09:00"]


@pytest.mark.parametrize(
    "alarm",
    [
        "BEGIN:VALARM\nTRIGGER;RELATED=START:PT-2H\nEND:VALARM",
        "BEGIN:VALARM\nTRIGGER\nUID:x\nEND:VALARM",
        "BEGIN:VALARM\nX",
    ],
)
def test_alarms_are_no_part_of_a_meeting(starts, alarm):
    assert starts(entry(alarm)) == ["11-12 09:00"]


def test_an_alarm_gives_a_meeting_neither_its_id_nor_its_text(read):
    alarm = "BEGIN:VALARM\nUID:alarm\nDESCRIPTION:Beep\nSUMMARY:Beep\nEND:VALARM"
    (event,) = read(calendar(entry().replace("BEGIN:VEVENT", f"BEGIN:VEVENT\n{alarm}")))
    assert (event.id, event.title, event.text) == ("a", "Interview", "")


def test_bad_entries_are_named_with_file_and_line_and_the_rest_is_read(read):
    bad = {
        "no-date": entry(uid="no-date", start="DTSTART:2026-11-12T14:30:00Z"),
        "no-zone": entry(uid="no-zone", start="DTSTART;TZID=Customized Time Zone:20261112T090000"),
        "no-length": entry(uid="no-length", end="DURATION:a while"),
        "backwards": entry(uid="backwards", end="DTEND:20261111T090000Z"),
        "no-month": entry(uid="no-month", start="DTSTART:20261312T090000"),
        "no-rule": entry("RRULE:FREQ=OFTEN", uid="no-rule"),
        "no-end": entry(uid="no-end").replace("\nEND:VEVENT", ""),
    }
    good, *told = read(calendar(*bad.values(), entry(uid="good")))
    assert good.id == "good"
    lines = calendar(*bad.values(), entry(uid="good")).split("\n")
    assert [(item.where, item.source_line) for item in told] == [
        (f"calendar.ics:{lines.index(item.source_line) + 1}: Interview", item.source_line)
        if item.source_line != "BEGIN:VEVENT"
        else (item.where, "BEGIN:VEVENT")
        for item in told
    ]
    assert {item.id for item in told if item.source_line == "BEGIN:VEVENT"} == {"backwards", "no-end"}
    words = ("no date", "zone", "duration", "ends before", "makes no sense", "makes no sense", "no end")
    assert all(
        word in item.message
        for item, word in zip(sorted(told, key=lambda item: [*bad].index(item.id)), words, strict=True)
    )


def test_a_bad_entry_without_an_id_leaves_open_what_is_gone(tmp_path):
    path = tmp_path / "calendar.ics"
    path.write_text(calendar(entry().replace("UID:a\n", "").replace(START, "DTSTART:soon"), entry(uid="good")))
    assert not pull(path).complete


# --- times -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "America/Montreal",
        "US/Eastern",
        "america/toronto",
        '"America/Toronto"',
        "America-Toronto",
        "America/New York",
        "/mozilla.org/20050126_1/America/Toronto",
        "/freeassociation.sourceforge.net/Tzfile/America/Toronto",
        "Eastern Standard Time",
        "Eastern Daylight Time",
        "(UTC-05:00) Eastern Time",
        "(UTC-05:00) Eastern Time (US & Canada)",
        '"(GMT-05.00) Eastern Time (US & Canada)"',
        "GMT-0500",
        "UTC-5",
        "UTC-05:00",
        "-0500",
        "Etc/GMT+5",
        "(UTC-05:00) Bogota, Lima, Quito",
        "Lima, Bogota",
        "Bogota Standard Time",
    ],
)
def test_zones_in_any_spelling_that_can_mean_but_one(starts, name):
    assert starts(entry(start=f"DTSTART;TZID={name}:20261112T090000", end="")) == ["11-12 09:00"]


@pytest.mark.parametrize(
    "name", ["Central", "Mars/Olympus", "Mars/Toronto", "Customized Time Zone", "UTC-99", "America", ""]
)
def test_a_name_that_could_mean_several_zones_means_none(read, name):
    (bad,) = read(calendar(entry(start=f'DTSTART;TZID="x{name}":20261112T090000', end="")))
    assert isinstance(bad, BadItem)
    assert "time zone" in bad.message


@pytest.mark.parametrize("written", ["Customized Time Zone", "Office ", '"Office"', "tzone://Microsoft/Custom"])
@pytest.mark.parametrize("month", ["11", "07"])
def test_a_zone_that_the_file_defines_wherever_it_stands(starts, written, month):
    start = f"DTSTART;TZID={written.strip()}:2026{month}12T090000"
    found = starts(entry("RRULE:FREQ=DAILY;COUNT=200", start=start, end=""), ZONE.format(written.strip('"')))
    assert {time.partition(" ")[2] for time in found} == {"09:00"}


@pytest.mark.parametrize("name", ["EST", "GMT", "MST"])
def test_an_abbreviation_knows_summer_time_if_the_file_says_so(starts, name):
    start = f"DTSTART;TZID={name}:20260912T090000"
    assert starts(ZONE.format(name), entry(start=start, end="")) == ["09-12 09:00"]
    # Where the file says nothing, it is the zone that the IANA has under that name.
    assert starts(entry(start="DTSTART;TZID=EST:20260912T090000", end="")) == ["09-12 10:00"]


def test_a_place_is_where_it_is_whatever_the_file_says(starts):
    start = "DTSTART;TZID=Europe/Paris:20260912T150000"
    assert starts(ZONE.format("Europe/Paris"), entry(start=start, end="")) == ["09-12 09:00"]


def test_before_a_definition_begins_holds_what_its_first_change_ends(starts):
    zone = ZONE.format("Office").replace("16010101", "20261101", 1).replace("16010101", "20270314")
    assert starts(zone, entry(start="DTSTART;TZID=Office:20261015T090000", end="")) == ["10-15 09:00"]


def test_an_offset_with_a_colon_is_one(starts):
    zone = ZONE.format("Office").replace("0400", "04:00").replace("0500", "05:00")
    assert starts(zone, entry(start="DTSTART;TZID=Office:20261112T090000", end="")) == ["11-12 09:00"]


def test_a_defined_zone_knows_both_sides_of_a_change_of_clocks(starts):
    start = "DTSTART;TZID=Office:20261031T013000"
    assert starts(ZONE.format("Office"), entry("RRULE:FREQ=DAILY;COUNT=3", start=start, end="")) == [
        "10-31 01:30",
        "11-01 01:30",
        "11-02 01:30",
    ]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("DTSTART;TZID=America/Vancouver:20261112T140000Z", "DTEND;TZID=America/Vancouver:20261112T150000Z"),
        ("DTSTART;TZID=America/Toronto:20261112T0900", "DURATION:1H"),
        ("DTSTART;VALUE=DATE-TIME:20261112T090000", "DURATION:PT60M"),
        ("DTSTART:20261112T090000", "DURATION:+P1H"),
        ("DTSTART:20261112t140000z", "DURATION:P0DT1H0M0S"),
        # A start and an end without a zone have that of the other.
        ("DTSTART;TZID=Europe/Paris:20261112T150000", "DTEND:20261112T160000"),
        ("DTSTART:20261112T150000", "DTEND;TZID=Europe/Paris:20261112T160000"),
    ],
)
def test_times_and_durations_in_odd_forms(read, start, end):
    (event,) = read(calendar(entry(start=start, end=end)))
    assert (event.start, event.end) == (NINE, NINE + timedelta(hours=1))


@pytest.mark.parametrize(
    ("duration", "end"),
    [("P1D", "18:00"), ("P1W", "18:00"), ("PT24H", "17:00"), ("P1DT2H", "20:00"), ("PT26H", "19:00")],
)
def test_over_a_change_of_clocks_days_keep_the_time_of_day_and_hours_are_elapsed(read, duration, end):
    (event,) = read(calendar(entry(start="DTSTART:20261031T180000", end=f"DURATION:{duration}")))
    assert event.end.strftime("%H:%M") == end


@pytest.mark.parametrize("zone", ["America/Toronto", "Europe/Paris", "Nowhere"])
def test_a_date_is_that_date_whatever_zone_stands_beside_it(read, zone):
    start, end = f"DTSTART;TZID={zone};VALUE=DATE:20261112", f"DTEND;TZID={zone};VALUE=DATE:20261113"
    (event,) = read(calendar(entry(start=start, end=end)))
    assert (event.start.hour, event.end) == (0, datetime(2026, 11, 12, 18, tzinfo=TORONTO))


WEEKLY = "DTSTART;TZID=America/Toronto:20261105T193000"


@pytest.mark.parametrize("until", ["20261112T193000", "20261113T003000Z", "20261112", "20261112T235959"])
def test_until_is_inclusive_in_every_form(starts, until):
    assert starts(entry(f"RRULE:FREQ=WEEKLY;UNTIL={until}", start=WEEKLY, end="")) == ["11-05 19:30", "11-12 19:30"]


@pytest.mark.parametrize(
    "until",
    ["20261112", "20261112T000000Z", "20261112T193000", "20261112T050000Z", "20261113T045959Z", "20261112T235959Z"],
)
def test_until_of_whole_days(starts, until):
    days = entry(f"RRULE:FREQ=WEEKLY;UNTIL={until}", start="DTSTART;VALUE=DATE:20261105", end="")
    assert starts(days) == ["11-05 00:00", "11-12 00:00"]


@pytest.mark.parametrize(
    "slot",
    [
        "RECURRENCE-ID;VALUE=DATE:20261112",
        "RECURRENCE-ID:20261113T003000Z",
        "RECURRENCE-ID;TZID=Europe/Paris:20261113T013000",
    ],
)
def test_an_occurrence_is_known_by_its_date_and_in_any_zone(starts, slot):
    moved = entry(slot, start="DTSTART;TZID=America/Toronto:20261113T080000", end="")
    assert starts(entry("RRULE:FREQ=WEEKLY;COUNT=2", start=WEEKLY, end=""), moved) == ["11-05 19:30", "11-13 08:00"]


@pytest.mark.parametrize(
    "exception",
    [
        "EXDATE;VALUE=DATE:20261112",
        "EXDATE:20261112,20261119",
        "EXDATE;TZID=Europe/Paris:20261113T013000",
        "EXDATE:,20261113T003000Z,",
    ],
)
def test_exceptions_by_date_and_in_any_zone(starts, exception):
    assert starts(entry("RRULE:FREQ=WEEKLY;COUNT=2", exception, start=WEEKLY, end="")) == ["11-05 19:30"]


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        ("FREQ=WEEKLY;INTERVAL=2", ["11-12 19:30", "11-26 19:30"]),
        ("FREQ=MONTHLY;BYDAY=3TH", ["11-05 19:30", "11-12 19:30", "11-26 19:30"]),
        ("FREQ=WEEKLY;UNTIL=20261112", ["11-19 19:30", "11-26 19:30"]),
        ("FREQ=WEEKLY;COUNT=1;X-A=b", ["11-12 19:30", "11-19 19:30", "11-26 19:30"]),
        ("FREQ=DAILY;BYDAY=FR", ["11-05 19:30", "11-12 19:30", "11-19 19:30", "11-26 19:30"]),
    ],
)
def test_what_a_rule_excepts(starts, rule, left):
    series = ("RRULE:FREQ=WEEKLY;UNTIL=20261201T000000Z", f"EXRULE:{rule}")
    assert starts(entry(*series, start=WEEKLY, end="")) == left
    days = entry(*series, start="DTSTART;VALUE=DATE:20261105", end="")
    assert starts(days) == [f"{day[:5]} 00:00" for day in left]


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY;BYHOUR=25", "FREQ=SECONDLY;BYHOUR=3", "FREQ=OFTEN"])
def test_a_rule_of_exceptions_that_cannot_be_followed_is_told_and_nothing_is_guessed(read, rule):
    found = read(calendar(entry("RRULE:FREQ=WEEKLY;COUNT=3", f"EXRULE:{rule}", start=WEEKLY, end="")))
    assert [type(each) for each in found] == [BadItem]


@pytest.mark.parametrize("rule", ["W1 TH #3", "D1 20261130T000000"])
def test_a_rule_of_vcalendar_is_told_and_no_single_meeting(read, rule):
    (bad,) = read(calendar(entry(f"RRULE:{rule}", start=WEEKLY, end="")))
    assert isinstance(bad, BadItem)
    assert rule in bad.message


@pytest.mark.parametrize(
    "rule",
    ["RSCALE=GREGORIAN;FREQ=WEEKLY;COUNT=2", "freq=weekly;count=2;skip=omit;rscale=gregorian", '"FREQ=WEEKLY;COUNT=2"'],
)
def test_what_stands_around_a_rule_and_says_what_holds_without_it(starts, rule):
    assert starts(entry(f"RRULE:{rule}", start=WEEKLY, end="")) == ["11-05 19:30", "11-12 19:30"]


def test_dates_of_a_series_without_a_zone_are_in_that_of_its_start(starts):
    start = "DTSTART;TZID=Europe/Paris:20261105T150000"
    dates = ("RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE:20261112T150000", "RDATE:20261113T150000")
    assert starts(entry(*dates, start=start, end="")) == ["11-05 09:00", "11-13 09:00", "11-19 09:00"]


@pytest.mark.parametrize("slot", ["RECURRENCE-ID:20261112T050000Z", "RECURRENCE-ID;VALUE=DATE:20261112"])
def test_whole_days_excepted_by_times(starts, slot):
    days = entry("RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE:20261119T050000Z", start="DTSTART;VALUE=DATE:20261105", end="")
    gone = entry(slot, "STATUS:CANCELLED", start="DTSTART;VALUE=DATE:20261112", end="")
    assert starts(days, gone) == ["11-05 00:00"]


@pytest.mark.parametrize("start", ["DTSTART;TZID=Nowhere:20261117T093000", "DTSTART:20261117 2 pm"])
def test_an_occurrence_that_was_moved_nobody_can_tell_where_is_not_where_it_was(read, start):
    moved = entry("RECURRENCE-ID;TZID=America/Toronto:20261112T193000", start=start, end="")
    *found, bad = read(calendar(entry("RRULE:FREQ=WEEKLY;COUNT=3", start=WEEKLY, end=""), moved))
    assert [event.start.day for event in found] == [5, 19]
    assert isinstance(bad, BadItem)
    assert bad.id != "a", "or the occurrence would stay where it was read before"


def test_what_was_moved_nobody_can_tell_from_where_could_be_any(read):
    (bad,) = read(
        calendar(
            entry("RRULE:FREQ=WEEKLY;COUNT=3", start=WEEKLY, end=""), entry("RECURRENCE-ID:then", start="DTSTART:x")
        )
    )
    assert bad.id == "a"


def test_two_starts_are_one_if_they_are_the_same(starts, read):
    assert starts(entry(START)) == ["11-12 09:00"]
    (bad,) = read(calendar(entry(START.replace("0900", "0930"))))
    assert "two" in bad.message


# --- people and text -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("ATTENDEE;RSVP;CN=Julie Roy:mailto:julie@nordik.ca", "Julie Roy"),
        ('ATTENDEE;CN=Julie Roy;X-COMMENT="See "you" there: soon":mailto:julie@nordik.ca', "Julie Roy"),
        ("ATTENDEE;CN=Roy, Julie:mailto:julie@nordik.ca", "Roy, Julie"),
        ('ATTENDEE;CN="Roy, Julie":MAILTO:JULIE@nordik.ca', "Roy, Julie"),
        ("ATTENDEE;CN=Julie Roy:julie@nordik.ca", "Julie Roy"),
        ("ATTENDEE;CN=Julie: Roy;PARTSTAT=ACCEPTED:mailto:julie@nordik.ca", "Julie: Roy"),
        ("ATTENDEE;CN=Julie Roy;EMAIL=julie@nordik.ca:invalid:nomail", "Julie Roy"),
        ('ATTENDEE;CN="Julie Roy";EMAIL="julie@nordik.ca":mailto:2_HA2DANBQ@imip.me.com', "Julie Roy"),
        ('ATTENDEE;CN="Julie Roy";EMAIL="iCloud":mailto:julie@nordik.ca', "Julie Roy"),
        ("ATTENDEE;CN=Julie Roy:mailto: julie@nordik.ca ", "Julie Roy"),
        ("ATTENDEE;CN=Julie Roy:mailto:mailto:julie@nordik.ca", "Julie Roy"),
        ("ATTENDEE;CN=Julie Roy:mailto:julie%40nordik.ca?subject=x", "Julie Roy"),
        ("ATTENDEE;CN=Julie Roy:mailto:Julie Roy <julie@nordik.ca>", "Julie Roy"),
        ("ATTENDEE;CN=Julie Roy:mailto:julie@nordik.ca;RSVP=TRUE", "Julie Roy"),
        ("ATTENDEE;CN=Julie Roy:mailto:julie@nordik.ca\\,", "Julie Roy"),
        ('ATTENDEE;CN="Julie ^n Roy":mailto:julie@nordik.ca', "Julie Roy"),
        ("ATTENDEE;CN=Ju\u00adlie\u200b Roy:mailto:julie@nordik.ca", "Julie Roy"),
        ("ATTENDEE;CN=:mailto:julie@nordik.ca", ""),
        ("ATTENDEE:invalid:nomail\nATTENDEE:mailto:julie@nordik.ca", ""),
        ("ATTENDEE;CN=julie@nordik.ca:invalid:nomail", ""),
        ("ATTENDEE;CN=ev@elsewhere.example:mailto:julie@nordik.ca", "ev@elsewhere.example"),
    ],
)
def test_nobody_is_lost_by_odd_parameters(read, line, name):
    (event,) = read(calendar(entry(line)))
    assert [(person.address, person.name) for person in event.people] == [("julie@nordik.ca", name)]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("SUMMARY;LANGUAGE=en:Talk\nSUMMARY;LANGUAGE=fr:Entretien", "Talk"),
        ('SUMMARY;X="a"b":Talk', "Talk"),
        ("SUMMARY:Talk\\, then lunch\\; bring \\\\ all\\n", "Talk, then lunch; bring \\ all"),
        ("SUMMARY:Inter\u00adview\u200b with\u2060 Julie", "Interview with Julie"),
        ("SUMMARY:", ""),
        ("SUMMARY:\nSUMMARY;LANGUAGE=fr:Entretien", "Entretien"),
        # vCalendar 1.0, which phones and Outlook still write: a line may also go on behind "=".
        (
            "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Entretien t=C3=A9l=\n=C3=A9phonique",
            "Entretien téléphonique",
        ),
        ("SUMMARY;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Entretien t=E9l=E9phonique", "Entretien téléphonique"),
        ("SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=x-nobody:=C3=89t=C3=A9", "Été"),
    ],
)
def test_titles(read, line, title):
    (event,) = read(calendar(entry(line).replace("SUMMARY:Interview\n", "")))
    assert event.title == title


def test_a_definition_is_used_only_in_its_file(tmp_path):
    local = entry(start="DTSTART;TZID=Office:20261112T090000", end="", uid="b")
    (tmp_path / "1.ics").write_text(calendar(ZONE.format("Office"), entry()))
    (tmp_path / "2.ics").write_text(calendar(local))
    good, bad = pull(tmp_path).events
    assert good.start == NINE.astimezone(UTC)
    assert (bad.where, bad.source_line) == ("2.ics:6: Interview", "DTSTART;TZID=Office:20261112T090000")
