"""Needs and their only suppliers: two nodes whose failure has the same effect on all others, so that one row names both."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from knockon.network.network import NONE, Bools, Ints, Mode, Network


def sole_suppliers(network: Network) -> Mapping[int, int]:
    """Return the need of each sole supplier: need row by supplier row.

    A sole supplier supplies this one need and nothing else, and everything that has
    the need gets it from this supplier alone. Closing either then leaves the same slots wholly short, and both have
    the same effect on every third node. A supplier of several needs, or one
    that is needed itself, fails more than any one of them does and is left out;
    so is one that delivers a part only. An entity without its provisions is no need of
    its own here: others get the entity from its provisions.

    The only provider of an entity for everyone is a sole supplier, too, where the entity is known to have no other, and
    nobody gets it from suppliers of their own: these do not lose with the provider.

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
    return need_of | _sole_providers(network, needed)


def _sole_providers(network: Network, needed: Bools) -> dict[int, int]:
    """Return the entity that each sole provider provides to everyone; ``needed`` marks nodes that are needed, (n,)."""
    one_supply = np.diff(network.supply_start) == 1
    provisions = one_supply & (network.slot_need == NONE) & ~network.inner_slots & (network.slot_owner < network.entities)
    uses = np.bincount(network.supply_provider, minlength=network.size)
    entity_of = {}
    # At the low reading provisions that may be incomplete lose nothing.
    for slot in np.flatnonzero(provisions & (network.weights[0] == 1)).tolist():
        supply, owner = int(network.supply_start[slot]), int(network.slot_owner[slot])
        provider = int(network.supply_provider[supply])
        whole = network.mode[slot] != Mode.SHARES or network.supply_share[supply] == 1
        visible = provider < network.entities and network.twin[provider] == NONE and network.twin[owner] == NONE
        if whole and visible and uses[provider] == 1 and uses[owner] == 0 and not needed[provider]:
            entity_of[provider] = owner
    return entity_of


def _only(size: int, keys: Ints, values: Ints) -> Ints:
    """Return for each key the one value that it has in all rows; NONE where there are several or none."""
    low, high = np.full(size, np.iinfo(np.int64).max), np.full(size, NONE)
    real = keys != NONE
    np.minimum.at(low, keys[real], values[real])
    np.maximum.at(high, keys[real], values[real])
    only: Ints = np.where(low == high, high, NONE)
    return only


__all__ = ["sole_suppliers"]
