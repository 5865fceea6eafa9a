"""The user, and what a plugin may know of the tick that opens it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

LANGUAGES = ("fr", "en")
"""In which texts can be."""


class Profile(Struct, frozen=True, kw_only=True):
    """The user, from `[profile]` of the config."""

    me: frozenset[str] = frozenset()
    """All addresses, in lower case."""
    address: str = ""
    """The one that drafts are written from."""
    my_domains: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    name: str = ""
    timezone: ZoneInfo = ZoneInfo("UTC")
    holidays: str = ""
    language: str = "en"
    lookback: timedelta = timedelta(days=30)
    blind_notice: timedelta = timedelta(days=2)
    """How long after its last good pull a source that fails is told of."""


class Context(Struct, frozen=True, kw_only=True):
    """What a plugin may know of the tick that opens it."""

    profile: Profile
    now: datetime
    canonical_tag: Callable[[str], str] = str
    """A tag in any of its spellings to the one that rules name: ids made with that one survive a change of language."""
