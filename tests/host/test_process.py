"""What a plugin does to the process: it neither talks into our output, nor ends the program, nor keeps it alive."""

import json
import subprocess
import sys

import pytest

from tests.support.installed import install
from tests.support.oddplugin import SOURCE
from tests.support.project import finding
from tests.support.storybook import CONFIG, Story

pytestmark = pytest.mark.slow

CODE = """
import atexit, os, signal, subprocess, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from followup_rules import Pull, SourceType, hookimpl
{at_import}

@dataclass
class Options:
    def __post_init__(self):
        {at_options}

class Odd:
    def __init__(self, options, context): pass
    def pull(self, since, cursor):
        {at_pull}
        return Pull(complete=True)

@hookimpl
def register_sources():
    {at_registration}
    return [SourceType("odd", "Odd", ("call",), Options, Odd)]
"""
FOR_EVER = "10 ** 6"
LOUD = "sys.stdout.write('loud'); os.write(1, b'loud'); subprocess.run(['echo', 'loud']); print('loud', file=sys.__stdout__)"


@pytest.fixture
def story(tmp_path):
    told = Story(tmp_path / "story", base=CONFIG + SOURCE + 'time_limit = "1 second"\n')
    told.visit("I1", "2026-11-09 10:00")
    return told


def ran(story, **code):
    """Run with the plugin as cron does; return the exit code, what `--json` printed, and what went to standard error."""
    place = story.folder.parent / "plugin"
    place.mkdir()
    parts = dict.fromkeys(("at_import", "at_options", "at_pull", "at_registration"), "pass") | code
    install(place, "odd", CODE.format(**parts))
    command = [sys.executable, "-m", "followup_rules", "--config", str(story.folder / "config.toml"), "run", "--json"]
    command += ["--now", "2026-11-09 12:00"]
    environment = finding(place)
    found = subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False)
    return found.returncode, found.stdout.decode(), found.stderr.decode()


def made(printed):
    return [change["rule"] for change in json.loads(printed)["changes"]]


EVERYTHING = ["debrief", "fit", "thank-you"]


@pytest.mark.parametrize("when", ["at_pull", "at_registration", "at_import"])
def test_nothing_that_a_plugin_or_its_children_print_comes_into_our_output(story, when):
    code, out, err = ran(story, **{when: LOUD})
    assert "loud" in err
    assert json.loads(out)
    assert code == (0 if when == "at_pull" else 1)  # what prints while it is loaded is not used


def test_a_thread_that_goes_on_printing_does_not_come_into_our_output(story):
    talk = (
        "threading.Thread(target=lambda: [(print('loud'), time.sleep(0.001)) for _ in range(500)], daemon=True).start()"
    )
    code, out, _ = ran(story, at_pull=talk)
    assert (code, made(out)) == (0, EVERYTHING)


@pytest.mark.parametrize(
    "left",
    [
        f"threading.Thread(target=time.sleep, args=({FOR_EVER},)).start()",
        f"Odd.pool = ThreadPoolExecutor(1); Odd.pool.submit(time.sleep, {FOR_EVER})",
        f"atexit.register(time.sleep, {FOR_EVER})",
        "signal.setitimer(signal.ITIMER_REAL, 0.001)",
    ],
    ids=["a thread", "a pool", "a last handler", "an alarm"],
)
def test_what_a_plugin_leaves_behind_neither_ends_nor_keeps_the_process(story, left):
    code, out, _ = ran(story, at_pull=left)
    assert (code, made(out)) == (0, EVERYTHING)


def test_what_is_to_be_done_at_the_end_is_done(story):
    mark = story.folder / "mark"
    ran(story, at_pull=f"atexit.register(lambda: open({str(mark)!r}, 'w').close())")
    assert mark.exists()


@pytest.mark.parametrize("when", ["at_import", "at_registration", "at_options"])
@pytest.mark.parametrize("what", ["sys.exit(3)", "raise KeyboardInterrupt", "raise KeyError('green')"])
def test_a_plugin_that_cannot_be_loaded_is_named_and_all_else_goes_on(story, when, what):
    code, out, _ = ran(story, **{when: what})
    (problem,) = json.loads(out)["problems"]
    assert (code, problem["where"]) == (1, "sources.odd")
    assert 'the plugin "odd" of odd 1.0' in problem["message"]


@pytest.mark.parametrize("when", ["at_import", "at_registration", "at_options"])
def test_a_plugin_that_hangs_while_it_is_loaded_is_given_up(story, when, monkeypatch):
    place = story.folder.parent / "impatient"
    place.mkdir()
    (place / "sitecustomize.py").write_text(
        "import datetime, followup_rules.host.plugin as plugin\nplugin.LOADING = datetime.timedelta(seconds=1)\n"
    )
    monkeypatch.setenv("PYTHONPATH", finding(place)["PYTHONPATH"])
    code, out, _ = ran(story, **{when: f"time.sleep({FOR_EVER})"})
    (problem,) = json.loads(out)["problems"]
    assert (code, problem["where"]) == (1, "sources.odd")
    assert "it did not answer within 1 second" in problem["message"]
