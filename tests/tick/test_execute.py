"""What becomes of a call to an output that was cut short, and of a notice that nobody reads."""

import pytest
from msgspec.structs import replace

from followup_rules import Refused
from followup_rules.cli import show
from followup_rules.engine.plan import EntryState
from followup_rules.tick.execute import settle
from tests.support.calls import CUT_OFF, LONGER, THANKS
from tests.support.caselab import at
from tests.support.oddplugin import OUTPUT, Output, raising
from tests.support.storybook import CONFIG, Story, call

NOW, LATER = "2026-11-09 16:05", "2026-11-09 16:10"
NOTICE = '[rule.tell]\non = { kind = "meeting" }\ndo = { type = "notice", title = "You met", text = "Rest." }\n'


def settled(kept, output, *, look_only=False):
    problems = list(settle(CUT_OFF, output, kept, at(NOW), look_only=look_only))
    entry = kept.ledger.entry(CUT_OFF.key, "odd")
    return problems, entry.state, entry.action.text, bool(entry.retry)


def test_a_plan_takes_an_update_that_was_cut_short_as_done_and_touches_nothing(kept):
    output = Output()
    assert settled(kept, output, look_only=True) == ([], EntryState.DELIVERED, LONGER.text, False)
    assert output.calls == []


def test_a_run_does_an_update_again_that_was_cut_short(kept):
    output = Output()
    output.put(THANKS)
    assert settled(kept, output) == ([], EntryState.DELIVERED, LONGER.text, False)
    assert output.made == {THANKS.key: LONGER}


def test_an_update_that_is_refused_on_the_second_try_is_tried_again_later(kept):
    assert settled(kept, Output()) == ([], EntryState.DELIVERED, THANKS.text, True)


@pytest.mark.parametrize(("lies_there", "becomes"), [(False, EntryState.WITHDRAWN), (True, EntryState.DELIVERED)])
def test_what_refuses_to_be_taken_back_a_second_time_may_be_gone_already(kept, lies_there, becomes):
    output = Output()
    if lies_there:
        output.put(THANKS)
    output.instead["withdraw"] = raising(Refused("too many requests"))
    entry = replace(CUT_OFF, op="withdraw", pending=THANKS)
    assert list(settle(entry, output, kept, at(NOW), look_only=False)) == []
    assert kept.ledger.entry(CUT_OFF.key, "odd").state is becomes


def test_a_task_that_was_taken_back_without_an_answer_was_not_deleted_by_you(tmp_path, odd):
    told = Story(tmp_path / "story", base=CONFIG.replace("[store]", f"{OUTPUT}[store]"))
    told.note("2026-11-09 12:00 #ask")
    told.config(
        '[rule.ask]\non = "#ask"\nopens = "start"\ncloses = "start + 1 day"\n'
        'do = { type = "task", title = "Ask", output = "odd" }\n'
    )
    told.at("2026-11-09 13:00")

    def without_answer(ref):
        del odd.output.made[ref]
        raise TimeoutError

    odd.output.instead["withdraw"] = without_answer
    assert call(told.folder, "run", "--now", "2026-11-10 13:00").exit_code == 1
    odd.output.instead["withdraw"] = raising(Refused("too many requests"))
    call(told.folder, "run", "--now", "2026-11-10 13:05")
    assert told.at("2026-11-10 14:00").state("ask") == "expired"


def test_a_call_whose_end_still_cannot_be_told_stays_open(kept):
    output = Output()
    output.put(THANKS)
    output.instead["update"] = raising(OSError("no route"))
    (problem,) = settle(CUT_OFF, output, kept, at(NOW), look_only=False)
    assert "still no telling" in problem.message
    assert kept.ledger.entry(CUT_OFF.key, "odd") is None  # nothing is noted down


def test_a_notice_is_said_again_if_nobody_was_there_to_read_it_and_the_rest_is_done(tmp_path, monkeypatch):
    def gone(*_):
        raise BrokenPipeError(32, "Broken pipe")

    told = Story(tmp_path / "story")
    told.visit("I1", "2026-11-09 10:00")
    told.config(NOTICE)
    with monkeypatch.context() as reader:
        reader.setattr(show, "change", gone)
        unread = call(told.folder, "run", "--now", NOW)
    assert (unread.exit_code, unread.stderr) == (0, "")
    assert list(told.drafts()) == ["thank-you/nordik.ca@2026-11-09"]
    said = [call(told.folder, "run", "--now", when).stdout for when in (LATER, "2026-11-09 16:15")]
    assert "You met" in said[0]
    assert said[1] == ""
