"""What people call their interviews, and everything else in a calendar: two lists, and what the pack makes of them."""

import pytest

from tests.support.titles import ACTS, ASKS, NOTHING, entries, score, verdict

_LATER = ("", "-fresh", "-last", "-unseen", "-blind", "-later")
INTERVIEWS = tuple(f"interviews{later}.txt" for later in _LATER)
ORDINARY = tuple(f"ordinary{later}.txt" for later in _LATER)


@pytest.mark.parametrize("name", INTERVIEWS)
def test_at_least_nine_of_ten_interviews_are_acted_on_or_asked_about(name):
    found = score(name)
    assert found[NOTHING] <= found.total() / 10, [each for each in entries(name) if verdict(each) == NOTHING]


@pytest.mark.parametrize("name", ORDINARY)
def test_no_ordinary_entry_is_acted_on_and_at_most_three_of_twenty_are_asked_about(name):
    found = score(name)
    assert [each for each in entries(name) if verdict(each) == ACTS] == []
    assert found[ASKS] <= found.total() * 3 / 20, [each for each in entries(name) if verdict(each) == ASKS]


def test_the_lists_are_as_long_as_they_were_meant_to_be():
    assert [score(name).total() for name in (*INTERVIEWS, *ORDINARY)] == [
        70,
        30,
        30,
        30,
        60,
        60,
        90,
        40,
        40,
        40,
        120,
        120,
    ]
