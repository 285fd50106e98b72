"""The shipped mappings: the files that people have, where they are, and small invented files of the same formats."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knockon.errors import InvalidData
from knockon.model import Designation, Measure, Observation, Organization, Provision
from knockon.readers.import_files import import_files
from knockon.readers.import_report import Imported
from knockon.readers.mapping.shipped import shipped, shipped_names
from support.imports import import_content, records_of


@pytest.fixture
def real(shared: Path) -> Callable[[str], Path]:
    """A folder of real files."""

    def folder(name: str) -> Path:
        path = shared / "realdata" / name
        if not path.exists():
            pytest.skip(f"no folder {path}")
        return path

    return folder


def counts(imported: Imported) -> dict[str, int]:
    return dict(imported.report.records)


@pytest.mark.parametrize("name", shipped_names())
def test_each_says_where_its_format_is_documented(name: str) -> None:
    """A mapping is valid, and has a title and where its columns are documented."""
    mapping = shipped(name)
    assert mapping.title
    assert mapping.documented


def test_chips_of_eto(real: Callable[[str], Path]) -> None:
    """126 inputs, 403 rows of providers, 1,300 of provisions, 139 of the sequence."""
    imported = import_files([real("eto_chip_explorer")])
    found = counts(imported)
    assert imported.report.reader == "eto"
    assert imported.report.rows == 3 + 126 + 403 + 1300 + 139
    by_file = {Path(file).stem: rows for file, rows in imported.report.rows_by_file}
    assert by_file == {"stages": 3, "inputs": 126, "providers": 403, "provision": 1300, "sequence": 139}
    # The inputs are of four classes, of which capabilities are also the three stages.
    assert found["Capability"] - 3 + found["Material"] + found["Product"] + found["Technology"] == 126
    assert found["Provision"] + found["Observation"] == 1300
    assert found["Dependency"] == 139
    # Seven rows repeat a provider with another of its names.
    assert found["Company"] + found["Jurisdiction"] + imported.report.merged == 403
    assert not imported.report.implied


def test_extreme_ultraviolet_reaches_what_its_sequence_names(real: Callable[[str], Path], tmp_path: Path) -> None:
    """A failure of EUV tools reaches the eight inputs that they go into, step by step."""
    import knockon

    with knockon.open(tmp_path / "store", write=True) as graph:
        graph.import_files(*sorted(real("eto_chip_explorer").glob("*.csv")), mapping="eto")
        report = graph.impact(hit={"EUV lithography tools": "essential"})
        reached = {row.label for row in report.impacts if row.loss > 0 or row.loss_high > 0}
    assert reached == {
        "EUV lithography tools", "Lithography tools", "Photolithography", "Ion implantation", "Etch and clean",
        "Chemical mechanical planarization", "Assembly and packaging", "Testing", "Finished logic chip",
    }  # fmt: skip


def test_the_consolidated_list_of_ofac(real: Callable[[str], Path]) -> None:
    """442 entries with their aliases, addresses and comments joined; 68 of them are listed as Chinese military companies."""
    imported = import_files([real("ofac_consolidated")])
    found = counts(imported)
    assert found["Organization"] + found["Person"] == 442
    designations = [record for record in imported.data_set.records if record.rdf_class == "Designation"]
    cmic = [record for record in designations if "CMIC" in record.name]
    assert len(cmic) == 68
    assert all(record.from_ for record in cmic)
    telecom = next(record for record in imported.data_set.records if record.name == "ofac-30882")
    described: dict[str, Any] = telecom.model_dump()
    assert ("USCC", "9111000071093019X7") in [(item["scheme"], item["notation"]) for item in described["identifier"]]


@pytest.mark.parametrize(("file", "entries"), [("csl.csv", 115), ("consolidated_sample.csv", 13)])
def test_the_consolidated_screening_list(real: Callable[[str], Path], file: str, entries: int) -> None:
    """Both layouts of the list; each row is a designation."""
    imported = import_files([real("us_csl") / file])
    assert imported.report.reader == "csl"
    assert counts(imported)["Designation"] == imported.report.rows == entries


def test_the_product_chain_of_kag(real: Callable[[str], Path], tmp_path: Path) -> None:
    """536 links between products; butadiene rubber goes into 7 products, which 40 companies make."""
    import knockon

    with knockon.open(tmp_path / "store", write=True) as graph:
        report = graph.import_files(real("openspg_kag_supplychain"))
        impact = graph.impact(hit={"商品化工-橡胶-合成橡胶-顺丁橡胶": "essential"})
        rows = impact.to_dict()["impacts"]
    makes = 300
    assert dict(report.records)["Dependency"] - makes == 536
    assert sum(row["step"] == 1 and row["class"] == "Product" for row in rows) == 7
    assert sum(row["step"] == 2 and row["class"] == "Company" for row in rows) == 40


OFAC = {
    "sdn.csv": '7,"ACME TRADING",-0- ,"SDGT] [IRAN",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"Registration Number 12 (Iran); Tax"\r\n'
    '8,"DOE, Jane","individual","SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\x1a',
    "alt.csv": '7,1,"aka","ACME, LTD",-0- \r\n\x1a',
    "add.csv": '7,1,"1 Road","Tehran","Iran",-0- \r\n\x1a',
    "sdn_comments.csv": '7," ID No. 99; Legal Entity Number 253400WSS48YWMBUA688; more; of; this"\r\n\x1a',
}


def test_the_list_of_blocked_persons(tmp_path: Path) -> None:
    """The SDN files: programs are lists, comments continue the remarks, a person is a person."""
    for name, content in OFAC.items():
        (tmp_path / name).write_bytes(content.encode())
    imported = import_files([tmp_path])
    assert counts(imported)["Designation"] == 3
    found = {record.name: record.model_dump(mode="json") for record in imported.data_set.records}
    assert [item["notation"] for item in found["ofac-7"]["identifier"]]
    identifiers = {(item["scheme"], item["notation"]) for item in found["ofac-7"]["identifier"]}
    assert ("LEI", "253400WSS48YWMBUA688") in identifiers
    assert ("tax number", "99") in identifiers
    assert found["ofac-sdn-sdgt"]["measure_kind"] == "AssetFreeze"
    assert counts(imported)["Person"] == 1


ETO = {
    "stages.csv": "stage_id,stage_name,description\nS1,Design,Plans\n",
    "inputs.csv": "input_id,input_name,type,stage_id\nN1,Lamp,tool_resource,\nN2,Exposure,process,S1\n",
    "providers.csv": "provider_name,alias,provider_id,provider_type,country\n"
    "FRA,France,P1,country,\nLumen,,P2,organization,FRA\n",
    "provision.csv": "provider_name,provider_id,provided_name,provided_id,share_provided,year,source\n"
    "Lumen,P2,Lamp,N1,80,2024,a\nFRA,P1,Lamp,N1,80,2024,a\nFRA,P1,Exposure,N2,,2024,a\n",
    "sequence.csv": "input_name,input_id,goes_into_name,goes_into_id,is_type_of_name,is_type_of_id\nLamp,N1,Exposure,N2,,\n",
}


def test_an_invented_chain_in_the_format_of_eto(tmp_path: Path) -> None:
    """A share of 0 to 100 is a part of 1, a total of a country a figure."""
    for name, content in ETO.items():
        (tmp_path / name).write_text(content)
    imported = import_files([tmp_path])
    (provision,) = (record for record in imported.data_set.records if isinstance(record, Provision))
    assert (str(provision.share), provision.period) == ("0.8", "2024")
    assert counts(imported)["Observation"] == 2


#: Small invented files in the format of each mapping, and the records that they give, implied ones and documents left out.
SMALL: dict[str, tuple[dict[str, str], dict[str, int]]] = {
    "1260h": (
        {
            "list.csv": "Clean Name,Name,Alias,Previous Name,Parent Name,Start date,End date,Source Url,Note\n"
            "Acme Arms,Acme Arms Ltd (AAL),AAL,,Acme Group,2024-01-31,,,\nAcme Group,Acme Group,,,Acme Group,"
            "2021-06-03,2025-01-07,,\n"
        },
        {"Company": 2, "Designation": 2, "GovernmentBody": 1, "Measure": 1, "Ownership": 1},
    ),
    "gleif-csv": (
        {
            "lei.csv": '"LEI","Entity.LegalName","Entity.LegalJurisdiction","Entity.EntityCategory","Entity.EntityStatus"\n'
            '"5299000000000000ACME","Acme SA","FR","GENERAL","ACTIVE"\n"5299000000000000CHLD","Child GmbH","DE",'
            '"FUND","ACTIVE"\n',
            "rr.csv": '"Relationship.StartNode.NodeID","Relationship.EndNode.NodeID","Relationship.RelationshipType",'
            '"Relationship.RelationshipStatus"\n'
            '"5299000000000000CHLD","5299000000000000ACME","IS_DIRECTLY_CONSOLIDATED_BY","ACTIVE"\n'
            '"5299000000000000CHLD","5299000000000000ACME","IS_FUND-MANAGED_BY","ACTIVE"\n',
        },
        {"Company": 1, "Organization": 1, "Jurisdiction": 2, "Ownership": 1},
    ),
    "opensupplyhub": (
        {
            "facilities.csv": "os_id,contribution_date,name,address,country_code,country_name,lat,lng,sector,"
            "contributor (list),"
            "number_of_workers,parent_company,processing_type_facility_type_raw,facility_type,processing_type,"
            "product_type,is_closed\n"
            "FR2020001,2020-01-01,Acme Mill,1 Road,FR,France,1,2,Apparel,A (B),,Acme Group,,,,Shirts|Socks,False\n"
            "FR2020002,2020-01-01,Old Mill,1 Road,FR,France,1,2,Apparel,A (B),,,,,,,True\n"
        },
        {"Company": 1, "Infrastructure": 1, "Jurisdiction": 1, "Product": 2, "Provision": 2},
    ),
    "splc": (
        {"links.csv": 'Supplier,Customer,% Revenue,% Cost,Relationship Value\nAcme,Bob,12.5,--,"1,200"\n'},
        {"Company": 2, "Dependency": 2, "Observation": 1, "RevenueStream": 1},
    ),
    "usgs": (
        {
            "MCS2025_World_Data.csv": "SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_2023,PROD_EST_ 2024,PROD_NOTES\n"
            'MCS2025,Cobalt,Chile,"Mine production, cobalt content",metric tons,"1,000",W,\n'
            'MCS2025,Cobalt,World total (rounded),"Mine production, cobalt content",metric tons,"2,000",2000,\n',
            "mcs2024-cobal_world.csv": "Source,Country,Type,Prod_t_2022,Prod_t_est_2023,Prod_notes,Reserves_t\n"
            "MCS2024,Chile,Mine production,900,950,,7\n",
        },
        {"Group": 2, "Jurisdiction": 1, "Material": 2, "Observation": 3, "Product": 2, "Provision": 2},
    ),
    "subprocessors": (
        {"acme.csv": "Subprocessor,Purpose,Location\nNimbus,Hosting,France\nStratus,Hosting,Spain\n"},
        {"Company": 3, "Dependency": 1, "Observation": 2, "Service": 1},
    ),
    "dora": (
        {
            "b_05.01.csv": "c0010,c0020,c0050,c0060,c0080,c0110\n"
            "5299000000000000CLD1,eba_qCO:qx2000,Nimbus SA,,eba_GA:FR,\nDE12345,DE_CRN,Rechner GmbH,,eba_GA:DE,\n",
            "b_06.01.csv": "c0010,c0020,c0030,c0040,c0050\nF1,x,Payments,5299000000000000BANK,eba_BT:x28\n",
            "b_01.02.csv": "c0010,c0020,c0030,c0060\n5299000000000000BANK,Bank AG,eba_GA:DE,\n",
            "b_02.02.csv": "c0010,c0020,c0030,c0040,c0050,c0060,c0070,c0080\n"
            "C-1,5299000000000000BANK,5299000000000000CLD1,LEI,F1,eba_TA:S17,2024-01-01,9999-12-31\n",
            "b_05.02.csv": "c0010,c0020,c0030,c0040,c0050,c0060\nC-1,eba_TA:S17,5299000000000000CLD1,LEI,1,\n"
            "C-1,eba_TA:S17,DE12345,CRN,2,5299000000000000CLD1\n",
            "b_07.01.csv": "c0010,c0020,c0040,c0050,c0110\nC-1,5299000000000000CLD1,eba_TA:S17,eba_ZZ:x959,eba_BT:x29\n",
        },
        {"Capability": 1, "Company": 3, "Contract": 1, "Dependency": 2, "Jurisdiction": 2, "Service": 2},
    ),
    "edges": ({"edges.csv": "Plant,node1,node2\n1,AT5,AT6\n2,AT5,AT6\n"}, {"Dependency": 1, "Entity": 2}),
    "csl": (
        {
            "csl.csv": "source,entity_number,type,programs,name,federal_register_notice,start_date,end_date,"
            "license_policy,alt_names\n"
            "Entity List (EL) - Bureau of Industry and Security,,,,Acme,85 FR 1,2020-01-02,,Presumption of denial,\n"
            "Specially Designated Nationals (SDN) - Treasury Department,7,Individual,SDGT,Jane DOE,,,,,DOE Jane; J. D.\n"
        },
        {"Designation": 2, "Entity": 1, "GovernmentBody": 2, "Measure": 2, "Person": 1},
    ),
    "kag": (
        {
            "Product.csv": 'id,belongToIndustry,hasSupplyChain\nrubber,materials,"tyres,hoses"\n',
            "Company.csv": "id,name,product\nCSF1,Acme,tyres\n",
        },
        {"Company": 1, "Dependency": 3, "Product": 3},
    ),
}


@pytest.mark.parametrize("name", SMALL)
def test_small_files_of_each_format(tmp_path: Path, name: str) -> None:
    """Each format is recognised by itself, and gives these records."""
    files, expected = SMALL[name]
    for file, content in files.items():
        (tmp_path / file).write_text(content, "utf-8")
    imported = import_files([tmp_path])
    assert imported.report.reader == name
    found = counts(imported)
    assert {cls: count for cls, count in found.items() if cls != "Document"} == expected


def test_a_list_of_subprocessors_may_name_its_columns_otherwise_and_lack_places(tmp_path: Path) -> None:
    """Any of the usual names of the two columns go together."""
    for header in ("Vendor,Purpose", "Entity Name,Processing Purpose", "Supplier,Function", "Name,Purpose of processing"):
        (tmp_path / "acme.csv").write_text(f"{header}\nNimbus,Hosting\n", "utf-8")
        imported = import_files([tmp_path / "acme.csv"])
        assert imported.report.reader == "subprocessors"
        assert counts(imported) == {"Company": 2, "Dependency": 1, "Document": 1, "Service": 1}


_LISTED = {
    "source": "Entity List (EL) - Bureau of Industry and Security", "entity_number": None, "type": "Entity", "name": "Acme",
    "programs": ["A", "B"], "start_date": "2019-10-09", "alt_names": ["Acme Group", "ACME"], "addresses": [{"country": "CN"}],
}  # fmt: skip
_LEGAL_ENTITY = {
    "LEI": {"$": "5493001KJTIIGC8Y1R12"},
    "Entity": {
        "LegalName": {"@xml:lang": "en", "$": "Acme Inc."}, "EntityStatus": {"$": "ACTIVE"},
        "OtherEntityNames": {"OtherEntityName": [{"@type": "PREVIOUS_LEGAL_NAME", "$": "Old Acme"}]},
    },
}  # fmt: skip
_RELATION = {
    "StartNode": {"NodeID": {"$": "5493001KJTIIGC8Y1R12"}}, "EndNode": {"NodeID": {"$": "549300MTBF2TPX6Q5J59"}},
    "RelationshipType": {"$": "IS_DIRECTLY_CONSOLIDATED_BY"}, "RelationshipStatus": {"$": "ACTIVE"},
}  # fmt: skip
#: JSON that is published beside tables: the mapping, the file, and a record with one of its values.
_JSON: dict[str, tuple[str, object, str, str, object]] = {
    "among other lists": ("csl", {"total": 1, "sources_used": [{"source": "EL"}], "results": [_LISTED]}, "Organization",
                          "alt_label", ("ACME", "Acme Group")),
    "of XML": ("gleif-csv", {"records": [_LEGAL_ENTITY]}, "Company", "alt_label", ("Old Acme",)),
    "with wrapped rows": ("gleif-csv", {"relations": [{"RelationshipRecord": {"Relationship": _RELATION}}]}, "Ownership",
                          "direct", True),
    "with rows of one part": ("gleif-csv", {"relations": [{"Relationship": _RELATION}]}, "Ownership", "direct", True),
    "with lists inside objects": (
        "gleif-csv", {"LEIData": {"LEIHeader": {"ContentDate": {"$": "2024"}, "Extension": {"Files": [{"Name": "a"}]}},
                                  "LEIRecords": {"LEIRecord": [_LEGAL_ENTITY]}}},
        "Company", "alt_label", ("Old Acme",)),
    "of one row with lists": ("gleif-csv", _LEGAL_ENTITY, "Company", "alt_label", ("Old Acme",)),
    "of one wrapped row": ("gleif-csv", {"relation": {"RelationshipRecord": {"Relationship": _RELATION}}}, "Ownership",
                           "direct", True),
}  # fmt: skip


@pytest.mark.parametrize("form", _JSON)
def test_the_json_of_a_format_is_read_as_its_table(form: str) -> None:
    """It is recognised, whatever is around its rows, and a text is found in elements that were converted from XML."""
    name, content, cls, field, value = _JSON[form]
    imported = import_content("a.json", json.dumps(content))
    assert (imported.report.reader, imported.report.rows) == (name, 1)
    (record,) = (record for record in imported.data_set.records if record.rdf_class == cls)
    found = getattr(record, field)
    assert (tuple(map(str, found)) if isinstance(found, tuple) else found) == value


@pytest.mark.parametrize("around", [(), ("RelationshipRecord",), ("relation", "RelationshipRecord")])
def test_lines_of_json_may_have_objects_around_their_rows(around: tuple[str, ...]) -> None:
    """Those are opened that have nothing but the row, up to the object with the columns."""
    row: object = {"Relationship": _RELATION}
    for name in reversed(around):
        row = {name: row}
    imported = import_content("a.jsonl", json.dumps(row) + "\n")
    assert (imported.report.reader, counts(imported)["Ownership"]) == ("gleif-csv", 1)


@pytest.mark.parametrize(("name", "delimiter"), [("sdn.del", "@"), ("sdn.csv", "@"), ("sdn.pip", "|"), ("sdn.tsv", "\t")])
def test_lists_of_ofac_with_other_delimiters(name: str, delimiter: str) -> None:
    """A table without header is read with the delimiter that gives it its columns, whatever its texts have more often."""
    cells = ["306", "BANK, OF X", "-0-", "CUBA", *["-0-"] * 7, "DOB 1; POB a; b; c; d; e; f; g; h; i; j; k; l; m"]
    imported = import_content(name, delimiter.join(cells) + "\n")
    assert (imported.report.reader, counts(imported)["Designation"]) == ("ofac", 1)


def test_json_longer_than_what_is_looked_at_is_recognised_by_its_first_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real downloads are one object of many megabytes."""
    monkeypatch.setattr("knockon.readers.registry._HEAD", 1_000)
    monkeypatch.setattr("knockon.readers.registry._LONG_HEAD", 2_000)
    listed = [{**_LISTED, "name": f"Acme {number}"} for number in range(20)]
    assert import_content("a.json", json.dumps({"total": 20, "results": listed})).report.rows == 20


