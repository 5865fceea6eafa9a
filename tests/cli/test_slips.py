"""What a person mistypes in their files is told in its file, at its line, with the word that was meant."""

import pytest

from followup_rules.cli.check import examine
from followup_rules.cli.shared import instant
from followup_rules.config.read import read_config
from tests.support import configs

# The language stands where the shared config has an empty line.
CONFIG = (
    configs.FILES.replace("me@example.org", "elodie@courriel.example").replace('o"\n\n', 'o"\nlanguage = "fr"\n')
    + """\
[rule.landlord]
on = "#call-back"
do = { type = "task", title = "Call back: {{ it.title }}" }
"""
)
NOTES = """# Mes notes

## Northwind <priya@northwind.example>
- 2026-11-03 12:00 #promise Envoyer le lien due:vendredi
"""
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:a1
DTSTAMP:20261101T120000Z
DTSTART;TZID=America/Toronto:20261103T100000
DTEND;TZID=America/Toronto:20261103T110000
ATTENDEE;CN=Priya:mailto:priya@northwind.example
SUMMARY:Interview
END:VEVENT
END:VCALENDAR
"""
MAIL = """Message-ID: <1@courriel.example>
Date: Tue, 03 Nov 2026 18:00:00 -0500
From: elodie@courriel.example
To: priya@northwind.example
Subject: Thank you

Thank you for your time.
"""
FILES = {"config.toml": CONFIG, "notes.md": NOTES, "calendar.ics": CALENDAR, "sent/1.eml": MAIL}


def told(folder, file, before, after):
    """Return what `check` tells once one thing is mistyped in one file."""
    assert before in FILES[file]
    for name, text in (FILES | {file: FILES[file].replace(before, after, 1)}).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    config = read_config(folder / "config.toml")
    return examine(config, instant("2026-11-06T12:00", config)).problems if not config.fatal else config.problems


def test_without_a_slip_nothing_is_told(tmp_path):
    assert told(tmp_path, "notes.md", "Envoyer", "Envoyer") == ()


@pytest.mark.parametrize(
    ("file", "before", "after", "place", "marked", "hint"),
    [
        # a path at which nothing lies, and one that is missing
        ("config.toml", '"calendar.ics"', '"~/calendrier.ics"', 8, '"~/calendrier.ics"', '"calendar.ics"'),
        ("config.toml", '"notes.md"', '"note.md"', 14, '"note.md"', '"notes.md"'),
        ("config.toml", '"sent"', '"Sent Items"', 11, '"Sent Items"', '"sent"'),
        ("config.toml", 'path = "sent"\n', "", 9, "sent", 'path = "sent"'),
        # words of the config
        ("config.toml", "[profile]", "[profil]", 2, "profil", '"profile"'),
        ("config.toml", '"fr"', '"français"', 5, '"français"', '"fr"'),
        ("config.toml", "elodie@", "elodie.", 3, '"elodie.courriel.example"', '"elodie@courriel.example"'),
        ("config.toml", '"elodie', '"mailto:elodie', 3, '"mailto:elodie@courriel.example"', '"elodie@courriel'),
        ("config.toml", "[rule.", "[rules.", 23, "rules", '"rule"'),
        ("config.toml", '"task"', '"Task"', 25, '"Task"', '"task"'),
        ("config.toml", "[outputs.tasks]", "[output.tasks]", 18, "output", '"outputs"'),
        # braces in a text of a rule
        ("config.toml", "{{ it.title }}", "{{ it.title }", 25, "Call back: {{ it.title }", "'do'"),
        ("config.toml", "{{ it.title }}", "{ it.title }}", 25, "Call back: { it.title }}", "'do'"),
        # headings, tags and days of notes
        ("notes.md", "Northwind <priya@northwind.example>", "Norhtwind", 3, "Norhtwind", ""),
        ("notes.md", "northwind.", "nortwind.", 3, "priya@nortwind.example", '"priya@northwind.example"'),
        ("notes.md", "@northwind", " at northwind", 3, "Northwind <priya at northwind.example", ""),
        ("notes.md", "#promise", "promise", 4, "promise", '"#promise"'),
        ("notes.md", "vendredi", "vendrdi", 4, "vendrdi", '"vendredi"'),
        ("notes.md", "vendredi", "friady", 4, "friady", '"friday"'),
        ("notes.md", "2026-11-03", "2026-11-31", 4, "2026-11-31", '"2026-11-30" or "2026-12-01"'),
        # a calendar, at the line that cannot be read
        ("calendar.ics", ":20261103T10", ":20261303T10", 6, "20261303T100000", ""),
        ("calendar.ics", "Toronto:20261103T10", "Torronto:20261103T10", 6, "America/Torronto", '"America/Toronto"'),
        ("calendar.ics", "BEGIN:VEVENT\n", "", 2, "2.0", ""),
        ("calendar.ics", CALENDAR[-50:], "", 8, "ATTENDEE;CN=Priya:mailto:priya@northwind.e", ""),
        ("calendar.ics", CALENDAR, "<!DOCTYPE html><html>Sign in</html>", 1, "<!DOCTYPE html><html>Sign in</html>", ""),
        # a mail, likewise
        ("sent/1.eml", "Tue, 03 Nov 2026", "03/11/2026", 2, "03/11/2026 18:00:00 -0500", "Date: Tue, 03 Nov 2026"),
        ("sent/1.eml", "Date: Tue, 03 Nov 2026 18:00:00 -0500\n", "", 1, "<1@courriel.example>", "Date: Tue, 03 Nov"),
    ],
)
def test_a_slip_is_told_at_its_place_with_what_was_meant(tmp_path, file, before, after, place, marked, hint):
    (problem,) = told(tmp_path, file, before, after)
    shown = problem.source_line[problem.column - 1 : problem.column - 1 + problem.length]
    assert (problem.file, problem.line, shown) == (
        str(tmp_path / file) if file == "config.toml" else file,
        place,
        marked,
    )
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("notes.md", "## Northwind <", "# Northwind <"),
        ("notes.md", "due:vendredi", "due;vendredi"),
        ("notes.md", "due:vendredi", "due:6-novembre"),
    ],
)
def test_what_can_mean_but_one_thing_is_read_so(tmp_path, file, before, after):
    assert told(tmp_path, file, before, after) == ()


def test_without_notes_it_is_told_once_what_is_missing(tmp_path):
    table = '[sources.notes]\nplugin = "notes"\npath = "notes.md"\n'
    (problem,) = told(tmp_path, "config.toml", table, "")
    assert (problem.severity, problem.hint) == ("info", 'add [sources.notes] plugin = "notes", path = "notes.md"')
