"""A fix that is printed mends: done to the letter, by a machine that does not know the answer, `check` is content."""

import pytest

from tests.lint.printed_fixes import fixes
from tests.lint.test_wrong_rules import WRONG, packs
from tests.support.checked import checked

WORDS_ONLY = {
    "guard-inverted", "field-of-a-meeting", "ended-by-itself", "declined", "close-of-mail", "to-of-a-meeting",
    "name-field-of-mail", "done-of-a-notice", "of-a-notice", "two-announce", "announces-what-is-earlier",
    "same-tag-otherwise-written", "them-of-the-clock", "of-a-rule-that-is-off",
}  # fmt: skip
"""What only the writer of a rule can decide: the hint says in words what to think of."""
LEADS_ON = {"two-definitions"}
"""Of two definitions of which one is deleted, the other may be used nowhere else: the next warning says so."""


@pytest.mark.parametrize("name", sorted(WRONG.keys() - WORDS_ONLY))
def test_each_printed_fix_mends(name, tmp_path):
    rules = WRONG[name][2]
    (problem,) = checked(tmp_path, rules, packs=packs(rules))
    left = [checked(tmp_path, mended, packs=packs(rules)) for mended in fixes(rules, problem)]
    assert left, f"no fix is printed: {problem.hint}"
    assert left[0] == []
    assert name in LEADS_ON or all(each == [] for each in left)


@pytest.mark.parametrize("name", sorted(WORDS_ONLY))
def test_the_others_print_none(name, tmp_path):
    rules = WRONG[name][2]
    (problem,) = checked(tmp_path, rules, packs=packs(rules))
    assert list(fixes(rules, problem)) == []
