"""Mail that programs send of themselves, and mail of people that looks like it: heads as real programs write them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from followup_rules.mail import machine

_REPORT = "multipart/report; report-type={}; boundary=b"
_CALENDAR = ("multipart/alternative; boundary=b", "text/plain", "text/html", "text/calendar; charset=utf-8; method={}")
_SELF = {"Auto-Submitted": "auto-replied"}
_EXCHANGE = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "In-Reply-To": "<i@example.org>"}
_NEWS = {"List-Unsubscribe": "<https://news.example/u>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
_LIST = {"List-Id": "<hiring.example.org>", "List-Post": "<mailto:hiring@example.org>", "Precedence": "list",
         "List-Unsubscribe": "<mailto:hiring-leave@example.org>", "X-BeenThere": "hiring@example.org"}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """One mail, and what it is; `kind` is empty if a person wrote it."""

    kind: str
    subject: str
    sender: str = "julie.roy@nordik.example"
    headers: dict[str, str] = field(default_factory=dict)
    types: tuple[str, ...] = ("text/plain; charset=utf-8",)

    def told(self, *, by_headers_alone: bool = False) -> str:
        """Return what it is taken for; of the parts of a mail a service may tell only the type of the whole."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in {**self.headers, "Content-Type": self.types[0]}.items():
            found[name.lower()] = [value]
        return machine.kind(found, self.sender, self.subject, () if by_headers_alone else self.types)


def _calendar(method: str, *subjects: str) -> tuple[Sample, ...]:
    types = tuple(kind.format(method) for kind in _CALENDAR)
    return tuple(Sample("calendar", subject, types=types) for subject in subjects)


MACHINES: tuple[Sample, ...] = (
    # --- away: by header, and by subject where a program sends no header
    Sample("reply", "Automatic reply: Invoice 12", headers=_EXCHANGE),
    Sample("reply", "Réponse automatique : Facture 12", headers=_EXCHANGE),
    Sample("reply", "Automatische Antwort: Rechnung 12", headers=_EXCHANGE),
    Sample("reply", "Respuesta automática: Factura 12", headers=_EXCHANGE),
    Sample("reply", "Risposta automatica: Fattura 12", headers=_EXCHANGE),
    Sample("reply", "Resposta automática: Fatura 12", headers=_EXCHANGE),
    Sample("reply", "Automatisch antwoord: Factuur 12", headers=_EXCHANGE),
    Sample("reply", "Autosvar: Faktura 12", headers=_EXCHANGE),
    Sample("reply", "Automatic reply: Invoice 12"),
    Sample("reply", "Réponse automatique : Facture 12"),
    Sample("reply", "Automatische Antwort: Rechnung 12"),
    Sample("reply", "Respuesta automática: Factura 12"),
    Sample("reply", "Out of Office AutoReply: Invoice 12"),
    Sample("reply", "Absence du bureau : Facture 12", headers={"X-Auto-Response-Suppress": "DR, OOF, AutoReply"}),
    Sample("reply", "Abwesenheitsnotiz: Rechnung 12"),
    Sample("reply", "Autoreply: Invoice 12"),
    Sample("reply", "Re: Invoice 12", headers=_SELF),
    Sample("reply", "Vacation: Re: Invoice 12", headers={"Auto-Submitted": "auto-replied (vacation)"}),
    Sample("reply", "Re: Invoice 12", headers={"X-Autoreply": "yes"}),
    Sample("reply", "Re: Invoice 12", headers={"X-Autorespond": "I am away"}),
    Sample("reply", "Re: Invoice 12", headers={"Precedence": "auto_reply"}),
    Sample("reply", "Re: Facture 12", headers={"Auto-Submitted": 'auto-replied; owner-email="p@client.example"'}),
    Sample("reply", "Out of office", headers={"Auto-Submitted": "auto-generated"}),
    Sample("reply", "[Auto-Reply] Invoice 12"),
    # --- what came back
    Sample("bounce", "Undelivered Mail Returned to Sender", "MAILER-DAEMON@mx.example", types=(_REPORT.format("delivery-status"),)),
    Sample("bounce", "Delivery Status Notification (Failure)", "mailer-daemon@googlemail.com", types=(_REPORT.format("delivery-status"),)),
    Sample("bounce", "Delivery Status Notification (Delay)", "mailer-daemon@googlemail.com"),
    Sample("bounce", "Undeliverable: Invoice 12", "postmaster@client.example", {"Return-Path": "<>"}),
    Sample("bounce", "Non remis : Facture 12", "postmaster@client.example", {"Auto-Submitted": "auto-replied"}),
    Sample("bounce", "Unzustellbar: Rechnung 12", "postmaster@client.example"),
    Sample("bounce", "No se puede entregar: Factura 12", "postmaster@client.example"),
    Sample("bounce", "Mail delivery failed: returning message to sender", "Mailer-Daemon@exim.example", {"X-Failed-Recipients": "p@client.example"}),
    Sample("bounce", "failure notice", "MAILER-DAEMON@yahoo.example", {"Return-Path": "<>"}),
    Sample("bounce", "Returned mail: see transcript for details", "MAILER-DAEMON@sendmail.example"),
    Sample("bounce", "Message delayed", "postmaster@client.example", {"Return-Path": "<>"}),
    # --- read, delivered
    Sample("receipt", "Read: Invoice 12", types=(_REPORT.format("disposition-notification"),)),
    Sample("receipt", "Lu : Facture 12", types=(_REPORT.format("disposition-notification"),)),
    Sample("receipt", "Gelesen: Rechnung 12", types=(_REPORT.format('"disposition-notification"'),)),
    Sample("receipt", "Leído: Factura 12", types=(_REPORT.format("disposition-notification"),)),
    Sample("receipt", "Return Receipt (displayed) - Invoice 12", types=(_REPORT.format("disposition-notification"),)),
    Sample("receipt", "Delivered: Invoice 12", "postmaster@client.example", types=(_REPORT.format("delivery-status"),)),
    Sample("receipt", "Remis : Facture 12", "postmaster@client.example", types=(_REPORT.format("delivery-status"),)),
    Sample("receipt", "Successful Mail Delivery Report", "MAILER-DAEMON@mx.example", types=(_REPORT.format("delivery-status"),)),
    Sample("receipt", "Accusé de réception (affiché) - Facture 12"),
    # --- answers to invitations
    *_calendar("REPLY", "Accepted: Lunch @ Mon Nov 23", "Accepté : Dîner", "Zugesagt: Mittagessen", "Aceptado: Comida", "Declined: Lunch", "Refusé : Dîner", "Tentative: Lunch", "Julie has answered"),
    *_calendar("COUNTER", "New Time Proposed: Lunch", "Nouvelle heure proposée : Dîner"),
    *_calendar("CANCEL", "Canceled event: Lunch", "Annulé : Dîner", "Abgesagt: Mittagessen"),
    Sample("calendar", "Accepted: Frisbee", types=("text/calendar; method=REPLY; charset=utf-8",)),
    # --- newsletters, offers
    Sample("bulk", "Ten jobs for you", "jobs@news.example", _NEWS, ("multipart/alternative; boundary=b", "text/plain", "text/html")),
    Sample("bulk", "Our August letter", "letter@shop.example", {"List-Unsubscribe": "<mailto:u@shop.example>"}),
    Sample("bulk", "Notre lettre", "lettre@asso.example", {"Precedence": "bulk", "List-Id": "<lettre.asso.example>"}),
    Sample("bulk", "Announcement", "news@asso.example", {"List-Post": "NO", "List-Id": "<news.asso.example>"}),
    Sample("bulk", "Job alert", "jobs-noreply@jobs.example", _NEWS),
    Sample("bulk", "hiring Digest, Vol 3, Issue 4", "hiring-request@example.org", _LIST),
    # --- from addresses that take no answer
    Sample("notice", "Your application at Nordik", "no-reply@ats.example"),
    Sample("notice", "We have received your application", "noreply@nordik.example"),
    Sample("notice", "Votre candidature", "ne-pas-repondre@nordik.example"),
    Sample("notice", "Ihre Bewerbung", "keine-antwort@nordik.example"),
    Sample("notice", "Su solicitud", "no-responder@nordik.example"),
    Sample("notice", "[Ticket 88] We have your request", "paul@client.example", {"Auto-Submitted": "auto-generated", "Precedence": "bulk"}),
    Sample("notice", "Re: [#12] Your request", "desk@client.example", {"Auto-Submitted": "auto-generated", "In-Reply-To": "<i@example.org>"}),
    Sample("notice", "Invitation from Calendly", "notifications@calendly.example"),
    Sample("notice", "Recall: Invoice 12"),
)  # fmt: skip

