"""DebtRank against its equations written plainly, its laws, and the published form of both variants worked by hand."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array, csc_array, csr_matrix

from knockon.errors import InvalidData, UsageError
from knockon.network.hits import NODE, SLOT, Hits
from knockon.network.network import NONE, Network
from knockon.propagation import debtrank as exported
from knockon.propagation.attribution import largest_contribution
from knockon.propagation.debtrank import DebtRankResult, debtrank
from knockon.propagation.debtrank_rounds import Variant
from knockon.propagation.matrices import unconnected_network
from support.networks import EIGHTHS, PlainNetwork, to_arrays
from support.short_form import some_of

Array = npt.NDArray[np.float64]

BANKS = [[0, 3, 0, 0], [0, 0, 4, 1], [2, 0, 0, 0], [0, 2, 0, 0]]
EQUITY = [6, 8, 5, 10]
VARIANTS = ("linear", "original")
#: The package shows the function by this name.
MODULE = sys.modules["knockon.propagation.debtrank"]


@st.composite
def banks(draw: st.DrawFn) -> tuple[Array, Array, Array]:
    """Exposures of up to seven banks with a few links, equity, and what each loses at the start."""
    n = draw(st.integers(1, 7))
    exposures = np.zeros((n, n))
    for _ in range(draw(st.integers(0, 12))):
        exposures[draw(st.integers(0, n - 1)), draw(st.integers(0, n - 1))] = draw(st.integers(1, 8)) / 4
    equity = np.array([draw(st.integers(1, 16)) / 4 for _ in range(n)])
    hit = np.array([draw(st.one_of(st.just(0.0), EIGHTHS)) for _ in range(n)])
    return exposures, equity, hit


def oracle(exposures: Array, equity: Sequence[float], hit: Array, variant: str, rounds: int = 20_000) -> list[float]:
    """The published equations, bank by bank: rises for the linear variant, states for the original."""
    n = len(hit)
    leverage = [[exposures[i][j] / equity[i] for j in range(n)] for i in range(n)]
    before, now = [0.0] * n, [float(one) for one in hit]
    state = ["distressed" if one > 0 else "undistressed" for one in now]
    for _ in range(rounds):
        after = list(now)
        for i in range(n):
            for j in range(n):
                if variant == "linear":
                    after[i] += leverage[i][j] * (now[j] - before[j])
                elif state[j] == "distressed":
                    after[i] += min(1.0, leverage[i][j]) * now[j]
            after[i] = min(1.0, after[i])
        fresh = ["distressed" if after[i] > 0 and state[i] == "undistressed" else state[i] for i in range(n)]
        state = ["inactive" if state[i] == "distressed" else fresh[i] for i in range(n)]
        before, now = now, after
        if max(a - b for a, b in zip(now, before, strict=True)) <= 1e-15 and "distressed" not in state:
            return now
        if variant == "linear" and now == before:
            return now
    return now


@given(banks(), st.sampled_from(VARIANTS))
def test_the_published_equations_give_the_same_losses(case: tuple[Array, Array, Array], variant: str) -> None:
    """Losses are those of a loop over banks, and DebtRank is what they add up to beyond the shock."""
    exposures, equity, hit = case
    result = debtrank(exposures, hit[None, :], equity=equity, variant=variant, eps=1e-15)
    expected = np.array(oracle(exposures, equity, hit, variant))
    assert result.stopped_by == ("tolerance",)
    assert result.loss[0] == pytest.approx(expected, abs=1e-10)
    worth = exposures.sum(axis=1)
    index = float((expected - hit) @ worth / worth.sum()) if worth.sum() else 0.0
    assert result.index == pytest.approx([index], abs=1e-10)


def test_four_banks() -> None:
    """The third of four banks defaults; worked by hand for both variants."""
    linear = debtrank(BANKS, [2], equity=EQUITY)
    assert linear.loss[0] == pytest.approx([10 / 39, 20 / 39, 1, 4 / 39], abs=1e-12)
    assert linear.index == pytest.approx([0.2948717949], abs=1e-10)
    original = debtrank(BANKS, [2], equity=EQUITY, variant="original")
    assert original.loss[0] == pytest.approx([0.25, 0.5125, 1, 0.1], abs=1e-15)
    assert original.index == pytest.approx([0.2927083333], abs=1e-10)


def test_who_is_behind_a_loss() -> None:
    """b3 brings down b2, and b2 both others; the row of the exposure leads back to it."""
    network = Network.from_flows([0, 1, 1, 2, 3], [1, 2, 3, 0, 1], [3, 4, 1, 2, 2])
    result = debtrank(network, [2], equity=EQUITY)
    assert result.source.tolist() == [[1, 2, NONE, 1]]
    assert result.step.tolist() == [[2, 1, 0, 2]]
    assert result.channel == "upstream"
    assert network.flows is not None
    for node in (0, 1, 3):
        row = result.supply[0, node]
        assert (network.flows.supplier[row], network.flows.customer[row]) == (node, result.source[0, node])
    assert (result.slot == NONE).all()
    assert result.shortage.shape == (1, network.slots)
    assert debtrank(BANKS, [2], equity=EQUITY).supply.tolist() == [[NONE] * 4]


def test_the_largest_exposure_explains_not_the_nearest() -> None:
    """Little comes from the bank that is hit, at once, and most by a longer way: that way is the source."""
    exposures = np.zeros((3, 3))
    exposures[2, 0], exposures[1, 0], exposures[2, 1] = 0.1, 1, 0.8
    result = debtrank(exposures, [0], equity=[1, 1, 1])
    assert result.source.tolist() == [[NONE, 0, 1]]
    assert result.step.tolist() == [[0, 1, 2]]


@given(banks(), st.sampled_from(VARIANTS))
def test_sources_lead_back_to_a_hit(case: tuple[Array, Array, Array], variant: str) -> None:
    """Every loss is hit or has a source it is exposed to, one step nearer; so no walk goes round."""
    exposures, equity, hit = case
    for shock in (hit, np.minimum(hit, 0.25)):
        result = debtrank(exposures, [shock], equity=equity, variant=variant)
        for node in range(len(hit)):
            step, source = result.step[0, node], result.source[0, node]
            if result.loss[0, node] == 0:
                assert (step, source) == (NONE, NONE)
            elif source == NONE:
                assert step == 0
                assert shock[node] > 0
            else:
                assert step == result.step[0, source] + 1
                assert exposures[node, source] > 0
                assert result.loss[0, source] > 0


@given(banks(), st.data())
def test_no_loss_falls_when_a_shock_or_an_exposure_rises(case: tuple[Array, Array, Array], data: st.DataObject) -> None:
    """In the linear variant any rise; in the original one of a bank that is hit already."""
    exposures, equity, hit = case
    node, other = (data.draw(st.integers(0, len(hit) - 1)) for _ in range(2))
    harder, deeper = hit.copy(), exposures.copy()
    harder[node] += (1 - harder[node]) * data.draw(EIGHTHS)
    deeper[node, other] += data.draw(EIGHTHS)
    before = debtrank(exposures, [hit], equity=equity).loss
    assert (debtrank(exposures, [harder], equity=equity).loss >= before - 1e-9).all()
    assert (debtrank(deeper, [hit], equity=equity).loss >= before - 1e-9).all()
    if hit[node] > 0:
        before = debtrank(exposures, [hit], equity=equity, variant="original").loss
        assert (debtrank(exposures, [harder], equity=equity, variant="original").loss >= before - 1e-12).all()


def test_the_original_is_not_monotone_in_who_is_hit() -> None:
    """A bank hit a little at the start has spent its turn when the full blow arrives: less gets through."""
    chain = [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
    result = debtrank(chain, [[1, 0, 0], [1, 0.125, 0]], equity=[1, 1, 1], variant="original")
    assert result.loss[:, 2].tolist() == [1, 0.125]
    assert debtrank(chain, [[1, 0, 0], [1, 0.125, 0]], equity=[1, 1, 1]).loss[:, 2].tolist() == [1, 1]


@given(banks(), st.sampled_from(VARIANTS))
def test_no_shock_gives_exactly_nothing_and_losses_stay_in_bounds(case: tuple[Array, Array, Array], variant: str) -> None:
    """Exact zeros without a shock; else each loss lies between its hit and 1."""
    exposures, equity, hit = case
    result = debtrank(exposures, [np.zeros(len(hit)), hit], equity=equity, variant=variant)
    assert not result.loss[0].any()
    assert result.index[0] == 0
    assert (result.step[0] == NONE).all()
    assert ((result.loss[1] >= hit) & (result.loss[1] <= 1)).all()
    assert (result.low == result.loss).all()
    assert (result.high == result.loss).all()
    assert ((result.index >= 0) & (result.index <= 1)).all()


@given(banks(), st.sampled_from(VARIANTS), st.data())
def test_relabelling_changes_nothing(case: tuple[Array, Array, Array], variant: str, data: st.DataObject) -> None:
    """Other numbers for the banks: the same losses and the same index, up to rounding."""
    exposures, equity, hit = case
    new = data.draw(st.permutations(range(len(hit))))
    before = debtrank(exposures, [hit], equity=equity, variant=variant)
    after = debtrank(exposures[np.ix_(new, new)], [hit[new]], equity=equity[new], variant=variant)
    assert after.loss[0] == pytest.approx(before.loss[0, new], abs=1e-9)
    assert after.index == pytest.approx(before.index, abs=1e-9)


@given(banks(), st.sampled_from(VARIANTS), st.data())
def test_a_batch_is_one_by_one(case: tuple[Array, Array, Array], variant: str, data: st.DataObject) -> None:
    """Several shocks at once give, row by row, exactly what each gives alone; so do batches of any width."""
    exposures, equity, hit = case
    shocks = np.array([hit, hit / 2, np.zeros(len(hit)), np.eye(len(hit))[0]])
    together = debtrank(exposures, shocks, equity=equity, variant=variant)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MODULE, "_BATCH", len(hit) * data.draw(st.integers(1, 3)))
        narrow = debtrank(exposures, shocks, equity=equity, variant=variant)
    names = ("loss", "low", "high", "step", "slot", "supply", "source", "index", "iterations", "residual")
    for row, shock in enumerate(shocks):
        alone = debtrank(exposures, [shock], equity=equity, variant=variant)
        for name in names:
            assert np.array_equal(getattr(together, name)[row], getattr(alone, name)[0]), name
    for name in names:
        assert np.array_equal(getattr(together, name), getattr(narrow, name)), name


@given(banks())
def test_intervals_bound_the_losses(case: tuple[Array, Array, Array]) -> None:
    """Low, point and high are runs of their own, in order; the index of any shock in between lies within its bounds."""
    exposures, equity, hit = case
    node = np.arange(len(hit))
    severity = np.stack([hit / 2, hit, (1 + hit) / 2])
    hits = Hits(1, np.zeros(len(hit), np.int64), np.full(len(hit), NODE), node, severity)
    result = debtrank(exposures, hits, equity=equity)
    ends = debtrank(exposures, severity, equity=equity)
    low, point, high = ends.loss
    # Each run stops by itself, up to eps short of its limit: low is put below the point there, and high above it.
    for one, row in ((result.low, np.minimum(low, point)), (result.loss, point), (result.high, np.maximum(high, point))):
        assert one[0] == pytest.approx(row, abs=1e-12)
    assert (result.low <= result.loss).all()
    assert (result.loss <= result.high).all()
    for index in ends.index:
        assert result.index_low[0] - 1e-9 <= index <= result.index_high[0] + 1e-9


def test_the_original_refuses_intervals_from_nothing() -> None:
    """Where a bank may be hit or not, two runs are no bounds: UsageError; with a low end above 0 they are."""
    zeros = np.zeros(1, np.int64)
    with pytest.raises(UsageError, match="no bounds"):
        debtrank(BANKS, Hits(1, zeros, zeros, zeros, np.array([[0.0], [0.5], [1.0]])), equity=EQUITY, variant="original")
    hits = Hits(1, zeros, zeros, zeros, np.array([[0.25], [0.5], [1.0]]))
    result = debtrank(BANKS, hits, equity=EQUITY, variant="original")
    ends = debtrank(BANKS, [[one, 0, 0, 0] for one in (0.25, 0.5, 1.0)], equity=EQUITY, variant="original")
    assert np.concatenate([result.low, result.loss, result.high]).tolist() == ends.loss.tolist()


# Forms


def test_every_form_of_the_exposures_gives_the_same() -> None:
    """Lists, arrays, sparse matrices of any kind and flows in any order are the same exposures."""
    expected = debtrank(BANKS, equity=EQUITY)
    array = np.array(BANKS)
    lender, borrower = np.nonzero(array)
    backwards = Network.from_flows(lender[::-1], borrower[::-1], array[lender, borrower][::-1])
    twice = coo_array((np.tile(array[lender, borrower] / 2, 2), (np.tile(lender, 2), np.tile(borrower, 2))), shape=(4, 4))
    for form in (array, csr_matrix(array), csc_array(array), twice, backwards):
        assert debtrank(form, equity=EQUITY).loss.tolist() == expected.loss.tolist()
    assert array.tolist() == BANKS
    assert debtrank is exported


def test_every_form_of_the_shocks_gives_the_same() -> None:
    """None, numbers, rows of losses; and one row of floats by itself."""
    each = debtrank(BANKS, equity=EQUITY)
    assert each.loss.tolist() == debtrank(BANKS, np.eye(4), equity=EQUITY).loss.tolist()
    assert each.loss[[2]].tolist() == debtrank(BANKS, [0.0, 0.0, 1.0, 0.0], equity=EQUITY).loss.tolist()


def test_values_weigh_the_losses() -> None:
    """By value, in any unit; without any value DebtRank is 0."""
    losses = debtrank(BANKS, [2], equity=EQUITY).loss[0]
    weighed = debtrank(BANKS, [2], equity=EQUITY, value=[1e300, 0, 1e300, 0])
    assert weighed.index == pytest.approx([losses[0] / 2])
    assert debtrank(BANKS, [2], equity=EQUITY, value=[0, 0, 0, 0]).index.tolist() == [0]


def test_what_a_bank_holds_of_itself_counts() -> None:
    """A diagonal of half its equity doubles a loss that stays below everything."""
    network = Network.from_flows([0], [0], [1.0], self_flows=True)
    for form in ([[1.0]], network):
        assert debtrank(form, [[0.25]], equity=[2]).loss[0, 0] == pytest.approx(0.5)
        assert debtrank(form, [[0.25]], equity=[2]).source.tolist() == [[NONE]]


def test_no_banks_and_lonely_banks() -> None:
    """Nothing at all, no shocks, no links: empty or bare answers of the right shape."""
    empty = debtrank(np.zeros((0, 0)), equity=[])
    assert (empty.loss.shape, empty.index.shape) == ((0, 0), (0,))
    none = debtrank(BANKS, np.zeros((0, 4)), equity=EQUITY)
    assert (none.loss.shape, none.step.shape, none.stopped_by) == ((0, 4), (0, 4), ())
    lonely = debtrank(np.zeros((3, 3)), equity=[1, 1, 1], variant="original")
    assert lonely.loss.tolist() == np.eye(3).tolist()
    assert lonely.index.tolist() == [0, 0, 0]


def test_a_circle_that_feeds_itself_ends_at_everything() -> None:
    """Exposures above equity: losses grow to 1 and stay there."""
    result = debtrank([[0, 4], [4, 0]], [[0.01, 0.0]], equity=[2, 2])
    assert result.loss.tolist() == [[1, 1]]
    assert result.stopped_by == ("tolerance",)


def test_tiny_equity_overflows_to_everything() -> None:
    """Leverage beyond all numbers is a loss of all equity, not a nan."""
    result = debtrank([[0, 1e300], [0, 0]], [[0.0, 1e-3]], equity=[1e-300, 1])
    assert result.loss.tolist() == [[1, 1e-3]]


# How it ends


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_cap_stops_and_says_so(variant: str) -> None:
    """A chain longer than the cap is cut off there, in that row alone."""
    chain = np.diag(np.ones(5), -1)
    result = debtrank(chain, [0, 5], equity=np.ones(6), variant=variant, cap=3)
    assert result.stopped_by == ("cap", "tolerance")
    assert result.truncated
    assert result.loss[0].tolist() == [1, 1, 1, 1, 0, 0]
    assert result.residual.tolist() == [1, 0]
    assert not debtrank(chain, [0], equity=np.ones(6), variant=variant).truncated


def test_losses_are_kept_when_asked_for() -> None:
    """Without them the index is there all the same, and asking for a loss says what to do."""
    kept, left = (debtrank(BANKS, equity=EQUITY, losses=losses) for losses in (True, False))
    assert left.index.tolist() == kept.index.tolist()
    assert left.iterations.tolist() == kept.iterations.tolist()
    for name in ("loss", "low", "high", "step", "source"):
        with pytest.raises(UsageError, match="losses=True"):
            getattr(left, name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MODULE, "MAX_KEPT", 15)
        with pytest.raises(UsageError, match="fewer shocks"):
            _ = debtrank(BANKS, equity=EQUITY).loss
        assert debtrank(BANKS, [0], equity=EQUITY).loss.shape == (1, 4)


def test_many_contributions_are_laid_out_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest contribution is the same however few are looked at at once."""
    rng = np.random.default_rng(3)
    exposures = rng.random((9, 9))
    expected = debtrank(exposures, equity=np.full(9, 20))
    monkeypatch.setattr("knockon.propagation.attribution._MAX_ENTRIES", 7)
    assert debtrank(exposures, equity=np.full(9, 20)).source.tolist() == expected.source.tolist()
    assert largest_contribution.__module__ == "knockon.propagation.attribution"
    assert isinstance(expected, DebtRankResult)


