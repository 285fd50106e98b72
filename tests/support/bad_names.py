"""Files whose names, references or queries are wrong, with what is to be said of them."""

from __future__ import annotations

from support.bad_yaml import ACME, Case, nested, yaml

IDS = [
    yaml("space", "Company:\n  acme inc: {label: A}\n", ("a.yaml:2", "id 'acme inc' is not a valid name", "e.g. acme-inc")),
    yaml("slash", "Company:\n  a/b: {label: A}\n", ("a.yaml:2", "id 'a/b' is not a valid name")),
    yaml("dots", "Company:\n  ..: {label: A}\n", ("a.yaml:2", "id '..' is not a valid name")),
    yaml("way out", "Company:\n  ../../etc/passwd: {label: A}\n", ("a.yaml:2", "is not a valid name")),
    yaml("empty", 'Company:\n  "": {label: A}\n', ("a.yaml:2", "id '' is not a valid name")),
    yaml("broken IRI", "Company:\n  'https://a b': {label: A}\n", ("a.yaml:2", "is not an IRI")),
    yaml("surrogate IRI", "Company:\n  'urn:[': {label: A}\n", ("a.yaml:2", "is not an IRI")),
    yaml("prefix alone", "Company:\n  'id:': {label: A}\n", ("a.yaml:2", "nothing follows the colon")),
    yaml("term", "Company:\n  ko:High: {label: A}\n", ("a.yaml:2", "is a term of the vocabulary")),
    yaml("data set", "Company:\n  data-tiny: {label: A}\n", ("a.yaml:2", "its id is the id of the data set")),
    yaml("within a file", "Company:\n  a: {label: A}\nPerson:\n  a: {label: B}\n", ("a.yaml:4", "a: duplicate id", "a.yaml:2")),
    yaml(
        "wrong in other ways too",
        "Company:\n  a: {label: A}\n  a: {labl: A}\n  b c: {partOf: d}\n",
        ("a.yaml:3", "a: duplicate id"),
        ("a.yaml:3", "unknown field labl"),
        ("a.yaml:3", "label is missing"),
        ("a.yaml:4", "id 'b c' is not a valid name"),
        ("a.yaml:4", "label is missing"),
        ("a.yaml:4", "partOf names d, which does not exist"),
    ),
    yaml("within a class", "Company:\n  a: {label: A}\n  a: {label: B}\n", ("a.yaml:3", "a: duplicate id", "a.yaml:2")),
    yaml(
        "by another spelling",
        "Company:\n  a: {label: A}\n  https://example.org/id/a: {label: B}\n",
        ("a.yaml:3", "duplicate id"),
    ),
    Case("across files", {"a.yaml": ACME, "b.yaml": ACME}, [("b.yaml:2", "acme: duplicate id", "a.yaml:2")]),
    Case(
        "across formats",
        {"a.yaml": ACME, "companies.csv": "id,label\nx,X\nacme,Acme\n"},
        [("companies.csv:3", "duplicate id", "a.yaml:2")],
    ),
    Case(
        "same label in a table",
        {"companies.csv": "label\nAcme\nACME\n"},
        [("companies.csv:3", "acme: duplicate id", "companies.csv:2")],
    ),
    yaml(
        "part and record",
        f"{ACME}Dependency:\n  d: {{dependant: acme, need: acme, supply: acme}}\n  d--acme: {{dependant: acme, need: acme}}\n",
        ("a.yaml:4", "its part d--acme has the same name as a record"),
    ),
]

