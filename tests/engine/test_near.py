"""Which events came near to starting a rule or to ending its duties, what each of them lacks, and the nearest first."""

import pytest

from followup_rules.engine.anchors import CaseView
from followup_rules.engine.isolation import Failed
from followup_rules.engine.near import Written, near_ends, near_starts, nearest_start
from followup_rules.language.layers import merge
from followup_rules.language.load import as_value
from followup_rules.toml.document import parse
from tests.support.caselab import JULIE, MARC, NADIA, at, case, decide, event, note, sent, visit
from tests.support.rulelab import rules

DO = 'do = { type = "task", title = "Do it" }\n'
INTERVIEW = '[define.interview]\nkind = "meeting"\ntitle = ["interview", "screen"]\nnot = "#not-interview"\n'
ON = f'{INTERVIEW}[rule.r]\non = "interview"\n{DO}'
ENDS = f'{ON}done_by = [{{ kind = "sent", to = "them", title = "thanks" }}, "#thanked"]\ncancelled_by = ["#closed"]\n'


def written(text, *, faulty=False):
    layer = [parse(text, "rules.toml")]
    definitions = {name: as_value(table) for name, table in merge(layer, "define", []).items()}
    return Written(rules(text, faulty=faulty).rules["r"], merge(layer, "rule", [])["r"].fields, definitions)


def shown(near):
    return near and (near.event.id, near.key, [".".join(failure.way) for failure in near.failures])


def view(text, *events, joined=()):
    return CaseView(case(*events, joined=joined), rules(text), {})


def starts(text, *events, joined=()):
    """Return the events that came near to starting the rule, each with the key and what it lacks."""
    return [shown(near) for near in near_starts(written(text), view(text, *events, joined=joined))]


def nearest(text, *events):
    return shown(nearest_start(written(text), view(text, *events)))


def ends(text, *events, now="2026-11-12 12:00", joined=()):
    decisions = decide(text, *events, now=now, joined=joined).values()
    return near_ends(written(text), decisions, view(text, *events, joined=joined))


COFFEE = visit(id="coffee", title="Coffee")
CHAT = visit("2026-11-12 10:00", id="chat", title="Chat")


# -- to starting a rule


def test_an_event_that_lacks_a_field_is_told_with_the_way_to_it():
    assert starts(ON, COFFEE) == [("coffee", "on", ["interview.title"])]


def test_an_event_that_starts_the_rule_is_not_near():
    assert starts(ON, visit()) == []


def test_an_anchor_that_vanished_is_not_near_for_it_is_listed():
    assert starts(ON, visit(gone=at("2026-11-10 10:00"))) == []


def test_what_lacks_a_kind_that_is_asked_for_beside_another_is_far():
    assert starts(ON.replace('on = "interview"', 'on = { is = "interview", kind = "note" }'), visit()) == []


def test_an_event_of_another_kind_is_far():
    assert starts(ON, sent("2026-11-09 10:00", title="Lunch")) == []
    assert starts(ON.replace('kind = "meeting"\n', ""), sent("2026-11-09 10:00", title="Lunch")) == []  # nothing holds


def test_a_kind_that_is_named_within_alternatives_counts_too():
    text = f'[rule.r]\non = {{ any = [{{ kind = "meeting", title = "x" }}, {{ kind = "sent", title = "x" }}] }}\n{DO}'
    assert starts(text, COFFEE, note("2026-11-09", text="x")) == [("coffee", "on", ["title"])]


def test_what_excludes_an_event_is_told():
    assert starts(ON, visit(id="no", tags=("not-interview",))) == [("no", "on", ["interview.not"])]


def test_the_nearest_stands_first_and_of_equals_the_latest_then_by_id():
    twins = [visit("2026-11-09 10:00", id=name, title="Coffee") for name in ("b", "a")]
    excluded = visit("2026-11-02 10:00", id="no", tags=("not-interview",))
    assert [name for name, *_ in starts(ON, *twins, CHAT, excluded)] == ["no", "chat", "a", "b"]


