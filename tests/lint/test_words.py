"""Words of a pattern that are a list, or a regular expression, in one string."""

import pytest

from tests.support.checked import checked

TASK = 'do = { type = "task", title = "x" }\n'


@pytest.mark.parametrize(
    ("written", "listed"),
    [
        ("interview|entretien", '["interview", "entretien"]'),
        ("interview, entretien", '["interview", "entretien"]'),
        ("phone screen; call", '["phone screen", "call"]'),
        ("interview.*", "a * at the end of a word"),
        (r"\\binterview", "a * at the end of a word"),
    ],
)
@pytest.mark.parametrize("field", ["title", "words"])
def test_a_list_or_an_expression_in_one_phrase_is_told(tmp_path, field, written, listed):
    (problem,) = checked(tmp_path, f'[rule.mine]\non = {{ kind = "meeting", {field} = "{written}" }}\n{TASK}')
    assert (problem.code, problem.severity) == ("F165", "warning")
    assert listed in problem.hint


@pytest.mark.parametrize("written", ["interview or entretien", "interview OU entretien", "interview and/or entretien"])
def test_an_or_in_a_phrase_is_told_and_is_no_fault(tmp_path, written):
    (problem,) = checked(tmp_path, f'[rule.mine]\non = {{ kind = "meeting", title = "{written}" }}\n{TASK}')
    assert (problem.code, problem.severity) == ("F165", "info")
    assert '["interview", "entretien"]' in problem.hint


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('["call", "offer", "call"]', "'call' stands in this list already"),
        ('["résumé", "Resume"]', "'Resume' finds what 'résumé' does"),
        ('["phone  screen", "phone-screen"]', "'phone-screen' finds what 'phone  screen' does"),
        ('["interview", "interview*"]', ""),
        ('["phone", "phone screen"]', ""),
    ],
)
def test_a_word_that_is_listed_twice_is_told_where_it_stands_again(tmp_path, written, told):
    found = checked(tmp_path, f'[rule.mine]\non = {{ kind = "meeting", title = {written} }}\n{TASK}')
    assert [problem.code for problem in found] == (["F178"] if told else [])
    assert all(problem.message.startswith(told) for problem in found)


def test_a_word_that_is_added_to_a_pack_that_has_it_is_told(tmp_path):
    rules = '[define.never-an-interview]\ntitle = { add = ["Exit Interview"] }\n'
    found = checked(tmp_path, rules, packs=["interview"])
    assert [(problem.code, problem.line) for problem in found] == [("F178", 2)]


@pytest.mark.parametrize(
    "written", ["interview*", "C++", "[urgent]", "1/2", "Re: offer", "l'entretien", "a.b", "Q&A", "(phone|video) call"]
)
def test_signs_within_a_phrase_are_no_list(tmp_path, written):
    assert checked(tmp_path, f'[rule.mine]\non = {{ kind = "meeting", title = "{written}" }}\n{TASK}') == []


def of_text(tmp_path, written):
    return checked(tmp_path, f'[rule.mine]\non = {{ kind = "sent", text = "{written}" }}\n{TASK}')


@pytest.mark.parametrize("written", ["a ... b ... c ... d (|*|* *) e ... f", "(a|a a)" * 11])
def test_a_phrase_that_could_be_read_in_too_many_ways_is_told(tmp_path, written):
    (problem,) = of_text(tmp_path, written)
    assert problem.severity == "error"
    assert "in at most 4 places, and has at most 10 choices" in problem.message


@pytest.mark.parametrize("written", ["a ... b ... c ... d (|*|* *) e", "(a|b)" * 10])
def test_four_gaps_and_ten_choices_are_not_too_many(tmp_path, written):
    assert of_text(tmp_path, written) == []
