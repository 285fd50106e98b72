"""What must fail for an entity to fail: single points, smallest sets, and where everything has to pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from knockon.analysis.context import Context, Outcome
from knockon.analysis.impact.causal_trace import CausalTrace, Link
from knockon.analysis.impact.impact import spans
from knockon.errors import UsageError
from knockon.model import Dependency
from knockon.network.compile import Compiled
from knockon.network.network import Floats, Network
from knockon.propagation.fixed_point import ROUNDING, undecided
from knockon.propagation.leontief import leontief
from knockon.propagation.structure.bottlenecks import Passages, passages
from knockon.propagation.structure.cut_sets import LIMIT, ORDER, THRESHOLD, CutSets, cut_sets
from knockon.propagation.structure.removal import Closing
from knockon.propagation.structure.sole_suppliers import sole_suppliers
from knockon.propagation.structure.upstream import Upstream, upstream
from knockon.vocabulary import local_name

#: So many losses (nodes closed times nodes) are held at once.
_CELLS = 500_000


def chokepoints(
    context: Context,
    name: str,
    *,
    threshold: float = THRESHOLD,
    order: int = ORDER,
    leaves: bool = False,
    limit: int = LIMIT,
) -> dict[str, Any]:
    """What an entity rests on, and what of it fails the entity, alone or together.

    Two readings of the same dependencies, side by side. *Functional*: each
    node upstream is closed in turn (total loss) and the ``leontief`` model
    says what the target loses; from ``threshold`` on the node is a single
    point of failure. *Structural*: a node is a dominator if every path from
    the ultimate sources to the target passes through it, whatever the words
    on the links say.

    Parameters
    ----------
    ground
        The world the question is asked in.
    name
        The entity by IRI, local name or label.
    threshold
        The target has failed when it loses this share or more (above 0, at most 1).
    order
        The most nodes in a cut set (1 to 3).
    leaves
        Let only ultimate sources be members of cut sets.
    limit
        So many sets of one size are tried; beyond it ``truncated`` is true.

    Returns
    -------
    dict
        ``points`` (every node upstream that alone costs the target the
        threshold, and every dominator: by loss, then step, then IRI, each with
        its ``sole_supplier``, which fails the target just as well and has no row
        of its own, the ``path`` by which its failure arrives and the evidence of each
        link), ``lesser`` (those that cost it less), ``cut_sets`` (the minimal
        ones), ``narrowest`` (a smallest set that every path meets),
        ``sources``, and what the search left open: among it ``undecided``, sets
        whose loss is below the threshold by less than the run stopped short of.
        Sets are judged at the point, so suppliers of whom nobody states how they
        combine count for equal shares; ``unstated_combinations`` names these dependencies.

    Raises
    ------
    NotFound
        No such entity.
    UsageError
        A number out of its range, or a model other than leontief.
    """
    if context.options.model != "leontief":
        raise UsageError(f"chokepoints reads how suppliers combine, and {context.options.model} does not: use leontief")
    target = context.entity(name)
    compiled = context.compiled()
    whole = compiled.network
    # Who takes part in no dependency is no node; it needs nothing all the same.
    part = upstream(whole, whole.index[target.id]) if target.id in whole.index else None
    asked = _Asked(context, threshold, order, leaves, limit)
    answer = {
        "target": target.id,
        "entity": target.id,
        "id": target.name,
        "label": str(getattr(target, "label", None) or target.name),
        "class": target.rdf_class,
        "threshold": threshold,
        "order": order,
        "leaves": leaves,
        "limit": limit,
        "model": context.options.model,
        "parameters": context.options.parameters(),
        "network_hash": whole.hash,
        "left_out": dict(sorted(compiled.left_out.items())),
        "fallen": list(context.world.fallen),
        "not_holding": context.not_holding,
        "unstated_combinations": _unstated(part.network) if part else [],
    }
    return answer | (asked.of(part) if part else asked.nothing())


def _unstated(network: Network) -> list[str]:
    """The dependencies of whose suppliers nobody states how they combine."""
    return sorted(name for slot in np.flatnonzero(network.split).tolist() for name in network.slot_records[slot])


class _Asked(NamedTuple):
    """A question about chokepoints, without its target."""

    context: Context
    threshold: float
    order: int
    leaves: bool
    limit: int

    def nothing(self) -> dict[str, Any]:
        """The answer for what is no node of the network."""
        found: dict[str, Any] = {
            "undecided": [],
            "upstream": 0,
            "sources": [],
            "points": [],
            "lesser": [],
            "narrowest": [],
            "cut_sets": [],
        }
        return {**found, "complete": self.order, "tried": 0, "untried": 0, "stopped_by": "tolerance", "truncated": False}

    def of(self, part: Upstream) -> dict[str, Any]:
        """The answer for a target with what it rests on."""
        through = passages(part.network, part.target)
        options, sole = self.context.options, sole_suppliers(part.network)
        allowed = set(through.sources) if self.leaves else {*range(part.network.size)} - {part.target}
        # A need and its only supplier are one thing that fails; the target itself is no need of its own.
        twins = {supplier: need for supplier, need in sole.items() if part.target not in (supplier, need)}
        cuts = cut_sets(
            part.network,
            part.target,
            threshold=self.threshold,
            order=self.order,
            among=_once(allowed, twins),
            limit=self.limit,
            eps=options.eps,
            cap=options.cap,
        )
        closing = Closing(part.network, part.target, eps=options.eps, cap=options.cap)
        alone, error = closing.closed([(node,) for node in range(part.network.size)])
        unsure = {*np.flatnonzero(undecided(alone, self.threshold, error)).tolist()} - {part.target}
        open_ = {(node,) for node in _once(unsure, twins)}
        chosen = set(np.flatnonzero(alone >= self.threshold - ROUNDING).tolist()) | set(through.dominators)
        points, capped = self._points(part, sorted(_once(chosen - {part.target}, twins)), through)
        self._name_suppliers(part, points, twins)
        capped |= cuts.capped or closing.capped
        return {
            "upstream": part.network.size - 1,
            "sources": self._names(part, through.sources),
            "points": points,
            "lesser": self._lesser(part, alone, chosen | {part.target} | (twins.keys() - chosen)),
            "narrowest": self._names(part, (node for node in through.narrowest if node in _once(through.narrowest, twins))),
            "cut_sets": self._sets(part, cuts, twins),
            "complete": cuts.complete,
            "tried": cuts.tried,
            "untried": cuts.untried,
            "undecided": [self._names(part, nodes) for nodes in sorted(open_ | set(cuts.undecided))],
            "stopped_by": "cap" if capped else "tolerance",
            "truncated": capped or cuts.untried > 0,
        }

    def _names(self, part: Upstream, nodes: Iterable[int]) -> list[str]:
        return [part.network.nodes[node] for node in nodes]

    def _name_suppliers(self, part: Upstream, points: Iterable[dict[str, Any]], twins: Mapping[int, int]) -> None:
        supplier = {part.network.nodes[need]: part.network.nodes[row] for row, need in twins.items()}
        for point in points:
            iri = supplier.get(point["entity"])
            point["sole_supplier"] = iri
            point["sole_supplier_label"] = str(getattr(self.context.records.get(iri or ""), "label", None) or "") or None

    def _sets(self, part: Upstream, cuts: CutSets, twins: Mapping[int, int]) -> list[dict[str, Any]]:
        supplier = {need: row for row, need in twins.items()}
        return [
            {
                "size": len(one.nodes),
                "entities": self._names(part, one.nodes),
                "ids": [local_name(iri) for iri in self._names(part, one.nodes)],
                "sole_suppliers": {
                    part.network.nodes[need]: part.network.nodes[supplier[need]] for need in one.nodes if need in supplier
                },
                "loss": one.loss,
                "loss_low": one.low,
                "loss_high": one.high,
            }
            for one in cuts.sets
        ]

    def _lesser(self, part: Upstream, alone: Floats, others: set[int]) -> list[dict[str, Any]]:
        rows = [(-float(alone[node]), self._names(part, [node])[0]) for node in set(range(len(alone))) - others if alone[node]]
        return [{"entity": iri, "id": local_name(iri), "loss": -loss} for loss, iri in sorted(rows)]

    def _points(self, part: Upstream, nodes: Sequence[int], through: Passages) -> tuple[list[dict[str, Any]], bool]:
        """The nodes with everything that is to say of them; and whether the model stopped by its cap."""
        width = max(1, _CELLS // max(1, part.network.size, part.network.slots))
        options = self.context.options
        found: list[dict[str, Any]] = []
        capped = False
        for start in range(0, len(nodes), width):
            batch = nodes[start : start + width]
            result = leontief(part.network, np.array(batch, np.int64), eps=options.eps, cap=options.cap)
            capped |= result.truncated
            outcome = Outcome((), (), (), result, Compiled(part.network))
            found += [
                self._point(part, CausalTrace(self.context, outcome, row), node, through) for row, node in enumerate(batch)
            ]
        return sorted(found, key=_rank), capped

    def _point(self, part: Upstream, cause: CausalTrace, node: int, through: Passages) -> dict[str, Any]:
        iri, result, row = part.network.nodes[node], cause.result, cause.row
        record = self.context.records.get(iri)
        loss = float(result.loss[row, part.target])
        path = [_hop(cause, link) for link in cause.path(part.target)][::-1] if loss else []
        return {
            "entity": iri,
            "id": local_name(iri),
            "label": str(getattr(record, "label", None) or local_name(iri)),
            "class": record.rdf_class if record is not None else "Entity",
            "loss": loss,
            "loss_low": float(result.low[row, part.target]),
            "loss_high": float(result.high[row, part.target]),
            "step": int(result.step[row, part.target]) if loss else None,
            "distance": int(part.distance[node]),
            "single_point": loss >= self.threshold - ROUNDING,
            "dominator": node in through.dominators,
            "source": node in through.sources,
            "path": path,
            "evidence": list(_each_once(e for hop in path for e in hop["evidence"])),
        }


def _once(nodes: Iterable[int], twins: Mapping[int, int]) -> set[int]:
    """The nodes without those suppliers whose need is among them: the need stands for both."""
    found = set(nodes)
    return {node for node in found if twins.get(node) not in found}


def _hop(cause: CausalTrace, link: Link) -> dict[str, Any]:
    """One link of the way on which a failure arrives, from the source of the loss to who loses."""
    records = link.dependencies
    weight = cause.network.weights[:, link.slot].tolist()
    return {
        "dependency": records[0].id if records else None,
        "source": cause.network.nodes[link.source] if link.source is not None else None,
        "dependant": cause.network.nodes[link.node],
        "provider": link.provider,
        "criticality": dict(zip(("low", "point", "high"), weight, strict=True)),
        "loss": float(cause.result.loss[cause.row, link.node]),
        "inferred": any(record.inferred for record in records),
        "judged": sorted({name for record in records for name in record.judged}),
        "evidence": spans(e for record in records if isinstance(record, Dependency) for e in record.evidence),
    }


def _rank(point: dict[str, Any]) -> tuple[float, int, str]:
    step = point["step"]
    return -point["loss"], point["distance"] if step is None else step, point["entity"]


def _each_once(evidence: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    seen = set()
    for one in evidence:
        key = tuple(one.values())
        if key not in seen:
            seen.add(key)
            yield one


__all__ = ["LIMIT", "ORDER", "THRESHOLD", "chokepoints"]
