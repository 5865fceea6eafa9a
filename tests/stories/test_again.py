"""Stories of what once went wrong: each was seen by a reader or a first user, and must not come back."""

import pytest

from tests.support.storybook import JULIE, Story


@pytest.fixture
def story(tmp_path):
    """One interview on Monday the 9th."""
    story = Story(tmp_path)
    story.visit("I1", "2026-11-09 10:00", JULIE)
    return story


def test_a_label_in_the_config_takes_the_events_that_are_there_already(story):
    story.at("2026-11-09 12:00")
    story.config(f'[case.nord]\npeople = ["{JULIE}"]\n')
    tick = story.at("2026-11-09 13:00")
    assert {decision["case"] for decision in tick.decisions} == {"nord"}
    assert {change["op"] for change in tick.changes} <= {"update"}


def test_a_note_under_a_domain_stays_when_something_else_happens(story):
    story.config(agencies=["agence.ca"])
    story.visit("I2", "2026-11-09 10:00", JULIE, "nadia@agence.ca")
    story.unlist("I1")
    story.note("- 2026-11-09 15:00 #promise Le nom du luthier", heading="@agence.ca")
    before = story.at("2026-11-09 16:00").decision("keep-promise").case
    story.visit("Z", "2026-11-20 10:00", "bob@autre.ca", title="Dentiste")
    assert story.at("2026-11-09 17:00").decision("keep-promise").case == before


def test_what_was_missed_is_not_told_again_after_a_source_was_away(story, tmp_path):
    story.at("2026-11-08 09:00")
    assert "thank-you" in story.run("2026-11-16 09:00").stdout
    (tmp_path / "sent").rename(tmp_path / "away")
    story.run("2026-11-16 10:00")
    (tmp_path / "away").rename(tmp_path / "sent")
    assert "thank-you" not in story.run("2026-11-16 11:00").stdout


def test_what_was_missed_is_not_told_again_after_a_label_was_given(story):
    story.at("2026-11-08 09:00")
    assert "thank-you" in story.run("2026-11-16 09:00").stdout
    story.config(f'[case.nord]\npeople = ["{JULIE}"]\n')
    assert story.run("2026-11-16 10:00").stdout == ""


def test_the_points_of_a_call_that_was_ticked_off_are_not_carried_into_the_next(story):
    story.note("- 2026-11-09 15:00 #skill-gap Kanban")
    assert len(story.at("2026-11-19 09:00").the("follow-up-call").carries) == 1
    story.tick_off("follow-up-call", "2026-11-19")
    story.at("2026-11-19 12:00")
    story.visit("I2", "2026-11-23 10:00", JULIE)
    assert story.at("2026-12-03 09:00").the("follow-up-call").carries == []


def test_withdrawing_before_the_interview_ends_its_preparation(story):
    assert story.at("2026-11-07 12:00").rules(aside=True) == ["prepare"]
    story.note("- 2026-11-07 13:00 #withdrawn")
    assert story.at("2026-11-07 14:00").rules("withdraw", aside=True) == ["prepare"]


def test_the_next_change_is_right_while_the_clocks_go_back(tmp_path):
    story = Story(tmp_path)
    story.config('[rule.thank-you]\nper = "event"\n')
    story.visit("I1", "2026-11-01 00:30", JULIE, minutes=60)
    story.visit("I2", "2026-11-01 00:40", JULIE, minutes=90)
    story.at("2026-11-01T05:00:00+00:00")
    assert [change.rule for change in story.at("2026-11-01T05:45:00+00:00").all("thank-you")] == ["thank-you"]


def test_a_line_that_is_told_to_be_no_note_ends_no_duty(story):
    story.note("- 2026-11-12 10:00 #open-question Combien\n2026-11-19 #called Message")
    tick = story.at("2026-11-19 09:05")
    assert tick.state("follow-up-call") == "due"
    assert any("looks like a note" in problem["message"] for problem in tick.problems)


def test_a_checkbox_with_spaces_is_ticked(story):
    story.note("- [ x ] 2026-11-09 15:00 #promise Le nom du luthier")
    assert story.at("2026-11-09 16:00").state("keep-promise") == "done"


def test_what_was_refused_is_told_until_it_is_tried_again(story, tmp_path):
    (tmp_path / "out").mkdir(exist_ok=True)
    (tmp_path / "out" / "drafts").write_text("in the way")
    assert story.run("2026-11-09 12:00").exit_code == 1
    again = story.run("2026-11-09 12:02")
    assert again.exit_code == 1
    (tmp_path / "out" / "drafts").unlink()
    assert "thank-you" in [key.partition("/")[0] for key in _created(story, "2026-11-09 13:30")]


def _created(story, now):
    return [change.key for change in story.at(now).all("thank-you")]
