"""Without `--now` the clock of the computer counts: runs by it do what runs with that instant do, and today is the user's."""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from followup_rules import Pull
from followup_rules.cli import cli
from followup_rules.store.lock import only_run
from tests.support import oddplugin
from tests.support.clock import clock
from tests.support.storybook import CONFIG, Story, call

pytestmark = pytest.mark.slow

NOON = "2026-11-09 17:00"
"""In Toronto; the clock is set in UTC."""


@pytest.fixture
def story(tmp_path):
    told = Story(tmp_path / "story")
    told.visit("I1", "2026-11-09 10:00")
    return told


def seen(told, *arguments):
    found = json.loads(call(told.folder, *arguments, "--json").stdout)
    return {name: found[name] for name in ("now", "changes", "decisions", "problems", "next")}


# -- whole runs


def lived(folder, interview, begin, length, step, how):
    """Play runs some minutes apart from an instant (UTC) on; return what each did, and what is there at the end."""
    told = Story(folder)
    told.visit("I1", interview, stamp="2026-01-01 09:00")
    told.note(f"{interview[:10]} 15:00 #promise l'adresse")
    first = datetime.fromisoformat(begin).replace(tzinfo=UTC)
    runs = [how(told, first + timedelta(minutes=minutes)) for minutes in range(0, length, step)]
    return runs, told.outstanding(), told.todo.read_text()


def by_option(told, moment):
    return seen(told, "run", "--now", moment.astimezone(told.zone).isoformat())


def by_clock(told, moment):
    with clock(moment.replace(tzinfo=None).isoformat()):
        return seen(told, "run")


DAYS = 24 * 60


@pytest.mark.parametrize(
    ("interview", "begin", "length", "step"),
    [
        ("2026-10-30 10:00", "2026-10-30 11:00", 3 * DAYS, 360),  # over the hour that comes twice, on November 1
        ("2027-03-12 10:00", "2027-03-12 11:00", 3 * DAYS, 360),  # over the hour that is left out, on March 14
        ("2026-10-31 10:00", "2026-11-01 04:30", 180, 30),  # within the very hours
        ("2027-03-13 10:00", "2027-03-14 06:00", 120, 30),
        ("2026-12-31 10:00", "2026-12-31 17:00", 2 * DAYS, 360),  # over New Year
        ("2026-12-31 10:00", "2026-12-31 17:00", 14 * DAYS, 2 * DAYS),  # up to the call in the new year
    ],
)
def test_runs_by_a_clock_do_what_runs_with_that_instant_do(tmp_path, interview, begin, length, step):
    expected = lived(tmp_path / "option", interview, begin, length, step, by_option)
    assert lived(tmp_path / "clock", interview, begin, length, step, by_clock) == expected
    assert expected[1], "something was made"


def test_runs_by_a_clock_that_goes_on_make_everything_once(story):
    with clock(NOON, runs=True):
        first, second = seen(story, "run"), seen(story, "run")
    assert sorted(change["rule"] for change in first["changes"]) == ["debrief", "fit", "thank-you"]
    assert second["changes"] == []
    assert "2026-11-09T12:00:00-05:00" <= first["now"] < second["now"] < "2026-11-09T12:10"


def test_a_run_goes_by_one_instant_even_if_it_is_at_work_over_midnight(tmp_path, odd):
    base = CONFIG + oddplugin.SOURCE
    told, other = (oddplugin.story(tmp_path / name, base) for name in ("told", "other"))
    expected = seen(other, "run", "--now", "2026-11-09 23:50")
    with clock("2026-11-10 04:50") as now:  # in Toronto it is the ninth
        odd.source.gives = lambda: now.tick(timedelta(minutes=20)) and Pull()
        assert seen(told, "run") == expected
    assert len(expected["changes"]) == 3


def test_a_clock_that_was_set_back_makes_nothing_twice(story):
    with clock(NOON) as now:
        assert len(seen(story, "run")["changes"]) == 3
        now.move_to("2026-11-09 16:30")
        assert seen(story, "run")["changes"] == []
        now.move_to(NOON)
        assert seen(story, "run")["changes"] == []


