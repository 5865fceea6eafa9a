"""A source that could not be read for days is told of once, in the user's language, in every output for notices."""

from followup_rules import Pull, Refused, Unreadable
from tests.support import oddplugin
from tests.support.oddplugin import run, story
from tests.support.storybook import call as command


def fails(odd):
    odd.source.gives = Unreadable("the disk is not mounted")


def blind(tick):
    """Return the notices of blindness among the changes, as (key, output)."""
    return [(c["key"], c["output"]) for c in tick.changes if c["rule"] == "blind"]


KEY = "blind/sources.odd@2026-11-08"


def test_a_notice_comes_two_days_after_the_last_good_pull_exactly_once(tmp_path, odd):
    told = story(tmp_path / "story")
    told.at("2026-11-08 09:00")
    fails(odd)
    for now in ("2026-11-08 12:00", "2026-11-09 12:00", "2026-11-10 08:59"):
        assert blind(told.at(now)) == []
    tick = told.at("2026-11-10 09:00")
    assert blind(tick) == [(KEY, "run")]
    (notice,) = [c for c in tick.changes if c["rule"] == "blind"]
    assert (notice["due"], notice["case"]) == ("2026-11-10T09:00:00-05:00", "sources.odd")
    assert "the disk is not mounted" in notice["text"]
    assert [blind(run(told, now)) for now in ("2026-11-10 09:00", "2026-11-10 09:05", "2026-11-30 09:00")] == [
        [],
        [],
        [],
    ]


def test_it_speaks_the_language_of_the_user_and_is_printed(tmp_path, odd):
    told = story(tmp_path / "story")
    told.config(language="en")
    told.run("2026-11-08 09:00")
    fails(odd)
    printed = told.run("2026-11-11 09:00").stdout
    assert "sources.odd has not been read since Sunday, November 8" in printed
    assert "the disk is not mounted" in printed
    told.config(language="fr")
    odd.source.gives = Pull()
    told.run("2026-11-11 10:00")
    fails(odd)
    assert "sources.odd n’a pas été lu depuis le mercredi 11 novembre" in told.run("2026-11-14 09:00").stdout


def test_another_cadence_gives_the_same_notice_with_the_same_date(tmp_path, odd):
    told = story(tmp_path / "story")
    run(told, "2026-11-08 09:00")
    fails(odd)
    run(told, "2026-11-08 21:00")
    (notice,) = [c for c in run(told, "2026-11-29 07:00").changes if c["rule"] == "blind"]
    assert (notice["key"], notice["due"]) == (KEY, "2026-11-10T09:00:00-05:00")


def test_a_source_that_has_recovered_and_fails_anew_is_told_of_anew(tmp_path, odd):
    told = story(tmp_path / "story")
    run(told, "2026-11-08 09:00")
    fails(odd)
    run(told, "2026-11-08 12:00")
    assert blind(run(told, "2026-11-10 12:00")) == [(KEY, "run")]
    odd.source.gives = Pull()
    assert run(told, "2026-11-10 13:00").exit == 0
    fails(odd)
    assert blind(run(told, "2026-11-11 09:00")) == []
    assert blind(run(told, "2026-11-12 13:00")) == [("blind/sources.odd@2026-11-11", "run")]


def test_a_source_that_was_never_read_is_told_of_after_its_first_failure(tmp_path, odd):
    told = story(tmp_path / "story")
    fails(odd)
    assert blind(run(told, "2026-11-08 09:00")) == []
    assert blind(run(told, "2026-11-10 09:00")) == [(KEY, "run")]


def test_it_goes_to_every_output_that_takes_notices_once_even_if_one_refuses_at_first(tmp_path, odd):
    told = story(tmp_path / "story", oddplugin.TASKS_APART + oddplugin.SOURCE)
    run(told, "2026-11-08 09:00")
    fails(odd)
    run(told, "2026-11-08 12:00")

    def refuse(action):
        raise Refused("the phone is off")

    odd.output.instead["create"] = refuse
    assert ("blind", "run") in [(c["rule"], c["output"]) for c in run(told, "2026-11-10 12:00").changes]
    del odd.output.instead["create"]
    assert blind(run(told, "2026-11-10 12:03")) == []  # so soon after a refusal it is not asked again
    assert [c["output"] for c in run(told, "2026-11-10 12:10").changes if c["rule"] == "blind"] == ["odd"]
    assert KEY in odd.output.made
    assert blind(run(told, "2026-11-10 12:20")) == []


def test_the_number_of_days_is_configured(tmp_path, odd):
    told = story(tmp_path / "story")
    told.config(blind_notice="5 hours")
    run(told, "2026-11-08 09:00")
    fails(odd)
    assert blind(run(told, "2026-11-08 13:59")) == []
    assert blind(run(told, "2026-11-08 14:00")) == [(KEY, "run")]


def test_a_source_with_a_name_of_two_words_has_a_key_without_white_space(tmp_path, odd):
    told = story(tmp_path / "story", oddplugin.CONFIG + '[sources."my phone"]\nplugin = "odd"\n')
    fails(odd)
    run(told, "2026-11-08 09:00")
    assert blind(run(told, "2026-11-12 09:00")) == [("blind/sources.my-phone@2026-11-08", "run")]


def test_a_plan_does_not_send_anybody_to_a_case_that_is_none(tmp_path, odd):
    told = story(tmp_path / "story")
    told.unlist("I1")
    fails(odd)
    told.run("2026-11-08 09:00")
    found = command(told.folder, "plan", "--now", "2026-11-12 09:00").stdout
    assert "sources.odd" in found
    assert "explain sources.odd" not in found
