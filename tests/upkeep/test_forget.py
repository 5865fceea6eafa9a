"""`followup forget`: nothing of a case is left but hashes, and nothing of it comes back or is made again."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from copy import deepcopy

import pytest
from click.testing import CliRunner

from followup_rules.cli import cli
from followup_rules.keys import hashed
from followup_rules.store.database import Database
from followup_rules.store.errors import StoreError
from followup_rules.store.store import open_store
from tests.support.storybook import JULIE, Story, call

pytestmark = pytest.mark.slow

TOLD = "2026-11-10 11:00"
FORGOTTEN = "2026-11-10 12:00"
WORDS = ("nordik", "julie", "roy", "frisbee", "donateurs", "singulier", "kanban")
"""What the story tells of the case, in lower case."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """Interviews at two places; thanks, promises, a note without a date, a series of meetings, a task ticked off."""
    told = Story(tmp_path_factory.mktemp("lived") / "folder")
    told.visit("I1", "2026-11-09 10:00", title="Entrevue chez Nordik", description="Quelque chose de singulier")
    told.visit("I2", "2026-11-09 14:00", "paul@boreal.ca", title="Entrevue chez Boréal")
    told.visit("I3", "2026-11-24 10:00", title="Entrevue chez Nordik, encore")
    told.visit("S1", "2026-11-03 08:00", title="Café Nordik", rrule="FREQ=WEEKLY")
    told.note("2026-11-09 16:00 #promise le frisbee de Julie")
    told.note("#issue les donateurs", "Nordik <julie.roy@nordik.ca>")
    told.run("2026-11-09 17:00")
    told.mail("2026-11-09 18:00", JULIE, "Merci, Julie", "Merci pour l'accueil singulier.", id="re-nordik")
    told.note("2026-11-10 09:00 #fix-answer Kanban")
    told.tick_off("fit", "2026-11-10")
    told.run(TOLD)
    return told


@pytest.fixture
def story(lived, tmp_path):
    """A copy of it, to go on from."""
    told = deepcopy(lived)
    told.folder = tmp_path / "folder"
    shutil.copytree(lived.folder, told.folder)
    return told


def kept(story):
    """Return the words of the case that are found anywhere in the files of the store."""
    raw = b"".join(file.read_bytes() for file in story.folder.glob("out/followup.db*")).lower()
    return [word for word in WORDS if word.encode() in raw]


def forget(story, *options, case="nordik.ca", now=FORGOTTEN):
    return call(story.folder, "forget", case, "--now", now, *options)


def cases(story, now=FORGOTTEN):
    found = json.loads(call(story.folder, "explain", "--now", now, "--json").stdout)["cases"]
    return {case["key"] for case in found}


def test_no_word_of_the_case_is_left_in_the_store_then_or_later(story):
    assert kept(story) == list(WORDS)
    assert forget(story, "--yes").exit_code == 0
    assert kept(story) == []
    for now in ("2026-11-10 13:00", "2026-11-11 09:00", "2026-11-24 18:00", "2026-12-20 09:00"):
        tick = story.at(now)
        assert not [change for change in tick.changes if "nordik" in json.dumps(change).lower()]
        assert kept(story) == []


def test_the_other_cases_are_as_they_were(story):
    before = json.loads(call(story.folder, "explain", "boreal", "--history", "--now", FORGOTTEN, "--json").stdout)
    forget(story, "--yes")
    after = json.loads(call(story.folder, "explain", "boreal", "--history", "--now", FORGOTTEN, "--json").stdout)
    assert after == before
    assert cases(story) == {"boreal.ca"}


def _own_files(story):
    return {path: path.read_bytes() for path in [story.todo, *(story.folder / "out/drafts").iterdir()]}


def test_what_lies_in_the_users_own_files_stays_and_is_told(story):
    before = _own_files(story)
    said = forget(story, "--yes")
    assert _own_files(story) == before
    assert f"drafts ({story.folder / 'out/drafts'}): " in said.stdout
    assert "it is yours and stays there" in said.stdout
    assert "nordik.ca is forgotten" in said.stdout


def test_what_is_untouched_is_taken_back_if_the_user_asks(story):
    story.rewrite_draft("keep-promise", "PS")
    said = json.loads(forget(story, "--yes", "--withdraw", "--json").stdout)
    assert [each["key"].partition("/")[0] for each in said["left"]] == ["keep-promise"]
    assert [key for key in story.outstanding() if "boreal" not in key] == [hashed(said["left"][0]["key"])]
    assert kept(story) == []


def test_nothing_is_forgotten_if_something_cannot_be_taken_back(story):
    (story.folder / "out/drafts").rename(story.folder / "elsewhere")
    found = forget(story, "--yes", "--withdraw")
    assert found.exit_code == 1
    assert "was not forgotten" in found.stderr
    assert "nordik.ca" in cases(story)


def test_it_is_not_done_without_a_yes(story):
    found = forget(story)
    assert found.exit_code == 2
    assert "add --yes" in found.stderr
    assert "nordik.ca" in cases(story)


def test_a_name_that_fits_no_case_forgets_nothing(story):
    found = forget(story, "--yes", case="nordic.ca")
    assert found.exit_code == 2
    assert 'did you mean "nordik.ca"?' in found.stderr
    assert cases(story) == {"nordik.ca", "boreal.ca"}


def test_without_a_store_there_is_nothing_to_forget(tmp_path):
    story = Story(tmp_path / "folder")
    assert "nothing to forget" in forget(story, "--yes").stderr
    assert not (story.folder / "out/followup.db").exists()


@pytest.mark.parametrize("name", ["nordik.ca", "Nordik"])
def test_explain_and_forget_tell_that_it_was_forgotten(story, name):
    forget(story, "--yes")
    for verb in (("explain",), ("forget", "--yes")):
        said = call(story.folder, *verb, name, "--now", "2026-11-12 09:00")
        assert said.exit_code == 2
        assert f"'{name}' was forgotten on Tue 2026-11-10 12:00 (2 days ago)" in " ".join(said.stderr.split())


def test_what_took_place_before_and_is_seen_only_later_is_not_taken_in(story):
    forget(story, "--yes")
    story.mail("2026-11-10 08:00", JULIE, "Un mot de plus", id="late-sync")
    story.visit("I9", "2026-11-08 10:00", title="Entrevue chez Nordik, exportée deux fois")
    tick = story.at("2026-11-10 13:00")
    assert tick.changes == []
    assert cases(story, "2026-11-10 13:00") == {"boreal.ca"}
    assert kept(story) == []


def test_a_meeting_moved_or_edited_after_it_was_forgotten_stays_forgotten(story):
    forget(story, "--yes")
    story.visit("I3", "2026-11-26 10:00", title="Entrevue chez Nordik, déplacée", stamp="2026-11-11 09:00")
    story.edit_note("frisbee", "frisbee bleu")
    assert story.at("2026-11-26 12:00").rules(aside=True) == []
    assert kept(story) == []


def test_a_new_interview_begins_the_case_anew(story):
    forget(story, "--yes")
    story.visit("I4", "2026-12-08 10:00", title="Entrevue chez Nordik")
    tick = story.at("2026-12-08 12:00")
    assert tick.the("thank-you").case == "nordik.ca"
    assert tick.decision("thank-you", "nordik.ca").key == "thank-you/nordik.ca@2026-12-08"


def test_what_was_made_is_not_made_again_for_the_same_day_under_another_id(story):
    """As when a calendar is moved to another service, which gives new ids to all meetings."""
    story.at("2026-11-22 12:00")
    assert any(key.startswith("prepare/nordik.ca") for key in story.tasks(aside=True))
    forget(story, "--yes", now="2026-11-22 13:00")
    story.unlist("I3")
    story.visit("moved-I3", "2026-11-24 10:00", title="Entrevue chez Nordik, encore")
    story.visit("I4", "2026-11-24 15:00", title="Entrevue chez Nordik, pour finir")
    tick = story.at("2026-11-22 14:00")
    assert "prepare" not in [change["rule"] for change in tick.changes]
    assert "thank-you" in story.at("2026-11-24 17:00").rules()


def test_what_a_calendar_gives_new_ids_to_stays_forgotten(story):
    """Some give every entry another UID at each export; so does a calendar that is moved to another service."""
    forget(story, "--yes")
    for ident in ("I1", "I3", "S1"):
        story.meetings[f"new-{ident}"] = story.meetings.pop(ident)
    for now in ("2026-11-10 13:00", "2026-11-24 12:00", "2027-03-30 12:00"):
        story.run(now)
        assert (cases(story, now), kept(story)) == ({"boreal.ca"}, [])
    story.visit("I5", "2027-04-05 10:00", title="Entrevue chez Nordik")
    assert "thank-you" in story.at("2027-04-05 12:00").rules()


def test_a_note_of_the_same_day_is_news(story):
    forget(story, "--yes")
    story.note("2026-11-10 #promise une photo", f"Nordik <{JULIE}>")
    assert story.at("2026-11-10 15:00").rules() == ["keep-promise"]


def test_a_mail_that_another_case_has_too_stays_there(story):
    story.mail("2026-11-10 10:00", f"{JULIE}, paul@boreal.ca", "Merci à vous deux", id="both")
    story.at("2026-11-10 11:30")
    said = json.loads(forget(story, "--yes", "--json").stdout)
    assert said["shared"] == 1
    boreal = json.loads(call(story.folder, "explain", "boreal", "--now", FORGOTTEN, "--json").stdout)["cases"][0]
    assert "Merci à vous deux" in [event["title"] for event in boreal["events"]]
    assert [each["state"] for each in boreal["decisions"] if each["rule"] == "thank-you"] == ["done"]


def test_the_earlier_name_of_a_case_is_forgotten_with_it(story):
    story.config('[case.le-nord]\npeople = ["julie.roy@nordik.ca"]\n')
    story.at("2026-11-10 11:30")
    said = forget(story, "--yes", case="le-nord")
    assert "your config still names it: [case.le-nord]" in said.stdout
    assert kept(story) == []
    assert story.at("2026-11-10 13:00").changes == []


def test_copies_from_before_a_change_of_tables_are_deleted(story):
    copy = story.folder / "out/followup.db.v0-backup"
    copy.write_bytes((story.folder / "out/followup.db").read_bytes())
    said = forget(story, "--yes")
    assert not copy.exists()
    assert f"{copy} held it, too, and was deleted" in said.stdout
    assert kept(story) == []


def test_what_an_older_version_left_in_the_gaps_of_the_file_goes_too(story):
    with closing(sqlite3.connect(story.folder / "out/followup.db")) as careless, careless:
        careless.execute("pragma secure_delete = off")
        careless.execute("create table gone as select body from event")
        careless.execute("drop table gone")
    forget(story, "--yes")
    assert kept(story) == []


KILLED = """
import os, sqlite3, sys
from followup_rules.store import store

