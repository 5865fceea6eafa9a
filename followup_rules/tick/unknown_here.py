"""What lies in an output, carries a key of ours, and is known to nobody any more: told once, and left as it is.

The event of it is gone, or was too long ago to be judged, and the store that knew it was lost or is older than it.
"""

from __future__ import annotations

from collections.abc import Iterator

from followup_rules.codes import Code
from followup_rules.engine.plan import EntryState
from followup_rules.keys import hashed
from followup_rules.model import Problem
from followup_rules.plain import one_line
from followup_rules.sentences import Sentence
from followup_rules.store.told import STORE
from followup_rules.texts.plurals import listed
from followup_rules.tick.report import Given
from followup_rules.tick.seen_in_outputs import Seen


def tell_of_unknown(seen: Seen, given: Given) -> Iterator[Problem]:
    """Yield a remark on each output that may hold what this store does not know, once all that it knows is judged.

    While a source cannot be read, a duty may be missing for what lies there.
    """
    if seen.sight.unseen:
        return
    known = {entry.marker for entry in given.store.ledger.in_state(*EntryState)} if seen.unfamiliar else set()
    ours = known | {hashed(marker) for marker in known}
    for name in sorted(seen.unfamiliar - seen.looked.failed):
        output = seen.outputs[name]
        if output.hangs:
            continue
        try:
            there = {mark: place for mark, place in output.marked().items() if mark not in ours}
        except Exception:  # noqa: BLE001, S112 -- a remark alone: where it cannot be looked, nothing is told
            continue
        fresh = given.store.told.news(STORE, [f"{name} {mark}" for mark in there], whole=False)
        places = sorted(place for mark, place in there.items() if f"{name} {mark}" in fresh)
        if places:
            yield _problem(name, places)


def _problem(output: str, places: list[str]) -> Problem:
    message = Sentence(
        "{number} draft or task lies there that followup made, and that this store knows nothing of: {places}",
        "{number} drafts or tasks lie there that followup made, and that this store knows nothing of: {places}",
        number=len(places),
        places=listed([one_line(place) for place in places]),
    )
    hint = Sentence("finish or delete it: followup takes back only what it knows, and makes nothing a second time")
    return Problem(f"outputs.{output}", message, Code.UNKNOWN_HERE, hint=hint, info=True)
