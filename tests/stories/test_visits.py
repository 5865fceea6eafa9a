"""Stories of several interviews, and of interviews that are moved, cancelled, deleted or declined."""

import pytest

from tests.support.storybook import JULIE, Story, body, call

MARC = "marc.cote@nordik.ca"
LEA = "lea.tremblay@nordik.ca"


@pytest.fixture
def story(tmp_path):
    """An interview on Monday, 9 November 2026, from 10 to 11."""
    story = Story(tmp_path)
    story.visit("I1", "2026-11-09 10:00")
    return story


# -- several people, several meetings, several rounds


def test_a_panel_is_thanked_in_one_mail_and_thanking_one_of_them_is_enough(story):
    story.visit("I1", "2026-11-09 10:00", JULIE, MARC, LEA)
    assert sorted(story.at("2026-11-09 11:05").the("thank-you").to) == [JULIE, LEA, MARC]
    story.mail("2026-11-09 13:00", MARC, "Merci")
    assert story.at("2026-11-09 13:05").state("thank-you") == "done"


def test_two_meetings_on_one_day_are_one_visit_that_the_last_one_ends(story):
    story.visit("I2", "2026-11-09 13:00", MARC)
    assert story.at("2026-11-09 11:05").rules() == []
    thanks = story.at("2026-11-09 14:05").the("thank-you")
    assert (sorted(thanks.to), thanks.due) == ([JULIE, MARC], "2026-11-09T14:00:00-05:00")
    story.mail("2026-11-09 15:00", MARC, "Merci")
    assert story.at("2026-11-09 15:05").rules("withdraw") == ["thank-you"]
    assert story.at("2026-11-19 09:00").rules() == ["follow-up-call"]


def test_each_meeting_of_a_day_may_have_its_own_thanks(story):
    story.config('[rule.thank-you]\nper = "event"\n')
    story.visit("I2", "2026-11-09 13:00", MARC)
    assert story.at("2026-11-09 11:05").the("thank-you").to == [JULIE]
    assert story.at("2026-11-09 14:05").the("thank-you").to == [MARC]
    story.mail("2026-11-09 15:00", MARC, "Merci")
    assert story.at("2026-11-09 15:05").the("thank-you", "withdraw").to == [MARC]


def test_of_two_meetings_one_is_cancelled_and_only_the_other_is_thanked_for(story):
    story.visit("I2", "2026-11-09 13:00", MARC, status="CANCELLED", stamp="2026-11-08 09:00")
    assert story.at("2026-11-09 11:05").the("thank-you").to == [JULIE]


def test_a_booked_next_round_takes_the_date_out_of_the_open_thanks_and_its_end_brings_it_back(story):
    assert "19 novembre" in story.at("2026-11-09 11:05").the("thank-you").text
    story.visit("I2", "2026-11-17 10:00", MARC)
    tick = story.at("2026-11-10 09:00")
    update = tick.the("thank-you", "update")
    assert update.announces == {}
    assert "novembre pour" not in update.text
    assert "19" not in update.text
    assert tick.state("follow-up-call", day="2026-11-09") == "void"
    assert "superseded" in tick.decision("follow-up-call", day="2026-11-09").why
    story.visit("I2", status="CANCELLED", stamp="2026-11-11 09:00")
    back = story.at("2026-11-11 10:00").the("thank-you", "update")
    assert back.announces == {"follow-up-call": "2026-11-19"}
    assert "19 novembre" in back.text
    assert story.at("2026-11-19 09:00").rules() == ["follow-up-call"]


def test_the_call_counts_from_the_last_round_and_each_visit_is_thanked_for(story):
    story.at("2026-11-09 11:05")
    story.mail("2026-11-09 12:00", JULIE, "Merci")
    story.visit("I2", "2026-11-17 10:00", MARC)
    assert story.at("2026-11-12 09:00").rules() == []
    second = story.at("2026-11-17 11:05").the("thank-you")
    assert (second.to, second.announces) == ([MARC], {"follow-up-call": "2026-11-27"})
    assert story.at("2026-11-19 09:00").rules() == []
    call = story.at("2026-11-27 09:00").the("follow-up-call")
    assert call.key.endswith("@2026-11-17")


