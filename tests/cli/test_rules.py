"""`followup rules`: what is in force, and where each field of it stands."""

import json

import pytest
from click.testing import CliRunner

from followup_rules.cli import cli
from tests.support.configs import FILES


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text('[rule.thank-you]\nlate = "end + 2 days"\ndo.title = "Thanks"\n')
    own = '\n[rule.thank-you]\ncloses = "day + 3 days"\n[rule.fit]\nenabled = false\n[rule.odd]\non = "nothing"\n'
    (tmp_path / "config.toml").write_text(f'rules = ["mine.toml"]\n{FILES}{own}')


def rules(*options):
    return CliRunner().invoke(cli, ["--config", "config.toml", "rules", *options])


def test_each_field_names_the_file_and_line_that_it_comes_from(place):
    (table,) = json.loads(rules("--json", "thank-you").stdout)["rules"]
    where = {field["name"]: (field["value"], field["file"]) for field in table["fields"]}
    assert where["closes"] == ("day + 3 days", "config.toml")
    assert where["late"] == ("end + 2 days", "mine.toml")
    assert where["opens"] == ("end", "interview/rules.toml")
    assert where["do.title"] == ("Thanks", "mine.toml")
    assert where["do.template"] == ("thank-you", "interview/rules.toml")
    lines = {field["name"]: field["line"] for field in table["fields"]}
    assert (lines["late"], lines["do.title"]) == (2, 3)
    shown = rules("thank-you").output
    assert '"day + 3 days" · config.toml:' in " ".join(shown.split())


def test_all_rules_with_what_is_off_and_what_is_faulty(place):
    listed = {each["id"]: each["state"] for each in json.loads(rules("--json").stdout)["rules"]}
    assert listed["thank-you"] == "on"
    assert listed["fit"] == "off"
    assert listed["odd"] == "faulty"
    assert listed["quiet-period"] == "on"
    shown = rules().output
    assert "Guards" in shown
    assert "unknown definition 'nothing'" in shown


def test_a_definition_is_shown_too_and_an_unknown_name_is_usage(place):
    assert "[define.promise]" in rules("promise").output
    result = rules("thank-yuo")
    assert result.exit_code == 2
    assert 'did you mean "thank-you"?' in result.output
