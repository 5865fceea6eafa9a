"""Two weeks of notes typed on a phone, in English and French, while a program synchronizes their file by halves."""

from collections import Counter

import pytest

from followup_rules.store.store import open_copy
from tests.support.storybook import JULIE, Story

PAUL = "paul.leduc@boreal.ca"
HEADINGS = {"nordik": f"## Nordik <{JULIE}>", "boreal": f"## Boreal <{PAUL}>"}
DASH = 'this line looks like a note but is not read; begin it with "- "'


class Phone:
    """The notes as they stand on the phone, and what reaches the computer."""

    def __init__(self, story):
        self.file = story.folder / "notes.md"
        self.lines = {case: [] for case in HEADINGS}

    def text(self):
        parts = [f"{heading}\n" + "".join(f"{line}\n" for line in self.lines[case])
                 for case, heading in HEADINGS.items()]  # fmt: skip
        return "# Entrevues\n\n" + "\n".join(parts)

    def types(self, case, *lines):
        self.lines[case] += lines
        self.syncs()

    def mends(self, old, new):
        for lines in self.lines.values():
            lines[:] = [line.replace(old, new) for line in lines]
        self.syncs()

    def syncs(self, size=None):
        self.file.write_bytes(self.text().encode()[:size])


@pytest.fixture
def story(tmp_path):
    story = Story(tmp_path)
    story.config("[rule.prepare]\nenabled = false\n[rule.debrief]\nenabled = false\n[rule.fit]\nenabled = false\n")
    story.visit("I1", "2026-11-03 13:00", JULIE)
    story.visit("I2", "2026-11-04 10:00", PAUL, title="Interview")
    return story


class Diary:
    """What each tick did; what is due and held after it, and what it told."""

    def __init__(self, story):
        self.story = story
        self.made = Counter()

    def at(self, now, *, made=(), changed=(), back=(), due=(), held=(), told=()):
        """Play a tick; it must do and tell this, and leave that due or held. Notices, once made, are not due."""
        tick = self.story.at(f"2026-{now}")
        done = {op: sorted(map(_short, (c for c in tick.changes if c["op"] == op)))
                for op in ("create", "update", "withdraw")}  # fmt: skip
        assert done == {"create": sorted(made), "update": sorted(changed), "withdraw": sorted(back)}, now
        open_ = {state: sorted(_short(d) for d in tick.decisions if d["state"] == state and d["rule"] != "hold-back")
                 for state in ("due", "held")}  # fmt: skip
        assert open_ == {"due": sorted(due), "held": sorted(held)}, now
        assert [(p["severity"], p["line"], p["message"]) for p in tick.problems] == list(told), now
        self.made += Counter(c["key"] for c in tick.changes if c["op"] == "create")


def _short(record):
    return f"{record['rule']}/{record['case'].removesuffix('.ca')}"


