"""Mail on this machine: what mail programs keep or export, and drafts for any of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from followup_rules import Context, Discovery, Output, OutputType, Person, Place, Source, SourceType, hookimpl
from followup_rules.model import DRAFT
from followup_rules.sentences import Sentence


@dataclass(frozen=True, kw_only=True)
class MailboxOptions:
    """The config table of a mailbox."""

    path: Path = field(
        metadata={
            "help": "A Maildir, an mbox file, a mail, or a folder with any of these, as your mail program keeps it."
        }
    )
    kinds: tuple[Literal["sent", "received"], ...] = field(
        default=("sent",),
        metadata={"help": 'Which mail to read: "sent" (from one of my addresses), "received" (from anybody else).'},
    )


@dataclass(frozen=True, kw_only=True)
class EmlOptions:
    """The config table of a folder of drafts."""

    path: Path = field(metadata={"help": "The folder for the drafts; it is created if it does not exist."})
    key_header: bool = field(
        default=True, metadata={"help": "Whether a draft carries a hash of its key, by which it is known once sent."}
    )


@hookimpl
def register_sources() -> list[SourceType]:
    """Add the source `mailbox`."""
    kinds = ("sent", "received")
    summary, discovery = Sentence("Mail as mail programs keep or export it"), Discovery(_usual, _reads, _owners)
    return [SourceType("mailbox", summary, kinds, MailboxOptions, _source, discovery=discovery)]


@hookimpl
def register_outputs() -> list[OutputType]:
    """Add the output `eml`."""
    return [
        OutputType("eml", Sentence("Drafts as .eml files that any mail program opens"), (DRAFT,), EmlOptions, _output)
    ]


def _source(options: MailboxOptions, context: Context) -> Source:
    from followup_mailbox.source import MailboxSource  # noqa: PLC0415 -- only a config that uses it pays for it

    return MailboxSource(options.path, options.kinds, context)


def _output(options: EmlOptions, context: Context) -> Output:
    from followup_mailbox.eml import EmlFolder  # noqa: PLC0415 -- only a config that uses it pays for it

    return EmlFolder(options.path, context.profile, options.key_header)


def _usual(home: Path) -> Iterable[Place]:
    from followup_mailbox.places import usual  # noqa: PLC0415 -- only a new user needs it

    return usual(home)


def _reads(path: Path) -> bool:
    from followup_mailbox.places import reads  # noqa: PLC0415 -- only a new user needs it

    return reads(path)


def _owners(path: Path) -> Iterable[Person]:
    from followup_mailbox.places import owners  # noqa: PLC0415 -- only a new user needs it

    return owners(path)
