"""Which mail of mine was the draft that a rule asks for: told by the events and a subject, whether a draft was made or not."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from followup_rules.engine.anchors import CaseView
from followup_rules.engine.evaluate import EvaluationContext, Remembered, evaluate
from followup_rules.engine.own_mail import of_any_beginning, with_own_mail
from followup_rules.model import Event, Report, State
from tests.support.caselab import EVERYTHING, JULIE, MARC, at, case, event, note, sent, shown, visit
from tests.support.rulelab import rules

NUDGE = """
[rule.nudge]
on    = { kind = "sent", title = "application", first = "thread" }
opens = "end + 7 days"
do    = { type = "draft", reply_to = "it", title = "Re: {{ it.title }}" }
[rule.again]
on    = { kind = "done", data.rule = "nudge" }
opens = "start + 7 days"
do    = { type = "task", title = "Call them" }
"""
NEWS = """
[rule.news]
on     = { kind = "meeting" }
per    = "day"
opens  = "day + 3 days"
closes = "opens + 10 days"
do     = { type = "draft", title = "News?" }
"""
APPLIED = sent("2026-11-03 10:00", id="a1", title="Application: gardener")
KEY = "nudge/a1@2026-11-03"


def of_any(*_):
    """Know nothing of how subjects begin."""
    return ()


def decided(text, *events, now, subjects=None, joined=(), **more):
    context = EvaluationContext(at(now), at("2026-01-01 00:00"), timedelta(days=30), EVERYTHING)
    found = evaluate(
        case(*events, joined=joined), rules(text), {}, context, Remembered(subjects=subjects or {}, **more)
    )
    return {each.key.partition("/")[0]: each for each in found[::-1]}


def nudged(mail, now="2026-11-12 09:00", **more):
    return decided(NUDGE, APPLIED, mail, now=now, **more)["nudge"]


ANSWER = sent("2026-11-11 10:00", id="n1", title="Re: Application: gardener", answers="a1", references=("a1",))


def test_a_mail_that_answers_what_the_draft_would_answer_is_that_draft():
    found = nudged(ANSWER)
    assert (found.state, found.evidence) == (State.DONE, ("n1",))
    assert found.why == "you sent it: “Application: gardener” of Wed 2026-11-11 10:00"


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"title": "Anything at all"}, State.DONE),
        ({"answers": "a2"}, State.DUE),  # another mail of the thread
        ({"references": ()}, State.DONE),
        ({"answers": "a2", "references": ()}, State.DUE),
        ({"answers": "a2", "references": (), "thread": "a1"}, State.DUE),
        ({"answers": "a3", "references": ("a3",)}, State.DUE),  # another one of mine
        ({"answers": ""}, State.DUE),  # it answers none of those that it names
        ({"people": (MARC,)}, State.DUE),
        ({"people": (MARC, JULIE)}, State.DONE),
        ({"forwards": True}, State.DUE),
        ({"auto": "reply"}, State.DUE),
        ({"start": at("2026-11-10 09:59")}, State.DUE),  # before its opening
        ({"start": at("2026-11-10 10:00")}, State.DONE),
        ({"answers": "", "references": ()}, State.DONE),  # as Outlook writes it
        ({"answers": "", "references": (), "title": "Re: The weather"}, State.DUE),
        ({"answers": "", "references": (), "title": "Application: gardener"}, State.DUE),
        ({"report": Report(key="news/x@2026-11-03")}, State.DUE),  # it was another draft
    ],
)
def test_what_makes_a_mail_that_draft(fields, state):
    other = sent("2026-11-04 10:00", MARC, id="a3", title="The weather")
    assert decided(NUDGE, APPLIED, other, replace(ANSWER, **fields), now="2026-11-12 09:00")["nudge"].state is state


def test_what_only_shares_the_thread_is_no_reply():
    for title, state in [("Re: The weather", State.DONE), ("The weather", State.DUE)]:
        mail = replace(ANSWER, answers="", references=(), title=title, thread="t")
        assert decided(NUDGE, replace(APPLIED, thread="t"), mail, now="2026-11-12 09:00")["nudge"].state is state


def test_nobody_answers_a_meeting_by_mail():
    text = NEWS.replace("do     = {", 'do     = { reply_to = "it",')
    mail = sent("2026-11-13 10:00", id="m1", title="Re: Interview", answers="i", references=("i",))
    assert decided(text, visit(id="i"), mail, now="2026-11-14 09:00")["news"].state is State.DUE


def test_what_a_mail_tells_is_like_what_an_output_tells():
    seen = CaseView(case(replace(APPLIED, thread="t", people=(JULIE, MARC)), ANSWER), rules(NUDGE), {})
    told, _ = with_own_mail(seen.case, seen, {}, of_any_beginning)
    assert told.reports.events == (
        Event(
            id=f"done:{KEY}",
            kind="done",
            start=ANSWER.start,
            end=ANSWER.start,
            title="Application: gardener",
            people=(JULIE, MARC),
            thread="t",
            data={"rule": "nudge"},
            report=Report(key=KEY, rule="nudge", anchor="a1", mail="n1", type="draft"),
        ),
    )
    each = rules(NUDGE.replace("opens", 'each  = "person"\nopens', 1))
    seen = CaseView(case(replace(APPLIED, people=(JULIE, MARC)), ANSWER), each, {})
    told, _ = with_own_mail(seen.case, seen, {}, of_any_beginning)
    assert [(event.people, event.report.key) for event in told.reports.events] == [
        ((JULIE,), "nudge/a1~julie@nordik.ca@2026-11-03")
    ]


@pytest.mark.parametrize(("kind", "state"), [("sent", State.DONE), ("received", State.DUE)])
def test_who_replies_to_their_own_mail_in_the_thread_answers_what_that_one_answered(kind, state):
    first = replace(ANSWER, start=at("2026-11-05 10:00"), kind=kind)
    more = replace(ANSWER, id="n2", answers="n1", references=("a1", "n1"))
    found = decided(NUDGE, APPLIED, first, more, now="2026-11-12 09:00")["nudge"]
    assert found.state is state


@pytest.mark.parametrize("named", ["a1", ""])
def test_who_replies_to_the_notice_of_absence_answers_what_that_came_for(named):
    away = replace(ANSWER, id="n1", kind="received", start=at("2026-11-05 10:00"), auto="reply", answers=named)
    more = replace(ANSWER, id="n2", answers="n1", references=("a1", "n1"))
    assert decided(NUDGE, APPLIED, away, more, now="2026-11-12 09:00")["nudge"].state is State.DONE


def test_a_draft_that_begins_a_thread_answers_nothing():
    text = NUDGE.replace('reply_to = "it", ', "")
    assert decided(text, APPLIED, ANSWER, now="2026-11-12 09:00")["nudge"].state is State.DUE


def test_a_mail_of_later_is_not_there_yet():
    assert nudged(ANSWER, now="2026-11-11 09:59").state is State.DUE


HELLO = sent("2026-11-13 10:00", id="m1", title="News?")


def news(*mails, subject="News?", now="2026-11-14 09:00", name="news/nordik.ca@2026-11-09"):
    return decided(NEWS, visit(), *mails, now=now, subjects={name: subject} if subject else None)["news"]


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, State.DONE),
        ({"title": "News? "}, State.DONE),
        ({"title": "News"}, State.DUE),
        ({"answers": "x"}, State.DUE),
        ({"references": ("x",)}, State.DUE),
        ({"start": at("2026-11-11 23:59")}, State.DUE),
        ({"people": (MARC,)}, State.DUE),
        ({"forwards": True}, State.DUE),
        ({"kind": "received"}, State.DUE),  # it is not mine
    ],
)
def test_a_mail_that_begins_a_thread_with_the_subject_is_that_draft(fields, state):
    assert news(replace(HELLO, **fields)).state is state


def test_where_the_subject_is_not_known_it_is_asked_for_only_if_a_mail_may_be_that_draft():
    found = news(HELLO, sent("2026-11-13 11:00", id="m2", title="Other"), subject="")
    assert (found.state, found.unknown) == (State.DUE, {"news/nordik.ca@2026-11-09": ("News?", "Other")})
    assert news(subject="").unknown == {}
    assert news(replace(HELLO, answers="x"), subject="").unknown == {}


def test_of_mails_of_which_none_begins_with_the_words_that_are_known_none_is_asked_about():
    mails = [sent(f"2026-11-13 1{n}:00", id=f"m{n}", title=title) for n, title in enumerate(("News? Soon", "Other"))]

    def asked(*words):
        def beginning(rule, do):
            assert (rule.id, do.title is not None) == ("news", True)
            return words

        return decided(NEWS, visit(), *mails, now="2026-11-14 09:00", beginning=beginning)["news"].unknown

    name = "news/nordik.ca@2026-11-09"
    assert asked() == {name: ("News? Soon", "Other")}
    assert asked("News?") == asked("News?", "Soon") == {name: ("News? Soon",)}
    assert asked("News?", "Soon", "again") == {}


def test_where_the_subject_is_known_nothing_is_asked():
    assert news(HELLO, subject="Nothing like it").unknown == {}


def test_of_several_mails_that_could_be_it_the_first_is():
    others = [sent(f"2026-11-13 11:{n:02}", MARC, id=f"o{n}", title="News?") for n in range(6)]
    mails = [HELLO, *others, sent("2026-11-13 12:00", id="m8", title="News?")]
    found = news(sent("2026-11-10 10:00", MARC, id="o", title="Hello"), *mails)
    assert (found.state, found.evidence) == (State.DONE, ("m1",))
    text = NUDGE.replace("start + 7", "end + 7")
    more = replace(ANSWER, id="n2", start=at("2026-11-12 10:00"), end=at("2026-11-12 10:00"))
    found = decided(text, APPLIED, ANSWER, more, now="2026-11-13 09:00")["again"]
    assert shown(found.opens) == "2026-11-18 10:00"


def test_a_draft_that_was_deleted_and_sent_all_the_same_was_sent():
    told = Report(key="news/nordik.ca@2026-11-09", rule="news")
    deleted = event("dismissed", "2026-11-13 09:00", id="gone", report=told)
    assert news(deleted, HELLO).evidence == ("m1",)


def test_one_mail_may_be_the_draft_of_two_rules_of_which_one_was_told_under_its_old_name():
    text = NEWS + NEWS.replace("rule.news", "rule.more")
    subjects = {f"{rule}/nordik.ca@2026-11-09": "News?" for rule in ("news", "more")}
    told = Report(key="news/nordik.ca@2026-11-09", rule="old", mail="m1")
    known = event("done", "2026-11-13 10:00", id="done:old", report=told)
    found = decided(text, visit(), HELLO, known, now="2026-11-14 09:00", subjects=subjects)
    assert [found[rule].state for rule in ("news", "more")] == [State.DONE, State.DONE]

    def reports(known):
        seen = CaseView(case(visit(), HELLO, known), rules(text), {})
        return [each.id for each in with_own_mail(seen.case, seen, subjects, of_any)[0].reports.events]

    own, other = "done:news/nordik.ca@2026-11-09", "done:more/nordik.ca@2026-11-09"
    assert sorted(reports(known)) == [other, "done:old"], "nothing is told twice"
    assert sorted(reports(replace(known, id=own, report=replace(told, mail="m0")))) == [other, own]


def test_a_mail_from_which_it_starts_is_not_the_draft_that_is_asked_for_after_it():
    for rule, anchor, key in [
        ('on = { kind = "done", data.rule = "news" }', HELLO, "again/done:news/nordik.ca@2026-11-09@2026-11-13"),
        ('on = { kind = "sent" }', HELLO, "again/m1@2026-11-13"),
    ]:
        text = f'{NEWS}[rule.again]\n{rule}\nopens = "start"\ndo = {{ type = "draft", title = "News?" }}\n'
        subjects = {"news/nordik.ca@2026-11-09": "News?", key: "News?"}
        other = sent("2026-11-12 10:00", MARC, id="o1", title="Other")
        found = decided(text, visit(), anchor, other, now="2026-11-14 09:00", subjects=subjects)["again"]
        assert (found.key, found.state) == (key, State.DUE)


def test_what_a_rule_does_not_concern_was_not_sent_for_it():
    guard = '[guard.quiet]\non = { kind = "meeting" }\nopens = "end"\ncloses = "end + %d days"\nexcept = ["nudge"]\n'
    text = NUDGE.replace("opens", 'during = "quiet"\nopens', 1)
    for days, rules_ in [(1, set()), (9, {"nudge", "again"})]:
        found = decided(text + guard % days, visit("2026-11-01 10:00"), APPLIED, ANSWER, now="2026-11-12 09:00")
        assert {*found} == rules_


def test_a_draft_beside_a_task_is_known_too():
    text = NEWS.replace("do     = {", 'do = [{ type = "task", title = "Look" }, {').replace('"News?" }', '"News?" }]')
    name = "news/nordik.ca@2026-11-09#2"
    context = EvaluationContext(at("2026-11-14 09:00"), at("2026-01-01"), timedelta(days=30), EVERYTHING)
    (found,) = evaluate(
        case(visit(), HELLO), rules(text, faulty=True), {}, context, Remembered(subjects={name: "News?"})
    )
    assert found.ended == (name,)


def test_a_mail_after_the_window_closed_still_is_that_draft():
    assert news(now="2026-12-01 09:00").state is State.EXPIRED
    assert news(replace(HELLO, start=at("2026-11-25 10:00")), now="2026-12-01 09:00").state is State.DONE


def test_what_was_sent_so_is_what_another_rule_starts_from():
    found = decided(NUDGE, APPLIED, ANSWER, now="2026-11-12 09:00")["again"]
    assert (found.key, shown(found.opens)) == (f"again/done:{KEY}@2026-11-11", "2026-11-18 10:00")


def test_what_other_rules_ask_for_after_it_may_have_been_sent_too():
    more = NUDGE.replace(
        'do    = { type = "task", title = "Call them" }', 'do = { type = "draft", title = "Once more" }'
    )
    third = '[rule.third]\non = { kind = "done", data.rule = "again" }\ndo = { type = "task", title = "Stop" }\n'
    again = sent("2026-11-20 10:00", id="m3", title="Once more")
    subjects = {f"again/done:{KEY}@2026-11-11": "Once more"}
    found = decided(more + third, APPLIED, ANSWER, again, now="2026-11-21 09:00", subjects=subjects)
    assert (found["again"].state, found["third"].state) == (State.DONE, State.DUE)


def test_a_rule_that_starts_from_its_own_end_does_not_start_from_one_mail_for_ever():
    text = '[rule.echo]\non = [{ kind = "done" }]\ndo = { type = "draft", title = "Echo" }\n'.replace(
        "[{", "{"
    ).replace("}]", "}")
    first = event("done", "2026-11-09 10:00", JULIE, id="done:first", data={"rule": "x"})
    twice = [sent("2026-11-09 10:00", id=name, title="Echo") for name in ("m1", "m2")]
    subjects = {"echo/done:first@2026-11-09": "Echo", "echo/done:echo/done:first@2026-11-09@2026-11-09": "Echo"}
    context = EvaluationContext(at("2026-11-10 09:00"), at("2026-01-01 00:00"), timedelta(days=30), EVERYTHING)
    found = evaluate(case(first, *twice), rules(text), {}, context, Remembered(subjects=subjects))
    assert 1 < len(found) < 5


def test_a_draft_to_nobody_is_not_known_by_its_subject_here():
    text = '[rule.ask]\non = "#ask"\nopens = "start"\ndo = { type = "draft", to = "it.ref", title = "Hello" }\n'
    found = decided(
        text, note("2026-11-09 10:00", "ask", id="n"), sent("2026-11-10 10:00", title="Hello"), now="2026-11-11"
    )
    assert found["ask"].state is State.DUE
