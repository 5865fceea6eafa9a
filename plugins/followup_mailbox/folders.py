"""Where mail lies on disk: which files hold messages, whatever program keeps them there, and which of them are new.

What is at a place is found by a walk over it (`walk`). It tells cheaply what has changed (`look`), and reads what is
new since an earlier look (`fresh`).
"""

from __future__ import annotations

import codecs
import os
import re
from typing import TYPE_CHECKING

from msgspec import Struct

from followup_mailbox import apple, mbox
from followup_mailbox.mbox import LONGEST_MESSAGE
from followup_mailbox.strangers import Strangers
from followup_mailbox.walk import MailFile, shown, walk
from followup_rules import BadItem, Unreadable
from followup_rules.regular_files import NotRegular, opened, reason
from followup_rules.sentences import Sentence, system_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

Look = dict[str, list[int | str]]
"""What is there: a name for each file, and by what a change of it shows: size and time. Of an mbox also where its last
mail begins and a hash of what stands before; of a file that holds no mail, the word `other`."""

_START = 4_096
_OTHER = "other"
_WHOLE = LONGEST_MESSAGE - 2_048
"""In bytes; of a mail with so long a head the end was not looked for."""
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:")
_FROM = re.compile(rb"^From[ \t]*:", re.IGNORECASE | re.MULTILINE)
_DATED = re.compile(rb"^(?:Date|Received)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_POSTED = re.compile(rb"^(?:To|Received|Message-ID)[ \t]*:", re.IGNORECASE | re.MULTILINE)


class Raw(Struct, frozen=True):
    """The first bytes of a message, and where it lies, for messages to people."""

    where: str
    content: bytes
    line: int = 0
    """At which it begins in its file, from 1; 0 if it is one of many."""


class Unread(Struct, frozen=True):
    """What may hold mail and could not be read, and why."""

    where: str
    why: str


class Mailbox(Struct, frozen=True):
    """What lies at a place: files that hold mail, or may."""

    path: Path
    is_folder: bool
    files: tuple[MailFile, ...]
    is_known: bool
    """There is a Maildir, or an empty mbox: then it holds no mail if nothing is in it."""
    unfinished: float
    """What was written after this time, in seconds since 1970, may still be half-written."""
    unread: tuple[Unread, ...] = ()
    """What the walk could not look into."""

    @classmethod
    def open(cls, path: Path, unfinished: float) -> Mailbox:
        """Walk over the place. Raises Unreadable and OSError."""
        found = walk(path)
        unread = tuple(Unread(shown(f"{path.name}/{name}"), why) for name, why in sorted(found.unread.items()))
        return cls(path, path.is_dir(), tuple(found.files), found.is_known, unfinished, unread)

    def look(self, before: Look) -> Look:
        """Return what is there now, without reading any file; equal to the look before if nothing is new."""
        return {file.known_as: _stamp(file, before.get(file.known_as, [])) for file in self.files}

    def fresh(self, now: Look, before: Look) -> Iterator[Raw | BadItem | Unread]:
        """Yield the messages that the look before did not see, and what cannot be read.

        That, and what is not finished, is taken out of `now`. Raises Unreadable if nothing there is mail.
        """
        strangers = Strangers()
        changed = (file for file in self.files if now[file.known_as] != before.get(file.known_as))
        for file in sorted(changed, key=lambda file: file.name):
            try:
                with opened(self.path / file.name if self.is_folder else self.path) as content:
                    yield from self._read(file, content, now, strangers)
            except (FileNotFoundError, NotRegular):  # moved away meanwhile: the next look finds it at its new place
                now.pop(file.known_as, None)
            except OSError as error:
                now.pop(file.known_as, None)
                if file.may_be_mail:
                    yield Unread(self._where(file) if self.is_folder else str(self.path), reason(error))
                    continue
                yield BadItem(
                    self._where(file),
                    Sentence("this file cannot be read: {error}; mend or remove it", error=system_error(error)),
                )
        if not self.is_known and now and all(found[2:] == [_OTHER] for found in now.values()):
            raise Unreadable(
                Strangers(sorted(file.name for file in self.files)).sentence(self.path, is_folder=self.is_folder)
            )
        yield from strangers.items(self.path.name if self.is_folder else "")

    def _read(self, file: MailFile, content: BinaryIO, now: Look, strangers: Strangers) -> Iterator[Raw | BadItem]:
        """Yield the mails of one file, by what it holds rather than by its name."""
        start = content.read(_START)
        begin = mbox.beginning(start)
        content.seek(0)
        if begin is not None:
            yield from self._mails(file, content, begin, now)
        elif file.is_mail or _is_mail(start):
            yield from self._mail(file, content, now)
        elif start:
            now[file.known_as] = [*file.stamp, _OTHER]
            strangers.add(file.name)

    def _mail(self, file: MailFile, content: BinaryIO, now: Look) -> Iterator[Raw]:
        mail = apple.mail(content) if file.is_emlx else content.read(LONGEST_MESSAGE)
        if mail is None:
            return
        if mail.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # as a text editor saves it
            mail = mail.decode("utf-16", "replace").encode()
        if not mail or (_is_cut(mail) and self._is_unfinished(content)):
            now.pop(file.known_as, None)
        else:
            yield Raw(self._where(file), mbox.unescaped(mail), 0 if file.is_emlx else 1)

    def _mails(self, file: MailFile, content: BinaryIO, begin: int, now: Look) -> Iterator[Raw]:
        """Yield the mails of an mbox from the last one that was read on, or all if older ones have changed."""
        match now[file.known_as]:
            case [_, _, int(place), str(seen)] if mbox.resume(content, place, seen):
                begin = place
        # One mail behind: only the last one may still be in the midst of being written.
        where, last, mail = self._where(file), begin, b""
        for start, found in mbox.mails(content, begin):
            if mail:
                yield Raw(f"{where} at byte {last}", mail)
            last, mail = start, found
        is_cut = _is_cut(mail) and self._is_unfinished(content)
        if mail and not is_cut:
            yield Raw(f"{where} at byte {last}", mail)
        if file.stamp:
            # No file has this size, so that the next look finds it changed.
            size, time = (-1, -1) if is_cut else file.stamp
            now[file.known_as] = [size, time, last, mbox.before(content, last)]

    def _is_unfinished(self, content: BinaryIO) -> bool:
        return os.fstat(content.fileno()).st_mtime > self.unfinished

    def _where(self, file: MailFile) -> str:
        return shown(f"{self.path.name}/{file.name}" if self.is_folder else file.name)


def _stamp(file: MailFile, before: list[int | str]) -> list[int | str]:
    """Return what to remember of a file: all that was known if it is as it was, the place reached if it is an mbox."""
    if before[:2] == file.stamp:
        return before
    is_mbox = len(before) == len(("size", "time", "place", "hash"))
    return [*file.stamp, *(before[2:] if is_mbox else ())]


def _is_mail(start: bytes) -> bool:
    """Tell whether a file that begins so is a mail, though its name does not say so."""
    head = start[: mbox.head_end(start)]
    return bool(_HEADER.match(head) and _FROM.search(head) and _DATED.search(head) and _POSTED.search(head))


def _is_cut(mail: bytes) -> bool:
    """Tell whether the end of the head is missing."""
    return len(mail) < _WHOLE and mbox.head_end(mail) is None
