"""What is kept, shown and left on the disk: never more of a mail than its beginning, and never a secret."""

import json
import os
import stat
import subprocess
import sys

import pytest

from tests.support.storybook import JULIE, Story, call

BEGINNING = 200
"""Characters of a mail's plain part that may be kept."""
OPENING = "Bonjour Julie, merci pour l'accueil. " + "Voici la suite de mes pensees, une a une. " * 4
BODY = f"""{OPENING.ljust(BEGINNING, "-")}REST-OF-BODY must never be kept: the salary is 98765.

> QUOTED-LINE of hers
> another QUOTED-LINE
On Monday Julie wrote:
> QUOTED-LINE again
"""
SHORT = "Merci encore.\n\n> QUOTED-LINE right behind a short text\n> and more of it\n\n-- \nCamille\n"
FORBIDDEN = ("REST-OF-BODY", "QUOTED-LINE", "98765", "ATTACHED-WORDS", "HTML-ONLY-WORDS", "BCC-PERSON", "X-PRIVATE")
SECRET = "hunter2-correct-horse"
PLUGIN = '''
"""A source that tells its secret in every error."""
from dataclasses import dataclass, field
from followup_rules import Refused, OutputType, SourceType, hookimpl

@dataclass(frozen=True)
class Options:
    password: str = field(metadata={"secret": True})
    server: str = ""

class Chatty:
    def __init__(self, options, context):
        self._password = options.password

    def pull(self, since, cursor):
        raise RuntimeError(f"login with {self._password} failed")

    def _fail(self, *_):
        raise Refused(f"no access with {self._password}")

    create = update = withdraw = _fail

    def find(self, key):
        raise OSError(f"no access with {self._password}")

    def status(self, refs):
        return {}

@hookimpl
def register_sources():
    return [SourceType("chatty", "Tells all", ("letter",), Options, Chatty)]

@hookimpl
def register_outputs():
    return [OutputType("chatty-out", "Tells all", ("draft",), Options, Chatty)]
'''


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """A rich story: mails with quotes, attachments and HTML, notes, drafts, tasks, and all commands."""
    told = Story(tmp_path_factory.mktemp("rich") / "folder")
    told.visit("I1", "2026-11-09 10:00")
    told.visit("I2", "2026-11-09 14:00", "paul@boreal.ca")
    told.note("2026-11-09 16:00 #promise le frisbee")
    told.note("2026-11-18 16:00 #promise les donateurs")
    told.mail(
        "2026-11-09 18:00", JULIE, "Merci pour tout", BODY, Bcc="BCC-PERSON@secret.example", X_Private="X-PRIVATE"
    )
    told.mail("2026-11-09 19:00", "paul@boreal.ca", "Une question", SHORT)
    told.mail("2026-11-09 20:00", JULIE, "Le frisbee", "Voici l'adresse.")
    decorate(told.folder / "sent/202611092000.eml")
    return told


def decorate(file):
    """Give a mail an attachment and an HTML part."""
    import email  # noqa: PLC0415
    import email.policy  # noqa: PLC0415

    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    message.add_alternative("<p>HTML-ONLY-WORDS</p>", subtype="html")
    message.add_attachment(b"ATTACHED-WORDS" * 50, maintype="text", subtype="plain", filename="cv.txt")
    file.write_bytes(bytes(message))


@pytest.fixture(scope="module")
def said(story):
    """Everything that the commands say about it; after each run, also what the files of the store hold."""
    found = []
    for now in ("2026-11-09 17:00", "2026-11-12 09:00", "2026-11-19 10:00"):
        for arguments in (["run", "--json"], ["plan", "--json"], ["explain", "nordik", "--history"],
                          ["explain", "--json", "--history"], ["agenda"], ["doctor", "--deep"], ["check"]):  # fmt: skip
            result = call(story.folder, *arguments, "--now", now)
            found.append((result.stdout + result.stderr).encode())
            found += [file.read_bytes() for file in story.folder.glob("out/followup.db*")]
    return b"\0".join(found)


@pytest.mark.parametrize("word", FORBIDDEN)
def test_nothing_of_a_mail_but_its_beginning_is_kept_or_shown(said, word):
    assert OPENING.encode()[:60] in said
    assert word.encode() not in said


