"""The first run after an upgrade, on stores that released commits made: it surprises nobody.

How they came to be, and how the next one is added: tests/support/earlier.py.
"""

import json
import re
import sqlite3
from contextlib import closing

import pytest

from followup_rules.store.schema import VERSION
from tests.support.earlier import LAST, lay_out
from tests.support.project import ROOT
from tests.support.storybook import call


def version_of(sample):
    """Return the version of the store that a sample holds."""
    return int(re.search(r"pragma user_version = (\d+);", (sample / "store.sql").read_text())[1])


SAMPLES = [each for each in sorted((ROOT / "tests/data/stores").iterdir()) if version_of(each) < VERSION]
"""One of the version of today lies ready for the next."""
FIRST, SECOND, LATER = "2026-11-11T17:00", "2026-11-11T17:05", "2026-11-12T10:00"
OVER = ("done", "expired", "void")
DATED = ("update", "keep-promise/notes:bea@bravo.ca::promise:3@2026-11-09")
"""Its "10 nov. 2026" was text once: now the draft of that promise gets its date, and stays."""
REOPENED = {"thank-you/mike.ca@2026-11-09", "thank-you/victor.ca@2026-11-09"}
"""Quoted words and a subject that answers theirs counted as thanks once."""
SETTLED, LISTED = 8, 9
"""Since these versions of the store dates are read as above, and strangers' invitations are asked about; and each action
lives on its own, and a mail is about the promises with which it shares the most words.
"""
INVITED = {"thank-you/tango.ca@2026-11-09"}
"""Thanks for an invitation to an interview counted as thanks for one until version 12 of the store."""
LISTS = {f"parcel/notes:{who}:2026-11-11T12:30:parcel@2026-11-11"
         for who in ("carl@charlie.ca", "dora@delta.ca", "max@mike.ca")}  # fmt: skip
"""Any of several actions ended the whole duty once."""
SHARED = {"keep-promise/notes:bea@bravo.ca::promise:2@2026-11-09"}
"""A mail that names another promise, and shares a word with this one, ended it, too, once."""


@pytest.fixture(params=SAMPLES, ids=lambda sample: sample.name)
def folder(request, tmp_path):
    lay_out(request.param, tmp_path / "life")
    return tmp_path / "life"


@pytest.fixture
def dated(folder):
    """What the first run after the upgrade brings up to date."""
    return [DATED] if version(folder / "out/followup.db") < SETTLED else []


def version(store):
    with closing(sqlite3.connect(store)) as opened:
        return opened.execute("pragma user_version").fetchone()[0]


def states_before(folder):
    with closing(sqlite3.connect(folder / "out/followup.db")) as opened:
        return dict(opened.execute("select key, state from decision"))


def said(folder, verb, now):
    found = call(folder, verb, "--json", "--now", now)
    assert found.exit_code == 0, found.stderr
    return json.loads(found.stdout)


def changes(answer):
    return [(each["op"], each["key"]) for each in answer["changes"]]


def left(folder):
    """Return what stands in the outputs: the drafts' files, those that the user edited whole, and the lines of tasks."""
    drafts = {file.name: file.read_text() for file in sorted((folder / "out/drafts").glob("*.eml"))}
    edited = [text for text in drafts.values() if "In my own words." in text]
    return list(drafts), edited, (folder / "out/todo.txt").read_text()


def test_the_first_run_makes_and_takes_back_nothing_and_a_second_does_no_more(folder, dated):
    before = left(folder)
    planned, ran = said(folder, "plan", FIRST), said(folder, "run", FIRST)
    assert changes(ran) == changes(planned) == dated
    assert left(folder) == before
    again = said(folder, "run", SECOND)
    assert (changes(again), again["problems"], left(folder)) == ([], [], before)


