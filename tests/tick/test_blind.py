"""A source that raises, gives half a page or garbage: it counts as unread, all that depends on it waits, the rest goes on."""

import itertools
import json
import math
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from http import HTTPStatus
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from followup_rules import BadItem, Event, Person, Pull, Refused, Unreadable
from followup_rules.host import checked_pull
from tests.support import oddplugin
from tests.support.oddplugin import Output, Source, at, call, story
from tests.support.storybook import JULIE
from tests.support.storybook import call as command


@pytest.fixture
def odd(tmp_path, monkeypatch):
    acts = oddplugin.install(tmp_path / "plugin", monkeypatch)
    acts.source, acts.output = Source(), Output()
    return acts


# -- a source that cannot be read


class UnspeakableError(Exception):
    def __str__(self):
        raise RuntimeError("not even that")


def endless():
    return Pull(events=(call(str(number)) for number in itertools.count()))


def deep():
    return deep()


def half():
    def events():
        yield call("first")
        raise ConnectionResetError("the line went dead")

    return Pull(events=events(), complete=True)


class LyingSource(Source):
    emits = 5


UNREADABLE = {
    "raises": ValueError("the service is closed"),
    "says nothing": ValueError(),
    "cannot even say": UnspeakableError(),
    "ends the program": SystemExit(0),
    "interrupts it": KeyboardInterrupt(),
    "closes a generator": GeneratorExit(),
    "runs out of memory": MemoryError(),
    "calls itself for ever": deep,
    "stops in the middle": half,
    "gives nothing": lambda: None,
}
UNUSABLE = {
    "a list": [call()],
    "a number": 5,
    "a wrong cursor": Pull(events=[call()], cursor=5),
    "a cursor that cannot be stored": Pull(cursor="\ud800"),
    "no events": Pull(events=None),
    "a text": Pull(events="call"),
    "a mapping": Pull(events={"id": call()}),
    "nobody knows what is gone": Pull(removed=[None]),
    "a number is gone": Pull(removed=7),
    "perhaps complete": Pull(events=[call()], complete="perhaps"),
}


@pytest.mark.parametrize("gives", UNREADABLE.values(), ids=UNREADABLE)
def test_what_depends_on_an_unreadable_source_waits_and_the_rest_goes_on(tmp_path, odd, gives):
    told = story(tmp_path / "story")
    odd.source.gives = gives
    tick = run(told, "2026-11-09 12:00")
    assert tick.exit == 1
    assert [p["where"] for p in tick.problems] == ["sources.odd"]
    (thanks,) = [d for d in tick.decisions if d["rule"] == "thank-you"]
    assert (thanks["state"], "'odd'" in thanks["why"]) == ("blind", True)
    assert [c["rule"] for c in tick.changes] == ["debrief", "fit"]
    odd.source.gives = Pull()
    assert [c["rule"] for c in run(told, "2026-11-09 12:05").changes] == ["thank-you"]


def run(told, now):
    """Return what a run says of itself, where it need not be compared with its plan as well."""
    found = command(told.folder, "run", "--now", now, "--json")
    return SimpleNamespace(**json.loads(found.stdout), exit=found.exit_code)


@pytest.mark.parametrize("gives", UNUSABLE.values(), ids=UNUSABLE)
def test_a_pull_that_makes_no_sense_as_a_whole_counts_as_unread(gives):
    with pytest.raises(Unreadable, match="plugin"):
        checked_pull.checked(gives, ("call",))


def test_events_without_end_are_not_waited_for(monkeypatch):
    monkeypatch.setattr(checked_pull, "MOST_ITEMS", 50)
    with pytest.raises(Unreadable, match="more than 50 events"):
        checked_pull.checked(endless(), ("call",))


def test_a_source_that_lies_about_what_it_emits_is_unread(tmp_path, odd):
    odd.source = LyingSource()
    tick = story(tmp_path / "story").at("2026-11-09 12:00")
    assert tick.state("thank-you") == "blind"


def test_a_source_that_cannot_even_be_opened_is_unread(tmp_path, odd):
    odd.source = None
    assert story(tmp_path / "story").at("2026-11-09 12:00").state("thank-you") == "blind"


def test_what_stands_already_is_neither_withdrawn_nor_given_up_while_nobody_can_see(tmp_path, odd):
    told = story(tmp_path / "story")
    assert told.at("2026-11-09 12:00").rules() == ["thank-you"]
    odd.source.gives = Unreadable("the disk is not mounted")
    late = told.at("2026-11-20 12:00")
    assert [c["rule"] for c in late.changes if c["type"] == "draft"] == []
    assert late.state("thank-you") == "blind"
    assert list(told.drafts()) == ["thank-you/nordik.ca@2026-11-09"]
    odd.source.gives = Pull()
    after = told.at("2026-11-20 13:00")
    assert (after.state("thank-you"), after.rules("withdraw")) == ("expired", ["thank-you"])


