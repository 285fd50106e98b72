"""The answer to what must fail for an entity to fail, and its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from knockon.analysis.answer import Answer
from knockon.analysis.answer_parts import Citation, EntityAnswer, EntityReference, Range
from knockon.analysis.run_info import RunAnswer
from knockon.vocabulary import local_name

#: The most links of paths that an answer lists: in a chain the paths have quadratically many.
PATH_LINKS = 10_000


@dataclass(frozen=True)
class PathLink(Answer):
    """One link of the path on which a failure arrives.

    Attributes
    ----------
    dependency
        The record of the link (IRI); None where there is none.
    source
        The entity (IRI) from which the loss comes; None where the dependency itself is hit.
    dependant
        The entity (IRI) that loses.
    provider
        The supplier (IRI) through which the loss comes; None where it comes through the need itself.
    criticality
        The criticality of the dependency (0..1).
    loss
        What the dependant loses (0..1).
    inferred
        Whether any of the records is inferred.
    judged
        The properties of the records that the authors of the data judged.
    evidence
        Where sources state the dependency.
    """

    dependency: str | None
    source: str | None
    dependant: str
    provider: str | None
    criticality: Range
    loss: float
    inferred: bool
    judged: tuple[str, ...]
    evidence: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class Chokepoint(EntityAnswer):
    """A node upstream whose failure alone costs the target the threshold or more, or that is on every path to it.

    Attributes
    ----------
    entity
        The node (IRI).
    loss, loss_low, loss_high
        What the target loses (0..1) when the node is lost wholly, and the exact bounds.
    step
        The number of links after which the loss arrives; None where the target loses nothing.
    distance
        The least number of links between the node and the target.
    single_point
        Whether the loss is the threshold or more.
    dominator
        Whether every path from the ultimate sources to the target passes through the node.
    source
        Whether the node is an ultimate source: it needs nothing.
    path
        The links on which the failure arrives, from the node to the target; empty where the answer leaves it out.
    evidence
        Where sources state the links of the path.
    sole_supplier
        The only supplier of the node (IRI), whose failure does the same to the target and which has no row of its own.
    sole_supplier_label
        The label of that supplier.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "entity", "id", "label", "cls", "loss", "loss_low", "loss_high", "step", "distance", "single_point", "dominator",
        "source", "path", "evidence", "sole_supplier", "sole_supplier_label",
    )  # fmt: skip

    loss: float
    loss_low: float
    loss_high: float
    step: int | None
    distance: int
    single_point: bool
    dominator: bool
    source: bool
    path: tuple[PathLink, ...]
    sole_supplier: str | None
    sole_supplier_label: str | None

    @property
    def evidence(self) -> tuple[Citation, ...]:
        """The places where sources state the links of the path, each once."""
        return tuple(dict.fromkeys(citation for link in self.path for citation in link.evidence))


@dataclass(frozen=True)
class LesserPoint(EntityReference):
    """A node upstream that alone costs the target less than the threshold.

    Attributes
    ----------
    entity
        The node (IRI).
    loss
        What the target loses (0..1) when the node is lost wholly.
    """

    json_keys: ClassVar[tuple[str, ...]] = ("entity", "id", "loss")

    loss: float


@dataclass(frozen=True)
class FailureSet(Answer):
    """A minimal cut set: nodes that together cost the target the threshold or more, while no proper subset does.

    Attributes
    ----------
    size
        The number of nodes.
    entities
        The nodes (IRIs).
    ids
        Their local names.
    sole_suppliers
        The only supplier (IRI) of each node (IRI) that has one: its failure does the same.
    loss, loss_low, loss_high
        What the target loses (0..1) when all are lost wholly, and the exact bounds.
    """

    json_keys: ClassVar[tuple[str, ...]] = ("size", "entities", "ids", "sole_suppliers", "loss", "loss_low", "loss_high")

    entities: tuple[str, ...]
    sole_suppliers: Mapping[str, str]
    loss: float
    loss_low: float
    loss_high: float

    @property
    def size(self) -> int:
        """The number of nodes."""
        return len(self.entities)

    @property
    def ids(self) -> tuple[str, ...]:
        """The local names of the nodes."""
        return tuple(map(local_name, self.entities))


@dataclass(frozen=True, kw_only=True)
class Chokepoints(RunAnswer, EntityAnswer):
    """The choke points of an entity: what must fail for it to fail.

    Attributes
    ----------
    target, entity
        The entity that is to fail (IRI), under two keys.
    threshold
        The loss (0..1) from which on it has failed.
    order
        The most nodes of a cut set that were looked for.
    leaves
        Whether only ultimate sources may be members of cut sets.
    limit
        The most sets of one size that are tried.
    unstated_combinations
        The dependencies (IRIs) of which no record states how their suppliers combine; these have equal shares here.
    unstated_portions
        The dependencies (IRIs) on parts of a whole of which no record states the portion; these are equal here.
    upstream
        The number of entities that the target depends on, directly or indirectly.
    sources
        Those of them that need nothing (IRIs): the ultimate sources.
    points
        Every node upstream that alone costs the target the threshold, and every dominator; by loss, then step, then IRI.
    lesser
        The nodes that alone cost it less; by loss, then IRI.
    not_closed
        The number of entities that are not in ``lesser`` although each may cost it something, less than the threshold: of a
        network that is too large to close every entity only those are closed that may cost it the threshold. None where all
        are closed.
    narrowest
        A smallest set of nodes (IRIs) that every path to the target meets.
    cut_sets
        The minimal cut sets; the smallest first, then by loss.
    complete
        The size up to which all cut sets are listed.
    tried
        The number of sets that were tried.
    untried
        The most sets of the next size that were not tried because of ``limit``.
    undecided
        Sets (of IRIs) whose loss is so near to the threshold that a smaller ``eps`` must decide.
    paths_left_out
        The number of points whose path is not listed: those after the first 10,000 links of paths. None
        where all are listed.
    truncated
        Whether the cap stopped the model or the limit stopped the search.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "target", "entity", "id", "label", "cls", "threshold", "order", "leaves", "limit", "model", "parameters",
        "network_hash", "left_out", "fallen", "not_holding", "confidence?", "same_as?", "unstated_combinations",
        "unstated_portions", "upstream", "sources", "points", "lesser", "not_closed?", "narrowest", "cut_sets", "complete",
        "tried", "untried", "undecided", "paths_left_out?", "stopped_by", "truncated",
    )  # fmt: skip

    threshold: float
    order: int
    leaves: bool
    limit: int
    complete: int
    unstated_combinations: tuple[str, ...] = ()
    unstated_portions: tuple[str, ...] = ()
    upstream: int = 0
    sources: tuple[str, ...] = ()
    points: tuple[Chokepoint, ...] = ()
    lesser: tuple[LesserPoint, ...] = ()
    narrowest: tuple[str, ...] = ()
    cut_sets: tuple[FailureSet, ...] = ()
    tried: int = 0
    untried: int = 0
    undecided: tuple[tuple[str, ...], ...] = ()
    paths_left_out: int | None = None
    not_closed: int | None = None

    @property
    def target(self) -> str:
        """The entity that is to fail (IRI)."""
        return self.entity

    @property
    def truncated(self) -> bool:
        """Whether the cap stopped the model or the limit stopped the search."""
        return self.run.truncated or self.untried > 0


__all__ = ["PATH_LINKS", "Chokepoint", "Chokepoints", "FailureSet", "LesserPoint", "PathLink"]
