"""The ledger follows its anchors from case to case."""

from msgspec.structs import replace

from followup_rules import Pull
from followup_rules.config.wordlists import registrable
from followup_rules.engine.assign_cases import Directory, Label
from followup_rules.engine.plan import EntryState
from followup_rules.model import Announcement
from tests.support.calls import CUT_OFF, THANKS
from tests.support.caselab import JULIE, at, event, visit

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


def test_what_was_made_for_a_meeting_stays_when_a_mail_that_bears_its_id_moves_to_another_case(kept):
    visited = visit(id="I1")
    mail = event("received", "2026-11-09 15:00", JULIE, id="I1", title="Panel of experts", organizer=JULIE)
    panel = Directory(registrable, labels=(Label("panel", words=("panel",)),))
    kept.ledger.write(replace(CUT_OFF, state=EntryState.DELIVERED))
    kept.events.take("all", Pull(events=[visited, mail]), [visited, mail], at(NOW), at(NOW))
    kept.arrange({visited.identity, mail.identity}, Directory(registrable))
    assert kept.arrange({mail.identity}, panel) == {mail.identity: ("nordik.ca", "panel")}
    assert kept.ledger.entry(THANKS.key, "odd").action.case == "nordik.ca"


def test_of_what_was_never_seen_nothing_is_known(kept):
    assert kept.events.event("nobody") is None


def test_what_was_announced_follows_a_rule_to_another_name_and_nothing_of_a_rule_whose_name_is_like_it(kept):
    """To `like` an underscore is any letter, and a capital a small one."""
    names = ("ask_me", "ask-me", "Ask_me", "ask_me-too")
    with kept.database.transaction():
        for name in names:
            kept.ledger.pin("nordik.ca", f"{name}/nordik.ca@2026-11-09", at(NOW))
        kept.ledger.follow_announced("ask_me", "call", "day")
    assert sorted(kept.ledger.pins("nordik.ca")) == sorted(
        f"{name}/nordik.ca@2026-11-09" for name in ("call", *names[1:])
    )


def test_the_actions_of_a_rule_are_those_of_its_very_name(kept):
    for name in ("thank_you", "thank-you", "Thank_you"):
        action = replace(THANKS, key=f"{name}/1@2026-11-09", duty=f"{name}/1@2026-11-09", rule=name)
        kept.ledger.write(replace(CUT_OFF, key=action.key, action=action))
    assert [entry.action.rule for entry in kept.ledger.of_rule("thank_you")] == ["thank_you"]
