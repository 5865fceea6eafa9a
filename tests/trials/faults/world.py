"""The world of the trials: a person's folder before a run in which everything happens at once, and what lies in it."""

from __future__ import annotations

import email
import json
import re
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.support.storybook import CONFIG, JULIE, Story

NOW = "2026-11-11 12:00"
ANNE, LUC, PAUL, RITA = "anne@gamma.ca", "luc@delta.ca", "paul@boreal.ca", "rita@epsilon.ca"
OWN_LINE = "Acheter du pain +maison"
OWN_DRAFT = "out/drafts/a-moi.eml"
SOURCES = ("calendar.ics", "notes.md", "sent")
STORE = "out/followup.db"
RULES = """
[rule.evening]
on = { every = "day at 20:00" }
do = { type = "task", title = "Regarder la journée" }

[rule.write-to-each]
on     = { kind = "meeting", title = "entrevue" }
each   = "person"
closes = "end + 9 days"
passes = ["quiet-period"]
do     = [
  { id = "card", type = "task", title = "Une carte pour {{ them|names }}" },
  { id = "mail", type = "draft", title = "Une question", text = "Bonjour {{ them|names }}" },
  { id = "said", type = "notice", title = "Pensez à {{ them|names }}" },
]

[rule.after-the-fit]
on     = { kind = "done", of = "fit" }
closes = "end + 9 days"
do     = [{ type = "task", title = "Relire {{ it.title }}" }, { type = "task", title = "Classer" }]

[rule.once-fit]
on     = { kind = "meeting", title = "entrevue" }
opens  = "fit.done + 1 minute"
closes = "end + 9 days"
do     = { type = "task", title = "Comparer" }

[guard.early]
on     = { every = "day at 05:00" }
closes = "start + 2 hours"
"""
"""Of the user's own: what recurs, a duty for each person, lists of actions, and what counts from what was done."""
_MARKER = re.compile(r"(?<!\S)fr:(\S+)")
_SEEN_WHEN = ("attempts", "retry", "ended")
"""What in a row of the ledger depends on when a run was."""
_UNSETTLED = "select count(*) from ledger where state in ('intended', 'refused')"


def build(folder: Path, config: str = CONFIG, *, hand: bool = True) -> None:
    """Make the folder: a run at NOW creates, updates and withdraws in every output, and follows the user's hand."""
    story = _story(folder, config)
    story.todo.write_text(f"{OWN_LINE}\n")
    _first_days(story)
    story.at("2026-11-10 18:00")
    if hand:
        _hand(story)
    _next_day(story)


def build_new(folder: Path) -> None:
    """Make the folder of a person who has not run the command yet; the run at NOW is the first."""
    story = _story(folder, CONFIG)
    (folder / "out").rmdir()
    _first_days(story)
    _next_day(story)


def _story(folder: Path, config: str) -> Story:
    story = Story(folder, f'rules = ["mine.toml"]\n{config}')
    (folder / "mine.toml").write_text(RULES)
    return story


def _first_days(story: Story) -> None:
    story.visit("I1", "2026-11-09 10:00")
    story.visit("I6", "2026-11-09 15:00", RITA)
    story.visit("I2", "2026-11-10 14:00", PAUL)
    story.visit("I5", "2026-11-11 08:00", LUC)
    story.visit("I4", "2026-11-12 10:00", ANNE)
    story.note("2026-11-09 16:00 #promise le frisbee", f"<{RITA}>")
    story.note("2026-11-10 08:00 #promise la recette", f"<{RITA}>")


def _hand(story: Story) -> None:
    """Edit one draft, delete another, tick a task off, and keep a draft of one's own."""
    (story.folder / OWN_DRAFT).write_text("Subject: A moi\n\nBonjour\n")
    drafts = story.folder / "out/drafts"
    edited = next(drafts.glob("thank-you-epsilon*"))
    edited.write_text(f"{edited.read_text()}\nEncore une chose.\n")
    next(drafts.glob("keep-promise*08-00*")).unlink()
    lines = story.todo.read_text().splitlines()
    done = ("fr:fit/boreal", "fr:write-to-each/I2~paul")
    ticked = [f"x 2026-11-11 {line}" if any(key in line for key in done) else line for line in lines]
    story.todo.write_text("".join(f"{line}\n" for line in ticked))


