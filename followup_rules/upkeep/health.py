"""Whether all is well: what is there, and what is wrong and what to do about it. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from followup_rules.codes import Code
from followup_rules.config.configured import ConfiguredOutput, ConfiguredSource
from followup_rules.config.read import Config, default_file
from followup_rules.engine.plan import EntryState, LedgerEntry
from followup_rules.hookspecs import Unreadable
from followup_rules.host.secrets import hidden
from followup_rules.model import Problem
from followup_rules.sentences import Sentence, commas, together
from followup_rules.store.errors import StoreError
from followup_rules.store.lock import holder
from followup_rules.store.schema import VERSION
from followup_rules.store.store import Store, open_copy
from followup_rules.texts.plurals import listed
from followup_rules.upkeep import surroundings
from followup_rules.upkeep.audit import Audit, audit
from followup_rules.upkeep.finding import Finding, short, size, span
from followup_rules.upkeep.schedule import installed, name_of
from followup_rules.upkeep.writable import unwritable

SILENCE = timedelta(days=2)
"""After so long without a run something must have stopped."""
MISSED_STARTS = 3
"""So many runs of a schedule may be missing before it counts as stopped..."""
PATIENCE = timedelta(hours=1)
"""... and so long: a computer that slept runs what it missed only some time after it wakes."""
_LISTED = 5
# A key that no action has.
_NOBODY = "followup-doctor"


def examine(config: Config, now: datetime, *, deep: bool = False) -> Iterator[Finding]:
    """Look at everything that a config names, as of `now` (in the user's zone)."""
    rules, guards = len(config.rulebook.rules.rules), len(config.rulebook.rules.guards)
    fact = Sentence(
        "{file}, {rules}, {guards}",
        file=short(config.file),
        rules=Sentence("{number} rule", "{number} rules", number=rules),
        guards=Sentence("{number} guard", "{number} guards", number=guards),
    )
    yield Finding("config", fact, tuple(problem for problem in config.problems if not problem.info))
    yield from surroundings.environment(config, now)
    yield surroundings.lock(config.store)
    starts = installed(name_of(config.file.absolute(), default_file()))
    yield _schedule(starts)
    yield surroundings.files(config)
    if not config.store.exists():
        yield Finding(
            Sentence("store"), Sentence("{path} is not there yet: the first run makes it", path=short(config.store))
        )
        yield from _outputs(config, now)
        return
    try:
        with open_copy(config.store) as copy:
            yield from _of_store(config, copy, now, starts and starts[1], deep=deep)
    except StoreError as error:
        problem = Problem("store", str(error), Code.STORE, hint=error.hint, fatal=True)
        yield Finding(Sentence("store"), short(config.store), (problem,))


def _of_store(config: Config, copy: Store, now: datetime, every: timedelta | None, *, deep: bool) -> Iterator[Finding]:
    store = _store(config.store, copy, deep=deep)
    yield store._replace(problems=store.problems or _unwritable("store", config))
    if store.problems:
        return
    yield _last_run(copy, now, every)
    yield from (_source(source, copy, now) for source in config.sources)
    yield from _outputs(config, now)
    yield _calls(copy, now)
    if deep:
        yield _decisions(config, copy)


# -- what it keeps


def _store(path: Path, copy: Store, *, deep: bool) -> Finding:
    damage = copy.database.damage(deep=deep)
    # SQLite vouches for pages and not for what is written in them: every record is read once.
    for case in () if damage else {*copy.places.cases(), *copy.ledger.cases()}:
        (
            copy.case(case),
            copy.decisions.of(case),
            copy.ledger.pins(case),
            copy.decisions.history(case),
        )  # raises if damaged
    cut_short = path.with_name(f"{path.name}-wal").exists() and holder(path) is None
    values = {"path": short(path), "size": size(path.stat().st_size), "version": VERSION}
    fact: str = Sentence(
        "{path}, {size}, version {version}, damaged" if damage else "{path}, {size}, version {version}, sound", **values
    )
    if cut_short:
        fact = Sentence("{fact}, a run was cut short, and the next one completes it", fact=fact)
    hint = Sentence("put a copy back (followup backup --restore FILE), or move it away: then a new one is begun")
    message = Sentence("{path} is damaged: {damage}", path=path, damage=together(*damage))
    problems = [Problem("store", message, Code.STORE, hint=hint, fatal=True)] if damage else []
    return Finding(Sentence("store"), fact, tuple(problems))


def _schedule(starts: tuple[str, timedelta] | None) -> Finding:
    if starts is None:
        return Finding(
            Sentence("schedule"), Sentence("none of followup's own: `followup schedule --install` makes one")
        )
    kind, every = starts
    return Finding(Sentence("schedule"), Sentence("{kind}, every {span}", kind=kind, span=span(every)))


def _last_run(copy: Store, now: datetime, every: timedelta | None) -> Finding:
    """Tell when the last run was; `every` is how often one should begin, if that is known."""
    last = copy.state.read().last_run
    if last is None:
        return Finding(
            Sentence("last run"), Sentence("none is known"), (_no_runs(Sentence("no run is known yet"), warning=True),)
        )
    shown = last.astimezone(now.tzinfo)
    age = now - last
    # Clocks are set back by some seconds all the time (NTP), and that harms nothing.
    if age < -timedelta(minutes=1):
        message = Sentence(
            "the clock shows {now}, which is before the last run ({last})", now=f"{now:%Y-%m-%d %H:%M}", last=shown
        )
        hint = Sentence("set the clock of this computer; until then nothing that is due by time alone is done")
        return Finding(
            Sentence("last run"),
            Sentence("{last}", last=shown),
            (Problem("clock", message, Code.CLOCK_SET_BACK, hint=hint),),
        )
    fact = Sentence("{shown}, {span} ago", shown=shown, span=span(age))
    if every and age > max(MISSED_STARTS * every, PATIENCE):
        message = Sentence(
            "the last run was {span} ago, and one should begin every {every}", span=span(age), every=span(every)
        )
        return Finding(Sentence("last run"), fact, (_no_runs(message),))
    if every or age < SILENCE:
        return Finding(Sentence("last run"), fact)
    return Finding(
        Sentence("last run"),
        fact,
        (_no_runs(Sentence("the last run was {span} ago: the runs have stopped", span=span(age))),),
    )


def _no_runs(message: str, *, warning: bool = False) -> Problem:
    hint = Sentence(
        "put it on a schedule anew: `followup schedule --install`; `followup run` runs now, and shows what may fail"
    )
    return Problem(Sentence("last run"), message, Code.RUNS_STOPPED, hint=hint, warning=warning)


def _source(source: ConfiguredSource, copy: Store, now: datetime) -> Finding:
    state = copy.events.source(source.name)
    area = f"sources.{source.name}"
    read = (
        Sentence("last read {at}", at=state.pulled.astimezone(now.tzinfo))
        if state.pulled
        else Sentence("never read yet")
    )
    if state.failing is None:
        return Finding(area, read, tuple(_silence(source, copy, now)) if state.pulled else ())
    message = Sentence(
        "cannot be read since {since}; {read}",
        since=state.failing.astimezone(now.tzinfo),
        read=read,
    )
    hint = Sentence("duties that depend on it wait; `followup check` tells what is wrong with it")
    return Finding(area, message, (Problem(area, message, Code.UNUSABLE, hint=hint),))


def _silence(source: ConfiguredSource, copy: Store, now: datetime) -> Iterator[Problem]:
    """Tell of a source that can be read and shows nothing: a path that is no longer written looks just like that."""
    known = copy.state.read()
    since, what = known.news.get(source.name), Sentence("nothing new")
    if since is None and not copy.events.shows(source.name):
        since, what = known.first_run, Sentence("nothing at all")
    if since is None or not source.silence or now - since <= source.silence:
        return
    message = Sentence("it can be read, and has shown {what} for {span}", what=what, span=span(now - since))
    hint = Sentence(
        'is its path still the one that is written? else set how long is usual: silence = "60 days" in its table'
    )
    yield Problem(f"sources.{source.name}", message, Code.SILENT_SOURCE, hint=hint, warning=True)


def _outputs(config: Config, now: datetime) -> Iterator[Finding]:
    for output in config.outputs:
        finding = _output(output, config, now)
        if problems := () if finding.problems else _unwritable(finding.area, config):
            finding = Finding(finding.area, Sentence("cannot be used"), problems)
        yield finding


def _unwritable(area: str, config: Config) -> tuple[Problem, ...]:
    return tuple(problem for problem in unwritable(config) if problem.where == area)


def _output(output: ConfiguredOutput, config: Config, now: datetime) -> Finding:
    """Have the output look for something, which it can only if it is there."""
    area = f"outputs.{output.name}"
    try:
        opened = output.open(config.context(now))
        try:
            # Looking for what cannot be there changes nothing, and needs all that a run needs.
            opened.find(_NOBODY)
        finally:
            opened.close()
    except Exception as error:  # noqa: BLE001 -- whatever a plugin raises is what is wrong
        message = hidden(Sentence("cannot be used: {error}", error=error), config.secrets)
        hint = (
            "" if isinstance(error, Unreadable) else Sentence("mend its table in the config")
        )  # its sentence says what to do
        return Finding(area, Sentence("cannot be used"), (Problem(area, message, Code.UNUSABLE, hint=hint),))
    return Finding(area, Sentence("can be used"))


def _calls(copy: Store, now: datetime) -> Finding:
    begun = copy.ledger.in_state(EntryState.INTENDED)
    ended = copy.ledger.in_state(EntryState.REFUSED, EntryState.DELIVERED)
    refused = [entry for entry in ended if entry.retry]
    problems = []
    if begun:
        message = Sentence(
            "nobody knows yet whether {named} worked, since a run was cut short or an output failed",
            named=_named(begun),
        )
        problems.append(Problem("ledger", message, Code.NOT_WRITTEN, hint=Sentence("the next run looks"), warning=True))
    if refused:
        soonest = min(entry.retry for entry in refused if entry.retry).astimezone(now.tzinfo)
        message = Sentence(
            "refused, and tried again from {soonest} on: {named}",
            soonest=soonest,
            named=_named(refused),
        )
        problems.append(
            Problem("ledger", message, Code.NOT_WRITTEN, hint=Sentence("`followup run` tells why when it tries again"))
        )
    fact = commas(
        Sentence("{number} call without an end", "{number} calls without an end", number=len(begun)),
        Sentence("{number} refused", "{number} refused", number=len(refused)),
    )
    return Finding(Sentence("ledger"), fact, tuple(problems))


def _named(entries: Iterable[LedgerEntry]) -> str:
    return listed([f"{entry.op} {entry.key} ({entry.output})" for entry in entries])


def _decisions(config: Config, copy: Store) -> Finding:
    if copy.state.read().fingerprint != config.fingerprint:
        return Finding(
            Sentence("decisions"), Sentence("not compared: the config has changed since the last run, so run first")
        )
    result = audit(config, copy)
    if result is None:
        return Finding(Sentence("decisions"), Sentence("not compared: no run is known"))
    return Finding(Sentence("decisions"), _agreement(result), tuple(_differences(result)))


def _agreement(result: Audit) -> str:
    differ = len({each.key for each in result.differences})
    agreed = Sentence(
        "{agreeing} of {decisions} of {cases} agree",
        agreeing=result.decisions - differ,
        decisions=Sentence("{number} decision", "{number} decisions", number=result.decisions),
        cases=Sentence("{number} case", "{number} cases", number=result.cases),
    )
    waiting = Sentence("{number} case", "{number} cases", number=len(result.waiting))
    later = Sentence("not compared until the next run: {cases}", cases=waiting) if result.waiting else ""
    return together(agreed, later)


def _differences(result: Audit) -> Iterator[Problem]:
    for difference in result.differences[:_LISTED]:
        message = Sentence(
            "{key} is kept as “{kept}”, and judged from scratch it is “{found}”",
            key=difference.key,
            kept=difference.kept,
            found=difference.found,
        )
        hint = Sentence(
            "this is a fault of followup itself: please report it; any change of the config has all judged anew"
        )
        yield Problem(f"case {difference.case}", message, Code.DISAGREEMENT, hint=hint)
