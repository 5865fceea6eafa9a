"""One entry as the library understands it, and what is told of one that it cannot."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from followup_ics.events import STAMP, values
from followup_ics.flaws import FlawError, senseless
from followup_ics.lines import DATES, RULES, mended
from followup_ics.times import set_whole_days, set_zones
from followup_rules import BadItem, Profile
from followup_rules.plain import one_line
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from followup_ics.recurrence import Component
    from followup_ics.text import Entry

_RELIED_ON = {**DATES, **RULES}


def component(entry: Entry, profile: Profile) -> Component:
    """Return an entry as a component whose times all have their zone. Raises FlawError, or what the library does."""
    if not entry.closed:
        raise FlawError(Sentence("it has no end (END:VEVENT); export or sync the calendar again"))
    if not entry.begun:
        raise FlawError(Sentence("it has no beginning (BEGIN:VEVENT); export or sync the calendar again"))
    found = parsed(entry.text)
    found["METHOD"], found[STAMP] = entry.method, entry.updated
    set_zones(found, entry.file.zones, profile.timezone)
    set_whole_days(found, profile.timezone)
    if entry.method == "ADD" and "DTSTART" in found and "RECURRENCE-ID" not in found:
        # It gives one occurrence more, and moves nothing (RFC 5546, section 3.2.4).
        found.add("RECURRENCE-ID", found["DTSTART"].dt)
    return found


def parsed(text: str) -> Component:
    """Return content lines as a component. Raises FlawError, or what the library does."""
    from icalendar import Event  # noqa: PLC0415 -- heavy
    from icalendar.prop import vBroken  # noqa: PLC0415

    lines = "\r\n".join(["BEGIN:VEVENT", *mended(text), "END:VEVENT", ""])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: Component = Event.from_ical(lines)
    # The library keeps what it cannot read as vBroken, and would take it for text.
    for name, value in [(each, value) for each in _RELIED_ON for value in values(found, each)]:
        if isinstance(value, vBroken):
            raise senseless(_RELIED_ON[name], name, str(value))
    return found


def where(entry: Entry) -> str:
    """Return how messages name a meeting that can be read: its file and its title."""
    return f"{entry.file.name}: {entry.title}"


def bad_item(entry: Entry, error: Exception, ident: str = "") -> BadItem:
    """Tell that an entry is left out. What was read earlier under the id, or the UID, stays."""
    message = Sentence("this meeting is left out: {error}", error=error)
    number, line = entry.line(error.line if isinstance(error, FlawError) else "")
    if not isinstance(error, FlawError):
        reason = one_line(str(error), 200) or type(error).__name__
        message = Sentence("this meeting cannot be read ({reason}); open it and save it again", reason=reason)
    where = f"{entry.file.name}:{number}: {entry.title}"
    hint = error.hint if isinstance(error, FlawError) else ""
    marked = error.line.partition("=")[2] if isinstance(error, FlawError) else ""
    return BadItem(where, message, ident or entry.uid, line, marked or line.partition(":")[2] or line, hint)
