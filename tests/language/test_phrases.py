"""Phrases of the rule language: what they mean on the clock of a user in Toronto, and what is said of one that is wrong."""

import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_rules.config.holidays import holiday
from followup_rules.language import phrases as phrases_module
from followup_rules.language.days import WEEKDAYS
from followup_rules.language.phrases import BASES, UNITS, Days, PhraseError, UnsettledError, parse, shift
from followup_rules.toml.document import parse as toml
from followup_rules.toml.values import Value
from tests.support.rulelab import unfilled

TORONTO = ZoneInfo("America/Toronto")
QUEBEC = Days(TORONTO, partial(holiday, "CA-QC"))
PLAIN = Days(TORONTO, lambda _: None)


def local(written, fold=0):
    return datetime.fromisoformat(written).replace(tzinfo=TORONTO, fold=fold)


def shifted(phrase, base, days=PLAIN):
    moment = shift(parse(phrase), base, days)
    assert moment.utcoffset() == timedelta(0)
    return moment.astimezone(TORONTO).strftime("%Y-%m-%d %H:%M %Z")


@pytest.mark.parametrize(
    ("text", "base", "field", "rule"),
    [
        ("start", "start", "", ""),
        ("end", "end", "", ""),
        ("day", "day", "", ""),
        ("opens", "opens", "", ""),
        ("due", "due", "", ""),
        ("it.due", "it", "due", ""),
        ("it.done", "it", "done", ""),
        ("call.done", "call", "", "call"),
        ("after", "after", "", "after"),
        ("in + 1 day", "in", "", "in"),
        ("announced.on", "announced", "on", ""),
        ("follow-up-call", "follow-up-call", "", "follow-up-call"),
        ("appel-à-faire + 1 day", "appel-à-faire", "", "appel-à-faire"),
        ("  day+10 days  at 09:00 ,workday", "day", "", ""),
    ],
)
def test_what_a_phrase_counts_from(text, base, field, rule):
    phrase = parse(text)
    assert (phrase.base, phrase.field, phrase.rule) == (base, field, rule)
    assert phrase.done is text.endswith("call.done")


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("start", "2026-11-09 10:00 EST"),
        ("start + 90 minutes", "2026-11-09 11:30 EST"),
        ("start - 1 hour", "2026-11-09 09:00 EST"),
        ("start + 1 day", "2026-11-10 10:00 EST"),
        ("start - 2 weeks", "2026-10-26 10:00 EDT"),
        ("start + 1 month", "2026-12-09 10:00 EST"),
        ("start + 3 workdays", "2026-11-12 10:00 EST"),
        ("start - 1 workday", "2026-11-06 10:00 EST"),
        ("start + 1 day - 2 hours", "2026-11-10 08:00 EST"),
        ("start + 10 days at 09:00", "2026-11-19 09:00 EST"),
        ("start at 9:05", "2026-11-09 09:05 EST"),
        ("start at 00:00", "2026-11-09 00:00 EST"),
        ("start + 5 days, workday", "2026-11-16 10:00 EST"),
        ("start + 5 days, workday before", "2026-11-13 10:00 EST"),
        ("start + 4 days, workday", "2026-11-13 10:00 EST"),
        ("start + 5 days at 09:00 ,  workday  before", "2026-11-13 09:00 EST"),
        ("start + 0 days", "2026-11-09 10:00 EST"),
    ],
)
def test_units_clock_and_roll(phrase, expected):
    assert shifted(phrase, local("2026-11-09 10:00")) == expected


