"""Whom `to` means, and whom a field of the anchor names in a pattern."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_rules.language.recipients import noted_field, people, written
from followup_rules.model import State, Visit
from tests.support.caselab import JULIE, MARC, at, note, sent, states

REF = "claude@oldjob.example"


def to(*words, **data):
    offer = note("2026-11-10 12:00", "offer", people=(JULIE, MARC), data=data)
    visit = Visit(events=(offer,), start=offer.start, end=offer.end, day=offer.start.date(), people=offer.people)
    return [person.address for person in people(words, visit)]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (REF, [REF]),
        (f"Claude <{REF.upper()}>", [REF]),
        (f"{REF}.", [REF]),
        (f"{REF}, nadia@agencex.ca;{REF}", [REF, "nadia@agencex.ca"]),
        (f"<mailto:{REF}>", []),
        ("Claude", []),
        ("claude@", []),
        ("", []),
        (at("2026-11-10 12:00"), []),
        (5, []),
        (None, []),
    ],
)
def test_a_field_names_whose_addresses_stand_in_it(value, found):
    assert to("it.ref", ref=value) == found


def test_everybody_gets_it_once_whoever_is_named():
    assert to("them", "JULIE@nordik.ca", "it.ref", "it.none", ref=f"{REF} marc@nordik.ca") == [
        JULIE.address, MARC.address, REF,
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["it", "it.", "it.5", "It.ref", "it.ref.x", "them", "a@b.example", "it.ref@x.example"])
def test_other_words_name_no_field(word):
    assert noted_field(word) == ""


@given(st.text())
def test_no_value_is_too_odd(text):
    assert all("@" in person.address and person.address == person.address.lower() for person in written(text))


RULE = """
[rule.tell]
on = "#offer"
done_by = [{ kind = "sent", %s }]
do = { type = "draft", to = "it.ref", title = "x" }
"""
OFFER = note("2026-11-10 12:00", "offer", people=(JULIE,), data={"ref": REF, "boss": "marc@nordik.ca"})


@pytest.mark.parametrize(
    ("field", "state"),
    [
        ('to = "it.ref"', State.DONE),
        ('with = "it.ref"', State.DONE),
        ('to = ["it.boss", "it.ref"]', State.DONE),
        ('to = ["it.boss", "it.none"]', State.DUE),
        ('to = "it.none"', State.DUE),
        ('to = "them"', State.DUE),
    ],
)
def test_a_pattern_asks_for_whom_a_field_of_the_anchor_names(field, state):
    mail = sent("2026-11-11 12:00", *people([REF], None))
    assert set(states(RULE % field, OFFER, joined=[mail], now="2026-11-12 12:00").values()) == {state}
