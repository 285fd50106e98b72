"""YAML files that are wrong, with what is to be said of them: their form, and single records."""

from __future__ import annotations

from typing import NamedTuple

ACME = "Company:\n  acme: {label: Acme}\n"


class Case(NamedTuple):
    """Files of a data set, and for each problem the place and parts of its message."""

    name: str
    files: dict[str, str | bytes]
    problems: list[tuple[str, ...]]


def yaml(name: str, text: str, *problems: tuple[str, ...]) -> Case:
    """A folder with one YAML file."""
    return Case(name, {"a.yaml": text}, list(problems))


def nested(*fields: str) -> str:
    """A dependency of Acme on itself in line 5, with more fields from line 8 on."""
    lines = "".join(f"\n    {field}" for field in fields)
    others = "Company: {acme: {label: Acme}, shop: {label: Shop}}\nDocument: {doc: {title: D}}\n"
    return f"{others}Dependency:\n  d: {{dependant: acme, need: acme}}\n  e:\n    dependant: acme\n    need: acme{lines}\n"


FORM = [
    yaml("no YAML", "Company:\n  acme: {label: [}\n", ("a.yaml:2", "is not valid YAML")),
    yaml("tabs", "Company:\n\tacme: {label: A}\n", ("a.yaml:2", "is not valid YAML", "indent with spaces")),
    yaml("colon in text", "Company:\n  acme:\n    label: a: b\n", ("a.yaml:3", "is not valid YAML", "between double quotes")),
    yaml("unclosed quotes", 'Company:\n  acme:\n    label: "a\n', ("a.yaml:", "is not valid YAML")),
    yaml("a list", "- Company\n", ("a.yaml:1", "must map class names to records")),
    yaml("a word", "Company\n", ("a.yaml:1", "must map class names to records")),
    yaml("empty file", "", ("a.yaml", "is empty")),
    yaml("only a comment", "# to do\n", ("a.yaml", "is empty")),
    yaml("several documents", f"{ACME}---\n{ACME}", ("a.yaml:3", "several YAML documents")),
    yaml("class of records that are a list", "Company:\n  - acme\n", ("a.yaml:2", "Company must map ids to records")),
    yaml("record without fields", "Company:\n  acme:\n", ("a.yaml:2", "acme: must have fields", "label")),
    yaml("record that is a text", "Company:\n  acme: Acme\n", ("a.yaml:2", "acme: must have fields")),
    yaml(
        "class twice", f"{ACME}Company:\n  other: {{label: O}}\n", ("a.yaml:3", "duplicate class 'Company'", "first in line 1")
    ),
    yaml(
        "field twice",
        "Company:\n  acme:\n    label: A\n    label: B\n",
        ("a.yaml:4", "duplicate field 'label'", "first in line 3"),
    ),
    yaml(
        "field twice in a part",
        nested("supply:", "- provider: acme", "  provider: acme"),
        ("a.yaml:10", "duplicate field 'provider'", "first in line 9"),
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
    yaml("deep list", "Company:\n  acme: {label: " + "[" * 100_000 + "}\n", ("a.yaml:2", "more than 20 levels of nesting")),
    yaml("deep map", "\n".join(" " * i + "a:" for i in range(3000)), ("a.yaml:21", "more than 20 levels of nesting")),
    yaml("NUL", "Company:\n  acme: {label: A\0}\n", ("a.yaml:2", "control character U+0000")),
    yaml("bell", "Company:\n\n  acme: {label: A\a}\n", ("a.yaml:3", "control character U+0007")),
    yaml("C1 control", "Company:\n  acme: {label: A\x90}\n", ("a.yaml:2", "control character U+0090")),
    yaml("escaped NUL", 'Company:\n  acme: {label: "A\\0"}\n', ("a.yaml:2", "control character U+0000")),
    yaml(
        "escaped terminal sequence as a name",
        'Company:\n  "a\\e[31m": {label: A}\n',
        ("a.yaml:2", "U+001B"),
        ("a.yaml:2", "is not a valid name"),
    ),
    yaml("lone surrogate", 'Company:\n  acme: {label: "A\\ud800"}\n', ("a.yaml:2", "")),
    yaml("unknown escape", 'Company:\n  acme: {label: "C:\\query"}\n', ("a.yaml:2", "is not valid YAML", "\\\\")),
    yaml("UTF-16 without a mark", ACME.encode("utf-16-le"), ("a.yaml", "is UTF-16 text, not UTF-8", "save it as UTF-8")),
    yaml("damaged UTF-16", ACME.encode("utf-16")[:-1], ("a.yaml:2", "is not utf-16 text")),
    yaml("Latin-1", "Company:\n  acme: {label: Café}\n".encode("latin-1"), ("a.yaml:2", "is not UTF-8 text", "0xe9")),
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
        ("a.yaml:8", "'Hgih' is not a criticality", "use one of Essential, High, Medium, Low or Negligible"),
    ),
    yaml("list for a word", nested("criticality: [High]"), ("a.yaml:8", "criticality")),
    yaml(
        "share above 1", nested("supply:", "- provider: acme", "  share: 1.5"), ("a.yaml:10", "share '1.5' must be at most 1")
    ),
    yaml("share below 0", nested("supply: [{provider: acme, share: -0.1}]"), ("a.yaml:8", "must be at least 0")),
    yaml(
        "share with a comma",
        nested("supply: [{provider: acme, share: '0,5'}]"),
        ("a.yaml:8", "'0,5' is not a number", "e.g. 0.5"),
    ),
    yaml("share of nothing known", nested("supply: [{provider: acme, share: NaN}]"), ("a.yaml:8", "'NaN' is not a number")),
    yaml("number beyond reason", nested("criticalityValue: 1e999999999"), ("a.yaml:8", "is not a number")),
    yaml(
        "shares above 1 in sum",
        nested("supply:", "- {provider: acme, share: 0.6}", "- {provider: shop, share: 0.6}"),
        ("a.yaml:5", "add up to 1.2, more than 1"),
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
        ("a.yaml:5", "the number of supplies is 1"),
    ),
    yaml("count that is none", nested("combination: AtLeast", "atLeast: two"), ("a.yaml:9", "'two' is not a whole number")),
    yaml("duration", nested("buffer: 30 days"), ("a.yaml:8", "'30 days' is not a duration", "write P30D")),
    yaml("switching time", nested("alternative: acme", "switchingTime: 5"), ("a.yaml:9", "'5' is not a duration")),
    yaml("negative time", nested("alternative: acme", "switchingTime: -P5D"), ("a.yaml:9", "'-P5D' is negative")),
    yaml("endless time", nested("alternative: acme", "switchingTime: .inf"), ("a.yaml:9", "is not a duration")),
    yaml("no alternative", nested("switchingTime: P5D"), ("a.yaml", "but none is named; add alternative")),
    yaml("the need as alternative", nested("alternative: acme", "switchingTime: P5D"), ("a.yaml", "'acme' is the need")),
    yaml(
        "provider twice",
        nested("supply: [{provider: acme, share: 0.1}, acme]"),
        ("a.yaml:5", "duplicate provider 'acme' among the supplies"),
    ),
    yaml("part that is a number of lists", nested("supply: [[acme]]"), ("a.yaml:8", "supply.0 must have fields of its own")),
    yaml("judges what is not there", nested("judged: [price]"), ("a.yaml:5", "judged names 'price'")),
    yaml(
        "date that is none",
        "Event:\n  e:\n    label: E\n    date: 2021-02-30\n",
        ("a.yaml:4", "'2021-02-30' is not a date", "write 2021-12-10"),
    ),
    yaml("date of another country", "Event:\n  e: {label: E, date: 10/12/2021}\n", ("a.yaml:2", "is not a date")),
    yaml("year", "Event:\n  e: {label: E, date: 2021}\n", ("a.yaml:2", "'2021' is not a date", "for a year 2021-01-01")),
    yaml("seconds", "Event:\n  e: {label: E, date: 0}\n", ("a.yaml:2", "'0' is not a date")),
    yaml("date and time", "Event:\n  e: {label: E, date: 2021-12-10T00:00:00}\n", ("a.yaml:2", "is not a date")),
    yaml(
        "until before from", "Company:\n  a: {label: A, from: 2021-01-02, until: 2021-01-01}\n", ("a.yaml:2", "is after until")
    ),
    yaml("owns itself", f"{ACME}Ownership:\n  o: {{owner: acme, owned: acme}}\n", ("a.yaml:4", "cannot own itself")),
    yaml(
        "evidence without a span",
        nested("evidence:", "- page 4 of it"),
        ("a.yaml:9", "'page 4 of it' is not evidence", "write the document"),
    ),
    yaml("span too long", nested("evidence:", "- doc 10-20", "- doc 1-602"), ("a.yaml:10", "1 to 600 code points")),
    yaml("span backwards", nested("evidence: doc 20-10"), ("a.yaml:8", "span 20-10")),
    yaml("stance that is none", nested("evidence: doc 1-2 Shouts"), ("a.yaml:8", "'Shouts' is not a stance", "Asserts")),
    yaml(
        "identifier of one word",
        "Company:\n  a: {label: A, identifier: 5493}\n",
        ("a.yaml:2", "'5493' is not an identifier", "LEI"),
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
        ("a.yaml:4", "'loves' is not a relation type"),
    ),
]
