"""Stories of what notes say of meetings and duties: marks, orders, other spellings, entries known by their titles."""

import json

import pytest

from followup_rules.config.read import read_config
from tests.support.storybook import JULIE, Story, call

NINA = "nina@boreal.example"
CHAT = "Chat with Sam: data role"


@pytest.fixture
def story(tmp_path):
    """A person's folder."""
    return Story(tmp_path)


# -- a note with re:DAY


@pytest.mark.parametrize("tag", ["interview", "entrevue"])
def test_a_meeting_that_cannot_be_edited_is_marked_by_a_note_and_acted_on(story, tag):
    story.visit("I1", "2026-11-18 10:00", title=CHAT)
    assert story.at("2026-11-17 10:00").rules() == ["confirm-interview"]
    story.note(f"2026-11-17 12:00 #{tag} re:2026-11-18")
    tick = story.at("2026-11-18 11:05")
    assert (tick.rules(), tick.problems) == (["thank-you"], [])
    assert tick.the("thank-you").to == [JULIE]
    assert tick.state("debrief") == "due", "a mark is no debriefing"


def test_what_was_answered_is_not_asked_and_not_acted_on(story):
    story.visit("I1", "2026-11-18 10:00", title="Entrevue")
    story.note("2026-11-17 12:00 #not-interview re:2026-11-18")
    assert story.at("2026-11-18 11:05").changes == []


def test_a_mark_stays_with_a_meeting_that_moves(story):
    story.visit("I1", "2026-11-18 10:00", title=CHAT)
    story.note("2026-11-17 12:00 #interview re:2026-11-18")
    story.at("2026-11-17 13:00")
    story.visit("I1", "2026-11-20 10:00", stamp="2026-11-17 14:00")
    tick = story.at("2026-11-20 11:05")
    assert (tick.rules(), tick.problems) == (["thank-you"], [])


def test_a_mark_that_is_deleted_marks_nothing_any_more(story):
    story.visit("I1", "2026-11-18 10:00", title=CHAT)
    story.note("2026-11-17 11:00 #issue Something else")
    story.note("2026-11-17 12:00 #interview re:2026-11-18")
    story.at("2026-11-17 13:00")
    story.edit_note("2026-11-17 12:00 #interview re:2026-11-18", "")
    assert story.at("2026-11-18 11:05").rules() == ["confirm-interview"], "as if nobody had said so"


def test_of_two_answers_the_later_counts(story):
    story.visit("I1", "2026-11-18 10:00", title=CHAT)
    story.note("2026-11-17 12:00 #interview re:2026-11-18")
    story.note("2026-11-17 13:00 #not-interview re:2026-11-18")
    assert story.at("2026-11-18 11:05").changes == []
    story.note("2026-11-18 14:00 #interview re:2026-11-18")
    assert story.at("2026-11-18 14:05").rules() == ["thank-you"]


def test_a_day_without_a_meeting_is_told_once_with_the_nearest_days(story):
    story.visit("I1", "2026-11-18 10:00", title=CHAT)
    story.note("2026-11-17 12:00 #interview re:2026-11-19")
    tick = story.at("2026-11-17 13:00")
    assert "no meeting on that day" in tick.said
    assert "2026-11-18" in tick.problems[0]["hint"]
    assert story.at("2026-11-17 14:00").problems == []


def test_another_tag_with_a_day_is_about_that_visit_alone(story):
    story.visit("I1", "2026-11-09 10:00")
    story.visit("I2", "2026-11-11 10:00")
    story.note("2026-11-11 18:00 #thanked re:2026-11-11")
    tick = story.at("2026-11-11 18:05")
    assert tick.state("thank-you", day="2026-11-09") == "due"
    assert tick.state("thank-you", day="2026-11-11") == "done"


def test_re_before_anything_else_is_text(story):
    story.visit("I1", "2026-11-09 10:00")
    story.note("2026-11-09 18:00 #thanked re:interview")
    tick = story.at("2026-11-09 18:05")
    assert (tick.problems, tick.state("thank-you")) == ([], "done")


