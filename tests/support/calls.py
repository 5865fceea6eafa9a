"""A call to an output that was cut short, as the ledger has it."""

from __future__ import annotations

from msgspec.structs import replace

from followup_rules.engine.plan import EntryState, LedgerEntry
from followup_rules.model import Action
from tests.support.caselab import JULIE

THANKS = Action(
    key="thank-you/nordik.ca@2026-11-09", rule="thank-you", case="nordik.ca", anchor="I1", type="draft",
    title="Thanks", text="Thank you.", to=(JULIE,), duty="thank-you/nordik.ca@2026-11-09", output="odd",
)  # fmt: skip
LONGER = replace(THANKS, text="Thank you. I will call.")
CUT_OFF = LedgerEntry(key=THANKS.key, output="odd", marker=THANKS.key, action=THANKS, state=EntryState.INTENDED, op="update",
              pending=LONGER, ref=THANKS.key)  # fmt: skip
