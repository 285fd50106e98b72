"""The neighbours of an entity, and the paths between two, as rows."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote
from typing import TYPE_CHECKING

from knockon.present.caveats import world_notes
from knockon.present.rows.structure import links_rest_on
from knockon.present.rows.table import Row, Table
from knockon.suggested_command import suggested
from knockon.text import counted
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
                "record": local_name(link.dependency) if link.dependency else None,
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
            "record": local_name(relation.record),
        }


def path_rows(answer: DependencyPaths) -> Table:
    """Return a row for each path, with its entities from the dependant on."""
    columns = ["length", "strength", "strength_low", "strength_high", "path", "rests_on", "partial"]
    rows = [
        {**path.to_dict(), "path": " needs ".join(path.ids), "rests_on": links_rest_on(path.links)} for path in answer.paths
    ]
    return Table(rows, columns, drop=["partial", "strength_low", "strength_high"])


def neighbour_notes(answer: Neighbours) -> list[str]:
    """Return what to bear in mind of the links of an entity, a line each."""
    counts = f"{counted(len(answer.needs), 'need')}, {counted(len(answer.needed_by), 'dependant')}"
    links = f"{counts} and {counted(len(answer.others), 'other relation')} are recorded"
    return [f"{links}; passes: the part of a loss that a link passes on", *world_notes(answer.run)]


def path_notes(answer: DependencyPaths) -> list[str]:
    """Return what to bear in mind of the paths between two entities, a line each."""
    named = answer.run.named
    first, last = named(answer.dependant), named(answer.source)
    lines = []
    if not answer.paths:
        within = f" by at most {counted(answer.length, 'link')}" if answer.longer or answer.truncated else ""
        lines.append(f"no chain of dependencies leads from {first} to {last}{within}")
        if answer.reverse:
            ends = " ".join(quote(local_name(iri)) for iri in (answer.source, answer.dependant))
            command = suggested(f"paths {ends}", same_world=True)
            lines.append(f"the other way round, {last} rests on {first}: {command}")
    elif answer.longer:
        lines.append(f"longer chains than {answer.length} links may exist and were not looked for; raise --length")
    if answer.truncated:
        lines.append(
            f"STOPPED AT {counted(len(answer.paths), 'CHAIN', 'CHAINS')}: there are, or may be, more; see --most, --length"
        )
    return lines + world_notes(answer.run)


__all__ = ["neighbour_notes", "neighbour_rows", "path_notes", "path_rows"]
