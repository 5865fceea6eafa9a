"""iCalendar: the meetings of a calendar that another program exports, syncs or publishes on the web (RFC 5545)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from followup_rules import Context, Discovery, Person, Place, Source, SourceType, hookimpl
from followup_rules.sentences import Sentence
from followup_rules.web_address import WebAddress


@dataclass(frozen=True, kw_only=True)
class IcsOptions:
    """The config table of an iCalendar source."""

    path: Path | WebAddress = field(
        metadata={
            "help": "An .ics file, or a folder whose .ics files are read, subfolders included; a `.url` file whose one "
            "line is the address of a calendar on the web; or such an address itself."
        }
    )
    days_ahead: int = field(default=400, metadata={"help": "How many days ahead recurring meetings are laid out."})
    mine: bool = field(
        default=True,
        metadata={
            "help": "Whether it is your own; of a shared or team calendar (`false`) no `#tags` and `#case:` are read."
        },
    )


@hookimpl
def register_sources() -> list[SourceType]:
    """Add the source `ics`."""
    summary, discovery = (
        Sentence("Meetings from .ics files, or from a calendar on the web"),
        Discovery(_usual, _reads, _owners),
    )
    return [SourceType("ics", summary, ("meeting",), IcsOptions, _open, discovery=discovery)]


def _open(options: IcsOptions, context: Context) -> Source:
    if isinstance(options.path, WebAddress):
        from followup_ics.feed_source import FeedSource  # noqa: PLC0415 -- only a config that uses calendars pays for it

        return FeedSource(options.path, options, context)
    from followup_ics.source import IcsSource  # noqa: PLC0415 -- likewise

    return IcsSource(options.path, options, context)


def _usual(home: Path) -> Iterable[Place]:
    from followup_ics.places import usual  # noqa: PLC0415 -- only a new user needs it

    return usual(home)


def _reads(path: Path) -> bool:
    from followup_ics.places import reads  # noqa: PLC0415 -- only a new user needs it

    return reads(path)


def _owners(path: Path) -> Iterable[Person]:
    from followup_ics.places import owners  # noqa: PLC0415 -- only a new user needs it

    return owners(path)
