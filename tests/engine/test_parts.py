"""A list of actions: each is known by key and type, and lives on its own."""

from itertools import permutations

import pytest

from followup_rules.engine.orders import misfits
from followup_rules.engine.parts import all_reported, name_of_part, part_of, parts, with_part
from followup_rules.keys import hashed
from followup_rules.language.load import Surroundings, load
from followup_rules.model import Report, State
from followup_rules.toml.document import parse
from tests.support.caselab import at, decide, event, note, shown, the, view, visit
from tests.support.rulelab import rules, world

BOTH = """
[rule.after]
on      = { kind = "meeting" }
per     = "day"
closes  = "day + 20 days"
done_by = ["#settled"]
do      = [%s]
"""
MAIL, DAY, BAG = (
    '{ type = "draft", title = "Thank you" %s}',
    '{ type = "task", title = "Keep the day free" %s}',
    '{ type = "task", title = "Pack the bag" %s}',
)
PLAIN = BOTH % ", ".join(each % "" for each in (MAIL, DAY))
NAMED = BOTH % ", ".join(each % f', id = "{name}"' for each, name in ((MAIL, "mail"), (DAY, "day")))
KEY = "after/nordik.ca@2026-11-09"
NOW = "2026-11-12 12:00"


def names(*written):
    return [
        part.name.removeprefix(KEY) for part in parts(rules(BOTH % ", ".join(written), faulty=True).rules["after"], KEY)
    ]


def keys(*written):
    return [
        part.key.removeprefix(KEY) for part in parts(rules(BOTH % ", ".join(written), faulty=True).rules["after"], KEY)
    ]


def test_the_first_action_has_the_key_of_the_duty_and_the_others_their_place_or_their_id():
    plain = [each % "" for each in (MAIL, DAY, BAG)]
    named = [each % f', id = "{name}"' for each, name in ((MAIL, "mail"), (DAY, "day"), (BAG, "bag"))]
    assert (names(*plain), keys(*plain)) == (["", "#2", "#3"], ["", "#2", "#3"])
    assert (names(*named), keys(*named)) == (["#mail", "#day", "#bag"], ["", "#day", "#bag"])
    assert names(plain[0], named[1], plain[2]) == ["", "#day", "#3"]
    for order in permutations(named):
        assert sorted(names(*order)) == ["#bag", "#day", "#mail"]


def report(kind, key, day=10, title="", **fields):
    told = Report(key=KEY + key, rule="after", **fields)
    return event(kind, f"2026-11-{day} 12:00", id=f"{kind}:{key}", title=title, report=told)


def decided(text, *events):
    found = the(text, visit(), *events, now=NOW, faulty=True)
    return found.state, tuple(name.removeprefix(KEY) for name in found.ended)


@pytest.mark.parametrize("kind", ["done", "dismissed", "sent"])
def test_what_the_user_ends_ends_that_one_and_the_duty_when_all_have_ended(kind):
    assert decided(PLAIN) == (State.DUE, ())
    assert decided(PLAIN, report(kind, "")) == (State.DUE, ("",))
    assert decided(PLAIN, report(kind, "#2")) == (State.DUE, ("#2",))
    assert decided(PLAIN, report(kind, ""), report("done", "#2")) == (State.DONE, ())
    assert decided(NAMED, report(kind, "#mail"), report("done", "#day")) == (State.DONE, ())
    assert decided(NAMED, report(kind, "#day")) == (State.DUE, ("#day",))


def test_the_last_that_was_done_is_the_reason_and_all_are_evidence():
    found = the(PLAIN, visit(), report("done", "", 10), report("dismissed", "#2", 11), now=NOW, faulty=True)
    assert (found.why, sorted(found.evidence)) == (
        "you ticked it off at Tue 2026-11-10 12:00",
        ["dismissed:#2", "done:"],
    )
    found = the(PLAIN, visit(), report("dismissed", "", 10), report("dismissed", "#2", 11), now=NOW, faulty=True)
    assert found.why == "dismissed by you: you deleted it"


