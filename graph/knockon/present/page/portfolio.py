"""The reader's list as the page has it at first: rows of its entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: The most entities of a list (MOST_LISTED in web/src/model/mine.js).
MOST = 1000


def portfolio_data(rows: Mapping[str, int], listed: Sequence[str], company: str | None = None) -> dict[str, Any]:
    """Return the entities of a list (IRIs) as rows of the page, each once and in order, with how many are left out.

    ``company`` is the one that is the reader's own: -1 where there is none, or it is not on the page. Left out is what
    the page does not draw, and what comes after the first thousand.

    >>> portfolio_data({"urn:x:a": 0, "urn:x:b": 1}, ["urn:x:b", "urn:x:c", "urn:x:b"], "urn:x:a")
    {'company': 0, 'left_out': 1, 'nodes': [1]}
    """
    names = list(dict.fromkeys(listed))
    drawn = [rows[name] for name in names if name in rows][:MOST]
    return {"company": rows.get(company or "", -1), "left_out": len(names) - len(drawn), "nodes": drawn}
