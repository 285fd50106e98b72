"""ESRI: its published values, the published equations written plainly, its laws, and what a result says of each node."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from knockon.errors import InvalidData, UsageError
from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.network.network import NONE, Network
from knockon.propagation.esri import EsriResult, esri
from knockon.propagation.esri_task import DOWNSTREAM, HIT, UPSTREAM
from knockon.propagation.leontief import leontief
from support.flow_tables import BETWEEN, Table, firm_losses, published_esri, renumbered, tables, tables_with_losses

Case = tuple[Table, tuple[float, ...]]
BY_NODE = ("loss", "low", "high", "step", "slot", "supply", "source", "shortage")


# The first figure of the paper: eleven firms, ten links of one each

SELLER = [1, 1, 2, 5, 6, 6, 7, 8, 8, 9]
BUYER = [0, 2, 6, 6, 3, 10, 10, 4, 9, 6]
SECTOR = [0, 1, 0, 2, 3, 1, 3, 0, 1, 2, 4]


@pytest.mark.parametrize(
    ("essential", "replaceability", "index"),
    [
        (1, False, [0.1, 0.366667, 0.266667, 0.35, 0.1, 0.166667, 0.7, 0.1, 0.366667, 0.266667, 0.45]),
        (1, True, [0.1, 0.3, 0.266667, 0.35, 0.1, 0.116667, 0.7, 0.1, 0.311111, 0.266667, 0.45]),
        (2, True, [0.1, 0.366667, 0.4, 0.35, 0.1, 0.15, 0.7, 0.1, 0.4, 0.4, 0.45]),
    ],
)
def test_the_figure_of_the_paper(essential: int, replaceability: bool, index: list[float]) -> None:
    """Each firm closed in turn has the published index: inputs non-essential or essential, replaceable or not."""
    network = Network.from_flows(SELLER, BUYER, [1.0] * 10, SECTOR, np.full((5, 5), essential))
    result = esri(network, replaceability=replaceability)
    assert result.index.tolist() == pytest.approx(index, abs=5e-7)
    assert result.parameters["eps"] == 0.01
    assert result.parameters["final_demand"] == 0.0
    assert set(result.stopped_by) == {"tolerance"}


# The published equations


@given(tables_with_losses(), st.sampled_from([BETWEEN, BETWEEN / 100, BETWEEN * 1e-7]), st.integers(1, 60), st.booleans())
def test_the_equations_written_plainly_give_the_same(case: Case, eps: float, cap: int, replaceability: bool) -> None:
    """Index, both channels, losses, rounds and residual are those of loops over dicts, to 1e-12."""
    table, psi = case
    plain = published_esri(table, psi, eps, cap, replaceability)
    result = esri(table.network(), [psi] if psi else np.zeros((1, 0)), eps=eps, cap=cap, replaceability=replaceability)
    numbers = [result.index[0], result.downstream[0], result.upstream[0], result.residual[0]]
    assert numbers == pytest.approx([plain.index, plain.downstream, plain.upstream, plain.residual], abs=1e-12)
    assert result.iterations[0] == plain.iterations
    assert result.stopped_by == (("tolerance",) if plain.residual <= eps else ("cap",))
    assert result.loss[0].tolist() == pytest.approx(np.maximum(plain.down, plain.up).tolist(), abs=1e-12)


@given(tables_with_losses())
def test_one_cascade_alone_is_that_channel(case: Case) -> None:
    """Downstream or upstream alone: after equally many rounds its index is the one it has beside the other."""
    table, psi = case
    network, shocks = table.network(), np.array([psi]).reshape(1, table.size)
    both, plain = esri(network, shocks, eps=0, cap=7), published_esri(table, psi, 0, 7, True)
    down = esri(network, shocks, eps=0, cap=7, cascade="downstream")
    up = esri(network, shocks, eps=0, cap=7, cascade="upstream")
    assert (down.downstream[0], up.upstream[0]) == pytest.approx((both.downstream[0], both.upstream[0]), abs=1e-12)
    assert down.loss[0].tolist() == pytest.approx(list(plain.down), abs=1e-12)
    assert up.loss[0].tolist() == pytest.approx(list(plain.up), abs=1e-12)


@given(tables_with_losses(leak=True), st.booleans())
def test_exact_is_where_a_tiny_eps_arrives(case: Case, replaceability: bool) -> None:
    """With final demand everywhere the equations solved are the cascade run to its end."""
    table, psi = case
    network, shocks = table.network(), np.array([psi]).reshape(1, table.size)
    exact = esri(network, shocks, exact=True, replaceability=replaceability)
    run = esri(network, shocks, eps=1e-15, cap=100_000, replaceability=replaceability)
    for name in ("index", "downstream", "upstream", "loss"):
        assert getattr(exact, name) == pytest.approx(getattr(run, name), abs=1e-10)
    assert exact.stopped_by == ("tolerance",)
    assert exact.parameters["engine"] == "exact"


def test_exact_needs_a_leak() -> None:
    """A circle that sells to nobody else has no fixed point but collapse: the firms are named, and what to give."""
    circle = Network.from_flows([0, 1, 2, 0], [1, 2, 0, 3], [1.0] * 4, [0, 1, 2, 3], final_demand=[0, 0, 0, 1])
    assert esri(circle, [0], exact=True).stopped_by == ("tolerance",)
    circle = Network.from_flows([0, 1, 2, 3], [1, 2, 0, 1], [1.0] * 4, [0, 1, 2, 3])
    with pytest.raises(InvalidData, match="no leak") as error:
        esri(circle, [0], exact=True)
    assert "firms 0, 1, 2 " in str(error.value)
    assert "final_demand" in str(error.value)
    assert esri(circle, [0], exact=True, cascade="downstream").loss[0].tolist() == [1.0, 0.5, 0.5, 0.0]
    mended = Network.from_flows([0, 1, 2, 3], [1, 2, 0, 1], [1.0] * 4, [0, 1, 2, 3], final_demand=[0.5, 0, 0, 0])
    assert esri(mended, [3], exact=True).stopped_by == ("tolerance",)


# Laws


@given(tables(), st.booleans())
def test_no_shock_is_exactly_nothing(table: Table, exact: bool) -> None:
    """Losses of 0 leave zeros, no steps and no channels, in one round."""
    assume(not exact or all(table.final_demand))
    result = esri(table.network(), np.zeros((2, table.size)), exact=exact)
    for rows in (result.index, result.downstream, result.upstream, result.residual, result.loss, result.shortage):
        assert not rows.any()
    assert (result.step == NONE).all()
    assert (result.source == NONE).all()
    assert result.channel is not None
    assert not result.channel.any()
    assert result.iterations.tolist() == [1, 1]
    assert result.unaffected.tolist() == [table.size] * 2


@given(tables_with_losses(), st.data(), st.integers(1, 12))
def test_no_loss_falls_when_the_shock_rises(case: Case, data: st.DataObject, rounds: int) -> None:
    """After equally many rounds a harder shock has cost nobody less; the index lies in 0..1, and no channel above it."""
    table, psi = case
    more = [a + (1 - a) * b for a, b in zip(psi, data.draw(firm_losses(table)), strict=True)]
    result = esri(table.network(), np.array([psi, more]).reshape(2, table.size), eps=0, cap=rounds)
    # Whoever has come to rest sooner would lose no more in further rounds.
    assert (result.loss[1] >= result.loss[0] - 1e-12).all()
    assert (result.index <= 1 + 1e-12).all()
    assert (result.index[1] >= result.index[0] - 1e-12) & (result.index >= 0).all()
    assert (np.maximum(result.downstream, result.upstream) <= result.index + 1e-12).all()
    assert ((result.loss >= 0) & (result.loss <= 1)).all()
    assert (result.loss >= [psi, more]).all() if table.size else True
    assert ((result.shortage >= 0) & (result.shortage <= 1)).all()


@given(tables_with_losses(), st.data())
def test_other_numbers_for_the_firms_change_nothing(case: Case, data: st.DataObject) -> None:
    """Relabelled firms, flows in another order: the same index, losses and rounds."""
    table, psi = case
    new = data.draw(st.permutations(range(table.size)))
    moved = np.zeros((1, table.size))
    moved[0, new] = psi
    before = esri(table.network(), np.array([psi]).reshape(1, -1), eps=BETWEEN)
    after = esri(renumbered(table, new).network(), moved, eps=BETWEEN)
    assert after.index[0] == pytest.approx(before.index[0], abs=1e-12)
    assert after.loss[0, new].tolist() == pytest.approx(before.loss[0].tolist(), abs=1e-12)
    assert after.iterations[0] == before.iterations[0]


@given(tables(), st.data())
def test_a_batch_is_one_by_one(table: Table, data: st.DataObject) -> None:
    """Several shocks at once give, row by row, what each gives alone."""
    shocks = data.draw(st.lists(firm_losses(table), min_size=1, max_size=3))
    network = table.network()
    together = esri(network, np.array(shocks).reshape(len(shocks), table.size), eps=BETWEEN)
    for row, shock in enumerate(shocks):
        alone = esri(network, np.array([shock]).reshape(1, table.size), eps=BETWEEN)
        for name in (*BY_NODE, "channel"):
            assert getattr(together, name)[row].tolist() == getattr(alone, name)[0].tolist(), name
        assert together.index[row] == pytest.approx(alone.index[0], abs=1e-15)
        assert together.iterations[row] == alone.iterations[0]


@given(tables())
def test_the_forms_of_shocks_are_one(table: Table) -> None:
    """None closes each firm in turn, as numbers, rows of losses and hits on nodes do."""
    network, n = table.network(), table.size
    each = esri(network)
    hits = Hits(n, np.arange(n), np.full(n, NODE), np.arange(n), np.ones((3, n)))
    for other in (np.arange(n), np.eye(n), hits):
        assert esri(network, other).loss.tolist() == each.loss.tolist()
    assert each.loss.shape == (n, n)
    assert (each.loss.diagonal() == 1).all()


@given(tables(), st.data())
def test_an_isolated_firm_is_left_alone(table: Table, data: st.DataObject) -> None:
    """A firm without flows changes nothing for the others, and loses what hits it and no more."""
    psi = data.draw(firm_losses(table))
    wider = replace(table, sector=(*table.sector, 0), final_demand=(*table.final_demand, 0.0))
    before = esri(table.network(), np.array([psi]).reshape(1, -1))
    after = esri(wider.network(), np.array([[*psi, 0.5]]))
    assert after.loss[0].tolist() == [*before.loss[0].tolist(), 0.5]
    assert after.index[0] == pytest.approx(before.index[0], abs=1e-15)


def test_empty_tables_are_safe() -> None:
    """No firms, no flows, no shocks: answers of the right shape."""
    none = Network.from_flows([], [], [])
    assert esri(none).loss.shape == (0, 0)
    assert esri(none, np.zeros((1, 0))).index.tolist() == [0.0]
    still = Network.from_flows([], [], [], sector=[0, 1, 0])
    assert esri(still).loss.tolist() == np.eye(3).tolist()
    assert esri(still).index.tolist() == [0.0, 0.0, 0.0]
    assert esri(still, exact=True).index.tolist() == [0.0, 0.0, 0.0]
    some = Network.from_flows([0], [1], [1.0])
    assert esri(some, []).index.shape == (0,)
    assert esri(some, np.zeros((0, 2)), exact=False).loss.shape == (0, 2)
    assert esri(Network.from_flows([0, 1], [1, 0], [1, 1], final_demand=[1, 1]), [], exact=True).loss.shape == (0, 2)


def test_a_circle_ends() -> None:
    """Three firms that sell to each other alone lose all they can, and the result says how it ended."""
    circle = Network.from_flows([0, 1, 2], [1, 2, 0], [1.0] * 3)
    result = esri(circle, [[0.5, 0.0, 0.0]], eps=0)
    assert result.loss.tolist() == [[0.5, 0.5, 0.5]]
    assert result.stopped_by == ("tolerance",)
    assert result.residual.tolist() == [0.0]


def test_a_firm_may_sell_to_itself() -> None:
    """As input-output tables have it: what a firm takes from itself falls with it, and the run ends."""
    own = Network.from_flows([0, 1, 0], [0, 0, 1], [1.0, 1.0, 1.0], self_flows=True)
    result = esri(own, [1], eps=0, cap=100_000, replaceability=False)
    assert result.loss[0].tolist() == pytest.approx([1.0, 1.0], abs=1e-12)


# How it ends


def test_the_cap_stops_and_says_so() -> None:
    """A chain longer than the cap is cut off there: cap, truncated, a residual above eps, no loss beyond."""
    chain = Network.from_flows([0, 1, 2, 3], [1, 2, 3, 4], [1.0] * 4)
    result = esri(chain, [0, 4], cap=2, cascade="downstream", replaceability=False)
    assert result.stopped_by == ("cap", "tolerance")
    assert result.truncated
    assert result.iterations.tolist() == [2, 1]
    assert result.residual.tolist() == [1.0, 0.0]
    assert result.loss[0].tolist() == [1.0, 1.0, 1.0, 0.0, 0.0]
    assert not esri(chain, [0], cap=5, cascade="downstream", replaceability=False).truncated


def test_the_residual_is_the_last_rise() -> None:
    """A loss of a tenth stops a run with eps 0.2 at once, and the result carries it."""
    network = Network.from_flows([0, 2], [1, 1], [1.0, 9.0], final_demand=[99, 0, 99])
    result = esri(network, [0], eps=0.2, replaceability=False)
    assert (result.iterations[0], result.stopped_by) == (1, ("tolerance",))
    assert result.residual[0] == pytest.approx(0.1)


def test_without_a_leak_the_index_hangs_on_eps() -> None:
    """As the module says: without final demand a smaller eps goes on to collapse; with it, it does not."""
    seller, buyer = [0, 1, 1, 2], [1, 0, 2, 1]
    for demand, collapses in (([0.0] * 3, True), ([1.0] * 3, False)):
        network = Network.from_flows(seller, buyer, [1.0, 1.0, 1.0, 1.0], final_demand=demand)
        fine = esri(network, [0], eps=1e-6, cap=100_000).upstream[0]
        assert (fine > 0.99) == collapses


# Bad input


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"eps": -0.1}, "eps"),
        ({"eps": 1.0}, "eps"),
        ({"eps": float("nan")}, "eps"),
        ({"cap": 0}, "cap"),
        ({"dtype": np.int64}, "float64 or float32"),
        ({"threads": 0}, "threads must be a whole number"),
        ({"cap": 2.5}, "cap must be a whole number"),
        ({"exact": "no"}, "exact must be True or False"),
        ({"dtype": "foo"}, "dtype must be float64 or float32"),
        ({"dtype": "float32", "eps": 1e-9}, "float32 cannot distinguish"),
        ({"engine": "abacus"}, "known are auto, numpy, numba"),
        ({"cascade": "sideways"}, "known are both, downstream, upstream"),
        ({"shocks": [9]}, "outside 0..1"),
        ({"shocks": [[0.5, 1.5]]}, "in 0..1"),
        ({"shocks": [[0.5]]}, r"\(k, 2\)"),
    ],
)
def test_what_makes_no_sense_is_said(wrong: dict[str, object], message: str) -> None:
    """Each parameter out of its range is a UsageError that says which."""
    with pytest.raises(UsageError, match=message):
        esri(Network.from_flows([0], [1], [1.0]), **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [SLOT, SUPPLY])
def test_only_firms_can_be_hit(kind: int) -> None:
    """A hit on a slot or a supply is refused: the published model knows none."""
    one = np.zeros(1, np.int64)
    with pytest.raises(UsageError, match="esri takes losses of nodes"):
        esri(Network.from_flows([0], [1], [1.0]), Hits(1, one, np.full(1, kind), one, np.ones((3, 1))))


def test_it_needs_flows() -> None:
    """A network that was not made of flows is refused, with what would do."""
    flows = Network.from_flows([0], [1], [1.0])
    with pytest.raises(UsageError, match="from_flows"):
        esri(replace(flows, flows=None))


# What a result keeps


def test_many_shocks_keep_no_losses_by_node(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit, or with losses=False, the index stays and asking for the rest says what to do; losses=True keeps it."""
    network = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
    without = esri(network, losses=False)
    assert without.index.tolist() == esri(network).index.tolist()
    assert without.channel is None
    for name in (*BY_NODE, "unaffected"):
        with pytest.raises(UsageError, match="losses=True"):
            getattr(without, name)
    with pytest.raises(UsageError, match="losses=True"):
        without.path(0, 1)
    monkeypatch.setattr(import_module("knockon.propagation.esri"), "MAX_KEPT", 8)
    with pytest.raises(UsageError, match="losses=True"):
        _ = esri(network).loss
    assert esri(network, [0, 1]).loss.shape == (2, 3)
    assert esri(network, losses=True).loss.shape == (3, 3)


