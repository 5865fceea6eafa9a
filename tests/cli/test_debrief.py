"""`followup debrief`: the questions of the packs, one by one, and the notes that the answers become."""

import json
import os

import pytest
from click.testing import CliRunner

from followup_rules.cli import cli
from tests.support.storybook import Story

NOW = "2026-11-09T20:00"  # a monday


@pytest.fixture
def story(tmp_path):
    story = Story(tmp_path)
    story.visit("I1", "2026-11-09 10:00", title="Entrevue Nordik")
    story.run("2026-11-09T18:00")
    return story


def debrief(story, *answers, case="nordik", more=()):
    named = [case] if case else []
    arguments = ["--config", str(story.folder / "config.toml"), "debrief", *named, "--now", NOW, *more]
    return CliRunner().invoke(cli, arguments, input="".join(f"{answer}\n" for answer in answers))


def items(story):
    return [line for line in (story.folder / "notes.md").read_text().splitlines() if line.startswith("- ")]


def test_answers_become_notes_with_their_days_and_what_follows_from_them(story):
    asked = debrief(story, "L’adresse du luthier", "dans deux semaines", 'un "beau" livre', "", "", "vendredi")
    assert asked.exit_code == 0
    assert items(story) == [
        "- 2026-11-09 20:00 #promise L’adresse du luthier due:2026-11-23 bonus:\"un 'beau' livre\"",
        "- 2026-11-09 20:00 #they-promised on:2026-11-13",
    ]
    decisions = json.loads(story.call("plan", "--json", "--now", NOW).stdout)["decisions"]
    states = {each["rule"]: each["state"] for each in decisions}
    assert (states["keep-promise"], states["debrief"]) == ("due", "done")


def test_it_asks_in_the_language_of_the_user(story):
    assert "Qu’avez-vous promis" in debrief(story).stdout
    story.config(language="en")
    assert "What did you promise" in debrief(story).stdout


def test_a_day_that_is_not_understood_is_asked_again(story):
    asked = debrief(story, "", "", "bientôt", "", "")
    assert "bientôt" in asked.stderr
    assert asked.stdout.count("Ont-ils dit quel jour") == 2
    assert items(story) == []
    assert "nothing was noted" in asked.stdout


def test_what_was_answered_is_kept_when_the_input_ends(story):
    debrief(story, "L’adresse")
    assert items(story) == []  # its day was still being asked for
    debrief(story, "L’adresse", "", "")
    assert items(story) == ["- 2026-11-09 20:00 #promise L’adresse"]


def test_for_programs_the_notes_are_a_record_and_the_questions_stand_aside(story):
    asked = debrief(story, "", "Leur chauffage", "", more=["--json"])
    assert [note["item"] for note in json.loads(asked.stdout)["notes"]] == ["- 2026-11-09 20:00 #issue Leur chauffage"]


PACK = """
[rule.nudge]
on = { kind = "sent" }
done_by = ["#odd"]
do = { type = "task", title = "Nudge", text = "" }
"""


def test_the_questions_are_those_of_the_packs(story):
    pack = story.folder / "mine"
    pack.mkdir()
    (pack / "rules.toml").write_text(PACK)
    (pack / "questions.toml").write_text('[[question]]\ntag = "odd"\nen = "Anything odd?"\n')
    story.base = story.base.replace('packs = ["interview"]', 'packs = ["./mine"]')
    story.config()
    asked = debrief(story, "Yes")
    assert "Anything odd?" in asked.stdout
    assert items(story) == ["- 2026-11-09 20:00 #odd Yes"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('[[question]]\ntag = "ood"\nen = "Anything odd?"\n', "no rule knows the tag #ood"),
        ('[[question]]\nen = "Anything odd?"\n', "tag is missing"),
        ('[[question]]\ntag = "odd"\n', "the question in a language (fr, en) is missing"),
        ('[[question]]\ntag = "odd"\nen = "Odd?"\nrepaet = true\n', 'did you mean "repeat"?'),
        ("[[question]\n", "./mine/questions.toml"),
    ],
)
def test_a_question_that_cannot_be_asked_is_told_with_its_place(story, written, told):
    pack = story.folder / "mine"
    pack.mkdir()
    (pack / "rules.toml").write_text(PACK)
    (pack / "questions.toml").write_text(written)
    story.base = story.base.replace('packs = ["interview"]', 'packs = ["./mine"]')
    story.config()
    asked = debrief(story, "")
    assert told in asked.stderr
    assert "./mine/questions.toml" in asked.stderr


def test_questions_that_are_no_file_are_told_and_never_waited_for(story):
    pack = story.folder / "mine"
    pack.mkdir()
    (pack / "rules.toml").write_text(PACK)
    os.mkfifo(pack / "questions.toml")
    story.base = story.base.replace('packs = ["interview"]', 'packs = ["./mine"]')
    story.config()
    assert "./mine/questions.toml cannot be read" in debrief(story, "").stderr


def test_without_questions_it_says_so(story):
    story.base = story.base.replace('packs = ["interview"]\n', "")
    story.config()
    asked = debrief(story)
    assert asked.exit_code == 2
    assert "no pack of this config has questions" in asked.stderr


def test_without_a_case_it_takes_the_one_that_waits(story):
    asked = debrief(story, "L’adresse du luthier", "", "", case="")
    assert "nordik.ca" in asked.stdout.splitlines()[0]
    assert items(story) == ["- 2026-11-09 20:00 #promise L’adresse du luthier"]


def test_of_several_that_wait_it_names_all_where_nobody_can_choose(story):
    story.visit("I2", "2026-11-09 14:00", title="Entrevue Brio", who=("Paul <paul@brio.example>",))
    story.run("2026-11-09T19:00")
    asked = debrief(story, case="")
    assert (asked.exit_code, items(story)) == (2, [])
    assert "brio.example, nordik.ca" in asked.stderr


def test_if_none_waits_it_asks_for_a_case(story):
    story.note("2026-11-09 19:00 #issue Leur outil")
    story.run("2026-11-09T19:30")
    asked = debrief(story, case="")
    assert (asked.exit_code, "followup debrief CASE" in asked.stderr) == (2, True)
