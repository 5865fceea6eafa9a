"""A source or an output that hangs is given up: the run goes on without it, ends, and lets the next one begin."""

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest

from followup_rules import Pull
from followup_rules.config.read import read_config
from followup_rules.host.time_limit import TimedOut, Worker, spoken
from tests.support import oddplugin
from tests.support.oddplugin import SOURCE, TASKS_APART, Source, run, story
from tests.support.project import finding
from tests.support.storybook import CONFIG
from tests.support.storybook import call as command

pytestmark = pytest.mark.slow

RULE = '[rule.ask]\non = "#ask"\nopens = "start"\ndo = { type = "task", title = "{{ it.title }}{{ it.text }}" }\n'
PATIENT = 'time_limit = "1 hour"\n'


@pytest.fixture
def odd(odd, monkeypatch):
    """Let it have little time."""
    monkeypatch.setattr("followup_rules.config.read.TIME_LIMIT", timedelta(seconds=1))
    return odd


def patient(base):
    """Return a config in which only what is odd has a short time."""
    for path in ("calendar.ics", "sent", "notes.md", "out/drafts", "out/todo.txt"):
        base = base.replace(f'path = "{path}"\n', f'path = "{path}"\n{PATIENT}')
    return base


def made(ran):
    return [c["rule"] for c in ran.changes]


# -- sources


def test_a_source_that_hangs_counts_as_unread_and_the_others_go_on(tmp_path, odd, hang):
    told = story(tmp_path / "story", patient(CONFIG) + SOURCE)
    odd.source.gives = hang()
    ran = run(told, "2026-11-09 12:00")
    (problem,) = ran.problems
    assert (problem["where"], problem["code"], ran.exit) == ("sources.odd", "F049", 1)
    assert 'time_limit = "5 minutes" in [sources.odd]' in problem["hint"]
    assert made(ran) == ["debrief", "fit"]
    odd.source.gives = Pull()
    assert made(run(told, "2026-11-09 12:05")) == ["thank-you"]


def test_events_that_are_computed_for_ever_count_as_hanging(tmp_path, odd, hang):
    told = story(tmp_path / "story", patient(CONFIG) + SOURCE)
    never = hang()

    def events():
        yield oddplugin.call()
        never()

    odd.source.gives = lambda: Pull(events=events())
    assert [p["code"] for p in run(told, "2026-11-09 12:00").problems] == ["F049"]


def test_what_comes_late_is_never_heard(tmp_path, odd, hang):
    told = story(tmp_path / "story", patient(CONFIG) + SOURCE)
    late = odd.source.gives = hang(lambda: Pull(events=[oddplugin.call()], cursor="far"))
    run(told, "2026-11-09 12:00")
    late.end()
    late.ended.wait()
    cursors = []

    class Noting(Source):
        def pull(self, since, cursor):
            cursors.append(cursor)
            return Pull()

    odd.source = Noting()
    assert made(run(told, "2026-11-09 12:05")) == ["thank-you"]
    assert cursors == [""]


# -- outputs


def test_a_create_that_hangs_is_looked_for_by_the_next_run(tmp_path, odd, hang):
    told = story(tmp_path / "story", patient(TASKS_APART))
    odd.output.instead["create"] = hang()
    ran = run(told, "2026-11-09 12:00")
    assert (made(ran), ran.exit) == (["thank-you"], 1)
    assert [p["code"] for p in ran.problems] == ["F049"]
    assert odd.output.called("create", "update", "withdraw") == ["debrief/nordik.ca@2026-11-09"]
    del odd.output.instead["create"]
    assert made(run(told, "2026-11-09 12:05")) == ["debrief", "fit"]
    assert odd.output.called("find")[0] == "debrief/nordik.ca@2026-11-09"


