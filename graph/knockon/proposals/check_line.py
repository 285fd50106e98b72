"""Check what a proposer gives against the document and the graph: a proposal, or why it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knockon.errors import nearest
from knockon.model import Statement
from knockon.proposals.document_text import DocumentText
from knockon.proposals.proposal import CLASSES, KEYS, JsonValue, Proposal, confidence_of, stance_named, whole_number
from knockon.proposals.quotes import Place, copied_words, locate, quote_hash
from knockon.proposals.record_fields import FieldResolver, ProposalFault

#: The most characters of a text of a record.
_LONGEST_TEXT = 2_000
#: The fields with names as they are written, which may be those of the document.
_NAMES = ("label", "altLabel", "nameAsListed", "listEntry", "asWritten")
#: The longest name, in words: what is longer is no name but a sentence; and one that a quotation may consist of.
_LONGEST_NAME, _SHORT_NAME = 12, 6


@dataclass(frozen=True, slots=True)
class Refused:
    """A proposal that cannot become a record.

    Attributes
    ----------
    number
        Its number among those that were given, from 1.
    reason
        Why.
    hint
        How to correct it; may be empty.
    """

    number: int
    reason: str
    hint: str = ""


class LineChecker:
    """Checks proposals about one document.

    Parameters
    ----------
    document
        The document.
    records
        The records of the graph.
    proposer
        Who proposes.
    day
        The day of the proposals (ISO).

    Examples
    --------
    >>> from knockon.model import Company, Material
    >>> graph = [Company(id="urn:x:acme", label="Acme"), Material(id="urn:x:cobalt", label="Cobalt")]
    >>> checker = LineChecker(DocumentText.of("a.txt", b"Acme relies on cobalt."), graph, "me", "2026-01-01")
    >>> line = {"class": "Dependency", "fields": {"dependant": "acme", "need": "Cobalt"}, "quote": "Acme relies on cobalt"}
    >>> checker.check(1, line).fields
    {'dependant': 'urn:x:acme', 'need': 'urn:x:cobalt'}
    >>> checker.check(2, {**line, "quote": "Acme relies on steel"}).reason
    'the quotation is not in the document'
    """

    def __init__(self, document: DocumentText, records: Iterable[Statement], proposer: str, day: str) -> None:
        self.document, self.proposer, self.day = document, proposer, day
        self._fields = FieldResolver(records)

    def check(self, number: int, line: object) -> Proposal | Refused:
        """Return the proposal of a line, or why it is refused."""
        try:
            return self._proposal(line)
        except ProposalFault as fault:
            return Refused(number, fault.reason, fault.hint)
        except RecursionError:
            return Refused(number, "fields have too many levels")

    def _proposal(self, line: object) -> Proposal:
        if not isinstance(line, Mapping) or not all(isinstance(key, str) for key in line):
            raise ProposalFault("a proposal is an object", _EXAMPLE)
        if unknown := sorted(set(line) - set(KEYS)):
            raise ProposalFault(f"unknown key {unknown[0][:60]!r}", f"known are {', '.join(KEYS)}")
        cls, fields = line.get("class"), line.get("fields")
        if not isinstance(cls, str) or cls not in CLASSES:
            close = nearest(str(cls)[:60], CLASSES)
            raise ProposalFault(
                f"{str(cls)[:60]!r} is not a class that can be proposed",
                f"did you mean {', '.join(close)}?" if close else _EXAMPLE,
            )
        if not isinstance(fields, Mapping) or not fields:
            raise ProposalFault("fields must be an object with the fields of the record", _EXAMPLE)
        page, place = self._place(line)
        resolved = self._fields.resolve(cls, fields)
        self._check_texts(resolved, str(line["quote"]))
        try:
            stance, confidence = stance_named(line.get("stance")), confidence_of(line.get("confidence"))
        except ValueError as error:
            raise ProposalFault(str(error)) from None
        claimant = line.get("claimant")
        text, span = self.document.page(page), (place.start, place.end)
        claimed = self._fields.entity(claimant, "claimant") if claimant else ""
        return Proposal(
            cls, resolved, self.document.sha256, self.document.name, *span, quote_hash(text, span), place.match, page, stance,
            claimed, confidence, self.proposer, self.day,
        )  # fmt: skip

    def _place(self, line: Mapping[str, object]) -> tuple[int | None, Place]:
        """Return where the quotation stands: the page, and the span."""
        quote = line.get("quote")
        if not isinstance(quote, str):
            raise ProposalFault("quote must be the words that the record rests on, exactly as the document has them")
        try:
            start, end, page = (whole_number(line.get(key), key) for key in ("start", "end", "page"))
        except ValueError as error:
            raise ProposalFault(str(error)) from None
        if page is not None and not self.document.is_pdf:
            raise ProposalFault(f"page {page}: the document is not a PDF; leave page out")
        if page is not None and not 1 <= page <= len(self.document.pages):
            raise ProposalFault(f"page {page} does not exist; the last page is {len(self.document.pages):,}")
        pages = [page] if page is not None or not self.document.is_pdf else list(self.document.numbers)
        if page is None and self.document.is_pdf and start is not None:
            raise ProposalFault("start and end are those of a page; give the page as well")
        found = [(number, locate(self.document.page(number), quote, start, end, pdf=self.document.is_pdf)) for number in pages]
        places = [(number, place) for number, place in found if isinstance(place, Place)]
        if len(places) == 1:
            return places[0]
        if places:
            listed = ", ".join(str(number) for number, _ in places[:3])
            raise ProposalFault(f"the quotation is on the pages {listed}", "give the page that is meant")
        reasons = [place for _, place in found if isinstance(place, str)]
        raise ProposalFault(
            next(
                (reason for reason in reasons if "is not in" not in reason),
                reasons[0] if reasons else "the document has no page",
            )
        )

    def _check_texts(self, value: JsonValue, quote: str, name: str = "") -> None:
        """Refuse texts that are too long, or that repeat a passage of the document."""
        if isinstance(value, dict):
            for key, item in value.items():
                self._check_texts(item, quote, key)
        elif isinstance(value, list):
            for item in value:
                self._check_texts(item, quote, name)
        elif isinstance(value, str):
            if len(value) > _LONGEST_TEXT:
                raise ProposalFault(f"{name} has more than {_LONGEST_TEXT:,} characters")
            words = value.split()
            if name in _NAMES and len(words) > _SHORT_NAME and words == quote.split():
                raise ProposalFault(f"{name} is the quotation; write the name of what it speaks of")
            if name in _NAMES and len(words) > _LONGEST_NAME:
                raise ProposalFault(f"{name} has {len(words)} words; a name has at most {_LONGEST_NAME}")
            if name not in _NAMES and (copied := copied_words(value, self.document.words)):
                raise ProposalFault(
                    f"{name} repeats {len(copied.split())} words of the document or more",
                    "say it in your own words: the span cites the document",
                )


_EXAMPLE = 'write e.g. {"class": "Dependency", "fields": {"dependant": "acme", "need": "cobalt"}, "quote": "..."}'

__all__ = ["LineChecker", "Refused"]
