"""The neighbours of an entity, and the paths between two, as rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knockon.present.rows.structure import links_rest_on
from knockon.present.rows.table import Row, Table
from knockon.vocabulary import local_name

if TYPE_CHECKING:
    from knockon.analysis.structure.dependency_paths import DependencyPaths
    from knockon.analysis.structure.neighbours import Neighbours


def neighbour_rows(answer: Neighbours) -> Table:
    """Return a row for each link: first what the entity needs, then what needs it, then other relations.

    ``direction`` is ``out`` where the entity is the one that needs, owns, ..., and ``in`` where the other one is.
    """
    columns = [
        "link",
        "direction",
        "id",
        "label",
        "need",
        "passes",
        "passes_low",
        "passes_high",
        "share",
        "rests_on",
        "cited",
        "record",
    ]
    return Table(list(_neighbours(answer)), columns, drop=["record", "cited", "passes_low", "passes_high"])


def _neighbours(answer: Neighbours) -> Iterator[Row]:
    for direction, links in (("out", answer.needs), ("in", answer.needed_by)):
        for link in links:
            other = link.dependant if direction == "in" else link.provider or link.need
            yield {
                "link": "needs",
                "direction": direction,
                "id": local_name(other),
                "label": answer.labels.get(other, ""),
                "need": local_name(link.need),
                "passes": link.passes.point,
                "passes_low": link.passes.low,
                "passes_high": link.passes.high,
                "share": link.share,
                "rests_on": links_rest_on([link]),
                "cited": len(link.evidence),
                "record": link.dependency,
            }
    for relation in answer.others:
        outward = relation.subject == answer.entity
        other = relation.object if outward else relation.subject
        yield {
            "link": relation.kind,
            "direction": "out" if outward else "in",
            "id": local_name(other),
            "label": answer.labels.get(other, ""),
            "share": relation.share,
            "rests_on": "1 inferred" if relation.inferred else "what is stated",
            "cited": len(relation.evidence),
            "record": relation.record,
        }


def path_rows(answer: DependencyPaths) -> Table:
    """Return a row for each path, with its entities from the dependant on."""
    columns = ["length", "strength", "strength_low", "strength_high", "path", "rests_on", "partial", "entities"]
    rows = [
        {**path.to_dict(), "path": " needs ".join(path.ids), "rests_on": links_rest_on(path.links)} for path in answer.paths
    ]
    return Table(rows, columns, drop=["entities", "partial", "strength_low", "strength_high"])


__all__ = ["neighbour_rows", "path_rows"]
