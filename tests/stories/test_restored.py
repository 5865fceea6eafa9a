"""A copy of the store that is put back, and two computers with a store each: what the outputs show is never doubled."""

import email
import email.policy
import json
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from followup_rules.cli import cli
from tests.support.storybook import ASIDE, CONFIG, JULIE, Story, call

PAUL, EVE = "paul@boreal.ca", "eve@echo.ca"


OFF = "".join(f"[rule.{rule}]\nenabled = false\n" for rule in sorted(ASIDE))


@dataclass
class Life(Story):
    """A folder in which things happen at their time, whoever runs followup when."""

    base: str = CONFIG + OFF

    def has(self, rule: str, who: str) -> Path | None:
        """Return the file of a draft of a rule to somebody."""
        for file in sorted((self.folder / "out/drafts").glob("*.eml")):
            if file.name.startswith(rule) and who in file.read_text():
                return file
        return None

    def send(self, rule: str, who: str, at: str, *, header: bool = True) -> None:
        """Send a draft as mail programs do; many drop headers that they do not know."""
        file = self.has(rule, who)
        assert file, f"{at}: no draft of {rule} to {who}"
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        for name in ["X-Unsent", *([] if header else ["X-Followup-Key", "X-Followup-Seal"])]:
            del mail[name]
        mail["Date"] = datetime.fromisoformat(at).replace(tzinfo=self.zone)
        mail["Message-ID"] = f"<{re.sub(r'[^0-9]', '', at)}@exemple.ca>"
        (self.folder / "sent" / f"{rule}-{re.sub(r'[^0-9]', '', at)}.eml").write_bytes(bytes(mail))
        file.unlink()

    def rewrite(self, rule: str, who: str, words: str) -> None:
        """Write something below a draft of a rule to somebody."""
        file = self.has(rule, who)
        assert file, f"no draft of {rule} to {who}"
        file.write_text(f"{file.read_text()}\n{words}\n")

    def archive(self, rule: str, day: str) -> None:
        """Tick a task and move it to done.txt."""
        lines = self.todo.read_text().splitlines()
        ended = [f"x {day} {line}" for line in lines if f"fr:{rule}/" in line and not line.startswith("x ")]
        assert ended, lines
        done = self.todo.with_name("done.txt")
        done.write_text((done.read_text() if done.exists() else "") + "".join(f"{line}\n" for line in ended))
        self.todo.write_text("".join(f"{line}\n" for line in lines if f"fr:{rule}/" not in line))

    def marks(self) -> list[str]:
        """Return by what each draft and each line of a task, ticked or not, is known."""
        drafts = [
            email.message_from_bytes(file.read_bytes())["X-Followup-Key"]
            for file in (self.folder / "out/drafts").glob("*.eml")
        ]
        lines = [file.read_text() for name in ("todo.txt", "done.txt") if (file := self.todo.with_name(name)).exists()]
        return sorted([*drafts, *re.findall(r"\bfr:(\S+)", "\n".join(lines))])


EVENTS = {
    "2026-11-02 08:00": lambda life: life.visit("I1", "2026-11-02 10:00", JULIE),
    "2026-11-02 18:00": lambda life: life.send("thank-you", JULIE, "2026-11-02 18:00"),
    "2026-11-03 09:00": lambda life: life.note("2026-11-03 09:00 #promise Le nom du luthier"),
    "2026-11-04 20:00": lambda life: life.send("keep-promise", JULIE, "2026-11-04 20:00", header=False),
    "2026-11-05 20:00": lambda life: life.visit("I2", "2026-11-06 14:00", PAUL),
    "2026-11-08 09:00": lambda life: life.rewrite("thank-you", PAUL, "Et merci pour le parking."),
    "2026-11-08 10:00": lambda life: life.visit("I3", "2026-11-09 10:00", EVE),
    "2026-11-10 08:00": lambda life: life.note("#promise Le plan du métro", f"<{PAUL}>"),
    "2026-11-10 19:00": lambda life: life.send("thank-you", EVE, "2026-11-10 19:00", header=False),
    "2026-11-11 09:00": lambda life: life.note("2026-11-11 09:00 #promise La recette", f"<{EVE}>"),
    "2026-11-12 20:00": lambda life: life.send("keep-promise", EVE, "2026-11-12 20:00"),
    "2026-11-12 21:00": lambda life: life.archive("follow-up-call", "2026-11-12"),
    "2026-11-16 20:00": lambda life: life.tick_off("follow-up-call", "2026-11-16"),
    "2026-11-20 09:00": lambda life: life.note("2026-11-20 09:00 #promise Un livre", f"<{EVE}>"),
}
"""What happens in that month, and what the user does with drafts and tasks, whatever store there is."""


