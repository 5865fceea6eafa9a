"""The actions of one duty, each of which lives on its own: how it is known, and what tells that it ended. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.engine.lookup import Reports
from followup_rules.language.schema import Do, Rule
from followup_rules.language.tags import DISMISSED, DONE, Tags
from followup_rules.model import NOTICE, Event, Report

Counts: TypeAlias = Callable[[Event], bool]
# A key ends with a day, so what stands behind that is of a part, whatever the id in the key holds.
_OF_PART = re.compile(r"(?P<key>\S+@\d{4}-\d\d-\d\d)#(?P<part>[\w-]+)")


class Part(Struct, frozen=True):
    """One of the actions that a rule's `do` asks for."""

    do: Do
    name: str
    """`KEY#ID` where its table gives an id, wherever it stands; else `KEY` of the first, `KEY#2` and so on."""
    key: str
    """Under which it is made if nothing else is known: `KEY` of the first, else its name."""

    def reports(self, reports: Reports) -> list[Event]:
        """Return the events that tell what became of it; of another type of action under its key they tell nothing."""
        found = reports.of({self.name, self.key})
        return [event for event in found if event.report and event.report.type in ("", self.do.type)]


def of_part(name: str) -> tuple[str, str]:
    """Return the key of a duty and the part of it that a note names, such as `2` or an id; the name and "" if none."""
    found = _OF_PART.fullmatch(name)
    return (found["key"], found["part"]) if found else (name, "")


def with_part(word: str, part: str) -> str:
    """Return a key, or another word for a duty, with the action of it that is meant, if one is."""
    return f"{word}#{part}" if part else word


def name_of_part(key: str, part: str) -> str:
    """Return the name of the action that people call `KEY#1`, `KEY#2` or `KEY#ID`."""
    return key if part == "1" else f"{key}#{part}"


def part_of(key: str, name: str) -> str:
    """Return what people call an action of the duty with a key, `1`, `2` or its id: the inverse of `name_of_part`."""
    return name.removeprefix(f"{key}#") if name != key else "1"


def names_of_parts(rule: Rule, key: str) -> list[str]:
    """Return how the actions of a duty may be called: `KEY#1`, `KEY#2`, or `KEY#ID`."""
    return [f"{key}#1" if part.name == key else part.name for part in parts(rule, key)]


def ordered_of_parts(orders: Iterable[Event], named: Callable[[Event], str], tags: Tags) -> Iterator[Event]:
    """Yield what notes with `#done for:KEY#2` or `#dismissed` tell of one action, as an output would report it."""
    for note in orders:
        key, part = of_part(named(note))
        given = tags.of(note.tags) & {DONE, DISMISSED} if part else ()
        if given:
            report = Report(key=name_of_part(key, part), rule=key.partition("/")[0])
            yield replace(note, kind="done" if DONE in given else "dismissed", report=report)


def parts(rule: Rule, key: str) -> tuple[Part, ...]:
    """Return the actions of the duty with a key, in the order of the rule."""
    found = []
    for number, do in enumerate(rule.do, 1):
        place = key if number == 1 else f"{key}#{number}"
        name = f"{key}#{do.id}" if do.id else place
        found.append(Part(do, name, key if number == 1 else name))
    return tuple(found)


def to_end(of: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return the actions of a duty that must end for it to be done; a notice beside others is said, no more."""
    return tuple(part for part in of if part.do.type != NOTICE) or of


def ended(of: tuple[Part, ...], reports: Reports, counts: Counts = lambda _: True) -> tuple[str, ...]:
    """Return the names of those actions of a duty of which events that count tell that they ended."""
    return tuple(part.name for part in of if any(map(counts, part.reports(reports))))


def all_reported(of: tuple[Part, ...], reports: Reports, counts: Counts) -> bool:
    """Tell whether events that count tell of each action of a duty that it ended."""
    gone = ended(of, reports, counts)
    return bool(gone) and all(part.name in gone for part in to_end(of))
