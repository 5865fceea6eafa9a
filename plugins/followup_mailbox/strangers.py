"""Files in a place for mail that hold no mail that can be read: what they are, and what a person can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from followup_mailbox.walk import shown
from followup_rules import BadItem
from followup_rules.sentences import Sentence, commas, together

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_READ = Sentence("a Maildir, an mbox file, or a folder of .eml or .emlx files")
_OUTLOOK = Sentence(
    "move the mails in Outlook to an IMAP account that another program keeps as files, or save them as .eml"
)
_UNPACK = Sentence("unpack it, and set `path` to what was in it")
_MAIL_OF_OTHERS = {
    "msg": (
        Sentence("a mail in the form of Outlook"),
        Sentence("convert them, for example with `msgconvert`, or save them in Outlook as .eml"),
    ),
    "pst": (
        Sentence("a data file of Outlook"),
        Sentence("convert it, for example with `readpst -e -o FOLDER FILE`, or {outlook}", outlook=_OUTLOOK),
    ),
    "ost": (Sentence("a data file of Outlook"), _OUTLOOK),
    "olm": (
        Sentence("an archive of Outlook for Mac"),
        Sentence("drag the folder out of Outlook to the desktop: it becomes an .mbox file"),
    ),
    "dbx": (
        Sentence("a folder of Outlook Express"),
        Sentence("import it into Thunderbird, and set `path` to the folder there"),
    ),
    **dict.fromkeys(("zip", "tar", "tgz", "gz", "bz2", "xz", "7z"), (Sentence("an archive"), _UNPACK)),
}
_INDEX = (
    Sentence("an index of Thunderbird"),
    Sentence(
        "set `path` to the file beside it without .msf; if there is none, have Thunderbird keep "
        "the mail on this computer"
    ),
)
_DBOX = (Sentence("a dbox of Dovecot"), Sentence("have `doveadm backup` write the mailbox as a Maildir"))


class Strangers(Struct, frozen=True):
    """The files of a place that hold no mail in a known form."""

    names: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        """Add a file by its path below the place."""
        self.names.append(name)

    def items(self, folder: str) -> Iterator[BadItem]:
        """Yield a problem for each kind of file that holds mail in a form that is not read."""
        for (what, advice), names in self._known().items():
            # Thunderbird keeps an index beside each folder: only where there is nothing else is it worth a word.
            if what != _INDEX[0]:
                where = shown(f"{folder}/{names[0]}" if folder else names[0])
                message = Sentence("this is {what}, and its mail cannot be read; {advice}", what=what, advice=advice)
                if names[1:]:
                    message = Sentence(
                        "this is {what}, like {number} more file here, and its mail cannot be read; {advice}",
                        "this is {what}, like {number} more files here, and its mail cannot be read; {advice}",
                        number=len(names) - 1,
                        what=what,
                        advice=advice,
                    )
                yield BadItem(where, message)

    def sentence(self, path: Path, *, is_folder: bool) -> str:
        """Say of a place that holds nothing else what it holds, and what to do."""
        known = self._known()
        advice = together(*dict.fromkeys(advice for _, advice in known))
        advice = advice or Sentence("set `path` to {read}", read=_READ)
        if is_folder:
            kinds = [
                Sentence("{kind} ({names})", kind=kind, names=_listed(names)) for (kind, _), names in known.items()
            ]
            what = commas(*kinds) or _listed(self.names)
            return Sentence(
                "{path} holds no mail that can be read, only {what}: {advice}", path=path, what=what, advice=advice
            )
        for kind, _ in known:
            return Sentence(
                "{path} is no mbox file and no mail but {kind}: {advice}", path=path, kind=kind, advice=advice
            )
        return Sentence("{path} is no mbox file and no mail: {advice}", path=path, advice=advice)

    def _known(self) -> dict[tuple[str, str], list[str]]:
        """Return the files that are known, by what they are and what to do, in the order of their names."""
        found: dict[tuple[str, str], list[str]] = {}
        for name in self.names:
            if kind := _kind(name):
                found.setdefault(kind, []).append(name)
        return found


def _kind(name: str) -> tuple[str, str] | None:
    title = name.rpartition("/")[2].lower()
    # One mail a file is u.1, several are m.1 (sdbox and mdbox); such names may be anything elsewhere, so the folder
    # must be one of theirs.
    if title.startswith(("u.", "m.")) and ("dbox-mails/" in name.lower() or "storage/" in name.lower()):
        return _DBOX
    if title.endswith(".msf"):
        return _INDEX
    return _MAIL_OF_OTHERS.get(title.rpartition(".")[2])


def _listed(names: list[str]) -> str:
    first = shown(names[0])
    return Sentence("{names} and {more} more", names=first, more=len(names) - 1) if names[1:] else first
