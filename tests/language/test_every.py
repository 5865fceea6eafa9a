"""What recurs by the calendar: on which days, at what time, and what is said of a word that is wrong."""

from datetime import datetime
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_rules.language import every as every_module
from followup_rules.language.every import parse
from followup_rules.language.phrases import Days, PhraseError
from followup_rules.toml.document import parse as toml
from followup_rules.toml.values import Value
from tests.support.rulelab import HOLIDAYS, TORONTO, unfilled

DAYS = Days(TORONTO, HOLIDAYS.get)


def shown(text, start, count, *, back=False):
    first = datetime.fromisoformat(start).replace(tzinfo=TORONTO)
    return [f"{at:%m-%d %H:%M}" for at in islice(parse(text).instants(first, DAYS, back=back), count)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("day at 20:00", ["12-24 20:00", "12-25 20:00", "12-26 20:00"]),
        ("day", ["12-25 09:00", "12-26 09:00", "12-27 09:00"]),
        ("workday at 8:30", ["12-28 08:30", "12-29 08:30", "12-30 08:30"]),  # Christmas is a Friday
        ("friday at 15:00", ["12-25 15:00", "01-01 15:00", "01-08 15:00"]),
        ("mar/jeu", ["12-29 09:00", "12-31 09:00", "01-05 09:00"]),
        ("sat-mon at 00:00", ["12-26 00:00", "12-27 00:00", "12-28 00:00"]),
        ("month on 1", ["01-01 09:00", "02-01 09:00", "03-01 09:00"]),
        ("month on last", ["12-31 09:00", "01-31 09:00", "02-28 09:00"]),
        ("month on 30 at 7:00", ["12-30 07:00", "01-30 07:00", "02-28 07:00"]),
        ("year on 11-30", ["11-30 09:00"]),
        ("2 weeks from 2026-11-06", ["01-01 09:00", "01-15 09:00", "01-29 09:00"]),
        ("1 week from 2027-02-03", ["02-03 09:00", "02-10 09:00", "02-17 09:00"]),
        ("2 weeks from 2029-01-05", ["01-05 09:00", "01-19 09:00", "02-02 09:00"]),
        ("52 weeks from 2026-12-24", ["12-23 09:00"]),
        ("52 weeks from 2026-12-25", ["12-25 09:00", "12-24 09:00"]),
        ("  month   on  15   at  7:00 ", ["01-15 07:00", "02-15 07:00", "03-15 07:00"]),
    ],
)
def test_what_recurs_from_an_instant_on(text, found):
    assert shown(text, "2026-12-24 18:00", 3) == found


def test_what_recurred_before_an_instant_the_latest_first():
    assert shown("day at 20:00", "2026-12-24 20:00", 2, back=True) == ["12-23 20:00", "12-22 20:00"]
    assert shown("year on 2-29", "2027-03-01 00:00", 1, back=True) == ["02-28 09:00"]
    assert shown("2 weeks from 2026-11-06", "2026-11-25 10:00", 3, back=True) == ["11-20 09:00", "11-06 09:00"]


def test_a_time_that_a_change_of_the_clock_skips_moves_on():
    assert shown("day at 02:30", "2026-03-07 12:00", 2) == ["03-08 03:30", "03-09 02:30"]


