"""What ought to exist in an output, and what became of it there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from followup_rules.model.decisions import Announcement
from followup_rules.model.events import Person

DRAFT, TASK, NOTICE = "draft", "task", "notice"
"""The types of action that come with followup; a plugin may take others. A notice needs no output: a run prints it."""


class Reply(Struct, frozen=True):
    """The mail that a draft answers: its Message-ID, its thread and its subject."""

    message_id: str
    thread: str
    subject: str
    data: Mapping[str, object] = field(default_factory=dict)
    """Further fields that its source gave it, by which an output of the same service knows it again."""


class Action(Struct, frozen=True, kw_only=True):
    """A draft, a task or a notice that ought to exist."""

    key: str
    """`RULE/ANCHOR@DAY`, or `RULE/ANCHOR~ADDRESS@DAY` of one person alone; with `#2` and so on, or `#ID`, for the
    further actions of one duty. It holds no white space."""
    rule: str
    case: str
    anchor: str
    """The id of the event that the rule started from."""
    type: str
    """`DRAFT`, `TASK`, `NOTICE`, or one of a plugin."""
    title: str
    text: str
    to: tuple[Person, ...] = ()
    due: datetime | None = None
    """In the user's zone."""
    late: bool = False
    contact: bool = False
    reply: Reply | None = None
    carries: tuple[str, ...] = ()
    announces: tuple[Announcement, ...] = ()
    duty: str = ""
    """The key of the decision that it follows from."""
    person: str = ""
    """Whom the duty is about, where the rule has one for each person: a normalised address."""
    part: str = ""
    """The `id` of its table in a list of actions, by which it is known wherever it stands there."""
    output: str = ""
    """The output that it goes to."""


class Status(Struct, frozen=True):
    """What became of an action in its output."""

    state: str
    """`open` (as we left it), `touched` (the user edited it), `done`, `gone` (the user deleted it), or `unknown`: it
    may lie where nobody can look now, and is left as it is."""
    at: datetime | None = None
    """When it was done, if the output knows; a date without a time counts as 00:00 of that day in the user's zone."""
    why: str = ""
    """Of an unknown state, a sentence for the user, with what to do."""
    ref: str = ""
    """Its reference now, if it is open as another store of the user's left it, by the seal that it bears."""
