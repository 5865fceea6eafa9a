"""Which mail no person wrote, and of what kind it is.

By the standards first: reports (RFC 3464, 8098), answers to invitations (RFC 5546, 6047), Auto-Submitted (RFC 3834),
the headers of lists (RFC 2369, 2919, 8058); then by what programs are known to write, from `data/machine-mail.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cache

from followup_rules.mail import habits, subjects
from followup_rules.mail.head import Headers, first
from followup_rules.mail.phrases import any_of, folded, phrases
from followup_rules.people import is_human, person

HEADERS = (
    "Auto-Submitted", "Content-Class", "Content-Type", "List-Id", "List-Post", "List-Unsubscribe", "Mailing-List",
    "Precedence", "Return-Path", "Sender", "X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond", "X-BeenThere",
    "X-Failed-Recipients", "X-Google-Group-Id", "X-Mailing-List",
)  # fmt: skip
"""Those that tell most, for a service that is asked for headers by name."""
_KINDS = ("receipt", "bounce", "reply", "notice")
"""In which subjects are looked for: a bounce's `Delivery Status Notification (Success)` is a receipt."""
_LONGEST = 1_000
_COMMENT = re.compile(r"\([^()]*\)")
_NO = frozenset({"", "no", "none", "false", "0"})
_ANSWER = re.compile(r"\btext/calendar\b.*\bmethod\s*=\s*\"?(?:reply|counter|declinecounter|cancel|refresh)\b")
_REPORT = re.compile(r"\bmultipart/report\b")
_DELIVERY = re.compile(r"\breport-type\s*=\s*\"?(?:global-)?delivery-status\b|\bmessage/(?:global-)?delivery-status\b")
_READING = re.compile(
    r"\breport-type\s*=\s*\"?disposition-notification\b|\bmessage/(?:global-)?disposition-notification\b"
)
_CALENDAR = re.compile(r"\btext/calendar\b|\bapplication/ics\b")
_OUTLOOKS_CLASS = "calendarmessage"
"""What Exchange says in Content-Class of the answers to its invitations: `urn:content-classes:calendarmessage`."""
_TIME = re.compile(r"\b20\d\d\b.{0,12}\d(?::\d\d)? ?(?:[ap]m)? ?- ?\d.*\)$")
"""When a meeting is, and who answers, as Google writes it at the end of a subject."""
_OWNER = re.compile(r"\b(?:owner-[^@]+|listmaster|[^@\s<]+-(?:owner|request|admin|bounces))@")
_LIST_OWNER = re.compile(
    r"\b(?:owner|bounce)-([^@\s<]+?)(?:-\d+)?@|(?<![^\s<])([^@\s<]+?)-(?:owner|request|admin|bounces?|return)\b"
)
_ADDRESS = re.compile(r"[^\s<>,;:\"]+@[^\s<>,;:\"]+")
_DIGEST = re.compile(r"\bdigest,? vol(?:ume)?\.? \d")


def kind(headers: Headers, sender: str, subject: str, types: Collection[str] = (), text: str | None = None) -> str:
    """Return what kind of machine mail this is; nothing if a person wrote it.

    `reply` (out of office and the like), `bounce`, `receipt` (read, delivered), `calendar` (accepted, declined,
    cancelled, another time proposed), `bulk` (newsletters), `notice` (from an address that takes no answer, a ticket).
    Mail of the user's own is judged alike: the notice that they are away is a `reply`. What people write on a list is
    theirs. The types are those of all parts, as `source.types` gives them; without them the headers must do. A text,
    as `source.ends` gives it, lets what is usual in mail to many tell as well; mail of the user's own has none.
    """
    # Without the types of all parts, that of the whole must do: for a report and for an answer it is enough.
    known = [value[:_LONGEST].casefold() for value in types or headers["content-type"]]
    told = folded(subject[:_LONGEST])
    found = _report(known, told) or ("calendar" if any(_ANSWER.search(value) for value in known) else "")
    if found:
        return found
    automatic = _automatic(headers)
    # A person who is known to have written may use any words.
    if automatic == "no":
        return ""
    return (
        # From the surest sign to the least: what says of itself what it is, before what only a list or a habit tells.
        _by_subject(headers, told, known, automatic=automatic != "", whole=bool(types))
        or _perhaps(headers, told, sender, automatic)
        or _by_sender(headers, sender)
        or ("reply" if automatic in ("auto-replied", "auto_reply") else "")
        or _list(headers, sender, subject, automatic=automatic != "")
        or ("notice" if automatic or _is_a_programs(headers, sender) else "")
        or ("bulk" if _senders("feed").search(_local(sender)) else "")
        or (_by_habit(headers, sender[:_LONGEST], subject, text) if text is not None else "")
    )


