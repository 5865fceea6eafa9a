"""When a mail was sent, from dates as mail programs write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from followup_rules.mail.dates import read

TORONTO = ZoneInfo("America/Toronto")


@pytest.mark.parametrize(
    "written",
    [
        "Mon, 9 Nov 2026 15:00:00 -0500",
        "Mon, 9 Nov 2026 15:00:00 EST",
        "Mon Nov  9 15:00:00 EST 2026",
        "Mon, 9 Nov 2026 15:00:00",
        "Mon, 9 Nov 2026 20:00:00 Z",
        # Zones that section 4.3 does not name: by their names, else as UTC.
        "Mon, 9 Nov 2026 21:00:00 CET",
        "Mon Nov 09 21:00:00 CET 2026",
        "Mon, 9 Nov 2026 22:00:00 cest",
        "Tue, 10 Nov 2026 05:00:00 JST",
        "Mon, 9 Nov 2026 20:00:00 IST",
        "Mon, 9 Nov 2026 20:00:00 A",
        # No dates of mail, and yet written.
        "2026-11-09T20:00:00Z",
        "2026-11-09 20:00:00 UTC",
        "2026/11/09 15:00:00",
        "20261109T200000Z",
        "Monday, November 9, 2026 3:00 PM",
        # Months as programs name them that take them from the user's language; zones too.
        "lun., 09 nov. 2026 15:00:00 -0500",
        "lundi 9 novembre 2026 à 15:00:00 HNE",
        "Mo., 9. Nov. 2026 21:00:00 +0100",
        "lunes, 9 de noviembre de 2026 15:00:00 -0500",
        "=?iso-8859-1?Q?lun.,_09_nov._2026_15:00:00_-0500?=",
        "Mon, 9 Nov 2026 16:30:00 NST",
        "Mon, 9 Nov 2026 10:00:00 HST",
    ],
)
def test_one_instant_in_many_ways(written):
    assert read(written, TORONTO) == datetime(2026, 11, 9, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("07 août", 8),
        ("7 févr.", 2),
        ("7 Mrz", 3),
        ("7 out", 10),
        ("7 juil.", 7),
        ("7 mei", 5),
        ("7 ott.", 10),
        ("7 ago", 8),
    ],
)
def test_months_of_other_languages(written, month):
    assert read(f"{written} 2026 12:00:00 +0000", TORONTO) == datetime(2026, month, 7, 12, tzinfo=UTC)


def test_a_leap_second_is_the_one_before():
    assert read("Thu, 31 Dec 2026 23:59:60 +0000", TORONTO) == datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    ["", "someday", "Mon, 9 Nov 2026 25:00:00 -0500", "2026/11-09 15:00", "Z", "CET", "7 jui 2026 12:00 +0000"],
)
def test_what_is_no_date(written):
    assert read(written, TORONTO) is None
