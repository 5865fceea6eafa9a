"""Which unit of time, or which base of a phrase, people mean who do not write its name."""

from __future__ import annotations

from followup_rules.language.text import fold

# In French, short, or in other words. The nearest spelling would be another unit: of "jours" it is "hours".
_WORDS = {
    "minutes": ("min", "mins"),
    "hours": ("h", "hr", "hrs", "heure", "heures"),
    "days": ("d", "jour", "jours", "journee", "journees"),
    "weeks": ("w", "wk", "wks", "semaine", "semaines", "sem"),
    "months": ("mo", "mos", "mois"),
    "workdays": (
        "weekday", "weekdays", "business day", "business days", "working day", "working days", "ouvrable", "ouvrables",
        "jour ouvrable", "jours ouvrables", "jour ouvre", "jours ouvres",
    ),
}  # fmt: skip
_MEANT = {word: unit for unit, words in _WORDS.items() for word in words}


_BASES = {"debut": "start", "fin": "end", "jour": "day", "journee": "day", "date": "day", "ouverture": "opens"}


def base(word: str) -> str:
    """Return what is counted from, as the rule language calls it, for its French name; "" for any other word."""
    return _BASES.get(fold(word).strip(), "")


def meant(word: str, further: str = "") -> tuple[str, str]:
    """Return what was written of a word and the one behind it, and the unit that it stands for; "" if none is known."""
    both = f"{word} {further}"
    if unit := _MEANT.get(fold(both).strip()):
        return both.strip(), unit
    return word, _MEANT.get(fold(word).strip(), "")
