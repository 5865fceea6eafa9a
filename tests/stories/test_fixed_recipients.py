"""Mail with somebody to whom a rule writes, whoever the case is about, is seen where that rule has a duty."""

import pytest

from tests.support.storybook import CONFIG, Story

RULES = """
[rule.hours]
on      = { kind = "meeting", title = "shift" }
opens   = "end"
closes  = "end + 9 days"
done_by = [{ kind = "sent", to = "payroll@firm.example" }]
do      = { type = "draft", to = "payroll@firm.example", title = "My hours of {{ start|day }}", text = "Attached." }

[rule.mine]
on      = "#mine"
closes  = "day + 9 days"
done_by = [{ kind = "sent", title = "*" }]
do      = { type = "task", title = "x" }
"""
PAYROLL = "payroll@firm.example"


@pytest.fixture
def story(tmp_path):
    story = Story(tmp_path, CONFIG.replace('packs = ["interview"]', 'rules = ["mine.toml"]'))
    (tmp_path / "mine.toml").write_text(RULES)
    return story


def shift(story, ident="a@x", day=10):
    story.visit(ident, f"2026-11-{day} 10:00", f"boss@{ident[0]}.example", title="Shift")


def write(story, at="2026-11-10 18:00", subject="Hours"):
    story.mail(at, PAYROLL, subject)


def test_a_mail_that_comes_after_the_duty_ends_it(story):
    shift(story)
    assert story.at("2026-11-10 12:00").rules() == ["hours"]
    write(story)
    tick = story.at("2026-11-10 19:00")
    assert (tick.state("hours"), tick.rules("withdraw")) == ("done", ["hours"])


def test_what_comes_at_once_or_was_there_before_ends_it_likewise(story):
    write(story)
    assert story.at("2026-11-10 19:00").changes == []
    shift(story)
    assert story.at("2026-11-10 20:00").state("hours") == "done"
    shift(story, "b@x")
    write(story, "2026-11-10 20:10")
    assert story.at("2026-11-10 20:20").state("hours", "b.example") == "done"


def test_a_draft_that_nobody_had_made_is_known_by_its_subject(story):
    (story.folder / "mine.toml").write_text(
        RULES.replace('done_by = [{ kind = "sent", to = "payroll@firm.example" }]\n', "", 1)
    )
    shift(story)
    write(story, subject="Mes heures")
    assert story.at("2026-11-10 19:00").state("hours") == "due"
    shift(story, "b@x", 11)
    write(story, "2026-11-11 18:00", "My hours of mercredi 11 novembre")
    assert story.at("2026-11-11 19:00").state("hours", "b.example") == "done"


def test_it_joins_no_case_in_which_the_rule_has_no_duty(story):
    shift(story)
    story.note("2026-11-10 09:00 #mine", "<paul@brio.example>")
    write(story)
    tick = story.at("2026-11-10 19:00")
    assert (tick.state("hours"), tick.state("mine")) == ("done", "due")
    story.note("2026-11-10 20:00 #mine again", "<paul@brio.example>")
    write(story, "2026-11-10 20:10")
    assert {each.state for each in story.at("2026-11-10 21:00").states("mine")} == {"due"}
