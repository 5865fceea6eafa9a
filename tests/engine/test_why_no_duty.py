"""Why a rule that says nothing of a case says nothing."""

import pytest

from followup_rules.engine.why_no_duty import why_no_duty
from tests.support.caselab import event, note, sent, view, visit

DO = 'do = { type = "task", title = "Do it" }\n'
GUARD = '[guard.quiet]\non = { kind = "meeting" }\nopens = "end"\ncloses = "day + 10 days"\n'
HELLO = f'{GUARD}[rule.r]\non = {{ kind = "sent", title = "hello" }}\n{DO}'


def said(text, *events):
    found = why_no_duty(view(text, *events).rules.rules["r"], view(text, *events))
    assert found.rule == "r"
    return str(found.reason), found.anchor


def test_a_rule_from_the_clock_has_a_case_of_its_own():
    expected = ("it starts from the clock, in a case of its own", "")
    assert said(f'[rule.r]\non = {{ every = "friday" }}\n{DO}', visit()) == expected


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("note", "this case has no note"),
        ("meeting", "this case has no meeting"),
        ("sent", "this case has no mail of yours"),
        ("received", "this case has no mail to you"),
        ("done", "nothing in this case is {starts}"),
    ],
)
def test_a_kind_that_is_not_there_is_named(kind, told):
    text = f'[rule.r]\non = {{ kind = "{kind}", title = "x" }}\n{DO}'
    other = "meeting" if kind == "sent" else "sent"
    assert said(text, event(other, "2026-11-09 10:00")) == (told, "")
    assert said(text, event(kind, "2026-11-09 10:00")) == ("nothing in this case is {starts}", "")


def test_where_any_kind_or_several_may_start_it_none_is_named():
    for on in ('{ title = "x" }', '{ any = [{ kind = "note" }, { kind = "sent", title = "x" }] }'):
        assert said(f"[rule.r]\non = {on}\n{DO}", visit()) == ("nothing in this case is {starts}", "")


def test_the_latest_that_does_not_fulfil_where_is_named():
    text = f'[rule.r]\non = {{ kind = "meeting" }}\nwhere = {{ title = "second*" }}\n{DO}'
    assert said(text, visit(), visit("2026-11-12 10:00", id="v", title="Chat")) == (
        "“Chat” of 2026-11-12 does not fulfil its `where`",
        "v",
    )
    assert said(text, sent("2026-11-09 10:00")) == ("this case has no meeting", "")


def test_what_is_about_nobody_fulfils_a_where_that_is_not_there():
    text = f'[rule.r]\non = {{ kind = "meeting" }}\neach = "person"\n{DO}'
    assert said(text, event("meeting", "2026-11-09 10:00")) == ("nothing in this case is {starts}", "")


def test_an_event_without_a_title_is_named_by_its_text_or_its_kind():
    text = f'[rule.r]\non = {{ kind = "note" }}\nwhere = {{ title = "x" }}\n{DO}'
    assert said(text, note("2026-11-09", text="I called"))[0] == "“I called” of 2026-11-09 does not fulfil its `where`"
    assert said(text, note("2026-11-09"))[0] == "“note” of 2026-11-09 does not fulfil its `where`"


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ('during = "quiet"', "“Hello again” of 2026-11-02 does not lie in quiet"),
        ('breaks = "quiet"', "no mail of yours breaks quiet"),
    ],
)
def test_what_lies_outside_of_the_guard_is_told(key, told):
    mails = [sent(f"2026-10-{day} 10:00", title="Hello") for day in (30, 31)]
    mails += [sent("2026-11-02 10:00", id="s", title="Hello again")]
    assert said(f"{HELLO}{key}\n", *mails, visit()) == (told, "s")


@pytest.mark.parametrize("key", ["", 'during = "quiet"', 'breaks = "quiet"'])
def test_what_counts_and_is_not_listed_is_long_ago(key):
    within, later = sent("2026-11-10 10:00", title="Hello"), sent("2026-12-10 10:00", id="s", title="Hello")
    assert said(f"{HELLO}{key}\n", visit(), within, later) == (
        "“Hello” of 2026-12-10 is too long ago to be listed",
        "s",
    )


def test_of_a_rule_that_cannot_be_followed_it_is_said_elsewhere():
    text = f'[rule.r]\non = {{ kind = "meeting", check = "fails" }}\n{DO}'
    assert said(text, visit(title="Battery")) == ("nothing in this case is {starts}", "")
