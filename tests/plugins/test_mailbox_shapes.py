"""The shapes in which mail programs keep mail on disk, other than one mbox file: recognised by what is in the place."""

from __future__ import annotations

import mailbox
import os
import plistlib
from datetime import timedelta

import pytest

from followup_rules import BadItem, Unreadable
from tests.support.mailboxes import FROM, ids, mine, names, pull, theirs, write

BOTH = ("sent", "received")


@pytest.fixture
def box(tmp_path):
    folder = tmp_path / "box"
    folder.mkdir()
    return folder


# --- Maildir ---------------------------------------------------------------------------------------------------


def test_a_maildir_as_mail_programs_write_it(tmp_path):
    path = tmp_path / "Sent"
    maildir = mailbox.Maildir(path, create=True)
    assert pull(path).events == ()
    new = maildir.add(mine("new"))
    draft = mailbox.MaildirMessage(mine("draft"))
    draft.set_flags("D")
    draft.set_subdir("cur")
    draft_key = maildir.add(draft)
    write(path / "tmp" / "half", mine("half"))
    first = pull(path)
    assert names(first) == ["new"]

    seen = maildir[new]
    seen.set_subdir("cur")
    seen.set_flags("S")
    maildir[new] = seen
    assert pull(path, first.cursor).events == (), "only its flags have changed"

    sent = maildir[draft_key]
    sent.set_flags("S")
    maildir[draft_key] = sent
    assert names(pull(path, first.cursor)) == ["draft"]


@pytest.mark.parametrize("mark", [":", "!", ";", "_", "-", "\uf022", "\uf03a"])
def test_flags_are_read_after_whatever_stands_for_the_colon(box, mark):
    for flags in ("S", "", "DS", "ST", "FRSa"):
        write(box / "cur" / f"{flags or 'none'}.host{mark}2,{flags}", mine(flags or "none"))
    write(box / "cur" / "plain.host", mine("plain"))
    assert names(pull(box)) == ["FRSa", "S", "none", "plain"]


@pytest.mark.parametrize("parts", [("cur",), ("new", "tmp"), ("cur", "new"), ("cur", "new", "tmp")])
def test_a_maildir_that_lost_its_empty_folders_in_a_copy_is_one(box, parts):
    for part in parts:
        (box / part).mkdir()
    assert pull(box).events == ()
    write(box / parts[0] / "1.host", mine("a"))
    assert names(pull(box)) == ["a"]


def test_an_account_as_a_server_keeps_it_is_read_with_its_folders(box):
    """Maildir++: folders are hidden, and name their parents before dots; names are encoded as in IMAP."""
    write(box / "cur" / "1.host:2,S", theirs("inbox"))
    write(box / "dovecot.index.log", "\1\3")
    write(box / "maildirsize", "1 2\n")
    write(box / ".Sent" / "cur" / "1.host:2,S", mine("sent"))
    write(box / ".INBOX.Sent.2025" / "new" / "1.host", mine("older"))
    (box / ".INBOX.Sent.2025" / "cur").mkdir()
    for name in (".Drafts", ".INBOX.Trash", ".INBOX.Trash.Nordik", ".Entw&APw-rfe", ".[Gmail].Corbeille", ".Spam"):
        write(box / name / "cur" / "1.host:2,S", mine("no"))
    write(box / ".git" / "1.eml", mine("no"))
    assert names(pull(box, kinds=BOTH)) == ["inbox", "older", "sent"]
    assert names(pull(box / ".Sent")) == ["sent"]


def test_an_account_as_offlineimap_copies_it_is_read_with_its_folders(box):
    """The names of a server's folders, whose parents stand before dots: Courier's INBOX, or Gmail's."""
    for name in ("INBOX.Sent", "[Gmail].Sent Mail", "Notes v2.Drafting"):
        write(box / name / "cur" / "1.host:2,S", mine(name[-4:].lower()))
    for name in ("INBOX.Drafts", "INBOX.Trash.Nordik", "INBOX.Entw&APw-rfe", "[Gmail].Corbeille", "[Google Mail].Spam"):
        write(box / name / "cur" / "1.host:2,S", mine("no"))
    assert names(pull(box)) == ["mail", "sent", "ting"]


def test_a_folder_of_maildirs_is_read_with_those_of_kmail(box):
    write(box / "Sent" / "cur" / "1.host:2,S", mine("a"))
    write(box / ".Sent.directory" / "2025" / "cur" / "1.host:2,S", mine("b"))
    write(box / "[Gmail]" / "Sent Mail" / "cur" / "1.host:2,S", mine("c"))
    write(box / "[Gmail]" / "Trash" / "cur" / "1.host:2,S", mine("no"))
    write(box / ".trash.directory" / "2025" / "cur" / "1.host:2,S", mine("no"))
    write(box / "INBOX" / "new" / "1.host", theirs("d"))
    (box / "INBOX" / "cur").mkdir()
    assert names(pull(box)) == ["a", "b", "c"]


