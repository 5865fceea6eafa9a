"""`check` and `doctor` tell where a secret address may be read by others."""

import json

import pytest
from click.testing import CliRunner

from followup_rules.cli import cli
from tests.support.configs import FILES
from tests.support.feedserver import SECRET

NOW = "2026-11-10T12:00"


@pytest.fixture
def place(tmp_path, feed):
    (tmp_path / "sent").mkdir()
    (tmp_path / "notes.md").write_text("")
    return tmp_path


def config(place, path):
    (place / "config.toml").write_text(FILES.replace('"calendar.ics"', f'"{path}"'))


def problems(place, *verb):
    result = CliRunner().invoke(cli, ["--config", str(place / "config.toml"), *verb, "--now", NOW, "--json"])
    assert SECRET not in result.output
    return result.exit_code, {problem["code"]: problem for problem in json.loads(result.stdout)["problems"]}


def test_an_address_in_the_config_is_warned_about_with_the_way_out(place, feed):
    config(place, feed.url)
    exit_code, told = problems(place, "check")
    assert (exit_code, list(told)) == (0, ["F072"])
    assert told["F072"]["severity"] == "warning"
    assert told["F072"]["where"] == "sources.calendar"
    assert f"127.0.0.1:{feed.port}/…" in told["F072"]["message"]
    said = CliRunner().invoke(cli, ["--config", str(place / "config.toml"), "check", "--now", NOW]).stderr
    assert f"(umask 077; cat > {place}/calendar.url)" in said
    assert 'path = "calendar.url"' in said


def test_the_way_out_leads_out(place, feed):
    (place / "calendar.url").write_text(f"{feed.url}\n")
    (place / "calendar.url").chmod(0o600)
    config(place, "calendar.url")
    assert problems(place, "check") == (0, {})


@pytest.mark.parametrize("verb", ["check", "doctor"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622])
def test_a_file_that_others_may_read_is_warned_about(place, feed, verb, mode):
    (place / "feed.url").write_text(f"{feed.url}\n")
    (place / "feed.url").chmod(mode)
    config(place, "feed.url")
    CliRunner().invoke(cli, ["--config", str(place / "config.toml"), "run", "--now", NOW])
    exit_code, told = problems(place, verb)
    assert (exit_code, list(told)) == (0, ["F061"])
    assert told["F061"]["severity"] == "warning"
    assert "feed.url, which holds a secret address" in told["F061"]["message"]


def test_a_run_does_not_nag(place, feed):
    """What stands in the config is told by `check`: cron would mail it at every run."""
    config(place, feed.url)
    assert problems(place, "run") == (0, {})
