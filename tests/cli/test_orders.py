"""`done`, `dismiss` and `snooze`: which duty is meant, what is written, and what comes of it."""

import json

import pytest

from tests.support.storybook import JULIE, Story

EVENING, MORNING = "2026-11-09T18:00", "2026-11-12T09:00"


@pytest.fixture
def story(tmp_path):
    """An interview on Monday 9 November 2026, and its evening."""
    story = Story(tmp_path)
    story.visit("I1", "2026-11-09 10:00", title="Entrevue Nordik")
    story.run(EVENING)
    return story


def state(story, rule, now=MORNING):
    decisions = json.loads(story.call("plan", "--json", "--now", now).stdout)["decisions"]
    return next(each for each in decisions if each["rule"] == rule)


@pytest.mark.parametrize("word", ["nordik/thank-you", "nordik.ca/thank-you", "thank-you/nordik.ca@2026-11-09"])
@pytest.mark.parametrize("verb", ["done", "dismiss"])
def test_a_duty_ends_and_what_was_made_for_it_is_taken_back(story, verb, word):
    said = story.call(verb, word, "--now", MORNING)
    assert said.exit_code == 0
    assert "Merci pour notre échange" in said.stdout
    assert state(story, "thank-you")["state"] == "done"
    assert state(story, "fit")["state"] == "due"
    story.run("2026-11-12T09:15")
    assert not story.drafts()


def test_a_case_alone_means_the_one_thing_that_is_due(story):
    refused = story.call("done", "nordik", "--now", MORNING)
    assert refused.exit_code == 2
    assert "nordik.ca/debrief, nordik.ca/fit, nordik.ca/thank-you" in refused.stderr
    assert "#done" not in (story.folder / "notes.md").read_text()
    for rule in ("debrief", "fit"):
        story.call("done", f"nordik/{rule}", "--now", MORNING)
    assert story.call("done", "nordik", "--now", MORNING).exit_code == 0
    assert state(story, "thank-you")["state"] == "done"


def test_two_promises_are_told_apart_by_their_keys(story):
    story.note("2026-11-10 12:00 #promise L’adresse")
    story.note("2026-11-10 13:00 #promise Le nom")
    refused = story.call("done", "nordik/keep-promise", "--now", MORNING)
    assert "fits several things that are open" in refused.stderr
    key = next(word.rstrip(",") for word in refused.stderr.split() if "13:00" in word)
    assert story.call("done", key, "--now", MORNING).exit_code == 0
    decisions = json.loads(story.call("plan", "--json", "--now", MORNING).stdout)["decisions"]
    assert {each["key"]: each["state"] for each in decisions if each["rule"] == "keep-promise"}[key] == "done"


@pytest.mark.parametrize(
    ("said", "day"),
    [
        (("until", "friday"), "2026-11-13"),
        (("vendredi",), "2026-11-13"),
        (("jusqu’à", "vendredi", "prochain"), "2026-11-13"),
        (("in", "two", "weeks"), "2026-11-26"),
        (("dans", "deux", "semaines"), "2026-11-26"),
        (("until", "2026-11-20"), "2026-11-20"),
        ((), "2026-11-19"),
    ],
)
def test_a_duty_waits_until_the_day_that_was_said(story, said, day):
    assert story.call("snooze", "nordik/fit", *said, "--now", MORNING).exit_code == 0
    held = state(story, "fit")
    assert (held["state"], day in held["why"]) == ("held", True) or (held["state"], day) == ("expired", "2026-11-26")
    assert state(story, "thank-you")["state"] == "due"


def test_a_case_alone_waits_as_a_whole(story):
    said = story.call("snooze", "nordik", "until", "vendredi", "--json", "--now", MORNING)
    record = json.loads(said.stdout)
    assert (record["case"], record["key"], record["until"]) == ("nordik.ca", None, "2026-11-13")
    assert {state(story, rule)["state"] for rule in ("fit", "thank-you", "debrief")} == {"held"}


@pytest.mark.parametrize("day", ["03/12/2026", "someday", "yesterday", "hier", "2026-11-01"])
def test_a_day_that_may_be_two_or_is_over_is_asked_about(story, day):
    refused = story.call("snooze", "nordik", day, "--now", MORNING)
    assert refused.exit_code == 2
    assert day in refused.stderr
    assert "#snooze" not in (story.folder / "notes.md").read_text()


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("nordik/thankyou", 'did you mean "thank-you"?'),
        ("nordik/merci", "open are: nordik.ca/"),
        ("nordic/thank-you", "fits no case"),
        ("nordik/prepare", "nothing of prepare is open in nordik.ca"),
        ("prepare/nordik.ca@2026-11-09", "is open no more: missed"),
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_is_written(story, word, told):
    refused = story.call("done", word, "--now", MORNING)
    assert refused.exit_code == 2
    assert told in refused.stderr
    assert "#done" not in (story.folder / "notes.md").read_text()


