"""iCalendar: the meetings of a calendar that another program exports, syncs or publishes on the web (RFC 5545)."""

from dataclasses import dataclass, field
from pathlib import Path

from followup_rules import Context, Source, SourceType, hookimpl
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
    return [
        SourceType("ics", "Meetings from .ics files, or from a calendar on the web", ("meeting",), IcsOptions, _open)
    ]


def _open(options: IcsOptions, context: Context) -> Source:
    if isinstance(options.path, WebAddress):
        from followup_ics.feed_source import FeedSource  # noqa: PLC0415 -- only a config that uses calendars pays for it

        return FeedSource(options.path, options, context)
    from followup_ics.source import IcsSource  # noqa: PLC0415 -- likewise

    return IcsSource(options.path, options, context)