REFERENCES = [
    yaml(
        "dangling",
        "Company:\n  acme: {label: A}\n  b:\n    label: B\n    partOf: acm\n",
        ("a.yaml:5", "partOf names acm, which does not exist", "did you mean acme"),
    ),
    yaml(
        "dangling in a list",
        nested("alternative:", "- zzz", "- acme", "- aaa"),
        ("a.yaml:9", "names zzz, which does not exist"),
        ("a.yaml:11", "names aaa, which does not exist"),
    ),
    yaml(
        "dangling in parts",
        nested("supply:", "- zzz", "- provider: aaa", "  share: 0.1"),
        ("a.yaml:9", "supply names zzz"),
        ("a.yaml:10", "supply names aaa"),
    ),
    yaml("dangling document", nested("evidence:", "- doc-a 1-2"), ("a.yaml:9", "names doc-a, which does not exist")),
    yaml(
        "name that is none",
        nested("alternative:", "- acme", "- acme inc"),
        ("a.yaml:10", "'acme inc' is not a valid name", "acme-inc"),
    ),
    yaml(
        "name of another namespace",
        f"{ACME}Product:\n  p:\n    label: P\n    partOf: id:acme\n",
        ("a.yaml:6", "partOf names id:acme, which does not exist (did you mean acme?)"),
    ),
    yaml(
        "wrong class",
        f"{ACME}Person:\n  p:\n    label: P\n    jurisdiction: acme\n",
        ("a.yaml:6", "names acme, a Company; it must be a Jurisdiction"),
    ),
    yaml("wrong class of evidence", nested("evidence: acme 1-2"), ("a.yaml:8", "names acme, a Company; it must be a Document")),
    yaml(
        "part of itself",
        "Company:\n  a: {label: A, partOf: b}\n  b: {label: B, partOf: a}\n",
        ("a.yaml:2", "a is part of itself, through b"),
    ),
    yaml("part of itself at once", "Company:\n  a: {label: A, partOf: a}\n", ("a.yaml:2", "a is part of itself")),
    yaml(
        "owned twice over",
        "Company:\n  a: {label: A}\n  b: {label: B}\n  c: {label: C}\n"
        "Ownership:\n  x: {owner: a, owned: c, share: 0.6}\n  y:\n    owner: b\n    owned: c\n    share: 0.5\n",
        ("a.yaml:6", "the shares of c come to 1.1, more than 1"),
        ("a.yaml:10", "the shares of c come to 1.1, more than 1"),
    ),
    yaml(
        "named by others, though broken itself",
        "Company:\n  acme: {label: [A]}\n  b: {label: B, partOf: acme}\nPerson:\n  c: x\nGroup:\n  d: {label: D, partOf: c}\n",
        ("a.yaml:2", "label must be one value"),
        ("a.yaml:5", "must have fields"),
    ),
    yaml(
        "named by others, of an unknown class",
        "Compny:\n  acme: {label: A}\nGroup:\n  d: {label: D, partOf: acme}\n",
        ("a.yaml:1", "unknown class"),
    ),
    Case(
        "named by others, in a broken file",
        {"a.yaml": "Company: [\n", "b.yaml": "Group:\n  d: {label: D, partOf: acme}\n"},
        [("a.yaml:2", "is not valid YAML")],
    ),
    yaml(
        "part of a broken record",
        f"{ACME}Dependency:\n  d: {{dependant: acme, need: acme, supply: acme, buffer: x}}\n"
        "Shock:\n  s: {label: S, hit: [{target: d--acme}]}\n",
        ("a.yaml:4", "is not a duration"),
    ),
    yaml(
        "in broken records too",
        "Company:\n  a:\n    label: [x]\n    partOf:\n      - b\n      - nobody\n    jurisdiction: a\n",
        ("a.yaml:3", "label must be one value"),
        ("a.yaml:5", "partOf names b, which does not exist"),
        ("a.yaml:6", "partOf names nobody, which does not exist"),
        ("a.yaml:7", "jurisdiction names a, a Company; it must be a Jurisdiction"),
    ),
    yaml(
        "everything at once",
        "Company:\n  a: {labl: A, label: [x], from: y}\n  b: {label: B, partOf: [q q, w w]}\nEvent:\n  e: {date: 1}\n",
        ("a.yaml:2", "unknown field labl"),
        ("a.yaml:2", "label must be one value"),
        ("a.yaml:2", "'y' is not a date"),
        ("a.yaml:3", "'q q' is not a valid name"),
        ("a.yaml:3", "'w w' is not a valid name"),
        ("a.yaml:5", "'1' is not a date"),
        ("a.yaml:5", "label is missing"),
    ),
]


def shock(query: str) -> str:
    """A shock with a target query in line 6."""
    return f"{ACME}Shock:\n  s:\n    label: S\n    hit: [{{targetQuery: '{query}'}}]\n"


QUERIES = [
    yaml("no SPARQL", shock("SELECT ?target"), ("a.yaml:6", "targetQuery: line 1")),
    yaml("unknown prefix", shock("SELECT ?target { ?target a our:Thing }"), ("a.yaml:6", "the prefix our: is not declared")),
    yaml("no target", shock("SELECT ?x { ?x a ko:Entity }"), ("a.yaml:6", "SELECT with a variable ?target")),
    yaml("no selection", shock("ASK { ?target a ko:Entity }"), ("a.yaml:6", "SELECT with a variable ?target")),
    yaml(
        "leaves the store",
        shock("SELECT ?target { SERVICE <http://a.b/> { ?target ?p ?o } }"),
        ("a.yaml:6", "SERVICE would leave the store"),
    ),
    yaml("update", shock("DELETE WHERE { ?target ?p ?o }"), ("a.yaml:6", "is an update")),
    yaml("deep", shock("SELECT ?target WHERE " + "{" * 100_000), ("a.yaml:6", "longer than 2,000")),
]
