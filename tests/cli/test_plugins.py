"""`followup plugins`: what is installed, with or without a config, and what is broken."""

import importlib
import json
import sys

import pytest
from click.testing import CliRunner

from followup_rules.cli import cli
from tests.support.configs import PROFILE

SOURCE = """
from dataclasses import dataclass
from followup_rules import SourceType, hookimpl

@dataclass
class Options:
    path: str

@hookimpl
def register_sources():
    yield SourceType("{0}", "Paper letters", ("letter",), Options, lambda options, context: None)
"""
COMMAND = """
import click
from followup_rules import hookimpl

@hookimpl
def register_commands(cli):
    cli.add_command(click.Command("{0}"))
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Put a distribution with one plugin on the path, beside those that are installed."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)

    def write(module, code):
        (tmp_path / f"{module}.py").write_text(code, encoding="utf-8")
        info = tmp_path / f"{module}-1.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.5\n")
        (info / "entry_points.txt").write_text(f"[followup_rules]\n{module} = {module}\n")
        importlib.invalidate_caches()

    yield write
    for module in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[module], "__file__", "")):
            del sys.modules[module]


def plugins(*options):
    return CliRunner().invoke(cli, ["--config", "config.toml", "plugins", *options])


def listed(name):
    found = json.loads(plugins("--json").stdout)["plugins"]
    return next(plugin for plugin in found if plugin["name"] == name)


def test_the_built_in_ones_are_listed_without_any_config(install):
    result = plugins()
    assert (result.exit_code, result.stderr) == (0, "")
    assert "ics (followup-rules " in result.stdout
    assert "  source ics: Meetings from .ics files, or from a calendar on the web" in result.stdout
    assert "  pack interview: " in result.stdout
    assert "docs/plugins.md" in result.stdout


def test_a_new_one_is_found_by_itself(install):
    install("letters", SOURCE.format("letters"))
    assert listed("letters") == {
        "name": "letters",
        "distribution": "letters",
        "version": "1.5",
        "state": "ok",
        "error": "",
        "adds": [{"kind": "source", "name": "letters", "summary": "Paper letters"}],
    }
    assert plugins().exit_code == 0


def test_a_broken_one_is_named_and_the_others_work(install):
    install("letters", "import nowhere_to_be_found")
    result = plugins()
    assert result.exit_code == 1
    assert "letters (letters 1.5): broken: ModuleNotFoundError" in result.stdout
    assert "source notes" in result.stdout
    assert listed("letters")["state"] == "broken"


def test_one_that_the_config_switches_off_is_listed_as_such(install, tmp_path):
    install("letters", "import nowhere_to_be_found")
    (tmp_path / "config.toml").write_text(f'{PROFILE}[plugins]\ndisabled = ["letters"]\n')
    result = plugins()
    assert result.exit_code == 0
    assert "letters (letters 1.5): switched off in the config" in result.stdout


def test_a_config_that_cannot_be_read_does_not_hide_them(install, tmp_path):
    (tmp_path / "config.toml").write_text("this is no TOML")
    assert "source ics" in plugins().stdout


def test_two_that_get_in_each_others_way_are_told(install):
    install("letters", SOURCE.format("ics"))
    result = plugins()
    assert result.exit_code == 1
    assert "error[F050]" in result.stderr
    assert "source ics: not used, see below" in result.stdout


@pytest.mark.parametrize(("name", "code"), [("plan", "F050"), ("letters", None)])
def test_commands_are_told_too(install, name, code):
    install("letters", COMMAND.format(name))
    found = json.loads(plugins("--json").stdout)
    assert [problem["code"] for problem in found["problems"]] == ([code] if code else [])
    assert "commands" in plugins().stdout


def test_a_command_that_fails_is_told(install):
    install("letters", COMMAND.format("x").replace("cli.add_command", "1 / 0, "))
    result = plugins()
    assert result.exit_code == 1
    assert "error[F052]" in result.stderr
