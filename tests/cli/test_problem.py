"""`followup problem`: what a code means."""

import json

import pytest
from click.testing import CliRunner

from followup_rules.cli import cli
from followup_rules.codes import Code


@pytest.mark.parametrize("code", [*map(str, Code)])
def test_every_code_has_a_page(code):
    found = CliRunner().invoke(cli, ["problem", code.lower()])
    assert (found.exit_code, len(found.output) > 60) == (0, True)
    assert "\n## F" not in found.output


def test_a_page_for_programs():
    found = json.loads(CliRunner().invoke(cli, ["problem", "F012", "--json"]).output)
    assert found["code"] == "F012"
    assert "[profile]" in found["page"] or "toml" in found["page"]


def test_a_code_that_there_is_not_is_told_with_the_nearest():
    found = CliRunner().invoke(cli, ["problem", "F0l2"])
    assert found.exit_code == 2
    assert "F012" in found.output


@pytest.mark.parametrize("spelt", ["f12", "12", "012", " F012 "])
def test_a_code_may_be_spelt_as_people_do(spelt):
    found = json.loads(CliRunner().invoke(cli, ["problem", spelt, "--json"]).output)
    assert found["code"] == "F012"


@pytest.mark.parametrize("code", [*map(str, Code)])
def test_every_code_has_a_page_in_french(code, monkeypatch):
    monkeypatch.setenv("FOLLOWUP_LANGUAGE", "fr")
    english = json.loads(CliRunner().invoke(cli, ["problem", code, "--json"]).output)["page"]
    french = CliRunner().invoke(cli, ["problem", code]).output
    assert french.startswith("**")
    assert french.partition("\n")[0] != english.partition("\n")[0]
    assert ("Juste\xa0:" in french) == (" mended\n" in english)