# Bindings

#: Two suppliers of which the larger rests on its customer: at the limit all lose the same, and the larger part goes round.
AT_THE_LIMIT: Case = (
    Table(((0, 1, 1.0), (2, 1, 9.0), (1, 2, 9.0)), (0, 0, 0), ((1,),), (1.0, 1.0, 1.0)),
    (0.5, 0.0, 0.0),
)
#: Losses that are the same in both cascades but for the last bit.
LAST_BIT: Case = (
    Table(((3, 4, 2.0), (4, 0, 4.0), (3, 1, 4.0), (4, 2, 1.0), (0, 2, 2.0)), (1, 0, 0, 1, 1), ((1, 1), (0, 2)), (0.0,) * 5),
    (0.0, 0.0, 0.75, 0.75, 0.0),
)
#: A firm that is hit, and loses a last bit more by rounding.
CREEPING: Case = (
    Table(
        (
            (5, 3, 1.0), (2, 0, 2.0), (4, 2, 1.0), (2, 1, 1.0), (0, 1, 4.0), (5, 0, 2.0), (1, 4, 2.0), (2, 5, 2.0), (1, 3, 4.0),
            (5, 3, 2.0),
        ),
        (0,) * 6, ((1,),), (2.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    ),
    (0.75, 0.0, 0.25, 0.0, 0.0, 0.0),
)  # fmt: skip


@given(tables_with_losses(), st.sampled_from([0.0, 1e-12, BETWEEN]), st.sampled_from([2, 400]), st.booleans())
@example(AT_THE_LIMIT, 0.0, 2_000, False)
@example(LAST_BIT, BETWEEN, 3, True)
@example(CREEPING, 0.0, 200, False)
def test_bindings_lead_back_to_a_hit(case: Case, eps: float, cap: int, replaceability: bool) -> None:
    """Every loss has a step and a path to a firm that is hit; sources go round neither in one cascade nor between the two."""
    table, psi = case
    network = table.network()
    result = esri(network, np.array([psi]).reshape(1, -1), eps=eps, cap=cap, replaceability=replaceability)
    check_bindings(network, psi, result)


@given(tables_with_losses(leak=True))
@example(AT_THE_LIMIT)
def test_bindings_of_the_fixed_point_lead_back_to_a_hit(case: Case) -> None:
    """The same where losses have met their limits, and the largest part of one may come from its own customers."""
    table, psi = case
    network = table.network()
    check_bindings(network, psi, esri(network, np.array([psi]).reshape(1, -1), exact=True))


def check_bindings(network: Network, psi: tuple[float, ...], result: EsriResult) -> None:
    assert result.trails is not None
    assert result.channel is not None
    channel, source = result.channel[0], result.source[0]
    for node in range(network.size):
        lost, bindings = result.loss[0, node], result.trails[int(channel[node] == UPSTREAM)]
        for name in ("step", "slot", "supply", "source"):
            assert getattr(result, name)[0, node] == getattr(bindings, name)[0, node]
        if lost == 0:
            assert (result.step[0, node], source[node], channel[node], result.path(0, node)) == (NONE, NONE, HIT, ())
            continue
        path = result.path(0, node)
        assert path[0] == node
        assert psi[path[-1]] > 0
        assert bindings.step[0, list(path)].tolist() == list(range(len(path)))[::-1]
        assert (channel[node] == HIT) == (len(path) == 1)
        for behind in path:
            check_row(network, result, int(channel[node]), behind)
        seen = [node]
        while source[seen[-1]] != NONE:
            seen.append(int(source[seen[-1]]))
            assert len(seen) <= network.size, "the sources go round"
        assert psi[seen[-1]] > 0


def check_row(network: Network, result: EsriResult, channel: int, node: int) -> None:
    """The slot, supply and source of a node in one channel belong together."""
    assert network.flows is not None
    assert result.trails is not None
    step, slot, supply, source = (rows[0, node] for rows in result.trails[int(channel == UPSTREAM)])
    if step == 0:
        assert (slot, supply, source) == (NONE, NONE, NONE)
    elif channel == UPSTREAM:
        assert slot == NONE
        assert (network.flows.supplier[supply], network.flows.customer[supply]) == (node, source)
    else:
        assert network.slot_owner[slot] == node
        assert network.supply_slot[supply] == slot
        assert network.supply_provider[supply] == source
        assert network.weights[1, slot] > 0


def test_each_channel_has_its_own_cause() -> None:
    """A firm between a lost supplier and a lost customer reports the cascade by which it loses more."""
    # 0 sells to 1, which buys most of it elsewhere (3); 1 sells to 2, which takes nearly all it makes.
    network = Network.from_flows([0, 3, 1], [1, 1, 2], [1.0, 3.0, 9.0], final_demand=[0, 1, 0, 0])
    result = esri(network, [[1.0, 0.0, 1.0, 0.0]], eps=0)
    assert result.channel is not None
    assert result.channel[0].tolist() == [HIT, UPSTREAM, HIT, UPSTREAM]
    assert result.loss[0, 1] == pytest.approx(0.9)
    assert (result.source[0, 1], result.path(0, 1), result.path(0, 3)) == (2, (1, 2), (3, 1, 2))
    lone = esri(network, [0], eps=0)
    assert lone.channel is not None
    assert (lone.channel[0, 1], lone.path(0, 1)) == (DOWNSTREAM, (1, 0))
    with pytest.raises(UsageError, match="no shock 0 with a node 4"):
        lone.path(0, 4)


def test_leontief_of_flows_is_the_downstream_channel() -> None:
    """Where every input is essential, one kernel gives both readings: the general model is ESRI downstream, sigma 1."""
    network = Network.from_flows([0, 1, 3, 2], [1, 2, 2, 0], [2.0, 1.0, 3.0, 1.0], [0, 1, 2, 1], np.full((3, 3), 2))
    assert leontief(network, eps=1e-15).loss == pytest.approx(
        esri(network, eps=0, replaceability=False, cascade="downstream").loss, abs=1e-12
    )


# Costs beyond the inputs


def test_costs_let_the_downstream_cascade_leak() -> None:
    """Of a firm that spends twice what it buys, a lost input is worth half: the cascade fades, and its limit is exact."""
    plain = Network.from_flows([0, 1, 2], [1, 2, 1], [1.0, 1.0, 1.0])
    spent = [0.0, 4.0, 2.0]
    lost = esri(plain, [0], replaceability=False, cascade="downstream", eps=1e-14, costs=spent)
    # Firm 1 loses 1/4 of what firm 0 does and 1/4 of what firm 2 does, firm 2 a half of what firm 1 does.
    assert lost.loss[0].tolist() == pytest.approx([1.0, 0.25 / (1 - 0.125), 0.125 / (1 - 0.125)], abs=1e-12)
    within = Network.from_flows([0, 1, 2], [1, 2, 1], [1.0, 1.0, 1.0], costs=spent)
    assert np.array_equal(esri(within, [0]).loss, esri(plain, [0], costs=spent).loss)
    everything = esri(plain, [0], replaceability=False, cascade="downstream", eps=1e-14)
    assert everything.loss[0].tolist() == pytest.approx([1.0] * 3, abs=1e-9)


def test_costs_below_the_inputs_are_refused() -> None:
    """By firm; rounding of a sum is forgiven."""
    flows: tuple[Any, ...] = ([0, 1], [2, 2], [0.1, 0.2])
    with pytest.raises(InvalidData, match=r"costs\[2\]: 0.25 is less than the inputs of the firm"):
        Network.from_flows(*flows, costs=[0.0, 0.0, 0.25])
    rounded = Network.from_flows(*flows, costs=[0.0, 0.0, 0.3])
    assert rounded.flows is not None
    assert rounded.supply_share.sum() == pytest.approx(1.0)
    assert not rounded.flows.other_costs
    with pytest.raises(UsageError, match="costs must be 3 numbers"):
        esri(rounded, costs=[1.0])


def test_cascades_without_a_leak_are_said() -> None:
    """Upstream without final demand; downstream where inputs are all costs and nobody is replaceable."""
    flows: tuple[Any, ...] = ([0, 1, 2], [1, 2, 0], [1.0, 1.0, 1.0])
    bare = Network.from_flows(*flows)
    assert [text.split(",")[0] for text in esri(bare, replaceability=False).caveats] == [
        "no final demand is given", "inputs are taken as all costs and nobody is replaceable",
    ]  # fmt: skip
    assert len(esri(bare).caveats) == 1
    whole = Network.from_flows(*flows, final_demand=[1.0] * 3, costs=[2.0] * 3)
    assert esri(whole, replaceability=False).caveats == ()
    assert esri(Network.from_flows([], [], [])).caveats == ()
