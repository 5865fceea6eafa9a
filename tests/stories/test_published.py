"""A calendar on the web, from one run to the next: fetched, unchanged, changed, away, back, and at another address."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from followup_rules.cli import cli
from tests.support.feedserver import SECRET, give, onward
from tests.support.storybook import Story


class Published(Story):
    """A story whose calendar is published by a server, and read at the address in `feed.url`."""

    feed = None

    def publish(self, feed):
        """Have the calendar read from a server from now on."""
        self.feed = feed
        self.point_at(feed.url)
        self.base = self.base.replace('"calendar.ics"', '"feed.url"')
        self.config()

    def point_at(self, url):
        """Write an address into the file."""
        (self.folder / "feed.url").write_text(f"{url}\n")
        (self.folder / "feed.url").chmod(0o600)

    def at(self, now):
        """Publish the calendar as it is, and play one tick; nothing that it says or keeps holds the address."""
        body = (self.folder / "calendar.ics").read_bytes()
        self.feed.body, self.feed.headers = body, {"ETag": f'"{hash(body)}"'}
        tick = super().at(now)
        assert SECRET not in repr(tick)
        for file in sorted(self.folder.glob("out/**/*")):
            assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file
        return tick


@pytest.fixture
def story(tmp_path, feed):
    found = Published(tmp_path / "story")
    found.visit("I1", "2026-11-09 10:00")
    found.publish(feed)
    return found


def statuses(feed):
    return [each.headers.get("if-none-match") is not None for each in feed.asked]


def test_a_life_of_a_published_calendar(story, feed):
    """What was made stays while the calendar is away, whatever comes in its place, and nothing is made twice."""
    assert story.at("2026-11-09 11:05").rules() == ["thank-you"]
    feed.asked.clear()
    assert story.at("2026-11-09 11:20").changes == []
    assert all(statuses(feed)), "it is asked for only if it has changed"

    story.visit("I2", "2026-11-09 13:00", "paul@boreal.ca", organizer="paul@boreal.ca")
    assert story.at("2026-11-09 14:05").rules() == ["thank-you"]

    for answer in (
        give(404),
        give(503),
        give(200),
        give(200, b"<html>Sign in</html>"),
        give(200, b"BEGIN:VCALENDAR\r\n"),
    ):
        feed.answer = answer
        tick = story.at("2026-11-09 15:00")
        assert (tick.exit, tick.changes) == (1, [])
        assert tick.said.startswith("sources.calendar: ")
        assert tick.state("thank-you", "nordik.ca") == "due"
    assert len(story.drafts()) == 2

    feed.answer = None
    tick = story.at("2026-11-09 16:00")
    assert (tick.exit, tick.changes) == (0, [])

    story.visit("I2", status="CANCELLED", stamp="2026-11-09 12:30")
    tick = story.at("2026-11-09 17:00")
    assert [change.key for change in tick.all("thank-you", "withdraw")] == ["thank-you/boreal.ca@2026-11-09"]


def test_a_run_that_finds_it_unchanged_has_seen_it(story, feed):
    """Nothing new is not nothing seen: the calendar counts as read, and what it lists as listed."""
    story.visit("I2", "2026-11-16 10:00", "paul@boreal.ca")
    story.at("2026-11-09 11:05")
    story.at("2026-11-09 11:20")
    told = (
        CliRunner()
        .invoke(cli, ["--config", str(story.folder / "config.toml"), "doctor", "--now", "2026-11-09T11:30"])
        .stdout
    )
    assert "last read Mon 2026-11-09 11:20" in told


def test_a_service_that_asks_for_a_pause_is_not_asked_meanwhile(story, feed):
    story.at("2026-11-09 11:05")
    feed.answer = give(429, Retry_After="3600")
    story.at("2026-11-09 11:20")
    feed.answer = None
    feed.asked.clear()
    tick = story.at("2026-11-09 11:50")
    assert "it has asked to be left alone until 12:20" in tick.said
    assert feed.asked == []
    assert story.at("2026-11-09 12:25").exit == 0


def test_the_secret_of_a_calendar_that_was_reset_doubles_and_withdraws_nothing(story, feed):
    story.at("2026-11-09 11:05")
    feed.by_path[feed.asked[0].target] = give(404)
    assert "secret address was reset" in story.at("2026-11-09 11:20").said
    story.point_at(f"{feed.origin}/calendar/ical/me/{SECRET}-renewed/basic.ics")
    tick = story.at("2026-11-09 11:35")
    assert (tick.exit, tick.changes) == (0, [])
    assert "sources.calendar: it reads another place now, or with other options" in tick.said
    tick = story.at("2026-11-09 11:50")
    assert (tick.changes, tick.problems) == ([], [])
    assert len(story.drafts()) == 1


def test_an_address_that_moves_from_the_config_into_a_file_is_the_same_calendar(story, feed):
    story.base = story.base.replace('"feed.url"', f'"{feed.url}"')
    story.config()
    story.at("2026-11-09 11:05")
    story.base = story.base.replace(f'"{feed.url}"', '"feed.url"')
    story.config()
    feed.asked.clear()
    tick = story.at("2026-11-09 11:20")
    assert (tick.changes, tick.problems) == ([], [])
    assert all(statuses(feed))


def test_a_file_that_is_away_for_a_while_is_no_other_calendar(story, feed):
    story.at("2026-11-09 11:05")
    (story.folder / "feed.url").rename(story.folder / "aside")
    tick = story.at("2026-11-09 11:20")
    assert (tick.exit, tick.changes) == (1, [])
    assert "feed.url, which holds the address, is missing; put it back" in tick.said
    (story.folder / "aside").rename(story.folder / "feed.url")
    feed.asked.clear()
    tick = story.at("2026-11-09 11:35")
    assert (tick.changes, tick.problems) == ([], [])
    assert all(statuses(feed))


def test_the_address_of_another_calendar_is_another_calendar(story, feed):
    """As with another path: what the new one does not list leaves, once it was read."""
    story.visit("I2", "2026-11-16 10:00", "paul@boreal.ca")
    story.at("2026-11-09 11:05")
    other = give(200, b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nEND:VCALENDAR\r\n")
    feed.by_path["/other.ics"] = give(503)
    story.point_at(f"{feed.origin}/other.ics")
    tick = story.at("2026-11-09 11:20")
    assert ([problem["code"] for problem in tick.problems], tick.changes) == (["F070", "F040"], [])
    feed.by_path["/other.ics"] = other
    story.at("2026-11-09 11:35")
    assert story.at("2026-11-16 11:05").rules() == []


@pytest.mark.parametrize("answer", [give(500), onward(f"/{SECRET}\x01"), give(200, b"BEGIN:VCALENDAR")])
@pytest.mark.parametrize("path", ["feed.url", "the address itself"])
def test_no_traceback_shows_the_address(story, feed, answer, path):
    story.at("2026-11-09 11:05")
    story.base = story.base.replace('"feed.url"', f'"{path if path == "feed.url" else feed.url}"')
    story.config()
    feed.answer = answer
    command = [sys.executable, "-m", "followup_rules", "--debug", "--config", "config.toml", "check"]
    shown = subprocess.run(command, cwd=story.folder, capture_output=True, text=True, check=False)
    assert "Traceback" in shown.stderr
    assert "127.0.0.1" in shown.stderr
    assert SECRET not in shown.stdout + shown.stderr
