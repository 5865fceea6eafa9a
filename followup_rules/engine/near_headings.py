"""Addresses in headings of notes that nearly are those of people whom the user had to do with."""

from __future__ import annotations

import re
from collections.abc import Collection

from followup_rules.model import Event
from followup_rules.toml.suggestions import nearest

# Short names are near to each other without being slips: anna and hanne, acme.com and acts.com.
_SHORT = 12
_SPELT_SIGN = re.compile(r"([\w.+-]+)\s+(?:at|arobase|[(\[]at[)\]])\s+((?:[\w-]+\.)+[\w-]+)", re.IGNORECASE)


def spelt_address(heading: str) -> str:
    """Return the address that is written with a word in place of its sign, as `julie.roy at nordik.ca`, or nothing."""
    found = _SPELT_SIGN.search(heading)
    return f"{found[1]}@{found[2]}" if found else ""


def slip(note: Event, known: Collection[str], domains: Collection[str]) -> tuple[str, str] | None:
    """Return an address or `@domain` of a note's heading that is probably a slip, and what it was meant to be.

    `known` are the addresses in mail and meetings, `domains` further ones that are spelled right.
    """
    hosts = {*domains, *(address.rpartition("@")[2] for address in known)}
    for address in (*(person.address for person in note.people), *([f"@{note.domain}"] if note.domain else [])):
        local, _, host = address.rpartition("@")
        if host not in hosts:
            near = nearest(host, hosts, most=_edits(host))
            meant = f"{local}@{near}" if near else None
        elif local and address not in known:
            meant = nearest(address, known, most=_edits(local))
        else:
            meant = None
        if meant:
            return address, meant
    return None


def _edits(word: str) -> int:
    """Return how many slips make the same word."""
    return 1 if len(word) <= _SHORT else 2
