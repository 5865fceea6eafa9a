"""`followup today`: what is owed, the notices that nobody dismissed, what is held and what comes; `run` prints few."""

import json
from pathlib import Path

import pytest

from tests.support.storybook import JULIE, ME, Story

EVENING, MORNING = "2026-11-09T18:00", "2026-11-12T09:00"


@pytest.fixture
def story(tmp_path):
    """An interview on Monday 9 November 2026, from 10 to 11."""
    story = Story(tmp_path)
    story.visit("I1", "2026-11-09 10:00", title="Entrevue Nordik")
    return story


def told(story, now):
    return json.loads(story.call("today", "--json", "--now", now).stdout)


def words(story, now):
    return " ".join(story.call("today", "--now", now).stdout.split())


def test_what_is_owed_stands_with_people_the_file_to_open_and_since_when(story):
    story.note("2026-11-09 12:00 #promise L’adresse due:2026-11-10")
    story.run(EVENING)
    owed = told(story, MORNING)["owed"]
    assert [each["rule"] for each in owed] == ["debrief", "fit", "thank-you", "keep-promise"][1:]
    thanks = next(each for each in owed if each["rule"] == "thank-you")
    assert thanks["people"] == [{"address": JULIE, "name": ""}]
    assert (thanks["late"], thanks["since"]) == (True, "2026-11-09T11:00:00-05:00")
    assert Path(thanks["made"][0]["place"]) == story.draft_file("thank-you")
    shown = words(story, MORNING)
    assert "late · since Mon 2026-11-09 11:00 (3 days ago)" in shown
    assert "nordik.ca/thank-you draft: " in shown
    assert str(story.draft_file("thank-you").name) in shown


def test_the_page_writes_nothing_and_says_what_the_next_run_makes(story):
    story.run("2026-11-08T09:00")
    before = story._files()
    assert "the next run makes it" in words(story, EVENING)
    assert story._files() == before


def test_what_cannot_be_decided_is_named_and_not_passed_over(story):
    story.run("2026-11-08T09:00")
    (story.folder / "sent").rename(story.folder / "elsewhere")
    undecided = told(story, EVENING)["undecided"]
    assert [each["rule"] for each in undecided] == ["thank-you"]
    assert "Not to be decided now ? Entrevue Nordik" in words(story, EVENING)


@pytest.fixture
def too_soon(story):
    """You wrote in the quiet days."""
    story.mail("2026-11-09 18:00", JULIE, "Merci")
    story.mail("2026-11-11 10:00", JULIE, "Avez-vous décidé ?")
    story.run("2026-11-11T12:00")  # its words went with cron's mail
    return story


def notices(story, now):
    return [each["rule"] for each in told(story, now)["notices"]]


def test_a_notice_that_was_lost_is_still_there_until_it_is_dismissed(too_soon):
    assert notices(too_soon, MORNING) == ["too-soon"]
    assert "Avez-vous décidé" in words(too_soon, MORNING)
    too_soon.call("dismiss", "nordik/too-soon", "--now", MORNING)
    assert notices(too_soon, MORNING) == []


@pytest.mark.parametrize(("now", "there"), [("2026-11-25T11:00", ["too-soon"]), ("2026-11-25T13:00", [])])
def test_a_notice_that_nobody_dismisses_stays_14_days(too_soon, now, there):
    assert notices(too_soon, now) == there


def test_what_is_held_and_what_comes_stand_below(story):
    story.note("2026-11-09 12:00 #snooze until:2026-11-13")
    story.run(EVENING)
    day = told(story, MORNING)
    assert {each["rule"] for each in day["held"]} == {"debrief", "fit", "thank-you"}
    assert day["held"][0]["until"] == "2026-11-13T09:00:00-05:00"
    assert [(entry["rule"], entry["at"]) for entry in day["next"]] == [("follow-up-call", "2026-11-19T09:00:00-05:00")]
    assert "Held back ‖" in words(story, MORNING)


@pytest.fixture
def full(tmp_path):
    """A calendar with five entries that may be interviews."""
    story = Story(tmp_path)
    for number in range(5):
        story.visit(f"Q{number}", f"2026-11-{10 + number} 10:00", title=f"Entrevue {number}", who=())
    return story


def test_a_run_prints_three_notices_a_day_and_names_today_for_the_rest(full):
    shown = full.run("2026-11-09T09:00").stdout
    assert shown.count("+ notice") == 3
    assert shown.rstrip().endswith("2 more notices: followup today")
    assert notices(full, "2026-11-09T09:00") == ["confirm-interview"] * 5
    assert full.run("2026-11-09T09:15").stdout == ""


def test_on_the_same_day_even_one_more_is_a_line_and_the_next_day_prints_again(full):
    full.run("2026-11-09T09:00")
    full.visit("Q6", "2026-11-20 10:00", title="Entrevue 6", who=())
    assert full.run("2026-11-09T20:00").stdout == "1 more notice: followup today\n"
    full.visit("Q7", "2026-11-21 10:00", title="Entrevue 7", who=())
    assert full.run("2026-11-10T08:00").stdout.count("+ notice") == 1


def test_what_one_rule_asks_of_many_is_said_once(full):
    full.run("2026-11-09T09:00")
    shown = words(full, "2026-11-09T09:05")
    assert [shown.count(f"« Entrevue {number} »") for number in range(5)] == [2, 1, 1, 1, 1]


def test_drafts_and_tasks_are_told_however_many(tmp_path):
    story = Story(tmp_path)
    for number in range(5):
        story.visit(f"I{number}", "2026-11-09 10:00", f"rh@employeur{number}.example", title="Entrevue")
    assert story.run(EVENING).stdout.count("+ draft") == 5


def test_my_own_address_is_nobody_whom_it_concerns(story):
    story.run(EVENING)
    assert ME not in words(story, MORNING)
