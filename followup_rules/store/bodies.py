"""An event as its row keeps it: as JSON, with what only the store knows of it beside."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import replace

from followup_rules.model import MAIL, Event, Report
from followup_rules.store.errors import damaged
from followup_rules.store.instants import at, encoded, instant


def encode(event: Event) -> str:
    """Return the event as it is kept: of a mail not where it lies, for it stays the same mail when it is moved."""
    data = {k: {"at": v} if isinstance(v, datetime) else v for k, v in event.data.items()}
    where = "" if event.kind in MAIL else event.where
    own = {"listed": None, "gone": None, "past_unlisted": False, "planned": None, "called_off": None}
    return encoded(replace(event, data=data, where=where, **own))


def says_the_same(body: str, event: Event) -> bool:
    """Tell whether a kept event is one as it is shown now, wherever the heading of a note stands.

    An event that an earlier version kept is the same, too, though it lacks the fields that were added since.
    """
    own = encode(event)
    return body == own or encode(replace(decode("", body), heading_line=event.heading_line)) == own


_EVENT = msgspec.json.Decoder(Event)
_OWN = ("gone", "listed", "planned", "called_off", "past_unlisted")


def decode(source: str, body: str, *own: str | int | None) -> Event:
    """Return a stored event, with what the store knows of it itself, as far as it is given."""
    try:
        event = _EVENT.decode(body)
    except (msgspec.DecodeError, ValueError) as error:
        raise damaged(error) from error
    if not event.data and not any(own):  # most are kept as they are
        return event
    # JSON knows no instants: they are kept as {"at": ISO}, and no plugin may give a table.
    data = {
        name: at(str(value["at"])) if isinstance(value, dict) and value.keys() == {"at"} else value
        for name, value in event.data.items()
    }
    report = event.report or _older_report(source, event)
    known = {
        name: instant(value) if isinstance(value, str) else value
        for name, value in zip(_OWN, own, strict=False)
        if value is not None
    }
    return replace(event, data=data, report=report, **{**known, "past_unlisted": bool(known.get("past_unlisted"))})


def _older_report(source: str, event: Event) -> Report | None:
    """Return the report of an event that an earlier version kept, which had it in fields of `data`."""
    if "key" not in event.data or not (source.startswith("output ") or event.kind == "sent"):
        return None
    return Report(**{name: str(event.data.get(name, "")) for name in Report.__struct_fields__})