def test_an_event_that_fits_but_is_at_home_in_another_case_is_told_as_that():
    mail = sent("2026-11-09 10:00", id="m", title="Contract")
    other = sent("2026-11-09 11:00", id="o", title="Lunch")
    text = f'[rule.r]\non = {{ kind = "sent", title = "contract" }}\n{DO}'
    (near,) = near_starts(written(text), view(text, visit(), joined=[mail, other]))
    assert (shown(near), near.elsewhere, near.held) == (("m", "on", []), True, 2)
    assert [near.elsewhere for near in near_starts(written(text), view(text, other))] == [False]


@pytest.mark.parametrize(("tags", "near"), [((), True), (("urgnt",), True), (("done-it",), False)])
@pytest.mark.parametrize("on", ['"#urgent"', '{ tags = ["urgent"] }', '{ kind = "note", tags = ["urgent"] }'])
def test_a_note_without_a_known_tag_may_lack_the_one_that_is_asked_for(tags, near, on):
    text = f'[rule.r]\non = {on}\ndone_by = ["#done-it"]\n{DO}'
    found = starts(text, note("2026-11-09", *tags, id="n"), visit(tags=tags))
    assert [name for name, *_ in found] == ["n"] * near


def test_a_note_may_lack_a_word_beside_the_tag():
    text = f'[rule.r]\non = {{ tags = ["urgent"], title = "now" }}\n{DO}'
    assert starts(text, note("2026-11-09", id="n")) == [("n", "on", ["tags", "title"])]


def test_an_entry_of_the_calendar_has_forgotten_no_tag():
    assert starts(f'[rule.r]\non = {{ kind = "meeting", tags = ["urgent"] }}\n{DO}', visit()) == []


def test_what_fits_on_but_not_where_is_told_with_what_it_lacks_there():
    text = f'{ON}where = {{ with = "@nordik.ca", title = "second*" }}\n'
    found = near_starts(written(text), view(text, visit("2026-11-09 10:00", JULIE, id="a")))
    assert [(shown(near), near.held) for near in found] == [(("a", "where", ["title"]), 2)]
    assert starts(text, visit(title="Second interview")) == []


def test_where_may_name_a_definition():
    text = f'[define.second]\ntitle = "second*"\n{ON}where = "second"\n'
    assert starts(text, visit(id="a")) == [("a", "where", ["second.title"])]


def test_what_fails_where_is_nearer_than_what_fails_on():
    text = f'{ON}where = {{ with = "@nordik.ca", title = "second*" }}\n'
    assert [key for _, key, _ in starts(text, CHAT, visit())] == ["where", "on"]


def test_an_event_with_nobody_is_near_to_a_rule_for_each_person():
    text = f'[rule.r]\non = "#ask"\neach = "person"\n{DO}'
    found = near_starts(written(text), view(text, note("2026-11-09", "ask", id="n")))
    assert [(shown(near), near.held) for near in found] == [(("n", "each", []), 1)]


GUARD = '[guard.quiet]\non = "interview"\nopens = "end"\ncloses = "day + 10 days"\n'
DURING = f'{INTERVIEW}{GUARD}[rule.r]\non = {{ kind = "sent", title = "hello" }}\nduring = "quiet"\n{DO}'


@pytest.mark.parametrize("key", ["during", "breaks"])
def test_what_lies_outside_of_the_guard_is_told_by_the_key_that_names_it(key):
    text = DURING.replace("during", key)
    early, within = sent("2026-11-01 10:00", id="a", title="Hello"), sent("2026-11-10 10:00", id="b", title="Hello")
    found = near_starts(written(text), view(text, early, visit(), within))
    assert [(shown(near), near.held) for near in found] == [(("a", key, []), 1)]


def test_a_rule_from_the_clock_has_nothing_that_is_near():
    text = f'[rule.r]\non = {{ every = "friday" }}\n{DO}'
    assert starts(text, COFFEE) == []
    assert nearest(text, COFFEE) is None


def test_to_a_rule_that_does_not_say_what_it_starts_from_nothing_is_near():
    text = f"[rule.r]\n{DO}"
    seen = CaseView(case(COFFEE), rules(text, faulty=True), {})
    assert near_starts(written(text, faulty=True), seen) == []
    assert nearest_start(written(text, faulty=True), seen) is None


