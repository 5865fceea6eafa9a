"""What was told is told once, under the name of its source, whatever the user calls one."""

import pytest

from followup_rules.store.told import OWN, of_source


@pytest.mark.parametrize("name", OWN)
def test_a_source_may_have_a_name_of_ours(kept, name):
    kept.told.news(name, ["a heading"], whole=True)
    assert kept.told.news(of_source(name), ["a line"], whole=True) == {"a line"}
    assert kept.told.news(name, ["a heading"], whole=True) == set()
