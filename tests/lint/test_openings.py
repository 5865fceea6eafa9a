"""An opening before its start, and how a roll moves it."""

import pytest

from tests.support.checked import checked

MEET = '[define.meet]\nkind = "meeting"\ntitle = "interview"\n'
TASK = 'do = { type = "task", title = "x" }\n'


@pytest.mark.parametrize(
    ("opens", "past"),
    [
        ("start - 1 day at 18:00, workday", True),
        ("day - 2 days at 18:00, workday", True),
        ("start - 1 day, tue-thu", True),
        ("start - 1 day at 18:00, workday before", False),
        ("start - 1 day at 09:00, workday", False),  # in the morning of a Monday, mostly in time
        ("start - 7 days at 18:00, workday", False),
        ("start - 1 hour", False),
        ("start + 1 day, workday", False),
    ],
)
def test_an_opening_that_a_roll_moves_past_the_start_is_told(tmp_path, opens, past):
    rules = f'{MEET}[rule.mine]\non = "meet"\nopens = "{opens}"\n{TASK}'
    found = [(problem.code, problem.source_line.strip()) for problem in checked(tmp_path, rules)]
    assert found == ([("F121", f'opens = "{opens}"')] if past else [])
