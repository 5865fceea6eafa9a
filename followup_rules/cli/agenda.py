"""`followup agenda`: what is coming, by date."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import click
from msgspec import Struct

from followup_rules.cli import casebook, shared
from followup_rules.cli import page as pages
from followup_rules.cli.case_days import UNTITLED
from followup_rules.cli.casebook import CaseFile
from followup_rules.cli.duties import title_of
from followup_rules.cli.speech import tr
from followup_rules.model import Decision, State
from followup_rules.sentences import Sentence
from followup_rules.tick.run import Report

DAYS = 30


class Entry(Struct, frozen=True, order=True):
    """Something that comes: at which instant (in the user's zone), what, by which rule, in which case."""

    at: datetime
    what: str
    """`meeting`, `opens`, `due`, `hold ends` or `closes`."""
    rule: str
    """Empty for an event."""
    case: str
    title: str


SIGNS = {"meeting": ("◆", "bold"), "opens": ("○", "cyan"), "due": ("●", "bold green"), "hold ends": ("‖", "magenta"),
         "closes": ("✗", "yellow")}  # fmt: skip


WORDS = {
    "meeting": Sentence("meeting"),
    "opens": Sentence("opens"),
    "due": Sentence("due"),
    "hold ends": Sentence("hold ends"),
    "closes": Sentence("closes"),
}
"""What people call what happens; in `--json` it has its English word."""


@click.command("agenda")
@shared.now_option
@click.option("--days", type=click.IntRange(0, 3660), default=DAYS, show_default=True, help="How many days ahead.")
@shared.json_option
@click.pass_context
def command(ctx: click.Context, now: str | None, days: int, *, as_json: bool) -> None:
    """Show what is coming, by date: meetings, what opens, what is due, what closes, and when silence ends."""
    config = shared.load(ctx, as_json=as_json)
    report, files = casebook.read(config, shared.instant(now, config), as_json=as_json)
    last = report.now.date() + timedelta(days=days)
    found = {entry for file in files for entry in entries(file, report.now)}
    coming = sorted(entry for entry in found if report.now < entry.at and entry.at.date() <= last)
    if as_json:
        _print_json(report, coming)
    else:
        names = {file.key: file.name for file in files}
        _print(report, coming, names, _owed(files, report.now), days)
    shared.print_problems(report.problems)
    sys.exit(shared.exit_code(report.problems))


def entries(file: CaseFile, now: datetime) -> Iterator[Entry]:
    """Yield what comes in a case, and what was: its meetings, and what happens to its duties by time alone."""
    # Meetings of cases in which no rule says anything are the calendar's business.
    for event in file.events if file.decisions else ():
        if event.kind == "meeting" and event.identity not in file.cancelled:
            yield Entry(event.start.astimezone(now.tzinfo), "meeting", "", file.key, event.title)
    for decision in file.decisions:
        # A notice that was given has nothing left that could come.
        if not file.said(decision):
            for what, at in _instants(decision):
                yield Entry(at.astimezone(now.tzinfo), what, decision.rule, file.key, decision.visit.anchor.title)


def _instants(decision: Decision) -> Iterator[tuple[str, datetime]]:
    """Return what will happen to a duty by time alone, and when."""
    until = decision.reason.values.get("until") if decision.state is State.HELD else None
    apart = (pause.reason.values["until"] for pause in decision.paused.values() if pause.held)
    for end in dict.fromkeys((until, *apart)):
        if isinstance(end, datetime):
            yield "hold ends", end
    if decision.state is State.WAITING and decision.opens:
        yield "opens", decision.opens
    if decision.state is State.DUE and decision.due:
        yield "due", decision.due
    if decision.state in (State.DUE, State.HELD) and decision.closes:
        yield "closes", decision.closes


def _owed(files: Sequence[CaseFile], now: datetime) -> list[list[pages.Clause]]:
    """Return what is due already, in short: rules, case and title, each title once."""
    rules: dict[tuple[str, str], list[str]] = {}
    for file in files:
        for each in file.decisions:
            if each.state is State.DUE and each.due and each.due <= now and not file.said(each):
                rules.setdefault((file.name, title_of(each, file)), []).append(each.rule)
    return [[(", ".join(listed), "bold"), case, title] for (case, title), listed in rules.items()]


def _print_json(report: Report, coming: Sequence[Entry]) -> None:
    from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

    days = [
        {"date": day.isoformat(), "entries": [record(entry) for entry in listed]}
        for day, listed in groupby(coming, key=lambda entry: entry.at.date())
    ]
    said = {"now": report.now.isoformat(), "days": days, "problems": records.problems(report.problems)}
    click.echo(records.dump(said))


def record(entry: Entry) -> dict[str, Any]:
    """Return an entry as a record."""
    return {
        "at": entry.at.isoformat(),
        "what": entry.what,
        "rule": entry.rule or None,
        "case": entry.case,
        "title": entry.title,
    }


def _print(
    report: Report, coming: Sequence[Entry], names: Mapping[str, str], owed: Sequence[Sequence[pages.Clause]], days: int
) -> None:
    page = pages.Page()
    page.row((), 0, [(Sentence("What is coming · {absolute}", absolute=pages.absolute(report.now)), "bold")])
    if owed:
        page.row([(Sentence("● due already"), "bold green")], 15, *owed)
    for day, listed in groupby(coming, key=lambda entry: entry.at.date()):
        page.title(f"{pages.on_day(day)} · {pages.relative_day(day, report.now.date())}")
        for (at, what, case, title), same in groupby(listed, key=lambda it: (it.at, it.what, it.case, it.title)):
            sign, style = SIGNS[what]
            rules = ", ".join(entry.rule for entry in same if entry.rule)
            # The title may be all by which a case is called.
            named = (rules, names[case], title) if rules else (title or UNTITLED, names[case])
            first, *more = dict.fromkeys(part for part in named if part)
            label: list[pages.Clause] = [f"  {at:%H:%M}  ", (f"{sign} {tr(WORDS[what])}", style)]
            page.row(label, 22, [(first, "bold"), *more])
    if not coming:
        nothing = Sentence(
            "Nothing is coming in the next {number} day.", "Nothing is coming in the next {number} days.", number=days
        )
        page.row((), 0, [nothing])
    page.row((), 0)
    page.row((), 0, [Sentence("Next:")])
    if owed:
        page.command("plan")
    page.command("explain", *(names[entry.case] for entry in coming[:1]))
    page.print()
