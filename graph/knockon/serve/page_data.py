"""What the pages of the web app show beyond single answers of the API: put together in a worker, as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from knockon.analysis.answer import JsonObject, JsonValue, as_json
from knockon.analysis.answer_parts import Citation
from knockon.graph import Graph
from knockon.proposals.decisions import decisions_path
from knockon.serve.parameters import Values
from knockon.text import json_text

#: The most entities of the matrix of shocks: those that lose most.
MATRIX = 10


def matrix(graph: Graph, _values: Values, _documents: Path | None) -> JsonObject:
    """Return what each shock takes from the entities that lose most by others than a hit of their own.

    ``shocks`` and ``entities`` have the names of records, ``losses`` a row for each shock: a loss (0..1) or None.
    """
    reports = graph.impacts()
    worst: dict[str, tuple[float, int, str]] = {}
    for report in reports:
        for impact in report.impacts:
            most, times, _ = worst.get(impact.entity, (0.0, 0, ""))
            reached = impact.step > 0
            worst[impact.entity] = (max(most, impact.loss * reached), times + reached, impact.label)
    chosen = sorted((iri for iri, (most, *_) in worst.items() if most), key=lambda iri: (-worst[iri][0], -worst[iri][1], iri))
    entities = chosen[:MATRIX]
    rows = []
    for report in sorted(reports, key=lambda report: (-report.affected, report.shock.id)):
        losses = {impact.entity: impact.loss for impact in report.impacts}
        rows.append({
            "shock": report.shock.id, "label": report.shock.label, "affected": report.affected,
            "losses": [losses.get(iri) for iri in entities],
        })  # fmt: skip
    return {"entities": as_json([{"iri": iri, "label": worst[iri][2]} for iri in entities]), "shocks": as_json(rows)}


def entity(graph: Graph, values: Values, documents: Path | None) -> JsonObject:
    """Return a record with its links, what lists say of it, the shocks on it, and the words of documents that are at hand."""
    from knockon.analysis.labels import label_of
    from knockon.analysis.lists.covered_answer import COVERED
    from knockon.analysis.lists.wording import SUPPOSED
    from knockon.analysis.records.document_folder import read_document_folder
    from knockon.model import Entity
    from knockon.model.records import having

    record = graph.show(str(values["name"]))
    content: dict[str, Any] = {"record": as_json(record)}
    cited = list(_cited(content["record"], record))
    if any(isinstance(each, Entity) for each in having(graph.store.records, [record.id])):
        links = graph.neighbours(record.id)
        content["neighbours"] = as_json(links)
        for key, rows in (("needs", links.needs), ("needed_by", links.needed_by), ("others", links.others)):
            cited += [pair for one, row in zip(content["neighbours"][key], rows, strict=True) for pair in _cited(one, row)]
        content["exposure"] = as_json(graph.exposure(record.id))
        content["lists"] = [
            {
                "measure": one.measure, "label": one.label, "standing": one.standing, "supposed": one.status in SUPPOSED,
                "text": one.parties[0].text,
            }
            for one in graph.covered(entity=record.id).lists
            if one.parties and one.parties[0].verdict == COVERED
        ]  # fmt: skip
    if documents is not None:
        folder = read_document_folder(documents, graph.store.records)
        for place, citation in cited:
            place["words"] = folder.quote(citation)
    named = {each.id: each for each in having(graph.store.records, set(_texts(content)))}
    content["labels"] = {iri: label_of(named, iri) for iri in sorted(named)}
    return content


def _cited(part: Mapping[str, Any], answer: Any) -> Iterator[tuple[dict[str, Any], Citation]]:
    """Yield each place in a part of the JSON of an answer, with the citation that it was made of."""
    yield from zip(part["evidence"], answer.evidence, strict=True)


def shock(graph: Graph, values: Values, _documents: Path | None) -> JsonObject:
    """Return the run of a shock with its finding in sentences and what limits it."""
    from knockon.present.page.plain_finding import finding_texts
    from knockon.present.rows.impact import impact_notes

    asked: Any = values
    report = graph.impact(**asked)
    return {
        "report": as_json(report),
        "finding": as_json(finding_texts(report)),
        "notes": as_json(impact_notes(report)),
    }


def query(graph: Graph, values: Values, _documents: Path | None) -> JsonObject:
    """Return the answer to a query of the library, and the query with its parameters bound, for the editor."""
    from knockon.query.library import query_by_name
    from knockon.serve.library import ask_library

    asked: Any = values
    answer = ask_library(graph, **asked)
    known = query_by_name(answer.name)
    text = known.text
    param = values.get("param") or {}
    if answer.rows and isinstance(param, Mapping) and param:
        names = [parameter.name for parameter in known.parameters if parameter.name in answer.rows[0]]
        bound = " ".join(f"<{answer.rows[0][name]}>" for name in names)
        text += f"VALUES ({' '.join(f'?{name}' for name in names)}) {{ ({bound}) }}\n" if names else ""
    return {"answer": as_json(answer), "sparql": text}


def identity(graph: Graph, _values: Values, _documents: Path | None) -> JsonObject:
    """Return the pairs of entities that may be one, the most similar first."""
    from knockon.errors import UsageError
    from knockon.present.page.identity import MOST
    from knockon.present.page.worlds import RECORDS

    if len(graph.store.records) > RECORDS:
        return {"pairs": [], "of": 0, "unasked": f"Not looked for here: the graph has more than {RECORDS:,} records."}
    try:
        pairs = graph.resolve(unsure=True).pairs
    except UsageError as error:
        return {"pairs": [], "of": 0, "unasked": str(error)}
    rows = [{"ends": [[pair.first, pair.names[0]], [pair.second, pair.names[1]]], "why": pair.reason} for pair in pairs[:MOST]]
    return {"pairs": as_json(rows), "of": len(pairs), "unasked": ""}


def explorer(graph: Graph, values: Values, documents: Path | None) -> JsonObject:
    """Return the data of the explorer page, as a page without a server contains them, and where it is: ``site``, ``save``."""
    shock, centre = (str(values[name]) if values.get(name) else None for name in ("shock", "centre"))
    data = graph._explored(shock, centre=centre, documents=documents)[0]
    if "identity" in data and values.get("save"):
        data["identity"]["save"] = values["save"]
    return {**data, "site": values["site"]}


def proposals(graph: Graph, values: Values, _documents: Path | None) -> JsonObject:
    """Return the proposals of a queue, with what was decided on them."""
    queue = Path(str(values["queue"]))
    rows = graph.proposals(queue) if queue.exists() or decisions_path(queue).exists() else ()
    return {"proposals": as_json(rows)}


def proposal(graph: Graph, values: Values, documents: Path | None) -> JsonObject:
    """Return a proposal to decide on, and the name of the next open one."""
    queue, name = Path(str(values["queue"])), str(values["id"])
    waiting = [row.id for row in graph.proposals(queue) if row.state == "open"]
    after = [*waiting[waiting.index(name) + 1 :], *waiting] if name in waiting else waiting
    review = graph.review_proposal(name, queue, documents=documents)
    return {"review": as_json(review), "next": next((each for each in after if each != name), "")}


def _texts(value: JsonValue | Any) -> Iterator[str]:
    """Yield the texts in JSON, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


#: What is made for each page.
PAGES: Mapping[str, Callable[[Graph, Values, Path | None], JsonObject]] = {
    "page:matrix": matrix, "page:entity": entity, "page:shock": shock, "page:query": query, "page:explorer": explorer,
    "page:identity": identity,
    "page:proposals": proposals, "page:proposal": proposal,
}  # fmt: skip


def page_bytes(graph: Graph, name: str, values: Values, documents: Path | None) -> bytes:
    """Return what a page shows as JSON."""
    if name == "page:explorer":
        from knockon.present.page.explorer import document_json

        return document_json(explorer(graph, values, documents))
    return json_text(PAGES[name](graph, values, documents)).encode()


__all__ = ["MATRIX", "PAGES", "page_bytes"]
