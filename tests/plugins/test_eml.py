"""Drafts in a folder of .eml files, as the user's mail program and editor see them."""

from __future__ import annotations

import email
import hashlib
import os
import pathlib
import re
import shutil
import stat
import string
import subprocess
import sys
from email import policy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import followup_mailbox
from followup_mailbox import EmlOptions, MailboxOptions
from followup_rules import Action, Context, Person, Profile, Refused, Reply, Unreadable
from followup_rules.keys import hashed, means
from followup_rules.model import Report
from tests.support.oddfiles import no_waiting, strange
from tests.support.project import ROOT

KEY = "thank-you/nordik.ca@2026-11-09"
ACTION = Action(
    key=KEY,
    rule="thank-you",
    case="nordik.ca",
    anchor="a@x",
    type="draft",
    title="Merci pour l’entrevue",
    text="Bonjour Julie,\n\nMerci ! À bientôt.\n",
    to=(Person("julie.roy@nordik.ca", "Roy, Julie"), Person("eve@nordik.ca", "Ève"), Person("marc@nordik.ca")),
)
PROFILE = Profile(me=frozenset({"me@example.org", "other@example.org"}), name="Camille Côté")


def open_folder(path, profile=PROFILE):
    (kind,) = followup_mailbox.register_outputs()
    assert kind.takes == ("draft",)
    return kind.open(EmlOptions(path=path), Context(profile=profile, now=None))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out" / "drafts"


@pytest.fixture
def folder(path):
    return open_folder(path)


def files(path):
    return sorted(file.name for file in path.iterdir())


def only(path):
    (file,) = path.iterdir()
    return file


def read(file):
    return email.message_from_bytes(file.read_bytes(), policy=policy.default)


def text_of(mail):
    return mail.get_content().replace("\r\n", "\n")


def states(folder, *refs):
    return [folder.status(refs)[ref].state for ref in refs]


# --- the draft as a mail ---------------------------------------------------------------------------------------


def test_a_mail_program_opens_it_as_a_draft_to_the_right_people(folder, path):
    folder.create(ACTION)
    mail = read(only(path))
    assert str(mail["From"]) == "Camille Côté <me@example.org>"
    assert [(to.display_name, to.addr_spec) for to in mail["To"].addresses] == [
        ("Roy, Julie", "julie.roy@nordik.ca"),
        ("Ève", "eve@nordik.ca"),
        ("", "marc@nordik.ca"),
    ]
    assert mail["Subject"] == ACTION.title
    assert mail["X-Unsent"] == "1"
    assert mail["X-Followup-Key"] == hashed(KEY)
    assert text_of(mail) == ACTION.text
    assert not {"Date", "Message-ID", "In-Reply-To", "References"} & set(mail.keys())
    assert not mail.defects


@pytest.mark.parametrize("domain", ["hôtel.ca", "ho\u0302tel.ca", "xn--htel-vqa.ca"])
def test_a_domain_with_accents_is_written_as_mail_carries_it(folder, path, domain):
    folder.create(replace(ACTION, to=(Person(f"julie@{domain}", "Julie"),)))
    assert b"\nTo: Julie <julie@xn--htel-vqa.ca>\r\n" in only(path).read_bytes()


@pytest.mark.parametrize("address", ["jérôme@nordik.ca", "julie@straße.de", f"julie@{'é' * 70}.ca", "julie@é..ca"])
def test_an_address_that_mail_cannot_carry_as_it_is_leaves_the_line_empty(folder, path, address):
    folder.create(replace(ACTION, to=(Person(address),)))
    assert "To" not in read(only(path))


def test_a_person_can_read_it_in_an_editor(folder, path):
    folder.create(ACTION)
    assert ACTION.text in only(path).read_text(encoding="utf-8")


def test_only_the_user_may_read_it(folder, path):
    folder.create(ACTION)
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE(only(path).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("subject", "title"), [("Entrevue", "Re: Entrevue"), ("RE: Entrevue", "RE: Entrevue"), (" ", ACTION.title)]
)
def test_a_reply_goes_into_its_thread(folder, path, subject, title):
    long = "x" * 120 + "@mail.nordik.ca"
    folder.create(replace(ACTION, reply=Reply(long, "root@nordik.ca", subject)))
    mail, raw = read(only(path)), only(path).read_text()
    assert mail["Subject"] == title
    assert f"\nIn-Reply-To: <{long}>\n" in raw
    assert f"\nReferences: <root@nordik.ca>\n <{long}>\n" in raw


