"""Stories of which employer something belongs to, and of what is an interview at all."""

import pytest

from tests.support.storybook import JULIE, Story

NADIA = "nadia@agencex.ca"


@pytest.fixture
def story(tmp_path):
    """An empty folder."""
    return Story(tmp_path)


# -- agencies, free mail, labels


@pytest.mark.parametrize("by", ["label", "config"])
def test_an_agency_with_two_clients_is_two_cases(story, by):
    if by == "config":
        story.config('[case.client-a]\nwords = ["client A"]\n[case.client-b]\nwords = ["client B"]\n')
    about = {"label": ("#case:client-a", "#case:client-b"), "config": ("", "")}[by]
    story.visit("I1", "2026-11-09 10:00", NADIA, title="Entrevue client A", description=about[0])
    story.visit("I2", "2026-11-12 10:00", NADIA, title="Entrevue client B", description=about[1])
    assert story.at("2026-11-09 11:05").the("thank-you").case == "client-a"
    assert story.at("2026-11-12 11:05").the("thank-you").case == "client-b"
    assert story.at("2026-11-19 09:00").the("follow-up-call").case == "client-a"
    assert story.at("2026-11-23 09:00").the("follow-up-call").case == "client-b"


def test_a_mail_to_the_agency_joins_the_cases_of_both_clients(story):
    story.visit("I1", "2026-11-09 10:00", NADIA, description="#case:client-a")
    story.visit("I2", "2026-11-09 14:00", NADIA, description="#case:client-b")
    assert len(story.at("2026-11-09 15:05").all("thank-you")) == 2
    story.mail("2026-11-09 16:00", NADIA, "Merci pour les deux rencontres")
    tick = story.at("2026-11-09 16:05")
    assert [d.state for d in tick.states("thank-you")] == ["done", "done"]


def test_a_recruiter_of_an_agency_does_not_hide_the_employer(story):
    story.config(agencies=["agencex.ca"])
    story.visit("I1", "2026-11-09 10:00", NADIA, JULIE)
    assert story.at("2026-11-09 11:05").the("thank-you").case == "nordik.ca"


def test_people_may_be_put_into_a_case_by_the_config(story):
    story.config(f'[case.boreal]\npeople = ["{JULIE}"]\n')
    story.visit("I1", "2026-11-09 10:00")
    assert story.at("2026-11-09 11:05").the("thank-you").case == "boreal"


def test_two_recruiters_with_free_mail_are_two_cases(story):
    story.visit("I1", "2026-11-09 10:00", "anne@gmail.com")
    story.visit("I2", "2026-11-10 10:00", "zoe@gmail.com")
    story.visit("I3", "2026-11-11 10:00", "max@videotron.ca")
    tick = story.at("2026-11-11 11:05")
    assert [change.case for change in tick.all("thank-you")] == ["anne@gmail.com", "max@videotron.ca", "zoe@gmail.com"]
    story.mail("2026-11-11 12:00", "anne@gmail.com", "Merci")
    done = [d.case for d in story.at("2026-11-11 12:05").states("thank-you") if d.state == "done"]
    assert done == ["anne@gmail.com"]


def test_departments_of_one_employer_are_one_case(story):
    story.visit("I1", "2026-11-09 10:00", "julie@rh.nordik.ca")
    story.visit("I2", "2026-11-09 14:00", "marc@nordik.ca")
    assert story.at("2026-11-09 15:05").the("thank-you").case == "nordik.ca"


def test_a_label_added_later_renames_what_was_made_and_makes_nothing_new(story):
    story.visit("I1", "2026-11-09 10:00")
    story.at("2026-11-09 11:05")
    story.visit("I1", description="#case:nordik-mtl", stamp="2026-11-10 09:00")
    tick = story.at("2026-11-10 10:00")
    assert tick.rules(aside=True) == []
    assert tick.rules("withdraw", aside=True) == []
    assert len(story.drafts()) == 1
    assert tick.state("thank-you", "nordik-mtl") == "due"
    story.config('[rule.follow-up-call]\nopens = "day + 7 days at 09:00"\n')
    assert story.at("2026-11-10 11:00").decision("follow-up-call").next == "2026-11-19T09:00:00-05:00"
    call = story.at("2026-11-19 09:00").the("follow-up-call")
    assert call.case == "nordik-mtl"
    assert call.key == "follow-up-call/nordik-mtl@2026-11-09"


