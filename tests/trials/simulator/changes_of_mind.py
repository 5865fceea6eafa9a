"""What the user changes their mind about between two runs: names, places, zone, rules, the store, the clock.

None of it may double or lose anything that the outputs show; see docs/reliability.md for what is lost with a store.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.engine.plan import EntryState

from .choice import Chance
from .memory import Desk
from .session import Session
from .world import Table

SOURCES, OUTPUTS = ("calendar", "notes", "sent"), ("drafts", "tasks")
RENAMED = ("nudge", "nudge-again", "wind-down", "meet-again", "each-thanked", "look-back")
"""Rules that the user renames, among them some that other rules name."""


class ChangeOfMind(Struct, frozen=True):
    """One thing that the user does to the setting."""

    what: str
    do: Callable[[Session, Chance], None]


def rename_a_table(session: Session, chance: Chance) -> None:
    """Call a source or an output something else, or what it was called before."""
    kind = chance.one((*SOURCES, *OUTPUTS))
    _set(session, kind, name=chance.one((kind, f"my-{kind}", f"{kind}-at-home")))


def move_a_source(session: Session, chance: Chance) -> None:
    """Move a calendar, notes or mail elsewhere, or give other options: it shows what it showed before."""
    kind = chance.one(SOURCES)
    _set(session, kind, place=chance.one((f"{kind}-0", f"{kind}-1", f"{kind}-2")))


def move_without_files(session: Session, chance: Chance) -> None:
    """Name another place for a source, at which nothing lies before the files are brought there, too."""
    kind = chance.one(SOURCES)
    _set(session, kind, place=f"{kind}-{session.world.fresh()}")
    session.world.failing = frozenset({kind})


def move_an_output(session: Session, chance: Chance) -> None:
    """Move an output with all that lies in it; what was deleted since the last run cannot be told from what never was."""
    kind = chance.one(OUTPUTS)
    desk, place = session.desks[kind], f"{kind}-{session.world.fresh()}"
    _forget(session, [desk], {entry.marker for entry in session.store.ledger.of_output(_name(session, kind))
                                      if entry.state is EntryState.DELIVERED})  # fmt: skip
    del session.places[desk.place]
    desk.place = place
    session.places[place] = desk
    _set(session, kind, place=place)


def point_an_output_elsewhere(session: Session, chance: Chance) -> None:
    """Let an output write to another place, new or known from before, and leave behind what lies in the old one."""
    kind = chance.one(OUTPUTS)
    before = [place for place in session.places if place.startswith(kind)]
    _set(session, kind, place=chance.one((f"{kind}-{session.world.fresh()}", *before)))


def new_provider(session: Session, chance: Chance) -> None:
    """Change the mail provider: another name and place for the mail that was taken along, other folders of drafts."""
    _set(session, "sent", name=chance.one(("sent", "new-mail")), place=f"sent-{session.world.fresh()}")
    _set(session, "drafts", place=f"drafts-{session.world.fresh()}")


def rename_a_rule(session: Session, chance: Chance) -> None:
    """Call a rule something else, or what it was called before."""
    renamed = session.world.knobs.renamed ^ {chance.one(RENAMED)}
    _turn(session, renamed=renamed)


def change_per(session: Session, chance: Chance) -> None:
    """Let a rule hold once for each case, or for each day."""
    _turn(session, per=chance.one(("case", "day")))


def move_between_layers(session: Session, chance: Chance) -> None:
    """Move one's rules into a file of their own, or back."""
    _turn(session, apart=not session.world.knobs.apart)


def move_abroad(session: Session, chance: Chance) -> None:
    """Move from Montréal to Paris, or back."""
    zone, holidays = chance.one((("America/Toronto", "CA-QC"), ("Europe/Paris", "FR")))
    _turn(session, zone=zone, holidays=holidays)


def copy_the_store(session: Session, chance: Chance) -> None:
    """Make a copy of the store."""
    session.copy_store()
    session.world.tell("the store is copied")


def put_the_copy_back(session: Session, chance: Chance) -> None:
    """Put the last copy of the store back; what was deleted since may be made once more."""
    if session.copy is None:
        return
    session.world.tell(f"the copy of tick {session.copied_at} is put back")
    session.put_back()
    items = [item for desk in session.places.values() for item in desk.items.values()]
    _forget(session, session.places.values(), {item.action.key for item in items})
    # Made by a clock that was ahead: once it is due, nobody looks for it any more.
    ahead = {item.action.key for item in items if item.action.due and item.action.due > session.world.clock}
    _forget(session, session.places.values(), ahead, state="done")


def set_the_clock(session: Session, chance: Chance) -> None:
    """Set the clock of the machine ahead or back, by up to a month."""
    session.world.skew = timedelta(days=chance.one((-2, 2, 9, 31)))
    session.world.tell(f"the clock is off by {session.world.skew}")


def leave_half_written(session: Session, chance: Chance) -> None:
    """Leave a file half-written, so that its source cannot be read at the next run."""
    session.world.failing = frozenset({chance.one(SOURCES)})
    session.world.tell(f"half-written: {', '.join(session.world.failing)}")


def _forget(session: Session, desks: Iterable[Desk], keys: Collection[str], state: str = "gone") -> None:
    """Let what the user has deleted (or ticked), of some keys, be made once more: no run can know that it was."""
    sent = {mail.key for mail in session.world.picture.mails.values()}
    for desk in desks:
        for item in desk.items.values():
            key = item.action.key
            if item.state == state and key in keys and key not in sent:
                desk.taken[key] = desk.taken.get(key, 0) + 1


def _name(session: Session, kind: str) -> str:
    table: Table = getattr(session.world.knobs, kind)
    return table.name


def _set(session: Session, kind: str, **fields: str) -> None:
    table: Table = getattr(session.world.knobs, kind)
    _turn(session, **{kind: replace(table, **fields)})


def _turn(session: Session, **fields: object) -> None:
    session.world.knobs = replace(session.world.knobs, **fields)
    session.world.tell(f"changed: {', '.join(f'{name}={value}' for name, value in fields.items())}")


CHANGES_OF_MIND = (
    ChangeOfMind("rename a source or an output", rename_a_table),
    ChangeOfMind("move a source, or change its options", move_a_source),
    ChangeOfMind("move an output with what lies in it", move_an_output),
    ChangeOfMind("point an output elsewhere", point_an_output_elsewhere),
    ChangeOfMind("change the mail provider", new_provider),
    ChangeOfMind("rename a rule", rename_a_rule),
    ChangeOfMind("change `per` of a rule", change_per),
    ChangeOfMind("move rules between layers", move_between_layers),
    ChangeOfMind("move abroad", move_abroad),
    ChangeOfMind("copy the store", copy_the_store),
    ChangeOfMind("put the copy back", put_the_copy_back),
    ChangeOfMind("set the clock", set_the_clock),
    ChangeOfMind("leave a file half-written", leave_half_written),
    ChangeOfMind("move a source without its files", move_without_files),
)
