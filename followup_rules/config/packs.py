"""Packs that are folders of the user's own: `packs = ["./packs/team"]`, with rules, perhaps words, and texts."""

from __future__ import annotations

from pathlib import Path

from followup_rules.codes import Code
from followup_rules.config import options
from followup_rules.hookspecs import Pack
from followup_rules.sentences import Sentence
from followup_rules.toml.suggestions import expected
from followup_rules.toml.values import Value

RULES, WORDS = "rules.toml", "words.toml"
"""Of a pack; the second may be absent: lists of words and tags for its rules, a layer below them."""
_SIGNS = ("/", "\\", "~", "$", ".")


def is_folder(written: str) -> bool:
    """Tell whether a pack is named by its place: with a slash, or as `.` or `~` begin one; no plugin's pack is."""
    return written.startswith(_SIGNS) or "/" in written or "\\" in written


def in_folder(item: Value, base: Path) -> Pack | None:
    """Return the pack in a folder; reports a path that cannot be read, and one that holds no rules."""
    folder = options.path(item, base)
    if folder is None:
        return None
    if (folder / RULES).is_file():
        return Pack(item.raw.rstrip("/\\"), Sentence("a folder of yours"), str(folder))
    holds_none = Sentence("the pack {raw!r} holds no {rules}", raw=item.raw, rules=RULES)
    message = holds_none if folder.is_dir() else Sentence("the pack {raw!r} is no folder", raw=item.raw)
    guess = expected(folder.name, _beside(folder))
    hint = (
        guess
        if guess.startswith("did")
        else Sentence("a pack is a folder with {rules}, and templates/ beside it", rules=RULES)
    )
    item.report(message, code=Code.NOT_OPENED, hint=hint)
    return None


def spelt_as_folder(name: str, base: Path) -> str:
    """Return how to name a folder beside the config that holds a pack of this name, or ""."""
    return f"./{name}" if name and (base / name / RULES).is_file() else ""


def _beside(folder: Path) -> list[str]:
    try:
        return [each.name for each in folder.parent.iterdir() if (each / RULES).is_file()]
    except OSError:
        return []
