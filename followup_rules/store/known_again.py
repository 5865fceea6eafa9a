"""By what else than its id an event is known again: calendars and mails do not always give the same one. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC

from msgspec.structs import replace

from followup_rules.mail.ids import SUBSTITUTES
from followup_rules.meetings import topic
from followup_rules.model import MAIL, Event


def mails(events: Sequence[Event], of_instant: Callable[[Event], Iterable[Event]]) -> list[Event]:
    """Return the events; a mail without Message-ID keeps the id by which its source has known it before.

    What stands in for an id was made otherwise by earlier versions. `of_instant` gives the mails of a mail's kind and
    instant that are known: it is that one which has the same people and, where several have, the same subject.
    """
    taken = {event.identity for event in events}
    known = []
    for event in events:
        same = _known_mail(event, of_instant, taken)
        taken.add(same.identity)
        known.append(same)
    return known


def _known_mail(mail: Event, of_instant: Callable[[Event], Iterable[Event]], taken: Collection[str]) -> Event:
    if mail.kind not in MAIL or not mail.id.startswith(SUBSTITUTES):
        return mail
    others = [other for other in of_instant(mail) if other.id.startswith(SUBSTITUTES)]
    if mail.identity in {other.identity for other in others}:
        return mail
    alike = [other for other in others if other.identity not in taken and _addresses(other) == _addresses(mail)]
    same = [other for other in alike if other.title == mail.title] or alike
    return replace(mail, id=same[0].id) if len(same) == 1 else mail


def meetings(seen: Mapping[str, Event], missed: Iterable[Event], listed: Collection[str]) -> dict[str, Event]:
    """Return what a source lists, by its identity; a meeting keeps the id under which it was listed before.

    Some calendars give every entry another UID each time they are exported. It is known by all that it says then.
    `missed` are the meetings that are no longer seen, `listed` the identities of all that was listed.
    """
    before: defaultdict[object, list[Event]] = defaultdict(list)
    for event in sorted(missed, key=lambda each: each.identity, reverse=True):
        before[_essence(event)].append(event)
    known: dict[str, Event] = {}
    for name in sorted(seen):
        event = seen[name]
        same = before[_essence(event)] if name not in listed and event.kind == "meeting" else []
        named = replace(event, id=same.pop().id) if same else event
        known[named.identity] = named
    return known


def _essence(event: Event) -> object:
    organizer = event.organizer.address if event.organizer else ""
    return event.start.astimezone(UTC), event.end.astimezone(UTC), topic(event.title), organizer, _addresses(event)


def _addresses(event: Event) -> tuple[str, ...]:
    return tuple(sorted(person.address for person in event.people))
