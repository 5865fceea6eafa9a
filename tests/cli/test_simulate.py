"""`followup simulate`: the past told anew, what other rules would have done, and nothing written."""

import json

import pytest

from tests.support.storybook import JULIE, Story, call

EXAMPLE = """
[[example]]
name   = "a round"
events = [
  { kind = "meeting", at = 2026-11-09T10:00:00, title = "Interview", people = ["julie@nordik.example"] },
  { kind = "note", case = "nordik.example", text = "2026-11-10 09:00 #promise The address" },
  { kind = "sent", at = 2026-11-12T10:00:00, to = ["julie@nordik.example"], title = "News?" },
]
then   = [
  { at = 2026-11-09T12:00:00, user = { sends = "thank-you" } },
  { at = 2026-11-19T09:00:00, user = { ticks = "follow-up-call" } },
]
"""
NOW = "2026-12-01T12:00"


def test_before_the_first_run_it_says_why_nothing_happens(tmp_path):
    story = Story(tmp_path)
    story.visit("I1", "2026-11-09 10:00")
    simulated = ("simulate", "--from", "2026-11-01", "--to", "2026-11-30")
    assert "no event is known yet" in story.call(*simulated).stdout.replace("\n", " ")
    story.run("2026-11-09T12:00")
    assert "no event is known yet" not in story.call(*simulated).stdout


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """Live some weeks with the real command, and return the folder, the keys made, and those taken back."""
    story = Story(tmp_path_factory.mktemp("lived") / "life")
    story.config(language="en")
    story.visit("I1", "2026-11-09 10:00")
    ticks = [story.at(f"2026-11-{day:02}T{hour}:00") for day in range(8, 10) for hour in ("09", "12")]
    story.note("2026-11-10 14:30 #promesse L'adresse")
    story.mail("2026-11-11 09:00", JULIE, "Merci pour la rencontre")
    ticks += [story.at(f"2026-11-{day}T12:00") for day in (10, 11, 12, 19)]
    story.tick_off("follow-up-call", "2026-11-19")
    ticks += [story.at("2026-11-20T12:00")]
    keys = {op: {c["key"] for tick in ticks for c in tick.changes if c["op"] == op} for op in ("create", "withdraw")}
    return story.folder, keys


def simulate(folder, *options):
    result = call(folder, "simulate", "--json", *options)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["simulations"]


def keys(lines, op):
    return {line["key"] for line in lines if line["what"] == op}


def test_the_same_rules_make_and_take_back_of_the_same_past_what_they_did(lived):
    folder, made = lived
    (told,) = simulate(folder, "--from", "2026-11-01", "--to", "2026-11-25")
    assert keys(told["lines"], "create") == made["create"]
    assert keys(told["lines"], "withdraw") == made["withdraw"]


def test_nothing_is_written(lived):
    folder, _ = lived
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    simulate(folder, "--from", "2026-11-01", "--to", "2026-11-25")
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before


def test_the_story_is_told_day_by_day(lived):
    folder, _ = lived
    result = call(folder, "simulate", "--from", "2026-11-01", "--to", "2026-11-25")
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    days = [line for line in lines if line[:4] in ("Sat ", "Sun ", "Mon ", "Tue ", "Wed ", "Thu ", "Fri ")]
    assert days[:3] == ["Sat 2026-11-07", "Mon 2026-11-09", "Tue 2026-11-10"]
    for told in ("10:00 ◆ meeting · Entrevue", "11:00 + thank-you made · draft", "09:00 ◆ you write · Merci pour la rencontre",
                 "09:00 + follow-up-call made · task"):  # fmt: skip
        assert any(line.startswith(told) for line in lines), told
    (taken,) = [at for at, line in enumerate(lines) if "thank-you taken back" in line]
    assert "because done by your mail “Merci pour la rencontre”" in " ".join(lines[taken : taken + 3])


