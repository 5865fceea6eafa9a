"""A copy of the store, and a copy put back: made whole, tried before it counts, and said what it holds."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.config.read import Config, read_config
from followup_rules.sentences import Sentence, together
from followup_rules.store import database
from followup_rules.store.backup import aside_of, copies, keep_aside, read_into, usual_place, whole
from followup_rules.store.errors import StoreError, TooNew
from followup_rules.store.state import Restored
from followup_rules.store.store import Store, open_copy
from followup_rules.store.tombstones import CASE


class Holdings(Struct, frozen=True):
    """What a store, or a copy of one, holds."""

    file: Path
    cases: int
    duties: int
    actions: int
    """Drafts, tasks and notices, whatever became of them."""
    last_run: datetime | None
    """In UTC."""
    version: int
    size: int
    """In bytes."""


def back_up(config: Config, place: Path | None, now: datetime, *, over: bool = False) -> Holdings:
    """Write a copy of what was committed to the store, also while a run is at work; `now` names it if nobody does.

    Raises StoreError, with what to do, if there is no whole copy in the end; what lay there before then still does.
    """
    store, place = config.store, place or usual_place(config.store, now)
    if not store.exists():
        raise StoreError(
            Sentence("there is no store {store} yet, so nothing to copy", store=store),
            Sentence("the first `followup run` makes it"),
        )
    _refuse(place, store, over=over)
    with _writing(place), whole(place) as unfinished:
        with closing(sqlite3.connect(unfinished, isolation_level=None)) as copy:
            _read(store, copy)
            # A copy of a database in WAL mode is in that mode, too: it could not be opened on a disk that is read-only.
            copy.execute("pragma journal_mode = delete")
        holdings = _tried(unfinished, store)
    return replace(holdings, file=place)


def _refuse(place: Path, store: Path, *, over: bool) -> None:
    """Raise StoreError if no copy may be written there."""
    if place.is_dir():
        raise StoreError(
            Sentence("{place} is a folder", place=place),
            Sentence("name a file in it: followup backup {file}-backup", file=place / store.name),
        )
    if not place.parent.is_dir():
        raise StoreError(
            Sentence("the folder {parent} is not there, so no copy was made", parent=place.parent),
            Sentence("make it: mkdir -p {parent}", parent=place.parent),
        )
    if not place.exists():
        return
    if not place.is_file():
        raise StoreError(
            Sentence("{place} is a pipe or a device and no file", place=place),
            Sentence("name a file, such as {name}-backup", name=store.name),
        )
    if store.samefile(place):
        raise StoreError(
            Sentence("{place} is the store itself", place=place),
            Sentence("name another file, or none: then it lies beside the store"),
        )
    if not over:
        raise StoreError(
            Sentence("{place} is there already; it was left as it is", place=place),
            Sentence("add --force to write over it, or name another file"),
        )


@contextmanager
def _writing(place: Path) -> Iterator[None]:
    """Turn what goes wrong with a file that is written into a sentence. Raises StoreError."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        # The low byte is the primary code of an extended one (SQLite, "Result and Error Codes").
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL or getattr(error, "errno", 0) in (errno.ENOSPC, errno.EDQUOT):
            hint = Sentence("make room on the disk of {parent}, or name a file on another one", parent=place.parent)
            raise StoreError(Sentence("there is no room left for {place}", place=place), hint) from error
        said = error.strerror if isinstance(error, OSError) else str(error)
        hint = Sentence("check the permissions of {parent} and its disk, or name a file elsewhere", parent=place.parent)
        raise StoreError(Sentence("{place} cannot be written: {said}", place=place, said=said), hint) from error


def _read(store: Path, copy: sqlite3.Connection) -> None:
    """Copy the store; what is wrong with the store itself is not said of the copy. Raises StoreError."""
    version = database.version_of(store)
    if not version:
        raise StoreError(
            Sentence("the store {store} is empty, so there is nothing to copy", store=store),
            Sentence("the first `followup run` fills it"),
        )
    read_into(copy, store)


def _tried(file: Path, store: Path) -> Holdings:
    """Return what a copy holds once this version could open it and found it whole. Raises StoreError."""
    with open_copy(file) as copy:
        # Deep, however long it takes: a damaged copy is noticed only when it is the last one.
        if damage := copy.database.damage(deep=True):
            message = Sentence(
                "the store {store} is damaged, so no copy was made: {damage}", store=store, damage="; ".join(damage)
            )
            raise StoreError(message, _put_back(store))
        return _holdings(file, copy)


def _holdings(file: Path, copy: Store) -> Holdings:
    decided = copy.decisions.count()
    return Holdings(
        file,
        len({*copy.places.cases(), *copy.ledger.cases()}),
        decided,
        copy.ledger.count(),
        copy.state.read().last_run,
        database.version_of(file),
        file.stat().st_size,
    )


