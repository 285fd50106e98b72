"""How much the entities on the way to a failure matter for it: what an explanation and a page on a shock have of importance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knockon.analysis.answer import Answer
from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.methods import IMPORTANCE
from knockon.analysis.uncertainty.importance_answer import EntityImportance

#: The model whose probabilities have such measures.
MODEL = "chance"
#: The most entities that are measured, each by two runs of the model, and the most draws times nodes of a run for that.
MOST, MOST_DRAWN = 6, 20_000_000


@dataclass(frozen=True, slots=True)
class ImportanceOnTheWay(Answer):
    """How much the entities on the way matter for the failure of the one at its end.

    Attributes
    ----------
    entity, label
        The entity at the end of the way: IRI and label.
    skipped
        Why nothing was measured; None where it was.
    probability
        The probability (0..1) that the entity fails; None where nothing was measured.
    equations
        The equation of each measure with its source, by name.
    importances
        The entities on the way, the largest Birnbaum importance first.
    left_out
        How many more entities on the way were not measured.
    """

    json_keys = ("entity", "label", "skipped", "probability", "equations", "importances", "left_out")

    entity: str
    label: str
    skipped: str | None
    probability: float | None = None
    importances: tuple[EntityImportance, ...] = ()
    left_out: int = 0

    @property
    def equations(self) -> Mapping[str, str]:
        """The equation of each measure with its source, by name."""
        return {name: method.sourced for name, method in IMPORTANCE.items()}


def importance_on_the_way(report: ImpactReport, entity: str, label: str, way: Iterable[str]) -> ImportanceOnTheWay | None:
    """Return how much entities matter for the failure of another one under the shock of a report.

    Parameters
    ----------
    report
        The impacts of the shock.
    entity, label
        The entity whose failure counts: IRI and label.
    way
        The entities (IRIs) on the way to it, the nearest first; the first ones are measured.

    Returns
    -------
    ImportanceOnTheWay or None
        None where the model of the report has no such measures.
    """
    if report.model != MODEL:
        return None
    if report.parameters.get("given"):
        return ImportanceOnTheWay(entity, label, "all probabilities are under a condition here, and the measures have none")
    network = report.cause.network
    names = [name for name in dict.fromkeys(way) if name != entity and name in network.index]
    if not report.parameters["exact"] and network.size * report.run.number("draws") > MOST_DRAWN:
        return ImportanceOnTheWay(entity, label, "the draws of this network would take too long for that here")
    from knockon.analysis.uncertainty.importance import importance

    answer = importance(report.cause.context, report.shock, entity, among=names[:MOST])
    left_out = len(names[MOST:])
    return ImportanceOnTheWay(entity, label, None, answer.probability, answer.importances, left_out)


__all__ = ["MODEL", "ImportanceOnTheWay", "importance_on_the_way"]
