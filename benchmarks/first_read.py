"""How long the first read of a large mailbox takes, in seconds of the processor, as a Maildir and as an mbox.

20,000 mails, a third of them sent, with quoted text, some as HTML, some of programs. Beside it, in the same run, what a
program would do that takes only what the standard library has: `mailbox`, the heads of each mail, and its text as the
email library's parser gives it, with what it quotes and as HTML where it is. It tells no kind of mail.
"""

from __future__ import annotations

import mailbox
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import format_datetime, getaddresses, parsedate_to_datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import followup_mailbox
from followup_mailbox import MailboxOptions
from followup_rules import Context, Profile

COUNT = 20_000
NOW = datetime(2026, 11, 9, 17, tzinfo=UTC)
WORDS = "Thank you for the plans that you sent. We shall look at them with care, and come back to you soon.\n" * 6
QUOTE = "".join(f"> {line}\n" for line in WORDS.splitlines())
ATTRIBUTION = "On Mon, Nov 9, 2026 at 4:00 PM Julie Roy <julie@nordik.example> wrote:"
LINK = '<p style="margin:0"><a href="https://news.example/{0}">Number {0}: a thing to read</a></p>\n'
LINKS = "".join(LINK.format(number) for number in range(60))


def mail(number: int) -> bytes:
    """Return the mail of that number; every third is mine."""
    sender = "me@example.org" if number % 3 == 0 else f"person{number % 500}@client{number % 90}.example"
    date = NOW - timedelta(minutes=number * 3)
    head = (
        f"Return-Path: <{sender}>\nReceived: from a.example by b.example; {format_datetime(date)}\n"
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example; s=x;\n\th=from:to:subject; b={'A' * 300}\n"
        f"From: Somebody <{sender}>\nTo: Camille <me@example.org>, Julie <julie@nordik.example>\n"
        f"Subject: Re: The plans, part {number}\nDate: {format_datetime(date)}\nMessage-ID: <{number}@x.example>\n"
        f"In-Reply-To: <{number - 3}@x.example>\nReferences: <{number - 6}@x.example> <{number - 3}@x.example>\n"
        "MIME-Version: 1.0\n"
    )
    plain = f"Hello,\n\n{WORDS}\nBest,\nCamille\n\n{ATTRIBUTION}\n{QUOTE}"
    html_type, plain_type = (f"Content-Type: text/{kind}; charset=utf-8\n\n" for kind in ("html", "plain"))
    if number % 10 == 1:  # a newsletter
        return f"{head}List-Unsubscribe: <https://x.example/u>\n{html_type}<html><body>{LINKS}</body></html>\n".encode()
    if number % 2:
        return f"{head}{plain_type}{plain}".encode()
    page = f"<div>{WORDS}</div><blockquote>{WORDS}</blockquote>"
    return (
        f"{head}Content-Type: multipart/alternative; boundary=b\n\n--b\n{plain_type}{plain}\n"
        f"--b\n{html_type}{page}\n--b--\n"
    ).encode()


def maildir(place: Path) -> Path:
    """Write a Maildir."""
    for part in ("cur", "new", "tmp"):
        (place / "box" / part).mkdir(parents=True)
    for number in range(COUNT):
        (place / "box" / "cur" / f"{number}.host:2,S").write_bytes(mail(number))
    return place / "box"


def mbox(place: Path) -> Path:
    """Write an mbox file."""
    with (place / "all.mbox").open("wb") as file:
        for number in range(COUNT):
            file.write(b"From me@example.org Mon Nov  9 11:00:00 2026\n" + mail(number) + b"\n")
    return place / "all.mbox"


def by_the_standard_library(box: mailbox.Maildir | mailbox.mbox) -> int:
    """Read all mails of a mailbox with the standard library alone; return how many there are."""
    found = []
    for key in box.iterkeys():
        mail = message_from_bytes(box.get_bytes(key), policy=policy.default)
        people = getaddresses([str(value) for name in ("From", "To", "Cc") for value in mail.get_all(name, [])])
        ids = [str(mail.get(name, "")) for name in ("Message-ID", "In-Reply-To", "References")]
        body = mail.get_body(("plain", "html"))
        text = body.get_content() if body else ""
        found.append((people, ids, str(mail["Subject"]), parsedate_to_datetime(str(mail["Date"])), text[:200]))
    return len(found)


def timed(name: str, read: Callable[[], int]) -> None:
    """Print how many mails were read, and how long it took."""
    began = time.process_time()
    count = read()
    sys.stdout.write(f"{name:40} {count:6} mails {time.process_time() - began:6.2f} s\n")


def main() -> None:
    """Measure, and print one line for each shape and kind."""
    (kind,) = followup_mailbox.register_sources()
    context = Context(profile=Profile(me=frozenset({"me@example.org"}), name="C", timezone=ZoneInfo("UTC")), now=NOW)
    with tempfile.TemporaryDirectory() as folder:
        for write in (maildir, mbox):
            path = write(Path(folder))
            for kinds in (("sent",), ("sent", "received")):
                source = kind.open(MailboxOptions(path=path, kinds=kinds), context)
                pull = partial(source.pull, NOW - timedelta(days=3_000), "")
                timed(f"followup, {write.__name__}, {'+'.join(kinds)}", lambda pull=pull: len(pull().events))
            box = mailbox.Maildir(path, create=False) if write is maildir else mailbox.mbox(path, create=False)
            timed(f"the standard library, {write.__name__}", partial(by_the_standard_library, box))
            box.close()


if __name__ == "__main__":
    main()