PERSONS: tuple[Sample, ...] = (
    Sample("", "Invoice 12"),
    Sample("", "Re: Invoice 12", headers={"In-Reply-To": "<i@example.org>"}),
    Sample("", "Re: Automatic reply: Invoice 12", headers={"In-Reply-To": "<i@example.org>"}),
    Sample("", "TR : Réponse automatique : Facture 12"),
    Sample("", "Fwd: Undeliverable: Invoice 12", types=("multipart/mixed; boundary=b", "text/plain", "message/rfc822")),
    Sample("", "Invoice 12", headers={"Auto-Submitted": "no"}),
    Sample("", "Invoice 12", headers={"X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply"}),
    Sample("", "Invoice 12", headers={"Precedence": "normal"}),
    Sample("", "Invoice 12", headers={"X-Autoreply": "no"}),
    Sample("", "Hiring: a question", headers=_LIST),
    Sample("", "[hiring] Re: a question", headers={**_LIST, "In-Reply-To": "<i@example.org>"}),
    Sample("", "Merci pour ce matin", headers={"List-Id": "<panel.nordik.example>"}),
    Sample("", "Re: Your application", headers={"List-Unsubscribe": "<https://ats.example/u>", "In-Reply-To": "<i@example.org>"}),
    Sample("", "Accepted: your offer of Monday"),
    Sample("", "Read: the plan for Monday"),
    Sample("", "Delivered: the keys"),
    Sample("", "Lu : votre plan"),
    Sample("", "Annulé : le dîner de lundi"),
    Sample("", "Absence : vendredi prochain"),
    Sample("", "Urlaub: wer kommt mit?"),
    Sample("", "Out of office next week"),
    Sample("", "Warning: traffic on Monday"),
    Sample("", "Auto: zu verkaufen"),
    Sample("", "Rappel : entrevue de lundi"),
    Sample("", "Entrevue lundi", types=("multipart/mixed; boundary=b", "text/plain", "text/calendar; method=REQUEST; charset=utf-8")),
    Sample("", "Ce matin", types=("multipart/mixed; boundary=b", "text/plain", 'text/calendar; name="concert.ics"')),
    Sample("", "Declined: I fear", types=("multipart/alternative; boundary=b", "text/plain", "text/html")),
    Sample("", "The reply to no reply", "noreen.reply@nordik.example"),
    Sample("", "A question of the postmaster", "postmaster@nordik.example"),
    Sample("", "From the robotics lab", "robotics@nordik.example"),
)  # fmt: skip
