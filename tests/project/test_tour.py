"""docs/tour.md: what it names is there, and a run that makes a draft of an entry walks through all of its stops."""

import ast
import re
import sys

import pytest

from followup_rules.host import time_limit
from tests.support.project import ROOT
from tests.support.storybook import Story

PAGE = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
STOPS = re.findall(r"^## \d+\. `([\w/]+\.py)`: `([\w.]+)`$", PAGE, re.MULTILINE)
SECTIONS = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
NO_NAMES = {"plan", "run", "To"}
"""Quoted, too: two commands, and a header of a mail."""


def defined(file):
    """Return the names of the classes, methods and functions of a file, as Python qualifies them."""
    names = set()
    for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
    return names


def test_there_are_ten_stops_in_a_row():
    assert [int(number) for number in re.findall(r"^## (\d+)\.", PAGE, re.MULTILINE)] == [*range(1, 11)]
    assert len(STOPS) == 10


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.partition("\n")[0])
def test_every_file_and_every_name_that_is_mentioned_exists(section):
    quoted = set(re.findall(r"`([^`]+)`", section))
    files = {word for word in quoted if "/" in word}
    assert [file for file in files if not (ROOT / file).is_file()] == []
    known = {name for file in files if file.endswith(".py") for name in defined(file)}
    assert quoted - files - NO_NAMES - known == set()


def test_every_stop_names_something_of_its_own_file():
    assert [stop for stop in STOPS if stop[1] not in defined(stop[0])] == []


@pytest.fixture
def walked(tmp_path, monkeypatch):
    """Return the functions that a run enters which makes one draft of one interview: file and name, once each."""
    story = Story(tmp_path)
    story.visit("I1", "2026-11-09 10:00")
    entered = {}

    def note(frame, event, _):
        if event == "call":
            entered[frame.f_code.co_filename, frame.f_code.co_qualname] = None

    def profiled(job):
        sys.setprofile(note)
        return attempted(job)

    attempted = time_limit._attempted
    monkeypatch.setattr(time_limit, "_attempted", profiled)  # plugins work in threads of their own
    sys.setprofile(note)
    try:
        story.run("2026-11-09 11:05")
    finally:
        sys.setprofile(None)
    assert [draft["To"] for draft in story.drafts().values()] == ["julie.roy@nordik.ca"]
    return [(file.removeprefix(f"{ROOT}/"), name) for file, name in entered]


def test_a_run_walks_through_all_of_them_and_from_the_store_on_in_this_order(walked):
    assert set(STOPS) - set(walked) == set()
    downhill = STOPS[3:]
    assert [step for step in walked if step in downhill] == downhill
