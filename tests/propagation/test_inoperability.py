"""Inoperability at rest and over time: published values, a dense oracle, laws, and the exponential of a sector alone."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array, csr_matrix

from knockon.errors import InvalidData, UsageError
from knockon.network.hits import NODE, SLOT, Hits
from knockon.network.network import NONE, Network
from knockon.propagation import dynamic_inoperability, inoperability
from knockon.propagation.spectral import spectral_radius
from support.networks import EIGHTHS, PlainNetwork, to_arrays

Array = npt.NDArray[np.float64]

TWO = [[0, 0.8], [0.2, 0]]
FOUR = [[0, 0.9, 0, 0], [0.4, 0, 0, 0], [1, 0.8, 0, 0], [1, 0.9, 0, 0]]


@st.composite
def systems(draw: st.DrawFn) -> tuple[Array, Array]:
    """A* of up to six sectors whose rows sum to less than 1, with gaps, and what each loses to the shock."""
    n = draw(st.integers(1, 6))
    weights = np.array([[draw(st.sampled_from([0, 0, 0, 1, 2, 5])) for _ in range(n)] for _ in range(n)], float)
    matrix = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1) * draw(st.sampled_from([0.25, 0.5, 0.9]))
    return matrix, np.array([draw(st.one_of(st.just(0.0), EIGHTHS)) for _ in range(n)])


@given(systems())
def test_the_series_gives_the_same_losses(case: tuple[Array, Array]) -> None:
    """C + A c + A A c + ..., summed term by term in plain loops, then cut at 1."""
    matrix, hit = case
    n = len(hit)
    total, term = list(hit), list(hit)
    for _ in range(600):
        term = [sum(matrix[i][j] * term[j] for j in range(n)) for i in range(n)]
        total = [a + b for a, b in zip(total, term, strict=True)]
    result = inoperability(matrix, hit[None, :])
    assert result.loss[0] == pytest.approx([min(1.0, one) for one in total], abs=1e-12)
    # Where nothing arrives, nothing is lost, to the last bit.
    assert ((result.loss[0] > 0) == (np.array(total) > 0)).all()


def test_the_published_examples() -> None:
    """Two and four infrastructures of Haimes and Jiang."""
    result = inoperability(TWO, [0, 0.6])
    assert result.loss[0] == pytest.approx([0.48 / 0.84, 0.6 / 0.84])
    assert result.spectral_radius == pytest.approx(0.4)
    four = inoperability(FOUR, [0, 0.5, 0, 0])
    assert four.loss[0] == pytest.approx([0.45 / 0.64, 0.5 / 0.64, 1, 1])
    assert four.source.tolist() == [[1, NONE, 0, 0]]


def test_a_table_of_flows_by_demand_and_by_supply() -> None:
    """Z of two sectors with final demand: A* of each reading is what the definitions say."""
    z, final = np.array([[10.0, 20.0], [30.0, 5.0]]), np.array([70.0, 15.0])
    x = z.sum(axis=1) + final
    network = Network.from_flows([0, 0, 1, 1], [0, 1, 0, 1], z.ravel(), final_demand=final, self_flows=True)
    technical = z / x
    for reading, matrix in (("demand", z / x[:, None]), ("supply", technical.T)):
        expected = np.clip(np.linalg.solve(np.eye(2) - matrix, [0.1, 0.2]), 0, 1)
        for form, more in ((network, {}), (z, {"output": x}), (csr_matrix(z), {"output": x})):
            result = inoperability(form, [0.1, 0.2], interdependency=reading, **more)
            assert result.loss[0] == pytest.approx(expected)
            assert result.spectral_radius == pytest.approx(max(abs(np.linalg.eigvals(matrix))))
    assert result.shortage.shape == (1, 0)
    assert inoperability(network, [0], interdependency="demand").shortage.shape == (1, network.slots)


@given(systems(), st.data())
def test_laws_at_rest(case: tuple[Array, Array], data: st.DataObject) -> None:
    """Nothing from nothing; more from more; in 0..1; a batch is one by one; other numbers, the same losses."""
    matrix, hit = case
    node, other = (data.draw(st.integers(0, len(hit) - 1)) for _ in range(2))
    harder, tighter = hit.copy(), matrix.copy()
    harder[node] += (1 - harder[node]) * data.draw(EIGHTHS)
    tighter[node, other] += 0.05
    result = inoperability(matrix, np.array([np.zeros(len(hit)), hit, harder]))
    assert not result.loss[0].any()
    assert ((result.loss >= 0) & (result.loss <= 1)).all()
    assert (result.loss[2] >= result.loss[1]).all()
    assert (inoperability(tighter, [hit]).loss >= result.loss[1] - 1e-12).all()
    alone = inoperability(matrix, [hit])
    for name in ("loss", "low", "high", "step", "source"):
        assert np.array_equal(getattr(result, name)[1], getattr(alone, name)[0]), name
    new = data.draw(st.permutations(range(len(hit))))
    moved = inoperability(matrix[np.ix_(new, new)], [hit[new]])
    assert moved.loss[0] == pytest.approx(alone.loss[0, new], abs=1e-12)


@given(systems())
def test_sources_lead_back_to_a_hit(case: tuple[Array, Array]) -> None:
    """Every loss is hit or has a source that passes something on, one step nearer."""
    matrix, hit = case
    result = inoperability(matrix, [hit])
    for node in range(len(hit)):
        step, source = result.step[0, node], result.source[0, node]
        if result.loss[0, node] == 0:
            assert (step, source) == (NONE, NONE)
        elif source == NONE:
            assert step == 0
            assert hit[node] > 0
        else:
            assert step == result.step[0, source] + 1
            assert matrix[node, source] > 0


@given(systems())
def test_intervals_bound_the_losses(case: tuple[Array, Array]) -> None:
    """Low, point and high are solved by themselves and lie in order; over time as well."""
    matrix, hit = case
    n = len(hit)
    severity = np.stack([hit / 2, hit, (1 + hit) / 2])
    hits = Hits(1, np.zeros(n, np.int64), np.full(n, NODE), np.arange(n), severity)
    ends = inoperability(matrix, severity)
    at_rest, moving = inoperability(matrix, hits), dynamic_inoperability(matrix, hits, recovery=9, horizon=20)
    for rows, end in zip((at_rest.low, at_rest.loss, at_rest.high), ends.loss, strict=True):
        assert rows[0] == pytest.approx(end, abs=1e-12)
    for result in (at_rest, moving):
        assert (result.low <= result.loss).all()
        assert (result.loss <= result.high).all()


# The spectral radius


@given(st.integers(1, 8).flatmap(lambda n: st.lists(st.lists(EIGHTHS, min_size=n, max_size=n), min_size=n, max_size=n)))
def test_the_spectral_radius_bounds_every_eigenvalue(rows: list[list[float]]) -> None:
    """It is the greatest modulus of the eigenvalues, as far as those of a defective matrix can be had."""
    matrix = np.array(rows)
    expected = max(abs(np.linalg.eigvals(matrix)))
    assert spectral_radius(csr_array(matrix)) == pytest.approx(expected, rel=1e-3, abs=5e-2)
    positive = matrix + 0.01
    assert spectral_radius(csr_array(positive)) == pytest.approx(max(abs(np.linalg.eigvals(positive))), rel=1e-9)


def test_the_spectral_radius_of_chains_and_rings() -> None:
    """A long chain has none, however strong; a ring the geometric mean of its links, however unequal."""
    chain = csr_array(np.diag(np.full(99, 50.0), 1))
    assert spectral_radius(chain) == 0
    links = np.full(40, 0.9)
    links[7] = 1e-4
    ring = csr_array((links, (np.arange(40), np.roll(np.arange(40), -1))), shape=(40, 40))
    assert spectral_radius(ring) == pytest.approx(math.exp(np.log(links).mean()), rel=1e-9)
    assert spectral_radius(csr_array((3, 3))) == 0
    assert inoperability(np.diag(np.full(9, 0.5), -1), [0]).loss[0] == pytest.approx(0.5 ** np.arange(10))


@pytest.mark.parametrize(("matrix", "radius"), [([[0, 2], [2, 0]], "2"), ([[1.0]], "1"), ([[0, 1], [1, 0]], "1")])
def test_what_does_not_fade_is_refused_with_its_radius(matrix: list[list[float]], radius: str) -> None:
    """A spectral radius of 1 or more has no rest: InvalidData says how large it is."""
    for model in (inoperability, lambda m: dynamic_inoperability(m, recovery=10, horizon=3)):
        with pytest.raises(InvalidData, match=f"spectral radius is {radius} "):
            model(matrix)


# Over time


@pytest.mark.parametrize("own", [0.0, 0.3])
def test_a_sector_alone_falls_as_an_exponential(own: float) -> None:
    """q(t) = q(0) exp(ln(lambda) t / tau), the closer the shorter the step; whatever it needs of itself."""
    tau, remaining, errors = 10.0, 0.05, []
    for dt in (0.1, 0.01):
        result = dynamic_inoperability([[own]], initial=[0.8], recovery=tau, remaining=remaining, horizon=20, dt=dt)
        exact = 0.8 * np.exp(math.log(remaining) * result.time / tau)
        errors.append(np.abs(result.path[0, :, 0] - exact).max())
        assert result.path[0, round(tau / dt), 0] == pytest.approx(0.8 * remaining, rel=0.5 * dt)
    assert errors[1] < errors[0] / 8
    assert errors[1] < 1e-3
    assert result.cumulative[0, 0] == pytest.approx(0.8 * tau / -math.log(remaining) * (1 - remaining**2), rel=2e-3)


@given(systems(), EIGHTHS)
def test_the_recurrence_written_plainly_gives_the_same_path(case: tuple[Array, Array], start: float) -> None:
    """Q + K (A q + c - q), cut to 0..1, sector by sector."""
    matrix, hit = case
    n, tau = len(hit), np.arange(5.0, 5.0 + len(hit))
    result = dynamic_inoperability(matrix, [hit], initial=np.full(n, start), recovery=tau, horizon=12)
    q = [start] * n
    for step in range(13):
        assert result.path[0, step] == pytest.approx(q, abs=1e-12)
        pace = [-math.log(0.01) / tau[i] / (1 - matrix[i][i]) for i in range(n)]
        drawn = [sum(matrix[i][j] * q[j] for j in range(n)) + hit[i] - q[i] for i in range(n)]
        q = [min(1.0, max(0.0, q[i] + pace[i] * drawn[i])) for i in range(n)]
    assert result.loss[0] == pytest.approx(result.path[0].max(axis=0))


def test_what_lasts_tends_to_the_model_at_rest() -> None:
    """A loss that lasts ends at (I - A*)^-1 c*; an initial one fades away."""
    lasting = dynamic_inoperability(TWO, [0, 0.6], recovery=[10, 20], horizon=400)
    assert lasting.path[0, -1] == pytest.approx(inoperability(TWO, [0, 0.6]).loss[0])
    fading = dynamic_inoperability(TWO, initial=[0, 0.6], recovery=[10, 20], horizon=400)
    assert fading.path[0, -1] == pytest.approx([0, 0], abs=1e-9)
    assert fading.loss[0, 1] == 0.6


@given(systems(), st.data())
def test_laws_over_time(case: tuple[Array, Array], data: st.DataObject) -> None:
    """Nothing from nothing; more from more at every moment; in 0..1; a batch is one by one."""
    matrix, hit = case
    harder = hit + (1 - hit) * data.draw(EIGHTHS)
    quiet = np.zeros(len(hit))
    batch = dynamic_inoperability(matrix, np.array([quiet, hit, harder]), recovery=6, horizon=9)
    assert not batch.path[0].any()
    assert not batch.recovered[0].any()
    assert ((batch.path >= 0) & (batch.path <= 1)).all()
    assert (batch.path[2] >= batch.path[1]).all()
    alone = dynamic_inoperability(matrix, [hit], recovery=6, horizon=9)
    for name in ("path", "loss", "step", "source", "recovered", "cumulative"):
        assert np.array_equal(getattr(batch, name)[1], getattr(alone, name)[0]), name


def test_when_a_sector_has_recovered() -> None:
    """The first time from which it stays at or below the threshold: 0 if never above it, inf if not by the horizon."""
    blow = np.zeros((6, 1))
    blow[3] = 1.0
    half = -math.log(0.25) / 0.5
    result = dynamic_inoperability(
        [[0]], perturbation=blow, initial=[0.25], recovery=half, remaining=0.25, horizon=6, threshold=0.125
    )
    assert result.path[0, :, 0] == pytest.approx([0.25, 0.125, 0.0625, 0.03125, 0.515625, 0.2578125, 0.12890625])
    assert result.recovered.tolist() == [[math.inf]]
    later = dynamic_inoperability([[0]], initial=[0.5], recovery=half, remaining=0.25, horizon=6, threshold=0.125)
    assert later.recovered.tolist() == [[2.0]]
    assert dynamic_inoperability([[0]], initial=[0.1], recovery=5, horizon=6, threshold=0.125).recovered.tolist() == [[0]]


def test_forms_of_the_start() -> None:
    """One start for all, or one for each path; without anything else there is a path for each start."""
    starts = [[0.5, 0], [0, 0.25]]
    both = dynamic_inoperability(TWO, initial=starts, recovery=9, horizon=4)
    assert both.path[:, 0].tolist() == starts
    for row, start in enumerate(starts):
        alone = dynamic_inoperability(TWO, initial=start, recovery=9, horizon=4)
        assert alone.path[0].tolist() == both.path[row].tolist()
    each = dynamic_inoperability(TWO, recovery=9, horizon=4)
    assert each.path.shape == (2, 5, 2)
    assert not each.path[:, 0].any()
    assert dynamic_inoperability(TWO, recovery=9, horizon=0).path.shape == (2, 1, 2)


# What is refused


def test_empty_systems_are_safe() -> None:
    """No sectors, or no shocks: empty answers of the right shape."""
    assert inoperability(np.zeros((0, 0))).loss.shape == (0, 0)
    assert inoperability(TWO, np.zeros((0, 2))).loss.shape == (0, 2)
    assert dynamic_inoperability(np.zeros((0, 0)), recovery=[], horizon=2).path.shape == (0, 3, 0)
    assert inoperability(np.zeros((3, 3))).loss.tolist() == np.eye(3).tolist()


def test_what_makes_no_sense_is_refused() -> None:
    """Each with a message that says which it is."""
    graph, _, _ = to_arrays(PlainNetwork(2))
    flows = Network.from_flows([0], [1], [1.0])
    slot = Hits(1, np.zeros(1, np.int64), np.full(1, SLOT), np.zeros(1, np.int64), np.ones((3, 1)))
    for first, shocks, more, message in (
        (flows, None, {}, "not a matrix A\\*"),
        (graph, None, {"interdependency": "demand"}, "needs amounts"),
        (TWO, None, {"interdependency": "both"}, "unknown interdependency"),
        (TWO, None, {"output": [1, 1]}, "output= is for"),
        (TWO, [0.5], {}, "losses must be"),
        (TWO, [0.5, 1.5], {}, "in 0..1"),
        (TWO, slot, {}, "slot or supply"),
        (np.zeros((2, 3)), None, {}, "square matrix"),
    ):
        with pytest.raises(UsageError, match=message):
            inoperability(first, shocks, **more)
    with pytest.raises(InvalidData, match=r"output\[1\].*not an output"):
        inoperability([[0, 1], [0, 0]], interdependency="supply")
    with pytest.raises(InvalidData, match=r"matrix\[0, 1\]"):
        inoperability([[0, -0.5], [0, 0]])
    with pytest.raises(InvalidData, match="final demand"):
        inoperability(Network.from_flows([0, 1], [1, 0], [1.0, 1.0]), interdependency="demand")


def test_steps_that_make_no_sense_are_refused() -> None:
    """Parameters of time and recovery that are out of range, and shapes that do not fit."""
    good = {"recovery": 10, "horizon": 4}
    for more, message in (
        ({"remaining": 1}, "remaining"),
        ({"threshold": 2}, "threshold"),
        ({"dt": 0}, "dt must be"),
        ({"dt": 3}, "must be a multiple"),
        ({"horizon": -1}, "horizon"),
        ({"horizon": 1e9}, "too many numbers"),
        ({"initial": [1, 2]}, "in 0..1"),
        ({"initial": [1]}, "initial must be"),
        ({"initial": [[0, 0]], "shocks": [[0, 0], [0, 0]]}, "2 shocks"),
        ({"perturbation": [[0, 0]]}, "a row for each step"),
        ({"perturbation": np.full((4, 2), 3)}, "in 0..1"),
        ({"perturbation": np.zeros((4, 2)), "shocks": [0]}, "shocks or perturbation"),
        ({"recovery": [1, 2, 3]}, "recovery must be 2"),
    ):
        with pytest.raises(UsageError, match=message):
            dynamic_inoperability(TWO, **{**good, **more})
    with pytest.raises(InvalidData, match=r"recovery\[1\].*too short.*shorten them \(dt="):
        dynamic_inoperability(TWO, recovery=[10, 1], horizon=3)
    with pytest.raises(InvalidData, match=r"recovery\[0\]"):
        dynamic_inoperability(TWO, recovery=[0, 10], horizon=3)
