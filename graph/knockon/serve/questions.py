"""The questions that can be asked over HTTP and by assistants: one registry for routes, OpenAPI, reference pages and tools.

A question is a method of ``Graph``. Its parameters are those of the method and of the options that it takes, with their
types and docstrings; what cannot be sent (a portfolio, another graph, the path of a file) is not among them.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from knockon.analysis.answer import Answer, JsonObject, as_json
from knockon.docstrings import summary
from knockon.errors import NotFound, UsageError
from knockon.graph import Graph
from knockon.serve.library import ask_library
from knockon.serve.parameters import Parameter, Values, check_values, may_be_none, parameters_of
from knockon.text import json_text

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from knockon.analysis.impact.impact_report import ImpactReport
    from knockon.analysis.structure.neighbours import Neighbours

#: The forms of answers in RDF.
RDF = ("ttl", "nt", "jsonld", "rdf")


@dataclass(frozen=True, slots=True)
class Question:
    """A question that can be asked over HTTP and by assistants.

    Attributes
    ----------
    name
        Its name: its path is ``/api/NAME``.
    answer
        The class of its answer: module and name.
    rows
        The function of ``present.rows`` that returns its rows, for CSV: module and name; empty where it has none.
    example
        What it can be asked with on bundled data.
    quads
        Returns the answer of a graph as quads; None where it has no form in RDF.
    many
        Whether the answer is a list.
    method
        The method of ``Graph`` that answers it, and whose docstring describes it; empty where it has the same name.
    run
        What answers it in place of the method itself, with parameters of its own.
    needs_documents
        Whether it quotes the folder of documents, which only a server has that is given one.
    """

    name: str
    answer: str
    rows: str = ""
    example: Values = field(default_factory=dict, kw_only=True)
    quads: Callable[[Graph, Any], Iterator[Quad]] | None = None
    many: bool = False
    method: str = ""
    run: Callable[..., Any] | None = None
    needs_documents: bool = False

    @property
    def path(self) -> str:
        """The path at which it is asked."""
        return f"/api/{self.name}"

    @property
    def summary(self) -> str:
        """What it answers, in a sentence."""
        return summary((self.run or self._method).__doc__)

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms of its answer; the first is the default."""
        return ("json", *(("csv",) if self.rows else ()), *(RDF if self.quads else ()))

    @property
    def answer_class(self) -> type:
        """The class of its answer, or of each part where the answer is a list."""
        cls: type = _named(self.answer)
        return cls

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its parameters, in the order of the method."""
        return _parameters(self.run or self._method, self._method)

    def read(self, values: Values) -> JsonObject:
        """Return values with which the question can be asked: those given, checked, without those that are None.

        Raises
        ------
        UsageError
            A parameter is unknown, missing, or of another type.

        Examples
        --------
        >>> QUESTIONS["search"].read({"text": "asml", "top": 5})
        {'text': 'asml', 'top': 5}
        """
        check_values(self.name, self.parameters, values)
        return {name: value for name, value in values.items() if value is not None}

    def read_query(self, pairs: Sequence[tuple[str, str]]) -> JsonObject:
        """Return values from the names and texts in the query of an address, as ``read`` does."""
        known = {parameter.name: parameter for parameter in self.parameters}
        texts: dict[str, list[str]] = {}
        for name, text in pairs:
            texts.setdefault(name, []).append(text)
        return self.read({name: known[name].parse(given) if name in known else None for name, given in texts.items()})

    def address(self, values: Values, form: str = "") -> str:
        """Return the address that asks the question with some values, which ``read_query`` reads from it.

        >>> QUESTIONS["impact"].address({"hit": {"nvidia": "high"}, "facts_only": True}, "csv")
        '/api/impact.csv?hit=nvidia%3Dhigh&facts_only=true'
        """
        pairs = [(p.name, text) for p in self.parameters if p.name in values for text in p.texts(values[p.name])]
        return f"{self.path}{f'.{form}' if form else ''}{f'?{urlencode(pairs)}' if pairs else ''}"

    def ask(self, graph: Graph, values: Values) -> Any:
        """Return the answer of a graph: an ``Answer``, or a tuple of them where ``many``.

        Raises
        ------
        KnockonError
            As the method of ``Graph`` raises it.
        """
        if self.run is not None:
            return self.run(graph, **values)
        # What has no default in Python, but may be None, need not be sent.
        signature = inspect.signature(self._method).parameters.values()
        left_out = [p.name for p in signature if p.default is p.empty and may_be_none(str(p.annotation))]
        return self._method(graph, **{**dict.fromkeys(left_out), **values})

    @property
    def _method(self) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(Graph, self.method or self.name)
        return method


@functools.cache
def _parameters(method: Callable[..., Any], documented_by: Callable[..., Any]) -> tuple[Parameter, ...]:
    return parameters_of(method, documented_by)


def _named(name: str) -> Any:
    module, _, attribute = name.partition(":")
    return getattr(import_module(f"knockon.{module}"), attribute)


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

        table = _named(f"present.rows.{question.rows}")(answer)
        return render(table.rows, table.columns, "csv").encode()
    return json_text(as_json(answer)).encode()


__all__ = ["QUESTIONS", "RDF", "Question", "answer_bytes"]
