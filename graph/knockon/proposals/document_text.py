"""The text of a document that proposals are about: one text, or the pages of a PDF, with the SHA-256 of the file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath

from knockon.authoring.files import encoding_of_mark, printable_path
from knockon.errors import InvalidData, NotFound, Problem, UsageError
from knockon.model import Document, Record
from knockon.proposals.pdf_text import read_pages
from knockon.query.names import find

#: The endings of documents; HTML is read as the text that it is written in, so that spans are those of the file.
ENDINGS = (".txt", ".text", ".md", ".markdown", ".html", ".htm", ".pdf")
#: The most bytes of a document.
MOST_BYTES = 50_000_000
_PDF = b"%PDF-"


@dataclass(frozen=True)
class DocumentText:
    r"""The text of a document.

    Attributes
    ----------
    name
        The name of its file, without folders.
    sha256
        The SHA-256 of its bytes.
    pages
        The pages of a PDF; one text for any other document. Newlines are those of the file.
    is_pdf
        Whether it is a PDF.

    Examples
    --------
    >>> document = DocumentText.of("a.txt", b"Acme relies on\n cobalt.")
    >>> document.page().find("relies"), document.is_pdf
    (5, False)
    """

    name: str
    sha256: str
    pages: tuple[str, ...]
    is_pdf: bool = False

    @classmethod
    def of(cls, name: str, data: bytes) -> DocumentText:
        """Return the text of a document from its bytes.

        Raises
        ------
        UsageError
            Its name has the ending of no kind of document that is read, or the PDF reader is not installed.
        InvalidData
            It is too large, no text in UTF-8, no PDF, or a PDF that cannot be read.
        """
        shown = printable_path(Path(name))
        ending = PurePath(name).suffix.lower()
        if ending not in ENDINGS:
            raise UsageError(f"{shown}: a document is a text or a PDF, and its name ends in {', '.join(ENDINGS)}")
        if len(data) > MOST_BYTES:
            raise _invalid(shown, None, f"is larger than {MOST_BYTES // 1_000_000} MB", "split it")
        sha256 = hashlib.sha256(data).hexdigest()
        if data.startswith(_PDF):
            return cls(name, sha256, read_pages(shown, data), is_pdf=True)
        if ending == ".pdf":
            raise _invalid(shown, 1, "is not a PDF: it does not begin with %PDF-", "give it the ending of what it is")
        return cls(name, sha256, (_text(shown, data),))

    @classmethod
    def read(cls, path: Path) -> DocumentText:
        """Return the text of a document on disk.

        Raises
        ------
        NotFound
            There is no such file.
        UsageError, InvalidData
            As ``of``.
        """
        shown = printable_path(path)
        try:
            if not path.is_file():
                if path.exists():
                    raise UsageError(f"{shown} is not a file; name one document")
                raise NotFound("document", shown)
            if path.suffix.lower() in ENDINGS and path.stat().st_size > MOST_BYTES:
                raise _invalid(shown, None, f"is larger than {MOST_BYTES // 1_000_000} MB", "split it")
            data = path.read_bytes() if path.suffix.lower() in ENDINGS else b""
        except (OSError, ValueError) as error:
            raise _invalid(shown, None, f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
        return cls.of(path.name, data)

    def page(self, number: int | None = None) -> str:
        """Return the text, or that of a page of a PDF (from 1); empty where there is no such page."""
        place = 0 if not self.is_pdf else (number or 0) - 1
        return self.pages[place] if 0 <= place < len(self.pages) else ""

    @property
    def numbers(self) -> tuple[int | None, ...]:
        """The number of each page, from 1; None for the one text of a document that is no PDF."""
        return tuple(range(1, len(self.pages) + 1)) if self.is_pdf else (None,)

    @cached_property
    def words(self) -> str:
        """All its text with one space between words, to look up whether words are copied from it."""
        return " ".join(" ".join(self.pages).split())


def find_document(name: str, folder: Path, records: Iterable[Record]) -> DocumentText:
    """Return a document of a folder, by the name of its file or by a document of the graph, which is known by its SHA-256.

    Parameters
    ----------
    name
        The name of a file in the folder, without a path, or the IRI, local name or title of a document of the graph.
    folder
        The folder.
    records
        The records of the graph.

    Raises
    ------
    NotFound
        The folder has no such document, or there is no such folder.
    UsageError, InvalidData
        It cannot be read.
    """
    if not folder.is_dir():
        raise NotFound("folder", printable_path(folder))
    files = {path.name: path for path in sorted(folder.iterdir()) if path.is_file()}
    if name in files:
        return DocumentText.read(files[name])
    documents = [record for record in records if isinstance(record, Document)]
    try:
        known = find(documents, name, "Document")
    except NotFound:
        listed = [each for each in files if PurePath(each).suffix.lower() in ENDINGS]
        raise NotFound("document", name, [*listed, *(document.name for document in documents)]) from None
    sha256 = known.sha256 if isinstance(known, Document) else None
    found = document_with_hash(sha256 or "", files.values())
    if found is None:
        raise NotFound("file of the document", name, hint="(no file of the folder has its SHA-256)")
    return found


def document_with_hash(sha256: str, paths: Iterable[Path]) -> DocumentText | None:
    """Return the document among some files that has a SHA-256; None where none has it."""
    for path in paths:
        try:
            if path.suffix.lower() not in ENDINGS or path.stat().st_size > MOST_BYTES:
                continue
            data = path.read_bytes()
        except OSError:
            continue
        if hashlib.sha256(data).hexdigest() == sha256:
            return DocumentText.of(path.name, data)
    return None


def decode(data: bytes) -> str | None:
    r"""Return the text of a document with newlines unchanged; None if it is not UTF-8, nor what a byte order mark says.

    >>> decode("caf\xe9".encode("utf-16")), decode("caf\xe9".encode("cp1252"))
    ('caf\xe9', None)
    """
    marked = encoding_of_mark(data)
    try:
        return data.decode(marked if marked in ("utf-16", "utf-32") else "utf-8")
    except UnicodeDecodeError:
        return None


def _text(name: str, data: bytes) -> str:
    text = decode(data)
    if text is None:
        hint = "convert it to UTF-8: spans count the characters of that text"
        raise _invalid(name, None, "is not text in UTF-8, or in UTF-16 or UTF-32 with its mark", hint)
    return text


def mask_markup(text: str) -> str:
    """Return HTML with tags, comments, scripts and styles as spaces, so that offsets stay.

    >>> mask_markup("a<b>c</b>&amp;<script>x<y</script>d")
    'a   c    &amp;                    d'
    """
    return _MARKUP.sub(lambda match: " " * len(match[0]), text)


#: Possessive, and what is not closed goes to the end, so that each character is read once or twice.
_MARKUP = re.compile(
    r"<(?:script|style)\b[^<]*+(?>(?:<(?!/(?:script|style))[^<]*+)*)(?:</(?:script|style)[^<>]*+>|\Z)"
    r"|<!--(?>(?:[^-]|-(?!->))*)(?:-->|\Z)"
    r"|</?[A-Za-z!][^<>]*+>",
    re.IGNORECASE,
)


def _invalid(name: str, line: int | None, message: str, hint: str = "") -> InvalidData:
    return InvalidData([Problem(name, line, message, hint)], "nothing was proposed")


__all__ = ["ENDINGS", "MOST_BYTES", "DocumentText", "decode", "document_with_hash", "find_document", "mask_markup"]
