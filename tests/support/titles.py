"""What the pack makes of the titles of calendar entries, and of what is written after a meeting.

It acts on an entry, asks about it, or does nothing; a mail to those whom one met thanks them, or does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from followup_rules.config.read import read_config
from followup_rules.engine.assign_cases import clean
from followup_rules.engine.evaluate import EvaluationContext, evaluate
from followup_rules.engine.sight import Sight
from followup_rules.model import Case, Event, Person
from tests.support.caselab import at

FOLDER = Path(__file__).parents[1] / "packs/titles"
ACTS, ASKS, NOTHING = "acts", "asks", "nothing"
_CONFIG = """packs = ["interview"]
[profile]
me = ["me@example.org"]
my_domains = ["myjob.example"]
timezone = "America/Toronto"
[outputs.drafts]
plugin = "eml"
path = "drafts"
[outputs.tasks]
plugin = "todotxt"
path = "todo.txt"
"""
_THEM, _COLLEAGUE = Person("priya@northwind.example"), Person("marie@myjob.example")
_ME, _SERVICE = Person("me@example.org"), Person("no-reply@calendly.com")
_WHO = {
    "guest": {"people": (_THEM,), "organizer": _THEM},
    "service": {"people": (_THEM,), "organizer": _SERVICE},
    "typed": {},
    "mine": {"people": (_THEM,), "organizer": _ME, "status": "mine"},
    "team": {"people": (_COLLEAGUE,), "organizer": _COLLEAGUE},
}


class Entry(Struct, frozen=True):
    """A title, and who stands in the entry: a key of `_WHO`."""

    who: str
    title: str


def entries(name: str) -> Iterator[Entry]:
    """Read one of the lists."""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            who, _, title = line.partition("|")
            yield Entry(who.strip(), title.strip())


def verdict(entry: Entry) -> str:
    """Tell what the pack does with an entry of this title."""
    states = _states("2026-11-17 10:00", _meeting(entry))
    return ACTS if "thank-you" in states else ASKS if "confirm-interview" in states else NOTHING


def thanks(text: str, title: str = "Monday") -> bool:
    """Tell whether a mail to whom one met thanks them for it."""
    written = at("2026-11-18 18:00")
    mail = Event(id="m1", kind="sent", start=written, end=written, title=title, text=text, people=(_THEM,))
    states = _states("2026-11-18 19:00", _meeting(Entry("guest", "Interview")), mail)
    return states["thank-you"] == "done"


def _meeting(entry: Entry) -> Event:
    start = at("2026-11-18 10:00")
    return Event(id="u1", kind="meeting", start=start, end=start + timedelta(hours=1), title=entry.title,
                 **_WHO[entry.who])  # fmt: skip


def _states(now: str, *events: Event) -> dict[str, str]:
    book = _book()
    home = tuple(clean(event, book.directory) for event in events)
    context = EvaluationContext(at(now), at("2026-11-01 10:00"), timedelta(days=30),
                                Sight(frozenset({"meeting", "sent", "received"})))  # fmt: skip
    return {decision.rule: decision.state for decision in evaluate(Case(key="u1", home=home), book.rules, {}, context)}


def score(name: str) -> Counter[str]:
    """Count the verdicts of a list."""
    return Counter(verdict(entry) for entry in entries(name))


@cache
def _book():
    with TemporaryDirectory() as folder:
        file = Path(folder, "config.toml")
        file.write_text(_CONFIG, encoding="utf-8")
        config = read_config(file)
        assert not config.rulebook.problems, config.rulebook.problems
        return config.rulebook
