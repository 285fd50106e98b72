"""Each documented cascade against the computed one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from knockon.analysis.context import Context
from knockon.analysis.impact.impact import ImpactReport, each_impact, spans
from knockon.model import CausalChain, ChainStep
from knockon.model.dates import written
from knockon.text import in_words, with_article
from knockon.vocabulary import ChainKind, local_name


def chains(context: Context) -> list[dict[str, Any]]:
    """One object a chain: whether it can be tested, which steps the computed cascade reaches, and whether in order.

    Only a Cascade with a shock can be tested. What the shock is made of (what
    it hits, its legal basis, the weaknesses it exploits) is there before
    anything is computed: a step about nothing else tests nothing, and a chain
    of such steps is not testable. A tested step is reached when everything
    else that it is about loses something or comes up short; ``complete`` says
    that every tested step is. ``in_order`` says that no step is reached at a
    smaller computed step than the one before, and is None where none is reached; what the shock is made of
    is at -1 where it is not hit itself.

    >>> import knockon
    >>> all(chain["complete"] == (not chain["missed"]) for chain in knockon.open().chains() if chain["testable"])
    True
    """
    found = [record for record in context.store.records if isinstance(record, CausalChain)]
    by_id = {shock.id: shock for shock in context.shocks}
    cascades = [chain for chain in found if chain.chain_kind is ChainKind.CASCADE and chain.shock in by_id]
    reports = each_impact(context, [by_id[str(chain.shock)] for chain in cascades])
    tested = {chain.id: _tested(chain, report) for chain, report in zip(cascades, reports, strict=True)}
    day = written(context.options.record_filter.as_of)
    of_day = {"as_of": day, "not_holding": context.not_holding}
    return [{**(tested.get(chain.id) or _untested(chain)), **of_day} for chain in found]


def _head(chain: CausalChain) -> dict[str, Any]:
    return {"chain": chain.id, "id": chain.name, "label": chain.label, "kind": chain.chain_kind.value, "shock": chain.shock}


def _untested(chain: CausalChain) -> dict[str, Any]:
    kind = with_article(in_words(chain.chain_kind.value))
    why = "names no shock" if chain.chain_kind is ChainKind.CASCADE else f"is {kind}"
    return {**_head(chain), "testable": False, "why": f"not testable: {why}", "steps": len(chain.step)}


def _tested(chain: CausalChain, report: ImpactReport) -> dict[str, Any]:
    if report.not_in_force:
        why = f"not tested: the shock hits nothing on this day, {report.not_in_force}"
        return {**_head(chain), "testable": False, "why": why, "steps": len(chain.step)}
    made_of = _made_of(report)
    depth = dict.fromkeys(made_of, -1) | _depths(report)
    steps = [_step(step, made_of, depth, report) for step in chain.step]
    tested = [step for step in steps if step["tested"]]
    if not tested:
        why = "not testable: its steps are what the shock is made of"
        return {**_head(chain), "testable": False, "why": why, "steps": len(chain.step)}
    reached = [step["computed_step"] for step in tested if step["reached"]]
    missed = [step["order"] for step in tested if not step["reached"]]
    return {
        **_head(chain),
        "testable": True,
        "complete": not missed,
        # What is reached nowhere is in no order.
        "in_order": all(later >= earlier for earlier, later in pairwise(reached)) if reached else None,
        "missed": missed,
        "tested": len(tested),
        "reached": len(reached),
        "model": report.model,
        "stopped_by": report.stopped_by,
        "truncated": report.truncated,
        "steps": steps,
    }


def _made_of(report: ImpactReport) -> frozenset[str]:
    """What the shock is made of: itself, what it hits, its legal basis, the weaknesses it exploits."""
    shock, targets = report.shock, report.cause.outcome.resolved[report.cause.row].targets
    return frozenset({shock.id, *shock.legal_basis, *shock.exploits, *(target.iri for target in targets)})


def _depths(report: ImpactReport) -> dict[str, int]:
    """The computed step of everything that loses something or comes up short."""
    depth: dict[str, int] = {}
    for shortage in report.shortages:
        depth.setdefault(shortage.dependency, shortage.step)
    for impact in report.impacts:
        depth[impact.entity] = impact.step
    return depth


def _step(step: ChainStep, made_of: frozenset[str], depth: Mapping[str, int], report: ImpactReport) -> dict[str, Any]:
    asked = [iri for iri in step.about if iri not in made_of]
    there = [iri for iri in step.about if iri in depth]
    missing = [iri for iri in asked if iri not in depth]
    losses = {impact.entity: impact.loss for impact in report.impacts}
    return {
        "order": step.order,
        "label": step.label,
        "about": list(step.about),
        # A step that names nothing can be found in no cascade.
        "tested": bool(asked) or not step.about,
        "reached": bool(there) and not missing,
        "not_reached": [local_name(iri) for iri in missing],
        "computed_step": min((depth[iri] for iri in asked or there if iri in depth), default=None),
        "loss": max((losses.get(iri, 0.0) for iri in there), default=None),
        "evidence": spans(step.evidence),
    }
