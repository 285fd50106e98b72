"""What the page says of the lists that cover an entity, in the words of ``covered``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from knockon.analysis.lists.covered_answer import COVERED
from knockon.analysis.lists.everybody import ListedParty
from knockon.analysis.lists.wording import PART_COVERED, PART_UNDECIDED
from knockon.present.page.network_tables import PageRows


def lists_data(listed: Iterable[ListedParty], page: PageRows) -> dict[str, list[Any]]:
    """Return who of the drawn entities is covered, or may be, as columns.

    ``node`` and ``measure`` are rows of entities; ``covered`` is 1, or 0 where that cannot be told; ``text`` is why,
    ``standing`` whether the measure exists, ``supposed`` 1 where nobody has taken it, ``owners``
    the drawn entities whose stakes count, and ``evidence`` where documents state it; ``parts`` are the sentences on a part of
    one of which it cannot be told, and of one that is covered.
    """
    rows = [(page.node(one.party.entity), one) for one in listed]
    drawn = [(node, one) for node, one in rows if node >= 0]
    return {
        "covered": [int(one.party.verdict == COVERED) for _, one in drawn],
        "evidence": [[page.evidence(citation) for citation in one.evidence] for _, one in drawn],
        "measure": [page.node(one.measure) for _, one in drawn],
        "node": [node for node, _ in drawn],
        "owners": [[node for owner in one.owners if (node := page.node(owner)) >= 0] for _, one in drawn],
        "parts": [PART_UNDECIDED, PART_COVERED],
        "standing": [page.text(one.standing) for _, one in drawn],
        "supposed": [int(one.supposed) for _, one in drawn],
        "text": [page.text(one.party.text) for _, one in drawn],
    }


__all__ = ["lists_data"]
