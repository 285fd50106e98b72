"""Build the records of an import from what was gathered of each, and check them against each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from knockon.authoring.expand import Expander
from knockon.authoring.names import iri
from knockon.authoring.resolver import Resolver
from knockon.model import STATEMENTS, Statement
from knockon.model.base import as_set
from knockon.model.compact import CompactRecords
from knockon.model.validation_errors import Fault, faults
from knockon.rdf.fields import by_alias
from knockon.rdf.integrity import Draft, check
from knockon.readers.record_drafts import RecordDraft

#: Reject the record of an IRI, which has a fault.
Reject = Callable[[str, RecordDraft, Fault], None]


def build_records(
    drafts: Mapping[str, RecordDraft],
    base: str,
    known: Mapping[str, str],
    reject: Reject,
    is_read_again: Callable[[], bool] = lambda: False,
) -> list[Statement]:
    """Return the records of drafts, in the order of their IRIs; those that are invalid are rejected.

    Parameters
    ----------
    drafts
        What was gathered of each record, by its IRI. The fields of those that are built are dropped, to save memory.
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
    >>> sound, invalid = {"label": "A"}, {"label": "B", "until": "?"}
    >>> drafts = {"urn:x:a": RecordDraft("Company", sound), "urn:x:b": RecordDraft("Company", invalid)}
    >>> records = build_records(drafts, "urn:x:", {}, lambda iri, draft, fault: rejected.append((iri, fault.message)))
    >>> [record.id for record in records], rejected
    (['urn:x:a'], [('urn:x:b', "until: '?' is not a date")])
    """
    for full, draft in drafts.items():
        draft.id = full
    resolver = _IdResolver(base, drafts)
    records: list[Statement] = []
    invalid: list[Draft] = []
    compact = CompactRecords()
    expander = Expander(resolver)
    for full in sorted(drafts):
        draft = drafts[full]
        expander = Expander(resolver)
        record, fault = _build(full, draft, base, expander, compact)
        if record is None or fault is not None:
            reject(full, draft, fault or Fault((), "is invalid"))
            invalid.append(Draft(full, draft.cls, expander.references))
        else:
            records.append(record)
            draft.data = {}
    del compact, expander  # The values that they keep: the check needs memory of its own.
    violations = check(records, known, drafts=invalid)
    for joint in (False, True):
        if joint and is_read_again():
            break
        for violation in violations:
            if violation.joint is joint:
                reject(violation.record, drafts[violation.record], violation.fault)
    return records


class _IdResolver(Resolver):
    """Resolver of references that are ids, to the IRIs that the drafts have already: it keeps none of a million names."""

    def __init__(self, base: str, drafts: Mapping[str, RecordDraft]) -> None:
        super().__init__(base)
        self._drafts = drafts

    def iri(self, name: str, *, loose: bool = False, ranges: Sequence[str] = ()) -> str:  # noqa: ARG002 - as its base has them
        """Return the IRI of an id."""
        full = iri(name, self.base)
        draft = self._drafts.get(full)
        return full if draft is None else draft.id


def _build(
    full: str, draft: RecordDraft, base: str, expander: Expander, compact: CompactRecords
) -> tuple[Statement | None, Fault | None]:
    """Return the record of a draft, or its first fault."""
    cls = STATEMENTS[draft.cls]
    sources = [*draft.sources, *draft.cited]
    plain = [source.plain_evidence(base, compact) for source in sources]
    evidence = [item for item in plain if item is not None]
    data: dict[str, Any] = draft.data
    if len(evidence) < len(plain):
        data, evidence = {**data, "evidence": [source.evidence() for source in sources]}, []
    expanded = {"id": full, **expander.expand(cls, data)}
    if not expander.faults:
        # Evidence of rows needs no validation, which would take as long as that of the record itself.
        made = compact.make(cls, expanded, as_set(evidence) if len(evidence) > 1 else tuple(evidence))
        if made is not None:
            return made, None
    try:
        record = cls.model_validate(expanded)
    except ValidationError as error:
        return None, [*expander.faults, *faults(error, by_alias(cls))][0]
    if expander.faults:
        return None, expander.faults[0]
    if evidence:
        record.__dict__["evidence"] = as_set(evidence)
        record.model_fields_set.add("evidence")
    return compact.of(record), None


__all__ = ["Reject", "build_records"]
