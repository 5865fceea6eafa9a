"""`each = "person"`: a duty for each person of an anchor, who is asked about alone."""

import pytest

from followup_rules.engine.anchors import CaseView, Scope
from followup_rules.engine.persons import about_nobody
from followup_rules.language.load import Surroundings, load
from followup_rules.model import Event, Person, Report, State
from followup_rules.toml.document import parse
from tests.support.caselab import JULIE, MARC, at, case, decide, note, sent, shown, view, visit
from tests.support.rulelab import rules, world

THANKS = """
[rule.thanks]
on      = { kind = "meeting" }
each    = "person"
per     = "day"
closes  = "day + 6 days"
done_by = [{ kind = "sent", to = "them" }]
do      = { type = "draft", title = "x" }
"""
LEA = Person("lea@nordik.ca", "Lea")


def received(start, *people, **fields):
    return Event(id=f"r-{start}", kind="received", start=at(start), end=at(start), people=people, **fields)


def test_of_three_interviewers_the_one_who_was_thanked_is_done_and_each_has_a_draft_of_their_own():
    meeting = visit("2026-11-09 10:00", JULIE, MARC, LEA)
    found = decide(THANKS, meeting, sent("2026-11-09 18:00", MARC), now="2026-11-09 19:00")
    told = {key: (each.state, [person.name for person in each.visit.people]) for key, each in found.items()}
    assert told == {
        "thanks/nordik.ca~julie@nordik.ca@2026-11-09": (State.DUE, ["Julie"]),
        "thanks/nordik.ca~marc@nordik.ca@2026-11-09": (State.DONE, ["Marc"]),
        "thanks/nordik.ca~lea@nordik.ca@2026-11-09": (State.DUE, ["Lea"]),
    }


def test_who_comes_only_to_the_second_meeting_of_a_day_is_visited_then():
    events = visit("2026-11-09 10:00", JULIE, id="i"), visit("2026-11-09 14:00", JULIE, MARC, id="j")
    found = decide(THANKS, *events, now="2026-11-09 12:00").values()
    assert {each.visit.person: shown(each.opens) for each in found} == {
        "julie@nordik.ca": "2026-11-09 15:00",
        "marc@nordik.ca": "2026-11-09 15:00",
    }
    assert {each.visit.person: shown(each.visit.start) for each in found} == {
        "julie@nordik.ca": "2026-11-09 10:00",
        "marc@nordik.ca": "2026-11-09 14:00",
    }
    alone = decide(THANKS.replace('"day"', '"event"', 1), *events, now="2026-11-09 12:00")
    assert sorted(alone) == [
        "thanks/i~julie@nordik.ca@2026-11-09",
        "thanks/j~julie@nordik.ca@2026-11-09",
        "thanks/j~marc@nordik.ca@2026-11-09",
    ]


KEEP = """
[rule.hello]
on    = { kind = ["sent", "received", "meeting"], with = ["@nordik.ca"], people = { max = 3 } }
each  = "person"
per   = "case"
opens = "end + 6 weeks at 09:00"
do    = { type = "task", title = "x" }
"""


def test_the_latest_anchor_is_the_latest_with_that_person():
    events = (
        sent("2026-10-01 09:00", JULIE),
        visit("2026-10-08 10:00", JULIE, MARC),
        received("2026-10-20 09:00", MARC, organizer=MARC),
    )
    found = decide(KEEP, *events, now="2026-10-21 12:00").values()
    open_ = {each.visit.person: shown(each.opens) for each in found if each.state is State.WAITING}
    assert open_ == {"julie@nordik.ca": "2026-11-19 09:00", "marc@nordik.ca": "2026-12-01 09:00"}
    assert sum(each.state is State.VOID for each in found) == 2


@pytest.mark.parametrize(
    ("on", "event", "who"),
    [
        ('{ kind = "sent", to = ["julie@nordik.ca"] }', sent("2026-11-09 10:00", JULIE, MARC), {"julie"}),
        ('{ kind = "received", from = "outside" }', received("2026-11-09 10:00", JULIE, MARC, organizer=JULIE), {"julie"}),
        ('{ with = "@nordik.ca" }', sent("2026-11-09 10:00", JULIE, Person("nadia@agencex.ca")), {"julie"}),
        ('{ kind = "sent", people = { max = 1 } }', sent("2026-11-09 10:00", JULIE, MARC), set()),
        ('{ organizer = "julie@nordik.ca" }', visit("2026-11-09 10:00", JULIE, MARC, organizer=JULIE), {"julie", "marc"}),
        ('{ kind = "sent", not = { to = "marc@nordik.ca" } }', sent("2026-11-09 10:00", JULIE, MARC), set()),
        ('{ any = [{ to = "julie@nordik.ca" }, { title = "x" }] }', sent("2026-11-09 10:00", JULIE, MARC), {"julie"}),
    ],
)  # fmt: skip
def test_to_from_and_with_are_asked_again_of_that_person_alone(on, event, who):
    anything = '{ kind = ["sent", "received", "meeting"] }'
    for fields in (f"on = {on}", f"on = {anything}\nwhere = {on}"):
        text = f'[rule.r]\n{fields}\neach = "person"\ndo = {{ type = "task", title = "x" }}\n'
        found = decide(text, event, now="2026-11-09 12:00").values()
        assert {each.visit.person.partition("@")[0] for each in found} == who


