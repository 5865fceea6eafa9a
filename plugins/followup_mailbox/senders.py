"""Who wrote the mails of a place that is to show mine: a place with none of mine shows nothing of what I sent."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from followup_mailbox.marks import is_discarded, is_draft
from followup_rules import Event
from followup_rules.mail import head as heads
from followup_rules.mail.addresses import people
from followup_rules.people import spelt_out
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from followup_mailbox.folders import Raw
    from followup_mailbox.messages import MailReader

_FROM = re.compile(rb"^From[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)", re.IGNORECASE | re.MULTILINE)
_DELIVERED = re.compile(rb"^(?:Delivered-To|Return-Path)[ \t]*:", re.IGNORECASE | re.MULTILINE)
"""The last server adds these to what comes in (RFC 5321, section 4.4): such a mail was received, whoever it names."""
_GMAIL = frozenset({"gmail.com", "googlemail.com"})


class Senders(Struct):
    """What is known so far of who wrote the mails of a place."""

    me: frozenset[str]
    has_mine: bool = False
    """There is, or was in an earlier pull, a mail that I sent."""
    others: Counter[str] = field(default_factory=Counter)
    """How many mails of which other addresses there are; counted until one of mine is found."""
    aliases: Counter[str] = field(default_factory=Counter)
    """How many mails are from another spelling of one of my addresses."""

    def see(self, raw: Raw, reader: MailReader) -> None:
        """Take note of who wrote a mail."""
        written = heads.raw(raw.content)
        sender = _FROM.search(written)
        if not sender or (self.has_mine and not self._may_be_mine(sender[1])):
            return
        text = " ".join(sender[1].decode("utf-8", "replace").split())
        author = next((someone.address for someone in people([text])), "")
        if author in self.me:
            headers = heads.headers(written)
            # A draft and what lies in the bin are mine too, and show nothing of what I sent.
            self.has_mine = self.has_mine or not (is_discarded(headers) or is_draft(headers))
        elif author:
            if not self.has_mine:
                self.others[author] += 1
            if self._alike(author) and not _DELIVERED.search(written) and _is_wanted(raw, reader, author):
                self.aliases[author] += 1

    def _may_be_mine(self, written: bytes) -> bool:
        """Tell cheaply of most addresses that they are no other spelling of mine: the domain is another."""
        folded = written.lower()
        domains = {domain.encode() for mine in self.me if (domain := mine.rpartition("@")[2])}
        # These may share no letters with mine: a domain with accents as IDNA spells it, and the two of Gmail.
        return b"xn--" in folded or b"@g" in folded or any(domain in folded for domain in domains)

    def fault(self) -> str:
        """Return why these mails do not show what I sent, and what to do; nothing if they do."""
        if self.others and not self.has_mine:
            return self._none_of_mine()
        if not self.aliases:
            return ""
        alias, number = self.aliases.most_common(1)[0]
        return Sentence(
            "{number} mail is from {alias}, another spelling of your address {alike}: add it to profile.me, so that "
            "what you sent from it counts",
            "{number} mails are from {alias}, another spelling of your address {alike}: add it to profile.me, so that "
            "what you sent from it counts",
            number=number,
            alias=alias,
            alike=self._alike(alias),
        )

    def _none_of_mine(self) -> str:
        nearest = max(self.others, key=lambda address: (self._nearness(address), self.others[address]))
        total, number = sum(self.others.values()), self.others[nearest]
        values = {"number": total, "own": number, "nearest": nearest}
        if self._nearness(nearest):
            return Sentence(
                "{number} mail, none from your addresses; {nearest} sent it: add it to profile.me",
                "{number} mails, none from your addresses; {nearest} sent {own} of them: add it to profile.me",
                **values,
            )
        return Sentence(
            "{number} mail, none from your addresses; {nearest} sent it: add it to profile.me if it is yours; if this "
            'place holds mail that you received, set kinds = ["received"]',
            "{number} mails, none from your addresses; {nearest} sent {own} of them: add it to profile.me if it is "
            'yours; if this place holds mail that you received, set kinds = ["received"]',
            **values,
        )

    def _nearness(self, address: str) -> int:
        """Return 2 for another spelling of one of my addresses, 1 for the same name at another domain, else 0."""
        same_name = address.rpartition("@")[0] in {mine.rpartition("@")[0] for mine in self.me}
        return 2 if self._alike(address) else int(same_name)

    def _alike(self, address: str) -> str:
        """Return the address of mine that reaches the same person, or nothing."""
        spelling = _spelling(address)
        return next((mine for mine in sorted(self.me) if _spelling(mine) == spelling), "")


def _spelling(address: str) -> str:
    """Return what all spellings of an address share.

    A part from `+` on is a note to oneself (RFC 5233); Gmail looks at no dots and has two domains; a domain with
    accents has two spellings (RFC 3490).
    """
    name, _, domain = spelt_out(address).rpartition("@")
    # Of "+jobs@..." nothing would be left before the sign: then it belongs to the name.
    name = name.partition("+")[0] or name
    return f"{name.replace('.', '')}@gmail.com" if domain in _GMAIL else f"{name}@{domain}"


def _is_wanted(raw: Raw, reader: MailReader, alias: str) -> bool:
    """Tell whether a mail would count as sent if that address were mine too."""
    found = replace(reader, me=reader.me | {alias}).read(raw)
    return isinstance(found, Event) and found.kind == "sent"
