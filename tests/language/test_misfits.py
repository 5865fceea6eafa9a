"""What the rule language says of values that are nothing of the kind, and of faults that nobody foresaw."""

import pytest

from followup_rules.language.load import Surroundings, load
from followup_rules.language.matching import CheckFailed
from followup_rules.model import Event
from followup_rules.toml.document import Document, parse
from followup_rules.toml.syntax_errors import explain
from tests.support.rulelab import world


def definition(fields, **known):
    """Return the definition of these fields, and what is wrong with it."""
    document = parse(f"[define.it-is]\n{fields}\n", "rules.toml")
    assert isinstance(document, Document)
    found, problems = load([document], world(**known), Surroundings())
    return found.world.definitions["it-is"], [problem.message for problem in problems]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ('data = "printer"', "'data' must be a table { ... }, not \"printer\""),
        ("check = true", "'check' must be a text in quotes, not true"),
        ("about = 3", "'about' must be a text in quotes, not 3"),
        ("is = ['#paid', '#kept']", "'is' must be one definition or #tag, not a list"),
        ("is = { kind = 'sent' }", "'is' must be a text in quotes, not a table"),
    ],
)
def test_a_field_of_the_wrong_type_says_which_type_it_needs(fields, message):
    assert definition(fields) == (None, [message])


def test_a_check_of_a_plugin_that_fails_is_named():
    pattern, _ = definition('check = "charged"', checks={"charged": raising(RuntimeError("no battery"))})
    with pytest.raises(CheckFailed, match=r"the check 'charged' of a plugin failed: .*: no battery"):
        pattern.failed(Event(id="e", kind="note", start=None, end=None), None)


def test_the_user_can_still_interrupt_a_check_of_a_plugin():
    pattern, _ = definition('check = "charged"', checks={"charged": raising(KeyboardInterrupt())})
    with pytest.raises(KeyboardInterrupt):
        pattern.failed(Event(id="e", kind="note", start=None, end=None), None)


def raising(failure):
    def check(_):
        raise failure

    return check


def test_a_fault_of_toml_that_only_a_later_python_knows_is_told_in_its_words():
    error = ValueError("Unheard-of character in a name (at line 2, column 3)")
    problem = explain(error, "[rule.call]\non = 3\n", "my.toml")
    assert problem.message == "this is not valid TOML: Unheard-of character in a name"
    assert (problem.line, problem.column, problem.source_line) == (2, 3, "on = 3")