@pytest.mark.parametrize(
    ("phrase", "base", "expected"),
    [
        ("start, tue-thu", "2026-11-09 10:00", "2026-11-10 10:00 EST"),
        ("start, tue-thu", "2026-11-12 10:00", "2026-11-12 10:00 EST"),
        ("start, tue-thu", "2026-11-13 10:00", "2026-11-17 10:00 EST"),
        ("start, mardi-jeudi", "2026-11-13 10:00", "2026-11-17 10:00 EST"),
        ("start, Lun/MER", "2026-11-10 10:00", "2026-11-11 10:00 EST"),
        ("start, fri-mon", "2026-11-10 10:00", "2026-11-13 10:00 EST"),
        ("start, mon-tue/sat", "2026-11-11 10:00", "2026-11-14 10:00 EST"),
        ("start, friday before", "2026-11-12 10:00", "2026-11-06 10:00 EST"),
        ("start, 08:00-19:00", "2026-11-09 07:59", "2026-11-09 08:00 EST"),
        ("start, 8:00 - 19:00", "2026-11-09 18:59", "2026-11-09 18:59 EST"),
        ("start, 08:00-19:00", "2026-11-09 19:00", "2026-11-10 08:00 EST"),
        ("start, 22:00-06:00", "2026-11-09 12:00", "2026-11-09 22:00 EST"),
        ("start, 22:00-06:00", "2026-11-09 23:30", "2026-11-09 23:30 EST"),
        ("start, 22:00-06:00", "2026-11-09 05:59", "2026-11-09 05:59 EST"),
        ("start, 18:00-24:00", "2026-11-09 00:00", "2026-11-09 18:00 EST"),
        ("start, workday, 08:00-19:00", "2026-11-13 19:30", "2026-11-16 08:00 EST"),
        ("start, 08:00-19:00, workday", "2026-11-13 19:30", "2026-11-16 08:00 EST"),
        ("start, workday, 08:00-19:00", "2026-11-14 10:00", "2026-11-16 10:00 EST"),
        ("start + 1 day at 07:00, 08:00-19:00", "2026-11-09 10:00", "2026-11-10 08:00 EST"),
        ("start, sun, 02:00-02:45", "2026-03-07 12:00", "2026-03-15 02:00 EDT"),
        ("start, 22:00-06:00, 23:00-23:30", "2026-11-09 10:00", "2026-11-09 23:00 EST"),
        ("start, 08:00–19:00", "2026-11-09 07:00", "2026-11-09 08:00 EST"),
        ("start, tue–thu", "2026-11-09 10:00", "2026-11-10 10:00 EST"),
    ],
)
def test_rolls_to_week_days_and_hours(phrase, base, expected):
    assert shifted(phrase, local(base)) == expected


@pytest.mark.parametrize(
    ("phrase", "base", "expected"),
    [
        ("start + 1 day", "2026-03-07 10:00", "2026-03-08 10:00 EDT"),
        ("start + 24 hours", "2026-03-07 10:00", "2026-03-08 11:00 EDT"),
        ("start + 1 day", "2026-10-31 10:00", "2026-11-01 10:00 EST"),
        ("start + 24 hours", "2026-10-31 10:00", "2026-11-01 09:00 EST"),
        ("start + 1 month", "2026-02-20 10:00", "2026-03-20 10:00 EDT"),
        ("start + 1 day", "2026-03-07 02:30", "2026-03-08 03:30 EDT"),
        ("start at 02:30", "2026-03-08 12:00", "2026-03-08 03:30 EDT"),
        ("start at 01:30", "2026-11-01 12:00", "2026-11-01 01:30 EDT"),
        ("start + 1 day", "2026-10-31 01:30", "2026-11-01 01:30 EDT"),
    ],
)
def test_days_are_wall_clock_and_hours_elapsed_across_a_change_of_the_clock(phrase, base, expected):
    assert shifted(phrase, local(base)) == expected


@pytest.mark.parametrize("phrase", ["start + 1 workday", "start + 2 days + 1 day", "start + 1 day + 2 days"])
def test_a_day_on_the_way_that_lacks_the_hour_does_not_change_it(phrase):
    assert shifted(phrase, local("2026-03-06 02:30")) == "2026-03-09 02:30 EDT"


def test_a_roll_over_the_gap_keeps_the_hour():
    assert shifted("start + 1 day, workday", local("2026-03-06 02:30")) == "2026-03-09 02:30 EDT"
    assert shifted("start - 1 day, workday before", local("2026-03-09 02:30")) == "2026-03-06 02:30 EST"