def lived(folder, hours, act=lambda life, now: None, run=lambda life, now: life.run(now)):
    """Live that month with a run every so many hours; `act` is called before each of them."""
    life = Life(folder)
    coming = sorted((datetime.fromisoformat(at), happens) for at, happens in EVENTS.items())
    moment, end = datetime.fromisoformat("2026-11-01 12:00"), datetime.fromisoformat("2026-11-28 12:00")
    while moment <= end:
        while coming and coming[0][0] <= moment:
            coming.pop(0)[1](life)
        act(life, moment)
        ran = run(life, moment.isoformat())
        assert ran.exit_code == 0, f"{moment}: {ran.stderr}"
        assert max(Counter(life.marks()).values(), default=1) == 1, f"{moment}: {life.marks()}"
        moment += timedelta(hours=hours)
    return life


@cache
def undisturbed(hours):
    """Return what stands in the outputs after that month with one store that is never put back."""
    with TemporaryDirectory() as folder:
        life = lived(Path(folder) / "twin", hours)
        return life.marks(), life.tasks()


@pytest.mark.parametrize("hours", [24])
@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(made=st.integers(2, 9), back=st.integers(12, 26))
def test_a_month_with_a_copy_put_back_ends_as_the_same_month_without(hours, made, back):
    def act(life, now):
        copy = life.folder / "copy.db"
        if now.day >= made and not copy.exists():
            assert call(life.folder, "backup", str(copy), "--now", now.isoformat()).exit_code == 0
        if now.day >= back and not list(life.folder.glob("out/*-replaced")):
            assert call(life.folder, "backup", "--restore", str(copy), "--now", now.isoformat()).exit_code == 0

    with TemporaryDirectory() as folder:
        life = lived(Path(folder) / "life", hours, act)
        assert (life.marks(), life.tasks()) == undisturbed(hours)
        assert "Et merci pour le parking." in life.has("thank-you", PAUL).read_text()


def test_a_month_with_two_computers_ends_as_the_same_month_with_one(tmp_path):
    """They take turns at being first, and each is off for some days."""

    def run(life, now):
        day = int(now[8:10])
        verbs = [life.run, lambda now: other(life, "run", now)]
        if day % 7 == 0:
            return verbs[day % 2](now)
        return [verbs[(day + turn) % 2](now) for turn in range(2)][1]

    life = lived(tmp_path / "life", 24, run=run)
    assert (life.marks(), life.tasks()) == undisturbed(24)


def other(life, verb, now, *more):
    """Call the command as the other computer does: the same config and files, and a store of its own."""
    text = (life.folder / "config.toml").read_text()
    (life.folder / "other.toml").write_text(text.replace("followup.db", "other.db"))
    found = CliRunner().invoke(cli, ["--config", str(life.folder / "other.toml"), verb, "--now", now, *more])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


# -- a copy that is put back


@pytest.fixture
def life(tmp_path):
    """Somebody with an interview on the 9th, whose store was copied before it."""
    life = Life(tmp_path / "life")
    life.visit("I1", "2026-11-09 10:00", JULIE)
    life.run("2026-11-06 09:00")
    assert call(life.folder, "backup", str(tmp_path / "copy.db"), "--now", "2026-11-06 10:00").exit_code == 0
    return life


def restored(life, now):
    found = call(life.folder, "backup", "--restore", str(life.folder.parent / "copy.db"), "--now", now, "--json")
    assert found.exit_code == 0, found.stderr
    return json.loads(found.stdout)


