"""What the store no longer needs is erased once a month, and runs that do nothing do not let it grow."""

import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from followup_rules.store.store import JOURNAL_KEPT, open_store
from tests.support.storybook import JULIE, Story, call


@pytest.fixture
def story(tmp_path):
    """An interview on the 9th, two weeks of runs."""
    story = Story(tmp_path / "folder")
    story.visit("I1", "2026-11-09 10:00", JULIE)
    for day in ("06", "09", "12", "16", "20"):
        story.run(f"2026-11-{day} 12:00")
    return story


def journal(story):
    with closing(sqlite3.connect(story.folder / "out/followup.db")) as store:
        return store.execute("select at, key, state from journal order by number").fetchall()


def night(story, day):
    """Have the sent mail out of reach for one run."""
    (story.folder / "sent").rename(story.folder / "away")
    story.run(f"{day}T23:00")
    (story.folder / "away").rename(story.folder / "sent")
    story.run(f"{day}T23:30")


def test_runs_that_do_nothing_add_nothing(story):
    store = story.folder / "out/followup.db"
    story.run("2026-11-20 12:05")
    before, lines = store.stat().st_size, journal(story)
    for minutes in range(10, 60, 5):
        story.run(f"2026-11-20 12:{minutes}")
    assert (store.stat().st_size, journal(story)) == (before, lines)


def test_what_is_old_is_told_of_each_state_once(story):
    for day in range(21, 29):
        night(story, f"2026-11-{day}")
    story.run("2026-12-02 12:00")
    lines = journal(story)
    assert len([state for _, _, state in lines if state == "blind"]) == 8  # nothing of it is old enough
    story.run("2027-03-05 12:00")
    after = journal(story)
    keys = {(key, state) for _, key, state in lines}
    assert {(key, state) for _, key, state in after} >= keys
    assert len(after) < len(lines)
    old = [line for line in after if datetime.fromisoformat(line[0]) < datetime.fromisoformat("2026-12-01T05:00+00:00")]
    assert len({(key, state) for _, key, state in old}) == len(old)


def test_the_ledger_and_what_was_missed_stay(story):
    def ledger():
        with closing(sqlite3.connect(story.folder / "out/followup.db")) as store:
            return store.execute("select key, output from ledger order by 1, 2").fetchall()

    before = ledger()
    for month in ("2027-01", "2027-04", "2027-07"):
        assert story.run(f"{month}-02 12:00").exit_code == 0
    assert set(before) <= set(ledger())
    found = json.loads(
        call(story.folder, "explain", "nordik", "--json", "--history", "--now", "2027-07-02 12:00").stdout
    )
    (case,) = found["cases"]
    states = {line["state"] for line in case["history"] if line["key"] == "thank-you/nordik.ca@2026-11-09"}
    assert {"due", "expired"} <= states


def test_a_file_that_is_mostly_gaps_is_written_anew(tmp_path):
    moment = datetime.fromisoformat("2026-11-09T12:00:00+00:00")
    with open_store(tmp_path / "store.db") as store:
        rows = [(f"2026-01-01T00:{n % 60:02}:00+00:00", "x", f"key {n % 7}", "due", "why " * 20) for n in range(30_000)]
        store.database.run_many('insert into journal (at, "case", key, state, why) values (?, ?, ?, ?, ?)', rows)
        store.database.rows("pragma wal_checkpoint(truncate)")
        before = (tmp_path / "store.db").stat().st_size
        store.tidy(moment)
        assert (tmp_path / "store.db").stat().st_size < before / 4
        assert store.database.rows("select count(*) from journal") == [(7,)]
        store.tidy(moment + JOURNAL_KEPT + timedelta(days=1))
        assert store.database.damage(deep=True) == []
