"""Stories of what the employer does: they do not come, they name a day of their own, they only say that they will."""

import pytest

from tests.support.storybook import JULIE, Story, call

MONDAY = "2026-11-09"


@pytest.fixture
def story(tmp_path):
    """A person with an interview on a Monday at ten."""
    story = Story(tmp_path)
    story.visit("I1", f"{MONDAY} 10:00")
    return story


# -- they did not call or come


@pytest.mark.parametrize("note", [f"#no-show re:{MONDAY}", "#no-show", "#lapin", f"#absents re:{MONDAY}"])
def test_a_draft_names_the_time_and_the_visit_is_void_for_all_else(story, note):
    story.at(f"{MONDAY} 09:00")
    story.note(f"{MONDAY} 10:20 {note}")
    tick = story.at(f"{MONDAY} 10:30")
    assert (tick.rules(aside=True), tick.problems) == (["no-show"], [])
    draft = tick.the("no-show")
    assert (draft.to, draft.due[:10]) == ([JULIE], MONDAY)
    assert "lundi 9 novembre à 10\xa0h\xa000" in draft.text
    others = {rule: tick.state(rule) for rule in ("thank-you", "debrief", "fit", "follow-up-call")}
    assert set(others.values()) == {"void"}
    assert story.at("2026-11-19 10:00").rules() == []


def test_what_was_made_for_it_is_taken_back_if_untouched(story):
    assert story.at(f"{MONDAY} 11:05").rules(aside=True) == ["debrief", "fit", "thank-you"]
    story.rewrite_draft("thank-you", "P.-S.")
    story.note(f"{MONDAY} 11:20 #no-show re:{MONDAY}")
    tick = story.at(f"{MONDAY} 11:30")
    assert tick.rules("withdraw", aside=True) == ["debrief", "fit"]
    assert "did not take place" in tick.decision("debrief").why
    assert sorted(key.partition("/")[0] for key in story.drafts()) == ["no-show", "thank-you"]


def test_thanks_that_were_sent_stay_and_a_mail_of_ones_own_is_enough(story):
    story.mail(f"{MONDAY} 11:10", JULIE, "Merci pour notre échange")
    story.note(f"{MONDAY} 11:20 #no-show")
    tick = story.at(f"{MONDAY} 11:30")
    assert (tick.changes, tick.state("no-show")) == ([], "done")


def test_an_entry_for_the_whole_day_has_no_time_to_name(tmp_path):
    story = Story(tmp_path)
    story.visit("I1", MONDAY)
    story.note(f"{MONDAY} 10:20 #no-show")
    for language, words in (("fr", "le lundi 9 novembre, et nous"), ("en", "on Monday, November 9, and we")):
        story.config(language=language)
        assert words in story.at(f"{MONDAY} 10:30").all("no-show", "create" if language == "fr" else "update")[0].text


def test_a_new_date_is_a_new_visit_and_what_was_missed_stays_so(story):
    story.note(f"{MONDAY} 10:20 #no-show re:{MONDAY}")
    story.at(f"{MONDAY} 10:30")
    story.visit("I2", "2026-11-12 14:00")
    tick = story.at("2026-11-12 15:05")
    assert tick.rules() == ["thank-you"]
    assert tick.state("thank-you", day=MONDAY) == "void"
    assert story.at("2026-11-23 09:00").rules() == ["follow-up-call"], "ten days after the second, on a workday"


def test_the_same_entry_moved_to_another_day_is_one_too_and_the_draft_is_taken_back(story):
    story.note(f"{MONDAY} 10:20 #no-show re:{MONDAY}")
    story.at(f"{MONDAY} 10:30")
    story.visit("I1", "2026-11-12 14:00", stamp=f"{MONDAY} 12:00")
    moved = story.at(f"{MONDAY} 12:30")
    assert (moved.rules("withdraw"), moved.problems) == (["no-show"], [])
    assert story.at("2026-11-12 15:05").rules() == ["thank-you"]


def test_an_earlier_round_stands_with_its_call_and_its_quiet_days(story):
    story.visit("I2", "2026-11-12 10:00")
    story.at(f"{MONDAY} 11:05")
    story.mail(f"{MONDAY} 12:00", JULIE, "Merci pour notre échange")
    story.note("2026-11-12 10:20 #no-show re:2026-11-12")
    tick = story.at("2026-11-12 10:30")
    assert tick.rules(aside=True) == ["no-show"], "the quiet days after the first do not hold it"
    story.mail("2026-11-12 10:40", JULIE, "Notre rendez-vous de ce matin")
    assert "too-soon" not in story.at("2026-11-12 11:00").rules(), "and to write it is no breach"
    assert story.at("2026-11-19 09:00").rules() == ["follow-up-call"]


def test_a_note_for_a_day_without_a_meeting_is_told_with_the_nearest(story):
    story.note("2026-11-10 10:20 #no-show")
    tick = story.at("2026-11-10 10:30")
    assert "no meeting on that day" in tick.said
    assert MONDAY in tick.problems[0]["hint"]


def test_after_three_days_nothing_is_written_any_more(story):
    story.note(f"2026-11-13 10:20 #no-show re:{MONDAY}")
    tick = story.at("2026-11-13 10:30")
    assert ("no-show" in tick.rules(), tick.state("no-show")) == (False, "expired")


def test_the_command_marks_it(story):
    story.at(f"{MONDAY} 09:00")
    marked = call(story.folder, "mark", "nordik", "no-show", MONDAY, "--now", f"{MONDAY} 10:20")
    assert (marked.exit_code, f"#no-show re:{MONDAY}" in marked.stdout) == (0, True)
    assert story.at(f"{MONDAY} 10:30").rules() == ["no-show"]


