"""Stories of what calendars really hold: series, whole days, rooms, organizers, other zones."""

import pytest

from tests.support.storybook import JULIE, ME, Story

MARC = "marc.cote@nordik.ca"


@pytest.fixture
def story(tmp_path):
    """An interview on Monday, 9 November 2026, from 10 to 11."""
    story = Story(tmp_path)
    story.visit("I1", "2026-11-09 10:00")
    return story


def test_a_series_of_interviews_is_one_round_after_the_other(story):
    story.visit("I1", rrule="FREQ=WEEKLY;COUNT=3")
    ticks = story.every(24, "2026-11-09 12:00", "2026-12-04 12:00")
    thanked = [change.key for tick in ticks for change in tick.all("thank-you")]
    assert [key[-10:] for key in thanked] == ["2026-11-09", "2026-11-16", "2026-11-23"]
    called = [(change.key[-10:], change.due) for tick in ticks for change in tick.all("follow-up-call")]
    assert called == [("2026-11-23", "2026-12-03T09:00:00-05:00")]


def test_one_of_a_series_is_moved_and_only_that_one(story):
    story.visit("I1", rrule="FREQ=WEEKLY;COUNT=2")
    story.visit("I1b", "2026-11-18 10:00", uid="I1", recurrence="2026-11-16 10:00")
    ticks = story.every(24, "2026-11-09 12:00", "2026-11-30 12:00")
    assert [change.key[-10:] for tick in ticks for change in tick.all("thank-you")] == ["2026-11-09", "2026-11-18"]


def test_one_of_a_series_is_cancelled(story):
    story.visit("I1", rrule="FREQ=WEEKLY;COUNT=2")
    story.visit("I1b", "2026-11-16 10:00", uid="I1", recurrence="2026-11-16 10:00", status="CANCELLED")
    ticks = story.every(24, "2026-11-09 12:00", "2026-11-20 12:00")
    assert [change.key[-10:] for tick in ticks for change in tick.all("thank-you")] == ["2026-11-09"]
    assert [change.key[-10:] for tick in ticks for change in tick.all("follow-up-call")] == ["2026-11-09"]


@pytest.mark.parametrize("seen", [True, False], ids=["by a run", "by its stamp"])
def test_what_was_cancelled_in_time_did_not_take_place_wherever_it_is_moved(story, seen):
    story.at("2026-11-08 09:00")
    story.visit("I1", "2026-11-09 10:00", status="CANCELLED", stamp="2026-11-09 08:00")
    story.at("2026-11-09 09:00" if seen else "2026-11-09 12:00")
    story.visit("I1", "2026-11-07 10:00", status="CANCELLED", stamp="2026-11-09 12:30")
    assert story.at("2026-11-09 13:00").rules() == []


def test_an_interview_without_hours_ends_at_six_in_the_evening(story):
    story.visit("I1", "2026-11-09")
    assert story.at("2026-11-09 17:59").rules() == []
    assert story.at("2026-11-09 18:00").the("thank-you").due == "2026-11-09T18:00:00-05:00"


def test_rooms_machines_and_the_users_other_address_are_nobody_to_thank(story):
    story.visit(
        "I1",
        "2026-11-09 10:00",
        JULIE,
        "salle-4@resource.calendar.google.com",
        "no-reply@nordik.ca",
        "camille@monemploi.ca",
    )
    assert story.at("2026-11-09 11:05").the("thank-you").to == [JULIE]


def test_who_invited_is_one_of_them_even_if_only_the_user_is_listed(story):
    story.visit("I1", "2026-11-09 10:00", who=(), organizer=JULIE)
    tick = story.at("2026-11-09 11:05")
    assert tick.rules() == ["thank-you"]
    assert tick.the("thank-you").to == [JULIE]


def test_an_entry_of_the_users_own_without_anybody_is_asked_about(story):
    story.visit("I1", "2026-11-09 10:00", who=(), organizer=ME)
    assert story.at("2026-11-08 11:05").rules() == ["confirm-interview"]


def test_an_old_name_of_the_zone_is_the_zone(story):
    story.config(timezone="America/Montreal")
    assert story.at("2026-11-09 11:05").the("thank-you").announces == {"follow-up-call": "2026-11-19"}


def test_the_days_are_those_of_the_users_zone(story):
    story.config(timezone="Asia/Tokyo")
    story.visit("I1", "2026-11-09 08:00")
    thanks = story.at("2026-11-09 09:05").the("thank-you")
    assert (thanks.key[-10:], thanks.due) == ("2026-11-09", "2026-11-09T09:00:00+09:00")
    assert story.at("2026-11-19 09:00").the("follow-up-call").due == "2026-11-19T09:00:00+09:00"


