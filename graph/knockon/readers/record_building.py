"""Build the records of an import from what was gathered of each, and check them against each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from pydantic import ValidationError

from knockon.authoring.expand import Expander
from knockon.authoring.names import iri
from knockon.authoring.resolver import Resolver
from knockon.model import STATEMENTS, Evidence, Statement
from knockon.model.base import as_set
from knockon.model.compact import CompactRecords
from knockon.model.validation_errors import Fault, faults
from knockon.rdf.fields import by_alias
from knockon.rdf.integrity import Draft, check
from knockon.readers.drafts import Drafts
from knockon.readers.plain_records import PlainRecords
from knockon.readers.record_drafts import RecordDraft
from knockon.readers.row_evidence import RowEvidence

#: Reject the record of an IRI, which has a fault.
Reject = Callable[[str, RecordDraft, Fault], None]


def build_records(
    drafts: Drafts,
    base: str,
    known: Mapping[str, str],
    reject: Reject,
    is_read_again: Callable[[], bool] = lambda: False,
) -> list[Statement]:
    """Return the records of drafts, in the order of their IRIs; those that are invalid are rejected.

    Parameters
    ----------
    drafts
        What was gathered of each record. Drafts whose records are built are released, to save memory.
    base
        The base of the ids.
    known
        The classes of the records of other data sets, by IRI.
    reject
        Called for a record that is invalid, or that does not go with the others.
    is_read_again
        Whether the files are read again without what is rejected so far: then records are not rejected for what they are
        together with it, such as shares of more than 1.

    Examples
    --------
    >>> rejected = []
    >>> drafts = Drafts("urn:x:")
    >>> drafts["urn:x:a"] = RecordDraft("Company", {"label": "A"})
    >>> drafts["urn:x:b"] = RecordDraft("Company", {"label": "B", "until": "?"})
    >>> records = build_records(drafts, "urn:x:", {}, lambda iri, draft, fault: rejected.append((iri, fault.message)))
    >>> [record.id for record in records], rejected
    (['urn:x:a'], [('urn:x:b', "until: '?' is not a date")])
    """
    records: list[Statement] = []
    invalid: list[tuple[Draft, Fault]] = []
    builder = _Builder(drafts, base)
    # In the order in which they were read: so memory that their drafts took is free again in one piece.
    for draft in drafts.each():
        record, fault = builder.build(draft)
        if record is None or fault is not None:
            invalid.append((Draft(draft.id, draft.cls, builder.expander.references), fault or Fault((), "is invalid")))
        else:
            records.append(record)
            drafts.release(record, draft)
    records.sort(key=attrgetter("id"))
    invalid.sort(key=lambda item: item[0].id)
    for (full, *_), fault in invalid:
        reject(full, drafts[full], fault)
    del builder  # The values that it keeps: the check needs memory of its own.
    violations = check(records, known, drafts=[draft for draft, _ in invalid])
    for joint in (False, True):
        if joint and is_read_again():
            break
        for violation in violations:
            if violation.joint is joint:
                reject(violation.record, drafts[violation.record], violation.fault)
    return records


class _IdResolver(Resolver):
    """Resolver of references that are ids, to the IRIs that the drafts have already: it keeps none of a million names."""

    def __init__(self, base: str, drafts: Drafts) -> None:
        super().__init__(base)
        self._drafts = drafts

    def iri(self, name: str, *, loose: bool = False, ranges: Sequence[str] = ()) -> str:  # noqa: ARG002 - as its base has them
        """Return the IRI of an id."""
        return self._drafts.shared(iri(name, self.base))


class _Builder:
    """Builder of the record of each draft.

    Attributes
    ----------
    expander
        What expanded the fields of the last one.
    """

    def __init__(self, drafts: Drafts, base: str) -> None:
        self._resolver = _IdResolver(base, drafts)
        self._compact = CompactRecords()
        self._evidence = RowEvidence(base, self._compact)
        self.expander = Expander(self._resolver)
        self._plain = PlainRecords(base, drafts, self._compact, Expander(self._resolver))

    def build(self, draft: RecordDraft) -> tuple[Statement | None, Fault | None]:
        """Return the record of a draft, or its first fault."""
        evidence = self._row_evidence(draft)
        if evidence and (record := self._plain.build(draft, evidence)) is not None:
            return record, None
        cls, data = STATEMENTS[draft.cls], draft.data
        if evidence is None:
            data["evidence"] = [source.evidence() for source in (*draft.sources, *draft.cited)]
        if self.expander.references or self.expander.faults:
            self.expander = Expander(self._resolver)
        expanded = {"id": draft.id, **self.expander.expand(cls, data)}
        # Evidence of rows needs no validation, which would take as long as that of the record itself.
        made = None if self.expander.faults else self._compact.make(cls, expanded, evidence or ())
        return (made, None) if made is not None else self._validated(cls, expanded, evidence or ())

    def _row_evidence(self, draft: RecordDraft) -> tuple[Evidence, ...] | None:
        """Return the evidence of a draft where every place that states it is a row or line."""
        if (source := draft.only_source) is not None:
            evidence = self._evidence.of(source)
            return None if evidence is None else (evidence,)
        found = []
        for source in (*draft.sources, *draft.cited):
            evidence = self._evidence.of(source)
            if evidence is None:
                return None
            found.append(evidence)
        return tuple(found) if len(found) < 2 else as_set(found)

    def _validated(
        self, cls: type[Statement], expanded: dict[str, Any], evidence: tuple[Evidence, ...]
    ) -> tuple[Statement | None, Fault | None]:
        """Return the record that the model itself makes of values, or the first fault."""
        try:
            record = cls.model_validate(expanded)
        except ValidationError as error:
            return None, [*self.expander.faults, *faults(error, by_alias(cls))][0]
        if self.expander.faults:
            return None, self.expander.faults[0]
        if evidence:
            record.__dict__["evidence"] = evidence
            record.model_fields_set.add("evidence")
        return self._compact.of(record), None


__all__ = ["Reject", "build_records"]