def _report(known: Iterable[str], subject: str) -> str:
    """Tell of a report on a mail (RFC 6522) which it is; a delivery that succeeded is told by the subject."""
    found = ""
    for value in known:
        if _READING.search(value):
            return "receipt"
        if _DELIVERY.search(value):
            words = _subjects("receipt")
            return (
                "receipt"
                if (words and words.match(subject)) or _phrase("receipt", "of_a_report").match(subject)
                else "bounce"
            )
        # Its parts, which follow, say of what kind it is where report-type is missing.
        found = found or ("notice" if _REPORT.search(value) else "")
    return found


def _automatic(headers: Headers) -> str:
    """Return what the headers say of how the mail came about; `no`: a person wrote it (RFC 3834, section 5)."""
    # Comments may stand before and after the value, parameters after it (RFC 3834, section 5).
    told = _COMMENT.sub(" ", first(headers, "auto-submitted").casefold()[:_LONGEST]).strip()
    submitted = re.split(r"[\s;(]", told, maxsplit=1)[0]
    if submitted:
        return submitted
    names = phrases("machine-mail")["headers"]["reply"]
    if any(first(headers, name).casefold() not in _NO for name in names):
        return "auto-replied"
    if first(headers, "precedence").casefold() == "auto_reply":
        return "auto_reply"
    return "null return-path" if first(headers, "return-path") == "<>" else ""


def _by_subject(headers: Headers, subject: str, known: Collection[str], *, automatic: bool, whole: bool) -> str:
    bare = subject if _is_a_discussion(headers) else subjects.bare(subject)  # on a list, people write of bounces
    found = next((kind for kind in _KINDS if _subjects(kind).match(subject) or _subjects(kind).match(bare)), "")
    if found:
        return found
    multipart = any(value.startswith("multipart/") for value in known)  # without a type it is a text (RFC 2045, 5.2)
    may_hold_one = any(_CALENDAR.search(value) for value in known) or (multipart and not whole) or automatic
    of_a_meeting = _OUTLOOKS_CLASS in first(headers, "content-class").casefold() or _TIME.search(subject)
    if (may_hold_one or of_a_meeting) and _phrase("calendar", "of_a_calendar").match(subject):
        return "calendar"
    return "receipt" if automatic and _phrase("receipt", "of_a_report").match(subject) else ""


def _perhaps(headers: Headers, subject: str, sender: str, automatic: str) -> str:
    """Tell by a subject that a person may write, too, beside a header or a sender that is no proof by itself."""
    signs = phrases("machine-mail")["headers"]["perhaps_reply"]
    if _tells_of_its_sender(subject, headers, sender):
        return "reply"
    sign = automatic or any(headers[name] for name in signs)
    if automatic and _phrase("reply", "with_a_sign", ending=r"\b").match(subject):
        return "reply"
    if sign and _phrase("reply", "with_a_sign").match(subject):
        return "reply"
    by_postmaster = headers["x-failed-recipients"] or _senders("perhaps_bounce").search(_local(sender))
    return (
        "bounce"
        if (automatic or by_postmaster) and _phrase("bounce", "with_a_sign", ending=r"\b").match(subject)
        else ""
    )


