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
    print(f"{weeks:.1f} weeks of examples/                runs  journal      bytes  a year")
    for name, step in (("daily", 24), ("every 6 hours", 6), ("hourly", 1)):
        with tempfile.TemporaryDirectory() as place:
            halves = lived(Path(place), timedelta(hours=step))
            for part, (runs, lines, size) in zip(("half of it", "all of it"), halves, strict=True):
                print(f"{name + ', ' + part:34} {runs:5} {lines:8} {size:10}")
            (_, few, small), (_, many, big) = halves
            print(f"{'':61} {(many - few) * 104 / weeks:.0f} lines, {(big - small) * 104 / weeks / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        lived(folder, timedelta(days=1))
        idle(folder, store_of(folder))
        nights(folder, store_of(folder))


def idle(folder: Path, store: Path) -> None:
    """Run where nothing happens, and print what each hundred runs add."""
    tick(folder, LAST)
    for done in range(IDLE + 1):
        if done % 100 == 0:
            lines, size = measured(store)
            print(f"{f'{done} idle runs, 5 minutes apart':40} {lines:8} {size:10}")
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
            lines, size = measured(store)
            print(f"{f'{day} nights without the sent mail':40} {lines:8} {size:10}")


def lived(folder: Path, step: timedelta) -> list[tuple[int, int, int]]:
    """Play the story with a run at each step; return runs, lines and bytes, half-way and at the end."""
    story.set_up(folder)
    moment, runs, found = FIRST, 0, []
    for end in (FIRST + (LAST - FIRST) / 2, LAST):
        while moment <= end:
            story.turn_to(folder, moment)
            tick(folder, moment)
            moment, runs = moment + step, runs + 1
        found.append((runs, *measured(store_of(folder))))
    return found


def store_of(folder: Path) -> Path:
    """Return the store that the config names."""
    return read_config(folder / "config.toml").store


def tick(folder: Path, now: datetime) -> None:
    """Run once."""
    config = read_config(folder / "config.toml")
    with open_store(config.store) as store:
        run(config, store, now)


def measured(store: Path) -> tuple[int, int]:
    """Return how many lines the journal has, and the size of the file."""
    with closing(sqlite3.connect(store)) as opened:
        (lines,) = opened.execute("select count(*) from journal").fetchone()
    return lines, store.stat().st_size


if __name__ == "__main__":
    main()
