"""The questions that can be asked over HTTP and by assistants: one registry for routes, OpenAPI, reference pages and tools.

A question is a method of ``Graph``. Its parameters are those of the method and of the options that it takes, with their
types and docstrings; what cannot be sent (a portfolio, another graph, the path of a file) is not among them.
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from knockon.analysis import options
from knockon.analysis.answer import Answer, JsonObject, JsonValue, as_json
from knockon.analysis.argument_types import check_type
from knockon.analysis.methods import METHODS
from knockon.docstrings import described, summary
from knockon.errors import NotFound, UsageError, nearest
from knockon.graph import Graph
from knockon.text import json_text
from knockon.vocabulary import Stance

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from knockon.analysis.impact.impact_report import ImpactReport
    from knockon.analysis.records.record import RecordDetails

#: What a question is asked with: plain values of JSON by the names of its parameters.
Values: TypeAlias = Mapping[str, JsonValue]

#: The forms of answers in RDF.
RDF = ("ttl", "nt", "jsonld", "rdf")
#: The greatest whole number that every reader of JSON keeps as it is (RFC 8259, section 6).
_MOST = 2**53 - 1
_SEVERITY: JsonObject = {"type": ["string", "number"]}
#: The schemas of annotations. A parameter of another type cannot be sent.
_SCHEMAS: Mapping[str, JsonObject] = {
    "str": {"type": "string"},
    "int": {"type": "integer", "minimum": -_MOST, "maximum": _MOST},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "Iterable[str]": {"type": "array", "items": {"type": "string"}},
    "Mapping[str, Severity]": {"type": "object", "additionalProperties": _SEVERITY},
    "Mapping[str, str]": {"type": "object", "additionalProperties": {"type": "string"}},
}
#: Parameters that take one of some words.
_WORDS: Mapping[str, Sequence[str]] = {
    "model": tuple(METHODS), "stances": tuple(stance.value for stance in Stance),
}  # fmt: skip
#: Parameters that cannot be sent: a portfolio, another graph, a folder.
_NOT_SENT = frozenset({"self", "graph", "portfolio", "before", "documents"})
_KEYWORDS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a question.

    Attributes
    ----------
    name
        Its name.
    annotation
        Its type in Python, as the method of ``Graph`` or the options have it.
    schema
        The JSON Schema of its value.
    description
        What it means.
    required
        Whether it must be given.
    default
        What it is where it is not given; None also where the method decides.
    """

    name: str
    annotation: str
    schema: JsonObject
    description: str
    required: bool
    default: JsonValue

    @property
    def repeats(self) -> bool:
        """Whether it may be given several times in the query of an address: a list, or NAME=VALUE pairs."""
        return self.schema["type"] in ("array", "object")

    def parse(self, texts: Sequence[str]) -> JsonValue:
        """Return the value that texts in the query of an address mean: one, or several where the parameter ``repeats``.

        Raises
        ------
        UsageError
            A text is not of the type of the parameter.

        Examples
        --------
        >>> {p.name: p for p in QUESTIONS["impact"].parameters}["hit"].parse(["asml=high", "ios=0.3"])
        {'asml': 'high', 'ios': '0.3'}
        """
        if self.schema["type"] == "array":
            return list(texts)
        if self.schema["type"] == "object":
            return self._pairs(texts)
        if len(texts) > 1:
            raise UsageError(f"{self.name} is given {len(texts)} times; give it once")
        return _parse(self.schema, texts[0])

    def _pairs(self, texts: Sequence[str]) -> JsonObject:
        pairs: JsonObject = {}
        inner = self.schema.get("properties")
        for text in texts:
            name, equals, value = text.partition("=")
            if not equals or not name or name in pairs:
                raise UsageError(f"{self.name}={text!r}: write NAME=VALUE, each name once")
            schema = inner.get(name) if isinstance(inner, dict) else None
            pairs[name] = _parse(schema, value) if isinstance(schema, dict) else value
        return pairs

    def check(self, value: JsonValue) -> None:
        """Refuse a value of another type.

        Raises
        ------
        UsageError
            The value is of another type, or too large a number.
        """
        check_type(self.name, value, self.annotation)
        if isinstance(value, dict) and "properties" in self.schema:
            _read(f"{self.name}=", {option.name: option for option in OPTIONS}, value)
        elif isinstance(value, dict) or self.repeats:
            items = list(value.values()) if isinstance(value, dict) else value
            kinds = (str, int, float) if self.schema.get("additionalProperties") == _SEVERITY else (str,)
            if not isinstance(items, list) or not all(isinstance(item, kinds) and not isinstance(item, bool) for item in items):
                texts = "texts" if len(kinds) == 1 else "texts or numbers"
                raise UsageError(f"{self.name} must be {f'{texts} by name' if isinstance(value, dict) else 'a list of texts'}")
        for number in value.values() if isinstance(value, dict) else (value,):
            if (isinstance(number, float) and not math.isfinite(number)) or (isinstance(number, int) and abs(number) > _MOST):
                raise UsageError(f"{self.name}: a number that is too large")


