"""The documents that an answer cites, in the order in which it cites them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pyoxigraph import Literal, NamedNode

from knockon.analysis.context import Context
from knockon.analysis.labels import label_of
from knockon.model import Document
from knockon.vocabulary import DCTERMS, PREFIXES, local_name

#: The model of a document has no address; data sets read from RDF may give one in these properties.
_ADDRESSES = frozenset(
    {
        DCTERMS + "source", DCTERMS + "identifier", PREFIXES["foaf"] + "page", PREFIXES["foaf"] + "homepage",
        PREFIXES["schema"] + "url", PREFIXES["dcat"] + "landingPage", PREFIXES["dcat"] + "downloadURL",
    }
)  # fmt: skip


def bibliography(context: Context, told: Any) -> list[dict[str, Any]]:
    """Each document cited anywhere in ``told`` (nested dicts and lists), once, with what is known of it.

    >>> import knockon
    >>> report = knockon.open().impact("entity-list-chips")
    >>> [one["id"] for one in bibliography(report.cause.context, report.to_dict())][0]
    'doc-dependency-card'
    """
    # A world keeps only what its documents say; who published one is looked up in the whole.
    known = {record.id: record for record in context.whole.records}
    addresses = _addresses(context)
    return [_document(known, iri, addresses.get(iri, [])) for iri in dict.fromkeys(_cited(told))]


def _cited(told: Any) -> Iterator[str]:
    if isinstance(told, Mapping):
        if {"document", "start", "end"} <= told.keys():
            yield str(told["document"])
        else:
            for value in told.values():
                yield from _cited(value)
    elif isinstance(told, Sequence) and not isinstance(told, str):
        for value in told:
            yield from _cited(value)


def _document(known: Mapping[str, Any], iri: str, addresses: list[str]) -> dict[str, Any]:
    record = known.get(iri)
    told: dict[str, Any] = {"iri": iri, "id": local_name(iri), "title": label_of(known, iri), "address": addresses}
    if not isinstance(record, Document):
        return told | {"publisher": [], "creator": [], "issued": None, "precision": None, "comment": None, "sha256": None}
    return told | {
        "id": record.name,
        "publisher": [label_of(known, one) for one in record.publisher],
        "creator": [label_of(known, one) for one in record.creator],
        "issued": record.issued.isoformat() if record.issued else None,
        "precision": record.date_precision.value if record.date_precision else None,
        "comment": record.comment,
        "sha256": record.sha256,
    }


def _addresses(context: Context) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for data_set in context.whole.data_sets:
        for quad in data_set.extra:
            if quad.predicate.value in _ADDRESSES and isinstance(quad.subject, NamedNode):
                value = quad.object.value if isinstance(quad.object, NamedNode | Literal) else ""
                if value and value not in found.setdefault(quad.subject.value, []):
                    found[quad.subject.value].append(value)
    return {iri: sorted(values) for iri, values in found.items()}


__all__ = ["bibliography"]
