"""Lists of the page in their shortest form: what was written comes back, whatever it holds."""

from __future__ import annotations

import json
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.present.page import packing
from knockon.present.page.long_columns import MANY
from knockon.present.page.packing import packed, unpacked
from support.engine_cases import needs_node, run_node

VALUES = st.one_of(
    st.integers(-5, 3000),
    st.none(),
    st.booleans(),
    st.floats(0, 1),
    st.text(max_size=3),
    st.lists(st.integers(0, 9), max_size=2),
)
#: Columns as the page has them: of numbers, mostly of one value, in order, of lists, and of anything.
COLUMNS = st.one_of(
    st.lists(st.integers(-(2**50), 2**50), max_size=12),
    st.lists(st.integers(-1, 4000), max_size=40),
    st.lists(st.sampled_from([0, 0, 0, 0, 7]), max_size=40),
    st.integers(0, 900).map(lambda start: list(range(start, start + 30))),
    st.lists(st.lists(st.integers(0, 4000), max_size=4), max_size=20),
    st.lists(VALUES, max_size=20),
    st.lists(st.text(max_size=9) | st.text("|~ -ab\u0301😀", max_size=9), min_size=50, max_size=60),
)
#: With columns at any depth, and in rows that are objects.
DATA = st.recursive(
    COLUMNS, lambda inner: st.dictionaries(st.sampled_from(["a", "b"]), inner) | st.lists(inner, max_size=7), max_leaves=4
)


@given(DATA)
def test_what_is_written_comes_back(data):
    """Also through JSON, and never longer than it was."""
    written, whole = (json.dumps(value, ensure_ascii=False) for value in (packed(data), data))
    assert json.dumps(unpacked(json.loads(written)), ensure_ascii=False) == whole
    assert len(written) <= len(whole)


#: Numbers of each length, at the ends of what 64 bits hold, and beyond.
NUMBERS = (
    st.integers(-20, 40)
    | st.integers(-(10**6), 10**6)
    | st.sampled_from([2**60, -(2**60), 2**60 + 1, 2**63, -(2**63), -(2**70)])
)


@given(
    st.lists(NUMBERS | st.sampled_from([0, 0, 0, 1]), min_size=MANY, max_size=MANY + 20)
    | st.lists(st.lists(NUMBERS, max_size=5), min_size=MANY, max_size=MANY + 5)
    | st.lists(st.sampled_from([[], [], [3], [3, 40], [True], [-7] * 6]), min_size=MANY, max_size=MANY + 20)
    | st.tuples(NUMBERS, st.lists(st.integers(0, 2), min_size=MANY)).map(
        lambda rises: list(accumulate(rises[1], initial=rises[0]))
    )
)
def test_long_lists_have_the_form_of_short_ones(column):
    """Whether forms are compared by lengths that are computed, or as they are written, the same is chosen."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "MANY", 10**9)
        plain = packed(column)
    assert repr(packed(column)) == repr(plain)


def test_texts_are_shorter_by_their_words():
    """Labels that repeat their words are written as words, and stay as they are where every separator occurs in them."""
    labels = [f"Supplier of chips {number}" for number in range(99)]
    assert len(json.dumps(packed(labels))) < len(json.dumps(labels)) / 2
    assert packed([*labels, "|~^`@$"]) == [*labels, "|~^`@$"]


@needs_node
def test_the_page_reads_what_is_written():
    """Each form in each other: Python and the page understand the same."""
    columns = [
        [12, -3, 400, 0, 1, 7, 19], list(range(100, 130)), [0] * 40 + [7], [[1, 2], [], [900] * 9, [4], [5], [6]],
        [None, 0.5, *[None] * 30], [[[1, 2], [3, 4]], "text", {"rows": 3}], [2**40, -(2**40), 1, 2, 3],
        [f"{name} of 😀 Łódź-{name}\u0301" for name in ("chips", "", "tools", "|") for _ in range(13)], [""] * 50,
    ]  # fmt: skip
    written = [packed(column) for column in columns]
    assert json.loads(run_node("unpacked.js", written)[0][0]) == columns
