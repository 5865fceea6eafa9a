"""What every output promises, as tests."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING
from unittest import SkipTest

from msgspec.structs import replace

from followup_rules import Action, Output, Person, Refused, Status
from followup_rules.keys import hashed
from followup_rules.model import DRAFT, TASK
from followup_rules.testing.clock import ZONE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ODD_KEYS = (
    "rule/<a.b+c=d%25@mail.example>/20261109T100000Z@2026-11-09",
    "rule/../../é日本\"'`$&|;,:*?!\\~#[]{}()@2026-11-09",
    "rule/fr:x:due:2026-11-09@2026-11-09",
    "rule/" + "long" * 60 + "@2026-11-09",
)
"""What Message-IDs, people and shells bring into keys; the last is longer than a file's name may be (255 bytes)."""
ALIKE_KEYS = ("rule/a-b@2026-11-09", "rule/a/b@2026-11-09", "rule/A-b@2026-11-09", "rule/a-b@2026-11-0", "rule/a-b")
"""One and the same to whoever replaces signs, looks at no capitals (as most disks of Macs and Windows), or cuts."""


class OutputContract:
    """What every output promises. Give `open_output`, and the `..._as_user` that your output makes possible."""

    example = Action(
        key="demo/nordik.ca@2026-11-09",
        rule="demo",
        case="nordik.ca",
        anchor="meeting-1@nordik.ca",
        type=TASK,
        title="Call Julie Roy (Nordik)",
        text="Good morning, I call as announced.\nThank you for your time.\n",
        to=(Person("julie.roy@nordik.ca", "Julie Roy"),),
        due=datetime(2026, 11, 19, 9, tzinfo=ZONE),
    )
    """An action that the output takes; a subclass may replace it, for example by one of another type."""

    def open_output(self) -> Output:
        """Open the output anew on the same place, as the next run does; the place is empty before each test."""
        raise NotImplementedError

    def delete_as_user(self, key: str) -> None:
        """Delete the action, as its user would."""
        raise SkipTest(f"the tests of this output do not say how a user deletes {key}")

    def edit_as_user(self, key: str) -> None:
        """Change the text of the action, as its user would."""
        raise SkipTest(f"the tests of this output do not say how a user edits {key}")

    def finish_as_user(self, key: str) -> None:
        """Tick the task off, send the draft, or the like."""
        raise SkipTest(f"the tests of this output do not say how a user finishes {key}")

    def take_away_as_user(self) -> None:
        """Take away the whole place: unmount the disk, rename the folder, refuse the service."""
        raise SkipTest("the tests of this output do not say how its place goes missing")

    def _create(self) -> str:
        return self.open_output().create(self.example)

    def _find(self) -> str | None:
        return self.open_output().find(self.example.key)

    def _status(self, ref: str) -> Status:
        return self.open_output().status([ref])[ref]

    def _marked(self) -> Mapping[str, str]:
        output: object = self.open_output()
        if not hasattr(output, "marked"):
            raise SkipTest("this output does not tell what lies there")
        marked: Callable[[], Mapping[str, str]] = output.marked
        return marked()

    def _changed(self) -> Action:
        return replace(self.example, title="Call Julie Roy at Nordik", text="Another text.\n")

    def test_what_is_created_is_found_and_open(self) -> None:
        """The next run finds it by its key, under the same reference."""
        ref = self._create()
        assert isinstance(ref, str)
        assert ref
        assert self._find() == ref
        assert self._status(ref) == Status("open")

    def test_creating_twice_makes_one(self) -> None:
        """A run that was cut off is repeated, and nothing doubles: once withdrawn, no second one is left."""
        first = self._create()
        assert self._create() == first
        self.open_output().withdraw(first)
        assert self._find() is None

    def test_what_lies_there_is_told_by_its_mark(self) -> None:
        """An output that offers `marked` tells of what is open, by its key or the hash of that, and of nothing else."""
        assert not self._marked()
        ref = self._create()
        other = "demo/other@2026-11-09"
        self.open_output().create(replace(self.example, key=other))
        told = set(self._marked())
        assert told in ({self.example.key, other}, {hashed(self.example.key), hashed(other)}), told
        self.open_output().withdraw(ref)
        assert set(self._marked()) <= {other, hashed(other)}

    def test_an_unknown_key_is_not_found(self) -> None:
        """Not in an empty place, and not beside another action."""
        assert self._find() is None
        self._create()
        assert self.open_output().find("demo/another@2026-11-09") is None

    def test_an_update_is_seen(self) -> None:
        """Other content, other reference; the new one is found and open."""
        old = self._create()
        new = self.open_output().update(old, self._changed())
        assert new != old
        assert self._find() == new
        assert self._status(new) == Status("open")

    def test_an_update_without_a_change_leaves_it_open(self) -> None:
        """A run that was cut off after its update is repeated."""
        ref = self.open_output().update(self._create(), self.example)
        assert self._find() == ref
        assert self._status(ref) == Status("open")

    def test_an_update_whose_answer_was_lost_can_be_repeated(self) -> None:
        """After a crash the old reference is all that is known; it is not taken for an edit by the user."""
        old = self._create()
        new = self.open_output().update(old, self._changed())
        assert self.open_output().update(old, self._changed()) == new
        assert self._status(new) == Status("open")

    def test_what_is_withdrawn_is_gone(self) -> None:
        """Neither found nor open, and it can be created again."""
        ref = self._create()
        self.open_output().withdraw(ref)
        assert self._find() is None
        assert self._status(ref) == Status("gone")
        assert self._status(self._create()) == Status("open")

    def test_withdrawing_twice_does_no_harm(self) -> None:
        """A run that was cut off is repeated, and other actions stay."""
        other = self.open_output().create(replace(self.example, key="demo/other@2026-11-09"))
        ref = self._create()
        self.open_output().withdraw(ref)
        self.open_output().withdraw(ref)
        assert self._status(other) == Status("open")

    def test_an_update_of_what_is_withdrawn_makes_nothing(self) -> None:
        """What is gone must not come back by an update."""
        ref = self._create()
        self.open_output().withdraw(ref)
        _must_refuse(lambda: self.open_output().update(ref, self._changed()))
        assert self._find() is None

    def test_what_another_store_updated_is_not_lost(self) -> None:
        """A second computer, or a copy of the store that was put back, knows the old reference only: nothing is gone.

        An output whose things bear a seal of their own tells the new reference; else it may count as edited.
        """
        old = self._create()
        new = self.open_output().update(old, self._changed())
        became = self._status(old)
        assert became in (Status("open"), Status("touched"), Status("open", ref=new)), became
        assert self._find() == new

    def test_odd_keys_are_found_again(self) -> None:
        """Keys hold Message-IDs, paths, accents: anything but white space."""
        for key in ODD_KEYS:
            ref = self.open_output().create(replace(self.example, key=key))
            assert self.open_output().find(key) == ref, key
            assert self._status(ref) == Status("open"), key

    def test_keys_that_look_alike_are_different_actions(self) -> None:
        """One key may differ from another in a sign or in case, or be its beginning."""
        refs = {key: self.open_output().create(replace(self.example, key=key)) for key in ALIKE_KEYS}
        assert len(set(refs.values())) == len(ALIKE_KEYS)
        assert {key: self.open_output().find(key) for key in ALIKE_KEYS} == refs

    def test_one_question_answers_for_many(self) -> None:
        """Each reference that was asked for has its answer, and no other."""
        gone = self.open_output().create(replace(self.example, key="demo/gone@2026-11-09"))
        there = self._create()
        self.open_output().withdraw(gone)
        assert dict(self.open_output().status([there, gone])) == {there: Status("open"), gone: Status("gone")}
        assert not self.open_output().status([])

    def test_hostile_text_breaks_nothing(self) -> None:
        """Titles and texts come from mails: line ends, header and markup look-alikes, control characters."""
        # A done todo.txt line, a header, a field, a colour, NUL, a line separator, half a character, and markup.
        hostile = "x (A) 2026-01-01\r\nBcc: all@example.org\r\n\r\nfr:other \x1b[31m\x00\u2028\ud800 <b>&amp;"
        ref = self.open_output().create(replace(self.example, title=hostile, text=hostile))
        assert self._find() == ref
        assert self._status(ref) == Status("open")
        assert self.open_output().find("other") is None

    def test_a_deletion_by_the_user_is_seen(self) -> None:
        """What the user deleted is never made again by the engine: it must know. Nothing brings it back."""
        other = self.open_output().create(replace(self.example, key="demo/other@2026-11-09"))
        ref = self._create()
        self.delete_as_user(self.example.key)
        assert self._status(ref) == Status("gone")
        self.open_output().withdraw(ref)
        _must_refuse(lambda: self.open_output().update(ref, self._changed()))
        assert self._find() is None
        assert self._status(other) == Status("open")

    def test_an_edit_by_the_user_is_seen_and_kept(self) -> None:
        """What the user touched is theirs: neither updated nor withdrawn."""
        ref = self._create()
        self.edit_as_user(self.example.key)
        assert self._status(ref) == Status("touched")
        _must_refuse(lambda: self.open_output().update(ref, self._changed()))
        _must_refuse(lambda: self.open_output().withdraw(ref))
        assert self._status(ref) == Status("touched")

    def test_an_edit_before_the_receipt_was_kept_is_seen_and_kept(self) -> None:
        """After a crash the edited one is found, and neither made again nor taken for ours."""
        ref = self._create()
        self.edit_as_user(self.example.key)
        found = self._find()
        assert found is not None
        assert self._status(found) == self._status(self.open_output().create(self._changed())) == Status("touched")
        _must_refuse(lambda: self.open_output().withdraw(found))
        assert self._status(ref) == Status("touched")

    def test_what_the_user_finished_is_done(self) -> None:
        """The duty has ended; if the output knows when, the time has its zone."""
        ref = self._create()
        self.finish_as_user(self.example.key)
        status = self._status(ref)
        assert status.state == "done"
        assert status.at is None or status.at.utcoffset() is not None

    def test_what_the_user_finished_stays_finished(self) -> None:
        """It is asked again, and a run that was cut off tries to make it again: the answer stays."""
        ref = self._create()
        self.finish_as_user(self.example.key)
        before = self._status(ref)
        assert self._status(self.open_output().create(self.example)) == before
        with suppress(Refused):
            self.open_output().withdraw(ref)
        assert self._status(ref) == before

    def test_what_the_user_finished_is_found_by_its_key(self) -> None:
        """A second computer, or a store that was lost or put back, has no reference: it must not make it again.

        A draft that was sent is a mail by now, which a source shows.
        """
        ref = self._create()
        self.finish_as_user(self.example.key)
        found = self._find()
        assert found is not None or self.example.type == DRAFT
        assert found is None or self._status(found) == self._status(ref)

    def test_a_place_that_is_missing_is_not_a_deletion(self) -> None:
        """A disk that is not mounted: the output raises, or the engine would count all as deleted by the user."""
        ref = self._create()
        self.take_away_as_user()
        for ask in (
            self._status,
            self.open_output().withdraw,
            lambda ref: self.open_output().update(ref, self.example),
        ):
            try:
                ask(ref)
            except Exception as error:  # noqa: BLE001 -- any error will do, as long as it says something
                assert str(error)  # noqa: PT017
            else:
                raise AssertionError("an output whose place is missing must raise, not answer for an empty one")


def _must_refuse(change: Callable[[], object]) -> None:
    try:
        change()
    except Refused as error:
        assert str(error)  # noqa: PT017
    else:
        raise AssertionError("what the user has edited or is not there must not be changed: raise Refused")
