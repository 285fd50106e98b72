"""The tools: what an assistant can ask of a graph. The signature of each is what it takes, checked as over HTTP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Unpack

from knockon.analysis.answer import JsonObject, JsonValue, as_json
from knockon.analysis.options import Options, RunOptions
from knockon.errors import NotFound, UsageError
from knockon.graph import Graph
from knockon.graph.base import Severity
from knockon.mcp.listing import Listing
from knockon.present import assistant_rows as rows
from knockon.query.terms import short_form, term_value
from knockon.serve.parameters import Parameter, check_values, parameters_of
from knockon.sparql.limits import Limits

#: What one call of run_sparql may take.
SPARQL_LIMITS = Limits(seconds=15.0, memory=2**29, rows=10_000, size=2**24)
#: The most rows of an answer, chains between two entities, links of one, and paths of an explanation.
MOST_ROWS, _MOST_PATHS, _MOST_LINKS, _MOST_EXPLAINED = 200, 200, 12, 10
#: The bounds of options with which an answer could take minutes, as (least, most).
_BOUNDS: Mapping[str, tuple[float, float]] = {"draws": (1, 100_000), "horizon": (1, 100_000), "step": (0.1, 1e9)}
_NOT_REACHED = (
    "What is not listed is not reached by a recorded chain; that is not known to be safe: dependencies that no document states "
    "are unknown."
)
_LINKS = "Only recorded links are listed; others may exist."
_OVERLAP = "Paths overlap: shares do not add up to 1."


def _search(graph: Graph, text: str, cls: str = "Entity") -> Listing:
    found = graph.search(text, cls=cls or None, top=0)
    matches: list[JsonValue] = [
        {"id": rows.short(match.id), "label": match.title, "class": match.cls, "where": match.where, "text": match.text}
        for match in found.matches
    ]
    return Listing({} if matches else {"nearest": list(found.nearest)}, "matches", matches, found.total)


def _entity(graph: Graph, entity: str) -> Listing:
    record = graph.show(entity)
    return _whole(rows.record_head(record), "named_by", rows.record_rows(record), "A field that is absent is unknown.")


def _neighbours(graph: Graph, entity: str, direction: str = "all", **options: Unpack[Options]) -> Listing:
    if direction not in ("needs", "needed_by", "other", "all"):
        raise UsageError(f"{direction!r} is not a direction; use needs, needed_by, other or all")
    answer = graph.neighbours(entity, **options)
    links = [row for row in rows.neighbour_rows(answer) if direction in ("all", row["direction"])]
    return _whole(rows.neighbour_head(answer), "links", links, _LINKS)


def _paths(graph: Graph, entity: str, source: str, length: int = 8, **options: Unpack[Options]) -> Listing:
    answer = graph.paths(entity, source, length=_at_most("length", length, _MOST_LINKS), most=_MOST_PATHS, **options)
    paths: list[JsonValue] = [rows.path_row(path, answer.labels) for path in answer.paths]
    return Listing(rows.path_head(answer), "paths", paths, None if answer.truncated else len(paths), (_LINKS,))


def _impact(
    graph: Graph,
    shock: str | None = None,
    hit: Mapping[str, Severity] | None = None,
    what_if: Mapping[str, str] | None = None,
    given: Iterable[str] = (),
    **options: Unpack[Options],
) -> Listing:
    report = graph.impact(shock, hit=hit, what_if=what_if, given=given, **options)
    losses = [rows.impact_row(impact) for impact in sorted(report, key=lambda impact: (-impact.loss, impact.entity))]
    return _whole(rows.impact_head(report), "losses", losses, _NOT_REACHED)


def _explain(
    graph: Graph,
    entity: str,
    shock: str | None = None,
    hit: Mapping[str, Severity] | None = None,
    what_if: Mapping[str, str] | None = None,
    given: Iterable[str] = (),
    paths: int = 3,
    **options: Unpack[Options],
) -> Listing:
    most = _at_most("paths", paths, _MOST_EXPLAINED)
    answer = graph.explain(shock, entity, hit=hit, what_if=what_if, given=given, paths=most, **options)
    return _whole(rows.explanation_head(answer), "links", rows.explanation_rows(answer), _OVERLAP)


def _shocks(graph: Graph, **options: Unpack[Options]) -> Listing:
    return _whole({}, "shocks", [rows.shock_row(shock) for shock in graph.shocks(**options)])


def _chokepoints(graph: Graph, entity: str, threshold: float = 0.5, order: int = 2, **options: Unpack[RunOptions]) -> Listing:
    answer = graph.chokepoints(entity, threshold=threshold, order=order, **options)
    points = rows.chokepoint_rows(answer)
    return Listing(rows.chokepoint_head(answer), "points", points, None if answer.truncated else len(points), (_LINKS,))


def _sparql(
    graph: Graph, query: str | None = None, name: str | None = None, parameters: Mapping[str, str] | None = None
) -> Listing:
    if (query is None) == (name is None):
        raise UsageError("give `query` (SPARQL text) or `name` (of a library query): one of the two")
    given: dict[str, Any] = dict(parameters or {})
    if reserved := sorted({"text", "name", "limits", "as_of", "according_to", "without", "min_confidence"} & given.keys()):
        raise UsageError(f"{reserved[0]} is not a parameter of a query")
    answer = graph.query(query, name=name, limits=SPARQL_LIMITS, **given)
    boolean = answer.columns == ("boolean",)
    values: list[JsonValue] = [[bool(answer)]] if boolean else [[_term(term) for term in row] for row in answer]
    return _whole({"columns": list(answer.columns), "notices": list(answer.notices)}, "rows", values, "null: unbound.")


def _term(term: Any) -> JsonValue:
    value: JsonValue = term_value(term)
    return short_form(term) if isinstance(value, str) and value.startswith("http") else value


def _schema(graph: Graph, term: str | None = None) -> Listing:
    if term is None:
        return _classes(graph)
    known, name = graph.schema(), term if ":" in term else f"ko:{term}"
    found = [as_json(each) for each in known if each.name == name]
    if not found:
        raise NotFound("term", term, (each.name.removeprefix("ko:") for each in known))
    return _whole({}, "terms", found)


def _classes(graph: Graph) -> Listing:
    """Return the classes of the records in use, each with the names of its fields that have values."""
    counts: Counter[str] = Counter()
    fields: dict[str, dict[str, None]] = {}
    for record in graph.store.records:
        counts[record.rdf_class] += 1
        names = (field.alias or name for name, field in type(record).model_fields.items() if name in record.model_fields_set)
        fields.setdefault(record.rdf_class, {}).update(dict.fromkeys(names))
    common = {"evidence", "judged", "comment", "label", "inferred", "reason", "from", "until", "id", "altLabel"}
    classes = [
        f"{name} {count}: {' '.join(field for field in fields[name] if field not in common)}".rstrip(": ")
        for name, count in counts.most_common()
    ]
    head: JsonObject = {
        "prefixes": "ko: (terms), id: (ids), rdfs, dcterms, prov, oa, schema, org, skos, xsd",
        "of_all": " ".join(sorted(common - {"id"})),
        "derived": "?a ko:dependsOn ?b; ?a ko:owns ?b; ?a ko:RELATIONTYPE ?b; ko:loss(?shock, ?entity)",
    }
    return _whole(head, "terms", classes)


def _at_most(name: str, value: int, most: int) -> int:
    if value > most:
        raise UsageError(f"{name} is at most {most}, not {value}")
    return value


def _whole(head: JsonObject, key: str, found: list[Any], *notes: str) -> Listing:
    """Return a list of which nothing is missing."""
    return Listing(head, key, found, len(found), notes)


@dataclass(frozen=True)
class Tool:
    """A tool.

    Attributes
    ----------
    name
        The name by which clients call it.
    run
        Finds the answer.
    rows
        The name of the list in it.
    description
        What it is for, for the assistant.
    read_only
        Whether it changes nothing, so that an answer that was given lately may be given again.
    """

    name: str
    run: Callable[..., Listing]
    rows: str
    description: str
    read_only: bool = True

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What it takes, the options of Graph among them."""
        return _parameters(self.run)

    @property
    def arguments(self) -> tuple[Parameter, ...]:
        """What it takes itself; its other parameters are given as ``options``."""
        own = self.run.__code__.co_varnames[: self.run.__code__.co_argcount]
        return tuple(parameter for parameter in self.parameters if parameter.name in own)

    def ask(self, graph: Graph, values: JsonObject, day: str) -> Listing:
        """Return the answer to a call, on a day unless its options name one.

        Raises
        ------
        UsageError
            A value is unknown, missing or of another type.
        """
        given = {name: value for name, value in values.items() if value is not None}
        options = given.pop("options", {})
        if not isinstance(options, dict):
            raise UsageError('options are an object, such as {"facts_only": true}')
        names = {parameter.name for parameter in self.arguments}
        if clash := sorted(options.keys() & names):
            raise UsageError(f"{clash[0]} is an argument of {self.name} itself, not one of its options")
        if astray := sorted(given.keys() - names & {parameter.name for parameter in self.parameters}):
            raise UsageError(f"{astray[0]} is one of the options of {self.name}: give it within `options`")
        check_values(self.name, self.parameters, {**options, **given})
        for name, (least, most) in _BOUNDS.items():
            if isinstance(value := options.get(name), int | float) and not least <= value <= most:
                raise UsageError(f"{name} is {least:,} to {most:,.0f} here, not {value:,}")
        dated = {"as_of": day} if "as_of" in {parameter.name for parameter in self.parameters} else {}
        return self.run(graph, **{**dated, **options, **given})

    def output_schema(self) -> JsonObject:
        """Return the JSON Schema of its answers."""
        data: JsonObject = {"type": "object", "properties": {self.rows: {"type": "array"}}}
        total: JsonObject = {"type": ["integer", "null"]}
        paging: JsonObject = {"total": total, "truncated": {"type": "boolean"}, "next": {"type": ["string", "null"]}}
        return {"type": "object", "properties": {"data": data, **paging}}

    def input_schema(self) -> JsonObject:
        """Return the JSON Schema of the arguments, without what the instructions of the server say for all tools."""
        kept = ("type", "enum")
        own = {p.name: {key: value for key, value in p.schema.items() if key in kept} for p in self.arguments}
        with_options: JsonObject = {"options": {"type": "object"}} if len(self.arguments) < len(self.parameters) else {}
        paging: JsonObject = {"limit": {"type": "integer"}, "cursor": {"type": "string"}}
        schema: JsonObject = {"type": "object", "properties": {**own, **with_options, **paging}}
        required = [p.name for p in self.arguments if p.required]
        return schema | ({"required": list[JsonValue](required)} if required else {})