def test_a_draft_that_was_made_since_is_taken_over_and_told_once(life):
    life.run("2026-11-09 12:00")
    before = life.draft_file("thank-you").read_bytes()
    assert restored(life, "2026-11-10 09:00")["next"] == {}
    tick = life.at("2026-11-10 09:00")
    assert tick.rules() == []
    assert [(each["code"], each["severity"]) for each in tick.problems] == [("F082", "info")]
    assert life.draft_file("thank-you").read_bytes() == before
    assert life.at("2026-11-10 10:00").problems == []
    life.note("2026-11-10 11:00 #thanked")
    assert life.at("2026-11-10 12:00").rules("withdraw") == ["thank-you"]


def test_what_was_sent_ticked_and_archived_since_is_over(life):
    life.run("2026-11-09 12:00")
    life.send("thank-you", JULIE, "2026-11-09 18:00", header=False)
    life.run("2026-11-19 09:30")
    life.archive("follow-up-call", "2026-11-19")
    restored(life, "2026-11-20 09:00")
    tick = life.at("2026-11-20 09:00")
    assert tick.rules() == []
    assert (tick.state("thank-you"), tick.state("follow-up-call")) == ("done", "done")


def test_a_draft_with_words_of_ones_own_that_was_sent_since_is_known_by_its_subject(life):
    """Its words are no thanks to the rule, and the mail program has dropped what it did not know."""
    life.config('[rule.thank-you.do]\ntitle = "Notre rencontre"\ntext = "Bonjour,"\n')
    life.run("2026-11-09 12:00")
    life.send("thank-you", JULIE, "2026-11-09 18:00", header=False)
    restored(life, "2026-11-10 09:00")
    tick = life.at("2026-11-10 09:00")
    assert tick.rules() == []
    assert tick.decision("thank-you").why.startswith("you sent it: “Entrevue” of Mon 2026-11-09 18:00")


def test_a_draft_that_was_sent_since_and_left_where_it_lay_is_over_and_taken_back(life):
    life.config('[rule.thank-you.do]\ntitle = "Notre rencontre"\ntext = "Bonjour,"\n')
    life.run("2026-11-09 12:00")
    file = life.draft_file("thank-you")
    left = file.read_bytes()
    life.send("thank-you", JULIE, "2026-11-09 18:00", header=False)
    file.write_bytes(left)
    restored(life, "2026-11-10 09:00")
    tick = life.at("2026-11-10 09:00")
    assert (tick.rules(), tick.rules("withdraw")) == ([], ["thank-you"])
    assert tick.state("thank-you") == "done"
    assert not life.has("thank-you", JULIE)


ENDS = {
    "thanked": lambda life: life.note("2026-11-09 15:00 #thanked"),
    "rejected": lambda life: life.note("2026-11-09 15:00 #rejected"),
    "called off": lambda life: life.visit("I1", status="CANCELLED", stamp="2026-11-09 09:00"),
}


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("lost", [False, True])
def test_what_lies_there_for_a_duty_that_ended_unseen_is_taken_back_unless_it_was_edited(life, how, lost):
    life.visit("I2", "2026-11-09 15:00", PAUL)
    life.run("2026-11-09 17:00")
    life.rewrite("thank-you", PAUL, "Et merci pour le café.")
    ENDS[how](life)
    life.note("2026-11-09 15:00 #thanked", f"<{PAUL}>")
    if lost:
        for file in (life.folder / "out").glob("followup.db*"):
            file.unlink()
    else:
        restored(life, "2026-11-10 09:00")
    tick = life.at("2026-11-10 09:00")
    assert (tick.rules(), tick.rules("withdraw")) == ([], ["thank-you"])
    assert not life.has("thank-you", JULIE)
    assert life.has("thank-you", PAUL)
    assert (life.at("2026-11-10 10:00").changes, life.at("2026-11-10 10:00").problems) == ([], [])


def test_a_draft_that_was_edited_since_stays_as_it_is_and_its_date_is_asked_about(life):
    life.run("2026-11-09 12:00")
    life.rewrite_draft("thank-you", "Et merci pour le café.")
    mine = life.draft_file("thank-you").read_bytes()
    restored(life, "2026-11-10 09:00")
    tick = life.at("2026-11-10 09:00")
    assert "note #announced on:DAY" in tick.problems[0]["hint"]
    life.note("2026-11-10 11:00 #thanked")
    assert life.at("2026-11-10 12:00").rules("withdraw") == []
    assert life.draft_file("thank-you").read_bytes() == mine


