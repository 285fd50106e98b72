"""The choke points of an entity: single points of failure, minimal cut sets, and nodes that every path passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from knockon.analysis.context import Context
from knockon.analysis.impact.causal_trace import CausalTrace, Link, LinkKey
from knockon.analysis.labels import label_of
from knockon.analysis.outcome import Outcome
from knockon.analysis.structure.chokepoint_links import path_link
from knockon.analysis.structure.chokepoints_answer import PATH_LINKS, Chokepoint, Chokepoints, FailureSet, LesserPoint, PathLink
from knockon.analysis.structure.closing_work import entities_to_close
from knockon.analysis.structure.failure_runs import FailureRuns
from knockon.errors import UsageError
from knockon.model.labels import stated_label
from knockon.network.compile import Compiled
from knockon.network.network import NONE, Floats, Network
from knockon.propagation.fixed_point import ROUNDING, undecided
from knockon.propagation.structure.bottlenecks import Bottlenecks, bottlenecks
from knockon.propagation.structure.cut_sets import DEFAULT_LIMIT, DEFAULT_THRESHOLD, MAX_ORDER, CutSets, cut_sets
from knockon.propagation.structure.removal import RemovalLosses
from knockon.propagation.structure.sole_suppliers import sole_suppliers
from knockon.propagation.structure.upstream import Upstream, upstream


def chokepoints(
    context: Context,
    name: str,
    *,
    threshold: float = DEFAULT_THRESHOLD,
    order: int = MAX_ORDER,
    leaves: bool = False,
    limit: int = DEFAULT_LIMIT,
) -> Chokepoints:
    """Return the nodes whose failure makes an entity fail, alone or together.

    The answer has two measures of the same dependencies. *Functional*: each
    node upstream is lost completely in turn, and the ``leontief`` model computes
    what the target loses; if that is ``threshold`` or more, the node is a single
    point of failure. *Structural*: a node is a dominator if every path from
    the ultimate sources to the target passes through it, whatever the
    criticalities of the links.

    A need and its only supplier have the same effect on the target: one row names both. Losses of sets
    are those at the point, where suppliers without a stated combination have equal shares.

    Parameters
    ----------
    context
        The world of the question.
    name
        The entity by IRI, local name or label.
    threshold
        The loss (above 0, at most 1) from which on the target has failed.
    order
        The most nodes in a cut set (1 to 3).
    leaves
        Let only ultimate sources be members of cut sets.
    limit
        The most sets of one size that are tried; where there are more, ``truncated`` is true.

    Raises
    ------
    NotFound
        No entity has this name.
    UsageError
        A number is out of its range, or the model is not leontief.
    LimitReached
        As of ``entities_to_close`` and ``cut_sets``.
    """
    if context.options.model != "leontief":
        raise UsageError(f"chokepoints reads how suppliers combine, and {context.options.model} does not: use leontief")
    target = context.entity(name)
    compiled = context.compiled()
    answer = Chokepoints(
        run=context.run_info(compiled),
        entity=target.id,
        label=stated_label(target) or target.name,
        cls=target.rdf_class,
        threshold=threshold,
        order=order,
        leaves=leaves,
        limit=limit,
        complete=order,
    )
    # An entity without any dependency is not a node of the network, and depends on nothing.
    node = compiled.network.index.get(target.id)
    return answer if node is None else _Search(context, upstream(compiled.network, node), answer).complete()


def _unstated(network: Network) -> tuple[str, ...]:
    """Return the dependencies of which no record states how their suppliers combine."""
    slots = np.flatnonzero(network.split & ~network.inner_slots).tolist()
    return tuple(sorted(name for slot in slots for name in network.records_of_slot(slot)))


@dataclass(frozen=True)
class _Search:
    """The search for the choke points of a target.

    Attributes
    ----------
    context
        The world of the question.
    part
        The part of the network that the target depends on.
    question
        The answer as far as it follows from the question alone.
    """

    context: Context
    part: Upstream
    question: Chokepoints

    def complete(self) -> Chokepoints:
        """Return the complete answer."""
        network, target, question = self.part.network, self.part.target, self.question
        passages = bottlenecks(network, target)
        # The target itself is not a need of its own.
        need_of = {row: need for row, need in sole_suppliers(network).items() if target not in (row, need)}
        removal = RemovalLosses(network, target, eps=self.context.options.eps, cap=self.context.options.cap)
        closed, not_closed = entities_to_close(removal, question.threshold, passages.dominators, question.label)
        alone, error = removal.single_losses(closed)
        cuts = self._cut_sets(passages, need_of, removal)
        unsure = {*np.flatnonzero(undecided(alone, question.threshold, error)).tolist()} - {target}
        undecided_sets = {(node,) for node in _without_suppliers(unsure, need_of)} | set(cuts.undecided)
        chosen = set(np.flatnonzero(alone >= question.threshold - ROUNDING).tolist()) | set(passages.dominators)
        nodes = sorted(_without_suppliers(chosen - {target}, need_of))
        points, left_out, capped = self._points(nodes, passages, {need: row for row, need in need_of.items()}, removal)
        narrowest = _without_suppliers(passages.narrowest, need_of)
        capped = capped or cuts.capped or removal.capped
        return replace(
            question,
            run=replace(question.run, stopped_by="cap" if capped else "tolerance"),
            unstated_combinations=_unstated(network),
            unstated_portions=network.parts_unstated(),
            upstream=int((self.part.distance != NONE).sum()) - 1,
            sources=self._names(passages.sources),
            points=points,
            paths_left_out=left_out or None,
            not_closed=not_closed or None,
            lesser=self._lesser(alone, chosen | {target} | (need_of.keys() - chosen)),
            narrowest=self._names(node for node in passages.narrowest if node in narrowest),
            cut_sets=self._failure_sets(cuts, need_of),
            complete=cuts.complete,
            tried=cuts.tried,
            untried=cuts.untried,
            undecided=tuple(self._names(members) for members in sorted(undecided_sets)),
        )

    def _names(self, nodes: Iterable[int]) -> tuple[str, ...]:
        return tuple(self.part.network.nodes[node] for node in nodes)

    def _cut_sets(self, passages: Bottlenecks, need_of: Mapping[int, int], removal: RemovalLosses) -> CutSets:
        """Return the minimal cut sets; a supplier whose need represents it is not a member."""
        network, target, question = self.part.network, self.part.target, self.question
        allowed = set(passages.sources) if question.leaves else {*range(network.entities)} - {target}
        return cut_sets(
            network,
            target,
            threshold=question.threshold,
            order=question.order,
            among=_without_suppliers(allowed, need_of),
            limit=question.limit,
            removal=removal,
        )

    def _failure_sets(self, cuts: CutSets, need_of: Mapping[int, int]) -> tuple[FailureSet, ...]:
        """Return cut sets with IRIs, and with the only supplier of each member that has one."""
        nodes = self.part.network.nodes
        suppliers = {nodes[need]: nodes[row] for row, need in need_of.items()}
        sets = []
        for cut in cuts.sets:
            members = self._names(cut.nodes)
            sole = {iri: suppliers[iri] for iri in members if iri in suppliers}
            sets.append(FailureSet(members, sole, cut.loss, cut.low, cut.high))
        return tuple(sets)

    def _lesser(self, alone: Floats, others: set[int]) -> tuple[LesserPoint, ...]:
        """Return the nodes that cost the target something, apart from some others."""
        nodes = [node for node in np.flatnonzero(alone).tolist() if node not in others]
        points = [LesserPoint(self.part.network.nodes[node], float(alone[node])) for node in nodes]
        return tuple(sorted(points, key=lambda point: (-point.loss, point.entity)))

    def _points(
        self, nodes: Sequence[int], passages: Bottlenecks, supplier_of: Mapping[int, int], removal: RemovalLosses
    ) -> tuple[tuple[Chokepoint, ...], int, bool]:
        """Return the choke points among some nodes, how many paths are not listed, and whether the cap stopped the model."""
        network = self.part.network
        bounds = removal.bounds([(node,) for node in nodes]).T.tolist()
        runs = None if removal.counts_steps else FailureRuns(removal, nodes)
        steps, capped = (removal.steps(nodes).tolist(), False) if runs is None else runs.steps()
        points: list[Chokepoint] = []
        for node, step, losses in zip(nodes, steps, bounds, strict=True):
            supplier = supplier_of.get(node)
            name = network.nodes[supplier] if supplier is not None else None
            points.append(self._point(node, step, passages, name, losses))
        rows = dict(zip((point.entity for point in points), nodes, strict=True))
        points.sort(key=_rank)
        with_paths, left_out = self._with_paths(points, rows, removal, runs)
        return with_paths, left_out, capped

    def _point(self, node: int, step: int, passages: Bottlenecks, supplier: str | None, bounds: Sequence[float]) -> Chokepoint:
        """Return the choke point at a node, without its path.

        ``step`` is the number of links to the target where the node fails alone, ``supplier`` its only supplier (IRI), and
        ``bounds`` are what the target loses: low, point and high.
        """
        records, iri = self.context.records, self.part.network.nodes[node]
        record = records.get(iri)
        low, loss, high = bounds
        return Chokepoint(
            entity=iri,
            label=label_of(records, iri),
            cls=record.rdf_class if record is not None else "Entity",
            loss=loss,
            loss_low=low,
            loss_high=high,
            step=step if loss else None,
            distance=int(self.part.distance[node]),
            single_point=loss >= self.question.threshold - ROUNDING,
            dominator=node in passages.dominators,
            source=node in passages.sources,
            path=(),
            sole_supplier=supplier,
            sole_supplier_label=stated_label(records.get(supplier or "")) or None,
        )

    def _with_paths(
        self, points: Sequence[Chokepoint], rows: Mapping[str, int], removal: RemovalLosses, runs: FailureRuns | None
    ) -> tuple[tuple[Chokepoint, ...], int]:
        """Return points with their paths, up to the most links of an answer, and how many paths are left out.

        ``rows`` are the nodes of the points by IRI, ``runs`` those of all points; unless these are kept, those whose paths
        are listed run again.
        """
        links = np.cumsum([point.step or 0 for point in points])
        listed = points[: int(np.searchsorted(links, PATH_LINKS, side="right"))]
        shown = [rows[point.entity] for point in listed if point.loss]
        if runs is None or not runs.kept:
            runs = FailureRuns(removal, shown)
        paths, known, made = {}, dict[LinkKey, Link](), dict[LinkKey, PathLink]()
        listed_nodes = set(shown)
        for batch, result in runs:
            outcome = Outcome((), (), (), result, Compiled(runs.deciding.network))
            for row, node in enumerate(batch):
                if node in listed_nodes:
                    trace = CausalTrace(self.context, outcome, row, known)
                    paths[node] = tuple(path_link(trace, link, made) for link in trace.path(runs.deciding.target))[::-1]
        with_paths = tuple(replace(point, path=paths.get(rows[point.entity], ())) for point in points)
        return with_paths, sum(bool(point.loss) for point in points[len(listed) :])


def _without_suppliers(nodes: Iterable[int], need_of: Mapping[int, int]) -> set[int]:
    """Return nodes without those suppliers whose need is among them: the need represents both."""
    members = set(nodes)
    return {node for node in members if need_of.get(node) not in members}


def _rank(point: Chokepoint) -> tuple[float, int, str]:
    return -point.loss, point.distance if point.step is None else point.step, point.entity


__all__ = ["DEFAULT_LIMIT", "DEFAULT_THRESHOLD", "MAX_ORDER", "chokepoints"]
