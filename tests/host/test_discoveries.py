"""What plugins offer a new user: one that fails offers nothing, and hides nothing of the others."""

from dataclasses import dataclass
from pathlib import Path

from followup_rules import Discovery, Person, Place, SourceType
from followup_rules.host import discoveries
from followup_rules.host.registry import Registry


@dataclass(frozen=True)
class Options:
    path: Path


def source(name, usual, reads=lambda _: True, owners=lambda _: ()):
    return SourceType(name, "", ("meeting",), Options, print, discovery=Discovery(usual, reads, owners))


def fails(_):
    raise RuntimeError("no such luck")


def endless(home):
    number = 0
    while True:
        yield Place(home / str(number), "paper")
        number += 1


def test_each_plugin_offers_what_it_can(tmp_path):
    kinds = [
        source("broken", fails, fails, fails),
        source("endless", endless, owners=lambda _: [Person("me@example.org"), "garbage"]),
        SourceType("silent", "", ("meeting",), Options, print),
    ]
    registry = Registry(sources={kind.name: kind for kind in kinds})
    offers = discoveries.offers(registry, tmp_path)
    assert [offer.place.path for offer in offers] == [tmp_path / str(number) for number in range(discoveries.MOST)]
    (reader,) = discoveries.readers(registry, tmp_path)
    assert reader.source == "endless"
    assert discoveries.owners(registry, reader) == [Person("me@example.org")]
