"""`followup check --fix`: what is certain, and only that; comments, order and line ends stay."""

import json

from click.testing import CliRunner

from followup_rules.cli import cli
from tests.support.checked import CONFIG, checked

RULES = """# mine
[rule.call]   # the call
on     = { kind = "sent", title = "offer" }
opens  = "end + 10 jours"     # ten days, never ten hours
closs  = "opens + 2 semaines"
done_by = ["#called"]
do     = { type = "task", title = "Call" }
"""


def fix(folder, *options):
    return CliRunner().invoke(cli, ["--config", str(folder / "config.toml"), "check", "--fix", *options])


def test_slips_are_mended_and_all_else_stays(tmp_path):
    checked(tmp_path, RULES)
    result = fix(tmp_path)
    mended = RULES.replace("jours", "days").replace("closs ", "closes ").replace("semaines", "weeks")
    assert "mine.toml:4: jours is now days" in result.stdout
    assert (tmp_path / "mine.toml").read_text() == mended
    assert checked(tmp_path, mended) == []


def test_what_may_be_meant_is_left_alone(tmp_path):
    rules = '[rule.a]\non = "#aa"\ndone_by = ["#called"]\ndo = { type = "task", title = "x" }\n'
    rules += rules.replace("rule.a", "rule.b").replace("called", "calld")
    told = checked(tmp_path, rules)
    assert [problem.hint for problem in told] == ['did you mean "#called"?']
    assert json.loads(fix(tmp_path, "--json").stdout)["fixed"] == []
    assert (tmp_path / "mine.toml").read_text() == rules


def test_line_ends_stay(tmp_path):
    checked(tmp_path, "")
    (tmp_path / "mine.toml").write_bytes(RULES.replace("closs", "closes").replace("\n", "\r\n").encode())
    fix(tmp_path)
    left = (tmp_path / "mine.toml").read_bytes()
    assert left.count(b"\r\n") == left.count(b"\n")
    assert b"10 days" in left


def test_a_zone_without_summer_time_is_asked_about(tmp_path):
    (found,) = checked(tmp_path, "", config=CONFIG.replace("America/Toronto", "EST"))
    assert (found.severity, found.where, found.line > 0) == ("warning", "profile.timezone", True)
    assert "America/Toronto" in found.hint
