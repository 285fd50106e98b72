"""The tools: what an assistant can ask of a graph, the arguments of each, and what it finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from knockon.analysis.answer import JsonObject, JsonValue, as_json
from knockon.errors import NotFound, UsageError
from knockon.graph import Graph
from knockon.mcp import rows
from knockon.mcp.listing import Listing
from knockon.query.terms import short_form, term_value
from knockon.serve.questions import QUESTIONS
from knockon.sparql.limits import Limits

#: What a schema does not say of an argument: the instructions of the server do, or nobody needs it.
_SAID_ELSEWHERE = frozenset({"title", "minLength", "maxLength", "minimum", "exclusiveMinimum"})
#: What one call of run_sparql may take.
SPARQL_LIMITS = Limits(seconds=15.0, memory=2**29, rows=10_000, size=2**24)
_NOT_REACHED = (
    "What is not listed is not reached by a recorded chain; that is not known to be safe: dependencies that no document states "
    "are unknown."
)
_LINKS = "Only recorded links are listed; others may exist."

Name = Annotated[str, Field(min_length=1, max_length=500)]


class Arguments(BaseModel):
    """The arguments that page every tool."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=200)] = 25
    cursor: str | None = None


class Search(Arguments):
    """Arguments of search_entities."""

    text: Name
    cls: Annotated[str, Field(alias="class")] = "Entity"


class One(Arguments):
    """Arguments about one entity."""

    entity: Name


class Neighbours(One):
    """Arguments of get_neighbours."""

    direction: Literal["needs", "needed_by", "other", "all"] = "all"
    options: dict[str, Any] | None = None


class Paths(Arguments):
    """Arguments of find_paths."""

    entity: Name
    source: Name
    length: Annotated[int, Field(ge=1, le=12)] = 8
    options: dict[str, Any] | None = None


class Impact(Arguments):
    """Arguments of simulate_impact."""

    shock: str | None = None
    hit: dict[str, str | float] | None = None
    options: dict[str, Any] | None = None


class Explain(Impact):
    """Arguments of explain_impact."""

    entity: Name
    paths: Annotated[int, Field(ge=1, le=10)] = 3


class Shocks(Arguments):
    """Arguments of list_shocks."""

    options: dict[str, Any] | None = None


class Chokepoints(One):
    """Arguments of chokepoints."""

    threshold: Annotated[float, Field(gt=0, le=1)] = 0.5
    order: Annotated[int, Field(ge=1, le=3)] = 2
    options: dict[str, Any] | None = None


class Sparql(Arguments):
    """Arguments of run_sparql."""

    query: str | None = None
    name: str | None = None
    parameters: dict[str, str] | None = None


class Schema(Arguments):
    """Arguments of get_schema."""

    term: str | None = None


def _ask(name: str, graph: Graph, options: JsonObject, **arguments: JsonValue) -> Any:
    """Return the answer to a question of the registry, with arguments of the tool and the options of the call.

    Raises
    ------
    UsageError
        An option is unknown, of another type, or an argument of the tool.
    """
    if clash := options.keys() & arguments.keys():
        raise UsageError(f"{min(clash)} is an argument of the tool itself, not one of its options")
    question = QUESTIONS[name]
    given = {name: value for name, value in arguments.items() if value is not None}
    return question.ask(graph, question.read({**options, **given}))


def _search(graph: Graph, asked: Search, _options: JsonObject) -> Listing:
    found = graph.search(asked.text, cls=asked.cls or None, top=0)
    matches: list[JsonValue] = [
        {"id": rows.short(match.id), "label": match.title, "class": match.cls, "where": match.where, "text": match.text}
        for match in found.matches
    ]
    return Listing({"nearest": list(found.nearest)} if not matches else {}, "matches", matches, found.total)


def _entity(graph: Graph, asked: One, _options: JsonObject) -> Listing:
    record = graph.show(asked.entity)
    named_by: list[JsonValue] = [
        {"record": rows.short(mention.record), "class": mention.cls, "property": mention.property, "title": mention.title}
        for mention in record.named_by
    ]
    head: JsonObject = {
        "id": rows.short(record.id), "iri": record.id, "class": record.cls, "label": record.title,
        "fields": rows.short(as_json(record.values)), "evidence": [rows.citation_row(each) for each in record.evidence],
        "labels": rows.short(as_json(record.labels)), "same_as": rows.short(list(record.same_as or ())),
    }  # fmt: skip
    return Listing(head, "named_by", named_by, len(named_by), ("A field that is absent is unknown.",))


