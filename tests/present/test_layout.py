"""Where entities stand: each on a spot of its own, the same every time, linked ones near, at any size."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.cli import layout_process
from knockon.cli.layout_process import SMALL, arrange, in_own_process, layouts
from knockon.errors import KnockonError
from knockon.present.page.force_layout import ALL_PAIRS_LIMIT, SPRING_LIMIT, apart, springs
from knockon.present.page.layout import STRESS_LIMIT, positions
from support.short_form import some_of

Links = list[tuple[int, int]]


def children_ended() -> float:
    """Return the seconds that processes which this one has started, and which have ended, kept a processor busy."""
    return os.times().children_user


def tree(count: int, first: int = 0, seed: int = 1) -> Links:
    """Each hangs on an earlier one, preferably an early one."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    return [(first + n, first + int(n * chance.random() ** 2)) for n in range(1, count)]


SHAPES = {
    "springs": (STRESS_LIMIT + 1, tree(STRESS_LIMIT + 1)),
    "many parts": (360, [*tree(120), *tree(120, 120), *tree(120, 240)]),
    "single ones": (1200, []),
    "pairs": (1000, [(n, n + 1) for n in range(0, 1000, 2)]),
    "a star": (600, [(0, n) for n in range(1, 600)]),
    "a path": (600, [(n - 1, n) for n in range(1, 600)]),
    "all with all": (60, [(a, b) for a in range(60) for b in range(a)]),
    "rings": (SPRING_LIMIT + 1, tree(SPRING_LIMIT + 1)),
}


@pytest.mark.parametrize("name", some_of(SHAPES, 2))
def test_no_two_on_one_spot(name):
    """Whole numbers, a spot for each, the same whatever the order and direction of the links."""
    count, links = SHAPES[name]
    places = positions(count, links)
    assert len(set(places)) == len(places) == count
    shuffled = [(b, a) for a, b in links]
    random.Random(3).shuffle(shuffled)  # noqa: S311 - nothing secret
    assert positions(count, shuffled) == places


@given(st.integers(0, 25).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[st.integers(0, max(n - 1, 0))] * 2)))))
def test_any_small_graph(case):
    """Loops, parallel links, lone entities and nothing at all: everybody gets a spot."""
    count, links = case
    places = positions(count, links if count else [])
    assert len(set(places)) == count


@pytest.mark.parametrize("count", [200, STRESS_LIMIT + 30, pytest.param(1500, marks=pytest.mark.slow)])
def test_linked_entities_stand_near(count):
    """A link is much shorter than the way between two that are not linked."""
    links = tree(count)
    places = np.array(positions(count, links), float)
    linked = np.array([np.hypot(*(places[a] - places[b])) for a, b in links])
    others = np.hypot(*(places[1:] - places[np.random.default_rng(1).integers(0, count, count - 1)]).T)
    assert np.median(linked) < 0.4 * np.median(others)


def test_parts_stand_apart():
    """Connected parts lie in boxes that do not overlap."""
    places = np.array(positions(*SHAPES["many parts"]))
    boxes = [(part.min(axis=0), part.max(axis=0)) for part in (places[:120], places[120:240], places[240:])]
    for n, (low, high) in enumerate(boxes):
        for other_low, other_high in boxes[:n]:
            assert (low > other_high).any() or (other_low > high).any()


def test_many_small_parts_make_a_field():
    """Two thousand lone entities lie in a field, not in a tower."""
    width, height = np.ptp(np.array(positions(2000, [])), axis=0)
    assert 0.5 < width / height < 4


def test_springs_keep_a_distance():
    """After the springs hardly anybody stands nearer than half a gap to another one."""
    places = springs(np.random.default_rng(1).normal(size=(ALL_PAIRS_LIMIT + 20, 2)), tree(ALL_PAIRS_LIMIT + 20), 100.0)
    from scipy.spatial import cKDTree

    nearest = cKDTree(places).query(places, 2)[0][:, 1]
    assert np.quantile(nearest, 0.02) > 40
    assert nearest.min() > 5


def test_pushing_apart_moves_nobody_who_has_room():
    """Who stands far from all others stays, but for the nudge that parts those on one spot."""
    places = np.array([[0.0, 0.0], [500.0, 0.0], [0.0, 700.0]])
    assert np.abs(apart(places, 50.0) - places).max() < 1


@pytest.mark.parametrize("small", [30, pytest.param(SMALL, marks=pytest.mark.slow)])
def test_the_same_from_a_process_of_its_own(monkeypatch, small):
    """Where a layout is computed changes no number."""
    monkeypatch.setattr(layout_process, "SMALL", small)
    links = tree(small + 1)
    before = children_ended()
    assert arrange(small + 1, links) == positions(small + 1, links)
    assert children_ended() > before


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="this system does not list the children of a process")
def test_a_layout_that_is_ended_from_outside_is_our_error():
    """No traceback of pipes: the process was ended, which is said."""
    before = children()

    def end() -> None:
        while not (fresh := children() - before):
            time.sleep(0.01)
        os.kill(fresh.pop(), signal.SIGKILL)

    thread = threading.Thread(target=end)
    thread.start()
    with pytest.raises(KnockonError, match="was killed"):
        list(in_own_process(5000, tree(5000)))
    thread.join()
    assert children() <= before


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="this system does not list the children of a process")
def test_a_layout_that_nobody_waits_for_is_ended():
    """A page that failed for another reason leaves no process behind."""
    before = children()
    places = in_own_process(5000, tree(5000))
    assert children() > before
    del places
    assert children() <= before
    with layouts() as arranged:
        places = arranged(5000, tree(5000))
        assert children() > before
    assert children() <= before
    assert len(places) == 5000


def children() -> set[int]:
    listed = [path.read_text().split() for path in Path("/proc/self/task").glob("*/children")]
    return {int(one) for some in listed for one in some}