def test_an_order_is_taken_back_like_any_note(story):
    before = (story.folder / "notes.md").read_bytes()
    story.call("done", "nordik/thank-you", "--now", MORNING)
    story.call("note", "--undo", "--now", MORNING)
    assert (story.folder / "notes.md").read_bytes().rstrip() == before.rstrip()
    assert state(story, "thank-you")["state"] == "due"


def test_a_duty_of_a_rule_from_the_clock_is_done_by_its_name(story):
    story.config(
        '\n[rule.review]\non = { every = "day at 08:00" }\ndo = { type = "task", title = "Revue", text = "" }\n'
    )
    story.run("2026-11-10T07:00")
    story.run("2026-11-10T09:00")
    assert "Revue" in story.call("done", "review", "--now", "2026-11-10T09:00").stdout
    assert state(story, "review", "2026-11-10T09:05")["state"] == "done"


def test_people_of_the_case_may_name_it(story):
    assert story.call("done", f"{JULIE}/thank-you", "--now", MORNING).exit_code == 0


# -- one action of several

KEY = "after/nordik.ca@2026-11-09"
LIST = """
[rule.after]
on     = "interview"
per    = "day"
closes = "day + 20 days"
do     = [
  { type = "draft", title = "Les photos", text = "Voici.", to = "them", id = "mail" },
  { type = "task", title = "Garder le 20 libre" },
]
[guard.quiet-period]
enabled = false
"""


@pytest.fixture
def pair(story):
    """A duty of two actions, both made."""
    story.config(LIST)
    story.run("2026-11-11T09:00")
    return story


@pytest.mark.parametrize("word", [KEY, "nordik/after"])
def test_done_and_dismiss_end_the_one_action_that_is_named_until_it_is_taken_back(pair, word):
    said = pair.call("done", f"{word}#2", "--now", MORNING)
    assert (said.exit_code, "“Garder le 20 libre” (after#2, nordik.ca)" in said.stdout) == (0, True)
    assert [line for line in pair.run("2026-11-12T09:05").stdout.splitlines() if "Les photos" in line] == []
    assert state(pair, "after")["state"] == "due"
    again = pair.call("done", f"{word}#2", "--now", "2026-11-12T09:10")
    assert (again.exit_code, f"{KEY}#2 is over already" in again.stderr) == (2, True)
    assert pair.call("dismiss", f"{word}#mail", "--now", "2026-11-12T09:15").exit_code == 0
    assert state(pair, "after", "2026-11-12T09:20")["state"] == "done"
    assert pair.call("note", "--undo", "--now", "2026-11-12T09:25").exit_code == 0
    assert state(pair, "after", "2026-11-12T09:30")["state"] == "due"


def test_snooze_holds_the_one_action_that_is_named(pair):
    record = json.loads(pair.call("snooze", f"{KEY}#2", "until", "2026-11-20", "--json", "--now", MORNING).stdout)
    assert (record["key"], record["until"]) == (f"{KEY}#2", "2026-11-20")
    today = json.loads(pair.call("today", "--json", "--now", MORNING).stdout)
    owed, held = ([each for each in today[name] if each["rule"] == "after"] for name in ("owed", "held"))
    assert [(each["key"], [it["type"] for it in each["made"]]) for each in owed] == [(KEY, ["draft"])]
    assert [(each["key"], each["title"], each["until"]) for each in held] == [
        (f"{KEY}#2", "Garder le 20 libre", "2026-11-20T09:00:00-05:00")
    ]
    assert "nordik.ca/after#2" in pair.call("today", "--now", MORNING).stdout
    shown = " ".join(pair.call("explain", "nordik", "--now", MORNING).stdout.split())
    assert "action #2: held by snoozed until Fri 2026-11-20 09:00" in shown
    days = json.loads(pair.call("agenda", "--json", "--days", "10", "--now", MORNING).stdout)["days"]
    of_friday = [each["what"] for each in days[-1]["entries"] if each["rule"] == "after"]
    assert (days[-1]["date"], of_friday) == ("2026-11-20", ["hold ends"])


def test_an_action_that_there_is_not_is_told_with_those_that_there_are(pair):
    refused = pair.call("snooze", "nordik/after#3", "--now", MORNING)
    assert (refused.exit_code, f"{KEY}#3 names no action" in refused.stderr) == (2, True)
    assert f"write one of: {KEY}#mail, {KEY}#2" in " ".join(refused.stderr.split())


def test_an_action_that_waits_is_told_in_french(pair, monkeypatch):
    monkeypatch.setenv("FOLLOWUP_LANGUAGE", "fr")
    pair.call("snooze", f"{KEY}#2", "jusqu’au", "20", "novembre", "--now", MORNING)
    assert "nordik.ca/after#2" in pair.call("today", "--now", MORNING).stdout
    shown = " ".join(pair.call("explain", "nordik", "--now", MORNING).stdout.split())
    assert "action #2 : retenu par snoozed jusqu’au ven. 2026-11-20 09:00" in shown
    assert "ne désigne aucune action" in pair.call("done", "nordik/after#3", "--now", MORNING).stderr
