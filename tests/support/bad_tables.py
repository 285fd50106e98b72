"""Tables and descriptions that are wrong, with what is to be said of them."""

from __future__ import annotations

from support.bad_yaml import ACME, Case

TABLE = "dependant,need,provider,criticality\nShop,Hosting,Acme,High\n"


def table(name: str, text: str | bytes, *problems: tuple[str, ...]) -> Case:
    """A folder with one dependency table and nothing that declares an entity."""
    return Case(name, {"deps.csv": text}, list(problems))


TABLES = [
    table("empty", "", ("deps.csv", "is empty", "the first row names the columns")),
    table("blank", "\n , ,\n\n", ("deps.csv", "is empty")),
    table(
        "no header",
        "Shop,Hosting,Acme\n",
        ("deps.csv:1", "cannot tell what these rows are", "dependant and need", "--rename NAME=dependant"),
    ),
    table(
        "unknown column",
        "\ndependant,need,provder\na,b,c\n",
        ("deps.csv:2", "unknown column 'provder'", "did you mean provider"),
    ),
    table("synonym", "dependant,need,Supplier\na,b,c\n", ("deps.csv:1", "unknown column 'Supplier'", "did you mean provider")),
    table(
        "column twice",
        "dependant,need,Need,need\na,b,c,d\n",
        ("deps.csv:1", "duplicate column 'need'"),
    ),
    table(
        "ragged",
        TABLE + "a,b\n\na,b,c,d,e\nShop,Logistics,Acme,Low,\n",
        ("deps.csv:3", "has 2 cells, and the header has 4"),
        ("deps.csv:5", "has 5 cells"),
    ),
    table("header again", TABLE + TABLE.partition("\n")[0], ("deps.csv:3", "is the header again", "a table has one")),
    table("delimiter in text", TABLE + "Shop,Bags, boxes,Acme,Low\n", ("deps.csv:3", "has 5 cells", "between double quotes")),
    table("no quotes at the end", TABLE + 'Shop,"Bags\n', ("deps.csv:3", "is not valid CSV")),
    table("quotes in quotes", TABLE + 'Shop,"Bags "big" ones",Acme,Low\n', ("deps.csv:3", "is not valid CSV", '""')),
    table("nameless column", "dependant,need,,provider\na,b,c,d\n", ("deps.csv:2", "'c' is in a column without a name")),
    table(
        "formula",
        "dependant,need,provider\nShop,=A1,x\nShop,Hosting,#REF!\n",
        ("deps.csv:2", "need '=A1' is a formula"),
        ("deps.csv:3", "'#REF!' is a formula"),
    ),
    table(
        "formulas",
        "class,id,label,dependant,need\n=A1,x,=A2,,\nDependency,,,a,=A3\nCompany,c,C,,\n",
        ("deps.csv:2", "class '=A1' is a formula"),
        ("deps.csv:2", "label '=A2' is a formula"),
        ("deps.csv:3", "need '=A3' is a formula"),
    ),
    table(
        "formulas of shocks",
        "shock,target,severity\nstrike,=A1,high\n",
        ("deps.csv:2", "target '=A1' is a formula"),
    ),
    table("no need", "dependant,need,provider\nShop,,Acme\n", ("deps.csv:2", "need is empty")),
    table(
        "line after a quoted newline",
        'dependant,need,comment\nA,B,"one\ntwo\r\nthree"\nA,,x\n',
        ("deps.csv:5", "need is empty"),
    ),
    table("bad word", TABLE.replace("High", "Hgih"), ("deps.csv:2", "'Hgih' is not a criticality")),
    table("share with a comma", "dependant;need;provider;share\nA;B;C;0,5\n", ("deps.csv:2", "'0,5' is not a number", "0.5")),
    table(
        "share in per cent",
        "dependant,need,provider,share\nA,B,C,0.5\nA,B,D,50\n",
        ("deps.csv:3", "share '50' must be at most 1", "--percent share"),
    ),
    table("buffer in per cent", "dependant,need,atLeast\nA,B,50%\n", ("deps.csv:2", "'50%' is not a whole number")),
    table(
        "share above 1", "dependant,need,provider,share\nA,B,C,0.5\nA,B,D,2\n", ("deps.csv:3", "share '2' must be at most 1")
    ),
    table(
        "share without provider",
        "dependant,need,provider,share\nA,B,,0.5\n",
        ("deps.csv:2", "share needs exactly one provider"),
    ),
    table("share of two", "dependant,need,provider,share\nA,B,C;D,0.5\n", ("deps.csv:2", "share needs exactly one provider")),
    table("provider twice", "dependant,need,provider\nA,B,C\nA,B,c\n", ("deps.csv:3", "duplicate provider 'c' of B for A")),
    table(
        "rows that differ",
        "dependant,need,provider,criticality\nA,B,C,High\nA,B,D,Low\n",
        ("deps.csv:3", "criticality is 'Low' here and 'High' in line 2"),
    ),
    table(
        "unknown class of a provider",
        "dependant,need,provider,providerClass\nA,B,C,Compny\n",
        ("deps.csv:2", "'Compny' is not a class of entities", "did you mean Company"),
    ),
    table(
        "class that is no entity",
        "dependant,need,needClass\nA,B,Measure\n",
        ("deps.csv:2", "'Measure' is not a class of entities"),
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
    table("UTF-16 without a mark", TABLE.encode("utf-16-le"), ("deps.csv", "is UTF-16 text", "CSV UTF-8")),
    table("Latin-1", TABLE.encode() + b"Caf\xe9,a,b,c\n", ("deps.csv:3", "is not UTF-8 text")),
    table("huge cell", TABLE + "a," + "b" * 200_000 + ",c,d\n", ("deps.csv:3", "has a cell of more than 131,072 characters")),
    Case(
        "unknown class",
        {"things.csv": "label,class\nA,Company\nB,Compny\nC,\n"},
        [("things.csv:3", "unknown class 'Compny'", "did you mean Company"), ("things.csv:4", "class is empty")],
    ),
    Case(
        "id that is none",
        {"companies.csv": "id,label\nacme inc,Acme\n"},
        [("companies.csv:2", "id 'acme inc' is not a valid name", "acme-inc")],
    ),
    Case(
        "dangling where everything is to be declared",
        {
            "dataset.yaml": "name: tiny\nstrict: true\n",
            "a.yaml": ACME,
            "deps.csv": "dependant,need,provider\nacme,Acme,\nacme,acme,acme\nAcme,Hosting,Nimbus\n",
        },
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
        "IRIs that are none",
        {"a.yaml": ACME, "deps.csv": "dependant,need,provider\nacme,id:,http://[\nacme,urn:[,acme\n"},
        [
            ("deps.csv:2", "need: 'id:' is not an IRI: nothing follows the colon"),
            ("deps.csv:2", "supply.0.provider: 'http://[' is not an IRI"),
            ("deps.csv:3", "need: 'urn:[' is not an IRI"),
        ],
    ),
    table("an IRI that is none, alone", "dependant,need\nA,id:\n", ("deps.csv:2", "nothing follows the colon")),
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
    described("base that is none", "name: a\nbase: example/\n", ("dataset.yaml:2", "is not an IRI")),
    described("base with a space", "name: a\nbase: https://exa mple/\n", ("dataset.yaml:2", "is not an IRI")),
    described("base that is a list", "name: a\nbase: [a/]\n", ("dataset.yaml:2", "base must be an IRI")),
    described(
        "base of the vocabulary",
        "name: a\nbase: https://w3id.org/knockon/ns#\n",
        ("dataset.yaml:2", "is the namespace of the vocabulary"),
    ),
    described("unknown field", "name: a\nlicence: b\n", ("dataset.yaml:2", "unknown field licence", "did you mean license")),
    described("field of other records", "name: a\nevidence: doc 1-2\n", ("dataset.yaml:2", "unknown field evidence")),
    described("no boolean", "name: a\nexample: maybe\n", ("dataset.yaml:2", "'maybe' is neither true nor false")),
    described("no YAML", "name: [\n", ("dataset.yaml:2", "is not valid YAML")),
    described("twice", "name: a\nname: b\n", ("dataset.yaml:2", "duplicate field 'name'")),
]
