"""Mail that is being written while it is looked at: it waits for the next tick, and is neither told nor lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from followup_rules import BadItem
from tests.support.mailboxes import FROM, NOW, mine, names, pull, theirs, write

SECONDS = timedelta(seconds=20)
WHOLE = mine("b")
HEAD, DATE_LINE = WHOLE[: WHOLE.index("\n\n") + 1], WHOLE.index("Date:")


@pytest.mark.parametrize("part", [HEAD, HEAD[:-1], WHOLE[:DATE_LINE], WHOLE[: DATE_LINE + 9], WHOLE[:3]], ids=len)
@pytest.mark.parametrize("place", ["b.eml", "cur/2.host:2,S", "2"])
def test_a_mail_without_the_end_of_its_head_waits_while_its_file_is_young(tmp_path, place, part):
    box = tmp_path / "box"
    write(box / place.replace("b", "a").replace("2.", "1.").replace("2", "1", 1), mine("a"))
    write(box / place, part, age=SECONDS)
    first = pull(box)
    assert names(first) == ["a"]
    write(box / place, WHOLE, age=timedelta())
    second = pull(box, first.cursor)
    assert names(second) == ["b"]
    assert pull(box, second.cursor).events == ()


@pytest.mark.parametrize("end", ["\r\n", "\r", "\r\r\n"])
def test_a_young_mail_is_whole_whatever_its_lines_end_in(tmp_path, end):
    write(tmp_path / "b.eml", WHOLE.replace("\n", end), age=SECONDS)
    assert names(pull(tmp_path)) == ["b"]


def test_a_file_by_a_clock_ahead_of_ours_is_young_too(tmp_path):
    write(tmp_path / "b.eml", HEAD, age=-timedelta(days=20))
    assert pull(tmp_path).events == ()


def test_a_head_that_is_all_there_is_is_read_after_a_minute(tmp_path):
    write(tmp_path / "b.eml", HEAD, age=SECONDS)
    cursor = pull(tmp_path).cursor
    assert names(pull(tmp_path, cursor, now=NOW + timedelta(minutes=1))) == ["b"]


def test_a_file_that_stays_broken_is_told_after_a_minute(tmp_path):
    write(tmp_path / "b.eml", WHOLE[:DATE_LINE], age=SECONDS)
    cursor = pull(tmp_path).cursor
    (bad,) = pull(tmp_path, cursor, now=NOW + timedelta(minutes=1)).events
    assert isinstance(bad, BadItem)


def test_a_whole_head_is_read_at_once_and_again_with_its_body(tmp_path):
    write(tmp_path / "b.eml", HEAD + "\nMer", age=SECONDS)
    first = pull(tmp_path)
    assert [event.text for event in first.events] == ["Mer"]
    write(tmp_path / "b.eml", WHOLE, age=timedelta())
    assert [event.text for event in pull(tmp_path, first.cursor).events] == ["Merci."]


@pytest.mark.parametrize(
    "part", [FROM[:20], FROM[:-1], FROM, FROM + WHOLE[:3], FROM + WHOLE[:DATE_LINE], FROM + HEAD], ids=len
)
def test_an_mbox_that_is_growing_loses_nothing(tmp_path, part):
    path = tmp_path / "Sent"
    before = f"{FROM}{mine('a')}\n"
    write(path, before + part, age=SECONDS)
    first = pull(path)
    assert names(first) == ["a"]
    assert names(pull(path, first.cursor)) in ([], ["a"]), "nothing has come meanwhile"
    write(path, f"{before}{FROM}{WHOLE}\n{FROM}{theirs('c')}", age=timedelta())
    assert set(names(pull(path, first.cursor, kinds=("sent",)))) - {"a"} == {"b"}


def test_a_mere_head_before_other_mail_is_read_though_the_file_is_young(tmp_path):
    path = write(tmp_path / "Sent", f"{FROM}{mine('a')[: -len('Merci.') - 2]}{FROM}{WHOLE}", age=SECONDS)
    assert names(pull(path)) == ["a", "b"]


def test_an_mbox_that_ends_in_a_mere_head_is_read_after_a_minute(tmp_path):
    path = write(tmp_path / "Sent", f"{FROM}{mine('a')}\n{FROM}{HEAD}", age=SECONDS)
    first = pull(path)
    assert names(first) == ["a"]
    assert names(pull(path, first.cursor, now=NOW + timedelta(minutes=1))) == ["b"]


def test_what_a_program_has_not_put_in_its_place_yet_is_not_looked_at(tmp_path):
    for name in ("cur", "new", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    write(tmp_path / "box" / "tmp" / "1.host", mine("a"))
    assert pull(tmp_path / "box").events == ()
