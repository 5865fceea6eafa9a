"""Stories of the user's own hand: what they edit stays, what they delete stays deleted, what they did is known."""

import pytest

from tests.support.storybook import JULIE, Story, body


@pytest.fixture
def story(tmp_path):
    """An interview on Monday, 9 November 2026, from 10 to 11, whose thank-you lies in the drafts."""
    story = Story(tmp_path)
    story.visit("I1", "2026-11-09 10:00")
    story.at("2026-11-09 11:05")
    return story


def test_an_edited_draft_is_never_overwritten(story):
    story.rewrite_draft("thank-you", "Ajout de ma main.")
    story.visit("I2", "2026-11-17 10:00")
    assert story.at("2026-11-10 10:00").rules("update") == []
    assert "Ajout de ma main." in body(next(iter(story.drafts().values())))


@pytest.mark.parametrize("tag", ["rejected", "thanked"])
def test_an_edited_draft_is_never_taken_back(story, tag):
    story.rewrite_draft("thank-you", "Ajout de ma main.")
    story.note(f"2026-11-10 10:00 #{tag}")
    assert story.at("2026-11-10 10:05").rules("withdraw") == []
    assert story.at("2026-11-20 10:05").rules("withdraw") == []
    assert len(story.drafts()) == 1


def test_an_edited_draft_is_still_done_by_the_mail_that_is_sent(story):
    story.rewrite_draft("thank-you", "Ajout de ma main.")
    story.mail("2026-11-09 18:40", JULIE, "Merci")
    assert story.at("2026-11-09 19:00").state("thank-you") == "done"


def test_a_deleted_draft_never_comes_back(story):
    story.draft_file("thank-you").unlink()
    tick = story.at("2026-11-09 12:00")
    assert tick.state("thank-you") == "done"
    assert "dismissed by you" in tick.decision("thank-you").why
    story.visit("I1", title="Entrevue - autre titre", stamp="2026-11-09 13:00")
    assert [rule for t in story.every(24, "2026-11-09 14:00", "2026-11-14 14:00") for rule in t.rules()] == []
    assert story.at("2026-11-19 09:00").rules() == ["follow-up-call"]


def test_a_deleted_draft_does_not_keep_silent_about_the_next_interview(story):
    story.draft_file("thank-you").unlink()
    story.visit("I2", "2026-11-12 10:00", stamp="2026-11-10 09:00")
    assert story.at("2026-11-12 11:05").rules() == ["thank-you"]


def test_a_draft_that_was_sent_as_it_was_is_known_by_its_key_whatever_its_title(story):
    key = next(iter(story.drafts()))
    story.mail("2026-11-10 18:40", JULIE, "Notre échange", id="envoi", X_Followup_Key=key)
    tick = story.at("2026-11-10 19:00")
    assert tick.decision("thank-you").evidence == ["envoi@exemple.ca"]
    assert tick.rules() == []
    assert story.drafts() == {}


def test_the_rule_for_a_mail_of_ones_own_may_wait_until_the_draft_was_really_sent(story):
    story.config(
        '[rule.chase]\non = { kind = "done", data = { rule = "follow-up-call" } }\nopens = "day + 7 days at 09:00"\n'
        'do = { type = "task", title = "Relancer {{ it.title }}", text = "-" }\n'
    )
    story.at("2026-11-19 09:00")
    story.tick_off("follow-up-call", "2026-11-20")
    assert story.at("2026-11-21 10:00").state("follow-up-call") == "done"
    task = story.at("2026-11-27 09:00").the("chase")
    assert (task.title, task.due) == ("Relancer Entrevue", "2026-11-27T09:00:00-05:00")


def test_a_ticked_task_is_done(story):
    key = story.at("2026-11-19 09:00").the("follow-up-call").key
    story.tick_off("follow-up-call", "2026-11-19")
    tick = story.at("2026-11-19 10:00")
    assert tick.decision("follow-up-call").evidence == [f"done:{key}"]
    assert tick.changes == []
    assert story.at("2026-11-27 10:00").changes == []
    assert "x 2026-11-19" in story.todo.read_text()


def test_a_ticked_task_that_was_moved_to_the_archive_is_done(story):
    story.at("2026-11-19 09:00")
    story.tick_off("follow-up-call", "2026-11-19")
    lines = story.todo.read_text().splitlines(keepends=True)
    story.todo.write_text("".join(line for line in lines if not line.startswith("x ")))
    story.todo.with_name("done.txt").write_text("".join(line for line in lines if line.startswith("x ")))
    tick = story.at("2026-11-19 10:00")
    assert "ticked" in tick.decision("follow-up-call").why
    assert tick.changes == []
    assert story.tasks() == []


def test_a_deleted_task_never_comes_back(story):
    story.at("2026-11-19 09:00")
    story.delete_task("follow-up-call")
    tick = story.at("2026-11-19 10:00")
    assert tick.state("follow-up-call") == "done"
    assert "dismissed" in tick.decision("follow-up-call").why
    assert story.at("2026-11-20 10:00").changes == []


def test_an_edited_task_stays_when_it_is_overtaken(story):
    story.at("2026-11-19 09:00")
    story.todo.write_text(story.todo.read_text().replace("Appeler", "(A) Appeler absolument"))
    story.note("2026-11-19 10:00 #called")
    assert story.at("2026-11-19 10:05").rules("withdraw") == []
    assert "absolument" in story.todo.read_text()


def test_lines_of_the_users_own_are_left_alone(story):
    story.todo.write_text(f"(A) Acheter du pain\n{story.todo.read_text()}")
    story.at("2026-11-19 09:00")
    story.note("2026-11-19 10:00 #called")
    story.at("2026-11-19 10:05")
    assert story.todo.read_text().startswith("(A) Acheter du pain\n")


def test_a_promise_whose_draft_was_deleted_is_not_drafted_again_when_its_note_is_edited(story):
    story.note("2026-11-09 12:00 #promise le frisbee")
    story.at("2026-11-09 12:05")
    story.draft_file("keep-promise").unlink()
    assert story.at("2026-11-09 12:10").state("keep-promise") == "done"
    story.edit_note("frisbee", "frisbee rouge due:2026-11-20")
    assert story.at("2026-11-09 12:15").changes == []


def test_a_draft_that_was_withdrawn_by_us_and_is_due_again_has_the_same_key(story):
    story.note("2026-11-09 12:00 #thanked")
    key = story.at("2026-11-09 12:05").the("thank-you", "withdraw").key
    story.edit_note("2026-11-09 12:00 #thanked", "")
    assert story.at("2026-11-09 12:10").rules() == []  # a file without any note is not believed at once
    assert story.at("2026-11-09 12:40").the("thank-you").key == key


def test_with_the_folder_of_drafts_gone_nothing_counts_as_deleted_by_the_user(story):
    folder = story.folder / "out/drafts"
    folder.rename(story.folder / "out/elsewhere")
    tick = story.at("2026-11-09 12:00")
    assert tick.exit == 1
    assert "outputs.drafts" in tick.said
    assert tick.state("thank-you") == "due"
    (story.folder / "out/elsewhere").rename(folder)
    tick = story.at("2026-11-09 13:00")
    assert (tick.exit, tick.state("thank-you"), len(story.drafts())) == (0, "due", 1)
