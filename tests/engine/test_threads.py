"""Which mails are of one conversation."""

from itertools import permutations

import pytest
from msgspec.structs import replace

from followup_rules.engine.threads import threads
from followup_rules.language.matching import Subjects
from tests.support.caselab import JULIE, MARC, event, note, sent

MORNING, NOON, EVENING = "2026-11-09 09:00", "2026-11-09 12:00", "2026-11-09 18:00"


def together(*mails):
    """Tell whether mails are of one conversation, whatever the order in which they are listed."""
    found = {len({threads(listed, Subjects())[mail.identity] for mail in mails}) == 1 for listed in permutations(mails)}
    (answer,) = found
    return answer


def received(start, *people, **fields):
    return event("received", start, *people, **fields)


def test_my_answer_is_of_the_conversation_of_the_mail_that_it_answers():
    theirs = received(MORNING, JULIE, id="theirs", thread="theirs")
    assert together(theirs, sent(NOON, id="mine", answers="theirs", thread="theirs"))
    assert together(theirs, sent(NOON, id="mine", answers="theirs"))


def test_a_mail_joins_the_conversations_that_it_names():
    first = received(MORNING, JULIE, id="c")
    second = received(NOON, MARC, id="a")
    assert not together(first, second)
    assert together(first, second, sent(EVENING, id="b", references=("c", "a")))


def test_a_mail_of_a_stranger_under_the_id_of_one_of_mine_is_not_of_its_conversation():
    mine = sent(MORNING, id="mine", thread="mine")
    assert not together(mine, received(NOON, MARC, id="mine", thread="mine"))


def test_only_mails_are_known_by_the_ids_that_mails_name():
    assert not together(note(MORNING, id="c"), sent(NOON, id="mine", answers="c"))


# -- a reply that names no mail, as some programs write them


def reply(start=EVENING, *people, **fields):
    return received(start, *(people or (JULIE,)), **{"id": "reply", "title": "Re: Offer", **fields})


def test_it_is_of_the_conversation_of_an_earlier_mail_with_its_subject_and_somebody_of_its_people():
    assert together(sent(MORNING, title="Offer", id="m"), reply())


@pytest.mark.parametrize(
    ("mail", "answer"),
    [
        (sent(EVENING, title="Offer", id="m"), reply(NOON)),  # written before there was that mail
        (sent(MORNING, MARC, title="Offer", id="m"), reply()),  # to somebody else
        (sent(MORNING, title="Order", id="m"), reply()),
        (sent(MORNING, title="Offer", id="m"), reply(title="Offer")),  # no reply
        (sent(MORNING, title="Offer", id="m"), reply(answers="other")),  # it names another mail
        (sent(MORNING, title="Offer", id="m"), reply(references=("other",))),
        (sent(MORNING, title="", id="m"), reply(title="Re:")),  # without a subject
        (note(MORNING, title="Offer", id="m", people=(JULIE,)), reply()),  # a note is no mail
    ],
)
def test_it_is_of_no_other_conversation(mail, answer):
    assert not together(mail, answer)


def test_of_several_mails_with_its_subject_it_answers_the_latest():
    first, second = sent(MORNING, title="Offer", id="1"), sent(NOON, title="Offer", id="2")
    for mails in permutations([first, second, reply()]):
        found = threads(mails, Subjects())
        assert found[second.identity] == found[reply().identity] != found[first.identity]


def test_of_mails_to_several_of_its_people_it_answers_the_latest():
    first, second, answer = sent(MORNING, title="Offer", id="1"), sent(NOON, MARC, title="Offer", id="2"), reply()
    for people in permutations([JULIE, MARC]):
        found = threads([first, second, replace(answer, people=people)], Subjects())
        assert found[second.identity] == found[answer.identity] != found[first.identity]


def test_of_one_instant_the_mail_whose_id_comes_first_is_the_earlier():
    assert together(received(NOON, JULIE, id="a", title="Offer"), reply(NOON, id="b"))
    assert not together(received(NOON, JULIE, id="b", title="Offer"), reply(NOON, id="a"))


def test_beside_it_a_mail_to_nobody_is_of_its_own_conversation():
    nobody = event("sent", MORNING, id="m", title="Offer")
    assert not together(nobody, reply())
    assert not together(received(MORNING, JULIE, id="x"), event("sent", NOON, id="m", title="Re: Offer"), reply())
