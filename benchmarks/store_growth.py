"""How much the store grows: with the runs, with what happens, and with a source that is out of reach every night.

On the data in `examples/`, which are some weeks of a job search. Each row is one store; bytes are those of its file.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))

import story

from followup_rules.config.read import read_config
from followup_rules.store.store import open_store
from followup_rules.tick.run import run

FIRST, LAST = story.expected()[0][0], story.expected()[-1][0]
IDLE = 300
"""Runs with nothing new, five minutes apart."""


def main() -> None:
    """Measure, and print one table a question."""
    weeks = (LAST - FIRST) / timedelta(days=7)
    print(f"{weeks:.1f} weeks of examples/       runs  journal  events  bytes     a year")
    for name, step in (
        ("daily", timedelta(days=1)),
        ("every 6 hours", timedelta(hours=6)),
        ("hourly", timedelta(hours=1)),
    ):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            store, runs = lived(folder, step)
            lines, events, size = measured(store)
            print(f"{name:25} {runs:5} {lines:8} {events:7} {size:8} {lines * 52 / weeks:6.0f} lines")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        store, _ = lived(folder, timedelta(days=1))
        idle(folder, store)
        nights(folder, store)


def idle(folder: Path, store: Path) -> None:
    """Run where nothing happens, and print what each hundred runs add."""
    tick(folder, LAST)
    for done in range(IDLE + 1):
        if done % 100 == 0:
            lines, _, size = measured(store)
            print(f"{done:4} idle runs, 5 minutes apart      {lines:8}         {size:8}")
        tick(folder, LAST + timedelta(minutes=5 * done))


def nights(folder: Path, store: Path) -> None:
    """Have the sent mail out of reach every night of half a year, and print what the journal holds every month."""
    sent = folder / "examples" / "sent"
    for day in range(1, 181):
        evening = LAST + timedelta(days=day)
        sent.rename(sent.with_name("away"))
        tick(folder, evening)
        sent.with_name("away").rename(sent)
        tick(folder, evening + timedelta(hours=8))
        if day % 30 == 0:
            lines, _, size = measured(store)
            print(f"{day:4} nights without the sent mail    {lines:8}         {size:8}")


def lived(folder: Path, step: timedelta) -> tuple[Path, int]:
    """Play the story with a run at each step; return its store, and how many runs it was."""
    story.set_up(folder)
    moment, runs = FIRST, 0
    while moment <= LAST:
        story.turn_to(folder, moment)
        tick(folder, moment)
        moment, runs = moment + step, runs + 1
    return read_config(folder / "config.toml").store, runs


def tick(folder: Path, now: datetime) -> None:
    """Run once."""
    config = read_config(folder / "config.toml")
    with open_store(config.store) as store:
        run(config, store, now)


def measured(store: Path) -> tuple[int, int, int]:
    """Return the lines of the journal, the events, and the size of the file."""
    with closing(sqlite3.connect(store)) as opened:
        (lines,), (events,) = (
            opened.execute(f"select count(*) from {table}").fetchone() for table in ("journal", "event")
        )
    return lines, events, store.stat().st_size


if __name__ == "__main__":
    main()