def test_the_second_half_past_one_is_another_instant_than_the_first():
    assert shifted("start", local("2026-11-01 01:30", fold=1)) == "2026-11-01 01:30 EST"
    assert shifted("start + 0 days", local("2026-11-01 01:30", fold=1)) == "2026-11-01 01:30 EST"
    assert shifted("start + 60 minutes", local("2026-11-01 01:30")) == "2026-11-01 01:30 EST"
    assert shifted("start - 60 minutes", local("2026-11-01 01:30", fold=1)) == "2026-11-01 01:30 EDT"
    assert shifted("start + 1 day", local("2026-11-01 01:30", fold=1)) == "2026-11-02 01:30 EST"


def test_days_and_months_from_an_hour_shown_twice_to_another_such_hour_lead_to_its_first():
    assert shifted("start + 72 months", local("2020-11-01 01:30", fold=1)) == "2026-11-01 01:30 EDT"
    assert shifted("start + 313 weeks", local("2020-11-01 01:30", fold=1)) == "2026-11-01 01:30 EDT"


@pytest.mark.parametrize(
    ("phrase", "base", "expected"),
    [
        ("start + 1 month", "2026-01-31 10:00", "2026-02-28 10:00 EST"),
        ("start + 1 month", "2028-01-31 10:00", "2028-02-29 10:00 EST"),
        ("start + 2 months", "2026-12-31 10:00", "2027-02-28 10:00 EST"),
        ("start - 1 month", "2026-03-31 10:00", "2026-02-28 10:00 EST"),
        ("start + 12 months", "2028-02-29 10:00", "2029-02-28 10:00 EST"),
        ("start - 13 months", "2026-01-15 10:00", "2024-12-15 10:00 EST"),
    ],
)
def test_a_month_from_its_last_day_ends_on_the_last_day(phrase, base, expected):
    assert shifted(phrase, local(base)) == expected


@pytest.mark.parametrize(
    ("phrase", "base", "expected"),
    [
        ("start + 0 days, workday", "2026-06-24 10:00", "2026-06-25 10:00 EDT"),
        ("start + 0 days, workday before", "2026-06-24 10:00", "2026-06-23 10:00 EDT"),
        ("start + 1 workday", "2026-06-23 10:00", "2026-06-25 10:00 EDT"),
        ("start + 10 days at 09:00, workday", "2026-12-15 10:00", "2026-12-28 09:00 EST"),
        ("start + 5 workdays", "2026-12-24 10:00", "2027-01-04 10:00 EST"),
        ("start - 2 workdays", "2026-09-08 10:00", "2026-09-03 10:00 EDT"),
    ],
)
def test_workdays_leave_out_week_ends_and_the_holidays_of_quebec(phrase, base, expected):
    assert shifted(phrase, local(base), QUEBEC) == expected


def test_where_no_holidays_are_told_only_week_ends_are_left_out():
    assert shifted("start, workday", local("2026-06-24 10:00")) == "2026-06-24 10:00 EDT"


@pytest.mark.parametrize("place", ["XX", "CA-ZZ", "nowhere", "-", ""])
def test_a_place_without_known_holidays_has_none_and_breaks_nothing(place):
    assert holiday(place, date(2026, 12, 25)) is None


@pytest.mark.parametrize("place", ["CA-QC", "ca-qc", "CAN", "FR", "BE-Flemish"])
def test_christmas_is_known_in_every_spelling_of_a_place(place):
    assert holiday(place, date(2026, 12, 25))


FIRST, LAST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("phrase", "edge"),
    [
        ("start + 99999 months", LAST),
        ("start + 99999 weeks + 99999 weeks + 99999 weeks + 99999 weeks + 99999 weeks, workday", LAST),
        ("start - 99999 months at 09:00, workday", FIRST),
        ("start - 99999 weeks - 99999 weeks, workday before", FIRST),
        ("start + 99960 months - 99999 minutes", LAST),
        *((f"start - 99999 weeks + 1 {unit} - 99999 weeks", FIRST) for unit in UNITS),
        *((f"start + 99999 weeks - 1 {unit}{' + 99999 weeks' * 4}", LAST) for unit in UNITS),
    ],
)
def test_what_leads_out_of_the_calendar_ends_at_its_edge(phrase, edge):
    assert shift(parse(phrase), local("2026-11-09 10:00"), PLAIN) == edge


