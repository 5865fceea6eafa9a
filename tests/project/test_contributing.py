"""What is written for those who take part leads to what is there."""

import re
import tomllib

import pytest

from tests.support.project import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*.md")])
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
LINK = re.compile(r"\]\(([\w./-]+)?(#[\w-]+)?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(page):
    """Return the anchors of a page: its headings in lower case, without signs, with hyphens for spaces."""
    titles = HEADING.findall(page.read_text(encoding="utf-8"))
    return {"#" + re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    for place, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        target = page.parent / place if place else page
        assert target.exists(), place
        assert not anchor or anchor in anchors(target), f"{place}{anchor}"


def test_every_room_has_its_row():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    rooms = {room for row in contracts[0]["layers"] for room in row.split(" | ")}
    table = "".join(line.split("|")[1] for line in CONTRIBUTING.splitlines() if line.startswith("| `"))
    assert rooms <= {name.removesuffix("/").removesuffix(".py") for name in re.findall(r"`([^`]+)`", table)}


def test_every_name_of_a_file_in_the_text_is_one():
    places = (ROOT, ROOT / "followup_rules", ROOT / "plugins")
    named = re.findall(r"`([\w./]*/[\w./]+\.(?:py|toml|md))`", CONTRIBUTING)
    assert len(named) > 10
    for name in (name for name in named if "NAME" not in name):
        assert any((place / name).is_file() for place in places), name


def test_every_command_of_make_is_one():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`make ([\w -]+)`", CONTRIBUTING))
    assert len(named) > 8
    for target in (target for targets in named for target in targets.split()):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
