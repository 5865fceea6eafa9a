"""Stories of rules that make several things: each lives on its own, whatever becomes of the others, or of the rule."""

import re
import sqlite3
from contextlib import closing

import pytest

from tests.support.storybook import JULIE, Story

LIST = """
[define.visit]
kind  = "meeting"
title = "entrevue"
[rule.after]
on      = "visit"
per     = "day"
closes  = "day + 20 days"
done_by = ["#settled"]
do      = [
  { type = "draft", title = "Merci bien", text = "Merci." ID1 },
  { type = "task", title = "Garder le 20 libre" ID2 },
]
"""
NAMED = LIST.replace("ID1", ', id = "mail"').replace("ID2", ', id = "day"')
PLAIN = LIST.replace("ID1", "").replace("ID2", "")
KEY = "after/nordik.ca@2026-11-09"


@pytest.fixture
def story(tmp_path):
    story = Story(tmp_path)
    story.base = story.base.replace('packs = ["interview"]', "packs = []")
    story.visit("I1", "2026-11-09 10:00")
    return story


def with_rules(story, text):
    story.config(text)


def keys(tick, op="create"):
    return sorted(change["key"] for change in tick.changes if change["op"] == op)


def swapped(text):
    first, second = re.findall(r"  \{ type.*\n", text)
    return text.replace(first + second, second + first)


@pytest.mark.parametrize("text", [PLAIN, NAMED], ids=["by place", "by id"])
def test_what_i_delete_or_tick_ends_that_one_and_the_duty_with_the_last(story, text):
    with_rules(story, text)
    second = f"{KEY}#day" if "day" in text.partition("ID")[0] and text is NAMED else f"{KEY}#2"
    assert keys(story.at("2026-11-09 11:05")) == [KEY, second]
    story.draft_file("after").unlink()
    tick = story.at("2026-11-09 12:00")
    assert (tick.state("after"), tick.changes) == ("due", [])
    story.todo.write_text("".join(f"x 2026-11-10 {line}\n" for line in story.todo.read_text().splitlines()))
    tick = story.at("2026-11-10 12:00")
    assert (tick.state("after"), tick.changes) == ("done", [])
    assert "ticked it off" in tick.decision("after").why


def test_done_by_takes_all_back(story):
    with_rules(story, NAMED)
    story.at("2026-11-09 11:05")
    story.note("2026-11-09 15:00 #settled")
    assert keys(story.at("2026-11-09 16:00"), "withdraw") == [KEY, f"{KEY}#day"]


def test_a_mail_of_my_own_ends_its_draft_and_leaves_the_task(story):
    with_rules(story, NAMED)
    story.at("2026-11-09 11:05")
    story.mail("2026-11-09 18:00", JULIE, "Merci bien")
    tick = story.at("2026-11-09 19:00")
    assert (tick.state("after"), keys(tick, "withdraw"), keys(tick)) == ("due", [KEY], [])
    assert len(story.tasks()) == 1


def test_a_list_with_ids_in_another_order_is_the_same(story):
    with_rules(story, NAMED)
    story.at("2026-11-09 11:05")
    with_rules(story, swapped(NAMED))
    assert story.at("2026-11-09 12:00").changes == []
    story.draft_file("after").unlink()
    tick = story.at("2026-11-09 13:00")
    assert (tick.state("after"), tick.changes) == ("due", [])
    story.visit("I2", "2026-11-10 10:00", stamp="2026-11-09 14:00")
    assert keys(story.at("2026-11-10 11:05")) == [key.replace("09", "10") for key in (KEY, f"{KEY}#mail")]


def test_ids_that_are_given_later_keep_what_was_made(story):
    with_rules(story, PLAIN)
    story.at("2026-11-09 11:05")
    story.delete_task("after")
    story.at("2026-11-09 11:30")
    with_rules(story, NAMED)
    assert story.at("2026-11-09 12:00").changes == []
    with_rules(story, swapped(NAMED))
    tick = story.at("2026-11-09 13:00")
    assert (tick.state("after"), tick.changes) == ("due", [])
    story.draft_file("after").unlink()
    assert story.at("2026-11-09 14:00").state("after") == "done"


