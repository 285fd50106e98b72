"""The words for a place in a document, and for a document that only its address names: the same in every answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from knockon.analysis.answer_parts import Citation
from knockon.model import Evidence
from knockon.model.addresses import document_iri, is_address, to_address
from knockon.text import counted, plain
from knockon.vocabulary import local_name

if TYPE_CHECKING:
    from knockon.analysis.records.document_folder import DocumentFolder

#: What has a place in a document.
Place = Evidence | Citation


def place_text(place: Place, *, spans: bool = True) -> str:
    """Return a place within its document; empty for the whole document and, without ``spans``, for a span.

    >>> place_text(Evidence(document="urn:x:list", row=114)), place_text(Evidence(document="urn:x:list", start=10, end=50))
    ('row 114', '10-50')
    >>> place_text(Evidence(document="urn:x:list", sheet="Parts", row=5)), place_text(Evidence(document="urn:x:list"))
    ('row 5 of sheet Parts', '')
    """
    if place.start is not None:
        return f"{place.start}-{place.end}" if spans else ""
    named = (("row", place.row), ("key", place.key), ("pointer", place.pointer), ("line", place.line), ("page", place.page))
    text = next((f"{name} {value}" for name, value in named if value is not None), "")
    return f"{text} of sheet {place.sheet}" if place.sheet is not None else text


def source_text(citation: Citation) -> str:
    """Return the name of a cited document: its local name, or the address where nothing else names it.

    >>> source_text(Citation("urn:x/doc-list", None, None, "Asserts", row=5))
    'doc-list'
    """
    address = citation.address
    if address is not None and is_address(address) and document_iri(address) == citation.document:
        return address_text(citation)
    return local_name(citation.document)


def address_text(citation: Citation) -> str:
    """Return the address of a cited document with the day on which it was read there; empty where it has none.

    >>> address_text(Citation("urn:x/d", None, None, "Asserts", address="https://example.org", retrieved="2026-01-31"))
    'https://example.org (retrieved 2026-01-31)'
    """
    if citation.address is None:
        return ""
    return citation.address + (f" (retrieved {citation.retrieved})" if citation.retrieved else "")


#: Most addresses: a host without a port and a path, of characters that need no look at the rest of the rule.
_PLAIN_ADDRESS = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?:/[A-Za-z0-9._~/?=&%+,;:-]*)?", re.ASCII)


def is_link(address: str) -> bool:
    """Return whether an address may become a link: a plain web address; anything else is shown as text.

    >>> is_link("https://example.org/notice"), is_link("javascript:alert(1)"), is_link("https://example.org/a b")
    (True, False, False)
    """
    if _PLAIN_ADDRESS.fullmatch(address):
        return True
    try:
        return to_address(address) == address and address.isprintable() and not re.search("[\\s\"'<>`]", address)
    except ValueError:
        return False


def confidence_text(place: Place) -> str:
    """Return the confidence that a source states; empty where it states none.

    >>> confidence_text(Evidence(document="urn:x:list", confidence="0.80")), confidence_text(Evidence(document="urn:x:list"))
    ('confidence 0.8', '')
    """
    return "" if place.confidence is None else f"confidence {float(place.confidence):g}"


def folder_notes(documents: DocumentFolder) -> tuple[str, ...]:
    """Return which documents of a folder are quoted, and which files are not what was cited, a line each.

    >>> from pathlib import Path
    >>> from knockon.analysis.records.document_folder import DocumentFolder
    >>> folder = DocumentFolder(Path("papers"), {}, {"urn:x/doc-list": "list.csv"}, 2, (), {})
    >>> for line in folder_notes(folder):
    ...     print(line)
    no document of this graph is in papers; nothing is quoted
    list.csv is not the doc-list that was cited: its SHA-256 differs; it is not quoted
    2 other files in papers are no document of this graph
    """
    where, quoted = plain(str(documents.folder)), len(documents.contents)
    lines = [f"{counted(quoted, 'document')} of {where} {'is' if quoted == 1 else 'are'} quoted"]
    if not quoted:
        lines = [f"no document of this graph is in {where}; nothing is quoted"]
    lines += [
        f"{plain(name)} is not the {local_name(iri)} that was cited: its SHA-256 differs; it is not quoted"
        for iri, name in documents.changed.items()
    ]
    lines += [f"{plain(name)} cannot be read" for name in documents.unreadable]
    if documents.unknown:
        files = counted(documents.unknown, "other file")
        verb = "is" if documents.unknown == 1 else "are"
        lines.append(f"{files} in {where} {verb} no document of this graph")
    return tuple(lines)


def citation_text(citation: Citation) -> str:
    """Return a document and the place in it.

    >>> citation_text(Citation("urn:x/doc-list", None, None, "Asserts", row=114))
    'doc-list row 114'
    """
    return " ".join(part for part in (source_text(citation), place_text(citation)) if part)


def sources_text(citations: Iterable[Citation]) -> str:
    """Return documents and places in one line, with the confidence where a source states one.

    >>> row = Citation("urn:x/doc-list", None, None, "Asserts", row=114, confidence=0.8)
    >>> sources_text([row, Citation("urn:x/doc-card", 1, 5, "Asserts")])
    'doc-list row 114, confidence 0.8; doc-card 1-5'
    """
    return "; ".join(", ".join(filter(None, (citation_text(one), confidence_text(one)))) for one in citations)


def full_citation_text(citation: Citation) -> str:
    """Return a document, the place in it, its address, the stance of the document and the confidence.

    >>> full_citation_text(Citation("urn:x/doc-list", None, None, "Asserts", page=12, address="https://example.org/list.pdf"))
    'doc-list page 12, https://example.org/list.pdf, Asserts'
    """
    address = address_text(citation)
    listed = address if address != source_text(citation) else ""
    parts = (citation_text(citation), listed, citation.stance, confidence_text(citation))
    return ", ".join(part for part in parts if part)


__all__ = [
    "Place", "address_text", "citation_text", "confidence_text", "folder_notes", "full_citation_text", "is_link", "place_text",
    "source_text", "sources_text",
]  # fmt: skip
