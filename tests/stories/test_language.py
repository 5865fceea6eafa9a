"""Rules in the words of the language, lived with for weeks: two applications, three interviewers, a Friday review."""

import json

import pytest

from followup_rules.store.store import open_copy
from tests.support.storybook import Story, call

RUN = """[profile]
me = ["camille@exemple.ca"]
timezone = "America/Toronto"
language = "en"
[sources.sent]
plugin = "mailbox"
path = "sent"
kinds = ["sent", "received"]
[sources.calendar]
plugin = "ics"
path = "calendar.ics"
[sources.notes]
plugin = "notes"
path = "notes.md"
[outputs.drafts]
plugin = "eml"
path = "out/drafts"
[outputs.tasks]
plugin = "todotxt"
path = "out/todo.txt"
[store]
path = "out/followup.db"
"""
HR = "hr@ferme.example"


def lived(folder, rules, **profile):
    story = Story(folder, RUN)
    story.config(rules, **profile)
    return story


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "home"


# -- what was really done

LADDER = """
[define.application]
kind  = "sent"
title = ["application"]
first = "thread"
[rule.nudge]
on      = "application"
opens   = "end + 7 days at 09:00"
done_by = [{ kind = "received", same = "thread" }]
do      = { type = "draft", reply_to = "it", title = "Re: {{ it.title }}", text = "Any news?" }
[rule.again]
on      = "application"
opens   = "nudge.done + 7 days at 09:00"
done_by = [{ kind = "received", same = "thread" }]
do      = { type = "draft", reply_to = "it", title = "Re: {{ it.title }}", text = "Once more." }
[rule.call]
on     = { kind = "done", of = "again" }
opens  = ["nudge.done + 10 days at 10:00"]
do     = { type = "task", title = "Call about {{ it.title }}" }
"""


def applied(folder):
    story = lived(folder, LADDER)
    for ident, what in (("a1", "gardener"), ("a2", "bookkeeper")):
        story.mail("2026-11-02T10:00", HR, f"Application: {what}", id=ident)
    return story


def states(tick, rule):
    return {each.anchor.partition("@")[0]: each.state for each in tick.states(rule)}


def nudged(folder, *instants):
    """Live through the ladder: the first application is nudged twice, the other one never."""
    story = applied(folder)
    for instant in instants:
        if instant >= "2026-11-10T12:00" and not (folder / "sent/n1.eml").exists():
            story.mail("2026-11-10T11:00", HR, "Re: Application: gardener", id="n1", answers="a1@exemple.ca")
        if instant >= "2026-11-18T12:00" and not (folder / "sent/n2.eml").exists():
            story.mail("2026-11-18T11:00", HR, "Re: Application: gardener", id="n2", answers="a1@exemple.ca")
        last = story.at(instant)
    return last


def test_of_two_applications_each_goes_its_own_way_from_nudge_to_call(folder):
    story = applied(folder)
    assert story.at("2026-11-09T09:00").rules() == ["nudge", "nudge"]
    story.mail("2026-11-10T11:00", HR, "Re: Application: gardener", id="n1", answers="a1@exemple.ca")
    tick = story.at("2026-11-10T12:00")
    assert states(tick, "nudge") == {"a1": "done", "a2": "due"}
    assert states(tick, "again") == {"a1": "waiting", "a2": "waiting"}
    assert [each.next for each in tick.states("again")] == ["2026-11-17T09:00:00-05:00", None]
    tick = story.at("2026-11-17T09:00")
    assert (tick.rules(), states(tick, "again")) == (["again"], {"a1": "due", "a2": "waiting"})
    story.mail("2026-11-18T11:00", HR, "Re: Application: gardener", id="n2", answers="a1@exemple.ca")
    tick = story.at("2026-11-18T12:00")
    assert [each.opens for each in []] == []
    assert states(tick, "again") == {"a1": "done", "a2": "waiting"}
    (call_them,) = tick.states("call")
    assert (call_them.state, call_them.next) == ("waiting", "2026-11-20T10:00:00-05:00")
    assert story.at("2026-11-20T10:00").the("call").title == "Call about Application: gardener"