def test_a_part_of_the_columns_is_enough_and_what_is_missing_is_named() -> None:
    """A list without columns that say more is read; without one that it needs, the mapping and the column are named."""
    rows = "source,name,programs\nEntity List (EL) - Bureau of Industry and Security,Acme,\n"
    assert counts(import_content("list.csv", rows))["Designation"] == 1
    with pytest.raises(InvalidData, match="csl would read it, but it lacks 'programs': --rename OLD=programs"):
        import_content("list.csv", rows.replace("programs", "regime"))


def _written(folder: Path, files: dict[str, str], ending: str, delimiter: str) -> None:
    for name, content in files.items():
        rows = csv.reader(io.StringIO(content))
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter).writerows(rows)
        folder.joinpath(f"{Path(name).stem}{ending}").write_text(text.getvalue(), "utf-8")


@pytest.mark.parametrize(("name", "ending"), [("kag", ".tsv"), ("dora", " (1).csv"), ("eto", ".TXT")])
def test_tables_known_by_their_name_are_read_in_any_format_and_as_copies(tmp_path: Path, name: str, ending: str) -> None:
    """Every table counts: none is left out since its file has another ending."""
    files = ETO if name == "eto" else SMALL[name][0]
    for folder, end, delimiter in (("a", ".csv", ","), ("b", ending, "\t" if ending == ".tsv" else "|")):
        (tmp_path / folder).mkdir()
        _written(tmp_path / folder, files, end, delimiter)
    first, second = import_files([tmp_path / "a"]), import_files([tmp_path / "b"])
    assert (counts(second), second.report.rows) == (counts(first), first.report.rows)


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_lines_of_text_before_the_header_are_passed_over(delimiter: str) -> None:
    """A notice says where the header is; evidence has the line of each row."""
    text = f"Report of 2024\n\nsource{delimiter}target\nAcme{delimiter}Bolt\n"
    imported = import_content("export.csv", text)
    assert (imported.report.reader, counts(imported)["Dependency"]) == ("edges", 1)
    assert any(notice.line == 3 and "header is here" in notice.message for notice in imported.report.notices)


