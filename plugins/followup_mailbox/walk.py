"""A walk over a place where mail may lie, whatever mail program keeps it: Maildirs, mbox files, single mails.

Folders of drafts, spam, trash, chats and mail that waits to be sent are passed over, by their names.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from followup_mailbox.names import meaning_of_folder
from followup_rules import Unreadable, plain
from followup_rules.regular_files import real, reason
from followup_rules.sentences import Sentence
from followup_rules.sync_names import placeholder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_MAIL = (".eml", ".emlx", ".eml.txt")
_MH = re.compile(r"\d{1,9}\.?")
"""A number is a message of MH, Gnus, Sylpheed or Claws Mail; one with a dot is one of Cyrus."""
_FLAGS = re.compile(r"[:;!_\-\uf022\uf03a]2,([A-Za-z]*)$")
"""Of a message in a Maildir; where names cannot hold a colon another sign stands for it, on Samba two private ones."""
_NOT_SENT_FLAGS = frozenset("DT")
_OF_THE_SYSTEM = frozenset({"thumbs.db", "desktop.ini", "icon\r", "subscriptions", "lock"})
_OF_THE_SERVER = ("dovecot", "courier", "maildir")
_HIDDEN = (".", ",", "#")
"""MH puts a comma or a number sign before the name of a message that was deleted."""
_INDEX = (".msf", ".dat")
"""Thunderbird's indexes; they change all the time and never hold mail."""
_MBOX = (".mbox", ".mbx", ".mbs")
_ACCOUNTS = frozenset({"Mail", "ImapMail"})
"""The folders of a Thunderbird profile that hold mail, or the accounts with it."""


class MailFile(Struct, frozen=True):
    """A file that holds mail, or may."""

    name: str
    """Its path below the place, or its name if it is the place."""
    known_as: str
    """The same while it is the same message, or the same file."""
    stamp: list[int | str]
    """Size and time in nanoseconds; nothing for a message of a Maildir, which never changes."""
    is_mail: bool
    """By its name, or by where it lies, it is one mail."""

    @property
    def is_emlx(self) -> bool:
        """Tell whether Apple Mail has written it."""
        return self.name.lower().endswith(".emlx")

    @property
    def may_be_mail(self) -> bool:
        """Tell whether mail would be missed if it cannot be read."""
        title = self.name.rpartition("/")[2].lower()
        return self.is_mail or "." not in title or title.endswith(_MBOX)


class Found(Struct):
    """What a walk has found so far."""

    files: list[MailFile] = field(default_factory=list)
    is_known: bool = False
    """There is a Maildir, a mail, or an empty file: if nothing in it can be read, it is for want of mail."""
    unread: dict[str, str] = field(default_factory=dict)
    """What may hold mail and cannot be looked into, by its path below the place, and why."""

    def add(self, name: str, info: os.stat_result) -> None:
        """Add a file, unless it is empty: such a one is a mail that is about to be written, or an mbox without mail."""
        is_mail = name.lower().endswith(_MAIL) or _MH.fullmatch(name.rpartition("/")[2]) is not None
        stamp = [0, 0] if name.endswith(_INDEX) else [info.st_size, info.st_mtime_ns]
        # A cursor knows it by a hash: such a name often is the subject of the mail.
        file = MailFile(name, hashlib.sha256(os.fsencode(name)).hexdigest()[:24], [*stamp], is_mail)
        self.is_known |= is_mail or (not info.st_size and file.may_be_mail)
        if info.st_size:
            self.files.append(file)


def walk(path: Path) -> Found:
    """Return the files at a place that hold mail, or may. Raises Unreadable and OSError."""
    info = path.stat()
    found = Found()
    if stat.S_ISREG(info.st_mode):
        found.add(path.name, info)
    elif stat.S_ISDIR(info.st_mode):
        _walk_folders(path, found)
    else:
        raise Unreadable(Sentence("{path} is neither a file nor a folder; set `path` to a mailbox", path=path))
    return found


def shown(name: str) -> str:
    """Return the name of a file as people can read it, whatever its bytes are."""
    return plain.one_line(os.fsencode(name).decode("utf-8", "replace"), 300)


def _walk_folders(top: Path, found: Found) -> None:
    """Add what lies in a folder and those below it, each once, wherever symbolic links lead, but not to those above."""
    waiting, above = [(str(top), "")], [folder.stat() for folder in real(top).parents]
    seen = {(info.st_dev, info.st_ino) for info in above}
    while waiting:
        folder, prefix = waiting.pop()
        try:
            info = os.stat(folder)  # noqa: PTH116 -- there may be thousands
            if (info.st_dev, info.st_ino) not in seen:
                seen.add((info.st_dev, info.st_ino))
                waiting += [(entry.path, f"{prefix}{entry.name}/") for entry in _walk_folder(folder, prefix, found)]
        except FileNotFoundError:
            if not prefix:  # one below has just been moved away; the next walk finds it at its new place
                raise
        except OSError as error:
            if not prefix:
                raise
            found.unread[prefix.rstrip("/")] = reason(error)


