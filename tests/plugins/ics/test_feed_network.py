"""Where a request for a calendar may go: redirects, private networks, TLS, proxies; and that no secret goes along."""

import base64
import logging
import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from followup_ics import connection
from followup_ics.connection import Place, may_go
from followup_rules import Unreadable
from followup_rules.web_address import parsed
from tests.plugins.ics.test_feed import calendar, pull, refused, titles
from tests.support.feedserver import PATH, SECRET, Feed, context_of, give, onward, served

PRIVATE = [
    *("127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "224.0.0.1", "ff02::1"),
]


@pytest.fixture
def names(monkeypatch):
    """Let names of hosts lead to numbers, without asking anybody; it says which were looked up."""
    known, asked = {}, []
    original = socket.getaddrinfo

    def look_up(host, port, *arguments, **options):
        asked.append(host)
        if host in known and known[host] is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return original(known.get(host, host), port, *arguments, **options)

    monkeypatch.setattr(connection.socket, "getaddrinfo", look_up)
    known["asked"] = asked
    return known


@pytest.fixture
def everywhere(monkeypatch):
    """Let every number count as one in the open: there is none but this computer's in tests."""
    monkeypatch.setattr(connection, "may_go", lambda *_: True)


# -- redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_calendar_that_has_moved_is_followed(feed, status):
    feed.body, feed.headers = calendar("Interview"), {"ETag": '"one"'}
    feed.by_path = {"/old.ics": onward("/new place.ics#part", status), "/elsewhere.ics": onward(feed.url)}
    feed.by_path["/new%20place.ics"] = onward(f"{feed.origin}/elsewhere.ics")
    cursor = pull(f"{feed.origin}/old.ics").cursor
    assert [each.target for each in feed.asked] == ["/old.ics", "/new%20place.ics", "/elsewhere.ics", PATH]
    assert pull(f"{feed.origin}/old.ics", cursor).cursor == cursor
    assert feed.asked[-1].headers["if-none-match"] == '"one"'


def test_five_redirects_are_followed_and_no_more(feed):
    feed.body = calendar("Interview")
    feed.by_path = {f"/{n}": onward(f"/{n - 1}") for n in range(1, 7)}
    assert titles(pull(f"{feed.origin}/5")) == ["Interview"]
    feed.asked.clear()
    assert "more than 5 times" in refused(f"{feed.origin}/6")
    assert len(feed.asked) == 6


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("", "without saying where to"),
        ("file:///etc/passwd", "an address that begins with file: is not read"),
        ("ftp://calendar.example/x.ics", "an address that begins with ftp: is not read"),
        ("data:text/calendar,BEGIN:VCALENDAR", "an address that begins with data: is not read"),
        ("http://calendar.example/x.ics", "http: would show the address to everybody on the way to calendar.example"),
        ("https://[::1/x.ics", "it is no address"),
        ("https://calendar.google.com/calendar/u/0/r", "this is a page of calendar.google.com"),
        ("//127.0.0.1:1/x.ics", "lies in a private network or on this computer"),
        ("https://127.0.0.1:1/x.ics", "lies in a private network or on this computer"),
        ("https://10.0.0.1/x.ics", "lies in a private network or on this computer"),
        ("https://169.254.169.254/latest/meta-data", "lies in a private network or on this computer"),
        ("https://[fd00::1]/x.ics", "lies in a private network or on this computer"),
        ("https://2130706433/x.ics", "lies in a private network or on this computer"),
    ],
)
def test_where_no_request_may_go_none_goes(feed, location, told):
    feed.answer = onward(location)
    assert told in refused(feed.url)


def test_another_service_of_the_same_computer_is_not_asked(feed):
    other = Feed("http")
    with served(other.reply, "GET", None) as other.port:
        feed.answer = onward(other.url)
        assert "lies in a private network or on this computer" in refused(feed.url)
    assert other.asked == []


def test_what_counts_is_the_number_behind_a_name(feed, names):
    """A stranger's name may lead to this computer, or do so a moment later: it is looked up once, and that is asked."""
    names |= {"rebound.example": "127.0.0.1"}
    feed.by_path = {"/here": give(200, calendar("Interview"))}
    feed.answer = onward(f"https://rebound.example:{feed.port}/here")
    assert "rebound.example, which lies in a private network" in refused(feed.url)
    assert names["asked"].count("rebound.example") == 1
    assert [each.target for each in feed.asked] == [PATH]


