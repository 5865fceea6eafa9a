"""What a source showed, as the store keeps it: what counts as news, and what does not."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from followup_rules import Pull
from tests.support.caselab import at, event, note, sent

NOW = "2026-11-09 16:05"
LETTER = "2026-11-09 15:00"


def news(kept, shown):
    """Tell whether an event is news to the store when its source shows it."""
    pull = Pull(events=[shown])
    return bool(kept.events.take("source", pull, [shown], at(NOW) - timedelta(days=90), at(NOW)))


@pytest.mark.parametrize("mail", [sent(LETTER), event("received", LETTER)], ids=lambda mail: mail.kind)
def test_a_mail_that_was_copied_or_moved_is_the_same_mail(kept, mail):
    assert news(kept, replace(mail, where="sent/new/1.eml"))
    first = kept.events.event(mail.identity)
    assert not news(kept, replace(mail, where="archive/2026 at byte 812"))
    assert kept.events.event(mail.identity) == first


def test_where_a_note_stands_now_is_told(kept):
    noted = note(LETTER, "called", where="notes.md:12")
    assert news(kept, noted)
    assert news(kept, replace(noted, where="notes.md:15"))
    assert kept.events.event(noted.identity).where == "notes.md:15"
