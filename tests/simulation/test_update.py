"""What is so now, written into a file of examples."""

from followup_rules.simulation import update
from followup_rules.simulation.expectations import Difference
from followup_rules.toml.document import parse

TEXT = """# why
[[example]]
name = "one"   # a name
then = [
  { at = 2026-11-10, states = { nudge = "due", other = 'held' }, makes = [] },  # here
]
"""


def difference(*path, now):
    return Difference(what="states", name="", expected="", found="", path=("example", 0, "then", 0, *path), now=now)


def test_values_are_replaced_where_they_stand_and_all_else_stays():
    document = parse(TEXT, "mine.toml")
    found = [difference("states", "other", now='"due"'), difference("states", "nudge", now='"waiting"'),
             difference("makes", now='["nudge"]'), difference("text", now="")]  # fmt: skip
    wanted = TEXT.replace('"due"', '"waiting"').replace("'held'", '"due"').replace("[] }", '["nudge"] }')
    assert update.updated(document, found) == wanted


def test_line_ends_and_the_mark_at_the_beginning_stay(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    update.write(file, TEXT.replace("one", "two"))
    assert file.read_bytes() == b"\xef\xbb\xbf" + TEXT.replace("one", "two").replace("\n", "\r\n").encode()
