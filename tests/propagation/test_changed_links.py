"""Many variants of one network at once: the losses of the model on each changed network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.network.hits import SUPPLY
from knockon.network.network import NONE, Mode, Network
from knockon.propagation.changed_links import Change, ChangedNetworks
from knockon.propagation.leontief import leontief
from knockon.vocabulary import Interval
from support.networks import PlainNetwork, Shock, Slot, hit, intervals, networks_with_shocks, slot, to_arrays

FINE = 1e-15
Case = tuple[PlainNetwork, Shock]


def changed(plain: PlainNetwork, shock: Shock, changes: list[Change]) -> Case:
    """The same changes as a network of its own; a further supplier stands beside a node for all that were there."""
    slots, size = list(plain.slots), plain.size + 1
    safe = plain.size
    for change in changes:
        row, old = change.slot, slots[change.slot]
        if change.weight is not None:
            slots[row] = old = replace(old, weight=change.weight)
        if change.supply is not None:
            provider = safe if change.provider == NONE else change.provider
            supplies = tuple((provider if i == change.supply else p, share) for i, (p, share) in enumerate(old.supplies))
            slots[row] = old = replace(old, supplies=supplies)
            shock = tuple(one for one in shock if one.kind != SUPPLY or one.target != (row, change.supply))
        if change.at_least is not None:
            slots[row] = old = replace(old, mode=Mode.AT_LEAST, at_least=change.at_least, unstated=())
        if change.backup is not None and old.supplies:
            backup = safe if change.backup == NONE else change.backup
            slots.append(Slot(size, safe, Interval(1.0, 1.0, 1.0), old.mode, old.at_least, old.supplies, old.unstated))
            slots[row] = replace(old, mode=Mode.ANY_OF, at_least=0, supplies=((size, 0.0), (backup, 0.0)), unstated=())
            last = len(slots) - 1
            shock = tuple(
                replace(one, target=(last, one.target[1])) if one.kind == SUPPLY and one.target[0] == row else one  # type: ignore[index]
                for one in shock
            )
            size += 1
    return PlainNetwork(size, tuple(slots)), shock


@st.composite
def changes_of(draw: st.DrawFn, plain: PlainNetwork) -> list[Change]:
    """Up to three changes, of different slots, each of one or several parts."""
    changes = []
    for row in draw(st.lists(st.sampled_from(range(len(plain.slots))), max_size=3, unique=True)) if plain.slots else ():
        count = len(plain.slots[row].supplies)
        node = st.none() | st.integers(NONE, plain.size - 1)
        place = draw(st.none() | st.integers(0, count - 1)) if count else None
        changes.append(
            Change(
                row,
                weight=draw(st.none() | intervals()),
                backup=draw(node),
                supply=place,
                provider=draw(st.integers(NONE, plain.size - 1)) if place is not None else NONE,
                at_least=draw(st.none() | st.integers(1, count)) if count else None,
            )
        )
    return changes


def on_arrays(network: Network, rows: list[int], changes: list[Change]) -> list[Change]:
    """Changes of a plain network in the rows of its arrays."""
    return [
        one._replace(
            slot=rows[one.slot],
            supply=None if one.supply is None else int(network.supply_start[rows[one.slot]]) + one.supply,
        )
        for one in changes
    ]


@given(networks_with_shocks(), st.data())
def test_a_lane_is_the_model_on_the_changed_network(case: Case, data: st.DataObject) -> None:
    """Criticalities, further suppliers, others in place, fewer that must work: all at once as rerun one by one."""
    plain, shock = case
    if not plain.size:
        return
    network, hits, rows = to_arrays(plain, [shock])
    variants = data.draw(st.lists(changes_of(plain), min_size=1, max_size=4))
    target = data.draw(st.integers(0, plain.size - 1))
    losses = ChangedNetworks(network, hits, 0, eps=FINE).losses(target, [on_arrays(network, rows, one) for one in variants])
    for lane, changes in enumerate(variants):
        other, changed_shock = changed(plain, shock, changes)
        rerun_network, rerun_hits, _ = to_arrays(other, [changed_shock])
        rerun = leontief(rerun_network, rerun_hits, eps=FINE)
        expected = [float(ends[0, target]) for ends in (rerun.low, rerun.loss, rerun.high)]
        assert losses[:, lane].tolist() == pytest.approx(expected, abs=1e-12)


@given(networks_with_shocks(), st.data())
def test_a_batch_gives_what_each_gives_alone(case: Case, data: st.DataObject) -> None:
    """To the last bit; and without any change, what leontief says."""
    plain, shock = case
    if not plain.size:
        return
    network, hits, rows = to_arrays(plain, [shock])
    variants = [on_arrays(network, rows, one) for one in data.draw(st.lists(changes_of(plain), max_size=4))]
    every = ChangedNetworks(network, hits, 0)
    together = every.losses(0, [[], *variants])
    alone = [every.losses(0, [one])[:, 0].tolist() for one in [[], *variants]]
    assert together.T.tolist() == alone
    plainly = leontief(network, hits)
    assert together[:, 0].tolist() == [float(ends[0, 0]) for ends in (plainly.low, plainly.loss, plainly.high)]
    assert (together[0] <= together[1]).all()
    assert (together[1] <= together[2]).all()


@given(networks_with_shocks(), st.data())
def test_where_every_number_is_known_the_bounds_are_the_point(case: Case, data: st.DataObject) -> None:
    """One run gives what three give, to the last bit, unless shares are read in several ways."""
    plain, shock = case
    if not plain.size:
        return
    network, hits, rows = to_arrays(plain, [shock])
    certain = replace(network, weights=np.repeat(network.weights[1:2], 3, axis=0))
    hits = replace(hits, severity=np.repeat(hits.severity[1:2], 3, axis=0))
    variants = [on_arrays(network, rows, one) for one in data.draw(st.lists(changes_of(plain), max_size=4))]
    losses = ChangedNetworks(certain, hits, 0).losses(0, [[], *variants])
    assert losses[1].tolist() == ChangedNetworks(certain, hits, 0).point_losses(0, [[], *variants]).tolist()
    plainly = leontief(certain, hits)
    assert losses[:, 0].tolist() == [float(ends[0, 0]) for ends in (plainly.low, plainly.loss, plainly.high)]


@given(networks_with_shocks(), st.data())
def test_less_critical_or_backed_never_costs_more(case: Case, data: st.DataObject) -> None:
    """A lower criticality, a further supplier, a supplier less that must work: no loss rises."""
    plain, shock = case
    if not plain.slots:
        return
    network, hits, _ = to_arrays(plain, [shock])
    row, part = data.draw(st.integers(0, len(plain.slots) - 1)), data.draw(st.floats(0, 1))
    softer = [Change(row, weight=Interval(*(network.weights[:, row] * part).tolist()))]
    softer += [Change(row, backup=data.draw(st.integers(NONE, plain.size - 1)))]
    if network.mode[row] == Mode.AT_LEAST and network.at_least[row] > 1 and np.diff(network.supply_start)[row]:
        softer += [Change(row, at_least=int(network.at_least[row]) - 1)]
    for target in range(plain.size):
        losses = ChangedNetworks(network, hits, 0, eps=FINE).losses(target, [[], *([one] for one in softer)])
        assert (losses[:, 1:] <= losses[:, :1] + 1e-12).all()


def test_a_further_supplier_does_not_mend_the_need() -> None:
    """Where the supplier is lost it helps wholly; where the need is lost, or the dependency hit, not at all."""
    plain = PlainNetwork(3, (slot(0, 1, 1.0, Mode.ALL_OF, 2),))
    for target, left in ((2, 0.0), (1, 1.0)):
        network, hits, _ = to_arrays(plain, [(hit(target),)])
        assert ChangedNetworks(network, hits, 0).losses(0, [[Change(0, backup=NONE)]])[1].tolist() == [left]
    network, hits, _ = to_arrays(plain, [(hit(0, kind=1),)])
    assert ChangedNetworks(network, hits, 0).losses(0, [[Change(0, backup=NONE)]])[1].tolist() == [1.0]


def test_another_supplier_may_be_lost_as_well() -> None:
    """A named one counts with its own loss in this cascade, as a further one and in place of the old."""
    plain = PlainNetwork(4, (slot(0, 1, 1.0, Mode.ALL_OF, 2),))
    network, hits, _ = to_arrays(plain, [(hit(2), hit(3, 0.25))])
    changes = [[Change(0, backup=3)], [Change(0, supply=0, provider=3)], [Change(0, backup=3), Change(0, supply=0)]]
    assert ChangedNetworks(network, hits, 0).losses(0, changes)[1].tolist() == [0.25, 0.25, 0.0]


def test_a_cap_is_told() -> None:
    """A chain needs as many rounds as it is long."""
    network, hits, _ = to_arrays(PlainNetwork(4, tuple(slot(i + 1, i) for i in range(3))), [(hit(0),)])
    capped = ChangedNetworks(network, hits, 0, cap=2)
    capped.losses(3, [[]])
    assert capped.capped
    assert not ChangedNetworks(network, hits, 0).capped
