"""What becomes of actions when the user renames a rule, changes its `per`, adds one, or moves to another time zone."""

import pytest

from tests.support.storybook import Story, call

NOW, THEN, LATER = "2026-11-12 12:00", "2026-11-12 12:15", "2026-11-12 12:30"
RULE = """
[rule.letter]
on  = "#letter"
do  = { type = "draft", title = "A letter", text = "Dear all", to = "them" }
"""


@pytest.fixture
def story(tmp_path):
    found = Story(tmp_path / "story")
    found.note("2026-11-12 09:00 #letter Write it")
    found.note("2026-11-12 09:10 #issue Something else, so that the file is never empty")
    found.config(RULE)
    return found


def drafts(story):
    return sorted((story.folder / "out/drafts").glob("*letter*"))


RENAMED = RULE.replace("letter]", "post]")


def test_a_rule_by_another_name_keeps_what_it_made(story):
    assert story.at(NOW).rules() == ["letter"]
    story.config(RENAMED)
    tick = story.at(THEN)
    assert (tick.changes, tick.exit, len(drafts(story))) == ([], 0, 1)
    assert "the rule letter is called post now; 1 action of it went along" in tick.said
    assert [d.key.partition("/")[0] for d in tick.states("post")] == ["post"]
    assert (story.at(LATER).changes, story.at(LATER).problems) == ([], [])


def test_what_was_made_under_the_old_name_is_taken_back_under_the_new_one(story):
    story.at(NOW)
    story.config(RENAMED)
    story.at(THEN)
    story.edit_note("2026-11-12 09:00 #letter Write it", "")
    assert story.at("2026-11-12 13:30").rules("withdraw") == ["post"]
    assert drafts(story) == []


def test_what_the_user_edited_or_deleted_is_not_made_anew_under_another_name(story):
    story.at(NOW)
    (draft,) = drafts(story)
    draft.unlink()
    story.at(THEN)
    story.config(RENAMED)
    assert (story.at(LATER).changes, story.at("2026-11-30 12:00").changes) == ([], [])


NAMED = """
[define.broken]
any = ["#broken", { is = "#leaking" }]
[rule.fix]
on = "broken"
do = { type = "task", title = "Fix it" }
[rule.look]
on = { kind = "done", of = "fix" }
do = { type = "task", title = "Does it hold?" }
"""


def test_a_rule_keeps_what_it_made_though_what_it_names_has_another_name_too(story):
    story.config(NAMED)
    story.note("2026-11-12 09:30 #broken The door")
    assert story.at(NOW).rules() == ["fix"]
    story.tick_off("fix", "2026-11-12")
    assert story.at(THEN).rules() == ["look"]
    renamed = NAMED.replace("define.broken", "define.casse").replace('on = "broken"', 'on = "casse"')
    story.config(renamed.replace("rule.look", "rule.voir").replace("fix", "reparer"))
    tick = story.at(LATER)
    assert (tick.changes, len(tick.states("reparer")), len(tick.states("voir"))) == ([], 1, 1)


@pytest.mark.parametrize(
    "more",
    [
        RENAMED.replace("A letter", "Another letter"),  # it does something else
        RENAMED + RULE.replace("letter]", "mail]"),  # two may be meant
        RENAMED + RULE,  # the old one is still there
    ],
)
def test_what_cannot_be_one_rule_for_certain_is_another_rule(story, more):
    story.at(NOW)
    story.config(more)
    tick = story.at(THEN)
    assert "is called" not in tick.said
    assert tick.all("post")


def test_a_rule_that_is_switched_off_for_a_while_is_not_gone(story):
    story.at(NOW)
    story.config(RULE + "enabled = false\n" + RENAMED)
    assert "is called" not in story.at(THEN).said


def test_another_per_keeps_what_was_made(tmp_path):
    story = Story(tmp_path / "story")
    story.visit("I1", "2026-11-12 10:00")
    rule = '[rule.own]\non = "interview"\nper = "{}"\ndo = {{ type = "task", title = "Look back" }}\n'
    story.config(rule.format("day"))
    assert "own" in story.at(NOW).rules()
    story.config(rule.format("event"))
    tick = story.at(THEN)
    assert tick.changes == []
    assert [d.key for d in tick.states("own")] == ["own/I1@2026-11-12"]
    story.config(rule.format("case"))
    assert (story.at(LATER).changes, (story.folder / "out/todo.txt").read_text().count("Look back")) == ([], 1)


