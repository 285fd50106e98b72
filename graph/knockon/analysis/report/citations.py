"""The documents that an answer cites, in the order in which it cites them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyoxigraph import Literal, NamedNode

from knockon.analysis.answer import JsonValue
from knockon.analysis.context import Context
from knockon.analysis.labels import label_of
from knockon.analysis.report.shock_report import CitedDocument
from knockon.model import Document, Statement
from knockon.vocabulary import DCTERMS, PREFIXES, local_name

#: The model of a document has no address; data sets read from RDF may give one in these properties.
_ADDRESSES = frozenset(
    {
        DCTERMS + "source", DCTERMS + "identifier", PREFIXES["foaf"] + "page", PREFIXES["foaf"] + "homepage",
        PREFIXES["schema"] + "url", PREFIXES["dcat"] + "landingPage", PREFIXES["dcat"] + "downloadURL",
    }
)  # fmt: skip


def bibliography(context: Context, answer: JsonValue) -> tuple[CitedDocument, ...]:
    """Return each document that is cited anywhere in an answer, once, with what is known of it.

    Parameters
    ----------
    context
        The world that was asked.
    answer
        An answer as JSON has it.

    Examples
    --------
    >>> import knockon
    >>> report = knockon.open().impact("entity-list-chips")
    >>> bibliography(report.cause.context, report.to_dict())[0].id
    'doc-dependency-card'
    """
    # A world keeps only what its documents say; who published one is looked up in the whole.
    known = {record.id: record for record in context.whole.records}
    addresses = _addresses(context)
    return tuple(_document(known, iri, tuple(addresses.get(iri, ()))) for iri in dict.fromkeys(_cited(answer)))


def _cited(answer: JsonValue) -> Iterator[str]:
    if isinstance(answer, dict):
        if {"document", "start", "end"} <= answer.keys():
            yield str(answer["document"])
        else:
            for value in answer.values():
                yield from _cited(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from _cited(value)


def _document(known: Mapping[str, Statement], iri: str, address: tuple[str, ...]) -> CitedDocument:
    record = known.get(iri)
    title = label_of(known, iri)
    if not isinstance(record, Document):
        return CitedDocument(iri, local_name(iri), title, address)
    return CitedDocument(
        iri=iri,
        id=record.name,
        title=title,
        address=address,
        publisher=tuple(label_of(known, publisher) for publisher in record.publisher),
        creator=tuple(label_of(known, creator) for creator in record.creator),
        issued=record.issued.isoformat() if record.issued else None,
        precision=record.date_precision.value if record.date_precision else None,
        comment=record.comment,
        sha256=record.sha256,
    )


def _addresses(context: Context) -> dict[str, list[str]]:
    addresses: dict[str, list[str]] = {}
    for data_set in context.whole.data_sets:
        for quad in data_set.extra:
            if quad.predicate.value in _ADDRESSES and isinstance(quad.subject, NamedNode):
                value = quad.object.value if isinstance(quad.object, NamedNode | Literal) else ""
                if value and value not in addresses.setdefault(quad.subject.value, []):
                    addresses[quad.subject.value].append(value)
    return {iri: sorted(values) for iri, values in addresses.items()}


__all__ = ["bibliography"]
