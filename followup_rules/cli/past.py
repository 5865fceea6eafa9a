"""What the last months show, in records: interviews and thanks, promises, mails in quiet days, and what is owed now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from followup_rules.cli.casebook import CaseFile
from followup_rules.config.neutral import USUAL
from followup_rules.config.read import Config
from followup_rules.engine.guards import Window
from followup_rules.model import DRAFT, NOTICE, Action, Decision, Event, Profile, State
from followup_rules.simulation.history import Appearance, History
from followup_rules.simulation.player import playing
from followup_rules.tick.run import Report

THANKS, PROMISE, TOO_SOON, QUESTION = "thank-you", "keep-promise", "too-soon", "confirm-interview"
"""The rules of the pack for interviews of which a first look tells."""
# A little after the end: what opens with it is open, and nobody has answered yet.
_OVER = timedelta(minutes=5)


class Interview(Struct, frozen=True):
    """An interview that took place, or was called off; all those of a case on one day are one."""

    case: str
    decision: Decision
    """Of the rule for the thanks."""
    thanks: Event | None = None
    """The mail or note that shows them."""
    too_soon: tuple[Event, ...] = ()
    """The mails that you wrote in the quiet days after it."""


class Promise(Struct, frozen=True):
    """A promise that was noted down, and what shows that it was kept, if anything does."""

    case: str
    decision: Decision
    kept: Event | None = None


class Past(Struct, frozen=True, kw_only=True):
    """What is told at a first look."""

    since: datetime
    interviews: tuple[Interview, ...]
    """In the order of time."""
    ahead: tuple[Interview, ...]
    promises: tuple[Promise, ...]
    questions: tuple[Action, ...]
    """Meetings of which nobody can tell whether they are interviews."""
    owed: tuple[Action, ...]
    """What ought to be done now, the oldest first."""
    windows: tuple[tuple[str, Window], ...]
    """The quiet days of today, by case."""
    waiting: tuple[Decision, ...]
    """What comes next, in the order of time."""


def past(report: Report, files: Sequence[CaseFile], since: datetime) -> Past:
    """Return what a report tells of the time since then."""
    named = {file.key: file for file in files}
    of_rule: dict[str, list[Decision]] = {rule: [] for rule in (THANKS, PROMISE, TOO_SOON)}
    for decision in sorted(report.decisions, key=lambda each: (each.visit.start, each.key)):
        if decision.rule in of_rule and decision.visit.start >= since:
            of_rule[decision.rule].append(decision)
    interviews = [_interview(each, named[each.case], of_rule[TOO_SOON]) for each in of_rule[THANKS]]
    created = [outcome.change.action for outcome in report.outcomes if outcome.change.op == "create"]
    openings = {decision.key: decision.opens for decision in report.decisions}
    recent = report.now - Profile().lookback  # what is older, a first run with a config of one's own leaves alone
    return Past(
        since=since,
        interviews=tuple(each for each in interviews if each.decision.visit.end <= report.now),
        ahead=tuple(each for each in interviews if each.decision.visit.end > report.now),
        promises=tuple(
            Promise(named[each.case].name, each, _evidence(each, named[each.case])) for each in of_rule[PROMISE]
        ),
        questions=tuple(action for action in created if action.rule == QUESTION),
        owed=tuple(
            sorted(
                (each for each in created if each.type != NOTICE and (openings.get(each.duty) or recent) >= recent),
                key=lambda each: (each.due or report.now, each.key),
            )
        ),
        windows=tuple(
            sorted(((file.name, window) for file in files for window in file.windows), key=lambda each: each[1].end)
        ),
        waiting=tuple(
            sorted(
                (each for each in report.decisions if each.state is State.WAITING and each.opens),
                key=lambda each: (each.opens, each.key),
            )
        ),
    )


def _interview(decision: Decision, file: CaseFile, too_soon: Iterable[Decision]) -> Interview:
    """Put together what is known of an interview; a mail too soon belongs to the latest one before it."""
    starts = [each.visit.start for each in file.decisions if each.rule == THANKS]
    # In the quiet days of two interviews a mail breaks those of the latest one.
    until = min((start for start in starts if start > decision.visit.start), default=None)
    mails = tuple(
        each.visit.anchor
        for each in too_soon
        if each.case == decision.case
        and each.state is State.DUE
        and decision.visit.end <= each.visit.start
        and (until is None or each.visit.start < until)
    )
    return Interview(file.name, decision, _evidence(decision, file), mails)


def _evidence(decision: Decision, file: CaseFile) -> Event | None:
    if decision.state is not State.DONE:
        return None
    return next((event for event in file.events if event.id in decision.evidence), None)


def draft_of_then(config: Config, files: Sequence[CaseFile], seen: Past) -> Action | None:
    """Return the thanks that would have been ready after the latest interview, whatever was sent since then."""
    for interview in reversed(seen.interviews):
        visit = interview.decision.visit
        (file,) = (each for each in files if each.key == interview.decision.case)
        if interview.decision.state is not State.VOID:
            return _played(config, file.events, visit.end + _OVER, interview.decision.key)
    return None


def _played(config: Config, events: Iterable[Event], at: datetime, duty: str) -> Action | None:
    """Return the draft of a duty as a run at that instant makes it: in memory, with what had happened by then."""
    # When a meeting was booked a calendar does not say; mail and notes are there from their own time on.
    shown = [Appearance(event, at if event.kind == "meeting" else event.start) for event in events]
    kinds = frozenset({"meeting", "sent", "note"})
    with playing(config, History(appearances=tuple(shown), kinds=kinds), USUAL, start=at) as player:
        made = [outcome.change.action for report in player.until(at) for outcome in report.outcomes]
    return next((action for action in made if action.type == DRAFT and action.duty == duty), None)
