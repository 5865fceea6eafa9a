"""Several commands at once on one store, as real processes: one run works, and nothing is done twice or lost."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from followup_rules.cli import forget as forget_command
from tests.support.project import finding
from tests.support.storybook import Story, call

pytestmark = pytest.mark.slow

NOW = "2026-11-09 16:00"
EVERYTHING = [
    "fit/nordik.ca@2026-11-09",
    "keep-promise/notes:julie.roy@nordik.ca:2026-11-09T15:00:promise@2026-11-09",
    "thank-you/nordik.ca@2026-11-09",
]
GATE = '''
"""A source that reads nothing before somebody opens a gate."""
from dataclasses import dataclass
from pathlib import Path
from followup_rules import Pull, SourceType, hookimpl

@dataclass(frozen=True)
class Options:
    path: Path

class Gate:
    def __init__(self, options, context):
        self._path = options.path

    def pull(self, since, cursor):
        self._path.read_text()
        return Pull()

@hookimpl
def register_sources():
    return [SourceType("gate", "Waits", ("postcard",), Options, Gate)]
'''


@pytest.fixture
def story(tmp_path):
    """Somebody with an interview behind them, and a source that waits at a gate."""
    plugins = tmp_path / "plugins"
    info = plugins / "gate-1.0.dist-info"
    info.mkdir(parents=True)
    (plugins / "gate.py").write_text(GATE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gate\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[followup_rules]\ngate = gate\n")
    told = Story(tmp_path / "folder")
    told.visit("I1", "2026-11-09 10:00")
    told.note("2026-11-09 15:00 #promise le frisbee")
    os.mkfifo(told.folder / "gate")
    return told


def start(story, *arguments):
    """Start the real command."""
    plugins = story.folder.parent / "plugins"
    command = [sys.executable, "-m", "followup_rules", "--config", str(story.folder / "config.toml"), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=finding(plugins))


@pytest.fixture
def at_work(story):
    """A run that stands at the gate, and the gate: to close it lets the run go on."""
    told(story, "run", "--now", "2026-11-08 16:00")
    story.config('[sources.gate]\nplugin = "gate"\npath = "gate"\n')
    process = start(story, "run", "--now", NOW)
    with (story.folder / "gate").open("w") as gate:  # opens when the run does so at its end
        yield process, gate
        process.kill()
        process.communicate()


def told(story, *arguments):
    """Let a command run without the gate; return it, and what it says."""
    story.config()
    return call(story.folder, *arguments)


def made(story):
    return sorted([*story.drafts(), *story.tasks(aside=True)])


def test_of_many_runs_at_once_one_works_and_the_others_say_so(story, at_work):
    first, gate = at_work
    others = [start(story, "run", "--now", NOW) for _ in range(4)]
    for other in others:
        out, err = other.communicate()
        assert (other.returncode, out) == (0, "")
        assert f"another run is at work on this store (process {first.pid}, since " in err
    assert made(story) == ["prepare/nordik.ca@2026-11-09"]
    gate.close()
    out, _ = first.communicate()
    assert first.returncode == 0
    assert made(story) == EVERYTHING
    assert out.count("+ ") == len(EVERYTHING)


def test_runs_that_start_together_make_everything_once(story):
    story.config()
    runs = [start(story, "run", "--now", NOW) for _ in range(3)]
    for run in runs:
        _, err = run.communicate()
        assert run.returncode == 0, err
    assert made(story) == EVERYTHING


def test_a_killed_run_blocks_nobody_and_the_next_one_does_its_work(story, at_work):
    first, _ = at_work
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert told(story, "run", "--now", NOW).exit_code == 0
    assert made(story) == EVERYTHING
    found = json.loads(told(story, "doctor", "--now", NOW, "--json").stdout)["findings"]
    assert [each["fact"] for each in found if each["area"] == "lock"] == ["no run is at work"]


def test_doctor_tells_who_is_at_work_and_what_to_do_if_it_hangs(story, at_work):
    first, _ = at_work
    fine = told(story, "doctor", "--now", NOW, "--json")
    lock = next(each for each in json.loads(fine.stdout)["findings"] if each["area"] == "lock")
    assert lock["fact"].startswith(f"process {first.pid} is at work since ")
    assert lock["state"] == "fine"
    since = datetime.now(UTC) - timedelta(hours=3, minutes=1)
    (story.folder / "out/followup.db.holder").write_text(f"{first.pid} {since.isoformat()}\n")
    hung = told(story, "doctor", "--now", NOW)
    assert hung.exit_code == 1
    assert f"process {first.pid} has been at work for 3 hours" in hung.stderr
    assert f"kill {first.pid}" in hung.stderr


def test_what_only_reads_and_notes_go_on_while_a_run_is_at_work(story, at_work):
    first, gate = at_work
    assert told(story, "plan", "--now", NOW).exit_code == 0
    assert told(story, "explain", "--now", NOW).exit_code == 0
    assert told(story, "note", "julie.roy@nordik.ca", "#fit", "--now", NOW).exit_code == 0
    gate.close()
    assert first.wait() == 0
    assert "fit" not in {key.partition("/")[0] for key in made(story)}


def test_forget_waits_for_a_run_and_else_does_nothing(story, at_work, monkeypatch):
    monkeypatch.setattr(forget_command, "PATIENCE", 0.05)
    first, gate = at_work
    refused = told(story, "forget", "nordik.ca", "--yes", "--now", NOW)
    assert refused.exit_code == 2
    assert f"a run is at work (process {first.pid}, since " in refused.stderr
    assert told(story, "explain", "nordik.ca", "--now", NOW).exit_code == 0
    gate.close()
    first.communicate()
    assert told(story, "forget", "nordik.ca", "--yes", "--now", NOW).exit_code == 0
