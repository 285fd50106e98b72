"""Convert quads to records; triples of other vocabularies are kept unchanged."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from pydantic import ValidationError
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from knockon.errors import Notice, Problem
from knockon.model import Evidence, Record, Statement
from knockon.model.dates import BOUNDS
from knockon.model.validation_errors import did_you_mean, faults
from knockon.rdf.derived import derived
from knockon.rdf.fields import Field, fields
from knockon.rdf.ontology import ontology
from knockon.rdf.to_rdf import END, SELECTOR, SELECTOR_TYPE, START, TYPE, class_node, class_of, most_specific, plan
from knockon.vocabulary import DERIVED_GRAPH, KO, ONTOLOGY_GRAPH, RELATION_TYPES, XSD

Node = NamedNode | BlankNode
Pair = tuple[NamedNode, Any]


class Reading(NamedTuple):
    """The result of reading quads: the records, the quads of other vocabularies, and the problems."""

    records: tuple[Statement, ...]
    extra: tuple[Quad, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Notice, ...] = ()


def read(quads: Iterable[Quad], source: str = "RDF") -> Reading:
    """Read the records in quads; ``source`` is the file name in problems.

    Derived triples are passed over, and so is the ontology: by its graph, and
    in a file of triples by what it says.
    """
    skip = {NamedNode(DERIVED_GRAPH), NamedNode(ONTOLOGY_GRAPH)}
    return _Reader([q for q in quads if q.graph_name not in skip and not _of_the_ontology(q)], source).run()


def _of_the_ontology(quad: Quad) -> bool:
    subject = quad.subject
    if not isinstance(subject, NamedNode):
        return False
    return subject.value.startswith(KO) or (quad.subject, quad.predicate, quad.object) in _said_by_the_ontology()


@cache
def _said_by_the_ontology() -> frozenset[tuple[Any, Any, Any]]:
    return frozenset((q.subject, q.predicate, q.object) for q in ontology())


#: What may stand in a literal of each datatype; the models would take more (seconds for a date, 1_000 for a number).
_FORMS = {
    "decimal": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"),
    "double": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN"),
    "integer": re.compile(r"[+-]?[0-9]+"),
    "boolean": re.compile(r"true|false|1|0"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "duration": re.compile(r".*", re.DOTALL),
}


#: A month or a year, which ``from`` and ``until`` may be: its first day for the one, its last for the other.
_PERIODS = {"gYearMonth": re.compile(r"[0-9]{4}-[0-9]{2}"), "gYear": re.compile(r"[0-9]{4}")}


def _text(term: Any) -> str:
    return term.value if isinstance(term, NamedNode | BlankNode | Literal) else str(term)


class _Reader:
    def __init__(self, quads: Sequence[Quad], source: str) -> None:
        self.quads, self.source = quads, source
        self.about: dict[Any, list[Pair]] = defaultdict(list)
        for quad in dict.fromkeys((q.subject, q.predicate, q.object) for q in quads):
            self.about[quad[0]].append((quad[1], quad[2]))
        self.used: set[tuple[Any, Any, Any]] = set()
        self.taken: set[Any] = set()
        self.problems: list[Problem] = []
        self.untagged = 0

    def run(self) -> Reading:
        records, evidence = [], []
        for subject in list(self.about):
            cls = self._class(subject)
            if cls is Evidence:
                evidence.append(subject)
            elif cls is not None and issubclass(cls, Statement) and not cls.nested and (made := self._record(subject, cls)):
                records.append(made)
        for subject in evidence:
            if subject not in self.taken:
                self._lone_evidence(subject)
        # In a file of triples the derived ones stand among the others: they will be derived again.
        self.used.update((q.subject, q.predicate, q.object) for q in derived(records))
        extra = tuple(q for q in self.quads if (q.subject, q.predicate, q.object) not in self.used)
        self._strangers(extra)
        return Reading(tuple(sorted(records, key=lambda r: r.id)), extra, tuple(self.problems), self._notices())

    def _notices(self) -> tuple[Notice, ...]:
        if not self.untagged:
            return ()
        texts = "text without a language was" if self.untagged == 1 else "texts without a language were"
        return (Notice(self.source, None, f"{self.untagged:,} {texts} taken to be in English"),)

    def _problem(self, subject: Any, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.source, None, f"{subject.value}: {message}", hint))

    def _class(self, subject: Any) -> type[Record] | None:
        types = [o for p, o in self.about.get(subject, ()) if p == TYPE]
        known = {c for t in types if (c := class_of().get(_text(t)))}
        if not known:
            return None
        cls = most_specific(known)
        if cls is None:
            self._problem(subject, "is of classes that exclude each other: " + ", ".join(sorted(c.rdf_class for c in known)))
            return None
        self.used.update((subject, TYPE, class_node(c)) for c in known)
        return cls

    def _record(self, subject: Any, cls: type[Statement]) -> Statement | None:
        before = len(self.problems)
        data = self._data(subject, cls)
        if len(self.problems) > before:
            return None
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            for fault in faults(error, (f.alias for f in fields(cls))):
                self._problem(subject, fault.message, fault.hint)
            return None

    def _data(self, subject: Any, cls: type[Record]) -> dict[str, Any]:
        self.taken.add(subject)
        data: dict[str, Any] = {} if cls is Evidence else {"id": subject.value}
        pairs = self.about.get(subject, ())
        other_names: list[str] | None = [] if "alt_label" in cls.model_fields else None
        for field, predicate, _ in plan(cls):
            objects = [o for p, o in pairs if p == predicate]
            if field.kind == "text" and not field.many:
                objects = self._readable(subject, field, objects, other_names)
            if not objects:
                continue
            self.used.update((subject, predicate, o) for o in objects)
            values = [self._value(subject, cls, field, o) for o in objects]
            if field.many:
                data[field.alias] = values
            elif len(values) > 1:
                self._problem(subject, f"has {len(values)} values for {field.alias}, and may have one")
            else:
                data[field.alias] = values[0]
        if other_names:
            data["altLabel"] = [*data.get("altLabel", ()), *other_names]
        if cls is Evidence:
            data.update(self._span(subject))
        return data

    def _readable(self, subject: Any, field: Field, objects: list[Any], other_names: list[str] | None) -> list[Any]:
        """The texts that a field is read from: in English, else without a language, else (of a label) in any other.

        Labels in further languages become other names. Of other vocabularies' properties, what has no place stays as it came.
        """
        texts = sorted((o for o in objects if isinstance(o, Literal)), key=lambda o: (o.language or "", o.value))
        chosen = [o for o in texts if o.language == "en"] or [o for o in texts if not o.language]
        if field.alias == "label":
            chosen = chosen or texts[:1]
            if other_names is not None:
                others = [o for o in texts if o not in chosen]
                self.used.update((subject, NamedNode(field.iri), o) for o in others)
                other_names += [o.value for o in others if all(o.value != label.value for label in chosen)]
        if not chosen or len(texts) < len(objects) or field.iri.startswith(KO):
            return objects
        return chosen

    def _span(self, subject: Any) -> dict[str, Any]:
        span: dict[str, Any] = {}
        selectors = [o for p, o in self.about.get(subject, ()) if p == SELECTOR]
        if len(selectors) > 1:
            self._problem(subject, f"has {len(selectors)} selectors, and may have one")
        for selector in selectors[:1]:
            self.used |= {(subject, SELECTOR, selector), (selector, TYPE, SELECTOR_TYPE)}
            for predicate, value in self.about.get(selector, ()):
                if predicate in (START, END):
                    name = "start" if predicate == START else "end"
                    self.used.add((selector, predicate, value))
                    if name in span:
                        self._problem(subject, f"has two values for {name}, and may have one")
                    span[name] = _text(value)
        return span

    def _value(self, subject: Any, cls: type[Record], field: Field, term: Any) -> Any:
        if field.kind == "nested":
            if not isinstance(term, Node) or field.nested is None:
                wanted = field.nested.rdf_class if field.nested else "node"
                kind = "literal" if isinstance(term, Literal) else "triple term"
                self._problem(subject, f"{field.alias} is a {kind}, not a {wanted}")
                return None
            self._class(term)
            return self._data(term, field.nested)
        if field.kind in {"iri", "word", "property"}:
            if not isinstance(term, NamedNode):
                self._problem(subject, f"{field.alias} must be an IRI, not {_text(term)!r}")
                return ""
            if field.kind == "iri":
                return term.value
            return self._local(subject, cls, field, term)
        return self._literal(subject, field, term)

    def _local(self, subject: Any, cls: type[Record], field: Field, term: NamedNode) -> str:
        if field.alias == "judged":
            for other in fields(cls):
                if other.iri == term.value:
                    return other.alias
        if not term.value.startswith(KO):
            self._problem(subject, f"{field.alias} must be a term of the vocabulary, not {term.value}")
        return term.value.removeprefix(KO)

    def _literal(self, subject: Any, field: Field, term: Any) -> Any:
        if not isinstance(term, Literal):
            self._problem(subject, f"{field.alias} must be a literal, not {_text(term)}")
            return ""
        if field.kind == "text":
            if term.language not in (None, "en") and field.alias != "label":
                wrong = f"{field.alias} must be in English or without a language, not @{term.language}"
                self._problem(subject, wrong, 'write "..."@en; other names go into skos:altLabel')
            self.untagged += term.language is None
        elif field.alias in BOUNDS and (form := _PERIODS.get(term.datatype.value.removeprefix(XSD))):
            if form.fullmatch(term.value):
                try:
                    return BOUNDS[field.alias](term.value).isoformat()
                except ValueError:
                    pass
            given = term.datatype.value.removeprefix(XSD)
            self._problem(subject, f"{field.alias} {term.value[:100]!r} is not an xsd:{given}", "write 2021-12 or 2021")
        elif field.kind in _FORMS:
            self._datatype(subject, field, term)
        elif term.datatype.value != XSD + "string":
            self._problem(subject, f"{field.alias} must be a plain string", "leave datatype and language out")
        return term.value

    def _datatype(self, subject: Any, field: Field, term: Literal) -> None:
        given = term.datatype.value.removeprefix(XSD)
        if given != field.kind:
            self._problem(subject, f"{field.alias} must be xsd:{field.kind}, not {given}")
        elif not _FORMS[field.kind].fullmatch(term.value):
            self._problem(subject, f"{field.alias} {term.value[:100]!r} is not a valid xsd:{field.kind}")

    def _strangers(self, extra: Iterable[Quad]) -> None:
        for quad in extra:
            predicate, obj = quad.predicate.value, quad.object
            if quad.predicate == TYPE and isinstance(obj, NamedNode) and obj.value.startswith(KO):
                if obj.value not in class_of():
                    name = obj.value[len(KO) :]
                    hint = did_you_mean(name, (cls.rdf_class for cls in class_of().values()))
                    self._problem(quad.subject, f"unknown class ko:{name}", hint)
            elif predicate.startswith(KO):
                self._stranger(quad)

    def _lone_evidence(self, subject: Any) -> None:
        """Keep evidence that no record refers to as triples, if it is valid."""
        used, before = set(self.used), len(self.problems)
        data = self._data(subject, Evidence)
        self.used = used - {(subject, TYPE, class_node(Evidence))}
        if len(self.problems) > before:
            return
        try:
            Evidence.model_validate(data)
        except ValidationError as error:
            for fault in faults(error, (f.alias for f in fields(Evidence))):
                self._problem(subject, fault.message, fault.hint)

    def _stranger(self, quad: Quad) -> None:
        name = quad.predicate.value[len(KO) :]
        types = [c for p, o in self.about[quad.subject] if p == TYPE and (c := class_of().get(_text(o)))]
        cls = most_specific(types) if types else None
        if name in RELATION_TYPES or name in {"dependsOn", "owns"}:
            instead = "write a ko:Relation, ko:Dependency or ko:Ownership"
            self._problem(quad.subject, f"ko:{name} is derived and never written", instead)
        elif cls is None:
            self._problem(quad.subject, f"ko:{name} on a subject that is not a record", "give it a class of the vocabulary")
        elif cls.nested:
            self._problem(quad.subject, f"this {cls.rdf_class} belongs to no record")
        else:
            known = (field.alias for field in fields(cls))
            self._problem(quad.subject, f"ko:{name} is not a property of a {cls.rdf_class}", did_you_mean(name, known))
