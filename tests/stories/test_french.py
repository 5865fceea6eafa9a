"""A person who reads French reads French alone: no line that the command prints on a story is half English."""

import re
import sys

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner

from followup_rules.cli import cli
from tests.support.project import ROOT

sys.path.insert(0, str(ROOT / "examples"))

import story

TICKS = 9
ENGLISH = re.compile(r"(?<![\w#-])(the|of|is|has|been|was|it|your|not|and|from|until|since|ago|no|unknown)(?![\w:-])")
"""Words that hardly any English sentence does without, and that are none in French."""
QUOTED = re.compile(r"`[^`\n]*`|\"[^\"\n]*\"|(?<!\w)'[^'\n]*'(?!\w)|«[^»]*»|“[^”]*”|followup --config .*")
"""What is not ours to translate: code, titles, commands to type."""
WRONG = """packs = ["interviw"]
[profile]
me = ["camille@exemple.ca"]
timezone = "America/Montral"
language = "fr"
holydays = "CA-QC"
[sources.calendar]
plugin = "icss"
path = "nowhere.ics"
[rule.mine]
on = { kind = "sent", tittle = "x" }
opens = "end + 3 dayz"
do = { type = "task" }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("story")
    config = story.set_up(folder)
    config.write_text(re.sub(r'^language *= "en"', 'language = "fr"', config.read_text(), flags=re.MULTILINE))
    return folder


@pytest.fixture(scope="module")
def call(folder):
    """Call a command as somebody does whose config says French."""

    def run(*arguments, config="config.toml"):
        runner = CliRunner(env={"FOLLOWUP_LANGUAGE": None, "LANG": "fr_CA.UTF-8", "LC_ALL": None})
        return runner.invoke(cli, ["--config", str(folder / config), *arguments]).output

    return run


@pytest.fixture(scope="module")
def now(folder, call):
    """Play the story up to some instant, and return that with what was printed."""
    said = []
    for moment, _, _ in story.expected()[:TICKS]:
        story.turn_to(folder, moment)
        said.append(call("run", "--now", moment.isoformat()))
    return moment.isoformat(), "\n".join(said)


@pytest.fixture(scope="module")
def untranslated():
    """Return the longest part without a value of each English sentence that is not the same in French."""
    with (ROOT / "followup_rules/locale/fr/LC_MESSAGES/followup.po").open("rb") as opened:
        messages = [message for message in read_po(opened, locale="fr") if message.id]
    pairs = [(message.id, message.string) for message in messages if isinstance(message.id, str)]
    parts = [(max(re.split(r"\{[^}]*\}|\n", said), key=len).strip(), french) for said, french in pairs]
    return [part for part, french in parts if len(part.split()) > 1 and part not in french]


def english(said, untranslated):
    """Return what is English in what was said."""
    own = QUOTED.sub("…", said)
    flat = " ".join(own.split())
    found = [part for part in untranslated if f" {part} " in f" {flat} "]
    return [*found, *(line.strip() for line in own.splitlines() if ENGLISH.search(line))]


def test_runs_speak_french(now, untranslated):
    assert english(now[1], untranslated) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan"],
        ["explain"],
        ["explain", "nordik", "--history"],
        ["explain", "nordik", "--rule", "thank-you"],
        ["agenda"],
        ["today"],
        ["doctor", "--deep"],
        ["explain", "nordque"],
        ["note", "nordque", "#called", "x"],
        ["mark", "nordik", "not-interview"],
        ["done", "nordik/fitt"],
        ["snooze", "nordik/fit", "until", "never"],
    ],
    ids=" ".join,
)
def test_what_looks_at_an_instant_speaks_french(call, now, untranslated, arguments):
    assert english(call(*arguments, "--now", now[0]), untranslated) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["rules"],
        ["simulate", "--from", "2026-11-09", "--to", "2026-11-20"],
        ["test"],
        ["plugins"],
        ["demo"],
        ["backup", "copy.db"],
        ["forget", "nordik"],
        *([name, "--help"] for name in ("run", "plan", "explain", "today", "note", "look", "init", "schedule", "demo")),
        ["--help"],
    ],
    ids=" ".join,
)
def test_everything_else_speaks_french(call, now, untranslated, arguments):
    assert english(call(*arguments), untranslated) == []


def test_problems_speak_french(folder, call, untranslated):
    (folder / "wrong.toml").write_text(WRONG)
    said = call("check", config="wrong.toml")
    assert len(re.findall(r"^erreur\[F\d+\]\xa0:", said, re.MULTILINE)) > 3
    shown = "\n".join(line for line in said.splitlines() if not re.match(r" *\d+ \|", line))
    assert english(shown, untranslated) == []


def test_a_file_that_is_not_there_is_told_in_french(call, untranslated):
    said = call("plan", config="nowhere.toml")
    assert "ce fichier ou ce dossier n’existe pas" in said
    assert english(said, untranslated) == []