def _neighbours(graph: Graph, asked: Neighbours, options: JsonObject) -> Listing:
    answer = _ask("neighbours", graph, options, entity=asked.entity)
    links: list[JsonValue] = [row for row in rows.neighbour_rows(answer) if asked.direction in ("all", row["direction"])]
    head: JsonObject = {"entity": {"id": rows.short(answer.entity), "label": answer.label, "class": answer.cls}}
    return Listing(head, "links", links, len(links), (_LINKS,))


def _paths(graph: Graph, asked: Paths, options: JsonObject) -> Listing:
    bounds = {"length": asked.length, "most": 200}
    answer = _ask("paths", graph, options, entity=asked.entity, source=asked.source, **bounds)
    if not answer.paths and answer.reverse:
        answer = _ask("paths", graph, options, entity=asked.source, source=asked.entity, **bounds)
    head: JsonObject = {
        "dependant": rows.short(answer.dependant), "source": rows.short(answer.source), "longer_may_exist": answer.longer,
    }  # fmt: skip
    paths: list[JsonValue] = [rows.path_row(path, answer.labels) for path in answer.paths]
    return Listing(head, "paths", paths, None if answer.truncated else len(paths), (_LINKS,))


def _impact(graph: Graph, asked: Impact, options: JsonObject) -> Listing:
    report = _ask("impact", graph, options, shock=asked.shock, hit=as_json(asked.hit))
    losses: list[JsonValue] = [rows.impact_row(each) for each in sorted(report, key=lambda each: (-each.loss, each.entity))]
    return Listing(rows.impact_head(report), "losses", losses, len(losses), (_NOT_REACHED,))


def _explain(graph: Graph, asked: Explain, options: JsonObject) -> Listing:
    given: dict[str, JsonValue] = {"shock": asked.shock, "hit": as_json(asked.hit), "entity": asked.entity}
    answer = _ask("explain", graph, options, **given, paths=asked.paths)
    links = rows.explanation_rows(answer)
    return Listing(rows.explanation_head(answer), "links", links, len(links), ("Paths overlap: shares do not add up to 1.",))


def _shocks(graph: Graph, _asked: Shocks, options: JsonObject) -> Listing:
    shocks: list[JsonValue] = [rows.shock_row(shock) for shock in _ask("shocks", graph, options)]
    return Listing({}, "shocks", shocks, len(shocks))


def _chokepoints(graph: Graph, asked: Chokepoints, options: JsonObject) -> Listing:
    bounds = {"threshold": asked.threshold, "order": asked.order}
    answer = _ask("chokepoints", graph, options, entity=asked.entity, **bounds)
    points = rows.chokepoint_rows(answer)
    return Listing(rows.chokepoint_head(answer), "points", points, None if answer.truncated else len(points), (_LINKS,))


def _sparql(graph: Graph, asked: Sparql, _options: JsonObject) -> Listing:
    if (asked.query is None) == (asked.name is None):
        raise UsageError("give `query` (SPARQL text) or `name` (of a library query): one of the two")
    if reserved := {"text", "name", "limits", "as_of", "according_to", "without", "min_confidence"} & {
        *(asked.parameters or ())
    }:
        raise UsageError(f"{min(reserved)} is not a parameter of a query")
    given: dict[str, Any] = asked.parameters or {}
    answer = graph.query(asked.query, name=asked.name, limits=SPARQL_LIMITS, **given)
    if answer.columns == ("boolean",):
        values: list[JsonValue] = [[bool(answer)]]
    else:
        values = [[_term(term) for term in row] for row in answer]
    head: JsonObject = {"columns": list(answer.columns), "notices": list(answer.notices)}
    return Listing(head, "rows", values, len(values), ("null: unbound.",))


def _term(term: Any) -> JsonValue:
    value: JsonValue = term_value(term)
    return short_form(term) if isinstance(value, str) and value.startswith("http") else value


def _schema(graph: Graph, asked: Schema, _options: JsonObject) -> Listing:
    if asked.term is None:
        return _classes(graph)
    terms = graph.schema()
    name = asked.term if ":" in asked.term else f"ko:{asked.term}"
    found: list[JsonValue] = [
        {"name": term.name, "kind": term.kind, "count": term.count, "derived": term.derived, "comment": term.comment}
        for term in terms
        if term.name == name
    ]
    if not found:
        raise NotFound("term", asked.term, (term.name.removeprefix("ko:") for term in terms))
    return Listing({}, "terms", found, len(found))