class Mortal(sqlite3.Connection):
    left = int(sys.argv[2])
    def execute(self, *arguments):
        self.count()
        return super().execute(*arguments)
    def executemany(self, *arguments):
        self.count()
        return super().executemany(*arguments)
    def count(self):
        Mortal.left -= forgetting
        if Mortal.left < 0:
            os._exit(9)

forgetting = 0
real, erase = sqlite3.connect, store.Store.erase
def mortal(*arguments, **options):
    return real(*arguments, **{**options, "factory": Mortal})
def counted(*arguments):
    global forgetting
    forgetting = 1
    return erase(*arguments)
sqlite3.connect, store.Store.erase = mortal, counted
from followup_rules.cli import main
sys.stdout = open(os.devnull, "w")
try:
    main(["--config", sys.argv[1], "forget", "nordik.ca", "--yes", "--now", "2026-11-10 12:00"])
finally:
    sys.stderr.write(str(Mortal.left))
"""


def forgetting(folder, statements):
    """Forget in a process that dies after so many statements; return its exit code, and how many were left."""
    command = [sys.executable, "-c", KILLED, str(folder / "config.toml"), str(statements)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode in (0, 9), ended.stderr
    return ended.returncode, int(ended.stderr or 0)


@pytest.fixture(scope="module")
def statements(lived, tmp_path_factory):
    """How many statements a whole forgetting takes."""
    place = tmp_path_factory.mktemp("whole") / "folder"
    shutil.copytree(lived.folder, place)
    return 10_000 - forgetting(place, 10_000)[1]


@pytest.mark.parametrize("before_end", [1, 2, 3, 4, 5, 20])
def test_a_forgetting_that_is_killed_is_whole_or_not_at_all(story, statements, before_end):
    assert forgetting(story.folder, statements - before_end)[0] == 9
    with open_store(story.folder / "out/followup.db") as store:
        home, history = store.case("nordik.ca").home, store.decisions.history("nordik.ca")
        everything = (len(store.ledger.of("nordik.ca")), len(home), len(history))
    assert all(everything) or not any(everything)
    assert kept(story) == (list(WORDS) if any(everything) else [])
    call(story.folder, "run", "--now", "2026-11-10 13:00")
    assert kept(story) == (list(WORDS) if any(everything) else [])


@pytest.mark.parametrize(
    ("answer", "left"), [("y\n", {"boreal.ca"}), ("n\n", {"nordik.ca", "boreal.ca"}), ("", {"nordik.ca", "boreal.ca"})]
)
def test_on_a_terminal_it_asks(story, monkeypatch, answer, left):
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True)
    arguments = ["--config", str(story.folder / "config.toml"), "forget", "nordik.ca", "--now", FORGOTTEN]
    said = CliRunner().invoke(cli, arguments, input=answer)
    assert "stays there" in said.stdout
    assert "Forget nordik.ca for good? [y/N]" in said.stdout
    assert cases(story) == left


def test_what_lies_in_an_output_that_is_gone_from_the_config_cannot_be_taken_back(story):
    text = (story.folder / "config.toml").read_text()
    (story.folder / "config.toml").write_text(text.replace("[outputs.drafts]", "[outputs.letters]"))
    found = forget(story, "--yes", "--withdraw")
    assert found.exit_code == 1
    assert "the config no longer names this output" in found.stderr
    assert forget(story, "--yes").exit_code == 0
    assert kept(story) == []


def test_gaps_that_cannot_be_closed_are_told(story, monkeypatch):
    def full(_):
        raise StoreError("there is no room left for the store", "make room")

    monkeypatch.setattr(Database, "scrub", full)
    found = forget(story, "--yes")
    assert found.exit_code == 1
    assert "could not be written anew without the gaps" in found.stderr
    assert kept(story) == []
