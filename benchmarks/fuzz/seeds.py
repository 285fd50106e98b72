"""Small invented files of each format, from which a fuzzer starts."""

from __future__ import annotations

import json
from typing import Any

_NEEDS = [{"source": "a", "target": "b", "type": "needs", "weight": 0.5}, {"source": "b", "target": "a", "share": "25%"}]
_NODES = [{"id": "a", "label": "Firm A", "country": "DE"}, {"id": "b", "label": "Firm B", "kind": "Company"}]


def _lines(*values: Any) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


_FTM = _lines(
    {"id": "a", "schema": "Company", "properties": {"name": ["A GmbH", "A"], "country": ["de"],
     "leiCode": ["5493001KJTIIGC8Y1R12"]}},
    {"id": "p", "schema": "Person", "properties": {"name": ["Ann"], "nationality": ["gb"], "deathDate": ["2021"]}},
    {"id": "o", "schema": "Ownership", "properties": {"owner": ["p"], "asset": ["a"], "percentage": ["25 - 50 %"],
     "startDate": ["2020-01"]}},
    {"id": "d", "schema": "Directorship", "properties": {"director": ["p"], "organization": ["a"], "role": ["chair"]}},
    {"id": "y", "schema": "Payment", "properties": {"payer": ["p"], "beneficiary": ["a"],
     "amountEur": ["12.5"], "date": ["2020-02-03"]}},
    {"id": "s", "schema": "Sanction", "properties": {"program": ["X"],
     "entity": ["a", {"id": "n", "schema": "Vessel", "properties": {"name": ["N"]}}],
     "authority": ["Y"], "listingDate": ["2022-02-24"]}},
)  # fmt: skip


def _statement(record: str, kind: str, details: dict[str, Any], **more: Any) -> dict[str, Any]:
    published = {"publicationDate": "2024-01-02", "bodsVersion": "0.4", "license": "https://example.org/l"}
    stated = {"statementId": f"s-{record}", "recordId": record, "statementDate": "2024-01-01", "recordStatus": "new"}
    return (
        stated
        | {"recordType": kind, "publicationDetails": published, "recordDetails": {"isComponent": False, **details}}
        | more
    )


_HELD = {"type": "shareholding", "directOrIndirect": "direct", "share": {"minimum": 25, "exclusiveMaximum": 50}}
_BODS = _lines(
    _statement("e", "entity", {"entityType": {"type": "registeredEntity"}, "name": "E Ltd", "jurisdiction": {"code": "GB"},
               "identifiers": [{"scheme": "GB-COH", "id": "01234567"}], "foundingDate": "2001-02-03"}),
    _statement("p", "person", {"personType": "knownPerson", "names": [{"type": "legal", "fullName": "Ann"}],
               "nationalities": [{"name": "France", "code": "FR"}]}),
    _statement("u", "person", {"personType": "unknownPerson",
               "unspecifiedPersonDetails": {"reason": "no-one", "description": "d"}}),
    _statement("r", "relationship", {"subject": "e", "interestedParty": "p", "interests": [_HELD, {"type": "boardMember"}]}),
    _statement("r", "relationship", {"subject": "e", "interestedParty": "p", "interests": [{**_HELD, "share": {"exact": 60}}]},
               statementId="s-r2", statementDate="2024-06-01", recordStatus="updated"),
    _statement("q", "relationship", {"subject": "e", "interestedParty": {"reason": "unknown"}, "interests": []},
               recordStatus="closed"),
    {"statementID": "o1", "statementType": "ownershipOrControlStatement", "subject": {"describedByEntityStatement": "e"},
     "interestedParty": {"describedByPersonStatement": "p"}, "interests": [{"type": "voting-rights", "share": {"exact": 5}}]},
)  # fmt: skip

