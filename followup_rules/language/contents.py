"""What rules start from and do, whatever the definitions and rules are called by which they say so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from followup_rules.sealing import digest

# The fields of a pattern in which a text names a definition.
_NAMING = frozenset({"is", "any", "all", "not", "about"})


class Contents(Struct, frozen=True):
    """Hashes of definitions and rules, with what they name in the place of its name."""

    definitions: Mapping[str, Any]
    """As written, by name."""
    rules: Mapping[str, Any]
    """What each starts from (`on`) and does (`do`), by id."""
    known: dict[tuple[str, str], str] = field(default_factory=dict)
    """Each is hashed once: definitions that name each other twice over would double with every level."""

    def of_rule(self, name: str) -> str:
        """Return the hash of a rule; "" if it names definitions that name others, too many deep."""
        try:
            return self._hash("rule", name, self.rules[name])
        except RecursionError:
            return ""

    def _hash(self, kind: str, name: str, raw: Any) -> str:
        if (kind, name) not in self.known:
            # Of a cycle, which is an error, there is no end.
            self.known[kind, name] = ""
            self.known[kind, name] = digest(json.dumps(self._spelt_out(raw), sort_keys=True, default=str))
        return self.known[kind, name]

    def _spelt_out(self, raw: Any, key: str = "on") -> Any:
        if isinstance(raw, dict):
            return {inner: self._spelt_out(value, inner) for inner, value in raw.items()}
        if isinstance(raw, list):
            return [self._spelt_out(item, key) for item in raw]
        if key == "of" and raw in self.rules:
            return self._hash("rule", raw, self.rules[raw])
        if (key in _NAMING or key == "on") and raw in self.definitions:
            return self._hash("define", raw, self.definitions[raw])
        return raw
