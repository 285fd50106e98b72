"""Steps and bindings of the two cascades of ESRI, read off their losses."""

from __future__ import annotations

from typing import Any

import numpy as np

from knockon.network.flows import Flows
from knockon.network.network import NONE, Floats, Mode, Network
from knockon.propagation.bindings import Round, Struck, Trail, trail
from knockon.propagation.esri import Task
from knockon.propagation.sweeps import operators, sigma, struck_losses, turnover

HIT, DOWNSTREAM, UPSTREAM = 0, 1, 2


def trace(network: Network, task: Task, down: Floats, up: Floats, slack: float) -> dict[str, Any]:
    """What a Result says of each node, for losses (k, n) of both cascades that are good to ``slack``, relatively.

    Slots and supplies of the downstream cascade are rows of the network. In
    the upstream cascade a firm rests on its customers: there ``slot`` is -1,
    and ``supply`` the row in ``network.flows`` of what it sells to the source.
    """
    flows = network.flows
    assert flows is not None  # noqa: S101 - checked by the model
    back = reversed_flows(network, flows)
    shape = (len(task.start) - 1, network.size)
    told = {name: np.full(shape, NONE, np.int64) for name in ("step", "slot", "supply", "source")}
    channel = np.zeros(shape, np.int8)
    short = np.zeros((shape[0], network.slots))
    weight = _sigmas(network, flows, down) if task.replaceability else np.ones_like(down)
    for row in range(shape[0]):
        hit = struck_losses(network.size, task, np.array([row]))[:, 0]
        ahead, last = _one(network, hit, down[row], weight[row], slack)
        astern, _ = _one(back, hit, up[row], np.ones(network.size), slack)
        lost = np.maximum(down[row], up[row])
        upward = (up[row] > down[row]) & (lost > hit)
        for name, one, other in zip(told, ahead, astern, strict=True):
            told[name][row] = np.where(upward, other, one)
        told["slot"][row, upward] = NONE
        channel[row] = np.where(lost <= hit, HIT, np.where(upward, UPSTREAM, DOWNSTREAM))
        for rows in told.values():
            rows[row, lost == 0] = NONE
        short[row] = last.short
    loss = np.maximum(down, up)
    return {"loss": loss, "low": loss, "high": loss, **told, "shortage": short, "channel": channel}


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


def _one(network: Network, hit: Floats, loss: Floats, weight: Floats, slack: float) -> tuple[Trail, Round]:
    """The trail of one cascade whose losses have come to rest, as far as they have."""
    supply_loss = loss[network.supply_provider]
    part = network.supply_share * weight[network.supply_provider] * supply_loss
    meet = np.add.reduceat(part, network.supply_start[:-1]) * network.weights[1] if network.slots else np.zeros(0)
    # What rounding, or one more round, would add to a loss is no loss: the slot that comes nearest binds.
    reached = np.zeros(network.size)
    np.maximum.at(reached, network.slot_owner, meet)
    short = np.minimum(meet, 1.0)
    tight = np.where((meet >= reached[network.slot_owner]) & (meet > 0), loss[network.slot_owner], 0.0)
    last = Round(loss, loss, supply_loss, part, short, short, tight, slack)
    struck = Struck(np.where(loss <= hit, hit, 0.0), np.zeros(network.slots), np.zeros(network.supplies))
    return trail(network, struck, last), last


def _sigmas(network: Network, flows: Flows, down: Floats) -> Floats:
    return np.asarray(sigma(flows, operators(network, flows), down.T).T)