@pytest.mark.parametrize("phrase", ["start", "start + 0 days"])
def test_what_stands_beyond_the_edge_of_the_calendar_counts_as_at_its_edge(phrase):
    assert shift(parse(phrase), datetime(9999, 6, 1, tzinfo=UTC), PLAIN) == LAST
    assert shift(parse(phrase), datetime(1, 6, 1, tzinfo=UTC), PLAIN) == FIRST


@pytest.mark.parametrize("phrase", ["start + 99999 workdays", "start - 99999 workdays"])
def test_the_largest_number_of_workdays_is_counted_with_the_holidays_of_all_years(phrase):
    assert QUEBEC.is_workday(shift(parse(phrase), local("2026-11-09 10:00"), QUEBEC).astimezone(TORONTO).date())


@pytest.mark.parametrize(
    ("text", "word", "says"),
    [
        ("", "", "nothing to count from"),
        ("   ", "", "nothing to count from"),
        (", workday", ", workday", "nothing to count from"),
        ("  , workday", ", workday", "nothing to count from"),
        ("after lunch", "lunch", "not understood"),
        (
            "end - 1 workday - 99999 workdays - 2 workdays",
            "2",
            "at most 10 steps can be counted, and 99999 workdays in all",
        ),
        ("end at 09:00 sharp", "sharp", "not understood after the time of day"),
        ("end, workday, sat before", "sat", "never hold together"),
        ("+ 3 days", "+", "not something to count from"),
        ("it", "it", "it.due"),
        ("it + 1 day", "it", "it.due"),
        ("a.b.c", "a.b.c", "not something to count from"),
        ("3rd-call", "3rd-call", "not something to count from"),
        ("7 days", "7 days", "nothing to count from"),
        ("end + ten days", "ten", "whole number"),
        ("end + 1.5 days", "1.5", "whole number"),
        ("end + -1 days", "-", "whole number"),
        ("end +", "+", "whole number"),
        ("end + 10", "10", "of what"),
        ("end + 10 dyas", "dyas", "not a unit"),
        ("end + 10 weekdays", "weekdays", "not a unit"),
        ("end + 123456 days", "123456", "99999"),
        ("end 10 days", "10", "not understood"),
        ("end at", "at", "time of day"),
        ("end at 9am", "9am", "time of day"),
        ("end at 24:00", "24:00", "time of day"),
        ("end at 09:60", "09:60", "time of day"),
        ("end at 09:00 + 1 day", "+", "not understood"),
        ("end,", ",", "after the comma"),
        ("end, workdays", "workdays", "no way to move a day"),
        ("end, workday after", "after", "not understood after 'workday'"),
        ("end, workday,", ",", "after the comma"),
        ("end, workday before, tue", "before", "only the last"),
        ("end, tue-thx", "thx", "no day of the week"),
        ("end, mon/", "mon/", "no day of the week"),
        ("end, mon-wed-fri", "mon-wed-fri", "more than two ends"),
        ("end, 08:00-25:00", "25:00", "no time of day"),
        ("end, 08:00-08:00", "08:00", "ends where it begins"),
        ("end, 08:00-19:00 before", "before", "forward only"),
        ("end, workday, sat/sun", "sat/sun", "never hold together"),
        ("end, sat, workday before", "sat", "never hold together"),
        ("end, mon, tue", "tue", "never hold together"),
        ("end, 08:00-12:00, 13:00-17:00", "13:00-17:00", "never hold together"),
        ("end, 22:00-06:00, 06:00-22:00", "06:00-22:00", "never hold together"),
        ("end, 08:30-09:00, 08:00-08:20", "08:00-08:20", "never hold together"),
        ("end, 08:00-08:30, 08:40-08:50", "08:40-08:50", "never hold together"),
        ("end, 08:00-08:30, 08:30-08:50", "08:30-08:50", "never hold together"),
    ],
)
def test_a_phrase_that_cannot_be_read_names_the_word_at_fault(text, word, says):
    with pytest.raises(PhraseError, match=says) as error:
        parse(text)
    assert (error.value.word, unfilled(str(error.value))) == (word, [])


