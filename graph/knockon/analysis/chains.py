"""Each documented cascade against the computed one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knockon.analysis.ground import Ground
from knockon.analysis.impact import ImpactReport, impacts, spans
from knockon.model import CausalChain, ChainStep
from knockon.vocabulary import ChainKind, local_name


def chains(ground: Ground) -> list[dict[str, Any]]:
    """One object a chain: whether it can be tested, which steps the computed cascade reaches, and whether in order.

    Only a Cascade with a shock can be tested. A step is reached when anything
    it is about loses something, comes up short or is what the shock is made
    of (its measures and targets); ``in_order`` says that no step is reached
    at a smaller computed step than the one before.
    """
    found = [record for record in ground.store.records if isinstance(record, CausalChain)]
    by_id = {shock.id: shock for shock in ground.shocks}
    testable = [chain for chain in found if chain.chain_kind is ChainKind.CASCADE and chain.shock in by_id]
    reports = impacts(ground, [by_id[str(chain.shock)] for chain in testable])
    tested = {chain.id: _tested(chain, report) for chain, report in zip(testable, reports, strict=True)}
    return [tested.get(chain.id) or _untested(chain) for chain in found]


def _head(chain: CausalChain) -> dict[str, Any]:
    return {"chain": chain.id, "id": chain.name, "label": chain.label, "kind": chain.chain_kind.value, "shock": chain.shock}


def _untested(chain: CausalChain) -> dict[str, Any]:
    why = "names no shock" if chain.chain_kind is ChainKind.CASCADE else f"is a {chain.chain_kind.value}"
    return {**_head(chain), "testable": False, "why": f"not testable: {why}", "steps": len(chain.step)}


def _tested(chain: CausalChain, report: ImpactReport) -> dict[str, Any]:
    depth = _depths(report)
    steps = [_step(step, depth, report) for step in chain.step]
    reached = [step["computed_step"] for step in steps if step["reached"]]
    first = next((k for k in range(1, len(reached)) if reached[k] < reached[k - 1]), None)
    missed = [step["order"] for step in steps if not step["reached"]]
    return {
        **_head(chain),
        "testable": True,
        "complete": not missed,
        "in_order": first is None,
        "missed": missed,
        "model": report.model,
        "stopped_by": report.stopped_by,
        "truncated": report.truncated,
        "steps": steps,
    }


def _depths(report: ImpactReport) -> Mapping[str, int]:
    """The computed step of everything the shock touches; what it is made of stands before all."""
    depth = dict.fromkeys((report.shock.id, *report.shock.legal_basis, *report.shock.exploits), -1)
    for shortage in report.shortages:
        depth.setdefault(shortage.dependency, shortage.step)
    for impact in report.impacts:
        depth[impact.entity] = impact.step
    return depth


def _step(step: ChainStep, depth: Mapping[str, int], report: ImpactReport) -> dict[str, Any]:
    there = [iri for iri in step.about if iri in depth]
    at = min((depth[iri] for iri in there), default=None)
    losses = [report.loss(iri) for iri in there]
    return {
        "order": step.order,
        "label": step.label,
        "about": list(step.about),
        "reached": bool(there),
        "not_reached": [local_name(iri) for iri in step.about if iri not in depth],
        "computed_step": at,
        "loss": max(losses, default=None),
        "evidence": spans(step.evidence),
    }
