"""Calendars and sent mail for a new user to choose from: found in the usual places, or named; nothing is assumed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from followup_rules.cli.speech import tr
from followup_rules.host import discoveries
from followup_rules.host.discoveries import Offer
from followup_rules.host.registry import Registry
from followup_rules.model import Person
from followup_rules.plain import clean
from followup_rules.sentences import Sentence
from followup_rules.web_address import is_address

KINDS = {"meeting": Sentence("calendar"), "sent": Sentence("sent mail"), "note": Sentence("notes")}
"""By the kind of event that a source must show: what it is called for a new user."""

FLAGS = {"meeting": "calendar", "sent": "sent", "note": "notes"}
"""Likewise: the flag of `followup init` for it, and the name of its table in the config."""


class Unusable(Exception):  # noqa: N818 -- what was named is so
    """Nothing can be made of what the user has named; the sentence says why, and what to do."""


def found(registry: Registry, home: Path) -> list[Offer]:
    """Return what lies in the usual places: calendars first, then sent mail, then notes."""
    offers = discoveries.offers(registry, home)
    return [offer for kind in KINDS for offer in offers if what_it_is(offer) == kind]


def show(offers: Iterable[Offer]) -> None:
    """Print places with their numbers, from 1."""
    width = max(len(tr(name)) for name in KINDS.values())
    for number, offer in enumerate(offers, 1):
        path, home = offer.place.path, Path.home()
        short = f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
        click.echo(
            clean(f"  {number:2}  {tr(KINDS[what_it_is(offer)]):{width}}  {short}  ({offer.place.told})").replace(
                "\n", " "
            )
        )


def what_it_is(offer: Offer) -> str:
    """Return the first of `KINDS` that a source shows; "" if it shows none of them."""
    return next((kind for kind in KINDS if kind in offer.emits), "")


def named(registry: Registry, written: str) -> list[Offer]:
    """Return by what a file or folder can be read that the user has named. Raises Unusable."""
    # A look promises to open no connection; the address alone tells its server that somebody reads.
    if is_address(written):
        raise Unusable(
            Sentence(
                "a look opens no connection: download the calendar as an .ics file and name that; "
                "`followup init` takes its address"
            )
        )
    path = Path(os.path.expandvars(written)).expanduser()
    if not path.exists():
        raise Unusable(Sentence("{path} does not exist", path=written))
    offers = [offer for offer in discoveries.readers(registry, path.absolute()) if what_it_is(offer)]
    if not offers:
        raise Unusable(
            Sentence(
                "{path} is neither a calendar (.ics) nor mail (a Maildir, an mbox, a folder of .eml), "
                "nor notes in Markdown",
                path=written,
            )
        )
    return offers


def owners(registry: Registry, offers: Iterable[Offer]) -> list[Person]:
    """Return whose places seem to be, those who write the mail first; each address once."""
    mail_first = sorted(offers, key=lambda offer: what_it_is(offer) != "sent")
    people = [person for offer in mail_first for person in discoveries.owners(registry, offer)]
    # Reversed, so that the first name given stays.
    names = {person.address: person.name for person in reversed(people) if person.name}
    return [Person(each, names.get(each, "")) for each in dict.fromkeys(person.address for person in people)]


def proposed(offers: Sequence[Offer]) -> list[int]:
    """Return the numbers, from 1, of the likeliest calendar and the likeliest sent mail."""
    kinds = [what_it_is(offer) for offer in offers]
    return [kinds.index(kind) + 1 for kind in KINDS if kind in kinds]