def test_the_first_mail_of_a_thread_is_named_once_and_a_mail_without_id_not_at_all(folder, path):
    folder.create(replace(ACTION, reply=Reply("a@x", "a@x", "Hi")))
    assert read(only(path))["References"] == "<a@x>"
    folder.create(replace(ACTION, key="other", reply=Reply("sha256:0123", "sha256:0123", "Hi")))
    (other,) = (read(file) for file in path.iterdir() if file.name.startswith("other"))
    assert "In-Reply-To" not in other
    assert other["Subject"] == "Re: Hi"


# --- hostile texts ---------------------------------------------------------------------------------------------

HEADERS = {
    "x-followup-seal", "from", "to", "subject", "x-unsent", "x-followup-key",
    "in-reply-to", "references", "content-type", "content-transfer-encoding", "mime-version",
}  # fmt: skip
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=200) | st.just("a\r\nBcc: evil@x.org\r\n\r\nbody")


@given(name=ANYTHING, title=ANYTHING, text=ANYTHING, subject=ANYTHING, ident=ANYTHING, key=ANYTHING)
def test_no_text_can_add_a_header_or_a_recipient(name, title, text, subject, ident, key):
    from followup_mailbox.seal import seal, sealed  # noqa: PLC0415
    from followup_rules.mail.draft import compose  # noqa: PLC0415

    to = (Person("julie@nordik.ca", name), Person(f"{name}@nordik.ca", ""))
    action = replace(ACTION, key=key, title=title, text=text, to=to, reply=Reply(ident, ident, subject))
    content = sealed(compose(action, replace(PROFILE, name=name)).as_bytes())
    mail = email.message_from_bytes(content, policy=policy.default)
    assert {header.lower() for header in mail.keys()} <= HEADERS  # noqa: SIM118 -- a mail may hold a header twice
    assert len(mail.keys()) == len(set(mail.keys()))
    assert "evil@x.org" not in [to.addr_spec for to in mail["To"].addresses]
    assert seal(content) != "edited"


KEYS = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=400)


@given(key=KEYS)
def test_every_key_can_be_read_back(key):
    from followup_rules.mail.draft import compose, key_of  # noqa: PLC0415

    content = compose(replace(ACTION, key=key), PROFILE).as_bytes()
    carried = email.message_from_bytes(content, policy=policy.default)["X-Followup-Key"]
    assert re.fullmatch("[0-9a-f]{16}", carried)
    assert key_of(content) == carried
    assert means(carried, key)


@pytest.mark.parametrize("sign", ["x", "é", "<", "😀"])
def test_the_longest_key_is_found_again(folder, path, sign):
    key = f"thank-you/{sign * 1_000}@2026-11-09+2"
    folder.create(replace(ACTION, key=key))
    only(path).rename(path / "renamed.eml")
    assert folder.find(key)


def test_nobody_reads_in_a_draft_which_rule_made_it_for_whom(folder, path):
    folder.create(ACTION)
    assert not re.search(rb"thank-you|nordik.ca@2026|2026-11-09", only(path).read_bytes())


def test_a_draft_without_the_hash_of_its_key(path):
    (kind,) = followup_mailbox.register_outputs()
    folder = kind.open(EmlOptions(path=path, key_header=False), Context(profile=PROFILE, now=None))
    ref = folder.create(ACTION)
    assert "X-Followup-Key" not in read(only(path))
    assert (folder.find(KEY), states(folder, ref)) == (ref, ["open"])


OLDER = (
    f"From: me@example.org\nTo: julie.roy@nordik.ca\nSubject: Merci\nX-Followup-Key: {KEY}\nX-Unsent: 1\n\nMerci !\n"
)
"""As versions before the hash wrote it."""


def older_draft():
    return f"X-Followup-Seal: {hashlib.sha256(OLDER.encode()).hexdigest()}\n{OLDER}".encode()