def test_a_rule_that_cannot_be_followed_raises_its_fault():
    text = f'[rule.r]\non = {{ kind = "meeting", check = "fails" }}\n{DO}'
    battery = visit(title="Battery")
    for ask in (near_starts, nearest_start):
        with pytest.raises(Failed, match="no battery"):
            ask(written(text), view(text, battery))


# -- the nearest, however far it is


def test_the_nearest_may_be_of_another_kind():
    mail = sent("2026-11-09 10:00", id="m", title="Lunch")
    assert starts(ON, mail) == []
    assert nearest(ON, mail) == ("m", "on", ["interview.kind", "interview.title"])
    assert nearest(ON, sent("2026-11-09 10:00", id="i", title="Interview"), mail) == ("i", "on", ["interview.kind"])


def test_what_is_near_is_nearer_than_what_is_far():
    assert nearest(ON, sent("2026-11-19 10:00", title="Lunch"), COFFEE)[0] == "coffee"


def test_a_case_without_events_or_with_none_but_its_anchors_has_no_nearest():
    assert nearest(ON) is None
    assert nearest(ON, visit()) is None


# -- to ending a duty


def test_a_mail_that_lacks_a_field_came_near_to_ending_the_duty():
    (near,) = ends(ENDS, visit(id="v"), sent("2026-11-10 10:00", id="m", title="The address"))
    assert shown(near) == ("m", "done_by", ["title"])
    assert (near.duty, near.held, near.early, near.other) == ("r/v@2026-11-09", 2, False, False)


def test_what_ends_the_duty_is_not_near():
    assert ends(ENDS, visit(), sent("2026-11-10 10:00", title="Thanks")) == []


def test_what_fits_but_comes_before_the_anchor_is_told_as_that():
    mail = sent("2026-11-09 09:00", id="m", title="Thanks")
    (near,) = ends(ENDS, visit(), mail)
    assert (shown(near), near.early, near.other, near.held) == (("m", "done_by", []), True, False, 3)


def test_an_entry_of_the_calendar_with_the_tag_may_come_too_early_as_well():
    (near,) = ends(ENDS, visit(), visit("2026-11-08 10:00", id="e", title="Lunch", tags=("thanked",)))
    assert (shown(near), near.early) == (("e", "done_by", []), True)


def test_what_neither_fits_nor_comes_after_the_anchor_is_far():
    assert ends(ENDS, visit(), sent("2026-11-09 09:00", title="The address")) == []
    # At the very beginning it counts.
    assert len(ends(ENDS, visit(), sent("2026-11-09 10:00", title="The address"))) == 1


def test_a_pattern_with_a_date_of_its_own_takes_what_came_before():
    text = f'{ON}done_by = [{{ kind = "sent", title = "thanks", after = "day - 5 days" }}]\n'
    (near,) = ends(text, visit(), sent("2026-11-08 09:00", id="m", title="The address"))
    assert shown(near) == ("m", "done_by", ["title"])


def test_what_says_itself_that_it_is_about_another_visit_is_told_as_that():
    text = ENDS.replace('on = "interview"', 'on = "interview"\nper = "day"')
    first, second = visit(id="v"), visit("2026-11-11 10:00", id="w")
    thanked = note("2026-11-12 08:00", "thanked", id="n", data={"re": second.start})
    found = [near for near in ends(text, first, second, thanked) if near.other]
    assert [(shown(near), near.duty, near.early) for near in found] == [
        (("n", "done_by", []), "r/nordik.ca@2026-11-09", False)
    ]


def test_each_key_that_ends_a_duty_is_asked():
    (near, other) = ends(ENDS, visit(), note("2026-11-10", id="n", text="talked"))
    assert [shown(each) for each in (near, other)] == [
        ("n", "cancelled_by", ["#closed"]),
        ("n", "done_by", ["#thanked"]),
    ]