def test_two_weeks_of_notes_typed_on_a_phone(story):
    phone, diary = Phone(story), Diary(story)
    promise, thanks, keep = "keep-promise/nordik", "thank-you/nordik", "hold-back/nordik"

    # Tuesday: on the bus home from Nordik. Typographic marks, months in words, a tag with a space, no space behind a dash.
    phone.types("nordik", "• 3 nov. 2026 14h10 #promesse Envoyer l’adresse de la boutique due : vendredi",
                "– 3 nov. 2026 # affinité Bien, calme", "—2026-11-03 14:20 #à-corriger J’ai oublié Kanban")  # fmt: skip
    diary.at("11-03 18:00", made=[thanks, promise, keep], due=[thanks, promise])
    story.mail("2026-11-03 19:00", JULIE, "Merci", "Merci pour la rencontre")
    diary.at("11-03 20:00", back=[thanks], due=[promise])

    # Wednesday: Boreal, in English. One line lacks its dash: it is told, and everything else is read.
    phone.types("boreal", "* Nov 4 2026 11:30am #promise Send the portfolio due:+2d", "+ 2026-11-04 #fit Loud, but kind",
                "2026-11-04 #issue Their files get lost")  # fmt: skip
    both = [promise, "keep-promise/boreal"]
    thanks = "thank-you/boreal"
    diary.at("11-04 12:00", made=[thanks, both[1]], due=[thanks, *both], told=[("error", 11, DASH)])
    phone.mends("2026-11-04 #issue", "- 2026-11-04 #issue")
    diary.at("11-04 18:00", due=[thanks, *both])
    story.mail("2026-11-04 19:00", PAUL, "Thank you", "Thank you for your time")
    diary.at("11-05 09:00", back=[thanks], due=both)

    # Thursday: half of the file arrives, cut within a letter. What depends on it waits; nothing is taken back.
    phone.syncs(phone.text().encode().index("é Kanban".encode()) + 1)
    half = "notes.md ends in the middle of a letter; it is believed if it is still so at 12:30"
    diary.at("11-05 12:00", told=[("error", 17, half)])
    assert [key.partition("/")[0] for key in story.outstanding()] == ["keep-promise", "keep-promise"]
    phone.syncs()
    diary.at("11-05 12:15", due=both)

    # Friday: one promise is kept by mail, the other ticked on the phone.
    story.mail("2026-11-06 08:00", JULIE, "L'adresse de la boutique", "Voici l'adresse de la boutique")
    diary.at("11-06 09:00", back=[promise], due=both[1:])
    phone.mends("* Nov 4 2026", "* [x] Nov 4 2026")
    diary.at("11-06 18:00", back=both[1:])

    # The week-end: a tag that nobody knows, mended; a thought without a date. Both are kept for the call.
    phone.types("nordik", "1. #idee Qui dirige le projet ?")
    diary.at("11-07 10:00", told=[("warning", 7, "no rule knows the tag #idee")])
    phone.mends("#idee", "#question-ouverte")
    diary.at("11-08 10:00", made=[keep])
    phone.types("boreal", "- #decision Talk to Anna about it")
    diary.at("11-09 10:00", made=["hold-back/boreal"])

    # Tuesday: the file arrives empty, then whole.
    phone.syncs(0)
    empty = "notes.md held notes, and holds none now; it is believed if it is still so at 10:30"
    diary.at("11-10 10:00", told=[("error", 17, empty)])
    phone.syncs()
    diary.at("11-10 10:20")

    # The second half of the week: another day for the call, a slip in a key, and a promise that is to wait.
    phone.types("boreal", "- 2026-11-11 #annoncé on: 18 nov. 2026")
    diary.at("11-11 10:00")
    phone.types("boreal", "- 2026-11-12 #promise Call Anna deu:friday")
    diary.at("11-12 10:00", made=both[1:], due=both[1:], told=[("warning", 15, "no rule knows the key deu:")])
    phone.mends("deu:friday", "due:friday")
    phone.types("boreal", "- 12 nov. 2026 17h #snooze until:2026-11-14 for:keep-promise")
    diary.at("11-12 18:00", held=both[1:])
    call_nordik = "follow-up-call/nordik"
    diary.at("11-13 10:00", made=[call_nordik], due=[call_nordik], held=both[1:])
    diary.at("11-14 10:00", changed=[call_nordik, both[1]], due=[call_nordik, both[1]])
    phone.types("boreal", "- 2026-11-14 #kept Call Anna")
    diary.at("11-14 18:00", back=both[1:], due=[call_nordik])

    # The calls, each on its day.
    phone.types("nordik", "- 16 nov 2026 15h #appelé Laissé un message")
    diary.at("11-16 18:00", back=[call_nordik])
    diary.at("11-17 10:00")
    diary.at("11-18 10:00", made=["follow-up-call/boreal"], due=["follow-up-call/boreal"])
    phone.types("boreal", "- 2026-11-18 9:30 #called Spoke with Paul")
    diary.at("11-18 12:00", back=["follow-up-call/boreal"])

    assert set(diary.made.values()) == {1}, "nothing is made twice"
    assert story.outstanding() == []
    with open_copy(story.folder / "out/followup.db") as store:
        notes = [note for note in store.events.of_kind("note") if note.gone is None]
    typed = [line for lines in phone.lines.values() for line in lines]
    assert sorted(note.source_line for note in notes) == sorted(typed), "no note is lost or doubled"
