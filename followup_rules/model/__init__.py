"""The plain frozen records that every part of followup-rules speaks in. All datetimes are aware."""

from followup_rules.model.actions import DRAFT, NOTICE, TASK, Action, Reply, Status
from followup_rules.model.decisions import Announcement, Case, Decision, Pause, Reason, State, Visit
from followup_rules.model.events import (
    KIND_END,
    MAIL,
    BadItem,
    Event,
    NoteAdded,
    NoteHeading,
    Person,
    Pull,
    Report,
    WrittenLine,
    series,
)
from followup_rules.model.problems import Problem
from followup_rules.model.user import LANGUAGES, Context, Profile

__all__ = [
    "DRAFT",
    "KIND_END",
    "LANGUAGES",
    "MAIL",
    "NOTICE",
    "TASK",
    "Action",
    "Announcement",
    "BadItem",
    "Case",
    "Context",
    "Decision",
    "Event",
    "NoteAdded",
    "NoteHeading",
    "Pause",
    "Person",
    "Problem",
    "Profile",
    "Pull",
    "Reason",
    "Reply",
    "Report",
    "State",
    "Status",
    "Visit",
    "WrittenLine",
    "series",
]
