"""A place that is to show what I sent, and holds mail of others only: unreadable, with the address that is missing."""

from __future__ import annotations

import pytest

from followup_rules import Profile, Unreadable
from tests.support.mailboxes import PROFILE, TORONTO, ids, mine, names, pull, theirs, write

BOTH = ("sent", "received")


@pytest.fixture
def box(tmp_path):
    folder = tmp_path / "box"
    folder.mkdir()
    return folder


def fault(box, **options):
    with pytest.raises(Unreadable) as found:
        pull(box, **options)
    return str(found.value)


def me(*addresses):
    return Profile(me=frozenset(addresses), timezone=TORONTO)


@pytest.mark.parametrize("kinds", [("sent",), BOTH])
def test_mail_of_which_none_is_mine_does_not_show_what_i_sent(box, kinds):
    for number in range(9):
        write(box / f"{number}.eml", mine(f"{number}", From="Camille <jobs@camille.example>"))
    for number in range(3):
        write(box / f"julie{number}.eml", theirs(f"julie{number}"))
    said = fault(box, kinds=kinds)
    assert said.startswith(
        "12 mails, none from your addresses; jobs@camille.example sent 9 of them: add it to profile.me"
    )
    assert 'if this place holds mail that you received, set kinds = ["received"]' in said


@pytest.mark.parametrize(
    ("mine_is", "other"),
    [
        ("camille@example.org", "camille+jobs@example.org"),
        ("camille+jobs@example.org", "camille@example.org"),
        ("camille.prevost@gmail.com", "camilleprevost@gmail.com"),
        ("camilleprevost@gmail.com", "c.amille.Prevost+jobs@googlemail.com"),
        ("camille@example.org", "camille@elsewhere.example"),
    ],
)
def test_the_nearest_address_is_named_before_the_most_frequent_one(box, mine_is, other):
    write(box / "1.eml", mine("1", From=f"Camille <{other}>"))
    for number in range(5):
        write(box / f"shop{number}.eml", theirs(f"shop{number}", "offers@shop.example"))
    said = fault(box, profile=me(mine_is))
    assert said == f"6 mails, none from your addresses; {other.lower()} sent 1 of them: add it to profile.me"


@pytest.mark.parametrize("written", ["camille@h\u00f4tel.ca", "camille@xn--htel-vqa.ca"])
@pytest.mark.parametrize("given", ["camille@h\u00f4tel.ca", "camille@xn--htel-vqa.ca"])
def test_both_spellings_of_a_domain_with_accents_are_mine_or_named(box, written, given):
    write(box / "1.eml", mine("1", From=f"Camille <{written}>"))
    try:
        assert names(pull(box, profile=me(given))) == ["1"]
    except Unreadable as error:
        assert "add it to profile.me" in str(error)  # noqa: PT017


def test_mail_of_mine_under_another_spelling_among_my_mail_is_not_dropped_in_silence(box):
    write(box / "1.eml", mine("1"))
    for number in range(2, 4):
        write(box / f"{number}.eml", mine(f"{number}", From="Camille <me+jobs@example.org>"))
    said = fault(box)
    assert said.startswith("2 mails are from me+jobs@example.org, another spelling of your address me@example.org")
    assert "add it to profile.me" in said
    more = Profile(me=PROFILE.me | {"me+jobs@example.org"}, timezone=TORONTO)
    assert names(pull(box, profile=more)) == ["1", "2", "3"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Delivered_To": "me@example.org"},
        {"Return_Path": "<me+x@shop.example>"},
        {"Date": "Mon, 01 Jun 2020 11:00:00 -0400"},
        {"X_Gmail_Labels": "Spam"},
    ],
    ids=str,
)
def test_nobody_else_makes_the_source_unreadable_by_writing_in_such_a_name(box, headers):
    write(box / "1.eml", mine("1"))
    write(box / "2.eml", mine("2", From="me+x@example.org", **headers))
    assert names(pull(box)) == ["1"]


@pytest.mark.parametrize("other", ["some@example.org", "me@example.com", "home@example.org", "m.e@example.org"])
def test_an_address_that_only_looks_like_mine_is_somebody_elses(box, other):
    write(box / "1.eml", mine("1"))
    write(box / "2.eml", theirs("2", other))
    assert names(pull(box)) == ["1"]


def test_a_place_for_received_mail_need_hold_none_of_mine(box):
    write(box / "1.eml", theirs("1"))
    assert names(pull(box, kinds=("received",))) == ["1"]


def test_old_mail_of_mine_shows_that_the_place_is_right(box):
    write(box / "1.eml", mine("1", Date="Mon, 01 Jun 2020 11:00:00 -0400"))
    write(box / "2.eml", theirs("2"))
    assert pull(box).events == ()


def test_later_mail_of_others_alone_takes_nothing_away(box):
    write(box / "1.eml", mine("1"))
    first = pull(box)
    write(box / "2.eml", theirs("2"))
    second = pull(box, first.cursor)
    assert (second.events, second.cursor != first.cursor) == ((), True)
    (box / "1.eml").unlink()
    write(box / "3.eml", theirs("3"))
    assert pull(box, second.cursor).events == ()


def test_mail_of_others_in_a_place_that_was_empty_is_told(box):
    cursor = pull(box).cursor
    write(box / "1.eml", theirs("1"))
    assert fault(box, cursor=cursor).startswith("1 mail, none from your addresses; julie.roy@nordik.ca sent it")
    write(box / "2.eml", mine("2"))
    assert ids(pull(box, cursor)) == ["2@x"]


@pytest.mark.parametrize("mark", [{"X_Unsent": "1"}, {"X_Gmail_Labels": "Drafts"}, {"X_Gmail_Labels": "Spam"}], ids=str)
def test_a_draft_of_mine_does_not_show_that_sent_mail_lies_here(box, mark):
    write(box / "1.eml", mine("1", **mark))
    assert pull(box).events == ()
    write(box / "2.eml", theirs("2"))
    assert "none from your addresses" in fault(box)
