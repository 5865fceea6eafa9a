"""What of a mail its writer wrote, on mails as programs write them; `tests.trials.mail` does so at length."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_rules.mail import html, own_words, source
from followup_rules.mail.own_words import opening
from tests.trials.mail.__main__ import judged
from tests.trials.mail.fresh import replies as fresh
from tests.trials.mail.replies import CLIENTS, replies

HERS = "Thank you for your time. Could you send three names?"


@pytest.mark.parametrize("reply", list(replies(2 * len(CLIENTS), seed=7)), ids=lambda reply: reply.name)
def test_replies_of_many_mail_programs(reply):
    assert judged(reply, opening) == (False, False), opening(source.words(reply.content))


@pytest.mark.parametrize(
    "reply", [*fresh.replies("replies-1.toml"), *fresh.replies("replies-2.toml")], ids=lambda reply: reply.name
)
def test_replies_written_by_people_and_programs_that_nobody_had_tuned_for(reply):
    found = fresh.judged(reply, opening(source.words(reply.content), "Re: Production lead"))
    lost = [line for line in found.lost if not line.startswith(">")]  # such a line is a quote (RFC 3676, section 4.5)
    assert (list(found.kept), lost) == ([], []), found


@pytest.mark.parametrize(
    "own",
    [
        "On my way home at 5 I thought of what you wrote:\nit is true.",
        "From here on I am free.\nSent: nothing.",
        "From: Monday to Friday, at nine.\nThank you.",
        "De : Montréal\nÀ : Québec\nDate : lundi 9 novembre\nMerci",
        "Nom : Camille\nCourriel : me@example.org\nDate de naissance : 1990-01-02\nMerci",
        "The plan.\n________________\nThank you.",
        "| day | hour |\n| Monday | 9:00 |",
        "As Marie said:\nall is well.",
        "She wrote: yes. I say: no.",
        "-- and so on --\nThank you.",
        "Sent from my heart, with thanks.",
        "Envoyé de mon bureau ce matin, comme promis.",
        "Begin with the first message:\nthank you.",
        "5 > 3\na -> b\n=> c",
        ">From the first minute I felt at home.",
        "Le 9 novembre me convient.\nÀ 16 h, merci.",
    ],
)
def test_own_words_that_look_like_a_quote_stay(own):
    assert opening(own) == own
    assert opening(f"{own}\n\nOn Mon, Nov 9, 2026 at 4:00 PM Julie Roy <j@nordik.example> wrote:\n> {HERS}\n") == own


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("> Did you get home?\nYes, thanks.\n> Three names?\nTomorrow.", "Yes, thanks.\nTomorrow."),
        ("On Mon, Nov 9, 2026, Julie wrote:\n> Hello\n\nThank you.", "Thank you."),
        ("Yes. On Mon, Nov 9, 2026 at 4:00 PM Julie Roy <j@x.example> wrote:\n> Hello", "Yes."),
        ("Thanks!\nOn Mon, Nov 9, 2026 at 4:00 PM Julie Roy <\njulie.roy@nordik.example> wrote:\n> Hello", "Thanks!"),
        ("Yes.\nJulie Roy a écrit :\n| Bonjour", "Yes."),
        ("Yes.\nOn Tue, 10 Sep 2026 10:29:26 -0400\nJulie <j@x.example> wrote:\n> Hello", "Yes."),
        (f"On Mon, 9 Nov 2026, Julie wrote:\n\n<snip>\n> {HERS}\n\nNo.", "No."),
        ("On Mon, 9 Nov 2026, Julie wrote:\n) Hello\n) and more\n\nNo.", "No."),
        ("On Mon, 9 Nov 2026, Julie wrote:\n» Hello\n» and more\n\nNo.", "No."),
        ("Yes.\n\n＞ Hello\n＞ and more\n", "Yes."),
        ("Yes.\n-- \nCamille\nTel. 514\n\n> Hello\n\nNo.", "Yes.\n\nNo."),
        (
            "> a quoted line that a mail program has broken somewhere behind its last\nword or so\n> and more\nNo.",
            "No.",
        ),
        ("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nYes.\n-----BEGIN PGP SIGNATURE-----\nabc\n", "Yes."),
        (
            (
                "-----BEGIN PGP SIGNED MESSAGE-----\n\nYes.\n\n- -----Original Message-----\nFrom: Julie\nHello\n"
                "-----BEGIN PGP SIGNATURE-----\nabc\n"
            ),
            "Yes.",
        ),
        (
            f'Oui.\n\n> Message du 09/11/26 16:02\n> De : "Julie" <j@x.example>\n> A : me\n> Objet : Noms\n>\n{HERS}',
            "Oui.",
        ),
        (f"> From: Julie <j@x.example>\n> Sent: Monday\n> To: me\n> Subject: Names\n> {HERS}\n\nNo.", "No."),
        (f"Yes.\n\n*From:* Julie Roy\n*Sent:* Monday\n*To:* Camille\n*Subject:* Names\n\n{HERS}", "Yes."),
        (f"Yes.\n\nFrom: Julie\n\nSent: Monday\n\nTo: Camille\n\nSubject: Names\n\n{HERS}", "Yes."),
        (f"Yes.\n________\nX: Julie <j@x.example>\nY: 9. 11. 2026\nZ: Camille\n\n{HERS}", "Yes."),
        (f"Yes.\n\n----- Original Message -----\nFrom: <j@x.example>\n> {HERS}\nNo.", "Yes.\n\nNo."),
        ("네.\n\n----[ 받은 메일 ]----\n제목 : x\n날짜 : 2026년 11월 09일\n보낸이 : 줄리\n받는이 : me\n\nHello", "네."),
        (f"Oui.\n\n  On Mon, Nov 9, 2026 at 4:00 PM, Julie Roy<j@x.example> wrote:   {HERS}\n{HERS}", "Oui."),
        (f"> On Mon, Nov 9, 2026 at 4:00 PM, Julie Roy<j@x.example> wrote:   {HERS}\n\nOui.", "Oui."),
        ("Write to me@x.example for this:  when.", "Write to me@x.example for this:  when."),
        ("", ""),
        (" \n\n", ""),
    ],
)
def test_what_is_quoted_goes_and_what_stands_beside_it_stays(text, own):
    assert opening(text) == opening(text.replace("\n", "\r\n")) == own


def test_the_subject_tells_the_head_of_the_mail_that_is_quoted():
    text = f"Oui.\n\nDe : Julie\nÀ : Camille\nObjet : Les noms\n\n{HERS}"
    assert opening(text, "RE: Les noms") == "Oui."
    assert opening(text, "Autre chose") == text[:200]


@pytest.mark.parametrize(
    ("snippet", "own"),
    [
        ("Oui. Le lun. 9 nov. 2026 à 16:00, Julie Roy <j@x.example> a écrit : Merci", "Oui."),
        ("Thanks! On Mon, Nov 9, 2026 at 4:00 PM Julie Roy <j@x.example> wrote: Thank", "Thanks!"),
        ("Les voici. De : Julie Roy <j@x.example> Envoyé : lundi À : Camille Objet : Noms Merci", "Les voici."),
        ("For you. ---------- Forwarded message --------- From: Julie <j@x.example> Date: Mon", "For you."),
        ("I wrote: yes. She wrote: no.", "I wrote: yes. She wrote: no."),
    ],
)
def test_the_beginning_of_a_mail_on_one_line(snippet, own):
    assert opening(snippet) == own


@pytest.mark.parametrize(
    ("page", "own"),
    [
        ("<p>Merci<br>beaucoup.</p><blockquote type=cite>old</blockquote><p>Oui.</p>", "Merci\nbeaucoup.\nOui."),
        ('<blockquote style="margin:0 0 0 40px;border:none;padding:0">mine</blockquote>', "mine"),
        ('<div>Oui.</div><div id="appendonsend"></div><hr><div>old</div>', "Oui."),
        ("<head><title>no</title><style>p{}</style></head><!-- no --><script>no</script><p>a &amp; b", "a & b"),
        ('<div style="display:none">hidden</div><p>Oui.</p><div class="gmail_signature">Camille</div>', "Oui."),
        ('<div>Oui.</div><div name="messageSignatureSection">Merci pour votre temps</div>', "Oui."),
        ('<div>Oui.</div><div class="editorUserSignature">Merci pour votre temps</div>', "Oui."),
        (
            '<div>Oui.<br id="lineBreakAtBeginningOfSignature"><p>Merci pour hier</p></div><blockquote>hers</blockquote>Et.',
            "Oui.\nEt.",
        ),
        ('Oui.<span style="visibility:hidden">x</span><span style="font-size:0px;color:red">y</span>', "Oui."),
        ('<span style="font-size:0.9em">Oui.</span>', "Oui."),
        ("<pre>one\ntwo</pre><table><tr><td>a</td><td>b</td></tr></table>", "one\ntwo\na b"),
        ("<p>never <b>closed", "never closed"),
        ("", ""),
    ],
)
def test_the_words_of_a_page(page, own):
    assert opening(html.text(page)) == own


@given(st.text(max_size=400) | st.lists(st.sampled_from([
    "On Mon, Nov 9, 2026, Julie wrote:", "> Hello", "", "From: a@b.example", "Sent: x", "Subject: y", "-- ", "_____", "Yes.",
    "-----Original Message-----", "JR> x", ") x", "Sent from my iPhone", "Julie wrote:", ">From me",
]), max_size=30).map("\n".join))  # fmt: skip
def test_nothing_is_made_up(text):
    own = opening(text)
    assert len(own) <= own_words.LONGEST
    assert set(own) <= {*text, " ", "\n"}


@pytest.mark.parametrize(
    "text",
    [
        "Julie wrote:\n",
        "Julie wrote:\n\n",
        ":\n",
        "From: a\n\n",
        "--\n",
        "On 2026 wrote:",
        "-----\n",
        ">From a\n",
        "> \n",
        "<",
        "(a@b.c ",
    ],
)
def test_costly_texts_take_no_longer_than_others(text):
    opening("warm")
    begun = process_time()
    opening(text * (100_000 // len(text)))
    assert process_time() - begun < 5  # what grows with the square takes minutes


@pytest.mark.parametrize(
    "head",
    [
        "From: Julie Roy <j@x.example>\nDate: Monday, 9 November 2026 16:00\nTo: me@example.org\nSubject: Plan\n",
        "  Original Message  \nFrom: Julie Roy\nSent: Monday, November 9, 2026 16:00\nTo: me@example.org\nSubject: Plan\n",
        "----- Any words at all -----\nVon: Julie <j@x.example>\nGesendet: 9. November 2026 16:00\nBetreff: Plan\n",
    ],
)
def test_a_line_with_a_label_above_a_head_is_the_writers(head):
    own = "Good: I'll bring the papers.\nDate: the 12th, as agreed."
    assert opening(f"{own}\n\n{head}\n{HERS}") == own


@pytest.mark.parametrize(
    "introduction",
    [
        '"Julie Roy" ---09-11-2026 16:02:11---Hello Camille',
        '[Inactive hide details for "Julie Roy" ---09-11-2026 16:02:11---Hello]"Julie Roy" ---09-11-2026 16:02:11---Hello',
        '>>> "Julie Roy" <j@x.example> 11/9/2026 4:02 PM >>>',
        ">>> Julie Roy 09.11.2026 16:02 >>>",
        "On Mon, Nov 9, 2026 at 4:02 PM Nordik - the talent team for you <j@x.example> wrote:",
        "ในวันที่ จ. 9 พ.ย. 2026 เวลา 16:02 Julie Roy <j@x.example> เขียนว่า:",
        "V V pon., 9. nov. 2026 ob 16:02 je oseba Julie Roy <j@x.example> napisala:",
        "пон, 9. нов 2026. у 16:02 Julie Roy <j@x.example> је написао/ла:",
        "จาก: Julie Roy <j@x.example>\nส่ง: 9 พฤศจิกายน 2026 16:02\nถึง: Camille\nเรื่อง: Plan",
        "От: Julie Roy <j@x.example>\nИзпратено: 9 ноември 2026\nДо: Camille\nОтносно: Plan",
        "Saatja: Julie Roy <j@x.example>\nSaatmisaeg: 9. november 2026\nAdressaat: Camille\nTeema: Plan",
    ],
)
def test_what_follows_an_introduction_without_marks_is_a_quote(introduction):
    assert opening(f"Here it is.\n\n{introduction}\n\n{HERS}") == "Here it is."


def test_below_a_quote_that_holds_such_an_introduction_the_answer_stays():
    assert opening(f"> >>> Julie Roy 09.11.2026 16:02 >>>\n>     Julie> {HERS}\n\nYes.") == "Yes."
