"""The ledger follows its anchors from case to case."""

from msgspec.structs import replace

from followup_rules.engine.plan import EntryState
from followup_rules.model import Announcement
from tests.support.calls import CUT_OFF, THANKS
from tests.support.caselab import at

NOW = "2026-11-09 16:05"


def test_what_stays_in_its_case_keeps_its_key(kept):
    with kept.database.transaction():
        kept.ledger.write(replace(CUT_OFF, state=EntryState.DELIVERED))
        kept.ledger.rename("I1", "nordik.ca", "nordik.ca")
    assert kept.ledger.entry(THANKS.key, "odd").action.case == "nordik.ca"


def test_what_moves_to_a_case_where_its_key_is_taken_stays_and_its_announced_date_moves(kept):
    taken = THANKS.key.replace("nordik.ca", "acme.com")
    announced = replace(THANKS, announces=(Announcement("call", "call/nordik.ca@2026-11-09", at(NOW)),))
    with kept.database.transaction():
        kept.ledger.write(replace(CUT_OFF, state=EntryState.DELIVERED, action=announced))
        kept.ledger.write(replace(CUT_OFF, key=taken, marker=taken, action=replace(THANKS, key=taken, case="acme.com")))
        kept.ledger.pin("nordik.ca", "call/nordik.ca@2026-11-09", at(NOW))
        kept.ledger.rename("I1", "nordik.ca", "acme.com")
    assert kept.ledger.entry(THANKS.key, "odd") is not None
    assert kept.ledger.entry(taken, "odd").marker == taken
    assert kept.ledger.pins("acme.com") == {"call/acme.com@2026-11-09": at(NOW)}


def test_of_what_was_never_seen_nothing_is_known(kept):
    assert kept.events.event("nobody") is None
