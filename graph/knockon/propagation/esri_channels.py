"""Steps and bindings of the two cascades of ESRI, read off their losses."""

from __future__ import annotations

from typing import Any

import numpy as np

from knockon.network.flows import Flows
from knockon.network.hits import InitialLosses
from knockon.network.network import NONE, Bools, Floats, Mode, Network
from knockon.propagation.esri_rounds import initial_losses, operators, sigma, turnover
from knockon.propagation.esri_task import DOWNSTREAM, HIT, UPSTREAM, EsriTask
from knockon.propagation.trace import Bindings, TracedRound, find_bindings
from knockon.propagation.traversal import on_cycles


def trace_cascades(network: Network, task: EsriTask, down: Floats, up: Floats, slack: float) -> dict[str, Any]:
    """What a Result says of each node, for losses (k, n) of both cascades that are good to ``slack``, relatively.

    Slots and supplies of the downstream cascade are rows of the network. In
    the upstream cascade a firm rests on its customers: there ``slot`` is -1,
    and ``supply`` the row in ``network.flows`` of what it sells to the source.
    ``trails`` are those of both, ``channel`` says which one a node reports.
    """
    flows = network.flows
    assert flows is not None  # noqa: S101 - checked by the model
    reversed_network = reversed_flows(network, flows)
    shocks = len(task.start) - 1
    channel = np.zeros((shocks, network.size), np.int8)
    short = np.zeros((shocks, network.slots))
    weight = _supplier_weights(network, flows, down) if task.replaceability else np.ones_like(down)
    trails = tuple(Bindings(*(np.full(channel.shape, NONE, np.int64) for _ in Bindings._fields)) for _ in range(2))
    for row in range(shocks):
        hit = initial_losses(network.size, task, np.array([row]))[:, 0]
        downstream, last = _cascade_bindings(network, hit, down[row], weight[row], slack)
        upstream, _ = _cascade_bindings(reversed_network, hit, up[row], np.ones(network.size), slack)
        upstream.slot[:] = NONE
        for cascade, bindings in zip(trails, (downstream, upstream), strict=True):
            for rows, values in zip(cascade, bindings, strict=True):
                rows[row] = values
        lost = np.maximum(down[row], up[row])
        upward = _reports_upstream(downstream, upstream, (up[row] > down[row]) & _exceeds_hit(lost, hit, slack))
        channel[row] = np.where(_exceeds_hit(lost, hit, slack), np.where(upward, UPSTREAM, DOWNSTREAM), HIT)
        short[row] = last.short
    loss = np.maximum(down, up)
    reported = {
        name: np.where(channel == UPSTREAM, *(getattr(bindings, name) for bindings in trails[::-1]))
        for name in Bindings._fields
    }
    return {"loss": loss, "low": loss, "high": loss, **reported, "shortage": short, "channel": channel, "trails": trails}


def _exceeds_hit(lost: Floats, hit: Floats, slack: float) -> Bools:
    """Who loses more than the hit itself: not what rounding adds to it."""
    return np.asarray((lost > 0) & ((hit == 0) | (lost > hit * (1 + slack))))


def _reports_upstream(downstream: Bindings, upstream: Bindings, upward: Bools) -> Bools:
    """Who reports the upstream cascade, so that no sources go round.

    A source loses at least as much as its customer or supplier, up to rounding.
    Sources that go round therefore lose the same in both cascades, and may as
    well report the downstream one, in which none do.
    """
    upward = upward.copy()
    while True:
        circle = on_cycles(np.where(upward, upstream.source, downstream.source))
        if not circle.size:
            return upward
        upward[circle] = False


def reversed_flows(network: Network, flows: Flows) -> Network:
    """The network in which every firm rests on its customers, by their share of its turnover."""
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
    """The trail of one cascade whose losses have come to rest, as far as they have."""
    supply_loss = loss[network.supply_provider]
    part = network.supply_share * weight[network.supply_provider] * supply_loss
    meet = np.add.reduceat(part, network.supply_start[:-1]) * network.weights[1] if network.slots else np.zeros(0)
    # What rounding, or one more round, would add to a loss is no loss: the slots that come nearest bind.
    reached = np.zeros(network.size)
    np.maximum.at(reached, network.slot_owner, meet)
    short = np.minimum(meet, 1.0)
    nearest = (meet >= reached[network.slot_owner] * (1 - slack)) & (meet > 0)
    last = TracedRound(loss, loss, supply_loss, part, short, short, np.where(nearest, loss[network.slot_owner], 0.0), slack)
    own = np.where((hit > 0) & ~_exceeds_hit(loss, hit, slack), loss, 0.0)
    initial_loss = InitialLosses(own, np.zeros(network.slots), np.zeros(network.supplies))
    return find_bindings(network, initial_loss, last), last


def _supplier_weights(network: Network, flows: Flows, down: Floats) -> Floats:
    return np.asarray(sigma(flows, operators(network, flows), down.T).T)
