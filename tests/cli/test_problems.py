"""How a problem is shown to a person."""

import click
import pytest
from msgspec.structs import replace

from followup_rules.cli.problems import render, render_all
from followup_rules.model import Problem

CLOSE = Problem(
    where="rule.thank-you",
    message='unknown key "close" in [rule.thank-you]',
    code="F012",
    file="my-rules.toml",
    line=7,
    column=1,
    source_line='close = "day + 6 days"',
    length=5,
    hint='did you mean "closes"?',
    also=(("pack interview/rules.toml", 31, 'closes = "day + 8 days"'),),
)


def columns(text):
    """What stands over the carets: the line and the line below it, cut alike."""
    lines = text.split("\n")
    under = next(number for number, line in enumerate(lines) if "^" in line)
    return lines[under - 1], lines[under]


def test_a_problem_shows_the_line_the_place_and_what_to_do():
    assert render(CLOSE) == (
        'error[F012]: unknown key "close" in [rule.thank-you]\n'
        "  --> my-rules.toml:7:1\n"
        "   |\n"
        ' 7 | close = "day + 6 days"\n'
        '   | ^^^^^ did you mean "closes"?\n'
        '   = also: pack interview/rules.toml:31: closes = "day + 8 days"\n'
        "   = see: followup problem F012"
    )


def test_the_margin_grows_with_the_line_number():
    shown = render(replace(CLOSE, line=1234, column=9, length=3, also=(), code="", warning=True))
    assert shown == (
        'warning: unknown key "close" in [rule.thank-you]\n'
        "     --> my-rules.toml:1234:9\n"
        "      |\n"
        ' 1234 | close = "day + 6 days"\n'
        '      |         ^^^ did you mean "closes"?'
    )


def test_without_a_file_it_says_where():
    problem = Problem("sources.sent", "the folder is not there", "F040", hint="make it, or mend the path")
    assert render(problem) == (
        "error[F040]: sources.sent: the folder is not there\n"
        "   = help: make it, or mend the path\n"
        "   = see: followup problem F040"
    )


def test_without_a_line_it_names_the_file():
    assert render(Problem("config.toml", "it is too long", file="config.toml", hint="shorten it")) == (
        "error: it is too long\n  --> config.toml\n   = help: shorten it"
    )


def test_without_the_text_of_the_line_it_names_the_line():
    assert render(Problem("notes.md:12", "no date", file="notes.md", line=12)) == "error: no date\n   --> notes.md:12"


@pytest.mark.parametrize(
    ("line", "word", "shown", "cells"),
    [
        ("a = 'day'", "day", "a = 'day'", (5, 3)),
        ("\ta\t= 'day'", "day", "    a    = 'day'", (12, 3)),
        ("'\t\t' day", "\t\t", "'        ' day", (1, 8)),
        ("a = '面接' # day", "day", "a = '面接' # day", (13, 3)),
        ("a = '面接'", "面接", "a = '面接'", (5, 4)),
        ("a = 'e\u0301te\u0301' day", "day", "a = 'e\u0301te\u0301' day", (10, 3)),
        ("a = '\x1b[31m' day", "day", "a = '[31m' day", (11, 3)),
        ("a = '\u202e' day", "day", "a = '' day", (7, 3)),
        ("a = '\udcff' day\r", "day", "a = '' day", (7, 3)),
    ],
)
def test_the_caret_stands_under_the_word_as_a_terminal_shows_it(line, word, shown, cells):
    problem = Problem("a", "no", file="f", line=1, column=line.index(word) + 1, source_line=line, length=len(word))
    above, under = columns(render(problem))
    assert above == f" 1 | {shown}"
    assert under == f"   | {' ' * cells[0]}{'^' * cells[1]}"


def test_a_caret_behind_the_end_of_the_line_is_shown():
    problem = Problem("a", "no value", file="f", line=3, column=4, source_line="a =", hint="write one")
    assert columns(render(problem)) == (" 3 | a =", "   |    ^ write one")


def test_a_long_line_is_cut_around_the_place():
    line = "x" * 5000 + "HERE" + "y" * 5000
    above, under = columns(render(Problem("a", "no", file="f", line=1, column=5001, source_line=line, length=4)))
    assert len(above) < 200
    assert above[under.index("^") : under.rindex("^") + 1] == "HERE"
    assert above.count("…") == 2


def test_nothing_in_a_problem_can_steer_the_terminal_or_forge_a_line():
    evil = "\x1b]0;owned\x07\x9b2J\u202e\u2028\nerror[F000]: forged\r"
    problem = replace(
        CLOSE,
        where=evil,
        message=evil,
        hint=evil,
        file=evil,
        source_line=f"a{evil}",
        also=((evil, 1, evil),),
        code=evil,
    )
    for shown in (render(problem), render(replace(problem, file="")), render(replace(problem, source_line=""))):
        assert all(letter.isprintable() for letter in shown.replace("\n", ""))
        assert not any(line.startswith("error[F000]") for line in shown.split("\n")[1:])
        shown.encode()


def test_a_message_of_a_megabyte_is_shortened():
    assert len(render(Problem("a", "m" * 10**6, hint="h" * 10**6))) < 3000


def test_all_problems_are_sorted_shown_once_and_counted():
    def problem(file, line, column=1, code="F001", warning=False):
        return Problem("w", f"{file}{line}{column}{code}", code, file, line, column, warning=warning)

    problems = [
        problem("b.toml", 1),
        problem("a.toml", 10, warning=True),
        problem("a.toml", 9, 2),
        problem("a.toml", 9, 1, "F002"),
        problem("a.toml", 9, 1, "F001"),
        problem("b.toml", 1),
    ]
    shown = render_all(problems)
    heads = [line.split(": ")[1] for line in shown.split("\n") if line.startswith(("error", "warning"))]
    assert heads == ["a.toml91F001", "a.toml91F002", "a.toml92F001", "a.toml101F001", "b.toml11F001"]
    assert shown.split("\n\n")[-1] == "4 errors, 1 warning"
    assert render_all(reversed(problems)) == shown


@pytest.mark.parametrize(
    ("errors", "warnings", "count"),
    [(1, 0, "1 error"), (2, 0, "2 errors"), (0, 1, "1 warning"), (1, 2, "1 error, 2 warnings")],
)
def test_the_count_says_only_what_there_is(errors, warnings, count):
    problems = [Problem(str(number), "m", warning=number >= errors) for number in range(errors + warnings)]
    assert render_all(problems).split("\n")[-1] == count


def test_no_problems_are_no_text():
    assert render_all([]) == ""


def test_color_changes_nothing_but_the_color():
    plain, colored = (
        render_all([CLOSE, replace(CLOSE, warning=True)]),
        render_all([CLOSE, replace(CLOSE, warning=True)], color=True),
    )
    assert colored != plain
    assert click.unstyle(colored) == plain
    assert "\x1b[31m" in render(CLOSE, color=True)
    assert "\x1b[33m" in render(replace(CLOSE, warning=True), color=True)
