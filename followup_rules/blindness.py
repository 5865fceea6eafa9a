"""Tells the user of a source that has been unreadable for days: once each time, and given like any other notice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from followup_rules import wording
from followup_rules.carry_out import waits
from followup_rules.casework import carried_out
from followup_rules.engine.cases import key_of
from followup_rules.engine.plan import NOTICE, PRINTED, plan
from followup_rules.model import Action
from followup_rules.report import Tick

_TITLES = {
    "en": "{where} has not been read since {day}",
    "fr": "{where} n’a pas été lu depuis le {day}",
}
_TEXTS = {
    "en": """followup could last read [{where}] on {day} at {clock}. Since then it could not:

{why}

What depends on it waits: nothing is made, taken back or given up for it, and nothing is lost.
Set it right, then see with `followup check` whether it can be read.
""",
    "fr": """followup a pu lire [{where}] pour la dernière fois le {day} à {clock}. Depuis, il n’y arrive plus :

{why}

Ce qui en dépend attend : rien n’est préparé, retiré ni abandonné à cause de cela, et rien n’est perdu.
Corrigez la cause, puis voyez avec `followup check` si la lecture fonctionne.
""",
}


def tell(tick: Tick) -> None:
    """Give a notice for every source whose last good pull is too long ago, unless that was done when it failed."""
    for name, why in sorted(tick.blind.items()):
        state = tick.store.source(name)
        since, failing = state.pulled or state.failing, state.failing
        if since and failing and tick.now >= since + tick.config.profile.blind_notice:
            _give(_notice(f"sources.{name}", why, since, failing, tick), tick)


def _notice(where: str, why: str, since: datetime, failing: datetime, tick: Tick) -> Action:
    profile = tick.config.profile
    values = {"where": where, "why": why, "day": wording.day(profile, since), "clock": wording.clock(profile, since)}
    key = f"blind/{key_of(where)}@{failing.astimezone(profile.timezone).date().isoformat()}"
    return Action(
        key=key,
        rule="blind",
        case=key_of(where),
        anchor=where,
        type=NOTICE,
        title=_in(_TITLES, tick).format_map(values),
        text=_in(_TEXTS, tick).format_map(values),
        due=(since + profile.blind_notice).astimezone(profile.timezone),
        duty=key,
    )


def _in(texts: Mapping[str, str], tick: Tick) -> str:
    return texts.get(tick.config.profile.language, texts["en"])


def _give(notice: Action, tick: Tick) -> None:
    taking = (output.name for output in tick.config.outputs if NOTICE in getattr(output.type, "takes", ()))
    wanted = [replace(notice, output=name) for name in (PRINTED, *taking)]
    rows = [row for row in tick.store.rows(notice.case) if row.key == notice.key]
    slots = {(row.key, row.output): row for row in rows}
    for change in plan((), {notice.key: wanted}, rows):
        if not waits(change, slots, tick.now):
            carried_out(change, tick)
