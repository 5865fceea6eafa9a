"""The words and the content types of a mail's body."""

from __future__ import annotations

from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from time import process_time

import pytest

from followup_rules.mail import own_words
from followup_rules.mail.source import attachments, ends, types, words

PLAIN = "Content-Type: text/plain; charset=utf-8\n\n"


def mail(kind, *parts, before=""):
    body = "".join(f"--cut\n{part}\n" for part in parts)
    return f'From: me@example.org\nContent-Type: {kind}; boundary="cut"\n\n{before}\n{body}--cut--\n'.encode()


ATTACHED = (
    "Content-Type: message/rfc822\nContent-Disposition: inline\n\nFrom: j@x.example\nContent-Type: text/plain\n\nHers."
)
FILE = 'Content-Type: text/plain; name="notes.txt"\nContent-Disposition: inline\n\nA file.'


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (mail("multipart/alternative", f"{PLAIN}Plain.", "Content-Type: text/html\n\n<p>Page."), "Plain."),
        (mail("multipart/alternative", "Content-Type: text/html\n\n<p>Page.", f"{PLAIN}Plain."), "Plain."),
        (mail("multipart/alternative", f"{PLAIN}\n \n", "Content-Type: text/html\n\n<p>Page.</p>"), "Page."),
        (mail("multipart/alternative", f"{PLAIN}\u200b\n", "Content-Type: text/html\n\n<p>Page."), "Page."),
        (mail("multipart/alternative", f"{PLAIN}[cid:a1@x]\n", "Content-Type: text/html\n\n<p>Page."), "Page."),
        (
            mail(
                "multipart/alternative",
                f"{PLAIN}This message is in HTML format. Please view it in another reader.",
                "Content-Type: text/html\n\n<p>Page.",
            ),
            "Page.",
        ),
        (
            mail("multipart/alternative", f"{PLAIN}Votre client ne prend pas en charge le HTML.", f"{PLAIN}Texte."),
            "Texte.",
        ),
        (
            mail("multipart/alternative", f"{PLAIN}I write HTML.", "Content-Type: text/html\n\n<p>Page."),
            "I write HTML.",
        ),
        (b"Content-Type: application/xhtml+xml\n\n<html><body><p>Page.</p></body></html>", "Page."),
        (mail("multipart/mixed", f"{PLAIN}\n", FILE, f"{PLAIN}Mine."), "Mine."),
        (mail("multipart/mixed", FILE, "Content-Type: text/html\n\n<p>Mine."), "Mine."),
        (mail("multipart/mixed", f"{PLAIN}One.", f"{PLAIN}Two."), "One.\n\nTwo."),
        (
            mail("multipart/mixed", "Content-Type: text/html\n\n<p>Mine.", f"{PLAIN}A list's footer."),
            "Mine.\n\nA list's footer.",
        ),
        (mail("multipart/mixed", ATTACHED), ""),
        (mail("multipart/mixed", f"{PLAIN}Mine.", ATTACHED), "Mine."),
        (mail("multipart/digest", "\nFrom: j@x.example\n\nHers."), ""),
        (mail("multipart/mixed", "\nWithout a head."), "\nWithout a head."),
        (mail("multipart/mixed", f"{PLAIN}Mine.", before="This is a message in MIME format."), "Mine."),
        (mail("multipart/mixed", f"{PLAIN}Cut off.").removesuffix(b"--cut--\n"), "Cut off."),
        (b"Content-Type: multipart/mixed\n\nno boundary", ""),
        (mail("multipart/mixed", f"{PLAIN}Mine.").replace(b"; boundary", b"; x"), "Mine."),
        (mail("multipart/mixed", f"{PLAIN}Mine.").replace(b'"cut"', b"'cut'"), "Mine."),
        (b"Content-Type: plain/text\n\nMine.", "Mine."),
        (b"Content-Disposition: attachment\n\nA file.", ""),
    ],
)
def test_which_parts_are_read(content, text):
    assert words(content) == text
    assert words(content.replace(b"\n", b"\r\n")).replace("\r\n", "\n") == text


@pytest.mark.parametrize(
    ("charset", "raw", "text"),
    [
        ("utf-8", "déjà".encode(), "déjà"),
        ("utf-8", "déjà".encode("cp1252"), "déjà"),
        ("nonsense", "déjà".encode("cp1252"), "déjà"),
        ("nonsense", "déjà".encode(), "déjà"),
        ("us-ascii", "déjà".encode("cp1252"), "déjà"),
        ("iso-8859-1", "“déjà” €".encode("cp1252"), "“déjà” €"),
        ("gb2312", "镕".encode("gb18030"), "镕"),
        ("punycode", b"x", "x"),
        ("hex", b"x", "x"),
        ("koi8-r", "да".encode("koi8-r"), "да"),
        ("x-mac-roman", "déjà".encode("mac_roman"), "déjà"),
        ("iso-8859-8-i", "שלום".encode("iso-8859-8"), "שלום"),
    ],
)
def test_charsets(charset, raw, text):
    assert words(b"Content-Type: text/plain; charset=" + charset.encode() + b"\n\n" + raw) == text