# What is refused


def test_what_is_missing_or_makes_no_sense_is_refused() -> None:
    """Each with a message that says which it is."""
    graph, _, _ = to_arrays(PlainNetwork(2))
    slot = Hits(1, np.zeros(1, np.int64), np.full(1, SLOT), np.zeros(1, np.int64), np.ones((3, 1)))
    beyond = Hits(1, np.zeros(1, np.int64), np.full(1, NODE), np.full(1, 9), np.ones((3, 1)))
    cases = [
        ((BANKS,), {}, "needs the equity"),
        ((graph,), {"equity": [1, 1]}, "needs amounts"),
        ((BANKS, slot), {"equity": EQUITY}, "slot or supply"),
        ((BANKS, beyond), {"equity": EQUITY}, "outside 0..3"),
        ((BANKS, [4]), {"equity": EQUITY}, "outside 0..3"),
        ((BANKS, [0.5, 0.5]), {"equity": EQUITY}, "losses must be"),
        ((BANKS, [[0.5], [0.5, 1]]), {"equity": EQUITY}, "differ in length"),
        ((BANKS, ["b3"]), {"equity": EQUITY}, "node numbers or rows of losses"),
        ((BANKS,), {"equity": [1, [2]]}, "equity must be 4 numbers"),
        ((BANKS,), {"equity": [1, 2]}, "equity must be 4 numbers"),
        ((BANKS,), {"equity": EQUITY, "value": [1]}, "value must be 4 numbers"),
        ((BANKS,), {"equity": EQUITY, "variant": "cubic"}, "unknown variant"),
        ((BANKS,), {"equity": EQUITY, "eps": -1}, "eps"),
        ((BANKS,), {"equity": EQUITY, "cap": 0}, "cap"),
        (([[1, 2, 3]],), {"equity": [1]}, "square matrix"),
        (([[1, 2], [3]],), {"equity": [1, 1]}, "differ in length"),
        (([["a", "b"], ["c", "d"]],), {"equity": [1, 1]}, "matrix of numbers"),
    ]
    for given_, named, message in cases:
        with pytest.raises(UsageError, match=message):
            debtrank(*given_, **named)  # type: ignore[arg-type]


