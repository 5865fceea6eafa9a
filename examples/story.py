"""The story of `examples/` as it stood at an instant: what had been booked, sent and noted by then."""

from __future__ import annotations

import email.utils
import re
import shutil
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

EXAMPLES = Path(__file__).parent
ZONE = ZoneInfo("America/Toronto")
CASES = {"Marc": "marc.tremblay@gmail.com", "unconfirmed": "7c1f0d52-6e2b-4c1b-9b0e-3f6f2f9f7a11"}
"""The short names that the tables in README.md use for two of the cases."""

_EVENT = re.compile(r"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", re.DOTALL)
_CREATED = re.compile(r"^CREATED:(\d{8}T\d{6}Z)", re.MULTILINE)
_NOTE = re.compile(r"- (?:\[.\] )?(\d{4}-\d\d-\d\d(?: \d\d:\d\d)?)")


def set_up(folder: Path) -> Path:
    """Make the folder of a person who is about to begin; return their config."""
    config = folder / "config.toml"
    config.write_bytes((EXAMPLES.parent / "config.example.toml").read_bytes())
    (folder / "examples" / "sent").mkdir(parents=True)
    return config


def turn_to(folder: Path, now: datetime) -> None:
    """Let the folder hold what had been booked, sent and noted by then."""
    data = folder / "examples"
    calendar = (EXAMPLES / "calendar.ics").read_bytes().decode()
    (data / "calendar.ics").write_text(
        _EVENT.sub(lambda e: e[0] if _created(e[0]) <= now else "", calendar), newline=""
    )
    notes = (EXAMPLES / "notes.md").read_text(encoding="utf-8").splitlines(keepends=True)
    (data / "notes.md").write_text("".join(line for line in notes if _noted(line) <= now), encoding="utf-8")
    for mail in sorted((EXAMPLES / "sent").glob("*.eml")):
        if _sent(mail) <= now:
            shutil.copy2(mail, data / "sent")


def _created(event: str) -> datetime:
    stamp = _CREATED.search(event)
    assert stamp, f"an event without CREATED: {event}"
    return datetime.strptime(stamp[1], "%Y%m%dT%H%M%S%z")


def _noted(line: str) -> datetime:
    stamp = _NOTE.match(line)
    return datetime.fromisoformat(stamp[1]).replace(tzinfo=ZONE) if stamp else datetime.min.replace(tzinfo=ZONE)


def _sent(mail: Path) -> datetime:
    line = next(
        line for line in mail.read_text(encoding="utf-8", errors="replace").splitlines() if line.startswith("Date:")
    )
    return email.utils.parsedate_to_datetime(line.removeprefix("Date:").strip())


def expected() -> list[tuple[datetime, list[str], list[str]]]:
    """Return, from the table in README.md, each instant with what is new and what is withdrawn then."""
    ticks: list[tuple[datetime, list[str], list[str]]] = []
    table = (EXAMPLES / "README.md").read_text(encoding="utf-8").partition("## What is owed, and when")[2]
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) < 6 or (cells[1] and not cells[1].isdecimal()):
            continue
        if cells[1]:
            ticks.append((datetime.fromisoformat(cells[2]), [], []))
        if ticks:
            ticks[-1][1].extend([cells[3]] if cells[3] else [])
            ticks[-1][2].extend([cells[4]] if cells[4] else [])
    return ticks