def test_the_mark_of_the_end_of_a_file_is_no_row_in_wide_text(tmp_path: Path) -> None:
    """Nor between quotes."""
    for number, content in enumerate(("source,target\nA,B\n\x1a".encode("utf-16"), b'source,target\nA,B\n"\x1a"\n')):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(content)
        assert import_files([path]).report.rows == 1


def test_rows_of_json_may_leave_out_what_is_empty() -> None:
    """Several of them are looked at to recognise the format."""
    first, second = {"source": "Entity List (EL) - Bureau", "name": "Acme"}, _LISTED
    for name, text in (("a.jsonl", f"{json.dumps(first)}\n{json.dumps(second)}\n"), ("a.json", json.dumps([first, second]))):
        imported = import_content(name, text)
        assert (imported.report.reader, imported.report.rows) == ("csl", 2)


def test_a_network_whose_links_have_the_columns_of_a_mapping_is_a_network() -> None:
    """A reader knows the format as a whole."""
    link = {"source": "a", "target": "b", "criticality": "high", "mechanism": "x"}
    nodes = [{"id": "a"}, {"id": "b"}]
    assert import_content("g.json", json.dumps({"nodes": nodes, "links": [link, link]})).report.reader == "node-link"


def test_capitals_of_columns_that_become_rows_do_not_matter(tmp_path: Path) -> None:
    """Those of the years of minerals."""
    files, expected = SMALL["usgs"]
    for name, content in files.items():
        header, _, rows = content.partition("\n")
        (tmp_path / name).write_text(f"{header.swapcase()}\n{rows}", "utf-8")
    assert {cls: n for cls, n in counts(import_files([tmp_path])).items() if cls != "Document"} == expected


