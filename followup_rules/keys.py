"""The key of an action as a mail carries it: a hash, which tells whoever gets the mail nothing."""

from __future__ import annotations

from followup_rules.sealing import digest


def hashed(key: str) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a key."""
    return digest(key, 16)


def means(carried: str, key: str) -> bool:
    """Tell whether what a draft or a mail carries stands for a key: its hash or, in older ones, the key as it is."""
    return carried in (key, hashed(key))
