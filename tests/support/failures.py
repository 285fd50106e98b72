"""The chance model by its definition: every outcome one by one, spread with sets."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from knockon.network.hits import NODE, SLOT, SUPPLY
from knockon.network.network import Mode
from support.networks import PlainHit, PlainNetwork, Shock, networks_with_shocks


def counted(plain: PlainNetwork, shock: Shock) -> list[float]:
    """The probabilities by the definition."""
    probability = [0.0] * plain.size
    for failed, weight in outcomes(plain, shock):
        for node in failed:
            probability[node] += weight
    return probability


def outcomes(
    plain: PlainNetwork, shock: Shock, forced: int | None = None, safe: int | None = None
) -> Iterator[tuple[set[int], float]]:
    """What fails in every outcome of slots and hits, spread with sets, and the probability of it; no shares.

    ``forced`` is a node that is made to fail, and ``safe`` one that never does.
    """
    severity: dict[tuple[int, object], float] = {}
    for one in shock:
        severity[one.kind, one.target] = max(severity.get((one.kind, one.target), 0.0), one.severity[1])
    things = [*severity.items(), *(((9, row), s.weight[1]) for row, s in enumerate(plain.slots))]
    for outcome in itertools.product((False, True), repeat=len(things)):
        weight = float(np.prod([p if here else 1 - p for here, (_, p) in zip(outcome, things, strict=True)]))
        if weight:
            happens = {thing for here, (thing, _) in zip(outcome, things, strict=True) if here}
            yield spread(plain, happens | ({(NODE, forced)} if forced is not None else set()), safe), weight


def spread(plain: PlainNetwork, happens: set[tuple[int, object]], safe: int | None = None) -> set[int]:
    """What fails where some things happen; ``safe`` is a node that never does."""
    failed = {node for node in range(plain.size) if (NODE, node) in happens}
    failed.discard(safe)
    while True:
        new = set(failed)
        for row, s in enumerate(plain.slots):
            lost = sum((SUPPLY, (row, place)) in happens or p in failed for place, (p, _) in enumerate(s.supplies))
            holding = {Mode.ALL_OF: len(s.supplies), Mode.ANY_OF: 1}.get(s.mode, s.at_least)
            met = not s.supplies or len(s.supplies) - lost >= holding
            if (9, row) in happens and ((SLOT, row) in happens or s.need in failed or not met):
                new.add(s.owner)
        new.discard(safe)
        if new == failed:
            return failed
        failed = new


@st.composite
def few(draw: st.DrawFn, **options: Any) -> tuple[PlainNetwork, Shock]:
    """A case with so few uncertain things that all outcomes can be counted."""
    plain, shock = draw(networks_with_shocks(**options))
    return replace(plain, slots=plain.slots[:6]), tuple(h for h in shock if slot_of(h) < 6)[:3]


def slot_of(one: PlainHit) -> int:
    if one.kind == NODE:
        return 0
    return one.target[0] if isinstance(one.target, tuple) else one.target
