"""`followup init`: what it writes, what it refuses, and that what it writes is what was said."""

import json
import os
import pty
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tomllib
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from followup_rules.cli import cli
from followup_rules.cli.starters import Answers, config_text, notes_text
from followup_rules.cli.time_zone import guessed_zone
from followup_rules.config.read import read_config
from followup_rules.model import LANGUAGES
from tests.support.crontab import put_in
from tests.support.feedserver import SECRET
from tests.support.project import ROOT

pytestmark = pytest.mark.slow

FOLLOWUP = [sys.executable, "-m", "followup_rules"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Be a new user in Toronto, in a folder of one's own."""
    for name, value in {"HOME": str(tmp_path), "TZ": "America/Toronto", "LANG": "fr_CA.UTF-8"}.items():
        monkeypatch.setenv(name, value)
    for name in ("LC_ALL", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def init(*arguments):
    return CliRunner().invoke(cli, arguments)


def flags(**changed):
    every = {
        "me": "me@example.org",
        "name": "Camille",
        "timezone": "America/Toronto",
        "holidays": "CA-QC",
        "language": "fr",
        "calendar": "calendar.ics",
        "sent": "sent",
        "notes": "notes.md",
        "drafts": "drafts",
        "tasks": "todo.txt",
    } | changed
    return [part for name, value in every.items() for part in (f"--{name}", value)]


def test_flags_become_a_config_that_reads_back_and_works(home):
    (home / "calendar.ics").write_text("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nEND:VCALENDAR\r\n")
    (home / "sent").mkdir()
    result = init(
        "--config", "new/config.toml", "init", *flags(), "--me", "second@example.org", "--my-domain", "acme.com"
    )
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    config = read_config(home / "new" / "config.toml")
    assert config.problems == ()
    assert config.profile.me == {"me@example.org", "second@example.org"}
    assert config.profile.address == "me@example.org"
    assert config.profile.my_domains == {"acme.com"}
    assert (config.profile.name, str(config.profile.timezone)) == ("Camille", "America/Toronto")
    assert (config.profile.holidays, config.profile.language) == ("CA-QC", "fr")
    paths = {each.name: each.options.path for each in (*config.sources, *config.outputs)}
    named = {"calendar": "calendar.ics", "sent": "sent", "notes": "notes.md", "drafts": "drafts", "tasks": "todo.txt"}
    assert paths == {name: home / file for name, file in named.items()}, "relative to where the user is"
    assert CliRunner().invoke(cli, ["--config", "new/config.toml", "check"]).exit_code == 0


def test_the_config_is_for_its_owner_alone(home):
    init("--config", "new/config.toml", "init", *flags())
    assert stat.S_IMODE((home / "new" / "config.toml").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "new").stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "notes.md").stat().st_mode) == 0o600


def test_without_a_terminal_everything_but_the_address_is_proposed(home):
    result = init("init", "--me", "me@example.org")
    assert result.exit_code == 0, result.output
    config = read_config(home / ".config" / "followup-rules" / "config.toml")
    assert not config.fatal
    assert str(config.profile.timezone) == "America/Toronto"
    assert (config.profile.holidays, config.profile.language) == ("CA", "fr")
    assert (home / "followup" / "notes.md").is_file()


def test_all_that_is_missing_or_wrong_is_told_at_once_and_nothing_is_written(home, monkeypatch):
    monkeypatch.setenv("TZ", "Nowhere/At-All")
    result = init("init", "--yes", "--timezone", "America/Torono", "--holidays", "XX-YY", "--language", "de")
    assert result.exit_code == 2
    for told in ("--me is missing", "America/Toronto", "'XX-YY'", "one of en, fr"):
        assert told in result.stderr
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("address", ["camille", "@example.org", "camille @example.org", "camille@"])
def test_an_address_must_be_one(home, address):
    result = init("init", "--me", address)
    assert result.exit_code == 2
    assert "is no e-mail address" in result.stderr
    assert list(home.iterdir()) == []


