"""`followup note`: where the line lands, that nothing else changes, and that the note is then read."""

import shutil
import stat
import sys

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from followup_rules.cli import cli
from tests.support.configs import FILES
from tests.support.examples import examples
from tests.support.installed import install

pytestmark = pytest.mark.slow

CONFIG = f"""{FILES}
[case.client-a]
people = ["nadia@agencex.example"]
"""
MEETING = """BEGIN:VEVENT\r
UID:{0}@example\r
DTSTAMP:20261101T120000Z\r
DTSTART:20261109T150000Z\r
DTEND:20261109T160000Z\r
SUMMARY:Interview\r
ATTENDEE:mailto:{0}\r
END:VEVENT\r
"""
NOW = "2026-11-10T14:30"


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """A config whose store knows the cases nordik.ca, acme.com, acme.ca, marc@gmail.com and client-a."""
    folder = tmp_path_factory.mktemp("lived")
    (folder / "config.toml").write_text(CONFIG)
    people = ["julie@nordik.ca", "a@acme.com", "b@acme.ca", "marc@gmail.com", "nadia@agencex.example"]
    events = "".join(MEETING.format(address) for address in people)
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n"
    (folder / "calendar.ics").write_text(head + events + "END:VCALENDAR\r\n", newline="")
    (folder / "sent").mkdir()
    (folder / "notes.md").write_text("")
    run = CliRunner().invoke(cli, ["--config", str(folder / "config.toml"), "run", "--now", NOW])
    assert run.exit_code == 0, run.output
    return folder


