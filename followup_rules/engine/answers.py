"""What mails answer, where that is told by the other mails of the case alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from msgspec.structs import replace

from followup_rules.language.matching import SENT_BY_ITSELF, Subjects
from followup_rules.model import Case, Event
from followup_rules.people import normal

Asked: TypeAlias = Mapping[tuple[str, str], datetime]
"""When I first wrote to an address under a subject."""


def with_answers(case: Case, subjects: Subjects) -> Case:
    """Return a case in which mails answer, and are, what the other mails of the case make of them."""
    return _past_programs(_with_answers_to_mine(case, subjects))


def _past_programs(case: Case) -> Case:
    """Return a case in which what answers an automatic reply answers the mail for which that came.

    Who writes once more answers the last mail of the conversation, and that may be a notice of absence.
    """
    programs = {event.id: event for event in (*case.home, *case.joined) if event.auto in SENT_BY_ITSELF}
    if not programs:
        return case
    home, joined = (tuple(_past(event, programs) for event in part) for part in (case.home, case.joined))
    return replace(case, home=home, joined=joined)


def _past(event: Event, programs: Mapping[str, Event]) -> Event:
    if event.answers not in programs:
        return event
    before = (programs[event.answers].answers, *reversed(event.references))
    return replace(event, answers=next((ident for ident in before if ident and ident not in programs), ""))


def _with_answers_to_mine(case: Case, subjects: Subjects) -> Case:
    """Return a case in which what answers a mail of mine, by subject and writer, is its writer's word.

    Tools of recruiters put a way to leave a list (RFC 2369, RFC 8058) into every mail, and some of them drop the
    headers of an answer; with these it was never taken for mail to many. A `Re:` alone proves nothing: newsletters come
    in that dress, too.
    """
    events = (*case.home, *case.joined)
    if "bulk" not in {event.auto for event in events}:
        return case
    asked: dict[tuple[str, str], datetime] = {}
    for mail in (event for event in events if event.kind == "sent" and not event.auto):
        for person in mail.people:
            key = subjects.topic(mail.title), normal(person.address)
            asked[key] = min(asked.get(key, mail.start), mail.start)
    home, joined = (tuple(_heard(event, asked, subjects) for event in part) for part in (case.home, case.joined))
    return replace(case, home=home, joined=joined)


def _heard(event: Event, asked: Asked, subjects: Subjects) -> Event:
    if event.kind != "received" or event.auto != "bulk" or not event.organizer or not subjects.is_reply(event.title):
        return event
    topic = subjects.topic(event.title)
    first = asked.get((topic, normal(event.organizer.address))) if topic else None
    return replace(event, auto="") if first and first <= event.start else event
