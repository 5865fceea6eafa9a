"""Every example that the interview pack carries holds; each is named after the line or decision that it shows."""

from functools import cache
from pathlib import Path

import pytest

from followup_rules.config import neutral
from followup_rules.packs import interview
from followup_rules.simulation import examples, expectations
from followup_rules.simulation.files import of_pack

(PACK,) = interview.register_packs()
PROBLEMS = []
(FILE,) = of_pack(PACK, PROBLEMS)
NAMED = {each.name: each for each in examples.tables(FILE.document, PROBLEMS)}


@cache
def configs():
    return examples.Configs(neutral.of_pack(PACK))


@pytest.mark.parametrize("name", NAMED)
def test_it_holds(name):
    example = examples.read(NAMED[name], configs())
    assert example is not None, PROBLEMS
    with expectations.checking(example) as play:
        assert [each for moment in play.moments for each in moment.differences] == []


def test_there_are_at_least_sixty_and_none_is_faulty():
    assert len(NAMED) >= 60
    assert len(NAMED) == Path(FILE.path).read_text(encoding="utf-8").count("[[example]]"), "two have one name"
    assert PROBLEMS == []