def test_a_config_is_never_overwritten(home):
    (home / "config.toml").write_text("mine")
    result = init("--config", "config.toml", "init", *flags())
    assert result.exit_code == 2
    assert "exists already" in result.stderr
    assert "--config" in result.stderr
    assert (home / "config.toml").read_text() == "mine"
    assert not (home / "notes.md").exists()


def test_notes_that_the_user_did_not_name_are_not_taken_over(home):
    notes = home / "followup" / "notes.md"
    notes.parent.mkdir()
    notes.write_text("## Mine\n")
    result = init("init", "--me", "me@example.org")
    assert result.exit_code == 2
    assert f"--notes {notes}" in result.stderr
    assert notes.read_text() == "## Mine\n"
    assert not (home / ".config").exists()


def test_notes_that_the_user_named_are_kept(home):
    (home / "notes.md").write_text("## Mine <a@b.example>\n- 2026-11-10 #called\n")
    result = init("--config", "config.toml", "init", *flags())
    assert result.exit_code == 0, result.output
    assert "kept as they are" in result.output
    assert (home / "notes.md").read_text() == "## Mine <a@b.example>\n- 2026-11-10 #called\n"


def test_what_is_still_to_come_is_advice(home):
    result = init("--config", "config.toml", "init", *flags())
    assert result.exit_code == 0
    assert "warning[F040]" in result.stderr
    assert "calendar.ics does not exist" in result.stderr
    assert "error" not in result.stderr


@pytest.mark.parametrize("language", ["en", "fr"])
def test_new_notes_explain_themselves_and_hold_no_note(home, language):
    init("--config", "config.toml", "init", *flags(language=language))
    assert (home / "notes.md").read_text() == notes_text(language)
    result = CliRunner().invoke(cli, ["--config", "config.toml", "check"])
    assert "notes 0 events" in result.stdout
    assert "notes.md" not in result.stderr


TEXTS = st.text(max_size=30)


@given(
    st.builds(
        Answers,
        me=st.lists(TEXTS, max_size=3).map(tuple),
        my_domains=st.lists(TEXTS, max_size=3).map(tuple),
        sent=st.lists(TEXTS, max_size=3).map(tuple),
        language=st.sampled_from(LANGUAGES),
        **dict.fromkeys(["name", "timezone", "holidays", "calendar", "notes", "drafts", "tasks"], TEXTS),
    )
)
def test_toml_reads_back_exactly_what_was_said(answers):
    read = tomllib.loads(config_text(answers))
    profile = read["profile"]
    assert (tuple(profile["me"]), tuple(profile["my_domains"])) == (answers.me, answers.my_domains)
    assert [profile[key] for key in ("name", "timezone", "holidays", "language")] == [
        answers.name,
        answers.timezone,
        answers.holidays,
        answers.language,
    ]
    sources, outputs = read["sources"], read["outputs"]
    assert sources["notes"]["path"] == answers.notes
    assert ("calendar" in sources) is bool(answers.calendar)
    assert sources.get("calendar", {"path": ""})["path"] == answers.calendar
    assert tuple(table["path"] for name, table in sources.items() if name.startswith("sent")) == answers.sent
    assert [outputs[name]["path"] for name in ("drafts", "tasks")] == [answers.drafts, answers.tasks]


@pytest.mark.parametrize("quoted", ['Anne "Nan" O\'Neil', r"C:\new\table", "100 % # no comment", "Zoë 李 🎻"])
def test_a_name_comes_back_as_it_was_typed(home, quoted):
    init("--config", "config.toml", "init", *flags(name=quoted))
    assert read_config(home / "config.toml").profile.name == quoted


def test_the_zone_is_that_of_the_system(tmp_path):
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Europe/Paris")
    assert guessed_zone({}, link) == "Europe/Paris"
    assert guessed_zone({"TZ": "America/Toronto"}, link) == "America/Toronto"
    assert guessed_zone({"TZ": ":/usr/share/zoneinfo/Asia/Tokyo"}, link) == "Asia/Tokyo"
    assert guessed_zone({"TZ": "EST5EDT4,M3.2.0"}, link) == "Europe/Paris", "a rule of POSIX is no name"
    assert guessed_zone({}, tmp_path / "none") == ""


