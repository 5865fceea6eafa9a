"""Mail that no person wrote is nobody's word, unless a rule names it."""

import pytest
from msgspec.structs import replace

from followup_rules.model import Person
from tests.support.caselab import JULIE, MARC, event, note, sent, states, the

ANSWERED = """
[define.answer]
kind = "received"
from = "them"
[rule.nudge]
on = { kind = "sent", title = "application" }
opens = "end + 7 days"
do = { type = "task", title = "Ask" }
"""
APPLICATION = sent("2026-11-02 10:00", title="Application")
NOW = "2026-11-10 10:00"


def received(start="2026-11-03 10:00", **fields):
    return event("received", start, JULIE, **{"organizer": JULIE, **fields})


@pytest.mark.parametrize(
    ("done_by", "auto", "state"),
    [
        ('["answer"]', "", "done"),
        ('["answer"]', "reply", "due"),
        ('[{ is = "answer", auto = "bounce" }]', "bounce", "done"),
        ('[{ is = "answer", auto = "bounce" }]', "", "due"),
        ('[{ is = "answer", auto = [false, "notice"] }]', "notice", "done"),
        ('[{ is = "answer", auto = [false, "notice"] }]', "", "done"),
        ('[{ is = "answer", auto = true }]', "receipt", "done"),
        ('[{ any = ["answer", { kind = "received", auto = "bounce" }] }]', "reply", "due"),
        ('[{ any = ["answer", { kind = "received", auto = "bounce" }] }]', "bounce", "done"),
        ('[{ any = ["answer", { kind = "received", auto = "bounce" }] }]', "", "done"),
        ('[{ kind = "received", not = { title = "x" } }]', "bulk", "due"),
    ],
)
def test_what_a_rule_looks_for_is_written_by_people_unless_it_says_otherwise(done_by, auto, state):
    decided = the(f"{ANSWERED}done_by = {done_by}\n", APPLICATION, received(auto=auto), now=NOW)
    assert decided.state == state


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"title": "Re: Application"}, "done"),
        ({"title": "Application"}, "due"),
        ({"title": "Re: Your future"}, "due"),
        ({"title": "Re: Application", "organizer": MARC}, "due"),
        ({"title": "Re: Application", "start": "2026-11-02 09:00"}, "due"),
        ({"title": "Re: Application", "auto": "reply"}, "due"),
    ],
)
def test_what_looks_like_mail_to_many_and_answers_a_mail_of_mine_is_a_persons(fields, state):
    """Tools of recruiters put a way to leave into every mail, and some drop the headers of an answer."""
    mail = received(**{"auto": "bulk", **fields})
    assert the(f'{ANSWERED}done_by = ["answer"]\n', APPLICATION, mail, now=NOW).state == state


HEARD = f'{ANSWERED}done_by = ["answer"]\n'
BULK = received(auto="bulk", title="Re: Application", id="bulk")


def test_i_must_have_written_to_them_first_and_i_alone():
    early = sent("2026-11-01 10:00", title="Application", id="early")
    late = sent("2026-11-05 10:00", title="Application", id="late")
    for mails, state in [((early, late), "done"), ((late,), "waiting"), ((late, early), "done")]:
        found = states(HEARD, *mails, BULK, now=NOW)
        assert [found[key] for key in sorted(found)][:1] == [state]
    hello = sent("2026-11-01 10:00", title="Application, again")
    for kind, fields in [("sent", {"auto": "reply"}), ("received", {}), ("note", {})]:
        before = event(kind, "2026-11-02 10:00", JULIE, title="Application", **fields)
        assert next(iter(states(HEARD, hello, before, BULK, now=NOW).values())) == "due"


def test_what_is_heard_at_the_very_instant_or_joined_to_the_case_is_heard():
    at_once = received("2026-11-02 10:00", auto="bulk", title="Re: Application")
    assert the(HEARD, APPLICATION, at_once, now=NOW).state == "done"
    assert the(HEARD, APPLICATION, now=NOW, joined=[BULK]).state == "done"
    assert the(HEARD, APPLICATION, now=NOW, joined=[replace(BULK, title="Application")]).state == "due"


