"""Mail in an mbox file: where one mail ends and the next begins, and what has come since the last look."""

from __future__ import annotations

import mailbox
import subprocess
import sys
from pathlib import Path

import pytest

from followup_rules import Pull, Unreadable
from tests.support.mailboxes import FROM, ids, mail, mine, names, pull, theirs, write
from tests.support.project import ROOT


@pytest.fixture
def mbox(tmp_path):
    box = mailbox.mbox(tmp_path / "Sent", create=True)
    yield box
    box.close()


def add(box, *names, body="text\n"):
    for name in names:
        box.add(mail(body, Message_ID=f"<{name}@x>"))
    box.flush()


def path_of(box):
    return Path(box._path)


def test_an_mbox_is_read_on_from_where_it_has_grown(mbox):
    add(mbox, "a", "b", body="Hi\n\nFrom here on, all is well.\n")
    first = pull(path_of(mbox))
    assert ids(first) == ["a@x", "b@x"]
    assert pull(path_of(mbox), first.cursor) == Pull(cursor=first.cursor)
    add(mbox, "c")
    second = pull(path_of(mbox), first.cursor)
    assert ids(second) == ["b@x", "c@x"], "the last one may have been half written then"


def test_an_mbox_that_was_compacted_is_read_from_the_start(mbox):
    add(mbox, "a", "b", "c")
    cursor = pull(path_of(mbox)).cursor
    mbox.remove(mbox.keys()[0])
    mbox.flush()
    add(mbox, "d", "e")
    assert ids(pull(path_of(mbox), cursor)) == ["b@x", "c@x", "d@x", "e@x"]


def test_dos_lines_in_an_mbox(tmp_path):
    path = tmp_path / "Sent"
    one = "From me Mon Nov  9 11:00:00 2026\n"
    path.write_bytes((one + mail() + "\n" + one + mail(Message_ID="<2@x>")).replace("\n", "\r\n").encode())
    assert ids(pull(path)) == ["1@example.org", "2@x"]


def test_a_byte_order_mark_in_front_hides_no_mail(tmp_path):
    path = tmp_path / "Sent"
    one = "From me Mon Nov  9 11:00:00 2026\n"
    path.write_text(one + mail() + "\n" + one + mail(Message_ID="<2@x>"), encoding="utf-8-sig")
    assert ids(pull(path)) == ["1@example.org", "2@x"]


