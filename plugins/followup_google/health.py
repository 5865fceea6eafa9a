"""What Google really answers for an account: `followup doctor --google`, and what `followup check` asks of it.

In full it tells nothing private: labels, counts, names of headers; no subject, text, title, address or id.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from followup_google import CalendarOptions, DraftsOptions, GmailOptions, GoogleOptions, TasksOptions, send_as
from followup_google.letters import DRAFT, SCHEDULED, SENT, WANTED, headers
from followup_google.service import CALENDAR, DRAFTS, MAIL, TASKS, Service
from followup_google.shown import SEAL
from followup_rules import Fact, Profile, Unreadable
from followup_rules.mail.draft import KEY
from followup_rules.mail.head import first
from followup_rules.sentences import Sentence, changed, commas

_SYSTEM_LABELS = frozenset({SENT, SCHEDULED, DRAFT, "INBOX", "SPAM", "TRASH", "UNREAD", "STARRED", "IMPORTANT", "CHAT"})
_ADDRESS = re.compile(r"[^\s@<>()\[\]]+@[^\s@<>()\[\],;:]+")
_PAGE = 100


def examine(tables: Mapping[str, Any], profile: Profile, everything: bool) -> Iterator[Fact]:
    """Yield what is wrong with the tables that use Google or, on demand, all that it tells of them."""
    for table, options in tables.items():
        if isinstance(options, DraftsOptions) and not everything:
            yield from filter(None, [sender(table, options, profile)])
        elif isinstance(options, GoogleOptions) and everything:
            concern = sender(table, options, profile) if isinstance(options, DraftsOptions) else None
            yield from map(_without_addresses, [*_all(table, options, profile), *filter(None, [concern])])


def sender(table: str, options: DraftsOptions, profile: Profile) -> Fact | None:
    """Return what is wrong with the address that drafts are from, or nothing; so it is where Gmail does not tell."""
    try:
        service = Service(MAIL, options, profile)
        address = send_as.written_from(service.account, profile)
        may = send_as.may_send(service, address)
    except Unreadable:  # whatever keeps it from being asked is told by what uses it
        return None
    return (
        None
        if may
        else Fact(
            table,
            Sentence("from {address}", address=address),
            Sentence("drafts are from {address}, and {rewritten}", address=address, rewritten=_REWRITTEN),
            _HINT,
        )
    )


_REWRITTEN = Sentence("Gmail may not send from it: it writes the account's own address in its place")
_HINT = Sentence(
    "add it in Gmail's settings under “Send mail as” and confirm it, or put the account's address into `profile.me`"
)


def _all(table: str, options: GoogleOptions, profile: Profile) -> Iterator[Fact]:
    """Yield an answer for each question; a question that is refused is told, and stops no other."""
    api, questions = _QUESTIONS[type(options)]
    try:
        service = Service(api, options, profile)
    except Unreadable as error:
        yield Fact(table, Sentence("cannot be asked"), str(error))
        return
    for name, question in questions.items():
        try:
            yield Fact(table, f"{name}: {question(service, options, profile)}")
        except Unreadable as error:
            yield Fact(
                table, Sentence("{name}: refused", name=name), Sentence("{name}: {said}", name=name, said=str(error))
            )
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            yield Fact(
                table, Sentence("{name}: an answer of another shape ({error})", name=name, error=type(error).__name__)
            )


def _without_addresses(fact: Fact) -> Fact:
    told = (changed(text, lambda part: _ADDRESS.sub("…@…", part)) for text in (fact.told, fact.problem, fact.hint))
    return Fact(fact.area, *told)


# -- what is asked


def _whose(service: Service, _options: Any, _profile: Profile) -> str:
    found = service.read(lambda gmail: gmail.users().getProfile(userId="me"))
    own = str(found["emailAddress"]).lower() == service.account
    return Sentence("the account of the config") if own else Sentence("another account")


def _addresses(service: Service, _options: Any, profile: Profile) -> str:
    found = send_as.addresses(service)
    usable, mine = sum(each.usable for each in found), sum(each.is_me for each in found)
    told = Sentence(
        "{number} address to send from, {usable} of them confirmed, {mine} of them mine",
        "{number} addresses to send from, {usable} of them confirmed, {mine} of them mine",
        number=len(found),
        usable=usable,
        mine=mine,
    )
    if send_as.may_send(service, send_as.written_from(service.account, profile)):
        return Sentence("{told}; drafts may be sent", told=told)
    return Sentence("{told}; drafts may not be sent", told=told)


def _labelled(label: str) -> Callable[[Service, Any, Profile], str]:
    """Return a question about the newest mail with a label: its labels, and the headers that come when asked for."""

    def ask(service: Service, _options: Any, _profile: Profile) -> str:
        query = {"userId": "me", "labelIds": [label], "maxResults": 1}
        listed = service.read(lambda gmail: gmail.users().messages().list(**query)).get("messages", ())
        if not listed:
            return Sentence("none is there")
        return _told_of(service, listed[0]["id"])

    return ask


def _told_of(service: Service, name: str) -> str:
    def get(wanted: list[str]) -> Any:
        query = {"userId": "me", "id": name, "format": "metadata", "metadataHeaders": wanted}
        return service.read(lambda gmail: gmail.users().messages().get(**query))

    mail = get(list(WANTED))
    lower = headers(get([header.lower() for header in WANTED])["payload"])
    came = sorted({str(header["name"]) for header in mail["payload"].get("headers", ())})
    labels = sorted(
        each if each in _SYSTEM_LABELS else Sentence("one of mine") for each in set(mail.get("labelIds", ()))
    )
    told = Sentence(
        "labels {labels}; headers {headers}", labels=commas(*labels) or Sentence("none"), headers=", ".join(came)
    )
    if len(lower) == len({each.lower() for each in came}):
        return Sentence("{told}; capitals in their names do not matter", told=told)
    return Sentence("{told}; capitals in their names matter", told=told)


def _search(service: Service, _options: Any, _profile: Profile) -> str:
    listed = service.read(lambda gmail: gmail.users().messages().list(userId="me", labelIds=[SENT], maxResults=1))
    name = next((mail["id"] for mail in listed.get("messages", ())), "")
    if not name:
        return Sentence("nothing was sent yet")
    query = {"userId": "me", "id": name, "format": "metadata", "metadataHeaders": ["Message-ID", "Message-Id"]}
    mail = service.read(lambda gmail: gmail.users().messages().get(**query))
    ident = first(headers(mail["payload"]), "message-id").strip("<>")
    found = service.read(lambda gmail: gmail.users().messages().list(userId="me", q=f"rfc822msgid:{ident}"))
    right = name in [each["id"] for each in found.get("messages", ())]
    return Sentence("a mail is found by its Message-ID") if right else Sentence("a mail is not found by its Message-ID")


def _newest_drafts(service: Service, _options: Any, _profile: Profile) -> str:
    listed = service.read(lambda gmail: gmail.users().drafts().list(userId="me", maxResults=2)).get("drafts", ())
    shown = [_draft(service, each["id"]) for each in listed]
    dates = [int(each["message"].get("internalDate", 0)) for each in shown]
    order = Sentence("the newest first") if dates == sorted(dates, reverse=True) else Sentence("not the newest first")
    return Sentence(
        "{number} of them looked at, {order}", "{number} of them looked at, {order}", number=len(shown), order=order
    )


def _marks(service: Service, _options: Any, _profile: Profile) -> str:
    """Tell which of our marks Gmail has kept in a draft of ours, and whether it finds it by one."""
    listed = service.read(lambda gmail: gmail.users().drafts().list(userId="me", maxResults=10)).get("drafts", ())
    for each in listed:
        head = headers(_draft(service, each["id"])["message"]["payload"])
        if not (head[KEY.lower()] or head[SEAL.lower()] or first(head, "message-id").startswith("<followup-")):
            continue
        ident = first(head, "message-id").strip("<>")
        query = {"userId": "me", "q": f"rfc822msgid:{ident}"}
        found = service.read(lambda gmail: gmail.users().drafts().list(**query)).get("drafts", ())  # noqa: B023
        marks = [name for name in (KEY, SEAL) if head[name.lower()]]
        own = Sentence("our own") if ident.startswith("followup-") else Sentence("Gmail's")
        kept = ", ".join(marks) or Sentence("neither header")
        if each["id"] in [one["id"] for one in found]:
            return Sentence("kept {kept}; the Message-ID is {own}; found by it", kept=kept, own=own)
        return Sentence("kept {kept}; the Message-ID is {own}; not found by it", kept=kept, own=own)
    return Sentence("none of ours is among the newest ten")


def _draft(service: Service, name: str) -> Any:
    # What is told to nobody is not fetched, either: the head is enough.
    return service.read(lambda gmail: gmail.users().drafts().get(userId="me", id=name, format="metadata"))


def _meetings(service: Service, options: CalendarOptions, _profile: Profile) -> str:
    told = []
    for number, calendar in enumerate(options.calendars, 1):
        query = {"calendarId": calendar, "singleEvents": True, "showDeleted": True, "maxResults": _PAGE}
        items = service.read(lambda google: google.events().list(**query)).get("items", ())  # noqa: B023
        kinds = Counter(kind for item in items for kind in _kinds_of(item, service.account))
        told.append(
            commas(
                Sentence(
                    "calendar {place}: {number} entry",
                    "calendar {place}: {number} entries",
                    place=number,
                    number=len(items),
                ),
                *(Sentence("{count} {kind}", count=kinds[kind], kind=kind) for kind in sorted(kinds)),
            )
        )
    return "; ".join(told)


def _kinds_of(item: Mapping[str, Any], account: str) -> Iterator[str]:
    called_by, made_by = item.get("organizer") or {}, item.get("creator") or {}
    yield from [Sentence("cancelled, with details") if "start" in item else Sentence("cancelled, the id alone")] * (
        item.get("status") == "cancelled"
    )
    # A calendar of several people has an address of its own, ...@group.calendar.google.com, and calls for what is
    # entered in it.
    yield from [Sentence("called by a calendar")] * str(called_by.get("email", "")).endswith(".calendar.google.com")
    yield from ["with `organizer.self`"] * bool(called_by.get("self"))
    yield from [Sentence("made by me")] * (
        bool(made_by.get("self")) or str(made_by.get("email", "")).lower() == account
    )
    yield from ["without `creator`"] * (not made_by)


def _lists(service: Service, options: TasksOptions, _profile: Profile) -> str:
    lists = service.read(lambda tasks: tasks.tasklists().list(maxResults=_PAGE)).get("items", ())
    ours = [each for each in lists if each["title"] == options.list]
    if not ours:
        return Sentence("{lists} lists, ours is not there yet", lists=len(lists))
    query = {"tasklist": ours[0]["id"], "showCompleted": True, "showHidden": True, "maxResults": _PAGE}
    items = service.read(lambda tasks: tasks.tasks().list(**query)).get("items", ())
    returns = sum("\r" in str(item.get("notes", "")) for item in items)
    return Sentence(
        "{lists} lists, {ours} of our name; {tasks} tasks in it, {returns} with CRLF",
        lists=len(lists),
        ours=len(ours),
        tasks=len(items),
        returns=returns,
    )


def _gone(service: Service, _options: Any, _profile: Profile) -> str:
    """Tell how Google words that a list is not there."""
    try:
        # "not a list" in Base64: it looks as ids of lists do, and is that of none.
        service.read(lambda tasks: tasks.tasks().list(tasklist="bm90IGEgbGlzdA", maxResults=1))
    except Unreadable as error:
        return str(error)
    return Sentence("it answers as if it were there")


_QUESTIONS: Mapping[type, tuple[Any, Mapping[str, Callable[[Service, Any, Profile], str]]]] = {
    GmailOptions: (MAIL, {
        "login": _whose, "send-as": _addresses, "sent": _labelled(SENT), "scheduled": _labelled(SCHEDULED),
        "search": _search,
    }),
    DraftsOptions: (DRAFTS, {"login": _whose, "drafts": _newest_drafts, "marks": _marks}),
    CalendarOptions: (CALENDAR, {"meetings": _meetings}),
    TasksOptions: (TASKS, {"tasks": _lists, Sentence("a list that is gone"): _gone}),
}  # fmt: skip
