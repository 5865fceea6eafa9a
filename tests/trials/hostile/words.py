"""Words that have done harm somewhere: to headers, terminals, file names, templates, and parsers of all kinds."""

NEWLINES = ("\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\n\n", "\r\n ", "\n\t")
"""All that some program takes for the end of a line, and how a header is folded."""

ESCAPES = (
    "\x1b[2J\x1b[H",  # clears the screen
    "\x1b]0;title\x07",  # sets the window's title
    "\x1b]8;;http://evil.example/\x1b\\click\x1b]8;;\x1b\\",  # a link that shows another address
    "\x1bP+q544e\x1b\\",  # asks the terminal to type something
    "\x9b31m",  # the same escape in one character of C1
    "\x9d52;c;cm0gLXJm\x9c",  # writes to the clipboard
    "\x08\x08\x08\x7f",
    "\x00",
    "\u202e\u2066gnp.exe\u2069",  # turns the direction of writing
    "\u200e\u200f\u061c",
    "\ufeff\u200b",
)
"""Sequences that steer terminals or hide what is written."""

HTML = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt;&#10;&#x1b;[31m",
    "</title><!--",
)

CODE = (
    "{{ 7 * 7 }}",
    "{% for x in range(10**9) %}a{% endfor %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{# hidden #}",
    "{it.title.__class__}",
    "{0}{1}{}",
    "{case!r:>1000000000}",
    "%s%n%(x)d%1000000000d",
    "${HOME}$(id)`id`",
    "[bold red]markup[/]",
    "\\1\\g<0>(?P<x>",
    "(a+)+$",
    "(?:*)[",
)
"""What templates, format strings, shells, consoles and regular expressions would act upon."""

PATHS = (
    "../../../../tmp/evil",
    "/etc/passwd",
    "..",
    ".",
    "~",
    "~root/evil",
    "$HOME/evil",
    "a/../../b",
    "a\\..\\..\\b",
    "C:\\evil",
    "con",
    "NUL.txt",
    "aux.eml",
    "lpt1",
    "a" * 3_000,
    "é" * 300,
    "-rf",
    "a:b",
    "a*?|<>b",
    ".hidden",
    "trailing. ",
)
"""What is more than a name where it becomes part of a file's."""

FRAGMENTS = (
    *(word.encode("utf-8", "surrogatepass") for word in (*NEWLINES, *ESCAPES, *HTML, *CODE, *PATHS[:8])),
    b"\xff\xfe",
    b"\xc3",
    b"\xed\xa0\x80",
    b"=?utf-8?q?a=0d=0aBcc:_evil=40example.org?=",
    b"=?utf-8?b?" + b"QUFB" * 50 + b"?=",
    b"=?x-unknown?q?=ff?=",
    b"Content-Type: multipart/mixed; boundary=x\n\n--x\n",
    b"Content-Transfer-Encoding: base64\n",
    b'Content-Type: text/plain; charset="\x00"\n',
    b"Date: Fri, 31 Dec 9999 23:59:59 -1200\n",
    b"Date: Mon, 1 Jan 0001 00:00:00 +1400\n",
    b"BEGIN:VEVENT\r\n",
    b"END:VEVENT\r\n",
    b"RRULE:FREQ=SECONDLY\r\n",
    b"RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n",
    b"RRULE:FREQ=DAILY;COUNT=999999999;INTERVAL=0\r\n",
    b"DTSTART:00010101T000000\r\n",
    b"DTEND;VALUE=DATE:99991231\r\n",
    b"DTSTART;TZID=../../etc/passwd:20261109T100000\r\n",
    b"DURATION:P999999999W\r\n",
    b"RECURRENCE-ID;RANGE=THISANDFUTURE:20261109T100000Z\r\n",
    b"EXDATE:\r\n",
    b"[rule.x]\n",
    b"[[rule.x]]\n",
    b"any = [[[[",
    b"= inf\n",
    b"= nan\n",
    b"= 99999999999999999999999999\n",
    b'"""',
    b"'''",
    b"\\u0000",
    b"\\UFFFFFFFF",
    b"end + 99999 months at 25:61, workday",
    b"1979-05-27T07:32:00-99:99",
    b"## <@>\n- [x] 9999-12-31 23:59 #promise due:+9999w\n",
    b"- 0001-01-01 #promise due:friday\n",
    b" " * 200,
    b">" * 200,
    b"(" * 200,
    b"#" * 200,
    b"\t" * 50,
)
"""What a chance flip of bits would not come upon in a lifetime."""
