"""What `run`, `plan`, `explain` and `agenda` print, through the real command on real files."""

import json
import os
import subprocess
import sys
from datetime import datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from followup_rules.cli import cli
from followup_rules.cli.page import relative
from tests.support.configs import FILES
from tests.support.storybook import Story, call

ZONE = ZoneInfo("America/Toronto")
JULIE, PAUL, LEA = "Julie Roy <julie.roy@nordik.ca>", "Paul Roy <paul.roy@brio.ca>", "Léa Martin <lea@halo.ca>"


class Desk:
    """The files of somebody who looks for a job, and the command run on them."""

    def __init__(self, folder):
        self.folder = folder
        self.meetings = []
        (folder / "sent").mkdir()
        (folder / "config.toml").write_text(FILES)
        (folder / "notes.md").write_text("")
        self.write_calendar()

    def meet(self, uid, title, start, end, who):
        name, address = who.rstrip(">").split(" <")
        self.meetings += [
            "BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20261001T120000Z", f"SUMMARY:{title}",
            f"DTSTART;TZID=America/Toronto:{start}", f"DTEND;TZID=America/Toronto:{end}",
            f"ATTENDEE;CN={name}:mailto:{address}", "END:VEVENT",
        ]  # fmt: skip
        self.write_calendar()

    def write_calendar(self):
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *self.meetings, "END:VCALENDAR", ""]
        (self.folder / "calendar.ics").write_text("\r\n".join(lines))

    def send(self, name, subject, date, to):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"], mail["Date"] = "me@example.org", to, subject, date
        mail["Message-ID"] = f"<{name}@example.org>"
        mail.set_content("Bonjour")
        (self.folder / "sent" / f"{name}.eml").write_bytes(mail.as_bytes())

    def note(self, *lines):
        with (self.folder / "notes.md").open("a") as notes:
            notes.write("\n".join([*lines, ""]))

    def followup(self, *words, now, code=0, **how):
        arguments = ["--config", str(self.folder / "config.toml"), *words, "--now", now]
        result = CliRunner().invoke(cli, arguments, **how)
        assert result.exit_code == code, result.output
        return result

    def out(self, *words, now, **how):
        return self.followup(*words, now=now, **how).stdout

    def json(self, *words, now, code=0):
        return json.loads(self.followup(*words, "--json", now=now, code=code).stdout)


@pytest.fixture
def empty(tmp_path):
    return Desk(tmp_path)


@pytest.fixture
def desk(empty):
    """An interview at Nordik on Monday 9 November 2026, from 10 to 11."""
    empty.meet("nordik-1", "Interview - Nordik", "20261109T100000", "20261109T110000", JULIE)
    return empty


HOME = "2026-11-09T11:05"


def flat(text):
    """The text without its line breaks, and the dots that stand where there is none."""
    return " ".join(text.replace(" · ", " ").split())


# -- run


def test_a_new_draft_tells_to_whom_until_when_and_what_it_announces(desk):
    printed = flat(desk.out("run", now=HOME))
    assert "+ draft Thank you" in printed
    assert "to julie.roy@nordik.ca due Mon 2026-11-09 11:00 in drafts" in printed
    assert "announces follow-up-call on Thu 2026-11-19 09:00" in printed


def test_a_run_without_changes_is_silent_unless_asked(desk):
    desk.out("run", now=HOME)
    assert desk.out("run", now="2026-11-09T11:10") == ""
    asked = desk.out("run", "-v", now="2026-11-09T11:15")
    assert asked == "Nothing to change. The next change may come Tue 2026-11-10 11:00 (tomorrow).\n"


def test_verbose_lists_the_states_of_what_was_looked_at(desk):
    printed = flat(desk.out("run", "-v", now=HOME))
    assert "● due thank-you nordik.ca due at Mon 2026-11-09 11:00 (5 minutes ago)" in printed
    assert "○ waiting follow-up-call nordik.ca opens at Thu 2026-11-19 09:00 (in 10 days)" in printed


