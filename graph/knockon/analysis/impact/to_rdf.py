"""An impact report as records of the graph: an ImpactRun and its Impacts."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pyoxigraph import Quad

from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.impact.rows import brief_rows
from knockon.model.base import digest
from knockon.model.run import Impact, ImpactRun
from knockon.rdf.to_rdf import quads
from knockon.vocabulary import ID


def record(report: ImpactReport) -> ImpactRun:
    """Return a report as one record; its IRI is derived from the shock, the model, its parameters and the network."""
    parameters = json.dumps(dict(report.parameters), sort_keys=True)
    iri = f"{ID}run-{digest(report.shock.id, report.model, parameters, report.network_hash)}"
    impacts = [
        Impact(
            entity=i.entity,
            loss=i.loss,
            loss_low=i.loss_low,
            loss_high=i.loss_high,
            depth=i.step,
            binding_dependency=i.dependency,
            binding_provider=i.provider,
        )
        for i in brief_rows(report.impacts)
    ]
    shock = () if report.shock.id.startswith("urn:knockon:") else (report.shock.id,)
    return ImpactRun(
        id=iri,
        shock=shock,
        model=report.model,
        parameters=parameters,
        iterations=report.iterations,
        residual=report.residual,
        stopped_by=report.stopped_by,
        network_hash=report.network_hash,
        impact=tuple(impacts),
    )


def run_quads(report: ImpactReport) -> Iterator[Quad]:
    """Return a report as quads, in the vocabulary of the graph."""
    run = record(report)
    return quads(run, run.id)


def turtle(report: ImpactReport) -> str:
    """Return a report as Turtle, in the vocabulary of the graph."""
    from knockon.store.files import FORMATS, to_bytes

    return to_bytes(run_quads(report), FORMATS["ttl"]).decode()
