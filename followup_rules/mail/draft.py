"""An action as a mail that any program can hold as a draft, with our key in its head."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage

from followup_rules.mail.message import LONGEST_KEY
from followup_rules.model import Action, Profile, Reply
from followup_rules.people import as_carried
from followup_rules.plain import one_line, printable

KEY = "X-Followup-Key"

# Within 78 columns the email library would break long Message-IDs and keys into encoded words.
_POLICY = policy.default.clone(max_line_length=998)
_MESSAGE_ID = re.compile(r"(?!sha256:|.*=\?)[!-;=?-~]{1,250}")


def compose(action: Action, profile: Profile) -> EmailMessage:
    """Return the mail, with the key of the action in its head."""
    mail = EmailMessage(policy=_POLICY)
    senders = _addresses([(profile.address or min(profile.me, default=""), profile.name)])
    if senders:
        mail["From"] = senders
    recipients = _addresses([(someone.address, someone.name) for someone in action.to])
    if recipients:
        mail["To"] = recipients
    mail["Subject"] = subject(action)
    mail[KEY] = _inert("".join(one_line(action.key, LONGEST_KEY).split()))
    if action.reply:
        _thread(mail, action.reply)
    mail.set_content(printable(action.text), charset="utf-8", cte="8bit")
    return mail


def key_of(head: bytes) -> str:
    """Return the key that the head of a mail carries, or nothing."""
    if KEY.lower().encode() not in head.lower():
        return ""
    found = message_from_bytes(re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0], policy=_POLICY)
    return "".join(str(found.get(KEY, "")).split())


def _addresses(people: Iterable[tuple[str, str]]) -> tuple[Address, ...]:
    """Return those addresses that a mail can carry; calendars hold all kinds of things in place of one."""
    found = (_address(address, name) for address, name in people)
    return tuple(address for address in found if address is not None)


def _address(address: str, name: str) -> Address | None:
    if "=?" in address or not address.rpartition("@")[0].isascii():  # accents there need mail of another kind: RFC 6531
        return None
    shown = _inert(one_line(name)) if any(sign.isalnum() for sign in name) else ""
    try:
        plain = Address(addr_spec="".join(one_line(address).split()))
        return Address(shown, plain.username, as_carried(plain.domain))
    except (HeaderParseError, ValueError, IndexError, TypeError):
        return None


def subject(action: Action) -> str:
    """Return the subject: that of the mail which it answers, if there is one."""
    if not (action.reply and action.reply.subject.strip()):
        return _inert(one_line(action.title))
    answered = _inert(one_line(action.reply.subject))
    return answered if re.match(r"re\s*:", answered, re.IGNORECASE) else f"Re: {answered}"


def _inert(text: str) -> str:
    """Return a text that nobody takes for encoded words (RFC 2047): the email library would write what they hide.

    That may be a line break and a header of a stranger's choice.
    """
    return text.replace("=?", "= ?")


def _thread(mail: EmailMessage, reply: Reply) -> None:
    """Put the draft into the thread that it answers (RFC 5322, section 3.6.4)."""
    if not _MESSAGE_ID.fullmatch(reply.message_id):
        return
    chain = [ident for ident in (reply.thread, reply.message_id) if _MESSAGE_ID.fullmatch(ident)]
    mail["In-Reply-To"] = f"<{reply.message_id}>"
    mail["References"] = " ".join(f"<{ident}>" for ident in dict.fromkeys(chain))
