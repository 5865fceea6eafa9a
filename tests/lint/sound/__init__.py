"""Rules as people write them, with nothing wrong, by what they start from: `check` must have nothing to say of any."""

from tests.lint.sound import clock, mail, meetings, notes

SOUND = clock.RULES | mail.RULES | meetings.RULES | notes.RULES
