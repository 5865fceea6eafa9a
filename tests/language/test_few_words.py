"""A few words are found without an expression, and as an expression finds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_rules.language.text import finder, fold, holds_any

RUNS = st.lists(
    st.lists(st.sampled_from(["thank", "thank*", "you", "*", "l'été", "œuvre*", "R&D"]), min_size=1, max_size=3).map(
        " ".join
    ),
    min_size=1,
    max_size=6,
)
SAID = st.lists(st.sampled_from(["thank", "thanks", "you", "été", "l", "r", "d", "oeuvres", "other"]), max_size=5)


@given(RUNS, SAID.map(" ".join))
def test_few_words_are_found_as_many_are(runs, said):
    assert holds_any(runs)(fold(said)) == (finder(runs).search(fold(said)) is not None)


@pytest.mark.parametrize(
    ("words", "said", "found"),
    [
        (["lift"], "The lift", True),
        (["lift"], "The lifts", False),
        (["lift*"], "The lifts", True),
        (["the lift*"], "The lifting", True),
        (["thank *"], "I thank you", True),
        (["thank *"], "I thank", False),
        ([], "anything", False),
    ],
)
def test_a_word_is_whole_unless_it_ends_in_a_star(words, said, found):
    assert holds_any(words)(fold(said)) is found
