"""`[tag.NAME]`: other spellings of tags, and which of them mark meetings."""

import pytest

from followup_rules.language.load import Surroundings, load
from followup_rules.language.tags import Tags
from followup_rules.toml.document import parse
from tests.support.caselab import note, states
from tests.support.rulelab import rules, unfilled, world

RULE = '[rule.r]\non = "#paid"\ndo = { type = "task", title = "x" }\n'


def problems(text):
    _, found = load([parse(RULE + text, "rules.toml")], world(), Surroundings(frozenset(), {"out": ("task",)}))
    return [(problem.code, problem.message, problem.hint) for problem in found]


@pytest.mark.parametrize("spelt", ["paid", "Payé", "paye", "réglé"])
def test_a_tag_counts_in_each_of_its_spellings(spelt):
    text = RULE + '[tag]\npaid = { also = ["payé", "#réglé"] }\n'
    assert list(states(text, note("2026-11-09 10:00", spelt), now="2026-11-09 11:00")) == [
        "r/note-2026-11-09T10:00@2026-11-09"
    ]


def test_a_pattern_may_name_a_tag_by_any_spelling():
    text = RULE.replace("#paid", "#payé") + '[tag.paid]\nalso = ["payé"]\n'
    assert list(states(text, note("2026-11-09 10:00", "paid"), now="2026-11-09 11:00"))
    assert rules(text).world.tags.named >= {"paid"}


@pytest.mark.parametrize(
    ("text", "code", "message", "hint"),
    [
        ('[tag.piad]\nalso = ["x"]', "F042", "no rule names the tag #piad", "paid"),
        ('[tag.paid]\nalos = ["x"]', "F010", "unknown key 'alos'", "also"),
        ('[tag.paid]\nalso = ["two words"]', "F011", "is no tag", "one word"),
        ("[tag.paid]\nalso = [3]", "F011", "must be a text", ""),
        ('[tag.paid]\nmarks = "yes"', "F012", "'yes'", "missed"),
        ("[tag.paid]\nmarks = 1", "F011", "true or false", ""),
        ('[tag.paid]\nalso = ["fait"]', "F050", "#fait already stands for #done", "another spelling"),
        ('[tag.paid]\nalso = ["done"]', "F050", "#done is a tag itself", "another spelling"),
    ],
)
def test_what_is_wrong_with_a_tag_is_told(text, code, message, hint):
    found = problems(text)
    assert [(each[0], message in each[1], hint in each[2]) for each in found] == [(code, True, True)], found
    assert [unfilled(word) for each in found for word in each[1:]] == [[], []]


def test_a_tag_that_nearly_fits_is_answered_with_the_nearest_spelling():
    tags = rules(RULE + '[tag.paid]\nalso = ["payée"]\n').world.tags
    assert not tags.known("payeee")
    assert 'did you mean "pay' in tags.nearest("payeee")


@pytest.mark.parametrize(
    ("tag", "spelt"),
    [
        ("done", "done DONE #fait faite terminé Termine"),
        ("dismissed", "dismissed écarté écartée ecarte"),
        ("snooze", "snooze pause reporté reportée"),
    ],
)
def test_the_tags_of_every_config_go_by_their_french_names(tag, spelt):
    assert Tags().of(spelt.split()) == {tag}


@pytest.mark.parametrize(
    ("text", "marks", "missed"),
    [
        ("", set(), set()),
        ("[tag.paid]\nmarks = true", {"paid"}, set()),
        ("[tag.paid]\nmarks = false", set(), set()),
        ('[tag.paid]\nmarks = "missed"', {"paid"}, {"paid"}),
    ],
)
def test_a_tag_marks_the_meetings_of_a_day_or_says_that_they_did_not_take_place(text, marks, missed):
    tags = rules(RULE + text).world.tags
    assert (tags.marks, tags.missed) == (marks, missed)


def test_a_spelling_of_two_words_is_told_as_it_is_written():
    tags = rules(RULE + '[tag.paid]\nalso = ["pré-payé"]\n').world.tags
    assert tags.nearest("#pre-pay") == 'did you mean "pre-paye"?'
    assert tags.known("#Pré-payé")


def test_a_tag_without_any_rule_that_names_it_is_told_what_it_lacks():
    assert problems("[tag.something-else]\nmarks = true")[0][1:] == (
        "no rule names the tag #something-else", "one of: dismissed, done, paid, snooze",
    )  # fmt: skip


@pytest.mark.parametrize(("tag", "spelling"), [("done", "fini"), ("snooze", "plus tard".replace(" ", "-"))])
def test_the_tags_of_every_config_can_have_further_spellings(tag, spelling):
    tags = rules(RULE + f'[tag.{tag}]\nalso = ["{spelling}", "#{spelling}-la"]\n').world.tags
    assert tags.of([spelling, f"{spelling}-la", "fait"]) == {tag, "done"}


def test_a_tag_that_nobody_knows_is_told_with_the_nearest_in_any_spelling():
    assert Tags().nearest("#snoze") == 'did you mean "snooze"?'
    assert Tags().nearest("reportee") == 'did you mean "reportee"?'
    assert not Tags().known("snoze")
