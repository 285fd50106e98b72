r"""The uncertainty of the losses of a shock: random draws of the numbers behind its words, beside the exact bounds.

A word stands for an interval of numbers. ``impact`` gives the exact bounds, where every
word is at its lowest or its highest at once; here a number is drawn from the interval of each
word, and the model is run with each draw:

.. math:: loss^{(k)} = leontief(c^{(k)}, hit^{(k)}), \qquad low \le loss^{(k)} \le high, \qquad k = 1 \dots m

The draws show how a loss is distributed, which entities are always
among the worst, and which word influences a loss most. A value that is stated as a
number is not drawn.

Where neither the combination nor the shares of several suppliers are stated, their reading
is drawn like a word: a number from 0 (the low reading: any one of
them is enough) over 0.5 (equal shares) to 1 (the high reading: all are
needed); between these, what the suppliers fail to deliver is interpolated.
Links, stated combinations and stated shares are not drawn.

The caller chooses how words are drawn (``shape``, ``draws_per``),
so quantiles and probabilities depend on this choice; the bounds do not.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.analysis.context import Context
from knockon.analysis.labels import label_of
from knockon.analysis.outcome import Outcome
from knockon.analysis.run_info import RunInfo
from knockon.analysis.uncertainty.assumptions import Assumed, Assumption, assumptions
from knockon.analysis.uncertainty.sensitivity import DIGITS, Driver, Ranks, Runs, drivers, ranks
from knockon.analysis.uncertainty.uncertainty_report import SamplingPlan, Spread, UncertaintyReport, Weight
from knockon.errors import UsageError
from knockon.model import Shock
from knockon.network.network import Floats, Ints
from knockon.network.resolve import to_hits
from knockon.propagation.combinations import Rules
from knockon.propagation.fixed_point import ROUNDING
from knockon.propagation.result import NONE
from knockon.propagation.sampling import interval_quantiles, sample_points

#: The most numbers that all draws hold together (losses, ranks and assumptions of each draw): about 2 GB.
_CELLS = 2**28
#: The entities whose records are read together.
_READ_AHEAD = 10_000


def uncertainty(context: Context, shock: Shock, drawing: SamplingPlan | None = None) -> UncertaintyReport:
    """Return the distribution of the losses of a shock over draws of its words, and the words that influence them.

    Where the shock hits nothing the answer has no rows, and all entities are unaffected.

    Parameters
    ----------
    context
        The world of the question.
    shock
        A shock of this world, or one that the caller describes.
    drawing
        The sampling plan.

    Raises
    ------
    UsageError
        The model is not leontief, the draws do not fit into memory, or ``sobol`` has too many assumptions.

    Examples
    --------
    >>> import knockon
    >>> report = knockon.open().uncertainty("entity-list-chips", draws=256)
    >>> spread = report.by_id["sensefoundry"]
    >>> spread.loss_low <= spread.loss_q05 <= spread.loss_median <= spread.loss_q95 <= spread.loss_high
    True
    """
    drawing = drawing or SamplingPlan()
    if context.options.model != "leontief":
        raise UsageError(f"uncertainty draws the words for leontief alone, not for {context.options.model}")
    outcome = context.run([shock])
    hits, _ = to_hits(outcome.network, outcome.resolved)
    assumed = assumptions(context, outcome, hits, drawing.draws_per)
    nodes = _worst_first(outcome)
    _check_memory(drawing.draws, len(assumed.each), len(nodes))
    unit = sample_points(drawing.sampling, len(assumed.each), drawing.draws, drawing.seed)
    values = interval_quantiles(assumed.intervals, unit, drawing.shape)
    runs = Runs(Rules(outcome.network), hits, assumed, nodes, eps=context.options.eps, cap=context.options.cap)
    draws = _Draws(drawing, nodes, assumed, values, runs.losses(values))
    return _report(context, outcome, draws, runs)


def _check_memory(draws: int, assumptions: int, entities: int) -> None:
    """Refuse draws that would not fit into memory."""
    size = 4 * assumptions + 8 * entities
    if draws * size > _CELLS:
        what = (
            f"{draws:,} draws of {assumptions:,} assumptions for {entities:,} entities take some {draws * size / 2**27:.0f} GB"
        )
        raise UsageError(f"{what}; draws must be at most {_CELLS // size:,} here")


class _Draws(NamedTuple):
    """The draws of a shock.

    Attributes
    ----------
    drawing
        The sampling plan.
    nodes
        The numbers (nodes,) of the nodes that can lose anything, worst first.
    assumed
        The d assumptions.
    values
        The numbers (d, draws), 0..1, that were drawn for the assumptions.
    losses
        The losses (nodes, draws), 0..1.
    """

    drawing: SamplingPlan
    nodes: Ints
    assumed: Assumed
    values: Floats
    losses: Floats


def _worst_first(outcome: Outcome) -> Ints:
    """Return the nodes that can lose anything: by loss, then by their upper bound, then by IRI."""
    loss, high = outcome.result.loss[0].round(DIGITS), outcome.result.high[0].round(DIGITS)
    order = np.lexsort((np.arange(len(loss)), -high, -loss))
    chosen: Ints = order[outcome.result.high[0][order] > 0]
    return chosen


def _report(context: Context, outcome: Outcome, draws: _Draws, runs: Runs) -> UncertaintyReport:
    drivers_of_node = drivers(runs, draws.values, draws.losses.round(DIGITS))
    network = outcome.network
    return UncertaintyReport(
        shock=outcome.shocks[0],
        spreads=_spreads(context, outcome, draws, drivers_of_node),
        weights=_weights(draws.assumed, [network.nodes[node] for node in draws.nodes], drivers_of_node),
        drawing=draws.drawing,
        unaffected=network.entities - len(draws.nodes),
        sample=draws.losses,
        context=context,
        run=_run_info(context, outcome, draws, runs),
    )


def _run_info(context: Context, outcome: Outcome, draws: _Draws, runs: Runs) -> RunInfo:
    resolved = outcome.resolved[0]
    return RunInfo(
        model=outcome.result.model,
        parameters=context.options.parameters() | draws.drawing.parameters(),
        network_hash=outcome.network.hash,
        stopped_by="cap" if outcome.result.truncated or runs.capped else "tolerance",
        missing_targets=(*resolved.missing, *outcome.outside[0]),
        ungraded_hits=resolved.ungraded,
        left_out=dict(sorted({**outcome.left_out, **resolved.left_out}.items())),
        fallen=context.world.fallen,
        not_holding=context.not_holding,
        not_in_force=resolved.not_in_force or None,
        confidence=context.confidence,
        same_as=context.same_in(outcome.network.index),
        named=context.named,
    )


def _spreads(
    context: Context, outcome: Outcome, draws: _Draws, drivers_of_node: list[tuple[Driver, ...]]
) -> tuple[Spread, ...]:
    """Return the distribution of the loss of each node that can lose anything, worst first."""
    network, result = outcome.network, outcome.result
    columns = {name: column.tolist() for name, column in _columns(outcome, draws).items()}
    spreads = []
    for row, node in enumerate(draws.nodes.tolist()):
        if row % _READ_AHEAD == 0:
            context.statements.read_ahead(network.nodes[each] for each in draws.nodes[row : row + _READ_AHEAD].tolist())
        iri, step = network.nodes[node], int(result.step[0, node])
        record = context.records.get(iri)
        numbers = {name: column[row] for name, column in columns.items()}
        spreads.append(
            Spread(
                entity=iri,
                label=label_of(context.records, iri),
                cls=record.rdf_class if record is not None else "Entity",
                step=None if step == NONE else step,
                drivers=drivers_of_node[row],
                **numbers,
            )
        )
    return tuple(spreads)


def _columns(outcome: Outcome, draws: _Draws) -> dict[str, Floats]:
    """Return the numbers of a Spread by name, each a column (nodes,)."""
    losses, result, nodes = draws.losses, outcome.result, draws.nodes
    plan, count = draws.drawing, draws.drawing.draws
    least, most = losses.min(axis=1), losses.max(axis=1)
    q05, median, q95 = np.quantile(losses, (0.05, 0.5, 0.95), axis=1) if len(nodes) else np.zeros((3, 0))
    share_above = ((losses >= plan.threshold - ROUNDING) & (losses > 0)).mean(axis=1)
    # The ranks of the entities within each draw.
    places = ranks(-losses.T.round(DIGITS))
    return {
        "loss": result.loss[0, nodes],
        # Runs stop up to eps short of their limits, so the bounds are widened to the draws.
        "loss_low": np.minimum(result.low[0, nodes], least),
        "loss_high": np.maximum(result.high[0, nodes], most),
        "loss_q05": q05,
        "loss_median": median,
        "loss_q95": q95,
        "loss_mean": np.clip(losses.mean(axis=1), least, most),
        "loss_sd": losses.std(axis=1, ddof=1),
        "threshold_probability": share_above,
        "threshold_standard_error": np.sqrt(share_above * (1 - share_above) / (count - 1)),
        "rank": ranks(-result.loss[0, nodes].round(DIGITS)[None]).first[0].astype(np.int64),
        "rank_mean": places.mean.mean(axis=0),
        "rank_sd": places.mean.std(axis=0, ddof=1),
        "top_probability": _among_top(losses, places, plan.top).mean(axis=0),
    }


def _among_top(losses: Floats, places: Ranks, top: int) -> Floats:
    """Return 1 for each entity among the ``top`` greatest losses of a draw, and 0 for the others: (draws, nodes).

    Of entities with equal losses, only some may have a place among the ``top``; the
    places that are left are shared equally among them. So the numbers of a draw
    add up to ``top``, or to the number of entities that lose anything where that is less.
    """
    ties = 2 * (places.mean - places.first) + 1
    share: Floats = np.clip((top + 1 - places.first) / ties, 0.0, 1.0)
    return np.where(losses.T.round(DIGITS) > 0, share, 0.0)


def _weights(assumed: Assumed, names: list[str], drivers_of_node: list[tuple[Driver, ...]]) -> tuple[Weight, ...]:
    """Return the effect of each assumption on all losses of the shock, the greatest first."""
    swings: dict[Assumption, list[tuple[float, str]]] = {assumption: [] for assumption in assumed.each}
    for name, own_drivers in zip(names, drivers_of_node, strict=True):
        for driver in own_drivers:
            if driver.swing > 0:
                swings[driver.assumption].append((driver.swing, name))
    weights = []
    for assumption, pairs in swings.items():
        most, on = max(pairs, key=lambda pair: pair[0], default=(0.0, None))
        weights.append(Weight(assumption, sum(swing for swing, _ in pairs) / max(len(names), 1), most, on, len(pairs)))
    return tuple(sorted(weights, key=lambda weight: (-round(weight.swing_mean, DIGITS), weight.assumption.name)))


__all__ = ["SamplingPlan", "UncertaintyReport", "uncertainty"]
