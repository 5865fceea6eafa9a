"""Rule files without bounds: what nobody would write is refused in a sentence, at once, and nothing else with it."""

import pytest

from followup_rules.language.load import Surroundings, load
from followup_rules.language.phrases import PhraseError
from followup_rules.language.phrases import parse as phrase
from followup_rules.model import Problem
from followup_rules.toml.document import Document, parse
from tests.support.rulelab import world

DO = 'do = { type = "notice", title = "x" }\n'
FINE = f'[rule.fine]\non = "#a"\n{DO}'


def loaded(text):
    document = parse(text + FINE, "rules.toml")
    assert isinstance(document, Document), document
    book, problems = load([document], world(), Surroundings())
    assert book.rules["fine"].fault == ""
    return book, [problem.message for problem in problems]


def chain(length, last, link):
    """Return definitions of which each names the next one."""
    links = "".join(f"[define.d{number}]\n{link.format(number + 1)}\n" for number in range(length))
    return f"{links}[define.d{length}]\n{last}\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a = " + "[" * 5000 + "]" * 5000, "nested too deeply"),
        ("a = " + "[" * 40 + "]" * 40, "nested too deeply"),
        (".".join("a" * 40) + " = 1", "a name has more than"),
        ("a = 1\n" * 200_000, "too long"),
    ],
    ids=["thousands", "dozens", "name", "length"],
)
def test_a_file_that_is_deeper_or_longer_than_any_person_writes_is_refused(text, says):
    problem = parse(text, "rules.toml")
    assert isinstance(problem, Problem)
    assert says in problem.message


def test_many_dots_in_a_text_are_no_long_name():
    assert isinstance(parse(f'why = "{"." * 100}"', "rules.toml"), Document)


@pytest.mark.parametrize("length", [120, 3000])
def test_definitions_that_name_each_other_too_deep_are_refused(length):
    book, messages = loaded(chain(length, 'title = "x"', 'is = "d{0}"') + f'[rule.deep]\non = "d0"\n{DO}')
    assert messages
    assert all("too many" in message for message in messages)
    assert book.rules["deep"].fault


def test_one_definition_on_the_way_that_leads_too_deep_is_enough():
    _, messages = loaded(chain(45, 'title = "x"', 'any = ["d{0}", "#x"]'))
    assert any("too many levels" in message for message in messages)


def test_definitions_that_name_each_other_twice_do_not_double_the_work_at_every_level():
    book, messages = loaded(chain(40, 'title = "x"', 'any = ["d{0}", "d{0}"]') + f'[rule.wide]\non = "d0"\n{DO}')
    assert any("words and conditions" in message for message in messages)
    assert book.rules["wide"].fault


def test_a_chain_of_rules_that_count_from_each_other_is_refused_if_it_is_too_long():
    rules = "".join(f'[rule.r{number}]\nopens = "r{number + 1}"\non = "#a"\n{DO}' for number in range(1000))
    book, messages = loaded(f'{rules}[rule.r1000]\non = "#a"\n{DO}')
    assert len(messages) == 1
    assert "counts from another" in messages[0]
    assert book.rules["r0"].fault
    assert not book.rules["r1000"].fault


@pytest.mark.parametrize("text", ["end" + " + 1 day" * 11, "end + 99999 workdays + 1 workday"])
def test_a_phrase_of_more_steps_than_anybody_counts_is_refused(text):
    with pytest.raises(PhraseError, match="at most"):
        phrase(text)
    assert phrase("end" + " + 1 day" * 10).steps