@pytest.mark.parametrize("number", PRIVATE)
def test_no_stranger_leads_into_a_private_network(number):
    first = Place.of("https://calendar.example/x.ics")
    assert not may_go(Place.of("https://other.example/x.ics", first), number)
    assert not may_go(Place.of("https://calendar.example:8443/x.ics", first), number)


@pytest.mark.parametrize("number", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"])
def test_a_stranger_may_lead_to_what_lies_in_the_open(number):
    assert may_go(Place.of("https://other.example/x.ics", Place.of("https://calendar.example/x.ics")), number)


@pytest.mark.parametrize("number", PRIVATE)
def test_the_host_that_the_config_names_may_lie_at_home(number):
    """TLS shows that it is that host, wherever its name leads."""
    assert may_go(Place.of("https://cloud.home.example/x.ics"), number)


def test_http_goes_to_this_computer_alone_whatever_its_name_leads_to(feed, names):
    names |= {"localhost": "192.0.2.1"}
    assert "localhost is not this computer" in refused(f"http://localhost:{feed.port}/x.ics")


def test_https_is_never_left_for_http(secure_feed, feed):
    secure_feed.answer = onward(f"http://127.0.0.1:{feed.port}{PATH}")
    assert "sends on to http:, which would show the address to others" in refused(secure_feed.url)
    assert feed.asked == []


@pytest.mark.usefixtures("everywhere")
def test_a_login_goes_to_no_other_host(secure_feed, names):
    names |= {"calendar.example": "127.0.0.1", "other.example": "127.0.0.1"}
    secure_feed.body = calendar("Interview")
    other = f"https://other.example:{secure_feed.port}"
    secure_feed.by_path = {"/one": onward("/two"), "/two": onward(f"{other.replace('://', '://a:b@')}{PATH}")}
    url = f"https://me:{SECRET}@calendar.example:{secure_feed.port}/one"
    assert titles(pull(url)) == ["Interview"]
    login = f"Basic {base64.b64encode(f'me:{SECRET}'.encode()).decode()}"
    assert [each.headers.get("authorization") for each in secure_feed.asked] == [login, login, None]
    assert secure_feed.asked[2].headers["host"] == f"other.example:{secure_feed.port}"


# -- TLS, names and networks


def test_https_and_webcal_are_the_same(secure_feed):
    secure_feed.body = calendar("Interview")
    for scheme in ("https", "webcal", "webcals", "WEBCAL"):
        assert titles(pull(secure_feed.url.replace("https", scheme))) == ["Interview"]


@pytest.mark.parametrize(
    ("names", "more", "told"),
    [
        (("elsewhere.example",), {}, "localhost cannot show that it is localhost (Hostname mismatch"),
        (("localhost",), {"not_after": "old"}, "localhost cannot show that it is localhost (certificate has expired)"),
    ],
)
def test_a_host_that_cannot_show_who_it_is_is_not_asked(no_proxy, authority, monkeypatch, names, more, told):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[1]))
    times = (
        {"not_before": datetime(2020, 1, 1, tzinfo=UTC), "not_after": datetime(2020, 2, 1, tzinfo=UTC)} if more else {}
    )
    found = Feed("https")
    with served(found.reply, "GET", context_of(authority[0], *names, **times)) as found.port:
        assert told in refused(found.url)
    assert found.asked == []


def test_a_certificate_of_nobody_known_is_not_accepted(no_proxy, authority, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[1]))
    found = Feed("https")
    with served(found.reply, "GET", context_of(trustme.CA(), "localhost")) as found.port:
        assert "SSL_CERT_FILE" in refused(found.url)
    assert found.asked == []


def test_a_port_without_tls_is_told(feed):
    assert "no secure connection to 127.0.0.1 can be made" in refused(feed.url.replace("http", "https"))


def test_an_old_kind_of_tls_is_not_spoken(no_proxy, authority, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[1]))
    context = context_of(authority[0], "localhost")
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    found = Feed("https")
    with served(found.reply, "GET", context) as found.port:
        assert "no secure connection to localhost can be made" in refused(found.url)


def test_a_name_that_nobody_knows_is_told(names, no_proxy):
    names |= {"calendar.example": None}
    assert "the name calendar.example cannot be found: is there a network?" in refused(
        f"https://calendar.example{PATH}"
    )


def test_a_computer_that_takes_no_connection_is_told(no_proxy):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert "127.0.0.1 takes no connection at this port" in refused(f"http://127.0.0.1:{port}{PATH}")


