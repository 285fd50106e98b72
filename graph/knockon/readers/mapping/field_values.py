"""Compute the values of the fields of records from rows: each field of a mapping is compiled once into a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from knockon.authoring.implied import entity_class
from knockon.authoring.names import InvalidName, is_iri
from knockon.authoring.numbers import normalize_number
from knockon.model.field_types import is_writable
from knockon.rdf.fields import Field, by_alias
from knockon.readers.mapping.templates import Slot, Template
from knockon.readers.mapping.values import RowError

#: The entities that a record names, by id: the label and the class of each.
Named = dict[str, tuple[str, str]]
#: Return the value of a field for a row, None if the row does not state it; entities that it names are added to the second one.
Fill = Callable[[dict[str, Any], Named], Any]
#: What local names neither begin nor end with.
_ENDS = "-._~"
#: The most local names that are kept for texts that occur again.
_MAX_KEPT = 100_000


class FieldCompiler:
    """Compiler of the fields of a record in a mapping.

    Parameters
    ----------
    local_name
        Makes the local name of a text of the data.
    comma
        Whether numbers have a decimal comma.

    Examples
    --------
    >>> from knockon.model import Dependency
    >>> named = {}
    >>> fill = FieldCompiler(str.lower).compiled(by_alias(Dependency)["need"], Template.parse("{part}"))
    >>> fill({"part": "Glass"}, named), fill({"part": None}, named), named
    ('glass', None, {'glass': ('Glass', 'Entity')})
    """

    def __init__(self, local_name: Callable[[str], str], *, comma: bool = False) -> None:
        self._make_name, self._comma = local_name, comma
        self._names: dict[str, str] = {}
        #: The local names of texts that are values alone, and no IRIs.
        self._references: dict[str, str] = {}

    def compiled(self, field: Field, template: Any) -> Fill:
        """Return what computes a field: from a template, a list of them, or those of the fields of its parts."""
        if field.nested is not None:
            return self._of_parts(field, template)
        if isinstance(template, list):
            return _several([self.compiled(field, item) for item in template])
        if not isinstance(template, Template):
            return _failing(f"{field.alias} has fields in the mapping, and takes a text")
        return self._of_references(field, template) if field.kind == "iri" and field.ranges else self._of_text(field, template)

    def local_name(self, text: str) -> str:
        """Return the local name of a text of the data.

        Raises
        ------
        InvalidName
            It has a control character: a name without it could be that of another record.
        """
        name = self._names.get(text)
        if name is None:
            if not is_writable(text):
                raise InvalidName(
                    f"the id or name {text[:100]!r} contains a control character or a lone surrogate", "remove it"
                )
            name = self._make_name(text)
            if len(self._names) < _MAX_KEPT:
                self._names[text] = name
        return name

    def reference(self, template: Template, row: dict[str, Any], value: Any = None) -> Any:
        """Return the ids that a template makes: values in it become local names, unless it is an IRI as a whole."""
        value = template.fill(row) if value is None else value
        if value is None:
            return None
        if template.is_slot and isinstance(value, str):
            return self._reference_to(value)
        if isinstance(value, list):
            if all(is_iri(str(item)) for item in value):
                return value
        elif is_iri(str(value)) or template.constant is not None:
            return str(value)
        made = template.fill(row, self.local_name)
        # Where an optional value is empty, the words before it would be the end.
        return [item.strip(_ENDS) for item in made] if isinstance(made, list) else made.strip(_ENDS)

    def _reference_to(self, text: str) -> str:
        """Return the id that a value alone makes."""
        made = self._references.get(text)
        if made is None:
            if is_iri(text):
                return text
            made = self.local_name(text)
            if len(self._references) < _MAX_KEPT:
                self._references[text] = made
        return made

    def _of_text(self, field: Field, template: Template) -> Fill:
        many, comma = field.many, field.kind == "decimal" and self._comma
        fill_template, constant = template.fill, template.constant

        def fill(row: dict[str, Any], _: Named) -> Any:
            value = fill_template(row)
            if comma and isinstance(value, str) and "," in value:
                value = normalize_number(value, comma=True, percent=False)
            return value[0] if isinstance(value, list) and not many and len(value) == 1 else value

        if constant and not comma:
            return lambda _row, _named: constant
        return fill

    def _of_references(self, field: Field, template: Template) -> Fill:
        target = entity_class(field.ranges)

        def fill(row: dict[str, Any], named: Named) -> Any:
            labels = template.fill(row)
            if labels is None:
                return None
            ids = self.reference(template, row, labels)
            pairs = zip(ids, labels, strict=True) if isinstance(ids, list) else [(ids, labels)]
            for id_, label in pairs if target else ():
                if id_ is not None and not is_iri(id_):
                    named.setdefault(id_, (str(label), target))
            return ids

        slot = template.parts[0] if template.is_slot else None
        return self._of_names(slot, target, fill) if isinstance(slot, Slot) else fill

    def _of_names(self, slot: Slot, target: str, fill: Fill) -> Fill:
        """Return what computes references that are a value alone: names that repeat need no second look."""
        get, names = slot.get, self._references

        def fill_name(row: dict[str, Any], named: Named) -> Any:
            text = get(row)
            id_ = names.get(text) if text.__class__ is str else None
            if id_ is None:
                return fill(row, named)
            if target and id_ not in named:
                named[id_] = (text, target)
            return id_

        return fill_name

    def _of_parts(self, field: Field, template: Any) -> Fill:
        """Return what computes the parts of a record; a template with lists gives a part for each item."""
        makers = [self._of_part(field, item) for item in (template if isinstance(template, list) else [template])]

        def fill(row: dict[str, Any], named: Named) -> Any:
            parts = [part for make in makers for part in make(row, named)]
            return parts or None

        return fill

    def _of_part(self, field: Field, template: Any) -> Callable[[dict[str, Any], Named], list[Any]]:
        if isinstance(template, Template):
            fill_template = template.fill

            def make_texts(row: dict[str, Any], _: Named) -> list[Any]:
                value = fill_template(row)
                return value if isinstance(value, list) else [] if value is None else [value]

            return make_texts
        known = by_alias(field.nested) if field.nested else {}
        fillers = [
            (name, self.compiled(known[name], inner) if name in known else _failing(f"{field.alias} has no field {name}"))
            for name, inner in template.items()
        ]
        required = [key for key, each in known.items() if each.required]

        def make(row: dict[str, Any], named: Named) -> list[Any]:
            return _parallel({name: fill(row, named) for name, fill in fillers}, known, required, field.alias)

        return make


def _several(fills: Sequence[Fill]) -> Fill:
    """Return what gives the values of several templates as one list."""

    def fill(row: dict[str, Any], named: Named) -> Any:
        values = [each(row, named) for each in fills]
        flat = [item for value in values for item in (value if isinstance(value, list) else [value]) if item is not None]
        return flat or None

    return fill


def _failing(message: str) -> Fill:
    """Return what rejects each row: the mapping is wrong, as is seen only where a class is known."""

    def fill(_row: dict[str, Any], _named: Named) -> Any:
        raise RowError(message)

    return fill


def _parallel(filled: dict[str, Any], known: Mapping[str, Field], required: Sequence[str], name: str) -> list[dict[str, Any]]:
    """Return the parts that fields make of which some are lists; a part that lacks a required field is not stated."""
    lists = [value for key, value in filled.items() if isinstance(value, list) and not known[key].many]
    lengths = {len(value) for value in lists}
    if len(lengths) > 1:
        raise RowError(f"the lists of {name} have different numbers of items")
    parts = []
    for at in range(lengths.pop() if lengths else 1):
        part = {
            key: value[at] if isinstance(value, list) and not known[key].many else value
            for key, value in filled.items()
            if value is not None
        }
        if all(key in part for key in required):
            parts.append(part)
    return parts


__all__ = ["FieldCompiler", "Fill", "Named"]
