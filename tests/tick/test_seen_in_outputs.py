"""What a run asks its outputs of what it made, and what it tells of those that it cannot ask."""

from followup_rules import Status
from tests.support.oddplugin import OUTPUT, at
from tests.support.storybook import CONFIG, Story


def test_an_output_out_of_reach_is_no_news_once_the_user_has_dealt_with_all_that_was_in_it(tmp_path, odd):
    told = Story(tmp_path / "story", base=CONFIG.replace("[store]", f"{OUTPUT}[store]"))
    told.note("2026-11-09 12:00 #ask")
    told.config('[rule.ask]\non = "#ask"\nopens = "start"\ndo = { type = "task", title = "Ask", output = "odd" }\n')
    key = told.at("2026-11-09 13:00").the("ask").key
    odd.output.became[key] = Status("done", at("2026-11-09 14:00"))
    told.at("2026-11-09 15:00")

    def out_of_reach(_):
        raise OSError("no route")

    odd.output.instead["status"] = out_of_reach
    quiet = told.at("2026-11-09 16:00")
    assert (quiet.exit, quiet.problems, quiet.changes) == (0, [], [])