@pytest.fixture
def place(lived, tmp_path, monkeypatch):
    """A copy of it, to write notes in."""
    shutil.copytree(lived, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def note(*arguments, now=NOW):
    return CliRunner().invoke(cli, ["--config", "config.toml", "note", *arguments, "--now", now])


def check():
    return CliRunner().invoke(cli, ["--config", "config.toml", "check", "--now", NOW])


LABELS = ["## nordik", "### NORDIK", "Nordik\n------"]
PLACES = [
    "## Nordik <julie@nordik.ca>",
    "## Nordik <mailto:julie@nordik.ca>",
    "## Nordik mailto:julie@nordik.ca",
    "## @nordik.ca",
    "## julie@nordik.ca",
    "## @jobs.nordik.ca",
]


@pytest.mark.parametrize(
    ("heading", "case"),
    [
        *((heading, case) for heading in LABELS for case in ("nordik", "Nordik")),
        *((heading, case) for heading in PLACES for case in ("nordik", "nordik.ca", "@Nordik.ca")),
    ],
)
def test_a_heading_that_means_the_case_takes_the_note(place, heading, case):
    before = f"{heading}\n- 2026-11-09 #fit Yes\n"
    after = "\n## Other <x@other.example>\n- 2026-11-09 #fit No\n"
    (place / "notes.md").write_text(before + after)
    result = note(case, "#promise Send the address due:friday")
    assert result.exit_code == 0, result.output
    line = "- 2026-11-10 14:30 #promise Send the address due:friday\n"
    assert (place / "notes.md").read_text() == before + line + after
    assert f"notes.md:{before.count(chr(10)) + 1}" in result.stdout
    assert " plan --now " in result.stdout
    assert check().exit_code == 0, "the note finds its case"


def test_the_address_itself_goes_before_another_of_the_same_employer(place):
    (place / "notes.md").write_text("## julie@nordik.ca\n- 2026-11-09 #fit\n\n## marc@nordik.ca\n- 2026-11-09 #fit\n")
    note("marc@nordik.ca", "#called")
    assert (
        (place / "notes.md").read_text().endswith("## marc@nordik.ca\n- 2026-11-09 #fit\n- 2026-11-10 14:30 #called\n")
    )


def test_an_address_of_the_same_employer_without_heading_gets_its_own(place):
    (place / "notes.md").write_text("## julie@nordik.ca\n- 2026-11-09 #fit\n")
    note("marc@nordik.ca", "#called")
    assert (
        (place / "notes.md")
        .read_text()
        .endswith("- 2026-11-09 #fit\n\n## marc@nordik.ca\n- 2026-11-10 14:30 #called\n")
    )


def test_a_label_of_the_config_is_found_by_its_people(place):
    (place / "notes.md").write_text("## Nadia <nadia@agencex.example>\n")
    note("Client A", "#fit")
    assert (place / "notes.md").read_text() == "## Nadia <nadia@agencex.example>\n- 2026-11-10 14:30 #fit\n"


@pytest.mark.parametrize(
    ("case", "heading"),
    [
        ("nordik", "@nordik.ca"),
        ("nordik.ca", "@nordik.ca"),
        ("acme.ca", "@acme.ca"),
        ("marc@gmail.com", "marc@gmail.com"),
        ("new@somewhere.example", "new@somewhere.example"),
        ("@somewhere.example", "@somewhere.example"),
        ("Boss <new@somewhere.example>", "Boss <new@somewhere.example>"),
        ("client-a", "client-a"),
    ],
)
def test_without_a_heading_a_new_one_leads_home(place, case, heading):
    result = note(case, "#called", "Left a message")
    assert result.exit_code == 0, result.output
    assert (place / "notes.md").read_text() == f"## {heading}\n- 2026-11-10 14:30 #called Left a message\n"
    found = check()
    assert (found.exit_code, "1 event" in found.stdout) == (0, True), found.output


@pytest.mark.parametrize(
    ("case", "told"),
    [
        ("nordic", 'did you mean "nordik"?'),
        ("acme", "acme.ca, acme.com"),
        ("unknown.example", "@unknown.example"),
        ("zzz", "name@domain"),
        ("me@example.org", "your own address"),
    ],
)
def test_what_fits_nothing_is_not_written(place, case, told):
    (place / "notes.md").write_text("## Other <x@other.example>\n")
    result = note(case, "#called")
    assert result.exit_code == 2
    assert told in result.stderr
    assert "nothing was written" in result.stderr
    assert (place / "notes.md").read_text() == "## Other <x@other.example>\n"


def test_before_the_first_run_it_says_that_nothing_is_known_yet(place):
    (place / "followup.db").unlink()
    config = (place / "config.toml").read_text().partition("[case.client-a]")[0]
    (place / "config.toml").write_text(config)
    assert "`followup run` reads your calendar" in note("nordik", "#called").stderr
    assert note("@nordik.ca", "#called").exit_code == 0


def test_windows_line_ends_a_missing_last_one_and_strange_bytes_stay(place):
    before = b"\xef\xbb\xbf# My search\r\n\r\n## Nordik\r\n- caf\xe9 \r\n\r\n\r\n## Other\r\n- last"
    (place / "notes.md").write_bytes(before)
    note("nordik", "#fit")
    first = before.replace(b"caf\xe9 \r\n", b"caf\xe9 \r\n- 2026-11-10 14:30 #fit\r\n")
    assert (place / "notes.md").read_bytes() == first
    note("other", "#called")
    assert (place / "notes.md").read_bytes() == first + b"\r\n- 2026-11-10 14:30 #called"


def test_headings_in_code_comments_lists_and_of_the_document_are_none(place):
    inert = "# Nordik\n\n```\n## Nordik\n```\n<!--\n## Nordik\n-->\n\n- ## Nordik\n"
    (place / "notes.md").write_text(inert)
    note("nordik", "#fit")
    assert (place / "notes.md").read_text() == inert + "\n## @nordik.ca\n- 2026-11-10 14:30 #fit\n"


def test_a_section_ends_at_the_title_of_the_next_document(place):
    (place / "notes.md").write_text("## Nordik <julie@nordik.ca>\n- 2026-11-09 #fit\n# Archive\n- old\n")
    note("nordik", "#called")
    expected = "## Nordik <julie@nordik.ca>\n- 2026-11-09 #fit\n- 2026-11-10 14:30 #called\n# Archive\n- old\n"
    assert (place / "notes.md").read_text() == expected


@pytest.mark.parametrize(
    "section",
    ["<div>\nsome html\n", "A paragraph\ngoes on\n", "> a quote\n", "  - indented\n    - within\n", "| a | b |\n"],
)
def test_whatever_stands_there_the_note_is_read(place, section):
    (place / "notes.md").write_text(f"## Nordik <julie@nordik.ca>\n{section}")
    result = note("nordik", "#called")
    assert result.exit_code == 0, result.output
    assert "#called" in (place / "notes.md").read_text()
    plan = CliRunner().invoke(cli, ["--config", "config.toml", "explain", "nordik.ca", "--json", "--now", NOW])
    assert "notes:julie@nordik.ca:2026-11-10T14:30:called" in plan.stdout


@pytest.mark.parametrize("unclosed", ["```\ncode\n", "<!-- a comment\n", "<pre>\n"])
def test_below_what_is_never_closed_a_note_is_written_and_read(place, unclosed):
    (place / "notes.md").write_text(f"{unclosed}\n## Nordik <julie@nordik.ca>\nprose\n")
    result = note("nordik", "#called")
    assert result.exit_code == 0, result.output
    assert (place / "notes.md").read_text().count("## Nordik") == 1
    plan = CliRunner().invoke(cli, ["--config", "config.toml", "explain", "nordik.ca", "--json", "--now", NOW])
    assert "notes:julie@nordik.ca:2026-11-10T14:30:called" in plan.stdout


def test_a_file_that_is_no_text_is_left_alone(place):
    before = "## Nordik\n".encode("utf-16")
    (place / "notes.md").write_bytes(before)
    result = note("nordik", "#called")
    assert result.exit_code == 2
    assert "not a file of text" in result.stderr
    assert (place / "notes.md").read_bytes() == before


def test_a_folder_of_notes_gets_a_file(place):
    (place / "notes.md").unlink()
    (place / "notes.md").mkdir()
    note("nordik", "#called")
    assert (place / "notes.md" / "notes.md").read_text() == "## @nordik.ca\n- 2026-11-10 14:30 #called\n"


def test_mode_and_link_of_the_file_stay(place):
    real = place / "synced.md"
    (place / "notes.md").rename(real)
    real.chmod(0o640)
    (place / "notes.md").symlink_to(real)
    note("nordik", "#called")
    assert (place / "notes.md").is_symlink()
    assert "#called" in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert not list(place.glob(".*")), "no temporary file is left"


def test_several_lines_and_control_characters_become_spaces(place):
    result = note("nordik", "#fit one\r\n## Two\x1b[31m\u202ethree\u2028four 👨‍👩‍👧")
    assert result.exit_code == 0
    assert (place / "notes.md").read_text() == (
        "## @nordik.ca\n- 2026-11-10 14:30 #fit one ## Two [31mthree four 👨‍👩‍👧\n"
    )
    assert "\x1b" not in result.output


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_an_empty_text_is_no_note(place, text):
    assert note("nordik", text).exit_code == 2
    assert (place / "notes.md").read_text() == ""


@pytest.mark.parametrize("text", ["PM called me #called", "a.m. is better", ":30", "12:00 is better"])
def test_a_text_is_never_read_as_a_part_of_its_time(place, text):
    note("nordik", text)
    found = check()
    assert found.stderr == ""
    assert "notes 1 event" in found.stdout


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("2026-11-09 16:00 #called Left a message", "- 2026-11-09 16:00 #called Left a message"),
        ("le 9 novembre 2026 #called", "- le 9 novembre 2026 #called"),
        ("May 3 people come #called", "- 2026-11-10 14:30 May 3 people come #called"),
        ("#promise Plan due:vendredi prochain", "- 2026-11-10 14:30 #promise Plan due:2026-11-13"),
    ],
)
def test_a_text_that_begins_with_a_date_is_of_that_date(place, text, line):
    assert note("nordik", text).exit_code == 0
    assert (place / "notes.md").read_text().splitlines()[-1] == line


