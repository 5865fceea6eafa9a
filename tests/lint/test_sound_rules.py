"""A sound rule brings no warning: nobody reads what cries wolf."""

import re
import shutil

import pytest

from tests.lint.sound import SOUND
from tests.support.checked import CONFIG, checked
from tests.support.project import ROOT


@pytest.mark.parametrize("name", SOUND)
def test_of_a_sound_rule_nothing_is_said(name, tmp_path):
    assert checked(tmp_path, SOUND[name]) == []


PACK = ROOT / "followup_rules" / "packs" / "interview"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```toml rules\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = [(page.name, text) for page in PAGES for text in FENCE.findall(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("page", "rules"), SHOWN)
def test_of_what_the_documentation_shows_nothing_is_said(page, rules, tmp_path):
    assert not [problem for problem in checked(tmp_path, rules, packs=["interview"]) if not problem.info], page


@pytest.mark.parametrize("sources", [CONFIG, CONFIG.replace('kinds  = ["received"]', 'kinds  = ["sent"]')])
def test_of_the_pack_nothing_is_said_that_its_user_could_not_mend(sources, tmp_path):
    assert {problem.code for problem in checked(tmp_path, "", packs=["interview"], config=sources)} <= {"F047"}
    # As if it were the user's own, so that its writer is told, too.
    rules = "".join((PACK / name).read_text(encoding="utf-8") for name in ("words.toml", "rules.toml"))
    shutil.copytree(PACK / "templates", tmp_path / "templates")
    # A pack offers definitions for the rules of others.
    assert {problem.code for problem in checked(tmp_path, rules)} <= {"F126"}
