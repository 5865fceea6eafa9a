"""Keys, `RULE/ANCHOR@DAY` or `RULE/ANCHOR~ADDRESS@DAY`, and as a mail carries them: a hash, which tells nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

from followup_rules.sealing import digest

_KEY = re.compile(r"(?P<rule>[^/]+)/\S+@\d{4}-\d\d-\d\d(#\S+)?")


def hashed(key: str) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a key."""
    return digest(key, 16)


def means(carried: str, key: str) -> bool:
    """Tell whether what a draft or a mail carries stands for a key: its hash or, in older ones, the key as it is."""
    return carried in (key, hashed(key))


def with_rule(name: str, renamed: Mapping[str, str]) -> str:
    """Return a key, CASE/RULE or RULE, as a note has it, with the name by which its rule is called now."""
    key = _KEY.fullmatch(name)
    case, slash, last = ("", "", name) if key else name.rpartition("/")
    rule = key["rule"] if key else last.partition("#")[0]
    now = next((new for old, new in renamed.items() if old.casefold() == rule.casefold()), rule)
    return f"{case}{slash}{now}{last.removeprefix(rule)}"


def with_anchor(key: str, old: str, new: str) -> str:
    """Return a key under another name of its anchor; one of another anchor stays as it is."""
    for end in "@~":
        key = key.replace(f"/{old}{end}", f"/{new}{end}")
    return key


def with_case(key: str, old: str, new: str, by_event: Collection[str]) -> str:
    """Return a key under another name of its case; one of a rule that is keyed `by_event` has that name for an id."""
    return key if key.partition("/")[0] in by_event else with_anchor(key, old, new)


def with_day(key: str, anchor: str, old: date, new: date) -> str:
    """Return a key of an anchor with another day; one of another anchor or day stays as it is."""
    alone = f"/{anchor}~" in key and f"/{anchor}@" not in key
    return key.replace(f"@{old}", f"@{new}") if alone else key.replace(f"/{anchor}@{old}", f"/{anchor}@{new}")
