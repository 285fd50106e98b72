"""The losses of a portfolio under every shock, for a state: of its entities, and of the worst part of each company."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from knockon.analysis.context import Context
from knockon.analysis.impact.companies import companies_above
from knockon.analysis.portfolio.portfolio import Portfolio
from knockon.analysis.portfolio.watch_state import Range, WatchedShock, WatchState, short_hash
from knockon.analysis.program_version import UNKNOWN_VERSION, program_version
from knockon.network.compile import Compiled
from knockon.network.network import Floats, Ints
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
    columns = _Columns(context, compiled, portfolio)
    computed: dict[str, WatchedShock] = {}
    for outcome in context.runs_on([shocks[n] for n in wanted], [resolved[n] for n in wanted], compiled):
        result = outcome.result
        for row, shock in enumerate(outcome.shocks):
            losses = np.stack([result.low[row], result.loss[row], result.high[row]])
            truncated = result.stopped_by[row] == "cap"
            own, parts = columns.own(losses), columns.worst_parts(losses)
            computed[shock.id] = WatchedShock(hits=hits[shock.id], truncated=truncated, losses=own, parts=parts)
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


class _Columns:
    """The columns of the losses of a portfolio: of its entities, and of the parts of its companies."""

    def __init__(self, context: Context, compiled: Compiled, portfolio: Portfolio) -> None:
        network = compiled.network
        self.entities = sorted(iri for iri in portfolio.by_entity if iri in network.index)
        self.places: Ints = np.array([network.index[iri] for iri in self.entities], np.int64)
        parts: dict[str, list[str]] = {}
        for iri in network.nodes[: network.entities]:
            for company in companies_above(context, iri):
                if company in portfolio.by_entity:
                    parts.setdefault(company, []).append(iri)
        self.parts = {company: sorted(names) for company, names in sorted(parts.items())}
        self.part_places: dict[str, Ints] = {
            company: np.array([network.index[iri] for iri in names], np.int64) for company, names in self.parts.items()
        }

    def own(self, losses: Floats) -> dict[str, Range]:
        """Return the losses (low, point, high) of those entities that can lose something."""
        of_entities = losses[:, self.places]
        lost = np.flatnonzero(of_entities[2] > 0).tolist()
        return {self.entities[number]: _range(of_entities[:, number].tolist()) for number in lost}

    def worst_parts(self, losses: Floats) -> dict[str, tuple[float, float, float, str]]:
        """Return the loss of the part of each company that loses most; of equal ones the first by IRI."""
        worst = {}
        for company, places in self.part_places.items():
            number = int(losses[1, places].argmax())
            low, loss, high = losses[:, places[number]].tolist()
            if loss > 0:
                worst[company] = (low, loss, high, self.parts[company][number])
        return worst


def _range(losses: Sequence[float]) -> Range:
    low, loss, high = losses
    return (low, loss, high)


__all__ = ["Progress", "watched_losses"]