def test_nothing_of_a_pull_that_broke_off_is_kept(tmp_path, odd):
    told = story(tmp_path / "story")
    rule = '[rule.call]\non = { kind = "call" }\ndo = { type = "notice", title = "You called" }\n'
    told.config(rule)
    odd.source.gives = half
    assert told.at("2026-11-09 12:00").states("call") == []
    odd.source.gives = Pull(events=[call("second")])
    assert [d.anchor for d in told.at("2026-11-09 13:00").states("call")] == ["second"]


def test_half_a_page_takes_nothing_away(tmp_path, odd):
    told = story(tmp_path / "story")
    told.config('[rule.call]\non = { kind = "call" }\ndo = { type = "task", title = "Write it down" }\n')
    odd.source.gives = Pull(events=[call("a"), call("b")], complete=True)
    assert told.at("2026-11-09 12:00").rules() == ["call", "call", "thank-you"]
    odd.source.gives = Pull(events=[call("a")], complete=False)
    tick = told.at("2026-11-09 13:00")
    assert (tick.changes, tick.exit) == ([], 0)


def test_what_a_source_prints_does_not_get_into_the_answer(tmp_path, odd):
    def chatty():
        sys.stdout.write("Connecting...")
        return Pull()

    odd.source.gives = chatty
    told = story(tmp_path / "story")
    found = command(told.folder, "run", "--json", "--now", "2026-11-09 12:00")
    assert json.loads(found.stdout)["problems"] == []
    assert "Connecting" in found.stderr


# -- garbage among the events


class Text(str):
    """What libraries make out of a text."""

    __slots__ = ()


NAIVE = datetime(2026, 11, 9, 10)
GARBAGE = {
    "nothing": (None, "no event"),
    "a text": ("call-1", "no event"),
    "a type": (Event, "no event"),
    "no id": (call(""), "id must be"),
    "a number as id": (call(5), "no event as it should be"),
    "a huge id": (call("x" * 2000), "id must be"),
    "a line end in the id": (call("a\nb"), "id must be"),
    "an id that cannot be stored": (call("\ud800"), "id must be"),
    "no time": (call(start="2026-11-09", end=None), "Expected"),
    "a date": (call(end=date(2026, 11, 9)), "Expected"),
    "a naive start": (replace(call(), start=NAIVE), "start has no time zone"),
    "a naive end": (replace(call(), end=NAIVE), "end has no time zone"),
    "a naive stamp": (call(updated=NAIVE), "updated has no time zone"),
    "an end before the start": (call(end=at("2026-11-09 09:00")), "ends before it starts"),
    "the year 1": (replace(call(), start=datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))), "year 1"),
    "the year 9999": (replace(call(), end=datetime.max.replace(tzinfo=timezone(-timedelta(hours=12)))), "year 9999"),
    "a kind that it does not declare": (call(kind="received"), "declares: call, meeting, sent"),
    "no kind": (call(kind=None), "Expected"),
    "an unknown status": (call(status="canceled"), 'did you mean "cancelled"?'),
    "bytes": (call(title=b"call"), "Expected"),
    "an object as the title": (call(title=object()), "it holds an object"),
    "nobody": (call(people=[None]), "Expected"),
    "a person without an address": (call(people=[Person(None)]), "Expected"),
    "an enormous text": (call(text="long " * 300_000), "larger than"),
    "no data": (call(data=None), "NoneType"),
    "a number as a field": (call(data={5: "x"}), "an int as the name of a field"),
    "not a number": (call(data={"bonus": math.nan}), "'bonus' holds a float"),
    "infinity": (call(data={"bonus": -math.inf}), "'bonus' holds a float"),
    "a number without end": (call(data={"bonus": 10**400}), "'bonus' holds an int"),
    "an object": (call(data={"bonus": object()}), "'bonus' holds an object"),
    "a list": (call(data={"bonus": [1]}), "'bonus' holds a list"),
    "a naive field": (call(data={"due": NAIVE}), "'due' holds a datetime"),
    "a field that no zone can tell": (
        call(data={"due": datetime.max.replace(tzinfo=timezone(-timedelta(hours=9)))}),
        "",
    ),
    "a text that cannot be stored": (call(text="\udcff"), "encode"),
}


