"""The events of a case as a page tells them: their kind, when, what became of them, and what a note starts or ends."""

from __future__ import annotations

from datetime import datetime

from followup_rules.cli import case_days
from followup_rules.cli import page as pages
from followup_rules.cli.casebook import CaseFile
from followup_rules.cli.page import Clause, Page
from followup_rules.cli.speech import tr
from followup_rules.model import Decision, Event, series
from followup_rules.sentences import Sentence


def titled(event: Event) -> str:
    """Return the tags and the title of an event, or what stands for a title that is missing."""
    tags = " ".join(f"#{tag}" for tag in event.tags)
    return " ".join(part for part in (tags, event.title) if part) or tr(case_days.UNTITLED)


def date_of(event: Event, now: datetime) -> str:
    """Return when an event is, absolute and relative; of a note without a time of day, its day."""
    local = event.start.astimezone(now.tzinfo)
    if event.whole_day:
        return f"{pages.on_day(local)} ({pages.relative_day(local.date(), now.date())})"
    return pages.when(local, now)


_EVENTS = {
    "meeting": Sentence("meeting"),
    "sent": Sentence("sent"),
    "received": Sentence("received"),
    "note": Sentence("note"),
    "done": Sentence("done"),
    "dismissed": Sentence("dismissed"),
}
"""What people call a kind of events; one of a plugin has the name that it gives."""
_STATUSES = {"cancelled": Sentence("cancelled"), "declined": Sentence("declined")}


def kind_of(event: Event) -> str:
    """Return what people call the kind of an event."""
    return _EVENTS.get(event.kind, event.kind)


# What mail that no person wrote is, in the words of the list of events.
_MACHINES = {
    "reply": Sentence("an automatic reply"),
    "bounce": Sentence("a bounce"),
    "receipt": Sentence("a receipt"),
    "calendar": Sentence("a calendar's answer"),
    "bulk": Sentence("a mail to many"),
    "notice": Sentence("a notice that takes no answer"),
}


def add_events(page: Page, file: CaseFile, now: datetime) -> None:
    """Add the events, a recurring meeting once: its occurrences differ by nothing but their day."""
    recurring = case_days.in_series(file)
    for event in file.events:
        found = recurring.get(series(event))
        if found is None:
            _add_event(page, event, file, now)
        elif event == found.events[0]:
            shown = found.shown(now)
            page.row(
                [f"  {tr(kind_of(event))}"], 12, [(found.sentence(now), "cyan"), date_of(shown, now), titled(shown)]
            )


def _add_event(page: Page, event: Event, file: CaseFile, now: datetime) -> None:
    planned = event.start > now and event.identity not in file.cancelled
    marks: list[Clause] = [(Sentence("planned"), "cyan")] if planned else []
    if event.identity in file.cancelled:
        off = Sentence("taken away") if event.gone else Sentence("did not take place")
        marks.append((_STATUSES.get(event.status, off), "yellow"))
    if event.auto:
        marks.append((Sentence("{what}; it counts as nobody's word", what=_MACHINES[event.auto]), "dim"))
    dimmed = "dim" if event.identity in file.cancelled else ""
    if event.kind == "note":
        marks += _note_state(event, file)
    page.row(
        [(f"  {tr(kind_of(event))}", dimmed)], 12, [*marks, (date_of(event, now), dimmed), (titled(event), dimmed)]
    )


def _note_state(note: Event, file: CaseFile) -> list[Clause]:
    """Return in a few words what becomes of a note."""
    problem = file.problems.get(note.identity, "")
    about = file.subjects.get(note.identity, frozenset())
    titles = sorted({file.named[name].title for name in about if name in file.named})
    told: list[Clause] = [(problem, "yellow")] if problem else []
    told += [(Sentence("about “{title}”", title=title), "dim") for title in titles]
    told += [
        (f"{each.rule} {tr(pages.WORDS[each.state])}", "dim") for each in (*started(note, file), *decided(note, file))
    ]
    return told


def started(note: Event, file: CaseFile) -> list[Decision]:
    """Return the duties that a note starts."""
    return [*file.starting.get(note.identity, ())]


def decided(note: Event, file: CaseFile) -> list[Decision]:
    """Return the duties that a note ends."""
    own = {each.key for each in started(note, file)}
    return [each for each in file.deciding.get(note.id, ()) if each.key not in own]
