"""Where events belong: keys of cases are compared letter by letter, whatever letters calendars put into ids."""

from datetime import UTC, datetime

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


MAY, JUNE = datetime(2026, 5, 4, 9, tzinfo=UTC), datetime(2026, 6, 4, 9, tzinfo=UTC)


def test_a_case_that_is_renamed_twice_is_known_by_both_earlier_names(kept):
    kept.places.keep_names([("nordik.ca", "nordik")], MAY)
    kept.places.keep_names([("nordik", "poste-2"), ("nordik", "poste-2")], JUNE)
    assert kept.places.earlier_names("poste-2") == {"nordik.ca": MAY, "nordik": JUNE}
    kept.places.keep_names([("poste-2", "nordik.ca")], JUNE)
    assert kept.places.earlier_names("nordik.ca") == {"nordik": JUNE, "poste-2": JUNE}


@pytest.mark.parametrize("forgotten", ["nordik.ca", "nordik"])
def test_no_name_of_a_case_that_is_forgotten_is_left(kept, forgotten):
    kept.places.keep_names([("nordik.ca", "nordik")], MAY)
    kept.places.erase([], forgotten)
    assert kept.places.earlier_names("nordik") == {}
