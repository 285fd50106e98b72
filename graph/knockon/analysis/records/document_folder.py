"""The documents in a folder, from which the words behind citations are quoted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from knockon.analysis.answer_parts import Citation
from knockon.analysis.records.document_content import DocumentContent
from knockon.errors import KnockonError, NotFound
from knockon.model import Document, Evidence, Record
from knockon.store.files import slug

#: The most characters of a quotation; a span is never longer.
LONGEST = 600


@dataclass(frozen=True)
class DocumentFolder:
    """The documents of a graph that a folder has, recognised by the SHA-256 of their files.

    Attributes
    ----------
    folder
        The folder.
    contents
        The content of each document that is in it, by IRI.
    changed
        The name of the file that is called as a document and has another hash, by the IRI of the document. It is not quoted.
    unknown
        How many files are no document of the graph.
    unreadable
        The names of files that cannot be read.
    """

    folder: Path
    contents: Mapping[str, DocumentContent]
    changed: Mapping[str, str]
    unknown: int
    unreadable: tuple[str, ...]
    key_columns: Mapping[str, str | None]

    def quote(self, place: Evidence | Citation) -> str:
        """Return the words at a place in one line of at most 600 characters; empty if they cannot be quoted."""
        content = self.contents.get(place.document)
        if content is None:
            return ""
        try:
            finding = content.find(_evidence(place), self.key_columns[place.document])
        except KnockonError:  # a table that cannot be read
            return ""
        words = re.sub(r"\s+", " ", finding.text or "").strip()
        return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"


def read_document_folder(folder: str | Path, records: Iterable[Record]) -> DocumentFolder:
    r"""Read which documents a folder has.

    Parameters
    ----------
    folder
        The folder; folders in it are not read.
    records
        The records of the graph, among them its documents.

    Raises
    ------
    NotFound
        There is no such folder.

    Examples
    --------
    >>> import tempfile
    >>> document = Document(id="urn:x:list", title="List", sha256=hashlib.sha256(b"id,name\n7,Acme\n").hexdigest())
    >>> with tempfile.TemporaryDirectory() as name:
    ...     _ = Path(name, "any.csv").write_bytes(b"id,name\n7,Acme\n")
    ...     read_document_folder(name, [document]).quote(Evidence(document="urn:x:list", row=2))
    'id: 7; name: Acme'
    """
    path = Path(folder)
    if not path.is_dir():
        raise NotFound("folder", str(folder))
    documents = {record.id: record for record in records if isinstance(record, Document)}
    by_hash: dict[str, list[str]] = {}
    for iri, document in documents.items():
        if document.sha256:
            by_hash.setdefault(document.sha256, []).append(iri)
    contents: dict[str, DocumentContent] = {}
    others: list[str] = []
    unreadable: list[str] = []
    for file in sorted(entry for entry in path.iterdir() if entry.is_file()):
        try:
            # Only the bytes of what will be quoted are kept.
            with file.open("rb") as stream:
                known = by_hash.get(hashlib.file_digest(stream, "sha256").hexdigest(), [])
            contents |= dict.fromkeys(known, DocumentContent(file.name, file.read_bytes())) if known else {}
        except OSError:
            unreadable.append(file.name)
            continue
        others += [] if known else [file.name]
    changed = _changed({iri: document for iri, document in documents.items() if iri not in contents}, others)
    return DocumentFolder(
        folder=path,
        contents=contents,
        changed=changed,
        unknown=len(others) - len(set(changed.values())),
        unreadable=tuple(unreadable),
        key_columns={iri: documents[iri].key_column for iri in contents},
    )


def _changed(documents: Mapping[str, Document], files: Iterable[str]) -> dict[str, str]:
    """Return the file that is called as each document, by the IRI of the document."""
    names = {slug(PurePosixPath(name).stem): name for name in files}
    found = {iri: next((names[key] for key in _names(document) if key in names), "") for iri, document in documents.items()}
    return {iri: name for iri, name in sorted(found.items()) if name}


def _names(document: Document) -> list[str]:
    """Return the names that the file of a document may have: its local name, its title, the end of its address."""
    address = PurePosixPath(unquote(urlsplit(document.url).path)).stem if document.url else ""
    names = [document.name, document.name.removeprefix("doc-"), document.title, address]
    return [slug(name) for name in names if name]


def _evidence(place: Evidence | Citation) -> Evidence:
    if isinstance(place, Evidence):
        return place
    names = ("document", "start", "end", "row", "sheet", "key", "pointer", "line", "page")
    return Evidence(**{name: getattr(place, name) for name in names})


__all__ = ["LONGEST", "DocumentFolder", "read_document_folder"]
