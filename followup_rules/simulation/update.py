"""Writes into a file of examples what is so now; all else in the file, comments too, stays as it is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from followup_rules import durable, regular_files
from followup_rules.simulation.expectations import Difference
from followup_rules.toml.document import Document
from followup_rules.toml.positions import places


def updated(document: Document, differences: Iterable[Difference]) -> str:
    """Return the text of a file with what is so in the place of what was expected, as far as it can be told."""
    known = places(document.text)
    spans = {known[each.path].value: each.now for each in differences if each.now and each.path in known}
    text = document.text
    # From the end on: what stands before a place does not move.
    for (start, end), now in sorted(spans.items(), reverse=True):
        text = text[:start] + now + text[end:]
    return text


def write(path: Path, text: str) -> None:
    """Replace the text of a file; its line ends and its byte order mark stay. Raises OSError."""
    tomllib.loads(text)  # never a file that cannot be read any more
    with regular_files.opened(path) as file:
        before = file.read()
    begin = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
    end = "\r\n" if b"\r\n" in before else "\n"
    durable.write(path, begin + text.replace("\n", end).encode(), path.stat().st_mode & 0o777)