def test_lists_of_all_agencies() -> None:
    """An abbreviation may have a hyphen and the word List; a list without one is known by its name."""
    imported = import_content(
        "csl.csv",
        "source,entity_number,type,programs,name,start_date\n"
        "Non-SDN Menu-Based Sanctions List (NS-MBS List) - Treasury Department,17,Entity,X,Firm A,5/3/2019\n"
        "Entity List (EL) - Bureau of Industry and Security,,,,Firm B,2020-01-02\n"
        "Military End User (MEU) List - Bureau of Industry and Security,,,,Firm C,\n"
        "Some New List,,,,Firm D,\n",
    )
    assert not imported.report.left_out
    assert sorted(records_of(imported, Measure)) == ["list-el", "list-meu", "list-ns-mbs", "list-some-new-list"]
    assert records_of(imported, Designation)["list-ns-mbs--names--17"].from_ == date(2019, 5, 3)
    assert any(i.notation == "17" for party in records_of(imported, Organization).values() for i in party.identifier)


def test_several_payments_of_a_day() -> None:
    """Each is a fact of its own; days are written as in KAG, or as ISO."""
    imported = import_content(
        "Company_fundTrans_Company.csv", "srcId,dstId,transDate,transAmt\n1,2,20230821,10\n1,2,20230821,20\n1,2,2023-08-22,10\n"
    )
    assert [str(record.value) for record in records_of(imported, Observation).values()] == ["10", "20", "10"]


def test_ships_of_lists_are_infrastructure() -> None:
    """As those of FollowTheMoney are."""
    row = ",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n"
    imported = import_content("sdn.csv", f'1,"SHIP",vessel,"CUBA"{row}2,"EP-1",aircraft,"CUBA"{row}')
    assert counts(imported)["Infrastructure"] == 2


def test_a_file_of_other_name_is_told_the_names() -> None:
    with pytest.raises(InvalidData, match="rename the file to one of these names"):
        import_content("sdn_2024.csv", "1,2\n", "ofac")


def test_common_columns_alone_make_no_mapping_the_nearest() -> None:
    """A table with id and name is nearly no mapping's; one with more of its columns is."""
    with pytest.raises(InvalidData) as caught:
        import_content("targets.csv", "id,name,schema\n1,Acme,Company\n")
    assert "would read it" not in str(caught.value)
    with pytest.raises(InvalidData, match="gleif-csv would read it"):
        import_content("lei.csv", "LEI,Entity.LegalName\n1,Acme\n")