# -- a conversation


def converse(home, answers, **environment):
    """Run `init` at a terminal, and type a line for each question."""
    keyboard, terminal = pty.openpty()
    around = {**os.environ, "TERM": "dumb", "COLUMNS": "200", **environment}
    with subprocess.Popen(
        [*FOLLOWUP, "init"], stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=around, cwd=home
    ) as process:
        os.close(terminal)
        os.write(keyboard, "".join(f"{answer}\n" for answer in answers).encode())
        said = process.stdout.read().decode()
    os.close(keyboard)
    return process.returncode, said


@pytest.fixture
def furnished(home):
    """Have a calendar and sent mail where programs keep them, and a crontab."""
    (home / "Downloads").mkdir()
    shutil.copy(ROOT / "examples" / "calendar.ics", home / "Downloads")
    shutil.copytree(ROOT / "examples" / "sent", home / "Maildir" / ".Sent" / "cur")
    put_in(home / "bin")
    return home


def test_what_is_found_is_offered_and_a_few_answers_make_a_first_plan_and_a_schedule(furnished):
    answers = ["1", "", "", "", "montréal", "", "français", "-", "y"]
    code, said = converse(furnished, answers, PATH=f"{furnished / 'bin'}:/usr/bin:/bin")
    assert code == 0, said
    assert "1  calendar   ~/Downloads/calendar.ics" in said
    assert "2  sent mail  ~/Maildir/.Sent" in said
    config = read_config(furnished / ".config" / "followup-rules" / "config.toml")
    assert config.profile.me == {"me@example.org"}
    assert (config.profile.name, config.profile.language) == ("Camille", "fr")
    assert (str(config.profile.timezone), config.profile.holidays) == ("America/Toronto", "CA-QC")
    assert {str(source.options.path) for source in config.sources if source.name != "notes"} == {
        f"{furnished}/Downloads/calendar.ics",
        f"{furnished}/Maildir/.Sent",
    }
    assert "What a run would do" in said
    assert "it runs from now on" in said
    assert "followup" in (furnished / "bin" / "crontab.lines").read_text()


def test_each_answer_is_checked_as_it_is_given(furnished):
    answers = ["?", "nowhere.ics", "Maildir/.Sent", "1", "", "camille", "a@b.example; Camille <c@d.example>", ""]
    code, said = converse(furnished, [*answers, "Torono", "Toronto", "XX-YY", "Québec", "", "", "n"])
    assert code == 0, said
    for told in (
        "Interviews are found in it.",
        "nowhere.ics does not exist; the same answer once more keeps it",
        "what is asked for is “calendar”, and .Sent is “sent mail”",
        "'camille' is no e-mail address",
        "unknown time zone 'Torono'",
        "no holidays are known of 'XX-YY'",
        "followup schedule --install",
    ):
        assert told in said
    config = read_config(furnished / ".config" / "followup-rules" / "config.toml")
    assert config.profile.me == {"a@b.example", "c@d.example"}
    assert config.profile.address == "a@b.example"
    assert (str(config.profile.timezone), config.profile.holidays) == ("America/Toronto", "CA-QC")


def test_of_an_employer_a_domain_is_wanted(furnished):
    code, said = converse(furnished, ["1", "", "", "", "montréal", "", "en", "perhaps", "acme.com", "n"])
    assert code == 0, said
    assert "'perhaps' is no domain, such as acme.com" in said
    assert read_config(furnished / ".config" / "followup-rules" / "config.toml").profile.my_domains == {"acme.com"}


@pytest.mark.parametrize("answered", [0, 1, 4])
def test_who_stops_half_way_is_told_that_nothing_was_written(furnished, answered):
    before = sorted(furnished.rglob("*"))
    code, said = converse(furnished, [*["1", "", "", "", ""][:answered], "\x04"], FOLLOWUP_LANGUAGE="fr")
    assert (code, sorted(furnished.rglob("*"))) == (2, before), said
    assert said.rstrip().endswith("rien n’a été écrit")
    assert "Aborted" not in said


