"""Why a list makes a shock hit a supply or provision: its provider is covered, and on what that rests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knockon.analysis.answer_parts import Citation, cite
from knockon.analysis.lists.covered import covered
from knockon.analysis.lists.covered_answer import COVERED, NAMED, NO, CoverageReason, Covered, PartyCoverage
from knockon.model import Provision, Shock, Statement, Supply
from knockon.network.resolve import Target

if TYPE_CHECKING:
    from knockon.analysis.context import Context

#: The most sentences about one target; the proof is in ``covered``.
_MOST = 8


def coverage_reasons(context: Context, shock: Shock, target: Target) -> tuple[CoverageReason, ...]:
    """Return why the lists of the legal basis of a shock cover the provider of what it hits, the provider first.

    Parameters
    ----------
    context
        The world of the question.
    shock
        The shock.
    target
        What it hits; nothing is said of anything but a supply or provision.
    """
    record = context.records.get(target.iri)
    if not isinstance(record, Supply | Provision):
        return ()
    found = [reason for measure in shock.legal_basis for reason in reasons_of(context, measure, record.provider)]
    return tuple(found[:_MOST])


def reasons_of(context: Context, measure: str, entity: str) -> tuple[CoverageReason, ...]:
    """Return why the list of a measure covers an entity (IRIs), the entity first; nothing where it does not."""
    answer = covered(context, measure, entity)
    return tuple(_reasons(context, answer)) if answer.verdict == COVERED else ()


def _reasons(context: Context, answer: Covered) -> Iterator[CoverageReason]:
    for coverage in answer.lists:
        for party in (*coverage.parties, *coverage.proof):
            if party.verdict == COVERED:
                yield CoverageReason(party.entity, coverage.measure, party.text, evidence_of(context, coverage.measure, party))


def evidence_of(context: Context, measure: str, party: PartyCoverage) -> tuple[Citation, ...]:
    """Return where documents state what a verdict rests on: the entry of a measure (IRI), or the stakes and the rule."""
    records: list[str] = [listing.record for listing in party.listings if listing.measure == measure]
    if party.why != NAMED:
        records = [record for stake in party.stakes if stake.counts != NO for record in stake.records]
        records += [party.rule] if party.rule else []
        records += [party.entity] if party.whole else []
    known = (context.base_records.get(iri) for iri in records)
    statements = [record for record in known if isinstance(record, Statement)]
    return cite((evidence for record in statements for evidence in record.evidence), context.records)


__all__ = ["coverage_reasons", "evidence_of", "reasons_of"]
