"""The answer to how concentrated suppliers are, and its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from knockon.analysis.answer import Answer
from knockon.analysis.answer_parts import Citation, DependencyRow, DependencySummary, Range
from knockon.analysis.run_info import RunAnswer
from knockon.propagation.structure.herfindahl import SINGLE_SUPPLIER, equal_suppliers
from knockon.vocabulary import Alternatives, local_name


@dataclass(frozen=True)
class SupplierShare(Answer):
    """The share of one supplier.

    Attributes
    ----------
    provider
        The supplier (IRI).
    id
        Its local name.
    share
        The part (0..1) of the need that it meets.
    """

    json_keys: ClassVar[tuple[str, ...]] = ("provider", "id", "share")

    provider: str
    share: float

    @property
    def id(self) -> str:
        """The local name of the supplier."""
        return local_name(self.provider)


@dataclass(frozen=True)
class StatedShare(SupplierShare):
    """The share of one supplier, and whether its record states it.

    Attributes
    ----------
    stated
        Whether a record states the share; else it is an equal part of what the others leave.
    """

    json_keys: ClassVar[tuple[str, ...]] = ("provider", "id", "share", "stated")

    stated: bool


@dataclass(frozen=True, kw_only=True)
class SupplierConcentration(Answer):
    """Base class of the concentration of the suppliers of a need.

    Attributes
    ----------
    hhi
        The Herfindahl-Hirschman index (0..10 000).
    equal_suppliers
        The number of suppliers with equal shares that have the same index; None where the index is 0.
    count
        The number of named suppliers.
    """

    hhi: float
    split: bool
    unassigned: float
    suppliers: tuple[SupplierShare, ...]

    @property
    def equal_suppliers(self) -> float | None:
        """The number of suppliers with equal shares that have the same index."""
        return equal_suppliers(self.hhi)

    @property
    def count(self) -> int:
        """The number of named suppliers."""
        return len(self.suppliers)


@dataclass(frozen=True, kw_only=True)
class SlotConcentration(SupplierConcentration, DependencySummary):
    """The concentration of the suppliers of one need of one dependant.

    Attributes
    ----------
    hhi_low, hhi_high
        The exact bounds of the Herfindahl-Hirschman index (0..10 000).
    sole_source
        Whether one supplier meets all of the need.
    split
        Whether several suppliers without a stated share divide what is left equally.
    unassigned
        The part (0..1) of the need for which no supplier is named.
    suppliers
        The suppliers with their shares, the largest first.
    combination
        How the suppliers combine, as the records state it (Shares, AnyOf, ...).
    criticality
        The criticality of the dependency (0..1).
    alternatives
        How many alternatives the records state (NoAlternative, FewAlternatives, ...).
    no_alternative
        Whether every record with a statement on alternatives states that there is none.
    alternative
        The alternative suppliers that the records name (IRIs).
    switching_cost
        How costly the records say that it is to switch (SwitchingLow, SwitchingMedium, SwitchingHigh).
    disputed
        Whether the records of this dependency disagree.
    evidence
        Where sources state the dependency and its supplies.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "dependant", "need", "dependencies", "hhi", "hhi_low", "hhi_high", "equal_suppliers", "count", "sole_source", "split",
        "unassigned", "suppliers", "combination", "criticality", "alternatives", "no_alternative", "alternative",
        "switching_cost", "disputed", "inferred", "judged", "evidence",
    )  # fmt: skip

    hhi_low: float
    hhi_high: float
    suppliers: tuple[StatedShare, ...]
    combination: tuple[str, ...]
    criticality: Range
    alternatives: tuple[str, ...]
    alternative: tuple[str, ...]
    switching_cost: tuple[str, ...]
    disputed: bool

    @property
    def sole_source(self) -> bool:
        """Whether one supplier meets all of the need."""
        return self.count == 1 and not self.unassigned

    @property
    def no_alternative(self) -> bool:
        """Whether every record with a statement on alternatives states that there is none."""
        return self.alternatives == (Alternatives.NONE.value,)


@dataclass(frozen=True, kw_only=True)
class NeedConcentration(SupplierConcentration):
    """The concentration of the suppliers of one need over all dependants that name suppliers.

    Attributes
    ----------
    need
        What is needed (IRI).
    hhi
        The Herfindahl-Hirschman index (0..10 000) of the mean shares.
    sole_source
        Whether one supplier meets all of the need for every dependant that names suppliers.
    split
        Whether, for any dependant, suppliers without a stated share divide what is left equally.
    unassigned
        The mean part (0..1) of the need for which no supplier is named.
    suppliers
        The suppliers with their mean shares, the largest first.
    dependants
        The dependants that name suppliers (IRIs).
    dependants_without_supplier
        The dependants that name none (IRIs).
    dependencies
        The records of the dependencies of ``dependants`` (IRIs).
    evidence
        Where sources state these dependencies and their supplies.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "need", "hhi", "equal_suppliers", "count", "sole_source", "split", "unassigned", "suppliers", "dependants",
        "dependants_without_supplier", "dependencies", "evidence",
    )  # fmt: skip

    need: str
    sole_source: bool
    dependants: tuple[str, ...]
    dependants_without_supplier: tuple[str, ...]
    dependencies: tuple[str, ...]
    evidence: tuple[Citation, ...]


@dataclass(frozen=True)
class UnnamedSuppliers(DependencyRow):
    """A need of a dependant for which no supplier is named."""


@dataclass(frozen=True, kw_only=True)
class Concentration(RunAnswer):
    """The concentration of the suppliers of needs.

    Attributes
    ----------
    of
        The entity (IRI) to which the answer is limited; None for all.
    scale
        The index of a single supplier, the top of its range (0..10 000).
    slots
        A row for each need of each dependant that names suppliers; the most concentrated first, then the most critical.
    needs
        A row for each need over all dependants that name suppliers; the most concentrated first.
    unnamed
        The needs for which no supplier is named: how concentrated those are is not known.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "of", "scale", "slots", "needs", "unnamed", "parameters", "network_hash", "left_out", "fallen", "not_holding",
        "confidence?", "same_as?",
    )  # fmt: skip

    of: str | None
    slots: tuple[SlotConcentration, ...]
    needs: tuple[NeedConcentration, ...]
    unnamed: tuple[UnnamedSuppliers, ...]
    scale: float = SINGLE_SUPPLIER


__all__ = ["Concentration", "NeedConcentration", "SlotConcentration", "StatedShare", "SupplierShare", "UnnamedSuppliers"]
