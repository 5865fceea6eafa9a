"""A rule that is wrong in one way is told once, at its very line, and what the hint says mends it."""

import pytest

from tests.lint.wrong import WRONG
from tests.support.checked import CONFIG, checked


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


@pytest.mark.parametrize(("written", "meant"), [
    ("10 jours", "days"), ("1 jour", "days"), ("2 semaines", "weeks"), ("48 heures", "hours"), ("1 mois", "months"),
    ("3 jours ouvrables", "workdays"), ("3 business days", "workdays"),
])  # fmt: skip
def test_a_unit_by_another_name_keeps_its_meaning(written, meant, tmp_path):
    rules = f'[rule.r]\non = "#aa"\nopens = "day + {written} at 09:00"\ndo = {{ type = "task", title = "x" }}\n'
    assert [problem.hint for problem in checked(tmp_path, rules)] == [f'did you mean "{meant}"?']


@pytest.mark.parametrize(("key", "written", "hint"), [
    ("holidays", "QC", '"CA-QC"'), ("holidays", "CAQC", '"CA-QC"'), ("holidays", "CA_QC", '"CA-QC"'),
    ("timezone", "Montreal", '"America/Montreal"'), ("timezone", "EDT", '"America/Toronto"'),
    ("lookback", "30 jours", '"30 days"'),
])  # fmt: skip
def test_a_place_by_another_name_keeps_its_meaning(key, written, hint, tmp_path):
    lines = [line for line in CONFIG.splitlines() if not line.startswith(key)]
    at = lines.index("[profile]") + 1
    config = "\n".join([*lines[:at], f'{key} = "{written}"', *lines[at:]]) + "\n"
    assert f"did you mean {hint}" in checked(tmp_path, "", config=config)[0].hint


def test_a_contact_that_recurs_within_a_week_may_end_with_the_next(tmp_path):
    rules = '[rule.r]\non = { every = "friday at 15:00" }\ndo = { type = "draft", to = "a@b.example", title = "x", text = "x" }\n'
    (told,) = checked(tmp_path, rules)
    assert (told.code, told.severity) == ("F160", "info")
    assert "7 days later" in told.message


def test_a_series_may_have_begun_before_today_and_begin_soon(tmp_path):
    rules = '[rule.r]\non = {{ every = "2 weeks from {}" }}\ndo = {{ type = "task", title = "x" }}\n'
    assert checked(tmp_path, rules.format("2024-02-09")) == []
    (told,) = checked(tmp_path, rules.format("1926-11-06"))
    assert (told.code, "2026-11-06" in told.hint) == ("F161", True)
    assert checked(tmp_path, rules.format("2027-03-05")) == []


def test_what_recurs_has_no_thread(tmp_path):
    rules = '[rule.r]\non = { every = "friday" }\ndone_by = [{ kind = "sent", same = "thread" }]\ndo = { type = "task", title = "x" }\n'
    (told,) = checked(tmp_path, rules)
    assert (told.code, "that has none" in told.message) == ("F120", True)
    assert "name@example.org" in told.hint
