"""`followup problem`: what a code in a message means, with what is wrong and what is right."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import click

from followup_rules.cli import shared
from followup_rules.cli.speech import language, tr
from followup_rules.codes import Code
from followup_rules.sentences import Sentence
from followup_rules.toml.suggestions import expected

_SPELT = re.compile(r"f?0*(\d{1,3})", re.IGNORECASE)
_SECTION = re.compile(r"^## (F\d{3})\n(.*?)(?=^## F\d{3}$|\Z)", re.MULTILINE | re.DOTALL)

_EXAMPLE = re.compile(r"^(```\w+) \w+ (\w+)(\n.*?^```)$", re.MULTILINE | re.DOTALL)
_HEADS = {"failing": Sentence("Wrong:"), "mended": Sentence("Right:")}


@click.command("problem")
@click.argument("code")
@shared.json_option
def command(code: str, *, as_json: bool) -> None:
    """Tell what a code means that a message names: followup problem F012.

    Most have an example that is wrong, and one that is right.
    """
    pages = _pages("problems.md")
    spelt = _SPELT.fullmatch(code.strip())
    named = f"F{int(spelt[1]):03}" if spelt else code.strip().upper()  # 12, f12 and F012 are one
    page = pages.get(named)
    if page is None:
        listed = Sentence("docs/problems.md lists all")
        hint = expected(named, [*map(str, Code)]) or listed
        raise click.UsageError(Sentence("there is no code {code}: {hint}", code=code, hint=hint))
    if as_json:
        from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

        click.echo(records.dump({"code": named, "page": page.strip()}))
    else:
        click.echo(_in_language(named, page.strip()))


def _pages(name: str) -> dict[str, str]:
    """Return the sections of a page of docs/, as it was installed, or as it lies beside the code in a checkout."""
    installed = resources.files("followup_rules") / "data" / name
    found = installed if installed.is_file() else Path(__file__).parents[2] / "docs" / name
    return dict(_SECTION.findall(found.read_text(encoding="utf-8")))


def _in_language(code: str, page: str) -> str:
    """Return a page in the person's language: examples are the same in all, and stand in the English page alone."""
    if language() != "fr":
        return page
    said = _pages("problems.fr.md")[code].strip()
    examples = [
        f"{tr(_HEADS[kind])}\n\n{opening}{rest}" for opening, kind, rest in _EXAMPLE.findall(page) if kind in _HEADS
    ]
    return "\n\n".join([said, *examples])
