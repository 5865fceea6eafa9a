"""The values of notes: dates counted from the note's own time, and keys that nearly are known."""

from datetime import datetime

import pytest

from followup_rules import Event
from followup_rules.engine.note_values import ENGINE_DATES, ENGINE_KEYS, Keys, read_values
from tests.support.notes import ZONE

KEYS = Keys(ENGINE_DATES | {"deadline"}, ENGINE_KEYS | {"deadline", "bonus", "steps"})


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def read(key, value, written="2026-11-13T16:00"):
    """Return what a value means in a note of Friday, 2026-11-13, and what is wrong with it."""
    note = Event(id="n", kind="note", start=at(written), end=at(written), data={key: value})
    event, misread = read_values(note, KEYS, ZONE)
    return event.data.get(key), misread


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-20", "2026-11-20T09:00"),
        ("2026-11-20T14:00", "2026-11-20T14:00"),
        ("2026-11-20T19:00Z", "2026-11-20T14:00"),
        ("friday", "2026-11-20T09:00"),  # the note is written on a Friday
        ("Fri", "2026-11-20T09:00"),
        ("VENDREDI.", "2026-11-20T09:00"),
        ("ven,", "2026-11-20T09:00"),
        ("friday 2pm", "2026-11-20T14:00"),
        ("vendredi 14 h 30", "2026-11-20T14:30"),
        ("+3 jours", "2026-11-16T09:00"),
        ("20 nov. 2026", "2026-11-20T09:00"),
        ("20 novembre", "2026-11-20T09:00"),
        ("3 nov", "2027-11-03T09:00"),  # the next one
        ("nov 20th", "2026-11-20T09:00"),
        ("le 20 novembre 2026", "2026-11-20T09:00"),
        ("Friday, November 20, 2026 2:30 p.m.", "2026-11-20T14:30"),
        ("20/11/2026", "2026-11-20T09:00"),
        ("11/20/2026", "2026-11-20T09:00"),
        ("20261120", "2026-11-20T09:00"),
        ("thursday", "2026-11-19T09:00"),
        ("lundi", "2026-11-16T09:00"),
        ("sam", "2026-11-14T09:00"),
        ("+3d", "2026-11-16T09:00"),
        ("+2w", "2026-11-27T09:00"),
        ("today", "2026-11-13T09:00"),
        ("aujourd’hui", "2026-11-13T09:00"),
        ("tomorrow", "2026-11-14T09:00"),
        ("demain", "2026-11-14T09:00"),
        ("2026-11-20 14:00", "2026-11-20T14:00"),
        ("friday 2026-11-20", "2026-11-20T09:00"),
        ("tuesday 08/12/2026", "2026-12-08T09:00"),
        ("jeudi 12.8.2027", "2027-08-12T09:00"),
    ],
)
@pytest.mark.parametrize("key", ["due", "until", "on", "at", "deadline"])
def test_dates_count_from_the_notes_own_day(key, value, expected):
    assert read(key, value) == (at(expected), [])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-02-30", "is not a date"),
        ("someday", "write a date such as 2026-11-11"),
        ("2026-11-20T25:00", "is not a time of day"),
        ("2026-11-20T10:00+25:00", "is not a time of day"),
        ("+99999d", "is not a date"),
        ("9999-12-31T23:00", "is not a date"),
        ("3", "is not a date"),
        ("31 nov. 2026", "is not a date"),
        ("03/11/2026", "write 2026-11-03 or 2026-03-11"),
        ("sat 20 nov 2026", "that day is a Friday"),
        ("saturday 2026-11-20", "that day is a Friday"),
        ("monday 08/12/2026", "write 2026-12-08 or 2026-08-12"),
        ("20/11/26", "is not a date"),
    ],
)
def test_what_is_no_date_is_told_and_left_out(value, said):
    moment, (misread,) = read("due", value)
    assert moment is None
    assert misread.warning is False
    assert said in misread.message


def test_a_due_date_before_its_note_is_told_and_counts():
    moment, (misread,) = read("due", "2026-11-12")
    assert moment == at("2026-11-12T09:00")
    assert misread.warning
    assert "before the note itself, which is of 2026-11-13" in misread.message


@pytest.mark.parametrize(
    ("key", "value", "nearest"),
    [
        ("deu", "friday", "due"),
        ("unntil", "friday", "until"),
        ("deadlin", "x", "deadline"),
        ("stpes", "x", "steps"),
        ("by", "2026-11-20", "due"),
        ("step", "x", "steps"),
        ("stipz", "x", "steps"),
    ],
)
def test_a_key_that_is_nearly_known_is_told_with_it(key, value, nearest):
    _, (misread,) = read(key, value)
    assert (misread.warning, misread.hint) == (True, f'did you mean "{nearest}:"?')
    assert (misread.written, misread.message) == (f"{key}:{value}", f"no rule knows the key {key}:")


# Two slips make another word of a short one, as "stip" is not "steps"; three do of any, as "deadlyms" is not "deadline".
@pytest.mark.parametrize("key", ["tel", "link", "anchor", "domain", "ref", "no", "to", "bonus", "stip", "deadlyms"])
def test_other_words_of_a_note_are_free(key):
    assert read(key, "x") == ("x", [])


def test_a_date_of_another_key_may_lie_before_its_note():
    assert read("until", "2026-11-12") == (at("2026-11-12T09:00"), [])


def test_a_full_date_under_any_key_can_be_shown_as_one():
    assert read("deadline", "2026-11-20")[0] == at("2026-11-20T09:00")
    assert read("bonus", "2026-11-20")[0] == at("2026-11-20T09:00")
    assert read("bonus", "2026-99-99")[0] == "2026-99-99"


def test_the_keys_of_orders_and_of_meetings_are_known_whatever_the_rules():
    assert read("re", "2026-11-09") == (at("2026-11-09T09:00"), [])
    assert read("for", "2026-11-09")[1] == []
    assert read("fro", "x")[1][0].hint == 'did you mean "for:"?'


def test_what_a_source_gives_as_a_date_or_a_number_stays_as_it_is():
    for value in (at("2026-11-20T14:00"), 5, True):
        assert read("due", value) == read("anything", value) == (value, [])