@pytest.mark.parametrize(("item", "says"), GARBAGE.values(), ids=GARBAGE)
def test_a_garbage_item_is_a_bad_item_and_the_others_stay(item, says):
    good = call("good")
    found = checked_pull.checked(Pull(events=[item, good], complete=True), ("call", "meeting", "sent"))
    event, bad = found.events
    assert event.id == "good"
    assert isinstance(bad, BadItem)
    assert bad.where
    assert says in bad.message
    assert len(bad.message) < 400


def test_all_garbage_at_once_is_told_and_nothing_comes_of_it(tmp_path, odd):
    told = story(tmp_path / "story")
    told.config('[rule.call]\non = { kind = "call" }\ndo = { type = "notice", title = "You called" }\n')
    odd.source.gives = Pull(
        events=[*(item for item, _ in GARBAGE.values()), call("good", where="log:7")], complete=True
    )
    tick = told.at("2026-11-09 12:00")
    assert [d.anchor for d in tick.states("call")] == ["good"]
    assert {p["code"] for p in tick.problems} == {"F043"}
    assert tick.exit == 1
    assert tick.rules() == ["call", "thank-you"]


def test_a_thousand_bad_items_are_counted_not_listed(tmp_path, odd):
    odd.source.gives = Pull(events=[BadItem(f"line {number:04}", "nonsense") for number in range(1000)])
    problems = story(tmp_path / "story").at("2026-11-09 12:00").problems
    assert len(problems) == 101
    assert problems[-1]["message"] == "900 more like these"


def test_a_bad_item_that_is_itself_garbage_is_told_as_well_as_can_be():
    (bad,) = checked_pull.checked(Pull(events=[BadItem(None, 5, ["id"])]), ("call",)).events
    assert (bad.where, bad.message, bad.id) == ("a NoneType", "an int", "")


def test_what_libraries_make_out_of_texts_is_taken_as_text():
    odd = call(Text("call-1"), title=Text("Call"), tags=[Text("x")], data={"bonus": Text("frisbee")})
    (event,) = checked_pull.checked(Pull(events=[odd]), ("call",)).events
    assert {type(event.id), type(event.title), type(event.tags[0]), type(event.data["bonus"])} == {str}
    assert (event.tags, event.data) == (("x",), {"bonus": "frisbee"})


class Moment(datetime):
    """What libraries make out of an instant: it behaves in its own way."""

    def __add__(self, other):
        raise NotImplementedError

    def __eq__(self, other):
        return False

    __hash__ = None


def test_what_libraries_make_out_of_instants_is_taken_as_instants():
    kept = {field: at(f"2026-11-09 1{hour}:00") for hour, field in enumerate(("start", "end", "updated"))}
    odd = {field: Moment.fromisoformat(moment.isoformat()) for field, moment in kept.items()}
    (event,) = checked_pull.checked(Pull(events=[replace(call(data={"due": odd["end"]}), **odd)]), ["call"]).events
    assert {field: getattr(event, field) for field in kept} == kept
    assert event.data == {"due": kept["end"]}
    moments = [event.start, event.end, event.updated, event.data["due"]]
    assert [type(moment) for moment in moments] == [datetime] * 4


def test_a_field_of_a_plugin_stays_what_it_is_and_what_libraries_make_out_of_numbers_is_taken_as_a_number():
    given = {"remote": True, "round": HTTPStatus.OK, "rate": 42.5}
    (event,) = checked_pull.checked(Pull(events=[call(data=given)]), ("call",)).events
    assert repr(event.data) == "{'remote': True, 'round': 200, 'rate': 42.5}"


def test_an_address_with_white_space_still_gives_a_key_without(tmp_path, odd):
    told = story(tmp_path / "story")
    told.config('[rule.call]\non = { kind = "call" }\nper = "case"\ndo = { type = "notice", title = "You called" }\n')
    odd.source.gives = Pull(
        events=[call("a b\u00a0c", people=(Person("julie roy\t@gmail.com"),)), call("x y", people=())]
    )
    tick = told.at("2026-11-09 12:00")
    assert [d.key for d in tick.states("call")] == ["call/julieroy@gmail.com@2026-11-09", "call/x-y@2026-11-09"]


def test_an_event_that_has_become_garbage_is_still_there_as_it_was_read(tmp_path, odd):
    told = story(tmp_path / "story")
    told.config('[rule.call]\non = { kind = "call" }\ndo = { type = "task", title = "Write it down" }\n')
    odd.source.gives = Pull(events=[call("a"), call("b"), call("c")], complete=True)
    assert told.at("2026-11-09 12:00").rules().count("call") == 3
    odd.source.gives = Pull(events=[call("a"), replace(call("b"), start=NAIVE)], complete=True)
    assert [c["key"] for c in told.at("2026-11-09 13:00").changes] == ["call/c@2026-11-09"]


