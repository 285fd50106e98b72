"""Columns of the page in their shortest form: what was written comes back, whatever it holds."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from knockon.present.page.sparse import TABLES, full, sparse

VALUES = st.one_of(st.integers(-5, 3000), st.none(), st.booleans(), st.floats(0, 1), st.lists(st.integers(0, 9), max_size=2))
#: Columns as the page has them: of numbers, mostly of one value, in order, and of anything.
COLUMNS = st.one_of(
    st.lists(st.integers(-1, 4000), max_size=40),
    st.lists(st.sampled_from([0, 0, 0, 0, 7]), max_size=40),
    st.integers(0, 900).map(lambda start: list(range(start, start + 30))),
    st.lists(VALUES, max_size=20),
)


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), COLUMNS), st.sampled_from(TABLES))
def test_what_is_written_comes_back(columns, table):
    """Also through JSON, and never longer than the columns themselves."""
    data = {table: columns, "title": "t"}
    written = json.dumps(sparse(data))
    assert json.dumps(full(json.loads(written))) == json.dumps(data)
    assert len(written) <= len(json.dumps(data))
