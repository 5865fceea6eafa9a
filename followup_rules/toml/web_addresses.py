"""Web addresses in the lines of a config that messages show: of each only the host, for the rest may be a secret.

By its shape, and not by its value: an address is told apart where the config cannot be understood, too.
"""

from __future__ import annotations

import re

from followup_rules.sentences import changed

# A secret may be all that follows the host, and a password before it. Quotes end an address, as in TOML.
_WRITTEN = re.compile(
    r"""\b([a-z][a-z0-9+.-]{0,20}(?=://)|https?|webcals?):/{0,2}(?:[^\s"'<>/@?#]*@)?([\w\[][^\s"'<>/?#]*)([/?#][^\s"'<>]*)?""",
    re.IGNORECASE,
)


def hidden(text: str) -> str:
    """Return a text in which of each web address only the host is left."""
    return changed(text, _without_paths)


def _without_paths(text: str) -> str:
    return _WRITTEN.sub(_hidden, text) if ":" in text else text


def _hidden(found: re.Match[str]) -> str:
    return f"{found[1]}://{found[2]}{'/…' if found[3] else ''}"


def hidden_in_line(line: str, column: int, length: int) -> tuple[str, int, int]:
    """Return a line in which of each web address only the host is left, and where what was marked in it stands now.

    `column` counts from 1.
    """
    addresses = list(_WRITTEN.finditer(line))

    def moved(at: int) -> int:
        around = next((found for found in addresses if found.start() < at < found.end()), None)
        if around is None:
            return len(hidden(line[:at]))
        return len(hidden(line[: around.start()])) + min(at - around.start(), len(_hidden(around)))

    start, end = moved(column - 1), moved(column - 1 + length)
    return hidden(line), start + 1, max(1, end - start)
