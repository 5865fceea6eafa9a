"""How many notices runs have printed on a local day: beyond the third, `today` shows them, and a run names it."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from followup_rules.store.state import SaidOn
from followup_rules.store.store import Store

MOST = 3
"""A first evening with a full calendar would else bury what matters, and teach people not to read."""


def is_full(store: Store, now: datetime) -> bool:
    """Tell whether no more notices are to be printed on the day of `now`, which is in the user's zone."""
    said = store.state.read().notices
    return said is not None and said.day == now.date() and said.count >= MOST


def count_one(store: Store, now: datetime) -> None:
    """Note that one more was printed on the day of `now`, which is in the user's zone."""
    state = store.state.read()
    before = state.notices.count if state.notices and state.notices.day == now.date() else 0
    store.state.write(replace(state, notices=SaidOn(now.date(), before + 1)))