# --- MH, Thunderbird, Apple Mail -------------------------------------------------------------------------------


def test_mh_keeps_a_mail_in_each_numbered_file(tmp_path):
    path = tmp_path / "Mail"
    folder = mailbox.MH(path, create=True).add_folder("sent")
    for name in ("a", "b"):
        folder.add(mine(name))
    folder.set_sequences({"unseen": [1]})
    write(path / "sent" / ",3", mine("deleted"))
    write(path / "drafts" / "1", mine("no"))
    assert names(pull(path)) == names(pull(path / "sent")) == ["a", "b"]


def test_cyrus_ends_the_number_with_a_dot(box):
    write(box / "1.", mine("a").replace("\n", "\r\n"))
    write(box / "cyrus.header", "\2\1Cyrus")
    assert names(pull(box)) == ["a"]


@pytest.fixture
def profile(box):
    """Make the folders of Thunderbird, with one account by POP and one by IMAP."""
    home = box / "abcd.default"
    write(home / "prefs.js", 'user_pref("a", 1);\n')
    write(home / "cache2" / "entries" / "1", FROM + mine("cached"))
    local, imap = home / "Mail" / "Local Folders", home / "ImapMail" / "imap.example.org"
    write(local / "Sent", f"{FROM}{mine('a')}\n")
    write(local / "Sent.msf", "// <!-- <mdb:mork:z v='1.4'/> -->\n")
    write(local / "Sent.sbd" / "2025", f"{FROM}{mine('b')}\n")
    for name in ("Drafts", "Templates", "Unsent Messages", "Trash", "Junk"):
        write(local / name, f"{FROM}{mine('no')}\n")
    write(local / "Trash.sbd" / "Nordik", f"{FROM}{mine('no')}\n")
    write(imap / "INBOX", f"{FROM}{theirs('c')}\n")
    write(imap / "[Gmail].sbd" / "Messages envoyés", f"{FROM}{mine('d')}\n")
    write(imap / "[Gmail].sbd" / "Brouillons", f"{FROM}{mine('no')}\n")
    return home


def test_thunderbird_is_read_from_its_profile_from_an_account_and_from_one_file(profile):
    assert names(pull(profile.parent, kinds=BOTH)) == names(pull(profile, kinds=BOTH)) == ["a", "b", "c", "d"]
    assert names(pull(profile / "Mail")) == names(pull(profile / "Mail" / "Local Folders")) == ["a", "b"]
    assert names(pull(profile / "ImapMail", kinds=BOTH)) == ["c", "d"]
    assert names(pull(profile / "Mail" / "Local Folders" / "Sent")) == ["a"]


def test_an_index_that_thunderbird_changes_is_nothing_new(profile):
    first = pull(profile)
    write(profile / "Mail" / "Local Folders" / "Sent.msf", "// changed\n")
    assert pull(profile, first.cursor).cursor == first.cursor


def test_the_index_in_place_of_the_mail_is_unreadable_and_says_where_the_mail_is(box):
    write(box / "Sent.msf", "// <!-- <mdb:mork:z v='1.4'/> -->\n")
    with pytest.raises(Unreadable, match=r"Thunderbird.*without \.msf"):
        pull(box / "Sent.msf")
    with pytest.raises(Unreadable, match=r"only an index of Thunderbird \(Sent\.msf\).*keep the mail on this computer"):
        pull(box)


def emlx(content, flags=8590195713, length=None):
    content = content.encode()
    return b"%d\n%b%b" % (length or len(content), content, plistlib.dumps({"flags": flags, "date-sent": 1.0}))


def test_apple_mail_as_it_lies_in_the_library(box):
    account = box / "V10" / "0A1B" / "Sent Messages.mbox" / "2C3D" / "Data"
    write(account / "1" / "Messages" / "1001.emlx", emlx(mine("a", "Merci.\n" * 20_000)))
    write(account / "Messages" / "1002.partial.emlx", emlx(mine("b")))
    write(account / "Attachments" / "1002" / "2" / "forwarded.eml", mine("attached"))
    write(box / "V10" / "0A1B" / "Deleted Messages.mbox" / "2C3D" / "Data" / "Messages" / "1.emlx", emlx(mine("no")))
    write(box / "V10" / "MailData" / "Envelope Index", "SQLite format 3\0")
    assert names(pull(box)) == ["a", "b"]