def _classes(graph: Graph) -> Listing:
    """Return the classes of the records in use, each with the names of its fields that have values."""
    counts: Counter[str] = Counter()
    fields: dict[str, dict[str, None]] = {}
    for record in graph.store.records:
        counts[record.rdf_class] += 1
        names = ((field.alias or name) for name, field in type(record).model_fields.items() if name in record.model_fields_set)
        fields.setdefault(record.rdf_class, {}).update(dict.fromkeys(names))
    common = {"evidence", "judged", "comment", "label", "inferred", "reason", "from", "until", "id", "altLabel"}
    classes: list[JsonValue] = [
        f"{name} {count}: {' '.join(field for field in fields[name] if field not in common)}".rstrip(": ")
        for name, count in counts.most_common()
    ]
    head: JsonObject = {
        "prefixes": "predeclared: ko (classes and properties below), id (ids), rdfs, dcterms, prov, oa, schema, org, skos, xsd",
        "of_all": " ".join(sorted(common - {"id"})),
        "derived": "?a ko:dependsOn ?b; ?a ko:owns ?b; ?a ko:RELATIONTYPE ?b; ko:loss(?shock, ?entity)",
    }
    return Listing(head, "classes", classes, len(classes))


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool.

    Attributes
    ----------
    name
        The name by which clients call it.
    run
        Finds the answer.
    arguments
        What it takes.
    description
        What it is for, for the assistant.
    """

    name: str
    run: Callable[[Graph, Any, JsonObject], Listing]
    arguments: type[Arguments]
    description: str

    def input_schema(self) -> JsonObject:
        """Return the JSON Schema of the arguments, without what says nothing."""
        schema = self.arguments.model_json_schema()
        properties = {name: _plain(field) for name, field in schema["properties"].items()}
        required = {"required": schema["required"]} if schema.get("required") else {}
        return {"type": "object", "properties": properties, **required}


def _plain(field: JsonObject) -> JsonObject:
    """Return the schema of an argument without titles, and without the null that stands for an omitted one."""
    options = field.pop("anyOf", None)
    if isinstance(options, list):
        field |= next(option for option in options if isinstance(option, dict) and option != {"type": "null"})
    kept = {key: value for key, value in field.items() if key not in _SAID_ELSEWHERE}
    if kept.get("default", "") is None:
        del kept["default"]
    if kept.get("type") == "object":
        kept.pop("additionalProperties", None)
    return kept


#: The JSON Schema of every answer.
OUTPUT_SCHEMA: JsonObject = {
    "type": "object",
    "properties": {
        "data": {"type": "object"},
        "total": {"type": ["integer", "null"]},
        "truncated": {"type": "boolean"},
        "next": {"type": ["string", "null"]},
    },
    "required": ["data"],
}
TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "search_entities",
            _search,
            Search,
            "Find entities by words. class: Entity (default), Company, Shock, Measure, Document, ...",
        ),
        Tool("get_entity", _entity, One, "One record: fields, sources, records that name it."),
        Tool(
            "get_neighbours",
            _neighbours,
            Neighbours,
            "Recorded links of an entity: needs, dependants, stakes and other relations.",
        ),
        Tool(
            "find_paths", _paths, Paths, "Chains of dependencies by which entity rests on source (or the reverse); at most 200."
        ),
        Tool(
            "simulate_impact",
            _impact,
            Impact,
            "Losses (0..1, exact low and high) of all that a shock reaches. Give shock (a recorded one), or hit: "
            '{"nvidia": "high", "ios": 0.3} (Essential, High, Medium, Low, Negligible or 0..1).',
        ),
        Tool(
            "explain_impact",
            _explain,
            Explain,
            "Why a shock or hit reaches an entity: the binding path first, each link with sources.",
        ),
        Tool("list_shocks", _shocks, Shocks, "Recorded shocks and how far each reaches."),
        Tool(
            "chokepoints",
            _chokepoints,
            Chokepoints,
            "Single points, and small sets, whose failure costs entity the threshold or more.",
        ),
        Tool(
            "run_sparql",
            _sparql,
            Sparql,
            "SPARQL 1.1 SELECT/ASK/CONSTRUCT, read-only: query, or name of a library query with parameters (see "
            "knockon://queries). Stopped at 15 s or 10,000 rows.",
        ),
        Tool("get_schema", _schema, Schema, "Classes in use with their fields; with term, one class or property."),
    )
}

__all__ = ["OUTPUT_SCHEMA", "SPARQL_LIMITS", "TOOLS", "Arguments", "Tool"]
