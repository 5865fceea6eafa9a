"""Stories of sources that fail, of runs that are missed, of first runs, and of how often one runs."""

import json
import random

import pytest

from tests.support.storybook import JULIE, Story, call

MARC = "marc.cote@nordik.ca"


@pytest.fixture
def story(tmp_path):
    """An interview on Monday, 9 November 2026, from 10 to 11."""
    story = Story(tmp_path)
    story.visit("I1", "2026-11-09 10:00")
    return story


def hide(story, name):
    """Take a source away for a while; return what brings it back."""
    (story.folder / name).rename(story.folder / f"{name}.away")
    return lambda: (story.folder / f"{name}.away").rename(story.folder / name)


# -- sources that fail


def test_a_missing_folder_of_sent_mail_is_never_read_as_nothing_sent(story):
    story.at("2026-11-09 10:30")
    story.mail("2026-11-09 11:02", JULIE, "Merci")
    restore = hide(story, "sent")
    tick = story.at("2026-11-09 11:05")
    assert tick.exit == 1
    assert tick.rules() == []
    assert tick.state("thank-you") == "blind"
    assert "sources.sent" in tick.said
    restore()
    tick = story.at("2026-11-09 12:00")
    assert (tick.exit, tick.state("thank-you"), tick.rules()) == (0, "done", [])


def test_while_mail_cannot_be_read_nothing_is_withdrawn_or_missed(story):
    story.at("2026-11-09 11:05")
    restore = hide(story, "sent")
    tick = story.at("2026-11-16 11:05")
    assert tick.rules("withdraw") == []
    assert tick.state("thank-you") == "blind"
    assert len(story.drafts()) == 1
    restore()
    assert story.at("2026-11-16 12:00").state("thank-you") == "expired"
    assert story.drafts() == {}


def test_the_call_needs_the_calendar_for_a_next_round_may_stand_there(story):
    story.at("2026-11-09 11:05")
    restore = hide(story, "calendar.ics")
    tick = story.at("2026-11-19 09:05")
    assert (tick.exit, tick.state("follow-up-call"), tick.rules()) == (1, "blind", ["blind"])
    restore()
    assert story.at("2026-11-19 10:05").rules() == ["follow-up-call"]


def test_missing_notes_stop_what_a_note_could_end(story):
    story.at("2026-11-09 11:05")
    story.note("2026-11-18 17:00 #rejected")
    restore = hide(story, "notes.md")
    tick = story.at("2026-11-19 09:05")
    assert (tick.exit, tick.state("follow-up-call"), tick.rules()) == (1, "blind", ["blind"])
    assert "notes.md" in tick.said
    restore()
    tick = story.at("2026-11-19 10:05")
    assert (tick.exit, tick.state("follow-up-call")) == (0, "void")


def test_a_failed_source_is_reported_at_every_run_and_stops_no_other(story):
    hide(story, "sent")
    story.note("2026-11-09 12:00 #fit Oui")
    for now in ("2026-11-09 12:05", "2026-11-09 13:05"):
        tick = story.at(now)
        assert "sources.sent" in tick.said
        assert tick.state("fit") == "done"


