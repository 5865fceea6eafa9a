"""What a run says and leaves when one of its cases fails, or the store."""

import json

import pytest

from followup_rules.engine.plan import EntryState
from followup_rules.store.errors import StoreError
from followup_rules.store.ledger import Ledger
from followup_rules.tick import one_case
from tests.support.storybook import Story, call

NOW, LATER = "2026-11-09 16:05", "2026-11-09 16:10"


@pytest.fixture
def story(tmp_path):
    """Two interviews on one day; both thank-yous are due."""
    told = Story(tmp_path / "story")
    told.visit("I1", "2026-11-09 10:00")
    told.visit("I2", "2026-11-09 14:00", "paul@boreal.ca")
    return told


def run(story, now=NOW):
    """Return the exit code of a run, the cases of the thank-yous that it made, and what it complains of."""
    found = call(story.folder, "run", "--now", now, "--json")
    if not found.stdout:
        return found.exit_code, [], found.stderr
    told = json.loads(found.stdout)
    made = [change["case"] for change in told["changes"] if change["rule"] == "thank-you"]
    return found.exit_code, made, " ".join(problem["message"] for problem in told["problems"])


def failing(monkeypatch, error, case):
    """Let one case fail, as if something in it could not be worked with."""
    sound = one_case.judge

    def judge(stored, *more):
        if stored.key == case:
            raise error
        return sound(stored, *more)

    monkeypatch.setattr(one_case, "judge", judge)


# -- a case, and the store


def test_a_case_that_fails_is_told_of_and_tried_again_and_stops_no_other(story, monkeypatch):
    with monkeypatch.context() as failure:
        failing(failure, RuntimeError("no such moment"), "boreal.ca")
        exit_code, made, said = run(story)
    assert (exit_code, made) == (1, ["nordik.ca"])
    assert "could not be brought up to date: RuntimeError: no such moment" in said
    assert run(story, LATER) == (0, ["boreal.ca"], "")


def test_a_store_that_fails_before_anything_was_done_is_all_that_a_run_tells(story, monkeypatch):
    failing(monkeypatch, StoreError("the disk is full", "make room"), "boreal.ca")
    exit_code, made, said = run(story)
    assert (exit_code, made) == (2, [])
    assert "the disk is full" in said
    assert story.drafts() == {}


def test_a_store_that_fails_later_hides_nothing_of_what_was_done(story, monkeypatch):
    with monkeypatch.context() as failure:
        failing(failure, StoreError("the disk is full", "make room"), "nordik.ca")
        assert run(story) == (1, ["boreal.ca"], "the disk is full")
    assert run(story, LATER) == (0, ["nordik.ca"], "")


def test_what_was_done_and_could_not_be_noted_down_is_said_and_not_done_twice(story, monkeypatch):
    sound = Ledger.write

    def write(ledger, entry):
        if entry.state is EntryState.DELIVERED:
            raise StoreError("the disk is full", "make room")
        sound(ledger, entry)

    with monkeypatch.context() as failure:
        failure.setattr(Ledger, "write", write)
        exit_code, made, said = run(story)
    assert (exit_code, made) == (1, [])
    assert "was done, but could not be noted down: the disk is full" in said
    story.at(LATER)
    assert len(story.drafts()) == len(list((story.folder / "out/drafts").glob("*.eml"))) == 2


def test_if_the_clock_was_set_back_everything_is_judged_anew(story):
    assert run(story, "2026-11-15 12:00")[0] == 0
    assert run(story) == (0, ["boreal.ca", "nordik.ca"], "")
