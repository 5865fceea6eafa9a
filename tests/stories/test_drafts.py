"""Stories of drafts in the user's hand: edited, renamed, deleted by mistake, sent by programs that keep or drop our key."""

import os
import shutil
import subprocess
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from tests.support.storybook import JULIE, ME, Story

CHASE = (
    '[rule.chase]\non = { kind = "done", data = { rule = "thank-you" } }\nopens = "start + 7 days"\n'
    'do = { type = "task", title = "Relancer {{ it.title }}", text = "-" }\n'
)
"""A rule that builds on the instant at which the thanks were really sent."""


@pytest.fixture
def story(tmp_path):
    """An interview on Monday, 9 November 2026, from 10 to 11, whose thank-you lies in the drafts."""
    story = Story(tmp_path / "story")
    story.visit("I1", "2026-11-09 10:00")
    story.at("2026-11-09 11:05")
    return story


# --- edited ----------------------------------------------------------------------------------------------------


def resubject(mail):
    mail.replace_header("Subject", "Un grand merci")


def readdress(mail):
    mail.replace_header("To", "paul.gagnon@nordik.ca")


def attach(mail):
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="portfolio.pdf")


@pytest.mark.parametrize("edit", [resubject, readdress, attach])
def test_a_draft_of_which_only_one_thing_was_changed_is_the_users(story, edit):
    file = story.draft_file("thank-you")
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    edit(mail)
    mine = bytes(mail)
    file.write_bytes(mine)
    story.visit("I2", "2026-11-17 10:00")
    story.note("2026-11-10 09:00 #thanked")
    assert story.at("2026-11-10 10:00").rules("update") == story.at("2026-11-10 10:05").rules("withdraw") == []
    assert file.read_bytes() == mine


def test_a_draft_that_was_renamed_or_moved_to_a_subfolder_is_still_followed(story):
    file = story.draft_file("thank-you")
    (file.parent / "à relire").mkdir()
    moved = file.rename(file.parent / "à relire" / "merci Julie.EML")
    assert story.at("2026-11-09 12:00").state("thank-you") == "due"
    story.note("2026-11-09 13:00 #thanked")
    assert story.at("2026-11-09 13:05").rules("withdraw") == ["thank-you"]
    assert not moved.exists()


# --- deleted, or out of sight ----------------------------------------------------------------------------------


def test_drafts_deleted_by_emptying_the_folder_never_come_back(story):
    story.note("2026-11-09 12:00 #promise le frisbee")
    story.at("2026-11-09 12:05")
    for file in (story.folder / "out/drafts").iterdir():
        file.unlink()
    tick = story.at("2026-11-09 13:00")
    assert (tick.state("thank-you"), tick.state("keep-promise"), tick.exit) == ("done", "done", 0)
    assert [t.rules() for t in story.every(36, "2026-11-10 09:00", "2026-11-13 09:00")] == [[]] * 3
    assert story.drafts() == {}


def test_a_draft_taken_back_from_the_trash_is_followed_again(story):
    file = story.draft_file("thank-you")
    trash = file.rename(story.folder / "thrown-away.eml")
    tick = story.at("2026-11-09 12:00")
    assert "dismissed by you" in tick.decision("thank-you").why
    trash.rename(file)
    assert story.at("2026-11-10 12:00").state("thank-you") == "due"
    story.note("2026-11-10 13:00 #thanked")
    assert story.at("2026-11-10 13:05").rules("withdraw") == ["thank-you"]
    assert not file.exists()


def test_a_draft_dismissed_for_longer_than_a_week_is_the_users_whatever_comes_back(story):
    story.note("2026-11-09 12:00 #promise le frisbee")
    story.at("2026-11-09 12:05")
    file = story.draft_file("keep-promise")
    trash = file.rename(story.folder / "thrown-away.eml")
    story.every(192, "2026-11-10 12:00", "2026-11-18 12:00")
    trash.rename(file)
    tick = story.at("2026-11-18 13:00")
    assert (tick.state("keep-promise"), tick.changes) == ("done", [])


