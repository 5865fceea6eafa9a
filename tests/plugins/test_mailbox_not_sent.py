"""What lies among mail and was not sent, or is no answer: drafts, templates, mail that waits, spam, trash, chats."""

from __future__ import annotations

import email.header

import pytest

from followup_rules import Event
from tests.support.mailboxes import FROM, mine, names, pull, theirs, write

BOTH = ("sent", "received")


@pytest.fixture
def kept(tmp_path):
    """Tell which of mails with given headers count, beside one that does: mine as `mine`, hers as `hers`."""

    def kept(**headers):
        folder = tmp_path / "box"
        write(folder / "0.eml", mine("other"))
        write(folder / "1.eml", mine("mine", **headers))
        write(folder / "2.eml", theirs("hers", **headers))
        return [name for name in names(pull(folder, kinds=BOTH)) if name != "other"]

    return kept


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Unsent": "1"},
        {"X_Mozilla_Draft_Info": "internal/draft; vcard=0"},
        {"X_Mozilla_Status": "0801"},
        {"X_Mozilla_Status2": "01000000"},
        {"X_Send_Later_At": "Tue, 10 Nov 2026 08:00:00 -0500"},
        {"X_Mutt_Resume_Draft": "1"},
        {"X_Uniform_Type_Identifier": "com.apple.mail-draft"},
        {"X_Apple_Auto_Saved": "1"},
        {"X_Status": "T"},
        {"Status": "RO", "X_Status": "AT"},
        {"X_Keywords": "$Draft"},
        {"X_Keywords": "\\Draft \\Seen"},
        {"X_Draft_Info": "type=reply; uid=4711; folder=INBOX"},
        {"X_Claws_End_Special_Headers": "1"},
        {"X_K9mail_Identity": "!l=1"},
        {"X_Gmail_Labels": "Drafts"},
        {"X_Gmail_Labels": "Scheduled,Opened"},
    ],
    ids=str,
)
def test_what_waits_to_be_sent_was_not_sent_and_others_cannot_hide_their_answer_so(kept, headers):
    assert kept(**headers) == ["hers"]


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Gmail_Labels": "Spam"},
        {"X_Gmail_Labels": "Trash,Opened"},
        {"X_Gmail_Labels": "Sent,Trash"},
        {"X_Gmail_Labels": "Chat"},
        {"X_Status": "D"},
        {"Status": "ROD"},
        {"X_Mozilla_Status": "0009"},
        {"X_Mozilla_Status2": "00200000"},
        {"X_Keywords": "$Junk Old"},
        {"X_Mozilla_Keys": "Junk"},
    ],
    ids=str,
)
def test_spam_trash_and_chats_are_neither_sent_nor_received(kept, headers):
    assert kept(**headers) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Gmail_Labels": "Sent"},
        {"X_Gmail_Labels": "Inbox,Sent"},
        {"X_Gmail_Labels": "Sent,Draft contracts"},
        {"X_Gmail_Labels": 'Sent,"Drafts, Spam and more"'},
        {"X_Gmail_Labels": "Sent,Jobs/Drafts,Chat"},
        {"X_Gmail_Labels": "Inbox,Chats,Scheduled"},
        {"X_Gmail_Labels": ""},
        {"X_Mozilla_Status": "0001", "X_Mozilla_Status2": "00000000"},
        {"X_Mozilla_Status": "odd"},
        {"Status": "RO", "X_Status": "AF"},
        {"X_Keywords": "NonJunk $Forwarded"},
        {"X_Unsent": "0"},
    ],
    ids=str,
)
def test_other_marks_leave_mail_as_it_is(kept, headers):
    assert kept(**headers) == ["hers", "mine"]