def test_a_run_that_is_killed_leaves_no_more_in_its_log(story, said):
    """The log beside the store holds whatever was written last."""
    code = (
        "import os, sys\nfrom followup_rules.tick import run\nfrom followup_rules.cli import main\n"
        "run.report = lambda *_: os._exit(9)\nmain(sys.argv[1:])"
    )
    story.mail("2026-11-19 11:00", JULIE, "Encore", BODY)
    config = str(story.folder / "config.toml")
    died = subprocess.run(
        [sys.executable, "-c", code, "--config", config, "run", "--now", "2026-11-19 12:00"], check=False
    )
    assert died.returncode == 9
    log = (story.folder / "out/followup.db-wal").read_bytes()
    assert OPENING.encode()[:60] in log
    assert not [word for word in FORBIDDEN if word.encode() in log]


def test_what_is_made_is_for_its_owner_alone(story, said):
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (story.folder / "out").rglob("*")}
    assert {path.name for path in modes} >= {"followup.db", "followup.db.lock", "followup.db.holder", "todo.txt"}
    assert any(path.suffix == ".eml" for path in modes)
    wrong = {str(path): oct(mode) for path, mode in modes.items() if mode != (0o700 if path.is_dir() else 0o600)}
    assert wrong == {}


def test_whatever_the_umask_of_cron(tmp_path):
    story = Story(tmp_path / "folder", base=Story.base.replace('"out/', '"made/'))
    story.visit("I1", "2026-11-09 10:00")
    before = os.umask(0)
    try:
        story.run("2026-11-09 12:00")
    finally:
        os.umask(before)
    made = {
        path: stat.S_IMODE(path.stat().st_mode) for path in [story.folder / "made", *story.folder.glob("made/**/*")]
    }
    assert {str(path): oct(mode) for path, mode in made.items() if mode & 0o077} == {}


# -- secrets in the options of plugins


@pytest.fixture
def chatty(tmp_path, monkeypatch):
    """A config with a plugin that tells its password in every error."""
    plugins = tmp_path / "plugins"
    info = plugins / "chatty-1.0.dist-info"
    info.mkdir(parents=True)
    (plugins / "chatty.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: chatty\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[followup_rules]\nchatty = chatty\n")
    monkeypatch.syspath_prepend(plugins)
    yield Story(tmp_path / "folder")
    sys.modules.pop("chatty", None)


def everything(story):
    """Run and look, for days; return all that is said or kept."""
    found = []
    for now in ("2026-11-09 12:00", "2026-11-12 12:00"):
        for arguments in (["run"], ["run", "--json"], ["plan"], ["check"], ["doctor"], ["explain", "--json"]):
            result = call(story.folder, *arguments, "--now", now)
            found.append(result.stdout + result.stderr)
    found += [file.read_bytes().decode(errors="replace") for file in story.folder.glob("out/followup.db*")]
    return "\n".join(found)


def test_a_secret_stands_in_no_message_of_a_source_or_an_output(chatty):
    table = f'plugin = "chatty"\npassword = "{SECRET}"\n'
    chatty.config(f"[sources.s]\n{table}[outputs.o]\n{table.replace('chatty', 'chatty-out')}")
    chatty.visit("I1", "2026-11-09 10:00")
    said = everything(chatty)
    assert "login with … failed" in said
    assert "no access with …" in said
    assert SECRET not in said


@pytest.mark.parametrize(
    "table",
    [
        f'password = "{SECRET}"\nserver = 7',
        f'passwort = "{SECRET}"',
        f'password = ["{SECRET}"]',
        f'serverr = 7\npassword = "{SECRET}"',
    ],
)
def test_a_secret_stands_in_no_message_about_the_config(chatty, table):
    chatty.config(f'[sources.s]\nplugin = "chatty"\n{table}\n')
    result = call(chatty.folder, "check")
    assert result.exit_code == 2
    assert "sources.s" in result.stderr or "config.toml" in result.stderr
    assert SECRET not in result.stderr + result.stdout
    assert SECRET not in json.dumps(call(chatty.folder, "run", "--json").stdout)
