"""The file or folder that was meant by a path at which there is nothing."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from followup_rules.toml.suggestions import nearest

_MOST = 1_000
"""Of the names of a folder; in a larger one nobody has a name in mind."""


def near_path(path: Path, base: Path) -> str:
    """Return the path, as the config would write it, that is spelt much like one at which there is nothing.

    Else the only one of its kind: the one .ics file in the folder, or beside the config. "" if there is none.
    """
    # Beside the config, too: people write a path as seen from where they stand.
    for folder in dict.fromkeys((path.parent, base)):
        names = _names(folder)
        alike = [name for name in names if path.suffix and Path(name).suffix.lower() == path.suffix.lower()]
        if meant := nearest(path.name, names) or (alike[0] if len(alike) == 1 else _begun(path.stem, names)):
            found = folder / meant
            return str(found.relative_to(base) if found.is_relative_to(base) else found)
    return ""


def named(name: str, base: Path) -> str:
    """Return what lies beside the config under the name of a table: `notes.md` for [sources.notes]; "" if nothing."""
    return next((each for each in _names(base) if Path(each).stem.lower() == name.lower()), "")


def _begun(stem: str, names: list[str]) -> str:
    """Return the one name that a longer one begins with, or that begins with it: `sent` for `Sent Items`."""
    stem = stem.lower()
    alike = [name for name in names if (other := Path(name).stem.lower()) and min(len(stem), len(other)) > 2
             and (stem.startswith(other) or other.startswith(stem))]  # fmt: skip
    return alike[0] if len(alike) == 1 else ""


def _names(folder: Path) -> list[str]:
    with suppress(OSError):
        # A hint is worth no error: a folder that may not be listed proposes nothing.
        names = sorted(each.name for each in folder.iterdir() if not each.name.startswith("."))
        return names if len(names) <= _MOST else []
    return []
