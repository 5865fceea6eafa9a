"""A file of rules may say for which version of the language it was written."""

import pytest

from followup_rules.codes import Code
from followup_rules.language.version import unsupported
from followup_rules.toml.document import parse


def told(text):
    found = unsupported(parse(text, "rules.toml"))
    return found and (str(found.message), str(found.hint or ""), found.code, found.line)


@pytest.mark.parametrize("text", ["", "requires = 1", "[rule.requires]"])
def test_this_version_may_be_named(text):
    assert told(text) is None


def test_a_later_version_needs_a_later_program():
    assert told("\nrequires = 2") == (
        "it is written for version 2 of the rule language, and this is version 1",
        "update followup-rules",
        Code.OTHER_LANGUAGE,
        2,
    )


@pytest.mark.parametrize("number", [0, -1])
def test_there_was_no_version_before_the_first(number):
    assert told(f"requires = {number}") == (
        f"it is written for version {number} of the rule language, and this is version 1",
        "the first version is 1: write requires = 1",
        Code.OTHER_LANGUAGE,
        1,
    )


@pytest.mark.parametrize("value", ['"1"', "1.0", "true"])
def test_what_is_no_whole_number_is_told(value):
    message, *_ = told(f"requires = {value}")
    assert "requires" in message or "number" in message