def test_a_withdrawal_says_why(desk):
    desk.out("run", now=HOME)
    desk.send("thanks", "Merci!", "Mon, 09 Nov 2026 18:00:00 -0500", JULIE)
    printed = flat(desk.out("run", now="2026-11-09T19:00"))
    assert "- draft Thank you" in printed
    assert "withdrawn: done by your mail “Merci!” of Mon 2026-11-09 18:00" in printed


def test_an_update_and_a_late_action_say_so(desk):
    desk.out("run", now=HOME)
    printed = flat(desk.out("run", now="2026-11-11T09:00"))
    assert "~ draft Thank you" in printed
    assert "updated nordik.ca to julie.roy@nordik.ca late" in printed


def test_a_notice_is_printed_in_full(desk):
    desk.note("## @nordik.ca", "- 2026-11-10 08:00 #fix-answer I forgot [bold]Kanban[/bold]")
    printed = desk.out("run", now="2026-11-10T08:05")
    shown = flat(printed)
    assert "+ notice Keep it for the call on Thursday, November 19: I forgot [bold]Kanban[/bold]" in shown
    assert "Keep it for the call on Thursday, November 19: it will be in your script." in shown
    assert flat(desk.out("run", now="2026-11-10T08:10")) == ""


def test_what_was_missed_is_said_once(desk):
    desk.out("run", now="2026-11-01T09:00")
    printed = flat(desk.out("run", now=HOME))
    assert (
        "✗ expired prepare Interview - Nordik nordik.ca missed: the window closed at Mon 2026-11-09 10:00 (1 hour ago)"
        in printed
    )
    assert "missed" not in desk.out("run", now="2026-11-09T12:00")


# -- plan


@pytest.fixture
def snoozed(desk):
    """The call's day has come, and the user asked for silence until Saturday."""
    desk.note("## @nordik.ca", "- 2026-11-18 18:00 #snooze Julie is away until:2026-11-21")
    desk.meet("brio-1", "Interview - Brio", "20261130T140000", "20261130T150000", PAUL)
    return desk


CALL_DAY = "2026-11-19T09:05"


def test_plan_tells_what_is_held_until_when_and_why(snoozed):
    printed = flat(snoozed.out("plan", now=CALL_DAY))
    assert "‖ held follow-up-call nordik.ca held by snoozed until Sat 2026-11-21 09:00 (in 2 days)" in printed
    assert "You asked for silence in this case until then." in printed


def test_plan_ends_with_a_legend_counts_and_the_next_command(desk):
    lines = desk.out("plan", now=HOME).splitlines()
    end = lines.index("Next:")
    assert lines[end - 2 : end] == ["+ create · ○ waiting", "3 to create, 1 waiting"]
    assert lines[end + 1].split()[-3:] == ["run", "--now", HOME]
    assert lines[end + 2].split()[-4:] == ["explain", "nordik.ca", "--now", HOME]


def test_plan_suggests_to_explain_what_is_held(snoozed):
    assert "explain nordik.ca" in snoozed.out("plan", now=CALL_DAY).splitlines()[-1]


def test_plan_lists_what_waits_by_date_and_says_how_much_more(snoozed):
    for number in range(3):
        day = f"2026120{number + 1}"
        who = f"Ann <ann@firm{number}.ca>"
        snoozed.meet(f"more-{number}", "Interview", f"{day}T140000", f"{day}T150000", who)
    printed = snoozed.out("plan", now=CALL_DAY)
    waiting = [line for line in printed.splitlines() if line.startswith("○ waiting ")]
    assert len(waiting) == 8
    assert "and 12 more\n" in printed
    assert "20 waiting" in printed
    assert "agenda" in printed.splitlines()[-1]


def test_plan_says_when_there_is_nothing(empty):
    printed = empty.out("plan", now=HOME)
    assert "Nothing to change now. Nothing is coming." in printed
    assert "nothing to change" in printed


