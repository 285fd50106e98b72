"""Make records of the values of a row, as the templates of a mapping say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from knockon.authoring.languages import base_of, is_text, with_language
from knockon.authoring.names import InvalidName, is_iri
from knockon.model import STATEMENTS
from knockon.model.language import ENGLISH
from knockon.rdf.fields import Field, by_alias
from knockon.readers.collector import RecordCollector
from knockon.readers.mapping.field_values import FieldCompiler, Fill, Named
from knockon.readers.mapping.joins import Cited
from knockon.readers.mapping.paths import path_steps
from knockon.readers.mapping.record_spec import DEFAULT_IDS, RecordSpec
from knockon.readers.mapping.templates import Template, TemplateError
from knockon.readers.mapping.values import Filter, RowError
from knockon.readers.record_drafts import Place
from knockon.vocabulary import local_name

#: The name under which a row has, by each column that it took from another table, the rows that state it.
CITED = "_cited"
#: The most local names that are kept for texts that occur again.
_MAX_KEPT = 100_000


class _FormField(NamedTuple):
    """A field of a record in a class: its name, what it is, its template, what computes it, and whether it is required."""

    name: str
    field: Field
    template: Any
    fill: Fill
    required: bool


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
        self.language = collector.options.language
        self._values = FieldCompiler(collector.local_name, comma=collector.options.decimal == ",")
        self._implied: set[tuple[str, str]] = set()
        self._id_parts: dict[str, str] = {}
        self._forms: dict[str, list[_FormField]] = {}

    @property
    def names(self) -> set[str]:
        """The columns and values that its templates use, without those of the items that it is made for each of."""
        templates = [self.cls, *self.each.values(), *self.source.values(), *_templates(self.fields)]
        used = {name for template in templates for name in template.names} | self.filter.names
        used |= set(self.id.names if self.id else ())
        return {name for name in used if path_steps(name)[0][0] not in self.each}

    def make(self, row: dict[str, Any], document: str, place: Place) -> int:
        """Add the records that a row becomes, and return how many.

        Raises
        ------
        RowError
            A template gives something that the record cannot have.
        """
        try:
            if not self.each:
                kept = not self.spec.where or self.filter.holds(row)
                return self._make_one(row, document, place) if kept else 0
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
        named: Named = {}
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

    def _data(self, cls: str, row: dict[str, Any], named: Named) -> dict[str, Any] | None:
        """Return the fields of the record; None if the row does not state it, since a field that it needs is empty."""
        form = self._forms.get(cls) or self._form(cls)
        data: dict[str, Any] = {}
        for name, field, template, fill, required in form:
            value = fill(row, named)
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

    def _states_another(self, form: Sequence[_FormField], missing: str, row: dict[str, Any]) -> bool:
        """Return whether a row states another field that the record needs: then it is not a row without such a record."""
        others = (
            each.fill
            for each in form
            if each.required and each.name != missing and any(part.constant is None for part in _templates(each.template))
        )
        return any(fill(row, {}) is not None for fill in others)

    def _form(self, cls: str) -> list[_FormField]:
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
        form = []
        for name, template in self.fields.items():
            field = known[base_of(name)]
            # A label in several languages is there if one of them is.
            required = field.required and single.count(base_of(name)) == 1
            form.append(_FormField(name, field, template, self._values.compiled(field, template), required))
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
            source["claimant"] = self._values.reference(self.source["claimant"], row, source["claimant"])
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
            made = self._values.reference(self.id, row)
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
            part = local_name(text) if is_iri(text) else self._values.local_name(text)
            if len(self._id_parts) < _MAX_KEPT:
                self._id_parts[text] = part
        return part


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
