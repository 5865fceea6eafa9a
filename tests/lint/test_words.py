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


@pytest.mark.parametrize("written", ["interview*", "C++", "[urgent]", "1/2", "Re: offer", "l'entretien", "a.b", "Q&A"])
def test_signs_within_a_phrase_are_no_list(tmp_path, written):
    assert checked(tmp_path, f'[rule.mine]\non = {{ kind = "meeting", title = "{written}" }}\n{TASK}') == []