def test_a_draft_announces_the_day_that_is_kept_whatever_the_config_says_since(life):
    life.run("2026-11-09 12:00")
    assert "19 novembre" in life.draft_file("thank-you").read_text()
    life.config('[rule.follow-up-call]\nopens = "day + 8 days at 09:00, workday"\n')
    life.run("2026-11-09 13:00")
    assert "19 novembre" in life.draft_file("thank-you").read_text()
    restored(life, "2026-11-10 09:00")
    life.at("2026-11-10 09:00")
    assert "17 novembre" in life.draft_file("thank-you").read_text()
    assert life.at("2026-11-17 09:05").rules() == ["follow-up-call"]


def test_what_was_deleted_since_is_made_again_and_told_and_then_stays_deleted(life):
    life.run("2026-11-09 12:00")
    life.draft_file("thank-you").unlink()
    life.run("2026-11-09 13:00")
    restored(life, "2026-11-10 09:00")
    tick = life.at("2026-11-10 09:00")
    assert tick.rules() == ["thank-you"]
    (told,) = tick.problems
    assert (told["code"], told["severity"]) == ("F083", "info")
    assert "thank-you/nordik.ca@2026-11-09" in told["message"]
    life.draft_file("thank-you").unlink()
    assert life.at("2026-11-10 10:00").problems == []
    assert life.at("2026-11-10 11:00").rules() == []


def test_what_was_changed_since_is_no_edit_of_the_users(life):
    life.run("2026-11-09 12:00")
    call(life.folder, "backup", str(life.folder.parent / "copy.db"), "--force", "--now", "2026-11-09 12:10")
    life.visit("I1", "2026-11-09 10:00", JULIE, PAUL, stamp="2026-11-09 12:30")
    life.run("2026-11-09 13:00")
    assert PAUL in life.draft_file("thank-you").read_text()
    restored(life, "2026-11-09 14:00")
    assert life.at("2026-11-09 14:00").rules() == []
    life.note("2026-11-09 15:00 #withdrawn")
    assert life.at("2026-11-09 16:00").rules("withdraw") == ["thank-you"]


@pytest.mark.parametrize("who", ["followup", "the user"])
def test_what_is_gone_since_the_copy_was_made_was_taken_back_if_its_duty_is_over_and_else_deleted(life, who):
    life.run("2026-11-09 12:00")
    call(life.folder, "backup", str(life.folder.parent / "copy.db"), "--force", "--now", "2026-11-09 12:10")
    if who == "followup":
        life.visit("I1", status="CANCELLED", stamp="2026-11-09 09:00")
        life.run("2026-11-09 13:00")
    else:
        life.draft_file("thank-you").unlink()
    assert life.drafts() == {}
    restored(life, "2026-11-09 14:00")
    tick = life.at("2026-11-09 14:00")
    assert (tick.changes, tick.state("thank-you")) == ([], "void" if who == "followup" else "done")
    life.visit("I1", status="CONFIRMED", stamp="2026-11-09 09:30")
    assert life.at("2026-11-09 15:00").rules() == (["thank-you"] if who == "followup" else [])
    assert life.at("2026-11-09 16:00").rules() == []


def test_what_is_gone_is_settled_once_all_can_be_seen(life, tmp_path):
    """While the notes are away nobody knows whether one of them had ended the duty."""
    life.note("2026-11-09 11:30 #skill-gap Kanban")
    life.run("2026-11-09 12:00")
    call(life.folder, "backup", str(life.folder.parent / "copy.db"), "--force", "--now", "2026-11-09 12:10")
    life.note("2026-11-09 12:30 #rejected")
    life.run("2026-11-09 13:00")
    assert life.drafts() == {}
    (life.folder / "notes.md").rename(tmp_path / "away.md")
    restored(life, "2026-11-09 14:00")
    assert life.at("2026-11-09 14:00").state("thank-you") == "blind"
    (tmp_path / "away.md").rename(life.folder / "notes.md")
    assert life.at("2026-11-09 15:00").changes == []
    life.edit_note("2026-11-09 12:30 #rejected", "")
    assert life.at("2026-11-09 16:00").rules() == ["thank-you"]