def test_with_the_folder_missing_nothing_counts_as_deleted_and_no_second_folder_is_begun(story):
    drafts, away = story.folder / "out/drafts", story.folder / "away"
    drafts.rename(away)
    story.note("2026-11-09 12:00 #promise le frisbee")
    tick = story.at("2026-11-09 12:05")
    assert (tick.exit, tick.rules(), drafts.exists()) == (1, [], False)
    assert "is missing; mount it" in tick.said
    away.rename(drafts)
    tick = story.at("2026-11-09 12:10")
    assert (tick.exit, tick.rules(), tick.state("thank-you")) == (0, ["keep-promise"], "due")
    assert len(story.drafts()) == 2


def test_an_empty_mount_point_dismisses_nothing_for_good(story):
    drafts, disk = story.folder / "out/drafts", story.folder / "disk"
    drafts.rename(disk)
    drafts.mkdir()
    assert story.at("2026-11-09 12:00").changes == []
    drafts.rmdir()
    disk.rename(drafts)
    tick = story.at("2026-11-09 12:05")
    assert (tick.state("thank-you"), tick.changes, len(story.drafts())) == ("due", [], 1)


# --- sent ------------------------------------------------------------------------------------------------------


def titled(story):
    return str(next(iter(story.drafts().values()))["Subject"])


@pytest.mark.parametrize("keeps_key", [True, False])
@pytest.mark.parametrize("deleted", ["before", "after", "never"])
def test_a_sent_draft_is_done_at_the_time_of_its_mail_whenever_it_was_thrown_away(story, keeps_key, deleted):
    story.config(CHASE + '[rule.thank-you]\ndone_by = ["#thanked"]\n')
    story.at("2026-11-09 12:00")
    subject, file, key = titled(story), story.draft_file("thank-you"), next(iter(story.drafts()))
    if deleted == "before":
        file.unlink()
        assert story.at("2026-11-09 19:00").state("thank-you") == "done"
    headers = {"X_Followup_Key": key} if keeps_key else {}
    story.mail("2026-11-10 07:40", JULIE, subject, "Bonjour", id="envoi", sender="camille@monemploi.ca", **headers)
    tick = story.at("2026-11-10 20:00")
    assert (
        f"you sent it: “{subject if keeps_key else 'Entrevue'}” of Tue 2026-11-10 07:40"
        in tick.decision("thank-you").why
    )
    if deleted == "after":
        file.unlink(missing_ok=True)
        assert "you sent it" in story.at("2026-11-10 21:00").decision("thank-you").why
    tick = story.at("2026-11-11 09:00")
    assert (tick.rules(), story.drafts()) == ([], {})
    assert tick.decision("chase").next == "2026-11-17T07:40:00-05:00"


def test_a_deleted_draft_whose_thanks_arrive_later_is_done_by_them(story):
    story.draft_file("thank-you").unlink()
    assert "dismissed" in story.at("2026-11-09 18:00").decision("thank-you").why
    story.mail("2026-11-09 17:55", JULIE, "Merci encore", id="envoi")
    tick = story.at("2026-11-10 18:00")
    assert (tick.state("thank-you"), tick.decision("thank-you").evidence) == ("done", ["envoi@exemple.ca"])
    assert tick.changes == []


def test_a_draft_sent_without_its_key_in_the_quiet_days_is_no_breach(story):
    story.config('[rule.thank-you]\ndo = { type = "draft", title = "Notre échange", text = "...", to = "them" }\n')
    story.at("2026-11-09 12:00")
    story.mail("2026-11-12 09:00", JULIE, titled(story), "Bonjour")
    assert story.at("2026-11-12 10:00").rules() == []


