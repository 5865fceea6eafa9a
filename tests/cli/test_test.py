"""`followup test`: what holds, what does not and why, and what cannot be played."""

import json

import pytest
from click.testing import CliRunner

from followup_rules.cli import cli
from tests.support.configs import PROFILE

RULES = """
[define.application]
kind  = "sent"
title = ["application"]
first = "thread"

[rule.nudge]
why     = "No answer in seven workdays."
on      = "application"
opens   = "end + 7 workdays at 09:00"
closes  = "opens + 30 days"
done_by = [{ kind = "received", same = "thread" }, "#answered"]
do      = { type = "draft", reply_to = "it", title = "Re: {{ it.title }}", text = "Any news since {{ start|day }}?" }
"""
SENT = '{ kind = "sent", at = 2026-11-03T10:00:00, to = ["jobs@kestrel.example"], title = "Application: gardener" }'
HOLDS = f"""
[[example]]
name   = "after seven workdays"
events = [{SENT}]
then   = [
  {{ at = 2026-11-12T08:59:00, states = {{ nudge = "waiting" }}, makes = [] }},
  {{ at = 2026-11-12T09:00:00, states = {{ nudge = "due" }}, makes = ["nudge"], text = {{ nudge = ["November 3"] }} }},
]
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(f'rules = ["rules.toml"]\n{PROFILE}\n[store]\npath = "followup.db"\n')
    (tmp_path / "rules.toml").write_text(RULES)
    return tmp_path


def play(*options, given=None):
    return CliRunner().invoke(cli, ["--config", "config.toml", "test", *options], input=given)


def write(place, text, name="mine.toml"):
    (place / name).write_text(text)
    return name


def differences(*options):
    record = json.loads(play("--json", *options).stdout)
    return [each for one in record["examples"] for failure in one["failures"] for each in failure["differences"]]


def example(then, events=SENT, more=""):
    return f'[[example]]\nname = "it"\n{more}events = [{events}]\nthen = [{then}]\n'


def test_an_example_that_holds_is_counted_and_nothing_is_written(place):
    before = sorted(place.iterdir())
    result = play(write(place, HOLDS))
    assert result.exit_code == 0, result.output
    assert "1 example holds" in result.output
    assert sorted(place.iterdir()) == [*before[:1], place / "mine.toml", *before[1:]]


def test_what_does_not_hold_is_told_with_what_is_since_when_and_all_of_the_case(place):
    result = play(write(place, HOLDS.replace("2026-11-12T08:59:00", "2026-11-12T10:00:00")))
    assert result.exit_code == 1
    for told in ("after seven workdays", "expected  waiting", "is        due", "since Thu 2026-11-12 09:00",
                 "kestrel.example", "What, and why", "Application: gardener"):  # fmt: skip
        assert told in result.output, told


@pytest.mark.parametrize(
    ("then", "what", "expected", "found"),
    [
        ('{ at = 2026-11-10T09:00:00, states = { nudge = "due" } }', "states", "due", "waiting"),
        ('{ at = 2026-11-10T09:00:00, makes = ["nudge"] }', "makes", "nudge", "made since the `then` before: nothing"),
        ("{ at = 2026-11-12T09:00:00, makes = [] }", "makes", "nothing", "made since the `then` before: nudge"),
        ('{ at = 2026-11-12T09:00:00, takes_back = ["nudge"] }', "takes_back", "nudge", "taken back since the `then` before: nothing"),
        ('{ at = 2026-11-12T09:00:00, text = { nudge = ["May 3"] } }', "text", "May 3", "Re: Application: gardener\nAny news since Tuesday, November 3?"),
        ("{ at = 2026-11-12T09:00:00, due = { nudge = 2026-11-13 } }", "due", "2026-11-13", "2026-11-12 09:00"),
        ("{ at = 2026-11-12T09:00:00, due = { nudge = 2026-11-12T10:00:00 } }", "due", "2026-11-12 10:00", "2026-11-12 09:00"),
        ('{ at = 2026-11-10T09:00:00, why = { nudge = "you sent it" } }', "why", "you sent it", "opens at Thu 2026-11-12 09:00"),
        ('{ at = 2026-11-10T09:00:00, states = { nudge = "none" } }', "states", "none", "waiting"),
        ('{ at = 2026-11-10T09:00:00, user = { sends = "nudge" } }', "user.sends", "something that nudge has made", "there is nothing of it, or it is over"),
    ],
)  # fmt: skip
def test_each_field_that_does_not_hold(place, then, what, expected, found):
    (told,) = differences(write(place, example(then)))
    assert (told["what"], told["expected"], told["is"]) == (what, expected, found)


@pytest.mark.parametrize(
    ("act", "state", "why"),
    [("sends", "done", "you sent it"), ("deletes", "done", "dismissed by you"), ("edits", "due", "due at"),
     ("ticks", "done", "you ticked it off")],
)  # fmt: skip
def test_what_the_user_does(place, act, state, why):
    then = (
        f'{{ at = 2026-11-12T10:00:00, user = {{ {act} = "nudge" }}, '
        f'states = {{ nudge = "{state}" }}, why = {{ nudge = "{why}" }} }}'
    )
    assert differences(write(place, example(then))) == []


def test_a_heading_that_fits_no_case_is_told_with_what_it_keeps_from_holding(place):
    note = '{ kind = "note", case = "kestrel", text = "2026-11-05 #answered" }'
    unended = example(
        '{ at = 2026-11-12T09:00:00, states = { nudge = "done" } }', f"{SENT.replace('kestrel', 'k')}, {note}"
    )
    result = play(write(place, unended))
    assert result.exit_code == 1
    assert "the heading 'kestrel' fits no case; add an address" in result.stderr
    assert "mine.toml:3" in result.stderr


def test_what_holds_whatever_its_headings_is_left_in_peace(place):
    note = '{ kind = "note", case = "sparrow", text = "2026-11-05 #answered" }'
    held = example('{ at = 2026-11-12T09:00:00, states = { nudge = "due" } }', f"{SENT}, {note}")
    result = play(write(place, held))
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_rule_that_decides_nothing(place):
    then = '{ at = 2026-11-12T09:00:00, states = { nudge = "none" } }'
    assert differences(write(place, example(then, events=SENT.replace("Application", "Hello")))) == []
    (told,) = differences(write(place, example(then.replace("none", "due"), events="")))
    assert told["is"] == "nudge decides nothing"


def test_rules_and_a_user_of_one_example_alone(place):
    more = '''config = """
