"""The answer of ``importance``: how much each cause matters for the failure of one entity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from knockon.analysis.answer_parts import EntityAnswer, EntityReference
from knockon.analysis.methods import IMPORTANCE
from knockon.analysis.run_info import ShockAnswer


@dataclass(frozen=True, slots=True)
class EntityImportance(EntityAnswer):
    """How much one entity matters for the failure of another.

    Attributes
    ----------
    fails
        The probability (0..1) that it fails under the shock.
    birnbaum
        How much more probable (0..1) the failure of the other is if it has failed than if it never does.
    standard_error
        That of ``birnbaum`` (0..1) as an estimate; 0 where it is exact.
    fussell_vesely
        The part (0..1) of the probability that goes through it; None where the other cannot fail.
    achievement
        The risk achievement worth, a factor: how many times as probable the failure gets if it has failed; None where the other
        cannot fail.
    reduction
        The risk reduction worth, a factor: how many times less probable the failure gets if it never fails; None where the
        other cannot fail at all, or not without it.
    """

    json_keys = (
        "entity", "id", "label", "cls", "fails", "birnbaum", "standard_error", "fussell_vesely", "achievement", "reduction",
    )  # fmt: skip
    json_names: ClassVar[Mapping[str, str]] = {"cls": "class"}

    fails: float
    birnbaum: float
    standard_error: float
    fussell_vesely: float | None
    achievement: float | None
    reduction: float | None


@dataclass(frozen=True, eq=False)
class ImportanceReport(ShockAnswer, EntityReference):
    """How much each cause matters for the failure of one entity under a shock.

    Attributes
    ----------
    probability
        The probability (0..1) that the entity fails.
    equations
        The equation of each measure with its source, by name.
    importances
        The entities that it rests on and that may fail under the shock, the largest Birnbaum importance first.
    """

    json_keys = (
        "shock_iri", "entity", "id", "probability", "model", "parameters", "equations", "importances", "missing_targets",
        "left_out", "not_holding", "not_in_force?", "confidence?", "same_as?",
    )  # fmt: skip

    probability: float
    importances: tuple[EntityImportance, ...]

    @property
    def equations(self) -> Mapping[str, str]:
        """The equation of each measure with its source, by name."""
        return {name: method.sourced for name, method in IMPORTANCE.items()}


__all__ = ["EntityImportance", "ImportanceReport"]
