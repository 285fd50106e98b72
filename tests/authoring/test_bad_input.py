"""Whatever is in the files: every problem in one go, with file, line, what and the likely mend, and nothing else."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
from data_folder import DESCRIPTION, Folder
from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.authoring.read import is_data_set, read_data_set
from knockon.errors import InvalidData, NotFound, UsageError
from knockon.model import DataSet

ACME = "Company:\n  acme: {label: Acme}\n"
TABLE = "dependant,need,provider,criticality\nShop,Hosting,Acme,High\n"


class Case(NamedTuple):
    """Files of a data set, and for each problem the place and parts of its message."""

    name: str
    files: dict[str, str | bytes]
    problems: list[tuple[str, ...]]


def yaml(name: str, text: str, *problems: tuple[str, ...]) -> Case:
    """A folder with one YAML file."""
    return Case(name, {"a.yaml": text}, list(problems))


def table(name: str, text: str | bytes, *problems: tuple[str, ...]) -> Case:
    """A folder with one dependency table and nothing that declares an entity."""
    return Case(name, {"deps.csv": text}, list(problems))


def nested(*fields: str) -> str:
    """A dependency of Acme on itself, with more fields from line 5 on."""
    lines = "".join(f"\n    {field}" for field in fields)
    return f"{ACME}Dependency:\n  d: {{dependant: acme, need: acme}}\n  e:\n    dependant: acme\n    need: acme{lines}\n"


FORM = [
    yaml("no YAML", "Company:\n  acme: {label: [}\n", ("a.yaml:2", "is no YAML")),
    yaml("tabs", "Company:\n\tacme: {label: A}\n", ("a.yaml:2", "is no YAML", "indent with spaces")),
    yaml("colon in text", "Company:\n  acme:\n    label: a: b\n", ("a.yaml:3", "is no YAML", "between double quotes")),
    yaml("unclosed quotes", 'Company:\n  acme:\n    label: "a\n', ("a.yaml:", "is no YAML")),
    yaml("a list", "- Company\n", ("a.yaml:1", "must map class names to records")),
    yaml("a word", "Company\n", ("a.yaml:1", "must map class names to records")),
    yaml("empty file", "", ("a.yaml", "is empty")),
    yaml("only a comment", "# to do\n", ("a.yaml", "is empty")),
    yaml("several documents", f"{ACME}---\n{ACME}", ("a.yaml:3", "several YAML documents")),
    yaml("class of records that are a list", "Company:\n  - acme\n", ("a.yaml:2", "Company must map ids to records")),
    yaml("record without fields", "Company:\n  acme:\n", ("a.yaml:2", "acme: must have fields", "label")),
    yaml("record that is a text", "Company:\n  acme: Acme\n", ("a.yaml:2", "acme: must have fields")),
    yaml("class twice", f"{ACME}Company:\n  other: {{label: O}}\n", ("a.yaml:3", "Company stands twice", "first in line 1")),
    yaml(
        "field twice", "Company:\n  acme:\n    label: A\n    label: B\n", ("a.yaml:4", "label stands twice", "first in line 3")
    ),
    yaml(
        "field twice in a part",
        nested("supply:", "- provider: acme", "  provider: acme"),
        ("a.yaml:10", "provider stands twice", "first in line 9"),
    ),
    yaml("name that is a list", "Company:\n  ? [a]\n  : {label: A}\n", ("a.yaml:2", "a name must be a plain word")),
    yaml("name that is null", "Company:\n  ~: {label: A}\n", ("a.yaml:2", "a name must be a plain word")),
    yaml("anchor", "Company:\n  acme: &a {label: A}\n", ("a.yaml:2", "anchors and aliases are not allowed")),
    yaml(
        "bomb",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
        *((f"a.yaml:{line}", "anchors and aliases") for line in (1, 2, 3)),
        *((f"a.yaml:{line}", f"unknown class {name}") for line, name in ((1, "a"), (2, "b"), (3, "c"))),
    ),
    yaml("merge key", "Company:\n  acme: {<<: {a: b}, label: A}\n", ("a.yaml:2", "unknown field <<")),
    yaml(
        "python tag",
        'Company:\n  acme: {label: !!python/name:os.system "x"}\n',
        ("a.yaml:2", "python/name:os.system is not allowed"),
    ),
    yaml("own tag", "Company:\n  acme: {label: !x A}\n", ("a.yaml:2", "the tag !x is not allowed")),
    yaml(
        "tag on a record", "Company:\n  acme: !!set {label: A}\n", ("a.yaml:2", "the tag tag:yaml.org,2002:set is not allowed")
    ),
    yaml("deep list", "Company:\n  acme: {label: " + "[" * 100_000 + "}\n", ("a.yaml:2", "nested more than 20 deep")),
    yaml("deep map", "\n".join(" " * i + "a:" for i in range(3000)), ("a.yaml:21", "nested more than 20 deep")),
    yaml("NUL", "Company:\n  acme: {label: A\0}\n", ("a.yaml:2", "control character U+0000")),
    yaml("bell", "Company:\n\n  acme: {label: A\a}\n", ("a.yaml:3", "control character U+0007")),
    yaml("C1 control", "Company:\n  acme: {label: A\x90}\n", ("a.yaml:2", "control character U+0090")),
    yaml("escaped NUL", 'Company:\n  acme: {label: "A\\0"}\n', ("a.yaml:2", "control character U+0000")),
    yaml(
        "escaped terminal sequence as a name",
        'Company:\n  "a\\e[31m": {label: A}\n',
        ("a.yaml:2", "U+001B"),
        ("a.yaml:2", "is no name"),
    ),
    yaml("lone surrogate", 'Company:\n  acme: {label: "A\\ud800"}\n', ("a.yaml:2", "")),
    yaml("unknown escape", 'Company:\n  acme: {label: "C:\\query"}\n', ("a.yaml:2", "is no YAML", "\\\\")),
    yaml("UTF-16", ACME.encode("utf-16"), ("a.yaml", "is UTF-16 text, not UTF-8", "save it as UTF-8")),
    yaml("UTF-16 without a mark", ACME.encode("utf-16-le"), ("a.yaml", "is UTF-16 text, not UTF-8")),
    yaml("Latin-1", "Company:\n  acme: {label: Café}\n".encode("latin-1"), ("a.yaml:2", "is no UTF-8 text", "0xe9")),
]

RECORDS = [
    yaml("unknown class", "Compny:\n  acme: {label: A}\n", ("a.yaml:1", "unknown class Compny", "did you mean Company")),
    yaml("class of parts", "Supply:\n  acme: {provider: a}\n", ("a.yaml:1", "unknown class Supply")),
    yaml("run", "ImpactRun:\n  r: {model: m}\n", ("a.yaml:1", "unknown class ImpactRun")),
    yaml(
        "unknown field",
        "Company:\n  acme:\n    label: A\n    labl: B\n",
        ("a.yaml:4", "acme: unknown field labl", "did you mean label"),
    ),
    yaml(
        "attribute name",
        "Company:\n  acme:\n    label: A\n    part_of: acme\n",
        ("a.yaml:4", "unknown field part_of", "did you mean partOf"),
    ),
    yaml("id as a field", "Company:\n  acme:\n    label: A\n    id: b\n", ("a.yaml:4", "unknown field id")),
    yaml(
        "unknown field of a part",
        nested("supply:", "- provider: acme", "  shar: 1"),
        ("a.yaml:10", "supply.0.shar", "did you mean share"),
    ),
    yaml("missing label", "Company:\n  acme: {comment: A}\n", ("a.yaml:2", "acme: label is missing")),
    yaml("null label", "Company:\n  acme: {label: ~}\n", ("a.yaml:2", "acme: label is missing")),
    yaml("empty label", 'Company:\n  acme: {label: ""}\n', ("a.yaml:2", "acme: label '' is empty")),
    yaml("a list for one", "Company:\n  acme:\n    label: [A, B]\n", ("a.yaml:3", "label must be one value, not a list")),
    yaml("a map for text", "Company:\n  acme:\n    label: {en: A}\n", ("a.yaml:3", "label must be text")),
    yaml("null in a list", nested("alternative:", "- acme", "-"), ("a.yaml:10", "alternative.1 must be text")),
    yaml(
        "no boolean",
        nested("inferred: perhaps"),
        ("a.yaml:8", "inferred 'perhaps' is neither true nor false", "write true or false"),
    ),
    yaml(
        "bad word",
        nested("criticality: Hgih"),
        ("a.yaml:8", "'Hgih' is no word of its list", "Essential, High, Medium, Low or Negligible"),
    ),
    yaml("list for a word", nested("criticality: [High]"), ("a.yaml:8", "criticality")),
    yaml(
        "share above 1", nested("supply:", "- provider: acme", "  share: 1.5"), ("a.yaml:10", "share '1.5' must be at most 1")
    ),
    yaml("share below 0", nested("supply: [{provider: acme, share: -0.1}]"), ("a.yaml:8", "must be at least 0")),
    yaml(
        "share with a comma", nested("supply: [{provider: acme, share: '0,5'}]"), ("a.yaml:8", "'0,5' is no number", "e.g. 0.5")
    ),
    yaml("share of nothing known", nested("supply: [{provider: acme, share: NaN}]"), ("a.yaml:8", "'NaN' is no number")),
    yaml("number beyond reason", nested("criticalityValue: 1e999999999"), ("a.yaml:8", "is no number")),
    yaml(
        "shares above 1 in sum",
        nested("supply:", "- {provider: acme, share: 0.6}", "- {provider: b, share: 0.6}"),
        ("a.yaml:5", "come to 1.2, more than 1"),
    ),
    yaml(
        "negative count",
        nested("combination: AtLeast", "atLeast: 0", "supply: acme"),
        ("a.yaml:9", "atLeast '0' must be at least 1"),
    ),
    yaml("count of none", nested("atLeast: 1", "supply: acme"), ("a.yaml:5", "atLeast goes with combination AtLeast")),
    yaml(
        "count above the supplies",
        nested("combination: AtLeast", "atLeast: 2", "supply: acme"),
        ("a.yaml:5", "there are 1 supplies"),
    ),
    yaml("count that is none", nested("combination: AtLeast", "atLeast: two"), ("a.yaml:9", "'two' is no whole number")),
    yaml("duration", nested("buffer: 30 days"), ("a.yaml:8", "'30 days' is no duration", "write P30D")),
    yaml(
        "provider twice",
        nested("supply: [{provider: acme, share: 0.1}, acme]"),
        ("a.yaml:5", "acme stands twice among the supplies"),
    ),
    yaml("part that is a number of lists", nested("supply: [[acme]]"), ("a.yaml:8", "supply.0 must have fields of its own")),
    yaml("judges what is not there", nested("judged: [price]"), ("a.yaml:5", "judged names 'price'")),
    yaml(
        "date that is none",
        "Event:\n  e:\n    label: E\n    date: 2021-02-30\n",
        ("a.yaml:4", "'2021-02-30' is no date", "write 2021-12-10"),
    ),
    yaml("date of another country", "Event:\n  e: {label: E, date: 10/12/2021}\n", ("a.yaml:2", "is no date")),
    yaml("year", "Event:\n  e: {label: E, date: 2021}\n", ("a.yaml:2", "'2021' is no date", "2021-01-01 for a year")),
    yaml("seconds", "Event:\n  e: {label: E, date: 0}\n", ("a.yaml:2", "'0' is no date")),
    yaml("date and time", "Event:\n  e: {label: E, date: 2021-12-10T00:00:00}\n", ("a.yaml:2", "is no date")),
    yaml(
        "until before from", "Company:\n  a: {label: A, from: 2021-01-02, until: 2021-01-01}\n", ("a.yaml:2", "is after until")
    ),
    yaml("owns itself", f"{ACME}Ownership:\n  o: {{owner: acme, owned: acme}}\n", ("a.yaml:4", "cannot own itself")),
    yaml(
        "evidence without a span",
        nested("evidence:", "- page 4 of it"),
        ("a.yaml:9", "'page 4 of it' is no evidence", "document start-end"),
    ),
    yaml("span too long", nested("evidence:", "- acme 10-20", "- acme 1-602"), ("a.yaml:10", "1 to 600 code points")),
    yaml("span backwards", nested("evidence: acme 20-10"), ("a.yaml:8", "span 20-10")),
    yaml(
        "stance that is none", nested("evidence: acme 1-2 Shouts"), ("a.yaml:8", "'Shouts' is no word of its list", "Asserts")
    ),
    yaml(
        "identifier of one word",
        "Company:\n  a: {label: A, identifier: 5493}\n",
        ("a.yaml:2", "'5493' is no identifier", "LEI"),
    ),
    yaml(
        "steps out of order",
        "CausalChain:\n  c: {label: C, chainKind: Cascade, step: [{order: 2, label: L}]}\n",
        ("a.yaml:2", "numbered [2], not 1 to 1"),
    ),
    yaml("a shock without hits", "Shock:\n  s: {label: S, hit: []}\n", ("a.yaml:2", "hit is empty")),
    yaml(
        "two targets",
        f"{ACME}Shock:\n  s: {{label: S, hit: [{{target: acme, targetQuery: 'ASK {{}}'}}]}}\n",
        ("a.yaml:4", "either a target or a targetQuery"),
    ),
    yaml(
        "relation of no type",
        f"{ACME}Relation:\n  r: {{subject: acme, relationType: loves, object: acme}}\n",
        ("a.yaml:4", "'loves' is no relation type"),
    ),
]

IDS = [
    yaml("space", "Company:\n  acme inc: {label: A}\n", ("a.yaml:2", "id 'acme inc' is no name", "e.g. acme-inc")),
    yaml("slash", "Company:\n  a/b: {label: A}\n", ("a.yaml:2", "id 'a/b' is no name")),
    yaml("dots", "Company:\n  ..: {label: A}\n", ("a.yaml:2", "id '..' is no name")),
    yaml("way out", "Company:\n  ../../etc/passwd: {label: A}\n", ("a.yaml:2", "is no name")),
    yaml("empty", 'Company:\n  "": {label: A}\n', ("a.yaml:2", "id '' is no name")),
    yaml("broken IRI", "Company:\n  'https://a b': {label: A}\n", ("a.yaml:2", "is no IRI")),
    yaml("surrogate IRI", "Company:\n  'urn:[': {label: A}\n", ("a.yaml:2", "is no IRI")),
    yaml("prefix alone", "Company:\n  'id:': {label: A}\n", ("a.yaml:2", "nothing stands after the colon")),
    yaml("term", "Company:\n  ko:High: {label: A}\n", ("a.yaml:2", "is a term of the vocabulary")),
    yaml("data set", "Company:\n  data-tiny: {label: A}\n", ("a.yaml:2", "its id is that of the data set")),
    yaml("within a file", "Company:\n  a: {label: A}\nPerson:\n  a: {label: B}\n", ("a.yaml:4", "a: stands twice", "a.yaml:2")),
    yaml("within a class", "Company:\n  a: {label: A}\n  a: {label: B}\n", ("a.yaml:3", "a: stands twice", "a.yaml:2")),
    yaml(
        "by another spelling",
        "Company:\n  a: {label: A}\n  https://example.org/id/a: {label: B}\n",
        ("a.yaml:3", "stands twice"),
    ),
    Case("across files", {"a.yaml": ACME, "b.yaml": ACME}, [("b.yaml:2", "acme: stands twice", "a.yaml:2")]),
    Case(
        "across formats",
        {"a.yaml": ACME, "companies.csv": "id,label\nx,X\nacme,Acme\n"},
        [("companies.csv:3", "stands twice", "a.yaml:2")],
    ),
    Case(
        "same label in a table",
        {"companies.csv": "label\nAcme\nACME\n"},
        [("companies.csv:3", "acme: stands twice", "companies.csv:2")],
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
        "name that is none", nested("alternative:", "- acme", "- acme inc"), ("a.yaml:10", "'acme inc' is no name", "acme-inc")
    ),
    yaml("other namespace", nested("alternative: id:acme"), ("a.yaml:8", "acme", "did you mean https://example.org/id/acme")),
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
        [("a.yaml:2", "is no YAML")],
    ),
    yaml(
        "part of a broken record",
        f"{ACME}Dependency:\n  d: {{dependant: acme, need: acme, supply: acme, buffer: x}}\n"
        "Shock:\n  s: {label: S, hit: [{target: d--acme}]}\n",
        ("a.yaml:4", "is no duration"),
    ),
    yaml(
        "everything at once",
        "Company:\n  a: {labl: A, label: [x], from: y}\n  b: {label: B, partOf: [q q, w w]}\nEvent:\n  e: {date: 1}\n",
        ("a.yaml:2", "unknown field labl"),
        ("a.yaml:2", "label must be one value"),
        ("a.yaml:2", "'y' is no date"),
        ("a.yaml:3", "'q q' is no name"),
        ("a.yaml:3", "'w w' is no name"),
        ("a.yaml:5", "'1' is no date"),
        ("a.yaml:5", "label is missing"),
    ),
]


def shock(query: str) -> str:
    """A shock with a target query in line 6."""
    return f"{ACME}Shock:\n  s:\n    label: S\n    hit: [{{targetQuery: '{query}'}}]\n"


QUERIES = [
    yaml("no SPARQL", shock("SELECT ?target"), ("a.yaml:6", "targetQuery: line 1")),
    yaml("unknown prefix", shock("SELECT ?target { ?target a my:Thing }"), ("a.yaml:6", "the prefix my: is not declared")),
    yaml("no target", shock("SELECT ?x { ?x a ko:Entity }"), ("a.yaml:6", "SELECT with a variable ?target")),
    yaml("no selection", shock("ASK { ?target a ko:Entity }"), ("a.yaml:6", "SELECT with a variable ?target")),
    yaml(
        "leaves the store",
        shock("SELECT ?target { SERVICE <http://a.b/> { ?target ?p ?o } }"),
        ("a.yaml:6", "SERVICE would leave the store"),
    ),
    yaml("update", shock("DELETE WHERE { ?target ?p ?o }"), ("a.yaml:6", "is an update")),
    yaml("deep", shock("SELECT ?target WHERE " + "{" * 100_000), ("a.yaml:6", "nested more than")),
]

TABLES = [
    table("empty", "", ("deps.csv", "is empty", "the first row names the columns")),
    table("blank", "\n , ,\n\n", ("deps.csv", "is empty")),
    table("no header", "Shop,Hosting,Acme\n", ("deps.csv:1", "cannot tell what these rows are", "dependant and need")),
    table(
        "unknown column",
        "\ndependant,need,provder\na,b,c\n",
        ("deps.csv:2", "unknown column 'provder'", "did you mean provider"),
    ),
    table("synonym", "dependant,need,Supplier\na,b,c\n", ("deps.csv:1", "unknown column 'Supplier'", "did you mean provider")),
    table(
        "column twice",
        "dependant,need,Need,need\na,b,c,d\n",
        ("deps.csv:1", "column need stands twice"),
    ),
    table(
        "ragged",
        TABLE + "a,b\n\na,b,c,d,e\nShop,Logistics,Acme,Low,\n",
        ("deps.csv:3", "has 2 cells, and the header has 4"),
        ("deps.csv:5", "has 5 cells"),
    ),
    table("delimiter in text", TABLE + "Shop,Bags, boxes,Acme,Low\n", ("deps.csv:3", "has 5 cells", "between double quotes")),
    table("no quotes at the end", TABLE + 'Shop,"Bags\n', ("deps.csv:3", "is no CSV")),
    table("quotes in quotes", TABLE + 'Shop,"Bags "big" ones",Acme,Low\n', ("deps.csv:3", "is no CSV", '""')),
    table("nameless column", "dependant,need,,provider\na,b,c,d\n", ("deps.csv:2", "'c' stands in a column without a name")),
    table(
        "formula",
        "dependant,need,provider\nShop,=A1,x\nShop,Hosting,#REF!\n",
        ("deps.csv:2", "need '=A1' is a formula"),
        ("deps.csv:2", "need is empty"),
        ("deps.csv:3", "'#REF!' is a formula"),
    ),
    table("no need", "dependant,need,provider\nShop,,Acme\n", ("deps.csv:2", "need is empty")),
    table(
        "line after a quoted newline",
        'dependant,need,comment\nA,B,"one\ntwo\r\nthree"\nA,,x\n',
        ("deps.csv:5", "need is empty"),
    ),
    table("bad word", TABLE.replace("High", "Hgih"), ("deps.csv:2", "criticality 'Hgih' is no word of its list")),
    table("share with a comma", "dependant;need;provider;share\nA;B;C;0,5\n", ("deps.csv:2", "'0,5' is no number", "0.5")),
    table("share in per cent", "dependant,need,provider,share\nA,B,C,0.5\nA,B,D,50%\n", ("deps.csv:3", "'50%' is no number")),
    table(
        "share above 1", "dependant,need,provider,share\nA,B,C,0.5\nA,B,D,2\n", ("deps.csv:3", "share '2' must be at most 1")
    ),
    table(
        "share without provider",
        "dependant,need,provider,share\nA,B,,0.5\n",
        ("deps.csv:2", "share needs exactly one provider"),
    ),
    table("share of two", "dependant,need,provider,share\nA,B,C;D,0.5\n", ("deps.csv:2", "share needs exactly one provider")),
    table("provider twice", "dependant,need,provider\nA,B,C\nA,B,c\n", ("deps.csv:3", "c stands twice as provider of B for A")),
    table(
        "rows that differ",
        "dependant,need,provider,criticality\nA,B,C,High\nA,B,D,Low\n",
        ("deps.csv:3", "criticality is 'Low' here and 'High' in line 2"),
    ),
    table(
        "unknown class of a provider",
        "dependant,need,provider,providerClass\nA,B,C,Compny\n",
        ("deps.csv:2", "'Compny' is no class of entities", "did you mean Company"),
    ),
    table(
        "class that is no entity",
        "dependant,need,needClass\nA,B,Measure\n",
        ("deps.csv:2", "'Measure' is no class of entities"),
    ),
    table(
        "two classes",
        "dependant,need,needClass\nA,B,Product\nC,B,Service\n",
        ("deps.csv:3", "B is a Service here and a Product elsewhere", "deps.csv:2"),
    ),
    table(
        "evidence without a document",
        "dependant,need,evidence\nA,B,doc 10-20\n",
        ("deps.csv:2", "evidence names doc, which does not exist"),
    ),
    table("NUL", TABLE + "a,b\0,c,d\n", ("deps.csv:3", "control character U+0000")),
    table("UTF-16", TABLE.encode("utf-16"), ("deps.csv", "is UTF-16 text", "CSV UTF-8")),
    table("Latin-1", TABLE.encode() + b"Caf\xe9,a,b,c\n", ("deps.csv:3", "is no UTF-8 text")),
    table("huge cell", TABLE + "a," + "b" * 200_000 + ",c,d\n", ("deps.csv:3", "is no CSV")),
    Case(
        "unknown class",
        {"things.csv": "label,class\nA,Company\nB,Compny\nC,\n"},
        [("things.csv:3", "unknown class 'Compny'", "did you mean Company"), ("things.csv:4", "class is empty")],
    ),
    Case(
        "id that is none",
        {"companies.csv": "id,label\nacme inc,Acme\n"},
        [("companies.csv:2", "id 'acme inc' is no name", "acme-inc")],
    ),
    Case(
        "dangling",
        {"a.yaml": ACME, "deps.csv": "dependant,need,provider\nacme,Acme,\nacme,acme,acme\nAcme,Hosting,Nimbus\n"},
        [
            ("deps.csv:4", "need names hosting, which does not exist"),
            ("deps.csv:4", "supply names nimbus, which does not exist"),
        ],
    ),
    Case(
        "class other than declared",
        {"a.yaml": ACME, "deps.csv": "dependant,need,needClass\nacme,acme,Product\n"},
        [("deps.csv:2", "is a Product here and a Company in", "a.yaml:2")],
    ),
    Case(
        "two tables",
        {"a.csv": "dependant,need,needClass\nA,B,Product\n", "b.csv": "dependant,need,needClass\nC,B,Service\n"},
        [("b.csv:2", "B is a Service here", "a.csv:2")],
    ),
    Case(
        "supply as a column",
        {"dependencies.csv": "dependant,need,supply\nA,B,C\n"},
        [("dependencies.csv:1", "unknown column 'supply'", "did you mean provider")],
    ),
    Case(
        "field of another class", {"things.csv": "class,label,owner\nCompany,A,B\n"}, [("things.csv:2", "unknown field owner")]
    ),
]


def described(name: str, text: str | bytes, *problems: tuple[str, ...]) -> Case:
    """A folder with this dataset.yaml."""
    return Case(name, {"dataset.yaml": text}, list(problems))


DESCRIPTIONS = [
    described("empty", "", ("dataset.yaml", "is empty")),
    described("a list", "- a\n", ("dataset.yaml:1", "must map names to values")),
    described("no name", "title: A\n", ("dataset.yaml:1", "name must be a short lower-case word", "name: acme-suppliers")),
    described("long name", "title: A\nname: My Data\n", ("dataset.yaml:2", "name must be a short lower-case word")),
    described("name that is a list", "name: [a]\ntitle: A\n", ("dataset.yaml:1", "name must be a short lower-case word")),
    described(
        "base without a slash",
        "name: a\nbase: https://example.org/id\n",
        ("dataset.yaml:2", "must end in / or # or :", "https://example.org/id/"),
    ),
    described("base that is none", "name: a\nbase: example/\n", ("dataset.yaml:2", "is no IRI")),
    described("base with a space", "name: a\nbase: https://exa mple/\n", ("dataset.yaml:2", "is no IRI")),
    described("base that is a list", "name: a\nbase: [a/]\n", ("dataset.yaml:2", "base must be an IRI")),
    described(
        "base of the vocabulary",
        "name: a\nbase: https://w3id.org/knockon/ns#\n",
        ("dataset.yaml:2", "is that of the vocabulary"),
    ),
    described("unknown field", "name: a\nlicence: b\n", ("dataset.yaml:2", "unknown field licence", "did you mean license")),
    described("field of other records", "name: a\nevidence: doc 1-2\n", ("dataset.yaml:2", "unknown field evidence")),
    described("no boolean", "name: a\nexample: maybe\n", ("dataset.yaml:2", "'maybe' is neither true nor false")),
    described("no YAML", "name: [\n", ("dataset.yaml:2", "is no YAML")),
    described("twice", "name: a\nname: b\n", ("dataset.yaml:2", "name stands twice")),
]

CORPUS = [*FORM, *RECORDS, *IDS, *REFERENCES, *QUERIES, *TABLES, *DESCRIPTIONS]


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_every_problem_is_told_once_with_its_place(case: Case, folder: Folder) -> None:
    found = folder.problems(case.files)
    for place, *parts in case.problems:
        fitting = [problem for problem in found if problem.startswith(place) and all(part in problem for part in parts)]
        assert fitting, f"{place} {parts} is not among\n" + "\n".join(found)
        found.remove(fitting[0])
    assert not found


def test_problems_of_the_description_and_of_files_come_together(folder: Folder) -> None:
    found = folder.problems({"dataset.yaml": "nam: a\n", "a.yaml": "Company:\n  acme: {}\n", "b.csv": "x\n1\n"})
    assert [problem.split(":")[0] for problem in found] == ["a.yaml", "b.csv", "dataset.yaml", "dataset.yaml"]


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no data set called"):
        read_data_set(tmp_path / "none")
    with pytest.raises(NotFound):
        read_data_set(Path("a\0b"))


def test_a_name_too_long(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match="cannot be read"):
        read_data_set(tmp_path / ("x" * 5000))


def test_another_kind_of_file(folder: Folder) -> None:
    path = folder.write({"data.txt": "x"}) / "data.txt"
    assert not is_data_set(path)
    with pytest.raises(UsageError, match=r"\.csv, \.tsv, \.yaml"):
        read_data_set(path)


def test_a_folder_without_description(tmp_path: Path) -> None:
    """An empty folder, one with data alone, and one whose description has another ending."""
    with pytest.raises(InvalidData, match=r"has no dataset\.yaml \(write one that holds at least `name: acme-suppliers`\)"):
        read_data_set(tmp_path)
    (tmp_path / "dataset.yml").write_text(DESCRIPTION)
    with pytest.raises(InvalidData, match=r"rename .*dataset\.yml to dataset\.yaml"):
        read_data_set(tmp_path)


def test_a_folder_named_like_a_file(folder: Folder) -> None:
    (folder.path / "x.yaml").mkdir()
    (folder.path / "y.csv").mkdir()
    assert [problem.split(" (")[0] for problem in folder.problems({})] == [
        "x.yaml: is a folder, not a file",
        "y.csv: is a folder, not a file",
    ]


def test_a_description_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "dataset.yaml").mkdir()
    with pytest.raises(InvalidData, match="is a folder, not a file"):
        read_data_set(tmp_path)


def test_links_to_themselves_and_to_nothing(folder: Folder) -> None:
    (folder.path / "loop.yaml").symlink_to("loop.yaml")
    (folder.path / "gone.csv").symlink_to("nowhere.csv")
    assert [problem.split(" (")[0] for problem in folder.problems({})] == [
        "gone.csv: cannot be read: it is no file",
        "loop.yaml: cannot be read: it is no file",
    ]


def test_a_folder_that_is_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises((NotFound, InvalidData)):
        read_data_set(tmp_path / "loop")


def test_a_pipe_is_not_waited_for(folder: Folder) -> None:
    os.mkfifo(folder.path / "pipe.yaml")
    assert "it is no file" in folder.problems({})[0]


def test_a_file_nobody_may_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the system's answer is played."""

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    folder.write({"dataset.yaml": DESCRIPTION, "a.yaml": ACME})
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InvalidData) as caught:
        read_data_set(folder.path)
    assert [problem.message for problem in caught.value.problems] == ["cannot be read: Permission denied"] * 2