@pytest.mark.parametrize(
    ("text", "word", "meant"),
    [
        ("after 3 days", "after 3 days", "end + 3 days"),
        ("dans 3 jours", "dans 3 jours", "end + 3 days"),
        ("In 2 weeks at 09:00", "In 2 weeks", "end + 2 weeks"),
        ("30 days after", "30 days after", "end + 30 days"),
        ("3 days later", "3 days later", "end + 3 days"),
        ("3 days from the start", "3 days from the start", "start + 3 days"),
        ("3 jours après la fin", "3 jours après la fin", "end + 3 days"),
        ("3 Days Before The end", "3 Days Before The end", "end - 3 days"),
        ("in 3", "in 3", "end + 3"),
        ("30  days", "30", "end + 30 days"),
        ("2 days before it.due", "2 days before it.due", "it.due - 2 days"),
        ("1 month before the end, workday", "1 month before the end", "end - 1 month"),
        ("5 working days after nudge.done", "5 working days after nudge.done", "nudge.done + 5 workdays"),
        ("3 jours avant le début", "3 jours avant le début", "start - 3 days"),
        ("7 + 1", "7", "end + 7"),
        ("Après 3 jours", "Après 3 jours", "end + 3 days"),
        ("7 days", "7 days", "end + 7 days"),
        ("end and 3 days", "and", "+"),
        ("end et 3 days", "et", "+"),
        ("end plus 3 days", "plus", "+"),
        ("end then 3 days", "then", ""),
        ("end + 3 jours", "jours", "days"),
        ("end + 10days", "10days", "10 days"),
        ("end + 1month", "1month", "1 months"),
        ("end + 10d", "10d", "10 days"),
        ("end + 2sem at 09:00", "2sem", "2 weeks"),
        ("end at 9h", "9h", "09:00"),
        ("end at 9h30, workday", "9h30", "09:30"),
        ("end at 17", "17", "17:00"),
        ("end at 9 h 30", "9 h 30", "09:30"),
        ("end at 9.30", "9.30", "09:30"),
        ("end at 9:30 pm", "9:30 pm", "21:30"),
        ("end at 9 AM", "9 AM", "09:00"),
        ("end at 12 a.m.", "12 a.m.", "00:00"),
        ("end at 12pm", "12pm", "12:00"),
        ("end at 1 pm", "1 pm", "13:00"),
        ("end at 0 am", "0 am", ""),
        ("end at 13 pm", "13 pm", ""),
        ("end at 13h", "13h", "13:00"),
        ("end at 25h", "25h", ""),
        ("end at 9h + 1 day", "9h", "09:00"),
        ("end at 9h - 1 day", "9h", "09:00"),
        ("end at 9 PM", "9 PM", "21:00"),
    ],
)
def test_what_is_written_as_elsewhere_is_told_as_it_is_written_here(text, word, meant):
    with pytest.raises(PhraseError) as error:
        parse(text)
    assert (error.value.word, error.value.meant) == (word, meant)