def test_where_any_event_may_be_the_garbage_nothing_counts_as_gone(tmp_path, odd):
    told = story(tmp_path / "story")
    told.config('[rule.call]\non = { kind = "call" }\ndo = { type = "task", title = "Write it down" }\n')
    odd.source.gives = Pull(events=[call("a"), call("b")], complete=True)
    told.at("2026-11-09 12:00")
    for garbage in (None, call("\ud800")):
        odd.source.gives = Pull(events=[call("a"), garbage], complete=True)
        tick = told.at("2026-11-09 13:00")
        assert (tick.changes, tick.exit) == ([], 1)


def test_an_entry_that_its_plugin_reports_keeps_nothing_else_alive(tmp_path, odd):
    told = story(tmp_path / "story")
    told.config('[rule.call]\non = { kind = "call" }\ndo = { type = "task", title = "Write it down" }\n')
    odd.source.gives = Pull(events=[call("a"), call("b")], complete=True)
    told.at("2026-11-09 12:00")
    odd.source.gives = Pull(events=[call("a"), BadItem("line 7", "nonsense")], complete=True)
    assert told.at("2026-11-09 13:00").rules("withdraw") == ["call"]


def test_of_two_events_with_one_id_the_newer_counts_whatever_their_order():
    old = call("a", title="Old", updated=at("2026-11-01 09:00"))
    new = call("a", title="New", updated=at("2026-11-02 09:00"))
    twin = call("a", title="Nova")
    for given in itertools.permutations([old, new, twin]):
        event, bad = checked_pull.checked(Pull(events=given), ("call",)).events
        assert event.title == "New"
        assert (bad.id, "several events" in bad.message) == ("a", True)


def test_the_same_event_twice_is_no_problem():
    assert [event.id for event in checked_pull.checked(Pull(events=[call("a"), call("a")]), ("call",)).events] == ["a"]


def test_times_are_told_in_utc_whatever_zone_a_source_speaks_in():
    (event,) = checked_pull.checked(Pull(events=[call(data={"due": at("2026-11-19 09:00")})]), ("call",)).events
    assert event.start == event.end == at("2026-11-09 10:00")
    assert event.start.tzinfo is UTC
    assert event.data["due"] == at("2026-11-19 09:00")


# -- the notice after some days


def fails(odd):
    odd.source.gives = Unreadable("the disk is not mounted")


def blind(tick):
    """Return the notices of blindness among the changes, as (key, output)."""
    return [(c["key"], c["output"]) for c in tick.changes if c["rule"] == "blind"]


KEY = "blind/sources.odd@2026-11-08"


def test_a_notice_comes_two_days_after_the_last_good_pull_exactly_once(tmp_path, odd):
    told = story(tmp_path / "story")
    told.at("2026-11-08 09:00")
    fails(odd)
    for now in ("2026-11-08 12:00", "2026-11-09 12:00", "2026-11-10 08:59"):
        assert blind(told.at(now)) == []
    tick = told.at("2026-11-10 09:00")
    assert blind(tick) == [(KEY, "run")]
    (notice,) = [c for c in tick.changes if c["rule"] == "blind"]
    assert (notice["due"], notice["case"]) == ("2026-11-10T09:00:00-05:00", "sources.odd")
    assert "the disk is not mounted" in notice["text"]
    assert [blind(run(told, now)) for now in ("2026-11-10 09:00", "2026-11-10 09:05", "2026-11-30 09:00")] == [
        [],
        [],
        [],
    ]


def test_it_speaks_the_language_of_the_user_and_is_printed(tmp_path, odd):
    told = story(tmp_path / "story")
    told.config(language="en")
    told.run("2026-11-08 09:00")
    fails(odd)
    printed = told.run("2026-11-11 09:00").stdout
    assert "sources.odd has not been read since Sunday, November 8" in printed
    assert "the disk is not mounted" in printed
    told.config(language="fr")
    odd.source.gives = Pull()
    told.run("2026-11-11 10:00")
    fails(odd)
    assert "sources.odd n’a pas été lu depuis le mercredi 11 novembre" in told.run("2026-11-14 09:00").stdout