def _tells_of_its_sender(subject: str, headers: Headers, sender: str) -> bool:
    """Tell of a subject such as "Paul Meyer is out of the office." whether it speaks of who sends it (Lotus Notes)."""
    found = _absent().search(subject)
    whose = folded(first(headers, "from")[:_LONGEST]) + " " + _local(sender)
    return found is not None and found[1] in re.split(r"[^\w]+", whose)


def _by_sender(headers: Headers, sender: str) -> str:
    local = _local(sender)
    if _senders("bounce").search(local):
        return "bounce"
    empty = first(headers, "return-path") == "<>" or bool(first(headers, "x-failed-recipients"))
    return "bounce" if empty and _senders("perhaps_bounce").search(local) else ""


def _list(headers: Headers, sender: str, subject: str, *, automatic: bool) -> str:
    """Tell mail to many (RFC 2369, 8058) from what a person writes on a list, or answers through a service."""
    post = first(headers, "list-post").casefold()
    answers = headers["in-reply-to"] or headers["references"]  # a newsletter answers nobody
    if answers and first(headers, "precedence").casefold() == "junk":  # as notices of absence had it before RFC 3834
        return "reply"
    # Recruiting services put the headers of lists on what people answer through them.
    if answers and not _takes_no_answer(sender):
        return ""
    digest = not subjects.is_reply(subject) and _DIGEST.search(folded(subject[:_LONGEST]))
    if digest and (post or headers["list-id"] or headers["precedence"]):
        return "bulk"
    if _is_announced(headers) and not subjects.is_reply(subject):
        return "bulk"
    if _is_posted(headers, sender, by_a_stranger=True):
        return ""
    to_many = headers["list-unsubscribe"] or headers["list-unsubscribe-post"] or post
    posted = _OWNER.search(folded(first(headers, "sender")[:_LONGEST]))  # lists from before these standards
    marked = first(headers, "precedence").casefold() in ("bulk", "junk") and not posted and not automatic
    return "bulk" if to_many or marked else ""


def _by_habit(headers: Headers, sender: str, subject: str, text: str) -> str:
    """Tell by what is usual, in mail that answers nobody, passes nothing on, and that nobody posted on a list.

    What answers is a program's only if it says so itself.
    """
    if habits.is_a_commit(text) or _is_an_account(headers, sender):
        return "notice"
    if headers["in-reply-to"] and habits.is_automatic(headers, sender, text):
        return "notice"
    if headers["in-reply-to"] or headers["references"] or subjects.is_reply(subject) or subjects.is_forward(subject):
        return ""
    return "" if _is_posted(headers, sender) else habits.mass_mail(headers, sender, subject, text)


def _is_an_account(headers: Headers, sender: str) -> bool:
    """Tell of an address such as `root@` whether the machine writes: nobody gives their name beside it."""
    given, local = phrases("machine-mail")["senders"], _local(sender)
    written = folded(first(headers, "from")[:_LONGEST])
    shown = re.sub(r"\S*@\S*|[\"'()<>]", " ", written).strip()
    return local in given["accounts"] and shown in {"", local, *map(folded, given["account_names"])}


def _is_a_discussion(headers: Headers) -> bool:
    """Tell whether a mail came over a list to which people write (RFC 2369, section 3.4)."""
    names = phrases("machine-mail")["headers"]["discussion"]
    return "mailto:" in first(headers, "list-post").casefold() or any(headers[name] for name in names)


def _lists(headers: Headers) -> set[str]:
    """Return the names of the lists that a mail came over, by those to whom it would come back."""
    backs = " ".join(first(headers, name) for name in ("return-path", "sender", "errors-to")).casefold()[:_LONGEST]
    return {name for match in _LIST_OWNER.finditer(backs) for name in match.groups() if name}


