"""A source with years to read: stretch by stretch, each kept at once, and nothing is decided before the end."""

import json
from datetime import timedelta

import pytest
from msgspec.structs import replace
from rich.progress import Progress

from followup_rules import Event, Person, Pull, Unreadable
from followup_rules.cli import progress
from tests.support import oddplugin
from tests.support.oddplugin import at
from tests.support.storybook import CONFIG, JULIE, Story, call

ODD_MAIL = CONFIG.replace('plugin = "mailbox"\npath = "sent"\n', 'plugin = "odd"\n')
NOW = "2026-11-09 12:00"


def thanks(number, when="2026-11-09 11:30"):
    start = at(when)
    return Event(id=f"m{number}", kind="sent", start=start, end=start, title="Merci", people=(Person(JULIE),))


class Mails:
    """Three mails, one at each pull; the last one thanks for the interview."""

    def __init__(self):
        self.mails = [thanks(1, "2026-10-20 09:00"), thanks(2, "2026-10-21 09:00"), thanks(3)]
        self.asked = []
        self.fails_at = None

    def pull(self, since, cursor):
        done = int(cursor or 0)
        self.asked.append(done)
        if done == self.fails_at:
            raise Unreadable("the line was cut")
        if done == len(self.mails):
            return Pull(cursor=cursor)
        return Pull(events=[self.mails[done]], cursor=str(done + 1), left=len(self.mails) - done - 1)


@pytest.fixture
def mails(tmp_path, monkeypatch):
    acts = oddplugin.install(tmp_path / "plugin", monkeypatch)
    acts.source = Mails()
    return acts.source


@pytest.fixture
def story(tmp_path):
    told = Story(tmp_path / "story", base=ODD_MAIL)
    told.visit("I1", "2026-11-09 10:00")
    return told


def state(story, rule="thank-you"):
    run = call(story.folder, "run", "--now", NOW, "--json")
    found = json.loads(run.stdout)
    states = {decision["state"] for decision in found["decisions"] if decision["rule"] == rule}
    return run.exit_code, states, [change for change in found["changes"] if change["rule"] == rule]


def test_one_run_reads_it_to_the_end_before_anything_is_decided(story, mails):
    assert state(story) == (0, {"done"}, [])
    assert mails.asked == [0, 1, 2]


def test_what_was_read_before_a_failure_is_kept_and_the_next_run_goes_on_there(story, mails):
    mails.fails_at = 2
    assert state(story) == (1, {"blind"}, [])
    mails.fails_at, mails.asked = None, []
    assert state(story) == (0, {"done"}, [])
    assert mails.asked == [2]


def test_a_source_that_has_more_and_does_not_go_on_counts_as_unread(story, mails, monkeypatch):
    monkeypatch.setattr(
        mails, "pull", lambda since, cursor: Pull(events=[thanks(1, "2026-10-20 09:00")], cursor="0", left=1)
    )
    exit_code, states, _ = state(story)
    assert (exit_code, states) == (1, {"blind"})
    assert "does not go on" in call(story.folder, "run", "--now", NOW).stderr


def test_a_source_that_goes_round_in_circles_counts_as_unread(story, mails, monkeypatch):
    def pull(since, cursor):
        return Pull(events=[thanks(1, "2026-10-20 09:00")], cursor="b" if cursor == "a" else "a", left=1)

    monkeypatch.setattr(mails, "pull", pull)
    assert state(story)[:2] == (1, {"blind"})


def test_a_heading_is_judged_when_all_mail_is_read(story, mails):
    mails.mails.append(replace(thanks(4, "2026-10-22 09:00"), people=(Person("paul@boreal.ca"),)))
    (story.folder / "notes.md").write_text("## boreal.ca\n- 2026-11-09 11:00 #issue A problem\n")
    run = call(story.folder, "run", "--now", NOW)
    assert (run.exit_code, run.stderr) == (0, "")


def test_a_check_says_that_it_saw_only_the_beginning_and_blames_no_heading_for_it(story, mails):
    mails.mails.append(replace(thanks(4, "2026-10-22 09:00"), people=(Person("paul@boreal.ca"),)))
    (story.folder / "notes.md").write_text("## boreal.ca\n- 2026-11-09 11:00 #issue A problem\n")
    check = call(story.folder, "check", "--now", NOW)
    assert (check.exit_code, check.stderr) == (0, "")
    assert "sent the first 1 event" in check.stdout


def test_a_source_that_asks_to_be_left_alone_is_not_asked_before(story, mails, monkeypatch):
    asked = []

    def pull(since, cursor):
        asked.append(cursor)
        raise Unreadable("too many requests", timedelta(minutes=30))

    monkeypatch.setattr(mails, "pull", pull)
    for minute in ("12:00", "12:10", "12:29"):
        run = call(story.folder, "run", "--now", f"2026-11-09 {minute}")
        assert run.exit_code == 1
    assert "it has asked to be left alone until 12:30" in run.stderr
    assert len(asked) == 1
    monkeypatch.undo()


@pytest.mark.parametrize("left", [-1, "many", None])
def test_a_number_that_makes_no_sense_counts_as_unread(story, mails, monkeypatch, left):
    monkeypatch.setattr(mails, "pull", lambda since, cursor: Pull(events=[thanks(3)], cursor="1", left=left))
    assert state(story)[:2] == (1, {"blind"})


def test_a_check_tries_only_the_beginning(story, mails):
    assert call(story.folder, "check", "--now", NOW).exit_code == 0
    assert mails.asked == [0]


def test_a_terminal_shows_how_far_it_is(story, mails, monkeypatch):
    shown = []
    monkeypatch.setattr(progress.sys, "stderr", Terminal())
    monkeypatch.setattr(Progress, "update", lambda _, bar, completed: shown.append(completed))
    bars = progress.watching()
    with bars as watch:
        watch("sent", 2)
        watch("sent", 1)
    assert shown == [0, 1]


def test_cron_is_told_nothing_of_it(story, mails):
    assert "reading" not in call(story.folder, "run", "--now", NOW).stderr


class Terminal:
    encoding = "utf-8"

    def isatty(self):
        return True

    def write(self, text):
        return len(text)

    def flush(self):
        pass
