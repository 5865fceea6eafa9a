"""From which addresses an account may send: the list in Gmail's settings (users.settings.sendAs)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from followup_google.faults import Denied, Missing, Odd
from followup_google.service import Service
from followup_rules import Profile
from followup_rules.people import is_one_of, spelt_out


class Address(Struct, frozen=True):
    """One of them."""

    email: str
    """In lower case."""
    usable: bool
    """Gmail lets the user send from it; in place of any other it writes the account's own."""
    is_me: bool
    """Mail to it comes to the user; not so where they write for somebody else."""


def addresses(service: Service) -> tuple[Address, ...]:
    """Return the addresses, or none if Gmail does not tell. Raises Unreadable if it may tell later."""
    try:
        found = service.read(lambda gmail: gmail.users().settings().sendAs().list(userId="me"))
    except (Missing, Denied, Odd):  # an emulator, or an organization that does not show its settings
        return ()
    listed = found.get("sendAs", ()) if isinstance(found, dict) else ()
    return tuple(_address(each) for each in listed if isinstance(each, dict) and each.get("sendAsEmail"))


def mine(known: Sequence[Address]) -> tuple[str, ...]:
    """Return those that are the user's own."""
    return tuple(each.email for each in known if each.is_me)


def written_from(account: str, profile: Profile) -> str:
    """Return the address that drafts are from: that of the account which holds them, if it is one of the user's."""
    address = spelt_out(account)
    return address if address in profile.me else profile.address


def may_send(service: Service, address: str) -> bool:
    """Tell whether Gmail sends from this address; so it is taken to do if it does not tell. Raises Unreadable."""
    if is_one_of(address, (service.account,)):
        return True
    known = addresses(service)
    return not known or any(each.usable and is_one_of(address, (each.email,)) for each in known)


def _address(given: dict[str, Any]) -> Address:
    primary = bool(given.get("isPrimary"))
    usable = primary or given.get("verificationStatus") == "accepted"
    return Address(str(given["sendAsEmail"]).lower(), usable, usable and given.get("treatAsAlias", True) is not False)