_GRAPHML = """<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="n" for="node" attr.name="label" attr.type="string"/><key id="w" for="edge" attr.name="weight" attr.type="double"/>
<graph edgedefault="directed"><node id="a"><data key="n">Firm A</data></node><node id="b"/>
<edge source="a" target="b"><data key="w">0.5</data></edge></graph></graphml>"""
_GEXF = """<?xml version="1.0"?><gexf xmlns="http://gexf.net/1.3" version="1.3"><graph defaultedgetype="directed">
<attributes class="node"><attribute id="0" title="country" type="string"/></attributes>
<nodes><node id="a" label="Firm A"><attvalues><attvalue for="0" value="DE"/></attvalues></node><node id="b" label="B"/></nodes>
<edges><edge id="0" source="a" target="b" kind="needs" weight="0.5"/></edges></graph></gexf>"""
_CYCLONE = {
    "bomFormat": "CycloneDX", "specVersion": "1.5",
    "metadata": {"component": {"type": "application", "bom-ref": "a", "name": "A"}},
    "components": [{"type": "library", "bom-ref": "b", "name": "B", "version": "1", "purl": "pkg:pypi/b@1",
                    "licenses": [{"license": {"id": "MIT"}}], "supplier": {"name": "S"}}],
    "dependencies": [{"ref": "a", "dependsOn": ["b"]}],
}  # fmt: skip
_CYCLONE_XML = """<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components>
<component type="library" bom-ref="b"><name>B</name><version>1</version><purl>pkg:pypi/b@1</purl></component></components>
<dependencies><dependency ref="b"><dependency ref="c"/></dependency></dependencies></bom>"""
_SPDX = {
    "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "d", "creationInfo": {"created": "2024-01-01T00:00:00Z"},
    "packages": [{"SPDXID": "SPDXRef-a", "name": "a", "versionInfo": "1", "supplier": "Organization: S"},
                 {"SPDXID": "SPDXRef-b", "name": "b"}],
    "relationships": [{"spdxElementId": "SPDXRef-a", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-b"}],
}  # fmt: skip
_SPDX_3 = {
    "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
    "@graph": [{"type": "software_Package", "spdxId": "urn:x:a", "name": "A"},
               {"type": "software_Package", "spdxId": "urn:x:b", "name": "B"},
               {"type": "Relationship", "spdxId": "urn:x:r", "from": "urn:x:a",
                "to": ["urn:x:b"], "relationshipType": "dependsOn"}],
}  # fmt: skip
_ORG = """@prefix org: <http://www.w3.org/ns/org#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix x: <https://example.org/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
x:acme a org:FormalOrganization ; skos:prefLabel "Acme"@en ; org:subOrganizationOf x:group ; org:identifier "12" .
x:ann a foaf:Person ; foaf:name "Ann" ; org:memberOf x:acme ; org:headOf x:group . x:group a org:Organization .
"""
_NODE_LINK = json.dumps({"directed": True, "multigraph": False, "graph": {}, "nodes": _NODES, "links": _NEEDS})
_CYTOSCAPE = json.dumps(
    {"elements": {"nodes": [{"data": node} for node in _NODES], "edges": [{"data": edge} for edge in _NEEDS]}}
)

#: A table for the mapping below.
TABLE = 'id,name,share,day,parts,note\n1,Acme,45%,02.12.2019,a;b,No 7\n2,B,"12,5",2020-01,c,\n'
#: What stands in the cells of small tables for the shipped mappings: keys, names, shares, dates, lists.
CELLS = ("1", "Acme GmbH", "45%", "2019-12-02", "CN", "a; b", "12.5", "", "-0-", "Company", "[A] [B]", "5493001KJTIIGC8Y1R12")
#: A mapping that uses what values and records can be.
MAPPING = """title: Hostile
tables:
  a:
    optional: [id, name, share, day, parts, note]
    values:
      share: {of: share, number: percent}
      day: {of: day, date: [ISO, DD.MM.YYYY]}
      parts: {of: parts, split: ";"}
      number: {of: note, find: "No ([0-9]+)"}
    records:
      - {class: Company, id: "{id}", label: "{name}", from: "{day}", identifier: {scheme: No, notation: "{number}"}}
      - class: Dependency
        each: {part: "{parts}"}
        dependant: "{id}"
        need: "{part}"
        supply: {provider: "{name}", share: "{share}"}
"""
_QUERY = """PREFIX ex: <https://example.org/> SELECT ?x (COUNT(*) AS ?n) WHERE { ?x a ko:Company ; rdfs:label ?name .
OPTIONAL { ?x ko:dependsOn+ ?y } FILTER(REGEX(?name, "^A", "i") && ?n > 0.5e1) } GROUP BY ?x HAVING(?n > 1) LIMIT 10"""

#: The files of each reader: ending and text.
READER_SEEDS: dict[str, tuple[tuple[str, str], ...]] = {
    "bods": ((".jsonl", _BODS), (".json", f"[{','.join(_BODS.splitlines())}]")),
    "ftm": ((".jsonl", _FTM), (".json", _FTM.splitlines()[0])),
    "rdf": ((".ttl", _ORG), (".jsonld", '{"@id": "urn:x:a", "http://www.w3.org/ns/org#memberOf": {"@id": "urn:x:b"}}')),
    "graphml": ((".graphml", _GRAPHML),),
    "gexf": ((".gexf", _GEXF),),
    "node-link": ((".json", _NODE_LINK), (".json", _CYTOSCAPE)),
    "neo4j": ((".csv", ":ID,name,:LABEL\na,A,Firm\nb,B,Firm\n"), (".csv", ":START_ID,:END_ID,:TYPE,share\na,b,NEEDS,0.5\n")),
    "cyclonedx": ((".json", json.dumps(_CYCLONE)), (".xml", _CYCLONE_XML)),
    "spdx": ((".json", json.dumps(_SPDX)), (".json", json.dumps(_SPDX_3))),
}  # fmt: skip
#: Queries and updates.
QUERY_SEEDS = (
    _QUERY,
    'ASK { <a> ?p "x\\u0041"@en-GB . FILTER NOT EXISTS { ?s ^ko:owner/ko:owned* ?o } }',
    "DESCRIBE id:nvidia FROM <urn:x:g>", "CONSTRUCT { ?s ?p ?o } WHERE { { SELECT * { ?s ?p ?o } } UNION { BIND(1 AS ?z) } }",
    'INSERT DATA { <urn:x:a> rdfs:label """A""" } ; DELETE WHERE { ?s ?p _:b }',
)  # fmt: skip
#: Addresses of the server: the query part.
ADDRESS_SEEDS = (
    "hit=asml=0.5&hit=nvidia=essential&as_of=2024-01-01&facts_only=true&stances=Asserts&model=leontief",
    "portfolio=mine&limit=10&levels=3&options=facts_only%3Dtrue&on=%C3%A9",
)
#: Matrices of what industries sell to each other: labels in one row and column, and in two.
MRIO_SEEDS = (
    ("V1,FRA_A01,FRA_C10,DEU_A01,FRA_HFCE,FRA_INVNT,OUT\nFRA_A01,5,10,0,8,-3,20\nFRA_C10,1,4,0,20,1,26\nDEU_A01,0,1,2,0,-1,2\n"
     "TLS,1,1,-1,,,\nVA,13,10,1,,,\nOUT,20,26,2,,,\n"),
    "region\t\tFRA\tDEU\tFRA\nsector\t\tA01\tA01\tHFCE\nFRA\tA01\t5\t0\t8\nDEU\tA01\t0,5\t2\t1\n",
    "supplier;customer;value;supplier_sector\nAcme;Bolt;1,5;C10\nBolt;Acme;2;C11\n",
)  # fmt: skip
#: Files of our own formats, and of others, for what reads any path.
LOAD_SEEDS = (
    (".csv", "dependant,need,criticality,share\nAcme,Steel,0.9,50%\nAcme,Coal,High,\n"),
    (".yaml", "Company:\n  a: {label: A, from: 2020-01}\n  b: {label: B}\nDependency:\n  d: {dependant: a, need: b}\n"),
    (".jsonl", '{"class": "Company", "id": "a", "label": "A"}\n'),
    (".ttl", _ORG),
    (".json", _NODE_LINK),
    ("", _GRAPHML),
)  # fmt: skip
#: Requests to the server: a line with method and target, lines of headers, an empty line, a body.
REQUEST_SEEDS = (
    "GET /sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%205\nAccept: text/csv\n\n",
    "POST /sparql\nContent-Type: application/sparql-query\nAccept: text/turtle;q=0.5, */*\n\n"
    "DESCRIBE <https://w3id.org/knockon/id/nvidia>",
    "POST /sparql\nContent-Type: application/x-www-form-urlencoded\n\nquery=ASK%7B%7D&default-graph-uri=urn:x:g",
    "GET /api/impact.csv?hit=asml=0.5&hit=nvidia=essential&as_of=2024-01-01\nAccept: text/csv\n\n",
    'POST /api/impact\nContent-Type: application/json\n\n{"hit": {"asml": 0.5}, "as_of": "2024-01-01"}',
    "GET /api/search?text=nvi&limit=3\nIf-None-Match: *\nAccept-Encoding: gzip\n\n",
    "GET /id/nvidia\nAccept: text/html\n\n", "HEAD /id/nvidia.ttl?as_of=2020\nRange: bytes=0-5\n\n",
    "GET /store?graph=urn:x:g\nAccept: application/n-quads\n\n", "GET /metrics\n\n", "OPTIONS /api/openapi.json\n\n",
)  # fmt: skip
