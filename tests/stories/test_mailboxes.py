"""Three weeks of a job search in the mailboxes that people have, with mail among it that no person wrote, and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from msgspec import Struct

from tests.support.storybook import CONFIG, JULIE, ME, Story

MARC = "marc.dube@boreal.ca"
ZONE = ZoneInfo("America/Toronto")
RULES = """
[define.application]
kind  = "sent"
title = ["candidature"]
[rule.chase]
why     = "No answer to my application in a week."
on      = "application"
opens   = "end + 7 days at 09:00, workday"
closes  = "opens + 14 days"
done_by = [{ kind = "received", from = "them" }]
do      = { type = "task", title = "Relancer : {{ it.title }}", text = "-", contact = false }
"""
INSTANTS = (
    "2026-11-02 12:00", "2026-11-05 18:00", "2026-11-09 11:05", "2026-11-09 14:00", "2026-11-09 21:00",
    "2026-11-11 08:00", "2026-11-13 18:00", "2026-11-19 09:30", "2026-11-23 12:00",
)  # fmt: skip


class Letter(Struct, frozen=True):
    """A mail in the user's store."""

    at: datetime
    content: bytes
    mine: bool
    """It lies in the folder of sent mail."""


def letter(at: str, sender: str, to: str, subject: str, text: str = "Bonjour,", **headers: str) -> Letter:
    mail = EmailMessage()
    date = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    kept = headers.pop("kept", "")
    mail["From"], mail["To"], mail["Subject"], mail["Date"] = sender, to, subject, format_datetime(date)
    mail["Message-ID"] = f"<{headers.pop('id', at.translate(str.maketrans('', '', '-: ')))}@{sender.partition('@')[2]}>"
    if "answers" in headers:
        mail["In-Reply-To"] = mail["References"] = f"<{headers.pop('answers')}>"
    calendar = headers.pop("calendar", "")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if calendar:
        mail.add_alternative("BEGIN:VCALENDAR\nEND:VCALENDAR\n", subtype="calendar", params={"method": calendar})
    return Letter(date, bytes(mail), sender == ME and kept != "inbox")


PEOPLE = (
    letter("2026-11-02 09:00", ME, JULIE, "Candidature : responsable de production", id="c1"),
    letter("2026-11-02 09:30", ME, MARC, "Candidature : chef d'atelier", id="c2"),
    letter("2026-11-04 10:00", JULIE, ME, "Re: Candidature : responsable de production", answers="c1@exemple.ca"),
    letter("2026-11-05 17:00", ME, JULIE, "Re: Candidature : responsable de production", "Lundi me va.",
           answers="202611041000@nordik.ca"),
    letter("2026-11-09 20:00", ME, JULIE, "Merci pour ce matin", "Merci pour votre accueil."),
    letter("2026-11-10 19:00", ME, "frisbee@listes.example", "Qui joue dimanche ?", "Bonjour à tous,", id="p1"),
    letter("2026-11-12 09:00", ME, JULIE, "Une question", "Avez-vous décidé ?"),
)  # fmt: skip
_AWAY = {"Auto_Submitted": "auto-replied", "X_Auto_Response_Suppress": "All"}
_LIST = {
    "List_Id": "<frisbee.listes.example>", "List_Post": "<mailto:frisbee@listes.example>", "Precedence": "list",
    "List_Unsubscribe": "<mailto:frisbee-leave@listes.example>",
}  # fmt: skip
MACHINES = (
    letter("2026-11-02 09:31", MARC, ME, "Réponse automatique : Candidature : chef d'atelier", "Je suis absent.",
           answers="c2@exemple.ca", **_AWAY),
    letter("2026-11-03 09:00", "marc.dube@boreal.ca", ME, "Non remis : Candidature : chef d'atelier", "Échec.",
           Return_Path="<>", Auto_Submitted="auto-generated"),
    letter("2026-11-06 10:00", ME, JULIE, "Accepté : Entrevue", "Merci !", calendar="REPLY"),
    letter("2026-11-09 12:30", ME, JULIE, "Accepted: Visite", "Merci pour votre accueil !", calendar="REPLY"),
    letter("2026-11-09 13:00", ME, JULIE, "Réponse automatique : Entrevue", "Merci pour votre message.", **_AWAY),
    letter("2026-11-10 08:00", "marc.dube@boreal.ca", ME, "Notre lettre de novembre", "Lisez.",
           List_Unsubscribe="<https://boreal.ca/u>", List_Unsubscribe_Post="List-Unsubscribe=One-Click"),
    letter("2026-11-10 19:01", ME, "frisbee@listes.example", "[frisbee] Qui joue dimanche ?", "Bonjour à tous,",
           id="p1", kept="inbox", Sender="frisbee-bounces@listes.example", **_LIST),
    letter("2026-11-13 08:00", ME, JULIE, "Out of office: Une question", "Je suis absente.", **_AWAY),
    letter("2026-11-16 08:00", "no-reply@nordik.ca", ME, "Votre candidature", "Nous l'avons bien reçue."),
)  # fmt: skip


