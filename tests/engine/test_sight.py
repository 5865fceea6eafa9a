"""What absence tells: nothing where nobody looked."""

import pytest

from followup_rules.engine.sight import Sight

CLEAR = Sight(frozenset({"meeting", "sent"}))
FAILED = Sight(frozenset({"meeting", "sent"}), {"sent": "mailbox", "note": "notes"})
UNREAD = "the source 'mailbox' could not be read, so nothing can be said of “sent” events"
MANY = frozenset(f"sms-{number:02}" for number in range(50))
FIRST = "the source 'phone' could not be read, so nothing can be said of “sms-00” events"
UNREAD_NOTES = "the source 'notes' could not be read, so nothing can be said of “note” events"


@pytest.mark.parametrize(
    ("sight", "kinds", "why"),
    [
        (CLEAR, {"sent"}, None),
        (CLEAR, {"sent", "meeting"}, None),
        (CLEAR, None, None),
        (CLEAR, {"note", "done"}, None),  # people write notes when they like; outputs report what is done
        (CLEAR, {"meeting", "sent", "note", "done"}, None),
        (CLEAR, {"meeting", "sent", "note", "done", "sms"}, "no source can show a “sms” event"),
        (CLEAR, {"received"}, "no source can show a “received” event"),
        (CLEAR, MANY | {"received"}, "no source can show a “received” event"),
        (FAILED, {"sent"}, UNREAD),
        (FAILED, {"meeting"}, None),
        (FAILED, {"note"}, UNREAD_NOTES),
        (FAILED, {"sent", "note"}, UNREAD_NOTES),
        (FAILED, {"sent", "received"}, UNREAD),
        (FAILED, None, UNREAD_NOTES),
        (Sight(MANY, dict.fromkeys(MANY, "phone")), MANY, FIRST),
        (Sight(MANY, dict.fromkeys(MANY, "phone")), None, FIRST),
        (FAILED, {"meeting", "received"}, "no source can show a “received” event"),
    ],
)
def test_what_was_not_looked_for_everywhere_is_not_known_to_be_absent(sight, kinds, why):
    reason = sight.blind(kinds if kinds is None else frozenset(kinds))
    assert (reason and str(reason)) == why