def test_of_two_that_were_sent_the_later_one_is_the_reason_whichever_comes_first_in_the_list():
    for first, second in [(10, 11), (11, 10)]:
        told = report("sent", "", first, title=f"of {first}"), report("sent", "#2", second, title=f"of {second}")
        assert the(PLAIN, visit(), *told, now=NOW, faulty=True).why == "you sent it: “of 11” of Wed 2026-11-11 12:00"


def test_the_first_action_is_known_by_the_key_of_its_duty_whatever_its_id():
    assert decided(NAMED, report("done", "")) == (State.DUE, ("#mail",))


def test_done_by_ends_all():
    assert decided(PLAIN, note("2026-11-10 15:00", "settled"), report("done", ""))[0] is State.DONE


def test_a_sent_mail_carries_the_hash_of_its_own_action():
    mail = event("sent", "2026-11-10 12:00", report=Report(key=hashed(f"{KEY}#2")))
    assert decided(PLAIN, mail) == (State.DUE, ("#2",))


def test_an_action_of_another_type_is_another_one_under_the_same_key():
    assert decided(PLAIN, report("dismissed", "", type="task")) == (State.DUE, ())
    assert decided(PLAIN, report("dismissed", "", type="draft")) == (State.DUE, ("",))


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        (("a", "a"), "two actions have the id 'a'"),
        (("2", "b"), "'2' cannot be an id"),
        (("a b", "c"), "'a b' cannot be an id"),
    ],
)
def test_an_id_that_could_not_tell_them_apart_is_a_fault(ids, said):
    text = BOTH % ", ".join(each % f', id = "{name}"' for each, name in zip((MAIL, DAY), ids, strict=True))
    _, problems = load([parse(text, "rules.toml")], world(), Surroundings(frozenset(), {"out": ("task", "draft")}))
    assert [problem.message for problem in problems] == [said]


def test_a_notice_beside_others_keeps_nothing_open():
    notice = '{ type = "notice", title = "Told" }'
    text = BOTH % ", ".join([DAY % "", notice])
    assert decided(text, report("done", ""))[0] is State.DONE
    assert decided(BOTH % notice)[0] is State.DUE
    assert decided(BOTH % notice, report("dismissed", ""))[0] is State.DONE


# -- notes about one of several


def order(tag, name, start="2026-11-10 12:00", **fields):
    return note(start, tag, data={"for": name}, **fields)


@pytest.mark.parametrize(("text", "names"), [(PLAIN, ("#1", "#2")), (NAMED, ("#mail", "#day"))])
def test_a_note_ends_the_one_action_that_it_names(text, names):
    first, second = (f"{KEY}{name}" for name in names)
    assert decided(text, order("done", second)) == (State.DUE, (names[1],))
    assert decided(text, order("dismissed", first)) == (State.DUE, (names[0].removesuffix("#1"),))
    assert decided(text, order("done", second), order("dismissed", first, "2026-11-11 09:00"))[0] is State.DONE
    assert decided(text, report("done", names[0].removeprefix("#1")), order("done", second))[0] is State.DONE
    assert decided(text, order("done", KEY))[0] is State.DONE


def test_the_reason_names_the_note():
    orders = [order("done", f"{KEY}#mail"), order("done", f"{KEY}#day", "2026-11-11 09:00")]
    assert (
        the(NAMED, visit(), *orders, now=NOW, faulty=True).why
        == "done, as you say in your note “#done” of Wed 2026-11-11 09:00"
    )


@pytest.mark.parametrize(
    ("tag", "said", "why"),
    [
        ("done", "Kept it free", "done, as you say in your note “Kept it free” of Tue 2026-11-10 13:00"),
        ("dismissed", "No need", "dismissed by you in your note “No need” of Tue 2026-11-10 13:00"),
        ("dismissed", "", "dismissed by you in your note “#dismissed” of Tue 2026-11-10 13:00"),
    ],
)
def test_the_reason_quotes_the_note_that_ended_the_last_action(tag, said, why):
    deleted = report("dismissed", "#mail")
    told = order(tag, f"{KEY}#day", "2026-11-10 13:00", title=said)
    assert the(NAMED, visit(), deleted, told, now=NOW, faulty=True).why == why


