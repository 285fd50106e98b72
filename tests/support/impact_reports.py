"""Impact reports made by hand, with any text in every field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from knockon.analysis.impact.impact_report import Impact, ImpactReport
from knockon.analysis.impact.support import Support
from knockon.analysis.run_info import RunInfo
from knockon.model import Shock

IRI = "https://w3id.org/knockon/id/"


def impact_row(entity: str, label: str, cls: str = "Company", loss: float = 0.5, step: int = 1) -> Impact:
    """A loss between 0.1 and 0.9 that rests on nothing."""
    return Impact(entity, label, cls, loss, 0.1, 0.9, step, None, None, None, Support(None), ())


def impact_report(
    label: str, impacts: Sequence[Impact], model: str = "leontief", stopped_by: str = "tolerance"
) -> ImpactReport:
    """The report of a shock with this label; nothing is known of the causes."""
    shock = Shock.model_validate({"id": f"{IRI}blow", "label": "Blow", "hit": [{"target": f"{IRI}a"}]})
    run = RunInfo(model=model, parameters={}, network_hash="", stopped_by=stopped_by)
    # Not validated: what is shown must be safe, whatever was let in.
    return ImpactReport(shock.model_copy(update={"label": label}), tuple(impacts), (), (), 0, cast("Any", None), run=run)
