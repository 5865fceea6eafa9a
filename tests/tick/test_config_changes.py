"""What becomes of events and actions when the user changes the config between two runs."""

import pytest
from msgspec.structs import replace

from followup_rules import Refused, Unreadable
from followup_rules.engine.plan import EntryState
from followup_rules.store.state import Table
from followup_rules.store.store import open_store
from tests.support import oddplugin
from tests.support.storybook import Story, call

BEFORE, AFTER, LATER = "2026-11-09 11:05", "2026-11-09 11:20", "2026-11-09 11:35"


@pytest.fixture
def story(tmp_path):
    found = Story(tmp_path / "story")
    found.visit("I1", "2026-11-09 10:00")
    return found


def change(story, old, new):
    """Write the config with one text in the place of another."""
    assert old in story.base
    story.base = story.base.replace(old, new)
    story.config()


def drafts(story, folder):
    return sorted((story.folder / folder).glob("*.eml"))


def test_a_source_by_another_name_is_the_same_source(story):
    assert story.at(BEFORE).rules() == ["thank-you"]
    change(story, "[sources.calendar]", "[sources.agenda]")
    assert (story.at(AFTER).changes, story.at(LATER).problems) == ([], [])


def test_what_a_renamed_calendar_no_longer_lists_is_gone(story):
    story.at("2026-11-08 09:00")
    change(story, "[sources.calendar]", "[sources.agenda]")
    story.at("2026-11-08 09:15")
    story.unlist("I1")
    story.at("2026-11-08 09:30")
    assert story.at(BEFORE).rules() == []


def test_a_source_that_leaves_the_config_takes_with_it_what_had_not_begun(story):
    story.visit("I2", "2026-11-16 10:00")
    story.at(BEFORE)
    more = '[sources.other]\nplugin = "ics"\npath = "other"\n'
    (story.folder / "other").mkdir()
    (story.folder / "calendar.ics").rename(story.folder / "other/a.ics")
    story._write_calendar()
    story.config(more)
    story.at(AFTER)
    story.unlist("I2")
    story.at("2026-11-09 11:25")
    story.config()
    told = story.at(LATER)
    assert "sources.other: the config no longer names it: 1 entry that lay ahead left with it" in told.said
    assert story.at("2026-11-16 11:05").rules() == []


def test_what_a_source_had_shown_of_the_past_stays_when_it_leaves(story):
    """A thank-you that was due is not withdrawn: the calendar is read from elsewhere from now on."""
    story.at(BEFORE)
    change(story, '[sources.calendar]\nplugin = "ics"\npath = "calendar.ics"\n', "")
    tick = story.at(AFTER)
    assert tick.rules("withdraw", aside=True) == []
    assert len(drafts(story, "out/drafts")) == 1


def test_other_options_have_a_source_read_from_its_beginning(story):
    """A cursor says what was seen with other options: here, that the file had not changed."""
    story.visit("I2", "2027-11-16 10:00")
    story.at(BEFORE)
    change(story, 'path = "calendar.ics"', 'path = "calendar.ics"\ndays_ahead = 380')
    story.at(AFTER)
    assert [d.key for d in story.at(LATER).states("prepare") if "2027" in d.key] == ["prepare/nordik.ca@2027-11-16"]


def test_other_options_of_a_source_are_told_once(story):
    story.at(BEFORE)
    change(story, 'path = "calendar.ics"', 'path = "calendar.ics"\ndays_ahead = 380')
    told = story.at(AFTER)
    assert "sources.calendar: it reads another place now, or with other options" in told.said
    assert [(problem["severity"], told.exit) for problem in told.problems] == [("warning", 0)]
    assert story.at(LATER).problems == []


def test_a_newer_plugin_with_other_options_is_no_change_of_the_user(story):
    story.at(BEFORE)
    with open_store(story.folder / "out/followup.db") as store:
        state = store.state.read()
        tables = {name: Table("as it was", "0.0.1") for name in state.sources}
        store.state.write(replace(state, sources=tables))
    assert story.at(AFTER).problems == []


def test_drafts_go_to_another_folder_and_the_old_one_is_left_alone(story):
    story.at(BEFORE)
    change(story, 'path = "out/drafts"', 'path = "mail"')
    tick = story.at(AFTER)
    assert (tick.rules(), tick.rules("withdraw")) == (["thank-you"], [])
    assert (len(drafts(story, "out/drafts")), len(drafts(story, "mail"))) == (1, 1)
    assert "it writes to another place now; 1 action stays in the old one: thank-you/nordik.ca@2026-11-09" in tick.said
    assert (tick.exit, story.at(LATER).changes) == (0, [])


