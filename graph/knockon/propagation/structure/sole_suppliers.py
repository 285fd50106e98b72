"""Needs and their only suppliers: two nodes whose failure has the same effect on all others, so that one row names both."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from knockon.network.network import NONE, Ints, Mode, Network


def sole_suppliers(network: Network) -> Mapping[int, int]:
    """Return the need of each sole supplier: need row by supplier row.

    A sole supplier supplies this one need and nothing else, and everything that has
    the need gets it from this supplier alone. Closing either then leaves the same slots wholly short, and both have
    the same effect on every third node. A supplier of several needs, or one
    that is needed itself, fails more than any one of them does and is left out;
    so is one that delivers a part only. An entity without its provisions is no need of
    its own here: others get the entity from its provisions.

    >>> from knockon.model import Dependency
    >>> from knockon.network.compile import compile_network
    >>> bread = Dependency(id="urn:x:d", dependant="urn:x:bread", need="urn:x:flour", supply=[{"provider": "urn:x:mill"}])
    >>> network = compile_network([bread]).network
    >>> [(network.nodes[supplier], network.nodes[need]) for supplier, need in sole_suppliers(network).items()]
    [('urn:x:mill', 'urn:x:flour')]
    """
    need, supplier = network.slot_need[network.supply_slot], network.supply_provider
    counts = np.diff(network.supply_start)
    # Left out: suppliers that are needed themselves, needs that supply something, needs that anybody meets otherwise.
    needed = np.zeros(network.size, bool)
    needed[network.slot_need[network.slot_need != NONE]] = True
    of_supplier, of_need = _only(network.size, supplier, need), _only(network.size, need, supplier)
    alone = np.ones(network.size, bool)
    alone[supplier] = False
    partial = (network.mode[network.supply_slot] == Mode.SHARES) & (network.supply_share < 1)
    lacking = (network.slot_need != NONE) & (counts != 1)
    lacking[network.supply_slot[partial]] = True
    alone[network.slot_need[lacking]] = False
    need_of = {}
    for row in np.flatnonzero(of_supplier[: network.entities] != NONE).tolist():
        other = int(of_supplier[row])
        if other < network.entities and other != row and of_need[other] == row and alone[other] and not needed[row]:
            need_of[row] = other
    return need_of


def _only(size: int, keys: Ints, values: Ints) -> Ints:
    """Return for each key the one value that it has in all rows; NONE where there are several or none."""
    low, high = np.full(size, np.iinfo(np.int64).max), np.full(size, NONE)
    real = keys != NONE
    np.minimum.at(low, keys[real], values[real])
    np.maximum.at(high, keys[real], values[real])
    only: Ints = np.where(low == high, high, NONE)
    return only


__all__ = ["sole_suppliers"]