@pytest.mark.parametrize("verb", ["plan", "explain", "agenda"])
def test_what_only_reads_tells_the_same_by_the_clock_and_with_that_instant(story, verb):
    call(story.folder, "run", "--now", "2026-11-09 11:30")
    with clock(NOON):
        by_itself = call(story.folder, verb, "--json")
    told = call(story.folder, verb, "--now", "2026-11-09 12:00", "--json")
    assert (by_itself.stdout, by_itself.exit_code) == (told.stdout, 0)
    assert "nordik.ca" in told.stdout


# -- today


@pytest.mark.parametrize(
    ("instant", "today"),
    [
        ("2026-11-10 04:59", "Mon 2026-11-09 23:59"),
        ("2026-11-10 05:01", "Tue 2026-11-10 00:01"),
        ("2026-11-01 05:30", "Sun 2026-11-01 01:30"),
        ("2026-11-01 06:30", "Sun 2026-11-01 01:30"),  # the second time
        ("2027-03-14 06:59", "Sun 2027-03-14 01:59"),
        ("2027-03-14 07:00", "Sun 2027-03-14 03:00"),
        ("2027-01-01 04:59", "Thu 2026-12-31 23:59"),
        ("2027-01-01 05:00", "Fri 2027-01-01 00:00"),
    ],
)
def test_today_is_the_users_day(story, instant, today):
    with clock(instant):
        assert today in call(story.folder, "plan").stdout


def test_the_clock_may_be_in_any_zone(story, monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    with clock("2026-11-10 04:59"):
        assert "Mon 2026-11-09 23:59" in call(story.folder, "plan").stdout


def test_a_note_is_of_today_and_its_friday_the_next_one(story):
    with clock("2027-01-01 04:30"):  # Thursday, December 31, in Toronto
        written = call(story.folder, "note", "julie.roy@nordik.ca", "#promise l'adresse due:friday")
        assert written.exit_code == 0
        (promise,) = [each for each in seen(story, "plan")["changes"] if each["rule"] == "keep-promise"]
    assert "- 2026-12-31 23:30 #promise l'adresse due:friday" in (story.folder / "notes.md").read_text()
    assert promise["due"].startswith("2027-01-01")


# -- the lock, the last run, a first config


def test_the_lock_is_as_old_as_the_clock_says(story):
    store = story.folder / "out/followup.db"
    with clock(NOON) as now:
        call(story.folder, "run")
        with only_run(store):
            now.tick(timedelta(minutes=59))
            young = call(story.folder, "doctor")
            now.tick(timedelta(hours=2, minutes=1))
            old = call(story.folder, "doctor")
    assert f"process {os.getpid()} is at work since" in young.output
    assert f"process {os.getpid()} has been at work for 3 hours" in old.stderr
    assert old.exit_code == 1


def test_doctor_tells_how_long_the_last_run_is_ago_over_a_change_of_the_clock(story):
    with clock("2026-11-01 04:30") as now:  # 0:30 in Toronto
        call(story.folder, "run")
        now.tick(timedelta(hours=3))  # 2:30, after the hour that came twice
        assert "3 hours ago" in call(story.folder, "doctor").output


def test_a_first_config_is_tried_at_the_clocks_instant(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "sent").mkdir()
    (tmp_path / "calendar.ics").write_text("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nEND:VCALENDAR\r\n")
    options = {"me": "me@example.org", "name": "Camille", "timezone": "America/Toronto", "holidays": "CA-QC",
               "language": "fr", "calendar": "calendar.ics", "sent": "sent", "notes": "notes.md", "drafts": "drafts",
               "tasks": "todo.txt"}  # fmt: skip
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    with clock("2027-01-01 04:59"):
        written = CliRunner().invoke(cli, ["--config", "config.toml", "init", *flags])
        assert (written.exit_code, written.exception) == (0, None)
        planned = call(tmp_path, "plan")
    assert "Thu 2026-12-31 23:59" in planned.stdout
