"""What happened in a simulation, line by line in the order of time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from followup_rules.config.neutral import outputs_of
from followup_rules.config.read import Config
from followup_rules.engine.assign_cases import names_of
from followup_rules.model import Action, Person, Reason, State
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
        told, made, held, ticks = list[Line](), dict[str, Made](), set[str](), 0
        for report in player.until(end):  # none is kept: together they hold each event as often as it was judged
            ticks += 1
            told += _lines(report, held)
            _note_made(report, made)
            # Of what a run did not judge, what was held before it still is.
            held -= {decision.key for decision in report.decisions}
            held |= {decision.key for decision in report.decisions if decision.state is State.HELD}
        # Before what runs did: sorting is stable, so that at one instant an event precedes what came of it.
        told[:0] = (line for each in history.appearances for line in _event(each, player))
        names = names_of(player.store.entries(), config.profile.timezone)
    lines = sorted((line for line in told if start <= line.at <= end), key=lambda line: line.at)
    return Story(tuple(lines), {key: each for key, each in made.items() if each.at >= start}, names, ticks)


def _lines(report: Report, held: Collection[str]) -> Iterator[Line]:
    """Yield what is told of one run; `held` are the duties that were held before it."""
    for outcome in report.outcomes:
        yield _outcome(outcome, report.now)
    taken = {outcome.change.action.duty for outcome in report.outcomes}  # of which that it was missed is told
    for decision in (each for each in report.missed if each.key not in taken):
        yield Line(at=report.now, what="missed", case=decision.case, rule=decision.rule, key=decision.key,
                   title=decision.visit.anchor.title, why=decision.reason)  # fmt: skip
    for decision in report.decisions:
        if decision.state is State.HELD and decision.key not in held:
            yield Line(at=report.now, what="held", case=decision.case, rule=decision.rule, key=decision.key,
                       title=decision.visit.anchor.title, why=decision.reason)  # fmt: skip


def _event(appearance: Appearance, player: Player) -> Iterator[Line]:
    event, zone = appearance.event, player.config.profile.timezone
    case = next(iter(player.store.places.cases_of(event.identity)), "")
    title = " ".join([*(f"#{tag}" for tag in event.tags if event.kind == "note"), event.title]).strip()

    def line(what: str, at: datetime) -> Line:
        return Line(at=at.astimezone(zone), what=what, case=case, title=title, people=event.people)

    if event.status in ("cancelled", "declined"):
        yield line(event.status, appearance.seen)
    else:
        yield line(event.kind, event.start)
    if appearance.gone:
        yield line("gone", appearance.gone)


def _outcome(outcome: Outcome, now: datetime) -> Line:
    change = outcome.change
    reason = Reason("{why}", {"why": change.reason}) if change.reason else None
    return Line(at=now, what=change.op, case=change.action.case, rule=change.action.rule, key=change.key,
                type=change.action.type, title=change.action.title, people=change.action.to, why=reason)  # fmt: skip


def _note_made(report: Report, made: dict[str, Made]) -> None:
    """Note what a run made, changed or took back."""
    for outcome in report.outcomes:
        change, action = outcome.change, outcome.change.action
        first = made[change.key].at if change.key in made else report.now
        withdrawn = report.now if change.op == "withdraw" else None
        made[change.key] = Made(key=change.key, rule=action.rule, case=action.case, at=first, action=action,
                                withdrawn=withdrawn)  # fmt: skip
