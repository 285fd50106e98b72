"""Exports are read by the readers of their formats, and what a format and we can both say comes back as it was."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow.parquet as pq
import pytest
import rdflib

import knockon
from knockon.cli import run
from knockon.errors import UsageError
from knockon.model import (
    Company,
    Dependency,
    Designation,
    Entity,
    GovernmentBody,
    Group,
    Jurisdiction,
    Measure,
    Observation,
    Organization,
    Ownership,
    Person,
    Product,
    Provision,
    Relation,
    Shock,
    Statement,
)
from knockon.present.exports.export import FORMS, export
from knockon.readers.bods_versions import INTERESTS, SEATS
from support.imports import import_content, records_of

X = "https://example.org/x/"
FTM = json.loads((Path(__file__).parents[1] / "support" / "ftm_model.json").read_text("utf-8"))["schemata"]
PROVIDERS = [{"provider": X + "acme", "share": "0.4"}, {"provider": X + "bolt", "delay": "P3D"}]
#: Each kind of record that a format has words for, with names that are hostile to one of them.
RECORDS: list[Statement] = [
    Jurisdiction(id=X + "fi", label="Finland"),
    Company(
        id=X + "acme", label='=Acme "& <Sons>"', alt_label=["A; C", "ACME"], jurisdiction=[X + "fi"], from_=date(2001, 2, 3),
        identifier=[{"scheme": "LEI", "notation": "5493"}, {"scheme": "FI-PRO", "notation": "12-3"}], comment="Two\nlines",
    ),
    Company(id=X + "bolt", label="Bolt", part_of=[X + "acme"], until=date(2024, 12, 31)),
    GovernmentBody(id=X + "office", label="Office"), Organization(id=X + "club", label="Club"),
    Person(id=X + "ann", label="Ann"), Group(id=X + "crowd", label="Crowd"), Product(id=X + "nut", label="Nut"),
    Dependency(
        id=X + "d1", dependant=X + "nut", need=X + "acme", criticality="high", mechanism="made there", from_=date(2020, 1, 1),
    ),
    Dependency(id=X + "d2", dependant=X + "bolt", need=X + "nut", criticality_value="0.3", supply=PROVIDERS),
    Provision(id=X + "p", provider=X + "acme", provided=X + "nut", share="0.25", period="2024"),
    Ownership(id=X + "o1", owner=X + "ann", owned=X + "acme", share="0.625", direct=True, from_=date(2020, 1, 1)),
    Ownership(id=X + "o2", owner=X + "crowd", owned=X + "acme", share_low="0.1", share_high="0.25", until=date(2023, 6, 30)),
    Ownership(id=X + "o3", owner=X + "acme", owned=X + "bolt", share_low="0.5", direct=False),
    Ownership(id=X + "o4", owner=X + "office", owned=X + "bolt", interest_kind="VotingRights"),
    Ownership(id=X + "o5", owner=X + "acme", owned=X + "club", interest_kind="Consolidation"),
    Relation(id=X + "r1", subject=X + "ann", relation_type="directorOf", object=X + "acme", mechanism="chair of the board"),
    Relation(id=X + "r2", subject=X + "acme", relation_type="paid", object=X + "club", from_=date(2011, 12, 29)),
    Relation(id=X + "r3", subject=X + "acme", relation_type="competesWith", object=X + "bolt"),
    Observation(id=X + "r2-amount", about=X + "r2", metric="amount paid", value="50000", unit="EUR", period="2011-12-29"),
    Measure(id=X + "law", label="Law", issuer=[X + "office"]),
    Designation(id=X + "s", measure=X + "law", designated=X + "bolt", list_entry="E-9", from_=date(2022, 2, 3)),
    Shock(id=X + "shock", label="Strike", hit=[{"target": X + "acme", "severity": "high"}]),
]  # fmt: skip


def exported(form: str) -> bytes:
    return export(RECORDS, form).content


def facts(records: Any, *fields: str) -> set[tuple[Any, ...]]:
    """The values of fields of records; references by local name."""

    def plain(value: Any) -> Any:
        return value.rsplit("/", 1)[1] if isinstance(value, str) and value.startswith("http") else value

    return {tuple(plain(getattr(record, name)) for name in fields) for record in records}


def of(cls: type[Statement]) -> list[Statement]:
    return [record for record in RECORDS if isinstance(record, cls)]


@pytest.mark.parametrize(("form", "name"), [("graphml", "g.graphml"), ("opengraph", "g.json"), ("csv", "g.csv")])
def test_graphs_come_back_whole(form: str, name: str) -> None:
    """Every record that is a node or a link has the id and the facts that it had."""
    imported = import_content(name, exported(form))
    kinds = (Entity, Measure, Dependency, Provision, Ownership, Relation, Designation)
    before = {record.id: record for record in RECORDS if isinstance(record, kinds)}
    after = {record.id: record for record in imported.data_set.records if record.id.startswith(X)}
    assert imported.report.rejected == ()
    assert set(after) == set(before)
    for iri, record in before.items():
        both = (r.model_dump(exclude={"id", "evidence", "issuer"}, exclude_unset=True) for r in (record, after[iri]))
        expected, found = ({key: value for key, value in r.items() if value not in (None, (), "")} for r in both)
        assert found == expected, iri
        assert type(after[iri]) is type(record)


def test_networkx_reads_the_graphml() -> None:
    graph = nx.parse_graphml(exported("graphml").decode())
    assert graph.nodes[X + "acme"]["label"] == '=Acme "& <Sons>"'
    assert graph.nodes[X + "acme"]["comment"] == "Two\nlines"
    assert {data["type"] for *_, data in graph.edges(data=True)} >= {"dependsOn", "suppliedBy", "owns", "partOf", "paid"}


def test_the_table_is_read_by_csv_and_by_pyarrow() -> None:
    rows = list(csv.DictReader(io.StringIO(exported("csv").decode())))
    table = pq.read_table(io.BytesIO(exported("parquet"))).to_pylist()
    assert len(rows) == len(table)
    assert list(rows[0]) == list(table[0])
    # A spreadsheet would evaluate this name; Parquet has it as it is.
    assert {row["label"] for row in rows} >= {'\'=Acme "& <Sons>"'}
    assert {row["label"] for row in table} >= {'=Acme "& <Sons>"'}


def test_the_open_graph_has_the_form_that_bloodhound_asks_for() -> None:
    document = json.loads(exported("opengraph"))
    nodes, edges = document["graph"]["nodes"], document["graph"]["edges"]
    ids = [node["id"] for node in nodes]
    assert len(set(ids)) == len(ids)
    for node in nodes:
        assert 1 <= len(node["kinds"]) <= 3
        assert all(re.fullmatch("[A-Za-z0-9_]+", kind) for kind in node["kinds"])
    for edge in edges:
        assert re.fullmatch("[A-Za-z0-9_]+", edge["kind"])
        assert {edge[end]["value"] for end in ("start", "end")} <= set(ids)
        assert {edge[end]["match_by"] for end in ("start", "end")} == {"id"}
    for item in (*nodes, *edges):
        assert all(name == name.lower() and isinstance(value, str) for name, value in item["properties"].items())


def test_entities_of_ftm_have_properties_of_their_schema_and_links_lead_to_what_they_may() -> None:
    """The published schema: properties, ranges and ids; `followthemoney` itself reads them where it is installed."""
    entities = [json.loads(line) for line in exported("ftm").decode().splitlines()]
    schemata = {entity["id"]: entity["schema"] for entity in entities}
    assert len(schemata) == len(entities)
    for entity in entities:
        known = FTM[entity["schema"]]["properties"]
        assert re.fullmatch(r"[0-9a-zA-Z]([0-9a-zA-Z.\-]*[0-9a-zA-Z])?", entity["id"])
        for name, values in entity["properties"].items():
            assert name in known, (entity["schema"], name)
            assert values
            assert all(isinstance(value, str) for value in values)
            if known[name][0].isupper():  # a range: an entity
                assert all(known[name] in FTM[schemata[value]]["is"] for value in values)


def test_followthemoney_reads_its_entities() -> None:
    ftm = pytest.importorskip("followthemoney", reason="followthemoney is heavy, so that it is not part of the extra test")
    for line in exported("ftm").decode().splitlines():
        data = json.loads(line)
        proxy = ftm.model.get_proxy(data)
        proxy.schema.validate(data)
        assert proxy.to_dict()["properties"] == data["properties"]


def test_ftm_comes_back_with_shares_control_links_amounts_and_sanctions() -> None:
    imported = import_content("e.jsonl", exported("ftm"))
    assert imported.report.rejected == ()
    fields = ("owner", "owned", "share", "share_low", "share_high", "direct", "from_", "until")
    assert facts(records_of(imported, Ownership).values(), *fields) == facts(of(Ownership), *fields)
    assert {r.interest_kind for r in records_of(imported, Ownership).values()} == {r.interest_kind for r in of(Ownership)}
    links = facts(records_of(imported, Relation).values(), "relation_type", "subject", "object", "from_")
    assert links == {
        ("directorOf", "ann", "acme", None), ("paid", "acme", "club", date(2011, 12, 29)), ("linkedTo", "acme", "bolt", None),
    }  # fmt: skip
    assert facts(records_of(imported, Observation).values(), "value", "unit") == {(Decimal(50000), "EUR")}
    assert facts(records_of(imported, Designation).values(), "designated", "list_entry", "from_") == {
        ("bolt", "E-9", date(2022, 2, 3))
    }
    acme = records_of(imported, Company)["acme"]
    assert {item.notation for item in acme.identifier} == {"5493", "12-3"}
    assert (acme.label, acme.from_, [place[-2:] for place in acme.jurisdiction]) == (
        '=Acme "& <Sons>"',
        date(2001, 2, 3),
        ["fi"],
    )


def test_statements_of_bods_have_what_the_standard_requires() -> None:
    statements = json.loads(exported("bods"))
    keys = {statement["recordId"] for statement in statements}
    for statement in statements:
        assert 32 <= len(statement["statementId"]) <= 64
        assert statement["publicationDetails"] == {
            "publicationDate": "2026-01-01", "bodsVersion": "0.4", "publisher": {"name": "knockon"},
        }  # fmt: skip
        assert statement["declarationSubject"] in keys
        details = statement["recordDetails"]
        assert details["isComponent"] is False
        if statement["recordType"] == "relationship":
            assert {details["subject"], details["interestedParty"]} <= keys
            assert {interest["type"] for interest in details["interests"]} <= {*INTERESTS, *SEATS}


def test_bods_comes_back_with_shares_kinds_days_and_seats() -> None:
    imported = import_content("b.json", exported("bods"))
    assert imported.report.rejected == ()
    fields = ("owner", "owned", "share", "share_low", "share_high", "direct", "from_", "until")
    assert facts(records_of(imported, Ownership).values(), *fields) == facts(of(Ownership), *fields)
    kinds = {record.owned.rsplit("/", 1)[1]: record.interest_kind for record in records_of(imported, Ownership).values()}
    assert kinds["club"] == "OtherControl"  # BODS has no word for consolidation
    assert facts(records_of(imported, Relation).values(), "subject", "object", "mechanism") == {
        ("ann", "acme", "chair of the board")
    }
    assert {item.notation for item in records_of(imported, Company)["acme"].identifier} == {"5493", "12-3"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib calls its own old names
def test_json_ld_is_read_by_rdflib(tmp_path: Path) -> None:
    path = tmp_path / "chips.jsonld"
    exported = knockon.open("chips").export(path)
    # Data sets are named graphs.
    read = rdflib.Dataset().parse(data=path.read_text("utf-8"), format="json-ld")
    assert len(list(read.quads())) == dict(exported.written)["quads"]


@pytest.mark.parametrize("form", sorted(FORMS))
def test_every_record_is_written_or_counted_and_the_bytes_are_the_same(form: str) -> None:
    first = export(RECORDS, form)
    assert export(list(reversed(RECORDS)), form) == first
    left_out = dict(first.report.left_out)
    assert left_out["Shock"] == 1
    assert first.report.to_dict()["left_out"] == left_out


@pytest.mark.parametrize("data_set", ["chips", "sensetime"])
@pytest.mark.parametrize(("form", "name"), [("ftm", "e.jsonl"), ("bods", "b.json"), ("graphml", "g.graphml")])
def test_bundled_data_are_exported_and_read_back(data_set: str, form: str, name: str) -> None:
    content = export(knockon.open(data_set).store.records, form).content
    assert import_content(name, content).report.rejected == ()


def test_the_command_writes_the_file_and_says_what_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "chips.graphml"
    assert run(["export", "--store", "chips", "-o", str(path)]) == 0
    assert path.read_bytes() == export(knockon.open("chips").store.records, "graphml").content
    assert "records that graphml has no words for" in capsys.readouterr().err
    with pytest.raises(UsageError, match="use one of ftm, bods"):
        export([], "visio")
