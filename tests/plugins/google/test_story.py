"""The story of examples/ with Google as the only place for calendar, mail, drafts and tasks: the same actions."""

import json

import pytest

from tests.support.googlelab.examples import Life, story
from tests.support.storybook import call

OF_THE_OUTPUT = ("output", "ref", "anchor", "carries")
"""What may differ between a file and a service."""


@pytest.fixture(scope="module")
def played(google_server, tmp_path_factory):
    """Each instant of the story: what a run did with files, and with Google."""
    google_server.gateway.reset()
    life = Life(google_server.account(), tmp_path_factory.mktemp("google"))
    at_google, on_files = life.set_up(), story.set_up(tmp_path_factory.mktemp("files"))
    ticks = []
    for now, _, _ in story.expected():
        story.turn_to(on_files.parent, now)
        life.turn_to(now)
        ticks.append((ran(on_files, now), ran(at_google, now, life.ids)))
    yield ticks, life
    assert not google_server.gateway.errors


def ran(config, now, ids=None):
    done = call(config.parent, "run", "--now", now.isoformat(), "--json")
    assert done.exit_code == 0, done.stderr
    told = done.stdout
    for at_google, in_the_file in (ids or {}).items():
        told = told.replace(at_google, in_the_file)
    changes = json.loads(told)["changes"]
    return [{name: value for name, value in change.items() if name not in OF_THE_OUTPUT} for change in changes]


@pytest.mark.parametrize("number", range(10))
def test_google_gives_the_same_actions_as_files(played, number):
    on_files, at_google = played[0][number]
    assert sorted(at_google, key=str) == sorted(on_files, key=str)
    assert at_google or number == 8


def test_what_is_left_lies_in_gmail_and_in_the_task_list(played):
    _, life = played
    drafts = {str(mail.message["X-Followup-Key"]).split("/")[0] for mail in life.google.drafts()}
    open_tasks = {task["notes"].splitlines()[-1] for task in life.google.tasks() if not task.get("deleted")}
    assert drafts == set()
    assert open_tasks == {"follow-up-call/boussole.example@2026-11-12"}


def test_nothing_was_ever_sent(played):
    asked = [request.path for request in played[1].google.gateway.requests]
    assert asked
    assert not [path for path in asked if path.endswith("/send")]