def test_what_names_no_writer_or_comes_from_me_is_nobodys_answer():
    nobody = replace(BULK, organizer=None)
    assert the(HEARD, APPLICATION, nobody, now=NOW).state == "due"
    text = HEARD.replace('"received"', '["received", "sent"]').replace('from = "them"', 'title = "Re: Application"')
    mine = event("sent", "2026-11-03 10:00", JULIE, auto="bulk", title="Re: Application", organizer=JULIE)
    assert the(text, APPLICATION, mine, now=NOW).state == "due"


def test_no_rule_starts_from_it():
    text = '[rule.read]\non = { kind = "received" }\nopens = "start"\ndo = { type = "task", title = "Read" }\n'
    assert states(text, received(auto="bulk"), now=NOW) == {}
    assert len(states(text, received(), now=NOW)) == 1


def test_a_field_of_it_is_not_counted_from():
    text = """
[define.word]
tags = "word"
[define.answer]
kind = "received"
[rule.ask]
on = "#ask"
opens = ["answer.start", "start + 20 days"]
do = { type = "task", title = "Ask" }
"""
    asked = note("2026-11-02 12:00", "ask")
    assert the(text, asked, received(auto="reply"), now=NOW).state == "waiting"
    assert the(text, asked, received(), now=NOW).state == "due"


# -- whose subject it is


REPLIES = """
[rule.thanks]
on = { kind = "sent", title = "thank*" }
opens = "start"
do = { type = "task", title = "Rest" }
"""


@pytest.mark.parametrize(
    ("before", "mine", "counts"),
    [
        ([], {"title": "Thank you"}, True),
        ([], {"title": "Re: Thank you", "answers": "hers"}, False),
        ([], {"title": "Re: Thank you"}, True),
        ([{"title": "Thank you", "id": "hers"}], {"title": "Re: Thank you"}, False),
        ([{"title": "Another", "id": "hers"}], {"title": "Re: Thank you"}, True),
        ([], {"title": "Thank you", "answers": "hers"}, True),
        ([], {"title": "Re: Thank you", "answers": "long-ago@example.org"}, True),
        ([], {"title": "Re: Thank you", "answers": "long-ago@nordik.ca"}, False),
        ([], {"title": "Thank you", "forwards": True}, False),
    ],
)
def test_a_subject_counts_as_my_words_if_i_chose_it(before, mine, counts):
    theirs = [received("2026-11-03 09:00", **fields) for fields in before]
    found = states(REPLIES, *theirs, sent("2026-11-03 12:00", **mine), now="2026-11-03 13:00")
    assert bool(found) is counts


# -- one conversation


ONE_THREAD = """
[rule.nudge]
on = { kind = "sent", first = "thread" }
opens = "end + 7 days"
done_by = [{ kind = "received", same = "thread" }]
do = { type = "task", title = "Ask" }
"""


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"references": ("m1",)}, "done"),
        ({"references": ("m2",)}, "done"),
        ({"answers": "m2"}, "done"),
        ({"title": "Re: Invoice"}, "done"),
        ({"title": "Re: Lunch"}, "due"),
        ({"title": "Invoice"}, "due"),
        ({"references": ("another",), "title": "Re: Invoice"}, "due"),
    ],
)
def test_an_answer_under_any_id_of_the_thread_or_under_its_subject_is_one(answer, state):
    mails = [
        sent("2026-11-02 10:00", id="m1", thread="m1", title="Invoice"),
        sent("2026-11-03 10:00", id="m2", thread="m1", title="Re: Invoice", answers="m1", references=("m1",)),
        received("2026-11-04 10:00", id="r1", **answer),
    ]
    for order in (mails, mails[::-1]):
        found = states(ONE_THREAD, *order, now=NOW)
        assert list(found.values()) == [state]


def test_a_subject_joins_nobody_who_shares_no_address():
    mails = [
        sent("2026-11-02 10:00", id="m1", thread="m1", title="Invoice"),
        event("received", "2026-11-04 10:00", Person("paul@nordik.ca"), id="r1", title="Re: Invoice"),
    ]
    assert list(states(ONE_THREAD, *mails, now=NOW).values()) == ["due"]
