"""Files in a place for mail that hold no mail that can be read: what they are, and what a person can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from followup_mailbox.walk import shown
from followup_rules import BadItem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_READ = "a Maildir, an mbox file, or a folder of .eml or .emlx files"
_OUTLOOK = "move the mails in Outlook to an IMAP account that another program keeps as files, or save them as .eml"
_UNPACK = "unpack it, and set `path` to what was in it"
_MAIL_OF_OTHERS = {
    "msg": (
        "a mail in the form of Outlook",
        "convert them, for example with `msgconvert`, or save them in Outlook as .eml",
    ),
    "pst": ("a data file of Outlook", f"convert it, for example with `readpst -e -o FOLDER FILE`, or {_OUTLOOK}"),
    "ost": ("a data file of Outlook", _OUTLOOK),
    "olm": ("an archive of Outlook for Mac", "drag the folder out of Outlook to the desktop: it becomes an .mbox file"),
    "dbx": ("a folder of Outlook Express", "import it into Thunderbird, and set `path` to the folder there"),
    **dict.fromkeys(("zip", "tar", "tgz", "gz", "bz2", "xz", "7z"), ("an archive", _UNPACK)),
}
_INDEX = (
    "an index of Thunderbird",
    "set `path` to the file beside it without .msf; if there is none, have Thunderbird keep the mail on this computer",
)
_DBOX = ("a dbox of Dovecot", "have `doveadm backup` write the mailbox as a Maildir")


class Strangers(Struct, frozen=True):
    """The files of a place that hold no mail in a known form."""

    names: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        """Add a file by its path below the place."""
        self.names.append(name)

    def items(self, folder: str) -> Iterator[BadItem]:
        """Yield a problem for each kind of file that holds mail in a form that is not read."""
        for (what, advice), names in self._known().items():
            if what != _INDEX[0]:
                where = shown(f"{folder}/{names[0]}" if folder else names[0])
                more = f", like {len(names) - 1} more files here" if names[1:] else ""
                yield BadItem(where, f"this is {what}{more}, and its mail cannot be read; {advice}")

    def sentence(self, path: Path, *, is_folder: bool) -> str:
        """Say of a place that holds nothing else what it holds, and what to do."""
        known = self._known()
        advice = "; ".join(dict.fromkeys(advice for _, advice in known)) or f"set `path` to {_READ}"
        if is_folder:
            what = ", ".join(f"{kind} ({_listed(names)})" for (kind, _), names in known.items()) or _listed(self.names)
            return f"{path} holds no mail that can be read, only {what}: {advice}"
        kinds = "".join(f" but {kind}" for kind, _ in known)
        return f"{path} is no mbox file and no mail{kinds}: {advice}"

    def _known(self) -> dict[tuple[str, str], list[str]]:
        """Return the files that are known, by what they are and what to do, in the order of their names."""
        found: dict[tuple[str, str], list[str]] = {}
        for name in self.names:
            if kind := _kind(name):
                found.setdefault(kind, []).append(name)
        return found


def _kind(name: str) -> tuple[str, str] | None:
    title = name.rpartition("/")[2].lower()
    if title.startswith(("u.", "m.")) and ("dbox-mails/" in name.lower() or "storage/" in name.lower()):
        return _DBOX
    if title.endswith(".msf"):
        return _INDEX
    return _MAIL_OF_OTHERS.get(title.rpartition(".")[2])


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 1} more" if names[1:] else ""
    return f"{shown(names[0])}{more}"
