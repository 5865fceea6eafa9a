"""Mail on this machine: what mail programs keep or export, and drafts for any of them."""

from dataclasses import dataclass, field
from pathlib import Path

from followup_rules import Context, Output, OutputType, Source, SourceType, hookimpl
from followup_rules.model import DRAFT


@dataclass(frozen=True, kw_only=True)
class MailboxOptions:
    """The config table of a mailbox."""

    path: Path = field(
        metadata={
            "help": "A Maildir, an mbox file, a mail, or a folder with any of these, as your mail program keeps it."
        }
    )
    kinds: tuple[str, ...] = field(
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
    return [SourceType("mailbox", "Mail as mail programs keep or export it", kinds, MailboxOptions, _source)]


@hookimpl
def register_outputs() -> list[OutputType]:
    """Add the output `eml`."""
    return [OutputType("eml", "Drafts as .eml files that any mail program opens", (DRAFT,), EmlOptions, _output)]


def _source(options: MailboxOptions, context: Context) -> Source:
    from followup_mailbox.source import MailboxSource  # noqa: PLC0415 -- only a config that uses it pays for it

    return MailboxSource(options.path, options.kinds, context)


def _output(options: EmlOptions, context: Context) -> Output:
    from followup_mailbox.eml import EmlFolder  # noqa: PLC0415 -- only a config that uses it pays for it

    return EmlFolder(options.path, context.profile, options.key_header)
