"""Action texts: what a user reads in a draft, a task or a notice, and what a faulty or hostile template cannot do."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import followup_rules
from followup_rules.model import Event, Person, Profile
from followup_rules.texts.templates import TemplateProblem, Texts

PACK = Path(followup_rules.__file__).parent / "packs" / "interview" / "templates"
ZONE = ZoneInfo("America/Toronto")
JULIE = Person("julie.roy@nordik.ca", "Julie Roy")
PAUL = Person("paul.dube@nordik.ca", "Paul Dubé")
CALL = datetime(2026, 11, 19, 9, tzinfo=ZONE)
RULES = [
    "prepare",
    "thank-you",
    "no-show",
    "debrief",
    "fit",
    "keep-promise",
    "hold-back",
    "follow-up-call",
    "too-soon",
    "whom-you-met",
    "confirm-interview",
]


def profile(language="fr"):
    return Profile(me=frozenset({"me@example.org"}), name="Camille", timezone=ZONE, language=language)


def event(title="Entrevue", kind="meeting", people=(JULIE,), tags=(), **data):
    start, end = datetime(2026, 11, 9, 10, tzinfo=ZONE), datetime(2026, 11, 9, 11, tzinfo=ZONE)
    return Event(id="e", kind=kind, start=start, end=end, title=title, people=people, tags=tags, data=data)


def values(it=None, language="fr", call=CALL, **more):
    it = it or event()
    usual = {"it": it, "them": it.people, "case": "nordik.ca", "me": profile(language), "due": call, "late": False}
    usual |= {"carries": (), "when": {"follow-up-call": call}.get, "start": it.start, "end": it.end}
    return {**usual, "language": language, **more}


def pack(name, language="fr", **more):
    return Texts([PACK], profile(language)).render(template=name, values=values(language=language, **more))


def inline(text, language="fr", **more):
    return Texts([], profile(language)).render(title="T", text=text, values=values(language=language, **more))[1]


def in_order(text, *parts):
    places = [text.index(part) for part in parts]
    return places == sorted(places)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_rule_of_the_pack_has_a_sound_text(language):
    texts = Texts([PACK], profile(language))
    assert texts.names() == set(RULES)
    assert [texts.check(template=name) for name in RULES] == [[]] * len(RULES)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("call", [CALL, None])
def test_no_text_speaks_of_the_day_it_is_read_on_or_leaves_a_gap(name, language, late, call):
    title, text = pack(name, language, late=late, call=call)
    assert not re.search(r"today|tomorrow|yesterday|aujourd|demain\b|\bhier\b", f"{title} {text}", re.IGNORECASE)
    assert not re.search(r"None|\{|\}|\(\)|(?<!\n)  | $|\n\n\n|« »|“”", f"{title}\n{text}")
    assert title
    assert text


@pytest.mark.parametrize("path", sorted(PACK.glob("*.fr.txt")), ids=lambda path: path.stem)
def test_french_texts_have_no_break_spaces_where_french_wants_them(path):
    shown = re.sub(r"\{[{%].*?[%}]\}", "x", path.read_text("utf-8"))
    assert not re.findall(r"[^\s\xa0](?: |)[;?!»]|[^\s\xa0] :|« |«\w", shown)
    assert "'" not in shown


def test_thank_you_announces_the_date_of_the_call():
    title, text = pack("thank-you", it=event(people=(JULIE, PAUL)))
    assert title == "Merci pour notre échange du lundi 9 novembre"
    assert text.startswith("Bonjour Julie et Paul,")
    assert in_order(text, "Merci", "remarquables", "appellerai le jeudi 19 novembre", "Camille")
    english = pack("thank-you", "en", it=event(people=(JULIE, PAUL)))[1]
    assert english.startswith("Hello Julie and Paul,")
    assert in_order(english, "Thank you", "great", "call you on Thursday, November 19", "Camille")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_thank_you_announces_nothing_where_there_is_no_call(language):
    text = pack("thank-you", language, call=None)[1]
    assert not re.search(r"\d|appel|call", text)
    assert text.endswith("Camille")


def test_a_late_thank_you_says_so():
    assert "plus tard" not in pack("thank-you")[1]
    assert "plus tard" in pack("thank-you", late=True)[1]


@pytest.mark.parametrize(("language", "offer"), [("fr", "aider"), ("en", "help")])
def test_a_promise_is_kept_in_order_thing_bonus_steps_help(language, offer):
    note = event("The frisbee shop", "note", bonus="the screen printer", steps="warn Paul; send his name")
    title, text = pack("keep-promise", language, it=note)
    assert "The frisbee shop" in title
    assert in_order(text, "The frisbee shop", "the screen printer", "1. warn Paul", "2. send his name", offer)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_promise_without_bonus_or_steps_speaks_of_neither(language):
    text = pack("keep-promise", language, it=event("The frisbee shop", "note"))[1]
    assert not re.search(r"\[|1\.|plus loin|further:", text)


def test_a_second_thought_is_kept_for_the_call():
    note = event("La migration vers Kanban", "note", tags=("fix-answer",))
    assert pack("hold-back", it=note)[0] == "À garder pour l’appel du jeudi 19 novembre\xa0: La migration vers Kanban"
    assert pack("hold-back", it=note, call=None)[0] == "À garder pour l’appel\xa0: La migration vers Kanban"
    assert "trop tôt" in pack("hold-back", it=event("Avez-vous choisi", "note", tags=("decision",)))[1]


def test_the_call_has_a_script():
    points = (event("Kanban", "note"), event("La taille de l'équipe", "note"))
    title, text = pack("follow-up-call", carries=points)
    assert title == "Appeler Julie Roy (nordik.ca) comme annoncé"
    assert in_order(
        text, "ici Camille", "lundi 9 novembre", "jeudi 19 novembre", "1. Kanban", "2. La taille", "répondeur"
    )
    assert pack("follow-up-call", "en")[0] == "Call Julie Roy (nordik.ca), as announced"


def test_too_soon_names_the_mail_and_the_call():
    title, text = pack("too-soon", "en", it=event("Any news?", "sent"))
    assert title == "You wrote too soon to Julie Roy, on Monday, November 9"
    assert "Any news?" in text
    assert "The call on Thursday, November 19 stands." in text


def test_an_entry_to_be_confirmed_is_named_with_its_day_and_the_tags():
    title = pack("confirm-interview", "en", it=event("Interview?", people=()))[0]
    assert title == "An interview or not? “Interview?” on Monday, November 9: mark it #interview or #not-interview"


@pytest.mark.parametrize(
    ("language", "shown"), [("fr", "jeudi 19 novembre, 9\xa0h\xa000"), ("en", "Thursday, November 19, 9:00\xa0AM")]
)
def test_days_and_clocks_are_in_the_users_language_and_zone(language, shown):
    moment = datetime(2026, 11, 19, 14, tzinfo=ZoneInfo("UTC"))
    assert inline("{{ due|day }}, {{ due|clock }}", language, due=moment) == shown
    assert inline("{{ due }}", language, due=moment) == shown


def test_a_day_near_midnight_is_the_local_one_and_the_first_is_ordinal_in_french():
    moment = datetime(2026, 11, 2, 3, tzinfo=ZoneInfo("UTC"))
    assert inline("{{ due|day }}", due=moment) == "dimanche 1er novembre"
    assert inline("{{ due|day }}{{ due|clock }}|", due=None) == "|"


@pytest.mark.parametrize(
    ("person", "name", "first"),
    [
        (Person("x@nordik.ca", "Julie Roy"), "Julie Roy", "Julie"),
        (Person("julie.roy@nordik.ca"), "Julie Roy", "Julie"),
        (Person("jean-pierre.roy+rh@nordik.ca"), "Jean-Pierre Roy", "Jean-Pierre"),
        (Person("julie.roy@nordik.ca", "julie.roy@nordik.ca"), "Julie Roy", "Julie"),
        (Person("x@nordik.ca", "Roy, Julie"), "Julie Roy", "Julie"),
        (Person("x@nordik.ca", "Julie Roy, CRHA"), "Julie Roy", "Julie"),
        (Person("x@nordik.ca", "Julie Roy (RH) | Nordik"), "Julie Roy", "Julie"),
        (Person("x@nordik.ca", "JULIE ROY"), "Julie Roy", "Julie"),
        (Person("x@nordik.ca", "Mme Roy"), "Mme Roy", ""),
        (Person("x@nordik.ca", "Nordik Recrutement"), "Nordik Recrutement", ""),
        (Person("info@nordik.ca"), "info@nordik.ca", ""),
        (Person("human.resources@nordik.ca"), "human.resources@nordik.ca", ""),
        (Person("j.roy@nordik.ca"), "j.roy@nordik.ca", ""),
    ],
)
def test_people_are_named_as_one_would_say_it(person, name, first):
    assert inline("{{ them|names }}|{{ them|first_names }}", them=(person,)) == f"{name}|{first}"


def test_lists_of_people_are_joined_in_the_users_language():
    three = (JULIE, PAUL, Person("ines.moreau@x.example"))
    assert inline("{{ them|names }}", them=three) == "Julie Roy, Paul Dubé et Ines Moreau"
    assert inline("{{ them|first_names }}", "en", them=three) == "Julie, Paul, and Ines"


def test_nobody_is_left_out_of_a_greeting():
    assert pack("thank-you", it=event(people=(JULIE, Person("info@nordik.ca"))))[1].startswith("Bonjour,")


def test_noted_values_are_read_like_fields_and_unknown_ones_are_empty():
    note = event("Frisbee", "note", bonus="a print")
    assert (
        inline("{{ it.title }}/{{ it.bonus }}/{{ it.nothing }}/{{ 'y' if it.nothing else 'n' }}", it=note)
        == "Frisbee/a print//n"
    )
    assert inline("{% for e in carries %}{{ e.bonus }}{% endfor %}", carries=(note,)) == "a print"
    assert inline("{{ it.nothing|default('-') }}", it=note) == "-"


def test_template_code_in_a_mail_is_never_evaluated():
    hostile = "{{ 7*7 }}{% for x in y %}"
    title, text = Texts([], profile()).render(
        title="{{ it.title }}", text="{{ it.title }}", values=values(event(hostile))
    )
    assert title == text == hostile


def test_control_characters_and_line_breaks_cannot_leave_the_title():
    hostile = "A\r\nBcc: x@y.example\x1b[31m\u202e\x00" + "z" * 500
    title, text = Texts([], profile()).render(
        title="{{ it.title }}", text="{{ case }}", values=values(event(hostile), case=hostile)
    )
    assert title.startswith("A Bcc: x@y.example[31mzzz")
    assert len(title) == 200
    assert text.startswith("A\nBcc: x@y.example[31mzzz")


@pytest.mark.parametrize(
    "bomb",
    [
        '{{ "x" * 10**9 }}',
        "{% for i in range(10**9) %}x{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 'x'.ljust(10**9) }}",
        "{{ '{:1000000000}'.format(1) }}",
        "{{ 'x'|center(1000000000) }}",
        "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
        "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a|join(a) %}" * 40 + "{{ a }}",
        "{% set a = ['x'] %}" + "{% set a = [a, a] %}" * 40 + "{{ a }}",
        "{% set a %}x{% endset %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for x in carries recursive %}{{ loop(carries) }}{% endfor %}",
        "".join(f"{{% for x{i} in 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' %}}" for i in range(9)) + "{% endfor %}" * 9,
        "{% for x in it.title %}{% for y in it.title %}" + "z" * 5000 + "{% endfor %}{% endfor %}",
        "{{ " + "(" * 4000 + "1" + ")" * 4000 + " }}",
        "{% if 1 %}" * 200 + "{% endif %}" * 200,
        "x" * 20_000,
        "{{ it.__class__.__mro__ }}",
        "{{ when.__globals__ }}",
        "{% include '/etc/passwd' %}",
        "{{ them }}",
    ],
)
def test_a_bomb_fails_cleanly(bomb):
    with pytest.raises(TemplateProblem) as problem:
        inline(bomb, it=event("t" * 500), carries=(event(),) * 3)
    assert problem.value.line >= 1
    assert problem.value.message


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a\n{{ duee|day }}", 2, 'no value "duee": did you mean "due"?'),
        ("a\n\n{{ due|dya }}", 3, 'no filter "dya": did you mean "day"?'),
        ("{% if late is definde %}{% endif %}", 1, 'did you mean "defined"?'),
        ("a\n{% if late %}", 2, "endif"),
        ("{{ due", 1, "{{ due }}"),
        ("{{ due + 1 }}", 1, "`+` cannot be used"),
    ],
)
def test_check_tells_the_line_and_the_nearest_word(text, line, words):
    ((file, found, message),) = Texts([], profile()).check(title="T", text=text)
    assert (file, found) == ("", line)
    assert words in message


def test_check_tells_all_faults_of_a_file_in_its_own_lines(tmp_path):
    path = tmp_path / "mine.fr.txt"
    path.write_text("{{ tilte }}\n\nBonjour\n{{ theem|names }}\n{{ due|dai }}\n", "utf-8")
    faults = Texts([tmp_path], profile()).check(template="mine")
    assert [(file, line) for file, line, _ in faults] == [(str(path), 1), (str(path), 4), (str(path), 5)]


def test_a_fault_at_rendering_tells_its_line(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("Title\n\none\n{{ it.nothing.more }}\n", "utf-8")
    with pytest.raises(TemplateProblem) as problem:
        Texts([tmp_path], profile()).render(template="mine", values=values())
    assert (problem.value.file, problem.value.line) == (str(path), 4)


@pytest.mark.parametrize(
    ("content", "line"), [(b"", 1), (b"\n\ntext", 1), (b"Title\ntext", 2), (b"Title\n\ncaf\xe9", 0)]
)
def test_a_file_that_is_no_template_is_told(tmp_path, content, line):
    (tmp_path / "mine.txt").write_bytes(content)
    ((file, found, _),) = Texts([tmp_path], profile()).check(template="mine")
    assert (Path(file).name, found) == ("mine.txt", line)


def test_a_missing_template_names_the_nearest():
    ((_, _, message),) = Texts([PACK], profile()).check(template="thank-yuo")
    assert message == 'there is no template "thank-yuo": did you mean "thank-you"?'
    with pytest.raises(TemplateProblem, match="no template"):
        Texts([PACK], profile()).render(template="../../../etc/passwd", values=values())


def write(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, title in files.items():
        (folder / f"{name.replace('_', '.')}.txt").write_text(f"{title}\n\ntext\n", "utf-8")
    return folder


def test_the_users_texts_go_before_the_packs_and_the_language_before_english(tmp_path):
    mine = write(tmp_path / "mine", a="mine a", b_en="mine b en", c_de="mine c de", d_fr="mine d fr", d="mine d")
    theirs = write(tmp_path / "pack", a_fr="pack a fr", b_fr="pack b fr", b_en="pack b en", e_en="pack e en", d_fr="no")
    texts = Texts([mine, theirs, tmp_path / "absent"], profile())
    titles = {name: texts.render(template=name, values=values())[0] for name in texts.names()}
    assert titles == {"a": "mine a", "b": "pack b fr", "d": "mine d fr", "e": "pack e en"}


def test_an_inline_title_goes_before_that_of_the_template():
    title, text = Texts([PACK], profile()).render(template="thank-you", title="Merci, {{ me.name }}", values=values())
    assert title == "Merci, Camille"
    assert text.startswith("Bonjour Julie,")


def test_texts_of_one_program_do_not_share_what_they_may_spend():
    texts = Texts([], profile())
    long = "{% for x in it.title %}" + "y" * 300 + "{% endfor %}"
    sizes = {len(texts.render(title="T", text=long, values=values(event("t" * 400)))[1]) for _ in range(5)}
    assert sizes == {120_000}


# --- [vars], and other languages than the user's ----------------------------------------------------------------


def with_vars(text, **variables):
    texts = Texts([], profile("en"), variables)
    return texts.check(title="T", text=text) or texts.render(title="T", text=text, values=values(language="en"))[1]


def test_a_text_sees_the_values_of_the_config():
    shown = with_vars("{{ vars.phone }} {{ vars.n }}{% if vars.car %} by car{% endif %}", phone="514", n=3, car=True)
    assert shown == "514 3 by car"


def test_template_code_in_a_value_stays_plain_text():
    assert with_vars("{{ vars.a }}", a="{{ me.name }}") == "{{ me.name }}"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("{{ vars.phon }}", 'there is no vars.phon: did you mean "phone"?'),
        ("x\n{{ vars.signature }}", "there is no vars.signature: one of: phone"),
        ("{% if true %}{{ vars.phon|upper }}{% endif %}", "there is no vars.phon"),
    ],
)
def test_a_value_that_the_config_does_not_give_is_told_with_its_line(text, hint):
    ((file, line, message),) = with_vars(text, phone="514")
    assert (file, line) == ("", text.count("\n") + 1)
    assert hint in message


def test_without_any_values_it_is_told_how_to_give_one():
    ((_, _, message),) = with_vars("{{ vars.phone }}")
    assert 'write it into your config: [vars] phone = "..."' in message


@pytest.mark.parametrize(
    "text",
    [
        "a{% if vars.phone %} {{ vars.phone }}{% endif %}",
        "a{{ vars.phone if vars.phone else '' }}",
        "a{{ vars.phone|default('') }}",
    ],
)
def test_a_text_may_ask_whether_there_is_a_value(text):
    assert with_vars(text) == "a"


def test_one_set_of_texts_speaks_several_languages(tmp_path):
    folder = write(tmp_path / "t", a_fr="Merci", a_en="Thanks", b_fr="Seulement", c="Any")
    texts = Texts([folder], profile("en"), {"x": 1})
    assert texts.names() == {"a", "b", "c"}
    assert texts.speaking("") is texts is texts.speaking("en")
    french = texts.speaking("fr")
    assert french is texts.speaking("fr")
    assert (french.profile.language, french.variables) == ("fr", {"x": 1})
    titles = [each.render(template="a", values=values())[0] for each in (texts, french)]
    assert titles == ["Thanks", "Merci"]
    assert "novembre" in french.render(title="T", text="{{ due|day }}", values=values())[1]
    assert french.render(template="b", values=values())[0] == "Seulement"


def test_a_template_that_lacks_the_language_asked_for_is_told_with_the_file_to_write(tmp_path):
    texts = Texts([write(tmp_path / "t", b_fr="Seulement")], profile("en"))
    ((_, _, message),) = texts.check(template="b")
    assert message == 'the template "b" is not there in "en": write b.en.txt'


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Thank you for our talk of {{ start|day }}", ("Thank", "you", "for", "our", "talk")),
        ("Invoice {{ it.title }}", ()),
        ("About the re{{ it.title }}", ("About", "the")),
        ("As we said {{- it.title }}", ("As", "we")),
        ("As promised", ("As", "promised")),
        ("Two  spaces become {{ it.title }}", ()),
        ("{{ it.title }} and you", ()),
        ("{% if it.title %}Yes{% endif %}", ()),
        ("a" * 250, ()),
    ],
)
def test_what_a_title_begins_with_whatever_the_values_holds_for_each_that_is_made(title, words):
    texts = Texts([], profile("en"))
    assert texts.beginning(title=title) == words
    made, _ = texts.render(title=title, text="", values={"it": event("of the lift"), "start": CALL})
    assert tuple(made.split()[: len(words)]) == words


def test_a_template_that_is_not_there_begins_with_nothing_certain():
    assert Texts([PACK], profile("en")).beginning(template="thank-you")[:2] == ("Thank", "you")
    assert Texts([PACK], profile("en")).beginning(template="nothing") == ()