NOON = (
    '[guard.noon]\non = { every = "day at 12:00" }\nopens = "start"\ncloses = "start + 1 hour"\nholds = "everything"\n'
)


@pytest.mark.parametrize("ticked", [True, False])
def test_what_lies_there_for_a_duty_that_is_held_just_then_is_known_once_it_is_not(life, ticked):
    life.config(NOON)
    life.run("2026-11-19 09:30")
    if ticked:
        life.archive("follow-up-call", "2026-11-19")
    before = life.marks()
    restored(life, "2026-11-19 12:15")
    assert life.at("2026-11-19 12:20").rules() == []
    tick = life.at("2026-11-19 13:05")
    assert (tick.rules(), tick.state("follow-up-call")) == ([], "done" if ticked else "due")
    assert life.marks() == before


@pytest.mark.parametrize("how", ["unlisted", "long ago"])
@pytest.mark.parametrize("lost", [False, True])
def test_what_nobody_knows_any_more_is_told_once_and_left_and_never_made_twice(life, how, lost):
    """A visit came and went after the copy was made, or so long ago that it is not judged any more."""
    life.visit("I2", "2026-11-09 15:00", PAUL)
    life.run("2026-11-09 17:00")
    file = life.has("thank-you", PAUL)
    life.rewrite("thank-you", JULIE, "À bientôt.")
    if how == "unlisted":
        life.unlist("I2")
    back = "2026-11-10 09:00" if how == "unlisted" else "2026-12-20 09:00"
    if lost:
        for store in (life.folder / "out").glob("followup.db*"):
            store.unlink()
    else:
        assert any(each["code"] == "F171" for each in restored(life, back)["problems"])
    tick = life.at(back)
    told = [each for each in tick.problems if each["code"] == "F171" and each["where"] == "outputs.drafts"]
    assert [(str(file) in each["message"], each["severity"]) for each in told] == [(True, "info")]
    assert file.exists()
    marks = life.marks()
    assert [each for each in life.at(back.replace("09:00", "10:00")).problems if each["code"] == "F171"] == []
    if how == "unlisted":
        life.visit("I2", "2026-11-09 15:00", PAUL)
        life.run("2026-11-10 11:00")
        assert life.marks() == marks


def test_an_output_that_is_away_is_looked_through_once_it_is_there(life, tmp_path):
    """The duty is over and nothing changes: its case is judged again all the same."""
    life.run("2026-11-09 12:00")
    life.note("2026-11-09 15:00 #thanked")
    restored(life, "2026-11-10 09:00")
    drafts = (life.folder / "out/drafts").rename(tmp_path / "drafts")
    (life.folder / "out/drafts").write_text("")
    assert life.run("2026-11-10 09:00").exit_code == 1
    (life.folder / "out/drafts").unlink()
    drafts.rename(life.folder / "out/drafts")
    assert life.at("2026-11-10 10:00").rules("withdraw") == ["thank-you"]
    assert not life.has("thank-you", JULIE)


def test_a_source_that_is_away_keeps_the_next_run_from_being_the_last_to_look(life, tmp_path):
    life.visit("I2", "2026-11-09 10:00", PAUL)
    life.run("2026-11-09 12:00")
    restored(life, "2026-11-10 09:00")
    (life.folder / "calendar.ics").rename(tmp_path / "away.ics")
    assert life.run("2026-11-10 09:00").exit_code == 1
    (tmp_path / "away.ics").rename(life.folder / "calendar.ics")
    tick = life.at("2026-11-10 10:00")
    assert tick.rules() == []
    assert [each["code"] for each in tick.problems] == ["F082"]


def test_a_store_that_was_lost_takes_over_what_lies_there(life):
    life.run("2026-11-09 12:00")
    life.run("2026-11-19 09:30")
    life.tick_off("follow-up-call", "2026-11-19")
    before = life.marks()
    for file in (life.folder / "out").glob("followup.db*"):
        file.unlink()
    tick = life.at("2026-11-19 12:00")
    assert tick.rules() == []
    assert life.marks() == before
    assert tick.state("follow-up-call") == "done"


