"""Simulated lives: whatever happens, and whenever it runs, the product keeps its promises."""

import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from followup_rules.engine import evaluate, verdicts
from tests.support.project import ROOT
from tests.trials.simulator.choice import Seeded
from tests.trials.simulator.files import FileSession
from tests.trials.simulator.life import THINGS_THAT_HAPPEN
from tests.trials.simulator.life_of import live
from tests.trials.simulator.machine import LifeMachine
from tests.trials.simulator.session import KINDS, Session
from tests.trials.simulator.world import World

ALL = list(HealthCheck)


def _machine(examples, steps, *, derandomize=True):
    profile = settings(max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=derandomize,
                       suppress_health_check=ALL, database=None)  # fmt: skip
    run_state_machine_as_test(LifeMachine, settings=profile)


def test_whatever_happens_in_whatever_order_the_promises_hold():
    _machine(20, 20)


@pytest.mark.long
def test_whatever_happens_in_a_longer_life_the_promises_hold():
    _machine(60, 50, derandomize=False)


@pytest.mark.parametrize("seed", [8])
def test_some_months_of_a_life_break_no_promise(seed):
    lived = live(seed, 0.2, every=6)
    assert not lived.violation, lived
    assert lived.changes > 20


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1000, 1004))
def test_half_a_year_of_a_life_breaks_no_promise(seed):
    lived = live(seed, 0.5, every=10)
    assert not lived.violation, lived


@pytest.mark.parametrize(
    ("where", "name", "seed", "broken", "told"),
    [
        (evaluate, "windows_that_hold", 5, lambda *_: (), "though silence is kept"),
        (verdicts, "_void", 8, lambda *_: None, "ended it"),
        (verdicts, "done", 3, lambda *_: None, "though the note is ticked"),
        (verdicts, "_unsure", 22, lambda *_: None, "could not be read"),
        (verdicts, "_future", 3, lambda *_: None, "planned"),
    ],
)
def test_a_product_that_broke_its_promises_would_be_found_out(monkeypatch, where, name, seed, broken, told):
    monkeypatch.setattr(where, name, broken)
    lived = live(seed, 0.06, every=2)
    assert told in lived.violation


def test_a_life_is_the_same_each_time_it_is_lived():
    command = [sys.executable, "-m", "tests.trials.simulator", "--seed", "5", "--years", "0.05", "--verbose"]
    first, second = (subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True) for _ in range(2))
    assert first.stdout == second.stdout
    assert first.stdout.startswith("seed=5 ")
    assert "violations=0" in first.stdout


def _the_same_from_files(folder, seed, steps):
    world, chance = World(datetime(2026, 1, 5, 12, tzinfo=UTC)), Seeded(seed)
    with closing(Session(world)) as memory, closing(FileSession(world, folder)) as files:
        return _lived(world, chance, memory, files, steps)


def _lived(world, chance, memory, files, steps):
    names = [name for name, (weight, _) in THINGS_THAT_HAPPEN.items() for _ in range(weight)]
    changes = 0
    for _ in range(steps):
        for _ in range(chance.number(1, 4)):
            THINGS_THAT_HAPPEN[chance.one(names)][1](world, chance)
            world.now += timedelta(minutes=chance.one((1, 30)))
        world.now += timedelta(hours=chance.one((1, 6, 24, 48)))
        # An emptied file of notes is believed half an hour later; so each is whole again at the next run.
        world.failing = frozenset() if world.failing else frozenset(chance.one(("", "", *KINDS)).split())
        planned, ran = files.both()
        expected, report = memory.preview(), memory.run()
        assert [o.change for o in planned.outcomes] == [o.change for o in ran.outcomes]
        assert _differing(_told(planned, ran), _told(expected, report)) == [], "\n".join(world.story)
        changes += len(ran.outcomes)
    return changes


def _told(planned, report):
    decisions = [(d.key, d.state, d.why, d.evidence, d.next, d.late) for d in planned.decisions]
    changes = [(o.change.op, o.change.key, _text(o.change), o.change.action.due) for o in report.outcomes]
    return [*decisions, *changes, *(decision.key for decision in report.missed), report.next]


def _text(change):
    """Return its text; why a source cannot be read is told in the words of its plugin."""
    return "" if change.key.startswith("blind/") else change.action.text


def _differing(ours, theirs):
    return [("only from files", line) for line in ours if line not in theirs] + [
        ("only from memory", line) for line in theirs if line not in ours
    ]


def test_real_files_tell_the_same_as_the_simulated_world(tmp_path):
    assert _the_same_from_files(tmp_path, 1, 20) > 5


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 4))
def test_real_files_tell_the_same_for_months(tmp_path, seed):
    _the_same_from_files(tmp_path, seed, 60)
