"""How the store keeps instants, in UTC, as ISO 8601 text that sorts as they do; days; and records, as JSON."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
from msgspec import Struct

from followup_rules import plain
from followup_rules.store.errors import damaged


def text(instant: datetime | None) -> str | None:
    """Return an instant as the store keeps it: in UTC, and sortable."""
    return None if instant is None else instant.astimezone(UTC).isoformat(timespec="microseconds")


def instant(stored: str | None) -> datetime | None:
    """Return an instant that the store kept."""
    return None if stored is None else at(stored)


def at(stored: str) -> datetime:
    """Return an instant that is always there. Raises StoreError."""
    try:
        return datetime.fromisoformat(stored)
    except (ValueError, TypeError) as error:
        raise damaged(error) from error


def calendar_day(stored: str) -> date:
    """Return a day that the store kept. Raises StoreError."""
    try:
        return date.fromisoformat(stored)
    except (ValueError, TypeError) as error:
        raise damaged(error) from error


def encoded(record: Struct) -> str:
    """Return a record as JSON, the same for the same content. An instant may be of any library's type."""
    return msgspec.json.encode(record, order="sorted", enc_hook=plain.instant).decode()
