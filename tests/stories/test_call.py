"""Stories of the thank-you and of the call that it announces: which day, and who may move it."""

import json

import pytest

from tests.support.storybook import JULIE, Story, body


@pytest.fixture
def story(tmp_path):
    """An interview on Monday, 9 November 2026, from 10 to 11."""
    story = Story(tmp_path)
    story.visit("I1", "2026-11-09 10:00")
    return story


def call_day(story, after):
    """Return the day that the thank-you announces, and the instant at which the call is waited for."""
    tick = story.at(after)
    announced = tick.the("thank-you").announces.get("follow-up-call")
    return announced, tick.decision("follow-up-call").next


def test_the_thanks_are_ready_when_the_interview_ends_and_the_call_comes_on_the_day_that_they_name(story):
    assert story.at("2026-11-09 10:30").rules() == []
    thanks = story.at("2026-11-09 11:05").the("thank-you")
    assert (thanks.to, thanks.due, thanks.late) == ([JULIE], "2026-11-09T11:00:00-05:00", False)
    assert thanks.announces == {"follow-up-call": "2026-11-19"}
    assert "19 novembre" in thanks.text
    assert "19 novembre" in body(next(iter(story.drafts().values())))
    waiting = story.at("2026-11-19 08:59").decision("follow-up-call")
    assert (waiting.state, waiting.next) == ("waiting", "2026-11-19T09:00:00-05:00")
    call = story.at("2026-11-19 09:00").the("follow-up-call")
    assert (call.type, call.due, call.late) == ("task", "2026-11-19T09:00:00-05:00", False)
    assert story.tasks() == [call.key]


def test_mailed_thanks_take_the_draft_back_and_are_named_as_the_reason(story):
    story.at("2026-11-09 11:05")
    story.mail("2026-11-09 18:40", JULIE, "Merci pour la rencontre", id="merci")
    tick = story.at("2026-11-09 19:00")
    assert tick.rules("withdraw") == ["thank-you"]
    assert story.drafts() == {}
    assert tick.state("thank-you") == "done"
    assert tick.decision("thank-you").evidence == ["merci@exemple.ca"]


def test_thanks_sent_from_a_telephone_before_the_first_run_are_known_and_need_no_draft(story):
    story.mail("2026-11-09 12:00", JULIE, "Un grand merci", sender="camille@monemploi.ca")
    tick = story.at("2026-11-09 18:00")
    assert tick.rules() == []
    assert tick.state("thank-you") == "done"


def test_a_note_that_they_were_thanked_is_enough(story):
    story.note("2026-11-09 12:00 #thanked de vive voix")
    assert story.at("2026-11-09 18:00").state("thank-you") == "done"


@pytest.mark.parametrize(
    "subject",
    ["Merci de me confirmer l'heure", "Merci de nous répondre", "Question, merci d'avance", "Thanks in advance"],
)
def test_a_thank_you_that_only_asks_for_something_thanks_nobody(story, subject):
    story.mail("2026-11-09 12:00", JULIE, subject)
    assert story.at("2026-11-09 18:00").rules() == ["thank-you"]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Merci", "Bonjour"),
        ("Remerciements", "Bonjour"),
        ("Thank you!", "Hello"),
        ("Suivi", "Bonjour,\nMerci pour la rencontre de ce matin."),
        ("Hello", "Thank you for meeting with me today."),
    ],
)
def test_what_thanks_them_counts_by_its_title_or_by_a_phrase_in_it(story, subject, text):
    story.mail("2026-11-09 12:00", JULIE, subject, text)
    assert story.at("2026-11-09 18:00").state("thank-you") == "done"


def test_thanks_from_before_the_interview_are_no_thanks_for_it(story):
    story.mail("2026-11-06 12:00", JULIE, "Merci pour l'invitation")
    assert story.at("2026-11-09 11:05").rules() == ["thank-you"]


def test_thanks_to_somebody_else_at_the_company_satisfy_nothing(story):
    story.mail("2026-11-09 12:00", "reception@nordik.ca", "Merci pour la rencontre")
    assert story.at("2026-11-09 18:00").rules() == ["thank-you"]


def test_a_late_thank_you_says_so_never_says_today_and_is_possible_until_the_end_of_day_five(story):
    story.at("2026-11-09 09:00")
    thanks = story.at("2026-11-14 23:30").the("thank-you")
    assert thanks.late
    assert "aujourd" not in thanks.text.lower()
    assert "plus tard" in thanks.text
    tick = story.at("2026-11-15 00:00")
    assert tick.state("thank-you") == "expired"
    assert tick.rules("withdraw") == ["thank-you"]


