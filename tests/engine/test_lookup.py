"""Events of a case are found in the order of time, however many there are."""

from followup_rules.engine.lookup import Reports
from followup_rules.keys import hashed
from followup_rules.model import Report
from tests.support.caselab import event


def test_what_tells_of_an_action_is_found_by_its_key_or_the_hash_of_that_in_the_order_of_time():
    keys = ["other", "mine", *["other"] * 6, hashed("mine"), "other"]
    told = tuple(
        event("done", f"2026-11-{day:02} 10:00", id=f"e{day}", report=Report(key=key))
        for day, key in enumerate(keys, 1)
    )
    assert [each.id for each in Reports(told).of({"mine"})] == ["e2", "e9"]
    assert Reports(told).of({"yours"}) == Reports(()).of({"mine"}) == []