def test_a_draft_made_before_the_label_is_still_known_when_it_is_sent(story):
    story.visit("I1", "2026-11-09 10:00")
    key = story.at("2026-11-09 11:05").the("thank-you").key
    story.visit("I1", description="#case:nordik-mtl", stamp="2026-11-10 09:00")
    story.at("2026-11-10 10:00")
    story.draft_file("thank-you").unlink()
    story.mail("2026-11-10 11:00", JULIE, "Notre échange", X_Followup_Key=key)
    tick = story.at("2026-11-10 12:00")
    assert tick.state("thank-you") == "done"
    assert tick.changes == []


def test_a_draft_deleted_before_the_label_does_not_come_back(story):
    story.visit("I1", "2026-11-09 10:00")
    story.at("2026-11-09 11:05")
    story.draft_file("thank-you").unlink()
    assert story.at("2026-11-09 12:00").state("thank-you") == "done"
    story.visit("I1", description="#case:nordik-mtl", stamp="2026-11-10 09:00")
    tick = story.at("2026-11-10 10:00")
    assert tick.rules() == []
    assert tick.state("thank-you", "nordik-mtl") == "done"


# -- the headings of notes


@pytest.mark.parametrize(
    "heading",
    ["Nordik", "nordik", "nordik.ca", "@nordik.ca", f"<{JULIE}>", JULIE, f"Julie Roy <{JULIE}>", "Chez eux @nordik.ca"],
)
def test_a_heading_may_name_the_employer_in_many_ways(story, heading):
    story.visit("I1", "2026-11-09 10:00")
    story.note("2026-11-09 12:00 #thanked", heading)
    tick = story.at("2026-11-09 13:00")
    assert tick.problems == []
    assert tick.state("thank-you") == "done"


def test_notes_stand_under_the_heading_of_a_label(story):
    story.visit("I1", "2026-11-09 10:00", NADIA, description="#case:client-a")
    story.visit("I2", "2026-11-09 14:00", NADIA, description="#case:client-b")
    story.note("2026-11-09 16:00 #thanked", "client-b")
    tick = story.at("2026-11-09 16:05")
    assert (tick.state("thank-you", "client-a"), tick.state("thank-you", "client-b")) == ("due", "done")


def test_a_heading_that_fits_no_case_is_reported_with_the_nearest_and_the_rest_goes_on(story):
    story.visit("I1", "2026-11-09 10:00")
    story.note("2026-11-09 12:00 #thanked", "Nordic")
    tick = story.at("2026-11-09 13:00")
    assert tick.exit == 1
    assert "notes.md:3" in tick.said
    assert "'Nordic' fits no case" in tick.said
    assert "did you mean 'nordik'?" in tick.said
    assert tick.rules() == ["thank-you"]


def test_a_heading_that_fits_two_cases_is_reported_with_both(story):
    story.visit("I1", "2026-11-09 10:00", "julie@nordik.ca")
    story.visit("I2", "2026-11-10 10:00", "paul@nordik.com")
    story.note("2026-11-10 12:00 #promise le frisbee", "Nordik")
    tick = story.at("2026-11-10 13:00")
    assert tick.exit == 1
    assert "nordik.ca, nordik.com" in tick.said
    assert "keep-promise" not in tick.rules() or tick.the("keep-promise").to == []


def test_a_note_may_say_its_case_itself(story):
    story.visit("I1", "2026-11-09 10:00")
    story.note("2026-11-09 12:00 #thanked #case:nordik.ca", "Journal")
    tick = story.at("2026-11-09 13:00")
    assert (tick.exit, tick.state("thank-you")) == (0, "done")


def test_a_heading_is_followed_once_its_case_is_there(story):
    story.note("2026-11-08 12:00 #promise le frisbee", "Nordik")
    assert story.at("2026-11-08 13:00").exit == 1
    story.visit("I1", "2026-11-09 10:00")
    tick = story.at("2026-11-08 14:00")
    assert tick.decision("keep-promise").case == "nordik.ca"


@pytest.mark.parametrize("per", ["event", "case"])
def test_what_was_made_of_a_note_whose_heading_named_no_case_stays_its_own_once_there_is_one(story, per):
    """Until then the note was a case by itself, named by its own id, which also stands in keys by event."""
    story.config(f'[rule.ask]\non = "#ask"\nper = "{per}"\ndo = {{ type = "task", title = "Ask" }}\n')
    story.note("2026-11-09 12:00 #ask", "nordik.ca")
    story.at("2026-11-09 13:00")
    assert len(story.tasks()) == 1
    story.tick_off("ask", "2026-11-09")
    story.mail("2026-11-09 18:00", JULIE, "Bonjour")
    tick = story.at("2026-11-09 19:00")
    assert (tick.rules(), tick.state("ask", "nordik.ca")) == ([], "done")


