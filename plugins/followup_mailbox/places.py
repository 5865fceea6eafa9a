"""Where mail programs keep what was sent, for a new user to choose from; and whose a mailbox seems to be."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

from followup_mailbox import apple, mbox
from followup_mailbox.names import holds_sent_mail, meaning
from followup_mailbox.walk import MailFile, walk
from followup_rules import Person, Place, Unreadable
from followup_rules.mail import head as heads
from followup_rules.mail.addresses import people
from followup_rules.regular_files import opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

_THUNDERBIRD = (
    *(".thunderbird", "Library/Thunderbird/Profiles", "snap/thunderbird/common/.thunderbird"),
    ".var/app/org.mozilla.Thunderbird/.thunderbird",
)
_APPLE = "Library/Mail"
_FOLDERS = (
    *("Maildir", "Mail", "mail", ".mail", ".maildir"),
    *(".local/share/evolution/mail/local", ".local/share/local-mail", ".local/share/mail"),
)
_DOWNLOADS = ("", "Downloads", "Téléchargements", "Documents", "Desktop", "Bureau")
_TAKEOUT = "Takeout*/Mail"
_SAMPLE = 300
"""So many mails tell whose a mailbox is."""
_LEAST_SHARE = 10
"""An address that wrote less than one in so many of the mails is somebody else's: a mail that was kept in a copy."""
_CAME_IN = ("delivered-to", "return-path")
"""The last server adds these to what comes in (RFC 5321, section 4.4)."""


def usual(home: Path) -> Iterator[Place]:
    """Yield the places of mail that was sent: Thunderbird, Apple Mail, Maildirs and the like, archives of Gmail."""
    for parent in _THUNDERBIRD:
        for kind in ("Mail", "ImapMail"):
            for account in _folders(home / parent, f"*/{kind}/*"):
                yield from (Place(found, f"Thunderbird, {account.name}") for found in _sent_below(account, 2))
    for account in _folders(home / _APPLE, "V*/*"):
        yield from (Place(found, "Apple Mail") for found in _sent_below(account, 2))
    for parent in _FOLDERS:
        for found in _sent_below(home / parent, 2):
            yield Place(found, f"~/{parent}")
    for parent in _DOWNLOADS:
        archives = [file for folder in _folders(home / parent, _TAKEOUT) for file in _children(folder)]
        mails = [file for file in archives if file.suffix == ".mbox"]
        for file in sorted(mails, key=lambda file: (meaning(file.stem) != "sent", file.name)):
            yield Place(file, "Google Takeout")


def reads(path: Path) -> bool:
    """Tell whether a file is a mail or an mbox, or a folder holds any."""
    with suppress(OSError, Unreadable):
        found = walk(path)
        held = ((path if path.is_file() else path / file.name, file) for file in found.files[:_SAMPLE])
        return any(_reads(place, file) for place, file in held) or (not found.files and found.is_known)
    return False


def owners(path: Path) -> list[Person]:
    """Return who wrote the mails that were sent; of a mailbox with received ones, those that no server took in."""
    sent: Counter[str] = Counter()
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for content in _sample(path):
        headers = heads.headers(content)
        if any(headers[name] for name in _CAME_IN):
            continue
        for author in people(headers["from"])[:1]:
            sent[author.address] += 1
            names[author.address].update([author.name] if author.name else [])
    least = sum(sent.values()) / _LEAST_SHARE
    likely = [address for address, number in sent.most_common() if number >= least]
    return [Person(each, next((name for name, _ in names[each].most_common(1)), "")) for each in likely]


def _children(folder: Path) -> list[Path]:
    """Return what lies in a folder, in order; nothing if it is none, or may not be looked into."""
    with suppress(OSError):
        return sorted(folder.iterdir())
    return []


def _folders(parent: Path, pattern: str) -> list[Path]:
    """Return the folders below one whose path is as the pattern says, part by part."""
    found = [parent]
    for part in pattern.split("/"):
        found = [child for folder in found for child in _children(folder) if child.match(part) and child.is_dir()]
    return found


def _sent_below(folder: Path, depth: int) -> Iterator[Path]:
    """Yield the mailboxes whose name says that they hold what was sent, and that hold anything."""
    for child in _children(folder):
        if holds_sent_mail(child.name):
            if child.is_dir() or child.stat().st_size:
                yield child
        elif depth > 1 and child.is_dir():
            yield from _sent_below(child, depth - 1)


def _reads(file: Path, found: MailFile) -> bool:
    with suppress(OSError), opened(file) as content:
        return found.is_mail or mbox.beginning(content.read(4_096)) is not None
    return False


def _sample(path: Path) -> Iterator[bytes]:
    """Yield the beginnings of some mails, from all over the mailbox."""
    with suppress(OSError, Unreadable):
        files = walk(path).files
        # From all over: an address that was given up years ago wrote only the oldest ones.
        for file in files[:: max(len(files) // _SAMPLE, 1)][: 2 * _SAMPLE]:
            with suppress(OSError), opened(path if path.is_file() else path / file.name) as content:
                yield from _mails(file, content, max(_SAMPLE // len(files), 1))


def _mails(file: MailFile, content: BinaryIO, most: int) -> Iterable[bytes]:
    begin = mbox.beginning(content.read(4_096))
    content.seek(0)
    if begin is None:
        mail = apple.mail(content) if file.is_emlx else content.read(mbox.LONGEST_MESSAGE)
        return [mail] if mail else []
    return [mail for (_, mail), _ in zip(mbox.mails(content, begin), range(most), strict=False)]