# -- #done, #dismissed and #snooze with for:


@pytest.mark.parametrize("tag", ["done", "dismissed", "fait"])
@pytest.mark.parametrize(
    "name", ["thank-you", "Thank-you", "thank-you/nordik.ca@2026-11-09", "nordik.ca/thank-you", "nordik/thank-you"]
)
def test_a_note_ends_one_duty_and_no_other(story, tag, name):
    story.visit("I1", "2026-11-09 10:00")
    assert story.at("2026-11-09 11:05").rules() == ["thank-you"]
    story.note(f"2026-11-09 12:00 #{tag} for:{name}")
    tick = story.at("2026-11-09 12:05")
    assert (tick.state("thank-you"), tick.rules("withdraw"), tick.problems) == ("done", ["thank-you"], [])
    assert (tick.state("debrief"), tick.state("follow-up-call")) == ("due", "waiting")


def test_what_is_ended_by_a_rules_name_stays_so_when_a_next_visit_comes(story):
    story.visit("I1", "2026-11-09 10:00")
    story.note("2026-11-09 12:00 #done for:thank-you")
    story.at("2026-11-09 12:05")
    story.visit("I2", "2026-11-12 10:00")
    tick = story.at("2026-11-12 11:05")
    assert tick.state("thank-you", day="2026-11-09") == "done"
    assert tick.rules() == ["thank-you"]


def test_one_duty_is_held_until_a_day_and_the_others_go_on(story):
    story.visit("I1", "2026-11-09 10:00")
    story.note("2026-11-09 10:30 #snooze for:thank-you until:2026-11-11")
    tick = story.at("2026-11-09 11:05")
    held = tick.decision("thank-you")
    assert (held.state, held.guard, held.next) == ("held", "snoozed", "2026-11-11T09:00:00-05:00")
    assert tick.state("debrief") == "due"
    assert story.at("2026-11-11 09:00").rules() == ["thank-you"]


def test_a_name_of_several_open_duties_ends_none(story):
    story.visit("I1", "2026-11-09 10:00")
    story.note("2026-11-09 12:00 #promise Send the address")
    story.note("2026-11-09 13:00 #promise Send the portfolio")
    story.at("2026-11-09 13:05")
    story.note("2026-11-09 14:00 #done for:keep-promise")
    tick = story.at("2026-11-09 14:05")
    assert "fits several duties" in tick.said
    assert {d.state for d in tick.states("keep-promise")} == {"due"}


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("#done for:thank-yuo", "names no duty", "for:thank-you?"),
        ("#done", "does not say for what", "thank-you"),
        ("#snooze for:tomorow", "names no duty", "thank-you/nordik.ca@2026-11-09"),
    ],
)
def test_a_name_that_means_nothing_is_told_with_the_nearest(story, line, message, hint):
    story.visit("I1", "2026-11-09 10:00")
    story.note(f"2026-11-09 12:00 {line}")
    tick = story.at("2026-11-09 12:05")
    assert message in tick.said
    assert hint in tick.problems[0]["hint"]
    assert tick.state("thank-you") == "due"


def test_a_key_still_means_its_duty_when_the_case_gets_another_name(story):
    story.visit("I1", "2026-11-09 10:00")
    story.note("2026-11-09 12:00 #done for:thank-you/nordik.ca@2026-11-09")
    story.at("2026-11-09 12:05")
    story.config('[case.dream-job]\ndomains = ["nordik.ca"]\n')
    tick = story.at("2026-11-09 13:00")
    assert (tick.state("thank-you", "dream-job"), tick.rules()) == ("done", [])


def test_these_notes_work_in_a_config_without_any_pack(story):
    rule = '[rule.ask]\non = { kind = "meeting" }\ndo = { type = "task", title = "Ask" }\n'
    story.base = story.base.replace('packs = ["interview"]', "packs = []")
    story.config(rule)
    story.visit("I1", "2026-11-09 10:00")
    story.note("2026-11-09 10:30 #snooze until:2026-11-10")
    assert story.at("2026-11-09 11:05").state("ask") == "held"
    story.note("2026-11-10 10:00 #done for:ask")
    assert story.at("2026-11-10 10:05").state("ask") == "done"


