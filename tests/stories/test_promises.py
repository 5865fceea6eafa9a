"""Stories of promises: the one reason to write in the quiet days."""

import pytest

from tests.support.storybook import JULIE, Story, body

MARC = "marc.cote@nordik.ca"
LEA = "lea.tremblay@nordik.ca"


@pytest.fixture
def story(tmp_path):
    """An interview with Léa on Tuesday, 10 November 2026, from 13 to 14, for which she was thanked."""
    story = Story(tmp_path)
    story.visit("I1", "2026-11-10 13:00", LEA)
    story.mail("2026-11-10 14:10", LEA, "Merci!")
    return story


def promise(story, text, at="2026-11-10 14:30", heading=f"<{LEA}>"):
    story.note(f"{at} #promise {text}", heading)


def test_a_promise_is_a_draft_from_its_note_on_and_due_the_next_morning(story):
    promise(story, "adresse du frisbee étoile ninja")
    assert story.at("2026-11-10 14:25").rules() == []
    draft = story.at("2026-11-10 14:35").the("keep-promise")
    assert (draft.type, draft.to, draft.due) == ("draft", [LEA], "2026-11-11T09:00:00-05:00")
    assert draft.contact
    assert not draft.late


def test_the_draft_names_the_thing_then_the_bonus_then_the_steps_in_their_order_and_offers_help(story):
    promise(
        story,
        'noms de donateurs bonus:"le sérigraphe qui peut le décorer" steps:"prévenir Paul; envoyer son nom" due:2026-11-12',
    )
    draft = story.at("2026-11-10 14:35").the("keep-promise")
    words = ["noms de donateurs", "sérigraphe", "prévenir Paul", "envoyer son nom", "aider"]
    places = [draft.text.index(word) for word in words]
    assert places == sorted(places)
    message = story.drafts()[draft.key]
    assert "noms de donateurs" in message["Subject"]
    assert "prévenir Paul" in body(message)


@pytest.mark.parametrize(
    ("due", "day"),
    [
        ("2026-11-20", "2026-11-20T09:00:00"),
        ("friday", "2026-11-13T09:00:00"),
        ("vendredi", "2026-11-13T09:00:00"),
        ("mardi", "2026-11-17T09:00:00"),  # the note is of a Tuesday
        ("+3d", "2026-11-13T09:00:00"),
        ("2026-11-14", "2026-11-14T09:00:00"),  # mail is not moved for week-ends
        ("2026-11-12T15:30", "2026-11-12T15:30:00"),
    ],
)
def test_the_day_by_which_it_was_promised_decides(story, due, day):
    promise(story, f"le frisbee due:{due}")
    assert story.at("2026-11-10 14:35").the("keep-promise").due == f"{day}-05:00"


def test_a_promise_is_late_a_day_after_it_was_due(story):
    promise(story, "le frisbee due:2026-11-12")
    assert not story.at("2026-11-12 18:00").decision("keep-promise").late
    assert story.at("2026-11-13 09:00").decision("keep-promise").late


def test_a_mail_about_it_keeps_it_and_is_no_breach_of_silence(story):
    promise(story, "l'adresse du frisbee")
    story.at("2026-11-10 14:35")
    story.mail("2026-11-11 08:15", LEA, "Le frisbee promis", id="frisbee")
    tick = story.at("2026-11-11 09:00")
    assert tick.rules() == []
    assert tick.rules("withdraw") == ["keep-promise"]
    assert tick.decision("keep-promise").evidence == ["frisbee@exemple.ca"]
    assert story.drafts() == {}
    assert story.at("2026-11-20 09:00").rules() == ["follow-up-call"]


def test_a_word_in_the_text_of_the_mail_is_enough_and_accents_and_case_do_not_matter(story):
    promise(story, "les coordonnées du SÉRIGRAPHE")
    story.mail("2026-11-11 08:15", LEA, "Comme convenu", "Bonjour, voici notre serigraphe préféré.")
    assert story.at("2026-11-11 09:00").state("keep-promise") == "done"


