"""What outputs do alike to leave the user's hand alone: a seal on what they make, and a reference that remembers it.

A seal is a digest of what a person sees of a draft or a task, kept with it or in its reference. What is there now is as
we left it if its seal is the same; else the user has touched it, and nothing may replace or remove it any more.
"""

from __future__ import annotations

import hashlib
from typing import Self

from msgspec import Struct
from msgspec.structs import astuple

EDITED = "edited"
"""Stands in a reference for the seal of what is there, but not as we left it."""


class Ref(Struct, frozen=True):
    """A reference of an output: its fields are texts without spaces, such as a key and a seal.

    >>> class Known(Ref, frozen=True):
    ...     key: str
    ...     seal: str
    >>> str(Known("call/1@2026-11-19", "0f3a")), Known.parse("call/1@2026-11-19 0f3a").seal
    ('call/1@2026-11-19 0f3a', '0f3a')
    """

    @classmethod
    def parse(cls, ref: str) -> Self:
        """Read what `str` wrote; what is missing is empty, as in a reference of an earlier version."""
        # At most so many pieces: all spaces beyond belong to the last field.
        fields = ref.split(" ", len(cls.__struct_fields__) - 1)
        return cls(*fields, *[""] * (len(cls.__struct_fields__) - len(fields)))

    def __str__(self) -> str:
        return " ".join(astuple(self))


def digest(text: str, length: int = 16) -> str:
    """Return the first hexadecimal digits of a text's SHA-256: 16 are enough to tell the versions of one thing apart.

    A text from a file in another encoding than UTF-8 (PEP 383) or with halves of characters has one, too.
    """
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:length]