# -- other spellings


def test_every_tag_of_the_pack_has_a_french_spelling_that_is_that_tag(story):
    tags = read_config(story.folder / "config.toml").rulebook.rules.world.tags
    assert tags.named == set(tags.also.values())
    assert [tags.canonical(word) for word in ("Promesse", "appelé", "APPELE", "not-interview")] == [
        "promise", "called", "called", "not-interview",
    ]  # fmt: skip


def test_a_note_in_the_other_language_is_the_same_note(story):
    story.visit("I1", "2026-11-09 10:00")
    story.note("2026-11-09 12:00 #promise Envoyer l'adresse")
    story.at("2026-11-10 12:05")
    story.edit_note("#promise", "#promesse")
    tick = story.at("2026-11-10 13:00")
    assert (tick.changes, tick.problems) == ([], [])


def test_an_alias_counts_in_patterns_and_in_own_entries(story):
    story.config('[rule.own]\non = "#promesse"\ndo = { type = "task", title = "Mine" }\n')
    story.visit("I1", "2026-11-09 10:00", title="Café #entrevue")
    story.note("2026-11-09 12:00 #promise Send it")
    assert {"own", "thank-you"} <= set(story.at("2026-11-10 12:00").rules())


# -- entries that only have an id


def test_an_entry_with_nobody_is_joined_to_the_person_under_its_title(story):
    story.visit("k3@calendar.example", "2026-11-09 10:00", title="Entrevue Boréal", who=())
    asked = story.at("2026-11-08 10:00").the("confirm-interview")
    assert "## Entrevue Boréal <nom@domaine>" in asked.text
    assert "re:2026-11-09" in asked.text
    story.note("2026-11-08 12:00 #interview re:2026-11-09", f"Entrevue Boréal <{NINA}>")
    tick = story.at("2026-11-09 11:05")
    assert tick.problems == []
    assert (tick.the("thank-you").to, tick.the("thank-you").case) == ([NINA], "boreal.example")


def test_a_title_names_an_entry_in_headings_and_commands(story):
    story.visit("k3@calendar.example", "2026-11-09 10:00", title="Entrevue Boréal", who=())
    story.at("2026-11-08 10:00")
    assert call(story.folder, "mark", "entrevue boreal", "interview", "--now", "2026-11-08 11:00").exit_code == 0
    assert "## Entrevue Boréal\n" in (story.folder / "notes.md").read_text()
    tick = story.at("2026-11-09 11:05")
    assert (tick.rules(), tick.problems) == (["thank-you"], [])
    shown = call(story.folder, "explain", "Entrevue Boréal", "--now", "2026-11-09 11:05").stdout
    assert shown.startswith("Entrevue Boréal · ")
    assert "k3@calendar.example" not in shown


def test_the_id_of_an_entry_is_nobodys_address(story):
    story.visit("k3@calendar.example", "2026-11-09 10:00", title="Entrevue", who=())
    story.note("2026-11-08 12:00 #interview re:2026-11-09", "k3@calendar.example")
    tick = story.at("2026-11-09 11:05")
    assert (tick.the("thank-you").to, tick.problems) == ([], [])


def test_thanks_to_somebody_whom_the_title_names_are_asked_about_once_and_joined(story):
    story.visit("own1", "2026-11-09 10:00", title="Entrevue Boréal #interview", who=())
    story.at("2026-11-09 11:05")
    story.mail("2026-11-09 18:00", NINA, "Merci pour la rencontre")
    asked = story.at("2026-11-09 18:05").the("whom-you-met")
    assert f"<{NINA}>" in asked.text
    assert story.at("2026-11-09 19:05").rules() == []
    story.note("2026-11-09 20:00 #interview re:2026-11-09", f"Entrevue Boréal #interview <{NINA}>")
    tick = story.at("2026-11-09 20:05")
    assert (tick.state("thank-you"), tick.decision("thank-you").case) == ("done", "boreal.example")