def test_what_was_announced_for_one_round_says_nothing_of_the_next(story):
    story.note("2026-11-10 10:00 #announced on:2026-11-25")
    story.at("2026-11-10 11:00")
    story.visit("I2", "2026-11-16 10:00", MARC)
    assert story.at("2026-11-16 11:05").the("thank-you").announces == {"follow-up-call": "2026-11-26"}
    story.note("2026-11-16 12:00 #announced on:2026-11-24")
    assert story.at("2026-11-24 09:00").rules() == ["follow-up-call"]


def test_two_interviews_of_a_day_that_a_label_unites_are_thanked_for_in_one_mail(story):
    story.visit("I2", "2026-11-09 14:00", "nadia@agencex.ca")
    assert len(story.at("2026-11-09 15:05").all("thank-you")) == 2
    for ident in ("I1", "I2"):
        story.visit(ident, description="#case:nordik-mtl", stamp="2026-11-09 16:00")
    tick = story.at("2026-11-09 16:05")
    assert tick.rules() == []
    assert len(story.drafts()) == 1
    assert next(iter(story.drafts().values()))["To"].count("@") == 2


def test_a_label_taken_away_again_changes_names_only(story):
    story.visit("I1", description="#case:nordik-mtl")
    key = story.at("2026-11-09 11:05").the("thank-you").key
    story.visit("I1", description="", stamp="2026-11-09 12:00")
    tick = story.at("2026-11-09 12:05")
    assert tick.rules() == tick.rules("withdraw") == []
    assert list(story.drafts()) == [key]
    assert tick.state("thank-you", "nordik.ca") == "due"


def test_more_people_invited_later_are_thanked_as_well(story):
    story.at("2026-11-09 11:05")
    story.visit("I1", "", JULIE, MARC, stamp="2026-11-09 11:10")
    assert sorted(story.at("2026-11-09 11:15").the("thank-you", "update").to) == [JULIE, MARC]


def test_the_same_interview_in_two_calendars_is_one(story):
    (story.folder / "calendars").mkdir()
    (story.folder / "calendars/a.ics").write_bytes((story.folder / "calendar.ics").read_bytes())
    story.config('[sources.second]\nplugin = "ics"\npath = "calendars"\n')
    assert len(story.at("2026-11-09 11:05").all("thank-you")) == 1


def test_of_two_calendars_that_disagree_the_newer_entry_is_right(story):
    (story.folder / "calendars").mkdir()
    (story.folder / "calendars/a.ics").write_bytes((story.folder / "calendar.ics").read_bytes())
    story.config('[sources.second]\nplugin = "ics"\npath = "calendars"\n')
    story.visit("I1", status="CANCELLED", stamp="2026-11-08 09:00")
    assert story.at("2026-11-09 11:05").changes == []


def test_an_interview_in_a_mail_thread_with_several_mails_is_thanked_once(story):
    story.mail("2026-11-05 10:00", JULIE, "Disponibilités", id="a")
    story.mail(
        "2026-11-09 12:00", JULIE, "Re: Disponibilités", "Merci pour votre temps.", id="b", answers="x@nordik.ca"
    )
    story.mail("2026-11-09 13:00", JULIE, "Re: Disponibilités", "Voici aussi le lien.", id="c", answers="b@exemple.ca")
    tick = story.at("2026-11-09 14:00")
    assert tick.decision("thank-you").evidence == ["b@exemple.ca"]
    assert tick.rules() == []


def test_an_interview_with_nobody_by_name_has_its_thanks_its_silence_and_its_call(story):
    story.visit("I1", title="Entrevue #interview", description="#case:nordik", who=())
    assert story.at("2026-11-09 11:05").the("thank-you").announces == {"follow-up-call": "2026-11-19"}
    story.note("2026-11-09 18:00 #thanked", "Nordik")
    story.note("2026-11-10 10:00 #fix-answer Kanban", "Nordik")
    story.note("2026-11-10 11:00 #promise le frisbee", "Nordik")
    tick = story.at("2026-11-10 12:00")
    assert tick.rules() == ["hold-back", "keep-promise"]
    assert tick.state("thank-you") == "done"
    assert "Kanban" in story.at("2026-11-19 09:00").the("follow-up-call").text


def test_an_entry_beside_it_that_comes_and_goes_leaves_an_interview_as_it_was(story):
    assert story.at("2026-11-09 12:00").state("thank-you") == "due"
    story.visit("I2", "2026-12-14 10:00", "rh@boreal.ca", title="Entrevue Boréal")
    added = story.at("2026-11-09 12:05")
    story.unlist("I2")
    gone = story.at("2026-11-09 12:10")
    assert [[change["op"] for change in tick.changes if "nordik" in change["key"]] for tick in (added, gone)] == [
        [],
        [],
    ]
