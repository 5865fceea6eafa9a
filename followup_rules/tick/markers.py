"""By which keys an action may lie in an output that another store made, or this one before a copy was put back."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from followup_rules.engine.assign_cases import by_people
from followup_rules.engine.plan import Change
from followup_rules.model import Decision
from followup_rules.store.store import duty_under
from followup_rules.tick.report import Given
from followup_rules.tick.seen_in_outputs import Seen

_APART = 14
"""So many days apart two stores may have first seen a note without a date, whose key has the day on which it was."""
_MOST_APART = 92
"""Likewise this store and itself, before a copy of long ago was put back; each day is asked for in the output."""


def markers_of(change: Change, duty: Decision, seen: Seen, given: Given) -> Iterator[str]:
    """Yield the keys under which an action may lie there that is to be made."""
    # Where all is known that was made, nobody else makes anything but `create` finds it.
    if change.output in seen.unfamiliar or _may_have_been_made(duty, given):
        yield change.action.key
    yield from _earlier_keys(change, duty, seen, given)
    note, day = duty.visit.anchor, duty.visit.day
    own = f"{duty.rule}/{''.join(note.id.split())}"
    if not note.undated or not change.key.startswith((f"{own}@", f"{own}~")):
        return
    today, apart = given.context.now.date(), _apart(given)
    for other in (day + timedelta(days=days) for days in range(apart, -apart - 1, -1)):
        key = change.key.replace(f"@{day}", f"@{other}")
        if other != day and other <= today and given.store.ledger.entry(key, change.output) is None:
            yield key


def _may_have_been_made(duty: Decision, given: Given) -> bool:
    """Tell whether a duty was open before this store began, or went on as a copy of it.

    When all outputs were looked through, the duty may have been void: a rule or a meeting has changed since.
    """
    began = max(given.first_run, given.left.restored_at or given.first_run)
    return duty.opens is not None and duty.opens <= began


def _earlier_keys(change: Change, duty: Decision, seen: Seen, given: Given) -> Iterator[str]:
    """Yield the keys that an action had before its rule or case got another name or `per`, or the user another zone.

    Under these another store may have made it, which this one does not know.
    """
    action, visit, state = change.action, duty.visit, given.store.state.read()
    if duty.opens is None or duty.rule not in state.rules:
        return
    rules, known = given.config.rulebook.rules.rules, state.rules[duty.rule]
    names = [(duty.rule, known.per), *((was.name, was.per) for was in known.formerly
             if duty.opens <= was.until and (was.name == duty.rule or was.name not in rules))]  # fmt: skip
    zones = (ZoneInfo(name) for name, until in state.zones.items() if duty.opens <= until)
    days = [visit.day, *(visit.anchor.start.astimezone(zone).date() for zone in zones)]
    cases = (action.case, *_earlier_names(change, duty, days, seen, given))
    duties = (
        duty_under(replace(action, case=case), name, per).replace(f"@{visit.day}", f"@{day}")
        for case in cases for name, per in names for day in days
    )  # fmt: skip
    for other in dict.fromkeys(duties):
        key = change.key.replace(action.duty, other, 1)
        if other != action.duty and given.store.ledger.entry(key, change.output) is None:
            yield key


def _earlier_names(change: Change, duty: Decision, days: Collection[date], seen: Seen, given: Given) -> Iterator[str]:
    """Yield the names that a case had when a duty opened: those that the store knows, and the one without a label.

    Not what is the name of another case by now that has an entry on such a day: what lies there may be that one's.
    """
    anchor, case, places = duty.visit.anchor, change.action.case, given.store.places
    zone = given.config.profile.timezone
    names = [name for name, until in places.earlier_names(case).items() if duty.opens and duty.opens <= until]
    if change.output in seen.unfamiliar:
        names.append(by_people(anchor, given.config.rulebook.directory))
    for name in dict.fromkeys(names):
        beside = given.store.events.events(places.at_home(name))
        another = any(each.kind == anchor.kind and each.start.astimezone(zone).date() in days for each in beside)
        if name != case and not another:
            yield name


def _apart(given: Given) -> int:
    """Return how many days apart a note without a date may have been first seen."""
    restored = given.left.restored
    if restored is None or restored.last_run is None:
        return _APART
    return max(_APART, min((given.now - restored.last_run).days + 1, _MOST_APART))