@pytest.mark.parametrize(
    ("at", "to", "subject"),
    [
        ("2026-11-10 09:00", "paul@boreal.ca", ""),
        ("2026-11-09 09:00", JULIE, ""),
        ("2026-11-10 09:00", JULIE, "Une question"),
    ],
)
def test_a_mail_to_others_from_before_or_about_another_matter_is_not_the_draft(story, at, to, subject):
    story.config('[rule.thank-you]\ndone_by = ["#thanked"]\n')
    story.mail(at, to, subject or titled(story), "Bonjour")
    assert story.at("2026-11-10 10:00").state("thank-you") == "due"
    assert len(story.drafts()) == 1


def test_an_answer_to_the_mail_that_a_draft_answers_is_the_draft(story):
    story.config(
        '[sources.inbox]\nplugin = "mailbox"\npath = "inbox"\nkinds = ["received"]\n'
        '[rule.reply]\non = { kind = "received" }\nopens = "start"\n'
        'do = { type = "draft", title = "Réponse", text = "Bonjour", to = "them", reply_to = "it" }\n'
    )
    (story.folder / "inbox").mkdir()
    story.mail("2026-11-20 09:00", ME, "Une précision", id="question", sender=JULIE)
    (story.folder / "sent/question.eml").rename(story.folder / "inbox/question.eml")
    assert "reply" in story.at("2026-11-20 10:00").rules()
    story.mail("2026-11-20 11:00", JULIE, "Re: tout autre chose", answers="question@exemple.ca")
    tick = story.at("2026-11-20 12:00")
    assert (tick.state("reply"), tick.rules("withdraw")) == ("done", ["reply"])


# --- mutt ------------------------------------------------------------------------------------------------------


@pytest.fixture
def mutt(story):
    """Mutt, which opens a draft file and sends it to nowhere; what it sent lies in a Maildir that is read."""
    if not shutil.which("mutt"):
        pytest.skip("mutt is not installed (Debian package mutt)")
    home = story.folder / "home"
    for name in ("cur", "new", "tmp"):
        (home / "Sent" / name).mkdir(parents=True)
    (home / "muttrc").write_text(
        f'set sendmail="true"\nset record="{home}/Sent"\nset mbox_type=Maildir\nset copy=yes\nset hostname="exemple.ca"\n'
    )
    story.base = story.base.replace('path = "sent"', 'path = "home/Sent"')

    def send(draft, *options):
        command = ["mutt", "-F", home / "muttrc", *options, "-H", draft]
        subprocess.run(command, stdin=subprocess.DEVNULL, check=True, env={**os.environ, "HOME": str(home)}, timeout=60)
        (sent,) = (home / "Sent/cur").iterdir() if any((home / "Sent/cur").iterdir()) else (home / "Sent/new").iterdir()
        return message_from_bytes(sent.read_bytes(), policy=policy.default)

    return send


def test_a_draft_sent_with_mutt_is_done_at_the_time_of_its_mail(story, mutt):
    story.config(CHASE + '[rule.thank-you]\ndone_by = ["#thanked"]\n')
    mail = mutt(story.draft_file("thank-you"))
    sent = mail["Date"].datetime.astimezone(story.zone)
    # It has the date of today, and is not there before.
    tick = story.at(max("2026-11-10 10:00", f"{sent + timedelta(minutes=1):%Y-%m-%d %H:%M}"))
    assert tick.decision("thank-you").evidence == [mail["Message-ID"].strip("<>")]
    assert f"of {sent:%a %Y-%m-%d %H:%M}" in tick.decision("thank-you").why
    assert (tick.rules("withdraw"), tick.rules(), story.drafts()) == (["thank-you"], [], {})


def test_a_draft_that_mutt_has_saved_again_is_the_users(story, mutt):
    file = story.draft_file("thank-you")
    mutt(file, "-E")
    saved = file.read_bytes()
    assert b"X-Mutt-Resume-Draft" in saved
    file = file.rename(file.with_name("sous un autre nom.eml"))
    story.note("2026-11-10 09:00 #rejected")
    assert story.at("2026-11-10 10:00").rules("withdraw") == []
    assert file.read_bytes() == saved
