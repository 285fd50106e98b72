"""Texts in other languages: fields such as ``label@zh`` beside ``label``, and the language of the texts of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from knockon.model.language import ENGLISH, LanguageString, language_of
from knockon.rdf.fields import Field

_TEXTS = ("text", "name")


def base_of(name: str) -> str:
    """Return the field that a name of a field with a language is for.

    >>> base_of("label@zh"), base_of("label")
    ('label', 'label')
    """
    return name.partition("@")[0]


def is_text(field: Field | None) -> bool:
    """Return whether a field has texts, which may have a language."""
    return field is not None and field.kind in _TEXTS


def with_language(value: Any, language: str) -> Any:
    """Return a text, or each text of a list, in a language; other values and texts that have a language are unchanged.

    Raises
    ------
    ValueError
        It is not a language tag.
    """
    if isinstance(value, list):
        return [with_language(item, language) for item in value]
    if not language or isinstance(value, LanguageString) or not isinstance(value, str):
        return value
    return LanguageString(value, language)


def join_languages(known: Mapping[str, Field], data: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return the fields of a record with those of other languages joined to theirs, and the names and faults of fields.

    A record has one label: the English one, else one without a language, else the first. The others become other names.

    >>> from knockon.model import Company
    >>> from knockon.rdf.fields import by_alias
    >>> fields, faults = join_languages(by_alias(Company), {"label@zh": "\u82af\u7247", "label": "Chips"})
    >>> fields["label"], [(name, name.language) for name in fields["altLabel"]]
    ('Chips', [('\u82af\u7247', 'zh')])
    """
    joined = {name: value for name, value in data.items() if name == base_of(name) or not is_text(known.get(base_of(name)))}
    faults: list[tuple[str, str]] = []
    texts: dict[str, list[Any]] = {}
    for name, value in data.items():
        base, at, language = name.partition("@")
        if at and name not in joined and value is not None:
            try:
                text = with_language(value, language or "?")
            except ValueError as error:
                faults.append((name, f"{name}: {error}"))
                text = value  # so that it is not reported as missing too
            texts.setdefault(base, []).append(text)
    for base, values in texts.items():
        field = known[base]
        stated = [*_as_list(joined.get(base)), *(item for value in values for item in _as_list(value))]
        if field.many:
            joined[base] = stated
        elif len(stated) == 1 or ("altLabel" in known and base == "label"):
            first = _main_text(stated)
            joined[base] = first
            if others := [item for item in stated if item is not first]:
                joined["altLabel"] = [*_as_list(joined.get("altLabel")), *others]
        else:
            faults.append((f"{base}@", f"{base} is given in several languages; a record has one {base}"))
    return joined, faults


def _main_text(texts: Iterable[Any]) -> Any:
    """Return the English one of several texts, else one without a language, else the first."""
    return min(texts, key=lambda text: [ENGLISH, ""].index(_language(text)) if _language(text) in (ENGLISH, "") else 2)


def _language(text: object) -> str:
    return language_of(text) if isinstance(text, str) else ""


def _as_list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


__all__ = ["base_of", "is_text", "join_languages", "with_language"]
