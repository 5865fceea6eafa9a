"""`RULE.done` and `of`: what counts from, or starts from, what was really done for the same anchor."""

import pytest

from followup_rules.engine import same_anchor
from followup_rules.language.load import Surroundings, load
from followup_rules.model import Event, Report, State
from followup_rules.toml.document import parse
from tests.support.caselab import JULIE, MARC, at, decide, note, sent, shown, the, view, visit
from tests.support.rulelab import world

APPLY = """
[define.application]
kind  = "sent"
title = "application"
[rule.nudge]
on      = "application"
opens   = "end + 7 days at 09:00"
done_by = [{ kind = "received", same = "thread" }]
do      = { type = "draft", title = "x", reply_to = "it" }
"""
AGAIN = """
[rule.again]
on    = "application"
opens = "nudge.done + 7 days at 09:00, workday"
do    = { type = "draft", title = "x" }
"""
CALL = """
[rule.call]
on    = "application"
opens = "again.done + 3 days at 10:00"
do    = { type = "task", title = "x" }
"""
GARDENER = sent("2026-11-02 10:00", id="a1", title="Application: gardener", thread="t1")
BOOKKEEPER = sent("2026-11-02 10:30", id="a2", title="Application: bookkeeper", thread="t2")


def done(rule, anchor, when, *, key="", kind="done", **fields):
    """Return what an output reports of a duty for one of the applications."""
    key = key or f"{rule}/{anchor}@2026-11-02"
    told = {"people": (JULIE,), "data": {"rule": rule}, "report": Report(key=key, rule=rule, anchor=anchor), **fields}
    return Event(id=f"{kind}:{key}", kind=kind, start=at(when), end=at(when), **told)


def openings(text, *events, now="2026-11-20 12:00", rule="again"):
    found = decide(text, *events, now=now).values()
    return {each.visit.anchor.id: shown(each.opens) for each in found if each.rule == rule}


def test_of_two_applications_at_one_employer_only_the_one_that_was_nudged_goes_on():
    told = [done("nudge", "a1", "2026-11-17 11:00")]
    assert openings(APPLY + AGAIN, GARDENER, BOOKKEEPER, *told) == {"a1": "2026-11-24 09:00", "a2": ""}
    told += [done("nudge", "a2", "2026-11-19 08:00"), done("again", "a1", "2026-11-25 12:00")]
    assert openings(APPLY + AGAIN, GARDENER, BOOKKEEPER, *told) == {"a1": "2026-11-24 09:00", "a2": "2026-11-26 09:00"}
    calls = openings(APPLY + AGAIN + CALL, GARDENER, BOOKKEEPER, *told, now="2026-11-29 12:00", rule="call")
    assert calls == {"a1": "2026-11-28 10:00", "a2": ""}


def test_a_duty_that_waits_for_another_says_for_which_and_has_no_next_instant():
    found = the(APPLY + AGAIN, GARDENER, now="2026-11-20 12:00", rule="again")
    assert (found.state, found.why, found.next) == (State.WAITING, "it waits until nudge is done", None)
    either = AGAIN.replace('"nudge.done + 7 days at 09:00, workday"', '["call.done", "it.day", "nudge.done + 1 day"]')
    found = the(APPLY + either + CALL.replace("again", "nudge"), GARDENER, now="2026-11-20 12:00", rule="again")
    assert found.why == "it waits until call, nudge is done"