@pytest.mark.parametrize("name", ["renamed.eml", None])
def test_a_draft_of_an_earlier_version_is_known_and_brought_up_to_date(folder, path, name):
    folder.create(ACTION)
    place = only(path).rename(path / name) if name else only(path)
    place.write_bytes(older_draft())
    ref = folder.find(KEY)
    assert states(folder, ref) == ["open"]
    folder.update(ref, ACTION)
    assert read(only(path))["X-Followup-Key"] == hashed(KEY)
    place.write_bytes(older_draft() + b"PS\n")
    assert states(folder, ref) == ["touched"]


@pytest.mark.parametrize(
    "key", ["../../etc/passwd", "/etc/passwd", "..", ".hidden", "a/b@c", "é" * 300, "x" * 300, "CON:", "-rf"]
)
def test_no_key_leads_out_of_the_folder(folder, path, key):
    ref = folder.create(replace(ACTION, key=key))
    file = only(path)
    assert set(file.name) <= {*string.ascii_letters, *string.digits, *"._@-"}
    assert len(file.name) < 130
    assert file.name.endswith(".eml")
    assert not file.name.startswith(".")
    assert folder.find(key) == ref


def test_keys_that_look_alike_in_a_file_name_do_not_collide(folder, path):
    keys = ["a/b", "a:b", "a-b", "x" * 200 + "1", "x" * 200 + "2"]
    refs = [folder.create(replace(ACTION, key=key)) for key in keys]
    assert len(set(refs)) == len(files(path)) == len(keys)
    assert [folder.find(key) for key in keys] == refs


# --- exactly once ----------------------------------------------------------------------------------------------


def test_creating_twice_leaves_one_draft_and_the_last_text(folder, path):
    folder.create(ACTION)
    ref = folder.create(replace(ACTION, text="other\n"))
    assert states(folder, ref) == ["open"]
    assert text_of(read(only(path))) == "other\n"


def test_creating_again_what_the_user_has_edited_leaves_it_to_them(folder, path):
    folder.create(ACTION)
    only(path).write_bytes(only(path).read_bytes() + b"PS: mine\n")
    ref = folder.create(replace(ACTION, text="other\n"))
    assert states(folder, ref) == ["touched"]
    assert only(path).read_bytes().endswith(b"PS: mine\n")


def test_find(folder, path):
    assert folder.find(KEY) is None
    ref = folder.create(ACTION)
    assert folder.find(KEY) == ref
    assert folder.find("thank-you/nordik.ca@2026-11-10") is None
    only(path).rename(path / "renamed by me.eml")
    assert folder.find(KEY) == ref


def test_a_draft_edited_before_its_receipt_was_kept_is_never_overwritten(folder, path):
    folder.create(ACTION)
    only(path).write_bytes(only(path).read_bytes() + b"PS: mine\n")
    ref = folder.find(KEY)
    assert states(folder, ref) == ["touched"]
    with pytest.raises(Refused, match="edited"):
        folder.update(ref, ACTION)
    assert only(path).read_bytes().endswith(b"PS: mine\n")


def test_what_comes_to_the_folder_between_two_drafts_of_one_run_is_seen(folder, path):
    """The folder is listed once for many drafts, as long as only we write there."""
    folder.create(ACTION)
    before = files(path)
    other = replace(ACTION, key="thank-you/nordik.ca@2026-11-10")
    open_folder(path).create(other)
    (made,) = set(files(path)) - set(before)
    (path / made).rename(path / "renamed.eml")
    folder.create(other)
    assert files(path) == sorted([*before, "renamed.eml"])


def test_a_half_written_file_never_counts_as_a_draft_and_is_removed(folder, path):
    path.mkdir(parents=True)
    (path / ".followup-x.tmp").write_bytes(b"X-Followup-Key: " + KEY.encode())
    assert folder.find(KEY) is None
    folder.create(ACTION)
    assert [file.name for file in path.iterdir()] == [only(path).name]


# --- later -----------------------------------------------------------------------------------------------------


def test_update_replaces_the_text_under_the_name_that_the_file_now_has(folder, path):
    ref = folder.create(ACTION)
    only(path).rename(path / "z.eml")
    new = folder.update(ref, replace(ACTION, text="Nouveau\n"))
    assert files(path) == ["z.eml"]
    assert text_of(read(path / "z.eml")) == "Nouveau\n"
    assert new != ref
    assert states(folder, new) == ["open"]


def test_withdraw_deletes_what_nobody_has_touched(folder, path):
    ref = folder.create(ACTION)
    folder.withdraw(ref)
    assert files(path) == []
    folder.withdraw(ref)


