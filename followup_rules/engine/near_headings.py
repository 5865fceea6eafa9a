"""Addresses in headings of notes that nearly are those of people whom the user had to do with."""

from __future__ import annotations

from collections.abc import Collection

from followup_rules.model import Event
from followup_rules.toml.suggestions import nearest

# Short names of domains are near to each other without being slips: acme.com and acne.com.
_SHORT = 12


def slip(note: Event, known: Collection[str], domains: Collection[str]) -> tuple[str, str] | None:
    """Return an address or `@domain` of a note's heading that is probably a slip, and what it was meant to be.

    `known` are the addresses in mail and meetings, `domains` further ones that are spelled right.
    """
    hosts = {*domains, *(address.rpartition("@")[2] for address in known)}
    for address in (*(person.address for person in note.people), *([f"@{note.domain}"] if note.domain else [])):
        local, _, host = address.rpartition("@")
        if address in known or (not local and host in hosts):
            continue
        meant = nearest(address, known, most=_edits(local)) if local and host in hosts else None
        near = None if host in hosts else nearest(host, hosts, most=_edits(host))
        if meant or near:
            return address, meant or f"{local}@{near}"
    return None


def _edits(word: str) -> int:
    return 1 if len(word) <= _SHORT else 2
