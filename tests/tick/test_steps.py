"""What a run says and leaves when one of its own steps fails: the store, one case, or a call that was cut short."""

import json
import math
from datetime import timedelta

import pytest
from msgspec.structs import replace

from followup_rules import Refused
from followup_rules.engine.plan import EntryState, LedgerEntry
from followup_rules.model import Action, Announcement, Status
from followup_rules.store import database
from followup_rules.store.errors import StoreError
from followup_rules.store.ledger import Ledger
from followup_rules.store.store import open_store
from followup_rules.tick import one_case
from followup_rules.tick.execute import settle
from tests.support import oddplugin
from tests.support.caselab import JULIE, at
from tests.support.oddplugin import OUTPUT, Output, Source
from tests.support.storybook import CONFIG, Story, call

NOW, LATER = "2026-11-09 16:05", "2026-11-09 16:10"


@pytest.fixture
def story(tmp_path):
    """Two interviews on one day; both thank-yous are due."""
    told = Story(tmp_path / "story")
    told.visit("I1", "2026-11-09 10:00")
    told.visit("I2", "2026-11-09 14:00", "paul@boreal.ca")
    return told


def run(story, now=NOW):
    """Return the exit code of a run, the cases of the thank-yous that it made, and what it complains of."""
    found = call(story.folder, "run", "--now", now, "--json")
    if not found.stdout:
        return found.exit_code, [], found.stderr
    told = json.loads(found.stdout)
    made = [change["case"] for change in told["changes"] if change["rule"] == "thank-you"]
    return found.exit_code, made, " ".join(problem["message"] for problem in told["problems"])


def failing(monkeypatch, error, case):
    """Let one case fail, as if something in it could not be worked with."""
    sound = one_case.judge

    def judge(name, *more):
        if name == case:
            raise error
        return sound(name, *more)

    monkeypatch.setattr(one_case, "judge", judge)


# -- a case, and the store


def test_a_case_that_fails_is_told_of_and_tried_again_and_stops_no_other(story, monkeypatch):
    with monkeypatch.context() as failure:
        failing(failure, RuntimeError("no such moment"), "boreal.ca")
        exit_code, made, said = run(story)
    assert (exit_code, made) == (1, ["nordik.ca"])
    assert "could not be brought up to date: RuntimeError: no such moment" in said
    assert run(story, LATER) == (0, ["boreal.ca"], "")


def test_a_store_that_fails_before_anything_was_done_is_all_that_a_run_tells(story, monkeypatch):
    failing(monkeypatch, StoreError("the disk is full", "make room"), "boreal.ca")
    exit_code, made, said = run(story)
    assert (exit_code, made) == (2, [])
    assert "the disk is full" in said
    assert story.drafts() == {}


def test_a_store_that_fails_later_hides_nothing_of_what_was_done(story, monkeypatch):
    with monkeypatch.context() as failure:
        failing(failure, StoreError("the disk is full", "make room"), "nordik.ca")
        assert run(story) == (1, ["boreal.ca"], "the disk is full")
    assert run(story, LATER) == (0, ["nordik.ca"], "")


def test_what_was_done_and_could_not_be_noted_down_is_said_and_not_done_twice(story, monkeypatch):
    sound = Ledger.write

    def write(ledger, entry):
        if entry.state is EntryState.DELIVERED:
            raise StoreError("the disk is full", "make room")
        sound(ledger, entry)

    with monkeypatch.context() as failure:
        failure.setattr(Ledger, "write", write)
        exit_code, made, said = run(story)
    assert (exit_code, made) == (1, [])
    assert "was done, but could not be noted down: the disk is full" in said
    story.at(LATER)
    assert len(story.drafts()) == len(list((story.folder / "out/drafts").glob("*.eml"))) == 2


def test_a_store_that_cannot_even_be_begun_is_an_error_of_the_store(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "MIGRATIONS", ("create nonsense;", *database.MIGRATIONS[1:]))
    with pytest.raises(StoreError), open_store(tmp_path / "followup.db"):
        pass


def test_if_the_clock_was_set_back_everything_is_judged_anew(story):
    assert run(story, "2026-11-15 12:00")[0] == 0
    assert run(story) == (0, ["boreal.ca", "nordik.ca"], "")


# -- calls that were cut short