# -- they named a day


def test_their_later_day_moves_the_call_and_its_script_says_so(story):
    assert story.at(f"{MONDAY} 11:05").the("thank-you").announces == {"follow-up-call": "2026-11-19"}
    story.mail(f"{MONDAY} 12:00", JULIE, "Merci pour notre échange du lundi 9 novembre")
    story.note("2026-11-10 10:20 #they-promised on:2026-11-27")
    tick = story.at("2026-11-19 09:30")
    assert (tick.rules(), tick.decision("follow-up-call").next[:16]) == ([], "2026-11-27T09:00")
    script = story.at("2026-11-27 09:00").the("follow-up-call").text
    assert "d’ici le vendredi 27 novembre" in script
    assert "que je vous appellerais le" not in script, "it was another day that I had announced"
    assert "À aborder" not in script


def test_the_thank_you_that_is_still_open_announces_their_day(story):
    story.note(f"{MONDAY} 11:00 #ils-ont-promis on:vendredi")
    story.note(f"{MONDAY} 11:01 #réponse-attendue on:2026-11-24")
    assert story.at(f"{MONDAY} 11:05").the("thank-you").announces == {"follow-up-call": "2026-11-24"}


def test_of_several_the_latest_counts_and_a_day_off_gives_way_to_a_workday(story):
    story.note("2026-11-10 10:20 #they-promised on:2026-11-24")
    story.note("2026-11-16 10:20 #they-promised on:2026-11-28")
    tick = story.at("2026-11-16 10:30")
    assert (tick.decision("follow-up-call").next[:16], tick.problems) == ("2026-11-30T09:00", [])
    assert "samedi 28 novembre" in story.at("2026-11-30 09:00").the("follow-up-call").text


@pytest.mark.parametrize("day", ["2026-11-13", "2026-11-02"])
def test_a_day_before_the_call_moves_nothing_and_is_told(story, day):
    story.note(f"2026-11-10 10:20 #they-promised on:{day}")
    tick = story.at("2026-11-10 10:30")
    assert tick.decision("follow-up-call").next[:16] == "2026-11-19T09:00"
    assert [(p["code"], p["severity"]) for p in tick.problems] == [("F105", "warning")]
    assert f"{day} comes before 2026-11-19" in tick.said


def test_a_date_that_moves_nothing_is_told_once_however_often_it_is_judged(story):
    story.note("2026-11-10 10:20 #they-promised on:2026-11-13")
    assert [p["code"] for p in story.at("2026-11-10 10:30").problems] == ["F105"]
    story.note("2026-11-10 11:20 #fit She listens")
    assert story.at("2026-11-10 11:30").problems == []
    story.edit_note("on:2026-11-13", "on:2026-11-12")
    assert [p["code"] for p in story.at("2026-11-10 12:30").problems] == ["F105"]


def test_a_day_off_that_they_named_themselves_is_told_once(story):
    story.note("2026-11-10 10:20 #announced on:2026-11-29")
    assert [p["code"] for p in story.at("2026-11-10 10:30").problems] == ["F045"]
    assert [story.at(f"2026-11-{day} 12:00").problems for day in (11, 12, 16, 20)] == [[]] * 4


@pytest.mark.parametrize("tag", ["announced", "they-promised", "annoncé"])
def test_a_note_that_forgets_the_day_is_told_once(story, tag):
    story.note(f"2026-11-10 10:20 #{tag} They decide next week")
    tick = story.at("2026-11-10 10:30")
    assert [(p["code"], p["severity"]) for p in tick.problems] == [("F162", "warning")]
    assert "does not say on:" in tick.said
    assert tick.decision("follow-up-call").next[:16] == "2026-11-19T09:00"
    assert "on:" in story.call("explain", "nordik", "--now", "2026-11-10T10:31").stdout
    story.note("2026-11-10 11:20 #fit She listens")
    assert story.at("2026-11-10 11:30").problems == []
    story.edit_note("They decide next week", "on:2026-11-25")
    assert story.at("2026-11-10 12:30").problems == []


def test_a_day_announced_anew_that_is_later_than_theirs_stands(story):
    story.note("2026-11-10 10:20 #they-promised on:2026-11-24")
    story.note("2026-11-10 10:30 #announced on:2026-11-26")
    assert story.at("2026-11-10 10:40").decision("follow-up-call").next[:16] == "2026-11-26T09:00"


# -- they only said that they will


@pytest.mark.parametrize(("notes", "state"), [((), "done"), (("2026-11-12 15:00 #holding",), "due"),
                                              (("2026-11-12 #en-attente",), "due")])  # fmt: skip
def test_a_reply_that_says_nothing_is_no_answer(story, notes, state):
    story.config(
        '[sources.inbox]\nplugin = "mailbox"\npath = "inbox"\nkinds = ["received"]\n'
        '[rule.ask]\non = "interview"\nopens = "day + 2 days"\ndone_by = ["answer"]\n'
        'do = { type = "task", title = "Ask" }\n'
    )
    inbox = story.folder / "inbox"
    inbox.mkdir()
    for day in ("12", "20")[: 1 + (state == "later")]:
        (inbox / f"{day}.eml").write_text(
            f"From: {JULIE}\nTo: camille@exemple.ca\nSubject: Bonjour\nMessage-ID: <{day}@nordik.ca>\n"
            f"Date: Thu, {day} Nov 2026 14:00:00 -0500\n\nNous reviendrons vers vous.\n"
        )
    for note in notes:
        story.note(note)
    tick = story.at("2026-11-13 10:00")
    assert (tick.state("ask"), tick.problems) == (state, [])
    assert tick.state("follow-up-call") == "waiting", "the call stands, whatever they answer"
