"""Find the steps and bindings of the two cascades of ESRI from their losses."""

from __future__ import annotations

from typing import Any

import numpy as np

from knockon.network.flows import Flows
from knockon.network.hits import InitialLosses
from knockon.network.network import NONE, Bools, Floats, Mode, Network
from knockon.propagation.esri_rounds import operators, sigma, turnover
from knockon.propagation.esri_task import DOWNSTREAM, HIT, UPSTREAM, EsriTask
from knockon.propagation.trace import Bindings, TracedRound, find_bindings
from knockon.propagation.traversal import on_cycles


def trace_cascades(network: Network, task: EsriTask, down: Floats, up: Floats, slack: float) -> dict[str, Any]:
    """Return the fields of a result by node.

    Slots and supplies of the downstream cascade are rows of the network. In
    the upstream cascade a firm depends on its customers: there ``slot`` is -1,
    and ``supply`` the row in ``network.flows`` of what it sells to the source.

    Parameters
    ----------
    network, task
        The network and the input of the engine.
    down, up
        The losses of both cascades, (k, n).
    slack
        The relative error of the losses.

    Returns
    -------
    dict
        The fields of :class:`knockon.propagation.esri.EsriResult` by node. ``trails`` are the bindings of both cascades,
        ``channel`` says which one a node reports.
    """
    flows = network.flows
    assert flows is not None  # noqa: S101 - checked by the model
    reversed_network = reversed_flows(network, flows)
    shocks = task.shocks
    channel = np.zeros((shocks, network.size), np.int8)
    reports_upstream = np.zeros(channel.shape, bool)
    short = np.zeros((shocks, network.slots))
    weight = _supplier_weights(network, flows, down) if task.replaceability else np.ones_like(down)
    trails = tuple(Bindings(*(np.full(channel.shape, NONE, np.int64) for _ in Bindings._fields)) for _ in range(2))
    for row in range(shocks):
        hit, hit_up = (hits.columns(network.size, row, row + 1)[:, 0] for hits in (task.hits, task.upstream_hits))
        downstream, last = _cascade_bindings(network, hit, down[row], weight[row], slack)
        upstream, _ = _cascade_bindings(reversed_network, hit_up, up[row], np.ones(network.size), slack)
        # A firm that the shock hits harder in the upstream cascade is hit there.
        reports_upstream[row] = hit_up > hit
        hit = np.maximum(hit, hit_up)
        upstream.slot[:] = NONE
        for cascade, bindings in zip(trails, (downstream, upstream), strict=True):
            for rows, values in zip(cascade, bindings, strict=True):
                rows[row] = values
        lost = np.maximum(down[row], up[row])
        upward = _reports_upstream(downstream, upstream, (up[row] > down[row]) & _exceeds_hit(lost, hit, slack))
        channel[row] = np.where(_exceeds_hit(lost, hit, slack), np.where(upward, UPSTREAM, DOWNSTREAM), HIT)
        reports_upstream[row] = np.where(channel[row] == HIT, reports_upstream[row], upward)
        short[row] = last.short
    loss = np.maximum(down, up)
    reported = {
        name: np.where(reports_upstream, *(getattr(bindings, name) for bindings in trails[::-1])) for name in Bindings._fields
    }
    return {"loss": loss, "low": loss, "high": loss, **reported, "shortage": short, "channel": channel, "trails": trails}


def _exceeds_hit(lost: Floats, hit: Floats, slack: float) -> Bools:
    """Return whether a node loses more than its hit, by more than rounding."""
    return np.asarray((lost > 0) & ((hit == 0) | (lost > hit * (1 + slack))))


def _reports_upstream(downstream: Bindings, upstream: Bindings, upward: Bools) -> Bools:
    """Return whether each node reports the upstream cascade, such that sources have no cycle.

    A source loses at least as much as its customer or supplier, up to rounding.
    Nodes on a cycle of sources therefore lose the same in both cascades, and
    may report the downstream one, in which there are no cycles.
    """
    upward = upward.copy()
    while True:
        circle = on_cycles(np.where(upward, upstream.source, downstream.source))
        if not circle.size:
            return upward
        upward[circle] = False


def reversed_flows(network: Network, flows: Flows) -> Network:
    """Return the network in which every firm depends on its customers, by their share of its turnover."""
    filled = np.flatnonzero(np.diff(flows.start))
    return Network(
        nodes=network.nodes,
        slot_owner=filled,
        slot_need=np.full(len(filled), NONE),
        weights=np.ones((3, len(filled))),
        mode=np.full(len(filled), int(Mode.SHARES)),
        at_least=np.zeros(len(filled), np.int64),
        supply_start=np.append(flows.start[filled], len(flows.customer)),
        supply_provider=flows.customer,
        supply_share=flows.value / np.repeat(turnover(flows), np.diff(flows.start)),
    )


def _cascade_bindings(
    network: Network, hit: Floats, loss: Floats, weight: Floats, slack: float
) -> tuple[Bindings, TracedRound]:
    """Return the bindings of one cascade with final losses (n,), and the round that they are read off."""
    supply_loss = loss[network.supply_provider]
    part = network.supply_share * weight[network.supply_provider] * supply_loss
    unmet = np.add.reduceat(part, network.supply_start[:-1]) * network.weights[1] if network.slots else np.zeros(0)
    # Losses are final up to rounding and eps: the slots that come nearest to the loss of a node bind.
    reached = np.zeros(network.size)
    np.maximum.at(reached, network.slot_owner, unmet)
    short = np.minimum(unmet, 1.0)
    nearest = (unmet >= reached[network.slot_owner] * (1 - slack)) & (unmet > 0)
    last = TracedRound(loss, loss, supply_loss, part, short, short, np.where(nearest, loss[network.slot_owner], 0.0), slack)
    own = np.where((hit > 0) & ~_exceeds_hit(loss, hit, slack), loss, 0.0)
    initial_loss = InitialLosses(own, np.zeros(network.slots), np.zeros(network.supplies))
    return find_bindings(network, initial_loss, last), last


def _supplier_weights(network: Network, flows: Flows, down: Floats) -> Floats:
    """Return sigma of each firm for downstream losses (k, n)."""
    return np.asarray(sigma(flows, operators(network, flows), down.T).T)
