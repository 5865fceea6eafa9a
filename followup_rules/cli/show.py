"""What `run` and `plan` print: changes, what was missed, what is held back and why, what waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from followup_rules.cli import tallies
from followup_rules.cli.page import (
    SIGNS,
    WORDS,
    Clause,
    Page,
    absolute,
    in_order,
    in_words,
    rule_width,
    state_label,
    state_width,
    when,
    whose,
)
from followup_rules.cli.speech import tr
from followup_rules.engine.plan import PRINTED, LedgerEntry
from followup_rules.model import NOTICE, Decision, State
from followup_rules.sentences import Sentence
from followup_rules.tick.run import Outcome, Report

OPS = {"create": ("+", "green"), "update": ("~", "yellow"), "withdraw": ("-", "red")}
"""Sign and style of each kind of change."""
TYPES = {"draft": Sentence("draft"), "task": Sentence("task"), "notice": Sentence("notice")}
"""What people call what is made; a type of a plugin has the name that it gives."""
SOON = 8
"""How many of the waiting duties a plan lists."""
Names = Mapping[str, str]
"""What people call the cases that have only an id, by that: the title of their entry."""
_VERBS = {"create": Sentence("create"), "update": Sentence("update"), "withdraw": Sentence("withdraw")}
_PENDING = (State.HELD, State.WAITING, State.BLIND, State.BROKEN)
# Columns for a change's sign and the type of its action; more where the language needs more.
_TYPE = 10


# -- run


def change(outcome: Outcome, names: Names) -> None:
    """Print one change that was carried out. A notice is printed in full: that is its delivery."""
    page = Page()
    _add_change(page, outcome, names, None)
    page.print()


def rest_of_run(report: Report, names: Names, unsaid: int, *, verbose: bool) -> None:
    """Print how many notices were too many for a day, and what was missed and not told yet.

    If asked, also the state of everything, and what comes next.
    """
    page = Page()
    if unsaid:
        page.row(
            (),
            0,
            [Sentence("{number} more notice: followup today", "{number} more notices: followup today", number=unsaid)],
        )
    # What was taken back because it is over has just been told.
    withdrawn = {outcome.change.action.duty for outcome in report.outcomes}
    missed = [decision for decision in report.missed if decision.key not in withdrawn]
    shown = in_order(report.decisions) if verbose else missed
    if report.outcomes and shown:
        page.row((), 0)
    _add_decisions(page, shown, names, report.now)
    if verbose and not report.outcomes:
        page.row((), 0, [Sentence("Nothing to change. {next_change}", next_change=_next_change(report))])
    page.print()


def _add_change(page: Page, outcome: Outcome, names: Names, now: datetime | None) -> None:
    op, action = outcome.change.op, outcome.change.action
    case = names.get(action.case, action.case)
    sign, style = OPS[op]
    lines: list[list[Clause]] = [[action.title or action.rule]]
    if op == "withdraw":
        lines += [[Sentence("withdrawn: {reason}", reason=outcome.change.reason)], [case, *_place(outcome)]]
    else:
        updated = [Sentence("updated")] if op == "update" else []
        to = [Sentence("to {to}", to=", ".join(person.address for person in action.to))] if action.to else []
        timed = action.type != NOTICE  # what is told once is neither due nor late
        late: list[Clause] = [(Sentence("late"), "bold yellow")] if action.late and timed else []
        due = [Sentence("due {instant}", instant=_instant(action.due, now))] if action.due and timed else []
        lines += [[*updated, case, *to, *late, *due, *_place(outcome)]]
        lines += [
            [
                Sentence("announces {rule} on {instant}", rule=each.rule, instant=_instant(each.at, now))
                for each in action.announces
            ]
        ]
    # A plan only names a notice: printed in full, it would look as if it had been given.
    if now is None and outcome.change.output == PRINTED:
        lines += [[paragraph] for paragraph in ["", *action.text.strip().split("\n"), ""]]
    indent = max(_TYPE, *(len(tr(each)) + 3 for each in TYPES.values()))
    page.row([(f"{sign} {tr(TYPES.get(action.type, action.type))}", style)], indent, *(line for line in lines if line))


def _place(outcome: Outcome) -> list[Clause]:
    return [Sentence("in {output}", output=outcome.change.output)] if outcome.change.output != PRINTED else []


def _instant(moment: datetime, now: datetime | None) -> str:
    return when(moment, now) if now else absolute(moment)


def _add_decisions(page: Page, decisions: Sequence[Decision], names: Names, now: datetime) -> None:
    indent = state_width() + rule_width(decision.rule for decision in decisions)
    for decision in decisions:
        label = [state_label(decision.state), (decision.rule, "bold")]
        title = [decision.visit.anchor.title] if decision.state is State.EXPIRED else []
        case = names.get(decision.case, decision.case)
        page.row(label, indent, [*filter(None, title), *whose(decision.visit), case, in_words(decision.reason, now)])


def _next_change(report: Report) -> str:
    return (
        Sentence("The next change may come {when}.", when=when(report.next, report.now))
        if report.next
        else Sentence("Nothing is coming.")
    )


# -- plan


def plan(report: Report, names: Names, there: Mapping[str, Sequence[LedgerEntry]]) -> None:
    """Print what a run would do, what is held back and why, what waits, and what to type next.

    `there` holds what was made before of what is due, by the key of its duty.
    """
    page = Page()
    page.row((), 0, [(Sentence("What a run would do · {absolute}", absolute=absolute(report.now)), "bold")])
    page.row((), 0)
    for outcome in report.outcomes:
        _add_change(page, outcome, names, report.now)
    if not report.outcomes:
        page.row((), 0, [Sentence("Nothing to change now. {next_change}", next_change=_next_change(report))])
    _add_there(page, report, names, there)
    for title, listed, more in _sections(report):
        page.title(title)
        _add_decisions(page, listed, names, report.now)
        if more:
            page.row((), 0, [Sentence("and {more} more", more=more)])
    _add_closing(page, report, names)
    page.print()


def _add_there(page: Page, report: Report, names: Names, there: Mapping[str, Sequence[LedgerEntry]]) -> None:
    """Add what is due and needs no change, since it was made before."""
    due = [each for each in in_order(report.decisions) if each.state is State.DUE and each.key in there]
    if due:
        page.title(Sentence("Due, and already there"))
    indent = state_width() + rule_width(decision.rule for decision in due)
    for decision in due:
        made = [
            Sentence("{type} in {output}", type=TYPES.get(entry.action.type, entry.action.type), output=entry.output)
            for entry in there[decision.key]
        ]
        label = [state_label(decision.state), (decision.rule, "bold")]
        page.row(label, indent, [there[decision.key][0].action.title or decision.visit.anchor.title],
                 [names.get(decision.case, decision.case), in_words(decision.reason, report.now), *made])  # fmt: skip


def _sections(report: Report) -> list[tuple[str, list[Decision], int]]:
    """Return titles with their decisions, and how many of them are left out; only those that have any."""
    decisions = in_order(report.decisions)
    waiting = [each for each in decisions if each.state is State.WAITING]
    sections = (
        (Sentence("Missed since the last run"), list(report.missed), 0),
        (Sentence("Held back"), [each for each in decisions if each.state is State.HELD], 0),
        (
            Sentence("Not to be decided now"),
            [each for each in decisions if each.state in (State.BLIND, State.BROKEN)],
            0,
        ),
        (Sentence("Waiting"), waiting[:SOON], len(waiting[SOON:])),
    )
    return [section for section in sections if section[1]]


def _add_closing(page: Page, report: Report, names: Names) -> None:
    ops = Counter(outcome.change.op for outcome in report.outcomes)
    states = Counter(decision.state for decision in report.decisions if decision.state in _PENDING)
    signs: list[Clause] = [(f"{sign} {tr(_VERBS[op])}", style) for op, (sign, style) in OPS.items() if ops[op]]
    signs += [(f"{sign} {tr(WORDS[state])}", style) for state, (sign, style) in SIGNS.items() if states[state]]
    counts = [*((ops[op], op) for op in OPS), *((states[state], state) for state in SIGNS)]
    page.row((), 0)
    if signs:
        page.row((), 0, signs)
    counts += [(len(report.missed), tallies.MISSED)]
    page.row((), 0, [(tallies.listed(counts) or Sentence("nothing to change"), "bold")])
    page.row((), 0, [Sentence("Next:")])
    if report.outcomes:
        page.command("run")
    page.command("explain", *(names.get(case, case) for case in _worth_explaining(report)))
    if states[State.WAITING] > SOON:
        page.command("agenda")


def _worth_explaining(report: Report) -> list[str]:
    """Return the case of what is held, else of a change, notices last, else of what comes next; if there is any."""
    # What is held needs an explanation most: the user expects it, and it does not come.
    held = [each.case for each in in_order(report.decisions) if each.state is State.HELD]
    changed = sorted((outcome.change.action for outcome in report.outcomes), key=lambda action: action.type == NOTICE)
    waiting = [each.case for each in in_order(report.decisions) if each.state is State.WAITING]
    cases = {decision.case for decision in report.decisions}
    return [*held, *(action.case for action in changed if action.case in cases), *waiting][:1]
