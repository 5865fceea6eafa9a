"""`followup doctor`: all is well, or what is wrong and what to do; it changes nothing."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from copy import deepcopy
from types import SimpleNamespace

import pytest

from followup_rules.config.read import read_config
from followup_rules.store.schema import VERSION
from followup_rules.store.store import open_copy
from followup_rules.upkeep import audit, surroundings
from tests.support.storybook import CONFIG, Story, call

NOW = "2026-11-09 17:00"
LATER = "2026-11-09 18:00"


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """Somebody who had an interview and promised something; all is well."""
    told = Story(tmp_path_factory.mktemp("lived") / "folder")
    told.visit("I1", "2026-11-09 10:00")
    told.visit("I2", "2026-11-12 14:00", "paul@boreal.ca")
    told.note("2026-11-09 16:00 #promise le frisbee")
    told.run("2026-11-08 09:00")
    told.run(NOW)
    return told


@pytest.fixture
def story(lived, tmp_path):
    """A copy of it."""
    told = deepcopy(lived)
    told.folder = tmp_path / "folder"
    shutil.copytree(lived.folder, told.folder)
    return told


class Visit:
    """What doctor said."""

    def __init__(self, story, *options, now=LATER):
        before = story._files()
        self.result = call(story.folder, "doctor", "--now", now, "--json", *options)
        self.exit = self.result.exit_code
        record = json.loads(self.result.stdout)
        self.facts = {finding["area"]: finding["fact"] for finding in record.get("findings", ())}
        self.codes = sorted({problem["code"] for problem in record["problems"]})
        self.said = " ".join(f"{each['where']}: {each['message']}; {each['hint']}." for each in record["problems"])
        assert story._files() == before


def test_all_is_well(story):
    visit = Visit(story, "--deep")
    assert (visit.exit, visit.said) == (0, "")
    assert visit.facts["last run"] == "Mon 2026-11-09 17:00, 1 hour ago"
    assert visit.facts["sources.calendar"] == "last read Mon 2026-11-09 17:00"
    assert visit.facts["decisions"].startswith("11 of 11 decisions of 2 cases agree")
    assert visit.facts["store"].endswith(f"version {VERSION}, sound")
    assert visit.facts["time zone"] == "America/Toronto, 2026-11-09 18:00 (UTC-0500)"


def test_for_people_it_says_so_in_a_few_lines(story):
    said = call(story.folder, "doctor", "--now", LATER)
    assert said.exit_code == 0
    assert said.stdout.endswith("\n\nAll is well.\n")
    assert said.stderr == ""


def test_before_the_first_run_nothing_is_wrong(tmp_path):
    story = Story(tmp_path / "folder")
    visit = Visit(story)
    assert visit.exit == 0
    assert "the first run makes it" in visit.facts["store"]
    assert not (story.folder / "out/followup.db").exists()


def test_a_config_that_cannot_be_used_is_the_first_thing_to_mend(story):
    (story.folder / "config.toml").write_text("[profile")
    assert Visit(story).exit == 2


def test_a_faulty_rule_is_told(story):
    story.config('[rule.mine]\non = "interveiw"\ndo = { type = "notice", title = "Hi" }\n')
    visit = Visit(story)
    assert (visit.exit, visit.codes) == (1, ["F012"])


@pytest.mark.parametrize(("now", "exit_code"), [("2026-11-11 16:59", 0), ("2026-11-14 09:00", 1)])
def test_runs_that_have_stopped_are_told_after_two_days(story, now, exit_code):
    visit = Visit(story, now=now)
    assert visit.exit == exit_code
    assert ("the last run was 4 days ago: the runs have stopped" in visit.said) is bool(exit_code)
    assert ("followup schedule --install" in visit.said) is bool(exit_code)


def test_a_clock_that_was_set_back_is_told(story):
    visit = Visit(story, now="2026-11-09 15:00")
    assert (visit.exit, visit.codes) == (1, ["F063"])
    assert "the clock shows 2026-11-09 15:00, which is before the last run (Mon 2026-11-09 17:00)" in visit.said


def test_a_source_that_fails_is_told_with_when_it_was_last_read(story):
    (story.folder / "calendar.ics").unlink()
    story.run("2026-11-09 17:30")
    story.run("2026-11-09 17:45")
    visit = Visit(story)
    assert visit.exit == 1
    assert (
        visit.facts["sources.calendar"] == "cannot be read since Mon 2026-11-09 17:30; last read Mon 2026-11-09 17:00"
    )


@pytest.mark.parametrize(
    ("silence", "told"), [("", True), ('silence = "60 days"', False), ('silence = "0 days"', False)]
)
def test_a_source_that_shows_nothing_new_is_told_after_its_silence(story, silence, told):
    story.config()
    for table in ("calendar", "sent", "notes"):
        story.base = story.base.replace(f"[sources.{table}]", f"[sources.{table}]\n{silence}")
    story.config()
    story.run("2026-11-25 17:00")
    visit = Visit(story, now="2026-11-25 18:00")
    assert (visit.codes, visit.exit) == (["F066"] if told else [], 0)
    assert ("sources.sent: it can be read, and has shown nothing at all for 17 days" in visit.said) == told


def test_an_output_that_cannot_be_opened_is_told(story):
    story.todo.unlink()
    story.todo.mkdir()
    visit = Visit(story)
    assert (visit.exit, visit.codes) == (1, ["F040"])
    assert "outputs.tasks: cannot be used" in visit.said


@pytest.mark.usefixtures("unprivileged")
def test_a_folder_in_which_nothing_can_be_written_is_told(story):
    (story.folder / "out").chmod(0o500)
    visit = Visit(story)
    (story.folder / "out").chmod(0o700)
    assert (visit.exit, visit.codes) == (1, ["F041", "F046"])
    assert "cannot be written: you may not create anything in" in visit.said


def test_what_was_refused_is_told_with_when_it_is_tried_again(story):
    shutil.rmtree(story.folder / "out/drafts")
    (story.folder / "out/drafts").write_text("in the way")
    story.note("2026-11-09 17:10 #promise les donateurs")
    story.run("2026-11-09 17:20")
    visit = Visit(story)
    assert visit.exit == 1
    assert "outputs.drafts" in visit.said


def change(story, statement):
    with closing(sqlite3.connect(story.folder / "out/followup.db")) as writer, writer:
        writer.execute(statement)


def test_a_call_without_an_end_is_a_warning(story):
    change(story, """update ledger set state = 'intended', body = replace(body, '"delivered"', '"intended"')""")
    visit = Visit(story)
    assert visit.exit == 0
    assert "nobody knows yet whether create " in visit.said
    assert "the next run looks" in visit.said
    story.run("2026-11-09 18:10")
    assert Visit(story, now="2026-11-09 18:20").said == ""


def test_a_refused_change_is_told(story):
    more = '"refused","retry":"2026-11-09T23:30:00Z"'
    change(
        story,
        f"""update ledger set state = 'refused', body = replace(body, '"delivered"', '{more}')
                      where key like 'thank-you%'""",
    )
    change(story, """update ledger set body = replace(body, ',"retry":null', '')""")
    visit = Visit(story)
    assert visit.exit == 1
    assert "tried again from Mon 2026-11-09 18:30 on: create thank-you/nordik.ca@2026-11-09 (drafts)" in visit.said


def test_files_that_others_may_read_are_told(story):
    (story.folder / "out/followup.db").chmod(0o644)
    visit = Visit(story)
    assert (visit.exit, visit.codes) == (1, ["F061"])
    assert f"chmod 600 {story.folder / 'out/followup.db'}" in visit.said


def test_a_folder_in_which_everybody_may_write_is_told(story):
    (story.folder / "out").chmod(0o777)
    assert f"chmod 700 {story.folder / 'out'}" in Visit(story).said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_files_of_another_user_are_told(story):
    os.chown(story.folder / "out/followup.db", 1000, 1000)
    assert "belongs to another user" in Visit(story).said


def test_a_disk_that_is_nearly_full_is_told(story, monkeypatch):
    monkeypatch.setattr(surroundings.shutil, "disk_usage", lambda _: SimpleNamespace(free=9_000_000))
    visit = Visit(story)
    assert (visit.exit, visit.codes) == (0, ["F065"])
    assert "has only 9.0 MB left" in visit.said


def test_an_environment_without_home_or_utf_8_is_told(story, monkeypatch):
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(surroundings.locale, "getencoding", lambda: "ISO-8859-1")
    visit = Visit(story)
    assert (visit.exit, visit.codes) == (0, ["F065"])
    assert "HOME is not set" in visit.said
    assert "LANG=C.UTF-8" in visit.said


def damage_index(story):
    """Take a row out of an index only, as a byte that flips would."""
    change(story, "create table aside as select rootpage from sqlite_master where name = 'event_id'")
    with closing(sqlite3.connect(story.folder / "out/followup.db")) as writer, writer:
        (page,) = writer.execute("select rootpage from aside").fetchone()
        writer.execute("drop table aside")
        writer.execute("pragma journal_mode = delete")
    with (story.folder / "out/followup.db").open("r+b") as file:
        file.seek((page - 1) * 4096 + 3)
        cells = int.from_bytes(file.read(2), "big")
        file.seek((page - 1) * 4096 + 3)
        file.write((cells - 1).to_bytes(2, "big"))


def test_what_only_a_deep_look_finds_is_told_by_it(story):
    damage_index(story)
    deep = Visit(story, "--deep")
    assert (deep.exit, deep.codes) == (2, ["F046"])
    assert "is damaged: " in deep.said


def test_a_run_that_was_cut_short_is_mentioned(story):
    left = story.folder / "out/followup.db-wal"
    writer = sqlite3.connect(story.folder / "out/followup.db", isolation_level=None)
    writer.execute("insert into tombstone values ('x', 'y')")
    kept = left.read_bytes()
    writer.close()
    left.write_bytes(kept)
    left.chmod(0o600)
    found = json.loads(call(story.folder, "doctor", "--now", LATER, "--json").stdout)["findings"]
    assert "a run was cut short" in next(each["fact"] for each in found if each["area"] == "store")


# -- the decisions, judged from scratch


def test_a_decision_that_was_tampered_with_is_named(story):
    change(story, "update decision set state = 'done' where key = 'fit/nordik.ca@2026-11-09'")
    visit = Visit(story, "--deep")
    assert (visit.exit, visit.codes) == (1, ["F062"])
    assert "10 of 11 decisions of 2 cases agree" in visit.facts["decisions"]
    assert "fit/nordik.ca@2026-11-09 is kept as “done, until " in visit.said
    assert "11:00" in visit.said.partition("judged from scratch it is “due, until ")[2][:16], "the user's own clock"
    assert "judged from scratch it is “due, until " in visit.said
    assert Visit(story).exit == 0


def test_a_decision_that_is_missing_and_one_too_many_are_named(story):
    change(story, "update decision set key = 'fit/nordik.ca@2020-01-01' where key = 'fit/nordik.ca@2026-11-09'")
    said = Visit(story, "--deep").said
    assert "fit/nordik.ca@2026-11-09 is kept as “nothing”" in said
    assert "fit/nordik.ca@2020-01-01 is kept as “due" in said


def test_an_event_in_the_wrong_case_is_named(story):
    change(story, "update place set home = 'elsewhere.ca' where home = 'boreal.ca'")
    visit = Visit(story, "--deep")
    assert "I2 is kept as “in elsewhere.ca”, and judged from scratch it is “in boreal.ca”" in visit.said


def test_after_a_change_of_config_there_is_nothing_to_compare(story):
    story.config("# a word\n")
    assert "the config has changed" in Visit(story, "--deep").facts["decisions"]


def test_what_waits_for_the_next_run_is_not_compared(story):
    change(story, """update "case" set stale = 1 where key = 'nordik.ca'""")
    assert (
        Visit(story, "--deep").facts["decisions"].endswith("of 1 case agree; not compared until the next run: 1 case")
    )


def test_nothing_differs_after_many_runs_of_a_rich_story(story):
    story.visit("I3", "2026-11-17 09:00", stamp="2026-11-10 09:00")
    story.mail("2026-11-10 09:30", "julie.roy@nordik.ca", "Le frisbee promis")
    story.note("2026-11-10 10:00 #fix-answer Kanban")
    for day in range(10, 24, 2):
        now = f"2026-11-{day} 11:00"
        story.run(now)
        with open_copy(story.folder / "out/followup.db") as copy:
            found = audit.audit(read_config(story.folder / "config.toml"), copy)
        assert found.differences == (), now
        assert found.decisions > 5


def test_a_store_without_a_run_has_nothing_to_compare(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    with open_copy(tmp_path / "followup.db") as copy:
        assert audit.audit(read_config(tmp_path / "config.toml"), copy) is None


@pytest.mark.parametrize(
    ("folder", "program"),
    [
        ("Dropbox", "Dropbox"),
        ("OneDrive - Nordik", "OneDrive"),
        ("Library/Mobile Documents/com~apple~CloudDocs", "iCloud Drive"),
        ("Nextcloud", "Nextcloud"),
        ("Google Drive", "Google Drive"),
        ("mine/.stfolder", "Syncthing"),
    ],
)
def test_a_store_in_a_synchronized_folder_is_told_against(story, tmp_path, folder, program):
    place = tmp_path / folder
    place.mkdir(parents=True)
    place = place.parent if place.name.startswith(".") else place
    config = story.folder / "config.toml"
    config.write_text(config.read_text().replace("out/followup.db", str(place / "followup.db")))
    visit = Visit(story)
    assert (visit.exit, visit.codes) == (0, ["F084"])
    assert program in visit.said


def test_copies_beside_the_store_are_listed_and_must_be_for_their_owner_alone(story):
    call(story.folder, "backup", "--now", LATER)
    copy = story.folder / "out/followup.db.2026-11-09-backup"
    assert copy.name in Visit(story).facts["files"]
    copy.chmod(0o644)
    assert (Visit(story).codes, str(copy) in Visit(story).said) == (["F061"], True)