@pytest.mark.parametrize(
    ("events", "opens"),
    [
        ([done("nudge", "a1", "2026-11-17 11:00", kind="dismissed")], ""),
        ([note("2026-11-17 11:00", "dismissed", data={"for": "nudge"})], ""),
        ([note("2026-11-17 11:00", "done", data={"for": "nudge"})], "2026-11-24 09:00"),
        ([note("2026-11-17", "done", data={"for": "nudge"})], "2026-11-24 09:00"),
        ([Event(id="r", kind="received", start=at("2026-11-10 12:00"), end=at("2026-11-10 12:00"), answers="a1")],
         "2026-11-17 09:00"),
        ([done("nudge", "a1", "2026-11-17 11:00"), done("nudge", "a1", "2026-11-16 11:00", kind="dismissed")],
         "2026-11-24 09:00"),
    ],
)  # fmt: skip
def test_sent_ticked_noted_and_shown_count_and_dismissed_does_not(events, opens):
    assert openings(APPLY + AGAIN, GARDENER, *events) == {"a1": opens}


def test_of_several_actions_the_last_counts_and_of_what_else_shows_it_the_first():
    text = APPLY + AGAIN
    both = text.replace('do      = { type = "draft", title = "x", reply_to = "it" }',
                        'do = [{ type = "draft", title = "x" }, { type = "task", title = "y" }]')  # fmt: skip
    first = done("nudge", "a1", "2026-11-17 11:00")
    second = done("nudge", "a1", "2026-11-18 11:00", key="nudge/a1@2026-11-02#2")
    assert openings(both, GARDENER, first) == {"a1": ""}
    assert openings(both, GARDENER, first, second) == {"a1": "2026-11-25 09:00"}
    answers = [
        Event(
            id=f"r{day}",
            kind="received",
            start=at(f"2026-11-{day} 12:00"),
            end=at(f"2026-11-{day} 12:00"),
            answers="a1",
        )
        for day in (10, 12)
    ]
    assert openings(text, GARDENER, *answers) == {"a1": "2026-11-17 09:00"}


@pytest.mark.parametrize(("reply", "opens"), [("2026-11-18", "2026-11-24 09:00"), ("2026-11-10", "2026-11-17 09:00")])
def test_what_was_sent_before_they_answered_was_done_then(reply, opens):
    """The draft is known to be sent by a mail that is like it; their answer comes later, or had come before."""
    key = "nudge/a1@2026-11-02"
    told = done("nudge", "a1", "2026-11-17 11:00", report=Report(key=key, rule="nudge", anchor="a1", mail="m1"))
    answer = Event(id="r", kind="received", start=at(f"{reply} 12:00"), end=at(f"{reply} 12:00"), answers="a1")
    assert openings(APPLY + AGAIN, GARDENER, told, answer)["a1"] == opens


def test_what_calls_it_off_later_does_not_undo_that_it_was_done():
    text = APPLY.replace("done_by", 'cancelled_by = ["#closed"]\ndone_by') + AGAIN
    told = done("nudge", "a1", "2026-11-17 11:00")
    assert openings(text, GARDENER, told, note("2026-11-18 09:00", "closed")) == {"a1": "2026-11-24 09:00"}
    assert openings(text, GARDENER, told, note("2026-11-16 09:00", "closed")) == {"a1": ""}


def test_another_event_of_the_day_stands_for_the_anchor_unless_the_rule_starts_from_that_too():
    text = """
[rule.thank]
on = { kind = "meeting", title = "interview" }
do = { type = "task", title = "x" }
[rule.again]
on = { kind = ["meeting", "note"], not = { title = "lunch" } }
opens = "thank.done + 1 day"
do = { type = "task", title = "x" }
"""
    interview, talk = visit("2026-11-09 10:00", id="i"), visit("2026-11-09 14:00", id="talk", title="Talk")
    told = done("thank", "i", "2026-11-09 18:00", key="thank/i@2026-11-09")
    found = openings(text, interview, talk, told)
    assert found == {"i": "2026-11-10 18:00", "talk": ""}
    only_notes = text.replace('["meeting", "note"]', '"note"')
    assert openings(only_notes, interview, note("2026-11-09 20:00", "x", id="n"), told) == {"n": "2026-11-10 18:00"}


# -- through what was done


