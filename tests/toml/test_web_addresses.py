"""Of a web address in a line that is shown only the host is left, and the mark stays where it belongs."""

import pytest

from followup_rules.toml.web_addresses import hidden, hidden_in_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('path = "https://host.example/a/b?c#d"  # mine', 'path = "https://host.example/…"  # mine'),
        (
            "webcal://me:pw@host.example:8443/x and http://other.example",
            "webcal://host.example:8443/… and http://other.example",
        ),
        ("WEBCALS:host.example?key", "WEBCALS://host.example/…"),
        ("write https: in its place; only https:, webcal: and webcals: are", None),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/…"),
        ("no address: at all", None),
    ],
)
def test_only_the_host_is_left(text, shown):
    assert hidden(text) == (shown or text)


@pytest.mark.parametrize(
    ("marked", "shown"),
    [
        ("path", "path"),
        ("oops", "oops"),
        ('"https://host.example/secret"', '"https://host.example/…"'),
        ("secret", "…"),
    ],
)
def test_what_is_marked_stays_marked(marked, shown):
    line = '{ path = "https://host.example/secret", oops = 1 }'
    found, column, length = hidden_in_line(line, line.index(marked) + 1, len(marked))
    assert found == '{ path = "https://host.example/…", oops = 1 }'
    assert found[column - 1 :][:length] == shown
