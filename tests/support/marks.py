"""Which action a draft was made for: it carries a hash of the key, and the store knows the key."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from followup_rules.keys import hashed


def keys(store: Path) -> dict[str, str]:
    """Return the keys under which actions are known in outputs, by their hashes."""
    if not store.exists():
        return {}
    with closing(sqlite3.connect(store)) as opened:
        markers = [json.loads(body)["marker"] for (body,) in opened.execute("select body from ledger")]
    return {hashed(marker): marker for marker in markers}


def carried(message: Any, store: Path) -> str:
    """Return the key of the action that a draft was made for; the hash itself if the store knows nothing of it."""
    found = "".join(str(message["X-Followup-Key"]).split())
    return keys(store).get(found, found)