@pytest.mark.parametrize("touched", [False, True])
def test_where_the_type_under_a_key_changes_the_old_one_is_taken_back_or_left(story, touched):
    with_rules(story, PLAIN)
    story.at("2026-11-09 11:05")
    if touched:
        story.rewrite_draft("after", "De ma main.")
    with_rules(
        story,
        PLAIN.replace('type = "draft", title = "Merci bien", text = "Merci."', 'type = "task", title = "Appeler"'),
    )
    tick = story.at("2026-11-09 12:00")
    assert (keys(tick, "withdraw"), keys(tick)) == ([] if touched else [KEY], [KEY])
    assert (len(story.drafts()), len(story.tasks())) == (int(touched), 2)
    assert story.at("2026-11-09 12:05").changes == []


def test_what_leaves_the_list_is_taken_back_and_what_comes_is_made(story):
    with_rules(story, NAMED)
    story.at("2026-11-09 11:05")
    with_rules(story, NAMED.replace('id = "day"', 'id = "bag"'))
    tick = story.at("2026-11-09 12:00")
    assert (keys(tick, "withdraw"), keys(tick)) == ([f"{KEY}#day"], [f"{KEY}#bag"])


def test_what_was_done_stays_so_when_its_rule_asks_for_more(story):
    first, _ = re.findall(r"  \{ type.*\n", NAMED)
    with_rules(story, re.sub(r"do      = \[[^]]*\]", f"do = [{first.strip()}]", NAMED))
    story.at("2026-11-09 11:05")
    story.draft_file("after").unlink()
    assert story.at("2026-11-09 12:00").state("after") == "done"
    with_rules(story, NAMED)
    tick = story.at("2026-11-10 12:00")
    assert (tick.state("after"), tick.changes) == ("done", [])
    assert story.at("2026-12-10 12:00").state("after") == "done"


def test_the_further_actions_of_an_earlier_version_are_carried_over(story):
    with_rules(story, PLAIN)
    story.at("2026-11-09 11:05")
    old = f"{KEY}+2"
    with closing(sqlite3.connect(story.folder / "out/followup.db")) as store, store:
        store.execute("pragma user_version = 8")
        store.executescript("drop table sent_as; drop table earlier_name;")
        store.execute(
            "update ledger set key = ?1, body = json_set(body, '$.key', ?1, '$.marker', ?1, '$.action.key', ?1) where key = ?2",
            (old, f"{KEY}#2"),
        )
    story.todo.write_text(story.todo.read_text().replace(f"fr:{KEY}#2", f"fr:{old}"))
    tick = story.at("2026-11-09 12:00")
    assert (tick.state("after"), tick.changes) == ("due", [])
    story.todo.write_text("".join(f"x 2026-11-10 {line}\n" for line in story.todo.read_text().splitlines()))
    tick = story.at("2026-11-10 12:00")
    assert (tick.state("after"), tick.changes) == ("due", [])
    story.draft_file("after").unlink()
    assert story.at("2026-11-10 13:00").state("after") == "done"


# -- one of several waits


@pytest.mark.parametrize("waits", ["#1", "#2"])
def test_an_action_that_waits_is_made_when_its_time_has_come_and_the_other_as_ever(story, waits):
    with_rules(story, PLAIN)
    story.note(f"2026-11-09 10:30 #snooze for:{KEY}{waits} until:2026-11-12")
    made = {"#1": KEY, "#2": f"{KEY}#2"}
    one = story.at("2026-11-09 11:05")
    assert (one.state("after"), keys(one)) == ("due", [key for name, key in made.items() if name != waits])
    assert story.at("2026-11-12 08:55").changes == []
    other = story.at("2026-11-12 09:00")
    assert (other.state("after"), keys(other)) == ("due", [made[waits]])
    assert other.changes[0]["due"] == "2026-11-12T09:00:00-05:00"


