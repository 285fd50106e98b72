"""Decision diagrams: means and values as counted over all outcomes, and equal functions as one diagram."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.errors import UsageError
from knockon.propagation.decision_diagram import Diagrams

#: Three random numbers with two, three and two intervals.
LENGTHS = [[0.25, 0.75], [0.5, 0.25, 0.25], [0.125, 0.875]]
OUTCOMES = list(itertools.product(range(2), range(3), range(2)))
#: A diagram, and what it should be in an outcome.
Pair = tuple[int, Callable[[tuple[int, ...]], float]]


@st.composite
def functions(draw: st.DrawFn, diagrams: Diagrams, depth: int = 4) -> Pair:
    """A function of the three numbers, as a diagram and plainly."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        number = draw(st.integers(0, 2))
        intervals = draw(st.integers(0, len(LENGTHS[number])))
        return diagrams.below(number, intervals), lambda outcome: float(outcome[number] < intervals)
    first, plain = draw(functions(diagrams, depth - 1))
    if draw(st.booleans()):
        factor = draw(st.sampled_from([0.25, 0.5, 1.0]))
        return diagrams.mapped(first, lambda value: factor * value), lambda outcome: factor * plain(outcome)
    second, other = draw(functions(diagrams, depth - 1))
    name = draw(st.sampled_from(["greatest", "least", "total"]))
    combine = {"greatest": max, "least": min, "total": lambda a, b: a + b}[name]
    return getattr(diagrams, name)(first, second), lambda outcome: combine(plain(outcome), other(outcome))


@given(st.data())
def test_means_and_values_are_those_of_all_outcomes(data: st.DataObject) -> None:
    """Whatever greatest, least, total and mapped are combined to; and two functions that are equal are one diagram."""
    diagrams = Diagrams(LENGTHS, most=100_000)
    (diagram, plain), (other, plain_other) = (data.draw(functions(diagrams)) for _ in range(2))
    values = [plain(outcome) for outcome in OUTCOMES]
    chances = [LENGTHS[0][a] * LENGTHS[1][b] * LENGTHS[2][c] for a, b, c in OUTCOMES]
    mean = sum(value * chance for value, chance in zip(values, chances, strict=True))
    assert diagrams.mean(diagram) == pytest.approx(mean, abs=1e-12)
    assert diagrams.values(diagram) == sorted(set(values))
    assert (diagram == other) == (values == [plain_other(outcome) for outcome in OUTCOMES])


def test_no_recursion_limits_how_deep_they_are() -> None:
    """The least of thousands of events, in either order."""
    size = 3_000
    diagrams = Diagrams([[0.999, 0.001]] * size, most=100_000)
    events = [diagrams.below(number, 1) for number in range(size)]
    every = diagrams.least(*reversed(events))
    assert diagrams.mean(every) == pytest.approx(0.999**size)
    assert diagrams.least(every, diagrams.mapped(every, lambda value: 1 - value)) == diagrams.never
    assert diagrams.mean(diagrams.least(every, events[0])) == diagrams.mean(every)


def test_they_stop_growing() -> None:
    """More nodes than allowed are an error that says what to do."""
    diagrams = Diagrams([[0.5, 0.5]] * 8, most=12)
    events = [diagrams.below(number, 1) for number in range(8)]
    with pytest.raises(UsageError, match="at most 12 nodes, and this one has more; leave exact out to sample"):
        diagrams.total(*events)
