"""What a person of twenty years waits for: seconds of the processor of each command, over one store.

    python benchmarks/twenty_years.py [--events 200000] [--cases 5000]

Made up from a fixed seed are interviews, mail and notes of so many employers, spread over twenty years. Each command
is a process of its own, with what Python itself takes to begin.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import engine

from followup_rules.config.read import read_config
from followup_rules.store.store import open_store

SOURCES = """[sources.sent]
plugin = "mailbox"
path = "sent.mbox"
"""
YEARS = timedelta(days=20 * 365)


def seconds(folder: Path, *command: str) -> float:
    """Return the seconds of the processor that a command takes."""
    whole = [sys.executable, "-m", "followup_rules", "--config", str(folder / "config.toml"), *command]
    before = os.times()
    subprocess.run(
        [*whole, "--json", "--now", engine.NOW.isoformat()], check=False, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def mail(number: int) -> bytes:
    """Return a mail of mine to somebody at the first employer."""
    at = engine.NOW - timedelta(minutes=20 - number)
    return (
        f"From me@example.org {at:%a %b %d %H:%M:%S %Y}\nFrom: <me@example.org>\nTo: <person1@employer0.example>\n"
        f"Subject: A question\nDate: {format_datetime(at)}\nMessage-ID: <{number}@x.example>\n\nHello.\n\n"
    ).encode()


def main() -> None:
    """Measure, and print a line for each command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--cases", type=int, default=5_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = folder / "config.toml"
        config.write_text(engine.CONFIG + SOURCES)
        (folder / "sent.mbox").write_bytes(mail(0))
        known = read_config(config)
        with open_store(known.store) as store:
            engine.fill(store, known, asked.cases, asked.events // asked.cases, YEARS.days)
        say("first run", seconds(folder, "run"))
        say("idle run", seconds(folder, "run"))
        with (folder / "sent.mbox").open("ab") as file:
            file.write(mail(1))
        say("one new mail", seconds(folder, "run"))
        say("explain", seconds(folder, "explain", "employer0.example"))
        say("plan", seconds(folder, "plan"))
        config.write_text(f'{config.read_text()}[rule.follow-up-call]\nopens = "day + 7 days at 09:00, workday"\n')
        say("a changed rule", seconds(folder, "run"))


def say(what: str, took: float) -> None:
    """Print a line."""
    sys.stdout.write(f"{what:16}{took:8.2f} s\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
