"""The hint for a misspelt word."""

import pytest

from followup_rules.toml.suggestions import expected, nearest

KEYS = [
    "cancelled_by",
    "carries",
    "closes",
    "done_by",
    "due",
    "enabled",
    "late",
    "on",
    "opens",
    "where",
    "while",
    "why",
]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("close", "closes"),  # a letter too few
        ("closses", "closes"),  # one too many
        ("clozes", "closes"),  # another one
        ("cloess", "closes"),  # two swapped
        ("opnes", "opens"),
        ("canceled-by", "cancelled_by"),
        ("DONE-BY", "done_by"),  # case and dashes cost nothing
        ("Done_Byy", "done_by"),
        ("closes", "closes"),
        ("lat", "late"),
        ("oon", "on"),
    ],
)
def test_the_word_that_was_meant_is_found(word, meant):
    assert nearest(word, KEYS) == meant
    assert expected(word, KEYS) == f'did you mean "{meant}"?'


@pytest.mark.parametrize("word", ["", "x", "openings", "closed_by_me", "carry on", "l" * 100_000])
def test_nothing_is_guessed_when_nothing_is_near(word):
    assert nearest(word, KEYS) is None


@pytest.mark.parametrize(
    ("word", "valid", "meant"),
    [
        ("mbox", ["ics", "mailbox", "notes"], "mailbox"),
        ("fr-CA", ["en", "fr"], "fr"),
        ("mbx", ["mailbox", "multibox"], ""),
    ],
)
def test_a_shorter_or_more_exact_form_of_one_word_is_that_word(word, valid, meant):
    assert expected(word, valid) == (f'did you mean "{meant}"?' if meant else f"one of: {', '.join(sorted(valid))}")


def test_a_short_word_is_not_changed_altogether():
    assert nearest("of", ["on"]) == "on"
    assert nearest("if", ["on"]) is None
    assert nearest("a", ["b"]) is None


def test_a_swap_is_one_edit_and_the_nearer_word_wins():
    assert nearest("abdc", ["abxx", "abcd"]) == "abcd"
    assert nearest("where", KEYS) == "where"


def test_the_alphabet_decides_between_equals_in_any_order():
    assert nearest("wile", ["wine", "will", "wilt"]) == "will"
    assert nearest("wile", ["wilt", "will", "wine"]) == "will"


def test_few_valid_words_are_listed_and_many_are_not():
    assert expected("smoke", ["task", "draft", "notice", "draft"]) == "one of: draft, notice, task"
    assert expected("zzz", [f"key{number}" for number in range(8)]).count(",") == 7
    assert expected("zzz", [f"key{number}" for number in range(9)]) == ""
    assert expected("zzz", []) == ""


@pytest.mark.parametrize(
    ("word", "keys", "meant"),
    [
        ("subject", ["title", "text"], '"title"'),
        ("Attendees", ["with", "people"], '"with"'),
        ("email", ["sent", "received", "note"], '"sent" or "received"'),
        ("email", ["sent"], '"sent"'),
        ("ferme", ["opens", "closes"], '"closes"'),
        ("Reçu", ["sent", "received"], '"received"'),
    ],
)
def test_what_other_programs_or_people_in_french_call_the_same_is_known(word, keys, meant):
    assert expected(word, keys) == f"did you mean {meant}?"
