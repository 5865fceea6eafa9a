"""Notes that a person writes in Markdown: a heading for the case, a list item for each note."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from followup_rules import BadItem, Context, Discovery, Event, Place, Source, SourceType, hookimpl
from followup_rules.plain import one_line
from followup_rules.sentences import Sentence


@dataclass(frozen=True, kw_only=True)
class NotesOptions:
    """The config table of a source of notes."""

    path: Path = field(
        metadata={"help": "A Markdown file, or a folder whose *.md files are read, subfolders included."}
    )


@hookimpl
def register_sources() -> list[SourceType]:
    """Add the source `notes`."""
    summary, discovery = Sentence("Markdown notes in a file or a folder"), Discovery(_usual, _reads, lambda _: ())
    return [SourceType("notes", summary, ("note",), NotesOptions, _open, _read_note, discovery)]


def _open(options: NotesOptions, context: Context) -> Source:
    from followup_notes.source import NotesSource  # noqa: PLC0415 -- only a config that uses notes pays for it

    return NotesSource(options.path, context)


def _read_note(case: str, text: str, context: Context) -> list[Event | BadItem]:
    from followup_notes.events import NoteReader  # noqa: PLC0415 -- only examples of rules are read so
    from followup_notes.grammar import LONGEST_NOTE  # noqa: PLC0415 -- likewise

    page = f"## {one_line(case)}\n- {one_line(text, LONGEST_NOTE)}\n"
    return list(NoteReader(context).read("notes.md", page))


def _usual(home: Path) -> Iterable[Place]:
    own = home / "followup" / "notes.md"  # where `followup init` puts them; any other Markdown is about anything
    return [Place(own, "~/followup")] if own.is_file() else []


def _reads(path: Path) -> bool:
    return path.suffix == ".md" if path.is_file() else any(path.glob("*.md"))
