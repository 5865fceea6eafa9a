"""The questions that packs bring for `followup debrief`: `questions.toml` beside their rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from followup_rules.codes import Code
from followup_rules.config.read import Config, read_document
from followup_rules.hookspecs import Pack
from followup_rules.language.tags import Tags
from followup_rules.model import LANGUAGES, Problem
from followup_rules.sentences import Sentence
from followup_rules.toml import values
from followup_rules.toml.values import Value

QUESTIONS = "questions.toml"
_MARK = ("tag", "repeat", "detail")
_DETAIL = ("key", "date", *LANGUAGES)


class Detail(Struct, frozen=True):
    """A value to ask for, and how it is asked, by language."""

    asks: Mapping[str, str]
    key: str = ""
    """Of the value in the note; "": the answer is the note's own text."""
    date: bool = False
    """The answer is a day."""


class Question(Struct, frozen=True):
    """What is asked, the tag of the note that an answer becomes, and what is asked besides once there is one."""

    tag: str
    answer: Detail
    repeat: bool = False
    """It is asked again until nothing more comes."""
    details: tuple[Detail, ...] = ()


def questions(config: Config) -> tuple[tuple[Question, ...], list[Problem]]:
    """Return the questions of all packs of a config, in their order, and what is wrong with any."""
    problems: list[Problem] = []
    packs = config.ingredients.packs if config.ingredients else ()
    tags = config.rulebook.rules.world.tags
    return tuple(each for pack in packs for each in _of_pack(pack, tags, problems)), problems


def _of_pack(pack: Pack, tags: Tags, problems: list[Problem]) -> Iterator[Question]:
    name = f"{pack.name}/{QUESTIONS}"
    file = Path(pack.folder) / QUESTIONS
    if not file.exists():  # most packs ask nothing
        return
    document = read_document(file, name, hint=Sentence("reinstall the pack"))
    if isinstance(document, Problem):
        problems.append(document)
        return
    top = Value(document.tables, document, (), problems)
    for key in top.known_keys(("question",)):
        for table in top.child(key).items():
            if table.is_a(dict) and (question := _question(table, tags)):
                yield question


def _question(table: Value, tags: Tags) -> Question | None:
    """Read a table `[[question]]`, reporting what is wrong with it; None if it cannot be asked."""
    given = {key: table.child(key) for key in table.known_keys((*_MARK, *_DETAIL))}
    tag = values.string(given["tag"]) if "tag" in given else _missing(table, "tag")
    answer = _detail(table, given)
    details = [each for each in given["detail"].items() if each.is_a(dict)] if "detail" in given else []
    read = [_detail(each, {key: each.child(key) for key in each.known_keys(_DETAIL)}) for each in details]
    repeat = values.boolean(given["repeat"]) if "repeat" in given else False
    if tag is not None and not tags.known(tag):
        given["tag"].report(
            Sentence("no rule knows the tag #{tag}", tag=tag), code=Code.UNKNOWN_TAG, hint=tags.nearest(tag)
        )
        return None
    if tag is None or answer is None or None in read:
        return None
    return Question(tag, answer, bool(repeat), tuple(each for each in read if each is not None))


def _detail(table: Value, given: Mapping[str, Value]) -> Detail | None:
    asks = {name: text for name in LANGUAGES if name in given and (text := values.string(given[name]))}
    key = values.string(given["key"]) if "key" in given else ""
    date = values.boolean(given["date"]) if "date" in given else False
    if not asks:
        _missing(table, Sentence("the question in a language ({names})", names=", ".join(LANGUAGES)))
    return Detail(asks, key or "", bool(date)) if asks and key is not None else None


def _missing(table: Value, what: str) -> Any:
    table.report(
        Sentence("{name} is missing", name=what), code=Code.MISSING, hint=Sentence("see docs/rules.md, Packs"), at="key"
    )
    return None