def test_of_two_duties_that_another_per_makes_one_one_stays_and_the_other_is_taken_back(tmp_path):
    story = Story(tmp_path / "story")
    story.visit("I1", "2026-11-12 09:00")
    story.visit("I2", "2026-11-12 10:00")
    rule = '[rule.own]\non = "interview"\nper = "{}"\ndo = {{ type = "task", title = "Look back" }}\n'
    story.config(rule.format("event"))
    assert story.at(NOW).rules().count("own") == 2
    story.config(rule.format("day"))
    tick = story.at(THEN)
    assert ([d.key for d in tick.states("own")], tick.rules()) == (["own/nordik.ca@2026-11-12"], [])
    assert tick.rules("withdraw") == ["own"]
    assert (story.folder / "out/todo.txt").read_text().count("Look back") == 1
    assert story.at(LATER).changes == []


ANNOUNCING = """
[rule.first]
on  = "interview"
announces = "second"
passes = ["quiet-period"]
do  = { type = "draft", title = "First", text = "On {{ when('second') }}", to = "them" }
[rule.second]
on  = "interview"
opens = "day + 3 days at 09:00"
do  = { type = "task", title = "Second" }
"""


def test_what_a_note_ended_stays_done_in_a_zone_in_which_its_time_is_before_the_meeting(tmp_path):
    story = Story(tmp_path / "story")
    story.visit("I1", "2026-11-12 10:00")
    assert "thank-you" in story.at("2026-11-12 11:30").rules()
    story.note("2026-11-12 14:00 #thanked")
    story.note("2026-11-12 14:05 #fit")
    assert story.at("2026-11-12 15:00").state("thank-you") == "done"
    # 10:00 in Montréal is 16:00 in Paris.
    story.config(timezone="Europe/Paris")
    tick = story.at("2026-11-13 10:00")
    assert (tick.changes, tick.state("thank-you"), tick.state("fit")) == ([], "done", "done")
    # Once the notes are later than the meeting, they alone tell again whether it is done.
    story.config(timezone="America/Toronto")
    assert story.at("2026-11-13 11:00").changes == []
    story.edit_note("2026-11-12 14:05 #fit", "")
    assert story.at("2026-11-13 12:00").state("fit") == "due"


def test_an_announced_date_follows_its_rule_to_another_name(tmp_path):
    """The date stands in a draft that may be sent by now: no later change of the rule moves it."""
    story = Story(tmp_path / "story")
    story.visit("I1", "2026-11-12 10:00")
    story.config(ANNOUNCING)
    assert story.at(NOW).the("first").announces == {"second": "2026-11-15"}
    story.config(ANNOUNCING.replace("second", "call"))
    tick = story.at(THEN)
    assert tick.changes == []
    assert "the rule second is called call now" in tick.said
    story.config(ANNOUNCING.replace("second", "call").replace("3 days", "5 days"))
    assert (story.at(LATER).changes, story.at("2026-11-15 09:00").rules()) == ([], ["call"])


@pytest.mark.parametrize(("per", "other"), [("case", "event"), ("event", "day"), ("day", "case")])
def test_an_announced_date_follows_its_rule_to_another_per(tmp_path, per, other):
    story = Story(tmp_path / "story")
    story.visit("I1", "2026-11-12 10:00")
    rules = ANNOUNCING.replace("[rule.second]", f'[rule.second]\nper = "{per}"')
    story.config(rules)
    assert story.at(NOW).the("first").announces == {"second": "2026-11-15"}
    story.config(rules.replace(f'"{per}"', f'"{other}"', 1).replace("3 days", "5 days"))
    assert (story.at(THEN).changes, story.at("2026-11-15 09:00").rules()) == ([], ["second"])


