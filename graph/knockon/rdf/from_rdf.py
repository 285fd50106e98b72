"""Convert quads to records; triples of other vocabularies are kept unchanged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache, cached_property
from typing import Any, NamedTuple

from pydantic import ValidationError
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from knockon.errors import Notice, Problem
from knockon.model import DataSetInfo, Document, Evidence, Record, Statement
from knockon.model.addresses import is_address, to_address
from knockon.model.base import UNKNOWN_NUMBER
from knockon.model.class_order import most_specific
from knockon.model.language import LanguageString
from knockon.model.validation_errors import faults
from knockon.rdf.covered import possible_coverage
from knockon.rdf.derived import derived
from knockon.rdf.description import derived_description
from knockon.rdf.designated_parties import without_derived_parties
from knockon.rdf.fields import SELECTOR_TERMS, Field, fields
from knockon.rdf.literal_values import read_literal
from knockon.rdf.ontology_quads import is_in_ontology
from knockon.rdf.selectors import SELECTOR, read_selector
from knockon.rdf.to_rdf import TYPE, Step, class_node, classes_by_iri, conversion_steps
from knockon.rdf.unread_terms import text_of, unread_terms
from knockon.vocabulary import DERIVED_GRAPH, KO, ONTOLOGY_GRAPH, PREFIXES, XSD, Stance

Node = NamedNode | BlankNode
Pair = tuple[NamedNode, Any]
_DOCUMENT, _URL = class_node(Document), NamedNode(PREFIXES["schema"] + "url")
#: The most problems whose lines are looked for.
_MAX_LINES = 100
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class Reading(NamedTuple):
    """The result of reading quads: the records, the quads of other vocabularies, and the problems."""

    records: tuple[Statement, ...]
    extra: tuple[Quad, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Notice, ...] = ()


def read(
    quads: Iterable[Quad],
    source: str = "RDF",
    line_of: Callable[[str], int | None] | None = None,
    *,
    has_addresses: bool = True,
) -> Reading:
    """Read the records in quads.

    ``source`` is the file name in problems, and ``line_of`` returns the line of a subject (IRI) in the file, where it is known.
    ``has_addresses`` is whether evidence may name a document by its web address; in what we wrote it has the document's IRI.

    Derived triples and the ontology are skipped: by their graphs, and in a file
    of triples by their content.
    """
    skip = {NamedNode(DERIVED_GRAPH), NamedNode(ONTOLOGY_GRAPH)}
    return _Reader(
        [q for q in quads if q.graph_name not in skip and not is_in_ontology(q)], source, line_of, has_addresses
    ).run()


@cache
def _own_steps(cls: type[Record]) -> tuple[Step, ...]:
    """Return the conversion steps of the properties that a record itself has: the place of evidence is that of its selector."""
    return tuple(step for step in conversion_steps(cls) if cls is not Evidence or step.field.alias not in SELECTOR_TERMS)


class _Reader:
    """Reader of the records in quads: it collects problems and the triples that records account for."""

    def __init__(
        self, quads: Sequence[Quad], source: str, line_of: Callable[[str], int | None] | None, has_addresses: bool
    ) -> None:
        self.quads, self.source, self.line_of, self.has_addresses = quads, source, line_of, has_addresses
        self.properties: dict[Any, list[Pair]] = defaultdict(list)
        for quad in dict.fromkeys((q.subject, q.predicate, q.object) for q in quads):
            self.properties[quad[0]].append((quad[1], quad[2]))
        self.used: set[tuple[Any, Any, Any]] = set()
        self.read_subjects: set[Any] = set()
        self.problems: list[Problem] = []

    def run(self) -> Reading:
        records: list[Statement] = []
        evidence = []
        for subject in list(self.properties):
            cls = self._class_of(subject)
            if cls is Evidence:
                evidence.append(subject)
            elif (
                cls is not None
                and issubclass(cls, Statement)
                and not cls.nested
                and (record := self._read_record(subject, cls))
            ):
                records.append(record)
        for subject in evidence:
            if subject not in self.read_subjects:
                self._read_unused_evidence(subject)
        # A file of triples contains the derived ones too; they are derived again.
        self.used.update((q.subject, q.predicate, q.object) for q in derived(records, tuple(Stance)))
        self.used.update(possible_coverage(records, ((q.subject, q.predicate, q.object) for q in self.quads)))
        infos = [record for record in records if isinstance(record, DataSetInfo)]
        self.used.update(derived_description(infos, self.properties))
        records = without_derived_parties(records, self.quads)
        extra = tuple(q for q in self.quads if (q.subject, q.predicate, q.object) not in self.used)
        for unread in unread_terms(extra, self.properties):
            self._problem(*unread)
        return Reading(tuple(sorted(records, key=lambda r: r.id)), extra, tuple(self.problems))

    def _problem(self, subject: Any, message: str, hint: str = "") -> None:
        # To find a line takes time, and nobody reads more of them.
        known = self.line_of if len(self.problems) < _MAX_LINES else None
        line = known(subject.value) if known is not None else None
        self.problems.append(Problem(self.source, line, f"{subject.value}: {message}", hint))

    def _class_of(self, subject: Any) -> type[Record] | None:
        types = [o for p, o in self.properties.get(subject, ()) if p == TYPE]
        known = {c for t in types if (c := classes_by_iri().get(text_of(t)))}
        if not known:
            return None
        cls = most_specific(known)
        if cls is None:
            self._problem(subject, "has classes that exclude each other: " + ", ".join(sorted(c.rdf_class for c in known)))
            return None
        self.used.update((subject, TYPE, class_node(c)) for c in known)
        return cls

    def _read_record(self, subject: Any, cls: type[Statement]) -> Statement | None:
        before = len(self.problems)
        data = self._read_fields(subject, cls)
        if len(self.problems) > before:
            return None
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            for fault in faults(error, (f.alias for f in fields(cls))):
                self._problem(subject, fault.message, fault.hint)
            return None

    def _read_fields(self, subject: Any, cls: type[Record]) -> dict[str, Any]:
        self.read_subjects.add(subject)
        data: dict[str, Any] = {} if cls is Evidence else {"id": subject.value}
        present = self._objects_by_predicate(subject)
        other_names: list[str] | None = [] if "alt_label" in cls.model_fields else None
        for field, predicate, _ in _own_steps(cls):
            objects = present.get(predicate, [])
            if not objects and not field.unknown_iri:
                continue
            objects = self._select_objects(subject, field, objects, other_names)
            values = [self._read_value(subject, cls, field, o) for o in objects]
            self.used.update((subject, predicate, o) for o in objects)
            if field.unknown_iri:
                values += self._unknown_numbers(subject, field)
            if not values:
                continue
            if field.many:
                data[field.alias] = values
            elif len(values) > 1:
                self._problem(subject, f"has {len(values)} values for {field.alias}; at most one is allowed")
            else:
                data[field.alias] = values[0]
        if other_names:
            data["altLabel"] = [*data.get("altLabel", ()), *other_names]
        if cls is Evidence:
            data.update(self._read_place(subject))
            if self.has_addresses:
                self._resolve_address(subject, data)
        return data

    def _objects_by_predicate(self, subject: Any) -> Mapping[Any, list[Any]]:
        objects: dict[Any, list[Any]] = defaultdict(list)
        for predicate, term in self.properties.get(subject, ()):
            objects[predicate].append(term)
        return objects

    def _select_objects(self, subject: Any, field: Field, objects: list[Any], other_names: list[str] | None) -> list[Any]:
        """Return the objects to read a field from; the other triples are kept as they are, or become other names."""
        if field.alias == "url":
            # Other data writes addresses as text too.
            return [term for term in objects if isinstance(term, NamedNode)]
        if field.kind == "text" and not field.many:
            return self._select_texts(subject, field, objects, other_names)
        return objects

    def _resolve_address(self, subject: Any, data: dict[str, Any]) -> None:
        """Name the declared document if evidence names it by its web address, which is not the IRI of a record."""
        source = data.get("document")
        if not isinstance(source, str) or not is_address(source) or (NamedNode(source), TYPE, _DOCUMENT) in self._types:
            return
        with suppress(ValueError):
            declared = self._documents_by_address.get(to_address(source), [])
            if len(declared) > 1:
                listed = " and of ".join(declared)
                self._problem(subject, f"{source[:100]!r} is the address of {listed}", "cite one of them by its IRI")
            elif declared:
                data["document"] = declared[0]

    @cached_property
    def _types(self) -> set[tuple[Any, Any, Any]]:
        return {(subject, *pair) for subject, pairs in self.properties.items() for pair in pairs if pair[0] == TYPE}

    @cached_property
    def _documents_by_address(self) -> dict[str, list[str]]:
        """The documents (IRIs) by web address."""
        documents = defaultdict[str, list[str]](list)
        for subject, _, cls in self._types:
            if cls == _DOCUMENT:
                for predicate, url in self.properties[subject]:
                    if predicate == _URL and isinstance(url, NamedNode):
                        with suppress(ValueError):
                            documents[to_address(url.value)].append(subject.value)
        return {address: sorted(iris) for address, iris in documents.items()}

    def _unknown_numbers(self, subject: Any, field: Field) -> list[str]:
        """Return the word for an unknown number if the property for it is true; false says nothing."""
        predicate, values = NamedNode(field.unknown_iri), []
        for obj in [o for p, o in self.properties.get(subject, ()) if p == predicate]:
            self.used.add((subject, predicate, obj))
            if not isinstance(obj, Literal) or obj.datatype.value != XSD + "boolean" or obj.value not in _BOOLEANS:
                name = field.unknown_iri.removeprefix(KO)
                self._problem(subject, f"{name} {text_of(obj)!r} is not a valid xsd:boolean", "write true, or leave it out")
            elif _BOOLEANS[obj.value]:
                values.append(UNKNOWN_NUMBER)
        return values

    def _select_texts(self, subject: Any, field: Field, objects: list[Any], other_names: list[str] | None) -> list[Any]:
        """Return the texts to read a field from: in English, else without a language, else (only for a label) in any language.

        Labels in other languages become other names. Unused texts of properties of other vocabularies are kept as triples.
        """
        texts = sorted((o for o in objects if isinstance(o, Literal)), key=lambda o: (o.language or "", o.value))
        selected = [o for o in texts if o.language == "en"] or [o for o in texts if not o.language]
        if field.alias == "label":
            selected = selected or texts[:1]
            if other_names is not None:
                others = [o for o in texts if o not in selected]
                self.used.update((subject, NamedNode(field.iri), o) for o in others)
                other_names += [
                    LanguageString(o.value, o.language or "")
                    for o in others
                    if o.language or all(o.value != label.value for label in selected)
                ]
        if not selected or len(texts) < len(objects) or field.iri.startswith(KO):
            return objects
        return selected

    def _read_place(self, subject: Any) -> dict[str, str]:
        """Return the fields of an Evidence that its selector states; none for the whole document."""
        selectors = [o for p, o in self.properties.get(subject, ()) if p == SELECTOR]
        if len(selectors) > 1:
            self._problem(subject, f"has {len(selectors)} selectors; at most one is allowed")
        place: dict[str, str] = {}
        for selector in selectors[:1]:
            try:
                place, used = read_selector(self.properties.get(selector, ()))
            except ValueError as error:
                self._problem(subject, str(error))
            else:
                self.used |= {(subject, SELECTOR, selector), *((selector, *pair) for pair in used)}
        return place

    def _read_value(self, subject: Any, cls: type[Record], field: Field, term: Any) -> Any:
        if field.kind == "nested":
            if not isinstance(term, Node) or field.nested is None:
                required = field.nested.rdf_class if field.nested else "node"
                kind = "literal" if isinstance(term, Literal) else "triple term"
                self._problem(subject, f"{field.alias} is a {kind}, not a {required}")
                return None
            self._class_of(term)
            return self._read_fields(term, field.nested)
        if field.kind in {"iri", "word", "property"}:
            if not isinstance(term, NamedNode):
                self._problem(subject, f"{field.alias} must be an IRI, not {text_of(term)!r}")
                return ""
            if field.kind == "iri":
                return term.value
            return self._vocabulary_name(subject, cls, field, term)
        if field.kind == "license" and isinstance(term, NamedNode):
            return term.value
        return self._read_literal(subject, field, term)

    def _vocabulary_name(self, subject: Any, cls: type[Record], field: Field, term: NamedNode) -> str:
        if field.alias == "judged":
            for other in fields(cls):
                if other.iri == term.value:
                    return other.alias
        if not term.value.startswith(KO):
            self._problem(subject, f"{field.alias} must be a term of the vocabulary, not {term.value}")
        return term.value.removeprefix(KO)

    def _read_literal(self, subject: Any, field: Field, term: Any) -> Any:
        if not isinstance(term, Literal):
            self._problem(subject, f"{field.alias} must be a literal, not {text_of(term)}")
            return ""
        value, message, hint = read_literal(field, term)
        if message:
            self._problem(subject, message, hint)
        return value

    def _read_unused_evidence(self, subject: Any) -> None:
        """Keep evidence that no record refers to as triples, if it is valid."""
        used, before = set(self.used), len(self.problems)
        data = self._read_fields(subject, Evidence)
        self.used = used - {(subject, TYPE, class_node(Evidence))}
        if len(self.problems) > before:
            return
        try:
            Evidence.model_validate(data)
        except ValidationError as error:
            for fault in faults(error, (f.alias for f in fields(Evidence))):
                self._problem(subject, fault.message, fault.hint)
