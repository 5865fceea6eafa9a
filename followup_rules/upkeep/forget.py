"""Forgetting a case: what is erased, and what stays in the user's own files unless they want it taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.config.configured import ConfiguredOutput
from followup_rules.config.read import Config
from followup_rules.engine.case_keys import employer
from followup_rules.engine.plan import Change, EntryState, LedgerEntry
from followup_rules.host.failures import failure
from followup_rules.language.text import fold
from followup_rules.model import NOTICE, Problem
from followup_rules.sentences import Sentence
from followup_rules.store import last_note
from followup_rules.store.backup import backups, copies
from followup_rules.store.errors import StoreError
from followup_rules.store.store import Store, open_copy
from followup_rules.store.tombstones import NAME
from followup_rules.tick.execute import carry_out


class Contents(Struct, frozen=True):
    """What the store keeps of a case."""

    events: int
    people: tuple[str, ...]
    actions: int
    lines: int
    """Of the journal."""
    left: tuple[LedgerEntry, ...]
    """What stands in the outputs, or may stand there."""


class Erased(Struct, frozen=True):
    """What became of a case that was to be forgotten."""

    shared: int
    """Mails that stay because another case has them, too."""
    copies: tuple[Path, ...]
    """Of the store as it was; they were deleted."""
    kept: tuple[Path, ...] = ()
    """Copies that the user made, or that were kept aside, and that hold it still."""
    gaps: str = ""
    """Why the file could not be written anew without the gaps."""


def contents(case: str, store: Store) -> Contents:
    """Return what the store keeps of a case."""
    home = store.case(case).home
    entries = store.ledger.of(case)
    there = (entry for entry in entries if entry.state in (EntryState.DELIVERED, EntryState.INTENDED))
    return Contents(
        events=len(home),
        people=tuple(sorted({person.address for event in home for person in event.people})),
        actions=len(entries),
        lines=len(store.decisions.history(case)),
        left=tuple(entry for entry in there if entry.action.type != NOTICE),
    )


def take_back(case: str, config: Config, store: Store, now: datetime) -> list[Problem]:
    """Withdraw what the user has not touched; return what went wrong with it."""
    delivered = [entry for entry in contents(case, store).left if entry.state is EntryState.DELIVERED]
    by_name = {output.name: output for output in config.outputs}
    problems: list[Problem] = []
    for name in sorted({entry.output for entry in delivered}):
        entries = [entry for entry in delivered if entry.output == name]
        if name in by_name:
            problems += _taken_back(entries, by_name[name], config, store, now)
        else:
            keys = ", ".join(entry.key for entry in entries)
            problems.append(
                Problem(
                    f"outputs.{name}",
                    Sentence("{keys}: the config no longer names this output", keys=keys),
                    Code.UNUSABLE,
                )
            )
    return problems


def _taken_back(
    entries: Sequence[LedgerEntry], configured: ConfiguredOutput, config: Config, store: Store, now: datetime
) -> Iterator[Problem]:
    """Withdraw entries from one output, which answers within its time limit or is given up."""
    where = f"outputs.{configured.name}"
    try:
        output = configured.open(config.context(now))
    except Exception as error:  # noqa: BLE001 -- whatever a plugin raises: it is told, and nothing is forgotten
        yield failure(where, error)
        return
    try:
        became = output.status([entry.ref for entry in entries])
        for entry in (entry for entry in entries if became[entry.ref].state == "open"):
            action = replace(entry.action, key=entry.marker)
            change = Change(op="withdraw", output=entry.output, action=action, key=entry.key, ref=entry.ref)
            done = carry_out(change, output, store, now)
            if isinstance(done, Problem):
                yield done
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 -- likewise
        yield failure(where, error)
    finally:
        output.close()


def forget(case: str, store: Store, path: Path, now: datetime) -> Erased:
    """Erase a case, all or nothing; then the copies of the store that hold it still, and the gaps it leaves."""
    with store.database.transaction():
        shared = store.erase(case, now)
        store.tombstones.add(NAME, names(case), now)
    # Only once the store has forgotten it: a crash in between leaves a copy, which `doctor` names.
    made = backups(path)
    for copy in made:
        with suppress(FileNotFoundError):
            # Another run of `forget`, or the user, may have been quicker.
            copy.unlink()
    with suppress(OSError):  # what a note said that can still be taken back
        last_note.forget(path)
    kept = tuple(copy for copy in copies(path) if _holds(copy, case))
    try:
        store.database.scrub()
    except StoreError as error:
        return Erased(shared, tuple(made), kept, str(error))
    return Erased(shared, tuple(made), kept)


def _holds(file: Path, case: str) -> bool:
    """Tell whether a copy holds a case, as far as it can be read."""
    try:
        with open_copy(file) as copy:
            # A copy that cannot be read may hold it, so that it is named: better one too many.
            return case in {*copy.places.cases(), *copy.ledger.cases()}
    except StoreError:
        return True


def names(case: str) -> set[str]:
    """Return what people may call a case, folded: its key, or the first part of an employer's domain."""
    return {fold(case), fold(employer(case))}


def when_forgotten(name: str, store: Store) -> datetime | None:
    """Return when a case that people call so was forgotten."""
    return store.tombstones.find(NAME, fold(name))