def _next_day(story: Story) -> None:
    story.note("2026-11-11 09:00 #thanked", f"<{RITA}>")
    story.note("2026-11-11 09:20 #dropped le frisbee", f"<{RITA}>")
    story.mail("2026-11-11 09:00", JULIE, "Merci pour la rencontre")
    story.note("2026-11-11 09:10 #fit bien")
    story.note("2026-11-11 09:12 #promise les donateurs")
    story.note("2026-11-11 09:14 #skill-gap Kanban")
    story.visit("I3", "2026-11-17 09:00", PAUL)
    story.visit("I4", "2026-11-12 11:30")
    story.visit("I8", "2026-11-15 10:00", who=())
    story.mail("2026-11-11 10:00", RITA, "Alors, votre decision ?")


@dataclass(frozen=True)
class State:
    """What lies in the outputs and in the store."""

    files: dict[str, bytes]
    """All that is below `out` but the store."""
    markers: Counter[str]
    """How often each action is there, in drafts and tasks."""
    told: frozenset[str]
    """The keys of the notices that count as delivered."""
    ledger: dict[tuple[str, str], Any]
    """What else is known of each action."""
    rest: dict[str, list[Any]]
    """The other tables, without what depends on when a run was."""


def state(folder: Path) -> State:
    """Read it all."""
    files = {str(path.relative_to(folder)): _content(path) for path in _outputs(folder)}
    with closing(sqlite3.connect(folder / STORE)) as store:
        rows = [json.loads(body) for (body,) in store.execute("select body from ledger")]
        rest = {name: sorted(store.execute(query).fetchall(), key=repr) for name, query in _REST.items()}
    told = frozenset(r["key"] for r in rows if r["action"]["type"] == "notice" and r["state"] == "delivered")
    ledger = {(row["key"], row["output"]): _lasting(row) for row in rows}
    return State(files, markers(folder), told, ledger, rest)


_REST = {
    "pin": "select * from pin",
    "decision": "select key, state, evidence, next, late from decision",
    "journal": 'select "case", key, state, why from journal',
    "case": 'select key, next, stale from "case"',
    "event": "select source, id, start, body, gone is null from event where source not like 'output %'",
    "hand": "select source, id, gone is null from event where source like 'output %'",
    "place": "select * from place",
}


def _lasting(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _SEEN_WHEN}


def _content(path: Path) -> bytes:
    """Return what is in a file; the order of tasks may be another one if one of them had to wait."""
    content = path.read_bytes()
    return b"\n".join(sorted(content.splitlines())) if path.name == "todo.txt" else content


def _outputs(folder: Path) -> list[Path]:
    found = sorted(path for path in (folder / "out").rglob("*") if path.is_file())
    return [path for path in found if not path.name.startswith("followup.db")]


def markers(folder: Path) -> Counter[str]:
    """Count the actions in drafts, by the hashes of their keys, and in tasks."""
    drafts = [path.read_bytes() for path in sorted((folder / "out/drafts").glob("*.eml"))]
    carried = ("".join(str(email.message_from_bytes(draft)["X-Followup-Key"]).split()) for draft in drafts)
    lists = [folder / "out/todo.txt", folder / "out/done.txt"]
    lines = "\n".join(path.read_text(errors="replace") for path in lists if path.exists())
    elsewhere = [unquote(path.stem) for path in sorted(folder.glob("out/at-*/*"))]
    return Counter([key for key in carried if key != "None"] + _MARKER.findall(lines) + elsewhere)


def settled(folder: Path) -> bool:
    """Tell whether nothing is left to be looked after or to be tried again."""
    with closing(sqlite3.connect(folder / STORE)) as store:
        return not store.execute(_UNSETTLED).fetchone()[0]


def own(folder: Path) -> dict[str, bytes]:
    """Return what belongs to the user alone."""
    places = [folder / name for name in (*SOURCES, "config.toml", OWN_DRAFT)]
    files = [file for place in places for file in (place.rglob("*") if place.is_dir() else [place])]
    todo = folder / "out/todo.txt"
    lines = todo.read_bytes().splitlines() if todo.exists() else []
    kept = b"\n".join(line for line in lines if b"fr:" not in line)
    return {**{str(file.relative_to(folder)): file.read_bytes() for file in files if file.is_file()}, "todo.txt": kept}
