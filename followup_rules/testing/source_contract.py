"""What every source promises, as tests."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from followup_rules import BadItem, Context, Event, Profile, Pull, Source
from followup_rules.testing.clock import NOW, ZONE

VALUES = str | int | float | bool | datetime


class SourceContract:
    """What every source promises. Give `emits`, `open_source` and `open_unreadable`."""

    emits: tuple[str, ...] = ()
    """The kinds that its SourceType declares."""
    context = Context(profile=Profile(me=frozenset({"me@example.org"}), timezone=ZONE), now=NOW)
    since = NOW - timedelta(days=365)

    def open_source(self, context: Context) -> Source:
        """Open the source on the same content each time; it must hold at least one event after `since`."""
        raise NotImplementedError

    def open_unreadable(self, context: Context) -> Source:
        """Open a source whose file is missing, or whose service refuses. Opening may raise, too."""
        raise NotImplementedError

    def _pull(self, cursor: str = "") -> Pull:
        """Pull until nothing is left, as a run does, and return all parts as one."""
        pull = self.open_source(self.context).pull(self.since, cursor)
        while pull.left:
            part = self.open_source(self.context).pull(self.since, pull.cursor)
            goes_on = part.cursor != pull.cursor and (part.left < pull.left or part.events)
            assert goes_on, f"after `left={pull.left}` and {pull.cursor!r} a pull brought nothing, or the same cursor"
            events, removed = (*pull.events, *part.events), (*pull.removed, *part.removed)
            pull = replace(part, events=events, removed=removed)
        return pull

    def _events(self) -> list[Event]:
        return [item for item in self._pull().events if isinstance(item, Event)]

    def test_it_finds_events(self) -> None:
        """Without an event, the other tests would say nothing."""
        assert self._events()

    def test_two_first_pulls_give_the_same(self) -> None:
        """Same content, same moment: same events, same order, same problems."""
        assert list(self._pull().events) == list(self._pull().events)

    def test_ids_are_unique(self) -> None:
        """An id stands for one event, or one would hide the other."""
        ids = [event.id for event in self._events()]
        assert all(ids)
        assert len(set(ids)) == len(ids)

    def test_times_are_aware_and_in_order(self) -> None:
        """No event ends before it starts, and every time has its zone."""
        for event in self._events():
            assert event.start.utcoffset() is not None, event.id
            assert event.end.utcoffset() is not None, event.id
            assert event.end >= event.start, event.id
            assert event.updated is None or event.updated.utcoffset() is not None, event.id

    def test_kinds_are_those_it_declares(self) -> None:
        """The engine trusts `emits`: it decides whether the absence of a mail can be seen at all."""
        assert {event.kind for event in self._events()} <= set(self.emits)

    def test_people_are_others_by_address(self) -> None:
        """People have an address in lower case, and the user is none of them."""
        people = [person for event in self._events() for person in event.people]
        assert all("@" in person.address and person.address == person.address.lower() for person in people)
        assert not {person.address for person in people} & self.context.profile.me

    def test_tags_are_bare_and_lower_case(self) -> None:
        """A rule says `#promise`, an event holds `promise`."""
        for tag in (tag for event in self._events() for tag in event.tags):
            assert tag == tag.lower().lstrip("#"), tag

    def test_further_fields_hold_plain_values(self) -> None:
        """The fields of `data` are stored and compared: text, numbers, yes or no, aware times."""
        for name, value in (field for event in self._events() for field in event.data.items()):
            assert isinstance(value, VALUES), name
            assert not isinstance(value, datetime) or value.utcoffset() is not None, name

    def test_all_that_it_gives_can_be_kept(self) -> None:
        """What followup would leave out shows here: odd ids, unknown statuses, impossible times, doubled events."""
        from followup_rules.host.checked_pull import checked  # noqa: PLC0415 -- only where a plugin is tested

        own = [item for item in self._pull().events if isinstance(item, BadItem)]
        refused = [item for item in checked(self._pull(), self.emits).events if isinstance(item, BadItem)]
        assert len(refused) == len(own), refused

    def test_problems_say_where_and_what(self) -> None:
        """A person must find what could not be read."""
        problems = [item for item in self._pull().events if isinstance(item, BadItem)]
        assert all(problem.where and problem.message for problem in problems)

    def test_a_pull_from_the_cursor_has_nothing_new(self) -> None:
        """Nothing happened in between: nothing new, nothing gone, and no claim that all is gone."""
        first = self._pull()
        known = {event.id: event for event in first.events if isinstance(event, Event)}
        second = self._pull(first.cursor)
        again = {event.id: event for event in second.events if isinstance(event, Event)}
        strange = sorted(id_ for id_, event in again.items() if known.get(id_) != event)
        assert not strange, f"with the cursor of the first pull, these are new or otherwise: {strange}"
        gone = sorted(set(second.removed) & set(known))
        assert not gone, f"with the cursor of the first pull, these are removed: {gone}"
        assert again == known or not second.complete, "`complete` says that what is absent is gone"

    def test_an_unreadable_source_raises(self) -> None:
        """An empty answer would mean that no mail was sent, that no meeting is planned."""
        try:
            self.open_unreadable(self.context).pull(self.since, "")
        except NotImplementedError:
            raise
        except Exception as error:  # noqa: BLE001 -- any error will do, as long as it says something
            assert str(error)  # noqa: PT017
        else:
            raise AssertionError("an unreadable source must raise, not return an empty pull")