def test_plan_marks_what_a_lost_source_hides(desk):
    (desk.folder / "sent").rename(desk.folder / "elsewhere")
    result = desk.followup("plan", now=HOME, code=1)
    assert "? blind    thank-you" in result.stdout
    assert "'sent' could not be read" in flat(result.stdout)
    assert "sources.sent" in result.stderr


def test_plan_explain_and_agenda_write_nothing(desk):
    for word in ("plan", "explain", "agenda"):
        desk.out(word, now=HOME)
    assert not list(desk.folder.glob("*.db"))


# -- how it looks


def facts(printed):
    """The lines that are not commands to copy."""
    return [line for line in printed.splitlines() if not line.startswith("  followup ")]


@pytest.mark.parametrize("words", [["plan"], ["explain"], ["explain", "nordik"], ["agenda"], ["run", "-v"]])
def test_plain_output_fits_80_columns_and_loses_nothing(desk, words):
    title = "Interview with the " + "very " * 30 + "friendly team"
    desk.meet("nordik-2", title, "20261123T100000", "20261123T110000", JULIE)
    printed = desk.out(*words, now="2026-11-21T10:05")
    assert max(len(line) for line in facts(printed)) <= 80
    assert all(line == line.rstrip() for line in printed.splitlines())
    assert "\x1b" not in printed
    if words != ["plan"] and words != ["run", "-v"]:
        assert title in flat(printed)


def test_a_date_is_never_broken(desk):
    printed = desk.out("explain", "nordik", now=HOME)
    assert any("Thu 2026-11-19 09:00 (in 10 days)" in line for line in printed.splitlines())


def test_a_hostile_title_cannot_steer_the_terminal(desk):
    desk.meet("evil", "Interview \x1b[2J\x9b31m[red]x[/red]", "20261120T100000", "20261120T110000", LEA)
    desk.note("## @halo.ca", "- 2026-11-05 08:00 #fit \x1b]0;owned\x07 \u202eno")
    for words in (["plan"], ["explain", "halo"], ["agenda"], ["run", "-v"]):
        printed = desk.out(*words, now="2026-11-19T09:05")
        assert not set("\x1b\x9b\x07\u202e") & set(printed)
    assert "[red]x[/red]" in desk.out("agenda", now="2026-11-19T09:05")


def test_a_terminal_gets_colour_and_keeps_signs_and_words(snoozed):
    how = {"color": True, "env": {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "100"}}
    printed = snoozed.out("plan", now=CALL_DAY, **how)
    assert "\x1b[35m‖ held" in printed
    assert "‖ held" in snoozed.out("plan", now=CALL_DAY)


def test_who_wants_no_colour_gets_no_bold_letters_either(snoozed):
    how = {"color": True, "env": {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "100", "NO_COLOR": "1"}}
    assert "\x1b" not in snoozed.out("plan", now=CALL_DAY, **how)


def test_an_ascii_terminal_shows_what_it_can(desk):
    command = [sys.executable, "-m", "followup_rules", "--config", str(desk.folder / "config.toml")]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*command, "plan", "--now", HOME], capture_output=True, check=True, env=environment)
    assert b"? waiting" in done.stdout
    assert b"3 to create, 1 waiting" in done.stdout


@pytest.mark.parametrize(
    ("now", "then", "shown"),
    [
        ("2026-11-09T11:05:00", "2026-11-09T11:05:30", "now"),
        ("2026-11-09T11:05:00", "2026-11-09T11:06:00", "in 1 minute"),
        ("2026-11-09T11:05:00", "2026-11-09T09:00:00", "2 hours ago"),
        ("2026-11-09T23:50:00", "2026-11-10T00:10:00", "tomorrow"),
        ("2026-11-09T00:10:00", "2026-11-08T23:50:00", "yesterday"),
        ("2026-11-09T23:00:00", "2026-11-19T09:00:00", "in 10 days"),
        ("2026-11-01T00:30:00", "2026-11-01T09:30:00", "in 10 hours"),  # clocks go back at 2
        ("2026-10-31T12:00:00", "2026-11-02T09:00:00", "in 2 days"),
    ],
)
def test_days_are_those_of_the_calendar_and_hours_really_pass(now, then, shown):
    instants = [datetime.fromisoformat(each).replace(tzinfo=ZONE) for each in (then, now)]
    assert relative(*instants) == shown