def test_an_empty_answer_is_explained_and_a_place_that_is_still_to_come_can_be_kept(home):
    answers = ["export.ics", "export.ics", "", "", "", "me@example.org", "", "", "", "", "", "n"]
    code, said = converse(home, answers)
    assert code == 0, said
    assert "All of them, so that your mail is known to be yours" in said
    config = read_config(home / ".config" / "followup-rules" / "config.toml")
    assert home / "export.ics" in {source.options.path for source in config.sources}


@pytest.mark.parametrize(("locale", "promise"), [("en_CA.UTF-8", "promise"), ("fr_CA.UTF-8", "promesse")])
def test_who_has_only_notes_gets_a_config_by_which_they_are_enough(home, locale, promise):
    code, said = converse(home, ["-", "-", "me@example.org", "", "", "", "", "", "n"], LC_ALL=locale)
    assert code == 0, said
    file = home / ".config" / "followup-rules" / "config.toml"
    assert [source.name for source in read_config(file).sources] == ["notes"]
    notes = home / "followup" / "notes.md"
    day = datetime.now().astimezone().date() - timedelta(days=1)
    notes.write_text(
        f"## Nordik <julie@nordik.example>\n- {day} 09:00 #interview\n- {day} 12:00 #{promise} The address\n"
    )
    result = CliRunner().invoke(cli, ["--config", str(file), "check"])
    assert result.stderr == ""
    result = CliRunner().invoke(cli, ["--config", str(file), "plan", "--json"])
    states = {decision["rule"]: decision["state"] for decision in json.loads(result.stdout)["decisions"]}
    assert (states["thank-you"], states["keep-promise"]) == ("due", "due")
    assert "blind" not in states.values()


@pytest.mark.parametrize(
    ("flag", "written", "field", "meant"),
    [
        ("--timezone", "Genève", "timezone", "Europe/Zurich"),
        ("--timezone", "new york", "timezone", "America/New_York"),
        ("--timezone", "Londres", "timezone", "Europe/London"),
        ("--timezone", "America/Montreal", "timezone", "America/Montreal"),
        ("--timezone", "Montréal, Québec", "timezone", "America/Toronto"),
        ("--timezone", "Montreal QC", "timezone", "America/Toronto"),
        ("--timezone", "Lyon (France)", "timezone", "Europe/Paris"),
        ("--timezone", "Belgique", "timezone", "Europe/Brussels"),
        ("--holidays", "Ontario", "holidays", "CA-ON"),
        ("--holidays", "belgique", "holidays", "BE"),
        ("--language", "Français", "language", "fr"),
        ("--me", "Camille <a@b.example>; c@d.example", "address", "a@b.example"),
    ],
)
def test_answers_are_understood_as_people_write_them(home, flag, written, field, meant):
    result = init("--config", "config.toml", "init", *flags(), flag, written)
    assert result.exit_code == 0, result.output
    assert str(getattr(read_config(home / "config.toml").profile, field)) == meant or flag == "--me"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Mars", 'write a name such as "America/Toronto"'),  # and no city that is as short
        ("London, Ontario", 'write a name such as "America/Toronto"'),  # and not London in England
        ("Canada", "name a city: the clocks are not the same in all of it"),
        ("UTC+2", "name a city: a difference from UTC knows no summer time"),
        ("GMT-5", "name a city: a difference from UTC knows no summer time"),  # Etc/GMT-5 lies five hours east
    ],
)
def test_a_zone_that_is_not_clear_is_never_guessed(home, written, told):
    result = init("--config", "config.toml", "init", *flags(), "--timezone", written)
    assert result.exit_code == 2
    assert f"unknown time zone {written!r}: {told}" in result.output
    assert not (home / "config.toml").exists()


def test_the_command_at_the_end_of_a_look_makes_a_config_that_works(home):
    now = ("--now", "2026-11-17T12:00")
    looked = CliRunner().invoke(
        cli, ["look", f"{ROOT}/examples/calendar.ics", f"{ROOT}/examples/sent", "--timezone", "Toronto", *now]
    )
    words = shlex.split(looked.stdout.splitlines()[-1])
    assert words[:2] == ["followup", "init"]
    assert init(*words[1:]).exit_code == 0
    planned = init("plan", *now)
    assert planned.exit_code == 0, planned.output
    assert "julie.roy@nordik.ca" in planned.stdout