@pytest.mark.parametrize(
    ("day", "called"),
    [
        ("2026-11-11", "2026-11-23"),  # day 10 is a Saturday
        ("2026-11-12", "2026-11-23"),  # a Sunday
        ("2026-10-02", "2026-10-13"),  # Thanksgiving
        ("2026-12-15", "2026-12-28"),  # Christmas, a Friday
        ("2026-06-14", "2026-06-25"),  # the national holiday of Québec
    ],
)
def test_a_call_that_would_fall_on_a_day_off_moves_forward_and_is_announced_so(story, day, called):
    story.visit("I1", f"{day} 10:00")
    announced, opens = call_day(story, f"{day} 11:05")
    assert announced == called
    assert opens.startswith(f"{called}T09:00:00")


def test_without_holidays_only_week_ends_move_the_call(story):
    story.config(holidays="")
    story.visit("I1", "2026-10-02 10:00")
    assert call_day(story, "2026-10-02 11:05")[0] == "2026-10-12"


def test_ten_days_across_a_change_of_the_clock_are_still_nine_in_the_morning(story):
    story.visit("I1", "2026-10-26 10:00")
    assert call_day(story, "2026-10-26 11:05") == ("2026-11-05", "2026-11-05T09:00:00-05:00")


@pytest.mark.parametrize(("now", "late"), [("2026-11-01 14:30", False), ("2026-11-01 15:00", True)])
def test_a_day_is_a_day_on_the_clock_when_the_clock_is_set_back(story, now, late):
    story.visit("I1", "2026-10-31 14:00")
    assert story.at(now).the("thank-you").late is late


def test_day_zero_is_the_local_date_late_in_the_evening(story):
    story.visit("I1", "2026-11-09 22:30")
    thanks = story.at("2026-11-09 23:45").the("thank-you")
    assert thanks.key.endswith("@2026-11-09")
    assert thanks.announces == {"follow-up-call": "2026-11-19"}


def test_an_announced_day_is_kept_when_the_config_changes_afterwards(story):
    story.at("2026-11-09 11:05")
    story.config('[rule.follow-up-call]\nopens = "day + 7 days at 09:00, workday"\n')
    tick = story.at("2026-11-10 09:00")
    assert tick.rules("update") == []
    assert tick.decision("follow-up-call").next == "2026-11-19T09:00:00-05:00"
    assert story.at("2026-11-16 10:00").rules() == []
    assert story.at("2026-11-19 09:00").rules() == ["follow-up-call"]


def test_one_line_overrides_the_ten_days_and_leaves_the_rest(story):
    story.config('[rule.follow-up-call]\nopens = "day + 7 days at 09:00, workday"\n')
    assert call_day(story, "2026-11-09 11:05") == ("2026-11-16", "2026-11-16T09:00:00-05:00")
    assert story.at("2026-11-16 09:00").rules() == ["follow-up-call"]


def test_one_line_overrides_the_day_on_which_it_is_too_late_to_thank(story):
    story.config('[rule.thank-you]\ncloses = "day + 3 days"\n')
    story.at("2026-11-09 11:05")
    assert story.at("2026-11-12 00:05").state("thank-you") == "expired"


def test_a_note_about_what_was_announced_moves_the_call_and_the_open_thanks_say_so(story):
    story.at("2026-11-09 11:05")
    story.note("2026-11-09 12:00 #announced on:2026-11-17")
    tick = story.at("2026-11-09 12:05")
    assert tick.exit == 0
    assert tick.problems == []
    assert "17 novembre" in tick.the("thank-you", "update").text
    assert story.at("2026-11-17 08:55").rules() == []
    assert story.at("2026-11-17 09:00").the("follow-up-call").due == "2026-11-17T09:00:00-05:00"


@pytest.mark.parametrize(("day", "announced"), [("2026-11-09", "2026-11-21"), ("2026-12-14", "2026-12-25")])
def test_a_day_off_that_the_user_announced_stays_and_is_warned_of(story, day, announced):
    story.visit("I1", f"{day} 10:00")
    story.note(f"{day} 12:00 #announced on:{announced}")
    tick = story.at(f"{day} 12:05")
    assert tick.exit == 0
    assert [p["severity"] for p in tick.problems] == ["warning"]
    assert announced in tick.said
    assert story.at(f"{announced} 09:00").rules() == ["follow-up-call"]


