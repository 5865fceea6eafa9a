"""What the user changed in the config between two runs: sources and outputs are known by what they are, not by name.

A table that has another name is the same source or output; one with another path or account is another place, where
nothing was deleted by the user. What is known of a table is kept with the state of the runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.config.configured import Configured
from followup_rules.config.read import Config, read_config
from followup_rules.engine.plan import EntryState, LedgerEntry
from followup_rules.host.checked_output import CheckedOutput
from followup_rules.host.failures import failure
from followup_rules.model import NOTICE, Problem
from followup_rules.sentences import Sentence
from followup_rules.store.errors import StoreError
from followup_rules.store.state import Table
from followup_rules.store.store import Store
from followup_rules.texts.plurals import listed
from followup_rules.tick.report import Given
from followup_rules.tick.seen_in_outputs import Outputs


def claim(config: Config, store: Store) -> None:
    """Make the store this config's. Raises StoreError if it is that of another config, which names it still.

    Two configs on one store would each withdraw what the other has made.
    """
    own, state = config.whole_path, store.state.read()
    if state.config == own:
        return
    if state.config and (other := Path(state.config)).exists() and read_config(other).store == config.store:
        message = Sentence("the store {store} is that of another config, {other}", store=config.store, other=other)
        raise StoreError(
            message,
            Sentence("give {file} a store of its own: [store] path; or delete {other}", file=config.file, other=other),
        )
    store.state.write(replace(state, config=own))


def follow_sources(given: Given) -> tuple[set[str], list[Problem]]:
    """Let what is stored of sources follow their tables; return the ids of events that left, and what to tell of it."""
    events, state = given.store.events, given.left
    known, now_there = dict(state.sources), _tables(given.config.sources, state.sources)
    for old, new in _renamed(known, now_there).items():
        events.rename_source(old, new)
        known[new] = known.pop(old)
    problems = []
    for name in sorted(known.keys() & now_there.keys()):
        if known[name] != now_there[name]:
            # A cursor means something to that plugin, in that version and with those options, alone.
            events.forget_cursor(name)
            # A newer plugin may know other options by itself: then the user has changed nothing.
            if known[name].version == now_there[name].version:
                message = Sentence(
                    "it reads another place now, or with other options, so it is read from its beginning"
                )
                problems.append(
                    Problem(f"sources.{name}", message, Code.TABLE_CHANGED, hint=_KNOWN_AGAIN, warning=True)
                )
    left: set[str] = set()
    for name in sorted(known.keys() - now_there.keys()):
        gone = events.leave(name, given.now)
        left |= gone
        message = Sentence(
            "the config no longer names it: {number} entry that lay ahead left with it",
            "the config no longer names it: {number} entries that lay ahead left with it",
            number=len(gone),
        )
        problems.append(Problem(f"sources.{name}", message, Code.TABLE_CHANGED, hint=_STAYS, warning=True))
    if now_there != state.sources:
        given.store.state.write(replace(given.store.state.read(), sources=now_there))
    return left, problems


def unfamiliar_outputs(outputs: Outputs, given: Given) -> frozenset[str]:
    """Return the outputs that may hold what this store does not know: new places, all if a copy was put back."""
    state = given.left
    places = {name: table.place for name, table in _tables(given.config.outputs, state.outputs).items()}
    known = set() if state.restored else {table.place for table in state.outputs.values()}
    return frozenset(name for name in outputs if name in places and places[name] not in known)


def follow_outputs(outputs: Outputs, given: Given) -> Iterator[Problem]:
    """Let the ledger follow the tables of outputs to another name, or to another place; yield what to tell of it."""
    state = given.left
    known, now_there = dict(state.outputs), _tables(given.config.outputs, state.outputs)
    for old, new in _renamed(known, now_there).items():
        if new in known:
            # Under that name stood another place, which the config has no more: what lies there stays there.
            yield from _take_over(new, [(entry, None) for entry in _lying(new, given)], given)
        given.store.ledger.rename_output(old, new)
        given.store.events.rename_source(f"output {old}", f"output {new}")
        known[new] = known.pop(old)
    for name in now_there.keys() - known.keys() - outputs.keys():
        del now_there[name]  # it was never asked what lies there
    for name in sorted(known.keys() & now_there.keys()):
        if known[name].place == now_there[name].place:
            continue
        output = outputs.get(name)
        if output is None:
            now_there[name] = known[name]  # it cannot be asked yet what lies there
            continue
        try:
            # All is asked before anything is noted, so that a place that fails half-way is asked again as a whole.
            found = [(entry, _reference(entry, output)) for entry in _lying(name, given)]
        except Exception as error:  # noqa: BLE001 -- whatever a plugin raises: the next run asks again
            now_there[name] = known[name]
            yield failure(f"outputs.{name}", error)
        else:
            yield from _take_over(name, found, given)
    # A table that is left out for a while is known again, with all that lies there.
    if (remembered := known | now_there) != state.outputs:
        given.store.state.write(replace(given.store.state.read(), outputs=remembered))


def _tables(configured: Iterable[Configured], known: Mapping[str, Table]) -> dict[str, Table]:
    """Return what each table of the config stands for; of one whose plugin is broken, what it stood for before."""
    found = {one.name: Table(one.place, one.version) if one.place else known.get(one.name) for one in configured}
    return {name: table for name, table in found.items() if table}


def _renamed(known: Mapping[str, Table], now_there: Mapping[str, Table]) -> dict[str, str]:
    """Return the new name of each table that only has another one: no other, before or now, stands for the same."""
    # Of two tables for one place nobody can tell which of them was renamed.
    before = [table.place for table in known.values()]
    come = {name: table for name, table in now_there.items() if name not in known or known[name].place != table.place}
    now = {table.place: name for name, table in come.items()}
    return {
        old: now[table.place]
        for old, table in sorted(known.items())
        if old not in now_there and table.place in now and before.count(table.place) == 1
    }


def _entries(name: str, given: Given) -> list[LedgerEntry]:
    """Return the entries of an output; a notice is told once, wherever that was."""
    return [entry for entry in given.store.ledger.of_output(name) if entry.action.type != NOTICE]


def _lying(name: str, given: Given) -> list[LedgerEntry]:
    """Return the entries of what lies in an output, also where a change of it was cut short."""
    return [
        entry
        for entry in _entries(name, given)
        if entry.state is EntryState.DELIVERED or (entry.state is EntryState.INTENDED and entry.op != "create")
    ]


def _take_over(name: str, placed: Sequence[tuple[LedgerEntry, str | None]], given: Given) -> Iterator[Problem]:
    """Note under which reference each action lies in the new place of an output; the old one is left as it is."""
    ledger = given.store.ledger
    for entry, ref in placed:
        ledger.write(_in_new_place(entry, ref))
    entries = _entries(name, given)
    for entry in entries:
        # What the old place refused, the new one may take.
        if entry.state is EntryState.REFUSED:
            ledger.write(replace(entry, retry=None, attempts=0))
    given.store.decisions.make_stale({entry.action.case for entry in entries})
    stayed = [entry for entry, ref in placed if ref is None]
    if stayed:
        yield Problem(f"outputs.{name}", _stayed(stayed), Code.TABLE_CHANGED, hint=_ELSEWHERE, warning=True)


def _reference(entry: LedgerEntry, output: CheckedOutput) -> str | None:
    """Return the reference under which an output has an action now; None if it has not. Raises what `find` raises."""
    # An output that can be reached and does not answer this is an empty place, such as a list yet to be begun.
    with suppress(Exception):
        # The table may name the same place as before in other words, or a copy of it.
        if output.status([entry.ref])[entry.ref].state in ("open", "touched", "done"):
            return entry.ref
    return output.find(entry.marker)


def _in_new_place(entry: LedgerEntry, ref: str | None) -> LedgerEntry:
    if ref is not None:
        return replace(entry, ref=ref)
    # What the user has begun to edit is theirs, and not made a second time.
    state = EntryState.ENDED if entry.touched else EntryState.WITHDRAWN
    return replace(entry, state=state, pending=None, ref="", attempts=0, retry=None)


def _stayed(entries: Sequence[LedgerEntry]) -> str:
    return Sentence(
        "it writes to another place now; {number} action stays in the old one: {keys}",
        "it writes to another place now; {number} actions stay in the old one: {keys}",
        number=len(entries),
        keys=listed([entry.key for entry in entries]),
    )


_STAYS = Sentence("what had taken place stays as evidence; put the table back if that was a slip")
_KNOWN_AGAIN = Sentence(
    "what it shows as before stays as it is; what it no longer shows leaves once it was read to its end"
)
_ELSEWHERE = Sentence(
    "what is still due is made anew, but for what you had edited; delete the old ones if you do not want them"
)