def _is_announced(headers: Headers) -> bool:
    """Tell of a list by its name whether only its owner writes: `<announce.example.org>` (RFC 2919, section 3)."""
    ident, itself = first(headers, "list-id").rpartition("<")[2], first(headers, "x-beenthere")
    names = {ident.partition(".")[0], itself.partition("@")[0]}
    return any(_announcing().search(folded(name[:_LONGEST])) for name in names | _lists(headers) if name)


def _is_posted(headers: Headers, sender: str, *, by_a_stranger: bool = False) -> bool:
    """Tell whether somebody wrote this on a list.

    By its headers; else its address stands in To, and it or its owner in the envelope. A newsletter's role may do both,
    and the owner's own people; a stranger is of another domain than the list.
    """
    if _is_a_discussion(headers):
        return True
    if habits.is_a_mailing_role(sender):
        return False
    to = set(_ADDRESS.findall(" ".join((*headers["to"], *headers["cc"])).casefold()[:_LONGEST]))
    itself = {*_ADDRESS.findall(first(headers, "sender").casefold()[:_LONGEST])} - {sender.casefold()}
    lists = _lists(headers) - {_local(sender)}
    # The last two labels are, roughly, the organization.
    own = ".".join(sender.casefold().rpartition("@")[2].split(".")[-2:])
    through = [each for each in to if each in itself or each.partition("@")[0] in lists]
    return any(not by_a_stranger or not each.endswith(own) for each in through)


def _is_a_programs(headers: Headers, sender: str) -> bool:
    """Tell by who sends it, by where an answer would go (RFC 5322, section 3.6.2), or by what a list says of itself."""
    names = phrases("machine-mail")["headers"]
    of_a_list = any(headers[name] for name in names["discussion"]) and _OWNER.search(f"{_local(sender)}@")
    reports = any(headers[name] for name in names["notice"])
    return bool(of_a_list or reports or _takes_no_answer(sender) or _takes_no_answer(first(headers, "reply-to")))


def _takes_no_answer(sender: str) -> bool:
    local = _local(sender)
    someone = person(sender)
    alone = phrases("machine-mail")["senders"]["notice_alone"]
    return local in alone or bool(_senders("notice").search(local)) or (someone is not None and not is_human(someone))


def _local(sender: str) -> str:
    """Return what stands before the @ of an address, or of what a From header gives that is none."""
    return folded(sender.rpartition("<")[2].partition("@")[0][:200].rstrip(">"))


@cache
def _announcing() -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of(map(folded, phrases('machine-mail')['lists']['announcing']))})(?:-list|-l)?$")


@cache
def _absent() -> re.Pattern[str]:
    words = any_of(map(folded, phrases("machine-mail")["subjects"]["reply"]["of_the_sender"]))
    return re.compile(rf"(?:^|\] ?)(?:auto: )?(\w{{2,40}})\b[^:]{{0,80}} (?:{words})[.! ]*$")


@cache
def _senders(kind: str) -> re.Pattern[str]:
    names = any_of(map(folded, phrases("machine-mail")["senders"][kind])).replace(r"\-", "[._-]?")
    return re.compile(rf"(?:^|[._+-])(?:{names})(?:$|[._+\d-])")


@cache
def _subjects(kind: str) -> re.Pattern[str]:
    given = phrases("machine-mail")["subjects"][kind]
    way = {"before_colon": r"(?:{}) ?:", "whole": r"(?:{})[.! ]*$", "begins": r"(?:{})", "holds": r".*?(?:{})"}
    ways = [way[name].format(any_of(map(folded, given[name]))) for name in way if name in given]
    return re.compile("|".join(ways))


@cache
def _phrase(kind: str, name: str, ending: str = r"(?: ?:|[.! ]*$)") -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of(map(folded, phrases('machine-mail')['subjects'][kind][name]))}){ending}")
