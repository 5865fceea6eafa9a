"""What one rule says of one anchor at one instant: the state, the reason, the evidence and the next instant."""

from itertools import permutations

import pytest

from followup_rules.engine.sight import Sight
from followup_rules.keys import hashed
from followup_rules.model import Report, State
from tests.support.caselab import (
    ASK,
    EVERYTHING,
    JULIE,
    MARC,
    at,
    decide,
    event,
    note,
    sent,
    shown,
    states,
    the,
    visit,
)  # fmt: skip

NO_MAIL = Sight(frozenset({"meeting", "sent"}), {"sent": "mailbox"})
MAIL_ONLY = Sight(frozenset({"sent", "received"}))

CALL = """
[define.closed]
tags = ["offer", "rejected"]
[rule.call]
on = { kind = "meeting" }
per = "day"
opens = "day + 10 days at 09:00"
late = "opens + 1 day"
closes = "opens + 7 days"
done_by = ["#called", { kind = "sent", to = "them" }]
cancelled_by = ["closed"]
do = { type = "task", title = "Call" }
"""
EARLY, DUE, LATE, CLOSED = "2026-11-12 12:00", "2026-11-19 09:00", "2026-11-20 09:00", "2026-11-26 09:00"
AFTER = "2026-11-20 12:00"


def told(*events, now, text=CALL, **more):
    found = the(text, *events, now=now, **more)
    return found.state, found.why, shown(found.next)


# -- the run of time


@pytest.mark.parametrize(
    ("now", "state", "why", "later", "late"),
    [
        ("2026-11-01 00:00", State.WAITING, "opens at Thu 2026-11-19 09:00", DUE, False),
        ("2026-11-19 08:59", State.WAITING, "opens at Thu 2026-11-19 09:00", DUE, False),
        (DUE, State.DUE, "due at Thu 2026-11-19 09:00", LATE, False),
        ("2026-11-20 08:59", State.DUE, "due at Thu 2026-11-19 09:00", LATE, False),
        (LATE, State.DUE, "late since Fri 2026-11-20 09:00", CLOSED, True),
        ("2026-11-26 08:59", State.DUE, "late since Fri 2026-11-20 09:00", CLOSED, True),
        (CLOSED, State.EXPIRED, "missed: the window closed at Thu 2026-11-26 09:00", "", False),
        ("2027-11-26 09:00", State.EXPIRED, "missed: the window closed at Thu 2026-11-26 09:00", "", False),
    ],
)
def test_a_duty_waits_is_due_is_late_and_is_missed(now, state, why, later, late):
    found = the(CALL, visit(), now=now)
    assert (found.state, found.why, shown(found.next), found.late) == (state, why, later, late)
    assert (shown(found.opens), shown(found.due), shown(found.closes)) == (DUE, DUE, CLOSED)
    assert (found.key, found.rule, found.case) == ("call/nordik.ca@2026-11-09", "call", "nordik.ca")
    assert (found.evidence, found.guard, found.carries, found.announces, found.warning) == ((), "", (), (), "")


def test_all_instants_are_given_on_the_users_clock():
    found = the(CALL, visit(), now=DUE)
    assert {str(each.tzinfo) for each in (found.opens, found.due, found.closes, found.next)} == {"America/Toronto"}


def test_without_other_words_it_is_due_at_its_opening_and_late_a_day_after_it_is_due():
    plain = '[rule.call]\non = { kind = "meeting" }\ndo = { type = "task", title = "Call" }\n'
    assert told(visit(), text=plain, now="2026-11-09 10:59")[0] == State.WAITING
    found = the(plain, visit(), now="2026-11-09 11:00")
    assert (found.state, shown(found.due), shown(found.next)) == (State.DUE, "2026-11-09 11:00", "2026-11-10 11:00")
    late = the(plain, visit(), now="2026-11-10 11:00")
    assert (late.late, late.next, late.closes) == (True, None, None)


def test_due_and_late_count_from_the_opening_and_from_each_other():
    text = CALL.replace('late = "opens + 1 day"', 'due = "opens + 2 hours"\nlate = "due + 1 hour"')
    found = the(text, visit(), now=DUE)
    assert (found.state, shown(found.due), shown(found.next)) == (State.DUE, "2026-11-19 11:00", "2026-11-19 12:00")