CHAIN = """
[rule.later]
on    = { kind = "done", of = "nudge" }
opens = "start + 7 days at 09:00"
do    = { type = "task", title = "x" }
[rule.last]
on    = { kind = "done", of = "later" }
opens = ["nudge.done + 30 days at 09:00", "start + 1 day"]
do    = { type = "task", title = "x" }
[rule.aside]
on    = "application"
opens = "later.done + 1 day at 12:00"
do    = { type = "task", title = "x" }
"""


def test_what_starts_from_what_was_done_is_of_the_same_anchor_as_that_in_both_directions():
    first = done("nudge", "a1", "2026-11-10 11:00")
    second = done("nudge", "a2", "2026-11-12 11:00")
    third = done("later", second.id, "2026-11-19 12:00", key=f"later/{second.id}@2026-11-12")
    events = (GARDENER, BOOKKEEPER, first, second, third)
    later = openings(APPLY + CHAIN, *events, rule="later")
    assert later == {first.id: "2026-11-17 09:00", second.id: "2026-11-19 09:00"}
    assert openings(APPLY + CHAIN, *events, rule="last") == {third.id: "2026-12-12 09:00"}
    assert openings(APPLY + CHAIN, *events, rule="aside") == {"a1": "", "a2": "2026-11-20 12:00"}


def test_what_is_done_of_one_anchor_ends_no_duty_of_another():
    text = APPLY + '[rule.tell]\non = "application"\ndone_by = [{ kind = "done", of = ["nudge", "again"] }]\n'
    text += 'do = { type = "task", title = "x" }\n' + AGAIN
    found = decide(text, GARDENER, BOOKKEEPER, done("nudge", "a2", "2026-11-12 11:00"), now="2026-11-20 12:00")
    told = {each.visit.anchor.id: each.state for each in found.values() if each.rule == "tell"}
    assert told == {"a1": State.DUE, "a2": State.DONE}


def test_a_definition_with_of_means_any_anchor_in_on_and_the_same_in_done_by():
    text = APPLY + '[define.nudged]\nkind = "done"\nof = "nudge"\n'
    text += '[rule.a]\non = "nudged"\ndo = { type = "task", title = "x" }\n'
    text += '[rule.b]\non = "application"\ncancelled_by = ["nudged"]\ndo = { type = "task", title = "x" }\n'
    reports = (done("nudge", "a1", "2026-11-10 11:00"), done("nudge", "a2", "2026-11-12 11:00"))
    found = decide(text, GARDENER, BOOKKEEPER, *reports, now="2026-11-20 12:00").values()
    assert [each.rule for each in found].count("a") == 2
    assert [each.state for each in found if each.rule == "b"] == [State.VOID] * 2
    one = decide(text, GARDENER, BOOKKEEPER, reports[0], now="2026-11-20 12:00").values()
    assert sorted(each.state for each in one if each.rule == "b") == [State.DUE, State.VOID]


def test_a_guard_may_end_when_something_was_done():
    text = APPLY + '[guard.quiet]\non = "application"\ncloses = ["nudge.done", "end + 30 days"]\n'
    text += '[rule.write]\non = "application"\ndo = { type = "draft", title = "x" }\n'
    assert the(text, GARDENER, now="2026-11-20 12:00", rule="write").state is State.HELD
    told = done("nudge", "a1", "2026-11-17 11:00")
    found = the(text, GARDENER, told, now="2026-11-20 12:00", rule="write")
    assert (found.state, shown(found.due)) == (State.DUE, "2026-11-17 11:00")


def test_notes_that_end_a_duty_by_the_name_of_its_rule_are_understood_where_one_rule_waits_for_the_other():
    text = APPLY + AGAIN
    notes = (
        note("2026-11-12 11:00", "done", data={"for": "nudge"}),
        note("2026-11-20 11:00", "done", data={"for": "again"}),
    )
    found = {each.rule: each.state for each in decide(text, GARDENER, *notes, now="2026-11-21 12:00").values()}
    assert found == {"nudge": State.DONE, "again": State.DONE}


