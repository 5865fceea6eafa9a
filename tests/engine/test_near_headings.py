"""Addresses in headings that nearly are those of people whom the user had to do with."""

import pytest

from followup_rules import Person
from followup_rules.engine.near_headings import slip, spelt_address
from tests.support.caselab import note

KNOWN = frozenset(
    {
        "julie.roy@nordik.ca",
        "me@boreal-consulting.example",
        "anastasia.fournier@boreal-consulting.example",
        "j@letters12.ca",
        "j@letters-13.ca",
        '"luc@work"@quoted.example',
    }
)
MAIL = frozenset({"gmail.com"})


def found(*addresses, domain=""):
    headed = note("2026-11-09", "promise", people=tuple(map(Person, addresses)), domain=domain)
    return slip(headed, KNOWN, MAIL)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("julie.roi@nordik.ca", "julie.roy@nordik.ca"),  # a slip before the @
        ("julie.roy@nordic.ca", "julie.roy@nordik.ca"),  # and one behind it
        ("marc@nordic.ca", "marc@nordik.ca"),  # somebody new there
        ("marc@gmial.com", "marc@gmail.com"),
        ("anastasia.fornire@boreal-consulting.example", "anastasia.fournier@boreal-consulting.example"),
        ("marc@letterz-31.ca", "marc@letters-13.ca"),
        ('"marc@home"@nordic.ca', '"marc@home"@nordik.ca'),
        ("marc@boreal-konsultin.example", "marc@boreal-consulting.example"),  # a long name may have two slips
        ("marc@quotid.example", "marc@quoted.example"),
    ],
)
def test_an_address_that_is_nearly_one_that_is_known_is_told_with_it(written, meant):
    assert found(written) == (written, meant)


@pytest.mark.parametrize(
    "written",
    [
        "julie.roy@nordik.ca",
        "marc@nordik.ca",  # a colleague
        "julia.roi@nordik.ca",  # of a short name two letters make another one
        "marc@nordis.co",
        "marc@letterz21.ca",
        '"marc@home"@nordik.ca',
        "somebody@gmail.com",
        "zoe@acme.example",
        "marc@boreal-konzultin.example",  # but not three
    ],
)
def test_an_address_that_may_well_be_meant_so_is_not(written):
    assert found(written) is None


def test_a_domain_of_its_own_may_be_a_slip_too():
    assert found(domain="nordic.ca") == ("@nordic.ca", "@nordik.ca")
    assert found(domain="nordik.ca") is None
    assert found(domain="letters12.ca") is None  # nor is it an address without its one letter
    assert found(domain="acme.example") is None


def test_the_first_slip_of_a_heading_is_told():
    assert found("julie.roy@nordik.ca", "marc@nordic.ca", "luc@nordic.ca", domain="gmial.com") == (
        "marc@nordic.ca",
        "marc@nordik.ca",
    )


def test_who_had_to_do_with_nobody_made_no_slip():
    assert slip(note("2026-11-09", people=(Person("marc@nordic.ca"),)), (), ()) is None


@pytest.mark.parametrize(
    ("heading", "address"),
    [
        ("julie.roy at nordik.ca", "julie.roy@nordik.ca"),
        ("Nordik, Julie.Roy (AT) nordik.ca", "Julie.Roy@nordik.ca"),
        ("julie arobase mail.nordik.ca", "julie@mail.nordik.ca"),
        ("julie [at] nordik.ca", "julie@nordik.ca"),
        ("Coffee at Nordik", ""),
        ("julie.roy@nordik.ca", ""),
    ],
)
def test_an_address_may_be_spelt_with_a_word(heading, address):
    assert spelt_address(heading) == address
