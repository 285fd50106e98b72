"""Lists of the page in their shortest form: what was written comes back, whatever it holds."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

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
)
#: With columns at any depth, and in rows that are objects.
DATA = st.recursive(
    COLUMNS, lambda inner: st.dictionaries(st.sampled_from(["a", "b"]), inner) | st.lists(inner, max_size=7), max_leaves=4
)


@given(DATA)
def test_what_is_written_comes_back(data):
    """Also through JSON, and never longer than it was."""
    written = json.dumps(packed(data))
    assert json.dumps(unpacked(json.loads(written))) == json.dumps(data)
    assert len(written) <= len(json.dumps(data))


@needs_node
def test_the_page_reads_what_is_written():
    """Each form in each other: Python and the page understand the same."""
    columns = [
        [12, -3, 400, 0, 1, 7, 19], list(range(100, 130)), [0] * 40 + [7], [[1, 2], [], [900] * 9, [4], [5], [6]],
        [None, 0.5, *[None] * 30], [[[1, 2], [3, 4]], "text", {"rows": 3}], [2**40, -(2**40), 1, 2, 3],
    ]  # fmt: skip
    written = [packed(column) for column in columns]
    assert json.loads(run_node("unpacked.js", written)[0][0]) == columns