def test_wrong_numbers_are_named_by_their_place() -> None:
    """Rows of equity, rows and columns of exposures."""
    cases = [
        (BANKS, [6, 0, 5, -1], r"equity\[1\].*\n.*equity\[3\]"),
        (BANKS, [6, np.nan, 5, 1], r"equity\[1\]"),
        ([[0, -1], [0, 0]], [1, 1], r"matrix\[0, 1\]: -1.0 is negative"),
        ([[0, 0], [np.inf, 0]], [1, 1], r"matrix\[1, 0\]: inf is not finite"),
        (np.full((4, 4), np.nan), EQUITY, "16 of this kind"),
    ]
    for exposures, equity, message in cases:
        with pytest.raises(InvalidData, match=message):
            debtrank(exposures, equity=equity)


@pytest.mark.parametrize("variant", ["linear", "original"])
@pytest.mark.parametrize("seed", some_of(range(3), 3))
def test_the_compiled_kernels_give_the_same(seed: int, variant: Variant) -> None:
    """Index, rounds and rest of the compiled kernels are those of the plain rounds, in whatever lane a shock runs."""
    pytest.importorskip("numba")
    random = np.random.default_rng(seed)
    exposures = random.random((60, 60)) * (random.random((60, 60)) < 0.1)
    equity = random.random(60) * 4 + 0.5
    shocks = random.random((45, 60)) * (random.random((45, 60)) < 0.1)
    shocks[7] = 0
    hits = Hits.of(unconnected_network(60), shocks)
    hits.severity[:, ::9] = 0  # hits of nothing beside others
    for cap in (10_000, 3):
        plain, fast = (
            debtrank(exposures, hits, equity=equity, losses=False, engine=engine, cap=cap, variant=variant)
            for engine in ("numpy", "numba")
        )
        assert fast.index == pytest.approx(plain.index, abs=1e-12)
        assert fast.iterations.tolist() == plain.iterations.tolist()
        assert fast.residual == pytest.approx(plain.residual, abs=1e-12)
        assert fast.stopped_by == plain.stopped_by
    with pytest.raises(UsageError, match="losses=False"):
        debtrank(exposures, shocks, equity=equity, engine="numba", losses=True, variant=variant)