def test_relative_days_are_the_users_even_if_the_instant_is_in_another_zone():
    now = datetime(2026, 11, 9, 20, 0, tzinfo=ZONE)
    assert relative(datetime.fromisoformat("2026-11-10T03:00:00+00:00"), now) == "in 2 hours"


# -- explain


def test_explain_tells_who_when_and_why(desk):
    desk.send("thanks", "Merci!", "Mon, 09 Nov 2026 18:00:00 -0500", JULIE)
    printed = flat(desk.out("explain", "nordik", now="2026-11-10T08:00"))
    assert "Julie Roy <julie.roy@nordik.ca>" in printed
    assert "meeting Mon 2026-11-09 10:00 (yesterday) Interview - Nordik" in printed
    assert "✓ done thank-you for Mon 2026-11-09, “Interview - Nordik”" in printed
    assert "done by your mail “Merci!” of Mon 2026-11-09 18:00 (yesterday)" in printed
    assert "Not concerned confirm-interview nothing in this case is “maybe-interview”" in printed
    assert "Days Mon 11-09 ◆ Interview - Nordik, ● debrief, ● fit, ✓ thank-you today" in printed
    assert "thanks@example.org" not in printed


def test_explain_orders_the_states_and_says_what_stands_in_the_outputs(desk):
    assert "not made yet" in desk.out("explain", "nordik", now=HOME)
    desk.out("run", now=HOME)
    printed = desk.out("explain", "nordik", now="2026-11-09T12:00")
    assert "draft in drafts" in printed
    assert "not made yet" not in printed
    words = [line.split()[1] for line in printed.splitlines() if line[:1] in "●‖○✓✗–" and line[:1]]
    assert words == ["due", "due", "due", "waiting", "expired", "held"]


def test_explain_tells_what_comes_next_for_what_is_due(desk):
    printed = flat(desk.out("explain", "nordik", now=HOME))
    assert "late from Tue 2026-11-10 11:00 (tomorrow) closes Sun 2026-11-15 00:00 (in 6 days)" in printed


def test_explain_shows_the_quiet_days_and_what_they_let_through(desk):
    printed = flat(desk.out("explain", "nordik", now=HOME))
    assert "‖ held quiet-period all contact until Thu 2026-11-19 09:00 (in 10 days)" in printed
    assert "lets through: thank-you, keep-promise" in printed
    assert "quiet-period" not in desk.out("explain", "nordik", now="2026-11-20T09:00")


def test_explain_names_what_a_guard_holds(snoozed):
    printed = flat(snoozed.out("explain", "nordik", now=CALL_DAY))
    assert "‖ held snoozed everything until Sat 2026-11-21 09:00 (in 2 days)" in printed
    assert "holds: follow-up-call" in printed


def test_explain_marks_planned_and_cancelled_events(desk):
    desk.meetings[desk.meetings.index("UID:nordik-1")] += "\r\nSTATUS:CANCELLED"
    desk.meet("nordik-2", "Second interview - Nordik", "20261123T100000", "20261123T110000", JULIE)
    printed = flat(desk.out("explain", "nordik", now="2026-11-05T08:00"))
    assert "cancelled Mon 2026-11-09 10:00" in printed
    assert "planned Mon 2026-11-23 10:00" in printed
    assert "– void thank-you" in printed


@pytest.mark.parametrize("word", ["nordik.ca", "NORDIK", "julie", "julie.roy@nordik.ca", "Julie Roy"])
def test_a_case_is_found_by_key_domain_name_and_address(snoozed, word):
    assert snoozed.out("explain", word, now=HOME).startswith("nordik.ca · ")


