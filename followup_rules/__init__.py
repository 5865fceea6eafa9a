"""Prepares the follow-ups a person owes, holds back the others, and sends nothing."""

from followup_rules.hookspecs import (
    Check,
    Login,
    NoteWriter,
    Output,
    OutputType,
    Pack,
    Refused,
    Source,
    SourceType,
    Unreadable,
    hookimpl,
)
from followup_rules.model import (
    Action,
    BadItem,
    Context,
    Event,
    NoteAdded,
    NoteHeading,
    Person,
    Profile,
    Pull,
    Reply,
    Status,
)

__version__ = "0.1.0"

__all__ = [
    "Action",
    "BadItem",
    "Check",
    "Context",
    "Event",
    "Login",
    "NoteAdded",
    "NoteHeading",
    "NoteWriter",
    "Output",
    "OutputType",
    "Pack",
    "Person",
    "Profile",
    "Pull",
    "Refused",
    "Reply",
    "Source",
    "SourceType",
    "Status",
    "Unreadable",
    "__version__",
    "hookimpl",
]