def test_a_task_to_call_is_taken_back_when_the_next_round_is_booked_and_given_again_when_it_falls_through(story):
    key = story.at("2026-11-19 09:00").the("follow-up-call").key
    story.visit("I2", "2026-11-24 10:00", MARC)
    assert story.at("2026-11-19 12:00").the("follow-up-call", "withdraw").key == key
    story.unlist("I2")
    assert story.at("2026-11-20 12:00").the("follow-up-call").key == key
    assert story.tasks() == [key]


def test_three_rounds_make_one_call(story):
    story.visit("I2", "2026-11-17 10:00", MARC)
    story.visit("I3", "2026-11-25 10:00", LEA)
    ticks = story.every(24, "2026-11-08 12:00", "2026-12-12 12:00")
    made = [(c.key, tick.now) for tick in ticks for c in tick.all("follow-up-call")]
    assert made == [("follow-up-call/nordik.ca@2026-11-25", "2026-12-07T12:00:00")]  # day 10 is a Saturday
    assert len([c for tick in ticks for c in tick.all("thank-you")]) == 3


# -- cancelled, deleted, moved, declined


def test_an_interview_cancelled_beforehand_leaves_nothing(story):
    assert story.at("2026-11-08 09:00").rules(aside=True) == ["prepare"]
    story.visit("I1", status="CANCELLED", stamp="2026-11-08 15:00")
    tick = story.at("2026-11-08 16:00")
    assert tick.rules("withdraw", aside=True) == ["prepare"]
    assert {d["state"] for d in tick.decisions} == {"void"}
    assert story.at("2026-11-09 12:00").changes == []
    assert story.at("2026-11-19 09:00").changes == []


def test_an_interview_cancelled_in_the_middle_did_not_take_place(story):
    story.visit("I1", status="CANCELLED", stamp="2026-11-09 10:59")
    assert story.at("2026-11-09 12:00").changes == []


def test_an_interview_cancelled_after_its_end_took_place(story):
    story.at("2026-11-09 11:05")
    story.visit("I1", status="CANCELLED", stamp="2026-11-10 09:00")
    assert story.at("2026-11-10 10:00").rules("withdraw") == []
    assert story.at("2026-11-19 09:00").rules() == ["follow-up-call"]


def test_an_entry_deleted_beforehand_did_not_take_place_and_the_reason_says_so(story):
    story.at("2026-11-08 09:00")
    story.unlist("I1")
    tick = story.at("2026-11-09 09:00")
    assert tick.rules("withdraw", aside=True) == ["prepare"]
    tick = story.at("2026-11-09 12:00")
    assert tick.changes == []
    assert tick.state("thank-you") == "void"
    assert "no longer in the calendar" in tick.decision("thank-you").why


def test_an_entry_deleted_after_a_run_that_still_saw_it_took_place(story):
    story.at("2026-11-09 11:05")
    story.unlist("I1")
    assert story.at("2026-11-10 09:00").changes == []
    assert len(story.drafts()) == 1
    assert story.at("2026-11-19 09:00").rules() == ["follow-up-call"]


def test_an_entry_deleted_between_two_runs_took_place_if_a_later_mail_shows_it(story):
    story.at("2026-11-09 09:00")
    story.mail("2026-11-09 18:00", JULIE, "Merci pour la rencontre")
    story.unlist("I1")
    assert story.at("2026-11-10 09:00").state("thank-you") == "done"
    assert story.at("2026-11-19 09:00").rules() == ["follow-up-call"]


def test_an_entry_deleted_between_two_runs_without_any_trace_is_asked_about(story):
    story.at("2026-11-09 09:00")
    story.unlist("I1")
    tick = story.at("2026-11-10 09:00")
    assert tick.rules() == ["confirm-interview"]
    assert "eu lieu" in tick.the("confirm-interview").title
    assert tick.state("thank-you") == "void"
    story.note("2026-11-10 09:30 #issue La paie est en retard")  # which answers that it did
    assert story.at("2026-11-10 10:00").rules() == ["thank-you"]


def test_moved_within_the_day_the_same_draft_stays_and_is_updated(story):
    key = story.at("2026-11-09 11:05").the("thank-you").key
    story.visit("I1", "2026-11-09 16:00", stamp="2026-11-09 11:10")
    assert story.at("2026-11-09 11:30").rules("withdraw") == []
    assert list(story.drafts()) == [key]
    update = story.at("2026-11-09 17:05").the("thank-you", "update")
    assert (update.key, update.due) == (key, "2026-11-09T17:00:00-05:00")
    assert list(story.drafts()) == [key]


