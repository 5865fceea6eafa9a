"""What a draft looks like on the wire, read without the email library that wrote it."""

from __future__ import annotations

import base64
import quopri
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from followup_rules import Action, Person, Profile, Reply
from followup_rules.mail.draft import compose

ACTION = Action(
    key="thank-you/nordik.ca@2026-11-09", rule="thank-you", case="nordik.ca", anchor="a@x", type="draft",
    title="Merci", text="Bonjour,\n", to=(Person("julie.roy@nordik.ca", "Julie Roy"),),
)  # fmt: skip
PROFILE = Profile(me=frozenset({"me@example.org"}), name="Camille Côté")
WORD = re.compile(rb"=\?utf-8\?([bqBQ])\?([^? ]*)\?=")
TITLES = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=500)


def parts(action: Action, **options: bool) -> tuple[list[bytes], bytes]:
    """Return the lines of the head and the body as bytes."""
    head, _, body = compose(action, PROFILE, **options).as_bytes().partition(b"\r\n\r\n")
    return head.split(b"\r\n"), body


def header(lines: list[bytes], name: bytes) -> bytes:
    """Return a header, unfolded (RFC 5322, section 2.2.3)."""
    head = b"\n".join(lines)
    found = re.search(rb"^%b:((?:.|\n[ \t])*)" % name, head, re.MULTILINE)
    assert found, head
    return found[1].replace(b"\n", b"").strip()


def plain(value: bytes) -> str:
    """Decode encoded words as RFC 2047 says, which takes white space between two of them away (section 6.2)."""
    decoded = b""
    for piece in re.split(rb"(=\?[^ ]*\?=)", re.sub(rb"\?=\s+=\?", b"?==?", value).replace(b"?==?", b"?= =?")):
        decoded += _word(piece)
    return decoded.decode()


def _word(piece: bytes) -> bytes:
    found = WORD.fullmatch(piece)
    if not found:
        return b"" if piece == b" " else piece
    if found[1] in b"bB":
        return base64.b64decode(found[2], validate=True)
    return quopri.decodestring(found[2].replace(b"_", b" "))


@given(title=TITLES, name=TITLES, subject=TITLES)
def test_lines_and_encoded_words_are_as_short_as_mail_wants_them(title, name, subject):
    reply = Reply("a@x", "b@x", subject)
    for action in (replace(ACTION, title=title), replace(ACTION, to=(Person("julie@nordik.ca", name),), reply=reply)):
        lines, body = parts(action)
        assert all(len(line) <= 998 and line.isascii() for line in lines)
        assert b"\n" not in b"".join(lines)
        assert b"\r" not in b"".join(lines)
        assert body.count(b"\n") == body.count(b"\r\n")
        for line in lines:
            words = WORD.findall(line)
            assert line.count(b"=?utf-8?") == len(words)
            assert all(len(b"=?utf-8?%b?%b?=" % word) <= 75 for word in words)
            assert not words or len(line) <= 76


@given(title=TITLES)
def test_a_subject_can_be_read_back(title):
    lines, _ = parts(replace(ACTION, title=title))
    wanted = " ".join(title.split()).replace("=?", "= ?")
    assert plain(header(lines, b"Subject")) == wanted


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Julie Roy", b"Julie Roy <julie@nordik.ca>"),
        ("Roy, Julie", b'"Roy, Julie" <julie@nordik.ca>'),
        ('Julie "JR" Roy', b'"Julie \\"JR\\" Roy" <julie@nordik.ca>'),
        ("Julie (RH)", b'"Julie (RH)" <julie@nordik.ca>'),
        ("", b"julie@nordik.ca"),
    ],
)
def test_a_name_is_quoted_where_mail_needs_it(name, written):
    lines, _ = parts(replace(ACTION, to=(Person("julie@nordik.ca", name),)))
    assert header(lines, b"To") == written


def test_many_recipients_with_accents_are_all_written_to():
    to = tuple(Person(f"someone{n}@nordik.ca", f"Éloïse Lefèvre-Côté, ingénieure n° {n}") for n in range(40))
    lines, _ = parts(replace(ACTION, to=to))
    value = header(lines, b"To")
    assert re.findall(rb"<([^>]*)>", value) == [person.address.encode() for person in to]
    names = [plain(part.rpartition(b"<")[0].strip()) for part in value.split(b">")[:-1]]
    assert [name.lstrip(", ") for name in names] == [person.name for person in to]


def test_a_long_paragraph_is_not_written_on_one_long_line():
    text = "Merci à vous tous. " * 200 + "\nJulie\n"
    lines, body = parts(replace(ACTION, text=text))
    assert b"Content-Transfer-Encoding: quoted-printable" in lines
    assert all(len(line) <= 76 for line in body.split(b"\r\n"))
    assert quopri.decodestring(body).decode().replace("\r\n", "\n") == text


def test_what_a_person_reads_stands_before_what_is_ours():
    names = [line.partition(b":")[0] for line in parts(ACTION)[0] if not line.startswith(b" ")]
    assert names[:3] == [b"From", b"To", b"Subject"]
    assert names[-1] == b"X-Followup-Key"
    assert b"X-Followup-Key" not in b"\n".join(parts(ACTION, key_header=False)[0])


@pytest.mark.parametrize(
    ("subject", "written"),
    [
        ("Entrevue", "Re: Entrevue"),
        ("Re: Entrevue", "Re: Entrevue"),
        ("RE : Entrevue", "RE : Entrevue"),
        ("AW: Gespräch", "AW: Gespräch"),
        ("SV: Möte", "SV: Möte"),
        ("Antw: Gesprek", "Antw: Gesprek"),
        ("Re[2]: Entrevue", "Re[2]: Entrevue"),
        ("Reunion: Thursday", "Re: Reunion: Thursday"),
        ("Fwd: Entrevue", "Re: Fwd: Entrevue"),
    ],
)
def test_a_reply_says_so_once(subject, written):
    lines, _ = parts(replace(ACTION, reply=Reply("a@x", "a@x", subject)))
    assert plain(header(lines, b"Subject")) == written


@pytest.mark.parametrize("ident", ["sha256:0123", "gmail:18c", "thread-index:01db", "a b@x", "=?utf-8?q?a?=@x"])
def test_an_id_that_no_mail_has_is_written_nowhere(ident):
    lines, _ = parts(replace(ACTION, reply=Reply(ident, ident, "Entrevue")))
    assert not [line for line in lines if line.startswith((b"In-Reply-To", b"References"))]
