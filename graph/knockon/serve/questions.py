"""The questions that can be asked over HTTP and by assistants: one registry for routes, OpenAPI, reference pages and tools.

A question is a method of ``Graph``. Its parameters are those of the method and of the options that it takes, with their
types and docstrings; what cannot be sent (a portfolio, another graph, the path of a file) is not among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knockon.analysis.answer import Answer, as_json
from knockon.errors import NotFound, UsageError
from knockon.graph import Graph
from knockon.serve.library import ask_library
from knockon.serve.parameters import Values
from knockon.serve.question import RDF, Question, named
from knockon.text import json_text

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from knockon.analysis.impact.impact_report import ImpactReport
    from knockon.analysis.structure.neighbours import Neighbours


def _differences(
    graph: Graph, old: int | None = None, new: int | None = None, as_of: str = "all", and_as_of: str | None = None
) -> Answer:
    """Return the differences between two revisions of the store, named by their numbers alone.

    Parameters
    ----------
    old
        The number of the earlier revision; None: the one before the current one, and with two days the current one.
    new
        The number of the later revision; None: the current one.
    """
    answer = graph.diff(old, new, as_of=as_of, and_as_of=and_as_of)
    # The names of versions are folders of the server, with the number of a revision.
    two_days = and_as_of is not None
    earlier = "current" if two_days else answer.old.rpartition("@")[2]
    first = earlier if old is None else str(old)
    second = str(new) if new is not None else first if two_days else "current"
    return replace(answer, old=first, new=second)


def _quotations(graph: Graph, name: str, documents: Path | None = None) -> tuple[Answer, ...]:
    """Return the words of documents behind a record.

    Parameters
    ----------
    name
        Its IRI, local name or label.
    """
    from knockon.analysis.records.quotations import quotations

    if documents is None or not documents.is_dir():
        raise NotFound("folder of documents", "documents", hint="(the server needs one: --documents FOLDER)")
    return quotations(graph.store, name, documents)


def _of_records(iris: Callable[[Any], Iterable[str]]) -> Callable[[Graph, Any], Iterator[Quad]]:
    """Return what returns the records of an answer as quads, given their IRIs."""

    def quads(graph: Graph, answer: Any) -> Iterator[Quad]:
        from knockon.analysis.records.record import record_quads

        return record_quads(graph.store, *dict.fromkeys(iris(answer)))

    return quads


def _link_records(answer: Neighbours) -> Iterator[str]:
    for link in (*answer.needs, *answer.needed_by):
        yield from link.dependencies
    yield from (link.record for link in answer.others)


def _run_quads(graph: Graph, answer: ImpactReport) -> Iterator[Quad]:  # noqa: ARG001 - as those of records
    from knockon.analysis.impact.to_rdf import run_quads

    return run_quads(answer)


#: The questions by name, in the order of reference pages.
QUESTIONS: Mapping[str, Question] = {
    question.name: question
    for question in (
        Question(
            "search", "analysis.records.search:SearchResult", "records:search_table",
            example={"text": "chip", "cls": "Company"},
            quads=_of_records(lambda answer: [match.id for match in answer.matches]),
        ),
        Question(
            "entity", "analysis.records.record:RecordDetails", "records:record_table", example={"name": "nvidia"},
            method="show", quads=_of_records(lambda answer: [answer.id]),
        ),
        Question(
            "neighbours", "analysis.structure.neighbours:Neighbours", "links:neighbour_rows", example={"entity": "nvidia"},
            quads=_of_records(_link_records),
        ),
        Question(
            "paths", "analysis.structure.dependency_paths:DependencyPaths", "links:path_rows",
            example={"entity": "sensefoundry", "source": "nvidia"},
            quads=_of_records(
                lambda answer: [iri for path in answer.paths for link in path.links for iri in link.dependencies]
            ),
        ),
        Question(
            "profile", "analysis.records.profile_answer:Profile", "profile:profile_rows", example={"entity": "nvidia"}
        ),
        Question("shocks", "analysis.impact.shock_reach:ShockReach", "all_impacts:shocks_table", many=True,
            quads=_of_records(lambda answer: [reach.iri for reach in answer])),
        Question(
            "impact", "present.answers:ImpactReport", "impact:impact_rows", example={"hit": {"inference-chips": "high"}},
            quads=_run_quads,
        ),
        Question(
            "explain", "present.explanation_answer:Explanation", "explanation:explanation_rows",
            example={"shock": "entity-list-chips", "entity": "sensefoundry"},
        ),
        Question(
            "compare", "analysis.impact.compare:Comparison", "comparison:comparison_rows",
            example={"shock": "entity-list-chips", "what_if": {"inference-chips": "source=0.5"}},
        ),
        Question("exposure", "analysis.impact.exposure:Exposure", "exposure:exposure_rows", example={"entity": "sensefoundry"}),
        Question(
            "chokepoints", "analysis.structure.chokepoints_answer:Chokepoints", "structure:chokepoint_rows",
            example={"entity": "sensefoundry"},
        ),
        Question(
            "mitigate", "analysis.mitigate.mitigation:Mitigation", "mitigate:mitigation_rows",
            example={"shock": "entity-list-chips", "protect": "sensefoundry"},
        ),
        Question("queries", "analysis.records.library:LibraryQuery", "query:library_table", many=True),
        Question(
            "query", "analysis.records.library:LibraryAnswer", "query:library_answer_table",
            example={"name": "who-depends-on", "param": {"entity": "nvidia"}}, run=ask_library,
        ),
        Question("documents", "analysis.records.documents:DocumentSummary", "records:documents_table", many=True,
            quads=_of_records(lambda answer: [document.id for document in answer])),
        Question(
            "quotations", "analysis.records.quotations:Quotation", "records:quotations_table",
            example={"name": "inference-chips"}, many=True, method="show", run=_quotations, needs_documents=True,
        ),
        Question(
            "diff", "analysis.records.differences:Differences", "differences:differences_table",
            example={"as_of": "2019-01-01", "and_as_of": "2025-01-01"}, run=_differences,
        ),
        Question("freshness", "analysis.records.documents:Freshness", "records:freshness_table"),
        Question("schema", "analysis.records.schema:SchemaTerm", "records:schema_table", many=True),
    )
}  # fmt: skip


def answer_bytes(graph: Graph, name: str, values: Values, form: str = "json", documents: Path | None = None) -> bytes:
    r"""Return the answer to a question as the bytes of a file.

    Parameters
    ----------
    graph
        The graph that is asked.
    name
        The name of the question, or of what a page shows: see ``page_data.PAGES``.
    values
        What it is asked with, as ``Question.read`` returns it.
    form
        One of the forms of the question.
    documents
        The folder of documents that may be quoted; None: none may be.

    Raises
    ------
    NotFound
        There is no such question, or what it names is not in the graph.
    UsageError
        The question has no such form, or cannot be answered so.

    Examples
    --------
    >>> import knockon
    >>> answer_bytes(knockon.open("chips"), "search", {"text": "ASML", "top": 1}, "csv").split(b"\n")[1]
    b'asml,Company,ASML,label,ASML,chips'
    """
    if name.startswith("page:"):
        from knockon.serve.page_data import page_bytes

        return page_bytes(graph, name, values, documents)
    if name not in QUESTIONS:
        raise NotFound("question", name, QUESTIONS)
    question = QUESTIONS[name]
    if form not in question.forms:
        raise UsageError(f"{name} has no form {form!r}; it has {', '.join(question.forms)}")
    folder: dict[str, Any] = {"documents": documents} if question.needs_documents else {}
    answer = question.ask(graph, {**values, **folder})
    if form in RDF and question.quads is not None:
        from pyoxigraph import Quad

        from knockon.store.files import FORMATS, to_bytes

        # The graphs in which a store keeps them are no part of the answer.
        triples = (Quad(quad.subject, quad.predicate, quad.object) for quad in question.quads(graph, answer))
        return to_bytes(triples, FORMATS[form])
    if form == "csv":
        from knockon.present.tables.tables import render

        table = named(f"present.rows.{question.rows}")(answer)
        return render(table.rows, table.columns, "csv").encode()
    return json_text(as_json(answer)).encode()


__all__ = ["QUESTIONS", "answer_bytes"]
