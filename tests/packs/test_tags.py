"""The tags of the pack, and the page that lists them."""

import re
import tomllib

from tests.support.project import ROOT

WORDS = tomllib.loads((ROOT / "followup_rules/packs/interview/words.toml").read_text(encoding="utf-8"))
_ROW = re.compile(r"^\| `#(?P<tag>[\w-]+)` \| (?P<says>.+) \| (?P<also>`#.+`) \|$", re.MULTILINE)


def test_the_guide_lists_every_tag_with_all_its_spellings():
    rows = _ROW.finditer((ROOT / "docs/guide.md").read_text(encoding="utf-8"))
    listed = {row["tag"]: re.findall(r"`#([^`]+)`", row["also"]) for row in rows}
    assert listed == {name: table["also"] for name, table in WORDS["tag"].items()}
