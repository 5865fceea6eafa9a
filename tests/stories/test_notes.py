"""Stories of notes: typed on a phone, synchronized by halves, misspelt; told once by `run` and always by `check`."""

import json

import pytest

from tests.support.storybook import JULIE, Story, call

HEADING = f"## Nordik <{JULIE}>\n"
PROMISE = "- 2026-11-10 14:30 #promise Le frisbee due:2026-11-20\n"


@pytest.fixture
def story(tmp_path):
    """An interview with Julie on Tuesday, 10 November 2026, from 13 to 14, for which she was thanked."""
    story = Story(tmp_path)
    story.visit("I1", "2026-11-10 13:00", JULIE)
    story.mail("2026-11-10 14:10", JULIE, "Merci!")
    return story


def write(story, text):
    (story.folder / "notes.md").write_bytes(text if isinstance(text, bytes) else text.encode())


def run(story, now):
    """Do one run; return its changes as (op, rule), and its problems."""
    said = json.loads(call(story.folder, "run", "--json", "--now", now).stdout)
    return [(each["op"], each["rule"]) for each in said["changes"]], said["problems"]


def told(problems):
    return [(each["file"], each["line"], each["column"], each["message"]) for each in problems]


def test_every_problem_has_its_place_is_told_once_by_run_and_always_by_check(story):
    write(
        story,
        f"{HEADING}{PROMISE}- 2026-11-10 #promise Plan due:someday\n2026-11-10 #called Oui\n- 2026-11-10 #promis x\n",
    )
    _, problems = run(story, "2026-11-10T15:00")
    places = [place for *place, _ in told(problems)]
    assert places == [["notes.md", 3, 32], ["notes.md", 4, 1], ["notes.md", 5, 14]]
    assert run(story, "2026-11-10T15:05")[1] == []
    write(story, (story.folder / "notes.md").read_text().replace(HEADING, f"{HEADING}- 2026-11-10 #fit Bien\n"))
    assert run(story, "2026-11-10T15:10")[1] == []
    write(story, (story.folder / "notes.md").read_text() + "- 2026-13-01 #called Non\n")
    assert [line for _, line, _, _ in told(run(story, "2026-11-10T15:15")[1])] == [7]
    for _ in range(2):
        found = json.loads(call(story.folder, "check", "--json", "--now", "2026-11-10T15:20").stdout)["problems"]
        assert sorted(each["line"] for each in found if each["where"] == "sources.notes") == [4, 5, 6, 7]


def test_what_is_mended_and_broken_again_is_told_again(story):
    for text, count in (("due:someday", 1), ("due:2026-11-20", 0), ("due:someday", 1)):
        write(story, f"{HEADING}- 2026-11-10 #promise Plan {text}\n")
        assert len(run(story, "2026-11-10T15:00")[1]) == count


def test_a_slip_in_the_line_of_a_promise_takes_nothing_back(story):
    write(story, HEADING + PROMISE + "- 2026-11-10 #fit Bien\n")
    assert ("create", "keep-promise") in run(story, "2026-11-10T15:00")[0]
    for slip in (PROMISE.replace("11-10", "13-10"), PROMISE.removeprefix("- "), f"```\n{PROMISE}```\n"):
        write(story, f"{HEADING}{slip}- 2026-11-10 #fit Bien\n")
        changes, problems = run(story, "2026-11-10T15:10")
        assert (changes, len(problems)) == ([], 1)
    write(story, HEADING + PROMISE + "- 2026-11-10 #fit Bien\n")
    assert run(story, "2026-11-10T15:20") == ([], [])


@pytest.mark.parametrize(
    "half",
    [
        b"",
        HEADING.encode(),
        (HEADING + PROMISE)[:-20].encode(),
        (HEADING + PROMISE + "- 2026-11-10 #fit Caf\u00e9").encode()[:-1],
        (HEADING + PROMISE).encode() + b"\0\0\0",
    ],
)
def test_a_file_that_is_synchronized_by_halves_is_told_and_takes_nothing_back(story, half):
    whole = HEADING + PROMISE + "- 2026-11-10 #fit Caf\u00e9s\n- 2026-11-10 #issue Le prix\n"
    write(story, whole)
    run(story, "2026-11-10T15:00")
    write(story, half)
    changes, problems = run(story, "2026-11-10T15:15")
    assert (changes, [each["where"] for each in problems]) == ([], ["sources.notes"])
    write(story, whole)
    assert run(story, "2026-11-10T15:30") == ([], [])


@pytest.mark.parametrize("how", [lambda text: b"\xef\xbb\xbf" + text, lambda text: text.replace(b"\n", b"\r\n")])
def test_other_line_ends_and_a_mark_at_the_beginning_change_nothing(story, how):
    write(story, HEADING + PROMISE)
    run(story, "2026-11-10T15:00")
    write(story, how((HEADING + PROMISE).encode()))
    assert run(story, "2026-11-10T15:15") == ([], [])