def test_another_cadence_gives_the_same_notice_with_the_same_date(tmp_path, odd):
    told = story(tmp_path / "story")
    run(told, "2026-11-08 09:00")
    fails(odd)
    run(told, "2026-11-08 21:00")
    (notice,) = [c for c in run(told, "2026-11-29 07:00").changes if c["rule"] == "blind"]
    assert (notice["key"], notice["due"]) == (KEY, "2026-11-10T09:00:00-05:00")


def test_a_source_that_has_recovered_and_fails_anew_is_told_of_anew(tmp_path, odd):
    told = story(tmp_path / "story")
    run(told, "2026-11-08 09:00")
    fails(odd)
    run(told, "2026-11-08 12:00")
    assert blind(run(told, "2026-11-10 12:00")) == [(KEY, "run")]
    odd.source.gives = Pull()
    assert run(told, "2026-11-10 13:00").exit == 0
    fails(odd)
    assert blind(run(told, "2026-11-11 09:00")) == []
    assert blind(run(told, "2026-11-12 13:00")) == [("blind/sources.odd@2026-11-11", "run")]


def test_a_source_that_was_never_read_is_told_of_after_its_first_failure(tmp_path, odd):
    told = story(tmp_path / "story")
    fails(odd)
    assert blind(run(told, "2026-11-08 09:00")) == []
    assert blind(run(told, "2026-11-10 09:00")) == [(KEY, "run")]


def test_it_goes_to_every_output_that_takes_notices_once_even_if_one_refuses_at_first(tmp_path, odd):
    told = story(tmp_path / "story", oddplugin.TASKS_APART + oddplugin.SOURCE)
    run(told, "2026-11-08 09:00")
    fails(odd)
    run(told, "2026-11-08 12:00")

    def refuse(action):
        raise Refused("the phone is off")

    odd.output.instead["create"] = refuse
    assert ("blind", "run") in [(c["rule"], c["output"]) for c in run(told, "2026-11-10 12:00").changes]
    del odd.output.instead["create"]
    assert blind(run(told, "2026-11-10 12:03")) == []  # so soon after a refusal it is not asked again
    assert [c["output"] for c in run(told, "2026-11-10 12:10").changes if c["rule"] == "blind"] == ["odd"]
    assert KEY in odd.output.made
    assert blind(run(told, "2026-11-10 12:20")) == []


def test_the_number_of_days_is_configured(tmp_path, odd):
    told = story(tmp_path / "story")
    told.config(blind_notice="5 hours")
    run(told, "2026-11-08 09:00")
    fails(odd)
    assert blind(run(told, "2026-11-08 13:59")) == []
    assert blind(run(told, "2026-11-08 14:00")) == [(KEY, "run")]


def test_a_source_with_a_name_of_two_words_has_a_key_without_white_space(tmp_path, odd):
    told = story(tmp_path / "story", oddplugin.CONFIG + '[sources."my phone"]\nplugin = "odd"\n')
    fails(odd)
    run(told, "2026-11-08 09:00")
    assert blind(run(told, "2026-11-12 09:00")) == [("blind/sources.my-phone@2026-11-08", "run")]


def test_a_plan_does_not_send_anybody_to_a_case_that_is_none(tmp_path, odd):
    told = story(tmp_path / "story")
    told.unlist("I1")
    fails(odd)
    told.run("2026-11-08 09:00")
    found = command(told.folder, "plan", "--now", "2026-11-12 09:00").stdout
    assert "sources.odd" in found
    assert "explain sources.odd" not in found


def test_every_run_fails_by_its_exit_code_as_long_as_a_source_does(tmp_path, odd):
    told = story(tmp_path / "story")
    fails(odd)
    ticks = [run(told, now) for now in ("2026-11-08 09:00", "2026-11-08 10:00", "2026-11-12 10:00")]
    assert [tick.exit for tick in ticks] == [1, 1, 1]
    assert all("the disk is not mounted" in tick.problems[0]["message"] for tick in ticks)


def test_a_mail_seen_after_the_dark_days_counts_from_its_own_time(tmp_path, odd):
    told = story(tmp_path / "story")
    run(told, "2026-11-08 09:00")
    fails(odd)
    run(told, "2026-11-09 12:00")
    mail = Event(id="m1", kind="sent", start=at("2026-11-09 11:30"), end=at("2026-11-09 11:30"), title="Merci",
                 text="Merci pour la rencontre", people=(Person(JULIE),))  # fmt: skip
    odd.source.gives = Pull(events=[mail])
    tick = run(told, "2026-11-12 12:00")
    (thanks,) = [d for d in tick.decisions if d["rule"] == "thank-you"]
    assert (thanks["state"], thanks["evidence"], tick.changes) == ("done", ["m1"], [])