def test_a_text_that_begins_with_no_real_date_is_refused(place):
    result = note("nordik", "2026-11-31 #called")
    assert (result.exit_code, (place / "notes.md").read_text()) == (2, "")
    assert '"2026-11-31" is not a date' in result.stderr


def test_a_tag_that_no_rule_knows_is_written_with_a_warning(place):
    result = note("nordik", "#calld #case:nordik.ca see https://x.example/#top")
    assert result.exit_code == 0
    assert 'did you mean "called"?' in result.stderr
    assert result.stderr.count("warning[") == 1
    assert "#calld" in (place / "notes.md").read_text()


def test_a_tag_without_its_hash_is_told_at_once(place):
    result = note("nordik", "promise Send the plan due:friday")
    assert (result.exit_code, 'did you mean "#promise"?' in result.stderr) == (0, True)


def test_what_to_type_next_names_the_config_that_was_named(place):
    assert "--config config.toml note --undo" in note("nordik", "#called").stdout


def test_the_time_is_that_of_the_users_zone(place):
    note("nordik", "#called", now="2026-11-10T23:30:00+00:00")
    assert "- 2026-11-10 18:30 #called" in (place / "notes.md").read_text()


def test_without_notes_in_the_config_it_says_what_to_add(place):
    config = (place / "config.toml").read_text()
    (place / "config.toml").write_text(config.replace('[sources.notes]\nplugin = "notes"\npath = "notes.md"\n', ""))
    result = note("nordik", "#called")
    assert result.exit_code == 2
    assert "[sources.notes]" in result.stderr


