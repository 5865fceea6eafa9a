"""What ought to exist against the ledger: what is created, updated and withdrawn, and what is left alone."""

import pytest
from msgspec.structs import replace

from followup_rules.engine.plan import NOTICE, PRINTED, EntryState, LedgerEntry, digest, plan
from followup_rules.model import Action, Announcement, Decision, Pause, Person, Reason, Reply, State, Visit
from tests.support.caselab import JULIE, MARC, at

KEY = "thank-you/nordik.ca@2026-11-09"
DUE = at("2026-11-09 11:00")
VISIT = Visit(events=(), start=DUE, end=DUE, day=DUE.date(), people=())
THANKS = Action(
    key=KEY, rule="thank-you", case="nordik.ca", anchor="I1", type="draft", title="Thanks", text="Thank you.",
    to=(JULIE,), due=DUE, contact=True, duty=KEY, output="drafts", reply=Reply("m1", "t1", "Hello"),
)  # fmt: skip
OTHER = replace(THANKS, text="Thank you. I will call on the 19th.")


def decision(state, key=KEY):
    return Decision(key=key, rule="thank-you", case="nordik.ca", visit=VISIT, state=state, reason=Reason("so it is"))


def row(state=EntryState.DELIVERED, action=THANKS, **fields):
    return LedgerEntry(
        **{"key": KEY, "output": "drafts", "marker": KEY, "action": action, "state": state, "ref": "7", **fields}
    )


def planned(decisions, wanted=(), rows=(), standing=()):
    return plan(decisions, {KEY: wanted} if wanted else {}, rows, frozenset(standing))


def told(changes):
    return [(change.op, change.action.text, change.ref, change.reason) for change in changes]


CREATE = [("create", THANKS.text, "", "")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], CREATE),
        ([row(EntryState.WITHDRAWN)], CREATE),
        ([row(EntryState.WITHDRAWN, touched=True)], CREATE),
        ([row(EntryState.REFUSED)], CREATE),
        ([row(EntryState.DELIVERED)], []),
        ([row(EntryState.INTENDED)], []),  # its end is not known: the output is asked first
        ([row(EntryState.INTENDED, OTHER)], []),
        ([row(EntryState.ENDED)], []),
        ([row(EntryState.ENDED, OTHER)], []),
        ([row(EntryState.DELIVERED, OTHER)], [("update", THANKS.text, "7", "")]),
        ([row(EntryState.DELIVERED, OTHER, touched=True)], []),
    ],
)
def test_what_is_due_is_made_once_and_kept_up_to_date_unless_the_user_has_it(rows, expected):
    assert told(planned([decision(State.DUE)], [THANKS], rows)) == expected


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("touched", [False, True])
def test_only_what_is_over_and_untouched_is_taken_back(state, touched):
    over = state in (State.VOID, State.DONE, State.EXPIRED)
    expected = [("withdraw", THANKS.text, "7", "so it is")] if over and not touched else []
    assert told(planned([decision(state)], (), [row(touched=touched)])) == expected


@pytest.mark.parametrize("state", [made for made in EntryState if made is not EntryState.DELIVERED])
def test_nothing_is_taken_back_that_is_not_in_the_output(state):
    assert planned([decision(State.VOID)], (), [row(state)]) == ()


def test_an_action_whose_anchor_is_gone_is_taken_back():
    assert told(planned([], (), [row()])) == [("withdraw", THANKS.text, "7", "its rule or its anchor is gone")]


def test_an_action_of_a_faulty_rule_stays_until_the_rule_can_decide():
    assert planned([], (), [row()], ["thank-you"]) == ()
    assert len(planned([], (), [row()], ["another-rule"])) == 1
    assert len(planned([decision(State.VOID)], (), [row()], ["thank-you"])) == 1


def test_a_notice_that_was_given_is_neither_changed_nor_taken_back():
    notice = replace(THANKS, type=NOTICE)
    given = row(action=replace(OTHER, type=NOTICE))
    assert planned([decision(State.DUE)], [notice], [given]) == ()
    assert planned([decision(State.DONE)], (), [given]) == ()
    assert told(planned([decision(State.DUE)], [notice])) == CREATE


def test_the_further_actions_of_a_duty_follow_its_decision():
    second = replace(THANKS, key=f"{KEY}+2")
    rows = [row(), row(key=second.key, marker=second.key, action=second)]
    changes = planned([decision(State.DONE)], (), rows)
    assert [change.key for change in changes] == [KEY, f"{KEY}+2"]


def test_each_output_has_its_own_action():
    elsewhere = replace(THANKS, output="archive")
    changes = planned([decision(State.DUE)], [THANKS, elsewhere], [row()])
    assert [(change.op, change.output) for change in changes] == [("create", "archive")]


def test_what_no_longer_goes_to_an_output_is_left_there_while_its_duty_is_due():
    assert planned([decision(State.DUE)], [replace(THANKS, output="archive")], [row(), row(output="archive")]) == ()


def test_a_renamed_action_keeps_the_key_that_its_output_carries():
    renamed = row(action=OTHER, marker="thank-you/old@2026-11-09")
    (update,) = planned([decision(State.DUE)], [THANKS], [renamed])
    assert (update.key, update.action.key, update.output) == (KEY, "thank-you/old@2026-11-09", "drafts")
    (withdraw,) = planned([decision(State.VOID)], (), [renamed])
    assert (withdraw.key, withdraw.action.key, withdraw.output) == (KEY, "thank-you/old@2026-11-09", "drafts")


