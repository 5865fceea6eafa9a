"""What one event tells of whether it took place. Pure."""

from __future__ import annotations

from followup_rules.model import MAIL, Event


def vanished(event: Event) -> bool:
    """Tell whether an event was taken away before it took place: nothing follows from one that few runs have seen."""
    return event.gone is not None and event.kind not in MAIL and (event.kind != "meeting" or event.gone < event.end)


def in_time(event: Event) -> bool:
    """Tell whether a meeting was cancelled before its end: a pull saw it so by then, or its stamp says when.

    Without either, it was unless a pull had listed it as planned: then it was called off after it took place.
    """
    if event.called_off is not None and event.called_off < event.end:
        return True
    return event.updated < event.end if event.updated is not None else event.planned is None


def is_to(mail: Event, addresses: set[str]) -> bool:
    """Tell whether a mail goes to one of some addresses."""
    return any(person.address in addresses for person in mail.people)