PAIR = """
[rule.pair]
on = "interview"
per = "day"
opens = "end"
do = [
    { type = "draft", title = "Un", text = "A", to = "them", contact = false },
    { type = "draft", title = "Deux", text = "{{ them|names }}", to = "them", contact = false },
]
"""
SECOND = "pair/nordik.ca@2026-11-09#2"


@pytest.fixture
def pair(life):
    """Somebody for whom a rule makes two drafts, of which the second is ordered about since the copy was made."""
    life.config(PAIR)
    life.run("2026-11-06 10:00")
    call(life.folder, "backup", str(life.folder.parent / "copy.db"), "--force", "--now", "2026-11-06 11:00")
    life.run("2026-11-09 12:00")
    return life


def drafts_of(life, rule):
    files = (life.folder / "out/drafts").glob(f"{rule}*.eml")
    return {email.message_from_bytes(file.read_bytes())["Subject"]: file for file in files}


@pytest.mark.parametrize("meanwhile", ["nothing", "deleted", "changed"])
def test_of_two_drafts_the_one_that_waits_by_itself_is_known_while_it_waits(pair, meanwhile):
    pair.note(f"2026-11-09 13:00 #snooze until:2026-11-12 for:{SECOND}")
    if meanwhile == "changed":
        pair.visit("I1", "2026-11-09 10:00", JULIE, PAUL, stamp="2026-11-09 14:00")
    restored(pair, "2026-11-10 09:00")
    tick = pair.at("2026-11-10 09:00")
    assert (tick.rules(), tick.rules("withdraw")) == ([], [])
    assert [each["code"] for each in tick.problems] == ["F082"]
    there = drafts_of(pair, "pair")
    assert sorted(there) == ["Deux", "Un"]
    if meanwhile == "deleted":
        there["Deux"].unlink()
    woken = pair.at("2026-11-12 10:00")
    assert woken.rules() == []
    assert sorted(drafts_of(pair, "pair")) == (["Un"] if meanwhile == "deleted" else ["Deux", "Un"])
    if meanwhile == "changed":
        assert PAUL in drafts_of(pair, "pair")["Deux"].read_text()


@pytest.mark.parametrize("order", ["#done", "#dismissed"])
def test_of_two_drafts_the_one_that_was_ended_since_by_itself_is_taken_back(pair, order):
    pair.note(f"2026-11-09 13:00 {order} for:{SECOND}")
    restored(pair, "2026-11-10 09:00")
    tick = pair.at("2026-11-10 09:00")
    assert (tick.rules(), tick.rules("withdraw")) == ([], ["pair"])
    assert sorted(drafts_of(pair, "pair")) == ["Un"]
    assert [each["code"] for each in tick.problems] == ["F082"]


def test_what_lies_there_for_a_visit_that_was_put_off_since_is_known_while_it_waits(pair):
    pair.visit("I1", "2026-11-09 17:00", JULIE, stamp="2026-11-09 12:30")
    restored(pair, "2026-11-09 13:00")
    tick = pair.at("2026-11-09 13:00")
    assert [each["code"] for each in tick.problems] == ["F082"]
    there = drafts_of(pair, "pair")
    there["Deux"].unlink()
    assert pair.at("2026-11-09 19:00").rules() == []
    assert sorted(drafts_of(pair, "pair")) == ["Un"]


def test_what_lies_there_while_nobody_can_see_is_known_once_it_can(pair, tmp_path):
    pair.config(PAIR.replace('opens = "end"', 'opens = "end"\ndone_by = ["#thanked"]'))
    (pair.folder / "notes.md").rename(tmp_path / "away.md")
    restored(pair, "2026-11-10 09:00")
    assert pair.run("2026-11-10 09:00").exit_code == 1
    drafts_of(pair, "pair")["Deux"].unlink()
    (tmp_path / "away.md").rename(pair.folder / "notes.md")
    assert pair.at("2026-11-10 10:00").rules() == []
    assert sorted(drafts_of(pair, "pair")) == ["Un"]


CHANGED = {"rule.pair": "rule.couple", 'per = "day"': 'per = "event"'}


