r"""How sure the losses of a shock are: draws of what its words may mean, beside the exact bounds.

A word stands for an interval. ``impact`` gives the exact bounds, where every
word is at its lowest or its highest at once; here the words are drawn from
their intervals, and the model is run with each draw:

.. math:: loss^{(k)} = leontief(c^{(k)}, hit^{(k)}), \qquad low \le loss^{(k)} \le high, \qquad k = 1 \dots m

so that it can be told how often a loss is how great, which entities are always
among the worst, and on which word an answer hangs most. What is stated as a
number stays that number.

Where nobody states how several suppliers combine, or their shares, the reading
is drawn as well, like a word: a number from 0 (the low reading, any one of
them is enough) over a half (equal shares) to 1 (the high reading, all are
needed), and between these what their suppliers fail to deliver is interpolated.
Not drawn: which links there are, and combinations and shares that are stated.

How a word is drawn is a choice of the one who asks (``shape``, ``draws_per``),
so quantiles and probabilities are conditional on it; the bounds are not.
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

#: The numbers that all draws hold together (losses, ranks and assumptions of each draw): about 2 GB.
_CELLS = 2**28


def uncertainty(context: Context, shock: Shock, drawing: SamplingPlan | None = None) -> UncertaintyReport:
    """Return how the losses of a shock spread over draws of its words, and on which of them they hang.

    A shock that hits nothing leaves nobody with a loss in any draw: no rows,
    and everybody unaffected.

    Parameters
    ----------
    context
        The world the question is asked in.
    shock
        One of its shocks, or a given one.
    drawing
        How to draw, and what to count.

    Raises
    ------
    UsageError
        A model other than leontief; with ``sobol``, too many things that are uncertain.

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
    drawn = _Drawn(drawing, nodes, assumed, values, runs.losses(values))
    return _report(context, outcome, drawn, runs)


def _check_memory(draws: int, assumptions: int, entities: int) -> None:
    """Refuse draws that would not fit into memory, before any is taken."""
    each = 4 * assumptions + 8 * entities
    if draws * each > _CELLS:
        what = (
            f"{draws:,} draws of {assumptions:,} assumptions for {entities:,} entities take some {draws * each / 2**27:.0f} GB"
        )
        raise UsageError(f"{what}; draws must be at most {_CELLS // each:,} here")


class _Drawn(NamedTuple):
    """The draws: (d, m) ``values`` of the assumptions, and the (nodes, m) ``losses`` of who can lose at all."""

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


def _report(context: Context, outcome: Outcome, drawn: _Drawn, runs: Runs) -> UncertaintyReport:
    moving = drivers(runs, drawn.values, drawn.losses.round(DIGITS))
    network = outcome.network
    return UncertaintyReport(
        shock=outcome.shocks[0],
        spreads=_spreads(context, outcome, drawn, moving),
        weights=_weights(drawn.assumed, [network.nodes[node] for node in drawn.nodes], moving),
        drawing=drawn.drawing,
        unaffected=network.size - len(drawn.nodes),
        sample=drawn.losses,
        context=context,
        run=_run_info(context, outcome, drawn, runs),
    )


def _run_info(context: Context, outcome: Outcome, drawn: _Drawn, runs: Runs) -> RunInfo:
    resolved = outcome.resolved[0]
    return RunInfo(
        model=outcome.result.model,
        parameters=context.options.parameters() | drawn.drawing.parameters(),
        network_hash=outcome.network.hash,
        stopped_by="cap" if outcome.result.truncated or runs.capped else "tolerance",
        missing_targets=(*resolved.missing, *outcome.outside[0]),
        ungraded_hits=resolved.ungraded,
        left_out=dict(sorted({**outcome.left_out, **resolved.left_out}.items())),
        fallen=context.world.fallen,
        not_holding=context.not_holding,
        not_in_force=resolved.not_in_force or None,
    )


