"""How many notices runs have printed on a local day: beyond the third, `today` shows them, and a run names it."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from followup_rules.keys import hashed
from followup_rules.store.state import SaidOn
from followup_rules.store.store import Store

MOST = 3
"""A first evening with a full calendar would else bury what matters, and teach people not to read."""


def may_print(key: str, store: Store, now: datetime) -> bool:
    """Tell whether a notice is to be printed on the day of `now`, which is in the user's zone.

    One that was printed already, by a run that was killed before it could note that down, is printed again.
    """
    said = _said(store, now)
    return hashed(key) in said or len(said) < MOST


def printed(key: str, store: Store, now: datetime) -> None:
    """Note that a notice was printed on the day of `now`, which is in the user's zone."""
    said = sorted(_said(store, now) | {hashed(key)})
    store.state.write(replace(store.state.read(), notices=SaidOn(now.date(), tuple(said))))


def _said(store: Store, now: datetime) -> frozenset[str]:
    known = store.state.read().notices
    return frozenset(known.notices) if known and known.day == now.date() else frozenset()
