"""The order of impacts by severity, and the entity on which a page about a shock concentrates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from knockon.analysis.answer_parts import EntityAnswer
from knockon.analysis.impact.impact_report import Impact, ImpactReport
from knockon.analysis.labels import label_of
from knockon.network.network import NONE

#: The groups of classes from which the entity is chosen: the first group with a member that loses something. Revenue comes
#: first, then who earns it, then what earns it. Where classes say nothing, those that nothing else needs are next, such as
#: the last customers in a table. A group without classes has all entities.
_GROUPS = (
    ("revenues", ("RevenueStream",)),
    ("companies", ("Company", "BusinessUnit")),
    ("sold", ("Product", "Service", "Contract")),
    ("groups", ("Group", "Market")),
    ("ends", ()),
    ("all", ()),
)
#: Losses that agree to this many digits are equal: a smaller difference is rounding.
_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus(EntityAnswer):
    """The entity on which a page about a shock concentrates, and how it was chosen.

    Attributes
    ----------
    loss, loss_low, loss_high
        What it loses (0..1), with exact bounds; 0 where the shock does not reach it. The keys in JSON of the bounds are
        ``low`` and ``high``.
    step
        How many links away from what is hit it is; None where the shock does not reach it.
    source
        The entity (IRI) that its loss comes from; None where the shock itself is the cause, or it loses nothing.
    requested
        Whether the caller named it. The key in JSON is ``asked``.
    group
        The group that it was chosen from: revenues, companies, sold, groups, ends (those that nothing else needs) or all; None
        where it was named.
        The key in JSON is ``among``.
    equally_hit
        How many of the group lose as much, itself included. The key in JSON is ``equals``.
    passes_over_hit
        Whether a member of the group that loses as much or more was not chosen because the shock hits it directly. The
        key in JSON is ``beside``.
    """

    json_keys = (
        "entity", "id", "label", "loss", "loss_low", "loss_high", "step", "source", "cls", "requested", "group",
        "equally_hit", "passes_over_hit",
    )  # fmt: skip
    json_names: ClassVar[Mapping[str, str]] = {
        "loss_low": "low", "loss_high": "high", "requested": "asked", "group": "among", "equally_hit": "equals",
        "passes_over_hit": "beside",
    }  # fmt: skip

    loss: float = 0.0
    loss_low: float = 0.0
    loss_high: float = 0.0
    step: int | None = None
    source: str | None = None
    requested: bool = False
    group: str | None = None
    equally_hit: int = 1
    passes_over_hit: bool = False


def severity_key(impact: Impact) -> tuple[float, float, float, int, str]:
    """Return the key that sorts impacts by severity, the worst first.

    Of equal losses the one with the higher low end comes first, then the one with the higher high end, then the one with
    fewer steps from the shock, then the first by IRI.
    """
    low, high = round(impact.loss_low, _DIGITS), round(impact.loss_high, _DIGITS)
    return -_rounded_loss(impact), -low, -high, impact.step, impact.entity


def count_equal_losses(impacts: Sequence[Impact], impact: Impact) -> int:
    """Return how many of ``impacts`` have the same loss as ``impact``, which counts as well if it is among them."""
    return sum(_rounded_loss(other) == _rounded_loss(impact) for other in impacts)


def _rounded_loss(impact: Impact) -> float:
    return round(impact.loss, _DIGITS)


def choose_focus(report: ImpactReport, worst: Sequence[Impact], protect: str | None = None) -> Focus | None:
    """Return the entity on which a page about a shock concentrates; None where nothing is hit.

    Parameters
    ----------
    report
        The impacts of the shock.
    worst
        The same impacts in the order of ``severity_key``.
    protect
        The name of the entity; None: the worst hit entity of the first group of classes with a member that is hit.

    Raises
    ------
    NotFound
        No entity is called ``protect``.

    Examples
    --------
    >>> import knockon
    >>> report = knockon.open().impact("data-reclassification")
    >>> focus = choose_focus(report, sorted(report, key=severity_key))
    >>> focus.id, focus.group, focus.equally_hit
    ('platform-licence-fees', 'revenues', 3)
    """
    if protect is not None:
        return _requested_focus(report, worst, protect)
    last = ends(report)
    for group, classes in _GROUPS:
        members = [impact for impact in worst if not classes or impact.cls in classes]
        members = [impact for impact in members if group != "ends" or (impact.entity in last and impact.step > 0)]
        # Where the shock hits an entity directly, nothing before it can stop the loss, so others are preferred.
        candidates = [impact for impact in members if impact.step > 0] or ([] if classes else members)
        if candidates:
            chosen = candidates[0]
            return _focus_on(
                chosen,
                group=group,
                equally_hit=count_equal_losses(candidates, chosen),
                passes_over_hit=chosen.step > 0
                and any(impact.step == 0 and _rounded_loss(impact) >= _rounded_loss(chosen) for impact in members),
            )
    return None


def ends(report: ImpactReport) -> frozenset[str]:
    """Return the entities (IRIs) of the network of a report that nothing else in it needs.

    >>> import knockon
    >>> "nvidia" in {iri.rpartition("/")[2] for iri in ends(knockon.open().impact("entity-list-chips"))}
    False
    """
    network = report.cause.network
    needed = np.zeros(network.entities, bool)
    for nodes in (network.slot_need, network.supply_provider):
        needed[network.entity[nodes[nodes != NONE]]] = True
    return frozenset(network.nodes[node] for node in np.flatnonzero(~needed).tolist())


def _requested_focus(report: ImpactReport, worst: Sequence[Impact], protect: str) -> Focus:
    """Return the entity called ``protect`` as the focus, whether or not it is hit."""
    record = report.cause.context.entity(protect)
    impact = next((impact for impact in worst if impact.entity == record.id), None)
    if impact is not None:
        return _focus_on(impact, requested=True)
    label = label_of(report.cause.context.records, record.id)
    return Focus(entity=record.id, label=label, cls=record.rdf_class, requested=True)


def _focus_on(
    impact: Impact,
    *,
    requested: bool = False,
    group: str | None = None,
    equally_hit: int = 1,
    passes_over_hit: bool = False,
) -> Focus:
    return Focus(
        entity=impact.entity,
        label=impact.label,
        cls=impact.cls,
        loss=impact.loss,
        loss_low=impact.loss_low,
        loss_high=impact.loss_high,
        step=impact.step,
        source=impact.source,
        requested=requested,
        group=group,
        equally_hit=equally_hit,
        passes_over_hit=passes_over_hit,
    )


__all__ = ["Focus", "choose_focus", "count_equal_losses", "ends", "severity_key"]