def test_what_was_over_stays_over_and_nothing_has_another_key(folder):
    before = states_before(folder)
    over = {key for key, state in before.items() if state in OVER}
    said(folder, "run", FIRST)
    after = {each["key"]: each["state"] for each in said(folder, "plan", LATER)["decisions"]}
    # The report was promised on the day that was text once; it has been sent.
    moved = {key: key.replace("@2026-10-27", "@2026-10-28") if "alpha.ca::promise" in key else key for key in before}
    moved |= {key: key.replace("@2026-11-09", "@2026-11-10") for key in before if "bravo.ca::promise:3" in key}
    assert {key: after.get(moved[key]) for key in over} == {key: before[key] for key in over}
    assert {moved[key] for key in before} <= after.keys()
    assert not [key for key in after if key.startswith("too-soon/") and key not in before]


def test_it_tells_in_a_few_sentences_what_is_read_otherwise_and_keeps_a_copy(folder, dated):
    before = version(folder / "out/followup.db")
    done = {key for key, state in states_before(folder).items() if state == "done"}
    problems = said(folder, "run", FIRST)["problems"]
    assert {(each["where"], each["severity"], each["code"]) for each in problems} == {("store", "info", "F071")}
    brought, *told = [each["message"] for each in problems]
    assert f"from version {before} to " in brought
    assert ["“The drawing” of 2026-11-10" in each for each in told[: len(dated)]] == [True] * len(dated)
    stays = (INVITED | ((REOPENED if dated else LISTS) | SHARED if before < LISTED else set())) & done
    assert all(key in told[len(dated)] for key in stays)
    assert len(told) == len(dated) + bool(stays)
    copy = folder / f"out/followup.db.v{before}-backup"
    assert str(copy) in problems[0]["hint"]
    assert version(copy) == before
    assert version(folder / "out/followup.db") > before


def test_explain_says_why_a_duty_stays_over(folder):
    done = (REOPENED | INVITED) & {key for key, state in states_before(folder).items() if state == "done"}
    said(folder, "run", FIRST)
    for key in done:
        case = key.partition("/")[2].partition("@")[0]
        shown = " ".join(call(folder, "explain", case, "--now", LATER).stdout.split())
        assert (
            "it was over before followup was upgraded, or its rule or the time zone changed, and stays so: done by your mail"
            in shown
        )
    assert call(folder, "doctor", "--deep", "--now", SECOND).exit_code == 0


def test_while_a_source_cannot_be_read_nothing_opens_anew(folder, dated):
    before = left(folder)
    (folder / "sent").rename(folder / "away")
    blind = call(folder, "run", "--json", "--now", FIRST)
    assert blind.exit_code == 1
    assert [each for each in changes(json.loads(blind.stdout)) if each not in dated] == []
    (folder / "away").rename(folder / "sent")
    ran = said(folder, "run", SECOND)
    assert [each for each in changes(ran) if each not in dated] == []
    assert left(folder) == before
    assert said(folder, "run", "2026-11-11T17:10")["problems"] == []


def test_interviews_by_strangers_that_it_helped_with_go_on(folder, dated):
    strangers = ("nova", "oscar") if dated else ()  # later versions asked about them, and helped with none
    said(folder, "run", FIRST)
    calls = {key for _, key in changes(said(folder, "run", "2026-11-24T10:00")) if key.startswith("follow-up-call/")}
    assert {f"follow-up-call/{case}.ca@2026-11-09" for case in (*strangers, "papa", "charlie")} <= calls


def test_what_is_mended_later_counts_again(folder):
    """What stays over by itself is judged by what is read now: an unticked note opens its promise again."""
    said(folder, "run", FIRST)
    notes = folder / "notes.md"
    notes.write_text(notes.read_text().replace("- [x] ", "- "))
    assert changes(said(folder, "run", LATER))[:1] == [
        ("create", "keep-promise/notes:bea@bravo.ca:2026-11-09T20:00:promise:2@2026-11-09")
    ]


def test_a_case_that_is_forgotten_leaves_nothing_of_what_was_settled(folder):
    said(folder, "run", FIRST)
    assert call(folder, "forget", "mike.ca", "--yes", "--now", LATER).exit_code == 0
    with closing(sqlite3.connect(folder / "out/followup.db")) as opened:
        assert "mike" not in "\n".join(opened.iterdump())


def test_the_samples_end_where_the_trial_begins():
    assert LAST < FIRST
    assert len(SAMPLES) >= 3
