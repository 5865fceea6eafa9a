"""A case that has only an id is shown to people by its title, and to programs by its id."""

import json
import shlex

import pytest

from tests.support.storybook import Story, call

UID, TITLE = "k3j2h1@calendar.example", "Entrevue Uniform"
BEFORE, AFTER, LATE = "2026-11-09T09:00", "2026-11-10T15:00", "2026-11-30T15:00"


@pytest.fixture
def story(tmp_path):
    story = Story(tmp_path)
    story.visit(UID, "2026-11-10 13:00", title=TITLE, who=(), description="#interview")
    return story


@pytest.mark.parametrize(
    ("verb", "now"), [("run", BEFORE), ("plan", BEFORE), ("agenda", BEFORE), ("plan", AFTER), ("agenda", AFTER)]
)
def test_people_read_the_title(story, verb, now):
    told = call(story.folder, verb, "--now", now).stdout
    assert TITLE in told
    assert UID not in told


def test_what_was_missed_and_the_state_of_everything_name_it_so(story):
    story.run(BEFORE)
    told = call(story.folder, "run", "-v", "--now", LATE).stdout
    assert "expired" in told
    assert f"follow-up-call  {TITLE}" in told
    assert UID not in told


@pytest.mark.parametrize("verb", ["plan", "agenda"])
def test_the_command_to_type_next_knows_the_title(story, verb):
    (line,) = [line for line in call(story.folder, verb, "--now", BEFORE).stdout.splitlines() if " explain " in line]
    words = shlex.split(line)
    assert words[words.index("explain") + 1] == TITLE
    assert call(story.folder, *words[words.index("explain") :]).exit_code == 0


def test_the_agenda_says_the_title_of_a_meeting_once(story):
    (line,) = [line for line in call(story.folder, "agenda", "--now", BEFORE).stdout.splitlines() if "meeting" in line]
    assert line.count(TITLE) == 1


@pytest.mark.parametrize(("verb", "key"), [("plan", "changes"), ("run", "changes"), ("agenda", "days")])
def test_programs_read_the_id(story, verb, key):
    said = json.loads(call(story.folder, verb, "--json", "--now", BEFORE).stdout)[key]
    records = [entry for day in said for entry in day["entries"]] if key == "days" else said
    assert records
    assert {record["case"] for record in records} == {UID}
