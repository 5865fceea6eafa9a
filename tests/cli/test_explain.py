"""`explain`, `agenda` and `plan` for people: a series once, titles instead of ids, why not, and what is there."""

import pytest

from tests.support.storybook import JULIE, Story

NOW = "2026-11-12T09:00"


@pytest.fixture
def story(tmp_path):
    return Story(tmp_path)


def words(story, *arguments, now=NOW):
    return " ".join(story.call(*arguments, "--now", now).stdout.split())


def test_a_recurring_meeting_stands_there_once(story):
    story.visit("W", "2026-11-02 10:00", title="Point hebdomadaire", rrule="FREQ=WEEKLY;COUNT=8")
    shown = story.call("explain", "nordik", "--now", NOW).stdout
    assert shown.partition("When")[2].partition("What, and why")[0].count("Point hebdomadaire") == 1
    assert "recurring: 2 past, 6 planned, 0 off" in shown
    assert "Mon 2026-11-16 10:00 (in 4 days)" in shown


def test_the_days_of_a_case_stand_on_a_line(story):
    story.visit("I1", "2026-11-09 10:00", title="Entrevue Nordik")
    story.mail("2026-11-09 18:00", JULIE, "Merci")
    shown = words(story, "explain", "nordik")
    assert "Days Mon 11-09 ◆ Entrevue Nordik, ● debrief, ● fit, ✓ thank-you · today Thu 11-19 ○ follow-up-call" in shown


@pytest.mark.parametrize(
    ("note", "mail", "told"),
    [
        ("", "", "thank-you nothing in this case is “interview”"),
        ("", "", "keep-promise this case has no note"),
        ("", "", "too-soon this case has no mail of yours"),
        ("2026-11-10 09:00 #fix-answer Kanban", "", "hold-back “Kanban” of 2026-11-10 does not lie in quiet-period"),
        ("", "2026-11-10 09:00", "too-soon no mail of yours breaks quiet-period"),
    ],
)
def test_a_rule_that_says_nothing_says_why(story, note, mail, told):
    story.visit("M", "2026-11-09 10:00", title="Dîner")
    if note:
        story.note(note)
    if mail:
        story.mail(mail, JULIE, "Bonjour")
    assert told in words(story, "explain", "nordik").partition("Not concerned")[2]


def test_an_entry_without_title_and_people_is_not_named_by_its_id(story):
    story.visit("b7f3@calendar.example", "2026-11-13 10:00", title="", who=(), description="#interview")
    for arguments in (
        ("explain",),
        ("explain", "untitled 2026-11-13 10:00", "--history"),
        ("plan",),
        ("agenda",),
        ("today",),
    ):
        assert "b7f3" not in words(story, *arguments)
    assert "untitled 2026-11-13 10:00" in words(story, "explain")


def test_a_plan_says_what_is_due_and_already_there(story):
    story.visit("I1", "2026-11-09 10:00", title="Entrevue Nordik")
    assert "already there" not in words(story, "plan", now="2026-11-09T18:00")
    story.run("2026-11-09T18:00")
    shown = words(story, "plan", now="2026-11-09T20:00")
    assert "Due, and already there" in shown
    assert "● due thank-you Merci pour notre échange du lundi 9 novembre nordik.ca" in shown
    assert "draft in drafts" in shown


def test_the_agenda_tells_what_opens_at_once_on_one_line(story):
    story.visit("I1", "2026-11-13 10:00", title="Entrevue Nordik")
    shown = words(story, "agenda")
    assert "Fri 2026-11-13 · tomorrow 10:00" in shown
    assert "11:00 ○ opens debrief, fit, thank-you · nordik.ca · Entrevue Nordik" in shown


def test_of_a_duty_for_each_person_it_is_told_whose_it_is(story):
    rule = (
        '[rule.each]\non = "interview"\neach = "person"\ncloses = "end + 1 day"\ndo = { type = "task", title = "x" }\n'
    )
    story.config(rule)
    story.visit("I1", "2026-11-09 10:00", "julie@nordik.ca", "marc@nordik.ca", title="Entrevue Nordik")
    shown = words(story, "explain", "nordik", now="2026-11-11T10:00")
    for name in ("julie@nordik.ca", "marc@nordik.ca"):
        assert f"expired each for Mon 2026-11-09, “Entrevue Nordik” {name} missed" in shown
    assert "“Entrevue Nordik” · julie@nordik.ca missed" in words(
        story, "explain", "--rule", "each", now="2026-11-11T10:00"
    )
