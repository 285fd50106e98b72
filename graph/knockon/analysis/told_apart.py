"""Answers whose labels tell apart two records that have one label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from knockon.vocabulary import prefixed

#: What has a label in the field ``label``, by the fields that hold its IRI.
_NAMED = ("entity", "iri", "target")

A = TypeVar("A")


def told_apart(answer: A, named: Callable[[str], str]) -> A:
    """Return an answer with the prefixed name behind each label that another record of its kind has too.

    A label is found by its field: ``label`` stands beside ``entity``, ``iri`` or ``target``, ``labels`` beside ``entities``,
    and ``need_label`` beside ``need``.

    Parameters
    ----------
    answer
        A frozen dataclass, with others in its fields.
    named
        Returns how sentences name a record (IRI): by its label, with the prefixed name behind it where it is shared.

    Examples
    --------
    >>> import knockon
    >>> loss = knockon.open("chips").impact(hit={"asml": "high"}).impacts[0]
    >>> told_apart(loss, lambda iri: f"{loss.label} (id:asml)").label
    'ASML (id:asml)'
    """
    changed: dict[str, Any] = {}
    own = {field.name: getattr(answer, field.name) for field in fields(answer) if field.init}  # type: ignore[arg-type]
    for name, value in own.items():
        found = _told_apart(value, named)
        if isinstance(value, str) and (iri := _iri_of(name, own)):
            found = _with_name(value, iri, named)
        elif name == "labels" and "entities" in own:
            found = tuple(_with_name(label, iri, named) for label, iri in zip(value, own["entities"], strict=True))
        if found is not value:
            changed[name] = found
    return replace(answer, **changed) if changed else answer  # type: ignore[type-var]


def _told_apart(value: Any, named: Callable[[str], str]) -> Any:
    """Return a value of a field; the same one where nothing of it is changed."""
    if is_dataclass(value) and not isinstance(value, type):
        return told_apart(value, named)
    if isinstance(value, tuple) and type(value) is tuple:
        found = tuple(_told_apart(item, named) for item in value)
        return value if all(new is old for new, old in zip(found, value, strict=True)) else found
    return value


def _iri_of(name: str, own: dict[str, Any]) -> str:
    """Return the IRI of what a field has the label of; empty if it is no label."""
    if name == "label":
        return next((iri for each in _NAMED if isinstance(iri := own.get(each), str)), "")
    iri = own.get(name.removesuffix("_label")) if name.endswith("_label") else ""
    return iri if isinstance(iri, str) else ""


def _with_name(label: str, iri: str, named: Callable[[str], str]) -> str:
    name = named(iri)
    # Dependencies are named by their ends, with their ids behind: that is no label that two share.
    return name if name == f"{label} ({prefixed(iri)})" else label


__all__ = ["told_apart"]
