"""Mail to many, and notices of programs, by what is usual in them where no header of a standard says so.

No sign decides alone but what only programs write. The others are counted, and those of the head and those of the text
must agree: a person who asks to be taken off a list, signs with a company's small print, or passes a newsletter on,
shows one kind of them. The words are in `data/machine-mail.toml`.
"""

from __future__ import annotations

import re
from functools import cache

from followup_rules.mail import own_words
from followup_rules.mail.head import Headers, first
from followup_rules.mail.phrases import any_of, folded, phrases, services

_BEGINNING, _END = 1_200, 3_000
"""In characters: where programs say who writes and how to leave, within what is read of a text."""
_NEAR = 240
"""In characters: how far a link, an address or "here" may stand from the words that speak of leaving."""
_LINK = re.compile(r"https?:|www\.|\S@\S|mailto:|\b(?:here|link|click|ici|lien|cliquez|hier|aqui|enlace|clic)\b")
_MYSELF = re.compile(r"\b(?:me|my|mich|mir|moi|mon|mi)\b"), re.compile(r"^\W{1,3}(?:me|us|mich|uns|moi|nous|my)\b")
"""A person asks to be taken off a list: "please unsubscribe me", "mich bitte abmelden"."""
_WRITTEN_FOR_MACHINES = re.compile(r"[0-9a-z._=#-]*[0-9][0-9a-z._=#-]{14,}")
"""The part of an address before the @ that holds a number of its reader or of its mailing."""
_ENVELOPE = re.compile(r"bounce|\berrors?\b|-return-|(?:^|[-+.])(?:return|owner|request)(?:[-+.=]|$)|\d{6}")
_COMMIT = re.compile(
    r"\s*(?:update of /\S+\s+in directory\b|this is an automated email from the git hooks"
    r"|author: .{1,80} date: .{1,60} new revision:|commit [0-9a-f]{40} )"
)
_UNDISCLOSED = re.compile(r"[\"'<]*undisclosed.?recipients?\b", re.IGNORECASE)
_PIECES = re.compile(r"[._+-]|\d+")
_ENOUGH, _SHORT = 3, 3
_RULE = re.compile(r"^\W{0,4}([-=_*~#+.])\1{14,}", re.MULTILINE)
_ADDRESSES = re.compile(r"https?://", re.IGNORECASE)
_RULES, _LINKS = 3, 12
"""How many lines of signs, and links at both ends of a text, people do not write of themselves."""