def test_a_calendar_cut_short_is_no_empty_calendar(story):
    story.at("2026-11-08 11:05")
    whole = (story.folder / "calendar.ics").read_bytes()
    (story.folder / "calendar.ics").write_bytes(whole[: len(whole) // 2])
    tick = story.at("2026-11-08 12:00")
    assert tick.exit == 1
    assert tick.rules("withdraw", aside=True) == []
    (story.folder / "calendar.ics").write_bytes(whole)
    assert story.at("2026-11-09 11:05").rules() == ["thank-you"]


# -- missed runs, first runs


def test_after_four_days_without_a_run_what_is_still_possible_is_done_once_and_marked_late(story):
    story.at("2026-11-09 09:00")
    assert story.at("2026-11-13 12:00").the("thank-you").late
    assert story.at("2026-11-13 12:05").changes == []


def test_what_was_missed_whole_is_reported_once(story):
    story.at("2026-11-09 09:00")
    first, second = story.run("2026-11-16 12:00"), story.run("2026-11-16 13:00")
    assert "thank-you" in first.stdout
    assert "missed" in first.stdout
    assert (second.stdout, second.stderr) == ("", "")


def test_an_expired_task_is_withdrawn_and_printed_as_missed(story):
    story.at("2026-11-19 09:00")
    shown = story.run("2026-11-26 09:05").stdout
    assert "Appeler Julie Roy" in shown
    assert "missed" in shown
    assert story.tasks() == []


def test_a_new_user_is_not_flooded_with_old_duties(story):
    story.visit("I1", "2026-07-06 10:00")
    story.visit("I2", "2026-08-17 10:00", "paul@boreal.ca")
    story.note("2026-08-20 10:00 #promise le frisbee", "<paul@boreal.ca>")
    assert story.run("2026-11-09 12:00").stdout == ""
    tick = story.at("2026-11-09 12:05")
    assert tick.changes == []
    assert {d["state"] for d in tick.decisions} <= {"void", "expired"}
    assert (
        "before the first run" in tick.decision("keep-promise").why or "first run" in tick.decision("keep-promise").why
    )


def test_a_duty_from_within_the_last_month_is_done_on_the_first_run(story):
    story.visit("I1", "2026-11-02 10:00")
    call_made = story.at("2026-11-12 12:00")
    assert call_made.rules() == ["follow-up-call"]
    assert not call_made.the("follow-up-call").late


def test_a_promise_outlives_the_month_if_it_was_known_before(story):
    story.note("2026-11-09 12:00 #promise le frisbee due:2027-02-01")
    story.at("2026-11-09 12:05")
    assert story.at("2027-01-20 12:05").state("keep-promise") == "due"
    assert len([key for key in story.drafts() if key.startswith("keep-promise")]) == 1


# -- how often one runs


def full_story(folder):
    """Two rounds at one employer and one interview at another, with mails, notes and a cancellation to come."""
    story = Story(folder)
    story.visit("I1", "2026-11-09 10:00")
    story.visit("I2", "2026-11-11 15:00", "paul@boreal.ca", minutes=90)
    story.visit("I3", "2026-11-17 10:00", MARC)
    story.visit("I4", "2026-11-18 10:00", "anne@gmail.com")
    story.note("2026-11-09 12:00 #promise l'adresse du frisbee due:2026-11-13")
    story.note("2026-11-11 17:00 #fix-answer Kanban", "Boreal")
    story.note("2026-11-16 10:00 #snooze until:2026-11-24", "Boreal")
    story.mail("2026-11-09 18:00", JULIE, "Merci")
    story.mail("2026-11-13 08:00", "paul@boreal.ca", "Des nouvelles ?")
    return story


def outcome(story):
    """Return all that lies in the outputs, with its dates."""
    lines = story.todo.read_text().splitlines() if story.todo.exists() else []
    tasks = [" ".join(word for word in line.split() if word[:3] in ("fr:", "due")) for line in lines]
    return sorted(tasks), {key: (m["Subject"], m["To"], m.get_content()) for key, m in story.drafts().items()}


LATER = [
    pytest.param(end, marks=pytest.mark.long) for end in ("2026-11-17 12:00", "2026-11-24 12:00", "2026-11-27 09:00")
]


@pytest.mark.parametrize("end", ["2026-11-12 12:00", *LATER])
def test_every_six_hours_once_a_day_and_one_late_run_leave_the_same_to_do(tmp_path, end):
    often, daily, once = (full_story(tmp_path / name) for name in ("often", "daily", "once"))
    often.every(6, "2026-11-08 12:00", end)
    daily.every(24, "2026-11-08 12:00", end)
    once.at("2026-11-08 12:00")
    once.at(end)
    assert often.outstanding() == daily.outstanding() == once.outstanding()
    assert [due.split()[-1] for due in outcome(often)[0]] == [due.split()[-1] for due in outcome(once)[0]]
    assert outcome(often)[0] == outcome(daily)[0] == outcome(once)[0]


def test_the_order_in_which_sources_list_things_changes_not_one_byte(tmp_path):
    printed = set()
    for seed in range(3):
        story = full_story(tmp_path / str(seed))
        shuffle = random.Random(seed)
        entries = list(story.meetings.items())
        shuffle.shuffle(entries)
        story.meetings = dict(entries)
        headings = list(story.notes.items())
        shuffle.shuffle(headings)
        story.notes = dict(headings)
        story.note("2026-11-10 09:00 #issue Trop de papier")
        mails = sorted((story.folder / "sent").iterdir())
        shuffle.shuffle(mails)
        for number, mail in enumerate(mails):
            mail.rename(mail.with_name(f"{number}.eml"))
        tables = ["calendar", "sent", "notes"]
        shuffle.shuffle(tables)
        head, *sources = story.base.partition("[outputs.drafts]")[0].split("[sources.")
        sources.sort(key=lambda table: tables.index(table.partition("]")[0]))
        story.base = (
            "[sources.".join([head, *sources]) + "[outputs.drafts]" + story.base.partition("[outputs.drafts]")[2]
        )
        story.visit("I1")
        story.config()
        printed.add(story.at("2026-11-17 12:00").bytes)
    assert len(printed) == 1


def test_a_plan_of_an_empty_folder_is_empty(tmp_path):
    tick = Story(tmp_path).at("2026-11-09 12:00")
    assert (tick.exit, tick.changes, tick.decisions, tick.problems) == (0, [], [], [])


def test_a_faulty_config_does_nothing_and_says_where(story):
    story.config('[rule.thank-you]\nopenss = "end"\n')
    tick = call(story.folder, "run", "--now", "2026-11-09 11:05", "--json")
    said = json.loads(tick.stdout)["problems"]
    assert any("openss" in p["message"] or "openss" in p["hint"] for p in said)
    assert [c["rule"] for c in json.loads(tick.stdout)["changes"] if c["rule"] == "thank-you"] == []


def test_a_faulty_rule_takes_nothing_back_and_the_others_go_on(story):
    story.at("2026-11-09 11:05")
    story.config('[rule.thank-you]\ncloses = "day + 6 dayz"\n')
    tick = story.at("2026-11-10 11:05")
    assert tick.exit == 1
    assert tick.rules("withdraw") == []
    assert tick.state("thank-you") == "broken"
    assert story.at("2026-11-19 09:00").rules() == ["follow-up-call"]


def test_without_a_source_of_sent_mail_no_thanks_are_drafted_but_the_call_is_still_known(story):
    story.base = story.base.replace('[sources.sent]\nplugin = "mailbox"\npath = "sent"\n', "")
    story.config()
    tick = story.at("2026-11-09 11:05")
    assert (tick.state("thank-you"), tick.rules()) == ("blind", [])
    assert "sent" in tick.decision("thank-you").why
    assert story.at("2026-11-19 09:00").rules() == ["follow-up-call"]
