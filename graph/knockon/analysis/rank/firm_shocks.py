"""The index of ESRI for many shocks on one table of flows, with weights, hits on demand, and losses by sector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from knockon.analysis.answer import Answer, JsonValue, as_json
from knockon.analysis.methods import REGISTRY
from knockon.errors import UsageError
from knockon.network.hits import NODE, Hits
from knockon.network.network import Floats, Network

if TYPE_CHECKING:
    from knockon.authoring.share_tables import ShareTable
    from knockon.propagation.esri_result import EsriResult


@dataclass(frozen=True, slots=True)
class SectorLoss(Answer):
    """What a shock takes from one sector.

    Attributes
    ----------
    sector
        Its name in the table.
    loss
        The share of its weight that is lost (0..1); None where it has no weight.
    """

    sector: str
    loss: float | None


@dataclass(frozen=True, slots=True)
class FirmShock(Answer):
    """What one shock on firms costs.

    Attributes
    ----------
    shock_id
        Its id in the table of shocks; of a firm that is closed its name.
    hit
        The number of firms that it hits.
    index
        The share of all weight that is lost (0..1).
    downstream, upstream
        The share that each cascade takes alone (0..1).
    iterations, residual, stopped_by
        How the rounds ended: their number, the last change (0..1), and ``tolerance`` or ``cap``.
    sectors
        The loss of each sector; empty unless it was asked for.
    """

    shock_id: str
    hit: int
    index: float
    downstream: float
    upstream: float
    iterations: int
    residual: float
    stopped_by: str
    sectors: tuple[SectorLoss, ...]


@dataclass(frozen=True)
class FirmShocks(Answer):
    """What each of some shocks on the firms of a table of flows costs.

    Attributes
    ----------
    model
        ``esri``.
    meaning
        What the index measures, in words.
    equation
        Its equations, in words.
    reference
        Their source.
    parameters
        The parameters of the model by name.
    network_hash
        A digest of the network.
    firms
        The number of firms of the table.
    truncated
        Whether the cap stopped any shock.
    caveats
        Reasons why the index depends on parameters.
    shocks
        The shocks, in the order of their table.
    """

    model: str
    meaning: str
    equation: str
    reference: str
    parameters: dict[str, JsonValue]
    network_hash: str
    firms: int
    truncated: bool
    caveats: tuple[str, ...]
    shocks: tuple[FirmShock, ...]


def firm_shocks(
    network: Network,
    shocks: ShareTable | None = None,
    *,
    weights: Floats | None = None,
    by_sector: bool = False,
    sectors: Sequence[str] = (),
    **options: Any,
) -> FirmShocks:
    """Compute the index of ESRI for each shock of a table.

    Parameters
    ----------
    network
        The network of a table of flows.
    shocks
        The shocks, as :func:`knockon.authoring.share_tables.read_shares` reads them; None: each firm closes in turn.
    weights
        What each firm counts, (firms,); None: its sales.
    by_sector
        Compute the loss of each sector too.
    sectors
        The names of the sectors by their numbers.
    options
        Other parameters of :func:`knockon.propagation.esri`: ``eps``, ``cap``, ``replaceability``, ``dtype``, ``threads``.

    Raises
    ------
    UsageError
        The network has no flows, or losses by sector are asked for and it has no sectors; a parameter is out of range.
    InvalidData
        Every weight is 0, or one is negative.

    Examples
    --------
    >>> from knockon.authoring.share_tables import read_shares
    >>> network = Network.from_flows([0, 1], [1, 2], [1.0, 3.0], sector=[0, 0, 1], names=["mill", "bakery", "shop"])
    >>> table = read_shares({"shock": ["flood", "flood"], "firm": ["mill", "shop"], "share": [0.5, 0.0]}, network.nodes)
    >>> answer = firm_shocks(network, table, weights=[1, 2, 3], by_sector=True, sectors=["food", "trade"], replaceability=False)
    >>> [(one.shock_id, one.hit, one.index, [part.loss for part in one.sectors]) for one in answer.shocks]
    [('flood', 1, 0.5, [0.5, 0.5])]
    """
    from knockon.propagation.esri import esri

    if by_sector and not sectors:
        raise UsageError("losses by sector need the sector of each firm: a column sector in the table of firms or of flows")
    down, up = (np.arange(network.entities), None) if shocks is None else _hits(shocks)
    result = esri(network, down, upstream_shocks=up, weights=weights, by_sector=by_sector, losses=False, **options)
    forms = [
        *(["replaceability"] if options.get("replaceability", True) else []),
        *([] if weights is None else ["weights"]),
        *([] if up is None else ["upstream_shocks"]),
        *(["by_sector"] if by_sector else []),
    ]
    about = REGISTRY["esri"].wording(*forms)
    return FirmShocks(
        model="esri",
        meaning=about.meaning,
        equation=about.equation,
        reference=about.reference,
        parameters={name: as_json(value) for name, value in result.parameters.items()},
        network_hash=network.hash,
        firms=network.entities,
        truncated="cap" in result.stopped_by,
        caveats=result.caveats,
        shocks=_rows(network, shocks, result, sectors),
    )


def _hits(shocks: ShareTable) -> tuple[Hits, Hits | None]:
    """Return what the shocks take from the supply of firms, and from their demand where that is another part."""

    def hits(share: Floats) -> Hits:
        kind = np.full(len(share), NODE)
        return Hits(len(shocks.names), shocks.shock, kind, shocks.node, np.broadcast_to(share, (3, len(share))).copy())

    return hits(shocks.share), None if shocks.upstream is None else hits(shocks.upstream)


def _rows(network: Network, shocks: ShareTable | None, result: EsriResult, sectors: Sequence[str]) -> tuple[FirmShock, ...]:
    """Return the numbers of each shock."""
    if shocks is None:
        names, hit = [str(name) for name in network.nodes], np.ones(network.entities, np.int64)
    else:
        greatest = shocks.share if shocks.upstream is None else np.maximum(shocks.share, shocks.upstream)
        names, hit = list(shocks.names), np.bincount(shocks.shock[greatest > 0], minlength=len(shocks.names))
    return tuple(
        FirmShock(
            name, int(hit[row]), float(result.index[row]), float(result.downstream[row]), float(result.upstream[row]),
            int(result.iterations[row]), float(result.residual[row]), result.stopped_by[row],
            () if result.sector_loss is None else tuple(
                SectorLoss(sector, None if np.isnan(loss) else float(loss))
                for sector, loss in zip(sectors, result.sector_loss[row], strict=True)
            ),
        )
        for row, name in enumerate(names)
    )  # fmt: skip


__all__ = ["FirmShock", "FirmShocks", "SectorLoss", "firm_shocks"]
