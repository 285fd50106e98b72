"""What stands at the places that a record cites, for those who hold the documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from knockon.analysis.answer import Answer, JsonValue
from knockon.analysis.answer_parts import Citation, cite
from knockon.analysis.records.document_content import Finding
from knockon.analysis.records.evidence import read_documents
from knockon.model import Document
from knockon.query.names import find
from knockon.store.base import Store
from knockon.vocabulary import local_name


@dataclass(frozen=True, slots=True)
class Quotation(Answer):
    """The words of a document that a record cites: a span, a row, a value of JSON, a line.

    Attributes
    ----------
    cited
        Where they stand. In JSON its keys are among those of the quotation, and the document is a local name.
    quotation
        The words; None where the folder has no such document or place, and for a page or a whole document.
    missing
        Why the document at hand has no such place; None, and not in JSON, where it has.
    """

    json_keys: ClassVar[tuple[str, ...]] = ("document", "start", "end", "stance", "quotation", "missing?", "*more")

    cited: Citation
    quotation: str | None
    missing: str | None = None

    @property
    def document(self) -> str:
        """The local name of the document."""
        return local_name(self.cited.document)

    @property
    def start(self) -> int | None:
        """The first code point of the words; None where the place is not a span."""
        return self.cited.start

    @property
    def end(self) -> int | None:
        """The code point after the last; None where the place is not a span."""
        return self.cited.end

    @property
    def stance(self) -> str:
        """What the document does with the statement: Asserts, Alleges, Denies, Hypothesises or Asks."""
        return self.cited.stance

    @property
    def more(self) -> Mapping[str, JsonValue]:
        """The other keys of the place."""
        known = {"document", "start", "end", "stance"}
        return {key: value for key, value in self.cited.to_dict().items() if key not in known}


def quotations(store: Store, name: str, folder: Path) -> tuple[Quotation, ...]:
    """Return the words that a record cites, in the order of documents and places.

    Raises
    ------
    NotFound
        There is no such record or folder.
    """
    record = find(store.records, name, "Record", what="record")
    files = read_documents(folder)
    documents = {r.id: r for r in store.records if isinstance(r, Document)}
    places = {cite([evidence], documents)[0]: evidence for evidence in record.all_evidence()}
    quoted = []
    for citation in cite(record.all_evidence(), documents):
        document = documents.get(citation.document)
        content = files.get(document.sha256 or "") if document else None
        finding = content.find(places[citation], document.key_column) if document and content else Finding()
        quoted.append(Quotation(citation, finding.text, finding.fault or None))
    return tuple(quoted)


__all__ = ["Quotation", "quotations"]