def _walk_folder(folder: str, prefix: str, found: Found) -> list[os.DirEntry[str]]:
    """Add the files of one folder, and return the folders in it that may hold mail."""
    with os.scandir(folder) as listing:
        entries = list(listing)
    folders = {entry.name: entry for entry in entries if _leads_to(entry, os.DirEntry.is_dir)}
    # A profile of Thunderbird holds thousands of files of its cache besides.
    if folders.keys() & _ACCOUNTS and any(entry.name == "prefs.js" for entry in entries):
        return [folders[name] for name in folders.keys() & _ACCOUNTS]
    # A Maildir may hold an mbox or a further Maildir beside `cur`, so its other files and folders are looked at, too.
    # Those of its parts that were empty are often lost when it is copied.
    is_maildir = "cur" in folders or {"new", "tmp"} <= folders.keys()
    for name in ("new", "cur") if is_maildir else ():  # in this order a mail that is moved meanwhile is not missed
        if name in folders:
            _add_maildir(folders[name].path, f"{prefix}{name}/", prefix, found)
    found.is_known |= is_maildir
    for entry in entries:
        if _is_candidate(entry.name, is_maildir=is_maildir) and _leads_to(entry, os.DirEntry.is_file):
            _add_file(entry, prefix, found)
    _add_what_is_away(entries, prefix, found)
    apart = {"cur", "new", "tmp"} if is_maildir else {"Attachments"} if "Messages" in folders else set()
    return [entry for name, entry in folders.items() if name not in apart and _may_hold_mail(entry)]


def _add_maildir(folder: str, where: str, prefix: str, found: Found) -> None:
    """Add the messages of `cur` or `new`, known by their names without flags, unless they are drafts or trashed."""
    with os.scandir(folder) as listing:
        for entry in listing:
            if entry.name[0] == "." or not _leads_to(entry, os.DirEntry.is_file):
                continue
            # The name without its flags stays when a mail is read, answered or moved from `new` to `cur` (maildir(5)).
            flags = _FLAGS.search(entry.name)
            if not flags or not _NOT_SENT_FLAGS & set(flags[1]):
                unique = entry.name[: flags.start()] if flags else entry.name.partition(":")[0]
                found.files.append(MailFile(where + entry.name, prefix + unique, [], True))


def _is_candidate(name: str, *, is_maildir: bool) -> bool:
    """Tell whether a file may hold mail: no hidden one, none that a system or a server keeps beside."""
    is_beside = name.lower() in _OF_THE_SYSTEM or (is_maildir and name.startswith(_OF_THE_SERVER))
    return not name.startswith(_HIDDEN) and not is_beside


def _add_file(entry: os.DirEntry[str], prefix: str, found: Found) -> None:
    # A single mail is named by its subject, which may be "Drafts" or "Spam": only of an mbox the name tells.
    is_single = entry.name.lower().endswith(_MAIL) or entry.name[0].isdigit()
    if is_single or not meaning_of_folder(entry.name):
        with suppress(FileNotFoundError):  # moved away since the folder was listed
            found.add(prefix + entry.name, entry.stat())


def _add_what_is_away(entries: Collection[os.DirEntry[str]], prefix: str, found: Found) -> None:
    """Add links that lead to nothing, and what stands for files that are not on this device."""
    links = [(entry, placeholder_of(entry.name)) for entry in entries]
    names = {entry.name for entry in entries} if any(away for _, away in links) else set()
    for entry, away in links:
        name = away or entry.name
        if (away in names if away else not entry.is_symlink()) or not _is_candidate(name, is_maildir=False):
            continue
        is_wanted = MailFile(name, "", [], name.lower().endswith(_MAIL)).may_be_mail and not meaning_of_folder(name)
        if is_wanted and away:
            found.unread[prefix + name] = Sentence(
                "has not been downloaded to this device; have its folder kept on this device"
            )
        elif is_wanted:
            with suppress(OSError):  # a link to itself leads to nothing that could be mail
                try:
                    entry.stat()
                except FileNotFoundError as error:
                    found.unread[prefix + name] = reason(error)


def _may_hold_mail(entry: os.DirEntry[str]) -> bool:
    is_wanted = entry.name != "lost+found" and not meaning_of_folder(entry.name)
    if is_wanted and entry.name.startswith("."):  # a folder of a Maildir++, or what KMail keeps below a folder
        return entry.name.endswith(".directory") or Path(entry.path, "cur").is_dir()
    return is_wanted


def _leads_to(entry: os.DirEntry[str], kind: Callable[[os.DirEntry[str]], bool]) -> bool:
    """Tell whether it is a file, or a folder, or a link to one. Raises OSError, but not for a link to itself."""
    try:
        return kind(entry)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        return False