def test_moved_to_another_day_what_was_prepared_is_withdrawn_and_planned_anew(story):
    assert story.at("2026-11-08 09:00").the("prepare").key.endswith("@2026-11-09")
    story.visit("I1", "2026-11-12 10:00", stamp="2026-11-08 10:00")
    assert story.at("2026-11-08 11:00").rules("withdraw", aside=True) == ["prepare"]
    assert story.at("2026-11-09 11:05").changes == []
    assert story.at("2026-11-10 10:00").the("prepare").key.endswith("@2026-11-12")
    assert story.at("2026-11-12 11:05").the("thank-you").announces == {"follow-up-call": "2026-11-23"}


def test_moved_when_the_draft_was_already_there_it_is_made_again_for_the_new_day(story):
    story.at("2026-11-09 11:05")
    story.visit("I1", "2026-11-12 10:00", stamp="2026-11-09 11:10")
    assert story.at("2026-11-09 12:00").rules("withdraw") == ["thank-you"]
    assert story.drafts() == {}
    assert story.at("2026-11-12 11:05").the("thank-you").announces == {"follow-up-call": "2026-11-23"}
    assert story.at("2026-11-19 09:00").rules() == []
    assert story.at("2026-11-23 09:00").rules() == ["follow-up-call"]


def test_reinstated_it_is_planned_again_under_the_same_key(story):
    key = story.at("2026-11-08 09:00").the("prepare").key
    story.visit("I1", status="CANCELLED", stamp="2026-11-08 10:00")
    assert story.at("2026-11-08 11:00").the("prepare", "withdraw").key == key
    story.visit("I1", status="CONFIRMED", stamp="2026-11-08 12:00")
    assert story.at("2026-11-08 13:00").the("prepare").key == key
    assert story.at("2026-11-09 11:05").rules() == ["thank-you"]


def test_an_entry_that_the_user_declined_is_no_interview(story):
    story.at("2026-11-08 09:00")
    story.visit("I1", partstat="DECLINED", stamp="2026-11-08 10:00")
    assert story.at("2026-11-08 11:00").rules("withdraw", aside=True) == ["prepare"]
    assert story.at("2026-11-09 11:05").changes == []
    assert story.at("2026-11-19 09:05").changes == []


def test_an_interview_that_the_user_holds_for_others_is_none(story):
    story.visit("I1", organizer="camille@exemple.ca")
    assert story.at("2026-11-09 11:05").changes == []


# -- how it ends


@pytest.mark.parametrize("tag", ["offer", "rejected", "withdrawn"])
def test_after_an_answer_there_is_neither_thanks_nor_call_and_the_draft_is_taken_back(story, tag):
    story.at("2026-11-09 11:05")
    story.note(f"2026-11-10 10:00 #{tag}")
    tick = story.at("2026-11-10 10:05")
    assert tick.rules("withdraw") == ["thank-you"]
    assert tick.state("thank-you") == "void"
    assert tick.state("follow-up-call") == "void"
    assert story.at("2026-11-19 09:05").changes == []


def test_after_a_rejection_a_new_interview_starts_afresh(story):
    story.at("2026-11-09 11:05")
    story.note("2026-11-10 10:00 #rejected")
    story.at("2026-11-10 10:05")
    story.visit("I2", "2026-12-01 10:00", stamp="2026-11-25 09:00")
    assert story.at("2026-12-01 11:05").the("thank-you").announces == {"follow-up-call": "2026-12-11"}
    assert story.at("2026-12-11 09:00").rules() == ["follow-up-call"]


# -- what is kept for the call


def test_second_thoughts_are_kept_for_the_call_over_two_rounds(story):
    story.at("2026-11-09 11:05")
    story.note("2026-11-10 10:00 #fix-answer La migration vers Kanban")
    notice = story.at("2026-11-10 10:05").the("hold-back")
    assert not notice.contact
    assert "19 novembre" in notice.text
    story.visit("I2", "2026-11-17 10:00", MARC)
    story.at("2026-11-17 11:05")
    story.note("2026-11-18 09:00 #open-question Y a-t-il du télétravail ?")
    assert "27 novembre" in story.at("2026-11-18 09:05").the("hold-back").text
    call = story.at("2026-11-27 09:00").the("follow-up-call")
    assert len(call.carries) == 2
    assert call.text.index("Kanban") < call.text.index("télétravail")