def _read(asked: str, known: Mapping[str, Parameter], values: Values) -> None:
    """Refuse values of unknown names, and of other types than those of their parameters."""
    for name in values:
        if name not in known:
            close = nearest(name, known)
            hint = f"did you mean {', '.join(close)}?" if close else f"it takes {', '.join(known) or 'none'}"
            raise UsageError(f"{asked} has no parameter {name[:80]!r}; {hint}")
        known[name].check(values[name])


def _parse(schema: JsonObject, text: str) -> JsonValue:
    """Return a text as a value of the type of a schema; the text itself where it is none, which ``check`` refuses."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if "boolean" in kinds:
        return _KEYWORDS.get(text.lower(), text)
    for kind, number in (("integer", int), ("number", float)):
        if kind in kinds and text.isascii() and "_" not in text:
            try:
                return number(text)
            except ValueError:
                continue
    return text


@dataclass(frozen=True, slots=True)
class Question:
    """A question that can be asked over HTTP and by assistants.

    Attributes
    ----------
    name
        Its name: its path is ``/api/NAME``.
    method
        The method of ``Graph`` that answers it, and whose docstring describes it.
    answer
        The class of its answer: module and name.
    rows
        The function that returns its rows, for CSV: module and name; empty where it has none.
    quads
        Returns the answer of a graph as quads; None where it has no form in RDF.
    many
        Whether the answer is a list.
    run
        What answers it in place of the method itself, with parameters of its own.
    needs_documents
        Whether it quotes the folder of documents, which only a server has that is given one.
    """

    name: str
    method: str
    answer: str
    rows: str = ""
    quads: Callable[[Graph, Any], Iterator[Quad]] | None = None
    many: bool = False
    run: Callable[..., Any] | None = None
    needs_documents: bool = False

    @property
    def path(self) -> str:
        """The path at which it is asked."""
        return f"/api/{self.name}"

    @property
    def summary(self) -> str:
        """What it answers, in a sentence."""
        return summary((self.run or getattr(Graph, self.method)).__doc__)

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
        return _parameters(self.name)

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
        for parameter in self.parameters:
            if parameter.required and values.get(parameter.name) is None:
                raise UsageError(f"{self.name} needs {parameter.name}: {parameter.description}")
        _read(self.name, {parameter.name: parameter for parameter in self.parameters}, values)
        return {name: value for name, value in values.items() if value is not None}

    def read_query(self, pairs: Sequence[tuple[str, str]]) -> JsonObject:
        """Return values from the names and texts in the query of an address, as ``read`` does."""
        known = {parameter.name: parameter for parameter in self.parameters}
        texts: dict[str, list[str]] = {}
        for name, text in pairs:
            texts.setdefault(name, []).append(text)
        return self.read({name: known[name].parse(given) if name in known else None for name, given in texts.items()})

    def ask(self, graph: Graph, values: Values) -> Any:
        """Return the answer of a graph: an ``Answer``, or a tuple of them where ``many``.

        Raises
        ------
        KnockonError
            As the method of ``Graph`` raises it.
        """
        if self.run is not None:
            return self.run(graph, **values)
        method = getattr(graph, self.method)
        # What has no default in Python, but may be None, need not be sent.
        missing = {name: None for name, p in inspect.signature(method).parameters.items() if _may_be_left_out(p)}
        return method(**{**missing, **values})


def _named(name: str) -> Any:
    module, _, attribute = name.partition(":")
    return getattr(import_module(f"knockon.{module}"), attribute)


def _may_be_left_out(parameter: inspect.Parameter) -> bool:
    return parameter.default is parameter.empty and "None" in str(parameter.annotation).split(" | ")


@functools.cache
def _parameters(name: str) -> tuple[Parameter, ...]:
    question = QUESTIONS[name]
    method = question.run or getattr(Graph, question.method)
    documented = described(getattr(Graph, question.method).__doc__, "Parameters") | described(method.__doc__, "Parameters")
    parameters = []
    for parameter in inspect.signature(method).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD and "Options" in str(parameter.annotation):
            taken = getattr(options, str(parameter.annotation).removeprefix("Unpack[").removesuffix("]"))
            parameters += _options(taken)
        elif parameter.name not in _NOT_SENT:
            default = None if parameter.default is parameter.empty else as_json(parameter.default)
            required = parameter.default is parameter.empty and not _may_be_left_out(parameter)
            description = documented.get(parameter.name, "")
            parameters.append(_parameter(parameter.name, str(parameter.annotation), description, required, default))
    return tuple(parameters)


def _options(taken: Any) -> list[Parameter]:
    """Return the options of a TypedDict as parameters."""
    documented = described(taken.__doc__, "Attributes")
    defaults: Mapping[str, object] = {**options.DEFAULTS}
    return [
        _parameter(name, options.annotation(name), documented.get(name, ""), False, as_json(defaults.get(name)))
        for name in taken.__annotations__
    ]


def _parameter(name: str, annotation: str, description: str, required: bool, default: JsonValue) -> Parameter:
    kinds = [kind for kind in annotation.split(" | ") if kind not in ("None", "date")]
    if kinds == ["Options"]:
        schema: JsonObject = {
            "type": "object", "properties": {option.name: option.schema for option in _options(options.Options)},
            "additionalProperties": False,
        }  # fmt: skip
    else:
        (kind,) = kinds  # a method whose parameter has several types names in ``types`` the one that is sent
        schema = dict(_SCHEMAS[kind])
    if name in _WORDS:
        words: JsonObject = {"enum": list(_WORDS[name])}
        schema |= {"items": {"type": "string", **words}} if schema["type"] == "array" else words
    return Parameter(name, annotation, schema, description, required, default)


#: The parameters that questions about shocks have in common.
OPTIONS = tuple(_options(options.Options))


def _library_answer(graph: Graph, name: str, param: Mapping[str, str] | None = None, as_of: str | None = None) -> Answer:
    """Return the rows of a query of the library. It runs without limits of its own: a worker has them.

    Parameters
    ----------
    param
        The parameters of the query, each the name of a record: ``{"entity": "nvidia"}``.
    as_of
        The day whose records are asked; None: all records.
    """
    from knockon.analysis.records.library import library_answer
    from knockon.query.library import check_arguments, query_by_name

    query = query_by_name(name)
    arguments: dict[str, Any] = dict(param or {})
    # An argument must not pass for an option of ``Graph.query``.
    check_arguments(query, arguments)
    return library_answer(query, graph.query(name=name, limits=None, as_of=as_of, **arguments))


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
    # The names of versions are folders of the server.
    return replace(answer, old=_version_name(answer.old), new=_version_name(answer.new))


def _version_name(name: str) -> str:
    return name.rpartition("@")[2] if "@" in name else "current"


def _quotations(graph: Graph, name: str, documents: Path | None = None) -> tuple[Answer, ...]:
    """Return the words of documents behind a record.

    Parameters
    ----------
    name
        Its IRI, local name or label.
    """
    from knockon.analysis.records.quotations import quotations

    if documents is None:
        raise NotFound("folder of documents", "documents", hint="the server is started without --documents")
    return quotations(graph.store, name, documents)


def _record_quads(graph: Graph, answer: RecordDetails) -> Iterator[Quad]:
    from knockon.analysis.records.record import record_quads

    return record_quads(graph.store, answer.id)


def _run_quads(graph: Graph, answer: ImpactReport) -> Iterator[Quad]:  # noqa: ARG001 - as _record_quads
    from knockon.analysis.impact.to_rdf import run_quads

    return run_quads(answer)


_ROWS = "present.rows"
#: The questions by name, in the order of reference pages.
QUESTIONS: Mapping[str, Question] = {
    question.name: question
    for question in (
        Question("search", "search", "analysis.records.search:SearchResult", f"{_ROWS}.records:search_table"),
        Question(
            "entity", "show", "analysis.records.record:RecordDetails", f"{_ROWS}.records:record_table", quads=_record_quads
        ),
        Question(
            "neighbours", "neighbours", "analysis.structure.neighbours:Neighbours", f"{_ROWS}.links:neighbour_rows"
        ),
        Question("paths", "paths", "analysis.structure.dependency_paths:DependencyPaths", f"{_ROWS}.links:path_rows"),
        Question("profile", "profile", "analysis.records.profile_answer:Profile", f"{_ROWS}.profile:profile_rows"),
        Question(
            "shocks", "shocks", "analysis.impact.shock_reach:ShockReach", f"{_ROWS}.all_impacts:shocks_table", many=True
        ),
        Question("impact", "impact", "present.answers:ImpactReport", f"{_ROWS}.impact:impact_rows", quads=_run_quads),
        Question("explain", "explain", "present.explanation_answer:Explanation"),
        Question("compare", "compare", "analysis.impact.compare:Comparison", f"{_ROWS}.comparison:comparison_rows"),
        Question("exposure", "exposure", "analysis.impact.exposure:Exposure", f"{_ROWS}.exposure:exposure_rows"),
        Question(
            "chokepoints", "chokepoints", "analysis.structure.chokepoints_answer:Chokepoints",
            f"{_ROWS}.structure:chokepoint_rows",
        ),
        Question("mitigate", "mitigate", "analysis.mitigate.mitigation:Mitigation", f"{_ROWS}.mitigate:mitigation_rows"),
        Question("queries", "queries", "analysis.records.library:LibraryQuery", f"{_ROWS}.query:library_table", many=True),
        Question(
            "query", "query", "analysis.records.library:LibraryAnswer", f"{_ROWS}.query:library_answer_table",
            run=_library_answer,
        ),
        Question(
            "documents", "documents", "analysis.records.documents:DocumentSummary", f"{_ROWS}.records:documents_table",
            many=True,
        ),
        Question(
            "quotations", "show", "analysis.records.quotations:Quotation", f"{_ROWS}.records:quotations_table", many=True,
            run=_quotations, needs_documents=True,
        ),
        Question(
            "diff", "diff", "analysis.records.differences:Differences", f"{_ROWS}.differences:differences_table",
            run=_differences,
        ),
        Question("freshness", "freshness", "analysis.records.documents:Freshness", f"{_ROWS}.records:freshness_table"),
        Question("schema", "schema", "analysis.records.schema:SchemaTerm", f"{_ROWS}.records:schema_table", many=True),
    )
}  # fmt: skip


def answer_bytes(graph: Graph, name: str, values: Values, form: str = "json", documents: Path | None = None) -> bytes:
    r"""Return the answer to a question as the bytes of a file.

    Parameters
    ----------
    graph
        The graph that is asked.
    name
        The name of the question.
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
    if name not in QUESTIONS:
        raise NotFound("question", name, QUESTIONS)
    question = QUESTIONS[name]
    if form not in question.forms:
        raise UsageError(f"{name} has no form {form!r}; it has {', '.join(question.forms)}")
    folder: dict[str, Any] = {"documents": documents} if question.needs_documents else {}
    answer = question.ask(graph, {**values, **folder})
    if form in RDF and question.quads is not None:
        from knockon.store.files import FORMATS, to_bytes

        return to_bytes(question.quads(graph, answer), FORMATS[form])
    if form == "csv":
        from knockon.present.tables.tables import render

        table = _named(question.rows)(answer)
        return render(table.rows, table.columns, "csv").encode()
    return json_text(as_json(answer)).encode()


__all__ = ["OPTIONS", "QUESTIONS", "RDF", "Parameter", "Question", "Values", "answer_bytes"]
