"""One human is one person, however the address is spelt."""

import pytest

from followup_rules.config.profile import domains, lower
from followup_rules.people import person


@pytest.mark.parametrize("domain", ["hôtel.ca", "HÔTEL.ca", "ho\u0302tel.ca", "xn--htel-vqa.ca", "XN--HTEL-VQA.CA"])
def test_a_domain_with_accents_is_one_however_it_is_written(domain):
    assert person(f"Julie@{domain}").address == "julie@hôtel.ca"
    assert lower([f"Julie@{domain}"]) == {"julie@hôtel.ca"}
    assert domains([f"@{domain}"]) == {"hôtel.ca"}


@pytest.mark.parametrize("domain", ["xn--.ca", "xn--strae-oqa.de", "xn--a.ca", "straße.de", "nordik.ca"])
def test_a_domain_that_older_rules_do_not_know_stays_as_it_is(domain):
    assert person(f"julie@{domain}").address == f"julie@{domain}"
