"""Whom address headers name, as people and their mail programs write them: the same people on each Python."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_rules.mail import message
from followup_rules.mail.addresses import decoded, people

JULIE = ("Julie", "julie@x.ca")


def found(header):
    return [(person.name, person.address) for person in people([header])]


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("julie@x.ca", [("", "julie@x.ca")]),
        ("Julie <julie@x.ca>", [JULIE]),
        ("Julie<julie@x.ca>,Marc<m@x.ca>", [JULIE, ("Marc", "m@x.ca")]),
        ("julie@x.ca (Julie)", [JULIE]),
        ("Julie julie@x.ca", [JULIE]),
        ('"Julie" julie@x.ca', [JULIE]),
        ("<julie@x.ca>", [("", "julie@x.ca")]),
        ("Julie [julie@x.ca]", [JULIE]),
        ("mailto:julie@x.ca", [("", "julie@x.ca")]),
        ("Julie <mailto:julie@x.ca>", [JULIE]),
        ("Julie < julie@x.ca >", [JULIE]),
        ("Julie <julie@x.ca", [JULIE]),
        ("Julie julie@x.ca>", [JULIE]),
        ("Julie <julie @ x.ca>", [JULIE]),
        ('"julie"@x.ca', [("", "julie@x.ca")]),
        # the address as the name, too
        ("julie@x.ca <julie@x.ca>", [("", "julie@x.ca")]),
        ("'julie@x.ca' <julie@x.ca>", [("", "julie@x.ca")]),
        ('"marc@x.ca" <julie@x.ca>', [("marc@x.ca", "julie@x.ca")]),
        # commas, semicolons, parentheses and quotes where they do not belong
        ("julie@x.ca,", [("", "julie@x.ca")]),
        (",,julie@x.ca,,;", [("", "julie@x.ca")]),
        ("julie@x.ca; marc@x.ca;", [("", "julie@x.ca"), ("", "marc@x.ca")]),
        ("Roy, Julie <julie@x.ca>; Caron, Marc <m@x.ca>", [("Roy, Julie", "julie@x.ca"), ("Caron, Marc", "m@x.ca")]),
        ("Roy, Julie <julie@x.ca>, Marc <m@x.ca>", [("Roy, Julie", "julie@x.ca"), ("Marc", "m@x.ca")]),
        ("Marc (RH, Nordik) <m@x.ca>, Julie <julie@x.ca>", [("Marc (RH, Nordik)", "m@x.ca"), JULIE]),
        ("Marc (RH <m@x.ca>, Julie <julie@x.ca>", [("Marc RH", "m@x.ca"), JULIE]),
        ("Marc RH) <m@x.ca>, Julie <julie@x.ca>", [("Marc RH", "m@x.ca"), JULIE]),
        ('"Marc <m@x.ca>, Julie <julie@x.ca>', [("Marc", "m@x.ca"), JULIE]),
        ('"Roy, \\"JR\\" Julie" <julie@x.ca>', [('Roy, "JR" Julie', "julie@x.ca")]),
        ("O'Neil, Pat <p@x.ca>", [("O'Neil, Pat", "p@x.ca")]),
        ("Marc @ Nordik, Julie <julie@x.ca>", [JULIE]),
        # groups (RFC 5322, section 3.4) and routes (section 4.4)
        ("Panel: Julie <julie@x.ca>, m@x.ca; eve@x.ca", [JULIE, ("", "m@x.ca"), ("", "eve@x.ca")]),
        ("undisclosed-recipients:;", []),
        ("Julie <@a.ca,@b.ca:julie@x.ca>", [JULIE]),
        ("Julie <julie@(home)x.ca>", [JULIE]),
        ("Julie <julie@x.ca.>", [JULIE]),
        # encoded words (RFC 2047), and a header that a program has encoded as a whole
        ("=?utf-8?q?Julie_=3Cjulie=40x=2Eca=3E?=", [JULIE]),
        ("=?utf-8?b?SnVsaWUgPGp1bGllQHguY2E+LCBtQHguY2E=?=", [JULIE, ("", "m@x.ca")]),
        ("=?utf-8?q?Roy=2C_=C3=89ve?= <e@x.ca>", [("Roy, Éve", "e@x.ca")]),
        ("Roy, =?utf-8?q?=C3=89ve?= <e@x.ca>", [("Roy, Éve", "e@x.ca")]),
        ('"=?utf-8?q?=C3=89ve?=" <e@x.ca>', [("Éve", "e@x.ca")]),
        ("=?utf-8?q?me=40x=2Eca=2C?= <e@x.ca>", [("me@x.ca,", "e@x.ca")]),
        ("garbage, <>, @, a@b, julie@x.ca", [("", "julie@x.ca")]),
    ],
)
def test_no_odd_sign_loses_anybody(header, named):
    assert [(name.strip(", "), address) for name, address in found(header)] == [
        (name.strip(", "), address) for name, address in named
    ]


@pytest.mark.parametrize(
    ("writers", "mine"),
    [
        (["Camille <me@x.ca>"], True),
        (["me@x.ca <me@x.ca>"], True),
        (['"Roy, Camille" <me@x.ca>'], True),
        (["Roy, Camille <me@x.ca>"], True),
        (["ME@X.CA"], True),
        (["me@x.ca, too@x.ca"], True),
        (["me@x.ca", "me@x.ca"], True),
        (["ev@y.ca, me@x.ca"], False),
        (["me@x.ca; ev@y.ca"], False),
        (["me@x.ca", "ev@y.ca"], False),
        (["me@x.ca, ev@localhost"], False),
        (["<me@x.ca> <ev@y.ca>"], False),
        (["me@x.ca ev@y.ca"], False),
        (["me@x.ca <ev@y.ca>"], False),
        (['"me@x.ca" <ev@y.ca>'], False),
        (["ev@y.ca (me@x.ca)"], False),
        (["(me@x.ca) ev@y.ca"], False),
        (["=?utf-8?q?me=40x=2Eca?= <ev@y.ca>"], False),
        (["nobody"], False),
        ([], False),
    ],
)
def test_a_mail_of_mine_is_from_me_alone(writers, mine):
    assert message.is_mine({"from": writers}, {"me@x.ca", "too@x.ca"}) is mine


@pytest.mark.parametrize(
    "sign", [",", ";", "(", ")", '"', "<", ">", "\\", '\\"', "a@b.ca ", "a,", "((a)", '"a', "=?a?q?"]
)
def test_a_header_of_any_size_ends(sign):
    assert len(people([sign * 100_000] * 3)) <= 500


@given(st.text(max_size=300))
def test_any_header_names_people_or_nobody(header):
    people([header])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=?utf-8?q?R=C3=A9ponse?= de Julie", "Réponse de Julie"),
        ("=?utf-8?b?UsOp?= =?utf-8?b?cG9uc2U=?=", "Réponse"),
        ("=?iso-8859-1?q?R=E9ponse?=", "Réponse"),
        ("=?utf-8*fr?q?R=C3=A9ponse?=", "Réponse"),  # with its language (RFC 2231, section 5)
        # what programs name and do not keep to, and what nobody knows (RFC 2047, section 6.2: as well as can be)
        ("=?utf-8?q?R=E9ponse?=", "Réponse"),
        ("=?us-ascii?q?R=C3=A9ponse?=", "Réponse"),
        ("=?iso-8859-1?q?=93R=E9ponse=94?=", "“Réponse”"),
        ("=?nonsense?q?R=E9ponse?= =?utf-8?q?_de_Julie?=", "Réponse de Julie"),
        ("=?punycode?q?a?=", "a"),
        ("=?utf-8?x?a?=", "=?utf-8?x?a?="),
        ("plain", "plain"),
    ],
)
def test_encoded_words(written, read):
    assert decoded(written) == read