@pytest.mark.parametrize(
    "edit",
    [
        lambda raw: raw.replace(b"Julie", b"Julia"),
        lambda raw: raw + b"\n",
        lambda raw: raw.replace(b"\r\n", b"\n"),
        lambda raw: raw.replace(b"X-Unsent: 1\r\n", b""),
        lambda raw: raw.partition(b"\n")[2],
        lambda raw: b"Subject: saved by another program\n\ntext\n",
        lambda raw: b"",
    ],
)
def test_what_the_user_has_edited_is_left_alone(folder, path, edit):
    ref = folder.create(ACTION)
    mine = edit(only(path).read_bytes())
    only(path).write_bytes(mine)
    assert states(folder, ref) == ["touched"]
    with pytest.raises(Refused, match="edited"):
        folder.withdraw(ref)
    with pytest.raises(Refused, match="edited"):
        folder.update(ref, ACTION)
    assert only(path).read_bytes() == mine


def saved_again(change):
    """Return a mail program that parses the draft, changes something, and writes it in its own manner."""

    def save(raw):
        mail = email.message_from_bytes(raw, policy=policy.default)
        change(mail)
        return mail.as_bytes(policy=policy.SMTP)

    return save


def to_base64(mail):
    mail.set_content(mail.get_content(), cte="base64")


def to_quoted_printable(mail):
    mail.set_content(mail.get_content(), cte="quoted-printable")


def with_attachment(mail):
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="cv.pdf")


def as_sent(mail):
    mail["Date"], mail["Message-ID"] = "Mon, 09 Nov 2026 11:00:00 -0500", "<1@thunderbird>"
    mail["X-Mozilla-Status"] = mail["X-Mozilla-Keys"] = "0001"


