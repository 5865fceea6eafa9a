"""How many cases a second are judged, from SQLite to decisions: seconds of the processor, which may be shared.

    python benchmarks/engine.py [CASES...] [--events 10] [--times 3] [--profile]

Made up from a fixed seed: an employer each, with one interview or two, mail in both directions, and notes; all within
some months. The whole interview pack judges them at one instant, each with its reasons and the next instant at which
that could change. Printed is the median of several passes over the same store, and the peak of the memory: another
process fills it, so that this is the peak of judging alone.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from followup_rules.config.read import Config, read_config
from followup_rules.engine.evaluate import EvaluationContext
from followup_rules.engine.sight import Sight
from followup_rules.model import Event, Person, Pull
from followup_rules.store.store import Store, open_store
from followup_rules.tick.one_case import judge

CONFIG = """packs = ["interview"]
[profile]
me = ["me@example.org"]
timezone = "America/Toronto"
holidays = "CA-QC"
language = "en"
[outputs]
drafts = { plugin = "eml", path = "drafts" }
tasks  = { plugin = "todotxt", path = "todo.txt" }
[store]
path = "followup.db"
"""
START = datetime(2026, 1, 5, 14, tzinfo=UTC)
NOW = START + timedelta(days=150)
TITLES = ("Interview with the team", "Entrevue", "Phone screen", "Weekly sync")
SUBJECTS = ("Thank you", "References", "A question", "The address", "Re: our talk", "News?")
TAGS = ("promise", "thanked", "fit", "issue", "fix-answer", "called")
KINDS = ("meeting", "meeting", "sent", "sent", "sent", "received", "received", "received", "note", "note")


def events_of(employer: int, count: int, chance: random.Random, days: int = 150) -> Iterator[Event]:
    """Make up what happens around one employer, at some time within so many days before `NOW`."""
    host = f"employer{employer}.example"
    begun = NOW - timedelta(minutes=30 * chance.randrange(days * 48))
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        who = Person(f"person{chance.randrange(3)}@{host}", "Julie Roy")
        at = begun + timedelta(minutes=chance.randrange(20 * 24 * 60))
        at = at.replace(minute=30 * (at.minute // 30)) if kind == "meeting" else at
        title = {"meeting": chance.choice(TITLES), "note": f"The address {number}"}
        yield Event(
            id=f"{kind}{number}.{employer}@life.example",
            kind=kind,
            start=at,
            end=at + timedelta(hours=kind == "meeting"),
            title=title.get(kind, chance.choice(SUBJECTS)),
            text="Thank you for your time; about the lift that loses hours, I will write on Friday." * (kind != "note"),
            people=(who,),
            organizer=who if kind in ("meeting", "received") else None,
            thread=f"{host}{number % 4}" if kind in ("sent", "received") else "",
            tags=(chance.choice(TAGS),) if kind == "note" else (),
        )


def fill(store: Store, config: Config, cases: int, events: int, days: int = 150) -> None:
    """Put so many cases into a store, with so many events each."""
    chance = random.Random(7)
    for first in range(0, cases, 500):
        made = [
            each for case in range(first, min(first + 500, cases)) for each in events_of(case, events, chance, days)
        ]
        names = store.events.take("all", Pull(events=made), made, NOW - timedelta(days=days), NOW)
        store.arrange(names, config.rulebook.directory)


def decide(store: Store, config: Config) -> int:
    """Judge all cases; return how many decisions that makes."""
    context = EvaluationContext(NOW, START, timedelta(days=60), Sight(frozenset({"meeting", "sent", "received"})))
    return sum(len(judge(stored, config, context)[0]) for stored in store.read(store.places.cases()))


def main() -> None:
    """Measure, and print a line for each number of cases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=int, nargs="*", default=[1000])
    parser.add_argument("--events", type=int, default=10)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--fill", type=Path, metavar="FOLDER", help="only fill the store of a folder")
    asked = parser.parse_args()
    for cases in asked.cases:
        if asked.fill:
            with opened(asked.fill) as (config, store):
                fill(store, config, cases, asked.events)
            continue
        with tempfile.TemporaryDirectory() as name:
            filling = [sys.executable, __file__, str(cases), "--events", str(asked.events), "--fill", name]
            subprocess.run(filling, check=True)
            with opened(Path(name)) as (config, store):
                measure(store, config, cases, asked)


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Config, Store]]:
    """Lend the config and the store of a folder, made if they are not there."""
    (folder / "config.toml").write_text(CONFIG)
    config = read_config(folder / "config.toml")
    with open_store(config.store) as store:
        yield config, store


def measure(store: Store, config: Config, cases: int, asked: argparse.Namespace) -> None:
    """Judge them again and again, and print how long that takes."""
    spent, decisions = [], 0
    for _ in range(asked.times):
        begun = time.process_time()
        decisions = decide(store, config)
        spent.append(time.process_time() - begun)
    took = statistics.median(spent)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"{cases} cases of {asked.events} events: {took:.2f} s, {cases / took:.0f} cases a second, "
        f"{decisions} decisions, {peak:.0f} MB at most\n"
    )
    if asked.profile:
        profile = cProfile.Profile()
        profile.runcall(decide, store, config)
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)


if __name__ == "__main__":
    main()
