"""Make records of the values of a row, as the templates of a mapping say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from knockon.authoring.implied import entity_class
from knockon.authoring.languages import base_of, is_text, with_language
from knockon.authoring.names import InvalidName, is_iri
from knockon.authoring.numbers import normalize_number
from knockon.model import STATEMENTS
from knockon.model.language import ENGLISH
from knockon.rdf.fields import Field, by_alias
from knockon.readers.collector import RecordCollector
from knockon.readers.mapping.joins import Cited
from knockon.readers.mapping.model import DEFAULT_IDS, RecordSpec
from knockon.readers.mapping.templates import Template, TemplateError
from knockon.readers.mapping.values import Filter, RowError
from knockon.readers.record_drafts import Place
from knockon.vocabulary import local_name

#: The name under which a row has, by each column that it took from another table, the rows that state it.
CITED = "_cited"
#: What local names neither begin nor end with.
_ENDS = "-._~"
#: The most local names that are kept for texts that occur again.
_MAX_KEPT = 100_000


class RecordMaker:
    """Maker of one record of a mapping from the values of a row.

    Parameters
    ----------
    spec
        The record in the mapping.
    collector
        Receives the records, and makes local names of values.
    """

    def __init__(self, spec: RecordSpec, collector: RecordCollector) -> None:
        self.spec, self.collector = spec, collector
        self.filter = Filter(spec.where)
        self.cls = Template.parse(spec.cls)
        self.constant_class = self.cls.constant
        self.id = Template.parse(spec.id) if spec.id else None
        self.each = {name: Template.parse(text) for name, text in spec.each.items()}
        self.fields = {name: _parse(value) for name, value in spec.fields.items()}
        source = {"stance": spec.stance, "claimant": spec.claimant, "confidence": spec.confidence}
        self.source = {name: Template.parse(text) for name, text in source.items() if text is not None}
        #: The columns that its fields use: rows of other tables that state them are evidence as well.
        self.used = {name for template in _templates(self.fields) for name in template.names}
        self.comma = collector.options.decimal == ","
        self.language = collector.options.language
        self._parts: dict[str, str] = {}
        self._implied: set[tuple[str, str]] = set()
        self._id_parts: dict[str, str] = {}
        self._references: dict[str, str] = {}
        self._forms: dict[str, list[tuple[str, Field, Any, bool]]] = {}

    @property
    def names(self) -> set[str]:
        """The columns and values that its templates use."""
        templates = [self.cls, *self.each.values(), *self.source.values(), *_templates(self.fields)]
        used = {name for template in templates for name in template.names} | self.filter.names
        return (used | set(self.id.names if self.id else ())) - self.each.keys()

    def make(self, row: dict[str, Any], document: str, place: Place) -> int:
        """Add the records that a row becomes, and return how many.

        Raises
        ------
        RowError
            A template gives something that the record cannot have.
        """
        try:
            if not self.each:
                return self._make_one(row, document, place) if self.filter.holds(row) else 0
            made = 0
            for values in self._each_row(row):
                made += self._make_one(values, document, place) if self.filter.holds(values) else 0
            return made
        except TemplateError as error:
            raise RowError(str(error)) from None
        except InvalidName as error:
            raise RowError(error.message, error.hint) from None

    def _each_row(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the row once for each item of its lists, which go in parallel."""
        filled = {name: template.fill(row) for name, template in self.each.items()}
        lists = {name: value if isinstance(value, list) else [] if value is None else [value] for name, value in filled.items()}
        lengths = {len(items) for items in lists.values()}
        if len(lengths) > 1:
            raise RowError(f"{', '.join(self.each)} have different numbers of items", "each goes through them in parallel")
        return [{**row, **{name: items[at] for name, items in lists.items()}} for at in range(lengths.pop())]

    def _make_one(self, row: dict[str, Any], document: str, place: Place) -> int:
        cls = self.constant_class or self.cls.fill(row)
        if cls is None:
            return 0
        if not isinstance(cls, str):
            raise RowError(f"the class {self.cls.text!r} gives a list")
        named: dict[str, tuple[str, str]] = {}
        data = self._data(cls, row, named)
        id_ = self._id(cls, data, row) if data is not None else None
        if data is None or id_ is None:
            return 0
        for full, (label, target) in named.items():
            # Naming an entity again in the same way says nothing more.
            if full != id_ and (full, label) not in self._implied:
                self.collector.imply(target, full, label, document, place)
                if len(self._implied) < _MAX_KEPT:
                    self._implied.add((full, label))
        self._add(cls, id_, data, row, document, place)
        if row.get(CITED) and self.spec.cite == "all" and not self.spec.implied:
            self._cite_joined(id_, row[CITED])
        return 1

    def _cite_joined(self, id_: str, cited: Mapping[str, Sequence[Cited]]) -> None:
        """Add the rows of other tables that state what the record took from them to its evidence."""
        for name in sorted(self.used & cited.keys()):
            for document, place in cited[name]:
                self.collector.cite(id_, document, place)

    def _data(self, cls: str, row: dict[str, Any], named: dict[str, tuple[str, str]]) -> dict[str, Any] | None:
        """Return the fields of the record; None if the row does not state it, since a field that it needs is empty."""
        form = self._forms.get(cls) or self._form(cls)
        data: dict[str, Any] = {}
        for name, field, template, required in form:
            value = self._fill(field, template, row, named)
            if value is not None:
                data[name] = self._with_language(name, field, template, value) if self.language else value
            elif required:
                if not self.spec.implied and self._states_another(form, name, row):
                    self.collector.leave_out(f"{cls} of which a row does not state {name}")
                return None
        return data

    def _with_language(self, name: str, field: Field, template: Any, value: Any) -> Any:
        """Return a text of the file in the language that the options say; words of the mapping itself are English."""
        if name != base_of(name) or not is_text(field):
            return value
        from_file = any(part.constant is None for part in _templates(template))
        return with_language(value, self.language if from_file else ENGLISH)

    def _states_another(self, form: list[tuple[str, Field, Any, bool]], missing: str, row: dict[str, Any]) -> bool:
        """Return whether a row states another field that the record needs: then it is not a row without such a record."""
        others = (
            (field, template)
            for name, field, template, required in form
            if required and name != missing and any(part.constant is None for part in _templates(template))
        )
        return any(self._fill(field, template, row, {}) is not None for field, template in others)

    def _form(self, cls: str) -> list[tuple[str, Field, Any, bool]]:
        """Return the fields that this record has in a class, with their templates, and whether each is required."""
        if cls not in STATEMENTS:
            raise RowError(f"{cls[:100]!r} is not a class of records")
        known = by_alias(STATEMENTS[cls])
        if unknown := next((name for name in self.fields if base_of(name) not in known), None):
            raise RowError(f"a {cls} has no field {unknown}")
        stated = {base_of(name) for name in self.fields}
        if missing := [name for name, field in known.items() if field.required and name not in stated]:
            raise RowError(f"a {cls} needs {', '.join(missing)}")
        single = [base_of(name) for name in self.fields]
        form = [
            # A label in several languages is there if one of them is.
            (name, known[base_of(name)], template, known[base_of(name)].required and single.count(base_of(name)) == 1)
            for name, template in self.fields.items()
        ]
        self._forms[cls] = form
        return form

    def _add(self, cls: str, id_: str, data: Mapping[str, Any], row: dict[str, Any], document: str, place: Place) -> None:
        if self.spec.implied:
            self.collector.imply(cls, id_, str(data.get("label", local_name(id_))), document, place)
            return
        if not self.source:
            self.collector.add(cls, id_, data, document, place, keep=self.spec.keep, cite=self.spec.cite)
            return
        source: dict[str, Any] = {name: template.fill(row) for name, template in self.source.items()}
        if source.get("claimant") is not None:
            source["claimant"] = self._reference(self.source["claimant"], row, source["claimant"])
        self.collector.add(
            cls,
            id_,
            data,
            document,
            place,
            confidence=source.get("confidence"),
            stance=source.get("stance") or "",
            claimant=source.get("claimant"),
            keep=self.spec.keep,
            cite=self.spec.cite,
        )

    def _id(self, cls: str, data: Mapping[str, Any], row: dict[str, Any]) -> str | None:
        if self.id is not None:
            made = self._reference(self.id, row)
            if isinstance(made, list):
                raise RowError(f"the id {self.id.text!r} gives a list", "a record for each item of a list has `each`")
            return None if made is None else str(made)
        first, *others = DEFAULT_IDS[cls]
        made = self._part(data, first.field)
        for words, name, required in others:
            part = self._part(data, name)
            if required and not part:
                return None
            made += f"{words}{part}" if part else ""
        return made or None

    def _part(self, data: Mapping[str, Any], field: str) -> str:
        """Return the local name of the value of a field, as a part of an id; empty if it has none."""
        value = data.get(field)
        if value is None:
            return ""
        text = str(value)
        part = self._id_parts.get(text)
        if part is None:
            part = local_name(text) if is_iri(text) else self._local_name(text)
            if len(self._id_parts) < _MAX_KEPT:
                self._id_parts[text] = part
        return part

    def _fill(self, field: Field, template: Any, row: dict[str, Any], named: dict[str, tuple[str, str]]) -> Any:
        """Return the value of a field; names of records that it refers to are added to ``named``, with label and class."""
        if field.nested is not None:
            return self._fill_nested(field, template, row, named)
        if isinstance(template, list):
            values = [self._fill(field, item, row, named) for item in template]
            flat = [item for value in values for item in (value if isinstance(value, list) else [value]) if item is not None]
            return flat or None
        if not isinstance(template, Template):
            raise RowError(f"{field.alias} has fields in the mapping, and takes a text")
        if field.kind != "iri" or not field.ranges:
            value = template.fill(row)
            if field.kind == "decimal" and self.comma and isinstance(value, str) and "," in value:
                value = normalize_number(value, comma=True, percent=False)
            return value[0] if isinstance(value, list) and not field.many and len(value) == 1 else value
        labels = template.fill(row)
        if labels is None:
            return None
        iris = self._reference(template, row, labels)
        target = entity_class(field.ranges)
        if target:
            pairs = zip(iris, labels, strict=True) if isinstance(iris, list) else [(iris, labels)]
            for iri, label in pairs:
                if iri is not None and not is_iri(iri):
                    named.setdefault(iri, (str(label), target))
        return iris

    def _fill_nested(self, field: Field, template: Any, row: dict[str, Any], named: dict[str, tuple[str, str]]) -> Any:
        """Return the parts of a record; a template with lists gives a part for each item."""
        if field.nested is None:
            return None
        parts: list[Any] = []
        for item in template if isinstance(template, list) else [template]:
            if isinstance(item, Template):
                value = item.fill(row)
                parts += value if isinstance(value, list) else [] if value is None else [value]
                continue
            known = by_alias(field.nested)
            filled = {}
            for name, inner in item.items():
                if name not in known:
                    raise RowError(f"{field.alias} has no field {name}")
                filled[name] = self._fill(known[name], inner, row, named)
            parts += _parallel(filled, known, field.alias)
        return parts or None

    def _reference(self, template: Template, row: dict[str, Any], value: Any = None) -> Any:
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
        made = template.fill(row, self._local_name)
        # Where an optional value is empty, the words before it would be the end.
        return [item.strip(_ENDS) for item in made] if isinstance(made, list) else made.strip(_ENDS)

    def _reference_to(self, text: str) -> str:
        """Return the id that a value alone makes."""
        made = self._references.get(text)
        if made is None:
            made = text if is_iri(text) else self._local_name(text)
            if len(self._references) < _MAX_KEPT:
                self._references[text] = made
        return made

    def _local_name(self, text: str) -> str:
        name = self._parts.get(text)
        if name is None:
            name = self.collector.local_name(text)
            if len(self._parts) < _MAX_KEPT:
                self._parts[text] = name
        return name


def _parallel(filled: dict[str, Any], known: Mapping[str, Field], name: str) -> list[dict[str, Any]]:
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
        if all(key in part for key, field in known.items() if field.required):
            parts.append(part)
    return parts


def _parse(value: Any) -> Any:
    """Return a value of the mapping with its texts as templates."""
    if isinstance(value, dict):
        return {name: _parse(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_parse(item) for item in value]
    return Template.parse(str(value))


def _templates(value: Any) -> list[Template]:
    if isinstance(value, Template):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [template for item in items for template in _templates(item)]


__all__ = ["CITED", "RecordMaker"]