THANKS = Action(
    key="thank-you/nordik.ca@2026-11-09", rule="thank-you", case="nordik.ca", anchor="I1", type="draft",
    title="Thanks", text="Thank you.", to=(JULIE,), duty="thank-you/nordik.ca@2026-11-09", output="odd",
)  # fmt: skip
LONGER = replace(THANKS, text="Thank you. I will call.")
CUT_OFF = LedgerEntry(key=THANKS.key, output="odd", marker=THANKS.key, action=THANKS, state=EntryState.INTENDED, op="update",
              pending=LONGER, ref=THANKS.key)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        (timedelta(0), timedelta(minutes=5)),
        (timedelta(hours=3), timedelta(hours=3)),
        (timedelta(days=9), timedelta(days=1)),
        (timedelta(days=-9), timedelta(minutes=5)),
        *((odd, timedelta(minutes=5)) for odd in (60, "60", None, math.nan)),
    ],
)
def test_a_refusal_is_not_tried_again_before_the_service_wants_it(kept, asked, waits):
    output = Output()
    output.instead["update"] = _raising(Refused("too many requests", asked))
    output.put(THANKS)
    list(settle(CUT_OFF, output, kept, at(NOW), look_only=False))
    assert kept.ledger.entry(CUT_OFF.key, "odd").retry == at(NOW) + waits


def _raising(error):
    def instead(_):
        raise error

    return instead


@pytest.fixture
def kept(tmp_path):
    with open_store(tmp_path / "followup.db") as store:
        yield store


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


def test_a_call_whose_end_still_cannot_be_told_stays_open(kept):
    def out_of_reach(_):
        raise OSError("no route")

    output = Output()
    output.put(THANKS)
    output.instead["update"] = out_of_reach
    (problem,) = settle(CUT_OFF, output, kept, at(NOW), look_only=False)
    assert "still no telling" in problem.message
    assert kept.ledger.entry(CUT_OFF.key, "odd") is None  # nothing is noted down


# -- the ledger follows its anchors


def test_what_stays_in_its_case_keeps_its_key(kept):
    with kept.database.transaction():
        kept.ledger.write(replace(CUT_OFF, state=EntryState.DELIVERED))
        kept.ledger.rename("I1", "nordik.ca", "nordik.ca")
    assert kept.ledger.entry(THANKS.key, "odd").action.case == "nordik.ca"


def test_what_moves_to_a_case_where_its_key_is_taken_stays_and_its_announced_date_moves(kept):
    taken = THANKS.key.replace("nordik.ca", "acme.com")
    announced = replace(THANKS, announces=(Announcement("call", "call/nordik.ca@2026-11-09", at(NOW)),))
    with kept.database.transaction():
        kept.ledger.write(replace(CUT_OFF, state=EntryState.DELIVERED, action=announced))
        kept.ledger.write(replace(CUT_OFF, key=taken, marker=taken, action=replace(THANKS, key=taken, case="acme.com")))
        kept.ledger.pin("nordik.ca", "call/nordik.ca@2026-11-09", at(NOW))
        kept.ledger.rename("I1", "nordik.ca", "acme.com")
    assert kept.ledger.entry(THANKS.key, "odd") is not None
    assert kept.ledger.entry(taken, "odd").marker == taken
    assert kept.ledger.pins("acme.com") == {"call/acme.com@2026-11-09": at(NOW)}


def test_of_what_was_never_seen_nothing_is_known(kept):
    assert kept.events.event("nobody") is None


# -- plugins


@pytest.fixture
def odd(tmp_path, monkeypatch):
    acts = oddplugin.install(tmp_path / "plugin", monkeypatch)
    acts.source, acts.output = Source(), Output()
    return acts


def test_an_output_out_of_reach_is_no_news_once_the_user_has_dealt_with_all_that_was_in_it(tmp_path, odd):
    told = Story(tmp_path / "story", base=CONFIG.replace("[store]", f"{OUTPUT}[store]"))
    told.note("2026-11-09 12:00 #ask")
    told.config('[rule.ask]\non = "#ask"\nopens = "start"\ndo = { type = "task", title = "Ask", output = "odd" }\n')
    key = told.at("2026-11-09 13:00").the("ask").key
    odd.output.became[key] = Status("done", at("2026-11-09 14:00"))
    told.at("2026-11-09 15:00")

    def out_of_reach(_):
        raise OSError("no route")

    odd.output.instead["status"] = out_of_reach
    quiet = told.at("2026-11-09 16:00")
    assert (quiet.exit, quiet.problems, quiet.changes) == (0, [], [])


def test_a_source_whose_plugin_names_its_kinds_wrongly_is_told_of(tmp_path, odd):
    told = Story(tmp_path / "story", base=CONFIG + oddplugin.SOURCE)
    for emits in ("sent", (5,)):
        odd.source.emits = emits
        assert "`emits` of its plugin must be a tuple of texts" in told.at("2026-11-09 13:00").said