@pytest.mark.parametrize(("bit", "meaning"), [(1, "deleted"), (6, "draft"), (24, "junk")])
def test_a_mail_that_apple_mail_marks_so_was_not_sent(box, bit, meaning):
    write(box / "1.emlx", emlx(mine("a")))
    write(box / "2.emlx", emlx(mine(meaning), flags=1 | 1 << bit))
    first = pull(box)
    assert names(first) == ["a"]
    write(box / "2.emlx", emlx(mine(meaning), flags=1), age=timedelta(hours=1))
    assert names(pull(box, first.cursor)) == [meaning]


@pytest.mark.parametrize("length", [1, 10, 100_000])
def test_a_length_that_is_not_right_loses_no_mail(box, length):
    write(box / "1.emlx", emlx(mine("a", "Merci Julie.\n"), length=length))
    (event,) = pull(box).events
    assert (event.id, event.text) == ("a@x", "Merci Julie.")


def test_apple_mail_exports_a_folder_with_an_mbox_in_it(box):
    write(box / "Sent.mbox" / "mbox", f"{FROM}{mine('a')}\n")
    write(box / "Sent.mbox" / "table_of_contents", "\0\0\0\1")
    write(box / "Drafts.mbox" / "mbox", f"{FROM}{mine('no')}\n")
    assert names(pull(box)) == names(pull(box / "Sent.mbox")) == ["a"]


# --- single mails ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.eml", "A.EML", "a.eml.txt", "Merci.txt", "Merci", "Merci.msg", "12"])
def test_a_single_mail_is_read_by_itself_and_in_a_folder(box, name):
    write(box / name, mine("a"))
    assert names(pull(box)) == names(pull(box / name)) == ["a"]
    write(box / name, mine("b").replace("\n", "\r\n"))
    assert names(pull(box)) == ["b"]


def test_what_lies_beside_mails_is_no_mail(box):
    write(box / "a.eml", mine("a"))
    write(box / "notes.txt", "From: a note\nabout mail, and no mail\n")
    write(box / "page.html", "<p>From: me@example.org</p>")
    write(box / "._a.eml", "\0\5\26\7")
    write(box / "Thumbs.db", "\0")
    first = pull(box)
    assert names(first) == ["a"]
    assert pull(box, first.cursor).cursor == first.cursor


# --- what cannot be read ---------------------------------------------------------------------------------------

OUTLOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


@pytest.mark.parametrize(
    ("name", "content", "advice"),
    [
        ("Merci.msg", OUTLOOK, "Outlook.*msgconvert.*eml"),
        ("outlook.pst", b"!BDN" + bytes(512), "Outlook.*readpst"),
        ("outlook.ost", b"!BDN" + bytes(512), "Outlook.*IMAP"),
        ("mac.olm", b"PK\3\4" + bytes(64), "Outlook for Mac.*mbox"),
        ("Sent Items.dbx", b"\xcf\xad\x12\xfe" + bytes(64), "Outlook Express.*Thunderbird"),
        ("takeout-1.zip", b"PK\3\4" + bytes(64), "unpack"),
        ("Sent.mbox.gz", b"\x1f\x8b" + bytes(64), "unpack"),
        ("list.txt", b"bread, milk\n", r"set `path` to a Maildir, an mbox file, or a folder of \.eml"),
    ],
)
def test_a_place_in_no_known_shape_is_unreadable_and_says_what_to_do(box, name, content, advice):
    write(box / name, content)
    with pytest.raises(Unreadable, match=advice) as alone:
        pull(box / name)
    with pytest.raises(Unreadable, match=advice) as within:
        pull(box)
    assert name in str(alone.value)
    assert name in str(within.value)


def test_a_dbox_of_dovecot_is_named_as_such(box):
    write(box / "mailboxes" / "INBOX" / "dbox-Mails" / "u.1", "2 M1e C5f\n")
    write(box / "mailboxes" / "INBOX" / "dbox-Mails" / "dovecot.index.log", "\0")
    with pytest.raises(Unreadable, match=r"dbox of Dovecot.*doveadm"):
        pull(box)


def test_mail_in_a_form_that_is_not_read_is_told_beside_mail_that_is_and_told_once(box):
    write(box / "a.eml", mine("a"))
    for number in range(12):
        write(box / f"{number} Merci.msg", OUTLOOK)
    *events, bad = (first := pull(box)).events
    assert [event.id for event in events] == ["a@x"]
    assert isinstance(bad, BadItem)
    assert bad.where == "box/0 Merci.msg"
    assert "like 11 more files here" in bad.message
    assert pull(box, first.cursor).events == ()


def test_an_empty_place_of_any_shape_holds_nothing(box):
    assert pull(box).events == ()
    write(box / "desktop.ini", "[.ShellClassInfo]\n")
    assert pull(box).events == ()
    write(box / "Sent", "")
    assert pull(box).events == pull(box / "Sent").events == ()


# --- links, pipes, permissions, names --------------------------------------------------------------------------