def test_a_create_that_worked_too_late_makes_no_second_one(tmp_path, odd, hang):
    told = story(tmp_path / "story", patient(TASKS_APART))
    late = odd.output.instead["create"] = hang(odd.output.put)
    run(told, "2026-11-09 12:00")
    late.end()
    late.ended.wait()
    del odd.output.instead["create"]
    assert made(run(told, "2026-11-09 12:05")) == ["fit"]
    assert sorted(odd.output.made) == ["debrief/nordik.ca@2026-11-09", "fit/nordik.ca@2026-11-09"]


@pytest.mark.parametrize("method", ["status", "find"])
def test_an_output_that_hangs_when_it_is_asked_is_not_called_again_in_that_run(tmp_path, odd, hang, method):
    told = story(tmp_path / "story", patient(TASKS_APART))
    odd.output.instead["create"] = {"find": lambda action: 1 / 0}.get(method, odd.output.put)
    run(told, "2026-11-09 12:00")
    told.note("2026-11-09 12:10 #fit I would")
    odd.output.called()
    odd.output.instead[method] = hang()
    ran = run(told, "2026-11-09 12:30")
    assert (made(ran), ran.exit) == ([], 1)
    assert [p["code"] for p in ran.problems] == ["F049"]
    assert [name for name, _ in odd.output.calls] == [method]
    odd.output.instead.clear()
    run(told, "2026-11-09 12:35")
    assert odd.output.made == {}


def test_an_output_that_cannot_be_opened_in_time_is_left_out(tmp_path, odd, hang):
    told = story(tmp_path / "story", patient(TASKS_APART))
    opening, odd.opening = odd.opening, hang()
    ran = run(told, "2026-11-09 12:00")
    assert (made(ran), [p["where"] for p in ran.problems]) == (["thank-you"], ["outputs.odd"])
    odd.opening = opening
    assert made(run(told, "2026-11-09 12:05")) == ["debrief", "fit"]


def test_an_update_that_hangs_is_done_by_the_next_run(tmp_path, odd, hang):
    told = story(tmp_path / "story", patient(TASKS_APART))
    told.config(RULE)
    told.note("2026-11-09 12:30 #ask Ask about the team")
    run(told, "2026-11-09 13:00")
    told.edit_note("team", "salary")
    odd.output.instead["update"] = hang()
    assert [p["code"] for p in run(told, "2026-11-09 13:10").problems] == ["F049"]
    odd.output.instead.clear()
    run(told, "2026-11-09 13:20")
    assert [action.title for action in odd.output.made.values() if action.rule == "ask"] == ["Ask about the salary"]
    assert made(run(told, "2026-11-09 13:30")) == []


# -- a call that was given up


def test_after_a_call_that_was_given_up_nothing_more_is_asked_there(hang):
    worker, asked = Worker(timedelta(0)), []
    with pytest.raises(TimedOut):
        worker.call(hang())
    with pytest.raises(TimedOut, match="not asked again"):
        worker.call(lambda: asked.append("again"))
    worker.close()
    assert asked == []


# -- the time limit in the config


def problems(tmp_path, limit):
    told = story(tmp_path / "story", CONFIG)
    text = (told.folder / "config.toml").read_text().replace('path = "sent"\n', f'path = "sent"\n{limit}\n')
    (told.folder / "config.toml").write_text(text)
    return read_config(told.folder / "config.toml")


@pytest.mark.parametrize(
    ("written", "seconds"),
    [('"90 seconds"', 90), ('"1 second"', 1), ('"2 minutes"', 120), ('"1 hour"', 3600)],
)
def test_a_time_limit_is_a_length_of_time(tmp_path, written, seconds):
    read = problems(tmp_path, f"time_limit = {written}")
    assert read.problems == ()
    assert {each.name: each.time_limit.total_seconds() for each in read.sources} == {
        "calendar": 60,
        "sent": seconds,
        "notes": 60,
    }