def test_what_was_made_stays_where_it_is_while_it_waits_and_the_note_may_be_taken_back(story):
    with_rules(story, NAMED)
    story.note("2026-11-09 10:30 Bonne rencontre")
    story.at("2026-11-09 11:05")
    notes = (story.folder / "notes.md").read_text(encoding="utf-8")
    story.note(f"2026-11-09 12:00 #snooze for:{KEY}#day until:2026-11-20")
    tick = story.at("2026-11-09 12:05")
    assert (tick.state("after"), tick.changes) == ("due", [])
    story.draft_file("after").unlink()
    tick = story.at("2026-11-09 12:10")
    assert (tick.state("after"), tick.changes, tick.decision("after").guard) == ("held", [], "snoozed")
    (story.folder / "notes.md").write_text(notes, encoding="utf-8")
    tick = story.at("2026-11-09 12:15")
    assert (tick.state("after"), tick.changes) == ("due", [])


# -- a draft that I send in my own way


NEWS = """
[define.visit]
kind  = "meeting"
title = "entrevue"
[rule.news]
on      = "visit"
per     = "day"
opens   = "day + 3 days at 09:00"
closes  = "opens + 20 days"
do      = { type = "draft", title = "Des nouvelles de {{ case }}?", text = "Bonjour." }
[rule.wait]
on      = { kind = "done", data.rule = "news" }
opens   = "start + 5 days"
do      = { type = "task", title = "Appeler" }
"""
SUBJECT = "Des nouvelles de nordik.ca?"


@pytest.mark.parametrize("before", [[], ["2026-11-12 09:05"]], ids=["seldom", "often"])
def test_my_own_mail_with_the_drafts_subject_counts_whether_or_not_a_draft_was_made(story, before):
    with_rules(story, NEWS)
    story.at("2026-11-09 12:00")
    for instant in before:
        assert story.at(instant).rules() == ["news"]
    story.mail("2026-11-12 14:00", JULIE, SUBJECT, id="mine")
    tick = story.at("2026-11-12 20:00")
    assert (tick.state("news"), tick.decision("news").evidence) == ("done", ["mine@exemple.ca"])
    assert (tick.rules(), story.drafts()) == ([], {})
    assert story.at("2026-11-17 15:00").rules() == ["wait"]


@pytest.mark.parametrize("before", [[], ["2026-11-12 09:05"]], ids=["seldom", "often"])
def test_what_follows_a_draft_that_i_sent_in_my_own_way_stays_when_its_rule_is_renamed(story, before):
    with_rules(story, NEWS)
    story.at("2026-11-09 12:00")
    for instant in before:
        story.at(instant)
    story.mail("2026-11-12 14:00", JULIE, SUBJECT)
    story.at("2026-11-12 20:00")
    assert story.at("2026-11-17 15:00").rules() == ["wait"]
    with_rules(story, NEWS.replace("rule.news", "rule.greet").replace('"news"', '"greet"'))
    assert story.at("2026-11-17 16:00").changes == []
    story.delete_task("wait")
    tick = story.at("2026-11-17 17:00")
    assert (tick.state("wait"), tick.changes) == ("done", [])


def test_a_later_change_of_the_text_reopens_nothing(story):
    with_rules(story, NEWS)
    story.at("2026-11-09 12:00")
    story.mail("2026-11-12 14:00", JULIE, SUBJECT)
    assert story.at("2026-11-12 20:00").state("news") == "done"
    with_rules(story, NEWS.replace("Des nouvelles de", "Et"))
    tick = story.at("2026-11-13 20:00")
    assert (tick.state("news"), tick.rules()) == ("done", [])


def test_a_mail_with_another_subject_is_not_that_draft(story):
    with_rules(story, NEWS)
    story.at("2026-11-09 12:00")
    story.mail("2026-11-12 14:00", JULIE, "Autre chose")
    assert story.at("2026-11-12 20:00").rules() == ["news"]


def test_a_draft_to_nobody_is_known_once_it_was_made_to_whomever_it_went_and_its_mail_joins_the_case(story):
    to_nobody = NEWS.replace('title = "Des', 'to = "it.ref", title = "Des')
    with_rules(story, to_nobody)
    story.at("2026-11-09 12:00")
    assert story.at("2026-11-12 09:05").rules() == ["news"]
    story.mail("2026-11-12 14:00", "claude@oldjob.example", SUBJECT, id="mine")
    tick = story.at("2026-11-12 20:00")
    assert (tick.state("news", "nordik.ca"), tick.decision("news", "nordik.ca").evidence) == (
        "done",
        ["mine@exemple.ca"],
    )
