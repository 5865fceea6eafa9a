"""How the time of a command grows with the size of a life: once per axis, for a first run and for what follows it.

    python benchmarks/growth.py [AXIS...] [--sizes 100,200,400]

An axis is what there is more and more of: employers, interviews of one employer, mails of one person, notes about one
case, promises to one person. For each size the whole `followup` plays: files are read, and a store is written. Printed
are seconds of the processor (the machine may be shared), and the growth exponent between the two largest sizes: 1 is
linear, 2 quadratic.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
CONFIG = """packs = ["interview"]
[profile]
me = ["me@example.org"]
name = "Camille"
timezone = "America/Toronto"
holidays = "CA-QC"
language = "en"
lookback = "3000 days"
[sources.calendar]
plugin = "ics"
path = "calendar.ics"
[sources.sent]
plugin = "mailbox"
path = "all.mbox"
[sources.notes]
plugin = "notes"
path = "notes.md"
[outputs.drafts]
plugin = "eml"
path = "out/drafts"
[outputs.tasks]
plugin = "todotxt"
path = "out/todo.txt"
[store]
path = "out/followup.db"
"""

Life = tuple[list[tuple[str, datetime]], list[tuple[str, datetime]], list[str]]
"""Interviews (whose, when), mails of mine (to whom, when), and lines of the notes."""


def person(number: int) -> str:
    """Return the address of a person at an employer of their own."""
    return f"julie@employer{number}.example"


def _days(count: int) -> Iterator[datetime]:
    """Yield instants, one a day, the latest a week ago."""
    yield from (NOW - timedelta(days=7 + count - number) for number in range(count))


def employers(count: int) -> Life:
    """Return one interview and one mail of thanks at each of many employers."""
    when = [NOW - timedelta(hours=4 + number) for number in range(count)]
    meetings = [(person(number), at) for number, at in enumerate(when)]
    return meetings, [(whom, at + timedelta(hours=2)) for whom, at in meetings[::2]], []


def interviews(count: int) -> Life:
    """Return many interviews at one employer, a day apart."""
    return [(person(0), at) for at in _days(count)], [], []


def mails(count: int) -> Life:
    """Return many mails to one interviewer."""
    start = NOW - timedelta(days=8)
    return [(person(0), start)], [(person(0), start + timedelta(minutes=90 + number)) for number in range(count)], []


def notes(count: int) -> Life:
    """Return many notes about one employer."""
    start = NOW - timedelta(days=8)
    lines = [
        f"- {_stamp(start + timedelta(minutes=90 + number))} #issue The lift, number {number}"
        for number in range(count)
    ]
    return [(person(0), start)], [], [f"## {person(0)}", *lines]


def promises(count: int) -> Life:
    """Return many promises made to one person, each to be kept by a draft."""
    start = NOW - timedelta(days=8)
    lines = [
        f"- {_stamp(start + timedelta(minutes=90 + number))} #promise Plan {number} of the lift"
        for number in range(count)
    ]
    return [(person(0), start)], [], [f"## {person(0)}", *lines]


AXES: dict[str, Callable[[int], Life]] = {
    made.__name__: made for made in (employers, interviews, mails, notes, promises)
}


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def write(life: Life, folder: Path) -> None:
    """Write a life into a folder, as files that a person would have."""
    meetings, sent, lines = life
    folder.joinpath("config.toml").write_text(CONFIG)
    entries = [
        f"BEGIN:VEVENT\nUID:u{number}@x\nDTSTAMP:20200101T000000Z\nSUMMARY:Interview {number}\n"
        f"DTSTART:{at:%Y%m%dT%H%M%SZ}\nDTEND:{at + timedelta(hours=1):%Y%m%dT%H%M%SZ}\n"
        f"ORGANIZER:mailto:{whom}\nATTENDEE;PARTSTAT=ACCEPTED:mailto:me@example.org\nEND:VEVENT\n"
        for number, (whom, at) in enumerate(meetings)
    ]
    calendar = "".join(["BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//growth//\n", *entries, "END:VCALENDAR\n"])
    folder.joinpath("calendar.ics").write_text(calendar.replace("\n", "\r\n"), newline="")
    folder.joinpath("all.mbox").write_bytes(
        b"".join(_mail(number, *one) for number, one in enumerate(sent)) or _mail(0, "x@y.example", NOW)
    )
    folder.joinpath("notes.md").write_text("\n".join([*lines, ""]))


def _mail(number: int, whom: str, at: datetime) -> bytes:
    return (
        f"From me@example.org {at:%a %b %d %H:%M:%S %Y}\nFrom: Camille <me@example.org>\nTo: {whom}\n"
        f"Subject: Thank you, part {number}\nDate: {format_datetime(at)}\nMessage-ID: <{number}@x.example>\n\n"
        "Thank you for the talk.\n\n"
    ).encode()


def seconds(folder: Path, *command: str) -> float:
    """Return the seconds of the processor that a command takes, children included."""
    whole = [sys.executable, "-m", "followup_rules", "--config", str(folder / "config.toml"), *command, "--json"]
    before = os.times()
    subprocess.run(
        [*whole, "--now", NOW.isoformat()], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def measure(axis: str, size: int) -> dict[str, float]:
    """Return the seconds of each command over a life of that size."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(AXES[axis](size), folder)
        took = {"first run": seconds(folder, "run"), "idle run": seconds(folder, "run")}
        with (folder / "all.mbox").open("ab") as file:
            file.write(_mail(9_999_999, person(0), NOW - timedelta(minutes=5)))
        took["one new mail"] = seconds(folder, "run")
        took["explain"] = seconds(folder, "explain", "employer0.example")
        took["plan"] = seconds(folder, "plan")
        return took


def main() -> None:
    """Measure, and print a line for each axis and command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("axes", nargs="*", metavar="AXIS", help=", ".join(AXES))
    parser.add_argument("--sizes", default="250,500,1000")
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    for axis in given.axes or AXES:
        tables = [measure(axis, size) for size in sizes]
        for command in tables[0]:
            took = [table[command] for table in tables]
            rest = [max(one - 0.35, 0.01) for one in took]  # what Python itself takes to begin says nothing of growth
            exponent = math.log(rest[-1] / rest[-2]) / math.log(sizes[-1] / sizes[-2])
            shown = "  ".join(f"{size}: {one:6.2f} s" for size, one in zip(sizes, took, strict=True))
            sys.stdout.write(f"{axis:10}  {command:12}  {shown}  exponent {exponent:4.2f}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