def test_whoever_runs_seldom_has_the_same_before_them(folder, tmp_path):
    often = nudged(folder, *(f"2026-11-{day:02}T{hour}:00" for day in range(9, 20) for hour in ("09", "12", "21")))
    seldom = nudged(tmp_path / "other", "2026-11-09T09:00", "2026-11-11T09:00", "2026-11-17T09:00", "2026-11-19T21:00")
    for rule in ("nudge", "again", "call"):
        assert states(often, rule) == states(seldom, rule)
        assert [each.next for each in often.states(rule)] == [each.next for each in seldom.states(rule)]


def test_a_draft_that_was_deleted_starts_nothing(folder):
    story = applied(folder)
    story.at("2026-11-09T09:00")
    for draft in (folder / "out/drafts").glob("*.eml"):
        draft.unlink()
    tick = story.at("2026-11-09T12:00")
    assert states(tick, "nudge") == {"a1": "done", "a2": "done"}
    tick = story.at("2026-11-30T12:00")
    assert (tick.rules(), {each.why for each in tick.states("again")}) == ([], {"it waits until nudge is done"})


# -- each person

THANKS = """
[rule.thanks]
on      = { kind = "meeting", title = "interview" }
each    = "person"
per     = "day"
closes  = "day + 6 days"
done_by = [{ kind = "sent", to = "them" }]
do      = { type = "draft", title = "Thank you for {{ start|day }}", text = "Dear {{ them|names }}," }
[rule.later]
on     = { kind = "done", of = "thanks" }
opens  = "start + 7 days at 09:00"
do     = { type = "task", title = "Ask {{ them|names }}" }
"""
THREE = ("odile@kestrel.example", "hugo@kestrel.example", "ana@gmail.com")


def test_three_interviewers_have_a_mail_each_and_what_follows_is_about_the_one_who_got_it(folder):
    story = lived(folder, THANKS)
    story.visit("I1", "2026-11-10 10:00", *THREE, title="Interview")
    assert sorted(each.to for each in story.at("2026-11-10T12:00").all("thanks")) == sorted([one] for one in THREE)
    story.mail("2026-11-10T13:00", "hugo@kestrel.example", "Thank you for Tuesday, November 10")
    tick = story.at("2026-11-10T14:00")
    told = {each.key.partition("~")[2].partition("@2026")[0]: each.state for each in tick.states("thanks")}
    assert told == {THREE[0]: "due", THREE[1]: "done", THREE[2]: "due"}
    assert len(story.drafts()) == 2
    assert story.at("2026-11-17T09:00").the("later").title == "Ask hugo@kestrel.example"


def test_a_case_that_gets_another_name_keeps_what_was_made_for_each(folder):
    story = lived(folder, THANKS)
    story.visit("I1", "2026-11-10 10:00", *THREE[:2], title="Interview")
    story.at("2026-11-10T12:00")
    story.config(THANKS + '[case.kestrel]\ndomains = ["kestrel.example"]\n')
    tick = story.at("2026-11-10T13:00")
    assert tick.changes == []
    assert {each.key for each in tick.states("thanks")} == {f"thanks/kestrel~{one}@2026-11-10" for one in THREE[:2]}
    story.config(THANKS.replace("rule.thanks", "rule.merci").replace('of = "thanks"', 'of = "merci"')
                 + '[case.kestrel]\ndomains = ["kestrel.example"]\n')  # fmt: skip
    tick = story.at("2026-11-10T14:00")
    assert tick.changes == []
    assert {each.key for each in tick.states("merci")} == {f"merci/kestrel~{one}@2026-11-10" for one in THREE[:2]}