def test_what_does_not_resolve_falls_back_to_the_opening_and_a_day_after_it_is_due():
    text = CALL.replace('late = "opens + 1 day"', 'due = "it.due"\nlate = "it.late"')
    found = the(text, visit(), now=DUE)
    assert (shown(found.due), shown(found.next)) == (DUE, LATE)
    promised = the(text, visit(data={"due": at("2026-11-19 10:00")}), now=DUE)
    assert (shown(promised.due), shown(promised.next)) == ("2026-11-19 10:00", "2026-11-20 10:00")


def test_a_duty_whose_opening_is_not_known_yet_waits_for_somebody_to_say_it():
    text = CALL.replace("day + 10 days at 09:00", "it.until")
    assert told(visit(), text=text, now=DUE) == (State.WAITING, "it is not known yet when it opens", "")


# -- what ends it


@pytest.mark.parametrize(
    ("ending", "state", "why"),
    [
        (note("2026-11-10 12:00", "called", title="Voicemail"), State.DONE,
         "done by your note “Voicemail” of Tue 2026-11-10 12:00"),
        (note("2026-11-10 12:00", "called", "fit"), State.DONE, "done by your note “#called #fit” of Tue 2026-11-10 12:00"),
        (sent("2026-11-10 12:00", title="Hello"), State.DONE, "done by your mail “Hello” of Tue 2026-11-10 12:00"),
        (sent("2026-11-10 12:00", MARC), State.WAITING, "opens at Thu 2026-11-19 09:00"),
        (note("2026-11-10 12:00", "offer", title="Yes"), State.VOID, "called off by your note “Yes” of Tue 2026-11-10 12:00"),
        (visit("2026-11-09 10:30", MARC, id="B", title="Offer", tags=("offer",)), State.WAITING, "opens at Thu 2026-11-19 09:00"),
        (event("sms", "2026-11-12 10:30", id="B", title="Offer", tags=("offer",)), State.VOID,
         "called off by sms “Offer” of Thu 2026-11-12 10:30"),
        (event("received", "2026-11-12 10:30", JULIE, title="Sorry", tags=("rejected",)), State.VOID,
         "called off by their mail “Sorry” of Thu 2026-11-12 10:30"),
        (note("2026-11-09 10:00", "called", title="x"), State.DONE, "done by your note “x” of Mon 2026-11-09 10:00"),
        (note("2026-11-09 09:59", "called"), State.WAITING, "opens at Thu 2026-11-19 09:00"),  # before the anchor's start
        (note("2026-11-09", "called", title="x"), State.DONE, "done by your note “x” of Mon 2026-11-09 00:00"),
        (note("2026-11-08", "called"), State.WAITING, "opens at Thu 2026-11-19 09:00"),
        (note("2026-11-30 12:00", "called", title="x"), State.DONE, "done by your note “x” of Mon 2026-11-30 12:00"),
    ],
)  # fmt: skip
def test_a_related_event_from_the_anchors_start_on_ends_the_duty(ending, state, why):
    found = the(CALL, visit(), ending, now=max(EARLY, shown(ending.start)))
    assert (found.state, found.why) == (state, why)
    assert found.evidence == (() if state is State.WAITING else (ending.id,))
    assert found.next is None or state is State.WAITING


def test_a_meeting_can_end_a_duty():
    text = CALL.replace("#called", "#offer").replace('["closed"]', '[{ kind = "meeting", title = "goodbye" }]')
    ended = visit("2026-11-13 10:30", id="B", title="Goodbye")
    found = decide(text, visit(), ended, now=EARLY)["call/nordik.ca@2026-11-09"]
    assert (found.state, found.why) == (State.VOID, "called off by the meeting “Goodbye” of Fri 2026-11-13 10:30")


def test_the_anchor_itself_ends_nothing():
    text = CALL.replace('"#called"', '{ kind = "meeting" }').replace('["closed"]', '[{ kind = "meeting" }]')
    assert the(text, visit(), visit("2026-11-09 15:00", id="I2"), now=EARLY).state is State.WAITING


def test_all_that_ends_it_is_evidence_in_the_order_of_time():
    calls = [note(f"2026-11-1{day} 12:00", "called", id=name) for day, name in ((2, "a"), (1, "c"), (3, "b"))]
    for order in permutations(calls):
        found = the(CALL, visit(), *order, now="2026-11-14 12:00")
        assert found.evidence == ("c", "a", "b")
        assert "2026-11-11" in found.why


def test_an_event_counts_from_the_anchor_on_unless_the_pattern_says_from_when():
    own = CALL.replace('"#called"', '{ tags = "called", after = "start - 1 day" }')
    for start, state in [("2026-11-08 10:00", State.DONE), ("2026-11-08 09:59", State.WAITING)]:
        assert the(own, visit(), note(start, "called"), now=EARLY).state is state


