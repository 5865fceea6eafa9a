"""What a store remembers, as it was seen from day to day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from followup_rules.config.read import of_document
from followup_rules.model import Event, Person, Pull, Report
from followup_rules.simulation import stored
from followup_rules.toml.document import parse

NINE = datetime(2026, 11, 9, 14, tzinfo=UTC)
DAY = timedelta(days=1)
CONFIG = of_document(
    Path("/nowhere/config.toml"),
    parse('[profile]\nme = ["me@example.org"]\ntimezone = "America/Toronto"', "config.toml"),
)


def keep(store, *events, now, source="calendar", **pull):
    store.events.take(source, Pull(events=events, **pull), events, NINE - 400 * DAY, now)
    store.arrange({event.identity for event in events}, CONFIG.rulebook.directory)


def meeting(**fields):
    people = (Person("ana@ana.example"),)
    return Event(**{"id": "m", "kind": "meeting", "start": NINE, "end": NINE, "people": people, **fields})


def shown(store):
    return {(a.event.id, a.event.status, a.seen, a.gone) for a in stored.history(CONFIG, store).appearances}


def test_mail_and_notes_are_seen_when_they_are_written(kept):
    mail = Event(id="s", kind="sent", start=NINE, end=NINE)
    keep(kept, mail, now=NINE + 3 * DAY)
    assert shown(kept) == {("s", "confirmed", NINE, None)}


def test_a_meeting_is_seen_at_its_last_change_if_nothing_tells_more(kept):
    keep(kept, meeting(updated=NINE - 2 * DAY), now=NINE)
    assert shown(kept) == {("m", "confirmed", NINE - 2 * DAY, None)}


def test_a_meeting_that_was_called_off_stood_until_then(kept):
    keep(kept, meeting(updated=NINE - 4 * DAY), now=NINE - 3 * DAY)
    keep(kept, meeting(status="cancelled", updated=NINE - 4 * DAY), now=NINE - DAY)
    assert shown(kept) == {
        ("m", "confirmed", NINE - 4 * DAY, None),
        ("m", "cancelled", NINE - DAY, None),
    }


def test_what_vanished_is_gone_from_then_on(kept):
    keep(kept, meeting(updated=NINE - 4 * DAY), now=NINE - 3 * DAY, complete=True)
    keep(kept, now=NINE - DAY, complete=True)
    assert shown(kept) == {("m", "confirmed", NINE - 4 * DAY, NINE - DAY)}


def test_what_outputs_told_is_what_the_user_did_but_for_drafts_that_mail_tells_of(kept):
    def told(kind, key, mail=""):
        report = Report(key=key, rule="r", anchor="m", mail=mail)
        return Event(id=f"{kind}:{key}", kind=kind, start=NINE, end=NINE, data={"rule": "r"}, report=report)

    keep(kept, told("done", "a"), told("dismissed", "b"), told("done", "c", mail="s"), now=NINE, source="output tasks")
    acts = stored.history(CONFIG, kept).acts
    assert {(act.what, act.whose) for act in acts} == {("ticks", "a"), ("deletes", "b")}
