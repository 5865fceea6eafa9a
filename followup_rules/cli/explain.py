"""`followup explain`: who, when, and what every rule says of a case, with reasons and next instants."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NoReturn

import click
from msgspec.structs import replace

from followup_rules.cli import case_days, casebook, completion, explain_rule, shared
from followup_rules.cli import page as pages
from followup_rules.cli.case_events import add_events, date_of, decided, kind_of, started, titled
from followup_rules.cli.casebook import CaseFile
from followup_rules.cli.event_record import event_record
from followup_rules.cli.page import Clause, Page
from followup_rules.cli.rules import starts
from followup_rules.cli.show import TYPES
from followup_rules.cli.speech import tr, tr_kept
from followup_rules.config.read import Config
from followup_rules.engine.guards import Window
from followup_rules.engine.parts import part_of
from followup_rules.engine.plan import LedgerEntry
from followup_rules.language.schema import RuleSet
from followup_rules.model import Decision, Event, Problem, State
from followup_rules.sentences import Sentence, as_sentence
from followup_rules.tick.run import Report

_INDENT, _DAYS = 2, 7
_OPEN = (State.DUE, State.HELD, State.WAITING, State.BLIND, State.BROKEN)


@click.command("explain")
@click.argument("case", required=False, metavar="[CASE]", shell_complete=completion.cases)
@shared.now_option
@click.option("--history", is_flag=True, help="Also show when each state began, from the journal.")
@click.option(
    "--rule",
    metavar="R",
    shell_complete=completion.rules,
    help="Of one rule: which events came near to it, and the field that each fails.",
)
@shared.json_option
@click.pass_context
def command(  # noqa: PLR0913 -- the options of the command
    ctx: click.Context, case: str | None, now: str | None, rule: str | None, *, history: bool, as_json: bool
) -> None:
    """Tell what every rule says of a case: its state, why, and when that could change. Without CASE, list all cases.

    CASE is a case's name, the first part of an employer's domain, or the name or address of somebody in it.
    """
    if history and case is None and not as_json:
        raise click.UsageError(Sentence("--history tells of one case: followup explain CASE --history"), ctx)
    config = shared.load(ctx, as_json=as_json)
    if rule is not None:
        explain_rule.check_rule(rule, config)
    moment = shared.instant(now, config)
    if case is None:
        report, files = casebook.read(config, moment, as_json=as_json)
    else:
        report, found = casebook.find(case, config, moment, as_json=as_json)
        if isinstance(found, Problem):
            _give_up(found, report, as_json=as_json)
        files = (found,)
    if as_json:
        book = explain_rule.book_of(config) if case is not None or rule else None
        records = [
            {
                **case_record(file, report.now, history=history),
                **(explain_rule.record(book, file, rule) if book else {}),
            }
            for file in files
        ]
        _print_record(report, records, report.problems)
    elif rule is not None:
        explain_rule.print_rule(explain_rule.book_of(config), rule, files, report.now)
    elif case is None:
        _print_all(report, files)
    else:
        _print_case(report, files[0], config, history=history)
    shared.print_problems(report.problems)
    sys.exit(shared.exit_code(report.problems))


def _give_up(problem: Problem, report: Report, *, as_json: bool) -> NoReturn:
    if as_json:
        _print_record(report, [], [problem])
    shared.print_problems([problem])
    sys.exit(shared.NOTHING_DONE)


# -- for programs


def _print_record(report: Report, cases: list[dict[str, Any]], problems: Iterable[Problem]) -> None:
    from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

    click.echo(records.dump({"now": report.now.isoformat(), "cases": cases, "problems": records.problems(problems)}))


def case_record(file: CaseFile, now: datetime, *, history: bool) -> dict[str, Any]:
    """Return a case as a record."""
    from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

    record = {
        "key": file.key,
        "people": [{"address": person.address, "name": person.name} for person in file.people],
        "events": [{**event_record(event, file.view, now), **_note_record(event, file)} for event in file.events],
        "decisions": [records.decision(decision) for decision in file.decisions],
        "nobody": [{"rule": rule, "anchor": event.id} for rule, event in file.nobody],
    }
    journal = [
        {"at": at.astimezone(now.tzinfo).isoformat(), "key": key, "state": state, "why": why}
        for at, key, state, why in file.history
    ]
    return {**record, "history": journal} if history else record


def _note_record(note: Event, file: CaseFile) -> dict[str, Any]:
    """Return what becomes of a note: what it starts or ends, the meetings that it is about, and what is wrong."""
    if note.kind != "note":
        return {}
    about = file.subjects.get(note.identity, frozenset())
    return {
        "tags": list(note.tags),
        "starts": [{"key": each.key, "state": str(each.state)} for each in started(note, file)],
        "decides": [{"key": each.key, "state": str(each.state)} for each in decided(note, file)],
        "about": sorted(file.named[name].id for name in about if name in file.named),
        "problem": file.problems.get(note.identity),
    }


# -- all cases


def _print_all(report: Report, files: Sequence[CaseFile]) -> None:
    concerned = sorted((file for file in files if file.decisions), key=_urgency)
    idle = [file for file in files if not file.decisions]
    page = pages.Page()
    cases = Sentence("{number} case", "{number} cases", number=len(concerned))
    page.row((), 0, [(f"{tr(cases)} · {pages.absolute(report.now)}", "bold")])
    for file in concerned:
        page.title(file.name)
        _add_summary(page, file, report.now)
    if idle:
        page.title(Sentence("No rule is concerned with"))
        page.row((), _INDENT, [_name_with_title(file) for file in idle])
    page.row((), 0)
    page.row(
        (),
        0,
        [Sentence("Next:")] if files else [Sentence("No events yet: `followup check` tells what the sources show.")],
    )
    page.command(*(("explain", concerned[0].name) if concerned else ("check",)))
    page.print()


def _urgency(file: CaseFile) -> tuple[object, ...]:
    open_ = {decision.state for decision in file.decisions if not file.said(decision)} & set(_OPEN)
    rank = min((_OPEN.index(state) for state in open_), default=len(_OPEN))
    change = _next_change(file)
    return rank, change is None, change.timestamp() if change else 0.0, file.key


def _next_change(file: CaseFile) -> datetime | None:
    return min((each.next for each in file.decisions if each.next), default=None)


def _add_summary(page: Page, file: CaseFile, now: datetime) -> None:
    standing = [event for event in file.events if event.identity not in file.cancelled]
    past = [event for event in standing if event.start <= now]
    coming = [event for event in standing if event.start > now]
    if file.people:
        page.row([Sentence("  who")], 8, [person.name or person.address for person in file.people])
    for label, events in ((Sentence("  last"), past[-1:]), (Sentence("  next"), coming[:1])):
        for event in events:
            page.row([label], 8, [f"{date_of(event, now)} {tr(kind_of(event))}", titled(event)])
    page.row([Sentence("  what")], 8, _counts(file))
    change = _next_change(file)
    if change:
        page.row([Sentence("  then")], 8, [Sentence("could change {when}", when=pages.when(change, now))])


def _counts(file: CaseFile) -> list[Clause]:
    states = Counter(decision.state for decision in file.decisions if not file.said(decision))
    said = sum(file.said(decision) for decision in file.decisions)
    shown: list[Clause] = [
        (f"{sign} {states[state]} {tr(pages.WORDS[state])}", style)
        for state, (sign, style) in pages.SIGNS.items()
        if states[state]
    ]
    given = Sentence("{number} notice given", "{number} notices given", number=said)
    return [*shown, given] if said else shown


def _name_with_title(file: CaseFile) -> str:
    titles = {event.title for event in file.events if event.title} - {file.name}
    return f"{file.name} ({min(titles)})" if len(titles) == 1 else file.name


# -- one case


def _print_case(report: Report, file: CaseFile, config: Config, *, history: bool) -> None:
    page = case_page(report, file, config.rulebook.rules, starts(config), history=history)
    page.row((), 0)
    page.row((), 0, [Sentence("Next:")])
    unmade = any(each.state is State.DUE and not file.delivered(each) for each in file.decisions)
    first = ("plan",) if unmade else ("agenda",)
    for words in [first] if history else [first, ("explain", file.name, "--history")]:
        page.command(*words)
    page.print()


def case_page(
    report: Report, file: CaseFile, rules: RuleSet, starts: Mapping[str, str] = MappingProxyType({}), *, history: bool
) -> Page:
    """Return all that is to tell of a case at the instant of a report; for `starts` see `rules.starts`."""
    page = pages.Page()
    page.row((), 0, [(f"{file.name} · {pages.absolute(report.now)}", "bold")])
    page.title(Sentence("Who"))
    people = [f"{person.name} <{person.address}>" if person.name else person.address for person in file.people]
    for who in people or [Sentence("nobody that the events name")]:
        page.row((), _INDENT, [who])
    days = case_days.line(file, report.now)
    if len(days) > 1:
        page.row((), 0)
        page.row([(Sentence("Days"), "bold")], _DAYS, days)
    page.title(Sentence("When"))
    add_events(page, file, report.now)
    if file.decisions or not file.unconcerned:
        page.title(Sentence("What, and why"))
    _add_decisions(page, file, rules, report.now)
    _add_unconcerned(page, file, starts, report.now)
    _add_windows(page, file, report.now)
    if history:
        _add_history(page, file, report.now)
    return page


def _add_decisions(page: Page, file: CaseFile, rules: RuleSet, now: datetime) -> None:
    concerned = {decision.rule for decision in file.decisions}
    faulty = {rule.id: rule.fault for rule in rules.rules.values() if rule.fault and rule.id not in concerned}
    idle = [rule for rule in rules.rules if rule not in concerned and rule not in faulty]
    indent = pages.state_width() + pages.rule_width([*concerned, *faulty])
    for decision in pages.in_order(file.decisions):
        label = [pages.state_label(decision.state), (decision.rule, "bold")]
        page.row(label, indent, *_lines(decision, file, now))
    for name, fault in faulty.items():
        page.row(
            [pages.state_label(State.BROKEN), (name, "bold")],
            indent,
            [Sentence("the rule is faulty: {fault}", fault=fault)],
        )
    for name, event in file.nobody:
        told = Sentence(
            "{name}: nobody takes part in “{title}” for whom there could be a duty", name=name, title=titled(event)
        )
        page.row((), 0, [(told, "dim")])
    if idle and not file.unconcerned:
        page.row((), 0, [(Sentence("not concerned: {rules}", rules=", ".join(idle)), "dim")])


def _add_unconcerned(page: Page, file: CaseFile, starts: Mapping[str, str], now: datetime) -> None:
    """Add the rules that say nothing here, and why; `starts` tells what each starts from, by its id."""
    if file.unconcerned:
        page.title(Sentence("Not concerned"))
    indent = _INDENT + pages.rule_width(each.rule for each in file.unconcerned)
    for each in file.unconcerned:
        reason = replace(each.reason, values={**each.reason.values, "starts": starts.get(each.rule, each.rule)})
        page.row([(f"  {each.rule}", "dim")], indent, [(pages.in_words(reason, now), "dim")])


def _lines(decision: Decision, file: CaseFile, now: datetime) -> list[list[Clause]]:
    """Return the lines on a decision: its anchor, why, what else shows it, what was made, what comes next."""
    anchor = decision.visit.anchor
    lines: list[list[Clause]] = [
        [
            (Sentence("for {day}, “{title}”", day=pages.on_day(decision.visit.day), title=titled(anchor)), "dim"),
            *pages.whose(decision.visit),
        ]
    ]
    lines.append([Sentence("the notice was given")] if file.said(decision) else [pages.in_words(decision.reason, now)])
    lines.append(_evidence(decision, file, now))
    if decision.state is State.DUE and not file.said(decision):
        entries = file.delivered(decision)
        there = [_place(it) for it in entries]
        lines.append([*there] or [(Sentence("not made yet"), "yellow")])
    for name in (name for name in decision.paused if decision.holds(name)):
        until = pages.in_words(decision.paused[name].reason, now)
        lines.append([Sentence("action {name}: {reason}", name=f"#{part_of(decision.key, name)}", reason=until)])
    lines.append(_coming(decision, now))
    return [line for line in lines if line]


def _place(entry: LedgerEntry) -> Sentence:
    values = {"type": TYPES.get(entry.action.type, entry.action.type), "output": entry.output}
    if entry.touched:
        return Sentence("{type} in {output}, edited by you", **values)
    return Sentence("{type} in {output}", **values)


def _evidence(decision: Decision, file: CaseFile, now: datetime) -> list[Clause]:
    """Return title and date of the evidence that the reason does not name: of the first two, and how many more."""
    seen = [event for event in file.events if event.id in decision.evidence]
    others = [event for event in seen if not event.title or event.title not in decision.why]
    shown: list[Clause] = [
        (Sentence("also “{title}” of {date}", title=titled(event), date=date_of(event, now)), "dim")
        for event in others[:2]
    ]
    return [*shown, (Sentence("and {more} more", more=len(others) - 2), "dim")] if len(others) > 2 else shown


def _coming(decision: Decision, now: datetime) -> list[Clause]:
    """Return the instants ahead that the reason does not name."""
    reason = decision.reason
    named = [value for name, value in reason.values.items() if f"{{{name}}}" in reason.sentence]
    closes = decision.closes if decision.state in (State.DUE, State.HELD) else None
    lines: list[Clause] = []
    if decision.next and decision.next not in (*named, closes):
        when = pages.when(decision.next, now)
        late = decision.next == reason.values.get("late")
        lines.append(Sentence("late from {when}", when=when) if late else Sentence("could change {when}", when=when))
    return [*lines, Sentence("closes {when}", when=pages.when(closes, now))] if closes else lines


def _add_windows(page: Page, file: CaseFile, now: datetime) -> None:
    if file.windows:
        page.title(Sentence("Held back now"))
    for window in file.windows:
        _add_window(page, window, file, now)


def _add_window(page: Page, window: Window, file: CaseFile, now: datetime) -> None:
    guard = window.guard
    held = [each.rule for each in file.decisions if each.state is State.HELD and each.guard == guard.id]
    what = Sentence("all contact") if guard.holds == "contact" else Sentence("everything")
    lines: list[list[Clause]] = [
        [Sentence("{what} until {when}", what=what, when=pages.when(window.end, now))],
        [as_sentence(guard.why)] if guard.why else [],
    ]
    lines.append([Sentence("holds: {rules}", rules=", ".join(held))] if held else [])
    lines.append([Sentence("lets through: {rules}", rules=", ".join(guard.except_))] if guard.except_ else [])
    indent = pages.state_width() + pages.rule_width([guard.id])
    page.row([pages.state_label(State.HELD), (guard.id, "bold")], indent, *(line for line in lines if line))


def _add_history(page: Page, file: CaseFile, now: datetime) -> None:
    page.title(Sentence("History"))
    for at, key, state, why in file.history:
        label = pages.state_label(State(state)) if state in set(State) else state
        page.row([label], pages.state_width(), [(pages.when(at, now), "bold"), _without_id(key, file), tr_kept(why)])
    if not file.history:
        page.row((), _INDENT, [Sentence("nothing was noted down yet: no run has looked at this case")])


def _without_id(key: str, file: CaseFile) -> str:
    """Return a key; as rule and day if what stands between them is an id, which tells people nothing."""
    if file.name == file.key and f"/{file.key}@" in key:
        return key
    return f"{key.partition('/')[0]} {key.rpartition('@')[2]}"