@pytest.mark.parametrize("subject", ["Merci encore", "Bonjour Léa", "Suite à notre rencontre", "Une question de plus"])
def test_a_mail_about_something_else_keeps_no_promise(story, subject):
    promise(story, "l'adresse du frisbee")
    story.mail("2026-11-11 08:15", LEA, subject)
    assert story.at("2026-11-11 08:20").state("keep-promise") == "due"


def test_a_mail_about_it_to_somebody_else_keeps_no_promise(story):
    promise(story, "l'adresse du frisbee")
    story.mail("2026-11-11 08:15", "reception@nordik.ca", "Le frisbee")
    assert story.at("2026-11-11 08:20").state("keep-promise") == "due"


def test_of_two_promises_the_mail_keeps_the_one_that_it_is_about(story):
    promise(story, "l'adresse du frisbee")
    promise(story, "les noms des donateurs", at="2026-11-10 14:40")
    story.at("2026-11-10 14:45")
    story.mail("2026-11-11 08:15", LEA, "Le frisbee promis")
    story.at("2026-11-11 08:20")
    assert [body(draft).count("donateurs") > 0 for draft in story.drafts().values()] == [True]


@pytest.mark.parametrize(("tag", "state"), [("kept", "done"), ("dropped", "void")])
def test_a_note_about_one_of_two_promises_ends_that_one(story, tag, state):
    promise(story, "l'adresse du frisbee")
    promise(story, "les noms des donateurs", at="2026-11-10 14:40")
    story.note(f"2026-11-11 10:00 #{tag} les donateurs", f"<{LEA}>")
    tick = story.at("2026-11-11 10:05")
    assert [d.state for d in tick.states("keep-promise")] == ["due", state]


@pytest.mark.parametrize(("tag", "state"), [("kept", "done"), ("dropped", "void")])
@pytest.mark.parametrize("words", ["", "de vive voix"])
def test_a_note_about_no_promise_in_particular_ends_them_all(story, tag, state, words):
    promise(story, "l'adresse du frisbee")
    promise(story, "les noms des donateurs", at="2026-11-10 14:40")
    story.note(f"2026-11-11 10:00 #{tag} {words}", f"<{LEA}>")
    tick = story.at("2026-11-11 10:05")
    assert [d.state for d in tick.states("keep-promise")] == [state, state]


def test_what_was_kept_before_a_later_promise_does_not_end_that(story):
    promise(story, "l'adresse du frisbee")
    story.note("2026-11-11 10:00 #kept", f"<{LEA}>")
    promise(story, "les noms des donateurs", at="2026-11-12 10:00")
    assert [d.state for d in story.at("2026-11-12 10:05").states("keep-promise")] == ["done", "due"]


def test_a_ticked_box_keeps_it(story):
    promise(story, "l'adresse du frisbee")
    story.at("2026-11-10 14:35")
    story.edit_note("2026-11-10 14:30", "[x] 2026-11-10 14:30")
    tick = story.at("2026-11-11 08:00")
    assert tick.state("keep-promise") == "done"
    assert tick.rules("withdraw") == ["keep-promise"]


@pytest.mark.parametrize("tag", ["rejected", "offer", "withdrawn"])
def test_a_promise_stays_open_whatever_the_employer_says(story, tag):
    promise(story, "l'adresse du frisbee")
    story.at("2026-11-10 14:35")
    story.note(f"2026-11-11 10:00 #{tag}", f"<{LEA}>")
    tick = story.at("2026-11-11 10:05")
    assert tick.state("keep-promise") == "due"
    assert len(story.drafts()) == 1


def test_a_bonus_mail_afterwards_is_no_breach_and_opens_nothing_again(story):
    promise(story, 'le frisbee bonus:"la sérigraphie"')
    story.mail("2026-11-11 08:15", LEA, "Le frisbee promis")
    story.at("2026-11-11 09:00")
    story.mail("2026-11-13 08:15", LEA, "La sérigraphie")
    tick = story.at("2026-11-13 09:00")
    assert tick.changes == []
    assert tick.state("keep-promise") == "done"


