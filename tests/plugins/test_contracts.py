"""The contracts accept plugins that keep their promises, and catch those that do not."""

from datetime import datetime

import pytest
from msgspec.structs import replace

import followup_mailbox
import followup_todotxt
from followup_rules import BadItem, Event, Person, Pull, Refused, Status, Unreadable
from followup_rules.keys import hashed
from followup_rules.testing import NOW, OutputContract, SourceContract
from tests.support.sealed import Sealed


class MemorySource:
    """Events in a tuple; the cursor is their number."""

    def __init__(self, events, *, readable=True):
        self.events = events
        self.readable = readable

    def pull(self, since, cursor):
        if not self.readable:
            raise Unreadable("the memory is gone; remember it again")
        new = self.events[int(cursor or 0) :]
        return Pull(events=new, cursor=str(len(self.events)), complete=not cursor)


class MemoryOutput:
    """Actions by key, each with the number of its version."""

    def __init__(self):
        self.actions = {}
        self.there = True
        self.touched = set()
        self.done = set()

    def create(self, action):
        self.actions.setdefault(action.key, action)
        return self.find(action.key)

    def find(self, key):
        return f"{key} {hash(self.actions[key].title)}" if key in self.actions else None

    def update(self, ref, action):
        self._refuse_unless_open(ref)
        self.actions[action.key] = action
        return self.find(action.key)

    def withdraw(self, ref):
        self._look()
        if ref.split()[0] in self.actions:
            self._refuse_unless_open(ref)
            del self.actions[ref.split()[0]]

    def status(self, refs):
        self._look()
        return {ref: self._status(ref.split()[0]) for ref in refs}

    def marked(self):
        self._look()
        return {key: action.title for key, action in self.actions.items()}

    def _look(self):
        if not self.there:
            raise Unreadable("the memory is gone; remember it again")

    def _status(self, key):
        if key in self.done:
            return Status("done", NOW)
        if key not in self.actions:
            return Status("gone")
        return Status("touched" if key in self.touched else "open")

    def _refuse_unless_open(self, ref):
        self._look()
        if self._status(ref.split()[0]) != Status("open"):
            raise Refused("not as it was left")


MEETING = Event(
    id="m1", kind="meeting", start=NOW, end=NOW, people=(Person("julie.roy@nordik.ca"),), tags=("interview",)
)


class TestMemorySource(SourceContract):
    emits = ("meeting",)
    events = (MEETING, replace(MEETING, id="m2", data={"due": NOW}), BadItem("memory:3", "forgotten; write it down"))

    def open_source(self, context):
        return MemorySource(self.events)

    def open_unreadable(self, context):
        return MemorySource((), readable=False)


class TestMemoryOutput(OutputContract):
    def setup_method(self):
        self.output = MemoryOutput()

    def open_output(self):
        return self.output

    def delete_as_user(self, key):
        del self.output.actions[key]

    def edit_as_user(self, key):
        self.output.touched.add(key)

    def finish_as_user(self, key):
        self.output.done.add(key)

    def take_away_as_user(self):
        self.output.there = False


class TestTodoTxt(Sealed, OutputContract):
    @pytest.fixture(autouse=True)
    def _place(self, tmp_path):
        self.path = tmp_path / "todo.txt"

    def open_output(self):
        (kind,) = followup_todotxt.register_outputs()
        return kind.open(kind.options(path=self.path), SourceContract.context)

    def _rewrite(self, key, change):
        lines = self.path.read_text().splitlines()
        self.path.write_text("".join(f"{change(line) if key in line else line}\n" for line in lines))

    def delete_as_user(self, key):
        self.path.write_text("".join(f"{line}\n" for line in self.path.read_text().splitlines() if key not in line))

    def edit_as_user(self, key):
        self._rewrite(key, lambda line: f"(A) {line}")

    def finish_as_user(self, key):
        self._rewrite(key, lambda line: f"x 2026-11-20 {line}")

    def take_away_as_user(self):
        self.path.unlink()


