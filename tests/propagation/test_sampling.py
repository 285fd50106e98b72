"""Points of the unit cube, and what intervals come to at them."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.errors import UsageError
from knockon.propagation.sampling import MAX_SOBOL_DIMENSIONS, SAMPLINGS, SHAPES, interval_quantiles, sample_points
from knockon.vocabulary import INTERVALS, UNKNOWN
from support.networks import intervals


@given(st.integers(0, 6), st.integers(2, 60), st.integers(0, 5))
def test_a_latin_hypercube_meets_every_part_once(dimensions: int, draws: int, seed: int) -> None:
    """In each dimension each of the m equal parts of 0..1 holds exactly one of the m points."""
    points = sample_points("lhs", dimensions, draws, seed)
    assert points.shape == (dimensions, draws)
    for row in points:
        assert sorted(np.minimum((row * draws).astype(int), draws - 1).tolist()) == list(range(draws))


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_the_seed_decides(sampling: str) -> None:
    """The same seed draws the same points, another seed others; no dimensions are no points, and no error."""
    first, again, other = (sample_points(sampling, 3, 64, seed) for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()
    assert ((first >= 0) & (first <= 1)).all()
    assert sample_points(sampling, 0, 64, 0).shape == (0, 64)


def test_sobol_points_are_even_in_two_dimensions() -> None:
    """Of 64 points four lie in each of 16 squares."""
    cells = (sample_points("sobol", 2, 64, 3) * 4).astype(int)
    assert np.bincount(cells[0] * 4 + cells[1]).tolist() == [4] * 16


@given(intervals(), st.lists(st.floats(0, 1), min_size=2, max_size=9), st.sampled_from(SHAPES))
def test_numbers_stay_in_their_interval_and_in_order(interval: tuple[float, float, float], at: list[float], shape: str) -> None:
    """Low <= x(u) <= high exactly, rising with u, from low at 0 to high at 1; a number that is exact stays itself."""
    values = interval_quantiles(np.array([interval]).T, np.array([[0.0, *sorted(at), 1.0]]), shape)[0]
    assert ((values >= interval[0]) & (values <= interval[2])).all()
    assert (np.diff(values) >= -1e-9).all()
    assert (values[0], values[-1]) == pytest.approx((interval[0], interval[2]), abs=1e-12)
    if interval[0] == interval[2]:
        assert set(values.tolist()) == {interval[0]}


@pytest.mark.parametrize("word", [*INTERVALS.values(), UNKNOWN])
def test_the_distributions_are_those_of_scipy(word: tuple[float, float, float]) -> None:
    """The triangle of scipy.stats with its peak at the point, and its uniform distribution."""
    low, point, high = word
    if low == high:
        return
    at = np.linspace(0, 1, 11)
    from scipy import stats  # loading it takes a second

    triangle = stats.triang((point - low) / (high - low), low, high - low).ppf(at)
    assert interval_quantiles(np.array([word]).T, at[None])[0].tolist() == pytest.approx(triangle.tolist(), abs=1e-12)
    flat = interval_quantiles(np.array([word]).T, at[None], "uniform")[0]
    assert flat.tolist() == pytest.approx(stats.uniform(low, high - low).ppf(at).tolist(), abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("moon", 1, 8, 0), "lhs, sobol"),
        (("lhs", 1, 1, 0), "draws"),
        (("lhs", 1, True, 0), "draws"),
        (("lhs", 1, 8, -1), "seed"),
        (("lhs", 1, 8, 0.5), "seed"),
        (("sobol", 1, 1000, 0), "512 or 1024"),
        (("sobol", 1, 2**31, 0), "at most"),
        (("sobol", MAX_SOBOL_DIMENSIONS + 1, 8, 0), "use lhs"),
    ],
)
def test_wrong_designs_are_refused(arguments: tuple[str, int, int, int], message: str) -> None:
    """A UsageError that says what is known, or what would do."""
    with pytest.raises(UsageError, match=message):
        sample_points(*arguments)


def test_an_unknown_shape_is_refused() -> None:
    """The known ones are named."""
    with pytest.raises(UsageError, match="triangular, uniform"):
        interval_quantiles(np.zeros((3, 1)), np.zeros((1, 2)), "normal")


def test_a_latin_hypercube_needs_no_scipy() -> None:
    """scipy.stats takes its time to import, and is left alone."""
    code = (
        "import sys; from knockon.propagation.sampling import sample_points; sample_points('lhs', 2, 8, 0); "
        "print([name for name in sys.modules if name.startswith('scipy')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=True)
    assert done.stdout == "[]\n"