def test_a_problem_that_they_told_of_opens_no_contact_by_itself(story):
    story.note("2026-11-10 14:30 #issue Cherche un frisbee", f"<{LEA}>")
    tick = story.at("2026-11-11 09:00")
    assert tick.rules() == []
    assert tick.problems == []
    assert story.drafts() == {}


def test_an_edited_note_is_the_same_promise_with_other_words_and_another_day(story):
    promise(story, "l'adresse du frisbe")
    key = story.at("2026-11-10 14:35").the("keep-promise").key
    story.edit_note("frisbe", "frisbee due:2026-11-16")
    update = story.at("2026-11-10 15:00").the("keep-promise", "update")
    assert (update.key, update.due) == (key, "2026-11-16T09:00:00-05:00")
    assert "frisbee" in body(story.drafts()[key])


def test_a_deleted_note_takes_its_draft_back(story):
    promise(story, "l'adresse du frisbee")
    promise(story, "les gabarits", "2026-11-10 14:32")
    story.at("2026-11-10 14:35")
    story.edit_note("2026-11-10 14:30 #promise l'adresse du frisbee", "")
    assert story.at("2026-11-10 15:00").rules("withdraw") == ["keep-promise"]
    (left,) = story.drafts().values()
    assert "gabarits" in left["Subject"]


def test_a_promise_may_stand_under_a_name_and_goes_to_those_who_were_met_last(story):
    story.visit("I2", "2026-11-12 10:00", MARC)
    promise(story, "l'adresse du frisbee", heading="Nordik")
    promise(story, "les noms des donateurs", at="2026-11-12 11:30", heading="nordik")
    tick = story.at("2026-11-12 11:35")
    assert [change.to for change in tick.all("keep-promise")] == [[LEA], [MARC]]


def test_a_promise_without_a_time_stands_for_its_whole_day(story):
    story.note("2026-11-10 #promise l'adresse du frisbee", f"<{LEA}>")
    draft = story.at("2026-11-10 14:35").the("keep-promise")
    assert draft.due == "2026-11-11T09:00:00-05:00"


def test_a_promise_without_a_date_counts_from_when_it_was_first_seen(story):
    story.note("#promise l'adresse du frisbee", f"<{LEA}>")
    key = story.at("2026-11-11 14:35").the("keep-promise").key
    tick = story.at("2026-11-12 08:00")
    assert tick.changes == []
    assert list(story.drafts()) == [key]
    assert story.at("2026-11-12 08:30").decision("keep-promise").next == "2026-11-13T09:00:00-05:00"


def test_two_promises_of_one_minute_are_two(story):
    promise(story, "l'adresse du frisbee")
    promise(story, "les noms des donateurs")
    assert len(story.at("2026-11-10 14:35").all("keep-promise")) == 2


def test_a_promise_to_one_of_a_panel_goes_to_that_one_only(story):
    story.visit("I1", "2026-11-10 13:00", LEA, JULIE)
    promise(story, "l'adresse du frisbee", heading=f"Nordik <{JULIE}>")
    assert story.at("2026-11-10 14:35").the("keep-promise").to == [JULIE]


def test_a_mail_about_two_promises_keeps_both(story):
    promise(story, "l'adresse du frisbee")
    promise(story, "les noms des donateurs", at="2026-11-10 14:40")
    story.mail("2026-11-11 08:15", LEA, "Le frisbee et les donateurs")
    assert [d.state for d in story.at("2026-11-11 08:20").states("keep-promise")] == ["done", "done"]


def test_a_promise_is_kept_while_a_draft_of_thanks_is_still_open(tmp_path):
    story = Story(tmp_path)
    story.visit("I1", "2026-11-10 13:00", LEA)
    promise(story, "l'adresse du frisbee")
    assert story.at("2026-11-10 14:35").rules() == ["keep-promise", "thank-you"]
    story.mail("2026-11-10 20:00", LEA, "Le frisbee")
    tick = story.at("2026-11-10 20:05")
    assert tick.state("keep-promise") == "done"
    assert tick.state("thank-you") == "due"
