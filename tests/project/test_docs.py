"""The documentation shows what the program does, and names everything that it offers."""

import re
import subprocess
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from followup_rules import Context, Profile, hookspecs
from followup_rules.config.read import read_config
from followup_rules.language import patterns, phrases, rule_keys
from followup_rules.model import State
from tests.support.project import ROOT

pytestmark = pytest.mark.slow

PAGES = [ROOT / "README.md", ROOT / "README.fr.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(toml rules|toml config)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = [(page.name, kind, text) for page in PAGES for kind, text in FENCE.findall(page.read_text())]
BASE = """packs = ["interview"]
[profile]
me = ["me@example.org"]
timezone = "America/Toronto"
[sources.inbox]
plugin = "mailbox"
path = "inbox"
kinds = ["received"]
[outputs.drafts]
plugin = "eml"
path = "drafts"
[outputs.tasks]
plugin = "todotxt"
path = "todo.txt"
"""


def test_what_is_shown_of_the_command_is_what_it_prints():
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("page", "kind", "text"), EXAMPLES)
def test_rules_and_tables_that_are_shown_work(page, kind, text, tmp_path):
    (tmp_path / "config.toml").write_text(BASE + text)
    assert read_config(tmp_path / "config.toml").problems == ()


def test_there_are_such_examples():
    assert len(EXAMPLES) > 4


REFERENCE = (ROOT / "docs" / "rules.md").read_text()


@pytest.mark.parametrize(
    "word", [*rule_keys.RULE, *rule_keys.GUARD, *patterns.FIELDS, *phrases.UNITS, *patterns.STATUSES, *map(str, State)]
)
def test_the_reference_names_every_word_of_the_language(word):
    assert f"`{word}`" in REFERENCE


def first_column(heading):
    """The words in the first column of the first table below a heading of the reference."""
    below = re.split(r"^\| ?---.*\n", REFERENCE.partition(heading)[2], maxsplit=1, flags=re.MULTILINE)[1]
    rows = re.match(r"(?:\|.*\n)*", below)[0]
    return {word for row in rows.splitlines() for word in re.findall(r"`([^`]+)`", row.split("|")[1])}


def test_the_table_of_fields_lists_those_that_there_are_and_no_other():
    assert first_column("## Patterns: what") == set(patterns.FIELDS)


def test_the_table_of_bases_lists_those_that_there_are():
    assert {base.partition(".")[0] for base in first_column("## Phrases: when")} == {*phrases.BASES, "NAME", "RULE"}


def test_every_hook_has_its_heading():
    page = (ROOT / "docs" / "plugins.md").read_text()
    for name in vars(hookspecs):
        if name.startswith("register_"):
            assert re.search(rf"^## {name}\((cli)?\)$", page, re.MULTILINE), name


def test_the_source_that_is_shown_works(tmp_path):
    page = (ROOT / "docs" / "plugins.md").read_text()
    code = re.search(r'```python\n(""".*?)```', page, re.DOTALL)[1]
    module = {}
    exec(code, module)
    (tmp_path / "calls.csv").write_text("2026-11-09T10:00,Julie Roy,julie.roy@nordik.ca\nnonsense\n")
    (kind,) = module["register_sources"]()
    zone = ZoneInfo("America/Toronto")
    now = datetime(2026, 11, 10, tzinfo=zone)
    source = kind.open(kind.options(path=tmp_path / "calls.csv"), Context(profile=Profile(timezone=zone), now=now))
    event, bad = source.pull(now, "").events
    assert (event.title, event.start) == ("Call with Julie Roy", datetime(2026, 11, 9, 10, tzinfo=zone))
    assert bad.where == "calls.csv:2"


def test_the_output_that_is_shown_keeps_the_contract_as_it_is_shown_to_be_tested(tmp_path):
    page = (ROOT / "docs" / "plugins.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    shown = [block for block in blocks if block.startswith('"""')]
    (tmp_path / "followup_phone.py").write_text("\n".join(shown))
    for number, block in enumerate(block for block in blocks if "Contract):" in block):
        (tmp_path / f"test_{number}.py").write_text(block)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--override-ini=pythonpath=.",
        str(tmp_path),
    ]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
    assert "failed" not in result.stdout
