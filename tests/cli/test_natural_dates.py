"""Days as people say them: which of a case's days is meant, behind or ahead."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from followup_rules.cli.natural_dates import among

NOW = datetime(2026, 11, 16, 9, tzinfo=ZoneInfo("America/Toronto"))  # a monday
DAYS = [date(2026, 11, 6), date(2026, 11, 18)]  # a friday and a wednesday


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-11-06", DAYS[0]),
        ("friday", DAYS[0]),
        ("vendredi dernier", DAYS[0]),
        ("last friday", DAYS[0]),
        ("6 novembre", DAYS[0]),
        ("vendredi 6 novembre", DAYS[0]),
        ("Nov. 6", DAYS[0]),
        ("il y a 10 jours", DAYS[0]),
        ("mercredi", DAYS[1]),
        ("in two days", DAYS[1]),
        ("tuesday", date(2026, 11, 17)),
        ("bientôt", None),
    ],
)
def test_a_day_that_is_said(said, meant):
    assert among(said, DAYS, NOW) == meant