bases = st.sampled_from(["start", "end", "day", "opens", "due", "it.due", "follow-up-call"])
steps = st.lists(st.tuples(st.sampled_from("+-"), st.integers(0, 400), st.sampled_from(UNITS)), max_size=3)
clocks = st.one_of(st.just(""), st.times().map(lambda clock: f" at {clock:%H:%M}"))
rolls = st.sampled_from([
    *("", ", workday", ", workday before", ", tue-thu", ", mon/wed, workday", ", fri-mon, 08:00-19:00"),
    *(", workday, 22:00-06:00", ", 01:30-03:15, workday", ", tue-thu before"),
])  # fmt: skip
phrases = st.builds(
    lambda base, parts, clock, roll: f"{base}{''.join(f' {s} {n} {u}' for s, n, u in parts)}{clock}{roll}",
    bases, steps, clocks, rolls,
)  # fmt: skip
moments = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@given(phrases, moments)
def test_where_the_program_runs_never_matters(text, moment):
    here = os.environ.get("TZ")
    found = set()
    try:
        for zone in ("UTC", "Asia/Tokyo", "America/Toronto", "Pacific/Apia"):
            os.environ["TZ"] = zone
            time.tzset()
            found.add(shift(parse(text), moment, QUEBEC))
    finally:
        os.environ.pop("TZ") if here is None else os.environ.update(TZ=here)
        time.tzset()
    assert len(found) == 1


@given(st.integers(-4000, 4000), moments)
def test_days_keep_the_time_of_day_or_move_on_past_the_missing_hour(number, moment):
    before = moment.astimezone(TORONTO)
    after = shift(parse(f"start {'+' if number >= 0 else '-'} {abs(number)} days"), moment, PLAIN).astimezone(TORONTO)
    assert after.date() == before.date() + timedelta(days=number)
    wanted = before.replace(tzinfo=None, fold=0) + timedelta(days=number)
    exists = wanted.replace(tzinfo=TORONTO).astimezone(UTC).astimezone(TORONTO).replace(tzinfo=None) == wanted
    assert after.replace(tzinfo=None) == (wanted if exists else wanted + timedelta(hours=1))


@given(st.integers(0, 5000), st.sampled_from(["hours", "minutes"]), moments)
def test_hours_and_minutes_are_what_a_stopwatch_shows(number, unit, moment):
    assert shift(parse(f"start + {number} {unit}"), moment, PLAIN) - moment == timedelta(**{unit: number})


@given(st.integers(1, 60), moments)
def test_workdays_count_exactly_the_workdays_between(number, moment):
    first = moment.astimezone(TORONTO).date()
    last = shift(parse(f"start + {number} workdays"), moment, QUEBEC).astimezone(TORONTO).date()
    between = (first + timedelta(days=day) for day in range(1, (last - first).days + 1))
    assert sum(map(QUEBEC.is_workday, between)) == number
    assert QUEBEC.is_workday(last)


days = st.sets(st.integers(0, 6), min_size=1)
hours = st.tuples(st.times(), st.times()).filter(lambda span: f"{span[0]:%H:%M}" != f"{span[1]:%H:%M}")


@given(days, hours, st.booleans(), moments)
def test_rolls_move_forward_to_where_all_of_them_hold(wanted, span, only_workdays, moment):
    names = "/".join(WEEKDAYS[day][0] for day in wanted)
    first, last = (f"{clock:%H:%M}" for clock in span)
    if only_workdays and wanted <= {5, 6}:
        return
    text = f"start, {names}, {first}-{last}{', workday' * only_workdays}"
    found = shift(parse(text), moment, QUEBEC).astimezone(TORONTO)
    clock = f"{found:%H:%M}"
    assert found >= moment
    assert found.weekday() in wanted
    assert first <= clock < last if first < last else clock >= first or clock < last
    assert not only_workdays or QUEBEC.is_workday(found.date())
    # What holds stays: to roll again changes nothing.
    assert shift(parse(text), found, QUEBEC) == found.astimezone(UTC)


def test_a_roll_back_that_leads_to_where_another_does_not_hold_comes_to_rest_nowhere():
    holiday_tuesday = Days(TORONTO, {date(2026, 11, 10): "Tuesday off"}.get)
    phrase = parse("start, tue-thu, workday before")
    assert shift(phrase, local("2026-11-13 10:00"), holiday_tuesday) == local("2026-11-17 10:00")
    with pytest.raises(UnsettledError, match="comes to rest nowhere"):
        shift(phrase, local("2026-11-09 10:00"), holiday_tuesday)


