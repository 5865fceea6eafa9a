"""One human is one person, however the address is spelt."""

import pytest

from followup_rules.config.profile import domains, lower
from followup_rules.model import Person
from followup_rules.note_takers import takes_notes
from followup_rules.people import is_one_of, person


@pytest.mark.parametrize("domain", ["hôtel.ca", "HÔTEL.ca", "ho\u0302tel.ca", "xn--htel-vqa.ca", "XN--HTEL-VQA.CA"])
def test_a_domain_with_accents_is_one_however_it_is_written(domain):
    assert person(f"Julie@{domain}").address == "julie@hôtel.ca"
    assert lower([f"Julie@{domain}"]) == {"julie@hôtel.ca"}
    assert domains([f"@{domain}"]) == {"hôtel.ca"}


@pytest.mark.parametrize("domain", ["xn--.ca", "xn--strae-oqa.de", "xn--a.ca", "straße.de", "nordik.ca"])
def test_a_domain_that_older_rules_do_not_know_stays_as_it_is(domain):
    assert person(f"julie@{domain}").address == f"julie@{domain}"


# -- addresses of mine, and programs that take notes


@pytest.mark.parametrize(
    ("address", "mine"),
    [
        ("camille@gmail.com", True),
        ("camille+jobs@gmail.com", True),
        ("c.a.mille@gmail.com", True),
        ("c.amille+x@googlemail.com", True),
        ("me+jobs@exemple.ca", True),
        ("m.e@exemple.ca", False),
        ("camille@exemple.ca", False),
        ("jobs@firme.ca", False),
        ("jobs+camille@firme.ca", True),
        ("jobs+paul@firme.ca", False),
    ],
)
def test_mail_to_these_comes_to_me(address, mine):
    assert is_one_of(address, {"camille@gmail.com", "me@exemple.ca", "jobs+camille@firme.ca"}) is mine


@pytest.mark.parametrize(
    ("address", "name", "takes"),
    [
        ("fred@fireflies.ai", "", True),
        ("notetaker@otter.ai", "", True),
        ("assistant+7@eu.read.ai", "", True),
        ("ai-notetaker@nordik.ca", "", True),
        ("x7@vendor.example", "Fathom Notetaker", True),
        ("julie.roy@otter.ai", "Julie Roy", False),
        ("assistant@nordik.ca", "", False),
        ("frederic@fireflies.ai", "Frédéric", False),
        ("meetings@nordik.ca", "Note Dupont", False),
    ],
)
def test_a_program_that_takes_notes_is_no_person_and_who_works_there_is(address, name, takes):
    assert takes_notes(Person(address, name)) is takes
