"""What the entries of a pull become: notes under the ids that they had, dates read, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from followup_rules.codes import Code
from followup_rules.config.configured import ConfiguredSource
from followup_rules.model import BadItem, Event, Problem, Pull
from followup_rules.tick.report import Given

MOST_TOLD = 100
"""How many entries of one pull are named that cannot be read."""

_PLACE = re.compile(r"(?P<file>.+):(?P<line>\d+)", re.DOTALL)


class Fault(Struct, frozen=True):
    """What is wrong with an entry; `known` is the same as long as the entry is the same, on whichever line it stands."""

    known: str
    problem: Problem


class Entries(Struct, frozen=True):
    """The events of a pull as they are kept, and its faults."""

    pull: Pull
    events: list[Event]
    faults: list[Fault]


def entries(source: ConfiguredSource, pull: Pull, given: Given) -> Entries:
    """Return what a pull shows, as it is kept."""
    if not pull.events and not pull.complete:
        return Entries(pull, [], [])
    from followup_rules.engine.assign_cases import clean  # noqa: PLC0415 -- most pulls bring nothing new

    found = [item for item in pull.events if isinstance(item, Event)]
    bad = [item for item in pull.events if isinstance(item, BadItem)]
    events, bad, faults = _settled(source, found, bad, pull, given)
    faults = [*_unread(source, bad, given), *faults]
    kept = Pull(
        events=[*events, *bad], removed=pull.removed, cursor=pull.cursor, complete=pull.complete, left=pull.left
    )
    return Entries(kept, [clean(event, given.config.rulebook.directory) for event in events], faults)


def _settled(
    source: ConfiguredSource, found: list[Event], bad: list[BadItem], pull: Pull, given: Given
) -> tuple[list[Event], list[BadItem], list[Fault]]:
    """Return the events, the notes among them as the notes that they were before and with their values read."""
    notes = [event for event in found if event.kind == "note"]
    if not notes and not bad:
        return found, bad, []
    from followup_rules.engine.same_notes import keep, settle  # noqa: PLC0415 -- only where notes have changed

    others = {each.name for each in given.config.sources} - {source.name}
    known, taken = given.store.events.notes(source.name, others)
    settled = settle(notes, known, taken)
    read = {note.id for note in settled}
    missing = [note for note in known if note.gone is None and note.id not in read] if pull.complete else []
    with_values, faults = [], []
    for note in settled:
        event, wrong = _with_values(source, note, given)
        with_values.append(event)
        faults += [*_unknown_tags(source, event, given), *wrong]
    return [*(event for event in found if event.kind != "note"), *with_values], keep(bad, missing), faults


def _with_values(source: ConfiguredSource, note: Event, given: Given) -> tuple[Event, list[Fault]]:
    from followup_rules.engine.note_values import read_values  # noqa: PLC0415 -- only where notes have changed

    event, misread = read_values(note, given.config.rulebook.keys, given.config.profile.timezone)
    faults = []
    for each in misread:
        line = (note.where, note.source_line, each.written)
        hint = each.hint or "mend it there, or leave it: everything else was read"
        problem = _problem(source, *line, each.message, Code.UNREADABLE_ENTRY, hint, given, warning=each.warning)
        faults.append(Fault(f"{note.id} {each.message}", problem))
    return event, faults


def _unread(source: ConfiguredSource, bad: Iterable[BadItem], given: Given) -> Iterator[Fault]:
    hint = "mend it there, or leave it: everything else was read"
    distinct = sorted({(item.where, item.message, item.source_line, item.marked) for item in bad})
    for where, message, line, marked in distinct[:MOST_TOLD]:
        problem = _problem(source, where, line, marked, message, Code.UNREADABLE_ENTRY, hint, given)
        # Lines move when another is put in above; what is told of them is told once nevertheless.
        file = where.rpartition(":")[0] if line else where
        yield Fault(f"{file} {line} {message}", problem)
    if distinct[MOST_TOLD:]:
        message = f"{len(distinct) - MOST_TOLD} more like these"
        yield Fault(message, Problem(f"sources.{source.name}", message, Code.UNREADABLE_ENTRY, hint=hint))


def _unknown_tags(source: ConfiguredSource, note: Event, given: Given) -> Iterator[Fault]:
    known = given.config.rulebook.rules.tags
    for tag in note.tags:
        if tag not in known:
            from followup_rules.toml.suggestions import expected  # noqa: PLC0415 -- only when there is a problem

            message = f"no rule knows the tag #{tag}"
            place, hint = (note.where, note.source_line, f"#{tag}"), expected(tag, known)
            problem = _problem(source, *place, message, Code.UNKNOWN_TAG, hint, given, warning=True)
            yield Fault(f"{note.id} {message}", problem)


def misplaced(given: Given) -> list[Fault]:
    """Return the notes that could not be put where their heading says."""
    store = given.store
    notes = [(store.events.event(name), sentence) for name, sentence in store.places.misplaced()]
    return [_heading_fault(note, sentence, given) for note, sentence in notes if note is not None and note.gone is None]


def slips(news: Iterable[str], given: Given) -> list[Fault]:
    """Return the new notes whose heading has an address that nearly is a known one."""
    changed = given.store.events.events(name for name in news if name.startswith("note"))
    notes = [note for note in changed if note.gone is None and (note.people or note.domain)]
    return list(_slips(notes, given)) if notes else []


def _slips(notes: Iterable[Event], given: Given) -> Iterator[Fault]:
    from followup_rules.engine.near_headings import slip  # noqa: PLC0415 -- only where notes have changed

    directory = given.config.rulebook.directory
    known = given.store.events.addresses() | given.config.profile.me
    for note in notes:
        if found := slip(note, known, directory.free_mail):
            written, meant = found
            sentence = f"the heading's {written} is nearly {meant}, with whom you had to do; is it a slip?"
            yield _heading_fault(note, sentence, given, f'did you mean "{meant}"?')


def _heading_fault(note: Event, sentence: str, given: Given, hint: str = "") -> Fault:
    """Return what is wrong with a heading; with a hint it is only a question."""
    file, line, message = _place(None, note.where, sentence, given)
    problem = Problem("notes", message, Code.NO_CASE, file=file, line=line, hint=hint, warning=bool(hint))
    return Fault(f"{note.id} {sentence}", problem)


def _problem(
    source: ConfiguredSource, where: str, line: str, marked: str, message: str, code: Code, hint: str, given: Given,
    *, warning: bool = False,
) -> Problem:  # fmt: skip
    file, number, sentence = _place(source, where, message, given)
    column = line.find(marked) + 1 if marked and number else 0
    return Problem(
        f"sources.{source.name}",
        sentence,
        code,
        file=file,
        line=number,
        column=column or (len(line) - len(line.lstrip()) + 1 if line and number else 0),
        source_line=line if number else "",
        length=len(marked) if column else max(1, len(line.strip())),
        hint=hint,
        warning=warning,
    )


def _place(source: ConfiguredSource | None, where: str, message: str, given: Given) -> tuple[str, int, str]:
    """Return the file as the config writes it, the line and the message; where there is no line, it begins the message."""
    found = _PLACE.fullmatch(where)
    if not found:
        return "", 0, f"{where}: {message}"
    path = getattr(source.options, "path", None) if source else None
    if not isinstance(path, Path):
        return found["file"], int(found["line"]), message
    file = path if path.name == found["file"] else path / found["file"]
    base = given.config.file.parent
    return str(file.relative_to(base) if file.is_relative_to(base) else file), int(found["line"]), message