def test_a_meeting_with_nobody_gives_no_duty_and_explain_says_so(folder):
    story = lived(folder, THANKS)
    story.meetings["I1"] = {"title": "Interview", "who": (), "stamp": "2026-10-01 09:00", "start": "2026-11-10 10:00",
                            "minutes": 60}  # fmt: skip
    story.visit("I1")
    tick = story.at("2026-11-10T12:00")
    assert tick.states("thanks") == []
    told = call(folder, "explain", "Interview", "--now", "2026-11-10T12:00").stdout
    assert "thanks: nobody takes part in “Interview” for whom there could be a duty" in told
    (record,) = json.loads(call(folder, "explain", "Interview", "--now", "2026-11-10T12:00", "--json").stdout)["cases"]
    assert record["nobody"] == [{"rule": "thanks", "anchor": "I1"}]


def test_check_warns_of_a_duty_for_each_of_many_recipients(folder):
    rule = '[rule.r]\non = { kind = "sent"%s }\neach = "person"\ndo = { type = "task", title = "x" }\n'
    for more, codes in (("", ["F085"]), (", people = { max = 5 }", [])):
        lived(folder / codes[0] if codes else folder / "few", rule % more)
        found = json.loads(call(folder / (codes[0] if codes else "few"), "check", "--json").stdout)["problems"]
        assert [each["code"] for each in found if each["where"] == "rule.r"] == codes


# -- from the clock

REVIEW = """
[rule.review]
why     = "Look at every case once a week."
on      = { every = "friday at 15:00" }
done_by = [{ is = "#reviewed", before = "opens + 7 days" }]
do      = { type = "task", title = "Weekly review of {{ start|day }}" }
"""


def test_a_review_every_friday_is_made_missed_and_made_again(folder):
    story = lived(folder, REVIEW)
    assert story.at("2026-11-04T12:00").changes == []
    made = story.at("2026-11-06T15:00").the("review")
    assert (made.key, made.title) == ("review/every@2026-11-06", "Weekly review of Friday, November 6")
    assert (made.case, made.due, made.to) == ("review", "2026-11-06T15:00:00-05:00", [])
    story.tick_off("review", "2026-11-07")
    tick = story.at("2026-11-08T09:00")
    assert {each.key[-10:]: each.state for each in tick.states("review")} == {
        "2026-11-06": "done",
        "2026-11-13": "waiting",
    }
    # Away for more than three weeks: two are missed, and told of once; the present one is due, and late.
    tick = story.at("2026-12-02T09:00")
    assert [(each.key, each.late) for each in tick.all("review")] == [("review/every@2026-11-27", True)]
    ran = call(folder, "run", "--now", "2026-12-02T10:00", "-v").stdout
    assert "2026-11-13" not in ran
    tick = story.at("2026-12-04T15:00")
    assert [each.key for each in tick.all("review")] == ["review/every@2026-12-04"]
    assert [each.key for each in tick.all("review", "withdraw")] == ["review/every@2026-11-27"]


def test_what_was_missed_is_told_once(folder):
    story = lived(folder, REVIEW)
    story.run("2026-11-04T12:00")
    said = story.run("2026-11-24T12:00").stdout
    assert said.count("missed") >= 2
    assert "missed" not in story.run("2026-11-24T12:05").stdout


def test_explain_agenda_and_plan_show_what_comes_from_the_clock(folder):
    story = lived(folder, REVIEW)
    agenda = json.loads(call(folder, "agenda", "--now", "2026-11-04T12:00", "--json").stdout)["days"]
    assert [(day["date"], [entry["rule"] for entry in day["entries"]]) for day in agenda] == [
        ("2026-11-06", ["review"])
    ]
    assert "review" in call(folder, "agenda", "--now", "2026-11-04T12:00").stdout
    story.run("2026-11-04T12:00")
    told = call(folder, "explain", "review", "--now", "2026-11-06T16:00")
    assert told.exit_code == 0
    assert "friday at 15:00" in told.stdout
    assert "review/every@2026-11-06" in call(folder, "plan", "--now", "2026-11-06T16:00", "--json").stdout


