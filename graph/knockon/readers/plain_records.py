"""Build the records of an import whose fields are plain: texts that repeat, ids, words, numbers. Nearly all are.

A draft and the drafts with fields of the same names share a plan: how the value of each field becomes that of the record.
What a plan does not know, or what is invalid, is built the long way, which also says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from knockon.authoring.expand import Expander, has_no_short_form
from knockon.authoring.names import LOCAL_NAME, InvalidName, iri_fault
from knockon.model import STATEMENTS, Evidence, Identifier, Record, Statement
from knockon.model.base import LONGEST_IRI, as_set
from knockon.model.compact import CompactRecords, blank
from knockon.rdf.fields import Field, by_alias
from knockon.readers.drafts import Drafts
from knockon.readers.record_drafts import RecordDraft

#: Return the value of a field of a record for that of a draft.
Convert = Callable[[Any], Any]
#: The most references, and other texts, of one field that are kept with their values.
_MAX_REFERENCES, _MAX_TEXTS = 1_000, 100_000


#: The fields of an identifier.
_OF_IDENTIFIER = {"scheme", "notation"}


class _NotPlain(ValueError):
    """A value of another form: its record is built the long way."""


class _Plan(NamedTuple):
    """How drafts of one class, with fields of the same names, become records.

    Attributes
    ----------
    cls
        The class of the records.
    fields
        The name of each field in the record, the values of texts that are known, and what converts another value.
    blank
        The values of all fields where nothing is stated.
    stated
        The names of the fields that are stated, id and evidence included.
    checks
        The checks of a whole record.
    """

    cls: type[Statement]
    fields: tuple[tuple[str, dict[str, Any], Convert], ...]
    blank: dict[str, Any]
    stated: set[str]
    checks: tuple[Callable[[Any], object], ...]


class PlainRecords:
    """Builder of plain records.

    Parameters
    ----------
    base
        The base of the ids.
    drafts
        The drafts of the import, whose texts references share.
    records
        What makes the records.
    expander
        What expands short forms.

    Examples
    --------
    >>> from knockon.authoring.resolver import Resolver
    >>> drafts = Drafts("urn:x:")
    >>> drafts["urn:x:a"] = RecordDraft("Company", {"label": "A", "identifier": "LEI 1", "from": "2020"})
    >>> drafts["urn:x:b"] = RecordDraft("Company", {"label": "B", "until": "?"})
    >>> records = CompactRecords()
    >>> plain = PlainRecords("urn:x:", drafts, records, Expander(Resolver("urn:x:")))
    >>> evidence = (Evidence(document="urn:x:doc-a", row=5),)
    >>> record = plain.build(drafts["urn:x:a"], evidence)
    >>> record.identifier[0].id, str(record.from_), plain.build(drafts["urn:x:b"], evidence)
    ('urn:x:a--id-04ad7a7f49', '2020-01-01', None)
    """

    def __init__(self, base: str, drafts: Drafts, records: CompactRecords, expander: Expander) -> None:
        self._base, self._drafts, self._records, self._expander = base, drafts, records, expander
        self._plans: dict[tuple[str, tuple[str, ...]], _Plan | None] = {}
        self._converts: dict[tuple[type[Statement], str], tuple[dict[str, Any], Convert] | None] = {}
        self._scheme, self._notation = (_validator(records, Identifier, name) for name in ("scheme", "notation"))
        self._blank_identifier = blank(Identifier)
        # With another base no local name makes an IRI that needs no check.
        self._longest = -1 if iri_fault(base + "x") else LONGEST_IRI - len(base)

    def build(self, draft: RecordDraft, evidence: tuple[Evidence, ...]) -> Statement | None:
        """Return the record of a draft; None if it is to be built the long way.

        Parameters
        ----------
        draft
            The draft.
        evidence
            Its valid evidence: at least one.
        """
        key = (draft.cls, draft.names)
        try:
            plan = self._plans[key]
        except KeyError:
            plan = self._plans[key] = self._plan(*key)
        if plan is None or not self._is_own(draft.id):
            return None
        content = plan.blank.copy()
        content["id"], content["evidence"] = draft.id, evidence
        try:
            for (name, known, convert), value in zip(plan.fields, draft.values, strict=True):
                if value.__class__ is str and value in known:
                    content[name] = known[value]
                else:
                    content[name] = convert(value)
            record = self._records.new(plan.cls, content, plan.stated)
            for check in plan.checks:
                check(record)
        except ValueError:  # of pydantic, too
            return None
        return record

    def _is_own(self, full: str) -> bool:
        """Return whether an IRI is the base and a local name, which needs no check."""
        base = self._base
        return len(full) - len(base) <= self._longest and full.startswith(base) and bool(LOCAL_NAME.fullmatch(full, len(base)))

    def _plan(self, class_name: str, names: tuple[str, ...]) -> _Plan | None:
        cls = STATEMENTS[class_name]
        form = self._records.form_of(cls)
        known = by_alias(cls)
        if form is None or any(name not in known or name == "evidence" for name in names):
            return None
        stated = self._records.stated_by(cls, (*names, "id", "evidence"))
        fields = []
        for alias in names:
            if (cls, alias) not in self._converts:
                self._converts[cls, alias] = self._converter(cls, known[alias])
            converter = self._converts[cls, alias]
            if converter is None:
                return None
            fields.append((known[alias].name, *converter))
        if stated is None:
            return None
        checks = (check for check in form.checks if not stated.isdisjoint(getattr(check, "concerns", stated)))
        return _Plan(cls, tuple(fields), blank(cls), stated, tuple(checks))

    def _converter(self, cls: type[Statement], field: Field) -> tuple[dict[str, Any], Convert] | None:
        """Return the texts of a field whose values are known, and what converts others; None if they have another form."""
        known: dict[str, Any] = {}
        validated = _validator(self._records, cls, field.alias)
        if field.nested is Identifier and field.many:
            return known, self._identifiers
        if field.nested is not None:
            return None
        if field.kind == "iri" and field.ranges:
            return known, _references(field, self._reference, known)
        if has_no_short_form(cls, field.alias):
            return known, _values(validated)
        return known, _short_forms(field, self._expander, validated, known)

    def _reference(self, name: Any) -> str:
        """Return the IRI of the record with a local name, as the text that the record has."""
        if name.__class__ is str and len(name) <= self._longest and LOCAL_NAME.fullmatch(name):
            return self._drafts.shared(self._base + name)
        raise _NotPlain

    def _identifiers(self, value: Any) -> tuple[Identifier, ...]:
        """Return the identifiers that a short form, an object, or a list of them describes."""
        if value.__class__ is not list:
            return (self._identifier(value),)
        # Without duplicates, for which each needs a dictionary of its own.
        return tuple(map(self._records.of, as_set(map(self._identifier, value))))

    def _identifier(self, value: Any) -> Identifier:
        if value.__class__ is str:
            scheme, _, notation = value.strip().rpartition(" ")
        elif value.__class__ is dict and value.keys() == _OF_IDENTIFIER:
            scheme, notation = value["scheme"], value["notation"]
        else:
            raise _NotPlain
        if scheme.__class__ is not str or notation.__class__ is not str:
            raise _NotPlain
        content = self._blank_identifier.copy()
        content["scheme"], content["notation"] = self._scheme(scheme), self._notation(notation)
        return self._records.new(Identifier, content, _OF_IDENTIFIER)


def _validator(records: CompactRecords, cls: type[Record], alias: str) -> Convert:
    """Return what validates values of a field; of texts those first that need no more than a look at their letters."""
    validated, plain = records.validator_of(cls, alias), records.plain_text_of(cls, alias)
    return validated if plain is None else plain.or_else(validated)


def _references(field: Field, reference: Callable[[Any], str], known: dict[str, Any]) -> Convert:
    def convert(value: Any) -> Any:
        if value.__class__ is list and field.many:
            return as_set(map(reference, value))
        full = reference(value)
        result = (full,) if field.many else full
        if len(known) < _MAX_REFERENCES:
            known[value] = result
        return result

    return convert


def _values(validated: Convert) -> Convert:
    def convert(value: Any) -> Any:
        if value is None or value.__class__ is dict:
            raise _NotPlain
        return validated(value)

    return convert


def _short_forms(field: Field, expander: Expander, validated: Convert, known: dict[str, Any]) -> Convert:
    """Return what converts texts that have a short form: numbers, days."""

    def convert(value: Any) -> Any:
        if value.__class__ is not str:
            if value is None or value.__class__ in (list, dict) or isinstance(value, str):
                raise _NotPlain
            return validated(value)
        try:
            result = validated(expander.normalize(field, value))
        except InvalidName:
            raise _NotPlain from None
        if len(known) < _MAX_TEXTS:
            known[value] = result
        return result

    return convert


__all__ = ["PlainRecords"]
