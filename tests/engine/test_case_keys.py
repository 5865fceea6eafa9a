"""What people call a case."""

import pytest

from followup_rules.engine.case_keys import Keys

ENTRY = "k3@calendar.example"
KEYS = Keys(["nordik.ca", "marc@acme.example", ENTRY], entries=[ENTRY], labels=["client-a"])


@pytest.mark.parametrize(
    ("name", "exact", "meant", "nearest"),
    [
        ("nordik.ca", "nordik.ca", {"nordik.ca"}, "nordik.ca"),
        ("Nordik", "", {"nordik.ca"}, "nordik"),
        ("acme", "", {"marc@acme.example"}, "acme"),
        ("nordic", "", set(), "nordik"),
        # Nobody calls a case by the id of an entry of a calendar, though it is one when it is written out.
        (ENTRY, ENTRY, set(), None),
        ("calendar", "", set(), None),
        ("k3@kalendar.example", "", set(), None),
        ("Client-A", "client-a", set(), None),
    ],
)
def test_a_case_is_meant_by_its_key_or_by_the_name_of_the_employer(name, exact, meant, nearest):
    assert (KEYS.exact(name), KEYS.meant(name), KEYS.nearest(name)) == (exact, meant, nearest)
