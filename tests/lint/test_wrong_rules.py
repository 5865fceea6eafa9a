"""A rule that is wrong in one way is told once, at its very line, and what the hint says mends it."""

import pytest

from tests.lint.more_wrong_rules import MORE_WRONG
from tests.lint.wrong_rules import WRONG as FIRST
from tests.support.checked import checked

WRONG = FIRST | MORE_WRONG


def packs(rules):
    return ["interview"] if '"interview"\n' in rules and "[define" not in rules else []


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rule_is_told_at_its_line(name, tmp_path):
    code, line, rules, *_ = WRONG[name]
    found = checked(tmp_path, rules, packs=packs(rules))
    assert [problem.code for problem in found] == [code], found
    assert line in found[0].source_line
    assert (found[0].file, found[0].severity) == ("mine.toml", "error" if code == "F014" else "warning")
    assert found[0].hint


@pytest.mark.parametrize("name", WRONG)
def test_what_the_hint_says_mends_it(name, tmp_path):
    *_, rules, old, new = WRONG[name]
    assert old in rules
    assert checked(tmp_path, rules.replace(old, new), packs=packs(rules)) == []
