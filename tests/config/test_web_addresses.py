"""Web addresses in a config: which are understood, what is said of the others, and that none is ever shown."""

import json
import os

import pytest

from followup_rules import Unreadable
from followup_rules.config.read import read_config
from followup_rules.web_address import WebAddress, in_file, is_address, parsed
from tests.support.configs import FILES

SECRET = "private-0f3a9c77d1e84b52"


def config(tmp_path, line):
    (tmp_path / "config.toml").write_text(FILES.replace('path = "calendar.ics"', line))
    return read_config(tmp_path / "config.toml")


def address(found):
    (calendar,) = [source.options.path for source in found.sources if source.name == "calendar"]
    return calendar


@pytest.mark.parametrize(
    ("written", "url"),
    [
        (
            "https://calendar.google.com/calendar/ical/me%40example.org/private-0f3a/basic.ics",
            "https://calendar.google.com/calendar/ical/me%40example.org/private-0f3a/basic.ics",
        ),
        (
            "https://calendar.google.com/calendar/ical/me@example.org/private-0f3a/basic.ics",
            "https://calendar.google.com/calendar/ical/me@example.org/private-0f3a/basic.ics",
        ),
        (
            "webcal://p67-caldav.icloud.com/published/2/MTIzNDU2Nzg5",
            "https://p67-caldav.icloud.com/published/2/MTIzNDU2Nzg5",
        ),
        (
            "https://outlook.live.com/owa/calendar/0000-1111/2222-3333/cid-4444/calendar.ics",
            "https://outlook.live.com/owa/calendar/0000-1111/2222-3333/cid-4444/calendar.ics",
        ),
        (
            "https://outlook.office365.com/owa/calendar/0f3a@example.org/0f3a9c77/calendar.ics",
            "https://outlook.office365.com/owa/calendar/0f3a@example.org/0f3a9c77/calendar.ics",
        ),
        (
            "https://user.fm/calendar/v1-0f3a9c77/My Work.ics".replace(" ", "%20"),
            "https://user.fm/calendar/v1-0f3a9c77/My%20Work.ics",
        ),
        (
            "https://calendar.proton.me/api/calendar/v1/url/a_b-c%3D%3D/calendar.ics?CacheKey=x%3D%3D&PassphraseKey=y%3D",
            "https://calendar.proton.me/api/calendar/v1/url/a_b-c%3D%3D/calendar.ics?CacheKey=x%3D%3D&PassphraseKey=y%3D",
        ),
        (
            "webcals://cloud.example/remote.php/dav/public-calendars/0f3a/?export",
            "https://cloud.example/remote.php/dav/public-calendars/0f3a/?export",
        ),
        ("  HTTPS://Calendar.Example.:443  ", "https://calendar.example/"),
        ("https://calendar.example:8443/é?n=ü#part", "https://calendar.example:8443/%C3%A9?n=%C3%BC"),
        ("https://münchen.example/x", "https://xn--mnchen-3ya.example/x"),
        ("https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
        ("https://me:a%40b@cloud.example/x", "https://me:a%40b@cloud.example/x"),
        ("http://localhost:5232/me/x.ics", "http://localhost:5232/me/x.ics"),
        ("http://127.0.0.1/x.ics", "http://127.0.0.1/x.ics"),
        ("http://[::1]:80/x.ics", "http://[::1]/x.ics"),
    ],
)
def test_the_addresses_of_all_providers_are_understood(written, url):
    assert is_address(written)
    assert parsed(written).url == url


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("file:///home/me/calendar.ics", "begins with file: is not read; write the path itself"),
        ("ftp://calendar.example/x.ics", "begins with ftp: is not read; only https:, webcal: and webcals: are"),
        ("caldav://calendar.example/x", "begins with caldav: is not read"),
        ("javascript:alert(1)", "begins with javascript: is not read"),
        ("data:text/calendar,BEGIN:VCALENDAR", "begins with data: is not read"),
        ("http://calendar.example/x.ics", "http: would show the address to everybody on the way to calendar.example"),
        ("http://192.168.1.5/x.ics", "write https: in its place"),
        ("http://localhost.example/x.ics", "write https: in its place"),
        ("https://", "names no host"),
        ("https:///x.ics", "names no host"),
        ("webcal:x.ics", "names no host"),
        ("https://calendar.example:99999/x", "no host and port that make sense"),
        ("https://calendar.example:http/x", "no host and port that make sense"),
        ("https://[::1/x", "no host and port that make sense"),
        (f"https://{'x' * 70}.é.example/x", "no host and port that make sense"),
        ("https://calendar.example/my calendar.ics", "holds spaces or is too long"),
        ("https://calendar.example/\tx", "holds spaces or is too long"),
        (f"https://calendar.example/{'x' * 5000}", "holds spaces or is too long"),
        ("https://calendar.google.com/calendar/embed?src=me", "copy the “Secret address in iCal format”"),
        ("https://calendar.google.com/calendar/u/0/r/settings", "copy the “Secret address in iCal format”"),
        ("https://www.icloud.com/calendar/", "copy the webcal link"),
        ("https://outlook.live.com/owa/calendar/00/11/cid-22/index.html", "copy the ICS link, not the HTML link"),
        ("https://outlook.office365.com/owa/calendar/a@b.example/0f/calendar.html", "copy the ICS link"),
        ("https://outlook.live.com/calendar/0/view/month", "copy the ICS link"),
        ("https://calendar.proton.me/u/0/month", "copy the link of “Share with anyone”"),
    ],
)
def test_what_is_no_address_of_a_calendar_is_refused_with_what_to_write(tmp_path, written, told):
    found = config(tmp_path, f"path = {json.dumps(written)}")
    (problem,) = found.problems
    assert told in problem.message
    assert (problem.code, problem.line, problem.fatal) == ("F011", 8, True)


