"""docs/google.md names all that the plugin offers, asks for and says, and what it shows works."""

import ast
import dataclasses
import re

import pytest

import followup_google
from followup_google import login, service, token
from followup_rules.cli.starters import Answers, config_text
from followup_rules.config.read import read_config
from tests.support.project import ROOT

PAGE = (ROOT / "docs" / "google.md").read_text()
KINDS = [*followup_google.register_sources(), *followup_google.register_outputs()]
PROFILE = '[profile]\nme = ["me@example.org"]\ntimezone = "America/Toronto"\n'
SOURCES = [ast.parse(file.read_text()) for file in sorted((ROOT / "plugins" / "followup_google").glob("*.py"))]


def rows(heading):
    """Return the rows of the first table under a heading."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = re.findall(r"^\| (.*) \|$", section, re.MULTILINE)
    assert found
    return [re.split(r" +\| +", row) for row in found[1:]]


def texts():
    """Return every text in the plugin, with `…` where something is filled in."""
    for tree in SOURCES:
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                yield "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_table_has_its_section_and_every_option_its_row(kind):
    section = PAGE.partition(f"\n### {kind.name}\n")[2].partition("\n##")[0]
    for field in dataclasses.fields(kind.options):
        assert f"| `{field.name}` |" in section


def test_the_permissions_are_those_that_are_asked_for():
    told = {(row[0].strip("`"), row[1].strip("`")) for row in rows("Permissions")}
    plugins = {kind.options: kind.name for kind in KINDS}
    prefix = "https://www.googleapis.com/auth/"
    assert told == {(api.scope.removeprefix(prefix), plugins[options]) for options, api in login.APIS.items()}


@pytest.mark.parametrize("message", [row[0] for row in rows("What the messages mean")])
def test_every_message_that_it_explains_exists(message):
    parts = [re.escape(part.strip()) for part in message.split("…") if part.strip()]
    wanted = re.compile("…?.*?".join(parts))
    assert any(wanted.search(text) for text in texts())


def test_the_config_that_it_shows_works(tmp_path):
    (tables,) = re.findall(r"^```toml google\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "config.toml").write_text(PROFILE + tables)
    found = read_config(tmp_path / "config.toml")
    assert found.problems == ()
    assert {each.type.name for each in (*found.sources, *found.outputs)} == {kind.name for kind in KINDS}


def test_the_block_in_a_new_config_works_once_its_signs_are_taken_away(tmp_path):
    answers = dict.fromkeys(Answers.__struct_fields__, "x") | {"me": ("me@example.org",), "my_domains": ()}
    written = config_text(Answers(**{**answers, "timezone": "America/Toronto", "holidays": "CA-QC", "language": "fr"}))
    head, block, rest = re.split(r"(?m)^(?=# \[sources\.gmail\])|(?<=^# plugin = \"google-tasks\"\n)", written)
    (tmp_path / "config.toml").write_text(head + re.sub(r"(?m)^# ", "", block) + rest)
    found = read_config(tmp_path / "config.toml")
    assert [problem for problem in found.problems if not problem.warning] == []
    assert {each.type.name for each in (*found.sources, *found.outputs)} > {kind.name for kind in KINDS}


def test_the_places_are_those_of_the_code(monkeypatch):
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/me")
    assert f"`~{str(token.folder()).removeprefix('/home/me')}/`" in PAGE
    assert f"`{login._HANDED_OVER}`" in PAGE


def test_no_function_of_google_that_sends_is_named():
    called = {node.attr for tree in SOURCES for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert {"drafts", "create", "update", "delete"} <= called
    assert not {"send", "import_", "batchModify"} & called


def test_the_pauses_are_those_of_the_code():
    *pauses, last = (f"{pause:g}" for pause in service._PAUSES)
    assert f"after {', '.join(pauses)} and {last} seconds" in " ".join(PAGE.split())
