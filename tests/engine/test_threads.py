"""Which mails are of one conversation."""

from itertools import permutations

from followup_rules.engine.threads import threads
from followup_rules.language.matching import Subjects
from tests.support.caselab import JULIE, MARC, event, sent

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
