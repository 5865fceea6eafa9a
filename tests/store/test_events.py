"""What a source showed, as the store keeps it: what counts as news, and what does not."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from followup_rules import Person, Pull, WrittenLine
from tests.support.caselab import JULIE, at, event, note, sent

PAUL = Person("paul@boreal.ca")
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


def test_a_note_whose_heading_moved_is_no_news_and_keeps_where_the_heading_stands(kept):
    before = replace(
        note("2026-11-10 14:30", "fit"), where="notes.md:4", heading_line=WrittenLine("notes.md:1", "## Nordik")
    )
    assert news(kept, before)
    after = replace(before, heading_line=WrittenLine("notes.md:2", "##  Nordik"))
    assert not news(kept, after)
    assert kept.events.event(before.identity).heading_line == after.heading_line
    assert news(kept, replace(after, title="Jeudi"))


def test_what_an_earlier_version_kept_without_a_field_of_today_is_no_news(kept):
    shown = replace(note("2026-11-10 14:30", "fit"), heading_line=WrittenLine("notes.md:1", "## Nordik"))
    assert news(kept, shown)
    kept.database.run("update event set body = json_remove(body, '$.heading_line')")
    assert not news(kept, shown)
    assert kept.events.event(shown.identity) == shown


def shown(kept, *mails):
    """Show mails to the store; return the ids of all that it has of them."""
    kept.events.take("source", Pull(), (), at(NOW), at(NOW))
    pull = Pull(events=mails)
    kept.events.take("source", pull, mails, at(NOW) - timedelta(days=90), at(NOW))
    return sorted(event.id for event in kept.events.of_kind("sent"))


def nameless(made_by, to=JULIE, title="Thanks"):
    """A mail without Message-ID, known by what some version makes of it."""
    return replace(sent(LETTER, to, title=title), id=f"sha256:{made_by}")


def test_a_mail_without_message_id_keeps_the_id_by_which_it_was_known(kept):
    assert shown(kept, nameless("old")) == ["sha256:old"]
    assert shown(kept, nameless("new")) == ["sha256:old"]
    assert shown(kept, nameless("newer", title="Thanks!")) == ["sha256:old"]


def test_of_several_mails_of_one_instant_each_keeps_its_own_id(kept):
    old = [nameless("a", title="One"), nameless("b", title="Two"), nameless("c", to=PAUL)]
    new = [nameless("d", title="Two"), nameless("e", title="One"), nameless("f", to=PAUL)]
    assert shown(kept, *old) == shown(kept, *new) == ["sha256:a", "sha256:b", "sha256:c"]


@pytest.mark.parametrize(
    "other",
    [nameless("new", to=PAUL), replace(nameless("new"), start=at("2026-11-09 15:01")),
     replace(nameless("new"), id="a@exemple.ca"), replace(nameless("new"), kind="received")],
)  # fmt: skip
def test_another_mail_is_another_one(kept, other):
    shown(kept, nameless("old"))
    shown(kept, other)
    assert kept.events.event(other.identity) is not None


def test_two_mails_that_are_shown_at_once_are_two(kept):
    assert shown(kept, nameless("a"), nameless("b")) == ["sha256:a", "sha256:b"]
    assert shown(kept, nameless("a"), nameless("b")) == ["sha256:a", "sha256:b"]


def test_where_a_note_stands_now_is_told(kept):
    noted = note(LETTER, "called", where="notes.md:12")
    assert news(kept, noted)
    assert news(kept, replace(noted, where="notes.md:15"))
    assert kept.events.event(noted.identity).where == "notes.md:15"


def test_a_doubt_that_a_clock_noted_which_was_ahead_counts_from_now_on(kept):
    now, ahead = at(NOW), at("2027-06-01 00:05")
    assert kept.events.doubted("notes", "it is empty", ahead) == ahead
    assert kept.events.doubted("notes", "it is empty", now) == now
    assert kept.events.doubted("notes", "it is empty", now + timedelta(hours=1)) == now
    assert kept.events.doubted("notes", "it is half", now + timedelta(hours=2)) == now + timedelta(hours=2)
