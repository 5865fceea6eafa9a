"""The story in examples/: what was worked out by hand in its README is what the program does."""

import importlib
import json
import os
import re
import shlex
from datetime import datetime

import pytest
from click.testing import CliRunner

from examples import story
from followup_rules.cli import cli
from tests.support.project import ROOT

WHAT = re.compile(
    r"(?P<rule>[\w-]+), (?P<case>[^,:]+)(?:, (?P<due>\d{4}-\d\d-\d\dT\d\d:\d\d))?(?:, announces (?P<day>[\d-]+))?"
)


def read(line):
    found = WHAT.match(line)
    return {**found.groupdict(), "case": story.CASES.get(found["case"], found["case"])}


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Each tick of the story: what the table says, and what plan and run did."""
    folder = tmp_path_factory.mktemp("story")
    config = story.set_up(folder)
    ticks = []
    for now, new, withdrawn in story.expected():
        story.turn_to(folder, now)
        results = {}
        for verb in ("plan", "run"):
            result = CliRunner().invoke(cli, ["--config", str(config), verb, "--now", now.isoformat(), "--json"])
            assert result.exit_code == 0, result.output
            results[verb] = json.loads(result.stdout)
        ticks.append((now, [read(line) for line in new], [read(line) for line in withdrawn], results))
    return ticks


def made(changes, op):
    return sorted((c["rule"], c["case"]) for c in changes if c["op"] == op)


def test_the_table_tells_of_ten_ticks():
    assert len(story.expected()) == 10


@pytest.mark.parametrize("number", range(10))
def test_what_is_made_and_taken_back_is_what_was_worked_out_by_hand(played, number):
    _, new, withdrawn, results = played[number]
    changes = results["run"]["changes"]
    assert made(changes, "create") == sorted((line["rule"], line["case"]) for line in new)
    assert made(changes, "withdraw") == sorted((line["rule"], line["case"]) for line in withdrawn)
    created = {(c["rule"], c["case"]): c for c in changes if c["op"] == "create"}
    for line in new:
        change = created[line["rule"], line["case"]]
        assert datetime.fromisoformat(change["due"]).strftime("%Y-%m-%dT%H:%M") == line["due"]
        assert change["announces"].get("follow-up-call") == line["day"]


@pytest.mark.parametrize("number", range(10))
def test_plan_shows_what_run_does(played, number):
    results = played[number][3]
    strip = lambda found: [{**change, "ref": None} for change in found["changes"]]  # noqa: E731
    assert strip(results["plan"]) == strip(results["run"])


@pytest.mark.long
def test_what_the_demo_tells_to_type_next_works_and_drafts_are_shown_as_people_see_them(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(ROOT / "examples")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, (ROOT, ROOT / "plugins"))))
    importlib.import_module("demo").main(tmp_path / "out" / "demo")
    shown = capfd.readouterr().out
    commands = re.findall(r"^  followup (--config .*)$", shown, re.MULTILINE)
    assert commands
    for command in commands:
        result = CliRunner().invoke(cli, shlex.split(command))
        assert result.exit_code == 0, result.output
    assert re.search(r"─── the new file thank-you\S+\.eml\nTo: .+\nSubject: .+\n\nBonjour", shown)
    assert "X-Followup" not in shown


# -- rules with their examples


@pytest.mark.parametrize(("name", "code"), [("invoice", 0), ("invoice-wrong", 1), ("loan", 0)])
def test_rules_with_examples_do_what_their_page_says(tmp_path, name, code):
    (tmp_path / "config.toml").write_text(
        f"rules = [{str(ROOT / 'examples/invoice.toml')!r}]\n"
        '[profile]\nme = ["me@example.org"]\ntimezone = "America/Toronto"\n'
    )
    command = ["--config", str(tmp_path / "config.toml"), "test", str(ROOT / f"examples/{name}.toml")]
    result = CliRunner().invoke(cli, command)
    assert result.exit_code == code, result.output
