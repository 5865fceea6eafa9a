"""Of a calendar that was read before only what changed is read anew, and nobody can tell the difference."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

import followup_ics
from followup_ics import IcsOptions, entries
from followup_rules import BadItem, Context, Event, Profile, Pull
from followup_rules.host.checked_pull import checked
from followup_rules.store.store import Store, open_copy

TORONTO = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 9, 12, tzinfo=TORONTO)
LOOKBACK = timedelta(days=30)


def calendar(*bodies):
    return "\n".join(
        ["BEGIN:VCALENDAR", *(f"BEGIN:VEVENT\n{body}\nEND:VEVENT" for body in bodies), "END:VCALENDAR", ""]
    )


def pull(path: Path, cursor: str, now: datetime) -> Pull:
    (kind,) = followup_ics.register_sources()
    context = Context(profile=Profile(me=frozenset({"me@example.org"}), timezone=TORONTO), now=now)
    return kind.open(IcsOptions(path=path, days_ahead=40), context).pull(now - LOOKBACK, cursor)


class Kept:
    """What a store keeps of the pulls of a source."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def take(self, found: Pull, now: datetime) -> None:
        found = checked(found, ("meeting",))
        events = [item for item in found.events if isinstance(item, Event)]
        self.store.events.take("calendar", found, events, now - LOOKBACK, now)

    def events(self) -> list[Event]:
        return self.store.events.events(self.store.events.ids())


STARTS = st.sampled_from(
    ["20261012T090000", "20261110T090000", "20261218T235900", "20261219T000500", "20270105T090000"]
)
TIMES = st.builds(
    lambda start, zone, more: f"DTSTART{zone}:{start}\nDURATION:PT1H{more}",
    STARTS,
    st.sampled_from(["", ";TZID=America/Toronto", ";TZID=Office", ";TZID=Nowhere"]),
    st.sampled_from(
        ["", "\nRRULE:FREQ=WEEKLY", "\nRRULE:FREQ=DAILY;COUNT=90", "\nRRULE:FREQ=NEVER", "\nRDATE:20261120T090000"]
    ),
)
BODIES = st.builds(
    lambda uid, times, more: f"{uid}{times}{more}",
    st.sampled_from(["UID:a\n", "UID:b\n", "UID:c\n", "UID:d\\, e\n", ""]),
    TIMES,
    st.sampled_from(
        [
            "",
            "\nSUMMARY:Interview",
            "\nSTATUS:CANCELLED",
            "\nRECURRENCE-ID:20261110T140000Z",
            "\nSEQUENCE:2",
            "\nDTSTAMP:20261108T120000Z",
            "\nDTSTAMP:20261110T120000Z",
            "\nLAST-MODIFIED:20261109T203000Z",
            "\nORGANIZER:mailto:julie@nordik.ca",
            "\nORGANIZER:mailto:ev@elsewhere.example",
        ]
    ),
)
FILES = st.lists(BODIES, max_size=4)
STEPS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(["a.ics", "b.ics"]), FILES, max_size=2), st.sampled_from([0, 5, 11, 24, 72])
    ),
    min_size=1,
    max_size=6,
)


ONCE, WEEKLY = "DTSTART:20261012T090000\nDURATION:PT1H", "DTSTART:20261110T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"


@example(
    # What was renamed is shown by its new id in a file that is not read anew, while half of another is unreadable.
    [
        ({"a.ics": [], "b.ics": [*[f"UID:a\n{ONCE}"] * 3, WEEKLY]}, 0),
        ({"b.ics": [f"UID:a\n{ONCE}", f"UID:a\n{ONCE}\nRRULE:FREQ=DAILY;COUNT=90"]}, 0),
        ({"a.ics": [f"UID:b\n{ONCE}", f"{ONCE}\nRRULE:FREQ=NEVER", WEEKLY]}, 0),
    ]
)
@given(STEPS)
@settings(deadline=None)
def test_any_sequence_of_edits_and_days_leads_to_what_a_whole_reading_leads_to(steps):
    with TemporaryDirectory() as folder, ExitStack() as places:
        quick, whole = (Kept(places.enter_context(open_copy(Path(folder) / f"{n}.db"))) for n in ("quick", "whole"))
        cursor, now = "", NOW
        (Path(folder) / "z.ics").write_text(calendar())
        for edits, hours in steps:
            for name, bodies in edits.items():
                (Path(folder) / name).write_text(calendar(*bodies) + " " * len(str(bodies)))
            now += timedelta(hours=hours)
            found = pull(Path(folder), cursor, now)
            cursor = found.cursor
            quick.take(found, now)
            whole.take(pull(Path(folder), "", now), now)
            assert quick.events() == whole.events()


def test_only_what_changed_is_parsed(tmp_path, monkeypatch):
    path, read = tmp_path / "calendar.ics", []
    original = entries.component
    monkeypatch.setattr(
        "followup_ics.calendar.component", lambda found, profile: read.append(found.uid) or original(found, profile)
    )
    bodies = [f"UID:{number}\nDTSTART:20261110T140000Z\nSUMMARY:Interview" for number in range(500)]
    path.write_text(calendar(*bodies))
    first = pull(path, "", NOW)
    assert len(read) == 500
    read.clear()
    path.write_text(calendar(*bodies[:7], f"{bodies[7]} with Julie", *bodies[9:]))
    second = pull(path, first.cursor, NOW)
    assert read == ["7"]
    assert [event.title for event in second.events] == ["Interview with Julie"]
    assert second.complete
    assert "8" not in second.unchanged
    assert len(second.unchanged) == 498


def test_a_stamp_of_the_export_is_no_change(tmp_path):
    path = tmp_path / "calendar.ics"
    body = "UID:a\nDTSTART:20261110T140000Z\nLAST-MODIFIED:20261101T000000Z\nDTSTAMP:{}"
    path.write_text(calendar(body.format("20261109T120000Z")))
    cursor = pull(path, "", NOW).cursor
    path.write_text(calendar(body.format("20261109T120500Z")) + "\n")
    found = pull(path, cursor, NOW)
    assert (list(found.events), list(found.unchanged)) == ([], ["a"])


def test_the_cursor_is_small_and_tells_nothing(tmp_path):
    path = tmp_path / "calendar.ics"
    path.write_text(
        calendar(*(f"UID:julie-{n}@nordik.ca\nDTSTART:20261110T140000Z\nSUMMARY:Julie Roy" for n in range(1_000)))
    )
    cursor = pull(path, "", NOW).cursor
    assert len(cursor) < 11_000
    assert not any(word in cursor for word in ("julie", "nordik", "Roy,", "Julie"))


def test_a_cursor_of_another_kind_is_no_memory(tmp_path):
    path = tmp_path / "calendar.ics"
    path.write_text(calendar("UID:a\nDTSTART:20261110T140000Z"))
    for cursor in ("", "abc", '["x"]', "5", '["a","b",["c","d"],"~","~",1]'):
        assert [event.id for event in pull(path, cursor, NOW).events] == ["a"]


def test_what_cannot_be_read_is_told_again_whenever_something_changes(tmp_path):
    path = tmp_path / "calendar.ics"
    path.write_text(calendar("UID:bad\nDTSTART:soon"))
    first = pull(path, "", NOW)
    path.write_text(calendar("UID:bad\nDTSTART:soon", "UID:a\nDTSTART:20261110T140000Z"))
    told = [item.id for item in pull(path, first.cursor, NOW).events if isinstance(item, BadItem)]
    assert told == ["bad"]