def test_where_is_asked_of_one_alone():
    text = '[rule.r]\non = { kind = "meeting" }\nwhere = { with = "marc@nordik.ca" }\neach = "person"\n'
    text += 'do = { type = "task", title = "x" }\n'
    found = decide(text, visit("2026-11-09 10:00", JULIE, MARC, id="i"), now="2026-11-09 12:00")
    assert [*found] == ["r/i~marc@nordik.ca@2026-11-09"]


def test_one_person_is_one_however_gmail_is_spelt():
    paul, also_paul = Person("paul@googlemail.com", "Paul"), Person("paul@gmail.com")
    events = visit("2026-11-09 10:00", paul, id="i"), visit("2026-11-09 14:00", also_paul, id="j")
    (found,) = decide(THANKS, *events, now="2026-11-09 16:00").values()
    assert (found.key, found.visit.people) == ("thanks/nordik.ca~paul@gmail.com@2026-11-09", (paul,))
    (found,) = decide(THANKS, *events, sent("2026-11-09 15:30", also_paul), now="2026-11-09 16:00").values()
    assert found.state is State.DONE


def test_an_anchor_with_nobody_gives_no_duty_and_says_so():
    seen = view(THANKS, visit("2026-11-09 10:00", people=(), id="alone"), visit("2026-11-10 10:00", JULIE, id="i"))
    rule = seen.rules.rules["thanks"]
    assert [event.id for event in about_nobody(rule, Scope(seen))] == ["alone"]
    assert [visit.anchor.id for visit in seen.visits(rule)] == ["i"]


def test_of_a_rule_for_all_of_them_or_a_faulty_one_no_anchor_lacks_somebody():
    alone = visit("2026-11-09 10:00", people=(), id="alone")
    for text in (THANKS.replace('each    = "person"', ""), THANKS.replace('"day + 6 days"', '"soon"')):
        seen = CaseView(case(alone), rules(text, faulty=True), {})
        assert about_nobody(seen.rules.rules["thanks"], seen.whole) == ()


def test_what_is_done_for_one_person_counts_for_that_one():
    text = THANKS + '[rule.later]\non = { kind = "meeting" }\neach = "person"\nper = "day"\n'
    text += 'opens = "thanks.done + 7 days at 09:00"\ndo = { type = "task", title = "x" }\n'
    text += '[rule.all]\non = { kind = "meeting" }\nper = "day"\nopens = "thanks.done + 8 days at 09:00"\n'
    text += 'do = { type = "task", title = "x" }\n'
    text += '[rule.told]\non = { kind = "meeting" }\neach = "person"\nper = "day"\n'
    text += 'done_by = [{ kind = "done", of = "thanks" }]\ndo = { type = "task", title = "x" }\n'
    meeting = visit("2026-11-09 10:00", JULIE, MARC, id="i")
    key = "thanks/nordik.ca~marc@nordik.ca@2026-11-09"
    report = Report(key=key, rule="thanks", anchor="i")
    done = Event(id=f"done:{key}", kind="done", start=at("2026-11-10 08:00"), end=at("2026-11-10 08:00"),
                 people=(MARC,), report=report)  # fmt: skip
    found = decide(text, meeting, done, now="2026-11-10 09:00")
    opens = {(each.rule, each.visit.person): shown(each.opens) for each in found.values()}
    assert opens["later", "marc@nordik.ca"] == "2026-11-17 09:00"
    assert opens["later", "julie@nordik.ca"] == opens["all", ""] == ""
    assert found["all/nordik.ca@2026-11-09"].state is State.WAITING
    told = {each.visit.person: each.state for each in found.values() if each.rule == "told"}
    assert told == {"marc@nordik.ca": State.DONE, "julie@nordik.ca": State.DUE}
    found = decide(text, meeting, done, sent("2026-11-12 10:00", JULIE), now="2026-11-13 09:00")
    assert shown(found["all/nordik.ca@2026-11-09"].opens) == "2026-11-20 09:00"


def test_a_rule_for_each_counts_from_the_opening_of_another_for_the_same_person():
    text = KEEP + '[rule.then]\non = { kind = "meeting" }\neach = "person"\nper = "case"\nopens = "hello + 1 day"\n'
    text += 'do = { type = "task", title = "x" }\n'
    events = visit("2026-10-08 10:00", JULIE, MARC), received("2026-10-20 09:00", MARC, organizer=MARC)
    found = decide(text, *events, now="2026-10-21 12:00").values()
    assert {each.visit.person: shown(each.opens) for each in found if each.rule == "then"} == {
        "julie@nordik.ca": "2026-11-20 09:00",
        "marc@nordik.ca": "2026-11-20 09:00",
    }


def test_a_note_names_the_duty_of_one_by_its_key_and_all_by_the_rule():
    meeting = visit("2026-11-09 10:00", JULIE, MARC)
    name = "thanks/nordik~marc@nordik.ca@2026-11-09"
    ended = note("2026-11-09 18:00", "done", data={"for": name})
    found = decide(THANKS, meeting, ended, now="2026-11-09 19:00").values()
    assert {each.visit.person: each.state for each in found} == {
        "julie@nordik.ca": State.DUE,
        "marc@nordik.ca": State.DONE,
    }


@pytest.mark.parametrize(("line", "code"), [('each = "event"', "F012"), ("each = true", "F011"), ("Each = 5", "F010")])
def test_each_is_person_or_nothing(line, code):
    document = parse(THANKS.replace('each    = "person"', line), "rules.toml")
    compiled, problems = load([document], world(), Surroundings(frozenset(), {"out": ("draft",)}))
    assert [problem.code for problem in problems] == [code]
    assert compiled.rules["thanks"].fault