@pytest.mark.parametrize(
    "phrase", ["start, workday", "start, workday before", "start + 1 workday", "start - 1 workday"]
)
def test_where_every_day_is_a_holiday_no_workday_is_looked_for_for_ever(phrase):
    with pytest.raises(UnsettledError, match="no day within a year fits 'workday") as error:
        shift(parse(phrase), local("2026-11-09 10:00"), Days(TORONTO, lambda _: "always"))
    assert unfilled(str(error.value)) == []


def test_rolls_that_send_an_instant_ever_further_come_to_rest_nowhere():
    no_friday = Days(TORONTO, lambda day: "Friday off" if day.weekday() == 4 else None)
    with pytest.raises(UnsettledError, match="'friday, workday' comes to rest nowhere"):
        shift(parse("start, friday, workday"), local("2026-11-09 10:00"), no_friday)


fragments = st.sampled_from(
    [*"+-,.:/0123456789 \t", *BASES, *UNITS, " at ", "workday", "before", "tue-thu", "08:00-19:00", "x", "é"]
)


@given(st.lists(fragments, max_size=12).map("".join))
def test_any_text_is_a_phrase_or_a_word_at_fault_in_it(text):
    phrase, word = read(text)
    if phrase is None:
        assert " ".join(word.split()) in " ".join(text.split())
    else:
        assert shift(phrase, local("2026-11-09 10:00"), PLAIN).tzinfo is UTC


def read(text):
    try:
        return parse(text), ""
    except PhraseError as error:
        return None, error.word


def test_no_holidays_are_loaded_before_a_workday_is_asked_for():
    code = (
        "import sys, datetime; from followup_rules.config import holidays; from followup_rules.language import phrases;"
        "from zoneinfo import ZoneInfo; days = phrases.Days(ZoneInfo('UTC'), lambda day: holidays.holiday('CA-QC', day));"
        "now = datetime.datetime(2026, 11, 9, tzinfo=datetime.UTC);"
        "phrases.shift(phrases.parse('end + 10 days at 09:00'), now, days);"
        "assert holidays.known('CA-QC') and 'holidays' not in sys.modules;"
        "phrases.shift(phrases.parse('end, workday'), now, days); assert 'holidays' in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).stderr == b""


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (9, "monday mon lundi lun"),
        (10, "tuesday tue tues mardi mar"),
        (11, "wednesday wed mercredi mer"),
        (12, "thursday thu thur thurs jeudi jeu"),
        (13, "friday fri vendredi ven"),
        (14, "saturday sat samedi sam"),
        (15, "sunday sun dimanche dim"),
    ],
)
def test_each_day_of_the_week_goes_by_its_names(day, names):
    for name in names.split():
        assert shift(parse(f"start, {name}"), local("2026-11-09 10:00"), PLAIN) == local(f"2026-11-{day:02} 10:00")
        assert shift(parse(f"start, {name.upper()}"), local("2026-11-09 10:00"), PLAIN) == local(
            f"2026-11-{day:02} 10:00"
        )


def test_what_is_not_understood_behind_a_phrase_is_told_with_what_could_stand_there():
    with pytest.raises(PhraseError) as error:
        parse("end after lunch")
    assert (error.value.word, set(error.value.valid)) == ("after", {"+", "-", "at"})


def test_hours_over_midnight_hold_in_the_morning_too():
    assert shift(parse("start, 22:00-06:00, 05:00-07:00"), local("2026-11-09 10:00"), PLAIN) == local(
        "2026-11-10 05:00"
    )


def reported(written):
    """Return what is said of a phrase in a file of rules."""
    document = toml(f"[x]\nopens = {written}\n", "rules.toml")
    problems = []
    value = Value(document.tables["x"], document, ("x",), problems).child("opens")
    assert phrases_module.read(value) is None
    (problem,) = problems
    marked = problem.source_line[problem.column - 1 :][: problem.length]
    return problem.code, problem.line, marked, str(problem.message), str(problem.hint)


@pytest.mark.parametrize("written", ["5", "true", "{ day = 1 }", "[5]"])
def test_what_is_no_text_is_no_phrase(written):
    assert reported(written)[:2] == ("F011", 2)