class TestEml(Sealed, OutputContract):
    example = replace(OutputContract.example, type="draft")
    # Nothing in a folder of drafts tells that one was sent: the mail does.
    test_what_the_user_finished_is_done = None
    test_what_the_user_finished_stays_finished = None
    test_what_the_user_finished_is_found_by_its_key = None

    @pytest.fixture(autouse=True)
    def _place(self, tmp_path):
        self.path = tmp_path / "drafts"

    def open_output(self):
        (kind,) = followup_mailbox.register_outputs()
        return kind.open(kind.options(path=self.path), SourceContract.context)

    def _draft(self, key):
        (found,) = [file for file in self.path.iterdir() if f"X-Followup-Key: {hashed(key)}\n" in file.read_text()]
        return found

    def delete_as_user(self, key):
        self._draft(key).unlink()

    def edit_as_user(self, key):
        draft = self._draft(key)
        draft.write_text(f"{draft.read_text()}\nPS: mine\n")

    def take_away_as_user(self):
        self.path.rename(self.path.with_name("unmounted"))


class Doubling(MemoryOutput):
    """Makes another one each time."""

    def create(self, action):
        while action.key in self.actions:
            action = replace(action, key=action.key + "'")
        self.actions[action.key] = action
        return self.find(action.key)

    def find(self, key):
        return super().find(key) or super().find(key + "'")


class Numbering(MemoryOutput):
    """Gives its actions numbers."""

    def create(self, action):
        super().create(action)
        return len(self.actions)

    def find(self, key):
        return list(self.actions).index(key) + 1 if key in self.actions else None


class Overwriting(MemoryOutput):
    """Takes no notice of what the user did."""

    def _refuse_unless_open(self, ref):
        pass


class Slugged(MemoryOutput):
    """Names its files after the letters of a key."""

    def create(self, action):
        return super().create(replace(action, key=action.key.replace("/", "-").lower()))

    def find(self, key):
        return super().find(key.replace("/", "-").lower())


class Mute(MemoryOutput):
    """Cannot tell a deletion."""

    def status(self, refs):
        return {ref: Status("open") for ref in refs}


class Reviving(MemoryOutput):
    """Makes again what the user has ended, and updates what is not there."""

    def create(self, action):
        self.done.discard(action.key)
        return super().create(action)

    def update(self, ref, action):
        return self.create(action)


class Disowning(MemoryOutput):
    """No longer knows what the user has edited, once the reference is lost."""

    def find(self, key):
        return None if key in self.touched else super().find(key)


class Renaming(MemoryOutput):
    """Has another reference after each update, and no longer knows the one before."""

    def status(self, refs):
        return {
            ref: Status("gone") if self.find(ref.split()[0]) not in (None, ref) else self._status(ref.split()[0])
            for ref in refs
        }


class Claiming(MemoryOutput):
    """Takes what the user has edited for what another store has left."""

    def _status(self, key):
        status = super()._status(key)
        return Status("open", ref=self.find(key)) if status.state == "touched" else status


class Archiving(MemoryOutput):
    """No longer finds what the user has finished."""

    def find(self, key):
        return None if key in self.done else super().find(key)

    def create(self, action):
        self.actions.setdefault(action.key, action)
        return super().find(action.key)


class Unmoved(MemoryOutput):
    """Answers for an empty place in place of one that is missing."""

    def _look(self):
        if not self.there:
            self.actions.clear()


@pytest.mark.parametrize(
    ("broken", "promise"),
    [
        (Doubling, "test_creating_twice_makes_one"),
        (Numbering, "test_what_is_created_is_found_and_open"),
        (Overwriting, "test_an_edit_by_the_user_is_seen_and_kept"),
        (Overwriting, "test_an_update_of_what_is_withdrawn_makes_nothing"),
        (Slugged, "test_keys_that_look_alike_are_different_actions"),
        (Mute, "test_a_deletion_by_the_user_is_seen"),
        (Mute, "test_what_is_withdrawn_is_gone"),
        (Mute, "test_what_the_user_finished_is_done"),
        (Reviving, "test_a_deletion_by_the_user_is_seen"),
        (Reviving, "test_what_the_user_finished_stays_finished"),
        (Disowning, "test_an_edit_before_the_receipt_was_kept_is_seen_and_kept"),
        (Renaming, "test_what_another_store_updated_is_not_lost"),
        (Claiming, "test_an_edit_by_the_user_is_seen_and_kept"),
        (Archiving, "test_what_the_user_finished_is_found_by_its_key"),
        (Unmoved, "test_a_place_that_is_missing_is_not_a_deletion"),
    ],
)
def test_a_broken_output_is_caught(broken, promise):
    contract = TestMemoryOutput()
    contract.output = broken()
    with pytest.raises(AssertionError):
        getattr(contract, promise)()


