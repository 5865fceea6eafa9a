"""A fix that is printed mends: done to the letter, by a machine that does not know the answer, `check` is content."""

import pytest

from tests.lint.printed_fixes import fixes
from tests.lint.test_wrong_rules import packs
from tests.lint.wrong import WRONG
from tests.support.checked import checked

LEADS_ON = {"two-definitions"}
"""Of two definitions of which one is deleted, the other may be used nowhere else: the next warning says so."""


@pytest.mark.parametrize("name", sorted(WRONG))
def test_each_printed_fix_mends(name, tmp_path):
    rules = WRONG[name][2]
    (problem,) = checked(tmp_path, rules, packs=packs(rules))
    left = [checked(tmp_path, mended, packs=packs(rules)) for mended in fixes(rules, problem)]
    assert left, f"no fix is printed: {problem.hint}"
    assert left[0] == []
    assert name in LEADS_ON or all(each == [] for each in left)