@pytest.mark.parametrize(
    ("after", "start", "counts"),
    [
        ("opens", "2026-11-09 10:59", False),
        ("opens", "2026-11-09 11:00", True),
        ("due", "2026-11-14 10:59", False),
        ("due", "2026-11-14 11:00", True),
        ("due - 1 day", "2026-11-13 11:00", True),
    ],
)
def test_an_event_may_count_only_from_the_opening_or_the_due_date_on(after, start, counts):
    text = f"""
[rule.call]
on = {{ kind = "meeting" }}
due = "end + 5 days"
done_by = [{{ tags = "called", after = "{after}" }}]
do = {{ type = "task", title = "Call" }}
"""
    assert (the(text, visit(), note(start, "called"), now="2026-12-01 12:00").state is State.DONE) is counts


@pytest.mark.parametrize("when", ['opens = "it.until"', 'opens = "it.until"\ndue = "end"', 'due = "it.until"'])
@pytest.mark.parametrize("after", ["opens", "due"])
def test_an_opening_that_is_not_known_yet_is_no_instant_to_count_from(when, after):
    text = f"""
[rule.call]
on = {{ kind = "meeting" }}
{when}
done_by = [{{ tags = "called", after = "{after}" }}]
do = {{ type = "task", title = "Call" }}
"""
    found = the(text, visit(), note("2026-11-09 11:00", "called"), now="2026-12-01 12:00")
    assert found.state is (State.WAITING if when.startswith("opens") else State.DONE)


def test_a_note_that_is_ticked_ends_what_started_from_it():
    text = f"[rule.ask]\n{ASK}per = 'day'\n"
    notes = [
        note("2026-11-09 12:00", "ask", title="Who?", id="a"),
        note("2026-11-09 13:00", "ask", ticked=True, title="Why?", id="b"),
    ]
    found = the(text, *notes, now=EARLY)
    assert (found.state, found.why, found.evidence) == (State.DONE, "you ticked the note “Why?”", ("b",))


KEY = "call/nordik.ca@2026-11-09"


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("done", "you ticked it off at Fri 2026-11-20 10:00"),
        ("sent", "you sent it: “Thanks” of Fri 2026-11-20 10:00"),
        ("dismissed", "dismissed by you: you deleted it"),
    ],
)
def test_what_the_user_did_with_the_action_ends_its_duty(kind, why):
    report = event(kind, "2026-11-20 10:00", MARC, id="r", title="Thanks", report=Report(key=KEY, rule="call"))
    found = the(CALL, visit(), report, now=AFTER)
    assert (found.state, found.why, found.evidence) == (State.DONE, why, ("r",))
    other = event(kind, "2026-11-20 10:00", MARC, report=Report(key=KEY.replace("09", "10"), rule="call"))
    assert the(CALL, visit(), other, now=AFTER).state is State.DUE


def test_what_was_reported_counts_whenever_it_was():
    report = event("done", "2026-11-01 10:00", report=Report(key=KEY, rule="call"))
    assert the(CALL, visit(), report, now=AFTER).state is State.DONE


def test_a_draft_that_i_sent_is_known_by_the_hash_that_it_carried():
    mail = event("sent", "2026-11-20 10:00", MARC, title="Thanks", report=Report(key=hashed(KEY)))
    assert the(CALL, visit(), mail, now=AFTER).state is State.DONE


def test_the_words_of_a_note_are_no_report():
    words = {"key": KEY, "rule": "call", "mail": "mine", "anchor": "meeting-2026-11-09T10:00"}
    assert the(CALL, visit(), note("2026-11-20 10:00", "brief", data=words), now=AFTER).state is State.DUE


def report(kind, start="2026-11-20 10:00", mail=""):
    told = Report(key=KEY, rule="call", mail=mail)
    return event(kind, start, MARC, id=f"{kind} {len(mail)}", title="Hello", report=told)


