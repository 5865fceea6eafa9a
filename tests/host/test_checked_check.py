"""A predicate of a plugin that fails, ends the program or hangs stops its rule alone."""

from datetime import UTC, datetime, timedelta

import pytest

from followup_rules import Event
from followup_rules.host import checked_check
from followup_rules.language.matching import CheckFailed

NOW = datetime(2026, 11, 9, 10, tzinfo=UTC)
EVENT = Event(id="e", kind="note", start=NOW, end=NOW)


def raising(error):
    def holds(_):
        raise error

    return holds


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError("no battery"), "RuntimeError: no battery, in the plugin odd"),
        (SystemExit("I leave"), "it tried to end the program: SystemExit: I leave, in the plugin odd"),
        (KeyboardInterrupt(), "it tried to end the program: KeyboardInterrupt, in the plugin odd"),
        (OSError("no such device"), "no such device"),
    ],
)
def test_an_error_is_a_sentence_that_names_check_and_plugin(error, said):
    check = checked_check.checked("charged", raising(error), "the plugin odd")
    with pytest.raises(CheckFailed) as failed:
        check(EVENT)
    assert str(failed.value).startswith("the check 'charged' of a plugin failed: ")
    assert said in str(failed.value)


def test_a_check_that_hangs_is_given_up_and_not_asked_again(monkeypatch, hang):
    monkeypatch.setattr(checked_check, "LOADING", timedelta(0))
    asked = []
    wait = hang()
    check = checked_check.checked("charged", lambda event: asked.append(event) or wait(event), "the plugin odd")
    for said in ("did not answer within", "not asked again"):
        with pytest.raises(CheckFailed, match=said):
            check(EVENT)
    assert len(asked) <= 1


def test_what_it_answers_counts_as_yes_or_no():
    assert checked_check.checked("charged", lambda event: event.title or 1, "odd")(EVENT) is True
    assert checked_check.checked("charged", lambda event: event.title, "odd")(EVENT) is False