LABELS = {
    "de": ("Gesendet", "Entwürfe", "Geplant", "Spam", "Papierkorb"),
    "en-GB": ("Sent Mail", "Drafts", "Scheduled", "Spam", "Bin"),
    "es": ("Enviados", "Borradores", "Programados", "Spam", "Papelera"),
    "fr": ("Messages envoyés", "Brouillons", "Programmés", "Spam", "Corbeille"),
    "fr-CA": ("Messages envoyés", "Brouillons", "Planifié", "Pourriel", "Corbeille"),
    "it": ("Posta inviata", "Bozze", "Programmati", "Spam", "Cestino"),
    "ja": ("送信済みメール", "下書き", "予定", "迷惑メール", "ゴミ箱"),
    "ko": ("보낸편지함", "임시보관함", "예약됨", "스팸함", "휴지통"),
    "nl": ("Verzonden", "Concepten", "Gepland", "Spam", "Prullenbak"),
    "pl": ("Wysłane", "Wersje robocze", "Zaplanowane", "Spam", "Kosz"),
    "pt-BR": ("Enviados", "Rascunhos", "Programados", "Spam", "Lixeira"),
    "ru": ("Отправленные", "Черновики", "Запланированные", "Спам", "Корзина"),
    "sv": ("Skickat", "Utkast", "Schemalagda", "Skräppost", "Papperskorgen"),
    "tr": ("Gönderilmiş Postalar", "Taslaklar", "Planlanmış", "Spam", "Çöp Kutusu"),
    "zh-CN": ("已发邮件", "草稿", "已安排", "垃圾邮件", "已删除邮件"),
    "zh-TW": ("寄件備份", "草稿", "已排定時間", "垃圾郵件", "垃圾桶"),
}


@pytest.mark.parametrize("language", LABELS)
def test_an_export_of_gmail_has_its_labels_in_the_language_of_the_account(tmp_path, language):
    sent, *others = LABELS[language]
    mails = [mine("sent", X_Gmail_Labels=encoded(f"{sent},Projet Nordik et autres choses importantes,Opened"))]
    mails += [mine(f"no{number}", X_Gmail_Labels=encoded(f"{label},Opened")) for number, label in enumerate(others)]
    export = "".join(f"From 1849@xxx Mon Nov 09 18:30:00 +0000 2026\n{one}\n" for one in mails)
    assert names(pull(write(tmp_path / "Tous les messages.mbox", export))) == ["sent"]


def encoded(labels):
    """Write labels as an export does: as encoded words, and folded."""
    return email.header.Header(labels, "utf-8", maxlinelen=60, header_name="X-Gmail-Labels").encode()


@pytest.mark.parametrize("shape", ["mbox", "eml", "maildir"])
@pytest.mark.parametrize(
    "name",
    [
        *(
            "Drafts",
            "drafts",
            "Templates",
            "Unsent Messages",
            "Outbox",
            "Trash",
            "Junk",
            "Junk E-mail",
            "Deleted Items",
        ),
        *("Deleted Messages", "Send Later", "Bulk Mail", "Conversation History", "Spam.mbox", "Trash.sbd", "Drafts-1"),
        *("Éléments supprimés", "Courrier indésirable", "Gelöschte Objekte"),
        *("Entw&APw-rfe", "Ko&AWE-", "Rascunhos", "Papelera", "Корзина", "&BCcENQRABD0EPgQyBDgEOgQ4-", "迷惑メール"),
    ],
)
def test_folders_whose_name_says_so_are_passed_over(tmp_path, shape, name):
    box = tmp_path / "box"
    write(box / "Sent" / "cur" / "1", mine("a"))
    place = {"mbox": box / name, "eml": box / name / "1.eml", "maildir": box / name / "cur" / "1"}[shape]
    write(place, (FROM if shape == "mbox" else "") + mine("no"))
    assert names(pull(box, kinds=BOTH)) == ["a"]


@pytest.mark.parametrize("name", ["Draft contracts", "R&-D", "Interviews", "Samtaler", "Concept", "2026", "[Gmail]"])
def test_other_folders_are_read(tmp_path, name):
    write(tmp_path / "box" / name / "1.eml", mine("a"))
    assert names(pull(tmp_path / "box")) == ["a"]


def test_a_mail_whose_subject_is_such_a_word_is_a_mail(tmp_path):
    for number, name in enumerate(("Draft.eml", "Spam.eml.txt", "Corbeille.eml")):
        write(tmp_path / "box" / name, mine(f"{number}"))
    assert names(pull(tmp_path / "box")) == ["0", "1", "2"]


def test_the_place_that_the_user_names_is_read_whatever_its_name(tmp_path):
    write(tmp_path / "outbox", FROM + mine("a"))
    assert names(pull(tmp_path / "outbox")) == ["a"]


def test_a_draft_of_ours_that_was_sent_may_keep_its_mark(tmp_path):
    write(tmp_path / "1.eml", mine("a", X_Unsent="1", X_Followup_Key="thank-you/nordik.ca@2026-11-09"))
    (event,) = pull(tmp_path).events
    assert isinstance(event, Event)