def test_links_are_followed_once_and_never_in_a_circle(box, tmp_path):
    write(tmp_path / "elsewhere" / "b.eml", mine("b"))
    write(box / "a.eml", mine("a"))
    (box / "circle").symlink_to(box)
    (box / "self").symlink_to(box / "self")
    (box / "self.eml").symlink_to(box / "self.eml")
    (box / "Sent").symlink_to(tmp_path / "elsewhere")
    (box / "Sent Items").symlink_to(tmp_path / "elsewhere")
    found = pull(box)
    assert (names(found), found.unread) == (["a", "b"], ())


def test_pipes_sockets_and_devices_are_never_opened(box):
    write(box / "a.eml", mine("a"))
    os.mkfifo(box / "pipe.eml")
    os.mkfifo(box / "Sent")
    (box / "null.eml").symlink_to("/dev/zero")
    assert names(pull(box)) == ["a"]
    for place in (box / "pipe.eml", box / "null.eml"):
        with pytest.raises(Unreadable, match="neither a file nor a folder"):
            pull(place)


def test_names_in_any_bytes_are_read_and_can_be_shown(box):
    odd = os.path.join(os.fsencode(box), b"caf\xe9\n.eml")  # noqa: PTH118 -- bytes that are no UTF-8
    with open(odd, "wb") as file:  # noqa: PTH123
        file.write(mine("a").encode())
    with open(odd + b".msg", "wb") as file:  # noqa: PTH123
        file.write(OUTLOOK)
    event, bad = pull(box).events
    assert event.where == "box/caf\ufffd .eml"
    assert bad.where == "box/caf\ufffd .eml.msg"


@pytest.mark.usefixtures("unprivileged")
def test_a_file_that_may_not_be_read_blinds_only_where_it_may_hold_mail(box):
    write(box / "a.eml", mine("a"))
    closed = write(box / "notes.txt", "milk")
    closed.chmod(0)
    event, bad = pull(box).events
    assert event.id == "a@x"
    assert (bad.where, "Permission denied" in bad.message) == ("box/notes.txt", True)
    closed.rename(box / "Sent")
    part = pull(box)
    assert ids(part) == ["a@x"]
    (unread,) = part.unread
    assert (unread.where, unread.message) == ("box/Sent", "may not be read by this user; change its permissions")
    (again,) = pull(box, part.cursor).unread
    assert again == unread
    with pytest.raises(Unreadable, match=r"Sent may not be read by this user; change its permissions"):
        pull(box / "Sent")
    (box / "a.eml").unlink()
    with pytest.raises(Unreadable, match=r"Sent may not be read by this user; change its permissions"):
        pull(box)


@pytest.mark.usefixtures("unprivileged")
def test_a_folder_below_that_may_not_be_entered_hides_itself_alone(box):
    write(box / "a.eml", mine("a"))
    write(box / "Sent" / "b.eml", mine("b")).parent.chmod(0)
    found = pull(box)
    (box / "Sent").chmod(0o700)
    assert (ids(found), [part.where for part in found.unread]) == (["a@x"], ["box/Sent"])
    assert names(pull(box, found.cursor)) == ["b"]


def test_mail_that_lies_elsewhere_for_now_is_named(box):
    write(box / "a.eml", mine("a"))
    (box / "Sent").symlink_to("/nowhere/Sent")
    (box / ".b.eml.icloud").write_text("")
    (box / "c.eml.nextcloud").write_text(" ")
    for name in (".#draft", "lock", "Trash", "notes.txt"):
        (box / name).symlink_to("/nowhere/else")
    found = pull(box)
    assert [part.where for part in found.unread] == ["box/Sent", "box/b.eml", "box/c.eml"]
    assert pull(box, found.cursor).unread == found.unread


def test_no_link_leads_out_to_the_folders_above(box):
    write(box / "a.eml", mine("a"))
    write(box.parent / "beside.eml", mine("beside"))
    (box / "above").symlink_to(box.parent)
    assert names(pull(box)) == ["a"]


def test_mail_that_vanishes_during_a_pull_is_left_for_the_next(box, monkeypatch):
    write(box / "a.eml", mine("a"))
    gone = write(box / "b.eml", mine("b"))
    from followup_mailbox import folders  # noqa: PLC0415

    def walked_before(path, walk=folders.walk):
        found = walk(path)
        gone.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(folders, "walk", walked_before)
    first = pull(box)
    assert names(first) == ["a"]
    monkeypatch.undo()
    write(gone, mine("b"))
    assert names(pull(box, first.cursor)) == ["b"]


def test_mail_is_in_the_order_of_names_whatever_the_disk_says(box):
    for name in "dbca":
        write(box / f"{name}.eml", mine(name))
    assert ids(pull(box)) == ["a@x", "b@x", "c@x", "d@x"]
