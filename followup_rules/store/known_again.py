"""By what else than its id a mail is known again: what stands in for a Message-ID was made otherwise before. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from msgspec.structs import replace

from followup_rules.mail.ids import SUBSTITUTES
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


def _addresses(event: Event) -> tuple[str, ...]:
    return tuple(sorted(person.address for person in event.people))
