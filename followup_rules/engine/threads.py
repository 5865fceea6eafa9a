"""Which mails of a case belong to one conversation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from followup_rules.language.matching import Subjects
from followup_rules.model import MAIL, Event


def threads(events: Iterable[Event], subjects: Subjects) -> Mapping[str, str]:
    """Return the conversation of each event, by identity, and of each id that a mail has or names.

    Mails are joined by every id that they name (RFC 5322, section 3.6.4). A reply that names none, as Outlook writes
    them, joins the latest earlier mail under its subject that shares somebody with it. The order of `events` does not
    matter. A mail that somebody sent under the id of one of mine is not of its conversation for that.
    """
    in_order = sorted(events, key=lambda event: (event.start, event.identity))
    mine = {event.id for event in in_order if event.kind == "sent"}
    joined = _Joined()
    for event in in_order:
        own = [event.id] if event.kind == "sent" or (event.kind == "received" and event.id not in mine) else []
        named = [ident for ident in named_ids(event) if ident != event.id]
        joined.join([event.identity, *own, *named])
    mails = [event for event in in_order if event.kind in MAIL]
    replies = {
        mail.identity for mail in mails if not (mail.references or mail.answers) and subjects.is_reply(mail.title)
    }
    latest: dict[tuple[str, str], int] = {}
    for number, mail in enumerate(mails if replies else ()):
        topic = subjects.topic(mail.title)
        shared = [(topic, person.address) for person in mail.people] if topic else []
        before = [latest[each] for each in shared if each in latest]
        if mail.identity in replies and before:
            joined.join([mail.identity, mails[max(before)].identity])
        latest |= dict.fromkeys(shared, number)
    return {ident: joined.root(ident) for ident in joined.parents}


def named_ids(event: Event) -> list[str]:
    """Return the ids by which an event names its conversation."""
    return [ident for ident in (event.thread, event.answers, *event.references) if ident]


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
