"""Which mails of a case belong to one conversation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from followup_rules.language.matching import Subjects
from followup_rules.model import Event

MAIL = ("sent", "received")


def threads(events: Iterable[Event], subjects: Subjects) -> Mapping[str, str]:
    """Return the conversation of each known id of a thread: the same text for all ids of one conversation.

    Mails are joined by every id that they name (RFC 5322, section 3.6.4). A reply that names none, as Outlook writes
    them, joins the latest earlier mail under its subject that shares somebody with it. The order of `events` does not
    matter.
    """
    in_order = sorted(events, key=lambda event: (event.start, event.id))
    joined = _Joined()
    for event in in_order:
        joined.join(known_ids(event))
    for number, event in enumerate(in_order):
        if event.kind in MAIL and not (event.references or event.answers) and subjects.is_reply(event.title):
            before = _under_its_subject(event, in_order[:number], subjects)
            if before is not None:
                joined.join([event.id, before.id])
    return {ident: joined.root(ident) for ident in joined.parents}


def known_ids(event: Event) -> list[str]:
    """Return every id by which the conversation of an event is known: its own if it is a mail, and those it names."""
    own = [event.id] if event.kind in MAIL else []
    return [ident for ident in (*own, event.thread, event.answers, *event.references) if ident]


def _under_its_subject(reply: Event, earlier: list[Event], subjects: Subjects) -> Event | None:
    topic = subjects.topic(reply.title)
    people = {person.address for person in reply.people}
    same = (
        event
        for event in reversed(earlier)
        if event.kind in MAIL
        and not people.isdisjoint(person.address for person in event.people)
        and subjects.topic(event.title) == topic
    )
    return next(same, None) if topic else None


class _Joined:
    """Ids that belong together; the root of a group is its least id, so that the order of joining does not matter."""

    def __init__(self) -> None:
        self.parents: dict[str, str] = {}

    def root(self, ident: str) -> str:
        while (parent := self.parents.setdefault(ident, ident)) != ident:
            ident = parent
        return ident

    def join(self, idents: list[str]) -> None:
        roots = {self.root(ident) for ident in idents}
        for root in roots:
            self.parents[root] = min(roots)