def test_what_is_done_by_a_note_is_done_for_what_counts_from_it_and_what_is_dismissed_is_not():
    text = NAMED + (
        '[rule.next]\non = { kind = "meeting" }\nopens = "after.done + 1 day"\ndo = { type = "task", title = "x" }\n'
    )

    def opens(*orders):
        found = decide(text, visit(), *orders, now=NOW, faulty=True).values()
        return [shown(each.opens) for each in found if each.rule == "next"]

    sent, kept = order("done", f"{KEY}#mail"), order("done", f"{KEY}#day", "2026-11-11 09:00")
    assert opens(sent) == [""]
    assert opens(sent, kept) == ["2026-11-12 09:00"]
    given_up = order("dismissed", f"{KEY}#day", "2026-11-11 09:00")
    assert opens(sent, given_up) == ["2026-11-11 12:00"]
    assert opens(order("dismissed", f"{KEY}#mail"), given_up) == [""]


def test_of_a_note_and_an_output_that_tell_the_same_the_earlier_is_the_reason():
    kept, ticks = (
        order("done", f"{KEY}#day", "2026-11-10 09:00"),
        [report("done", "#day"), report("dismissed", "#mail")],
    )
    found = the(NAMED, visit(), kept, *ticks, now=NOW, faulty=True)
    assert found.why == "done, as you say in your note “#done” of Tue 2026-11-10 09:00"


def test_a_note_about_an_action_that_there_is_not_is_told_with_those_that_there_are():
    seen = view(NAMED, visit(), order("done", f"{KEY}#dya"))
    (told,) = misfits(seen)
    assert told.message == f"for:{KEY}#dya names no duty of its case"
    assert told.hint == f"did you mean for:{KEY}#day?"
    assert misfits(view(NAMED, visit(), order("done", f"{KEY}#day"))) == ()
    assert decided(NAMED, order("done", f"{KEY}#dya"))[0] is State.DUE


# -- notes that let one of several wait


SNOOZED = """
[guard.snoozed]
on     = "#snooze"
opens  = "start"
closes = ["it.until", "day + 7 days"]
holds  = "everything"
"""


def snooze(name, until, start="2026-11-10 12:00"):
    return note(start, "snooze", data={"for": name, "until": at(until)})


def held(found):
    return [name.removeprefix(KEY) for name, pause in found.paused.items() if pause.held]


@pytest.mark.parametrize(("text", "names"), [(PLAIN, ("#1", "#2")), (NAMED, ("#mail", "#day"))])
@pytest.mark.parametrize("which", [0, 1])
def test_a_note_lets_the_one_action_wait_that_it_names(text, names, which):
    waits = snooze(f"{KEY}{names[which]}", "2026-11-20 09:00")
    name = names[which].removesuffix("#1")
    found = the(text + SNOOZED, visit(), waits, now=NOW, faulty=True)
    assert (found.state, held(found), str(found.next)[:16]) == (State.DUE, [name], "2026-11-20 09:00")
    later = the(text + SNOOZED, visit(), waits, now="2026-11-20 09:00", faulty=True)
    assert [*later.paused] == [KEY + name]
    pause = later.paused[KEY + name]
    assert (later.state, pause.held, f"{pause.due:%m-%d %H:%M}") == (State.DUE, False, "11-20 09:00")
    assert f"{later.due:%m-%d}" == "11-09"


def test_what_a_guard_held_longer_than_the_note_is_due_when_the_guard_lets_go():
    quiet = '[guard.quiet]\non = "#quiet"\nopens = "start"\ncloses = "start + 5 days"\nholds = "everything"\n'
    waits = snooze(f"{KEY}#mail", "2026-11-12 09:00")
    found = the(
        NAMED + SNOOZED + quiet, visit(), note("2026-11-09", "quiet"), waits, now="2026-11-16 09:00", faulty=True
    )
    assert (found.state, f"{found.due:%m-%d %H:%M}") == (State.DUE, "11-14 00:00")
    assert f"{found.paused[f'{KEY}#mail'].due:%m-%d %H:%M}" == "11-14 00:00"