def mass_mail(headers: Headers, sender: str, subject: str, text: str) -> str:
    """Return `bulk` or `notice` if the habits of programs show in a mail that answers nobody and comes over no list.

    The text is what its writer wrote of it, as `source.ends` gives it; without one only the head is asked.
    """
    begin, end = folded(text[:_BEGINNING]), folded(text[-_END:])
    if _of_a_mass_mailer(headers):
        return "bulk"
    to_many = all("@" not in value or _UNDISCLOSED.match(value) for value in (*headers["to"], *headers["cc"]))
    head = _of_the_sender(headers, sender, subject) + _of_the_envelope(headers, sender) + to_many
    head += bool(_title().search(folded(subject)))
    by_a_program, unanswerable = (_said(name, begin) or _said(name, end) for name in ("automatic", "no_answer"))
    if head and by_a_program and unanswerable:  # an office says both only of what its program sends
        return "notice"
    automatic = by_a_program or unanswerable
    leaving = _speaks_of_leaving(end) or _speaks_of_leaving(begin) or _said("because", begin) or _said("because", end)
    links = min(len(_ADDRESSES.findall(text)) // _LINKS, 2)
    weak = _said("legal", end) + (len(_RULE.findall(text)) >= _RULES) + links
    in_the_text = 2 * leaving + 2 * automatic + weak
    enough = _ENOUGH + (_bears_a_name(headers, sender) or _is_an_office(sender))
    if head and head + in_the_text >= enough and (in_the_text > 1 or (to_many and head > _ENOUGH)):
        return "bulk" if leaving or not automatic else "notice"
    return ""


def is_automatic(headers: Headers, sender: str, text: str) -> bool:
    """Tell of an answer whether its first words say that a program wrote it, and an office or a program sent it."""
    of_a_program = _is_an_office(sender) or _of_the_envelope(headers, sender)
    # Small print of a help desk, and what is quoted, say it too.
    begin = folded(own_words.opening(text))
    return of_a_program and (_said("automatic", begin) or _said("no_answer", begin))


def is_a_commit(text: str) -> bool:
    """Tell whether a program of version control wrote a text: what was changed, and the lines of it."""
    return bool(_COMMIT.match(folded(text[:_BEGINNING])))


def _of_a_mass_mailer(headers: Headers) -> bool:
    given = phrases("machine-mail")["headers"]
    program = folded(" ".join((first(headers, "x-mailer"), first(headers, "user-agent")))[:300])
    return any(headers[name] for name in given["bulk"]) or bool(_programs().search(program))


def is_a_mailing_role(sender: str) -> bool:
    """Tell of an address whether it is named for what goes to many: `newsletter@`, `jobalert.12@`."""
    local = sender.casefold().partition("@")[0]
    return not {local, *_PIECES.split(local)}.isdisjoint(phrases("machine-mail")["habits"]["roles"])


def _of_the_sender(headers: Headers, sender: str, subject: str) -> int:
    """Count what makes an address a program's or an office's: its name, a host named for mailings, a hiring service."""
    local, _, domain = sender.casefold().partition("@")
    role = is_a_mailing_role(sender) or bool(_WRITTEN_FOR_MACHINES.fullmatch(local))
    # The last two parts are what a firm has registered, and a firm may be called Mailing.
    mailing = not {*domain.split(".")[:-2]}.isdisjoint(phrases("machine-mail")["habits"]["hosts"])
    shown = (first(headers, "from").partition("<")[0], subject)
    of_a_firm = _is_an_office(sender) or any(_names_its_domain(words, domain) for words in shown)
    of_a_service = any(domain == each or domain.endswith(f".{each}") for each in services())
    return role + mailing + of_a_firm + 2 * of_a_service  # the name beside it is the firm's as often as a person's


def _is_an_office(sender: str) -> bool:
    local = sender.casefold().partition("@")[0]
    return not {local, *_PIECES.split(local)}.isdisjoint(phrases("machine-mail")["habits"]["offices"])


def _bears_a_name(headers: Headers, sender: str) -> bool:
    """Tell of an address whether it is that of the person named beside it: `Julie Roy <jroy@nordik.example>`.

    Recruiters write through programs that put their small print below.
    """
    name, (local, _, domain) = first(headers, "from").partition("<")[0], sender.casefold().partition("@")
    return not _names_its_domain(name, domain) and any(
        len(word) >= _SHORT and word in local for word in re.findall(r"[^\W\d_]+", folded(name[:200]))
    )


def _names_its_domain(words: str, domain: str) -> bool:
    """Tell whether a name or a subject is the domain's: "The Motley Fool <Fool@motleyfool.com>"."""
    named = re.sub(r"[^a-z0-9]", "", folded(words[:200]))
    return any(len(part) > _SHORT and part.replace("-", "") in named for part in domain.split(".")[:-1])


def _of_the_envelope(headers: Headers, sender: str) -> bool:
    """Tell whether what comes back goes to a program, not to the writer (RFC 5321, section 4.4; VERP)."""
    backs = (first(headers, name).strip("<>").casefold()[:300] for name in ("return-path", "errors-to"))
    return any(back and back != sender.casefold() and _ENVELOPE.search(back) for back in backs)


def _said(name: str, words: str) -> bool:
    return bool(_phrase(name).search(words))


def _speaks_of_leaving(words: str) -> bool:
    """Tell whether words on leaving a list stand near a link, an address, or a word such as "here"."""
    for match in _phrase("leave").finditer(words):
        before, after = words[max(match.start() - 30, 0) : match.start()], words[match.end() : match.end() + 12]
        near = words[max(match.start() - _NEAR, 0) : match.end() + _NEAR]
        of_myself = _MYSELF[0].search(before) or _MYSELF[1].search(after)
        if _LINK.search(near) and not of_myself:
            return True
    return False


@cache
def _phrase(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_of(map(folded, phrases('machine-mail')['habits'][name]))})")


@cache
def _title() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_of(map(folded, phrases('machine-mail')['habits']['titles']))})(?!\w)")


@cache
def _programs() -> re.Pattern[str]:
    return re.compile(any_of(map(folded, phrases("machine-mail")["habits"]["mailers"])))