def test_mail_to_somebody_else_asks_nothing(story):
    story.visit("own1", "2026-11-09 10:00", title="Entrevue Boréal #interview", who=())
    story.at("2026-11-09 11:05")
    story.mail("2026-11-09 18:00", "tante@famille.example", "Merci pour le gâteau")
    assert story.at("2026-11-09 18:05").rules() == []


def test_a_series_is_asked_about_once(story):
    story.visit("S1", "2026-11-09 10:00", title="Entrevue", who=(), rrule="FREQ=WEEKLY;COUNT=4")
    asked = [t.all("confirm-interview") for t in story.every(48, "2026-11-02 10:00", "2026-12-05 10:00")]
    assert sum(map(len, asked)) == 1


@pytest.mark.parametrize(
    "entry",
    [
        {"title": "Entrevue", "who": ()},  # I typed it
        {"title": "Entrevue", "organizer": NINA, "who": (NINA,), "partstat": "NEEDS-ACTION"},  # a stranger called it
    ],
)
def test_a_series_from_before_the_first_run_is_asked_about_once_at_its_next_occurrence(story, entry):
    story.visit("S1", "2026-10-12 10:00", rrule="FREQ=WEEKLY;COUNT=9", **entry)
    ticks = story.every(48, "2026-11-02 12:00", "2026-12-20 10:00")
    asked = [each for tick in ticks for each in tick.all("confirm-interview")]
    assert [each.key.rpartition("@")[2] for each in asked] == ["2026-11-09"]


def test_somebody_met_in_a_series_before_the_first_run_is_no_new_acquaintance(story):
    story.visit("S1", "2026-10-12 10:00", NINA, title="Recruiting chat", rrule="FREQ=WEEKLY;COUNT=9", organizer=NINA)
    assert [tick.rules() for tick in story.every(168, "2026-11-02 12:00", "2026-12-14 12:00")] == [[]] * 7


# -- what explain and mark say


def test_explain_tells_what_becomes_of_each_note(story):
    story.visit("I1", "2026-11-09 10:00")
    story.note("2026-11-09 12:00 #done for:thank-you")
    story.note("2026-11-09 12:01 #interview re:2026-11-12")
    story.at("2026-11-09 12:05")
    found = json.loads(call(story.folder, "explain", "nordik", "--json", "--now", "2026-11-09 12:05").stdout)
    notes = {e["tags"][0]: e for e in found["cases"][0]["events"] if e["kind"] == "note"}
    assert notes["done"]["decides"] == [{"key": "thank-you/nordik.ca@2026-11-09", "state": "done"}]
    assert "no meeting on that day" in notes["interview"]["problem"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nordik", "intervew"], "interview"),
        (["nordic", "interview"], "nordik.ca"),
        (["nordik", "interview", "2026-11-10"], "2026-11-09"),
        (["nordik", "interview"], "several days"),
    ],
)
def test_mark_writes_nothing_it_does_not_understand_and_names_the_nearest(story, arguments, said):
    story.visit("I1", "2026-11-09 10:00")
    story.visit("I2", "2026-11-16 10:00")
    story.at("2026-11-08 10:00")
    before = (story.folder / "notes.md").read_bytes()
    found = call(story.folder, "mark", *arguments, "--now", "2026-11-08 11:00")
    assert found.exit_code == 2
    assert said in found.stderr
    assert (story.folder / "notes.md").read_bytes() == before


def test_mark_tells_programs_what_it_wrote(story):
    story.visit("I1", "2026-11-09 10:00")
    story.at("2026-11-08 10:00")
    found = json.loads(
        call(story.folder, "mark", "nordik", "pas-entrevue", "2026-11-09", "--json", "--now", "2026-11-08 11:00").stdout
    )
    assert (found["case"], found["tag"], found["day"], found["problems"]) == (
        "nordik.ca",
        "not-interview",
        "2026-11-09",
        [],
    )
    assert found["item"] == "- 2026-11-08 11:00 #not-interview re:2026-11-09"
