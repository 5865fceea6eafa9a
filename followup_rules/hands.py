"""What became of what we made: calls that were cut short, and the user's hand in drafts and tasks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from msgspec.structs import replace

from followup_rules.engine.plan import NOTICE, PRINTED, Made, Row
from followup_rules.hookspecs import Output
from followup_rules.model import Event, Problem, Pull, Status
from followup_rules.report import Tick


def open_outputs(tick: Tick) -> None:
    """Open every output of the config that can be opened."""
    for output in tick.config.outputs:
        try:
            tick.outputs[output.name] = output.open(tick.context)
        except Exception as error:  # noqa: BLE001 -- one output that fails stops no other
            tick.failed(f"outputs.{output.name}", error)


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
        tick.store.make_stale([row.action.case])


def look(tick: Tick) -> set[str]:
    """Ask every output what the user did; return the ids of the events that tell of it."""
    delivered = [row for row in tick.store.rows_in(Made.DELIVERED) if row.action.type != NOTICE]
    changed: set[str] = set()
    for name, output in tick.outputs.items():
        rows = [row for row in delivered if row.output == name]
        changed |= _look_at(name, output, rows, tick) if rows else set()
    return changed


def _look_at(name: str, output: Output, rows: Sequence[Row], tick: Tick) -> set[str]:
    try:
        became = output.status([row.ref for row in rows])
    except Exception as error:  # noqa: BLE001 -- one output that fails stops no other
        tick.failed(f"outputs.{name}", error)
        return set()
    with tick.store.transaction():
        reports = [event for row in rows for event in _followed(row, became.get(row.ref, Status("open")), tick)]
        pull = Pull(events=reports)
        return tick.store.take(f"output {name}", pull, reports, tick.now, tick.now) if reports else set()


def _followed(row: Row, status: Status, tick: Tick) -> list[Event]:
    """Follow the user's hand in the ledger, and return what it means as events."""
    if status.state in ("open", "touched"):
        touched = status.state == "touched"
        if touched != row.touched:
            tick.store.write(replace(row, touched=touched))
            tick.store.make_stale([row.action.case])
        return []
    tick.store.write(replace(row, state=Made.ENDED))
    return [_event(row, status, tick)]


def _event(row: Row, status: Status, tick: Tick) -> Event:
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
        data={"key": row.marker, "rule": row.action.rule, "anchor": row.action.anchor},
    )