def thunderbird(place: Path, letters: list[Letter]) -> Path:
    """Write two mbox files of a profile, with the marks that Thunderbird keeps in each mail."""
    folder = place / "abcd.default" / "Mail" / "Local Folders"
    folder.mkdir(parents=True, exist_ok=True)
    for name, mine in (("Sent", True), ("Inbox", False)):
        with (folder / name).open("wb") as file:
            for each in letters:
                if each.mine is mine:
                    file.write(f"From - {each.at:%a %b %d %H:%M:%S %Y}\n".encode())
                    file.write(b"X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\n" + each.content + b"\n")
        (folder / f"{name}.msf").write_text("// <!-- <mdb:mork:z v='1.4'/> -->\n")
    return place / "abcd.default"


def takeout(place: Path, letters: list[Letter]) -> Path:
    """Write one mbox as Google exports it, with labels in the user's language."""
    file = place / "Takeout" / "Mail" / "Tous les messages, y compris ceux du dossier Spam.mbox"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as written:
        for number, each in enumerate(letters, 1_800_000):
            labels = "Messages envoyés" if each.mine else "Messages reçus,Ouvert"
            head = f"From {number}@xxx {each.at:%a %b %d %H:%M:%S} +0000 {each.at:%Y}\nX-GM-THRID: {number}\n"
            label = Header(labels, "utf-8", header_name="X-Gmail-Labels").encode()
            crlf = each.content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            written.write(f"{head}X-Gmail-Labels: {label}\n".replace("\n", "\r\n").encode() + crlf + b"\r\n")
    return file


def maildir(place: Path, letters: list[Letter]) -> Path:
    """Write an account as a server keeps it."""
    root = place / "Maildir"
    for folder in (root, root / ".Sent"):
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True, exist_ok=True)
    for number, each in enumerate(letters):
        folder = root / ".Sent" if each.mine else root
        (folder / "cur" / f"{each.at.timestamp():.0f}.{number}.host:2,S").write_bytes(each.content)
    return root


SHAPES = (thunderbird, takeout, maildir)


def steps(
    shape: Callable[[Path, list[Letter]], Path], letters: tuple[Letter, ...]
) -> Iterator[list[dict[str, object]]]:
    """Yield what each tick changes, as `plan --json` prints it, but for where an output keeps it."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        path = shape(place / "mail", [])
        base = CONFIG.replace('path = "sent"', f'path = "{path}"\nkinds = ["sent", "received"]')
        story = Story(place / "story", base + RULES)
        story.visit("I1", "2026-11-09 10:00", organizer=JULIE, title="Entrevue")
        story.note("2026-11-10 14:30 #promise Envoyer les plans due:2026-11-11")
        for instant in INSTANTS:
            now = datetime.fromisoformat(instant).replace(tzinfo=ZONE)
            shape(place / "mail", sorted((each for each in letters if each.at <= now), key=lambda each: each.at))
            tick = story.at(instant)
            assert not [problem for problem in tick.problems if problem["severity"] == "error"], tick.said
            yield [{name: value for name, value in change.items() if name != "ref"} for change in tick.changes]


@cache
def without_machines() -> list[list[dict[str, object]]]:
    return list(steps(thunderbird, PEOPLE))


def test_the_weeks_themselves():
    """They hold what a machine's mail could take away: thanks owed, an application unanswered, quiet days kept."""
    rules = [[f"{change['op']} {change['rule']}" for change in step] for step in without_machines()]
    assert dict(zip(INSTANTS, rules, strict=True)) == {
        "2026-11-02 12:00": [],
        "2026-11-05 18:00": [],
        "2026-11-09 11:05": ["create chase", "create debrief", "create fit", "create thank-you"],
        "2026-11-09 14:00": [],
        "2026-11-09 21:00": ["withdraw thank-you"],
        "2026-11-11 08:00": ["withdraw debrief", "create keep-promise"],
        "2026-11-13 18:00": ["withdraw fit", "create too-soon"],
        "2026-11-19 09:30": ["create follow-up-call"],
        "2026-11-23 12:00": ["withdraw chase", "update follow-up-call"],
    }


@pytest.mark.parametrize("shape", SHAPES)
def test_mail_that_no_person_wrote_changes_nothing_in_any_mailbox(shape):
    assert list(steps(shape, (*PEOPLE, *MACHINES))) == without_machines()


@pytest.mark.parametrize("shape", SHAPES[1:])
def test_each_mailbox_gives_the_same_actions(shape):
    assert list(steps(shape, PEOPLE)) == without_machines()