def test_a_word_that_fits_several_cases_lists_them(snoozed):
    result = snoozed.followup("explain", "roy", now=HOME, code=2)
    assert "fits several cases" in result.stderr
    assert "brio.ca, nordik.ca" in result.stderr
    assert result.stdout == ""


def test_a_word_that_fits_none_names_the_nearest(snoozed):
    error = snoozed.followup("explain", "nordic", now=HOME, code=2).stderr
    assert 'did you mean "nordik.ca"?' in error
    assert "brio.ca" in error
    assert json.loads(snoozed.followup("explain", "nordic", "--json", now=HOME, code=2).stdout)["cases"] == []


def test_without_a_case_all_are_listed_the_urgent_first(snoozed):
    snoozed.send("flat", "Radiator", "Tue, 03 Nov 2026 18:00:00 -0500", "office@landlord.ca")
    printed = snoozed.out("explain", now=HOME)
    assert printed.index("nordik.ca") < printed.index("brio.ca") < printed.index("landlord.ca")
    shown = flat(printed)
    assert "who Julie Roy" in shown
    assert "last Mon 2026-11-09 10:00 (1 hour ago) meeting Interview - Nordik" in shown
    assert "● 3 due ○ 1 waiting ✗ 1 expired" in shown
    assert "No rule is concerned with landlord.ca" in shown


def test_history_tells_when_each_state_began(desk):
    desk.out("run", now="2026-11-08T09:00")
    desk.out("run", now=HOME)
    printed = flat(desk.out("explain", "nordik", "--history", now="2026-11-09T12:00"))
    waiting = printed.index("○ waiting Sun 2026-11-08 09:00 (yesterday) thank-you/nordik.ca@2026-11-09")
    assert waiting < printed.index("● due Mon 2026-11-09 11:05 (55 minutes ago) thank-you/nordik.ca@2026-11-09")


def test_history_is_what_was_noted_down_not_what_would_be(desk):
    assert "nothing was noted down yet" in desk.out("explain", "nordik", "--history", now=HOME)


def test_history_needs_a_case(desk):
    assert "tells of one case" in desk.followup("explain", "--history", now=HOME, code=2).stderr


def test_a_given_notice_is_not_counted_as_due(desk):
    desk.note("## @nordik.ca", "- 2026-11-10 08:00 #fix-answer I forgot Kanban")
    desk.out("run", now="2026-11-10T08:05")
    assert "the notice was given" in desk.out("explain", "nordik", now="2026-11-10T09:00")
    assert "1 notice given" in flat(desk.out("explain", now="2026-11-10T09:00"))
    assert "hold-back" not in desk.out("agenda", now="2026-11-10T09:00")


def test_explain_as_json(desk):
    desk.out("run", now=HOME)
    record = desk.json("explain", "nordik", "--history", now="2026-11-09T12:00")
    (case,) = record["cases"]
    assert record["now"] == "2026-11-09T12:00:00-05:00"
    assert case["people"] == [{"address": "julie.roy@nordik.ca", "name": "Julie Roy"}]
    (event,) = case["events"]
    assert event.items() >= {
        "id": "nordik-1", "kind": "meeting", "start": "2026-11-09T10:00:00-05:00",
        "end": "2026-11-09T11:00:00-05:00", "title": "Interview - Nordik", "status": "confirmed",
    }.items()  # fmt: skip
    states = {each["rule"]: each["state"] for each in case["decisions"]}
    assert states["thank-you"] == "due"
    assert states["follow-up-call"] == "waiting"
    assert {"at": "2026-11-09T11:05:00-05:00", "key": "thank-you/nordik.ca@2026-11-09", "state": "due",
            "why": "due at Mon 2026-11-09 11:00"} in case["history"]  # fmt: skip
    assert "history" not in desk.json("explain", now=HOME)["cases"][0]


# -- agenda