def test_a_new_rule_does_not_ask_for_what_opened_long_before_it_was_known(tmp_path):
    story = Story(tmp_path / "story")
    story.visit("I1", "2026-07-13 10:00")
    story.visit("I2", "2026-11-10 10:00", "paul@boreal.ca")
    story.at("2026-07-06 09:00")
    story.at(NOW)
    story.config('[rule.own]\non = "interview"\ndo = { type = "task", title = "Look back" }\n')
    tick = story.at(THEN)
    assert [change.case for change in tick.all("own")] == ["boreal.ca"]
    assert tick.decision("own", "nordik.ca").state == "void"


ORDERS = {"done": "done", "dismissed": "done", "snooze until:2026-11-13": "held"}
NAMES = ("own/nordik.ca@2026-11-09", "nordik/own", "OWN", "own/nordik.ca@2026-11-09#2")


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", NAMES)
def test_what_a_note_orders_of_a_rule_by_its_earlier_name_holds_after_it_was_renamed(tmp_path, order, name):
    story = Story(tmp_path / "story")
    both = ", ".join(f'{{ type = "task", title = "{title}" }}' for title in ("A", "B"))
    rule = f'[rule.own]\non = "interview"\nper = "day"\nopens = "end"\ndo = [{both}]\n'
    story.config(rule)
    story.visit("I1", "2026-11-09 10:00")
    assert story.at("2026-11-09 12:00").rules().count("own") == 2
    story.note(f"2026-11-09 13:00 #{order} for:{name}")
    before = story.at("2026-11-09 14:00")
    for new in ("mine", "yours"):
        story.config(rule.replace("rule.own", f"rule.{new}"))
        tick = story.at("2026-11-09 15:00")
        assert (tick.rules(), tick.rules("withdraw")) == ([], [])
        assert [each for each in tick.problems if each["code"] != "F070"] == []
        assert tick.state(new) == before.state("own") == ("due" if "#2" in name else ORDERS[order])


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("before", "after"), [("event", "day"), ("event", "case"), ("day", "case"), ("case", "day")])
def test_what_a_note_orders_by_key_holds_after_its_rule_got_another_per(tmp_path, order, before, after):
    story = Story(tmp_path / "story")
    rule = '[rule.own]\non = "interview"\nper = "{}"\nopens = "end"\ndo = { type = "task", title = "A" }\n'
    story.config(rule.replace("{}", before))
    story.visit("I1", "2026-11-09 10:00")
    made = story.at("2026-11-09 12:00").the("own")
    story.note(f"2026-11-09 13:00 #{order} for:{made.key}")
    assert story.at("2026-11-09 14:00").state("own") == ORDERS[order]
    story.config(rule.replace("{}", after))
    tick = story.at("2026-11-09 15:00")
    assert (tick.rules(), tick.state("own"), tick.problems) == ([], ORDERS[order], [])


def test_a_key_by_day_is_told_once_its_rule_is_keyed_by_event(tmp_path):
    """Another interview of that day may come yet."""
    story = Story(tmp_path / "story")
    rule = '[rule.own]\non = "interview"\nper = "event"\nopens = "end"\ndo = { type = "task", title = "A" }\n'
    story.config(rule)
    story.visit("I1", "2026-11-09 10:00")
    story.note("2026-11-09 16:00 #done for:own/nordik.ca@2026-11-09")
    tick = story.at("2026-11-09 17:00")
    assert tick.state("own") == "due"
    (told,) = tick.problems
    assert (told["code"], "own/I1@2026-11-09" in told["hint"]) == ("F054", True)


def zone(story, name):
    story.config(timezone=name)


def test_a_move_to_another_zone_moves_no_key_and_no_announced_date(tmp_path):
    story = Story(tmp_path / "story")
    story.visit("I1", "2026-11-09 19:00")  # 01:00 of the tenth in Paris
    made = story.at("2026-11-09 20:05").the("thank-you")
    assert made.announces == {"follow-up-call": "2026-11-19"}
    zone(story, "Europe/Paris")
    tick = story.at("2026-11-10 09:00")
    assert tick.rules("withdraw", aside=True) == tick.rules(aside=True) == []
    assert tick.decision("thank-you").key == made.key
    (call_,) = story.at("2026-11-19 16:00").all("follow-up-call")
    assert call_.key == "follow-up-call/nordik.ca@2026-11-09"


