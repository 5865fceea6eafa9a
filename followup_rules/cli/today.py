"""`followup today`: what I owe now, notices until they are dismissed, what is held, and what comes next."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import datetime, timedelta
from typing import Any

import click
from msgspec import Struct
from msgspec.structs import replace

from followup_rules.cli import agenda, casebook, shared
from followup_rules.cli.agenda import Entry
from followup_rules.cli.casebook import CaseFile
from followup_rules.cli.duties import title_of
from followup_rules.config.read import Config
from followup_rules.engine.orders import SNOOZED
from followup_rules.engine.parts import part_of, with_part
from followup_rules.engine.plan import LedgerEntry
from followup_rules.model import NOTICE, Action, Decision, Person, State
from followup_rules.tick.run import Report

KEPT = timedelta(days=14)
"""So long a notice stays that nobody dismisses and whose duty does not end."""
_NEXT = 8
_OPEN = (State.DUE, State.HELD, State.BLIND)
Places = Mapping[tuple[str, str], str]
"""Where actions are to be opened, by their key and output."""


class Made(Struct, frozen=True):
    """An action of a duty, and where it is to be opened; "" if that cannot be told, or it is not made yet."""

    action: Action
    output: str
    place: str
    there: bool


class Owed(Struct, frozen=True):
    """A duty that is due, or held: what it is called, whom it concerns, what was made, and since when."""

    file: CaseFile
    decision: Decision
    title: str
    people: tuple[Person, ...]
    made: tuple[Made, ...]
    since: datetime
    """Of a notice: when it was given first. Of a duty: when it is due, or was."""
    part: str = ""
    """Which of its actions, `2` or an id, where a note holds that alone."""


class Day(Struct, frozen=True):
    """All that is to tell of a day."""

    owed: tuple[Owed, ...]
    notices: tuple[Owed, ...]
    held: tuple[Owed, ...]
    undecided: tuple[Owed, ...]
    """What may be owed: what it needs to be decided by cannot be read, or is shown by no source."""
    coming: tuple[Entry, ...]


@click.command("today")
@shared.now_option
@shared.json_option
@click.pass_context
def command(ctx: click.Context, now: str | None, *, as_json: bool) -> None:
    """Show what you owe, the oldest first, with people, the file or link to open, and since when; writes nothing.

    Then notices, which stay until you dismiss them, their duty is over, or 14 days have passed; what is held back; what
    cannot be decided; and what comes next.
    """
    config = shared.load(ctx, as_json=as_json)
    report, files = casebook.read(config, shared.instant(now, config), as_json=as_json)
    day = gather(report, files, config)
    if as_json:
        _print_record(report, day)
    else:
        from followup_rules.cli import today_page  # noqa: PLC0415 -- rich is heavy

        today_page.show(report, day)
    shared.print_problems(report.problems)
    sys.exit(shared.exit_code(report.problems))


def gather(report: Report, files: Sequence[CaseFile], config: Config) -> Day:
    """Return all that is to tell of the day of a report."""
    open_ = [(file, each) for file in files for each in file.decisions if each.state in _OPEN]
    places = _places([entry for file, decision in open_ for entry in file.delivered(decision)], config, report.now)
    told = [each for file, decision in open_ for each in _owed(decision, file, report, places)]
    due = [each for each in told if each.decision.state is State.DUE]
    held = [each for each in told if each.decision.state is State.HELD]
    undecided = [each for each in told if each.decision.state is State.BLIND]
    notices = [each for each in due if _is_notice(each)]
    coming = sorted(entry for file in files for entry in agenda.entries(file, report.now) if entry.at > report.now)
    return Day(
        owed=tuple(sorted((each for each in due if not _is_notice(each)), key=_oldest_first)),
        notices=tuple(sorted((each for each in notices if report.now - each.since < KEPT), key=_oldest_first)),
        held=tuple(sorted(held, key=_oldest_first)),
        undecided=tuple(sorted(undecided, key=_oldest_first)),
        coming=tuple(entry for entry in coming if entry.what in ("meeting", "opens"))[:_NEXT],
    )


def _owed(decision: Decision, file: CaseFile, report: Report, places: Places) -> Iterator[Owed]:
    """Yield a duty as far as no note holds its actions one by one, and those that are held so."""
    apart = [name for name in decision.paused if decision.holds(name)]
    there = [it for it in file.delivered(decision) if it.name not in apart]
    created = (outcome.change for outcome in report.outcomes if outcome.change.op == "create")
    to_be_made = (change for change in created if change.action.duty == decision.key)
    made = [*_there(there, places), *(Made(each.action, each.output, "", there=False) for each in to_be_made)]
    to = tuple(dict.fromkeys(person for each in made for person in each.action.to))
    said = made and all(each.action.type == NOTICE for each in made)
    since = _notice_since(decision, file, report.now) if said else decision.due or decision.opens or report.now
    # The title of what was made, for that is what the user finds in drafts and tasks.
    title = next((each.action.title for each in made if each.action.title), "") or title_of(decision, file)
    if decision.state is not State.HELD or not apart:
        people = to or decision.visit.people
        yield Owed(file, decision, title, people, tuple(made), since.astimezone(report.now.tzinfo))
    for name in apart:
        yield _waiting(name, decision, file, places)


def _waiting(name: str, decision: Decision, file: CaseFile, places: Places) -> Owed:
    """Return one action of a duty that a note holds alone."""
    pause, part = decision.paused[name], part_of(decision.key, name)
    alone = replace(decision, state=State.HELD, reason=pause.reason, guard=SNOOZED, due=pause.due, late=pause.late)
    made = tuple(_there([it for it in file.delivered(decision) if it.name == name], places))
    to = tuple(person for each in made for person in each.action.to)
    since = decision.opens or pause.due
    assert since is not None, "what is held has opened"
    return Owed(file, alone, title_of(decision, file, part), to or decision.visit.people, made, since, part)


def _there(entries: Sequence[LedgerEntry], places: Places) -> Iterator[Made]:
    for it in entries:
        yield Made(it.action, it.output, places.get((it.key, it.output), ""), there=True)


def _is_notice(owed: Owed) -> bool:
    return bool(owed.made) and all(each.action.type == NOTICE for each in owed.made)


def _notice_since(decision: Decision, file: CaseFile, now: datetime) -> datetime:
    """Return when a notice was due for the first time since it was last something else; now, if no run has seen it."""
    seen = [at for at, key, state, _ in file.history if key == decision.key and state == State.DUE]
    return seen[-1] if seen else now


def _oldest_first(owed: Owed) -> tuple[float, str]:
    return owed.since.timestamp(), owed.decision.key


def _places(entries: Sequence[LedgerEntry], config: Config, now: datetime) -> Places:
    """Return where what was made is to be opened. What an output cannot tell is left out: `plan` says what is wrong."""
    found: dict[tuple[str, str], str] = {}
    for configured in config.outputs:
        with suppress(Exception), closing(configured.open(config.context(now))) as output:
            for entry in entries:
                if entry.output == configured.name and entry.ref:
                    found[entry.key, entry.output] = output.place(entry.ref)
    return found


# -- for programs


def _print_record(report: Report, day: Day) -> None:
    from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

    record = {
        "now": report.now.isoformat(),
        "owed": [_record(each) for each in day.owed],
        "notices": [_record(each) for each in day.notices],
        "held": [_record(each) for each in day.held],
        "undecided": [_record(each) for each in day.undecided],
        "next": [agenda.record(entry) for entry in day.coming],
        "problems": records.problems(report.problems),
    }
    click.echo(records.dump(record))


def _record(owed: Owed) -> dict[str, Any]:
    decision = owed.decision
    until = decision.reason.values.get("until") if decision.state is State.HELD else None
    return {
        "key": with_part(decision.key, owed.part),
        "rule": decision.rule,
        "case": decision.case,
        "name": owed.file.name,
        "title": owed.title,
        "people": [{"address": person.address, "name": person.name} for person in owed.people],
        "since": owed.since.isoformat(),
        "late": decision.late,
        "guard": decision.guard or None,
        "until": until.isoformat() if isinstance(until, datetime) else None,
        "why": decision.why,
        "made": [
            {"type": each.action.type, "output": each.output, "place": each.place or None, "there": each.there}
            for each in owed.made
        ],
        "text": next((each.action.text for each in owed.made if each.action.type == NOTICE), None),
    }
