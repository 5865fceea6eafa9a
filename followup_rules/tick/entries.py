"""What the entries of a pull become: notes under the ids that they had, dates read, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.config.configured import ConfiguredSource
from followup_rules.language.tags import Tags
from followup_rules.model import KIND_END, BadItem, Event, Problem, Pull
from followup_rules.sentences import Sentence, as_sentence
from followup_rules.store.events import lies_in
from followup_rules.tick.report import Given

MOST_TOLD = 100
"""How many entries of one pull are named that cannot be read."""

WITHOUT_HASH = Sentence("this note has no tag, and begins with the name of one")
_MEND = Sentence("mend it there, or leave it: everything else was read")
_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d+)(?:: (?P<title>.*))?", re.DOTALL)


class Fault(Struct, frozen=True):
    """What is wrong with an entry."""

    known: str
    """The same as long as the entry is the same, on whichever line it stands."""
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
    events, bad, faults = _settled(source, found, bad, pull.unread, given)
    faults = [*_unread(source, bad, given), *faults]
    return Entries(
        replace(pull, events=[*events, *bad]),
        [clean(event, given.config.rulebook.directory) for event in events],
        sorted(faults, key=lambda fault: (fault.problem.file, fault.problem.line, fault.problem.column)),
    )


def _settled(
    source: ConfiguredSource, events: list[Event], bad: list[BadItem], unread: Sequence[BadItem], given: Given
) -> tuple[list[Event], list[BadItem], list[Fault]]:
    """Return the events, the notes among them as the notes that they were before and with their values read."""
    notes = [event for event in events if event.kind == "note"]
    if not notes and not (bad and "note" in source.emits):
        return events, bad, []
    from followup_rules.engine.same_notes import keep, settle  # noqa: PLC0415 -- only where notes have changed

    others = {each.name for each in given.config.sources} - {source.name}
    known, taken = given.store.events.notes(source.name, others)
    # What lies in a file that cannot be read now has not become another note.
    known = [note for note in known if not lies_in(note, unread)]
    settled = settle(notes, known, taken, given.config.profile.timezone)
    with_values, faults = [], []
    for note in settled:
        event, wrong = _with_values(source, note, given)
        with_values.append(event)
        faults += [*_unknown_tags(source, event, given), *_without_hash(source, event, given), *wrong]
    return [*(event for event in events if event.kind != "note"), *with_values], keep(bad, settled, known), faults


def _with_values(source: ConfiguredSource, note: Event, given: Given) -> tuple[Event, list[Fault]]:
    from followup_rules.engine.note_values import read_values  # noqa: PLC0415 -- only where notes have changed

    event, misread = read_values(note, given.config.rulebook.keys, given.config.profile.timezone)
    faults = []
    for each in misread:
        problem = problem_at(source, BadItem(note.where, each.message, "", note.source_line, each.written), given)
        problem = replace(problem, hint=each.hint or _MEND, warning=each.warning)
        faults.append(Fault(f"{note.id} {each.message}", problem))
    return event, faults


def _unread(source: ConfiguredSource, bad: Iterable[BadItem], given: Given) -> Iterator[Fault]:
    distinct = sorted({replace(item, id="") for item in bad}, key=lambda item: (item.where, item.message, item.marked))
    for item in distinct[:MOST_TOLD]:
        # Lines move when another is put in above; what is told of them is told once nevertheless.
        place = item.where.rpartition(":")[0] if item.source_line else item.where
        yield Fault(f"{place} {item.source_line} {item.message}", problem_at(source, item, given))
    if distinct[MOST_TOLD:]:
        more = len(distinct) - MOST_TOLD
        message = Sentence("{number} more like these", "{number} more like these", number=more)
        yield Fault(message, Problem(f"sources.{source.name}", message, Code.UNREADABLE_ENTRY, hint=_MEND))


def _unknown_tags(source: ConfiguredSource, note: Event, given: Given) -> Iterator[Fault]:
    known = given.config.rulebook.rules.world.tags
    for tag in note.tags:
        if not known.known(tag):
            message = Sentence("no rule knows the tag #{tag}", tag=tag)
            problem = problem_at(source, BadItem(note.where, message, "", note.source_line, f"#{tag}"), given)
            problem = replace(problem, code=Code.UNKNOWN_TAG, hint=known.nearest(tag), warning=True)
            yield Fault(f"{note.id} {message}", problem)


def _without_hash(source: ConfiguredSource, note: Event, given: Given) -> Iterator[Fault]:
    word = tag_without_hash(note, given.config.rulebook.rules.world.tags)
    if not word:
        return
    hint = Sentence('did you mean "{word}"?', word=f"#{word.lower()}")
    problem = problem_at(source, BadItem(note.where, WITHOUT_HASH, "", note.source_line, word, hint), given)
    yield Fault(f"{note.id} {WITHOUT_HASH}", replace(problem, code=Code.UNKNOWN_TAG, warning=True))


def tag_without_hash(note: Event, known: Tags) -> str:
    """Return the tag's name with which an untagged note begins, as no prose does: in small letters or with dates."""
    word = note.title.partition(" ")[0]
    small = word.islower() or any(isinstance(value, datetime) for value in note.data.values())
    return word if not note.tags and small and word.isascii() and known.known(word.lower()) else ""


