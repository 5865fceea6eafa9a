"""Stories of the quiet days: mails written too soon, contacts that are held, and cases that sleep."""

import pytest

from tests.support.storybook import JULIE, Story

MARC = "marc.cote@nordik.ca"
OWN_RULE = """
[rule.portfolio]
on = "#portfolio"
do = { type = "draft", title = "Portfolio", text = "Voici mon portfolio.", to = "%s" }
"""


@pytest.fixture
def story(tmp_path):
    """An interview on Monday, 9 November 2026, from 10 to 11, thanked for in the evening; silence until the 19th."""
    story = Story(tmp_path)
    story.visit("I1", "2026-11-09 10:00")
    story.at("2026-11-09 11:05")
    story.mail("2026-11-09 18:40", JULIE, "Merci pour la rencontre", id="merci")
    story.at("2026-11-09 19:00")
    return story


# -- too soon


def test_a_mail_in_the_quiet_days_is_warned_of_once_and_changes_nothing_else(story):
    story.mail("2026-11-14 10:00", JULIE, "Avez-vous pris une décision ?")
    tick = story.at("2026-11-14 12:00")
    assert tick.rules() == ["too-soon"]
    notice = tick.the("too-soon")
    assert (notice.type, notice.contact, notice.case) == ("notice", False, "nordik.ca")
    assert "décision" in notice.text
    assert tick.decision("follow-up-call").next == "2026-11-19T09:00:00-05:00"
    assert story.at("2026-11-15 12:00").changes == []
    assert story.at("2026-11-19 09:00").rules() == ["follow-up-call"]


def test_each_such_mail_is_warned_of(story):
    story.mail("2026-11-12 10:00", JULIE, "Bonjour")
    story.mail("2026-11-13 10:00", JULIE, "Rebonjour")
    assert story.at("2026-11-13 12:00").rules() == ["too-soon", "too-soon"]


def test_the_warning_is_printed_for_the_person_to_read(story):
    story.mail("2026-11-14 10:00", JULIE, "Avez-vous pris une décision ?")
    assert "19 novembre" in story.run("2026-11-14 12:00").stdout


@pytest.mark.parametrize(
    ("at", "to", "subject", "answers"),
    [
        ("2026-11-09 23:00", JULIE, "Bonjour", ""),  # the day itself
        ("2026-11-12 10:00", JULIE, "Re: Vos disponibilités", "question@nordik.ca"),  # asked for
        ("2026-11-12 10:00", JULIE, "Merci encore", ""),  # thanks
        ("2026-11-12 10:00", MARC, "Bonjour", ""),  # nobody who was met
        ("2026-11-19 09:00", JULIE, "Bonjour", ""),  # the silence is over
        ("2026-11-08 10:00", JULIE, "Bonjour", ""),  # before it
    ],
)
def test_mails_that_break_no_silence(story, at, to, subject, answers):
    story.mail(at, to, subject, answers=answers)
    assert "too-soon" not in story.at("2026-11-19 09:05").rules()


def test_an_answer_to_a_mail_of_ones_own_was_not_asked_for(story):
    story.mail(
        "2026-11-12 10:00", JULIE, "Re: Merci pour la rencontre de lundi: ma question", answers="merci@exemple.ca"
    )
    story.mail("2026-11-13 10:00", JULIE, "Re: Question", id="q", answers="merci@exemple.ca")
    tick = story.at("2026-11-13 12:00")
    assert [change.title.count("13 novembre") for change in tick.all("too-soon")] == [1]


def test_a_mail_about_a_promise_is_free_only_to_those_to_whom_it_was_made(story):
    story.visit("I1", "2026-11-09 10:00", JULIE, MARC)
    story.note("2026-11-09 12:00 #promise l'adresse du frisbee")
    story.mail("2026-11-11 10:00", JULIE, "Le frisbee")
    assert story.at("2026-11-11 12:00").rules("create") == []
    story.mail("2026-11-12 10:00", MARC, "Le frisbee")
    assert story.at("2026-11-12 12:00").rules() == ["too-soon"]


def test_after_a_rejection_writing_breaks_nothing(story):
    story.note("2026-11-11 10:00 #rejected")
    story.mail("2026-11-12 10:00", JULIE, "Bonne continuation")
    assert story.at("2026-11-12 12:00").rules() == []


def test_an_answer_noted_for_a_day_ends_the_silence_at_the_start_of_that_day(story):
    story.note("2026-11-12 #offer")
    story.mail("2026-11-12 10:00", JULIE, "Votre offre")
    assert story.at("2026-11-12 12:00").rules() == []


def test_a_call_announced_earlier_ends_the_silence_earlier(story):
    story.note("2026-11-09 12:00 #announced on:2026-11-16")
    story.mail("2026-11-17 10:00", JULIE, "Comme convenu au téléphone")
    assert "too-soon" not in story.at("2026-11-17 12:00").rules()


# -- second thoughts


@pytest.mark.parametrize(
    ("line", "held"),
    [
        ("2026-11-09 #fix-answer Kanban", True),  # a day's note counts as its evening, after the interview
        ("2026-11-08 #fix-answer Kanban", False),
        ("2026-11-09 09:30 #fix-answer Kanban", False),
        ("2026-11-18 #fix-answer Kanban", True),
        ("2026-11-19 #fix-answer Kanban", False),
        ("2026-11-19 08:59 #fix-answer Kanban", True),
    ],
)
def test_a_second_thought_is_held_back_in_the_quiet_days_only(story, line, held):
    story.note(line)
    assert ("hold-back" in story.at("2026-11-19 10:00").rules()) is held


