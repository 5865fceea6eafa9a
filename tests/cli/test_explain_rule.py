"""`explain --rule R` names the field that failed, for every event that came near; `--json` shows what patterns see."""

import json

import pytest

from followup_rules.language import patterns
from tests.support.storybook import CONFIG, Story, call

NOW = "2026-11-12T12:00"
RULES = """
[define.big]
kind  = "meeting"
title = ["interview", "entrevue"]
not   = { any = [{ title = "podcast" }, "#not-big"] }

[define.any-of]
any = ["#big", { is = "big", people = { min = 1 } }]

[rule.r]
on       = "any-of"
where    = { with = "@nordik.example" }
closes   = "day + 9 days"
done_by  = [{ kind = "sent", to = "them", title = "thank*" }, "#thanked"]
do       = { type = "task", title = "x" }

[rule.tagged]
on       = "#urgent"
do       = { type = "task", title = "x" }

[rule.clock]
on       = { every = "friday" }
do       = { type = "task", title = "x" }

[rule.off]
on       = "#urgent"
enabled  = false
do       = { type = "task", title = "x" }
"""
JULIE, PAUL = "julie@nordik.example", "paul@brio.example"


@pytest.fixture
def story(tmp_path):
    (tmp_path / "mine.toml").write_text(RULES)
    inbox = '[sources.inbox]\nplugin = "mailbox"\npath = "inbox"\nkinds = ["received"]\n'
    return Story(tmp_path, CONFIG.replace('packs = ["interview"]', 'rules = ["mine.toml"]') + inbox)


def near(story, rule="r", case="nordik"):
    said = json.loads(call(story.folder, "explain", case, "--rule", rule, "--json", "--now", NOW).stdout)
    return [
        (each["key"], [(failure["field"], failure["in"], failure["line"]) for failure in each["failed"]], each["why"])
        for each in said["cases"][0]["near"]
    ]


def test_the_field_that_failed_is_named_with_its_place(story):
    story.visit("a@x", "2026-11-10 10:00", title="Coffee", who=(JULIE,))
    assert near(story) == [("on", [("title", ["any-of", "big"], 4)], "on: title of big does not hold")]


def test_what_a_not_excludes_is_named(story):
    story.visit("a@x", "2026-11-10 10:00", title="Interview for a podcast", who=(JULIE,))
    assert near(story)[0][1:] == ([("not", ["any-of", "big"], 5)], "on: `not` of big excludes it")


def test_a_field_of_where_is_named(story):
    story.visit("a@x", "2026-11-10 10:00", title="Interview", who=(PAUL,))
    assert near(story, case="brio") == [("where", [("with", [], 12)], "where: with does not hold")]


def test_what_came_near_to_ending_a_duty_is_told_for_that_duty(story):
    story.visit("a@x", "2026-11-10 10:00", title="Interview", who=(JULIE,))
    story.mail("2026-11-10 08:00", JULIE, "Thanks in advance")
    story.mail("2026-11-11 10:00", JULIE, "The address")
    said = near(story)
    assert [(key, why) for key, _, why in said] == [
        ("done_by", "done_by: it fits, but comes before what the duty starts from"),
        ("done_by", "done_by: title does not hold"),
    ]
    shown = call(story.folder, "explain", "nordik", "--rule", "r", "--now", NOW).stdout
    assert "came near to ending it" in shown
    assert "The address" in shown
    assert "mine.toml:14" in shown


def test_a_forgotten_or_misspelt_tag_is_near_and_another_one_is_not(story):
    story.visit("a@x", "2026-11-10 10:00", title="Interview", who=(JULIE,))
    story.note("2026-11-11 #urgnt Send it", f"<{JULIE}>")
    story.note("2026-11-11 #thanked by phone", f"<{JULIE}>")
    assert near(story, "tagged") == [("on", [("#urgent", [], 18)], "on: #urgent does not hold")]


def test_mail_that_no_person_wrote_fails_by_auto(story):
    rules = story.folder / "mine.toml"
    rules.write_text('[rule.r]\non = { kind = "received", title = "interview" }\ndo = { type = "task", title = "x" }\n')
    (story.folder / "inbox").mkdir()
    headers = {"sender": JULIE, "Auto_Submitted": "auto-replied"}
    story.mail("2026-11-11 10:00", "camille@exemple.ca", "Interview", **headers)
    (story.folder / "sent" / "202611111000.eml").rename(story.folder / "inbox" / "a.eml")
    assert near(story)[0][1:] == ([("auto", [], 2)], "on: auto does not hold")


def test_without_a_case_all_are_gone_through(story):
    story.visit("a@x", "2026-11-10 10:00", title="Coffee", who=(JULIE,))
    story.visit("b@x", "2026-11-10 14:00", title="Interview", who=(PAUL,))
    shown = call(story.folder, "explain", "--rule", "r", "--now", NOW).stdout
    assert "nordik.example" in shown
    assert "brio.example" in shown
    assert "waiting" in call(story.folder, "explain", "--rule", "clock", "--now", NOW).stdout
    assert "starts from the clock" in call(story.folder, "explain", "brio", "--rule", "clock", "--now", NOW).stdout


@pytest.mark.parametrize(("rule", "told"), [("rr", "there is no rule 'rr'"), ("off", "is switched off")])
def test_a_rule_that_cannot_be_explained_is_told(story, rule, told):
    said = call(story.folder, "explain", "--rule", rule, "--now", NOW)
    assert (said.exit_code, told in said.stderr) == (2, True)


def test_of_each_rule_that_says_nothing_json_tells_what_it_fails_by(story):
    story.visit("a@x", "2026-11-10 10:00", title="Coffee", who=(JULIE,))
    said = json.loads(call(story.folder, "explain", "nordik", "--json", "--now", NOW).stdout)["cases"][0]
    found = {each["rule"]: (each["event"], each["failed"][0]["field"]) for each in said["not_concerned"]}
    assert found == {"r": ("a@x", "title"), "tagged": ("a@x", "#urgent")}


def test_json_shows_every_field_of_an_event_that_a_pattern_can_see(story):
    story.visit("a@x", "2026-11-10 10:00", title="Interview", who=(JULIE,))
    story.mail("2026-11-11 10:00", JULIE, "The address of the luthier")
    said = json.loads(call(story.folder, "explain", "nordik", "--json", "--now", NOW).stdout)["cases"][0]
    mail = next(event for event in said["events"] if event["kind"] == "sent")
    assert mail["people"] == [{"address": JULIE, "name": ""}]
    assert (mail["answers"], mail["forwards"], mail["auto"], mail["at_home"]) == (False, False, None, True)
    assert {"luthier"} <= set(mail["words"])
    shown = {
        "kind",
        "tags",
        "title",
        "text",
        "status",
        "organizer",
        "answers",
        "forwards",
        "auto",
        "data",
        "of",
        "people",
    }
    assert shown <= mail.keys() & set(patterns.FIELDS)