DISMISSED, SENT_AS = report("dismissed"), report("done", mail="mine")
TICKED = report("done", "2026-11-20 11:00")


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([DISMISSED], "dismissed by you: you deleted it"),
        ([SENT_AS], "you sent it: “Hello” of Fri 2026-11-20 10:00"),
        ([DISMISSED, SENT_AS], "you sent it: “Hello” of Fri 2026-11-20 10:00"),
        ([DISMISSED, SENT_AS, TICKED], "you ticked it off at Fri 2026-11-20 11:00"),
        ([DISMISSED, note("2026-11-19 12:00", "called", title="Hi")], "done by your note “Hi” of Thu 2026-11-19 12:00"),
        ([SENT_AS, note("2026-11-19 12:00", "called", title="Hi")], "done by your note “Hi” of Thu 2026-11-19 12:00"),
        ([TICKED, note("2026-11-19 12:00", "called", title="Hi")], "you ticked it off at Fri 2026-11-20 11:00"),
    ],
)
def test_a_draft_is_deleted_because_it_was_sent_so_what_shows_that_counts_first(events, why):
    for order in permutations(events):
        assert the(CALL, visit(), *order, now=AFTER).why == why


def test_a_note_that_was_ticked_says_more_than_an_action_that_was_deleted():
    text = f"[rule.ask]\n{ASK}"
    asked = note("2026-11-09 12:00", "ask", id="n", ticked=True, title="Who?")
    deleted = event("dismissed", "2026-11-10 12:00", report=Report(key="ask/n@2026-11-09", rule="ask"))
    assert the(text, asked, deleted, now=EARLY).why == "you ticked the note “Who?”"


# -- what makes it void


def test_a_duty_that_opened_long_before_the_first_run_is_void():
    why = "it opened at Thu 2026-11-19 09:00, long before the first run"
    assert told(visit(), now="2026-12-19 09:01", first_run="2026-12-19 09:01") == (State.VOID, why, "")
    assert told(visit(), now="2026-12-19 09:00", first_run="2026-12-19 09:00")[0] is State.EXPIRED
    assert told(visit(), now="2026-12-19 09:01", first_run="2026-12-19 09:01", lookback=31)[0] is State.EXPIRED


WHILE = CALL.replace("cancelled_by", 'while = [{ kind = "received" }, "#open"]\ncancelled_by')


@pytest.mark.parametrize(
    ("events", "sight", "state", "why"),
    [
        ([], EVERYTHING, State.VOID, "what it depends on is not there (any more)"),
        ([event("received", "2026-11-09 12:00", JULIE)], EVERYTHING, State.DUE, "due at Thu 2026-11-19 09:00"),
        ([note("2026-11-09 12:00", "open")], EVERYTHING, State.DUE, "due at Thu 2026-11-19 09:00"),
        ([note("2026-11-09 09:00", "open")], EVERYTHING, State.VOID, "what it depends on is not there (any more)"),
        ([], Sight(frozenset({"meeting", "sent"})), State.BLIND, "no source can show a “received” event"),
        ([], Sight(frozenset({"meeting"})), State.BLIND, "no source can show a “sent” event"),  # nor that it is done
        (
            [note("2026-11-09 12:00", "open")],
            Sight(frozenset({"meeting", "sent"})),
            State.DUE,
            "due at Thu 2026-11-19 09:00",
        ),
    ],
)
def test_a_duty_stands_only_while_what_it_depends_on_is_there(events, sight, state, why):
    found = the(WHILE, visit(), *events, now=DUE, sight=sight)
    assert (found.state, found.why) == (state, why)


# -- only the latest visit counts


LATEST = CALL.replace('per = "day"', 'per = "case"')


def test_a_later_visit_supersedes_the_earlier_ones_for_as_long_as_one_looks_back():
    first, second = visit(id="I1"), visit("2026-11-16 10:00", id="I2", title="Second round")
    found = decide(LATEST, first, second, now="2026-11-13 12:00")
    superseded, counts = found[KEY], found["call/nordik.ca@2026-11-16"]
    assert (superseded.state, superseded.evidence) == (State.VOID, ("I2",))
    assert superseded.why == "superseded by “Second round” of Mon 2026-11-16 10:00"
    assert shown(superseded.next) == "2026-12-09 11:00"
    assert (counts.state, shown(counts.opens)) == (State.WAITING, "2026-11-26 09:00")
    assert KEY in decide(LATEST, first, second, now="2026-12-09 10:59")
    assert list(decide(LATEST, first, second, now="2026-12-09 11:00")) == ["call/nordik.ca@2026-11-16"]


def test_a_cancelled_visit_supersedes_nothing_and_is_listed_as_such():
    found = states(LATEST, visit(), visit("2026-11-16 10:00", id="I2", status="cancelled"), now="2027-11-13 12:00")
    assert found == {"call/@2026-11-09": State.EXPIRED, "call/@2026-11-16": State.VOID}