@cache
def _parameters(run: Callable[..., Listing]) -> tuple[Parameter, ...]:
    return parameters_of(run)


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("search_entities", _search, "matches", "Find by words. cls: Entity (default), Company, Shock, ..."),
        Tool("get_entity", _entity, "named_by", "A record: fields, sources, records that name it."),
        Tool(
            "get_neighbours", _neighbours, "links",
            "Recorded links. direction: needs, needed_by, other (stakes, relations), all (default).",
        ),
        Tool("find_paths", _paths, "paths", "Chains by which entity rests on source: at most 200; length to 12 (8)."),
        Tool(
            "simulate_impact", _impact, "losses",
            "Losses (0..1, exact low and high) of all that a shock reaches. Give shock (recorded), or hit: "
            '{"nvidia": "high", "ios": 0.3} (Essential to Negligible, or 0..1). what_if: {DEPENDENCY: '
            '"criticality=low" | "source=0.3" | "supplier=ID; share=0.4" | "buffer=30"}. '
            "given: what has failed (chance).",
        ),
        Tool(
            "explain_impact", _explain, "links",
            "Why a shock or hit reaches entity: the binding path first, links with sources; at most 10 paths (3).",
        ),
        Tool("list_shocks", _shocks, "shocks", "Recorded shocks and their reach."),
        Tool(
            "chokepoints", _chokepoints, "points",
            "Points and sets (up to order: 1 to 3; 2) whose failure costs entity the threshold (0.5).",
        ),
        Tool(
            "run_sparql", _sparql, "rows",
            "SPARQL 1.1, read-only: query, or name of library query with parameters ("
            "knockon://queries). Stopped at 15 s or 10,000 rows.",
        ),
        Tool("get_schema", _schema, "terms", "Classes in use with their fields, or one term."),
    )
}  # fmt: skip

__all__ = ["MOST_ROWS", "SPARQL_LIMITS", "TOOLS", "Tool"]