def test_a_large_mbox_is_read_in_little_memory(tmp_path):
    path = tmp_path / "Sent"
    attachment = ("A" * 76 + "\n") * 500_000
    with path.open("w") as file:
        for name in ("a", "b", "c"):
            file.write(f"From me Mon Nov  9 11:00:00 2026\n{mail(attachment, Message_ID=f'<{name}@x>')}\n")
    script = (
        "import resource, sys, tests.support.mailboxes as t, pathlib\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "found = t.ids(t.pull(pathlib.Path(sys.argv[1])))\n"
        "print(len(found), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    mails, megabytes = map(int, done.stdout.split())
    assert mails == 3
    assert path.stat().st_size > 110_000_000
    assert megabytes < 30


def test_an_empty_mbox_holds_no_mail_and_another_file_is_none(tmp_path):
    path = tmp_path / "Sent"
    path.write_text("")
    assert pull(path).events == ()
    path.write_text("a shopping list")
    with pytest.raises(Unreadable, match="no mbox"):
        pull(path)


# --- From_ lines -----------------------------------------------------------------------------------------------


def letters(tmp_path, content):
    """Return the names of the mails in an mbox file, each with its text."""
    found = pull(write(tmp_path / "Sent", content), kinds=("sent", "received"))
    return {event.id.removesuffix("@x"): event.text for event in found.events}


@pytest.mark.parametrize(
    "line",
    [
        "From me@example.org Mon Nov  9 11:00:00 2026",
        "From me Mon Nov 09 11:00:00 2026",
        "From - Mon Nov  9 11:00:00 2026",
        "From MAILER-DAEMON Mon Nov  9 11:00:00 2026",
        "From me@example.org Mon Nov  9 11:00:00 2026 -0500",
        "From me@example.org Mon Nov  9 11:00:00 EST 2026",
        "From 1849@xxx Mon Nov 09 18:30:00 +0000 2026",
        "From ???@??? Mon Nov 09 11:00:00 2026",
        "From me@example.org Mon, 09 Nov 2026 11:00:00 -0500",
        "From me@example.org Mon, 9 Nov 2026 11:00:00 GMT",
        "From me@example.org 2026-11-09T11:00:00Z",
        "From  Mon Nov  9 11:00 2026",
        'From "Camille P"@example.org Mon Nov  9 11:00:00 2026',
        "From me@example.org Mon Nov  9 11:00:00 2026 remote from mail",
        # In the language of the system, as `strftime` gave the names.
        "From me@example.org lun. nov.  9 11:00:00 2026",
        "From - lun. 10 août 2026 11:00:00",
        "From me@example.org Mo Dez 07 11:00:00 2026",
    ],
)
def test_a_mail_begins_after_a_line_with_a_sender_and_a_date_as_any_program_writes_it(tmp_path, line):
    two = f"{line}\n{mine('a')}\n{line}\n{mine('b')}"
    assert letters(tmp_path, two) == {"a": "Merci.", "b": "Merci."}
    assert list(letters(tmp_path, "\ufeff\n" + two.replace("\n", "\r\n"))) == ["a", "b"]


@pytest.mark.parametrize(
    "line",
    [
        "From now on I write every week.",
        "From Monday, 9 Nov 2026 at 11:00:00 on, I am free.",
        "From Mon Nov  9 11:00:00 2026 on, I am free.",
        "From me@example.org Mon Nov  9 11:00:00 2026 I had this:",
        "From me@example.org on Mon Nov  9 11:00:00 2026",
        "From me@example.org Mon Nov  9 2026",
        "From Montréal lundi 9 novembre 2026 à 11:00, je pars.",
        "From me@example.org Mon Nov  9 11:00:00 2026\nI had no answer.",
        "From me@example.org Mon Nov  9 11:00:00 2026\nNote: I had no answer.\n\nBye",
        "from me@example.org Mon Nov  9 11:00:00 2026\nFrom: me@example.org\nDate: today",
        " From me@example.org Mon Nov  9 11:00:00 2026\nFrom: me@example.org\nDate: today",
    ],
)
@pytest.mark.parametrize("before", ["Bonjour,\n\n", "Bonjour,\n"])
def test_a_line_of_a_letter_begins_no_mail(tmp_path, line, before):
    letter = mine("a", f"{before}{line}\nFin.\n")
    found = letters(tmp_path, f"{FROM}{letter}\n{FROM}{mine('b')}")
    assert list(found) == ["a", "b"]
    assert found["a"].startswith("Bonjour,")


def test_an_empty_line_that_a_program_forgot_is_missed_by_nobody(tmp_path):
    assert list(letters(tmp_path, FROM + mine("a") + FROM + mine("b"))) == ["a", "b"]
    of_a_user = "From root Mon Nov  9 11:00:00 2026\n"
    assert list(letters(tmp_path, FROM + mine("a") + of_a_user + mine("b"))) == ["a"]
    assert list(letters(tmp_path, FROM + mine("a") + "\n" + of_a_user + mine("b"))) == ["a", "b"]


def test_a_length_is_believed_where_it_leads_to_the_next_mail_and_nowhere_else(tmp_path):
    """Mutt and Dovecot write mbox files (mboxcl2) in which lines of a letter that look like From_ lines stay as they are."""
    body = (
        f"Regarde :\n\n{FROM}From: me@example.org\nDate: Mon, 09 Nov 2026 09:00:00 -0500\nMessage-ID: <no@x>\n\nFin.\n"
    )
    told = mine("a", body, Content_Length=str(len(body)))
    assert list(letters(tmp_path, f"{FROM}{told}\n{FROM}{mine('b')}")) == ["a", "b"]
    assert list(letters(tmp_path, f"{FROM}{mine('b')}\n{FROM}{told}\n")) == ["b", "a"]
    for wrong in (len(body) - 40, len(body) + 3, 10**11, 0):
        content = f"{FROM}{mine('a', Content_Length=str(wrong))}\n{FROM}{mine('b')}\n{FROM}{mine('c')}"
        assert list(letters(tmp_path, content)) == ["a", "b", "c"], wrong


def test_a_patch_is_no_mail_that_was_sent(tmp_path):
    write(tmp_path / "box" / "Sent", FROM + mine("a"))
    write(tmp_path / "box" / "0001.patch", f"From {'c0ffee' * 6}abcd Mon Sep 17 00:00:00 2001\n" + mine("patch"))
    assert names(pull(tmp_path / "box")) == ["a"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Bonjour,\n>From the first minute I felt at home.\n", "Bonjour,\nFrom the first minute I felt at home."),
        ("Bonjour,\n\n>From here\n>From there\n", "Bonjour,\n\nFrom here\nFrom there"),
        ("> You wrote\n>From the first minute\nOui.\n", "Oui."),
    ],
)
@pytest.mark.parametrize("shape", ["Sent", "a.eml"])
def test_the_mark_that_mbox_programs_put_before_from_is_no_quote(tmp_path, body, text, shape):
    content = mine("a", body, Content_Type="text/plain; charset=utf-8")
    (event,) = pull(write(tmp_path / shape, content if shape == "a.eml" else FROM + content)).events
    assert event.text == text


def test_as_many_mails_as_the_standard_library_has_written_are_read(tmp_path):
    box = mailbox.mbox(tmp_path / "all.mbox", create=True)
    for number in range(300):
        box.add(mine(f"m{number}", "\nFrom: x\nFrom the start\n" + "line\n" * number))
    box.close()
    assert len(set(ids(pull(tmp_path / "all.mbox")))) == 300


def test_from_lines_by_the_thousand_in_a_letter_begin_no_mail(tmp_path):
    body = FROM * 20_000 + "From " * 200_000 + ("From " + "x" * 500 + "\n") * 2_000
    assert names(pull(write(tmp_path / "Sent", f"{FROM}{mine('a', body)}\n{FROM}{mine('b')}"))) == ["a", "b"]


# --- whatever its name is --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Sent", "sent.mbox", "Sent.mbx", "mail.txt", "export.eml", "Takeout 1.mbox", "2026"])
def test_an_mbox_file_may_have_any_name(tmp_path, name):
    write(tmp_path / "box" / name, f"{FROM}{mine('a')}\n{FROM}{mine('b')}")
    assert names(pull(tmp_path / "box" / name)) == names(pull(tmp_path / "box")) == ["a", "b"]


def test_a_mail_that_lies_in_two_files_is_one(tmp_path):
    write(tmp_path / "box" / "Sent", f"{FROM}{mine('a')}\n{FROM}{mine('b')}")
    write(tmp_path / "box" / "Archive.mbox", f"{FROM}{mine('b')}\n{FROM}{theirs('c')}")
    assert names(pull(tmp_path / "box", kinds=("sent", "received"))) == ["a", "b", "c"]
