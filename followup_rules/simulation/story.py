"""What happened in a simulation, line by line in the order of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from followup_rules.config.neutral import outputs_of
from followup_rules.config.read import Config
from followup_rules.engine.assign_cases import names_of
from followup_rules.model import Action, Event, Person, Reason, State
from followup_rules.simulation.history import Appearance, History
from followup_rules.simulation.player import Player, playing
from followup_rules.tick.run import Outcome, Report
from followup_rules.tick.sources import MARGIN


class Line(Struct, frozen=True, kw_only=True):
    """Something that happened."""

    at: datetime
    """In the user's zone."""
    what: str
    """`meeting`, `sent`, `received`, `note` or another kind of event, `gone`; or `create`, `update`, `withdraw`,
    `held`, `missed`."""
    case: str
    rule: str = ""
    """Empty for an event."""
    key: str = ""
    type: str = ""
    """Of the action."""
    title: str = ""
    people: tuple[Person, ...] = ()
    why: Reason | None = None


class Made(Struct, frozen=True, kw_only=True):
    """What became of one action."""

    key: str
    rule: str
    case: str
    at: datetime
    """When it was first made."""
    action: Action
    """As it was last."""
    withdrawn: datetime | None = None


class Story(Struct, frozen=True):
    """What happened, what was made by key, what people call the cases, and how many ticks it took."""

    lines: tuple[Line, ...]
    made: dict[str, Made]
    names: dict[str, str]
    ticks: int


def tell(config: Config, history: History, start: datetime, end: datetime) -> Story:
    """Play a history and tell what happened from one instant to another. Raises TooLong.

    The clock starts earlier, so that what was still open at the start is known and not made anew.
    """
    before = config.profile.lookback + MARGIN
    begin = max(start - before, min([start, *(each.event.start for each in history.appearances)]) - timedelta(days=1))
    with playing(config, history, outputs_of(config), begin) as player:
        reports = list(player.until(end))
        told = [line for line in _all_lines(reports, history, player) if start <= line.at <= end]
        names = names_of(player.store.entries(), config.profile.timezone)
    made = {key: each for key, each in _made(reports).items() if each.at >= start}
    return Story(tuple(sorted(told, key=lambda line: line.at)), made, names, len(reports))


def _all_lines(reports: Iterable[Report], history: History, player: Player) -> Iterator[Line]:
    for each in history.appearances:
        yield from _event(each, player)
    held: dict[str, bool] = {}
    for report in reports:
        for outcome in report.outcomes:
            yield _outcome(outcome, report.now)
        taken = {outcome.change.action.duty for outcome in report.outcomes}  # of which that it was missed is told
        for decision in (each for each in report.missed if each.key not in taken):
            yield Line(at=report.now, what="missed", case=decision.case, rule=decision.rule, key=decision.key,
                       title=decision.visit.anchor.title, why=decision.reason)  # fmt: skip
        for decision in report.decisions:
            is_held = decision.state is State.HELD
            if is_held and not held.get(decision.key):
                yield Line(at=report.now, what="held", case=decision.case, rule=decision.rule, key=decision.key,
                           title=decision.visit.anchor.title, why=decision.reason)  # fmt: skip
            held[decision.key] = is_held


def _event(each: Appearance, player: Player) -> Iterator[Line]:
    event, zone = each.event, player.config.profile.timezone
    case = next(iter(player.store.places.cases_of(event.identity)), "")

    def line(what: str, at: datetime) -> Line:
        return Line(at=at.astimezone(zone), what=what, case=case, title=_titled(event), people=event.people)

    if event.status in ("cancelled", "declined"):
        yield line(event.status, each.seen)
    else:
        yield line(event.kind, event.start)
    if each.gone:
        yield line("gone", each.gone)


def _titled(event: Event) -> str:
    return " ".join([*(f"#{tag}" for tag in event.tags if event.kind == "note"), event.title]).strip()


def _outcome(outcome: Outcome, now: datetime) -> Line:
    change = outcome.change
    reason = Reason("{why}", {"why": change.reason}) if change.reason else None
    return Line(at=now, what=change.op, case=change.action.case, rule=change.action.rule, key=change.key,
                type=change.action.type, title=change.action.title, people=change.action.to, why=reason)  # fmt: skip


def _made(reports: Iterable[Report]) -> dict[str, Made]:
    found: dict[str, Made] = {}
    for report in reports:
        for outcome in report.outcomes:
            change, action = outcome.change, outcome.change.action
            first = found[change.key].at if change.key in found else report.now
            withdrawn = report.now if change.op == "withdraw" else None
            found[change.key] = Made(key=change.key, rule=action.rule, case=action.case, at=first, action=action,
                                     withdrawn=withdrawn)  # fmt: skip
    return found