@pytest.mark.parametrize(
    ("line", "said"),
    [("2026-11-09 12:00 #promis le frisbee", "promise"), ("2026-11-09 12:00 #promise x due:2026-13-45", "2026-13-45")],
)
def test_an_unknown_tag_or_a_bad_date_is_reported_with_its_line_and_the_other_notes_work(story, line, said):
    story.visit("I1", "2026-11-09 10:00")
    story.note("2026-11-09 11:30 #thanked")
    story.note(line)
    tick = story.at("2026-11-09 13:00")
    assert "notes.md:5" in tick.said
    assert said in story.run("2026-11-09 13:00").stderr + tick.bytes
    assert tick.state("thank-you") == "done"


# -- what is an interview


@pytest.mark.parametrize(
    "title",
    [
        "Entrevue - Nordik", "ENTREVUES", "Entretien d'embauche", "Entretien téléphonique", "Présélection Nordik",
        "Pré-sélection", "Preselection", "Deuxième entrevue", "Mise en situation", "Interview with Nordik", "Phone screen",
        "Recruiter screen", "Technical screen", "Recruiter call", "Hiring manager chat", "On-site", "Panel interview",
        "Final round", "Café #interview",
    ],
)  # fmt: skip
def test_titles_that_make_an_interview(story, title):
    story.visit("I1", "2026-11-09 10:00", title=title)
    assert story.at("2026-11-09 11:05").rules() == ["thank-you"]


@pytest.mark.parametrize(
    "title",
    [
        "Entretien", "Entretien annuel", "Entrevue annuelle", "Entretien de la fournaise", "Entretien ménager",
        "Exit interview", "User interview", "Podcast interview", "Interview radio", "Interviewer", "Lunch",
        "Entrevue #not-interview",
    ],
)  # fmt: skip
def test_titles_that_do_not(story, title):
    story.visit("I1", "2026-11-09 10:00", title=title)
    tick = story.at("2026-11-09 11:05")
    assert tick.changes == []


def test_job_words_in_the_description_do_not_count(story):
    story.visit("I1", "2026-11-09 10:00", title="Rencontre", description="Entrevue")
    assert story.at("2026-11-09 11:05").changes == []


def test_job_words_in_the_description_count_if_a_service_organizes_it(story):
    story.visit(
        "I1", "2026-11-09 10:00", title="Rencontre", description="Interview", organizer="no-reply@greenhouse.io"
    )
    assert story.at("2026-11-09 11:05").the("thank-you").case == "nordik.ca"


def test_an_interview_that_a_service_organizes_without_people_is_one_with_nobody_to_write_to(story):
    story.visit("I1", "2026-11-09 10:00", title="Interview", organizer="invite@calendly.com", who=())
    tick = story.at("2026-11-09 11:05")
    assert tick.rules() == ["thank-you"]
    assert tick.the("thank-you").to == []


@pytest.mark.parametrize("service", ["welcomekit.co", "message.teamtailor.com", "indeedemail.com"])
def test_two_employers_who_write_through_one_service_are_two_cases(story, service):
    story.visit("I1", "2026-11-09 10:00", f"abc1@{service}")
    story.visit("I2", "2026-11-09 14:00", f"xyz2@{service}")
    assert len(story.at("2026-11-09 15:05").rules("create")) == 2


def test_an_interview_among_colleagues_is_none_and_nothing_is_asked(story):
    story.visit("I1", "2026-11-09 10:00", "chef@monemploi.ca")
    assert story.at("2026-11-09 11:05").changes == []


@pytest.mark.parametrize("title", ["Entrevue", "Entrevue annuelle", "Podcast interview"])
def test_an_entry_with_job_words_and_nobody_is_asked_about_in_its_time_and_only_then(story, title):
    story.visit("I1", "2026-11-20 10:00", title=title, who=())
    assert story.at("2026-11-06 09:59").changes == []
    tick = story.at("2026-11-06 10:00")
    assert tick.rules(aside=True) == ["confirm-interview"]
    assert tick.the("confirm-interview").type == "notice"
    assert story.at("2026-11-20 12:00").changes == []
    assert story.at("2026-11-22 11:00").state("confirm-interview") == "expired"


@pytest.mark.parametrize(("tag", "rules"), [("#interview", ["thank-you"]), ("#not-interview", [])])
def test_the_answer_to_that_question_decides(story, tag, rules):
    story.visit("I1", "2026-11-09 10:00", title="Entrevue", who=())
    assert story.at("2026-11-08 09:00").rules() == ["confirm-interview"]
    story.visit("I1", title=f"Entrevue {tag}", stamp="2026-11-08 10:00")
    assert story.at("2026-11-09 11:05").rules() == rules
