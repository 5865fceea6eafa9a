"""Mails as text, and a mailbox source pointed at a place with them."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import followup_mailbox
from followup_mailbox import MailboxOptions
from followup_rules import Context, Event, Profile, Pull

TORONTO = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 9, 12, tzinfo=TORONTO)
SINCE = NOW - timedelta(days=60)
PROFILE = Profile(me=frozenset({"me@example.org", "Camille@other.ca"}), name="Camille", timezone=TORONTO)
FROM = "From me@example.org Mon Nov  9 11:00:00 2026\n"
"""The line before a mail in an mbox."""


def mail(body="Bonjour,\nMerci.\n", **headers):
    given = {
        "From": "Camille <me@example.org>",
        "To": "Julie Roy <julie.roy@nordik.ca>",
        "Subject": "Merci",
        "Date": "Mon, 09 Nov 2026 11:00:00 -0500",
        "Message-ID": "<1@example.org>",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    return "".join(f"{name}: {value}\n" for name, value in given.items() if value is not None) + "\n" + body


def mine(name, body="Merci.\n", **headers):
    """Return a mail that I sent, by the beginning of its id."""
    return mail(body, Message_ID=f"<{name}@x>", **headers)


def theirs(name, sender="julie.roy@nordik.ca", **headers):
    """Return a mail that somebody else wrote to me."""
    return mail(Message_ID=f"<{name}@x>", From=sender, To="me@example.org", **headers)


def write(path, content, age=timedelta(days=1)):
    """Write a file, with the folders above it, as it was saved some time before now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    at = (NOW - age).timestamp()
    os.utime(path, (at, at))
    return path


def open_source(path, kinds=("sent",), profile=PROFILE, now=NOW):
    (kind,) = followup_mailbox.register_sources()
    return kind.open(MailboxOptions(path=path, kinds=kinds), Context(profile=profile, now=now))


def pull(path, cursor="", since=SINCE, **options) -> Pull:
    return open_source(path, **options).pull(since, cursor)


def ids(found: Pull):
    assert all(isinstance(event, Event) for event in found.events), found.events
    return [event.id for event in found.events]


def names(found: Pull):
    """Return the ids without their domains, in order, for messages made by `mine` and `theirs`."""
    return sorted(name.removesuffix("@x") for name in ids(found))