@pytest.mark.parametrize("what", CHANGED)
@pytest.mark.parametrize("when", ["before", "after"])
def test_what_a_rule_made_since_by_an_earlier_name_or_per_is_taken_over_as_its_own(pair, what, when):
    """The rule was changed before the copy was put back, or at the same time."""
    pair.config(PAIR.replace(what, CHANGED[what]))
    if when == "before":
        pair.run("2026-11-09 13:00")
    marks = pair.marks()
    restored(pair, "2026-11-10 09:00")
    tick = pair.at("2026-11-10 09:00")
    assert (tick.rules(), pair.marks()) == ([], marks)
    pair.note("2026-11-10 10:00 #thanked")
    pair.config(PAIR.replace(what, CHANGED[what]).replace('opens = "end"', 'opens = "end"\ndone_by = ["#thanked"]'))
    assert len(pair.at("2026-11-10 11:00").rules("withdraw")) == 2 + len(["thank-you"])


def test_what_was_made_since_in_another_zone_is_taken_over(life):
    life.visit("I2", "2026-11-08 20:00", PAUL)  # the ninth, in Paris
    life.run("2026-11-08 21:30")
    marks = life.marks()
    life.config(timezone="Europe/Paris")
    life.run("2026-11-09 09:00")
    restored(life, "2026-11-09 10:00")
    tick = life.at("2026-11-09 10:00")
    assert tick.rules() == []
    assert life.marks() == marks


TABLE = '[case.{}]\ndomains = ["nordik.ca"]\n'
NAMED = {"came": ("", "Nordik"), "went": ("Nordik", ""), "is another": ("Nordik", "Poste-2")}
"""How the table of a case was changed: its name before and after."""


def table(name):
    return TABLE.format(name) if name else ""


@pytest.fixture(params=NAMED)
def named(request, life):
    """Somebody who gives a case another name once its drafts and tasks lie there; return the config after it, too."""
    before, after = map(table, NAMED[request.param])
    life.config(before)
    life.run("2026-11-06 10:00")
    call(life.folder, "backup", str(life.folder.parent / "copy.db"), "--force", "--now", "2026-11-06 11:00")
    life.run("2026-11-09 12:00")
    life.run("2026-11-19 09:30")
    return life, after


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_was_made_since_is_taken_over_under_another_name_of_its_case(named, when):
    """The case was named otherwise before the copy was put back, or at the same time; a meeting is new to the copy."""
    life, after = named
    life.visit("I2", "2026-11-20 10:00", PAUL.replace("boreal", "nordik"))
    life.run("2026-11-20 12:00")
    marks = life.marks()
    life.config(after)
    if when == "before":
        life.run("2026-11-20 12:10")
    told = restored(life, "2026-11-20 12:30")["problems"]
    tick = life.at("2026-11-20 12:30")
    assert (tick.rules(), life.marks()) == ([], marks)
    assert {each["code"] for each in (*told, *tick.problems)} & {"F171", "F083"} == set()
    life.note("2026-11-20 13:00 #withdrawn")
    life.at("2026-11-20 14:00")
    assert life.outstanding() == []


def test_what_lies_there_for_another_case_that_bears_the_earlier_name_is_not_taken(life):
    """Two people of one domain are one case; then one is a case of their own, with a duty of the same day."""
    lea = "lea@nordik.ca"
    life.visit("I2", "2026-11-12 10:00", lea)
    life.run("2026-11-06 10:00")
    call(life.folder, "backup", str(life.folder.parent / "copy.db"), "--force", "--now", "2026-11-06 11:00")
    life.run("2026-11-09 12:00")
    life.visit("I3", "2026-11-09 15:00", lea)
    life.config('[case.lea]\npeople = ["lea@nordik.ca"]\n')
    restored(life, "2026-11-09 17:00")
    assert life.at("2026-11-09 17:00").rules() == ["thank-you"]
    assert len({life.has("thank-you", JULIE), life.has("thank-you", lea), None}) == 3


def test_a_store_that_was_lost_knows_what_was_made_before_a_case_got_a_table(life):
    life.run("2026-11-09 12:00")
    marks = life.marks()
    life.config(table("Nordik"))
    for file in (life.folder / "out").glob("followup.db*"):
        file.unlink()
    assert (life.at("2026-11-10 09:00").rules(), life.marks()) == ([], marks)


# -- two computers