[rule.nudge]
opens = "end + 1 day at 10:00"
do.text = "{{ start|day }}, {{ vars.phone }}"
[vars]
phone = "514 555-0123"
"""
profile = { language = "fr", timezone = "Europe/Paris" }
'''
    then = '{ at = 2026-11-04T10:00:00, states = { nudge = "due" }, text = { nudge = ["mardi 3 novembre, 514 555-0123"] } }'
    result = play(write(place, example(then, more=more) + HOLDS))
    assert result.exit_code == 0, result.output
    assert "2 examples hold" in result.output


def test_an_answer_in_the_thread_and_a_note_in_its_grammar(place):
    received = '{ kind = "received", at = 2026-11-13T10:00:00, from = ["jobs@kestrel.example"], title = "Re: Application: gardener" }'
    note = '{ kind = "note", case = "kestrel.example", text = "2026-11-13 10:00 #answered on the phone" }'
    then = '{ at = 2026-11-12T10:00:00, makes = ["nudge"] }, { at = 2026-11-13T10:00:00, states = { nudge = "done" }, takes_back = ["nudge"] }'
    for more in (received, note):
        assert differences(write(place, example(then, events=f"{SENT}, {more}"))) == [], more


WRONG = """
[[example]]
nam    = "a slip"
events = [
  { kind = "snt", at = 2026-11-03T10:00:00 },
  { kind = "sent", at = "2026-11-03", to = ["jobs"], titel = "Application" },
  { kind = "note", case = "x", text = "#answered" },
  { kind = "note", case = "x", text = "2026-13-45 #answered" },
  { kind = "meeting", at = 2026-11-03T10:00:00, until = 2026-11-03T09:00:00, status = "canceled" },
  { kind = "sent", to = "jobs@kestrel.example", auto = "replies" },
]
then = [
  { at = 2026-11-10, states = { nuge = "due", nudge = "dew" }, makes = ["nudgee"], user = { sent = "nudge" } },
  { at = 9999-01-01, state = { nudge = "due" }, due = { nudge = "soon" } },
  { states = { nudge = "due" } },
]
[[example]]
name = "a config that is wrong"
config = '''
[rule.nudge]
open = "end"
'''
profile = { languag = "fr" }
events = []
then = []
"""


def test_all_that_is_wrong_is_told_with_its_line_and_the_nearest_word_and_the_rest_is_played(place):
    result = play("--json", write(place, WRONG + HOLDS))
    record = json.loads(result.stdout)
    told = {(each["line"], each["message"], each["hint"].partition(";")[0]) for each in record["problems"]}
    for line, message, hint in [
        (3, "unknown key 'nam' in [example]", 'did you mean "name"?'),
        (5, "unknown kind 'snt'", 'did you mean "sent"?'),
        (6, "unknown key 'titel' in [example.events]", 'did you mean "title"?'),
        (9, "unknown status 'canceled'", 'did you mean "cancelled"?'),
        (13, "unknown rule 'nuge'", 'did you mean "nudge"?'),
        (13, "unknown state 'dew'", 'did you mean "due"?'),
        (13, "unknown rule 'nudgee'", 'did you mean "nudge"?'),
        (13, "unknown key 'sent' in [example.then.user]", 'did you mean "sends"?'),
        (14, "unknown key 'state' in [example.then]", 'did you mean "states"?'),
    ]:
        assert (line, message, hint) in told
    messages = {(line, message) for line, message, _ in told}
    for line, message in [
        (6, '"2026-11-03" is no time'),
        (6, "'jobs' is not an address"),
        (7, "nobody can tell when this note is written"),
        (9, "it ends before it starts"),
        (10, "'at' is missing"),
        (14, "nobody can say what happens in the year 9999"),
        (14, '"soon" is no time'),
        (15, "'at' is missing"),
    ]:
        assert (line, message) in messages
    assert any(line == 8 and "2026-13-45" in message for line, message in messages)
    assert any("languag" in message for _, message in messages)
    assert [(each["name"], each["played"], each["holds"]) for each in record["examples"]] == [
        ("example 1", False, False), ("a config that is wrong", False, False), ("after seven workdays", True, True),
    ]  # fmt: skip
    assert result.exit_code == 1


def test_a_faulty_config_of_an_example_is_told(place):
    text = example(
        "{ at = 2026-11-10 }", more="config = '[rule.nudge]\nopen = 1'\n".replace("\n", "\\n", 1).replace("'", '"')
    )
    record = json.loads(play("--json", write(place, text)).stdout)
    assert ["unknown key 'open'" in each["message"] for each in record["problems"]] == [True]


@pytest.mark.parametrize(
    "text", ["[[example]\n", "example = 1\n", "[[example]]\n", '[[example]]\nname = 3\nthen = "x"\n']
)
def test_a_file_that_is_none_is_a_problem_and_no_traceback(place, text):
    result = play(write(place, text))
    assert result.exit_code == 1
    assert "error[" in result.output


def test_the_wrong_words_on_the_command_line_are_usage(place):
    write(place, HOLDS)
    assert play("nowhere.toml").exit_code == 2
    assert play("-k", "nothing of that name", "mine.toml").exit_code == 2
    assert play("--update", "--json", "mine.toml").exit_code == 2


def test_some_are_chosen_by_their_names(place):
    write(place, HOLDS + example('{ at = 2026-11-10, states = { nudge = "due" } }'))
    assert play("-k", "SEVEN", "mine.toml").exit_code == 0
    assert play("mine.toml").exit_code == 1


def test_without_a_file_those_of_the_config_its_rules_and_its_packs_are_played(place):
    (place / "team").mkdir()
    (place / "team/rules.toml").write_text(
        RULES.replace("7 workdays", "2 workdays").replace("nudge", "prod").replace("application", "letter")
    )
    letter = SENT.replace("Application", "Letter")
    then = '{ at = 2026-11-05T09:00:00, states = { prod = "due" } }'
    (place / "team/examples.toml").write_text(example(then, events=letter))
    (place / "rules.toml").write_text(RULES + HOLDS)
    config = (place / "config.toml").read_text()
    (place / "config.toml").write_text(f'packs = ["./team"]\n{config}\n{HOLDS}')
    record = json.loads(play("--json").stdout)
    assert [(each["file"], each["holds"]) for each in record["examples"]] == [
        ("./team/examples.toml", True), ("rules.toml", True), ("config.toml", True),
    ]  # fmt: skip
    assert record["problems"] == []
    check = CliRunner().invoke(cli, ["--config", "config.toml", "check", "--json"])
    assert [each for each in json.loads(check.stdout)["problems"] if "example" in each["message"]] == []


def test_rules_beside_examples_are_tried_before_the_config_names_them(place):
    rule = '[rule.prod]\non = "application"\nopens = "end + 1 day"\ndo = { type = "task", title = "Prod" }\n'
    then = '{ at = 2026-11-04T10:00:00, makes = ["prod"] }'
    assert differences(write(place, rule + example(then))) == []


def test_rules_that_are_tried_need_no_output(place):
    rule = '[rule.lent]\non = "#lent"\nopens = "start"\ndo = { type = "task", title = "Ask for it back" }\n'
    note = '{ kind = "note", case = "@kestrel.example", text = "2026-11-05 #lent The atlas" }'
    result = play(write(place, rule + example('{ at = 2026-11-06, makes = ["lent"] }', note)))
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_pack_is_played_without_any_config(place):
    (place / "config.toml").unlink()
    (place / "examples.toml").write_text(HOLDS)
    result = play("examples.toml")
    assert result.exit_code == 0, result.output


def test_update_writes_what_is_so_where_the_user_agrees_and_leaves_all_else(place):
    text = HOLDS.replace('"due" }', '"held" }  ').replace('makes = ["nudge"]', "makes = []") + "# the end\n"
    text = text.replace("name ", "# why\nname ")
    name = write(place, text)
    assert play("--update", name, given="n\n").exit_code == 1
    assert (place / name).read_text() == text
    result = play("--update", name, given="y\n")
    assert result.exit_code == 0, result.output
    assert (place / name).read_text() == text.replace('"held"', '"due"').replace(
        '2026-11-12T09:00:00, states = { nudge = "due" }  , makes = []',
        '2026-11-12T09:00:00, states = { nudge = "due" }  , makes = ["nudge"]',
    )
    assert play(name).exit_code == 0


def test_update_cannot_write_words_of_a_text(place):
    name = write(place, example('{ at = 2026-11-12T09:00:00, text = { nudge = ["May 3"] } }'))
    result = play("--update", name)
    assert result.exit_code == 1
    assert "cannot be written down by itself" in result.output


def test_a_rule_that_never_rests_is_given_up(place, monkeypatch):
    monkeypatch.setattr("followup_rules.simulation.player.MOST_TICKS", 1)
    result = play("--json", write(place, HOLDS))
    assert [each["code"] for each in json.loads(result.stdout)["problems"]] == ["F110"]
    assert result.exit_code == 1