def test_a_call_not_made_is_late_after_a_day_and_missed_after_seven(story):
    story.at("2026-11-09 11:05")
    assert story.at("2026-11-20 09:00").the("follow-up-call").late
    assert story.at("2026-11-26 08:59").state("follow-up-call") == "due"
    tick = story.at("2026-11-26 09:00")
    assert tick.state("follow-up-call") == "expired"
    assert story.tasks() == []


def test_a_call_made_ends_it(story):
    story.at("2026-11-19 09:00")
    story.note("2026-11-19 10:20 #called Laissé un message")
    tick = story.at("2026-11-19 10:30")
    assert tick.state("follow-up-call") == "done"
    assert tick.rules("withdraw") == ["follow-up-call"]


def test_a_call_made_early_leaves_nothing_to_do_on_the_day(story):
    story.at("2026-11-09 11:05")
    story.note("2026-11-17 10:20 #called")
    assert story.at("2026-11-19 09:00").rules() == []


def test_the_answer_of_the_employer_does_not_move_the_call(story):
    story.at("2026-11-09 11:05")
    story.mail("2026-11-12 10:00", JULIE, "Re: Vos disponibilités", answers="question@nordik.ca")
    assert story.at("2026-11-12 10:05").rules() == []
    assert story.at("2026-11-19 09:00").rules() == ["follow-up-call"]


def test_the_script_of_the_call_says_who_and_when_and_has_words_for_the_machine(story):
    call = story.at("2026-11-19 09:00").the("follow-up-call")
    assert "Camille" in call.text
    assert "9 novembre" in call.text
    assert "annoncé" in call.text
    assert "répondeur" in call.text.lower()


def test_with_the_call_switched_off_nothing_is_announced_and_silence_lasts_ten_days_all_the_same(story):
    story.config(
        "[rule.follow-up-call]\nenabled = false\n"
        '[rule.portfolio]\non = "#portfolio"\ndo = { type = "draft", title = "Portfolio", text = "-", to = "them" }\n'
    )
    thanks = story.at("2026-11-09 11:05").the("thank-you")
    assert not thanks.announces
    assert "appellerai" not in thanks.text
    story.note("2026-11-12 10:00 #portfolio")
    held = story.at("2026-11-12 10:05").decision("portfolio")
    assert (held.state, held.guard, held.next) == ("held", "quiet-period", "2026-11-19T09:00:00-05:00")
    assert story.at("2026-11-19 09:00").rules() == ["portfolio"]


def test_a_call_may_be_a_mail_instead(story):
    story.config('[rule.follow-up-call]\ndo.type = "draft"\n')
    story.at("2026-11-09 11:05")
    mail = story.at("2026-11-19 09:00").the("follow-up-call")
    assert (mail.type, mail.output, mail.to) == ("draft", "drafts", [JULIE])
    assert mail.key in story.drafts()


@pytest.mark.parametrize(("language", "said"), [("fr", "19 novembre"), ("en", "19 November|November 19")])
def test_the_thanks_name_the_day_in_the_language_of_the_user(story, language, said):
    story.config(language=language)
    thanks = story.at("2026-11-09 11:05").the("thank-you")
    assert any(words in thanks.text for words in said.split("|"))


def test_the_rules_of_the_day_itself_have_their_windows(story):
    assert story.at("2026-11-07 09:59").rules(aside=True) == []
    assert story.at("2026-11-07 10:00").rules(aside=True) == ["prepare"]
    tick = story.at("2026-11-09 11:05")
    assert tick.rules(aside=True) == ["debrief", "fit", "thank-you"]
    assert "prepare" in tick.rules("withdraw", aside=True)
    story.note("2026-11-09 12:00 #issue Trop de papier")
    assert story.at("2026-11-09 12:05").rules("withdraw", aside=True) == ["debrief"]
    assert story.at("2026-11-12 23:59").state("fit") == "due"
    assert story.at("2026-11-13 00:00").state("fit") == "expired"


def test_the_second_of_two_runs_at_one_instant_prints_nothing(story):
    assert story.run("2026-11-09 11:05").stdout
    again = story.run("2026-11-09 11:05")
    assert (again.exit_code, again.stdout, again.stderr) == (0, "", "")


def test_the_json_of_a_plan_is_one_object_with_all_that_was_promised(story):
    shown = json.loads(story.at("2026-11-09 11:05").bytes)
    change = next(c for c in shown["changes"] if c["rule"] == "thank-you")
    assert {"op", "key", "rule", "case", "type", "output", "due", "late", "contact", "to", "title", "text",
            "announces", "carries", "ref"} <= change.keys()  # fmt: skip
    assert change["key"] == "thank-you/nordik.ca@2026-11-09"
