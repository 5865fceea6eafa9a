"""An action as a mail that any program can hold as a draft, with a hash of our key in its head."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any

from followup_rules.keys import hashed
from followup_rules.mail import head, subjects
from followup_rules.mail.ids import SUBSTITUTES
from followup_rules.mail.message import key_of as key_in
from followup_rules.model import Action, Profile, Reply
from followup_rules.people import as_carried
from followup_rules.plain import one_line, printable

KEY = "X-Followup-Key"

_LONGEST_LINE = 998
"""In octets, without its end (RFC 5322, section 2.1.1)."""
_ENCODED_LINE = 76
"""Of a header with encoded words, of which none may be longer than 75 (RFC 2047, section 2)."""
_MESSAGE_ID = re.compile(rf"(?!(?:{'|'.join(SUBSTITUTES)})|.*=\?)[!-;=?-~]{{1,250}}")


class _AsCarried(EmailPolicy):
    """Writes headers as mail carries them, with CRLF; the library's own way breaks ids and long words in two.

    It encodes long Message-IDs, which no program knows then, and with long lines its encoded words are too long.
    """

    def fold(self, name: str, value: Any) -> str:
        """Return the lines of a header."""
        return f"{name}: {_written(name, value)}\n".replace("\n", self.linesep)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return the lines of a header, which are ASCII."""
        return self.fold(name, value).encode("ascii", "replace")


_POLICY = _AsCarried(linesep="\r\n", max_line_length=_ENCODED_LINE)


def compose(action: Action, profile: Profile, *, key_header: bool = True) -> EmailMessage:
    """Return the mail, with the hash of the action's key in its head unless that is to be left out.

    What a person sees stands first: some programs show the head of a draft as it is.
    """
    mail = EmailMessage(policy=_POLICY)
    senders = _addresses([(profile.address or min(profile.me, default=""), profile.name)])
    if senders:
        mail["From"] = senders
    recipients = _addresses([(someone.address, someone.name) for someone in action.to])
    if recipients:
        mail["To"] = recipients
    mail["Subject"] = subject(action)
    if action.reply:
        _thread(mail, action.reply)
    text = printable(action.text)
    # As it is, for people who open it in an editor, which shows "=E9" in place of "é" where lines had to be encoded.
    fits = all(len(line.encode()) <= _LONGEST_LINE for line in text.split("\n"))
    mail.set_content(text, charset="utf-8", cte="8bit" if fits else "quoted-printable")
    if key_header:
        mail[KEY] = hashed(action.key)
    return mail


def key_of(content: bytes) -> str:
    """Return what the head of a mail carries of a key (`followup_rules.keys`), or nothing."""
    return key_in(head.headers(content)) if KEY.lower().encode() in content.lower() else ""


def _addresses(people: Iterable[tuple[str, str]]) -> tuple[Address, ...]:
    """Return those addresses that a mail can carry; calendars hold all kinds of things in place of one."""
    found = (_address(address, name) for address, name in people)
    return tuple(address for address in found if address is not None)


def _address(address: str, name: str) -> Address | None:
    # The email library takes encoded words in an address for such, too: see `_inert`.
    if "=?" in address or not address.rpartition("@")[0].isascii():  # accents there need mail of another kind: RFC 6531
        return None
    # A name of signs only, such as "--", is none; quoted, it would stand before the address and say nothing.
    shown = _inert(one_line(name)) if any(sign.isalnum() for sign in name) else ""
    try:
        plain = Address(addr_spec="".join(one_line(address).split()))
        return Address(shown, plain.username, as_carried(plain.domain))
    # The library's parser raises IndexError for some malformed addresses, beside the errors that it documents.
    except (HeaderParseError, ValueError, IndexError, TypeError):
        return None


def subject(action: Action) -> str:
    """Return the subject: that of the mail which it answers, if there is one."""
    if not (action.reply and action.reply.subject.strip()):
        return _inert(one_line(action.title))
    answered = _inert(one_line(action.reply.subject))
    # One prefix, in whatever language it stands there: "Re: AW: Re:" grows at each turn.
    return answered if subjects.is_reply(answered) else f"Re: {answered}"


def _inert(text: str) -> str:
    """Return a text that nobody takes for encoded words (RFC 2047): the email library would write what they hide.

    That may be a line break and a header of a stranger's choice.
    """
    return text.replace("=?", "= ?")


def _thread(mail: EmailMessage, reply: Reply) -> None:
    """Put the draft into the thread that it answers (RFC 5322, section 3.6.4)."""
    if not _MESSAGE_ID.fullmatch(reply.message_id):
        return
    # The whole chain is not known; its first and its last mail are enough for programs to find the thread.
    chain = [ident for ident in (reply.thread, reply.message_id) if _MESSAGE_ID.fullmatch(ident)]
    mail["In-Reply-To"] = f"<{reply.message_id}>"
    mail["References"] = " ".join(f"<{ident}>" for ident in dict.fromkeys(chain))


def _written(name: str, value: Any) -> str:
    """Return the value of a header in ASCII, on lines that end with a line feed."""
    if name in ("From", "To"):
        return ",\n ".join(_mailbox(address, name) for address in value.addresses)
    # One id a line, none broken: programs that compare them as text find the mail.
    if name in ("In-Reply-To", "References"):
        return "\n ".join(str(value).split())
    return _encoded(str(value), name)


def _mailbox(address: Address, header: str) -> str:
    shown = address.display_name
    if not shown:
        return address.addr_spec
    if shown.isascii():
        # In a quoted string only these two need a backslash (RFC 5322, section 3.2.4).
        quoted = re.sub(r'(["\\])', r"\\\1", shown)
        return f'"{quoted}" <{address.addr_spec}>' if re.search(r"[^\w !#$%&'*+/=?^`{|}~-]", shown) else str(address)
    return f"{_encoded(shown, header)}\n <{address.addr_spec}>"


def _encoded(text: str, header: str) -> str:
    """Return a text as encoded words, with room for the name of the header on the first line."""
    return text if text.isascii() else Header(text, "utf-8", _ENCODED_LINE, header).encode()
