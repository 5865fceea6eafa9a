"""Every sentence for people is marked, and its French is whole: `docs/sentences.py` finds them, the catalogue has them."""

import ast
import importlib.util
import re
import subprocess
import sys
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from tests.support.project import ROOT

ELSEWHERE = {
    "codes.py": "names of codes, for the documentation",
    "testing": "what the author of a plugin reads when its tests fail",
    "editor": "descriptions in the JSON Schema, which editors show; not translated yet",
    "starters.py": "the files that `init` writes, in each language",
    "schedule.py": "files of systemd and launchd, and what these programs answer",
    "bash_completion.py": "a script for bash",
    "units.py": "words of the rule language, in each language",
    "written_dates.py": "names of months and days, in each language",
    "syntax_errors.py": "how the sentences of Python's tomllib begin",
    "every.py": "phrases of the rule language",
    "rolls.py": "words of the rule language",
}
"""Rooms and modules in which texts that look like sentences are none, or are told in another way."""

WORDS = re.compile(r"(?:^|[\s(“\"'])[a-z]{2,}[,;:]? (?:\{\} )?[a-z]{2,}")
"""What looks like a part of a sentence: two words in small letters, or with a value between them."""
MARKED = {"Sentence", "Reason", "option", "version_option"}
SILENT = {"compile", "debug", "field", "once"}
"""Functions whose texts nobody reads: patterns, the log of `--debug`, the help of options, which is in the docs; keys."""
UNSEEN = {
    "{} would be taken for another domain",
    "{} has no number",
    "{} at byte {}",
    "event.id, source, body, gone, listed, planned, called_off, past_unlisted",
    "{} standard time",
    "{} Did you mean {}?",
    "\n  followup look {}",
    "  followup look CALENDAR.ics SENT",
    "followup problem {}",
    "- 2026-11-10 14:30 #promise Send the address of the shop due:friday",
    "- 2026-11-10 14:30 #promise Envoyer l'adresse de la boutique due:vendredi",
    "- 2026-11-10 14:30 #promesse Envoyer l'adresse de la boutique due:vendredi",
    "coordinated universal time",
    "hold ends",
    "it cannot be read: {}",
    "loop meter",
    "mail service not enabled",
    "mobile documents|icloud ?drive",
    "box sync",
    "resilio sync",
    "no reason",
    "null return-path",
    "unexpected end of data",
}
"""Commands to type, words of formats and libraries, what is raised for the code that calls, and what is marked elsewhere."""
STYLES = re.compile(r"bold \w+")
SQL = re.compile(
    r"\s*(?:select|insert|update|delete|pragma|begin|create|savepoint|release|rollback|alter|drop|and|not \(id|id >|\{\} where)(?=\W|$)"
)


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("sentences", ROOT / "docs" / "sentences.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def french(tool):
    with tool.catalogue_of("fr").open("rb") as opened:
        return read_po(opened, locale="fr")


def test_every_sentence_has_its_french_and_none_is_left_over():
    command = [sys.executable, str(ROOT / "docs" / "sentences.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_missing_is_told(tool, tmp_path, monkeypatch, capsys):
    new = tmp_path / "followup_rules" / "new.py"
    new.parent.mkdir()
    new.write_text(
        'say(Sentence("nobody has said this yet: {count}", count=Sentence("{number} day", "{number} days", number=1)))'
    )
    assert set(tool.sentences(new.read_text())) == {
        "nobody has said this yet: {count}",
        ("{number} day", "{number} days"),
    }


def places(text):
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def pairs(french):
    """Return each sentence with its translation, singular and plural apart; those without values have no places."""
    for message in french:
        if message.id and isinstance(message.id, tuple):
            yield from zip(message.id, message.string, strict=True)
        elif message.id:
            yield message.id, message.string


def test_no_translation_is_a_guess(french):
    assert [message.id for message in french if message.fuzzy and message.id] == []


def test_the_values_are_named_as_in_english(french):
    # One without a place is never put together: there, braces are braces, as in `{ min, max }`.
    filled = [(said, told) for said, told in pairs(french) if re.search(r"(?<!\{)\{\w+(?:!r)?\}", said)]
    assert [(said, told) for said, told in filled if places(said) != places(told)] == []


def test_french_has_its_own_marks(french):
    """No-break spaces before and within what would else be torn off; no straight apostrophes between letters."""
    torn = re.compile(r" [;:?!»]|« |[a-zéàè]'[a-zéèêàâîhA-Z]|\w;(?:\s|$)")
    assert [told for _, told in pairs(french) if torn.search(re.sub(r"`[^`]*`", "", told))] == []


def test_no_translation_is_glued_from_two(french):
    glued = re.compile(r"[a-zé)]\.[A-ZÉÀ][a-zé]")
    assert [told for said, told in pairs(french) if glued.search(told) and not glued.search(said)] == []


def test_french_quotes_as_french_does(french):
    assert [told for _, told in pairs(french) if re.search("[“”]", told)] == []


# What stands behind these numbers does not change with them, or is no count.
UNCOUNTED = re.compile(
    r"^(?:and |make |update |take back |example |did you mean|at most|it |its |more than|\{number\} of what)"
)


def test_what_is_counted_has_a_plural(french):
    """Of a number and a word behind it French may change the word: such a sentence has a plural in English, too."""
    counted = [
        message.id
        for message in french
        if isinstance(message.id, str) and re.match(r"\{number\} \w", message.id) and not UNCOUNTED.match(message.id)
    ]
    assert counted == [
        "{number} made besides",
        "{number} not made",
        "{number} made otherwise",
        '{number} plugins have the name "{name}": {who}; none of them is used',
    ]


def test_no_quotes_are_put_around_a_value_outside_a_sentence():
    """In French they are others: only a sentence may bring them."""
    assert [found for module in modules() for found in with_quotes(module)] == []


def with_quotes(module):
    """Return where a module puts a value in quotes by itself."""
    for node in ast.walk(ast.parse(module.read_text())):
        parts = node.values if isinstance(node, ast.JoinedStr) else ()
        if any(isinstance(part, ast.Constant) and str(part.value).endswith("“") for part in parts):
            yield f"{module.name}:{node.lineno}"


def unmarked(module):
    """Return the texts of a module that look like sentences and are not marked."""
    tree = ast.parse(module.read_text())
    known = set()
    for node in ast.walk(tree):
        name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
        if (
            name in MARKED | SILENT
            or isinstance(node, ast.Assert)
            or (isinstance(getattr(node, "value", None), ast.Constant) and isinstance(node, ast.Expr))
        ):
            known.update(map(id, ast.walk(node)))
    for node in ast.walk(tree):
        if id(node) in known or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        if isinstance(node, ast.JoinedStr):
            known.update(map(id, ast.walk(node)))
            text = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        else:
            text = node.value if isinstance(node.value, str) else ""
        if WORDS.search(text) and not STYLES.fullmatch(text) and not SQL.match(text) and text not in UNSEEN:
            yield f"{module.name}:{node.lineno}: {text}"


def modules():
    for module in sorted((*(ROOT / "followup_rules").rglob("*.py"), *(ROOT / "plugins").rglob("*.py"))):
        if ELSEWHERE.keys().isdisjoint(module.relative_to(ROOT).parts):
            yield module


def test_every_sentence_is_marked():
    assert [found for module in modules() for found in unmarked(module)] == []