def test_a_note_under_its_name_ends_it(folder):
    story = lived(folder, REVIEW)
    story.at("2026-11-04T12:00")
    story.at("2026-11-06T15:00")
    story.note("2026-11-06 16:00 #reviewed", heading="review")
    tick = story.at("2026-11-06T17:00")
    assert (tick.rules("withdraw"), tick.problems) == (["review"], [])
    story.note("2026-11-13 16:00 #done for:review", heading="Review")
    assert story.at("2026-11-13T17:00").decision("review", day="2026-11-13").state == "done"


def test_a_mail_to_whom_it_is_written_is_seen_in_its_case(folder):
    rules = REVIEW.replace('{ type = "task", ', '{ type = "draft", to = "boss@work.example", text = "Hello", ')
    rules = rules.replace('{ is = "#reviewed"', '{ kind = "sent", to = "boss@work.example"')
    story = lived(folder, rules)
    story.at("2026-11-04T12:00")
    assert story.at("2026-11-06T15:00").the("review").to == ["boss@work.example"]
    story.mail("2026-11-06T16:00", "boss@work.example", "This week", id="w1")
    tick = story.at("2026-11-06T17:00")
    assert (tick.rules("withdraw"), tick.decision("review", day="2026-11-06").evidence) == (
        ["review"],
        ["w1@exemple.ca"],
    )


def test_a_rule_that_comes_later_starts_then_and_one_with_another_name_goes_on(folder):
    story = lived(folder, "")
    story.at("2026-11-04T12:00")
    story.config(REVIEW)
    assert [each.key for each in story.at("2026-11-14T12:00").states("review")] == ["review/every@2026-11-20"]
    story.at("2026-11-20T16:00")
    story.config(REVIEW.replace("rule.review", "rule.look-back"))
    tick = story.at("2026-11-20T17:00")
    assert tick.changes == []
    assert [each.key for each in tick.states("look-back")] == [
        "look-back/every@2026-11-20",
        "look-back/every@2026-11-27",
    ]
    assert tick.decision("look-back", day="2026-11-20").case == "look-back"
    story.config("")
    assert story.at("2026-11-21T09:00").rules("withdraw") == ["look-back"]
    assert story.at("2026-11-27T16:00").changes == []


def test_a_first_run_by_a_clock_that_was_ahead_makes_nothing_too_late(folder):
    story = lived(folder, REVIEW)
    story.at("2027-03-01T12:00")
    assert [each.key for each in story.at("2026-11-04T12:00").states("review")] == ["review/every@2026-11-06"]
    assert story.at("2026-11-06T15:00").rules() == ["review"]


def test_another_zone_makes_nothing_twice(folder):
    story = lived(folder, REVIEW)
    story.at("2026-11-04T12:00-05:00")
    story.at("2026-11-06T15:00-05:00")
    story.config(REVIEW, timezone="Europe/Paris")
    tick = story.at("2026-11-06T16:00-05:00")
    assert (tick.rules(), tick.rules("withdraw")) == ([], [])
    assert story.tasks() == ["review/every@2026-11-06"]
    story.config(REVIEW, timezone="Pacific/Honolulu")
    tick = story.at("2026-11-06T17:00-05:00")
    assert (tick.rules(), tick.rules("withdraw"), tick.decision("review", day="2026-11-06").state) == (
        [],
        [],
        "waiting",
    )


def test_between_two_occurrences_no_case_is_looked_at(folder):
    story = lived(folder, REVIEW)
    story.run("2026-11-04T12:00")
    ran = json.loads(call(folder, "run", "--now", "2026-11-05T12:00", "--json").stdout)
    assert ran["decisions"] == []
    with open_copy(folder / "out/followup.db") as copy:
        assert f"{copy.decisions.next_change():%Y-%m-%dT%H:%M%z}" == "2026-11-06T20:00+0000"


def test_forgetting_a_case_leaves_the_clock_going(folder):
    story = lived(folder, REVIEW)
    story.visit("I1", "2026-11-03 10:00", "julie@nordik.ca")
    story.run("2026-11-04T12:00")
    assert call(folder, "forget", "nordik", "--yes").exit_code == 0
    assert story.at("2026-11-06T15:00").rules() == ["review"]
