"""Units of time and what is counted from, in the words that people use for them."""

import pytest

from followup_rules.language.phrases import PhraseError, parse
from followup_rules.language.units import base, meant


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("minutes", "min mins"),
        ("hours", "h hr hrs heure heures"),
        ("days", "d jour jours journee journées"),
        ("weeks", "w wk wks semaine semaines sem"),
        ("months", "mo mos mois"),
        ("workdays", "weekday weekdays ouvrable ouvrables"),
    ],
)
def test_a_unit_is_known_in_french_and_by_short_names(unit, words):
    for word in words.split():
        assert meant(word) == meant(word, "before") == (word, unit)
        assert meant(word.upper()) == (word.upper(), unit)


@pytest.mark.parametrize(
    "words",
    [
        "business day", "business days", "working day", "working days",
        "jour ouvrable", "jours ouvrables", "jour ouvré", "jours ouvrés",
    ],
)  # fmt: skip
def test_two_words_may_mean_workdays(words):
    one, two = words.split()
    assert meant(one, two) == (words, "workdays")
    with pytest.raises(PhraseError) as error:
        parse(f"end + 3 {words}")
    assert (error.value.word, error.value.meant) == (words, "workdays")


def test_another_word_means_no_unit():
    assert meant("fortnight", "x") == ("fortnight", "")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("début", "start"), ("Fin", "end"), ("jour", "day"), ("journée", "day"), ("date", "day"),
        ("ouverture", "opens"), ("milieu", ""), ("", ""),
    ],
)  # fmt: skip
def test_what_is_counted_from_is_known_in_french(word, expected):
    assert base(word) == expected
