"""Stories of a run that is cut off anywhere: the next one neither doubles nor loses anything."""

import sqlite3
from contextlib import closing, suppress
from datetime import datetime

import pytest

from followup_rules.config.read import read_config
from followup_rules.store.database import Database
from followup_rules.store.store import Store
from followup_rules.tick.run import run
from tests.support.storybook import JULIE, Story


class Cut(BaseException):
    """The power fails."""


class Failing:
    """A connection that fails for good when so many statements were run, as if the machine had stopped."""

    def __init__(self, connection, after):
        self._connection, self._left, self.run = connection, after, 0

    @property
    def in_transaction(self):
        return self._connection.in_transaction

    def execute(self, *arguments):
        self._count()
        return self._connection.execute(*arguments)

    def executemany(self, *arguments):
        self._count()
        return self._connection.executemany(*arguments)

    def _count(self):
        if self.run == self._left:
            raise Cut
        self.run += 1


def cut_off(story, now, after=None):
    """Run until so many statements of the store were run, or to the end; return how many were."""
    read = read_config(story.folder / "config.toml")
    with closing(sqlite3.connect(read.store, isolation_level=None)) as connection, suppress(Cut):
        failing = Failing(connection, after)
        run(read, Store(Database(failing)), datetime.fromisoformat(now).replace(tzinfo=story.zone))
    return failing.run


def told(folder):
    """Tell a story in which much happens at once: a label is given, drafts are sent and deleted, a round is booked."""
    story = Story(folder)
    story.visit("I1", "2026-11-09 10:00")
    story.visit("I2", "2026-11-09 14:00", "paul@boreal.ca")
    story.note("2026-11-09 16:00 #promise le frisbee")
    story.note("2026-11-09 16:05 #promise les donateurs")
    story.at("2026-11-09 16:10")
    next(story.folder.glob("out/drafts/thank-you-nordik*")).unlink()
    story.visit("I1", description="#case:nordik-mtl", stamp="2026-11-10 09:00")
    story.visit("I3", "2026-11-17 09:00", "paul@boreal.ca", stamp="2026-11-10 09:00")
    story.mail("2026-11-10 09:30", JULIE, "Le frisbee promis")
    story.note("2026-11-10 10:00 #fix-answer Kanban")
    return story


def ending(story):
    """Return what lies in the outputs and what is decided after one more run."""
    last = story.at("2026-11-10 12:00")
    return story.outstanding(), [(d["key"], d["state"], d["why"]) for d in last.decisions]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """How many statements it takes without a cut, and how it ends."""
    story = told(tmp_path_factory.mktemp("whole"))
    return cut_off(story, "2026-11-10 11:00"), ending(story)


@pytest.mark.parametrize("share", range(30))
def test_wherever_a_run_is_cut_off_the_next_one_ends_the_same(tmp_path, whole, share):
    statements, end = whole
    after = statements * share // 30
    story = told(tmp_path)
    assert cut_off(story, "2026-11-10 11:00", after) == after
    assert ending(story) == end