@pytest.mark.parametrize(
    "save",
    [
        saved_again(lambda mail: None),
        saved_again(to_base64),
        saved_again(to_quoted_printable),
        saved_again(with_attachment),
        saved_again(as_sent),
        saved_again(lambda mail: mail.replace_header("Subject", "Un mot")),
        saved_again(lambda mail: mail.replace_header("To", "julie@home.ca")),
        lambda raw: raw.replace(b"X-Followup-Key: ", b"x-followup-key:\r\n\t"),
        lambda raw: raw.replace(b"\r\n", b"\n"),
        lambda raw: b"Subject: first\nX-Other: 1\n" + raw,
        lambda raw: b"Received: from a\n\tby b\n" * 900 + raw,
    ],
    ids=[
        "line ends", "base64", "quoted-printable", "attachment", "dates and ids", "subject", "people",
        "folded", "line ends only", "order", "a long head",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", [None, "renamed.eml", "later/moved.EML"])
def test_a_draft_that_a_mail_program_has_saved_is_found_and_stays_as_it_is(folder, path, save, name):
    ref = folder.create(ACTION)
    place = only(path)
    if name:
        (path / name).parent.mkdir(exist_ok=True)
        place = place.rename(path / name)
    mine = save(place.read_bytes())
    place.write_bytes(mine)
    assert folder.find(KEY)
    assert states(folder, ref) == ["touched"]
    for change in (lambda: folder.withdraw(ref), lambda: folder.update(ref, replace(ACTION, text="Nouveau\n"))):
        with pytest.raises(Refused, match="edited"):
            change()
    assert place.read_bytes() == mine


def test_what_was_thrown_into_a_hidden_folder_is_gone(folder, path):
    ref = folder.create(ACTION)
    (path / ".Trash-1000").mkdir()
    only_draft = next(path.glob("*.eml"))
    only_draft.rename(path / ".Trash-1000" / only_draft.name)
    assert states(folder, ref) == ["gone"]


@pytest.mark.parametrize("deed", ["replace", "unlink"])
def test_an_edit_in_the_very_moment_of_our_change_is_kept(folder, path, monkeypatch, deed):
    ref = folder.create(ACTION)
    draft, mine, real = only(path), only(path).read_bytes() + b"PS: mine\n", getattr(pathlib.Path, deed)

    def after_an_edit(self, *arguments, **options):
        monkeypatch.undo()
        draft.write_bytes(mine)
        return real(self, *arguments, **options)

    monkeypatch.setattr(pathlib.Path, deed, after_an_edit)
    with pytest.raises(Refused, match="just edited"):
        folder.withdraw(ref) if deed == "unlink" else folder.update(ref, replace(ACTION, text="Nouveau\n"))
    assert draft.read_bytes() == mine
    assert files(path) == [draft.name]


def test_a_reference_from_before_an_update_deletes_nothing(folder, path):
    old = folder.create(ACTION)
    folder.update(old, replace(ACTION, text="Nouveau\n"))
    with pytest.raises(Refused):
        folder.withdraw(old)
    assert len(files(path)) == 1


def test_status_follows_renamed_drafts(folder, path):
    refs = [
        folder.create(replace(ACTION, key=key)) for key in ("open", "renamed", "edited", "moved-and-edited", "gone")
    ]
    names = {name.split("-")[0]: path / name for name in files(path)}
    names["renamed"].rename(path / "1.eml")
    names["edited"].write_bytes(names["edited"].read_bytes() + b"PS\n")
    moved = names["moved"].rename(path / "2.eml")
    moved.write_bytes(moved.read_bytes() + b"PS\n")
    names["gone"].unlink()
    (path / "foreign.eml").write_text("Subject: not ours\n\ntext")
    (path / "binary.eml").write_bytes(bytes(range(256)))
    assert states(folder, *refs) == ["open", "open", "touched", "touched", "gone"]


# --- places in which something else lies -----------------------------------------------------------------------


def test_nothing_in_the_folder_makes_it_wait_or_fail(folder, path):
    strange(path, ".eml")
    with no_waiting():
        ref = folder.create(ACTION)
        other = folder.create(replace(ACTION, key="other"))
        (renamed,) = (file for file in path.glob("other-*.eml"))
        renamed.rename(path / "folder.eml" / "mine.eml")
        gone = folder.create(replace(ACTION, key="gone"))
        next(path.glob("gone-*.eml")).unlink()
        assert states(folder, ref, other, gone) == ["open", "open", "gone"]
        folder.withdraw(other)
    assert states(folder, ref, other) == ["open", "gone"]


@pytest.mark.parametrize("odd", ["placeholder", "away", "cannot-be-opened"])
def test_a_draft_that_may_be_what_cannot_be_looked_into_is_not_gone(folder, path, odd, request):
    ref, other = folder.create(ACTION), folder.create(replace(ACTION, key="other"))
    (file,) = path.glob("other-*.eml")
    match odd:
        case "placeholder":
            file.rename(path / f".{file.name}.icloud")
        case "away":
            file.unlink()
            (path / "moved.eml").symlink_to("/nowhere/moved.eml")
        case "cannot-be-opened":
            request.getfixturevalue("unprivileged")
            file.rename(path / "moved.eml").chmod(0)
    found = folder.status([ref, other])
    assert [found[each].state for each in (ref, other)] == ["open", "unknown"]
    assert ".eml" in found[other].why
    with pytest.raises(Refused, match=r"\.eml"):
        folder.withdraw(other)


@pytest.mark.parametrize("target", ["there", "nowhere"])
def test_a_draft_that_is_a_link_is_the_users(folder, path, tmp_path, target):
    ref = folder.create(ACTION)
    file = only(path)
    content = file.read_bytes()
    file.rename(tmp_path / "there")
    file.symlink_to(tmp_path / target)
    assert states(folder, ref) == ["touched"]
    for change in (lambda: folder.update(ref, replace(ACTION, text="x")), lambda: folder.withdraw(ref)):
        with pytest.raises(Refused):
            change()
    assert (file.is_symlink(), (tmp_path / "there").read_bytes()) == (True, content)


@pytest.mark.usefixtures("unprivileged")
def test_a_draft_that_may_not_be_read_is_the_users(folder, path):
    ref = folder.create(ACTION)
    only(path).chmod(0)
    assert states(folder, ref) == ["touched"]
    only(path).chmod(0o600)
    assert states(folder, ref) == ["open"]


def test_a_draft_moved_into_a_linked_folder_is_followed(folder, path, tmp_path):
    ref = folder.create(ACTION)
    (tmp_path / "elsewhere").mkdir()
    (path / "later").symlink_to(tmp_path / "elsewhere")
    only_draft = next(path.glob("*.eml"))
    only_draft.rename(path / "later" / "mine.eml")
    ref = folder.update(ref, replace(ACTION, text="Nouveau\n"))
    assert text_of(read(tmp_path / "elsewhere" / "mine.eml")) == "Nouveau\n"
    assert states(folder, ref) == ["open"]


def test_a_duplicate_that_the_user_edits_stays_when_the_draft_is_taken_back(folder, path):
    ref = folder.create(ACTION)
    copy = path / "copy of it.eml"
    copy.write_bytes(only(path).read_bytes() + b"PS\n")
    folder.withdraw(ref)
    assert files(path) == ["copy of it.eml"]
    assert states(folder, ref) == ["touched"]


def test_nothing_takes_the_place_of_what_is_no_draft(folder, path):
    ref = folder.create(ACTION)
    file = only(path)
    folder.withdraw(ref)
    os.mkfifo(file)
    with no_waiting(), pytest.raises(Refused, match="is no file; move it away"):
        folder.create(ACTION)


def test_a_folder_on_a_disk_that_is_not_mounted_is_not_begun_anew(tmp_path):
    (tmp_path / "drafts").symlink_to(tmp_path / "disk" / "drafts")
    with pytest.raises(Refused, match="which is missing; mount it"):
        open_folder(tmp_path / "drafts").create(ACTION)
    assert not (tmp_path / "disk").exists()


def test_a_draft_that_is_gone_cannot_be_updated(folder, path):
    ref = folder.create(ACTION)
    only(path).unlink()
    with pytest.raises(Refused, match="no longer"):
        folder.update(ref, ACTION)


def test_a_missing_folder_does_not_mean_that_every_draft_was_deleted(folder, path):
    ref = folder.create(ACTION)
    shutil.rmtree(path)
    assert folder.status([]) == {}
    for ask in (lambda: folder.status([ref]), lambda: folder.update(ref, ACTION), lambda: folder.withdraw(ref)):
        with pytest.raises(Unreadable, match="missing"):
            ask()


def test_a_folder_that_is_a_file_refuses(tmp_path):
    (tmp_path / "drafts").write_text("")
    folder = open_folder(tmp_path / "drafts" / "inner")
    with pytest.raises(Refused, match="cannot be written"):
        folder.create(ACTION)


def test_a_file_in_place_of_the_folder_is_told_and_refuses(tmp_path):
    (tmp_path / "drafts").write_text("")
    folder = open_folder(tmp_path / "drafts")
    with pytest.raises(Unreadable, match="is a file and no folder"):
        folder.find(ACTION.key)
    with pytest.raises(Refused, match="is a file and no folder"):
        folder.create(ACTION)


@pytest.mark.usefixtures("unprivileged")
def test_a_folder_without_permission(folder, path):
    ref = folder.create(ACTION)
    path.chmod(0o500)
    with pytest.raises(Refused):
        folder.create(replace(ACTION, key="other"))
    with pytest.raises(Refused):
        folder.withdraw(ref)
    path.chmod(0)
    with pytest.raises(OSError, match="ermission"):
        folder.status([ref])
    path.chmod(0o700)


def test_a_full_disk_refuses_and_leaves_nothing_behind(tmp_path):
    script = (
        "import resource, sys, signal, tests.plugins.test_eml as t, pathlib\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "try:\n"
        "    t.open_folder(pathlib.Path(sys.argv[1])).create(t.ACTION)\n"
        "except t.Refused as error:\n"
        "    print('refused')\n"
    )
    command = [sys.executable, "-B", "-c", script, str(tmp_path / "drafts")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "refused\n"
    assert files(tmp_path / "drafts") == []


def test_our_own_drafts_are_never_read_as_sent_mail_until_somebody_sends_them(folder, path):
    folder.create(ACTION)
    (kind,) = followup_mailbox.register_sources()
    now = email.utils.parsedate_to_datetime("Mon, 09 Nov 2026 11:00:00 -0500")
    source = kind.open(MailboxOptions(path=path), Context(profile=PROFILE, now=now))
    found = source.pull(now, "")
    assert found.events == ()
    raw = only(path).read_text().replace("X-Unsent: 1\n", "Date: Mon, 09 Nov 2026 11:00:00 -0500\nMessage-ID: <1@x>\n")
    only(path).write_text(raw)
    (event,) = source.pull(now, found.cursor).events
    assert (event.data, event.title, event.people[1].name) == ({}, ACTION.title, "Ève")
    assert event.report == Report(key=hashed(KEY))