def test_what_is_due_is_not_taken_back_for_the_sake_of_a_duty_that_its_action_once_followed():
    former = row(action=replace(THANKS, duty="thank-you/old@2026-11-09"))
    assert planned([decision(State.DUE)], [THANKS], [former]) == ()


def test_changes_come_in_the_order_of_keys_and_outputs_whatever_order_things_were_found_in():
    keys = ["b/x@2026-11-09", "a/x@2026-11-09"]
    made = {key: [replace(THANKS, key=key, output=output) for output in ("tasks", "drafts")] for key in keys}
    gone = [row(key=key, marker=key, action=replace(THANKS, key=key, duty=key)) for key in ("c/x@d", "a/a@d")]
    changes = plan([decision(State.DUE, key) for key in keys], made, gone)
    assert [(change.key, change.output) for change in changes] == [
        ("a/a@d", "drafts"),
        ("a/x@2026-11-09", "drafts"),
        ("a/x@2026-11-09", "tasks"),
        ("b/x@2026-11-09", "drafts"),
        ("b/x@2026-11-09", "tasks"),
        ("c/x@d", "drafts"),
    ]


@pytest.mark.parametrize(
    "edit",
    [
        {"type": "task"},
        {"title": "Merci"},
        {"text": "Merci."},
        {"to": (MARC,)},
        {"to": (Person(JULIE.address, "Mme Roy"),)},
        {"to": (Person("j.roy@nordik.ca", JULIE.name),)},
        {"to": ()},
        {"due": None},
        {"due": at("2026-11-09 11:01")},
        {"reply": None},
    ],
    ids=str,
)
def test_what_an_output_shows_is_kept_up_to_date(edit):
    assert digest(replace(THANKS, **edit)) != digest(THANKS)


@pytest.mark.parametrize(
    "edit",
    [
        {"late": True},
        {"key": "other"},
        {"carries": ("n1",)},
        {"announces": (Announcement("call", "call/x@d", DUE),)},
    ],
    ids=str,
)
def test_what_an_output_does_not_show_is_no_reason_to_touch_it(edit):
    assert digest(replace(THANKS, **edit)) == digest(THANKS)


def test_the_words_that_a_store_holds_keep_their_meaning():
    assert [str(made) for made in EntryState] == ["intended", "delivered", "refused", "withdrawn", "ending", "ended"]
    assert (NOTICE, PRINTED) == ("notice", "run")


def test_a_row_begins_as_the_creation_of_something_that_nobody_has_touched():
    begun = LedgerEntry(key=KEY, output="drafts", marker=KEY, action=THANKS, state=EntryState.INTENDED)
    assert (begun.op, begun.ref, begun.touched, begun.attempts, begun.report) == ("create", "", False, 0, "")


# -- what a duty makes changes, or is done in part


TASK = replace(THANKS, type="task", title="Thank them")
ANOTHER = "its rule makes something else of it now"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (row(), [("create", ""), ("withdraw", ANOTHER)]),
        (row(touched=True), []),  # what the user has begun is left
        (row(EntryState.INTENDED), []),
        (row(EntryState.ENDED), [("create", "")]),
        (row(action=replace(THANKS, type=NOTICE)), [("create", "")]),
    ],
)
def test_what_is_of_another_type_now_is_made_anew_under_its_key(entry, expected):
    changes = planned([decision(State.DUE)], [TASK], [entry])
    assert sorted((change.op, change.reason) for change in changes) == expected
    assert {change.action.type for change in changes} <= {"task", "draft"}


FIRST, SECOND = replace(THANKS, part="mail"), replace(TASK, key=f"{KEY}#day", part="day")
ROWS = [row(action=FIRST), row(key=SECOND.key, marker=SECOND.key, action=SECOND)]


def of_two(ended=(), paused=(), made=(FIRST, SECOND)):
    reason = Reason("held")
    pauses = {name: Pause(held, reason, DUE, late=False) for name, held in paused}
    due = replace(decision(State.DUE), ended=tuple(f"{KEY}#{name}" for name in ended), paused=pauses)
    return [(change.op, change.action.part, change.reason) for change in planned([due], made, ROWS)]


def test_of_two_actions_the_one_that_was_done_elsewhere_is_taken_back():
    assert of_two() == []
    assert of_two(ended=["day"], made=[FIRST]) == [("withdraw", "day", "you have done it elsewhere")]
    assert of_two(ended=["mail"], made=[SECOND]) == [("withdraw", "mail", "you have done it elsewhere")]


def test_of_two_actions_the_one_that_waits_is_left_where_it_is():
    assert of_two(paused=[(f"{KEY}#day", True)], made=[FIRST]) == []
    assert of_two(paused=[(f"{KEY}#day", False)], made=[FIRST]) == [
        ("withdraw", "day", "its rule does not make it any more")
    ]


def test_what_a_rule_makes_no_more_is_taken_back_and_what_nobody_could_make_is_left():
    assert of_two(made=[FIRST]) == [("withdraw", "day", "its rule does not make it any more")]
    assert of_two(made=[]) == []