def test_what_was_said_in_a_call_is_not_carried_into_the_next_one(story):
    story.at("2026-11-09 11:05")
    story.note("2026-11-10 10:00 #fix-answer La migration vers Kanban")
    story.note("2026-11-19 10:00 #called")
    story.at("2026-11-19 10:05")
    story.visit("I2", "2026-12-01 10:00", MARC)
    story.note("2026-12-02 10:00 #skill-gap Le russe")
    call = story.at("2026-12-11 09:00").the("follow-up-call")
    assert "Kanban" not in call.text
    assert "russe" in call.text


@pytest.mark.parametrize("tag", ["skill-gap", "no-airtime", "fix-answer", "open-question", "decision"])
def test_each_of_the_five_other_reasons_is_held_back_once_and_never_becomes_a_draft(story, tag):
    story.at("2026-11-09 11:05")
    story.note(f"2026-11-11 #{tag} Le sujet délicat")
    tick = story.at("2026-11-11 08:00")
    assert tick.rules() == ["hold-back"]
    assert tick.the("hold-back").type == "notice"
    assert len(story.drafts()) == 1
    assert "Le sujet délicat" in story.at("2026-11-19 09:00").the("follow-up-call").text


def test_a_second_thought_ticked_off_is_not_carried(story):
    story.note("2026-11-10 10:00 #fix-answer La migration vers Kanban")
    story.note("[x] 2026-11-10 11:00 #skill-gap Le russe")
    call = story.at("2026-11-19 09:00").the("follow-up-call")
    assert "Kanban" in call.text
    assert "russe" not in call.text


def test_a_second_thought_noted_when_the_call_is_due_goes_into_its_script(story):
    story.at("2026-11-19 09:00")
    story.note("2026-11-19 09:30 #open-question Y a-t-il du télétravail ?")
    tick = story.at("2026-11-19 09:35")
    assert tick.rules() == []
    assert "télétravail" in tick.the("follow-up-call", "update").text


def test_the_draft_says_what_the_change_says(story):
    text = story.at("2026-11-09 11:05").the("thank-you").text
    assert body(next(iter(story.drafts().values()))).split() == text.split()


def test_what_vanished_is_asked_about_however_late_the_next_run_and_its_answer_works(story):
    story.at("2026-11-09 09:00")
    story.unlist("I1")
    tick = story.at("2026-11-13 09:00")  # four days later
    asked = tick.the("confirm-interview")
    assert f"## <{JULIE}>\n- #entrevue re:2026-11-09" in asked.text
    assert tick.state("confirm-interview") == "due"
    assert call(story.folder, "mark", "nordik", "interview", "2026-11-09", "--now", "2026-11-13 10:00").exit_code == 0
    tick = story.at("2026-11-13 10:05")
    assert (tick.rules(), tick.problems) == (["thank-you"], [])
    assert story.at("2026-11-19 09:00").rules() == ["follow-up-call"]


def test_a_question_about_what_vanished_stays_open_for_a_week(story):
    story.at("2026-11-09 09:00")
    story.unlist("I1")
    story.at("2026-11-13 09:00")
    assert story.at("2026-11-20 08:59").state("confirm-interview") == "due"
    assert story.at("2026-11-20 09:00").state("confirm-interview") == "expired"


def test_an_answer_from_before_it_vanished_does_not_tell_that_it_took_place(story):
    story.note("2026-11-08 10:00 #interview re:2026-11-09")
    story.at("2026-11-09 09:00")
    story.unlist("I1")
    tick = story.at("2026-11-10 09:00")
    assert (tick.rules(), tick.state("thank-you")) == (["confirm-interview"], "void")


def test_what_vanished_and_was_missed_is_not_asked_about(story):
    story.at("2026-11-09 09:00")
    story.note("2026-11-09 10:20 #no-show")
    story.unlist("I1")
    assert story.at("2026-11-09 11:30").rules() == ["no-show"]
