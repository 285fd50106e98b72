"""The parameters of a run in words: those of the model, and which records the question was asked of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from knockon.analysis.answer import JsonValue
from knockon.analysis.impact.coverage import Naming
from knockon.model.dates import ALL
from knockon.present.phrases import listed
from knockon.text import plain
from knockon.vocabulary import local_name

#: The parameters that select records; all others are those of the model.
_SELECTION = ("stances", "facts_only", "financing", "as_of", "according_to", "without", "min_confidence")
#: The parameters that say what is supposed or has failed, which ``selection_phrases`` has in words.
_CONDITIONS = ("what_if", "given")
#: What a source does with a statement that is let in beside those that are asserted.
_STANCE_VERBS = {"Alleges": "allege", "Denies": "deny", "Hypothesises": "hypothesise", "Asks": "ask"}


class Phrase(NamedTuple):
    """A parameter in words: its name, and its value from data or from a caller; the value is empty if the name says all."""

    name: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.value}".rstrip()


def model_phrases(parameters: Mapping[str, JsonValue]) -> list[Phrase]:
    """Return the parameters of the model that are set.

    >>> [str(phrase) for phrase in model_phrases({"eps": 1e-12, "exact": True, "duration": None, "as_of": "all"})]
    ['eps 1e-12', 'exact true']
    """
    others = (*_SELECTION, *_CONDITIONS)
    values = {name: value for name, value in parameters.items() if name not in others and value is not None}
    return [Phrase(name.replace("_", " "), _text(value)) for name, value in values.items()]


def _text(value: JsonValue) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else plain(value)


def selection_phrases(parameters: Mapping[str, JsonValue], named: Naming = local_name) -> list[Phrase]:
    """Return the parameters that select records, as far as they are not the default; ``named`` names entities (IRIs).

    >>> parameters = {"facts_only": True, "as_of": "all", "without": "doc-a", "stances": ["Asserts", "Asks"]}
    >>> [str(phrase) for phrase in selection_phrases(parameters)]
    ['with facts only', 'dates ignored', 'without doc-a', 'with what sources only ask']
    """
    phrases = [Phrase("with facts only")] if parameters.get("facts_only") else []
    phrases += [Phrase("with financing")] if parameters.get("financing") else []
    if day := parameters.get("as_of"):
        phrases.append(Phrase("dates ignored") if day == ALL else Phrase("as of", str(day)))
    for name in ("according_to", "without"):
        if document := parameters.get(name):
            phrases.append(Phrase(name.replace("_", " "), str(document)))
    if (least := parameters.get("min_confidence")) is not None:
        phrases.append(Phrase("with a confidence of at least", _text(least)))
    if isinstance(changes := parameters.get("what_if"), dict):
        phrases.append(Phrase("supposing", ", ".join(f"{name} {change}" for name, change in changes.items())))
    if isinstance(failed := parameters.get("given"), list):
        phrases.append(Phrase("given the failure of", ", ".join(named(str(name)) for name in failed)))
    stances = parameters.get("stances")
    names = stances if isinstance(stances, list | tuple) else ()
    if verbs := [_STANCE_VERBS[str(stance)] for stance in names if stance in _STANCE_VERBS]:
        phrases.append(Phrase("with what sources only", listed(verbs)))
    return phrases


__all__ = ["Phrase", "model_phrases", "selection_phrases"]
