"""`followup schedule`: what it prints is what it installs, finds again and removes; nothing else is touched."""

import json
import plistlib
import shlex
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from followup_rules.cli import cli
from tests.support.configs import FILES
from tests.support.crontab import put_in

MINE = "MAILTO=camille@example.org\n0 3 * * *  /usr/bin/backup\n"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Be a user whose crontab, systemctl and launchctl are stand-ins."""
    for name in ("LC_ALL", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LANG", "fr_CA.UTF-8")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "100% mine").mkdir()
    (tmp_path / "100% mine" / "config.toml").write_text(FILES)
    put_in(tmp_path / "bin")
    for name in ("systemctl", "launchctl"):
        put_in(tmp_path / "bin", '#!/bin/sh\necho "$0 $@" >> "$HOME/asked"\n', name)
    return tmp_path


def followup(*arguments):
    return CliRunner().invoke(cli, ["--config", "100% mine/config.toml", *arguments])


def lines(place):
    return (place / "bin" / "crontab.lines").read_text()


def test_a_line_for_cron_is_printed_installed_replaced_and_removed(place):
    (place / "bin" / "crontab.lines").write_text(MINE)
    printed = followup("schedule", "--with", "cron").stdout.strip()
    assert printed.startswith("*/15 * * * * LANG=fr_CA.UTF-8 /")
    assert rf"--config '{place}/100\% mine/config.toml' run " in printed
    assert lines(place) == MINE, "printed, and not installed"
    assert followup("schedule", "--with", "cron", "--install").exit_code == 0
    assert lines(place) == f"{MINE}{printed}\n"
    assert "cron, every 15 minutes" in followup("doctor", "--now", "2026-11-10T12:00").stdout
    followup("schedule", "--with", "cron", "--every", "60", "--install")
    assert lines(place).count("followup") == printed.count("followup"), "in place of the one before"
    assert lines(place).splitlines()[-1].startswith("0 * * * * ")
    assert "removed: a line of your crontab" in followup("schedule", "--remove").stdout
    assert lines(place) == MINE
    assert "nothing was installed" in followup("schedule", "--remove").stdout


def test_what_stands_in_the_line_is_what_a_shell_runs(place):
    line = followup("schedule", "--with", "cron").stdout.strip()
    command = line.removeprefix("*/15 * * * * ").replace(r"\%", "%").replace(" run ", " --help ")
    done = subprocess.run(
        ["sh", "-c", command],
        capture_output=True,
        text=True,
        env={"HOME": str(place), "FOLLOWUP_LANGUAGE": "en"},
        check=False,
    )
    assert done.stdout.startswith("Usage: followup"), done.stderr


def test_a_timer_of_systemd(place):
    followup("schedule", "--with", "cron", "--install")
    assert followup("schedule", "--with", "systemd", "--every", "30", "--install").exit_code == 0
    units = place / ".config" / "systemd" / "user"
    (service,), (timer,) = units.glob("*.service"), units.glob("*.timer")
    command = next(line for line in service.read_text().splitlines() if line.startswith("ExecStart="))
    words = shlex.split(command.removeprefix("ExecStart="))
    assert Path(words[0]).is_file()
    assert words[1:] == ["--config", f"{place}/100%% mine/config.toml", "run"]
    assert "OnCalendar=*:0/30\nPersistent=true\n" in timer.read_text()
    assert f"enable --now {timer.name}" in (place / "asked").read_text()
    assert "followup" not in lines(place), "one thing starts the runs, and not two"
    assert "systemd, every 30 minutes" in followup("doctor", "--now", "2026-11-10T12:00").stdout
    followup("schedule", "--remove")
    assert list(units.iterdir()) == []


def test_an_agent_of_launchd(place):
    assert followup("schedule", "--with", "launchd", "--install").exit_code == 0
    (agent,) = (place / "Library" / "LaunchAgents").glob("*.plist")
    found = plistlib.loads(agent.read_bytes())
    assert found["ProgramArguments"][1:] == ["--config", f"{place}/100% mine/config.toml", "run"]
    assert found["StartInterval"] == 900
    assert f"bootstrap gui/{place.stat().st_uid} {agent}" in (place / "asked").read_text()
    assert json.loads(followup("schedule", "--json").stdout)["installed"] == {"kind": "launchd", "every": 15}
    followup("schedule", "--remove")
    assert not agent.exists()


@pytest.mark.parametrize("kind", ["cron", "systemd", "launchd"])
def test_what_cannot_be_installed_is_told_and_does_not_look_installed(place, kind):
    for name in ("crontab", "systemctl", "launchctl"):
        put_in(place / "bin", "#!/bin/sh\necho 'not today' >&2\nexit 3\n", name)
    result = followup("schedule", "--with", kind, "--install")
    assert result.exit_code == 2
    assert "error[F140]" in result.stderr
    assert "not today" in result.stderr
    assert json.loads(followup("schedule", "--json").stdout)["installed"] is None


def test_doctor_misses_runs_that_a_schedule_should_have_begun(place):
    (place / "100% mine" / "calendar.ics").write_text("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n")
    (place / "100% mine" / "sent").mkdir()
    (place / "100% mine" / "notes.md").write_text("")
    followup("run", "--now", "2026-11-10T09:00")
    assert "should begin" not in followup("doctor", "--now", "2026-11-10T12:00").output
    followup("schedule", "--with", "cron", "--install")
    assert "should begin" not in followup("doctor", "--now", "2026-11-10T09:50").output
    said = followup("doctor", "--now", "2026-11-10T12:00").output
    assert "the last run was 3 hours ago, and one should begin every 15 minutes" in said
    assert "error[F060]" in said


def test_without_a_config_nothing_is_installed(tmp_path):
    result = CliRunner().invoke(
        cli, ["--config", str(tmp_path / "none.toml"), "schedule", "--with", "cron", "--install"]
    )
    assert (result.exit_code, "none.toml cannot be read" in result.stderr) == (2, True)