def test_agenda_lists_by_date_what_is_coming(desk):
    lines = desk.out("agenda", now="2026-11-06T12:00").splitlines()
    day = lines.index("Mon 2026-11-09 · in 3 days")
    shown = flat(" ".join(lines[day + 1 : lines.index("Thu 2026-11-19 · in 13 days")]))
    assert shown.startswith(
        "10:00 ◆ meeting Interview - Nordik nordik.ca 11:00 ○ opens debrief, fit, thank-you nordik.ca"
    )
    assert "thank-you nordik.ca Interview - Nordik" in shown
    assert "09:00 ○ opens follow-up-call nordik.ca" in flat(" ".join(lines))


def test_agenda_tells_last_chances_dues_and_the_end_of_holds(snoozed):
    snoozed.note("- 2026-11-10 08:00 #promise Send the address due:2026-11-20")
    shown = flat(snoozed.out("agenda", now="2026-11-12T12:00"))
    assert "Fri 2026-11-13 tomorrow 00:00 ✗ closes fit" in shown
    assert "09:00 ● due keep-promise nordik.ca Send the address" in shown
    held = flat(snoozed.out("agenda", now=CALL_DAY))
    assert "Sat 2026-11-21 in 2 days 09:00 ‖ hold ends follow-up-call nordik.ca" in held


def test_agenda_looks_as_far_as_asked(desk):
    near = desk.out("agenda", "--days", "1", now="2026-11-05T12:00")
    assert "Nothing is coming in the next 1 day." in near
    far = desk.json("agenda", "--days", "14", now="2026-11-05T12:00")
    assert far["days"][-1]["date"] == "2026-11-19"
    assert desk.json("agenda", "--days", "13", now="2026-11-05T12:00")["days"][-1]["date"] == "2026-11-09"


def test_agenda_as_json(desk):
    record = desk.json("agenda", now="2026-11-12T12:00")
    assert record["now"] == "2026-11-12T12:00:00-05:00"
    assert record["days"][-1] == {
        "date": "2026-11-19",
        "entries": [{"at": "2026-11-19T09:00:00-05:00", "what": "opens", "rule": "follow-up-call",
                     "case": "nordik.ca", "title": "Interview - Nordik"}],
    }  # fmt: skip


def test_agenda_leaves_out_cancelled_meetings_and_cases_of_no_rule(desk):
    desk.meet("team", "Weekly", "20261112T100000", "20261112T110000", "Ann <ann@office.ca>")
    desk.meetings[desk.meetings.index("UID:nordik-1")] += "\r\nSTATUS:CANCELLED"
    desk.write_calendar()
    assert "Nothing is coming in the next 30 days." in desk.out("agenda", now="2026-11-05T12:00")


def test_agenda_begins_with_what_is_due_already(desk):
    assert "● due already  debrief, fit, thank-you · nordik.ca · Interview - Nordik" in desk.out("agenda", now=HOME)


def test_explain_says_of_machine_mail_that_it_counts_as_nobodys_word(tmp_path):
    story = Story(tmp_path / "story")
    story.visit("I1", "2026-11-09 10:00")
    story.mail("2026-11-09 15:00", JULIE, "Absente du bureau", Auto_Submitted="auto-replied")
    story.run("2026-11-09 16:00")
    shown = call(story.folder, "explain", "nordik", "--now", "2026-11-09 16:00").stdout
    assert "an automatic reply; it counts as nobody's word" in " ".join(shown.split())


# -- nobody reads


@pytest.mark.parametrize("more", [[], ["--verbose"], ["--json"]], ids=" ".join)
def test_a_run_whose_reader_has_gone_does_all_that_is_due_and_is_no_failure(tmp_path, more):
    story = Story(tmp_path / "story")
    story.visit("I1", "2026-11-09 10:00")
    story.visit("I2", "2026-11-09 14:00", "paul@boreal.ca")
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "followup_rules", "--config", story.folder / "config.toml", "run", *more]
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        [*command, "--now", "2026-11-09 16:05"],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        env=buffered,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(story.drafts()) == ["thank-you/boreal.ca@2026-11-09", "thank-you/nordik.ca@2026-11-09"]