def test_for_programs_it_tells_what_was_written(home):
    result = init("--config", "config.toml", "init", *flags(), "--json")
    told = json.loads(result.stdout)
    assert told["written"] == [str(home / "notes.md"), str(home / "config.toml")]
    assert {problem["severity"] for problem in told["problems"]} == {"warning"}


# -- a calendar on the web


@pytest.fixture
def published(feed, home):
    feed.body = CALENDAR
    (home / "sent").mkdir()
    return feed


CALENDAR = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//t//EN\r
BEGIN:VEVENT\r
UID:1@example\r
DTSTART:20990109T150000Z\r
SUMMARY:Interview\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:2@example\r
DTSTART;VALUE=DATE:20200101\r
RRULE:FREQ=DAILY\r
SUMMARY:Lunch\r
END:VEVENT\r
END:VCALENDAR\r
"""


def test_an_address_goes_into_a_file_of_its_own_and_is_tried_at_once(home, published):
    result = init("--config", "new/config.toml", "init", *flags(calendar=f" {published.url}"))
    assert (result.exit_code, result.stderr) == (0, "")
    file = home / "new" / "feed.url"
    assert file.read_text() == f"{published.url}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert tomllib.loads((home / "new" / "config.toml").read_text())["sources"]["calendar"]["path"] == "feed.url"
    assert f"meetings at 127.0.0.1:{published.port}/…" in result.output
    assert SECRET not in result.output
    assert CliRunner().invoke(cli, ["--config", "new/config.toml", "check"]).exit_code == 0


def test_in_a_conversation_an_address_is_tried_at_once(home, published):
    wrong = "https://calendar.google.com/calendar/u/0/r"
    answers = [wrong, published.url, "sent", "sent", "me@example.org", "", "", "", "", "", "n"]
    code, said = converse(home, answers)
    assert code == 0, said
    asked_again, _, rest = said.partition("read: ")
    assert "copy the “Secret address in iCal format”" in asked_again
    assert re.match(r"\d+ meetings", rest)
    assert (home / ".config" / "followup-rules" / "feed.url").read_text() == f"{published.url}\n"


def test_an_address_that_does_not_lead_to_a_calendar_is_told_and_kept(home, published):
    published.status = 404
    result = init("--config", "config.toml", "init", *flags(calendar=published.url))
    assert result.exit_code == 0
    assert "the calendar's secret address was reset" in result.stderr
    assert str(home / "feed.url") in result.stderr
    assert SECRET not in result.output
    assert (home / "feed.url").exists()


@pytest.mark.parametrize(
    ("calendar", "told"),
    [
        (f"http://calendar.example/{SECRET}", "write https: in its place"),
        ("https://calendar.google.com/calendar/u/0/r", "copy the “Secret address in iCal format”"),
        (f"https://calendar.example/{SECRET}\x07", "holds characters that cannot be printed"),
    ],
)
def test_what_is_no_address_of_a_calendar_is_refused(home, calendar, told):
    result = init("init", *flags(calendar=calendar))
    assert result.exit_code == 2
    assert told in result.stderr
    assert SECRET not in result.output
    assert list(home.iterdir()) == []


def test_an_address_that_is_there_already_is_not_overwritten(home, published):
    (home / "feed.url").write_text("https://calendar.example/mine")
    result = init("--config", "config.toml", "init", *flags(calendar=published.url))
    assert result.exit_code == 2
    assert f"--calendar {home}/feed.url" in result.stderr
    assert (home / "feed.url").read_text() == "https://calendar.example/mine"
    assert not (home / "config.toml").exists()


def test_a_file_with_an_address_may_be_named(home, published):
    (home / "mine.url").write_text(published.url)
    (home / "mine.url").chmod(0o600)
    result = init("--config", "config.toml", "init", *flags(calendar="mine.url"))
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"meetings at 127.0.0.1:{published.port}/…" in result.output