def test_of_several_patterns_the_one_that_comes_nearest_is_told():
    text = f'{ON}done_by = [{{ kind = "sent", title = "x", to = "@x.example" }}, {{ kind = "sent", to = "them", title = "thanks" }}]\n'
    (near,) = ends(text, visit(), sent("2026-11-10 10:00", JULIE, id="m", title="The address"))
    assert shown(near) == ("m", "done_by", ["title"])


def test_a_pattern_that_holds_is_told_before_one_that_has_more_that_holds():
    text = f'{ON}done_by = [{{ kind = "sent", to = "them", answers = false, title = "x" }}, {{ kind = "sent" }}]\n'
    (near,) = ends(text, visit(), sent("2026-11-09 08:00", JULIE, id="m", title="Lunch"))
    assert (shown(near), near.early) == (("m", "done_by", []), True)


def test_mail_that_joins_the_case_may_be_near_and_the_anchor_itself_is_not():
    text = f'{ON}done_by = [{{ kind = "meeting", title = "debrief" }}]\n'
    found = ends(text, visit(), joined=[visit("2026-11-10 10:00", NADIA, id="j", title="Lunch")])
    assert [shown(near) for near in found] == [("j", "done_by", ["title"])]


def test_a_rule_that_nothing_ends_has_nothing_near():
    assert ends(ON, visit(), note("2026-11-10", text="talked")) == []


def test_each_duty_has_its_own():
    mail = sent("2026-11-11 10:00", MARC, id="m", title="Thanks")
    found = ends(ENDS, visit("2026-11-09 10:00", JULIE, id="v"), visit("2026-11-10 10:00", MARC, id="w"), mail)
    assert [(shown(near), near.duty) for near in found] == [(("m", "done_by", ["to"]), "r/v@2026-11-09")]


def test_the_fault_of_a_predicate_is_raised_for_ends_too():
    text = f'{ON}done_by = [{{ kind = "meeting", check = "fails" }}]\n'
    sound = decide(text, visit(id="v"), now="2026-11-12 12:00").values()
    with pytest.raises(Failed, match="no battery"):
        near_ends(
            written(text), sound, view(text, visit(id="v"), event("meeting", "2026-11-10 10:00", title="Battery"))
        )


# -- the way to what is lacking


@pytest.mark.parametrize(
    ("on", "lacks"),
    [
        ('{ is = "interview", text = "x" }', ["interview.title", "text"]),
        ('{ any = ["interview", { kind = "meeting", text = "x" }] }', ["interview.title"]),
        ('{ any = [{ kind = "sent" }, { kind = "meeting", text = "x" }] }', ["text"]),
        ('{ any = [{ kind = "meeting", title = "a", text = "b" }, { kind = "meeting", title = "coffee", text = "b" }] }', ["text"]),
        ('{ all = ["interview", { kind = "meeting", text = "x" }] }', ["interview.title", "text"]),
        ('{ kind = "meeting", not = { any = [{ title = "x" }, { title = "coffee" }] } }', ["not"]),
        ('{ kind = "meeting", not = "interview", title = "x" }', ["title"]),
        ('"outer"', ["outer.interview.title"]),
    ],
)  # fmt: skip
def test_the_way_leads_through_definitions_and_alternatives(on, lacks):
    text = f'{INTERVIEW}[define.outer]\nis = "interview"\n[rule.r]\non = {on}\n{DO}'
    assert starts(text, COFFEE) == [("coffee", "on", lacks)]


def test_what_is_lacking_is_told_with_the_place_where_it_is_written():
    (near,) = near_starts(written(ON), view(ON, COFFEE))
    (failure,) = near.failures
    assert near.duty == ""
    assert failure.at.raw == ["interview", "screen"]
    assert failure.at.document.line(failure.at.path) == 3


@pytest.mark.parametrize(
    ("fields", "lacks"), [({"auto": "reply"}, ["auto"]), ({"answered": False}, ["status"]), ({}, None)]
)
def test_mail_of_machines_and_doubtful_meetings_lack_that_they_are_named(fields, lacks):
    tried = visit(id="i", **fields)
    assert nearest(ON, tried) == (lacks and ("i", "on", lacks))
