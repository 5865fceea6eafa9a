"""iCalendar files: the meetings of a calendar that another program exports or syncs (RFC 5545)."""

from dataclasses import dataclass, field
from pathlib import Path

from followup_rules import Context, Source, SourceType, hookimpl


@dataclass(frozen=True, kw_only=True)
class IcsOptions:
    """The config table of an iCalendar source."""

    path: Path = field(metadata={"help": "An .ics file, or a folder whose .ics files are read, subfolders included."})
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
    return [SourceType("ics", "Meetings from .ics files", ("meeting",), IcsOptions, _open)]


def _open(options: IcsOptions, context: Context) -> Source:
    from followup_ics.source import IcsSource  # noqa: PLC0415 -- only a config that uses calendars pays for it

    return IcsSource(options, context)