def test_a_notice_is_given_once_even_if_its_note_is_edited(story):
    story.note("2026-11-11 10:00 #fix-answer Kanbam")
    assert story.at("2026-11-11 11:00").rules() == ["hold-back"]
    story.edit_note("Kanbam", "Kanban")
    assert story.at("2026-11-11 12:00").changes == []


# -- the guard and the rules of the user


def test_a_contact_of_ones_own_rule_waits_for_the_end_of_the_silence(story):
    story.config(OWN_RULE % "them")
    story.note("2026-11-12 10:00 #portfolio")
    tick = story.at("2026-11-12 10:05")
    held = tick.decision("portfolio")
    assert (held.state, held.guard, held.next) == ("held", "quiet-period", "2026-11-19T09:00:00-05:00")
    assert tick.rules() == []
    draft = story.at("2026-11-19 09:00").the("portfolio")
    assert (draft.due, draft.late, draft.to) == ("2026-11-19T09:00:00-05:00", False, [JULIE])


def test_a_contact_with_somebody_else_is_not_held(story):
    story.config(OWN_RULE % "ami@ailleurs.org")
    story.note("2026-11-12 10:00 #portfolio")
    assert story.at("2026-11-12 10:05").the("portfolio").to == ["ami@ailleurs.org"]


def test_ones_own_rule_may_be_excepted(story):
    story.config(OWN_RULE % "them" + '[guard.quiet-period]\nexcept = ["thank-you", "keep-promise", "portfolio"]\n')
    story.note("2026-11-12 10:00 #portfolio")
    assert story.at("2026-11-12 10:05").rules() == ["portfolio"]


def test_a_task_for_oneself_is_not_held(story):
    story.config('[rule.read]\non = "#read"\ndo = { type = "task", title = "Lire", text = "Lire leur rapport" }\n')
    story.note("2026-11-12 10:00 #read")
    assert story.at("2026-11-12 10:05").rules() == ["read"]


def test_without_the_guard_nothing_is_held(story):
    story.config(OWN_RULE % "them" + "[guard.quiet-period]\nenabled = false\n")
    story.note("2026-11-12 10:00 #portfolio")
    assert story.at("2026-11-12 10:05").rules() == ["portfolio"]


# -- asleep


def test_a_sleeping_case_is_held_and_loses_nothing(story):
    story.note("2026-11-18 10:00 #snooze until:2026-11-24")
    held = story.at("2026-11-19 09:05").decision("follow-up-call")
    assert (held.state, held.guard, held.next) == ("held", "snoozed", "2026-11-24T09:00:00-05:00")
    call = story.at("2026-11-24 09:00").the("follow-up-call")
    assert (call.due, call.late) == ("2026-11-24T09:00:00-05:00", False)


def test_what_is_there_already_stays_while_a_case_sleeps(story):
    key = story.at("2026-11-19 09:00").the("follow-up-call").key
    story.note("2026-11-19 10:00 #snooze until:2026-11-23")
    assert story.at("2026-11-19 10:05").changes == []
    assert story.tasks() == [key]
    assert story.at("2026-11-23 09:00").the("follow-up-call", "update").due == "2026-11-23T09:00:00-05:00"


def test_a_case_wakes_when_the_note_is_taken_away(story):
    story.note("2026-11-18 10:00 #snooze until:2026-11-24")
    assert story.at("2026-11-19 09:05").rules() == []
    story.edit_note("2026-11-18 10:00 #snooze until:2026-11-24", "")
    assert story.at("2026-11-19 10:00").rules() == []  # a file without any note is not believed at once
    assert story.at("2026-11-19 10:30").rules() == ["follow-up-call"]


def test_even_thanks_and_promises_sleep(tmp_path):
    story = Story(tmp_path)
    story.visit("I1", "2026-11-09 10:00")
    story.note("2026-11-09 10:30 #snooze until:2026-11-11")
    story.note("2026-11-09 11:00 #promise le frisbee")
    assert story.at("2026-11-09 12:00").rules(aside=True) == []
    tick = story.at("2026-11-11 09:00")
    assert tick.rules() == ["keep-promise", "thank-you"]
    assert tick.the("thank-you").due == "2026-11-11T09:00:00-05:00"
    assert not tick.the("thank-you").late


def test_a_duty_whose_time_ends_while_the_case_sleeps_is_missed(story):
    story.note("2026-11-18 10:00 #snooze until:2026-12-01")
    assert story.at("2026-11-26 09:00").state("follow-up-call") == "expired"
    assert story.at("2026-12-01 09:00").rules() == []


def test_one_case_sleeps_and_the_others_do_not(story):
    story.visit("I2", "2026-11-09 14:00", "paul@boreal.ca")
    story.note("2026-11-18 10:00 #snooze until:2026-11-24")
    assert story.at("2026-11-19 09:00").the("follow-up-call").case == "boreal.ca"


def test_who_holds_an_action_is_told_anew_when_a_longer_silence_begins(story):
    story.config(OWN_RULE % "them")
    story.note("2026-11-10 10:00 #portfolio")
    story.note("2026-11-13 10:00 #snooze until:2026-11-25")
    held = story.at("2026-11-12 11:00").decision("portfolio")
    assert (held.state, held.guard, held.next) == ("held", "quiet-period", "2026-11-13T10:00:00-05:00")
    assert story.at(held.next).decision("portfolio").guard == "snoozed"
