"""Pausing the search for garbage leaves what is searched as it was."""

from __future__ import annotations

import gc

import pytest

from knockon.garbage_collection import without_garbage_collection


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list that grows with each count of all frozen objects, which takes as long as there are objects."""
    gc.collect()
    counts = [gc.get_freeze_count()]
    count = gc.get_freeze_count
    monkeypatch.setattr(gc, "get_freeze_count", lambda: counts.append(count()) or counts[-1])
    return counts


def test_few_objects_take_no_count_and_are_not_frozen(counted: list[int]) -> None:
    """A small import costs the same however much the program has loaded."""
    with without_garbage_collection():
        kept = [[] for _ in range(1_000)]
    assert len(counted) == 1
    assert gc.get_freeze_count() <= counted[0], "objects that other threads let go are fewer"
    assert gc.isenabled()
    assert len(kept) == 1_000


def test_many_objects_are_looked_through_with_the_old_ones(counted: list[int]) -> None:
    """None of them is young when the search goes on; it stays off where it was off."""
    with without_garbage_collection():
        kept = [[] for _ in range(200_000)]
        with without_garbage_collection():
            pass
        assert not gc.isenabled()
    assert len(counted) == 2
    assert gc.get_count()[0] < 10_000
    assert len(kept) == 200_000