def _spreads(context: Context, outcome: Outcome, drawn: _Drawn, moving: list[tuple[Driver, ...]]) -> tuple[Spread, ...]:
    network, result = outcome.network, outcome.result
    columns = {name: column.tolist() for name, column in _columns(outcome, drawn).items()}
    spreads = []
    for row, node in enumerate(drawn.nodes.tolist()):
        iri, step = network.nodes[node], int(result.step[0, node])
        record = context.records.get(iri)
        numbers = {name: column[row] for name, column in columns.items()}
        spreads.append(
            Spread(
                entity=iri,
                label=label_of(context.records, iri),
                cls=record.rdf_class if record is not None else "Entity",
                step=None if step == NONE else step,
                drivers=moving[row],
                **numbers,
            )
        )
    return tuple(spreads)


def _columns(outcome: Outcome, drawn: _Drawn) -> dict[str, Floats]:
    """Return the numbers of a Spread by name, each a column over the nodes."""
    losses, result, nodes = drawn.losses, outcome.result, drawn.nodes
    drawing, draws = drawn.drawing, drawn.drawing.draws
    least, most = losses.min(axis=1), losses.max(axis=1)
    q05, median, q95 = np.quantile(losses, (0.05, 0.5, 0.95), axis=1) if len(nodes) else np.zeros((3, 0))
    passed = ((losses >= drawing.threshold - ROUNDING) & (losses > 0)).mean(axis=1)
    # One column a draw: the ranks are among the entities.
    places = ranks(-losses.T.round(DIGITS))
    return {
        "loss": result.loss[0, nodes],
        # Runs stop up to eps short of their limits: the order holds all the same.
        "loss_low": np.minimum(result.low[0, nodes], least),
        "loss_high": np.maximum(result.high[0, nodes], most),
        "loss_q05": q05,
        "loss_median": median,
        "loss_q95": q95,
        "loss_mean": np.clip(losses.mean(axis=1), least, most),
        "loss_sd": losses.std(axis=1, ddof=1),
        "threshold_probability": passed,
        "threshold_standard_error": np.sqrt(passed * (1 - passed) / (draws - 1)),
        "rank": ranks(-result.loss[0, nodes].round(DIGITS)[None]).first[0].astype(np.int64),
        "rank_mean": places.mean.mean(axis=0),
        "rank_sd": places.mean.std(axis=0, ddof=1),
        "top_probability": _among_top(losses, places, drawing.top).mean(axis=0),
    }


def _among_top(losses: Floats, places: Ranks, top: int) -> Floats:
    """(draws, nodes): 1 for who is one of the ``top`` that lose most, 0 for who is not or loses nothing.

    Of those that lose alike, only some may find a place among the ``top``; the
    places that are left are shared equally among them. So the numbers of a draw
    add up to ``top``, or to how many lose anything where that is less.
    """
    alike = 2 * (places.mean - places.first) + 1
    chance: Floats = np.clip((top + 1 - places.first) / alike, 0.0, 1.0)
    return np.where(losses.T.round(DIGITS) > 0, chance, 0.0)


def _weights(assumed: Assumed, names: list[str], moving: list[tuple[Driver, ...]]) -> tuple[Weight, ...]:
    """Return what each assumption weighs for the shock as a whole, most first."""
    swings: dict[Assumption, list[tuple[float, str]]] = {assumption: [] for assumption in assumed.each}
    for name, some in zip(names, moving, strict=True):
        for driver in some:
            if driver.swing > 0:
                swings[driver.assumption].append((driver.swing, name))
    weights = []
    for assumption, moved in swings.items():
        most, on = max(moved, key=lambda pair: pair[0], default=(0.0, None))
        weights.append(Weight(assumption, sum(swing for swing, _ in moved) / max(len(names), 1), most, on, len(moved)))
    return tuple(sorted(weights, key=lambda weight: (-round(weight.swing_mean, DIGITS), weight.assumption.name)))


__all__ = ["SamplingPlan", "UncertaintyReport", "uncertainty"]