@pytest.mark.parametrize(
    "head",
    [
        "Content-Type: text/plain (mine); charset=utf-8 (yes)",  # comments (RFC 2045, section 5.1)
        "Content-Type: text/plain charset=utf-8",
        'Content-Type: text/plain; charset="utf-8',
        'Content-Type: text/plain; charset=utf-8; name="body.txt"',
        'Content-Type: text/plain; charset=utf-8\nContent-Disposition: inline; filename="body.txt"',
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit (as it is)",
    ],
)
def test_odd_heads_lose_no_words(head):
    assert words(f"{head}\n\ndéjà".encode()) == "déjà"


@pytest.mark.parametrize("encoding", ["base64", '"base64"', "base64 (x)", "BASE64; x=y"])
def test_how_a_text_is_carried(encoding):
    head = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n"
    assert words(f"{head}ZMOpasOg".encode()) == "déjà"


@pytest.mark.parametrize("junk", ['"\\\\', '("', "(", "(a", "a=(b)"])
def test_costly_heads_take_no_longer_than_others(junk):
    begun = process_time()
    words(f"Content-Type: text/plain; x={junk * (100_000 // len(junk))}\n\nMine.".encode())
    assert process_time() - begun < 5  # what grows with the square takes minutes


def test_a_text_whose_lines_a_program_broke_is_joined():
    head = b"Content-Type: text/plain; format=flowed"
    flowed = b"A long \nline.\n> quoted \n> words\n>> deeper\n stuffed\n-- \nCamille\n"
    assert words(head + b"\n\n" + flowed) == "A long line.\n> quoted words\n>> deeper\nstuffed\n-- \nCamille\n"
    assert words(head + b"; delsp=yes\n\nBe \nginn") == "Beginn"
    assert words(b"Content-Type: text/plain\n\nA \nb") == "A \nb"


def test_a_line_that_its_writer_began_with_a_mark_is_theirs_where_the_mail_says_so():
    """RFC 3676, sections 4.4 and 4.5: such a line has a space before it; several in a row are an indented quote."""
    head = b"Content-Type: text/plain; format=flowed\n\n"
    alone = b"Hello,\n >90 % of it is done.\n> How much?\n"
    assert own_words.opening(words(head + alone)) == "Hello,\n>90 % of it is done."
    assert own_words.opening(words(b"Content-Type: text/plain\n\n" + alone)) == "Hello,"
    assert own_words.opening(words(head + b"Hello,\n > How much?\n > When?\n")) == "Hello,"


def test_the_types_of_the_parts():
    content = mail(
        "multipart/mixed", f"{PLAIN}Mine.", "Content-Type: text/calendar;\n method=REPLY\n\nBEGIN:VCALENDAR", ATTACHED
    )
    assert types(content)[1:] == ("text/plain; charset=utf-8", "text/calendar; method=REPLY", "message/rfc822")
    assert types(b"no head at all") == ("text/plain",)
    assert attachments(mail("multipart/mixed", f"{PLAIN}Mine.", FILE)) == 1


def test_thousands_of_parts_are_read_as_far_as_people_write_them():
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (depth, depth) for depth in range(5_000)
    )
    assert words(deep + b"\nHello") == ""
    wide = b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 50_000
    assert 0 < words(wide).count("x") <= 200
    assert len(types(wide)) <= 201


def test_what_the_email_library_writes_is_read():
    outer, inner = MIMEMultipart("mixed"), MIMEMultipart("alternative")
    inner.attach(MIMEText("Merci à vous.", "plain", "utf-8"))
    inner.attach(MIMEText("<p>Page</p>", "html"))
    outer.attach(inner)
    assert words(outer.as_bytes()) == "Merci à vous."


@pytest.mark.parametrize(
    ("more", "told"), [("", "text/calendar; method=REPLY"), ("; name=a.ics", "text/calendar; name=a.ics")]
)
def test_the_method_of_a_calendar_is_found_in_it_where_its_type_lacks_it_but_not_in_a_file(more, told):
    part = f"Content-Type: text/calendar{more}\n\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n"
    assert types(mail("multipart/alternative", part))[1:] == (told,)


PAGE = "<p>Dear all</p>" + "<a href='https://x.example/a'>x</a>" * 900 + "<p>To unsubscribe, write.</p>"


@pytest.mark.parametrize(
    ("content", "held"),
    [
        (f"{PLAIN}Hello\n> quoted", ["Hello"]),
        (f"Content-Type: text/html\n\n{PAGE}", ["Dear all", "https://x.example/a", "To unsubscribe, write."]),
        (f"{PLAIN}Look\n\n-----Original Message-----\nFrom: a@b.example\n\nquoted", []),
    ],
)
def test_both_ends_of_a_mail_are_what_its_writer_wrote(content, held):
    found = ends(content.encode(), words(content.encode()))
    assert [each in found for each in held] == [True] * len(held)
    assert "quoted" not in found
    assert len(found) < 20_000
