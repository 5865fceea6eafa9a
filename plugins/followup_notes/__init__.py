"""Notes that a person writes in Markdown: a heading for the case, a list item for each note."""

from dataclasses import dataclass, field
from pathlib import Path

from followup_rules import Context, Source, SourceType, hookimpl


@dataclass(frozen=True, kw_only=True)
class NotesOptions:
    """The config table of a source of notes."""

    path: Path = field(
        metadata={"help": "A Markdown file, or a folder whose *.md files are read, subfolders included."}
    )


@hookimpl
def register_sources() -> list[SourceType]:
    """Add the source `notes`."""
    return [SourceType("notes", "Markdown notes in a file or a folder", ("note",), NotesOptions, _open)]


def _open(options: NotesOptions, context: Context) -> Source:
    from followup_notes.source import NotesSource  # noqa: PLC0415 -- only a config that uses notes pays for it

    return NotesSource(options.path, context)
