"""What a run would have to write, and may not: found before it tries."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

from followup_rules.codes import Code
from followup_rules.config.read import Config
from followup_rules.model import Problem
from followup_rules.sentences import Sentence


def unwritable(config: Config) -> Iterator[Problem]:
    """Yield what is in the way of writing to the outputs and to the store."""
    places = [
        (Code.NOT_WRITTEN, f"outputs.{output.name}", path)
        for output in config.outputs
        if dataclasses.is_dataclass(output.options)
        for path in (getattr(output.options, option.name) for option in dataclasses.fields(output.options))
        if isinstance(path, Path)
    ]
    for code, where, path in [*places, (Code.STORE, "store", config.store)]:
        if obstacle := _obstacle(path):
            hint = Sentence("change its permissions, or name another path in the config")
            yield Problem(
                where, Sentence("{path} cannot be written: {obstacle}", path=path, obstacle=obstacle), code, hint=hint
            )


def _obstacle(path: Path) -> str:
    """Return why a file or folder can be neither written nor made, or ""."""
    if path.exists() and not _may(path, os.W_OK):
        return Sentence("you may not change it")
    if path.is_dir():
        return ""
    # What is not there yet is made by the first run, in the nearest folder that is; a file that is there is replaced by
    # one that is written beside it, or has others beside it, as a store has.
    around = next(parent for parent in path.absolute().parents if parent.exists())
    if not around.is_dir():
        return Sentence("{around} is no folder", around=around)
    if _may(around, os.W_OK | os.X_OK):
        return ""
    return Sentence("you may not create anything in {around}", around=around)


def _may(path: Path, mode: int) -> bool:
    # As the system will judge the run, not who has called it (POSIX, faccessat with AT_EACCESS).
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)
