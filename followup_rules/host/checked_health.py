"""A health check that is not taken at its word: it has a time limit, and what it tells is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from followup_rules.hookspecs import Fact, HealthCheck
from followup_rules.host.time_limit import TIME_LIMIT, Worker, sure
from followup_rules.model import Profile
from followup_rules.plain import one_line
from followup_rules.sentences import Sentence

_MOST, _LONGEST = 1_000, 500


def facts(check: HealthCheck, tables: Mapping[str, Any], profile: Profile, *, everything: bool) -> list[Fact]:
    """Return what a health check tells, in plain words. Raises Unreadable, OSError, TimedOut or PluginError."""
    worker = Worker(TIME_LIMIT)
    try:
        return sure(worker, check.name, lambda: list(map(_plain, check.examine(tables, profile, everything))))[:_MOST]
    finally:
        worker.close()


def _plain(fact: Any) -> Fact:
    if not isinstance(fact, Fact):
        raise TypeError(Sentence("its plugin told {name} where a Fact belongs", name=type(fact).__name__))
    return Fact(*(one_line(str(getattr(fact, name)), _LONGEST) for name in Fact.__struct_fields__))
