"""The documents that an answer cites, in the order of citation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pyoxigraph import Literal, NamedNode

from knockon.analysis.answer import Answer
from knockon.analysis.answer_parts import Citation
from knockon.analysis.context import Context
from knockon.analysis.labels import label_of
from knockon.lazy_sequence import LazySequence
from knockon.model import Document, Record
from knockon.vocabulary import DCTERMS, PREFIXES, local_name

#: Data sets read from RDF may have further addresses of a document in these properties.
_ADDRESSES = frozenset(
    {
        DCTERMS + "source", DCTERMS + "identifier", PREFIXES["foaf"] + "page", PREFIXES["foaf"] + "homepage",
        PREFIXES["schema"] + "url", PREFIXES["dcat"] + "landingPage", PREFIXES["dcat"] + "downloadURL",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CitedDocument(Answer):
    """A document that a page cites; an attribute is None or empty where the graph does not have it.

    Attributes
    ----------
    iri, id, title
        Its IRI, its local name and its title.
    address
        Where it is published: the address of its record first, then those that other vocabularies state.
    publisher, creator
        The labels of who published and who wrote it.
    issued, precision
        Its date (ISO 8601), and the precision of the date: Day, Month or Year.
    comment
        A remark.
    sha256
        The SHA-256 of the file that was read.
    retrieved
        The day on which it was read at its address (ISO 8601).
    license
        Its licence.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "iri", "id", "title", "address", "publisher", "creator", "issued", "precision", "comment", "sha256", "retrieved?",
        "license?",
    )  # fmt: skip

    iri: str
    id: str
    title: str
    address: tuple[str, ...]
    publisher: tuple[str, ...] = ()
    creator: tuple[str, ...] = ()
    issued: str | None = None
    precision: str | None = None
    comment: str | None = None
    sha256: str | None = None
    retrieved: str | None = None
    license: str | None = None


def bibliography(context: Context, answer: Answer) -> tuple[CitedDocument, ...]:
    """Return each document that an answer cites, with what the graph has of it.

    Parameters
    ----------
    context
        The world of the question.
    answer
        The answer.

    Examples
    --------
    >>> import knockon
    >>> report = knockon.open().impact("entity-list-chips")
    >>> bibliography(report.cause.context, report)[0].id
    'doc-academic-paper'
    """
    # A world has only what its documents state; the publisher of a document may be outside of it.
    records = context.whole.records.by_iri
    addresses = _addresses(context)
    cited = dict.fromkeys(citation.document for citation in citations(answer))
    return tuple(_document(records, iri, tuple(addresses.get(iri, ()))) for iri in cited)


def citations(value: object) -> Iterator[Citation]:
    """Yield each citation in an answer, in the order of JSON.

    >>> import knockon
    >>> next(citations(knockon.open().impact("entity-list-chips"))).stance
    'Asserts'
    """
    if isinstance(value, Citation):
        yield value
    elif isinstance(value, Answer | tuple | LazySequence):
        for part in value.json_values() if isinstance(value, Answer) else value:
            yield from citations(part)


def _document(records: Mapping[str, Record], iri: str, address: tuple[str, ...]) -> CitedDocument:
    record = records.get(iri)
    title = label_of(records, iri)
    if not isinstance(record, Document):
        return CitedDocument(iri, local_name(iri), title, address)
    return CitedDocument(
        iri=iri,
        id=record.name,
        title=title,
        address=tuple(dict.fromkeys([*([record.url] if record.url else []), *address])),
        publisher=tuple(label_of(records, publisher) for publisher in record.publisher),
        creator=tuple(label_of(records, creator) for creator in record.creator),
        issued=record.issued.isoformat() if record.issued else None,
        precision=record.date_precision.value if record.date_precision else None,
        comment=record.comment,
        sha256=record.sha256,
        retrieved=record.retrieved.isoformat() if record.retrieved else None,
        license=record.license,
    )


def _addresses(context: Context) -> dict[str, list[str]]:
    """Return the addresses of documents by IRI."""
    addresses: dict[str, list[str]] = {}
    for data_set in context.whole.data_sets:
        for quad in data_set.extra:
            if quad.predicate.value in _ADDRESSES and isinstance(quad.subject, NamedNode):
                value = quad.object.value if isinstance(quad.object, NamedNode | Literal) else ""
                if value and value not in addresses.setdefault(quad.subject.value, []):
                    addresses[quad.subject.value].append(value)
    return {iri: sorted(values) for iri, values in addresses.items()}


__all__ = ["CitedDocument", "bibliography", "citations"]
