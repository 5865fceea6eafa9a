"""Forgetting a case: what is erased, and what stays in the user's own files unless they want it taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.carry_out import carry_out
from followup_rules.config import Config
from followup_rules.database import backups
from followup_rules.engine.plan import NOTICE, Change, Made, Row
from followup_rules.forgotten import NAME
from followup_rules.language.text import fold
from followup_rules.model import Context, Problem
from followup_rules.store import Store, StoreError


class Contents(Struct, frozen=True):
    """What the store keeps of a case."""

    events: int
    people: tuple[str, ...]
    actions: int
    entries: int
    """Of the journal."""
    left: tuple[Row, ...]
    """What stands in the outputs, or may stand there."""


class Erased(Struct, frozen=True):
    """What became of a case that was to be forgotten."""

    shared: int
    """Mails that stay because another case has them, too."""
    copies: tuple[Path, ...]
    """Of the store as it was; they were deleted."""
    gaps: str = ""
    """Why the file could not be written anew without the gaps."""


def contents(case: str, store: Store) -> Contents:
    """Return what the store keeps of a case."""
    home = store.case(case).home
    rows = store.rows(case)
    return Contents(
        events=len(home),
        people=tuple(sorted({person.address for event in home for person in event.people})),
        actions=len(rows),
        entries=len(store.history(case)),
        left=tuple(row for row in rows if row.state in (Made.DELIVERED, Made.INTENDED) and row.action.type != NOTICE),
    )


def take_back(case: str, config: Config, store: Store, now: datetime) -> list[Problem]:
    """Withdraw what the user has not touched; return what went wrong with it."""
    context = Context(profile=config.profile, now=now.astimezone(config.profile.timezone))
    delivered = [row for row in contents(case, store).left if row.state is Made.DELIVERED]
    return [problem for row in delivered for problem in _taken_back(row, config, store, context)]


def _taken_back(row: Row, config: Config, store: Store, context: Context) -> Iterator[Problem]:
    try:
        output = next(each for each in config.outputs if each.name == row.output).open(context)
        status = output.status([row.ref]).get(row.ref)
    except StopIteration:
        yield Problem(f"outputs.{row.output}", f"{row.key}: the config no longer names this output", "F040")
        return
    except Exception as error:  # noqa: BLE001 -- whatever a plugin raises: it is told, and nothing is forgotten
        yield Problem(f"outputs.{row.output}", f"{row.key}: {error}", "F040")
        return
    if status and status.state == "open":
        action = replace(row.action, key=row.marker)
        change = Change(op="withdraw", output=row.output, action=action, key=row.key, ref=row.ref)
        _, problem = carry_out(change, output, store, context.now)
        if problem:
            yield problem


def forget(case: str, store: Store, path: Path, now: datetime) -> Erased:
    """Erase a case, all or nothing; then the copies of the store that hold it still, and the gaps it leaves."""
    with store.transaction():
        shared = store.erase(case, now)
        store.bury(NAME, names(case), now)
    copies = backups(path)
    for copy in copies:
        with suppress(FileNotFoundError):
            copy.unlink()
    try:
        store.scrub()
    except StoreError as error:
        return Erased(shared, tuple(copies), str(error))
    return Erased(shared, tuple(copies))


def names(case: str) -> set[str]:
    """Return what people may call a case, folded: its key, or the first part of an employer's domain."""
    return {fold(case), fold(case.rpartition("@")[2].partition(".")[0])}


def when_forgotten(name: str, store: Store) -> datetime | None:
    """Return when a case that people call so was forgotten."""
    return store.forgotten(NAME, fold(name))
