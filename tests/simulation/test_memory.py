"""What a simulated source shows at each instant, and what a user does with what is made."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from followup_rules.config.neutral import outputs_of, with_neutral_user
from followup_rules.config.read import of_document
from followup_rules.model import Event, Person
from followup_rules.simulation.history import Act, Appearance, History
from followup_rules.simulation.player import TooLong, playing
from followup_rules.toml.document import parse
from followup_rules.toml.values import Value

NINE = datetime(2026, 11, 9, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)
KINDS = frozenset({"meeting", "sent", "received", "note"})
CONFIG = """
[profile]
me = ["me@example.org"]
timezone = "America/Toronto"
[rule.look]
on = { kind = "meeting" }
opens = "start - 1 hour"
closes = "start + 3 hours"
do = { type = "task", title = "{{ it.title }} at {{ start|clock }}" }
[rule.note]
on = "#ask"
opens = "start"
do = { type = "draft", title = "Ask", text = "Hello", to = "them" }
"""


def config(text=CONFIG):
    read = of_document(Path("/nowhere/config.toml"), parse(text, "config.toml"))
    return with_neutral_user(read, Value({}, parse("", "mine.toml"), (), []))


def event(kind="meeting", start=NINE, ident="one", **fields):
    end = start + HOUR if kind == "meeting" else start
    return Event(id=ident, kind=kind, start=start, end=end, title="Talk", people=(Person("ana@ana.example"),), **fields)


def play(*appearances, end, acts=(), kinds=KINDS, text=CONFIG):
    """Return the changes as (instant, op, rule), in their order, and the states by key at the end."""
    history = History(appearances=appearances, acts=acts, kinds=kinds)
    it = config(text)
    with playing(it, history, outputs_of(it)) as player:
        reports = list(player.until(end))
        states = {each.key: str(each.state) for each in player.now(end).decisions}
    changes = [(report.now, o.change.op, o.change.action) for report in reports for o in report.outcomes]
    return [(at.astimezone(UTC), op, action.rule) for at, op, action in changes], states


def test_the_clock_stops_where_anything_could_change_and_nowhere_else():
    history = History(appearances=(Appearance(event(), NINE - 5 * HOUR),), kinds=KINDS)
    it = config()
    with playing(it, history, outputs_of(it)) as player:
        instants = [report.now.astimezone(UTC) for report in player.until(NINE + 9 * HOUR)]
    assert instants[:2] == [NINE - 5 * HOUR, NINE - HOUR]
    assert NINE + 3 * HOUR in instants
    assert instants[-1] == NINE + 9 * HOUR
    assert len(instants) <= 6


def test_what_is_seen_late_is_made_late():
    changes, _ = play(Appearance(event(), NINE + HOUR), end=NINE + 2 * HOUR)
    assert changes == [(NINE + HOUR, "create", "look")]


def test_what_vanishes_before_it_begins_is_taken_back():
    gone = NINE - timedelta(minutes=30)
    changes, states = play(Appearance(event(), NINE - 5 * HOUR, gone), end=NINE)
    assert changes == [(NINE - HOUR, "create", "look"), (gone, "withdraw", "look")]
    assert set(states.values()) == {"void"}


def test_a_later_appearance_takes_the_place_of_an_earlier_one():
    moved = Appearance(event(start=NINE + HOUR), NINE - timedelta(minutes=30))
    changes, _ = play(Appearance(event(), NINE - 5 * HOUR), moved, end=NINE)
    assert [(op, rule) for _, op, rule in changes] == [("create", "look"), ("update", "look")]


def test_notes_are_shown_as_a_whole_and_equal_ones_stay_apart():
    notes = [event("note", NINE + n * HOUR, f"notes:ana:{n}:ask", tags=("ask",)) for n in range(3)]
    changes, states = play(*(Appearance(note, note.start) for note in notes), end=NINE + 5 * HOUR)
    assert [at for at, _, _ in changes] == [NINE, NINE + HOUR, NINE + 2 * HOUR]
    assert len(states) == 3


@pytest.mark.parametrize(
    ("what", "state"), [("sends", "done"), ("ticks", "done"), ("deletes", "done"), ("edits", "due")]
)
def test_the_users_hand(what, state):
    note = event("note", NINE, "notes:ana:1:ask", tags=("ask",))
    act = Act(NINE + HOUR, what, "note")
    _, states = play(Appearance(note, NINE), acts=(act,), end=NINE + HOUR)
    assert set(states.values()) == {state}


def test_a_hand_that_finds_nothing_says_so():
    it = config()
    with playing(it, History(kinds=KINDS), outputs_of(it)) as player:
        list(player.until(NINE))
        assert not player.act(Act(NINE, "sends", "note"))


def test_what_no_source_shows_stays_blind():
    text = CONFIG.replace('closes = "start + 3 hours"', 'done_by = [{ kind = "received" }]')
    _, states = play(Appearance(event(), NINE - 5 * HOUR), kinds=frozenset({"meeting"}), end=NINE, text=text)
    assert set(states.values()) == {"blind"}


def test_more_ticks_than_anybody_waits_for(monkeypatch):
    monkeypatch.setattr("followup_rules.simulation.player.MOST_TICKS", 1)
    with pytest.raises(TooLong):
        play(Appearance(event(), NINE - 5 * HOUR), end=NINE)