def test_where_all_that_is_open_waits_the_duty_is_held_until_the_first_is_not():
    orders = [snooze(f"{KEY}#mail", "2026-11-20 09:00"), snooze(f"{KEY}#day", "2026-11-15 09:00", "2026-11-10 13:00")]
    found = the(NAMED + SNOOZED, visit(), *orders, now=NOW, faulty=True)
    assert (found.state, found.guard, str(found.next)[:10], "2026-11-15" in found.why) == (
        State.HELD,
        "snoozed",
        "2026-11-15",
        True,
    )
    found = the(NAMED + SNOOZED, visit(), *orders, now="2026-11-15 09:00", faulty=True)
    assert (found.state, held(found), f"{found.due:%m-%d}") == (State.DUE, ["#mail"], "11-15")
    found = the(NAMED + SNOOZED, visit(), *orders, report("done", "#day"), now="2026-11-16 09:00", faulty=True)
    assert (found.state, f"{found.next:%m-%d}") == (State.HELD, "11-20")
    found = the(NAMED + SNOOZED, visit(), *orders, report("done", "#day"), now="2026-11-20 09:00", faulty=True)
    assert (found.state, f"{found.due:%m-%d}", found.late) == (State.DUE, "11-20", False)


def test_what_is_due_only_later_waits_no_longer_than_its_first_action():
    text = NAMED.replace("closes ", 'due     = "day + 15 days"\ncloses ', 1) + SNOOZED
    later, sooner = snooze(f"{KEY}#mail", "2026-11-20 09:00"), snooze(f"{KEY}#day", "2026-11-15 09:00")
    assert the(text, visit(), later, now=NOW, faulty=True).state is State.DUE
    found = the(text, visit(), later, sooner, now=NOW, faulty=True)
    assert (found.state, "2026-11-15" in found.why) == (State.HELD, True)


def test_what_waits_may_be_done_all_the_same_and_closes_with_its_duty():
    waits = snooze(f"{KEY}#day", "2026-12-15 09:00")
    assert decided(NAMED + SNOOZED, waits, report("done", "#day")) == (State.DUE, ("#day",))
    assert decided(NAMED + SNOOZED, waits, report("done", "#day"), report("done", "#mail"))[0] is State.DONE
    assert the(NAMED + SNOOZED, visit(), waits, report("done", "#mail"), now=NOW, faulty=True).state is State.HELD
    found = the(NAMED + SNOOZED, visit(), waits, report("done", "#mail"), now="2026-11-29 09:00", faulty=True)
    assert found.state is State.EXPIRED
    assert [
        each.message for each in misfits(view(NAMED + SNOOZED, visit(), snooze(f"{KEY}#dya", "2026-11-20 09:00")))
    ] == [f"for:{KEY}#dya names no duty of its case"]


@pytest.mark.parametrize(("part", "name"), [("1", KEY), ("2", f"{KEY}#2"), ("mail", f"{KEY}#mail")])
def test_what_people_call_an_action_names_it(part, name):
    assert (name_of_part(KEY, part), part_of(KEY, name)) == (name, part)


def test_a_word_for_a_duty_may_name_one_action_of_it():
    assert (with_part("nordik/after", "2"), with_part("nordik/after", "")) == ("nordik/after#2", "nordik/after")


def test_all_have_ended_when_none_is_open():
    def all_of(*events):
        seen = view(PLAIN, visit(), *events)
        return all_reported(parts(seen.rules.rules["after"], KEY), seen.reports, lambda told: told.kind == "done")

    assert not all_of()
    assert not all_reported((), view(PLAIN, visit(), report("done", "")).reports, lambda _: True)
    assert not all_of(report("done", ""))
    assert not all_of(report("done", ""), report("dismissed", "#2"))
    assert all_of(report("done", ""), report("done", "#2"))