@pytest.mark.parametrize("op", ["update", "withdraw"])
def test_what_a_run_was_changing_when_it_was_cut_short_goes_to_the_other_folder_too(story, op):
    story.at(BEFORE)
    with open_store(story.folder / "out/followup.db") as store:
        (entry,) = (entry for entry in store.ledger.of("nordik.ca") if entry.action.type == "draft")
        pending = entry.action if op == "update" else None
        store.ledger.write(replace(entry, state=EntryState.INTENDED, op=op, pending=pending))
    change(story, 'path = "out/drafts"', 'path = "mail"')
    tick = story.at(AFTER)
    assert (tick.rules(), tick.exit) == (["thank-you"], 0)
    assert (len(drafts(story, "out/drafts")), len(drafts(story, "mail"))) == (1, 1)


def test_what_the_user_has_edited_in_the_old_folder_is_not_made_anew(story):
    story.at(BEFORE)
    (draft,) = drafts(story, "out/drafts")
    draft.write_bytes(draft.read_bytes() + b"\r\nOne more word.\r\n")
    story.at("2026-11-09 11:10")
    change(story, 'path = "out/drafts"', 'path = "mail"')
    assert story.at(AFTER).rules() == []
    assert drafts(story, "mail") == []


def test_a_folder_that_was_moved_with_its_drafts_is_taken_over(story):
    story.at(BEFORE)
    (story.folder / "out/drafts").rename(story.folder / "mail")
    change(story, 'path = "out/drafts"', 'path = "mail"')
    tick = story.at(AFTER)
    assert (tick.changes, tick.problems) == ([], [])
    story.note("2026-11-09 12:00 #thanked by phone")
    assert story.at("2026-11-09 12:15").rules("withdraw") == ["thank-you"]
    assert drafts(story, "mail") == []


def test_a_folder_that_was_moved_with_its_config_and_store_is_the_same_place(story):
    story.at(BEFORE)
    (draft,) = drafts(story, "out/drafts")
    draft.unlink()
    story.folder = story.folder.rename(story.folder.with_name("elsewhere"))
    tick = story.at(AFTER)
    assert (tick.changes, tick.problems) == ([], [])


def test_tasks_go_to_a_list_that_is_yet_to_be_begun(story):
    tasks = [c["key"] for c in story.at(BEFORE).changes if c["type"] == "task"]
    change(story, 'path = "out/todo.txt"', 'path = "lists/todo.txt"')
    tick = story.at(AFTER)
    assert [c["key"] for c in tick.changes if c["type"] == "task"] == tasks
    assert story.at(LATER).changes == []


def test_the_same_folder_in_other_words_is_the_same_place(story):
    story.at(BEFORE)
    change(story, 'path = "out/drafts"', 'path = "./out/../out/drafts"')
    tick = story.at(AFTER)
    assert (tick.changes, tick.problems) == ([], [])


def test_an_output_by_another_name_keeps_what_it_made(story):
    story.at(BEFORE)
    change(story, "[outputs.drafts]", "[outputs.mail]")
    assert story.at(AFTER).changes == []
    story.note("2026-11-09 12:00 #thanked by phone")
    assert story.at("2026-11-09 12:15").rules("withdraw") == ["thank-you"]


def test_a_place_that_cannot_be_asked_is_asked_by_the_next_run(story):
    story.at(BEFORE)
    change(story, 'path = "out/drafts"', 'path = "mail"')
    (story.folder / "mail").write_text("a file where the folder belongs")
    assert "outputs.drafts" in story.at(AFTER).said
    (story.folder / "mail").unlink()
    tick = story.at("2026-11-09 12:45")
    assert tick.rules() == ["thank-you"]
    assert "1 action stays in the old one" in tick.said


def test_a_first_run_by_a_clock_that_was_ahead_does_not_make_all_that_is_due_too_old(story):
    story.at("2027-06-01 00:05")
    assert story.at(AFTER).rules() == ["thank-you"]


def test_a_refusal_at_a_wrong_date_is_tried_again_once_the_clock_is_right(tmp_path, odd):
    def refuse(_):
        raise Refused("the account is full")

    told = oddplugin.story(tmp_path / "told", oddplugin.TASKS_APART)
    odd.output.instead["create"] = refuse
    assert {p["code"] for p in oddplugin.run(told, "2026-11-11 11:00").problems} == {"F041"}
    del odd.output.instead["create"]
    made = oddplugin.run(told, AFTER).changes
    assert {change["rule"] for change in made if change["output"] == "odd"} == {"debrief", "fit"}


def test_two_configs_on_one_store_are_refused_by_name(story):
    story.at(BEFORE)
    other = story.folder / "other.toml"
    other.write_text((story.folder / "config.toml").read_text())
    for verb in ("run", "plan"):
        found = call(story.folder, "--config", str(other), verb, "--now", AFTER)
        assert found.exit_code == 2
        assert str(story.folder / "config.toml") in found.stderr.replace("\n", "")
    assert story.at(LATER).exit == 0


