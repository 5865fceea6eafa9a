"""Subjects of answers and of mails passed on, in many languages."""

from __future__ import annotations

import pytest

from followup_rules.mail.subjects import base, is_forward, is_reply

REPLIES = ["Re: x", "RE : x", "re:x", "Re[2]: x", "Re(2): x", "RE-3: x", "AW: x", "SV: x", "Antw: x", "Odp: x", "R: x", "RES: x", "Ynt: x", "回复：x", "Rép. : x", "[list] Re: x", "Re: [list] x", "Re: Fwd: x", "**EXTERNAL** Re: x", "EXTERNAL: RE: x", "RE: [EXT] x", "{Spam?} Re: x"]  # fmt: skip
FORWARDS = ["Fwd: x", "FW: x", "TR : x", "Tr: x", "WG: x", "RV: x", "ENC: x", "I: x", "VB: x", "Doorst: x", "転送: x", "Fwd: Re: x", "[Fwd: x]", "x (fwd)", "[list] TR : RE : x"]  # fmt: skip
OWN = ["x", "Résumé : x", "Réf : x", "Retour : x", "Invoice 12: x", "Report: x", "Trip: x", "A: x", "[list] x", ""]


@pytest.mark.parametrize("subject", REPLIES)
def test_replies(subject):
    assert (is_reply(subject), is_forward(subject)) == (True, False)
    assert base(subject) == "x"


@pytest.mark.parametrize("subject", FORWARDS)
def test_forwards(subject):
    assert (is_reply(subject), is_forward(subject)) == (False, True)
    assert base(subject) == "x"


@pytest.mark.parametrize("subject", OWN)
def test_subjects_of_new_mails(subject):
    assert not is_reply(subject)
    assert not is_forward(subject)


def test_what_is_the_same_subject():
    assert base("RE: TR : [hiring] Vos  Références") == base("vos références") == "vos references"
    assert base("[only]") == "[only]"
    assert base("Re: ") == ""
    assert base("Re: " * 200 + "x") == base("Re: " * 200 + "y")
