"""One link of a network with its records: who needs what, through whom, and how much of a loss the link passes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from knockon.analysis.answer_parts import DependencySummary, Range, cite
from knockon.analysis.context import Context
from knockon.model import Dependency, Provision
from knockon.network.network import NONE, Network
from knockon.propagation.structure.cycles import is_partial, supplier_share


@dataclass(frozen=True, kw_only=True)
class DependencyLink(DependencySummary):
    """One link from a dependant to what it needs, or to a supplier of it.

    Attributes
    ----------
    provider
        The supplier (IRI) through which the link runs; None where it runs through the need itself.
    dependency
        The first record of the link (IRI); None where no record states it.
    criticality
        The criticality of the dependency (0..1).
    share
        The part (0..1) of the need that the supplier meets; 1 where suppliers do not share it.
    passes
        The part (0..1) of a loss that the link passes on: criticality times share.
    partial
        Whether other suppliers can take the place of this one, so that the link may pass on nothing.
    unknown
        Whether no record states the criticality, so that its whole range is possible.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "dependant", "need", "provider", "dependency", "dependencies", "criticality", "unknown", "share", "passes", "partial",
        "inferred", "judged", "evidence",
    )  # fmt: skip

    provider: str | None
    criticality: Range
    share: float
    partial: bool
    unknown: bool = False

    @property
    def dependency(self) -> str | None:
        """The first record of the link."""
        return self.dependencies[0] if self.dependencies else None

    @property
    def passes(self) -> Range:
        """The part of a loss that the link passes on; where it is partial it may be nothing."""
        low, point, high = self.criticality.low, self.criticality.point, self.criticality.high
        return Range(0.0 if self.partial else low * self.share, point * self.share, high * self.share)


def dependency_link(context: Context, network: Network, ends: tuple[str, str], slot: int, supply: int) -> DependencyLink:
    """Return the link of a slot and a supply between its ends, (dependant, need or supplier)."""
    records = records_of_link(context, network, slot, supply)
    dependant, source = ends
    return DependencyLink(
        dependant=dependant,
        need=need_of_link(network, dependant, slot),
        provider=None if supply == NONE else source,
        dependencies=tuple(record.id for record in records),
        criticality=Range(*network.weight(slot)),
        share=supplier_share(network, slot, supply),
        partial=is_partial(network, slot, supply),
        unknown=bool(network.unknown[slot]),
        inferred=any(record.inferred for record in records),
        judged=tuple(sorted({name for record in records for name in record.judged})),
        evidence=cite((e for record in records for e in record.evidence), context.records),
    )


def records_of_link(context: Context, network: Network, slot: int, supply: int) -> list[Dependency | Provision]:
    """Return the records that state a link: those of the dependency, or of the provision."""
    names = network.slot_records[slot] or network.supply_records[supply]
    return [record for name in names if isinstance(record := context.records[name], Dependency | Provision)]


def need_of_link(network: Network, dependant: str, slot: int) -> str:
    """Return what is needed: of provisions the entity that they provide."""
    need = int(network.slot_need[slot])
    return dependant if need == NONE else network.name(need)


__all__ = ["DependencyLink", "dependency_link", "need_of_link", "records_of_link"]
