"""The days of a case on a line, and its meetings with each series once: what happened, today, and what comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import groupby

from msgspec import Struct

from followup_rules.cli import page as pages
from followup_rules.cli.casebook import CaseFile
from followup_rules.cli.page import Clause
from followup_rules.cli.speech import tr
from followup_rules.model import Decision, Event, State, series
from followup_rules.sentences import Sentence

UNTITLED = Sentence("(no title)")
# So many days of the past and of what comes stand on the line: it is to be read at a glance.
_PAST, _AHEAD = 4, 5
_MEETING = "◆"


class Series(Struct, frozen=True):
    """A recurring meeting: its occurrences in the order of time, and those among them that did not take place."""

    events: tuple[Event, ...]
    off: int

    def sentence(self, now: datetime) -> Sentence:
        """Return how often it took place, and comes."""
        past = sum(event.start <= now for event in self.events)
        return Sentence(
            "recurring: {past} past, {planned} planned, {off} off",
            past=past,
            planned=len(self.events) - past,
            off=self.off,
        )

    def shown(self, now: datetime) -> Event:
        """Return the occurrence by which it is shown: the next one, else the last."""
        return next((event for event in self.events if event.start > now), self.events[-1])


def in_series(file: CaseFile) -> dict[str, Series]:
    """Return the recurring meetings of a case, by what their occurrences have in common."""
    count = Counter(series(event) for event in file.events)
    names = [name for name in count if name and count[name] > 1]
    found = {name: [event for event in file.events if series(event) == name] for name in names}
    off = {name: sum(event.identity in file.cancelled for event in events) for name, events in found.items()}
    standing = {name: [e for e in events if e.identity not in file.cancelled] for name, events in found.items()}
    return {name: Series(tuple(standing[name] or found[name]), off[name]) for name in names}


def line(file: CaseFile, now: datetime) -> list[Clause]:
    """Return the days of a case that matter now: a few that were, today, and those to come."""
    listed = sorted({*_meetings(file, now), *_duties(file, now)})
    days = {day: [what for _, what in found] for day, found in groupby(listed, key=lambda each: each[0])}
    past = [day for day in days if day < now.date()][-_PAST:]
    ahead = [day for day in days if day > now.date()][:_AHEAD]
    here = ", ".join([tr(Sentence("today")), *days.get(now.date(), [])])
    shown: list[Clause] = [(_shown(day, days[day]), "dim") for day in past]
    shown.append((here, "bold"))
    return [*shown, *(_shown(day, days[day]) for day in ahead)]


def _shown(day: date, what: Sequence[str]) -> str:
    return f"{pages.weekday(datetime.combine(day, time()))} {day:%m-%d} {', '.join(what)}"


def _meetings(file: CaseFile, now: datetime) -> Iterator[tuple[date, str]]:
    recurring = in_series(file)
    shown = {each.shown(now).identity for each in recurring.values()}
    for event in file.events:
        alone = series(event) not in recurring or event.identity in shown
        if event.kind == "meeting" and event.identity not in file.cancelled and alone:
            yield _day(event.start, now), f"{_MEETING}\xa0{event.title or tr(UNTITLED)}"


def _duties(file: CaseFile, now: datetime) -> Iterator[tuple[date, str]]:
    for decision in file.decisions:
        at = _moment(decision, file.events)
        if at and not file.said(decision):
            yield _day(at, now), f"{pages.SIGNS[decision.state][0]}\xa0{decision.rule}"


def _moment(decision: Decision, events: Iterable[Event]) -> datetime | None:
    """Return the instant that matters of a duty; None of what is over and was never done."""
    if decision.state is State.DONE:
        return next((event.start for event in events if event.id in decision.evidence), None)
    if decision.state is State.HELD:
        until = decision.reason.values.get("until")
        return until if isinstance(until, datetime) else None
    if decision.state is State.DUE:
        return decision.due or decision.opens
    return decision.opens if decision.state is State.WAITING else None


def _day(moment: datetime, now: datetime) -> date:
    return moment.astimezone(now.tzinfo).date()
