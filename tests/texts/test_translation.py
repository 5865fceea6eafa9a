"""A sentence in another language: its values, plurals and instants; and nothing of it lost on the way there."""

import pickle
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from followup_rules.model import Reason
from followup_rules.sentences import Sentence
from followup_rules.translation import recognised, translated

WHEN = datetime(2026, 11, 19, 9, 0, tzinfo=ZoneInfo("America/Toronto"))


def test_english_is_what_it_says_itself():
    sentence = Sentence("due at {due}", due=WHEN)
    assert sentence == translated(sentence, "en") == "due at Thu 2026-11-19 09:00"


def test_values_instants_and_sentences_within_are_told_in_the_language():
    values = {"kind": Sentence("your mail"), "said": "Thanks for today", "at": WHEN}
    reason = Reason("done by {kind} “{said}” of {at}", values)
    assert (
        translated(str(reason), "fr") == "fait par votre courriel «\xa0Thanks for today\xa0» du jeu. 2026-11-19 09:00"
    )


@pytest.mark.parametrize(
    ("number", "english", "french"),
    [
        (0, "in 0 days", "dans 0 jour"),  # French counts none as one
        (1, "in 1 day", "dans 1 jour"),
        (2, "in 2 days", "dans 2 jours"),
    ],
)
def test_each_language_counts_in_its_own_way(number, english, french):
    sentence = Sentence("in {number} day", "in {number} days", number=number)
    assert (sentence, translated(sentence, "fr")) == (english, french)


def test_what_is_no_sentence_or_has_no_translation_stays_as_it_is():
    assert translated("due at {due}", "fr") == "due at {due}"
    assert translated(Sentence("nobody has said “{this}” yet", this="so"), "fr") == "nobody has said “so” yet"
    assert translated(Sentence("write { min, max }"), "fr") == "write { min, max }"


def test_it_comes_out_of_an_error_and_a_pickle_as_it_was():
    sentence = Sentence("you declined “{title}”", title="Entrevue")
    french = "vous avez décliné «\xa0Entrevue\xa0»"
    assert translated(str(ValueError(sentence)), "fr") == french
    assert translated(pickle.loads(pickle.dumps(sentence)), "fr") == french


@pytest.mark.parametrize(
    ("kept", "french"),
    [
        ("opens at Thu 2026-11-19 09:00", "s’ouvre le jeu. 2026-11-19 09:00"),
        (
            "done by your note “Belle conversation, of course” of Thu 2026-11-19 09:00",
            "fait par votre note «\xa0Belle conversation, of course\xa0» du jeu. 2026-11-19 09:00",
        ),
        ("the heading 'Nordque' fits no case; did you mean 'nordik'?",
         "le titre «\xa0Nordque\xa0» ne convient à aucun dossier\xa0; vouliez-vous dire 'nordik'\xa0?"),
        ("in 3 days", "dans 3 jours"),
        ("something that nobody says", "something that nobody says"),
    ],
)  # fmt: skip
def test_what_was_kept_in_english_is_recognised(kept, french):
    assert translated(recognised(kept, "fr"), "fr") == french
    assert recognised(kept, "en") == kept