DIARY = """
import threading
from dataclasses import dataclass
from pathlib import Path
from followup_rules import Event, NoteAdded, NoteHeading, Pull, Refused, SourceType, hookimpl

@dataclass
class Options:
    path: Path

class Diary:
    def __init__(self, options, context):
        self.path, self.zone = options.path, context.profile.timezone

    def pull(self, since, cursor):
        return Pull(complete=True)

    def add_note(self, case, text, moment, choose):
        if text == "hang":
            threading.Event().wait()
        if text == "odd":
            return text
        if text == "full":
            raise Refused("the diary is full")
        there = [NoteHeading("Ms Roy", "Ms Roy", ("julie@nordik.ca",))]
        chosen = choose(NoteHeading(case, case), there)
        self.path.write_text(f"{chosen.text} | {moment:%H:%M} | {text}")
        return NoteAdded(chosen.text, text, str(self.path), 1, "diary:1")

@hookimpl
def register_sources():
    return [SourceType("diary", "A diary", ("note",), Options, Diary)]
"""


@pytest.fixture
def diary(place, monkeypatch):
    """The config has a diary in place of notes: a source of a plugin that nobody here knows by name."""
    monkeypatch.syspath_prepend(place)
    monkeypatch.delitem(sys.modules, "diaries", raising=False)
    install(place, "diaries", DIARY)
    notes = 'plugin = "notes"\npath = "notes.md"\n'
    config = (place / "config.toml").read_text()
    kept = 'plugin = "diary"\npath = "diary.txt"\ntime_limit = "1 second"\n'
    (place / "config.toml").write_text(config.replace(notes, kept))
    return place / "diary.txt"


@pytest.mark.parametrize(("case", "heading"), [("nordik", "Ms Roy"), ("acme.ca", "@acme.ca")])
def test_any_source_that_offers_it_takes_notes_in_its_own_way(diary, case, heading):
    result = note(case, "#called")
    assert result.exit_code == 0, result.output
    assert diary.read_text() == f"{heading} | 14:30 | #called"
    assert f"{diary}:1, under '{heading}'" in result.stdout


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("hang", 1, "did not answer within 1 second"),
        ("odd", 1, "'odd' where a NoteAdded belongs"),
        ("full", 2, "the diary is full; nothing was written"),
    ],
)
def test_a_source_that_cannot_take_a_note_is_told_of_and_ends(diary, text, code, told):
    result = note("nordik", text)
    assert result.exit_code == code
    assert told in " ".join(result.stderr.split())
    assert not diary.exists()