@pytest.mark.parametrize(
    ("text", "word", "says"),
    [
        ("", "", "nothing recurs"),
        ("dya", "dya", "no way to move a day"),
        ("tue/thx", "thx", "no day of the week"),
        ("fridays at 9:00", "fridays", "no way to move a day"),
        ("friday at nine", "nine", "no time of day"),
        ("friday at 24:00", "24:00", "begins the next day"),
        ("friday 15:00", "friday", "nothing that recurs"),
        ("month", "month", "nothing that recurs"),
        ("month on x", "month", "nothing that recurs"),
        ("months", "months", "no way to move a day"),
        ("5 day", "5", "nothing that recurs"),
        ("month on 32", "32", "from 1 to 31"),
        ("month on first", "month", "nothing that recurs"),
        ("year on 13-01", "13", "from 1 to 12"),
        ("year on 02-30", "30", "from 1 to 29"),
        ("0 weeks from 2026-11-06", "0", "from 1 to 52"),
        ("53 weeks from 2026-11-06", "53", "from 1 to 52"),
        ("month on 0", "0", "from 1 to 31"),
        ("year on 0-1", "0", "from 1 to 12"),
        ("year", "year", "nothing that recurs"),
        ("2 weeks from 2026-02-30", "2026-02-30", "no date"),
        ("2 weeks", "2", "nothing that recurs"),
        ("end + 1 day", "end", "nothing that recurs"),
    ],
)
def test_what_cannot_be_read_names_the_word_at_fault(text, word, says):
    with pytest.raises(PhraseError, match=says) as error:
        parse(text)
    assert (error.value.word, unfilled(str(error.value))) == (word, [])


texts = st.sampled_from(
    ["day at 20:00", "workday", "tue/thu at 02:30", "month on last", "year on 11-30", "3 weeks from 2026-11-06"]
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(TORONTO))


@given(texts, moments)
def test_instants_go_on_in_order_and_the_way_back_is_the_same_way(text, moment):
    every = parse(text)
    ahead = [*every.instants(moment, DAYS)]
    assert ahead
    assert all(one < other for one, other in pairwise(ahead))
    assert ahead[0] >= moment
    assert all(every.falls_on(at.date(), DAYS) for at in ahead)
    last = ahead[-1]
    back = [at for at in every.instants(last, DAYS, back=True) if at >= moment]
    assert back[::-1] == ahead[:-1]


@given(st.text())
def test_any_text_recurs_or_has_a_word_at_fault(text):
    every, word = read(text)
    assert every or word in text


def read(text):
    try:
        return parse(text), ""
    except PhraseError as error:
        return None, error.word


EXAMPLES = (
    "it reads like one of: day at 20:00, workday, tue/thu, month on 1, month on last, year on 11-30, "
    "2 weeks from 2026-11-06"
)


@pytest.mark.parametrize(
    ("written", "marked", "message", "hint"),
    [
        ("dya", "dya", "'dya' is no way to move a day", 'did you mean "day"?'),
        ("wrokday", "wrokday", "'wrokday' is no way to move a day", 'did you mean "workday"?'),
        ("mnoth", "mnoth", "'mnoth' is no way to move a day", 'did you mean "month"?'),
        ("yaer on 11-30", "yaer", "'yaer on 11-30' is nothing that recurs", 'did you mean "year"?'),
        ("wekes", "wekes", "'wekes' is no way to move a day", 'did you mean "weeks"?'),
        ("fridya at 15:00", "fridya", "'fridya' is no way to move a day", 'did you mean "friday"?'),
        ("tue/tuh", "tuh", "'tuh' is no day of the week", 'did you mean "thu"?'),
        ("friday 15:00", "friday", "'friday 15:00' is nothing that recurs", EXAMPLES),
        ("month on 32", "32", "32 is not from 1 to 31", EXAMPLES),
        ("2 weeks from 2026-02-30", "2026-02-30", "'2026-02-30' is no date", EXAMPLES),
        ("friday at nine", "nine", "'nine' is no time of day", EXAMPLES),
        ("friday at 24:00", "24:00", "'24:00' begins the next day: name that day, at 00:00", EXAMPLES),
    ],
)
def test_what_is_wrong_is_told_with_the_word_that_would_be_right(written, marked, message, hint):
    document = toml(f'[x]\nevery = "{written}"\n', "rules.toml")
    problems = []
    assert every_module.read(Value(document.tables["x"], document, ("x",), problems).child("every")) is None
    (problem,) = problems
    assert (problem.code, problem.line) == ("F014", 2)
    assert problem.source_line[problem.column - 1 :][: problem.length] == marked
    assert (problem.message, problem.hint) == (f"{message} in {written!r}", hint)
