"""CSV tables: a supplier list in five minutes, and tables beside YAML."""

from __future__ import annotations

from decimal import Decimal

import pytest

from knockon.errors import InvalidData
from knockon.model import DataSet, Dependency, Entity, Ownership, Shock
from knockon.present.tables.tables import render
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import MY
from support.data_folder import Folder

EX = "https://example.org/id/"
SUPPLIERS = """\
dependant,need,provider,criticality,dependantClass,providerClass
Corner Shop,Cloud hosting,Nimbus Cloud,High,Company,Company
Corner Shop,Cloud hosting,Acme Chips,High,Company,
Nimbus Cloud,Chips,Acme Chips,Essential,,company
"""


def dependencies(data_set: DataSet) -> list[Dependency]:
    """The dependencies of a data set."""
    return [record for record in data_set.records if isinstance(record, Dependency)]


def entities(data_set: DataSet) -> dict[str, tuple[str, str]]:
    """Class and label of each entity by its local name."""
    return {record.name: (record.rdf_class, record.label) for record in data_set.records if isinstance(record, Entity)}


def test_a_lone_table_declares_what_it_names(folder: Folder) -> None:
    data_set = folder.read_one("suppliers.csv", SUPPLIERS)
    assert (data_set.info.id, data_set.info.base) == (MY + "data-suppliers", MY)
    assert entities(data_set) == {
        "acme-chips": ("Company", "Acme Chips"),
        "chips": ("Entity", "Chips"),
        "cloud-hosting": ("Entity", "Cloud hosting"),
        "corner-shop": ("Company", "Corner Shop"),
        "nimbus-cloud": ("Company", "Nimbus Cloud"),
    }


def test_rows_of_one_need_are_one_dependency(folder: Folder) -> None:
    hosting, chips = dependencies(folder.read_one("suppliers.csv", SUPPLIERS))
    assert [supply.provider for supply in hosting.supply] == [MY + "acme-chips", MY + "nimbus-cloud"]
    assert (str(hosting.criticality), hosting.combination) == ("High", None)
    assert [supply.provider for supply in chips.supply] == [MY + "acme-chips"]