@pytest.mark.parametrize(
    ("line", "code", "hint"),
    [
        ('time_limt = "90 seconds"', "F010", 'did you mean "time_limit"?'),
        ('time_limit = "90 secnods"', "F014", 'did you mean "90 seconds"?'),
        ('time_limit = "0 seconds"', "F014", 'write "60 seconds"'),
        ("time_limit = 90", "F011", ""),
        ('time_limit = "a while"', "F014", '"60 seconds"'),
    ],
)
def test_a_time_limit_that_is_none_is_told(tmp_path, line, code, hint):
    (problem,) = problems(tmp_path, line).problems
    assert (problem.code, problem.fatal) == (code, True)
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=90), "90 seconds"),
        (timedelta(minutes=2), "2 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_a_length_of_time_is_told_as_it_would_be_written(length, said):
    assert spoken(length) == said


def test_a_plugin_cannot_have_an_option_that_every_source_has(tmp_path, monkeypatch):
    code = oddplugin.CODE.replace("class Options:\n    pass", "class Options:\n    time_limit: int = 5")
    oddplugin.install(tmp_path / "plugin", monkeypatch, code)
    found = command(story(tmp_path / "story", CONFIG).folder, "plugins").stdout
    assert "cannot have a field 'time_limit'" in " ".join(found.split())


# -- whole processes

HANGING = """
import os, sys, time
from dataclasses import dataclass
from followup_rules import Pull, SourceType, hookimpl

@dataclass
class Options:
    how: str

class Source:
    def __init__(self, how):
        self.how = how

    def pull(self, since, cursor):
        sys.stderr.write("hanging\\n")
        sys.stderr.flush()
        match self.how:
            case "a pipe that nobody writes to":
                open("pipe").read()
            case "a sleep without end":
                time.sleep(1e6)
            case "a loop":
                while True:
                    pass
            case "a thread of its own":
                import concurrent.futures
                pool = concurrent.futures.ThreadPoolExecutor(1)
                pool.submit(time.sleep, 1e6).result()

@hookimpl
def register_sources():
    return [SourceType("hanging", "", ("call",), Options, lambda options, context: Source(options.how))]
"""
HOW = ("a pipe that nobody writes to", "a sleep without end", "a loop", "a thread of its own")


def started(tmp_path, monkeypatch, how, limit):
    """Start a real run whose source hangs, and return the story and the process."""
    plugin = tmp_path / "plugin"
    oddplugin.install(plugin, monkeypatch, f"acts = None\n{HANGING}")
    table = f'[sources.hanging]\nplugin = "hanging"\nhow = "{how}"\ntime_limit = "{limit}"\n'
    told = story(tmp_path / "story", CONFIG + table)
    os.mkfifo(told.folder / "pipe")
    line = [sys.executable, "-m", "followup_rules", "--config", "config.toml", "run", "--json", "--now"]
    process = subprocess.Popen(
        [*line, "2026-11-09 12:00"],
        cwd=told.folder,
        env=finding(plugin),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that puts the tests into the background has them ignore Ctrl-C, and so whatever they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 -- this process has one thread
    )
    return told, process


@pytest.mark.parametrize("how", HOW)
def test_a_process_ends_in_spite_of_a_source_that_never_does(tmp_path, monkeypatch, how):
    told, process = started(tmp_path, monkeypatch, how, "1 second")
    out, err = process.communicate(timeout=120)
    ran = SimpleNamespace(**json.loads(out))
    assert process.returncode == 1, err
    assert [c["rule"] for c in ran.changes] == ["debrief", "fit", "thank-you"]
    assert [(p["where"], p["code"]) for p in ran.problems] == [("sources.hanging", "F049")]
    assert "Traceback" not in err
    told.base = CONFIG  # without the source, which would go on hanging in this process
    told.config()
    assert made(run(told, "2026-11-09 12:05")) == []


@pytest.mark.parametrize("kill", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_hangs_can_be_stopped_and_the_next_one_does_the_work(tmp_path, monkeypatch, kill):
    told, process = started(tmp_path, monkeypatch, HOW[0], "10 minutes")
    assert process.stderr.readline() == "hanging\n"
    process.send_signal(kill)
    _, err = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "Traceback" not in err
    told.base = CONFIG
    told.config()
    assert made(run(told, "2026-11-09 12:05")) == ["debrief", "fit", "thank-you"]