def test_where_each_day_counts_no_visit_supersedes_another():
    found = states(CALL, visit(), visit("2026-11-16 10:00", id="I2"), now="2026-11-13 12:00")
    assert set(found.values()) == {State.WAITING}


# -- the order of what is asked


def test_of_all_that_can_be_said_the_first_in_order_counts():
    text = LATEST.replace('on = { kind = "meeting" }', 'on = "#ask"')
    one = note("2026-11-09 10:00", "ask", ticked=True, title="One")
    offer, called = note("2026-11-10 10:00", "offer"), note("2026-11-10 11:00", "called")
    later = note("2026-11-11 10:00", "ask", id="later")

    def said(*events, **more):
        return decide(text, *events, **{"now": CLOSED, "sight": NO_MAIL, **more})[KEY].why.partition(" ")[0]

    cancelled = event("note", "2026-11-09 10:00", tags=("ask",), status="declined")
    assert said(cancelled, later, offer, called) == "you"
    assert "declined" in decide(text, cancelled, later, offer, now=CLOSED)[KEY].why
    assert said(one, later, offer, called) == "superseded"
    assert said(one, offer, called) == "called"
    assert "long before" in decide(text, one, called, now=CLOSED, first_run="2027-11-12")[KEY].why
    assert "ticked" in decide(text, one, called, now=EARLY, sight=NO_MAIL)[KEY].why
    plain = note("2026-11-09 10:00", "ask")
    assert said(plain, called) == "done"
    assert said(plain, now=EARLY) == "opens"
    assert said(plain) == "the"
    assert said(plain, sight=EVERYTHING) == "missed:"


# -- absence needs sight


@pytest.mark.parametrize(
    ("text", "sight", "state"),
    [
        (CALL, EVERYTHING, State.DUE),
        (CALL, NO_MAIL, State.BLIND),
        (CALL, MAIL_ONLY, State.DUE),  # the anchors of single visits are there or not
        (LATEST, MAIL_ONLY, State.BLIND),  # a later visit may be unseen
        (CALL.replace(', { kind = "sent", to = "them" }', ""), NO_MAIL, State.DUE),
        (CALL.replace('["closed"]', '[{ kind = "received" }]'), Sight(frozenset({"sent", "meeting"})), State.BLIND),
        (CALL.replace('["closed"]', '[{ with = "them" }]'), Sight(frozenset(), {"sms": "phone"}), State.BLIND),
    ],
)
def test_a_rule_decides_only_if_what_it_looks_for_could_be_seen(text, sight, state):
    assert the(text, visit(), now=DUE, sight=sight).state is state


def test_blindness_says_which_source_and_lasts_for_no_foreseeable_time():
    why = "the source 'mailbox' could not be read, so nothing can be said of “sent” events"
    assert told(visit(), now=DUE, sight=NO_MAIL) == (State.BLIND, why, "")


@pytest.mark.parametrize(("now", "state"), [(EARLY, State.WAITING), (DUE, State.BLIND), (CLOSED, State.BLIND)])
def test_the_blind_neither_act_nor_miss_anything(now, state):
    assert the(CALL, visit(), now=now, sight=NO_MAIL).state is state


def test_what_is_seen_counts_though_something_else_is_not():
    assert the(CALL, visit(), note("2026-11-10 12:00", "called"), now=DUE, sight=NO_MAIL).state is State.DONE
    related = the(
        WHILE, visit(), note("2026-11-10 12:00", "open"), now=DUE, sight=Sight(frozenset({"meeting", "sent"}))
    )
    assert related.state is State.DUE


# -- a faulty rule


def test_a_faulty_rule_says_so_and_nothing_else():
    text = CALL.replace('per = "day"', 'per = "weekly"')
    for now in (EARLY, DUE, CLOSED):
        found = the(text, visit(), now=now, faulty=True)
        assert (found.state, found.why) == (State.BROKEN, "the rule is faulty: unknown per 'weekly'")
        assert (found.opens, found.due, found.closes, found.next) == (None, None, None, None)


def test_a_faulty_rule_is_listed_for_cancelled_anchors_too():
    found = the(CALL.replace('"closed"', '"nothing"'), visit(status="cancelled"), now=DUE, faulty=True)
    assert found.state is State.BROKEN


def test_a_rule_without_an_anchor_decides_nothing():
    assert decide(CALL.replace('on = { kind = "meeting" }\n', ""), visit(), now=DUE, faulty=True) == {}
