"""`followup demo`: what to do, what not to do and why, from its first thirty lines; and the texts with `--long`."""

import json

import pytest
from click.testing import CliRunner

from followup_rules.cli import cli


def demo(*arguments, **environment):
    return CliRunner().invoke(cli, ["demo", *arguments], env=environment)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            (
                "DO      Thank you for our conversation",
                "DON'T   write again or call before Mon 2026-11-23 09:00",
                "why: The day of your call is named: to write before then only puts",
                "Fri 2026-11-13 08:50  you write “The speaker for your conference”\n  DONE    As promised",
                "Tue 2026-11-17 09:10  you write “Any news?”\n  NOTICE  You wrote too soon to Sophie Gagnon",
                "As promised: A speaker for her conference",
                "Keep it for the call on Monday, November 23: How large is the team?",
                "You wrote too soon",
                "DO      Call Sophie Gagnon",
            ),
        ),
        (
            "fr",
            (
                "À FAIRE   Merci pour notre échange",
                "À ÉVITER  écrire encore ou appeler avant le lun. 2026-11-23 09:00",
                "raison : Le jour de votre appel est annoncé : écrire avant ne ferait",
                "vous écrivez « Des nouvelles ? »\n  AVIS      Vous avez écrit trop tôt à Sophie Gagnon",
                "raison : Vous écrivez avant le jour dit, sans qu’on l’ait demandé.",
                "Comme promis : Une conférencière à inviter",
                "Vous avez écrit trop tôt",
                "À FAIRE   Appeler Sophie Gagnon",
                "raison : Vous avez dit que vous appelleriez ce jour-là.",
            ),
        ),
    ],
)
def test_thirty_lines_tell_what_to_do_what_not_to_do_and_why(language, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = demo(FOLLOWUP_LANGUAGE=language, HOME=str(tmp_path))
    assert result.exit_code == 0, result.output
    first = "\n".join(result.stdout.splitlines()[:30]).replace("\N{NO-BREAK SPACE}", " ")
    for each in told:
        assert each in first
    assert list(tmp_path.iterdir()) == []


def test_the_long_one_shows_the_texts():
    told = demo("--long").stdout
    assert "I will call you on Monday, November 23" in told
    assert "How large is the team?" in told.rpartition("Mon 2026-11-23 09:00")[2], (
        "the call's script carries the question"
    )


def test_for_programs():
    moments = json.loads(demo("--json").stdout)["moments"]
    assert [[each["rule"] for each in moment["do"]] for moment in moments] == [
        ["thank-you"],
        ["keep-promise"],
        [],
        [],
        ["follow-up-call"],
    ]
    assert moments[0]["dont"] == [
        {
            "until": "2026-11-23T09:00:00-05:00",
            "why": "The day of your call is named: to write before then only puts pressure on them, unless it keeps a promise.",
        }
    ]