@pytest.mark.parametrize("first", ["12:00", "18:30"])  # the same day in Paris, or 00:30 of the tenth
def test_two_rounds_of_one_day_are_thanked_once_in_another_zone(tmp_path, first):
    story = Story(tmp_path / "story")
    story.visit("I1", f"2026-11-09 {first}")
    story.visit("I2", "2026-11-09 20:00", minutes=60)
    made = story.at("2026-11-09 21:05").the("thank-you")
    zone(story, "Europe/Paris")
    tick = story.at("2026-11-09 22:00-05:00")
    assert tick.rules("create", aside=True) == tick.rules("withdraw", aside=True) == []
    assert [decision.key for decision in tick.states("thank-you")] == [made.key]


def test_a_mail_that_keeps_its_day_in_another_zone_moves_no_interview_to_it(tmp_path):
    chase = '[rule.chase]\non = { kind = "sent" }\nper = "event"\ndo = { type = "task", title = "Chase" }\n'
    story = Story(tmp_path / "story")
    story.config(chase, timezone="UTC")
    story.visit("I1", "2026-11-09 15:00")
    story.mail("2026-11-10 01:00", "julie.roy@nordik.ca", "The badge")  # 20:00 of the ninth in Toronto
    made = story.at("2026-11-10 01:05").the("thank-you")
    story.config(chase, timezone="America/Toronto")
    tick = story.at("2026-11-09 21:00")
    assert tick.rules("create", aside=True) == tick.rules("withdraw", aside=True) == []
    assert [decision.key for decision in tick.states("thank-you")] == [made.key]


@pytest.mark.parametrize("there", ["Europe/Paris", "Pacific/Honolulu", "Pacific/Auckland"])
def test_what_was_announced_falls_on_its_day_at_the_hour_of_the_rule_wherever_the_user_lives(tmp_path, there):
    story = Story(tmp_path / "story")
    story.visit("I1", "2026-11-09 10:00")
    assert story.at("2026-11-09 12:00").the("thank-you").announces == {"follow-up-call": "2026-11-19"}
    zone(story, there)
    moved = story.at("2026-11-10 12:00-05:00")
    assert moved.decision("follow-up-call").next[:19] == "2026-11-19T09:00:00"
    assert "19 novembre" in story.draft_file("thank-you").read_text()
    zone(story, "America/Toronto")
    story.at("2026-11-11 12:00")
    assert story.at("2026-11-19 08:59").rules() == []
    assert story.at("2026-11-19 09:00").the("follow-up-call").due == "2026-11-19T09:00:00-05:00"


def test_in_another_zone_a_moved_meeting_is_another_duty_all_the_same(tmp_path):
    story = Story(tmp_path / "story")
    story.visit("I1", "2026-11-09 19:00")
    story.at("2026-11-09 18:00")
    zone(story, "Europe/Paris")
    story.at("2026-11-09 23:00")
    story.visit("I1", "2026-11-17 19:00")
    tick = story.at("2026-11-10 09:00")
    assert [d.key for d in tick.states("prepare")] == ["prepare/nordik.ca@2026-11-17"]


def test_the_old_name_of_a_zone_changes_nothing(tmp_path):
    story = Story(tmp_path / "story")
    story.visit("I1", "2026-11-09 19:00")
    story.at("2026-11-09 20:05")
    zone(story, "America/Montreal")
    assert (story.at("2026-11-09 21:00").changes, call(story.folder, "doctor").exit_code) == ([], 1)


def test_a_notice_that_is_about_no_meeting_has_no_day_to_keep(tmp_path):
    story = Story(tmp_path / "story")
    story.visit("I1", "2026-11-09 19:00")
    story.at("2026-11-09 20:05")
    calendar = (story.folder / "calendar.ics").rename(story.folder / "away.ics")
    assert "sources.calendar n’a pas été lu" in call(story.folder, "run", "--now", "2026-11-12 20:05").stdout
    calendar.rename(story.folder / "calendar.ics")
    zone(story, "Europe/Paris")
    assert [d.key for d in story.at("2026-11-13 09:00").states("thank-you")] == ["thank-you/nordik.ca@2026-11-09"]
