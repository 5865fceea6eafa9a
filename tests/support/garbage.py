"""Events as faulty plugins give them, each with what is said of it."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta, timezone

from msgspec.structs import replace

from followup_rules import Event, Person
from tests.support.oddplugin import at, call

NAIVE = datetime(2026, 11, 9, 10)
GARBAGE = {
    "nothing": (None, "no event"),
    "a text": ("call-1", "no event"),
    "a type": (Event, "no event"),
    "no id": (call(""), "id must be"),
    "a number as id": (call(5), "no event as it should be"),
    "a huge id": (call("x" * 2000), "id must be"),
    "a line end in the id": (call("a\nb"), "id must be"),
    "an id that cannot be stored": (call("\ud800"), "id must be"),
    "no time": (call(start="2026-11-09", end=None), "Expected"),
    "a date": (call(end=date(2026, 11, 9)), "Expected"),
    "a naive start": (replace(call(), start=NAIVE), "start has no time zone"),
    "a naive end": (replace(call(), end=NAIVE), "end has no time zone"),
    "a naive stamp": (call(updated=NAIVE), "updated has no time zone"),
    "an end before the start": (call(end=at("2026-11-09 09:00")), "ends before it starts"),
    "the year 1": (replace(call(), start=datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))), "year 1"),
    "the year 9999": (replace(call(), end=datetime.max.replace(tzinfo=timezone(-timedelta(hours=12)))), "year 9999"),
    "a kind that it does not declare": (call(kind="received"), "declares: call, meeting, sent"),
    "no kind": (call(kind=None), "Expected"),
    "an unknown status": (call(status="canceled"), 'did you mean "cancelled"?'),
    "bytes": (call(title=b"call"), "Expected"),
    "an object as the title": (call(title=object()), "it holds an object"),
    "nobody": (call(people=[None]), "Expected"),
    "a person without an address": (call(people=[Person(None)]), "Expected"),
    "an enormous text": (call(text="long " * 300_000), "larger than"),
    "no data": (call(data=None), "NoneType"),
    "a number as a field": (call(data={5: "x"}), "an int as the name of a field"),
    "not a number": (call(data={"bonus": math.nan}), "'bonus' holds a float"),
    "infinity": (call(data={"bonus": -math.inf}), "'bonus' holds a float"),
    "a number without end": (call(data={"bonus": 10**400}), "'bonus' holds an int"),
    "an object": (call(data={"bonus": object()}), "'bonus' holds an object"),
    "a list": (call(data={"bonus": [1]}), "'bonus' holds a list"),
    "a naive field": (call(data={"due": NAIVE}), "'due' holds a datetime"),
    "a field that no zone can tell": (
        call(data={"due": datetime.max.replace(tzinfo=timezone(-timedelta(hours=9)))}),
        "",
    ),
    "a text that cannot be stored": (call(text="\udcff"), "encode"),
}
