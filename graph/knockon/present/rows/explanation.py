"""The paths of an explanation as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knockon.present.rows.table import Table
from knockon.vocabulary import local_name

if TYPE_CHECKING:
    from knockon.analysis.explain.explanation import Explanation


def explanation_rows(answer: Explanation) -> Table:
    """Return a row for each link of each path, from what is hit on, with the loss that has arrived behind it."""
    columns = [
        "path", "binding", "share", "link", "id", "label", "need", "provider", "criticality", "harm", "inferred", "cited",
        "dependency",
    ]  # fmt: skip
    rows = [
        {
            "path": path.rank,
            "binding": path.binding,
            "share": path.share,
            "link": number,
            "id": local_name(link.dependant),
            "label": link.dependant_label,
            "need": local_name(link.need),
            "provider": local_name(link.provider) if link.provider else None,
            "criticality": link.criticality,
            "harm": link.harm,
            "inferred": link.inferred,
            "cited": len(link.evidence),
            "dependency": local_name(link.dependency),
        }
        for path in answer.paths
        for number, link in enumerate(path.links, 1)
    ]
    return Table(rows, columns)


__all__ = ["explanation_rows"]
