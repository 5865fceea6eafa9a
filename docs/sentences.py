"""Brings the catalogues in `followup_rules/locale/` up to date with the sentences in the code.

New sentences are added without a translation, to be written by hand; those that nobody says any more are taken out.
`--check` writes nothing, and fails if anything is missing or not used. Sentences are the first text of `Sentence(...)`
(the second is its plural) and of `Reason(...)`, the docstring of a command, the `help` of an option, and the `why` of
the rules and guards that come with the program.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
LANGUAGES = ("fr",)
_EMPTY = re.compile(rb'^msgstr(?:\[\d\])? ""$(?!\n")', re.MULTILINE)
Id: TypeAlias = str | tuple[str, str]
"""A sentence as the catalogues know it; with its plural, if it has one."""


def catalogue_of(language: str) -> Path:
    """Return the file of a language."""
    return ROOT / "followup_rules" / "locale" / language / "LC_MESSAGES" / "followup.po"


def sentences(module: str) -> Iterator[Id]:
    """Find the sentences in the text of a module.

    Babel's own extraction does not look into a marked call for further ones, and knows no docstrings of commands.
    """
    for node in ast.walk(ast.parse(module)):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
        if isinstance(node, ast.FunctionDef) and any(_is_command(each) for each in node.decorator_list):
            yield inspect.cleandoc((ast.get_docstring(node) or "").partition("\f")[0].strip())


def _of_call(node: ast.Call) -> Iterator[Id]:
    name = _name(node.func)
    if name in {"Sentence", "Reason"} and node.args:
        plural = _literal(node.args[1]) if len(node.args) > 1 and name == "Sentence" else None
        for each in _choices(node.args[0]):
            if (said := _literal(each)) is not None:
                yield (said, plural) if plural else said
    if name in {"option", "version_option"}:
        for keyword in node.keywords:
            if keyword.arg == "help" and (said := _literal(keyword.value)):
                yield said


def _choices(node: ast.expr) -> list[ast.expr]:
    """Return what `"one" if so else "other"` may be; of anything else, itself."""
    return [*_choices(node.body), *_choices(node.orelse)] if isinstance(node, ast.IfExp) else [node]


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_command(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _name(node.func) in {"command", "group"}


def said() -> Catalog:
    """Return all sentences of the program and its plugins, untranslated, with the files in which they stand."""
    found = Catalog()
    for folder in ("followup_rules", "plugins"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for each in sentences(file.read_text(encoding="utf-8")):
                found.add(each, locations=[(file.relative_to(ROOT).as_posix(), 0)])
    for file in sorted((ROOT / "followup_rules").rglob("*.toml")):
        for why in _reasons(file):
            found.add(why, locations=[(file.relative_to(ROOT).as_posix(), 0)])
    return found


def _reasons(rules: Path) -> Iterator[str]:
    """Find why the rules and guards that come with the program are there."""
    tables = tomllib.loads(rules.read_text(encoding="utf-8"))
    for kind in ("rule", "guard"):
        yield from (table["why"] for table in tables.get(kind, {}).values() if "why" in table)


def up_to_date(language: str) -> bytes:
    """Return the catalogue of a language as it should be, with the translations that it has."""
    written = catalogue_of(language).read_bytes()
    # A merge may have kept both an entry and the same one from before it was translated.
    entries = [entry for entry in written.split(b"\n\n") if not _EMPTY.search(entry)]
    known = read_po(BytesIO(b"\n\n".join([*entries, b""])), locale=language)
    fresh = Catalog(locale=language)
    fresh.mime_headers = known.mime_headers  # how many plurals there are
    for message in said():
        if message.id:
            was = known.get(message.id if isinstance(message.id, str) else message.id[0])
            # A sentence that has come to have a plural is a new one.
            kept = was.string if was and isinstance(was.id, str) == isinstance(message.id, str) else None
            fresh.add(message.id, kept, locations=message.locations)
    lines = BytesIO()
    # One sentence, one line: so that it can be looked for, and merged.
    write_po(lines, fresh, width=0, omit_header=True, include_lineno=False, sort_by_file=True)
    header, _, _ = written.partition(b"\n\n")
    return header + b"\n\n" + lines.getvalue().strip() + b"\n"


def main() -> None:
    """Write the catalogues, or look at them only, and tell how many translations are missing."""
    wrong = []
    for language in LANGUAGES:
        file = catalogue_of(language)
        fresh = up_to_date(language)
        if "--check" not in sys.argv:
            file.write_bytes(fresh)
        elif file.read_bytes() != fresh:
            wrong.append(f"{file.relative_to(ROOT)} is out of date: `python docs/sentences.py` adds what is missing")
        empty = [message for message in read_po(BytesIO(fresh), locale=language) if message.id and not _whole(message)]
        wrong += [f"{language}: no translation of {message.id!r}" for message in empty]
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


def _whole(message: Any) -> bool:
    parts = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(parts)


if __name__ == "__main__":
    main()