def _put_back(store: Path) -> str:
    """Say which copies could be put back."""
    names = [copy for copy in copies(store) if "-backup" in copy.name and not copy.name.endswith(".part")]
    if not names:
        return Sentence("look for a copy elsewhere, and put it back: followup backup --restore FILE")
    newest = max(names, key=lambda copy: (copy.stat().st_mtime_ns, copy.name))
    return Sentence("put a copy back: followup backup --restore {newest}", newest=newest)


# -- a copy is put back


class PutBack(Struct, frozen=True):
    """What was put back, and where the store lies now that was there before."""

    holdings: Holdings
    kept: Path | None
    forgotten: tuple[str, ...]
    """Cases that the user has had forgotten since the copy was made: with it they are there again."""


def put_back(config: Config, file: Path, now: datetime) -> PutBack:
    """Put a copy in place of the store, which no run may be using, and keep the store under another name.

    `now` is in the user's zone. Raises StoreError if the copy is not to be trusted; then nothing was changed.
    """
    _check(file, config)
    with open_copy(file) as copy:
        holdings, state = _holdings(file, copy), copy.state.read()
        # Before anything is moved: a store of another config would have its work taken back.
        _unless_of_another(file, state.config, config)
        forgotten = tuple(_forgotten_since(copy, config.store))
        # First aside, then in place: in between there may be no store, never half of one.
        kept = aside_of(config.store, now) if config.store.exists() else None
        if kept:
            with _writing(kept):
                keep_aside(config.store, kept)
        mark_as_put_back(copy, config, now)
        with _writing(config.store):
            copy.database.put_in_place(config.store)
    return PutBack(holdings, kept, forgotten)


def mark_as_put_back(copy: Store, config: Config, now: datetime) -> None:
    """Let the next run on a copy look for what was done since it was made, and judge everything anew.

    It was judged by other sources than there are today, and perhaps by another config.
    """
    state, own = copy.state.read(), config.whole_path
    restored = Restored(now.astimezone(UTC), state.last_run)
    left = replace(state, restored=restored, restored_at=restored.at, config=own, fingerprint="", sound="", sight=None)
    copy.state.write(left)


def _forgotten_since(copy: Store, store: Path) -> list[str]:
    """Return the cases of a copy that were forgotten in the store, as far as it can be read."""
    try:
        with open_copy(store) as present:
            # A store that is broken is why a copy is put back: it need not be readable for that.
            return [case for case in copy.places.cases() if present.tombstones.find(CASE, case)]
    except StoreError:
        return []


def _check(file: Path, config: Config) -> None:
    """Raise StoreError if a file is no whole copy of a store, or is the store itself."""
    if not file.exists():
        raise StoreError(Sentence("{file} is not there; nothing was changed", file=file), _put_back(config.store))
    if not file.is_file():
        raise StoreError(
            Sentence("{file} is no file; nothing was changed", file=file), Sentence("name the file of a copy")
        )
    if config.store.exists() and not config.store.is_file():
        raise StoreError(
            Sentence("the store {store} is no file; nothing was changed", store=config.store),
            Sentence("move away what lies there"),
        )
    if config.store.exists() and config.store.samefile(file):
        raise StoreError(
            Sentence("{file} is the store itself; nothing was changed", file=file), Sentence("name the file of a copy")
        )
    try:
        empty = not database.version_of(file)
        with open_copy(file) as copy:
            damage = copy.database.damage(deep=True)
            copy.state.read()
    except TooNew as error:
        raise StoreError(
            Sentence("{error}; nothing was changed", error=error),
            Sentence("upgrade followup-rules, or choose an earlier copy"),
        ) from error
    except StoreError as error:
        raise StoreError(
            Sentence("{error}; nothing was changed", error=error), Sentence("choose another copy")
        ) from error
    if empty or damage:
        what = Sentence("damaged: {damage}", damage=together(*damage)) if damage else Sentence("empty")
        raise StoreError(
            Sentence("{file} is {what}; nothing was changed", file=file, what=what), Sentence("choose another copy")
        )


def _unless_of_another(file: Path, known: str, config: Config) -> None:
    """Raise StoreError if the copy is that of a config which is there and has a store of its own."""
    other = Path(known) if known else config.file
    # Two configs may lie side by side, and each store only knows its own drafts and tasks.
    if other.resolve() == config.file.resolve() or not other.exists():
        return  # a config that was renamed, or the one of another computer
    if read_config(other).store != config.store:
        hint = Sentence(
            "put it back there: followup --config {other} backup --restore {file}; or delete {other}",
            other=other,
            file=file,
        )
        raise StoreError(
            Sentence(
                "{file} is a copy of the store of another config, {other}; nothing was changed", file=file, other=other
            ),
            hint,
        )
