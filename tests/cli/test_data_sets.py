"""load, ls, remove, history, undo, diff, search and show on the command line: what they say, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

SHORT = "dependant,need,provider\nBeta Tablets,displays,Lumen Glass\n"


def test_a_load_says_what_it_did(knockon: Run, suppliers: Path) -> None:
    """Records added, changed, removed and unchanged; in JSON where that is asked for."""
    first = knockon("load", str(suppliers), "--store", "st")
    assert "suppliers: 13 added, 0 changed, 0 removed, 0 unchanged" in first.err
    assert first.out == ""
    suppliers.write_text(suppliers.read_text("utf-8").replace("displays,Lumen Glass,high", "displays,Lumen Glass,low"), "utf-8")
    second = knockon("load", str(suppliers), "--store", "st", "--format", "json")
    (change,) = second.json["data_sets"]
    assert (change["added"], change["changed"], change["removed"], change["unchanged"]) == (0, 1, 0, 12)
    assert second.json["revision"] == 2
    assert change["origin"] == str(suppliers)


def test_a_file_of_the_same_name_is_refused(knockon: Run, suppliers: Path, tmp_path: Path) -> None:
    """A different suppliers.csv does not replace the first: exit 2 with both ways on, and each of them works."""
    other = tmp_path / "elsewhere" / "suppliers.csv"
    other.parent.mkdir()
    other.write_text(SHORT, "utf-8")
    knockon("load", str(suppliers), "--store", "st")
    refused = knockon("load", str(other), "--store", "st")
    assert refused.code == 2
    for part in (str(suppliers), str(other), "records added", "--replace", "--as NAME"):
        assert part in refused.err
    assert knockon("load", str(other), "--store", "st", "--as", "others").code == 0
    held = knockon("history", "--store", "st", "--format", "json").json[0]["data_sets"]
    assert [(one["name"], one["title"], one["origin"]) for one in held] == [
        ("others", "others", str(other)),
        ("suppliers", "suppliers", str(suppliers)),
    ]
    replaced = knockon("load", str(other), "--store", "st", "--replace", "-f", "json")
    assert replaced.json["data_sets"][0]["replaced_origin"] == str(suppliers)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a.csv", "b.csv", "--as", "x"), "a name is for one source"),
        (("a.csv", "--as", "Two words"), "'Two words' cannot be the name of a data set; write it like two-words"),
        (("a.csv", "--keep", "11"), "--keep"),
        (("a.csv", "-f", "pdf"), "'pdf'"),
        (("st", "--as", "x", "--store", "st2"), "st holds 2 data sets"),
        (("a.csv", "deep/a.csv"), "two of the sources are called a"),
    ],
)
def test_wrong_ways_to_load(knockon: Run, tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    """Exit 2 and what is wrong; the store is as it was."""
    (tmp_path / "deep").mkdir()
    for name in ("a.csv", "b.csv", "deep/a.csv"):
        (tmp_path / name).write_text(SHORT, "utf-8")
    knockon("load", "a.csv", "b.csv", "--store", "st")
    store = () if "--store" in arguments else ("--store", "st")
    done = knockon("load", *arguments, *store)
    assert done.code == 2
    assert message in done.err
    assert len(knockon("history", "--store", "st", "-f", "json").json) == 1


def test_history_undo_and_remove(knockon: Run, suppliers: Path) -> None:
    """A removal is listed and taken back, and so is the taking back."""
    knockon("load", str(suppliers), "--store", "st")
    others = "dependant,need,provider\nGamma Watches,cases,Steel Works\n"
    suppliers.with_name("others.csv").write_text(others, "utf-8")
    knockon("load", str(suppliers.with_name("others.csv")), "--store", "st")
    removed = knockon("remove", "suppliers", "--store", "st")
    assert removed.code == 0
    assert "removed: 9 Entity, 4 Dependency" in removed.err
    undone = knockon("undo", "--store", "st", "--format", "json")
    assert undone.json["restored"] == 2
    assert "took back revision 3: remove suppliers" in undone.err
    assert "st is now revision 4, the same as revision 2" in undone.err
    rows = knockon("history", "--store", "st", "--format", "jsonl").out.splitlines()
    changes = [json.loads(row)["change"] for row in rows]
    assert changes == ["undo, back to revision 2", "remove suppliers", "load others", "load suppliers"]
    assert "undo, back to revision 2" in knockon("history", "--store", "st").out
    assert knockon("undo", "--store", "st", "--to", "1").code == 0
    assert knockon("undo", "--store", "st", "--to", "9").code == 3
    assert knockon("remove", "nothing", "--store", "st").code == 3


def test_a_refused_removal_lists_the_references(knockon: Run, tmp_path: Path) -> None:
    """Exit 4, the records that need what would be gone, and the data set is still there."""
    prefix = "@prefix ko: <https://w3id.org/knockon/ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    one = '<urn:x:acme> a ko:Company ; rdfs:label "Acme"@en .'
    two = '<urn:x:shop> a ko:Company ; rdfs:label "Shop"@en . <urn:x:need> a ko:Dependency ; '
    two += "ko:dependant <urn:x:shop> ; ko:need <urn:x:acme> ."
    (tmp_path / "a.ttl").write_text(prefix + one, "utf-8")
    (tmp_path / "b.ttl").write_text(prefix + two, "utf-8")
    assert knockon("load", "a.ttl", "b.ttl", "--store", "st").code == 0
    refused = knockon("remove", "a", "--store", "st")
    assert refused.code == 4
    assert "nothing was removed" in refused.err
    assert "need names acme" in refused.err
    assert knockon("remove", "b", "--store", "st").code == 0


@pytest.mark.parametrize("command", [("history",), ("undo",), ("remove", "x")])
def test_what_is_no_store_has_no_history(knockon: Run, suppliers: Path, command: tuple[str, ...]) -> None:
    """Bundled data, a file, no store named: exit 2 with the command to type first; a folder that is not there: exit 3."""
    for source in ("chips", str(suppliers)):
        done = knockon(*command, "--store", source)
        assert done.code == 2
        assert f"knockon load {source} --store my-store" in done.err
    done = knockon(*command)
    assert done.code == 2
    assert f"knockon {' '.join(command)} --store FOLDER" in done.err
    assert knockon(*command, "--store", "nowhere").code == 3


def test_ls_lists_the_data_sets(knockon: Run, suppliers: Path) -> None:
    """Counts, title, origin and day, of a store, a file and bundled data, in every format."""
    knockon("load", str(suppliers), "chips", "--store", "st")
    rows = {row["name"]: row for row in knockon("ls", "--store", "st", "-f", "json").json}
    assert (rows["suppliers"]["records"], rows["suppliers"]["classes"]) == (13, {"Entity": 9, "Dependency": 4})
    assert rows["suppliers"]["origin"] == str(suppliers)
    assert rows["chips"]["origin"] == "bundled data set chips"
    assert rows["chips"]["loaded"].endswith("Z")
    assert rows["chips"]["issued"] == "2026-11-26"
    for form in ("table", "md", "csv", "jsonl"):
        assert "suppliers" in knockon("ls", "--store", "st", "-f", form).out
    assert "sensetime" in knockon("ls").out
    assert "bundled are chips, sensetime" in knockon("ls").err
    assert knockon("ls", "--store", str(suppliers), "-f", "json").json[0]["loaded"] == ""
    knockon("undo", "--store", "st")
    assert "st holds no data sets" in knockon("ls", "--store", "st").err


def test_diff_of_stores_revisions_and_files(knockon: Run, suppliers: Path, tmp_path: Path) -> None:
    """Each pair of versions that can be named gives the same answer: one field of one record."""
    knockon("load", str(suppliers), "--store", "st")
    newer = tmp_path / "newer.csv"
    newer.write_text(suppliers.read_text("utf-8").replace("Glass,high", "Glass,low"), "utf-8")
    expected = [{"field": "criticality", "old": "High", "new": "Low"}]
    coming = tmp_path / "in" / "suppliers.csv"
    coming.parent.mkdir()
    coming.write_text(newer.read_text("utf-8"), "utf-8")
    before = [(str(suppliers), str(newer)), (str(coming), "--store", "st")]
    knockon("load", str(coming), "--store", "st2")
    after = [("st",), ("--store", "st"), ("1", "--store", "st"), ("1", "2", "--store", "st"), ("st@1", "st@2"), ("st@1", "st")]
    for arguments in before:
        assert knockon("diff", *arguments, "-f", "json").json["records"][0]["fields"] == expected, arguments
    suppliers.write_text(newer.read_text("utf-8"), "utf-8")
    knockon("load", str(suppliers), "--store", "st")
    for arguments in after:
        done = knockon("diff", *arguments, "-f", "json")
        assert done.code == 0
        assert [record["fields"] for record in done.json["records"]] == [expected], arguments
        assert (done.json["changed"], done.json["unchanged"]) == (1, 12)
    assert knockon("diff", "st", "st2", "-f", "json").json["records"] == []
    (row,) = knockon("diff", "st", "-f", "csv").out.splitlines()[1:]
    assert row == "changed,Dependency,acme-phones--needs--displays,Acme Phones needs displays,criticality,High,Low"
    assert "0 added, 0 removed, 1 changed, 0 in evidence alone, 12 the same" in knockon("diff", "st").err


def test_diff_of_what_is_not_there(knockon: Run, suppliers: Path) -> None:
    """No version named, a file alone: exit 2; no such source or revision: exit 3."""
    knockon("load", str(suppliers), "--store", "st")
    for arguments, code in {
        (): 2,
        (str(suppliers),): 2,
        ("1", "2", "--store", "chips"): 2,
        ("st", "nothing.csv"): 3,
        ("st@7", "st"): 3,
        ("9", "--store", "st"): 3,
        ("-f", "pdf"): 2,
    }.items():
        assert knockon("diff", *arguments).code == code, arguments


def test_search_finds_and_counts(knockon: Run) -> None:
    """Matches in every format; a cap that is told; nothing found is told with what is near, and exits 0."""
    done = knockon("search", "sensetime", "--type", "Company", "-f", "json")
    assert done.json["matches"][0]["id"] == "sensetime"
    assert done.json["total"] == len(done.json["matches"])
    assert "3 of " in knockon("search", "sense", "--top", "3").err
    assert knockon("search", "sense", "--top", "3", "-f", "csv").out.count("\n") == 4
    missed = knockon("search", "nvida", "--store", "sensetime")
    assert missed.code == 0
    assert "did you mean nvidia" in missed.err
    assert knockon("search", "x", "--type", "Compny").code == 2


def test_show_has_labels_beside_ids(knockon: Run) -> None:
    """In the table of a record, of a part and of a data set, and of what names it."""
    shown = knockon("show", "sensetime-hosting").out
    for part in ("SenseTime needs Cloud hosting", "SenseTime (sensetime)", "Alibaba Cloud (alibaba-cloud)"):
        assert part in shown
    supply = knockon("show", "sensetime-hosting--alibaba-cloud", "-f", "json").json
    assert (supply["class"], supply["named_by"][0]["title"]) == ("Supply", "SenseTime needs Cloud hosting")
    assert supply["labels"]["https://w3id.org/knockon/id/alibaba-cloud"] == "Alibaba Cloud"
    assert knockon("show", "data-sensetime", "-f", "json").json["class"] == "DataSetInfo"
    document = knockon("show", "doc-newsletter", "-f", "json").json
    assert document["cited_by"] > 10
    evidence = knockon("show", "sensetime-hosting", "-f", "json").json["evidence"][0]
    assert evidence["document"].endswith("doc-dependency-card")


@pytest.mark.slow
def test_validate_compares_every_file_of_a_store(knockon: Run, suppliers: Path, tmp_path: Path) -> None:
    """It counts the files of a whole store; a damaged one, of an earlier revision too, exits 4 and is named."""
    knockon("load", str(suppliers), "--store", "st")
    knockon("load", "chips", "--store", "st")
    knockon("remove", "suppliers", "--store", "st")
    whole = knockon("validate", "st")
    assert whole.code == 0
    assert "files match their checksums" in whole.err
    earlier = knockon("history", "--store", "st", "-f", "json").json[-1]["data_sets"][0]["source"]
    (tmp_path / "st" / "sources" / f"{earlier}.nq.gz").write_bytes(b"")
    damaged = knockon("validate", "st")
    assert damaged.code == 4
    assert f"{earlier}.nq.gz: is missing or damaged" in damaged.err


def test_an_earlier_revision_is_read_like_a_store_and_never_written(knockon: Run, suppliers: Path) -> None:
    """st@1 answers as the store did then, may be loaded elsewhere, and is refused where something would change."""
    knockon("load", str(suppliers), "--store", "st")
    suppliers.write_text(
        suppliers.read_text("utf-8").replace("Volt Cells,lithium,Salar Mining,high", "Volt Cells,lithium,,low")
    )
    knockon("load", str(suppliers), "--store", "st")
    ask = ("impact", "--hit", "Salar Mining=1", "--format", "json")
    assert [one["id"] for one in knockon(*ask, "--store", "st@1").json["impacts"]][:2] == ["salar-mining", "volt-cells"]
    assert knockon(*ask, "--store", "st").code == 3
    assert knockon(*ask, "--store", "st@7").code == 3
    assert "13 added" in knockon("load", "st@1", "--store", "copy").err
    for command in (("load", str(suppliers)), ("undo",), ("remove", "suppliers"), ("history",)):
        done = knockon(*command, "--store", "st@1")
        assert (done.code, "st@1 is an earlier state of st, which nothing changes" in done.err) == (2, True), command
    assert "st@2 is the state of now of st" in knockon("load", str(suppliers), "--store", "st@2").err
    for command in ("load", "import"):
        done = knockon(command, str(suppliers), "--store", "nn@1")
        assert (done.code, "no store called 'nn' (nn@1 would be a state of it" in done.err) == (3, True)
    assert not [*Path().glob("nn*")]
    assert not (suppliers.parent / "st@1").exists()
    suppliers.write_text(suppliers.read_text("utf-8").replace(",low", ",high"))
    knockon("load", str(suppliers), "--store", "st", "--keep", "0")
    done = knockon("undo", "--store", "st@1")
    assert (done.code, "(kept are 3)" in done.err, "undo" in done.err) == (3, True, False), done.err


def test_two_files_are_compared_with_the_options_that_read_either(knockon: Run, tmp_path: Path) -> None:
    """Diff takes --rename and the like; a column has to be in one of the two versions, not in both."""
    for name, column in (("jan", "Supplier"), ("feb", "Vendor")):
        (tmp_path / f"{name}.csv").write_text(f"dependant,need,{column}\nShop,Hosting,Acme\n", "utf-8")
    both = ("diff", "jan.csv", "feb.csv", "--rename", "Supplier=provider", "--rename", "Vendor=provider")
    assert "0 added, 0 removed, 0 changed" in knockon(*both).err
    assert "--rename Seller: no table has this column" in knockon(*both, "--rename", "Seller=provider").err


def test_nothing_advises_an_undo_that_cannot_work(knockon: Run, suppliers: Path) -> None:
    """A store that keeps no earlier revision has nothing to go back to."""
    knockon("load", str(suppliers), "--store", "st", "--keep", "0")
    suppliers.write_text(SHORT, "utf-8")
    assert "knockon undo" not in knockon("load", str(suppliers), "--store", "st").err
    assert knockon("undo", "--store", "st").code == 2
    removed = knockon("remove", "suppliers", "--store", "st")
    assert (removed.code, "knockon undo" in removed.err) == (0, False)
    assert "knockon undo" in knockon("load", str(suppliers), "--store", "st", "--keep", "1").err