def test_a_lone_table_can_be_loaded(folder: Folder) -> None:
    store = MemoryStore()
    store.load(folder.read_one("suppliers.csv", SUPPLIERS))
    assert bool(store.query("ASK { my:corner-shop ko:dependsOn my:cloud-hosting, my:nimbus-cloud }"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_delimiters_line_ends_and_marks_change_nothing(folder: Folder, delimiter: str, end: str, mark: str) -> None:
    plain = folder.read_one("suppliers.csv", SUPPLIERS)
    text = mark + SUPPLIERS.replace(",", delimiter).replace("\n", end)
    assert folder.read_one("suppliers.csv", text) == plain


def test_a_header_with_commas_in_it_may_stand_in_a_table_with_semicolons(folder: Folder) -> None:
    result = folder.problems({"s.csv": 'dependant;need;"a, b, c, d"\nA;B;C\n'}, "s.csv")
    assert result[0].startswith("s.csv:1: unknown column 'a, b, c, d'")


@pytest.mark.parametrize(
    "header",
    [
        "dependant,need,switchingCost,criticalityValue",
        "Dependant,NEED,switching_cost,Criticality Value",
        "DEPENDANT,Need,Switching-Cost,criticality_value",
    ],
)
def test_columns_may_be_spelt_as_people_like(folder: Folder, header: str) -> None:
    (result,) = dependencies(folder.read_one("s.csv", f"{header}\nA,B,high,0.5\n"))
    assert (str(result.switching_cost), result.criticality_value) == ("SwitchingHigh", Decimal("0.5"))


def test_a_combination_that_nobody_gave_is_not_made_up(folder: Folder) -> None:
    """Neither a share in every row nor several suppliers say how they combine; shares are kept as they stand."""
    text = "dependant,need,provider,share,delay\nA,B,C,0.6,P30D\nA,B,D,0.3,\nA,X,C,0.5,\nA,X,D,,\nA,Y,C,,\n"
    result = {d.need.removeprefix(MY): d for d in dependencies(folder.read_one("s.csv", text))}
    assert {need: d.combination for need, d in result.items()} == {"b": None, "x": None, "y": None}
    assert [(s.share, s.delay) for s in result["b"].supply] == [(Decimal("0.6"), "P30D"), (Decimal("0.3"), None)]


def test_a_combination_that_is_given_stays(folder: Folder) -> None:
    """AnyOf and the like stay; a share beside them is a contradiction, and an error with its line."""
    (result,) = dependencies(folder.read_one("s.csv", "dependant,need,provider,combination\nA,B,C,AnyOf\nA,B,D,\n"))
    assert str(result.combination) == "AnyOf"
    with pytest.raises(InvalidData, match=r"s\.csv:2: .*a share goes with combination Shares, not with AnyOf"):
        folder.read_one("s.csv", "dependant,need,provider,share,combination\nA,B,C,0.6,AnyOf\nA,B,D,0.3,\n")


def test_providers_may_stand_in_one_cell(folder: Folder) -> None:
    (result,) = dependencies(folder.read_one("s.csv", "dependant,need,provider,combination\nA,B,C; D ;E,AnyOf\n"))
    assert [supply.name for supply in result.supply] == ["a--needs--b--c", "a--needs--b--d", "a--needs--b--e"]


def test_rows_with_ids_of_their_own_are_dependencies_of_their_own(folder: Folder) -> None:
    text = "id,dependant,need,provider,criticality\nx,A,B,C,High\ny,A,B,D,Low\n,A,B,E,\n"
    result = dependencies(folder.read_one("s.csv", text))
    assert [(d.name, len(d.supply)) for d in result] == [("x", 2), ("y", 1)]


def test_spellings_of_one_name_are_kept(folder: Folder) -> None:
    data_set = folder.read_one("s.csv", "dependant,need\nAcme Ltd,X\nACME LTD.,Y\nAcme Ltd,Z\n")
    acme = next(record for record in data_set.records if record.name == "acme-ltd")
    assert isinstance(acme, Entity)
    assert (acme.label, acme.alt_label) == ("Acme Ltd", ("ACME LTD.",))


def test_names_that_a_slug_would_mix_up_stay_apart(folder: Folder) -> None:
    names = ["C", "C++", "C#", "华为技术", "华为云", "Ørsted", "Rsted"]
    text = "dependant,need\n" + "".join(f"{name},X\n" for name in names)
    assert {label for _, label in entities(folder.read_one("s.csv", text)).values()} == {*names, "X"}


def test_names_with_a_colon_are_names_and_iris_are_iris(folder: Folder) -> None:
    text = "dependant,need,provider\nAcme: the company,urn:example:thing,my:nvidia\n"
    result = folder.read_one("s.csv", text).records
    assert {record.id for record in result if isinstance(record, Entity)} == {
        MY + "acme-the-company",
        "urn:example:thing",
        MY + "nvidia",
    }


@pytest.mark.parametrize(
    "label",
    [
        'say "yes"',
        "two\nlines",
        "</script>",
        "שלום \u202eabc\u202c",
        "a,b;c",
        "line\u2028separator",
        "- 1",
        "+1 Inc",
        "@home",
        "'x'",
    ],
)
def test_hostile_labels_come_through_as_themselves(folder: Folder, label: str) -> None:
    quoted = '"' + label.replace('"', '""') + '"'
    assert label in {text for _, text in entities(folder.read_one("s.csv", f"dependant,need\n{quoted},X\n")).values()}


@pytest.mark.parametrize("label", ["=1+1", "'=1+1", "''@x", "-2+3", "@Home", "＝1", "|x", "'tis", "'-3.5", "\u200b=1"])
def test_what_we_write_as_csv_we_read_as_it_was(folder: Folder, label: str) -> None:
    """The apostrophe that keeps a spreadsheet from evaluating a text is not part of the text."""
    written = render([{"id": "x", "label": label, "comment": label}], ["id", "label", "comment"], "csv")
    (record,) = folder.read({"companies.csv": written}).records
    assert isinstance(record, Entity)
    assert (record.label, record.comment) == (label, label)


def test_empty_rows_and_cells_at_the_end_are_no_matter(folder: Folder) -> None:
    plain = folder.read_one("s.csv", "dependant,need,provider\nA,B,C\n")
    assert folder.read_one("s.csv", "\ndependant,need,provider,,\n,,,,\nA,B,C,,\n\n ,,,,\n") == plain


def test_a_table_with_a_header_alone_is_refused_and_in_a_folder_it_is_told(folder: Folder) -> None:
    """Loading nothing is a slip; only a folder may be empty on purpose."""
    (problem,) = folder.problems({"s.csv": "dependant,need\n"}, "s.csv")
    assert problem.startswith("s.csv: 0 records: it has a header and no rows")
    (notice,) = folder.read({"s.csv": "dependant,need\n"}).notices
    assert "0 records: it has a header and no rows" in notice.message


def test_evidence_and_other_lists_of_several_rows_are_joined(folder: Folder) -> None:
    files = {
        "docs.yaml": "Document: {doc: {title: D}}",
        "deps.csv": "dependant,need,provider,evidence,judged\nA,B,C,doc 10-20,criticality\nA,B,D,doc 30-40; doc 10-20,need\n",
    }
    (result,) = dependencies(folder.read(files))
    assert sorted(e.start for e in result.evidence) == [10, 30]
    assert result.judged == ("criticality", "need")


def test_a_table_in_a_folder_without_entities_declares_them(folder: Folder) -> None:
    files = {"deps.csv": "dependant,need\nShop,Hosting\n", "shocks.yaml": "Shock: {s: {label: S, hit: [{target: hosting}]}}"}
    assert [record.name for record in folder.read(files).records] == ["hosting", "s", "shop", "shop--needs--hosting"]


def test_where_entities_are_declared_names_mean_them(folder: Folder) -> None:
    """By id, or by the name that an id is made of."""
    files = {
        "a.yaml": "Company: {SenseTime: {label: S}}",
        "companies.csv": "label\nAcme Widgets\n",
        "dependencies.csv": "dependant,need,provider\nSenseTime,acme-widgets,Acme Widgets\n",
    }
    (result,) = dependencies(folder.read(files))
    assert (result.dependant, result.need, result.supply[0].provider) == (
        EX + "SenseTime",
        EX + "acme-widgets",
        EX + "acme-widgets",
    )


@pytest.mark.parametrize(
    ("name", "text", "classes"),
    [
        ("companies.csv", "label\nA\n", ["Company"]),
        ("business-units.csv", "label\nA\n", ["BusinessUnit"]),
        ("Government_Bodies.csv", "Label\nA\n", ["GovernmentBody"]),
        ("entities.csv", "label,class\nA,Company\nB,\nC,revenue stream\n", ["Company", "Entity", "RevenueStream"]),
        ("Organizations.tsv", "label\tclass\nA\t\nB\tRegulator\n", ["Organization", "Regulator"]),
        ("whatever.csv", "id,class,label\na,PRODUCT,A\n", ["Product"]),
    ],
)
def test_a_table_tells_its_class(folder: Folder, name: str, text: str, classes: list[str]) -> None:
    assert [record.rdf_class for record in folder.read({name: text}).records] == classes


def test_ownerships_and_relations_go_by_their_columns(folder: Folder) -> None:
    files = {
        "companies.csv": "label\nA\nB\n",
        "who.csv": "owner,owned,share\nA,B,0.4\n",
        "links.csv": "subject,relation_type,object\nA,competesWith,B\n",
    }
    _, ownership, relation, _ = folder.read(files).records
    assert isinstance(ownership, Ownership)
    assert (ownership.share, ownership.name) == (Decimal("0.4"), "a-b")
    assert (relation.rdf_class, relation.name) == ("Relation", "a-competeswith-b")


def test_other_records_may_come_in_tables_too(folder: Folder) -> None:
    files = {
        "companies.csv": "id,label,altLabel,identifier\na,A,AA; AAA,LEI 1; ticker 2\n",
        "observations.csv": "about,metric,value,period\na,revenue,12.5,2020\na,revenue,14,2021\n",
        "measures.csv": "label,measureKind,covers\nBan,ExportControl,a\n",
        "shocks.yaml": "Shock: {s: {label: S, legalBasis: ban, hit: [{target: a}]}}",
    }
    records = folder.read(files).records
    assert [record.name for record in records] == ["a", "a-revenue-2020", "a-revenue-2021", "ban", "s"]
    assert isinstance(records[-1], Shock)
    assert len(records[0].identifier) == 2  # type: ignore[attr-defined]


def test_a_table_of_all_kinds(folder: Folder) -> None:
    text = "class,id,label,dependant,need,provider\nCompany,a,A,,,\nProduct,p,P,,,\nDependency,,,a,p,a\n"
    assert [record.rdf_class for record in folder.read({"all.csv": text}).records] == ["Company", "Dependency", "Product"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [("none", "NoAlternative"), ("Few", "FewAlternatives"), ("several", "SeveralAlternatives"), ("MANY", "ManyAlternatives")],
)
def test_alternatives_are_read_as_people_say_them(said: str, meant: str) -> None:
    """none, few, several and many stand for the words of the vocabulary."""
    record = Dependency(id="urn:x:d", dependant="urn:x:a", need="urn:x:b", alternatives=said)
    assert record.alternatives == meant
