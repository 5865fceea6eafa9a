"""What tells that rules or texts may have changed since the last run, without reading or compiling them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from followup_rules import __version__
from followup_rules.hookspecs import Pack
from followup_rules.host.registry import Registry


def fingerprint(texts: Sequence[str], base: Path, packs: Sequence[Pack], plugins: Registry) -> str:
    """Return what changes whenever the same events could be judged or worded otherwise."""
    folders = [base / "templates", *(Path(pack.folder) / "templates" for pack in packs)]
    # Times of the templates and not their texts: this is asked at every run, also of those that find nothing to do.
    looks = [look for folder in folders for look in _looks(folder)]
    adds = [f"{plugin.name} {plugin.state} {plugin.adds}" for plugin in plugins.plugins]
    # With the version: another followup may read the same rules otherwise.
    return hashlib.sha256("\0".join([__version__, *texts, *looks, *adds]).encode(errors="surrogateescape")).hexdigest()


def _looks(folder: Path) -> Iterator[str]:
    """Yield what shows a change of the files in a folder; what cannot be looked at only by its name."""
    try:
        files = sorted(folder.iterdir())
    except OSError:
        return
    for file in files:
        try:
            yield f"{file} {file.stat().st_mtime_ns}"
        except OSError:
            yield str(file)