def test_of_several_numbers_of_a_host_the_next_is_tried(feed, monkeypatch):
    """A name of both kinds, while nothing answers at the first."""
    feed.body = calendar("Interview")
    original = socket.getaddrinfo

    def look_up(host, port, **options):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            nobody = closed.getsockname()[1]
        return [*original("127.0.0.1", nobody, **options), *original("127.0.0.1", port, **options)]

    monkeypatch.setattr(connection.socket, "getaddrinfo", look_up)
    assert titles(pull(feed.url)) == ["Interview"]


# -- proxies


def test_a_proxy_of_the_environment_is_used(proxy, secure_feed, monkeypatch):
    monkeypatch.setenv("https_proxy", f"http://me:{SECRET}@127.0.0.1:{proxy.port}")
    secure_feed.body = calendar("Interview")
    assert titles(pull(f"https://calendar.example{PATH}")) == ["Interview"]
    assert [each.target for each in proxy.asked] == ["calendar.example:443"]
    assert base64.b64decode(proxy.asked[0].headers["proxy-authorization"].split()[1]) == f"me:{SECRET}".encode()
    assert "proxy-authorization" not in secure_feed.asked[0].headers


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "all_proxy"])
def test_it_may_be_named_in_several_ways(proxy, secure_feed, monkeypatch, name):
    monkeypatch.setenv(name, f"127.0.0.1:{proxy.port}")
    secure_feed.body = calendar("Interview")
    assert titles(pull(f"https://calendar.example{PATH}")) == ["Interview"]


def test_this_computer_and_what_is_excepted_are_reached_without_it(proxy, secure_feed, names, monkeypatch):
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("no_proxy", "calendar.example")
    names |= {"calendar.example": "127.0.0.1"}
    pull(secure_feed.url)
    pull(f"https://calendar.example:{secure_feed.port}{PATH}")
    assert (len(secure_feed.asked), proxy.asked) == (2, [])


@pytest.mark.parametrize("host", ["10.0.0.1", "127.1", "2130706433", "0x7f.1", "[fd00::1]"])
def test_behind_a_proxy_a_private_number_is_refused_too(proxy, secure_feed, monkeypatch, host):
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
    secure_feed.answer = onward(f"https://{host}/x.ics")
    assert f"{host.strip('[]')}, which lies in a private network" in refused(f"https://calendar.example{PATH}")
    assert len(proxy.asked) == 1


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (407, "the proxy 127.0.0.1 asks for a login (407)"),
        (403, "the proxy 127.0.0.1 does not lead to calendar.example"),
    ],
)
def test_a_proxy_that_refuses_is_told(proxy, monkeypatch, status, told):
    monkeypatch.setenv("https_proxy", f"http://me:{SECRET}@127.0.0.1:{proxy.port}")
    proxy.status = status
    assert told in refused(f"https://calendar.example{PATH}")


@pytest.mark.parametrize(
    ("proxy", "told"),
    [
        ("socks5://127.0.0.1:1", "of a kind that is not known here (socks5:)"),
        ("https://127.0.0.1:1", "of a kind that is not known here (https:)"),
        ("http://nowhere.example:3128", "the proxy nowhere.example cannot be reached"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_told(no_proxy, names, monkeypatch, proxy, told):
    names |= {"nowhere.example": None}
    monkeypatch.setenv("https_proxy", proxy)
    assert told in refused(f"https://calendar.example{PATH}")


# -- nothing tells the address


def test_no_traceback_and_no_log_tells_the_address(feed, caplog):
    """What Python's own library says of an address that it does not like holds it whole."""
    feed.answer = onward(f"/{SECRET}\x01")
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Unreadable) as error:
        pull(feed.url)
    logging.getLogger("followup").debug("failed", exc_info=error.value)
    assert "sends on to where it is not followed" in caplog.text or "127.0.0.1" in caplog.text
    assert SECRET not in caplog.text
    assert SECRET not in repr(parsed(feed.url))
    assert SECRET not in repr(Place.of(feed.url))


def test_the_time_for_all_of_it_ends_a_connection_that_is_being_made(no_proxy, monkeypatch):
    """A server that takes a connection and never speaks TLS."""
    monkeypatch.setattr("followup_ics.feed.ANSWER_WITHIN", timedelta(seconds=0.2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        told = refused(f"https://127.0.0.1:{silent.getsockname()[1]}{PATH}")
    assert "did not give its whole calendar within" in told