def test_an_emptied_file_is_believed_half_an_hour_later(story):
    write(story, HEADING + PROMISE)
    run(story, "2026-11-10T15:00")
    write(story, HEADING)
    assert run(story, "2026-11-10T15:15")[0] == []
    assert run(story, "2026-11-10T15:44")[0] == []
    assert ("withdraw", "keep-promise") in run(story, "2026-11-10T15:45")[0]
    assert run(story, "2026-11-10T16:00")[1] == []


def test_the_half_hour_counts_from_when_the_file_was_emptied(story):
    write(story, HEADING + PROMISE)
    run(story, "2026-11-10T15:00")
    write(story, HEADING)
    run(story, "2026-11-10T15:15")
    write(story, HEADING + PROMISE)
    run(story, "2026-11-10T15:30")
    write(story, HEADING)
    assert run(story, "2026-11-10T15:50")[0] == []


def test_what_is_wrong_in_a_folder_of_notes_is_told_file_by_file(story):
    (story.folder / "notes").mkdir()
    for name, lines in [("b.md", [2, 4]), ("a.md", [3, 5])]:
        items = ("- 2026-13-01 #called Non" if number in lines else "" for number in range(2, 6))
        (story.folder / "notes" / name).write_text(HEADING + "\n".join(items) + "\n")
    story.base = story.base.replace('path = "notes.md"', 'path = "notes"')
    story.config()
    places = [place[:2] for place in told(run(story, "2026-11-10T15:00")[1])]
    assert places == [("notes/a.md", 3), ("notes/a.md", 5), ("notes/b.md", 2), ("notes/b.md", 4)]


@pytest.mark.parametrize(
    ("heading", "meant"),
    [
        ("Nordik <julie.roy@nordik.cq>", JULIE),
        ("Nordik <julie.roi@nordik.ca>", JULIE),
        ("Zoé <zoe@gmial.com>", "zoe@gmail.com"),
    ],
)
def test_an_address_that_is_nearly_a_known_one_is_asked_about(story, heading, meant):
    run(story, "2026-11-10T15:00")
    write(story, f"## {heading}\n- 2026-11-10 14:30 #fit Bien\n- 2026-11-10 14:40 #issue Rien\n")
    _, problems = run(story, "2026-11-10T15:10")
    assert [(each["hint"], each["line"], each["severity"]) for each in problems] == [
        (f'did you mean "{meant}"?', 1, "warning")
    ]
    assert run(story, "2026-11-10T15:15")[1] == []


def test_a_heading_that_fits_no_case_is_told_at_its_own_line_whatever_the_notes_below_it_quote(story):
    write(story, f"# 2026\n\n{HEADING}\n## Riddle\nRiddle, of a friend:\n\n- 2026-11-10 #fit Bien\n")
    (problem, *_) = [each for each in run(story, "2026-11-10T15:00")[1] if each["code"] == "F044"]
    assert (problem["file"], problem["line"], problem["column"]) == ("notes.md", 5, 4)


def test_the_heading_of_a_new_colleague_is_not_asked_about(story):
    run(story, "2026-11-10T15:00")
    write(story, "## Nordik <marc.cote@nordik.ca>\n- 2026-11-10 14:30 #fit Bien\n")
    assert run(story, "2026-11-10T15:10")[1] == []


def test_the_id_of_a_meeting_in_a_heading_is_no_address(tmp_path):
    story = Story(tmp_path)
    story.visit("k3j2h1@calendar.example", "2026-11-10 13:00")
    write(story, "## k3j2h1@calendar.example\n- 2026-11-10 14:30 #promise Le plan\n")
    said = json.loads(call(story.folder, "run", "--json", "--now", "2026-11-10T15:00").stdout)
    (draft,) = [each for each in said["changes"] if each["rule"] == "keep-promise"]
    assert (draft["to"], draft["case"]) == ([JULIE], "nordik.ca")


def test_a_due_day_before_its_note_is_told_and_the_promise_is_due_at_once(story):
    write(story, f"{HEADING}- 2026-11-10 14:30 #promise Le frisbee due:2026-10-20\n")
    changes, (problem,) = run(story, "2026-11-10T15:00")
    assert ("create", "keep-promise") in changes
    assert (problem["severity"], problem["line"]) == ("warning", 2)


def test_a_weekday_in_a_note_without_a_date_counts_from_when_it_was_first_seen(story):
    write(story, f"{HEADING}- #promise Le frisbee due:vendredi\n")
    assert story.at("2026-11-10 15:00").the("keep-promise").due == "2026-11-13T09:00:00-05:00"
    write(story, f"{HEADING}- #promise Le frisbee noir due:vendredi\n- #fit Bien\n")
    assert story.at("2026-11-16 15:00").the("keep-promise", "update").due == "2026-11-13T09:00:00-05:00"