@given(
    st.lists(
        st.sampled_from(["## Nordik", "# X", "## @other.example", "- a", "  - b", "text", "", "> q", "---", "1. x"])
    )
)
@examples(30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_but_the_note_is_ever_added(place, lines):
    before = "\n".join(lines)
    (place / "notes.md").write_text(before)
    assert note("nordik.ca", "#called").exit_code == 0
    after = (place / "notes.md").read_text()
    new = [line for line in after.split("\n") if "#called" in line]
    assert new == ["- 2026-11-10 14:30 #called"]
    kept = after.replace("- 2026-11-10 14:30 #called", "", 1).replace("## @nordik.ca", "", 1)
    assert [line for line in kept.split("\n") if line] == [line for line in lines if line]


@pytest.mark.parametrize("date", ["fridaay", "2026-13-40", "2026-02-30"])
def test_a_date_that_does_not_exist_is_told_at_once(place, date):
    said = note("nordik", f"#promise The address due:{date}")
    assert said.exit_code == 1
    assert f'due: "{date}" is not a date' in said.stderr
    assert "notes.md, line 2" in " ".join(said.stderr.split())
    assert f"due:{date}" in (place / "notes.md").read_text()


def test_what_was_wrong_in_other_notes_is_not_told_again(place):
    (place / "notes.md").write_text("## @nordik.ca\n- 2026-13-09 #fit\n")
    said = note("nordik", "#promise The address due:friday")
    assert (said.exit_code, said.stderr) == (0, "")


DAYS = [
    ("#promise Send it due:'in two weeks'", "#promise Send it due:2026-11-24"),
    ('#promise L’envoyer due:"dans deux semaines" bonus:"le mois prochain"', '#promise L’envoyer due:2026-11-24 bonus:"le mois prochain"'),
    ("#promise Send it due:next friday bonus:tea", "#promise Send it due:2026-11-13 bonus:tea"),
    ("#promesse L’envoyer échéance : la semaine prochaine", "#promesse L’envoyer échéance:2026-11-17"),
    # What notes can say themselves stays as it was typed.
    ("#promise Send it due:friday at the office", "#promise Send it due:friday at the office"),
    ("#interview re:2026-11-09", "#interview re:2026-11-09"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "written"), DAYS)
def test_days_are_written_down_as_dates(place, typed, written):
    assert note("nordik", typed).exit_code == 0
    assert f"- 2026-11-10 14:30 {written}\n" in (place / "notes.md").read_text()


@pytest.mark.parametrize("day", ["03/12/2026", "someday", "03-12-2026"])
def test_a_day_that_may_be_two_or_is_none_is_told_and_not_guessed(place, day):
    told = note("nordik", f"#promise Send it due:{day}")
    assert told.exit_code == 1
    assert day in told.stderr
    assert f"due:{day}" in (place / "notes.md").read_text()


BEFORE = [
    "",
    "# Notes\n\n## Nordik <julie@nordik.ca>\n- 2026-11-09 #fit Yes\n\n## Others\n",
    "# Notes\r\n\r\n## Acme\r\n- 2026-11-09 #fit Yes\r\n",
    "## Nordik <julie@nordik.ca>\n- 2026-11-09 #fit Yes",
]


@pytest.mark.parametrize("before", BEFORE)
def test_the_last_note_is_taken_back_and_nothing_else_changes(place, before):
    (place / "notes.md").write_text(before, newline="")
    note("nordik", "#called Left a message")
    undone = note("--undo")
    assert (undone.exit_code, "#called Left a message" in undone.stdout) == (0, True)
    assert (place / "notes.md").read_bytes().decode().rstrip() == before.rstrip()


def test_only_the_last_note_is_taken_back_and_only_once(place):
    note("nordik", "#called One")
    note("acme.com", "#called Two")
    note("--undo")
    kept = (place / "notes.md").read_text()
    assert ("One" in kept, "Two" in kept) == (True, False)
    again = note("--undo")
    assert (again.exit_code, "no note to take back" in again.stderr) == (2, True)
    assert (place / "notes.md").read_text() == kept


def test_a_note_that_was_edited_since_stays(place):
    note("nordik", "#called Left a message")
    edited = (place / "notes.md").read_text().replace("Left", "I left")
    (place / "notes.md").write_text(edited)
    refused = note("--undo")
    assert (refused.exit_code, "no longer holds the note" in refused.stderr) == (2, True)
    assert (place / "notes.md").read_text() == edited


def test_notes_written_above_it_since_stay(place):
    note("nordik", "#called Left a message")
    more = "## Others\n- 2026-11-01 something\n\n" + (place / "notes.md").read_text()
    (place / "notes.md").write_text(more)
    assert note("--undo").exit_code == 0
    assert "something" in (place / "notes.md").read_text()
    assert "#called" not in (place / "notes.md").read_text()


def test_what_can_be_taken_back_is_for_its_owner_alone_and_forgotten_with_the_case(place):
    note("nordik", "#called Left a message")
    (kept,) = place.glob("*.last-note")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    CliRunner().invoke(cli, ["--config", "config.toml", "forget", "nordik", "--yes", "--now", NOW])
    assert not kept.exists()


@pytest.mark.parametrize("arguments", [(), ("nordik",), ("--undo", "nordik", "#called")])
def test_a_note_needs_a_case_and_a_text_or_undo_alone(place, arguments):
    refused = note(*arguments)
    assert (refused.exit_code, "write a case and a text, or --undo alone" in refused.stderr) == (2, True)