def test_ids_that_lead_round_in_a_circle_lead_nowhere():
    one = done("nudge", "done:nudge/two@2026-11-02", "2026-11-10 11:00", key="nudge/one@2026-11-02")
    two = done("nudge", "done:nudge/one@2026-11-02", "2026-11-11 11:00", key="nudge/two@2026-11-02")
    assert openings(APPLY + CHAIN, GARDENER, one, two, rule="later").keys() == {one.id, two.id}


# -- what can never be told


def problems(text):
    document = parse(APPLY + text, "rules.toml")
    compiled, found = load([document], world(), Surroundings(frozenset(), {"out": ("draft", "task")}))
    return compiled, [(each.code, each.message) for each in found]


DO = 'do = { type = "task", title = "x" }\n'


ON = 'on = "application"\n'
NEVER = [
    (f'[rule.a]\n{ON}opens = "nugde.done"\n{DO}', "F012", "'nugde' is neither a rule"),
    (f'[rule.a]\n{ON}opens = "a.done + 1 day"\n{DO}', "F017", "times in a cycle: a.done -> a.done"),
    (f'[rule.a]\n{ON}closes = "a.done + 1 day"\n{DO}', "F017", "times in a cycle: a.done -> a.done"),
    (f'[rule.a]\n{ON}opens = "b.done"\n{DO}[rule.b]\n{ON}done_by = [{{ kind = "note", after = "a.done" }}]\n{DO}',
     "F017", "times in a cycle: a.done -> b.done -> a.done"),
    (f'[rule.a]\n{ON}opens = "b.done"\n{DO}[rule.b]\n{ON}enabled = false\n{DO}',
     "F018", "'opens' cannot be told, because the rule 'b' is switched off"),
    (f'[rule.a]\non = {{ kind = "done", of = "nugde" }}\n{DO}', "F012", "unknown rule 'nugde'"),
    (f"[rule.a]\n{ON}done_by = [{{ of = 5 }}]\n{DO}", "F011", "'of' must be a text in quotes"),
    (f'[guard.g]\n{ON}closes = "nudge.done"\n', "F018", "the guard could not hold before that is done"),
    (f'[guard.g]\n{ON}closes = ["b.done", "end + 1 day"]\n[rule.b]\n{ON}during = "g"\nlate = "b.done"\n{DO}',
     "F017", "times in a cycle: b.done -> b.done"),
    (f'[guard.g]\n{ON}closes = ["c.done", "end"]\n[rule.c]\n{ON}during = "g"\n{DO}[rule.b]\n{ON}opens = "c.done"\n{DO}',
     "F017", "times in a cycle: c.done -> g -> c.done"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "says"), NEVER)
def test_what_can_never_be_told_is_an_error(text, code, says):
    compiled, found = problems(text)
    assert [(each, says in said) for each, said in found] == [(code, True)], found
    broken = compiled.guards["g"] if "[guard.g]" in text else compiled.rules["a"]
    assert broken.fault


def test_a_rule_that_waits_for_a_faulty_one_is_faulty():
    compiled, _ = problems(f'[rule.a]\non = "nothing"\n{DO}[rule.b]\non = "application"\nopens = "a.done"\n{DO}')
    assert compiled.rules["b"].fault == "'opens' cannot be told, because the rule 'a' is faulty"


def chained(number):
    """Return rules of which each waits until the one before it is done, which a mail after the one before shows."""
    links = [f'[rule.r{n}]\non = "application"\nopens = "r{n - 1}.done + 1 minute"\n{DO}'
             f'done_by = [{{ kind = "note", after = ["r{n - 1}.done", "end"] }}]\n' for n in range(1, number)]  # fmt: skip
    return f'[rule.r0]\non = "application"\n{DO}done_by = ["#x"]\n' + "".join(links)