def test_a_config_by_another_name_keeps_its_store(story):
    story.at(BEFORE)
    (story.folder / "config.toml").rename(story.folder / "other.toml")
    found = call(story.folder, "--config", str(story.folder / "other.toml"), "run", "--now", AFTER)
    assert (found.exit_code, found.output) == (0, "")


# -- outputs that go for a while, come back, or take each other's names


DRAFTS = '[outputs.drafts]\nplugin = "eml"\npath = "out/drafts"\n'


def without_drafts(story):
    """Leave the table of the drafts out for one run, and return to the config as it was."""
    base = story.base
    change(story, DRAFTS, "")
    story.at(AFTER)
    story.base = base


def test_an_output_that_was_left_out_for_a_while_has_what_it_had_also_by_another_name(story):
    story.at(BEFORE)
    without_drafts(story)
    change(story, "[outputs.drafts]", "[outputs.mail]")
    assert (story.at(LATER).changes, len(drafts(story, "out/drafts"))) == ([], 1)
    story.note("2026-11-09 12:00 #thanked by phone")
    assert story.at("2026-11-09 12:15").rules("withdraw") == ["thank-you"]


def test_an_output_that_comes_back_with_another_place_has_all_that_is_due_made_there(story):
    story.at(BEFORE)
    without_drafts(story)
    change(story, 'path = "out/drafts"', 'path = "mail"')
    tick = story.at(LATER)
    assert (tick.rules(), len(drafts(story, "mail")), len(drafts(story, "out/drafts"))) == (["thank-you"], 1, 1)
    assert "1 action stays in the old one: thank-you/nordik.ca@2026-11-09" in tick.said


def test_a_table_may_take_the_name_and_the_place_of_two_others(story):
    """The drafts of one folder go on under the name of the other, whose own stay where they are."""
    change(story, DRAFTS, f'{DRAFTS}[outputs.mail]\nplugin = "eml"\npath = "mail"\n')
    assert story.at(BEFORE).rules() == ["thank-you"] * 2
    change(story, DRAFTS, "")
    change(story, 'path = "mail"', 'path = "out/drafts"')
    tick = story.at(AFTER)
    assert (tick.changes, len(drafts(story, "mail")), len(drafts(story, "out/drafts"))) == ([], 1, 1)
    assert "1 action stays in the old one: thank-you/nordik.ca@2026-11-09" in tick.said
    story.note("2026-11-09 12:00 #thanked by phone")
    assert story.at("2026-11-09 12:15").rules("withdraw") == ["thank-you"]
    assert (len(drafts(story, "mail")), len(drafts(story, "out/drafts"))) == (1, 0)


# -- accounts


ACCOUNT = '[outputs.odd]\nplugin = "odd"\naccount = "one"\n'
WITH_ACCOUNTS = oddplugin.CODE.replace("    pass", '    account: str = ""', 1)


@pytest.fixture
def account(tmp_path, monkeypatch):
    """A person whose tasks go to an account of theirs, and the plugin that keeps them."""
    acts = oddplugin.install(tmp_path / "plugin", monkeypatch, WITH_ACCOUNTS)
    acts.source, acts.output, acts.check = oddplugin.Source(), oddplugin.Output(), lambda _: True
    told = oddplugin.story(tmp_path / "told", oddplugin.TASKS_APART.replace(oddplugin.OUTPUT, ACCOUNT))
    return told, acts


def made(tick):
    return sorted(change["rule"] for change in tick.changes if change["output"] == "odd")


def test_another_account_that_cannot_be_opened_yet_is_asked_once_it_can(account):
    def locked():
        raise Unreadable("log in first")

    told, acts = account
    tasks = made(oddplugin.run(told, BEFORE))
    change(told, '"one"', '"two"')
    acts.opening = locked
    tick = oddplugin.run(told, AFTER)
    assert (made(tick), [each["message"] for each in tick.problems]) == ([], ["log in first"])
    second = oddplugin.Output()
    acts.opening = lambda: second
    tick = oddplugin.run(told, LATER)
    assert made(tick) == tasks == ["debrief", "fit"]
    assert [each["code"] for each in tick.problems] == ["F070"]
    assert (len(acts.output.made), len(second.made)) == (2, 2)
    assert made(oddplugin.run(told, "2026-11-09 11:50")) == []


def test_what_the_old_account_refused_the_new_one_is_asked_for_at_once(account):
    def full(_):
        raise Refused("the account is full")

    told, acts = account
    acts.output.instead["create"] = full
    for now in (BEFORE, "2026-11-09 11:10", "2026-11-09 11:20", "2026-11-09 11:40"):
        oddplugin.run(told, now)
    acts.output.instead.clear()
    assert made(oddplugin.run(told, "2026-11-09 11:41")) == [], "it waits for its next attempt"
    change(told, '"one"', '"two"')
    assert made(oddplugin.run(told, "2026-11-09 11:42")) == ["debrief", "fit"]
