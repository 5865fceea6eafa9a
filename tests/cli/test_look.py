"""`followup look`: what it finds and tells without a config, and that it leaves no trace."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from followup_rules.cli import cli
from tests.support.project import ROOT

NOW = "2026-11-17T12:00"
TORONTO = ("--timezone", "America/Toronto", "--now", NOW)
EXAMPLES = ROOT / "examples"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Be a new user whose home is empty."""
    for name, value in {"HOME": str(tmp_path), "LANG": "en_CA.UTF-8"}.items():
        monkeypatch.setenv(name, value)
    for name in ("LC_ALL", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "TZ"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def look(*arguments):
    return CliRunner().invoke(cli, ["look", *map(str, arguments)])


def section(output, title):
    return output.partition(f"\n{title}\n")[2].partition("\n\n")[0]


def test_the_last_months_are_told_with_what_is_owed_and_what_must_wait(home):
    result = look(EXAMPLES / "calendar.ics", EXAMPLES / "sent", *TORONTO)
    assert (result.exit_code, result.stderr) == (0, "")
    told = result.stdout
    assert "You seem to be Camille <me@example.org> · in America/Toronto" in told
    interviews = section(told, "Interviews")
    assert re.search(r"Entrevue – Nordik · Julie Roy\n +✓ thanked\s.*Thu 2026-10-29 18:40", interviews)
    assert re.search(r"Phone screen with Marc Tremblay · .*\n +✗ never thanked", interviews)
    assert re.search(
        r"Panel interview – Boussole(?:.*\n)+? +! a contact in the quiet days\s+Tue 2026-11-17", interviews
    )
    assert re.search(r"Deuxième entrevue – Nordik · .*\n +● not thanked yet", interviews)
    assert "Thank you for our conversation of Monday, November 16" in section(told, "What you owe today")
    assert "no contact with boussole.example" in section(told, "What you must not do")
    assert "until Mon 2026-11-23 09:00 (in 6 days)\n    The day of your call is named" in told
    assert "follow-up-call" in section(told, "What comes next")
    draft = told.partition("A draft that is ready\n")[2]
    assert draft.startswith("  To: julie.roy@nordik.ca, paul.dube@nordik.ca\n")
    assert "I will call you on Thursday, November 26" in draft
    assert list(home.iterdir()) == []


def test_notes_tell_which_promises_were_kept(home):
    shutil.copy(EXAMPLES / "notes.md", home)
    result = look(EXAMPLES / "calendar.ics", EXAMPLES / "sent", "notes.md", "--json", *TORONTO)
    seen = json.loads(result.stdout)
    assert [(each["state"], each["kept"]) for each in seen["promises"]] == [
        ("done", "2026-10-31T10:05:47-04:00"),
        ("due", None),
    ]
    assert seen["command"][-8:-2] == ["--notes", str(home / "notes.md"), "--me", "me@example.org", "--name", "Camille"]


def test_where_nothing_is_owed_the_draft_of_the_latest_interview_is_shown(home):
    now = ("--timezone", "America/Toronto", "--now", "2026-12-20T12:00")
    result = look(EXAMPLES / "calendar.ics", EXAMPLES / "sent", *now)
    assert "\nWhat you owe today\n  nothing\n" in result.stdout
    assert "The draft that would have been ready then\n  To: julie.roy@nordik.ca, paul.dube@nordik.ca" in result.stdout


def test_without_sent_mail_nobody_is_said_to_have_thanked_or_not(home):
    result = look(EXAMPLES / "calendar.ics", *TORONTO)
    assert "no sent mail was named, so nobody can tell whether you thanked" in result.stdout
    assert "never thanked" not in result.stdout
    assert "draft" not in section(result.stdout, "What you owe today")


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_nothing_is_written_but_the_draft_and_no_connection_is_opened(home):
    calls = "trace=connect,socket,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,link,linkat"
    command = [sys.executable, "-m", "followup_rules", "look", EXAMPLES / "calendar.ics", EXAMPLES / "sent"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(
        ["strace", "-f", "-qq", "-s", "300", "-o", home / "calls", "-e", calls, *command, *TORONTO, "--out", home / "new"],
        env=environment, cwd="/", check=True, capture_output=True,
    )  # fmt: skip
    lines = (home / "calls").read_text().splitlines()
    assert any("calendar.ics" in line for line in lines), "strace sees what it reads"
    assert [line for line in lines if re.search(r"\b(connect|socket)\(", line)] == []
    changes = [line for line in lines if not re.search(r"\bopen(at)?\(", line) or re.search(r"O_WRONLY|O_RDWR", line)]
    elsewhere = [
        line for line in changes if f"{home}/new" not in line and "/dev/" not in line and "SIGCHLD" not in line
    ]
    assert elsewhere == []
    (draft,) = (home / "new").glob("*.eml")
    assert "julie.roy@nordik.ca" in draft.read_text()


@pytest.fixture
def filled(home):
    """Have mail and calendars where programs keep them."""
    mail = b"From - Mon Nov  9 11:00:00 2026\n" + (EXAMPLES / "sent" / "2026-11-12-merci-boussole.eml").read_bytes()
    for place in (
        ".thunderbird/a1.default/ImapMail/imap.example.org/Sent",
        ".thunderbird/a1.default/ImapMail/imap.example.org/Drafts",
        "Library/Mail/V10/4C/Sent Messages.mbox/x.emlx",
        "Downloads/Takeout/Mail/Envoyés.mbox",
    ):
        (home / place).parent.mkdir(parents=True, exist_ok=True)
        (home / place).write_bytes(mail)
    (home / "Maildir" / ".Sent" / "cur").mkdir(parents=True)
    shutil.copy(EXAMPLES / "calendar.ics", home / "Downloads")
    return home


def test_what_lies_in_usual_places_is_offered_and_not_read(filled):
    result = look()
    assert result.exit_code == 0, result.output
    for told in (
        "calendar   ~/Downloads/calendar.ics",
        "sent mail  ~/.thunderbird/a1.default/ImapMail/imap.example.org/Sent  (Thunderbird, imap.example.org)",
        "sent mail  ~/Library/Mail/V10/4C/Sent Messages.mbox  (Apple Mail)",
        "sent mail  ~/Maildir/.Sent",
        "sent mail  ~/Downloads/Takeout/Mail/Envoyés.mbox  (Google Takeout)",
    ):
        assert told in result.stdout
    assert "Drafts" not in result.stdout
    assert "Camille" not in result.stdout
    command = shlex.split(result.stdout.splitlines()[-1])
    assert command[:2] == ["followup", "look"]
    assert "You seem to be Camille" in look(*command[2:], *TORONTO).stdout


def test_the_numbers_of_what_is_offered_are_asked_for_at_a_terminal(filled, monkeypatch):
    monkeypatch.setattr("followup_rules.cli.look.is_asked", lambda: True)
    result = CliRunner().invoke(cli, ["look", *TORONTO], input="9\n1 2\n")
    assert "write numbers from 1 to 5" in result.output
    assert "Panel interview – Boussole" in result.stdout


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("https://calendar.example/secret.ics", "a look opens no connection"),
        ("nowhere.ics", "nowhere.ics does not exist"),
        ("song.mp3", "song.mp3 is neither a calendar (.ics) nor mail"),
    ],
)
def test_what_cannot_be_looked_at_is_told(home, named, told):
    (home / "song.mp3").write_bytes(b"ID3\0\0")
    result = look(named)
    assert result.exit_code == 2
    assert told in result.stderr


def test_who_finds_nothing_learns_what_to_name(home):
    result = look()
    assert result.exit_code == 2
    assert "followup look CALENDAR.ics SENT" in result.stderr