def test_the_longest_chain_that_is_allowed_can_be_followed_and_a_longer_one_is_told():
    found = [chained(number) for number in range(2, 30)]
    longest = [text for text in found if problems(text)[1] == []][-1]
    assert longest != found[-1]
    events = (GARDENER, note("2026-11-03 10:00", "x"))
    decisions = decide(APPLY + longest, *events, now="2026-11-20 12:00").values()
    assert {each.state for each in decisions if each.rule.startswith("r")} == {State.DONE}
    compiled, told = problems(found[-1])
    assert [code for code, _ in told] == ["F017"]
    assert compiled.rules["r28"].fault.startswith("it counts from a rule that counts from another")


NOTED = APPLY.replace('{ kind = "received", same = "thread" }', '"#nudged"').replace(
    "do ", 'cancelled_by = ["#off"]\ndo '
)


@pytest.mark.parametrize(
    ("tags", "opens"),
    [
        (("nudged",), "2026-11-24 09:00"),
        (("done",), "2026-11-24 09:00"),
        (("dismissed",), ""),
        (("done", "dismissed"), "2026-11-24 09:00"),
    ],
)
def test_what_a_note_ends_is_done_unless_it_only_dismisses_it(tags, opens):
    said = note("2026-11-17 11:00", *tags, data={"for": "nudge"})
    assert openings(NOTED + AGAIN, GARDENER, said) == {"a1": opens}


def test_what_is_called_off_at_the_very_instant_was_done():
    for minute, opens in [("10:59", ""), ("11:00", "2026-11-24 09:00")]:
        off = note(f"2026-11-17 {minute}", "off")
        assert openings(NOTED + AGAIN, GARDENER, note("2026-11-17 11:00", "nudged"), off) == {"a1": opens}


VISITS = """
[rule.first]
on    = { kind = "meeting" }
opens = "end"
do    = { type = "task", title = "x" }
[rule.second]
on    = { kind = "meeting" }
per   = "day"
opens = "first.done + 1 day"
do    = { type = "task", title = "x" }
"""


def test_of_several_events_of_a_day_what_was_done_for_the_first_counts():
    told = done("first", "v1", "2026-11-09 18:00", key="first/v1@2026-11-09")
    events = visit("2026-11-09 10:00", id="v1"), visit("2026-11-09 14:00", id="v2"), told
    found = decide(VISITS, *events, now="2026-11-09 19:00").values()
    assert [shown(each.opens) for each in found if each.rule == "second"] == ["2026-11-10 18:00"]


def test_the_very_event_is_the_anchor_before_those_that_go_back_to_the_same_one():
    text = APPLY + (
        '[rule.both]\non = { any = ["application", { kind = "done", data.rule = "nudge" }] }\nopens = "start + 1 day"\n'
        'do = { type = "task", title = "x" }\n'
        '[rule.then]\non = { kind = "done", data.rule = "nudge" }\nopens = "both + 1 day"\n'
        'do = { type = "task", title = "x" }\n'
    )
    told = done("nudge", "a1", "2026-11-17 11:00")
    assert openings(text, GARDENER, told, rule="then") == {told.id: "2026-11-19 11:00"}


def test_what_tells_of_no_anchor_goes_back_to_itself():
    one, other = (
        Event(id=name, kind="done", start=at("2026-11-10 09:00"), end=at("2026-11-10 09:00"), report=Report(key=name))
        for name in "ab"
    )
    seen = view(APPLY, one, other)
    assert (same_anchor.origins([one], seen), same_anchor.origins([other], seen)) == ({"a"}, {"b"})


def test_who_is_one_of_several_is_told_of():
    mail = sent("2026-11-09 10:00", JULIE, MARC)
    assert [same_anchor.is_about(mail, name) for name in ("julie@nordik.ca", "marc@nordik.ca", "x@nordik.ca")] == [
        True,
        True,
        False,
    ]
