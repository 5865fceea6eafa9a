"""Which duty a person means by a word: its key, a case and a rule, or a case that has only one thing open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.cli import casebook, shared
from followup_rules.cli.case_names import named, unclear
from followup_rules.cli.casebook import CaseFile
from followup_rules.codes import Code
from followup_rules.config.read import Config
from followup_rules.engine.parts import name_of_part, names_of_parts, of_part, with_part
from followup_rules.model import Decision, Problem, State
from followup_rules.sentences import Sentence
from followup_rules.store.store import Store
from followup_rules.texts.plurals import listed
from followup_rules.tick.run import Report, every_case, preview
from followup_rules.toml.suggestions import expected

OPEN = (State.DUE, State.HELD, State.WAITING)
"""The states of a duty about which a person can still say something, the most pressing first."""
_LISTED = 6


class Meant(Struct, frozen=True):
    """A duty, one action of it, or a case as a whole."""

    file: CaseFile
    decision: Decision | None = None
    part: str = ""
    """Which of its actions: `2`, or an id."""

    @property
    def title(self) -> str:
        """What people call it."""
        return title_of(self.decision, self.file, self.part) if self.decision else self.file.name

    @property
    def key(self) -> str | None:
        """By which a note names it; None for a case as a whole."""
        return with_part(self.decision.key, self.part) if self.decision else None


class _Word(Struct, frozen=True):
    """What was typed, taken apart."""

    text: str
    case: str
    rule: str


def find(name: str, config: Config, now: datetime, *, whole_case: bool, as_json: bool) -> tuple[Report, Meant]:
    """Return what a run would find now, and the duty that a person means; if that is not clear, say why and exit.

    `whole_case`: a case alone means all of it, else the one thing that is open in it.
    """
    whole, part = _in_two(name, config)
    report, meant = _duty(whole, config, now, whole_case=whole_case and not part, as_json=as_json)
    if part:
        _check_part(meant, part, config, as_json=as_json)
    return report, replace(meant, part=part)


def _duty(name: str, config: Config, now: datetime, *, whole_case: bool, as_json: bool) -> tuple[Report, Meant]:
    with shared.copy_of(config, as_json=as_json) as copy:
        written = copy.decisions.last_line()
        report = preview(config, copy, now, lambda store, at: _cases(name, store, at, config))
        keys = copy.cases()
        found = [each for each in report.decisions if each.key.casefold() == name.casefold()]
        if found:
            (file,) = casebook.files_of([found[0].case], config, copy, report, written)
            return report, _open_one(found, file, name, as_json=as_json)
        word = _word(name, config)
        fitting = named(word.case, keys, copy, config.profile.timezone)
        if len(fitting) != 1:
            case, _, rule = name.rpartition("/")
            of_case = named(case, keys, copy, config.profile.timezone) if rule and not fitting else []
            wrong = unclear(word.case, fitting, keys, copy, report.now)
            if len(of_case) == 1:
                message = Sentence("there is no rule {rule!r}", rule=rule)
                (file,) = casebook.files_of(of_case, config, copy, report, written)
                hint = expected(rule, config.rulebook.rules.rules) or _hint(file)
                wrong = Problem("DUTY", message, Code.UNKNOWN_NAME, hint=hint, fatal=True)
            shared.give_up([wrong], as_json=as_json)
        (file,) = casebook.files_of(fitting, config, copy, report, written)
    if not word.rule and whole_case:
        return report, Meant(file)
    return report, _chosen(word, file, as_json=as_json)


def title_of(decision: Decision, file: CaseFile, part: str = "") -> str:
    """Return what a duty, or one action of it, is about: the title of what was made for it, else that of its anchor."""
    names = {name_of_part(decision.key, part)} if part else None
    made = (it.action.title for it in file.delivered(decision) if it.action.title and (not names or it.name in names))
    return next(made, "") or decision.visit.anchor.title or decision.visit.anchor.text or decision.rule


def short(decision: Decision, file: CaseFile, part: str = "") -> str:
    """Return by which word a duty can be named: `CASE/RULE`, or its key if the case has several open of that rule.

    `part`: one action of it, `2` or an id.
    """
    same = [each for each in file.decisions if each.rule == decision.rule and each.state in OPEN]
    return with_part(decision.key if len(same) > 1 else f"{file.name}/{decision.rule}", part)


def _in_two(name: str, config: Config) -> tuple[str, str]:
    """Return the word for a duty and the action of it that is named with it, `KEY#2` or `CASE/RULE#ID`; "" if none."""
    whole, part = of_part(name)
    before, sign, after = name.rpartition("#")
    return (before, after) if sign and not part and _word(before, config).rule else (whole, part)


def _check_part(meant: Meant, part: str, config: Config, *, as_json: bool) -> None:
    """Exit, and say why, if a duty has no such action, or it is over."""
    decision = meant.decision
    assert decision is not None, "only a duty has actions"
    names, key = names_of_parts(config.rulebook.rules.rules[decision.rule], decision.key), with_part(decision.key, part)
    if key not in names:
        message = Sentence("{key} names no action", key=key)
        hint: str = Sentence("write one of: {names}", names=listed(names, _LISTED))
        shared.give_up([Problem("DUTY", message, Code.NO_DUTY, hint=hint, fatal=True)], as_json=as_json)
    if name_of_part(decision.key, part) in decision.ended:
        message = Sentence("{key} is over already", key=key)
        shared.give_up([Problem("DUTY", message, Code.NO_DUTY, hint=_hint(meant.file), fatal=True)], as_json=as_json)


def _cases(name: str, store: Store, at: datetime, config: Config) -> Sequence[str]:
    """Return the cases to be judged: the one that is named, all where a key is, for it does not tell of which it is."""
    keys = every_case(store, at)
    fitting = named(_word(name, config).case, keys, store, config.profile.timezone)
    return fitting or keys


def _word(name: str, config: Config) -> _Word:
    case, slash, rule = name.rpartition("/")
    known = {each.casefold(): each for each in config.rulebook.rules.rules}
    return _Word(name, case, known[rule.casefold()]) if slash and rule.casefold() in known else _Word(name, name, "")


def _open_one(found: Sequence[Decision], file: CaseFile, name: str, *, as_json: bool) -> Meant:
    decision = found[0]
    if decision.state not in OPEN:
        message = Sentence("{key} is open no more: {why}", key=name, why=decision.why)
        shared.give_up([Problem("DUTY", message, Code.NO_DUTY, hint=_hint(file), fatal=True)], as_json=as_json)
    return Meant(file, decision)


def _chosen(word: _Word, file: CaseFile, *, as_json: bool) -> Meant:
    """Return the duty of a case that is meant: of its rule, or the only one that asks for something now."""
    of_rule = [each for each in file.decisions if not word.rule or each.rule == word.rule]
    if word.rule:
        open_ = [each for each in of_rule if each.state in OPEN]
    else:
        open_ = [each for each in of_rule if each.state is State.DUE]
    pressing = [each for each in open_ if each.state is State.DUE] or open_
    if len(pressing) != 1:
        shared.give_up([_not_one(word, file, pressing, of_rule)], as_json=as_json)
    return Meant(file, pressing[0])


def _not_one(word: _Word, file: CaseFile, pressing: Sequence[Decision], of_rule: Sequence[Decision]) -> Problem:
    """Return what to tell if nothing, or more than one thing, is open."""
    if pressing:
        message = Sentence("{word!r} fits several things that are open", word=word.text)
        titled = dict.fromkeys(_with_title(decision, file) for decision in pressing)
        hint: str = Sentence("write one of: {names}", names=listed([*titled], _LISTED))
        return Problem("DUTY", message, Code.NO_DUTY, hint=hint, fatal=True)
    over = max(of_rule, key=lambda each: each.visit.start, default=None) if word.rule else None
    if over:
        message = Sentence("nothing of {rule} is open in {case}: {why}", rule=word.rule, case=file.name, why=over.why)
    elif word.rule:
        message = Sentence("{rule} asks nothing in {case}", rule=word.rule, case=file.name)
    else:
        message = Sentence("nothing is due in {case}", case=file.name)
    hint = _hint(file) or expected(word.rule, {each.rule for each in file.decisions})
    return Problem("DUTY", message, Code.NO_DUTY, hint=hint, fatal=True)


def _with_title(decision: Decision, file: CaseFile) -> str:
    """Return by which word a duty can be named, with its title where that is a key, which tells people little."""
    word = short(decision, file)
    titled = Sentence("{word} (“{title}”)", word=word, title=title_of(decision, file))
    return titled if word == decision.key else word


def _hint(file: CaseFile) -> str:
    open_ = [short(each, file) for each in file.decisions if each.state in OPEN]
    return Sentence("open are: {names}", names=listed([*dict.fromkeys(open_)], _LISTED)) if open_ else ""
