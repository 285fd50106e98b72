"""The losses of a portfolio under every shock, for a state: of its entities, and of the worst part of each company."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from knockon.analysis.context import Context
from knockon.analysis.impact.entity_columns import EntityColumns
from knockon.analysis.portfolio.portfolio import Portfolio
from knockon.analysis.portfolio.watch_state import Range, WatchedShock, WatchState, short_hash
from knockon.analysis.program_version import UNKNOWN_VERSION, program_version
from knockon.network.network import Floats, Network
from knockon.network.resolve import ResolvedShock

#: Is called with the number of shocks that are computed, and of all to compute.
Progress = Callable[[int, int], None]


def watched_losses(
    context: Context, portfolio: Portfolio, earlier: WatchState | None = None, progress: Progress | None = None
) -> tuple[str, dict[str, WatchedShock]]:
    """Return the hash of the network, and what each shock of a world does to a portfolio, by shock (IRI).

    Where an earlier state has the same network and a shock hits the same, its losses are the same and are not computed.

    Parameters
    ----------
    context
        The world.
    portfolio
        The portfolio.
    earlier
        The state of an earlier run with the same model and options.
    progress
        Is called after each shock.
    """
    shocks = context.shocks
    resolved = context.resolve(shocks)
    compiled = context.compiled(resolved)
    network = compiled.network.hash
    hits = {shock.id: _hits(each) for shock, each in zip(shocks, resolved, strict=True)}
    known = _known(earlier, network, portfolio)
    same = {iri: known[iri] for iri in hits if iri in known and known[iri].hits == hits[iri]}
    wanted = [number for number, shock in enumerate(shocks) if shock.id not in same]
    columns = EntityColumns(context, compiled.network, portfolio.by_entity)
    computed: dict[str, WatchedShock] = {}
    for outcome in context.runs_on([shocks[n] for n in wanted], [resolved[n] for n in wanted], compiled):
        result = outcome.result
        for row, shock in enumerate(outcome.shocks):
            losses = np.stack([result.low[row], result.loss[row], result.high[row]])
            truncated = result.stopped_by[row] == "cap"
            computed[shock.id] = _watched(columns, compiled.network, losses, hits=hits[shock.id], truncated=truncated)
            if progress is not None:
                progress(len(computed), len(wanted))
    return network, {shock.id: same.get(shock.id) or computed[shock.id] for shock in shocks}


def _known(earlier: WatchState | None, network: str, portfolio: Portfolio) -> Mapping[str, WatchedShock]:
    """Return the losses of an earlier state that hold for this network and portfolio."""
    program = program_version()
    # Another version may compute other numbers.
    if earlier is None or earlier.network != network or earlier.program != program or program == UNKNOWN_VERSION:
        return {}
    # A state has no losses of entities that were not in the portfolio.
    return earlier.shocks if earlier.holdings.keys() == portfolio.by_entity.keys() else {}


def _hits(resolved: ResolvedShock) -> str:
    """Return the hash of what a shock hits, and how hard."""
    return short_hash(repr([(target.iri, *target.interval) for target in resolved.targets]))


def _watched(columns: EntityColumns, network: Network, losses: Floats, *, hits: str, truncated: bool) -> WatchedShock:
    """Return what a state keeps of the losses (low, point, high) of all entities, (3, entities)."""
    of_entities = losses[:, columns.places]
    can_lose = np.flatnonzero(of_entities[2] > 0).tolist()
    own = {columns.entities[place]: _range(of_entities[:, place].tolist()) for place in can_lose}
    parts = {
        company: (*_range(losses[:, node].tolist()), network.name(node))
        for company, node in columns.worst_parts(losses[1]).items()
    }
    return WatchedShock(hits=hits, truncated=truncated, losses=own, parts=parts)


def _range(losses: Sequence[float]) -> Range:
    low, loss, high = losses
    return (low, loss, high)


__all__ = ["Progress", "watched_losses"]
