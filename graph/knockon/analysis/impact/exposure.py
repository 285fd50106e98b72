"""What threatens one entity: every shock's loss for it, worst first."""

from __future__ import annotations

from typing import Any

from knockon.analysis.context import Context
from knockon.analysis.impact.impact import ImpactReport, each_impact, support_dict
from knockon.vocabulary import local_name


def _of_part(report: ImpactReport, entity: str | None) -> dict[str, Any]:
    """The loss of a company's worst part: its range, and what it rests on."""
    found = next((one for one in report.impacts if one.entity == entity), None)
    return {
        "worst_part_loss_low": found.loss_low if found else None,
        "worst_part_loss_high": found.loss_high if found else None,
        "worst_part_support": support_dict(found.support) if found else None,
    }


def exposure(context: Context, name: str) -> dict[str, Any]:
    """The losses of one entity under every shock of the store.

    ``exposures`` has those that reach it, worst first; ``unaffected`` names
    the shocks that do not, and ``cut_short`` those whose run was stopped by its
    cap before it reached the entity: they may reach it yet. ``not_in_force``
    says of shocks that hit nothing on the day why they do not. ``more`` names what the model says of each beside
    the loss, and ``truncated`` says whether any run stopped by its cap. ``support`` is what the loss of the entity
    rests on, ``worst_part_support`` what that of its worst part does; each is None where there is no such loss.
    NotFound where there is no such entity.
    """
    iri = context.entity(name).id
    rows: list[dict[str, Any]] = []
    spared: list[str] = []
    cut_short: list[str] = []
    idle: dict[str, str] = {}
    more: tuple[str, ...] = ()
    parameters: dict[str, Any] | None = None
    truncated = False
    for report in each_impact(context, context.shocks):
        more = more or report.more
        parameters = parameters or dict(report.parameters)
        truncated |= report.truncated
        if report.not_in_force:
            idle[report.shock.id] = report.not_in_force
            continue
        found = next((i for i in report.impacts if i.entity == iri), None)
        company = next((c for c in report.companies if c["entity"] == iri), None)
        if found is None and not (company and company["worst_part"]):
            may = report.truncated and (company is not None or iri in report.cause.network.index)
            (cut_short if may else spared).append(report.shock.id)
            continue
        rows.append(
            {
                "shock": report.shock.id,
                "id": local_name(report.shock.id),
                "label": report.shock.label,
                "status": report.shock.status.value if report.shock.status else None,
                "loss": found.loss if found else 0.0,
                "loss_low": found.loss_low if found else 0.0,
                "loss_high": found.loss_high if found else 0.0,
                "step": found.step if found else None,
                **(found.more if found else dict.fromkeys(more)),
                "worst_part": company["worst_part"] if company else None,
                "worst_part_loss": company["worst_part_loss"] if company else None,
                "support": support_dict(found.support) if found else None,
                **_of_part(report, company["worst_part"] if company else None),
                "stopped_by": report.stopped_by,
            }
        )
    rows.sort(key=lambda row: (-row["loss"], -(row["worst_part_loss"] or 0.0), row["shock"]))
    return {
        "entity": iri,
        "id": local_name(iri),
        "model": context.options.model,
        "parameters": parameters or context.options.parameters(),
        "more": list(more),
        "truncated": truncated,
        "exposures": rows,
        "unaffected": spared,
        "cut_short": cut_short,
        "not_in_force": idle,
        "not_holding": context.not_holding,
    }
