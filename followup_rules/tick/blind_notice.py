"""Tells the user of a source that has been unreadable for days: once each time, and given like any other notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec.structs import replace

from followup_rules.engine.assign_cases import key_of
from followup_rules.engine.plan import PRINTED, plan
from followup_rules.model import NOTICE, Action, Problem, Profile
from followup_rules.sentences import Sentence
from followup_rules.texts import filters
from followup_rules.tick.backoff import must_wait
from followup_rules.tick.execute import carry_out_all
from followup_rules.tick.report import Given, Outcome, Say
from followup_rules.tick.seen_in_outputs import Look, Outputs
from followup_rules.tick.sources import Reading
from followup_rules.translation import translated


def tell_of_blindness(
    readings: Mapping[str, Reading], outputs: Outputs, looked: Look, given: Given, say: Say
) -> Iterator[Outcome | Problem]:
    """Give a notice for every source whose last good pull is too long ago, unless that was done when it failed."""
    profile = given.config.profile
    for name, reading in sorted(readings.items()):
        state = given.store.events.source(name)
        # One that was never read has failed since it was first tried.
        since = state.pulled or state.failing
        if reading.fault and since and state.failing and given.now >= since + profile.blind_notice:
            notice = _notice(f"sources.{name}", reading.fault, since, state.failing, profile)
            yield from _give(notice, outputs, looked, given, say)


def _notice(where: str, why: str, since: datetime, failing: datetime, profile: Profile) -> Action:
    values = {"where": where, "why": why, "day": filters.day(profile, since), "clock": filters.clock(profile, since)}
    title = Sentence("{where} has not been read since {day}", **values)
    text = Sentence(
        """followup could last read [{where}] on {day} at {clock}. Since then it could not:

{why}

What depends on it waits: nothing is made, taken back or given up for it, and nothing is lost.
Set it right, then see with `followup check` whether it can be read.
""",
        **values,
    )
    key = f"blind/{key_of(where)}@{failing.astimezone(profile.timezone).date().isoformat()}"
    return Action(
        key=key,
        rule="blind",
        case=key_of(where),
        anchor=where,
        type=NOTICE,
        title=translated(title, profile.language),
        text=translated(text, profile.language),
        due=(since + profile.blind_notice).astimezone(profile.timezone),
        duty=key,
    )


def _give(notice: Action, outputs: Outputs, looked: Look, given: Given, say: Say) -> Iterator[Outcome | Problem]:
    taking = (output.name for output in given.config.outputs if NOTICE in output.takes)
    wanted = [replace(notice, output=name) for name in (PRINTED, *taking)]
    entries = [entry for entry in given.store.ledger.of(notice.case) if entry.key == notice.key]
    slots = {(entry.key, entry.output): entry for entry in entries}
    planned = plan((), {notice.key: wanted}, entries)
    ready = [change for change in planned if not must_wait(slots.get((change.key, change.output)), given.now)]
    yield from carry_out_all(ready, outputs, looked, given, say)
