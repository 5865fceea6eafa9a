"""Calls that an earlier run began and did not see through: how they ended, and which wait for another try."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.engine.plan import PRINTED, EntryState
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.tick.execute import settle
from followup_rules.tick.report import Given
from followup_rules.tick.seen_in_outputs import Outputs


def settle_all(outputs: Outputs, given: Given) -> Iterator[Problem]:
    """Find out how the calls ended that an earlier run began and did not see through."""
    ledger = given.store.ledger
    for entry in ledger.in_state(EntryState.INTENDED):
        output = outputs.get(entry.output)
        if entry.output == PRINTED:
            # Nobody can be asked whether it was read: a notice twice is better than none.
            ledger.write(replace(entry, state=EntryState.WITHDRAWN))
        elif output is None or output.hangs:
            continue
        else:
            yield from settle(entry, output, given.store, given.now, look_only=given.dry)
        given.store.decisions.make_stale([entry.action.case])


def refusals(given: Given) -> Iterator[Problem]:
    """Report what was refused and is not to be tried again yet: silence would look as if all were well."""
    for entry in given.store.ledger.in_state(EntryState.REFUSED):
        if entry.retry and entry.retry > given.now:
            when = entry.retry.astimezone(given.config.profile.timezone)
            message = Sentence(
                "{op} {key}: refused earlier; it is tried again at {clock}",
                op=entry.op,
                key=entry.key,
                clock=f"{when:%H:%M}",
            )
            yield Problem(
                f"outputs.{entry.output}", message, Code.NOT_WRITTEN, hint=Sentence("see what an earlier run said")
            )
