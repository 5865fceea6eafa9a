"""What a cursor remembers of files and notes: hashes, so that what the user wants forgotten does not stay there."""

from __future__ import annotations

import hashlib
import re

_HASH = re.compile(r"[0-9a-f]{24}")


def known_as(name: str) -> str:
    """Return the hash by which a file or a note is known from pull to pull; that of a hash is the hash itself."""
    return name if _HASH.fullmatch(name) else hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:24]
