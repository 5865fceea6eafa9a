"""Whether a file lies in a folder that a program keeps the same on several computers."""

from __future__ import annotations

import re
from pathlib import Path

from followup_rules.sentences import Sentence

_MARKERS = {
    ".stfolder": "Syncthing",
    ".dropbox": "Dropbox",
    ".dropbox.cache": "Dropbox",
    ".nextcloudsync.log": "Nextcloud",
    ".owncloudsync.log": "ownCloud",
    ".tmp.drivedownload": "Google Drive",
    ".tmp.driveupload": "Google Drive",
}
"""What programs leave in the topmost of their folders."""
_NAMES = {
    "Dropbox": r"dropbox(?: \(.*\))?",
    "OneDrive": r"onedrive(?: ?- ?.*)?",
    "Google Drive": r"google ?drive(?: \(.*\))?|googledrive-.*",
    "iCloud Drive": r"mobile documents|icloud ?drive",
    Sentence("a cloud service"): r"cloudstorage",
    "Nextcloud": r"nextcloud\d*",
    "ownCloud": r"owncloud\d*",
    "pCloud": r"pcloud ?(?:drive|sync)?",
    "MEGA": r"mega(?:sync)?",
    "Box": r"box sync",
    "Seafile": r"seafile",
    "Tresorit": r"tresorit",
    "Proton Drive": r"proton ?drive",
    "kDrive": r"kdrive",
    "Resilio Sync": r"resilio sync",
    "Yandex.Disk": r"yandex\.disk",
}
"""How such folders are called if nobody chooses another name; on macOS they lie in Library/CloudStorage."""


def synced_by(file: Path) -> tuple[str, Path] | None:
    """Return the program and its folder, if a file lies in one that is known for it; the innermost of several."""
    for folder in file.absolute().parents:
        for marker, program in _MARKERS.items():
            # What a program has left there tells surely; names, below, tell where no such mark is kept.
            if (folder / marker).exists():
                return program, folder
        for program, name in _NAMES.items():
            if re.fullmatch(name, folder.name, re.IGNORECASE):
                return program, folder
    return None
