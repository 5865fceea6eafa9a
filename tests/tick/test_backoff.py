"""What an output refuses is tried again later and later, up to an hour, and never before its service wants it."""

import math
from datetime import timedelta

import pytest

from followup_rules import Refused
from followup_rules.tick.execute import settle
from tests.support.calls import CUT_OFF, THANKS
from tests.support.caselab import at
from tests.support.oddplugin import Output

NOW = "2026-11-09 16:05"


def _raising(error):
    def instead(_):
        raise error

    return instead


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        (timedelta(0), timedelta(minutes=5)),
        (timedelta(hours=3), timedelta(hours=3)),
        (timedelta(days=9), timedelta(days=1)),
        (timedelta(days=-9), timedelta(minutes=5)),
        *((odd, timedelta(minutes=5)) for odd in (60, "60", None, math.nan)),
    ],
)
def test_a_refusal_is_not_tried_again_before_the_service_wants_it(kept, asked, waits):
    output = Output()
    output.instead["update"] = _raising(Refused("too many requests", asked))
    output.put(THANKS)
    list(settle(CUT_OFF, output, kept, at(NOW), look_only=False))
    assert kept.ledger.entry(CUT_OFF.key, "odd").retry == at(NOW) + waits