class Swallowing(MemorySource):
    """Says that nothing happened when it cannot read."""

    def pull(self, since, cursor):
        return Pull(complete=True)


@pytest.mark.parametrize(
    ("events", "promise"),
    [
        ((), "test_it_finds_events"),
        ((MEETING, MEETING), "test_ids_are_unique"),
        ((replace(MEETING, start=datetime(2026, 11, 20, 12)),), "test_times_are_aware_and_in_order"),
        ((replace(MEETING, end=NOW.replace(year=2025)),), "test_times_are_aware_and_in_order"),
        ((replace(MEETING, kind="sent"),), "test_kinds_are_those_it_declares"),
        ((replace(MEETING, people=(Person("me@example.org"),)),), "test_people_are_others_by_address"),
        ((replace(MEETING, people=(Person("Julie@nordik.ca"),)),), "test_people_are_others_by_address"),
        ((replace(MEETING, tags=("#Interview",)),), "test_tags_are_bare_and_lower_case"),
        ((replace(MEETING, data={"due": datetime(2026, 11, 20)}),), "test_further_fields_hold_plain_values"),
        ((replace(MEETING, data={"due": [NOW]}),), "test_further_fields_hold_plain_values"),
        ((BadItem("", "something"),), "test_problems_say_where_and_what"),
        ((replace(MEETING, id="m\n1"),), "test_all_that_it_gives_can_be_kept"),
        ((replace(MEETING, status="canceled"),), "test_all_that_it_gives_can_be_kept"),
        ((MEETING, replace(MEETING, title="Other")), "test_all_that_it_gives_can_be_kept"),
    ],
)
def test_a_broken_event_is_caught(events, promise):
    contract = TestMemorySource()
    contract.events = events
    with pytest.raises(AssertionError):
        getattr(contract, promise)()


def test_a_source_that_swallows_its_error_is_caught():
    contract = TestMemorySource()
    contract.open_unreadable = lambda context: Swallowing(())
    with pytest.raises(AssertionError, match="must raise"):
        contract.test_an_unreadable_source_raises()


def test_a_second_pull_that_claims_all_is_gone_is_caught():
    contract = TestMemorySource()
    sources = iter([MemorySource((MEETING,)), Swallowing(())])
    contract.open_source = lambda context: next(sources)
    with pytest.raises(AssertionError):
        contract.test_a_pull_from_the_cursor_has_nothing_new()


def test_what_an_author_leaves_out_is_skipped_by_name_not_passed():
    class Bare(OutputContract):
        output = MemoryOutput()

        def open_output(self):
            return self.output

    with pytest.raises(BaseException, match="how a user edits") as caught:
        Bare().test_an_edit_by_the_user_is_seen_and_kept()
    assert caught.typename == "SkipTest"


class Paged(MemorySource):
    """Gives one event at a time, and says how many are left."""

    def pull(self, since, cursor):
        at = int(cursor or 0)
        return Pull(events=self.events[at : at + 1], cursor=str(min(at + 1, 2)), left=max(len(self.events) - at - 1, 0))


class Stuck(MemorySource):
    """Says that there is more, and never goes on."""

    def pull(self, since, cursor):
        return Pull(events=self.events[:1], cursor="1", left=1)


class TestPaged(TestMemorySource):
    events = (MEETING, replace(MEETING, id="m2"))

    def open_source(self, context):
        return Paged(self.events)


def test_a_source_that_never_comes_to_its_end_is_caught():
    contract = TestMemorySource()
    contract.open_source = lambda context: Stuck((MEETING,))
    with pytest.raises(AssertionError, match="the same cursor"):
        contract.test_it_finds_events()
