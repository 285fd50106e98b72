"""Records of tables of dependencies by columns: small tuples, and their N-Quads from templates instead of record objects.

A table of a million cited dependencies has three million records. As objects they take four kilobytes each and most of the
time of loading; here they are tuples of texts that were validated when they were read, and the text of their quads is put
together from pieces. What a tuple cannot state is an ordinary record beside them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from hashlib import sha256
from heapq import merge
from itertools import chain
from operator import attrgetter
from typing import NamedTuple, TypeVar, overload

from pyoxigraph import Literal, RdfFormat, serialize

from knockon.garbage_collection import without_garbage_collection
from knockon.model import STATEMENTS, Dependency, Document, Entity, Evidence, Record, Statement, Supply
from knockon.model.language import LanguageString, language_of
from knockon.model.records import Streamed
from knockon.rdf.fields import by_alias
from knockon.rdf.to_rdf import quads
from knockon.vocabulary import KO, RDF, Stance, local_name, namespace

S = TypeVar("S", bound=Statement)

#: Texts that are written in N-Quads as they are.
_PLAIN_TEXT = re.compile(r"[ !#-\[\]-~]*")
_TYPE = f" <{RDF}type> "
#: The most addresses whose evidence is remembered: it is asked for by whoever writes a part of the records.
_MOST_CITED = 20_000


class Citation(NamedTuple):
    """An evidence that is more than the web address of a document; ``text`` is its N-Quads."""

    id: str
    document: str
    asserts: bool
    form: Mapping[str, str]
    text: str


class PlainSupply(NamedTuple):
    """A supply: its provider, and its share and delay as they are written in RDF; empty if they are not stated."""

    provider: str
    share: str = ""
    delay: str = ""


class PlainFields(NamedTuple):
    """The other fields of a dependency: as they were stated, and their properties and values in the order of N-Quads.

    ``before`` precede the dependant, ``middle`` are between the need and the supplies, ``after`` follow them.
    """

    stated: Mapping[str, str]
    before: tuple[str, ...] = ()
    middle: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class PlainDependency(NamedTuple):
    """A dependency; each of its ``cited`` is the web address of a document, or a citation."""

    id: str
    dependant: str
    need: str
    supplies: tuple[PlainSupply, ...]
    cited: tuple[str | Citation, ...]
    fields: PlainFields


class PlainEntity(NamedTuple):
    """An entity with its class, its label and its other names."""

    id: str
    cls: str
    label: str
    other_names: tuple[str, ...] = ()


class Cited(NamedTuple):
    """The IRI of an evidence and of its document."""

    id: str
    document: str


#: A document of which only the web address is known is that address in its normal form: a text that its citations have too.
PlainDocument = str
PlainRecord = PlainDependency | PlainEntity | PlainDocument
_DOCUMENT = "https://w3id.org/knockon/id/doc-"
_ASSERTS = Stance.ASSERTS.value


def cited_document(address: str) -> str:
    """Return the IRI of the document at an address in its normal form; see ``document_iri``."""
    return _DOCUMENT + sha256(address.encode()).hexdigest()[:16]


def iri_of(record: PlainRecord | Statement) -> str:
    """Return the IRI of a record.

    >>> iri_of(PlainEntity("urn:x:a", "Entity", "A")), iri_of("https://example.org/a") == cited_document("https://example.org/a")
    ('urn:x:a', True)
    """
    return cited_document(record) if isinstance(record, str) else record.id


@lru_cache(maxsize=_MOST_CITED)
def cite(address: str) -> Cited:
    """Return the evidence that cites the whole document at an address in its normal form.

    >>> found = cite("https://example.org/notice")
    >>> found.id == Evidence(document=found.document).id
    True
    """
    document = cited_document(address)
    key = sha256(f"{document}\x1f\x1f{_ASSERTS}\x1f".encode()).hexdigest()[:20]
    return Cited(f"{namespace(_DOCUMENT)}ev-{key}", document)


@cache
def _predicate(cls: type[Record], alias: str) -> str:
    """Return the property of a field as it is written between subject and object."""
    return f" <{by_alias(cls)[alias].iri}> "


@cache
def _is_a(cls: type[Record]) -> str:
    return f"{_TYPE}<{cls.class_iri()}>"


def text_literal(value: str) -> str:
    r"""Return a text as it is written in N-Quads, in its stated or likely language.

    >>> text_literal("Acme"), text_literal('5" disks')
    ('"Acme"@en', '"5\\" disks"@en')
    """
    if type(value) is str and _PLAIN_TEXT.fullmatch(value):
        return f'"{value}"@en'
    return _literal(value, language_of(value))


def name_literal(value: str) -> str:
    """Return a name as it is written in N-Quads, in a language only if it has one."""
    return _literal(value, value.language if isinstance(value, LanguageString) else "")


def _literal(value: str, language: str) -> str:
    if _PLAIN_TEXT.fullmatch(value):
        return f'"{value}"@{language}' if language else f'"{value}"'
    return str(Literal(str(value), language=language) if language else Literal(str(value)))


def field_text(cls: type[Record], alias: str, term: object) -> str:
    """Return the property and the value of a field as they follow the subject in N-Quads."""
    return f"{_predicate(cls, alias)}{term}"


@dataclass(eq=False)
class PlainRecords(Streamed):
    """The records of one data set by columns; as a sequence it has record objects, which are made when they are asked for.

    Parameters
    ----------
    dependencies, entities
        The plain records.
    documents
        The web addresses of documents of which nothing else is known; they are sorted by the IRIs of the documents.
    others
        The records that are more than plain ones.

    Examples
    --------
    >>> shop, cloud = PlainEntity("urn:x:shop", "Entity", "Shop"), PlainEntity("urn:x:cloud", "Entity", "Cloud")
    >>> need = PlainDependency("urn:x:need", shop.id, cloud.id, (), (), PlainFields({}))
    >>> records = PlainRecords([need], [shop, cloud], [])
    >>> len(records), records[1].dependant
    (3, 'urn:x:shop')
    """

    dependencies: list[PlainDependency]
    entities: list[PlainEntity]
    documents: list[PlainDocument]
    others: list[Statement] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Here, where little else is in memory: a list of all records in order needs no IRI of a document then.
        self.documents.sort(key=cited_document)

    def __len__(self) -> int:
        return len(self.dependencies) + len(self.entities) + len(self.documents) + len(self.others)

    @overload
    def __getitem__(self, index: int) -> Statement: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Statement]: ...
    def __getitem__(self, index: int | slice) -> Statement | Sequence[Statement]:
        return self._made[index]

    def __iter__(self) -> Iterator[Statement]:
        return iter(self._made)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment] # as a list

    @cached_property
    def _made(self) -> tuple[Statement, ...]:
        """All records as objects, in the order of their IRIs."""
        with without_garbage_collection():
            return tuple(each if isinstance(each, Statement) else to_record(each) for each in self.in_order())

    def in_order(self) -> list[PlainRecord | Statement]:
        """Return the records in the order of their IRIs."""
        every: Iterator[PlainRecord | Statement] = chain(self.dependencies, self.entities, self.others)
        return list(merge(sorted(every, key=attrgetter("id")), self.documents, key=iri_of))

    def iris(self) -> Iterator[str]:
        """Yield the IRI of each record."""
        every: Iterator[PlainRecord | Statement] = chain(self.dependencies, self.entities, self.documents, self.others)
        return map(iri_of, every)

    def each(self, *kinds: type[S]) -> Iterator[S]:
        """See Streamed."""
        records = (each if isinstance(each, Statement) else to_record(each) for each in self.in_order())
        return (record for record in records if isinstance(record, kinds))

    def class_counts(self) -> Counter[str]:
        """See Streamed."""
        counts = Counter(record.cls for record in self.entities)
        counts.update(record.rdf_class for record in self.others)
        plain = {Dependency.rdf_class: len(self.dependencies), Document.rdf_class: len(self.documents)}
        return counts + Counter(plain)


def to_record(plain: PlainRecord) -> Statement:
    """Return the record object of a plain record."""
    if isinstance(plain, str):
        return Document.model_validate({"id": cited_document(plain), "title": plain, "url": plain})
    if isinstance(plain, PlainEntity):
        data = {"id": plain.id, "label": plain.label, "altLabel": plain.other_names}
        return STATEMENTS[plain.cls].model_validate(data)
    evidence = [each.form if isinstance(each, Citation) else {"document": cited_document(each)} for each in plain.cited]
    supply = [
        {"provider": each.provider}
        | ({"share": _value(each.share)} if each.share else {})
        | ({"delay": _value(each.delay)} if each.delay else {})
        for each in plain.supplies
    ]
    named = {"id": plain.id, "dependant": plain.dependant, "need": plain.need}
    return Dependency.model_validate({**plain.fields.stated, **named, "supply": supply, "evidence": evidence})


def _value(literal: str) -> str:
    """Return the text of a literal of N-Quads that has no escapes."""
    return literal[1 : literal.index('"', 1)]


def record_objects(records: Sequence[Statement]) -> Sequence[Statement]:
    """Return the records that are objects: all of them, but of plain records those that are not plain."""
    return records.others if isinstance(records, PlainRecords) else records


def shared_evidence(records: PlainRecords) -> Collection[int] | None:
    """Return the hashes of the IRIs of evidence that several dependencies have; None where other records may have it too."""
    if records.others:
        return None
    import numpy as np  # not for loads that have no plain rows

    cited = (cite(each) if isinstance(each, str) else each for record in records.dependencies for each in record.cited)
    hashes = np.sort(np.fromiter((hash(each.id) for each in cited), np.int64))
    return frozenset(hashes[1:][hashes[1:] == hashes[:-1]].tolist())


class QuadWriter:
    r"""Writer of the N-Quads of records, in the order in which ``to_rdf.quads`` yields them.

    Parameters
    ----------
    data_graph
        The graph of the records whose evidence is not in exactly one document.
    shared
        The hashes of the IRIs of evidence that several records may have (``shared_evidence``): only that is remembered as
        written. None: any evidence may be shared.

    Examples
    --------
    >>> shop = PlainEntity("urn:x:shop", "Entity", "Shop")
    >>> lines = QuadWriter("urn:x:data-x").lines(shop)
    >>> lines == [f"{quad} .\n" for quad in quads(to_record(shop), "urn:x:data-x")]
    True
    """

    def __init__(self, data_graph: str, shared: Collection[int] | None = None) -> None:
        self.data_graph, self._shared = data_graph, shared
        #: The evidence that was written already and may come again.
        self.written: set[str] = set()
        self._new: list[str] = []

    def lines(self, record: PlainRecord | Statement) -> list[str]:
        """Return the lines of one record, of its parts, and of its evidence that was not written before."""
        if isinstance(record, PlainDependency):
            return self._dependency_lines(record)
        if isinstance(record, PlainEntity):
            return self._entity_lines(record)
        if isinstance(record, str):
            start, end = f"<{cited_document(record)}>", f" <{self.data_graph}> .\n"
            title, url = _predicate(Document, "title"), _predicate(Document, "url")
            return [
                f"{start}{_is_a(Document)}{end}",
                f"{start}{title}{text_literal(record)}{end}",
                f"{start}{url}<{record}>{end}",
            ]
        text = serialize(quads(record, self.data_graph, self.written), format=RdfFormat.N_QUADS) or b""
        return [text.decode()]

    def take_new_evidence(self) -> list[str]:
        """Return the IRIs of the evidence of plain records that was written since the last call."""
        new, self._new = self._new, []
        return new

    def _entity_lines(self, entity: PlainEntity) -> list[str]:
        start, end = f"<{entity.id}>", f" <{self.data_graph}> .\n"
        label, other = _predicate(Entity, "label"), _predicate(Entity, "altLabel")
        return [
            f"{start}{_is_a(STATEMENTS[entity.cls])}{end}",
            f"{start}{label}{text_literal(entity.label)}{end}",
            *(f"{start}{other}{name_literal(name)}{end}" for name in entity.other_names),
        ]

    def _dependency_lines(self, record: PlainDependency) -> list[str]:
        cited = [cite(each) if isinstance(each, str) else each for each in record.cited]
        documents = {each.document for each in cited}
        graph = documents.pop() if len(documents) == 1 else self.data_graph
        is_dependency, dependant, need, evidence, supply, is_supply, provider, share, delay = _dependency_pieces()
        start, end, fields = f"<{record.id}>", f" <{graph}> .\n", record.fields
        lines = [f"{start}{is_dependency}{end}"]
        for each in cited:
            lines.append(f"{start}{evidence}<{each.id}>{end}")
            if each.id not in self.written:
                if self._shared is None or hash(each.id) in self._shared:
                    self.written.add(each.id)
                self._new.append(each.id)
                lines.append(each.text if isinstance(each, Citation) else _bare_evidence(each))
        lines += [f"{start}{piece}{end}" for piece in fields.before]
        lines.append(f"{start}{dependant}<{record.dependant}>{end}{start}{need}<{record.need}>{end}")
        lines += [f"{start}{piece}{end}" for piece in fields.middle]
        for one in record.supplies:
            part = f"<{supply_id(record.id, one.provider)}>"
            lines.append(f"{start}{supply}{part}{end}{part}{is_supply}{end}{part}{provider}<{one.provider}>{end}")
            if one.share:
                lines.append(f"{part}{share}{one.share}{end}")
            if one.delay:
                lines.append(f"{part}{delay}{one.delay}{end}")
        lines += [f"{start}{piece}{end}" for piece in fields.after]
        return lines


@cache
def _dependency_pieces() -> tuple[str, ...]:
    """Return what is between subjects and objects in the lines of dependencies: the same for all of them."""
    own = (_predicate(Dependency, name) for name in ("dependant", "need", "evidence", "supply"))
    return _is_a(Dependency), *own, _is_a(Supply), *(_predicate(Supply, name) for name in ("provider", "share", "delay"))


def supply_id(dependency: str, provider: str) -> str:
    """Return the IRI of a supply."""
    return f"{dependency}--{local_name(provider)}"


def _bare_evidence(cited: Cited) -> str:
    start, end = f"<{cited.id}>", f" <{cited.document}> .\n"
    return (
        f"{start}{_is_a(Evidence)}{end}{start}{_predicate(Evidence, 'document')}<{cited.document}>{end}"
        f"{start}{_predicate(Evidence, 'stance')}<{KO}{_ASSERTS}>{end}"
    )


__all__ = [
    "Citation", "PlainDependency", "PlainDocument", "PlainEntity", "PlainFields", "PlainRecord", "PlainRecords", "PlainSupply",
    "QuadWriter", "cite", "cited_document", "field_text", "iri_of", "name_literal", "record_objects", "shared_evidence",
    "supply_id", "text_literal", "to_record",
]  # fmt: skip
