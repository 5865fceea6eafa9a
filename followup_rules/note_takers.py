"""Programs that are invited to meetings to write them down: no people, by the word list `data/note-takers.toml`."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from followup_rules.mail.phrases import phrases
from followup_rules.model import Person


def takes_notes(someone: Person) -> bool:
    """Tell whether somebody who is invited is such a program: by its address, or by the name that it shows."""
    known = _known()
    local = someone.address.rpartition("@")[0].partition("+")[0]
    if local in known["anywhere"] or someone.address in known["addresses"]:
        return True
    if local in known["at_services"] and any(domain in known["services"] for domain in _with_parents(someone.domain)):
        return True
    shown = re.sub(r"[\W_]", "", someone.name.lower())
    return any(name in shown for name in known["in_names"])


def _with_parents(domain: str) -> list[str]:
    """Return a domain and those above it: `eu.read.ai`, `read.ai`, `ai`."""
    return [domain, *(domain[dot.end() :] for dot in re.finditer(r"\.", domain))]


@cache
def _known() -> dict[str, Any]:
    return {name: frozenset(words) for name, words in phrases("note-takers").items()}
