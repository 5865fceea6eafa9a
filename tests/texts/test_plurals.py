"""How many there are of something, in words."""

import pytest

from followup_rules.texts.plurals import listed


@pytest.mark.parametrize(
    ("names", "told"), [("", ""), ("a", "a"), ("abcde", "a, b, c, d, e"), ("abcdefg", "a, b, c, d, e, and 2 more")]
)
def test_of_many_names_the_first_are_told_and_how_many_more_there_are(names, told):
    assert listed([*names]) == told
