"""Tables of shocks on firms and of weights: what is read, and what is refused with its row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from knockon.authoring.share_tables import read_shares, read_weights
from knockon.errors import InvalidData

FIRMS = ["a", "b", "c"]


def test_shocks_keep_the_order_of_their_first_rows() -> None:
    """Ids in that order, firms ascending; where no share of demand is stated it is that of supply."""
    columns = {
        "shock": ["z", "y", "z"], "Company": ["c", "b", "a"], "share": [1.0, 0.5, 0.25], "upstream": [None, 0.0, 1.0]
    }  # fmt: skip
    table = read_shares(columns, FIRMS)
    assert table.names == ("z", "y")
    assert (table.shock.tolist(), table.node.tolist()) == ([0, 0, 1], [0, 2, 1])
    assert table.matrix(3).tolist() == [[0.25, 0, 1], [0, 0.5, 0]]
    assert table.upstream is not None
    assert table.upstream.tolist() == [1.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("shock,firm,share\nx,aa,1\nx,bc,1\n", r"shocks.csv:2: names a firm that the flows do not have, 'aa' \(did you mean a"),
        ("shock,firm,share\nx,a,1.5\n", r"shocks.csv:2: has share 1.5 \(a number in 0..1"),
        ("shock,firm,share\nx,a,-1\n", "shocks.csv:2: has share -1"),
        ("shock,firm,share\nx,a,nan\n", "shocks.csv:2: has"),
        ("shock,firm,share\nx,a,\n", "shocks.csv:2: has"),
        ("shock,firm,share,upstream\nx,a,1,2\n", "shocks.csv:2: has upstream 2"),
        ("shock,firm,share\nx,a,1\nx,a,0.5\n", "shocks.csv:3: names a firm a second time for one shock"),
        ("shock,firm,share\n", "has no shocks"),
        ("shock,share\nx,1\n", "has no column 'firm'"),
        ("shock,firm,sector,share\nx,a,b,1\n", "both a column 'firm' and a column 'sector'"),
        ("shock,firm\nx,a\n", "has no column 'share'"),
        ("shock,firm,share\n,a,1\n", "has no shock"),
    ],
)
def test_bad_rows_are_refused(rows: str, message: str, tmp_path: Path) -> None:
    """Each with file and row."""
    path = tmp_path / "shocks.csv"
    path.write_text(rows, "utf-8")
    with pytest.raises(InvalidData, match=message):
        read_shares(path, FIRMS)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"firm": ["d"], "weight": [1]}, "names a firm that the flows do not have, 'd'"),
        ({"firm": ["a", "a"], "weight": [1, 2]}, "a second time"),
        ({"firm": ["a"], "weight": [-1]}, "negative weight"),
        ({"firm": ["a"], "weight": [0]}, "no firm a weight above 0"),
    ],
)
def test_bad_weights_are_refused(columns: dict[str, Any], message: str) -> None:
    """Of no firm, twice, negative, or all 0."""
    with pytest.raises(InvalidData, match=message):
        read_weights(columns, FIRMS)
