"""Replies in the style of many mail programs, with what is quoted and what is the writer's own kept apart.

What tells own words was made with these at hand: they show that nothing was lost since, not how it does on others.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from random import Random

HER = "Quilborough"
"""A word of hers in every quoted sentence: where it is read, a quote was taken for own words."""


@dataclass(frozen=True)
class Client:
    """How one mail program, in one language, puts her mail below or above an answer."""

    name: str
    language: str
    head: str
    """What it writes before her mail; `{her}` is her address."""
    marks: str = "> "
    """What it puts before each of her lines."""
    wrap: int = 0
    """The column at which it breaks the head, or 0."""
    html: str = ""
    """How its HTML encloses her mail: `{head}` and `{body}`."""


@dataclass(frozen=True)
class Reply:
    """One reply, and the truth about it."""

    name: str
    content: bytes
    own: str


_OUTLOOK = {
    "en": "From: Julie Roy <{her}>\nSent: Monday, November 9, 2026 4:00 PM\nTo: Camille <me@example.org>\nSubject: The plan\n",
    "fr": "De : Julie Roy <{her}>\nEnvoyé : lundi 9 novembre 2026 16:00\nÀ : Camille <me@example.org>\nObjet : Le plan\n",
    "de": "Von: Julie Roy <{her}>\nGesendet: Montag, 9. November 2026 16:00\nAn: Camille <me@example.org>\nBetreff: Der Plan\n",
    "es": "De: Julie Roy <{her}>\nEnviado el: lunes, 9 de noviembre de 2026 16:00\nPara: Camille <me@example.org>\nAsunto: El plan\n",
    "it": "Da: Julie Roy <{her}>\nInviato: lunedì 9 novembre 2026 16:00\nA: Camille <me@example.org>\nOggetto: Il piano\n",
    "pt": "De: Julie Roy <{her}>\nEnviada em: segunda-feira, 9 de novembro de 2026 16:00\nPara: Camille <me@example.org>\nAssunto: O plano\n",
    "nl": "Van: Julie Roy <{her}>\nVerzonden: maandag 9 november 2026 16:00\nAan: Camille <me@example.org>\nOnderwerp: Het plan\n",
    "sv": "Från: Julie Roy <{her}>\nSkickat: den 9 november 2026 16:00\nTill: Camille <me@example.org>\nÄmne: Planen\n",
    "da": "Fra: Julie Roy <{her}>\nSendt: 9. november 2026 16:00\nTil: Camille <me@example.org>\nEmne: Planen\n",
    "pl": "Od: Julie Roy <{her}>\nWysłane: poniedziałek, 9 listopada 2026 16:00\nDo: Camille <me@example.org>\nTemat: Plan\n",
    "ru": "От: Julie Roy <{her}>\nОтправлено: 9 ноября 2026 г. 16:00\nКому: Camille <me@example.org>\nТема: План\n",
}
_GMAIL = {
    "en": "On Mon, Nov 9, 2026 at 4:00 PM Julie Roy <{her}> wrote:",
    "fr": "Le lun. 9 nov. 2026 à 16:00, Julie Roy <{her}> a écrit :",
    "de": "Am Mo., 9. Nov. 2026 um 16:00 Uhr schrieb Julie Roy <{her}>:",
    "es": "El lun, 9 nov 2026 a las 16:00, Julie Roy (<{her}>) escribió:",
    "it": "Il giorno lun 9 nov 2026 alle ore 16:00 Julie Roy <{her}> ha scritto:",
    "pt": "Em seg., 9 de nov. de 2026 às 16:00, Julie Roy <{her}> escreveu:",
    "nl": "Op ma 9 nov 2026 om 16:00 schreef Julie Roy <{her}>:",
    "sv": "Den mån 9 nov. 2026 kl 16:00 skrev Julie Roy <{her}>:",
    "da": "Den man. 9. nov. 2026 kl. 16.00 skrev Julie Roy <{her}>:",
    "no": "man. 9. nov. 2026 kl. 16:00 skrev Julie Roy <{her}>:",
    "fi": "ma 9. marrask. 2026 klo 16.00 Julie Roy ({her}) kirjoitti:",
    "pl": "pon., 9 lis 2026 o 16:00 Julie Roy <{her}> napisał(a):",
    "cs": "po 9. 11. 2026 v 16:00 odesílatel Julie Roy <{her}> napsal:",
    "ru": "пн, 9 нояб. 2026 г. в 16:00, Julie Roy <{her}>:",
    "uk": "пн, 9 лист. 2026 р. о 16:00 Julie Roy <{her}> пише:",
    "tr": "Julie Roy <{her}>, 9 Kas 2026 Pzt, 16:00 tarihinde şunu yazdı:",
    "hu": "Julie Roy <{her}> ezt írta (időpont: 2026. nov. 9., H, 16:00):",
    "ro": "În lun., 9 nov. 2026 la 16:00, Julie Roy <{her}> a scris:",
    "el": "Στις Δευ 9 Νοε 2026 στις 4:00 μ.μ., ο χρήστης Julie Roy <{her}> έγραψε:",
    "ja": "2026年11月9日(月) 16:00 Julie Roy <{her}>:",
    "zh": "Julie Roy <{her}> 于2026年11月9日周一 16:00写道：",
    "ko": "2026년 11월 9일 (월) 오후 4:00, Julie Roy <{her}>님이 작성:",
}
_GMAIL_HTML = '<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{head}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid #ccc">{body}</blockquote></div>'
_WORD_HTML = '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class=MsoNormal>{head}</p></div></div><p class=MsoNormal>{body}</p>'
_OWA_HTML = '<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">{head}</div><div>{body}</div>'
_APPLE_HTML = '<div><br><blockquote type="cite"><div>{head}</div><br class="Apple-interchange-newline"><div>{body}</div></blockquote></div>'
_THUNDERBIRD_HTML = '<div class="moz-cite-prefix">{head}<br></div><blockquote type="cite" cite="mid:q1@nordik.example">{body}</blockquote>'
_YAHOO_HTML = '<div id="yahoo_quoted_12" class="yahoo_quoted"><div>{head}</div><div>{body}</div></div>'
_RULE = "________________________________\n"

CLIENTS: tuple[Client, ...] = (
    *(Client("Gmail", language, head, wrap=78, html=_GMAIL_HTML) for language, head in _GMAIL.items()),
    *(Client("Outlook", language, head, marks="", html=_WORD_HTML) for language, head in _OUTLOOK.items()),
    *(Client("Outlook on the web", language, _RULE + head, marks="", html=_OWA_HTML) for language, head in _OUTLOOK.items()),
    *(
        Client("Outlook Express", language, f"-----{said}-----\n{_OUTLOOK[language]}", marks=marks)
        for language, said, marks in (
            ("en", "Original Message", ""), ("fr", "Message d'origine", "> "), ("de", "Ursprüngliche Nachricht", ""),
            ("es", "Mensaje original", "> "), ("it", "Messaggio originale", ""), ("pt", "Mensagem original", ""),
            ("nl", "Oorspronkelijk bericht", ""), ("sv", "Ursprungligt meddelande", "> "),
        )
    ),
    Client("Apple Mail", "en", "On Nov 9, 2026, at 4:00 PM, Julie Roy <{her}> wrote:", html=_APPLE_HTML),
    Client("Apple Mail", "fr", "Le 9 nov. 2026 à 16:00, Julie Roy <{her}> a écrit :", html=_APPLE_HTML),
    Client("Apple Mail", "de", "Am 09.11.2026 um 16:00 schrieb Julie Roy <{her}>:", html=_APPLE_HTML),
    Client("Apple Mail", "es", "El 9 nov 2026, a las 16:00, Julie Roy <{her}> escribió:", html=_APPLE_HTML),
    Client("Apple Mail", "it", "Il giorno 9 nov 2026, alle ore 16:00, Julie Roy <{her}> ha scritto:", html=_APPLE_HTML),
    Client("Apple Mail", "nl", "Op 9 nov. 2026, om 16:00 heeft Julie Roy <{her}> het volgende geschreven:", html=_APPLE_HTML),
    Client("Apple Mail", "pt", "No dia 9 de nov. de 2026, às 16:00, Julie Roy <{her}> escreveu:", html=_APPLE_HTML),
    Client("Apple Mail", "sv", "9 nov. 2026 kl. 16:00 skrev Julie Roy <{her}>:", html=_APPLE_HTML),
    Client("Apple Mail", "pl", "Wiadomość napisana przez Julie Roy <{her}> w dniu 9 lis 2026, o godz. 16:00:", html=_APPLE_HTML),
    Client("iPhone", "en", "On Nov 9, 2026, at 16:00, Julie Roy <{her}> wrote:\n", marks="\ufeff> "[1:], html=_APPLE_HTML),
    Client("iPhone", "fr", "Le 9 nov. 2026 à 16:00, Julie Roy <{her}> a écrit :\n", html=_APPLE_HTML),
    Client("Thunderbird", "en", "On 11/9/26 16:00, Julie Roy wrote:", html=_THUNDERBIRD_HTML),
    Client("Thunderbird", "fr", "Le 09/11/2026 à 16:00, Julie Roy a écrit :", html=_THUNDERBIRD_HTML),
    Client("Thunderbird", "de", "Am 09.11.26 um 16:00 schrieb Julie Roy:", html=_THUNDERBIRD_HTML),
    Client("Thunderbird", "es", "El 9/11/26 a las 16:00, Julie Roy escribió:", html=_THUNDERBIRD_HTML),
    Client("Thunderbird", "it", "Il 09/11/26 16:00, Julie Roy ha scritto:", html=_THUNDERBIRD_HTML),
    Client("Thunderbird", "nl", "Op 09-11-2026 om 16:00 schreef Julie Roy:", html=_THUNDERBIRD_HTML),
    Client("Yahoo", "en", "    On Monday, November 9, 2026 at 04:00:00 PM EST, Julie Roy <{her}> wrote:  \n \n ", marks="", html=_YAHOO_HTML),
    Client("Yahoo", "fr", "    Le lundi 9 novembre 2026 à 16:00:00 UTC−5, Julie Roy <{her}> a écrit :  \n \n ", marks="", html=_YAHOO_HTML),
    Client("Yahoo", "es", "    El lunes, 9 de noviembre de 2026, 16:00:00 GMT-5, Julie Roy <{her}> escribió:  \n \n ", marks=""),
    Client("Yahoo", "de", "    Am Montag, 9. November 2026 um 16:00:00 MEZ hat Julie Roy <{her}> Folgendes geschrieben:  \n \n ", marks=""),
    Client("Yahoo, old", "en", "--- On Mon, 11/9/26, Julie Roy <{her}> wrote:\n\n", marks=""),
    Client("Samsung", "en", "-------- Original message --------\nFrom: Julie Roy <{her}> \nDate: 2026-11-09  16:00  (GMT-05:00) \nTo: Camille <me@example.org> \nSubject: The plan \n", marks=""),
    Client("Samsung", "fr", "-------- Message d'origine --------\nDe : Julie Roy <{her}> \nDate : 09/11/2026 16:00 (GMT-05:00) \nÀ : Camille <me@example.org> \nObjet : Le plan \n", marks=""),
    Client("Proton", "en", "On Monday, November 9th, 2026 at 4:00 PM, Julie Roy <{her}> wrote:\n"),
    Client("Proton, old", "en", "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Monday, November 9, 2026 4:00 PM, Julie Roy <{her}> wrote:\n"),
    Client("The Bat!", "en", "Monday, November 9, 2026, 4:00:00 PM, you wrote:\n"),
    Client("The Bat!", "de", "Am Montag, 9. November 2026 um 16:00 schrieben Sie:\n"),
    Client("Lotus Notes", "en", "-----Julie Roy <{her}> wrote: -----\nTo: Camille <me@example.org>\nFrom: Julie Roy <{her}>\nDate: 11/09/2026 04:00PM\nSubject: The plan\n", marks=""),
    Client("Lotus Notes 7", "en", "From:        Julie Roy <{her}>\nTo:        Camille <me@example.org>\nDate:        09.11.2026 16:00\nSubject:        The plan\n" + _RULE, marks=""),
    Client("KMail", "en", "On Monday, 9 November 2026 16:00:00 EST Julie Roy wrote:"),
    Client("KMail", "de", "Am Montag, 9. November 2026, 16:00:00 CET schrieb Julie Roy:"),
    Client("Evolution", "en", "On Mon, 2026-11-09 at 16:00 -0500, Julie Roy wrote:"),
    Client("Evolution", "fr", "Le lundi 09 novembre 2026 à 16:00 -0500, Julie Roy a écrit :"),
    Client("mutt", "en", "On Mon, Nov 09, 2026 at 04:00:00PM -0500, Julie Roy wrote:"),
    Client("mutt, attributed", "en", "* Julie Roy <{her}> [2026-11-09 16:00]:"),
    Client("Gnus", "en", "Julie Roy <{her}> writes:\n", marks="> "),
    Client("SuperCite", "en", '>>>>> "JR" == Julie Roy <{her}> writes:\n', marks="JR> "),
    Client("Zimbra", "en", '----- Original Message -----\nFrom: "Julie Roy" <{her}>\nTo: "Camille" <me@example.org>\nSent: Monday, November 9, 2026 4:00:00 PM\nSubject: The plan\n', marks=""),
    Client("Zimbra", "fr", '----- Mail original -----\nDe: "Julie Roy" <{her}>\nÀ: "Camille" <me@example.org>\nEnvoyé: Lundi 9 Novembre 2026 16:00:00\nObjet: Le plan\n', marks=""),
    Client("Roundcube", "en", "On 2026-11-09 16:00, Julie Roy wrote:"),
    Client("Roundcube", "fr", "Le 2026-11-09 16:00, Julie Roy a écrit :"),
    Client("Roundcube", "de", "Am 2026-11-09 16:00, schrieb Julie Roy:"),
    Client("Horde", "en", "Quoting Julie Roy <{her}>:\n"),
    Client("Horde", "de", "Zitat von Julie Roy <{her}>:\n"),
    Client("Horde", "fr", "Julie Roy <{her}> a écrit :\n"),
    Client("GMX", "de", 'Gesendet: Montag, 09. November 2026 um 16:00 Uhr\nVon: "Julie Roy" <{her}>\nAn: me@example.org\nBetreff: Der Plan\n', marks=""),
    Client("AOL", "en", "-----Original Message-----\nFrom: Julie Roy <{her}>\nTo: me <me@example.org>\nSent: Mon, Nov 9, 2026 4:00 pm\nSubject: The plan\n\n", marks=""),
    Client("Zoho", "en", "---- On Mon, 09 Nov 2026 16:00:00 -0500 Julie Roy <{her}> wrote ---\n", marks=""),
    Client("K-9", "en", "-------- Original Message --------\nFrom: Julie Roy <{her}>\nSent: November 9, 2026 4:00:00 PM EST\nTo: Camille <me@example.org>\nSubject: The plan\n"),
    Client("K-9", "fr", "Le 9 novembre 2026 16:00:00 GMT-05:00, Julie Roy <{her}> a écrit :"),
    Client("Fastmail", "en", "On Mon, Nov 9, 2026, at 4:00 PM, Julie Roy wrote:"),
    Client("Spark", "en", "On 9 Nov 2026, 16:00 -0500, Julie Roy <{her}>, wrote:"),
    Client("Spark", "fr", "Le 9 nov. 2026 à 16:00 -0500, Julie Roy <{her}>, a écrit :"),
    Client("Orange", "fr", '> Message du 09/11/26 16:00\n> De : "Julie Roy" <{her}>\n> A : me@example.org\n> Copie à : \n> Objet : Le plan\n> '),
    Client("SFR", "fr", 'Message du : 09/11/2026\nDe : "Julie Roy " <{her}>\nA : me@example.org\nSujet : Le plan\n\n', marks=""),
    Client("Mail.ru", "ru", "Понедельник, 9 ноября 2026, 16:00 +03:00 от Julie Roy <{her}>:\n", marks=""),
    Client("Yandex", "ru", '09.11.2026, 16:00, "Julie Roy" <{her}>:'),
    Client("QQ", "zh", '------------------ 原始邮件 ------------------\n发件人: "Julie Roy" <{her}>;\n发送时间: 2026年11月9日(星期一) 下午4:00\n收件人: "Camille"<me@example.org>;\n主题: 计划\n', marks=""),
    Client("Entourage", "en", 'On 11/9/26 4:00 PM, "Julie Roy" <{her}> wrote:\n'),
    Client("Outlook for Mac", "en", 'On 2026-11-09, 4:00 PM, "Julie Roy" <{her}> wrote:\n', marks="    "),
    Client("Outlook for Mac", "fr", "Le 2026-11-09 16:00, « Julie Roy » <{her}> a écrit :\n", marks="    "),
    Client("Gmail, forward", "en", "---------- Forwarded message ---------\nFrom: Julie Roy <{her}>\nDate: Mon, Nov 9, 2026 at 4:00 PM\nSubject: The plan\nTo: <me@example.org>\n\n", marks=""),
    Client("Gmail, forward", "fr", "---------- Forwarded message ---------\nDe : Julie Roy <{her}>\nDate: lun. 9 nov. 2026 à 16:00\nSubject: Le plan\nTo: <me@example.org>\n\n", marks=""),
    Client("Apple Mail, forward", "en", "Begin forwarded message:\n\nFrom: Julie Roy <{her}>\nSubject: The plan\nDate: November 9, 2026 at 4:00:00 PM EST\nTo: me@example.org\n\n", marks=""),
    Client("Apple Mail, forward", "fr", "Début du message transféré :\n\nDe: Julie Roy <{her}>\nObjet: Le plan\nDate: 9 novembre 2026 à 16:00:00 UTC−5\nÀ: me@example.org\n\n", marks="> "),
    Client("Thunderbird, forward", "de", "-------- Weitergeleitete Nachricht --------\nBetreff: \tDer Plan\nDatum: \tMon, 9 Nov 2026 16:00:00 +0100\nVon: \tJulie Roy <{her}>\nAn: \tme@example.org\n\n\n", marks=""),
)  # fmt: skip

HERS = (
    f"Thank you for your time this morning, says {HER}.\nCould you send {HER} three references?",
    f"Merci pour votre temps ce matin, dit {HER}.\n\nAuriez-vous trois références pour {HER} ?",
    f"Vielen Dank für das Gespräch, {HER}.\nKönnten Sie {HER} drei Namen nennen?",
    f"Gracias por su tiempo, {HER}.\n\nPor favor envíe a {HER} tres nombres:\n1. {HER}",
)
OWN = (
    "Here they are.",
    "Merci pour votre temps !\n\nÀ lundi,\nCamille",
    "On my way home at 5 I thought of what you wrote:\nit is true.",
    "From here on I am free.\nFrom: Monday to Friday, at nine.",
    "Le 9 novembre me convient.\nLe bureau est clair, merci de votre accueil.",
    "Am Montag um 9:30 bin ich da. Vielen Dank für alles!",
    "Voici le programme.\n________________\nLundi : le concert\nMardi : le repos",
    "Ok",
    "De mon côté, tout va bien.\nEnvoyé hier : les noms. À bientôt.",
    "Sent the form this morning.\nTo sum up: yes, yes, and no.",
    "2026-11-12 at 10:00 works.\n- one thing\n- another thing\n* and a third",
    "| day | hour |\n| Monday | 9:00 |\nThat is my week.",
    "Je vous écris au sujet du poste, comme Marie me l'a écrit :\nelle en parle bien.",
    "She wrote: yes. I say: 5 > 3 and a<b.\nSubject to your approval, I start on Monday.",
    "Gracias por la entrevista de ayer.\nEl lunes escribió Marta que todo va bien.",
    "Die Unterlagen von Herrn Kern:\nVon: Berlin nach Bonn, zweite Klasse.",
    "Hi Julie,\n\nyes, at 16:00.\n\nBest regards,\nCamille",
)
SIGNATURES = ("", "", "-- \nCamille Tremblay\nTel. 514 555-0123", "Sent from my iPhone", "Envoyé de mon iPhone", "Get Outlook for iOS<https://aka.ms/o0ukef>", "Von meinem iPhone gesendet", "Enviado desde mi iPhone")  # fmt: skip


def replies(count: int, seed: int = 1) -> Iterator[Reply]:
    """Yield so many replies; the clients take turns, all else is drawn."""
    chance = Random(seed)
    for number in range(count):
        client = CLIENTS[number % len(CLIENTS)]
        own, hers, signature = chance.choice(OWN), chance.choice(HERS), chance.choice(SIGNATURES)
        layouts = [_above, _above_html] if client.html else [_above]
        if client.marks in ("> ", "JR> ") and "forward" not in client.name:
            layouts += [_below, _between]
        layout = chance.choice(layouts)
        text = layout(client, own, hers, signature)
        kind = "html" if layout is _above_html else "plain"
        expected = f"{own} Also this." if layout is _between else own
        yield Reply(f"{number} {client.name} ({client.language}), {layout.__name__[1:]}", _mail(text, kind), expected)


def _head(client: Client) -> str:
    head = client.head.format(her="julie.roy@nordik.example")
    if not client.wrap:
        return head
    return "\n".join(textwrap.wrap(head, client.wrap, break_long_words=False, break_on_hyphens=False))


def _quoted(client: Client, hers: str) -> str:
    return "\n".join(f"{client.marks}{line}".rstrip() for line in hers.splitlines())


def _above(client: Client, own: str, hers: str, signature: str) -> str:
    return f"{own}\n\n{signature}\n\n{_head(client)}\n{_quoted(client, hers)}\n"


def _below(client: Client, own: str, hers: str, signature: str) -> str:
    return f"{_head(client)}\n{_quoted(client, hers)}\n\n{own}\n\n{signature}\n"


def _between(client: Client, own: str, hers: str, signature: str) -> str:
    first, *rest = hers.splitlines()
    below = _quoted(client, "\n".join(rest))
    return f"{_head(client)}\n{_quoted(client, first)}\n{own}\n{below}\nAlso this.\n{signature}\n"


def _above_html(client: Client, own: str, hers: str, signature: str) -> str:
    lines = "".join(f"<div>{escape(line) or '<br>'}</div>" for line in own.splitlines())
    head = client.head.format(her="julie.roy@nordik.example").strip().removeprefix(_RULE)
    labels = "<br>".join(f"<b>{escape(line)}</b>" if "\n" in head else escape(line) for line in head.splitlines())
    body = "".join(f"<p>{escape(line) or '&nbsp;'}</p>" for line in hers.splitlines())
    signed = (
        f'<div class="gmail_signature">{escape(signature)}</div>'
        if signature.startswith("-- ")
        else f"<p>{escape(signature)}</p>"
    )
    below = client.html.format(head=labels, body=body)
    return f"<html><head><style>p {{ margin: 0 }}</style></head><body>{lines}<br>{signed}{below}</body></html>"


def _mail(text: str, kind: str) -> bytes:
    head = f"From: Camille <me@example.org>\nSubject: Re: The plan\nContent-Type: text/{kind}; charset=utf-8\n\n"
    return (head + text).encode()


Layout = Callable[[Client, str, str, str], str]
