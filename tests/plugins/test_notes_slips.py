"""What people type on phones is read as it was meant, or told: nothing is lost silently, and prose is left in peace."""

from zoneinfo import ZoneInfo

import pytest

from followup_rules import BadItem, Event
from followup_rules.engine.note_values import ENGINE_DATES, ENGINE_KEYS, Keys, read_values
from tests.support.notes import NORDIK, open_source
from tests.support.slips import LINES, PROSE

TAGS = {"promise", "called", "fit"}
KEYS = Keys(ENGINE_DATES, ENGINE_KEYS | {"bonus", "steps"})


@pytest.fixture
def outcome(tmp_path):
    """Read one piece of notes; return what each note says, and everything that is told."""

    def read(text):
        path = tmp_path / "notes.md"
        path.write_text(f"{NORDIK}{text}\n")
        notes, told = [], []
        for item in open_source(path).pull(None, "").events:
            if isinstance(item, BadItem):
                told.append(item.message)
                continue
            assert isinstance(item, Event)
            event, misread = read_values(item, KEYS, ZoneInfo("America/Toronto"))
            told += [each.message for each in misread] + [tag for tag in item.tags if tag not in TAGS]
            due = event.data.get("due")
            notes.append(
                (*(event.tags or ("",))[:1], None if event.undated else event.start.date(), due and due.date())
            )
        return notes, told

    return read


@pytest.mark.parametrize(("text", "meant"), LINES, ids=lambda value: repr(value)[:70] if isinstance(value, str) else "")
def test_a_slip_is_read_as_it_was_meant_or_told(outcome, text, meant):
    notes, told = outcome(text)
    assert meant in notes or told


@pytest.mark.parametrize("text", PROSE)
def test_prose_raises_no_problem(outcome, text):
    assert outcome(text)[1] == []
