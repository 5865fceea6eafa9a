"""What a cursor remembers of files and their lines: hashes, so that nothing that is to be forgotten stays there."""

from __future__ import annotations

import hashlib


def known_as(name: str) -> str:
    """Return the hash by which a file is known from pull to pull."""
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:24]


def line_hashes(text: str) -> list[str]:
    """Return a short hash of each line, the last of them empty where a text ends with a line end.

    Enough to see that a file is the beginning of what it was.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    return [hashlib.sha256(line.encode(errors="surrogatepass")).hexdigest()[:8] for line in lines]