def misplaced(given: Given) -> list[Fault]:
    """Return the headings that say of no note where it belongs, each at the first of its notes."""
    store = given.store
    notes = [(store.events.event(name), sentence) for name, sentence in store.places.misplaced()]
    there = [(note, sentence) for note, sentence in notes if note is not None and note.gone is None]
    first = {(note.heading, sentence): note for note, sentence in sorted(there, key=_from_below)}
    return [_heading_fault(note, sentence, given) for (_, sentence), note in first.items()]


def slips(news: Iterable[str], given: Given) -> list[Fault]:
    """Return the new notes whose heading has an address that nearly is a known one."""
    changed = given.store.events.events(name for name in news if name.startswith(f"note{KIND_END}"))
    named = {person.address for note in changed for person in note.people}
    strange = named - given.store.events.known(named) if named else set()
    notes = [
        note
        for note in changed
        if note.gone is None and (note.domain or any(person.address in strange for person in note.people))
    ]
    if not notes:
        return []
    from followup_rules.engine.near_headings import slip  # noqa: PLC0415 -- only where notes have changed

    known = given.store.events.addresses() | given.config.profile.me
    free_mail = given.config.rulebook.directory.free_mail
    faults: dict[str, Fault] = {}
    for note in sorted(notes, key=lambda note: _from_below((note, ""))):
        if found := slip(note, known, free_mail):
            written, meant = found
            sentence = Sentence(
                "the heading's {written} is nearly {meant}, with whom you had to do; is it a slip?",
                written=written,
                meant=meant,
            )
            hint = Sentence('did you mean "{meant}"?', meant=meant)
            faults[sentence] = _heading_fault(note, sentence, given, hint, written)  # of several notes, the first
    return [*faults.values()]


def _from_below(found: tuple[Event, str]) -> tuple[str, int]:
    """Sort by file, and by line from the last one up."""
    place = _PLACE.fullmatch(found[0].where)
    return (place["file"], -int(place["line"])) if place else (found[0].where, 0)


def _heading_fault(note: Event, sentence: str, given: Given, hint: str = "", written: str = "") -> Fault:
    """Return what is wrong with a heading, at its own line if that is known; with a hint it is a question."""
    item = BadItem(note.where, sentence)
    if line := note.heading_line:
        item = BadItem(line.where, sentence, "", line.text, written or note.heading, hint)
    listing = given.store.events.sources_of(note.identity)
    source = next((each for each in given.config.sources if each.name in listing), None)
    problem = problem_at(source, item, given)
    problem = replace(problem, where="notes", code=Code.NO_CASE, hint=hint, warning=bool(hint))
    return Fault(f"{note.id} {sentence}", problem)


def _file(path: Path, name: str) -> Path:
    """Return the file that a source calls by a name: its only one, or one in its folder, which may be named, too."""
    if name.startswith(f"{path.name}/"):
        return path.parent / name
    return path if path.name == name else path / name


def problem_at(source: ConfiguredSource | None, item: BadItem, given: Given) -> Problem:
    """Return what to tell of an entry, with the place marked in its line."""
    file, number, message = _place(source, item, given)
    line = item.source_line if number else ""
    marked = item.marked if item.marked and item.marked in line else line.strip()
    return Problem(
        f"sources.{source.name}" if source else "",
        message,
        Code.UNREADABLE_ENTRY,
        file=file,
        line=number,
        column=line.find(marked) + 1 if line else 0,
        source_line=line,
        length=max(1, len(marked)),
        hint=item.hint or _MEND,
    )


def _place(source: ConfiguredSource | None, item: BadItem, given: Given) -> tuple[str, int, str]:
    """Return the file as the config writes it, the line, and the message; a place without a line begins it."""
    found = _PLACE.fullmatch(item.where)
    if not found:
        return "", 0, Sentence("{place}: {text}", place=item.where, text=as_sentence(item.message))
    titled = Sentence("{place}: {text}", place=found["title"], text=as_sentence(item.message))
    message = titled if found["title"] else item.message
    path = getattr(source.options, "path", None) if source else None
    if not isinstance(path, Path):
        return found["file"], int(found["line"]), message
    file = _file(path, found["file"])
    base = given.config.file.parent
    shown = file.relative_to(base) if file.is_relative_to(base) else file
    return str(shown), int(found["line"]), message
