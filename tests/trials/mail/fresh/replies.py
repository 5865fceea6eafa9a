"""The replies of a file such as `replies-1.toml`, each with what its writer wrote and what they quote.

A file names heads (what a program, in one language, puts between a reply and the quote), letters of people in these
languages, and whole replies. Heads and letters are put together in turn, without chance.
"""

from __future__ import annotations

import re
import textwrap
import tomllib
from collections.abc import Callable, Iterator
from html import escape
from itertools import count
from pathlib import Path
from typing import Any

from msgspec import Struct

from followup_rules.mail import own_words

FOLDER = Path(__file__).parent
_SHORTEST = 6
"""Quoted lines of fewer characters tell nothing."""


class Reply(Struct, frozen=True):
    """One reply, and the truth about it."""

    name: str
    content: bytes
    own: tuple[str, ...]
    """The lines that its writer wrote."""
    quoted: tuple[str, ...]
    plain: bool


class Verdict(Struct, frozen=True):
    """What a reader made of a reply."""

    kept: tuple[str, ...]
    """Quoted lines that it takes for the writer's."""
    lost: tuple[str, ...]
    """The writer's lines, within the beginning that is stored, that it left out."""
    rest: str
    """What it left besides: an attribution, a signature."""


def replies(name: str) -> list[Reply]:
    """Return the replies of a file."""
    given = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
    return [*_put_together(given), *(_whole(each) for each in given["whole"])]


def judged(reply: Reply, found: str) -> Verdict:
    """Compare what a reader found with the truth; of what goes beyond the beginning that is stored only quotes count."""
    rest, left, lost = " ".join(found.split()), own_words.LONGEST - 10, []
    for line in reply.own:
        looked_for = line[: max(left, 0)]
        left -= len(line) + 1
        if looked_for not in rest:
            lost.append(looked_for)
        rest = rest.replace(line if line in rest else looked_for, " ", 1) if looked_for else rest
    kept = tuple(line for line in reply.quoted if len(line) >= _SHORTEST and line in rest)
    for line in kept:
        rest = rest.replace(line, " ")
    return Verdict(kept, tuple(lost), rest.strip() if left > 0 and re.search(r"\w", rest) else "")


def _put_together(given: Any) -> Iterator[Reply]:
    turn = count()
    for head in given["head"]:
        language = head["language"]
        for layout in head["layouts"]:
            number = next(turn)
            own, hers = (_in_turn(given[what][language], number) for what in ("own", "hers"))
            foot = head.get("foot", "") if layout != "h" or number % 2 else ""
            page = given["page"][head["html"]] if layout == "h" else ""
            text = _page(page, head["text"], own, hers, foot) if page else _LAYOUTS[layout](head, own, hers, foot)
            name = f"{head['client']} ({language}), {layout}"
            yield Reply(name, _mail(text, plain=not page), _lines(own), _lines(hers), not page)


def _in_turn(letters: list[str], number: int) -> str:
    return letters[number % len(letters)]


def _lines(letter: str) -> tuple[str, ...]:
    return tuple(" ".join(line.split()) for line in letter.splitlines() if line.strip())


def _head(head: Any) -> str:
    text: str = head["text"]
    if "wrap" not in head:
        return text
    return "\n".join(textwrap.wrap(text, head["wrap"], break_long_words=False, break_on_hyphens=False)) + "\n"


def _quoted(head: Any, hers: str) -> str:
    marks = head.get("marks", "> ")
    return "\n".join(f"{marks}{line}".rstrip() for line in hers.splitlines())


def _above(head: Any, own: str, hers: str, foot: str) -> str:
    given = _head(head)
    between = "" if given.endswith(("> ", "\ufeff")) else "\n"
    quoted = _quoted(head, hers)
    return f"{own}\n\n{foot}\n\n{given}{between}{quoted.removeprefix('> ') if not between else quoted}\n"


def _below(head: Any, own: str, hers: str, foot: str) -> str:
    return _above(head, "", hers, "").lstrip("\n") + f"\n{own}\n\n{foot}\n"


def _between(head: Any, own: str, hers: str, foot: str) -> str:
    first, _, rest = hers.partition("\n")
    answer, _, more = own.partition("\n\n")
    begun = _above(head, "", first, "").strip("\n")
    return f"{begun}\n\n{answer}\n\n{_quoted(head, rest)}\n\n{more}\n\n{foot}\n"


_LAYOUTS: dict[str, Callable[[Any, str, str, str], str]] = {"a": _above, "b": _below, "i": _between}


def _page(page: str, head: str, own: str, hers: str, foot: str) -> str:
    """Fill a page: `{own:p class="x"}` stands for each line in such an element, `{head:b}` for lines with bold labels."""
    letters = {"own": own, "hers": hers, "foot": foot, "head": _bare(head)}

    def filled(match: re.Match[str]) -> str:
        lines, element = letters[match[1]].splitlines(), match[2]
        if match[1] == "head" and element == "b":
            return "<br>".join(re.sub(r"^([^:&]{1,20}:)", r"<b>\1</b>", escape(line, quote=False)) for line in lines)
        if not element:
            return "<br>".join(escape(line) for line in lines)
        tag = element.split()[0]
        return "".join(f"<{element}>{escape(line) or '<br>'}</{tag}>" for line in lines)

    return re.sub(r"\{(own|hers|foot|head):([^{}]*)\}", filled, page)


def _bare(head: str) -> str:
    lines = [line.removeprefix("> ").strip("\ufeff \t") for line in head.splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("____"))


def _mail(text: str, *, plain: bool) -> bytes:
    kind = "plain" if plain else "html"
    head = f"From: Camille <camille@example.org>\nSubject: Re: Production lead\nContent-Type: text/{kind}; charset=utf-8\n\n"
    return (head + text).encode()


def _whole(given: Any) -> Reply:
    """Return a reply whose own words stand between two `¶`, and whose quoted ones between two `§`."""
    own, quoted = (
        tuple(line for piece in re.findall(f"{mark}([^{mark}]*){mark}", given["text"]) for line in _lines(piece))
        for mark in "¶§"
    )
    return Reply(given["name"], _mail(re.sub("[¶§]", "", given["text"]), plain=True), own, quoted, plain=True)
