"""What became of what we made: calls that were cut short, and the user's hand in drafts and tasks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, timedelta
from functools import partial

from msgspec.structs import replace

from followup_rules.engine.plan import NOTICE, PRINTED, Made, Row
from followup_rules.limit import Worker
from followup_rules.model import Action, Event, Problem, Pull, Status
from followup_rules.report import Tick
from followup_rules.wary import STATES, WaryOutput

PATIENCE = timedelta(days=7)
"""So long after the user ticked or deleted something it is looked whether it has come back."""
DRAFT = "draft"
_MAY_BE_SENT = (Made.DELIVERED, Made.ENDING, Made.INTENDED, Made.WITHDRAWN)
"""Of a call that was cut short, the receipt may be lost and the draft be sent."""


def open_outputs(tick: Tick) -> None:
    """Open every output of the config that can be opened."""
    for output in tick.config.outputs:
        worker = Worker(output.time_limit)
        tick.workers.append(worker)
        try:
            opened = worker.call(partial(output.open, tick.context))
            tick.outputs[output.name] = WaryOutput(opened, worker)
        except Exception as error:  # noqa: BLE001 -- one output that fails stops no other
            tick.failed(f"outputs.{output.name}", error)


def close_outputs(tick: Tick) -> None:
    """Let the threads of the outputs end."""
    for worker in tick.workers:
        worker.close()


def told_of_refusals(tick: Tick) -> None:
    """Report what was refused and is not to be tried again yet: silence would look as if all were well."""
    for row in tick.store.rows_in(Made.REFUSED):
        if row.retry and row.retry > tick.now:
            when = row.retry.astimezone(tick.context.profile.timezone)
            message = f"{row.op} {row.key}: refused earlier; it is tried again at {when:%H:%M}"
            tick.problems.append(Problem(f"outputs.{row.output}", message, "F041", hint="see what an earlier run said"))


def settle_all(tick: Tick) -> None:
    """Find out how the calls ended that an earlier run began and did not see through."""
    for row in tick.store.rows_in(Made.INTENDED):
        output = tick.outputs.get(row.output)
        if row.output == PRINTED:
            tick.store.write(replace(row, state=Made.WITHDRAWN))
        elif output is None:
            continue
        else:
            from followup_rules.carry_out import settle  # noqa: PLC0415 -- only after a crash

            problem = settle(row, output, tick.store, tick.now, look_only=tick.dry)
            tick.problems += [problem] if problem else []
            tick.forget_if_hung(row.output)
        tick.store.make_stale([row.action.case])


def look(tick: Tick) -> set[str]:
    """Ask every output what the user did; return the ids of the events that tell of it, or no longer do."""
    made = [row for row in tick.store.rows_in(Made.DELIVERED, Made.ENDING) if row.action.type != NOTICE]
    changed: set[str] = set()
    for name in [output.name for output in tick.config.outputs]:
        rows = [row for row in made if row.output == name]
        if rows and name in tick.outputs:
            changed |= _look_at(name, tick.outputs[name], rows, tick)
        if name not in tick.outputs:
            tick.unsure |= {(row.marker, name) for row in rows}
    return changed


def _look_at(name: str, output: WaryOutput, rows: Sequence[Row], tick: Tick) -> set[str]:
    try:
        became = output.status([row.ref for row in rows])
    except Exception as error:  # noqa: BLE001 -- one output that fails stops no other
        if output.hangs or any(row.state is Made.DELIVERED for row in rows):
            tick.failed(f"outputs.{name}", error)
            del tick.outputs[name]  # a list begun anew would make all of the old one look as if the user had deleted it
        return set()
    unclear = [row for row in rows if became[row.ref].state not in STATES]
    tick.unsure |= {(row.marker, name) for row in unclear}
    tick.problems += [_unclear(name, row, became[row.ref]) for row in unclear]
    with tick.store.transaction():
        followed = [_followed(row, became[row.ref], tick) for row in rows if row not in unclear]
        reports = [event for event, _ in followed if event]
        pull = Pull(events=reports, removed=[report for _, report in followed if report])
        moved = pull.events or pull.removed
        return tick.store.take(f"output {name}", pull, reports, tick.now, tick.now) if moved else set()


def _unclear(name: str, row: Row, status: Status) -> Problem:
    message = f"what became of {row.key} cannot be told: its plugin says {status.state}"
    return Problem(f"outputs.{name}", message, "F040", hint="it is left as it is; tell the plugin's author")


def _followed(row: Row, status: Status, tick: Tick) -> tuple[Event | None, str]:
    """Follow the user's hand in the ledger; return the event that tells of it, and the id of one that is not true."""
    if status.state in ("open", "touched"):
        touched = status.state == "touched"
        if row.state is Made.ENDING or touched != row.touched:
            tick.store.write(replace(row, state=Made.DELIVERED, touched=touched, report="", ended=None))
            tick.store.make_stale([row.action.case])
        return None, row.report
    if row.ended and not (status.state == "done" and row.report.startswith("dismissed:")):
        if tick.now >= row.ended + PATIENCE:
            tick.store.write(replace(row, state=Made.ENDED))
        return None, ""
    event = _event(row, status, tick)
    tick.store.write(replace(row, state=Made.ENDING, report=event.id, ended=row.ended or tick.now))
    return event, row.report


def sent(seen: Collection[str], tick: Tick) -> set[str]:
    """Tell which drafts the user has sent, by the mails that came; return the ids of the events that tell it."""
    rows = tick.store.rows_in(*_MAY_BE_SENT) if seen else []
    drafts = [row for row in rows if row.action.type == DRAFT]
    mails = [event for event in tick.store.events(seen) if event.kind == "sent"] if drafts else []
    changed: set[str] = set()
    for row in drafts:
        for mail in [mail for mail in mails if _is_sent(row, mail, tick)][:1]:
            event = _event(row, Status("done", mail.start), tick, mail=mail.id)
            changed |= tick.store.take(f"output {row.output}", Pull(events=[event]), [event], tick.now, tick.now)
    return changed


def _is_sent(row: Row, mail: Event, tick: Tick) -> bool:
    """Tell whether a mail is that draft: by its key or, as many mail programs drop it, by its people and subject."""
    if key := mail.data.get("key"):
        return key == row.marker
    if row.state not in (Made.DELIVERED, Made.ENDING):
        return False  # of what nobody knows to be there, only the key is proof
    anchor, action = tick.store.event(row.action.anchor), row.action
    if anchor is None or mail.start < anchor.start or {p.address for p in mail.people}.isdisjoint(_to(action)):
        return False
    if action.reply:
        return mail.answers == action.reply.message_id
    return mail.title.split() == action.title.split()


def _to(action: Action) -> set[str]:
    return {person.address for person in action.to}


def _event(row: Row, status: Status, tick: Tick, **more: str) -> Event:
    anchor = tick.store.event(row.action.anchor)
    kind = "done" if status.state == "done" else "dismissed"
    when = (status.at or tick.now).astimezone(UTC)
    return Event(
        id=f"{kind}:{row.action.duty}",
        kind=kind,
        start=when,
        end=when,
        title=anchor.title if anchor else row.action.title,
        people=anchor.people if anchor else row.action.to,
        thread=anchor.thread if anchor else "",
        case=row.action.case,
        data={"key": row.marker, "rule": row.action.rule, "anchor": row.action.anchor, **more},
    )
