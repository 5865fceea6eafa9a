"""The names that programs give to files in a synchronized folder: second versions, placeholders, unfinished files.

As their documentation and their sources say: Syncthing (`.sync-conflict-DATE-TIME-DEVICE`), Dropbox and Nextcloud
(`(NAME's conflicted copy DATE)`), ownCloud (`_conflict-DATE-TIME`), Seafile (`(SFConflict NAME DATE)`), Resilio
(`.Conflict`), pCloud (`[conflicted]`); iCloud (`.NAME.icloud`), and the virtual files of Nextcloud and ownCloud
(`NAME.nextcloud`, `NAME.owncloud`).
"""

from __future__ import annotations

import re
from collections.abc import Collection

_SECOND = re.compile(
    r"(?P<stem>.+?)(?:\.sync-conflict-[^.]*|[ _.-]*\([^()]*(?:\bconflict|en conflit|SFConflict)[^()]*\)"
    r"|_conflict-\d[^.]*|\.conflict|[ _]?\[conflicted[^\]]*\])(?P<ending>\.[^./]+)",
    re.IGNORECASE,
)
_AWAY = re.compile(r"\.(?P<icloud>.+)\.icloud|(?P<virtual>.+)\.(?:nextcloud|owncloud)", re.IGNORECASE | re.DOTALL)
_AWAY_ENDINGS = (".icloud", ".nextcloud", ".owncloud")
_MAYBE_SECOND = re.compile(
    r"(?P<stem>.+?)(?: ?\(\d{1,2}\)| \d{1,2}| ?- ?Copy|-[A-Za-z0-9][A-Za-z0-9-]*)(?P<ending>\.[^./]+)"
)


def is_second_version_of(name: str, names: Collection[str]) -> bool:
    """Tell whether a file is the second version of one among the names, which a synchronization left beside it."""
    if "confli" not in name.lower():  # of thousands of names at each run
        return False
    found = _SECOND.fullmatch(name)
    # Only beside its original: "conflict (of interest).md" is a note like others.
    return found is not None and f"{found['stem']}{found['ending']}" in names


def maybe_second_version_of(name: str) -> str:
    """Return the file of which this one may be a second version, by its name alone, or nothing.

    iCloud (`notes 2.md`), OneDrive (`notes-LAPTOP.md`), Google Drive and browsers (`notes (1).md`) leave names that
    people give, too: only what stands in both can tell.
    """
    found = _MAYBE_SECOND.fullmatch(name)
    return f"{found['stem']}{found['ending']}" if found else ""


def placeholder_of(name: str) -> str:
    """Return the name of the file for which this one stands as long as it is not downloaded, or nothing."""
    found = _AWAY.fullmatch(name) if name.lower().endswith(_AWAY_ENDINGS) else None
    return (found["icloud"] or found["virtual"]) if found else ""


def is_hidden(name: str) -> bool:
    """Tell whether a file is none of the user's: hidden, or what an office program puts beside one that is open."""
    return name.startswith((".", "~$"))
