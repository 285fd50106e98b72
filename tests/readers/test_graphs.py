"""Graphs in GraphML, GEXF, node-link JSON and CSV of Neo4j become entities and what the types of their edges say."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given

from knockon.authoring.options import ReadOptions
from knockon.errors import InvalidData, UsageError
from knockon.model import Company, Dependency, Entity, Ownership, Product, Provision, Relation
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.import_files import import_files
from knockon.readers.import_report import Imported
from knockon.readers.registry import READERS, Head
from support.imports import as_json, damaged_text, damaged_values, import_content, records_of, survives


def sample() -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()
    graph.add_node("mill", label="Mill & Co", type="Company", lei="5493", country="FI")
    graph.add_node("smith", name="Smith", kind="firm")
    graph.add_node("https://example.org/cart", label="Cart")
    graph.add_edge("mill", "smith", type="SUPPLIES", product="Flour", share="60%", since="2020-01-02")
    graph.add_edge("smith", "https://example.org/cart", type="suppliesTo", criticality="high")
    graph.add_edge("mill", "smith", type="owns", percentage=25.5)
    graph.add_edge("mill", "https://example.org/cart", type="competesWith", mechanism="same street")
    graph.add_edge("smith", "mill", type="knows")
    return graph


def graphml() -> str:
    return "\n".join(nx.generate_graphml(sample()))


def gexf(version: str = "1.2draft") -> str:
    out = io.BytesIO()
    graph = sample()
    for *_, data in graph.edges(data=True):
        data["relationship"] = data.pop("type")  # ``type`` is whether the edge has a direction
        # Networkx writes no mixed types of one attribute.
        data.update({name: str(value) for name, value in data.items()})
    nx.write_gexf(graph, out, version=version)
    return out.getvalue().decode()


def node_link() -> str:
    return json.dumps(nx.node_link_data(sample(), edges="links"))


def check(imported: Imported) -> None:
    """The records of the sample, whatever format it came in."""
    mill, smith = records_of(imported, Company)["mill"], records_of(imported, Company)["smith"]
    assert (mill.label, mill.identifier[0].notation, mill.jurisdiction[0][-15:]) == ("Mill & Co", "5493", "jurisdiction-fi")
    assert (smith.label, records_of(imported, Product)["flour"].label) == ("Smith", "Flour")
    needs = records_of(imported, Dependency)
    bread = needs["smith-needs-flour"]
    assert (bread.supply[0].provider, bread.supply[0].share, bread.from_) == (mill.id, Decimal("0.6"), date(2020, 1, 2))
    (cart,) = [record for record in needs.values() if record.dependant == "https://example.org/cart"]
    assert (cart.need, cart.criticality) == (smith.id, "High")
    (owned,) = records_of(imported, Ownership).values()
    assert (owned.owner, owned.share) == (mill.id, Decimal("0.255"))
    assert [record.mechanism for record in records_of(imported, Relation).values()] == ["same street"]
    ((reason, count),) = imported.report.left_out
    assert (count, "'knows'" in reason, "--rename" in reason) == (1, True, True)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("g.graphml", graphml()),
        ("g.xml", graphml()),
        ("g.gexf", gexf()),
        ("g.gexf", gexf().replace("1.2draft", "1.3")),
        ("g.json", node_link()),
        ("g.json", node_link().replace('"links"', '"edges"')),
    ],
)
def test_what_networkx_writes_is_read(name: str, content: str) -> None:
    check(import_content(name, content))


def test_elements_of_cytoscape_are_read() -> None:
    content = {"elements": nx.cytoscape_data(sample())["elements"]}
    check(import_content("g.json", json.dumps(content)))


def test_csv_files_of_neo4j_are_read_together(tmp_path: Path) -> None:
    firms = 'mill,Mill & Co,5493,FI,Listed;Company\n"smith",Smith,,,Company\nc,Cart,,,\n'
    (tmp_path / "nodes.csv").write_text("key:ID(Firm),name:string,lei,country,:LABEL\n" + firms, "utf-8")
    (tmp_path / "links.csv").write_text(
        ":START_ID(Firm);:END_ID(Firm);:TYPE;product;share\nmill;smith;SUPPLIES;Flour;60%\nsmith;c;DEPENDS_ON;;\n", "utf-8"
    )
    imported = import_files([tmp_path / "links.csv", tmp_path / "nodes.csv"])
    assert imported.report.rejected == ()
    assert {record.label for record in records_of(imported, Company).values()} == {"Mill & Co", "Smith"}
    supplied = next(record for record in records_of(imported, Dependency).values() if record.supply)
    assert (supplied.supply[0].share, supplied.evidence[0].place) == (Decimal("0.6"), "row:2")


_PEOPLE = ":ID,name,:LABEL\n"
_OWNS = ":START_ID,:END_ID,:TYPE\na,b,OWNS\n"
_FIRMS = "a,Acme,Company\nb,Beta,Company\n"


@pytest.mark.parametrize(
    "files",
    [
        {"n-header.csv": _PEOPLE, "n.csv": _FIRMS, "r-header.csv": ":START_ID,:END_ID,:TYPE\n", "r.csv": "a,b,OWNS\n"},
        {"n_header.csv": _PEOPLE, "n-1.csv": "a,Acme,Company\n", "n-2.csv": "b,Beta,Company\n", "r.csv": _OWNS},
        {"one.csv": _PEOPLE, "two.csv": _FIRMS, "three.csv": ":START_ID,:END_ID,:TYPE\n", "four.csv": "a,b,OWNS\n"},
        {"n.csv": "':ID','name',':LABEL'\n'a','Acme','Company'\n'b','Beta','Company'\n", "r.csv": _OWNS.replace(",", ";")},
        {"n.csv": '":ID{label:Company, id-type:string}", "name"\na, "Acme"\nb,Beta\n', "r.csv": _OWNS.replace(",", "|")},
        {"n.csv": ":ID\tname:IGNORE\ttitle\t:LABEL\na\tX\tAcme\tListed;Company\nb\tX\tBeta\tCompany\n", "r.csv": _OWNS.lower()},
    ],
)  # fmt: skip
def test_files_of_neo4j_are_written_as_its_manual_allows(files: dict[str, str], tmp_path: Path) -> None:
    """Headers in files of their own, by name or in front; quotes, delimiters, labels and columns that are not read."""
    for name, content in files.items():
        (tmp_path / name).write_text(content, "utf-8")
    imported = import_files([tmp_path / name for name in files], "neo4j")
    assert (imported.report.rows, imported.report.rejected, imported.report.left_out) == (3, (), ())
    assert {key: record.label for key, record in records_of(imported, Company).items()} == {"a": "Acme", "b": "Beta"}
    assert list(records_of(imported, Ownership)) == ["a-owns-b"]


def test_an_id_of_neo4j_in_several_columns_is_all_of_them(tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("land:ID(F),nr:ID(F),name,:LABEL\nfi,1,Acme,Company\nse,1,Beta,Company\n", "utf-8")
    (tmp_path / "r.csv").write_text(":START_ID(F),:START_ID(F),:END_ID(F),:END_ID(F),:TYPE\nfi,1,se,1,OWNS\n", "utf-8")
    imported = import_files([tmp_path / "n.csv", tmp_path / "r.csv"])
    assert sorted(record.label for record in records_of(imported, Company).values()) == ["Acme", "Beta"]
    (stake,) = records_of(imported, Ownership).values()
    assert stake.owner != stake.owned


def test_a_file_of_neo4j_without_any_header_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text(_FIRMS, "utf-8")
    with pytest.raises(InvalidData, match=r"n\.csv:1: has no header with :ID.*name the file of its header before it"):
        import_files([tmp_path / "n.csv"], "neo4j")


def test_rows_of_neo4j_find_their_header_by_name(tmp_path: Path) -> None:
    """Also without --mapping, and in a folder, where other tables are counted and named."""
    (tmp_path / "firms-header.csv").write_text("id:ID,name,:LABEL\n", "utf-8")
    (tmp_path / "firms-1.csv").write_text(_FIRMS, "utf-8")
    (tmp_path / "other.csv").write_text("x,y\n1,2\n", "utf-8")
    firms = [tmp_path / "firms-1.csv", tmp_path / "firms-header.csv"]
    assert import_files(firms).report.rows == 2
    report = import_files([tmp_path]).report
    assert (report.rows, [Path(name).name for name in report.passed_over]) == (2, ["other.csv"])
    with pytest.raises(InvalidData, match=r"firms-1\.csv: .*its header seems to be .*firms-header\.csv: name that too"):
        import_files(firms[:1])
    with pytest.raises(InvalidData, match=r"other\.csv: no mapping.*--mapping neo4j, and the header named before"):
        import_files([*firms, tmp_path / "other.csv"])
    firms[0].unlink()
    with pytest.raises(InvalidData, match=r"0 records of 0 rows(.|\n)*other\.csv: not read: it is not CSV"):
        import_files([tmp_path])


@pytest.mark.parametrize(
    ("edges", "reasons"),
    [
        ("a,zz,OWNS", ["owned names zz, which does not exist"]),
        ("zz,a,OWNED_BY", ["owned names zz, which does not exist"]),
        ("zz,b,PART_OF", ["part names zz, which does not exist"]),
        ("a,zz,DEPENDS_ON", ["a-needs-zz: need names zz, which does not exist"]),
        (",b,OWNS\na,,OWNS\n,,OWNS", ["an edge has no source", "an edge has no target", "an edge has no source and no target"]),
    ],
)
def test_an_edge_says_which_of_its_ends_is_missing(edges: str, reasons: list[str], tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text(f":ID,name,:LABEL\n{_FIRMS}", "utf-8")
    (tmp_path / "r.csv").write_text(f":START_ID,:END_ID,:TYPE\n{edges}\n", "utf-8")
    report = import_files([tmp_path], options=ReadOptions(rejects=tmp_path.parent / "rejects.csv")).report
    assert [place.reason for place in report.rejected] == reasons
    assert dict(report.records)["Company"] == 2


def test_lists_of_neo4j_have_the_delimiter_that_is_given(tmp_path: Path) -> None:
    """Cells that are no lists keep it, and a semicolon in an item stays one."""
    (tmp_path / "n.csv").write_text("id:ID,name,aliases:string[],:LABEL\na,A|B,AC|A; Co,Listed|Company\n", "utf-8")
    (firm,) = records_of(import_files([tmp_path / "n.csv"], options=ReadOptions(array_delimiter="|")), Company).values()
    assert (firm.label, firm.alt_label) == ("A|B", ("A; Co", "AC"))
    for sign in ("ab", "x"):
        with pytest.raises(UsageError, match="--array-delimiter is one sign"):
            ReadOptions(array_delimiter=sign)
    (tmp_path / "e.csv").write_text("supplier,buyer\na,b\n", "utf-8")
    with pytest.raises(UsageError, match="--array-delimiter is for CSV files of Neo4j, and edges reads these"):
        import_files([tmp_path / "e.csv"], "edges", options=ReadOptions(array_delimiter="|"))


def test_an_export_of_apoc_has_nodes_and_links_in_one_file() -> None:
    header = '"_id","_labels","name","_start","_end","_type"\n'
    rows = '"0",":Company","Acme",,,\n"1",":Company","Bolt",,,\n,,,"0","1","SUPPLIES"\n'
    imported = import_content("all.csv", header + rows)
    (need,) = records_of(imported, Dependency).values()
    assert (len(records_of(imported, Company)), need.dependant[-2:], need.need[-2:]) == (2, "/1", "/0")


def test_a_row_of_apoc_that_is_a_node_and_an_edge_is_rejected() -> None:
    """Neither of the two is lost without a word."""
    rows = "_id,_labels,name,_start,_end,_type\n0,:Company,Acme,,,\n1,:Company,Bolt,,,\n2,:Company,Cee,0,1,OWNS\n3,,Dee,,1,\n"
    report = import_content("all.csv", rows, rejects=True).report
    assert [(place.line, place.reason.split(" (")[0]) for place in report.rejected] == [
        (4, "is a node and an edge at once"),
        (5, "is a node and an edge at once"),
    ]


@pytest.mark.parametrize("first", ["nodes", "links"])
def test_a_large_graph_is_recognised_by_what_it_begins_with(first: str) -> None:
    """The first 64 KB have the nodes alone, or the links alone."""
    lists = {
        "nodes": [{"id": f"n{n}", "label": "x" * 50} for n in range(1_500)],
        "links": [{"source": "n1", "target": "n2"}] * 3_000,
    }
    graph = {"directed": True, first: lists[first], **lists}
    report = import_content("g.json", json.dumps(graph)).report
    assert (report.reader, report.rows) == ("node-link", 4_500)


def test_a_zero_byte_in_a_row_of_neo4j_rejects_that_row(tmp_path: Path) -> None:
    """The other rows come in."""
    (tmp_path / "n.csv").write_text(":ID,name\n1,A\n2,B\0\n3,C\n")
    report = import_files([tmp_path / "n.csv"], "neo4j", options=ReadOptions(rejects=tmp_path / "r.csv")).report
    assert [(place.line, place.reason) for place in report.rejected] == [(3, "contains a zero byte")]
    assert report.rows == 3


def test_a_column_of_ids_alone_is_not_neo4j(tmp_path: Path) -> None:
    """Lists of others have a column _id; with the labels of nodes, or both ends, beside it the file is an export by APOC."""
    for header, is_neo4j in [
        ("_id,source,name", False), ("_id,_labels,name", True), ("_start,_end,_type", True), ("x:ID,name", True),
        (":START_ID,:END_ID", True), ("_id,name,country:string", False),
    ]:  # fmt: skip
        path = tmp_path / "a.csv"
        path.write_text(header + "\n", "utf-8")
        assert READERS["neo4j"].recognises(Head(ForeignFile("a.csv", path))) is is_neo4j, header


def test_relationships_are_read_in_the_encoding_that_is_given(tmp_path: Path) -> None:
    """Also where the header is read ahead, to read nodes first."""
    (tmp_path / "nodes.csv").write_bytes(":ID,name,:LABEL\na,Café,Company\nb,Bolt,Company\n".encode("cp1252"))
    (tmp_path / "links.csv").write_text(":START_ID,:END_ID,:TYPE\na,b,NEEDS\n", "utf-8")
    imported = import_files([tmp_path / "links.csv", tmp_path / "nodes.csv"], "neo4j", options=ReadOptions(encoding="cp1252"))
    assert {record.label for record in records_of(imported, Company).values()} == {"Café", "Bolt"}


@pytest.mark.parametrize(
    ("word", "dependant", "need"),
    [("supplies", "b", "a"), ("SUPPLIED_BY", "a", "b"), ("depends on", "a", "b"), ("requiredBy", "b", "a"), ("uses", "a", "b")],
)
def test_the_direction_of_an_edge_goes_by_its_type(word: str, dependant: str, need: str) -> None:
    graph = {"directed": True, "nodes": [{"id": "a"}, {"id": "b"}], "links": [{"source": "a", "target": "b", "type": word}]}
    (record,) = records_of(import_content("g.json", as_json(graph)), Dependency).values()
    assert (record.dependant[-2:], record.need[-2:]) == (f"/{dependant}", f"/{need}")


def test_edges_without_a_type_are_counted_and_can_be_given_a_meaning(tmp_path: Path) -> None:
    graph = {"nodes": [{"name": "A"}, {"name": "B"}], "links": [{"source": 0, "target": 1}]}
    path = tmp_path / "g.json"
    path.write_text(as_json(graph), "utf-8")
    assert "--rename 'edge'=supplies" in import_files([path]).report.left_out[0][0]
    imported = import_files([path], options=ReadOptions(rename=(("edge", "supplies"),)))
    assert [record.need[-2:] for record in records_of(imported, Dependency).values()] == ["/A"]


def test_provisions_parts_and_undirected_edges() -> None:
    edges = [
        {"source": "a", "target": "p", "type": "provides", "share": 0.4, "period": "2024"},
        {"source": "p", "target": "w", "type": "partOf"},
        {"source": "w", "target": "a", "type": "contains"},
    ]
    graph = {"directed": True, "nodes": [{"id": name} for name in "apw"], "edges": edges}
    imported = import_content("g.json", as_json(graph))
    (provision,) = records_of(imported, Provision).values()
    assert (provision.share, provision.period) == (Decimal("0.4"), "2024")
    assert [record.part_of[0][-2:] for record in records_of(imported, Entity).values() if record.part_of] == ["/w", "/w"]
    loose = import_content("g.json", as_json({**graph, "directed": False}))
    assert sum(count for _, count in loose.report.left_out) == 3


def test_graphs_inside_nodes_defaults_and_labels_of_yed() -> None:
    content = """<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">
      <key id="t" for="edge" attr.name="type"><default>dependsOn</default></key>
      <key id="g" for="node" yfiles.type="nodegraphics"/>
      <graph edgedefault="directed"><node id="firm">
        <data key="g"><y:ShapeNode><y:NodeLabel>Firm</y:NodeLabel></y:ShapeNode></data>
        <graph edgedefault="directed"><node id="unit"/></graph></node><node id="x"/><edge source="x" target="unit"/>
        <hyperedge><endpoint node="x"/></hyperedge></graph></graphml>"""
    imported = import_content("g.graphml", content)
    entities = records_of(imported, Entity)
    assert (entities["firm"].label, entities["unit"].part_of) == ("Firm", (entities["firm"].id,))
    assert set(records_of(imported, Dependency)) == {"x-needs-unit"}
    assert dict(imported.report.left_out) == {"an edge between more than two nodes (hyperedge)": 1}


def test_a_kind_in_place_of_a_direction_of_gexf() -> None:
    """Networkx writes the attribute ``type`` of an edge where GEXF has its direction."""
    graph = nx.DiGraph()
    graph.add_edge("a", "b", type="needs")
    out = io.BytesIO()
    nx.write_gexf(graph, out)
    (link,) = records_of(import_content("g.gexf", out.getvalue()), Dependency).values()
    assert (link.dependant, link.need) == ("https://w3id.org/knockon/local/g/a", "https://w3id.org/knockon/local/g/b")


def test_nodes_inside_nodes_days_and_kinds_of_gexf() -> None:
    content = """<gexf xmlns="http://gexf.net/1.3" version="1.3"><graph defaultedgetype="directed">
      <attributes class="edge"><attribute id="0" title="share" type="float"><default>0.5</default></attribute></attributes>
      <nodes><node id="a" label="A"><nodes><node id="b" label="B"/></nodes></node>
        <node id="c" label="C" pid="a" end="2024"/></nodes>
      <edges><edge source="a" target="c" kind="owns"/>
        <edge source="a" target="b" kind="owns" type="undirected"/></edges></graph></gexf>"""
    imported = import_content("g.gexf", content)
    parts = {name: record.part_of for name, record in records_of(imported, Entity).items() if record.part_of}
    assert sorted(parts) == ["b", "c"]
    assert [record.share for record in records_of(imported, Ownership).values()] == [Decimal("0.5")]
    assert imported.report.left_out == (("an edge of the type 'owns' without a direction", 1),)


BOMB = '<!DOCTYPE g [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><graphml><graph><node id="&b;"/></graph></graphml>'


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("g.graphml", BOMB, "declares XML entities"),
        ("g.graphml", "<graphml>" + "<graph>" * 10_000, "nested more than 200 deep"),
        ("g.graphml", "<graphml><graph>", "is not XML"),
        ("g.gexf", "<gexf><graph>\n</nodes>", "g.gexf:2: is not XML"),
        ("g.json", '{"nodes": [], "links": ' + "[" * 10_000, "nested too deeply"),
        ("g.json", '{"nodes": {}, "links": []}', "nodes is not a list"),
        ("g.json", '{"nodes": [{"id": "a"}], "links": [3]}', "an edge is not an object"),
        ("g.csv", ":ID,name\na\n", "has 1 cell, and the header 2"),
        ("g.graphml", '<graphml><graph><node id="a"/><edge source="a" target="b"/></graph></graphml>', "left out"),
    ],
)
def test_what_is_not_such_a_graph_is_refused(name: str, content: str, message: str) -> None:
    if "left out" in message:
        assert import_content(name, content).report.left_out
        return
    with pytest.raises(InvalidData) as error:
        import_content(name, content)
    assert message in str(error.value)


def test_an_edge_to_a_node_that_does_not_exist_is_rejected() -> None:
    graph = {"nodes": [{"id": "a"}], "links": [{"source": "a", "target": "b", "type": "owns"}]}
    imported = import_content(
        "g.json", as_json({**graph, "links": [{"source": "a", "target": "b", "type": "uses"}]}), rejects=True
    )
    assert ["'b'" in place.reason or "b" in place.reason for place in imported.report.rejected] == [True]


@given(damaged_text(graphml(), BOMB))
def test_hostile_graphml(text: str) -> None:
    survives("g.graphml", text, "graphml")


@given(damaged_text(gexf()))
def test_hostile_gexf(text: str) -> None:
    survives("g.gexf", text, "gexf")


@given(damaged_values(json.loads(node_link())))
def test_hostile_node_link(value: Any) -> None:
    survives("g.json", as_json(value), "node-link")


@given(damaged_text("a:ID,name,:LABEL\nx,X,Company\ny,Y,\n", ':START_ID,:END_ID,:TYPE\nx,y,"SUPPLIES"\n'))
def test_hostile_neo4j(text: str) -> None:
    survives("g.csv", text, "neo4j")