@pytest.mark.parametrize("written", ["calendar.ics", "./https/x.ics", "a:b.ics", "notes: mine/x.ics", "C:/x.ics"])
def test_a_path_is_no_address(tmp_path, written):
    assert not is_address(written)
    assert address(config(tmp_path, f'path = "{written}"')) == tmp_path / written


def test_an_address_may_stand_in_a_file_of_its_own(tmp_path):
    (tmp_path / "feed.url").write_text(f"\ufeff\n  webcal://calendar.example/{SECRET}  \r\n\n", encoding="utf-8")
    found = config(tmp_path, 'path = "feed.url"')
    assert found.problems == ()
    assert address(found).url == f"https://calendar.example/{SECRET}"
    assert address(found).file == tmp_path / "feed.url"


def test_or_in_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("FEED", f"https://calendar.example/{SECRET}")
    assert address(config(tmp_path, 'path = "$FEED"')).url == f"https://calendar.example/{SECRET}"


def make_nothing(_):
    pass


def make_folder(file):
    file.mkdir()


def make_pipe(file):
    os.mkfifo(file)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (make_nothing, "feed.url, which holds the address, is missing; put it back"),
        (make_folder, "is a folder and no file"),
        (make_pipe, "is a pipe and no file"),
        (lambda file: file.write_text(""), "it must hold one line, the address, and holds 0"),
        (lambda file: file.write_text("[InternetShortcut]\nURL=https://x.example/y\n"), "and holds 2"),
        (lambda file: file.write_text("https://calendar.example/x" * 1000), "is larger than"),
        (lambda file: file.write_text("calendar.ics"), "its line is no web address"),
        (lambda file: file.write_text("http://calendar.example/x"), "write https: in its place"),
        (lambda file: file.write_bytes(b"\xff\xfe\x00\x00"), "no web address"),
    ],
)
def test_what_is_wrong_with_the_file_makes_that_source_unreadable_and_nothing_else(tmp_path, make, told):
    make(tmp_path / "feed.url")
    found = config(tmp_path, 'path = "feed.url"')
    assert found.problems == ()
    with pytest.raises(Unreadable) as error:
        _ = address(found).url
    assert told in str(error.value)
    assert str(tmp_path / "feed.url") in str(error.value)
    assert {source.name: bool(source.place) for source in found.sources} == {
        "calendar": False,
        "sent": True,
        "notes": True,
    }


@pytest.mark.usefixtures("unprivileged")
def test_a_file_that_may_not_be_read_is_told(tmp_path):
    (tmp_path / "feed.url").write_text("https://calendar.example/x")
    (tmp_path / "feed.url").chmod(0)
    with pytest.raises(Unreadable, match="may not be read by this user"):
        _ = in_file(tmp_path / "feed.url").url


def place(found):
    return next(source.place for source in found.sources if source.name == "calendar")


def test_where_an_address_is_written_makes_no_other_calendar_of_it(tmp_path):
    inline = place(config(tmp_path, f'path = "webcal://calendar.example/{SECRET}"'))
    (tmp_path / "feed.url").write_text(f"https://calendar.example/{SECRET}\n")
    in_a_file = place(config(tmp_path, 'path = "feed.url"'))
    (tmp_path / "feed.url").write_text("https://calendar.example/another\n")
    assert inline == in_a_file != place(config(tmp_path, 'path = "feed.url"'))


def test_an_address_shows_its_host_alone():
    found = parsed(f"https://me:{SECRET}@calendar.example:8443/{SECRET}?key={SECRET}")
    for shown in (str(found), repr(found), f"{found}", found.host, repr([found])):
        assert "calendar.example:8443" in shown
        assert SECRET not in shown
        assert "me:" not in shown
    assert isinstance(found, WebAddress)
    assert {found} == {parsed(f"webcal://me:{SECRET}@calendar.example:8443/{SECRET}?key={SECRET}")}


@pytest.mark.parametrize(
    "line",
    [
        f'paht = "https://calendar.example/{SECRET}"',
        f'path = "ftp://calendar.example/{SECRET}"\ndays = "https://x.example/{SECRET}"',
        f'path = "http://calendar.example/{SECRET}"',
        f'path = ["https://calendar.example/{SECRET}"]',
        f'path = "calendar.ics"\ndays_ahead = "https://calendar.example/{SECRET}"',
        f'path = "calendar.ics"\nmine = "webcal:calendar.example/{SECRET}"',
        f'path = "https://calendar.example/{SECRET}',
        f"path = https://calendar.example/{SECRET}",
        f"path = 'https://calendar.example/{SECRET}\"",
        f'path = "https://calendar.example/{SECRET}" "',
        f'path "https://calendar.example/{SECRET}"',
        f'path = "https://calendar.example/{SECRET}"\npath = "https://calendar.example/{SECRET}"',
        f'path = "https://me:{SECRET}@calendar.example/x"\npath = 1',
        f'path = "https://calendar.example/\\x{SECRET}"',
        f'"https://calendar.example/{SECRET}" = 1\npath = "x"',
        f'path = "calendar.ics"\nplugin = "https://calendar.example/{SECRET}"',
    ],
)
def test_no_fault_of_a_config_shows_the_address_in_it(tmp_path, line):
    found = config(tmp_path, line)
    assert found.problems
    for problem in found.problems:
        assert SECRET not in repr(problem)


def test_the_addresses_of_a_config_are_secrets_of_it(tmp_path):
    found = config(tmp_path, f'path = "webcal://calendar.example/{SECRET}/basic.ics"')
    assert found.secrets == {f"https://calendar.example/{SECRET}/basic.ics", f"{SECRET}/basic.ics"}
