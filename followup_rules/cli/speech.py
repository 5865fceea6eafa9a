"""The language in which the command speaks, and how it says a sentence."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import click

from followup_rules.translation import ENGLISH, LANGUAGES, recognised, translated

VARIABLE = "FOLLOWUP_LANGUAGE"
"""In the environment: the language of what is printed, whatever the config and the locale say, as for a report of a
fault. Texts of drafts and tasks are not concerned."""
_KNOWN = "followup_rules.language"
# In bytes: a config that is longer is faulty, and only its language is looked for here.
_LARGEST = 1_000_000
_SPOKEN = re.compile(r"""^\s*language\s*=\s*["'“‘]?\s*(fr|en)\b""", re.MULTILINE)


def language() -> str:
    """Return the language of the person at the command: as the environment, the config, or else the locale has it."""
    context = click.get_current_context(silent=True)
    if context is None:
        return _first_known(os.environ.get(VARIABLE, ""), of_locale())
    # With the call, not with the module: the next call in the same process may be somebody else's.
    if _KNOWN not in context.meta:
        context.meta[_KNOWN] = _first_known(os.environ.get(VARIABLE, ""), _of_config(context), of_locale())
    known: str = context.meta[_KNOWN]
    return known


def speak(language: str) -> None:
    """Speak a language from now on: the person has just said so."""
    click.get_current_context().meta[_KNOWN] = _first_known(os.environ.get(VARIABLE, ""), language)


def tr(text: str) -> str:
    """Return a sentence in the language of the person at the command; any other text as it is."""
    return translated(text, language())


def tr_kept(text: str) -> str:
    """Return a sentence in the language of the person at the command, even if only its English was kept."""
    return tr(recognised(text, language()))


def say(text: str, *, err: bool = False) -> None:
    """Print a sentence in the language of the person at the command."""
    click.echo(tr(text), err=err)


def say_all(lines: Iterable[str]) -> None:
    """Print sentences, one on each line, in the language of the person at the command."""
    click.echo("\n".join(tr(line) for line in lines))


def _first_known(*names: str) -> str:
    return next((name for name in names if name in LANGUAGES), ENGLISH)


def _of_config(context: click.Context) -> str:
    """Return what the config says, or "": it may be missing, or not be readable yet, and then that is to be told."""
    import tomllib  # noqa: PLC0415 -- only where something is told

    from followup_rules import regular_files  # noqa: PLC0415
    from followup_rules.config.read import default_file  # noqa: PLC0415

    file: Path = context.find_root().obj or default_file()
    text = ""
    try:
        text = regular_files.read(file, _LARGEST).decode(errors="replace")
        profile = tomllib.loads(text).get("profile")
    except (OSError, ValueError):
        # What is wrong with the file is told in its own language all the same, if the line that says which can be read.
        return next(iter(_SPOKEN.findall(text)), "")
    # A file without [profile] may have its lines at the top, misplaced.
    profile = profile or {"language": next(iter(_SPOKEN.findall(text)), "")}
    # "fr-CA" and "français" are faults, and told in French.
    return str(profile.get("language", ""))[:2].lower() if isinstance(profile, dict) else ""


def of_locale() -> str:
    """Return the language of the locale (POSIX, chapter 8.2: LC_ALL, LC_MESSAGES, LANG)."""
    named = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return _first_known(next((name[:2] for name in named if name), ""))
