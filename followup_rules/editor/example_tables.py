"""`[[example]]` tables as people write them, typed: what happens, and what rules must make of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct

from followup_rules.config.profile import ProfileTable
from followup_rules.editor.made_records import Key, keys_of, list_of, one_of, record
from followup_rules.editor.rule_tables import Maybe, Text, any_of, words
from followup_rules.language.fields import AUTO
from followup_rules.model import State
from followup_rules.simulation.examples import NONE
from followup_rules.simulation.happenings import STATUSES

# TOML's dates have no counterpart in JSON: editors look at them as texts.
Moment: TypeAlias = Annotated[
    str, Meta(pattern=r"^\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?)?$")
]
Addresses: TypeAlias = Annotated[str, Meta(pattern="@")] | list[Annotated[str, Meta(pattern="@")]]
Names: TypeAlias = str | list[str]
ByRule: TypeAlias = dict[str, Annotated[str, Meta(extra_json_schema=words(*map(str, State), NONE))]]
Machine: TypeAlias = Annotated[Any, any_of({"type": "boolean"}, words(*AUTO))]
Answered: TypeAlias = Annotated[Any, any_of({"type": "boolean"}, {"type": "string"})]
Status: TypeAlias = Annotated[str, Meta(extra_json_schema=words(*STATUSES))]


class Event(Struct, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """Something that happens."""

    id: Maybe[str] = UNSET
    """Its identifier, if something must refer to it."""
    at: Moment
    """When it takes place or is sent: a date, or a date and a time of day, without quotes."""
    title: Maybe[str] = UNSET
    """Of a mail, its subject."""
    text: Maybe[str] = UNSET
    """Of a mail, what its writer wrote."""
    people: Maybe[Addresses] = UNSET
    """Who takes part, besides you."""
    seen: Maybe[Moment] = UNSET
    """When it appears; by default a meeting from the beginning on, all else at its time."""
    gone: Maybe[Moment] = UNSET
    """When it vanishes."""
    data: Maybe[dict[str, str | int | float | bool]] = UNSET
    """Further fields, as a plugin gives them."""


class Planned(Event, forbid_unknown_fields=True, kw_only=True):
    """A meeting, or an event of a plugin's kind."""

    until: Maybe[Moment] = UNSET
    """When it ends; by default an hour after it starts."""
    from_: Maybe[Addresses] = msgspec.field(name="from", default=UNSET)
    """Who called it; by default you."""
    case: Maybe[str] = UNSET
    """The case that it names."""
    status: Maybe[Status] = UNSET
    """`declined` by you, `mine`: called by you, `unanswered`: called by strangers."""


class Meeting(Planned, forbid_unknown_fields=True, kw_only=True, tag="meeting"):
    """A meeting."""


class Mail(Event, forbid_unknown_fields=True, kw_only=True):
    """A mail."""

    to: Maybe[Addresses] = UNSET
    """Its recipients."""
    from_: Maybe[Addresses] = msgspec.field(name="from", default=UNSET)
    """Who wrote a mail that you received."""
    thread: Maybe[str] = UNSET
    """Any word: mail with the same one is of one thread."""
    answers: Maybe[Answered] = UNSET
    """`true`: somebody else's mail, of which nothing more is known; or the `id` of a mail."""
    auto: Maybe[Machine] = UNSET
    """Mail that no person wrote: of which kind."""
    forwards: Maybe[bool] = UNSET
    """It passes a mail on."""


class Sent(Mail, forbid_unknown_fields=True, kw_only=True, tag="sent"):
    """A mail of yours."""


class Received(Mail, forbid_unknown_fields=True, kw_only=True, tag="received"):
    """A mail of somebody else's."""


class Note(Struct, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="note"):
    """A note of yours."""

    case: Text
    """Under which heading: `Julie <julie@nordik.example>`."""
    text: Text
    """As you write it, without the dash: `2026-11-10 14:30 #promise Send the address due:friday`."""
    at: Maybe[Moment] = UNSET
    """Its time, if the text does not begin with one."""
    seen: Maybe[Moment] = UNSET
    """When it is first seen."""
    gone: Maybe[Moment] = UNSET
    """When it is taken away."""


class Acts(Struct, forbid_unknown_fields=True, kw_only=True):
    """What you do at an instant with what a rule made."""

    sends: Maybe[Names] = UNSET
    """Drafts that you send, by rule or key."""
    ticks: Maybe[Names] = UNSET
    """Tasks that you tick off."""
    edits: Maybe[Names] = UNSET
    """What you change."""
    deletes: Maybe[Names] = UNSET
    """What you delete."""


class Then(Struct, forbid_unknown_fields=True, kw_only=True):
    """What must hold at an instant, after what you do there."""

    at: Moment
    """The instant."""
    states: Maybe[ByRule] = UNSET
    """The state by rule (of all its decisions) or by key; `none`: it has no decision at all."""
    makes: Maybe[Names] = UNSET
    """All that has been made since the `then` before, by rule or key; `[]`: nothing."""
    takes_back: Maybe[Names] = UNSET
    """All that has been withdrawn since the `then` before, likewise."""
    text: Maybe[dict[str, str | list[str]]] = UNSET
    """What must stand in the text or title, by rule or key."""
    due: Maybe[dict[str, Moment]] = UNSET
    """The date that it shows, by rule or key."""
    why: Maybe[dict[str, str]] = UNSET
    """A part of the reason, by rule or key."""
    user: Maybe[Acts] = UNSET
    """What you do before all this is looked at."""


RECORDS: tuple[type, ...] = (Meeting, Sent, Received, Note, Then, Acts)


def example(kinds: Iterable[str]) -> type[Struct]:
    """Return the record of an example whose events may be of the kinds that plugins add, too."""
    known = (Meeting, Sent, Received, Note)
    further = sorted(set(kinds) - {"meeting", "sent", "received", "note"})
    event = one_of([*known, *map(_of_plugin, further)])
    profile = record("ProfileOfExample", keys_of(ProfileTable, partly=True))
    keys = {
        "name": Key(str, "What it shows.", needed=True),
        "config": Key(str, "Rules or overrides for this example alone, as TOML."),
        "profile": Key(profile, "Over the neutral user: America/Toronto, the holidays of Quebec, English."),
        "events": Key(list_of(event), "What happens, in any order."),
        "then": Key(Annotated[list[Then], Meta(min_length=1)], "What must hold, in any order.", needed=True),
    }
    return record("Example", keys, about="An example, played with a fixed clock: `followup test`.")


def _of_plugin(kind: str) -> type[Struct]:
    return record(f"Event:{kind}", {}, about="An event of a plugin's kind.", bases=(Planned,), tag=kind)
