"""The last note that a command wrote, beside the store, so that it can be taken back: once, and only that one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from followup_rules import durable
from followup_rules.model import NoteAdded


class LastNote(Struct, frozen=True):
    """A note, and the name of the source that wrote it."""

    source: str
    note: NoteAdded


def keep(store: Path, last: LastNote) -> None:
    """Remember a note; where that cannot be written down, it cannot be taken back."""
    with suppress(OSError):
        durable.make_folder(store.parent, 0o700)
        durable.write(_place(store), msgspec.json.encode(last))


def read(store: Path) -> LastNote | None:
    """Return the note that was written last, unless it was taken back."""
    try:
        return msgspec.json.decode(_place(store).read_bytes(), type=LastNote)
    # What cannot be read, as after a crash, is a note that cannot be taken back; ValueError: no UTF-8.
    except (OSError, msgspec.DecodeError, ValueError):
        return None


def forget(store: Path) -> None:
    """Remember no note any more. Raises OSError."""
    _place(store).unlink(missing_ok=True)


def _place(store: Path) -> Path:
    return store.with_name(f"{store.name}.last-note")
