"""A source that raises, gives half a page or garbage: it counts as unread, all that depends on it waits, the rest goes on."""

import json
import sys

import pytest
from msgspec.structs import replace

from followup_rules import BadItem, Event, Person, Pull, Status, Unreadable
from followup_rules.store.store import open_copy
from tests.support import oddplugin
from tests.support.garbage import GARBAGE, NAIVE
from tests.support.oddplugin import Source, at, call, moment, run, story
from tests.support.storybook import CONFIG, JULIE, Story
from tests.support.storybook import call as command

# -- a source that cannot be read


class UnspeakableError(Exception):
    def __str__(self):
        raise RuntimeError("not even that")


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


CALLS = '[rule.call]\non = { kind = "call" }\ndo = { type = "task", title = "Write it down" }\n'
UNSEEN = BadItem("b.txt", "may not be read")


def test_a_part_that_cannot_be_read_leaves_absence_open_and_the_rest_counts(tmp_path, odd):
    told = story(tmp_path / "story")
    told.config(CALLS)
    odd.source.gives = Pull(events=[call("a"), call("b", where="b.txt:1")], complete=True)
    assert told.at("2026-11-09 12:00").rules() == ["call", "call", "thank-you"]
    odd.source.gives = Pull(events=[call("a"), call("new")], complete=True, unread=[UNSEEN])
    tick = run(told, "2026-11-09 13:00")
    assert [(change["op"], change["rule"]) for change in tick.changes] == [("create", "call")]
    (problem,) = tick.problems
    assert (problem["where"], problem["code"], tick.exit) == ("sources.odd", "F076", 1)
    assert "b.txt may not be read" in problem["message"]
    (thanks,) = [d for d in tick.decisions if d["rule"] == "thank-you"]
    assert thanks["state"] == "blind"
    odd.source.gives = Pull(events=[call("a"), call("new")], complete=True)
    after = told.at("2026-11-09 14:00")
    assert (after.state("thank-you"), after.rules("withdraw")) == ("due", ["call"])


@pytest.mark.parametrize("where", ["b.txt:1", "b.txt/c.txt:1"])
def test_what_lay_in_a_part_that_cannot_be_read_stays_as_it_was(tmp_path, odd, where):
    """A series stands in one file, and in another that its occurrence was moved: the series alone would move it back."""
    told = story(tmp_path / "story")
    told.config(CALLS)
    moved = call("a/20261101", "2026-11-12 10:00", kind="meeting", where=where)
    odd.source.gives = Pull(events=[moved], complete=True)
    told.at("2026-11-09 12:00")
    back = [call(f"a/202611{day:02}", f"2026-11-{day:02} 10:00", kind="meeting", where="a.txt:1") for day in (1, 8)]
    odd.source.gives = Pull(events=back, complete=True, unread=[UNSEEN])
    told.at("2026-11-09 13:00")
    with open_copy(told.folder / "out/followup.db") as copy:
        found = [event for event in copy.events.of_kind("meeting") if event.id.startswith("a/")]
    assert [(event.id, event.start) for event in found] == [("a/20261101", at("2026-11-12 10:00"))]


def test_of_many_parts_that_cannot_be_read_some_are_named_and_the_others_counted(tmp_path, odd):
    odd.source.gives = Pull(unread=[BadItem(f"{number}.txt", "is gone") for number in range(9)])
    (problem,) = run(story(tmp_path / "story"), "2026-11-09 12:00").problems
    assert ("0.txt is gone" in problem["message"], "; and 4 more" in problem["message"]) == (True, True)


def test_a_source_of_which_a_part_stays_unread_is_told_of_like_one_that_fails(tmp_path, odd):
    told = story(tmp_path / "story")
    odd.source.gives = Pull(unread=[UNSEEN])
    told.at("2026-11-09 12:00")
    late = run(told, "2026-11-12 12:00")
    assert [c["key"] for c in late.changes if c["type"] == "notice"] == ["blind/sources.odd@2026-11-09"]


def test_a_note_whose_file_cannot_be_read_has_not_become_another_one(tmp_path):
    told = Story(tmp_path / "story")
    notes = told.folder / "notes"
    notes.mkdir()
    told.base = told.base.replace('path = "notes.md"', 'path = "notes"')
    told.config('[rule.ask]\non = "#ask"\ndo = { type = "task", title = "Ask: {{ it.title }}" }\n')
    (notes / "b.md").write_text(f"## <{JULIE}>\n- #ask the first\n")
    assert told.at("2026-11-09 09:00").the("ask").title == "Ask: the first"
    (notes / "b.md").rename(told.folder / "kept")
    (notes / "b.md").symlink_to("/nowhere/b.md")
    (notes / "a.md").write_text(f"## <{JULIE}>\n- #ask the second\n")
    tick = told.at("2026-11-09 10:00")
    assert [(c["op"], c["title"]) for c in tick.changes if c["rule"] == "ask"] == [("create", "Ask: the second")]
    (notes / "b.md").unlink()
    (told.folder / "kept").rename(notes / "b.md")
    assert told.at("2026-11-09 11:00").changes == []


def test_what_a_source_prints_does_not_get_into_the_answer(tmp_path, odd):
    def chatty():
        sys.stdout.write("Connecting...")
        return Pull()

    odd.source.gives = chatty
    told = story(tmp_path / "story")
    found = command(told.folder, "run", "--json", "--now", "2026-11-09 12:00")
    assert json.loads(found.stdout)["problems"] == []
    assert "Connecting" in found.stderr


def test_a_source_whose_plugin_names_its_kinds_wrongly_is_told_of(tmp_path, odd):
    told = Story(tmp_path / "story", base=CONFIG + oddplugin.SOURCE)
    for emits in ("sent", (5,)):
        odd.source.emits = emits
        assert "`emits` of its plugin must be a tuple of texts" in told.at("2026-11-09 13:00").said


def test_times_of_a_librarys_own_type_go_all_the_way_and_stay_the_same(tmp_path, odd):
    told = story(tmp_path / "story", CONFIG.replace("[store]", f"{oddplugin.OUTPUT}[store]") + oddplugin.SOURCE)
    told.config(
        '[rule.call]\non = { kind = "call" }\nopens = "it.due"\ndo = { type = "task", title = "{{ it.due }}", output = "odd" }\n'
    )
    due = moment("2026-11-09 11:00")
    begin = moment("2026-11-09 10:00")
    odd.source.gives = Pull(events=[replace(call(data={"due": due}), start=begin, end=begin, updated=begin)])
    made = told.at("2026-11-09 12:00").the("call")
    assert made.due == "2026-11-09T11:00:00-05:00"
    assert told.at("2026-11-09 12:05").changes == []
    odd.output.became[made.key] = Status("done", moment("2026-11-09 12:10"))
    done = told.at("2026-11-09 12:15").decision("call")
    assert (done.state, "12:10" in done.why) == ("done", True)
    assert told.at("2026-11-09 12:20").changes == []


# -- garbage among the events


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


# -- days without sight


def fails(odd):
    odd.source.gives = Unreadable("the disk is not mounted")


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
