"""Where events belong: keys of cases are compared letter by letter, whatever letters calendars put into ids."""

import pytest

from followup_rules.engine.assign_cases import Place
from followup_rules.model import KIND_END


@pytest.mark.parametrize(
    ("ident", "home"), [("ab1/20261109", "a_1"), ("abc1/20261109", "a%1"), ("A_1/20261109", "a_1")]
)
def test_a_series_is_no_case_of_an_id_that_only_resembles_its_own(kept, ident, home):
    kept.places.write({f"meeting{KIND_END}{ident}": Place(home, frozenset())})
    assert kept.places.own() == []
    assert kept.places.cases_beside([]) == {home}


@pytest.mark.parametrize("ident", ["a_1", "a%1", "a_1/20261109"])
def test_a_series_is_a_case_of_its_own(kept, ident):
    home = ident.partition("/")[0]
    kept.places.write({f"meeting{KIND_END}{ident}": Place(home, frozenset())})
    assert kept.places.own() == [(home, f"meeting{KIND_END}{ident}")]