@pytest.mark.parametrize(
    ("phrase", "marked", "message", "hint"),
    [
        ("+ 1 day", "+", "'+' is not something to count from", "one of: day, due, end, opens, start"),
        (", workday", ", workday", "nothing to count from", "one of: day, due, end, opens, start"),
        ("7 days", "7 days", "nothing to count from", 'did you mean "end + 7 days"?'),
        ("after 3 days", "after 3 days", "nothing to count from", 'did you mean "end + 3 days"?'),
        ("it + 1 day", "it", "'it' needs the name of a field, such as it.due",
         'a phrase reads like "end + 10 days at 09:00, workday"'),
        ("end + 10d", "10d", "'10d' is not a unit", 'did you mean "10 days"?'),
        ("end + 10days", "10days", "a space is missing in '10days'", 'did you mean "10 days"?'),
        ("end + ten days", "ten", "expected a whole number after '+'",
         'a phrase reads like "end + 10 days at 09:00, workday"'),
        ("end - 123456 days", "123456", "numbers go up to 99999",
         'a phrase reads like "end + 10 days at 09:00, workday"'),
        ("end + 3 dyas", "dyas", "'dyas' is not a unit", 'did you mean "days"?'),
        ("end + 3 jours", "jours", "'jours' is not a unit", 'did you mean "days"?'),
        ("end + 3 fortnights", "fortnights", "'fortnights' is not a unit",
         "one of: days, hours, minutes, months, weeks, workdays"),
        ("end + 3", "3", "3 of what?", "one of: days, hours, minutes, months, weeks, workdays"),
        ("end – 1 day", "–", "'–' is not understood here", 'did you mean "-"?'),
        ("end + 1 day à 09:00", "à", "'à' is not understood here", 'did you mean "at"?'),
        ("end, jours ouvrables", "jours ouvrables", "'jours ouvrables' is no way to move a day",
         'did you mean "workday"?'),
        ("end, 9h-17h", "9h", "'9h' is no time of day", 'did you mean "09:00"?'),
        ("end tomorrow", "tomorrow", "'tomorrow' is not understood here", "one of: +, -, at"),
        ("end + 1 day Workday", "Workday", "'Workday' is not understood here", 'did you mean ", Workday"?'),
        ("end at noon", "noon", "expected a time of day such as 09:00 after 'at'",
         'a phrase reads like "end + 10 days at 09:00, workday"'),
        ("end at 09:00 tuesday", "tuesday", "'tuesday' is not understood after the time of day",
         'did you mean ", tuesday"?'),
        ("end at 09:00 sharp", "sharp", "'sharp' is not understood after the time of day",
         'a phrase reads like "end + 10 days at 09:00, workday"'),
        ("end, wokday", "wokday", "'wokday' is no way to move a day", 'did you mean "workday"?'),
        ("end, workdaybefore", "workdaybefore", "'workdaybefore' is no way to move a day",
         'did you mean "workday before"?'),
        ("end, wedensday", "wedensday", "'wedensday' is no way to move a day", 'did you mean "wednesday"?'),
        ("end, mon-wde", "wde", "'wde' is no day of the week", 'did you mean "wed"?'),
        ("end, workday befor", "befor", "'befor' is not understood after 'workday'", 'did you mean "before"?'),
        ("end, 08:00-25:00", "25:00", "'25:00' is no time of day",
         'a phrase reads like "end + 10 days at 09:00, workday"'),
        ("end, workday before, tue", "before", "only the last roll may be 'before', and 'workday before' is not the last",
         'a phrase reads like "end + 10 days at 09:00, workday"'),
        ("end, mon, tue", "tue", "'mon, tue' can never hold together",
         'a phrase reads like "end + 10 days at 09:00, workday"'),
    ],
)  # fmt: skip
def test_a_phrase_that_is_wrong_is_told_with_the_words_that_would_be_right(phrase, marked, message, hint):
    code, line, *told = reported(f'"{phrase}"')
    assert (code, line) == ("F018" if "never hold" in message else "F014", 2)
    assert told == [marked, f"{message} in {phrase!r}", hint]