def test_only_of_a_rule_or_a_case(lived):
    folder, _ = lived
    (told,) = simulate(folder, "--from", "2026-11-01", "--to", "2026-11-25", "--rule", "follow-up-call")
    assert {line["rule"] for line in told["lines"]} == {None, "follow-up-call"}
    (told,) = simulate(folder, "--from", "2026-11-01", "--to", "2026-11-25", "--case", "nordik")
    assert {line["case"] for line in told["lines"]} == {"nordik.ca"}
    (told,) = simulate(folder, "--from", "2026-11-01", "--to", "2026-11-25", "--case", "elsewhere")
    assert told["lines"] == []
    said = call(folder, "simulate", "--from", "2026-11-01", "--to", "2026-11-25", "--case", "nordk").stderr
    assert "warning: --case: 'nordk' fits no case\n   = help: did you mean \"nordik.ca\"?" in said


def test_what_a_changed_rule_would_have_done_otherwise_by_case(lived):
    folder, _ = lived
    other = folder / "other.toml"
    other.write_text(
        '[rule.follow-up-call]\nopens = "day + 7 days at 09:00, workday"\n[rule.fit]\nenabled = false\n'
        '[rule.extra]\non = "interview"\nopens = "end"\ndo = { type = "task", title = "Extra" }\n'
    )
    options = ("--from", "2026-11-01", "--to", "2026-11-25", "--compare", str(other))
    (told,) = simulate(folder, *options)
    found = {change["rule"]: (change["what"], change["how"]) for change in told["differences"]}
    assert found == {
        "extra": ("more", []), "fit": ("less", []), "thank-you": ("other", ["text"]),
        "follow-up-call": ("other", ["day", "due", "text"]),
    }  # fmt: skip
    shown = call(folder, "simulate", *options).output
    assert "nordik.ca" in shown
    assert "made Mon 2026-11-16 09:00 instead of Thu 2026-11-19 09:00" in shown
    assert "1 made besides, 1 not made, 2 made otherwise" in shown


def test_the_same_rules_differ_in_nothing_and_a_whole_config_may_be_compared(lived):
    folder, _ = lived
    result = call(
        folder, "simulate", "--from", "2026-11-01", "--to", "2026-11-25", "--compare", str(folder / "config.toml")
    )
    assert "nothing would have been different" in result.output


def test_examples_are_told_with_what_the_user_does(tmp_path):
    story = Story(tmp_path / "life")
    (story.folder / "mine.toml").write_text(EXAMPLE)
    (told,) = simulate(story.folder, str(story.folder / "mine.toml"))
    assert told["name"] == "a round"
    assert {line["rule"] for line in told["lines"] if line["what"] == "create"} == {
        "thank-you", "debrief", "fit", "keep-promise", "too-soon", "follow-up-call",
    }  # fmt: skip
    titles = {line["title"] for line in told["lines"] if line["what"] == "sent"}
    assert "News?" in titles


def test_compare_plays_examples_with_the_other_rules_too(tmp_path):
    story = Story(tmp_path / "life")
    (story.folder / "mine.toml").write_text(EXAMPLE)
    (story.folder / "other.toml").write_text("[rule.debrief]\nenabled = false\n")
    (told,) = simulate(story.folder, str(story.folder / "mine.toml"), "--compare", str(story.folder / "other.toml"))
    assert [(each["rule"], each["what"]) for each in told["differences"]] == [("debrief", "less")]


@pytest.mark.parametrize(
    "options",
    [
        ("--from", "monday"),
        ("--from", "2026-11-10", "--to", "2026-11-01"),
        ("--rule", "thank-yuo"),
        ("--compare", "nowhere"),
    ],
)
def test_the_wrong_words_are_usage(tmp_path, options):
    story = Story(tmp_path / "life")
    result = call(story.folder, "simulate", *options)
    assert result.exit_code == 2
    assert "thank-you" in result.output if "--rule" in options else result.output


def test_a_file_to_compare_with_that_cannot_be_read_is_told(tmp_path):
    story = Story(tmp_path / "life")
    (story.folder / "other.toml").write_text("[rule\n")
    result = call(story.folder, "simulate", "--compare", str(story.folder / "other.toml"))
    assert result.exit_code == 2
    assert "F001" in result.output


def test_too_long_a_time_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr("followup_rules.simulation.player.MOST_TICKS", 2)
    story = Story(tmp_path / "life")
    (story.folder / "mine.toml").write_text(EXAMPLE)
    result = call(story.folder, "simulate", str(story.folder / "mine.toml"))
    assert result.exit_code == 2
    assert "F110" in result.output