def test_a_folder_nobody_may_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(InvalidData, match="cannot be read: Permission denied"):
        read_data_set(tmp_path)


def test_a_file_that_is_too_large(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knockon.authoring.text.SIZE_LIMIT", 1_000_000)
    found = folder.problems({"a.yaml": "#" + "x" * 1_000_001})
    assert found == ["a.yaml: is larger than 1 MB (split it)"]


def test_a_file_name_of_any_bytes_can_be_printed(folder: Folder) -> None:
    name = os.fsencode(folder.path) + b"/\xff\x1b\n.yaml"
    with open(name, "wb") as file:  # noqa: PTH123
        file.write(b"x")
    (found,) = folder.problems({})
    assert found.startswith("\\udcff\\x1b\\n.yaml:1: must map")
    assert found.isprintable()


def test_thousands_of_references_to_nothing_take_no_minutes(folder: Folder) -> None:
    """The search for the names that were meant is given up at some point; the problems are all told."""
    people = "Person:\n" + "".join(f"  person-{i}: {{label: P, partOf: nobody-{i}}}\n" for i in range(3000))
    found = folder.problems({"a.yaml": people})
    assert len(found) == 3000


#: Pieces that mean something to a reader: a file made of them goes deeper than noise does.
PIECES = (
    *"[]{},:;-#&*!|>?@%=\"'\\\t\n\r ~.", "\n  ", "\n    ", ": ", "- ", "---", "<<", "\0", "\ufeff", "\u2028", "\ud800", "\\ud800", "é",
    "Company", "Dependency", "Shock", "Event", "Entity", "dependant", "need", "provider", "share", "supply", "class", "label", "id",
    "partOf", "hit", "target", "targetQuery", "SELECT ?target { ", "evidence", "doc 1-2", "date", "2021-12-10", "0.5", "1e9", "High",
    "acme", "id:acme", "ko:High", "https://", "name", "base", "title", "null", "true", "NaN", "x" * 300,
)  # fmt: skip
contents = st.binary(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=25).map(
    lambda pieces: "".join(pieces).encode("utf-8", "surrogatepass")
)


@settings(max_examples=300)
@given(a=contents, b=contents, c=contents, head=st.sampled_from([b"", b"dependant,need,provider,share\n", b"label,class\n"]))
def test_any_bytes_give_records_or_problems(a: bytes, b: bytes, c: bytes, head: bytes) -> None:
    with tempfile.TemporaryDirectory() as path:
        folder = Folder(Path(path))
        folder.write({"dataset.yaml": DESCRIPTION.encode() + c, "a.yaml": b"Company:\n  acme:\n    " + a, "b.csv": head + b})
        for one in (folder.path, folder.path / "a.yaml", folder.path / "b.csv"):
            try:
                data_set = read_data_set(one)
            except InvalidData as error:
                assert str(error).encode()
            else:
                assert isinstance(data_set, DataSet)
