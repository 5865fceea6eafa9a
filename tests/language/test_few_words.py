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
        (["(thanks|thank you) for (the|our) call"], "Thank you for our call", True),
        (["(thanks|thank you) for (the|our) call"], "Thank for our call", False),
        (["for (|the whole) time"], "for time", True),
        (["for (|the whole) time"], "for the whole time", True),
        (["(part*|whole) time"], "partial time", True),
        (["thanks ... call"], "Thanks so much for call", True),
        (["thanks ... call"], "Thanks call", True),
        (["thanks ... call"], "Thanks, I am ready for call", False),
        (["thanks \u2026 call"], "Thanks for call", True),
        (["thanks... call"], "Thanks, call", True),
        (["(HR) call"], "HR call", True),
        (["(|)", "call"], "anything", False),
    ],
)
def test_a_word_is_whole_and_a_run_goes_as_it_is_written(words, said, found):
    assert holds_any(words)(fold(said)) is found
    # As one of many they are found by an expression.
    assert holds_any([*words, "x1", "x2", "x3", "x4"])(fold(said)) is found
