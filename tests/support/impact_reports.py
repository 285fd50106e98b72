"""Impact reports made by hand, with any text in every field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, cast

from knockon.analysis.answer_parts import cite
from knockon.analysis.impact.impact_report import Impact, ImpactReport
from knockon.analysis.impact.support import Support
from knockon.analysis.run_info import RunInfo
from knockon.model import Evidence, Shock

IRI = "https://w3id.org/knockon/id/"


class HandMadeReport(ImpactReport):
    """A report without a run behind it: of its network nothing is known."""

    unstated_combinations = ()  # type: ignore[assignment]
    unstated_portions = ()  # type: ignore[assignment]
    scaled_shares: Mapping[str, float] = MappingProxyType({})  # type: ignore[assignment]
    completed_shares: Mapping[str, float] = MappingProxyType({})  # type: ignore[assignment]
    substitutions = None  # type: ignore[assignment]
    owners_hit = ()  # type: ignore[assignment]
    met_by_provisions = ()  # type: ignore[assignment]
    periods: Mapping[str, str] = MappingProxyType({})  # type: ignore[assignment]
    incomplete_periods: Mapping[str, float] = MappingProxyType({})  # type: ignore[assignment]


def impact_row(
    entity: str,
    label: str,
    cls: str = "Company",
    loss: float = 0.5,
    step: int = 1,
    *,
    low: float = 0.1,
    high: float = 0.9,
    cause: str | None = None,
    dependency: str = f"{IRI}link",
    support: Support = Support(None),  # noqa: B008 - frozen
    evidence: Sequence[Evidence] = (),
) -> Impact:
    """A loss with any text in every field; ``cause`` is the entity (IRI) that it comes from by way of ``dependency``."""
    bound = (dependency, None, cause) if cause else (None, None, None)
    return Impact(entity, label, cls, loss, low, high, step, *bound, support, cite(evidence, {}))


def impact_report(
    label: str,
    impacts: Sequence[Impact],
    model: str = "leontief",
    *,
    shock: str = f"{IRI}blow",
    unaffected: int = 0,
    **run: Any,
) -> ImpactReport:
    """The report of a shock with this label; ``run`` are fields of its ``RunInfo``, and nothing is known of the causes."""
    record = Shock.model_validate({"id": shock, "label": "Blow", "hit": [{"target": f"{IRI}a"}]})
    # Not validated: what is shown must be safe, whatever was let in.
    record = record.model_copy(update={"label": label})
    info = RunInfo(**{"parameters": {}, "network_hash": "", **run}, model=model)
    return HandMadeReport(record, tuple(impacts), (), (), unaffected, cast("Any", None), run=info)


def with_label(report: ImpactReport, label: str) -> ImpactReport:
    """The same report, of a shock that has another label."""
    return replace(report, shock=report.shock.model_copy(update={"label": label}))