@pytest.fixture
def both(tmp_path):
    """Somebody with an interview on the 9th, and two computers."""
    life = Life(tmp_path / "life")
    life.visit("I1", "2026-11-09 10:00", JULIE)
    life.run("2026-11-06 09:00")
    assert other(life, "run", "2026-11-06 09:00").exit_code == 0
    return life


def test_what_one_made_before_a_rule_was_renamed_the_other_knows_by_its_earlier_name(both):
    both.config(PAIR)
    both.run("2026-11-06 10:00")
    other(both, "run", "2026-11-06 10:00")
    both.run("2026-11-09 12:00")
    both.config(PAIR.replace("rule.pair", "rule.couple"))
    both.run("2026-11-09 13:00")
    marks = both.marks()
    other(both, "run", "2026-11-09 14:00")
    assert both.marks() == marks


def test_what_one_made_before_a_case_got_another_name_the_other_knows_by_its_earlier_name(both):
    both.run("2026-11-09 12:00")
    both.config(table("Nordik"))
    both.run("2026-11-09 13:00")
    marks = both.marks()
    other(both, "run", "2026-11-09 14:00")
    assert both.marks() == marks


def run_of_other(life, now):
    found = json.loads(other(life, "run", now, "--json").stdout)
    return [(each["op"], each["rule"]) for each in found["changes"] if each["rule"] != "prepare"]


def test_an_undated_note_that_the_second_sees_a_day_later_is_one_promise(both):
    both.note("#promise Le plan du métro")
    both.run("2026-11-07 23:50")
    other(both, "run", "2026-11-08 00:10")
    both.run("2026-11-08 01:00")
    assert len([mark for mark in both.marks() if "/" not in mark]) == 1
    both.send("keep-promise", JULIE, "2026-11-08 09:00")
    for now in ("2026-11-08 10:00", "2026-11-09 09:00"):
        both.run(now)
        other(both, "run", now)
    assert [mark for mark in both.marks() if "/" not in mark] == []


def test_what_one_has_updated_the_other_may_still_take_back(both):
    both.run("2026-11-09 12:00")
    other(both, "run", "2026-11-09 12:10")
    both.visit("I1", "2026-11-09 10:00", JULIE, PAUL, stamp="2026-11-09 12:30")
    both.run("2026-11-09 13:00")
    other(both, "run", "2026-11-09 13:10")
    both.note("2026-11-09 15:00 #thanked")
    assert run_of_other(both, "2026-11-09 16:00")[0] == ("withdraw", "thank-you")
    both.run("2026-11-09 16:10")
    other(both, "run", "2026-11-10 16:20")
    assert not both.has("thank-you", JULIE)


def test_a_tick_is_seen_by_both_and_a_withdrawal_is_not_made_again(both):
    for now in ("2026-11-09 12:00", "2026-11-19 09:30"):
        both.run(now)
        other(both, "run", now)
    both.tick_off("follow-up-call", "2026-11-19")
    both.visit("I2", "2026-11-23 10:00", EVE)
    for now in ("2026-11-19 12:00", "2026-11-23 12:00"):
        both.run(now)
        other(both, "run", now)
    both.visit("I2", "2026-11-23 10:00", EVE)
    both.note("2026-11-23 13:00 #withdrawn", f"<{EVE}>")
    both.run("2026-11-23 14:00")
    assert run_of_other(both, "2026-11-23 14:00") == []
    assert both.has("thank-you", EVE) is None
    states = json.loads(other(both, "plan", "2026-11-23 15:00", "--json").stdout)["decisions"]
    assert {each["state"] for each in states if each["key"].startswith("follow-up-call/nordik")} == {"done"}


def test_both_at_once_write_the_same_draft_to_the_byte(both, tmp_path):
    """So a program that synchronizes has nothing to settle."""
    alone = tmp_path / "alone"
    shutil.copytree(both.folder, alone)
    both.run("2026-11-09 12:00")
    call(alone, "run", "--now", "2026-11-09 12:01")
    (mine,) = (both.folder / "out/drafts").glob("thank-you*")
    assert (alone / "out/drafts" / mine.name).read_bytes() == mine.read_bytes()
    both.run("2026-11-19 09:30")
    call(alone, "run", "--now", "2026-11-19 09:31")
    assert (alone / "out/todo.txt").read_bytes() == both.todo.read_bytes()
