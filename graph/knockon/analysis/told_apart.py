"""Answers whose labels tell apart two records that have one label."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, overload

from knockon.lazy_sequence import LazySequence
from knockon.vocabulary import prefixed

#: What has a label in the field ``label``, by the fields that hold its IRI.
_NAMED = ("entity", "iri", "target")

A = TypeVar("A")


def told_apart(answer: A, named: Callable[[str], str], without: Collection[str] = ()) -> A:
    """Return an answer with the prefixed name behind each label that another record of its kind has too.

    A label is found by its field: ``label`` stands beside ``entity``, ``iri`` or ``target``, ``labels`` beside ``entities``,
    and ``need_label`` beside ``need``.

    Parameters
    ----------
    answer
        A frozen dataclass, with others in its fields.
    named
        Returns how sentences name a record (IRI): by its label, with the prefixed name behind it where it is shared. Of
        ``labels`` it is asked when one is looked at: there may be a million, of which a page shows few.
    without
        The fields of the answer itself that stay as they are.

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
        if name in without:
            continue
        found = _told_apart(value, named)
        if isinstance(value, str) and (iri := _iri_of(name, own)):
            found = label_told_apart(value, iri, named)
        elif name == "labels" and "entities" in own:
            found = _Labels(value, own["entities"], named)
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


def label_told_apart(label: str, iri: str, named: Callable[[str], str]) -> str:
    """Return the label of a record (IRI) with its prefixed name behind it, where ``named`` has that; else as it is."""
    name = named(iri)
    # Dependencies are named by their ends, with their ids behind: that is no label that two share.
    return name if name == f"{label} ({prefixed(iri)})" else label


class _Labels(LazySequence[str]):
    """Labels of entities (IRIs), each told apart when it is looked at."""

    def __init__(self, labels: Sequence[str], entities: Sequence[str], named: Callable[[str], str]) -> None:
        super().__init__(lambda: self[:], len(labels))
        self._labels, self._entities, self._named = labels, entities, named

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...
    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        if isinstance(place, slice):
            pairs = zip(self._labels[place], self._entities[place], strict=True)
            return tuple(label_told_apart(label, iri, self._named) for label, iri in pairs)
        return label_told_apart(self._labels[place], self._entities[place], self._named)


__all__ = ["label_told_apart", "told_apart"]
