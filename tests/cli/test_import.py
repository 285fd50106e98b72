"""knockon import: what it prints, its exit codes, and that a store has all of an import or nothing."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CHAIN = "source,target,criticality\nMine,Smelter,high\nSmelter,Factory,essential\n"
BAD = CHAIN + "Factory,Shop,extreme\n"


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    path = tmp_path / "chain.csv"
    path.write_text(CHAIN)
    return path


def test_an_import_can_be_asked(knockon: Callable[..., Any], chain: Path) -> None:
    """Counts go to standard output; the records are in the store, cited by row, and undo takes the import back."""
    done = knockon("import", str(chain), "--store", "s", "--format", "json")
    assert done.code == 0
    assert done.json["records"] == {"Dependency": 2, "Document": 1, "Entity": 3}
    assert (done.json["rows"], done.json["rejected"], done.json["changes"]["data_sets"][0]["added"]) == (2, [], 6)
    impact = knockon("impact", "--hit", "Mine=essential", "--store", "s", "--format", "json").json
    assert [row["label"] for row in impact["impacts"]] == ["Mine", "Smelter", "Factory"]
    assert impact["impacts"][1]["evidence"][0]["row"] == 2
    again = knockon("import", str(chain), "--store", "s")
    assert "0 added, 0 changed, 0 removed, 6 unchanged" in knockon("load", "s", "--store", "t").err or again.code == 0
    assert knockon("undo", "--store", "s").code == 0


def test_dry_run_writes_nothing(knockon: Callable[..., Any], chain: Path, tmp_path: Path) -> None:
    """It says what an import would give, and makes neither a store nor a file of rejected rows."""
    chain.write_text(BAD)
    done = knockon("import", str(chain), "--store", "s", "--dry-run", "--rejects", "r.csv")
    assert done.code == 4
    assert "2  records" in done.out
    assert "chain.csv:4: " in done.err
    assert "nothing was written: --dry-run" in done.err
    assert "1 row rejected, which without --dry-run would be written with the reasons into r.csv" in done.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["chain.csv"]


def test_one_bad_row_means_that_nothing_is_loaded(knockon: Callable[..., Any], chain: Path, tmp_path: Path) -> None:
    """Exit 4, the row with its line, and no store."""
    chain.write_text(BAD)
    done = knockon("import", str(chain), "--store", "s")
    assert (done.code, done.out) == (4, "")
    assert "1 problem, nothing was loaded" in done.err
    assert "chain.csv:4: shop--needs--factory: 'extreme' is not a criticality" in done.err
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(("options", "code"), [((), 4), (("--allow-rejects",), 0)])
def test_good_rows_are_loaded_with_a_file_for_the_others(
    knockon: Callable[..., Any], chain: Path, tmp_path: Path, options: tuple[str, ...], code: int
) -> None:
    """Exit 4 says that rows were rejected, unless they are allowed; the file has line, reason and row."""
    chain.write_text(BAD)
    done = knockon("import", str(chain), "--store", "s", "--rejects", "r.csv", *options)
    assert done.code == code
    header, row = (tmp_path / "r.csv").read_text().splitlines()
    assert header == "file,line,problem,source,target,criticality"
    assert "is not a criticality" in row
    assert row.endswith(",Factory,Shop,extreme")
    assert "Dependency" in knockon("query", "SELECT ?c WHERE { ?d a ?c }", "--store", "s", "--format", "csv").out


def test_the_command_that_is_shown_imports_corrected_rows(knockon: Callable[..., Any], tmp_path: Path) -> None:
    """Of a table without header, too; its records are those of the first file, and what that gave stays."""
    mapping = (
        'title: t\ntables: {t: {names: [who, part], records: [{class: Dependency, dependant: "{who}", need: "{part}"}]}}\n'
    )
    (tmp_path / "m.yaml").write_text(mapping)
    (tmp_path / "list.csv").write_text("Acme;glue\nBeta\0;Acme\n")
    done = knockon("import", "list.csv", "--mapping", "m.yaml", "--store", "s", "--rejects", "r.csv")
    assert "list.csv:2: contains a zero byte" in done.err
    command = next(line.partition("then: knockon ")[2] for line in done.err.splitlines() if "then: knockon " in line)
    again = knockon(*shlex.split(command), "--rejects", "r2.csv")
    assert (again.code, "the rejected rows are in r2.csv" in again.err) == (4, True)
    path = tmp_path / "r.csv"
    path.write_text(path.read_text().replace("\\x00", ""))
    assert knockon(*shlex.split(command)).code == 0
    labels = "SELECT DISTINCT ?l WHERE { ?e a ko:Entity ; rdfs:label ?l } ORDER BY ?l"
    assert knockon("query", labels, "--store", "s", "--format", "csv").out.split()[1:] == ["Acme", "Beta", "glue"]


def test_load_rejects_in_the_same_way(knockon: Callable[..., Any], tmp_path: Path) -> None:
    """`load --rejects` loads the sound rows and exits 4; with --allow-rejects it exits 0; the JSON counts them."""
    (tmp_path / "needs.csv").write_text("dependant,need,criticality\nA,B,high\nA,C,extreme\n")
    done = knockon("load", "needs.csv", "--store", "s", "--rejects", "r.csv", "--format", "json")
    assert (done.code, done.json["rejected"]) == (4, 1)
    allowed = knockon("load", "needs.csv", "--store", "s", "--rejects", "r.csv", "--allow-rejects")
    assert allowed.code == 0
    validated = knockon("validate", "needs.csv", "--rejects", "r.csv", "--format", "json")
    assert (validated.code, validated.json["ok"]) == (4, False)


def test_an_import_needs_a_store_and_a_mapping(knockon: Callable[..., Any], chain: Path, tmp_path: Path) -> None:
    """Without a store, with an unknown mapping, or a file of no known format, the message names what to type."""
    assert knockon("import", str(chain)).code == 2
    unknown = knockon("import", str(chain), "--mapping", "edgs", "--dry-run")
    assert (unknown.code, "did you mean edges?" in unknown.err) == (3, True)
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    strange = knockon("import", "x.csv", "--dry-run")
    assert (strange.code, "knockon mapping suggest" in strange.err) == (4, True)


def test_another_file_replaces_a_data_set_only_if_told(knockon: Callable[..., Any], chain: Path, tmp_path: Path) -> None:
    """As with load: --replace allows it, --as gives another name, --base another base."""
    assert knockon("import", str(chain), "--store", "s").code == 0
    (tmp_path / "b").mkdir()
    other = tmp_path / "b" / "chain.csv"
    other.write_text(CHAIN.replace("high", "low"))
    refused = knockon("import", str(other), "--store", "s")
    assert (refused.code, "--replace" in refused.err) == (2, True)
    assert knockon("import", str(other), "--store", "s", "--replace").code == 0
    named = knockon(
        "import", str(other), "--store", "s", "--as", "other", "--base", "https://example.org/x/", "--format", "json"
    )
    assert named.json["name"] == "other"
    assert "https://example.org/x/mine" in knockon("export", "--store", "s").out


def test_mappings_are_listed_and_drafted(knockon: Callable[..., Any], tmp_path: Path) -> None:
    """`mapping ls` has mappings and readers with how they are recognised; `mapping suggest` writes a draft that imports."""
    rows = {row["name"]: row for row in knockon("mapping", "ls", "--format", "json").json}
    assert rows["ofac"]["kind"] == "mapping"
    assert "cons_prim.csv" in rows["ofac"]["recognised"]
    assert rows["bods"]["kind"] == "reader"
    (tmp_path / "list.csv").write_text("Vendor,Client\nAcme,Bob\n")
    assert knockon("mapping", "suggest", "list.csv", "-o", "m.yaml").code == 0
    assert knockon("import", "list.csv", "--mapping", "m.yaml", "--store", "s").code == 0


def test_load_names_the_command_for_another_format(knockon: Callable[..., Any], chain: Path, tmp_path: Path) -> None:
    """A file of a known other format is refused with the import to type; other JSON with how to draft a mapping."""
    for command in (("load", str(chain), "--store", "s"), ("validate", str(chain)), ("diff", str(chain), "chips")):
        refused = knockon(*command)
        assert refused.code == 4
        assert f"`knockon import {chain} --store STORE` reads it as edges" in refused.err
    # Rejected rows go back to the import that rejected them, whatever their file is called.
    (tmp_path / "links.jsonl").write_text('{"source": "a", "target": "b"}\n{bad\n')
    assert knockon("import", "links.jsonl", "--rejects", "bad.jsonl", "--store", "s").code == 4
    refused = knockon("load", "bad.jsonl", "--store", "s")
    assert (refused.code, "it holds rejected rows: `knockon import bad.jsonl --mapping MAPPING" in refused.err) == (4, True)
    (tmp_path / "plain.json").write_text('{"a": [1, 2]}')
    plain = knockon("load", "plain.json", "--store", "s")
    assert (plain.code, "knockon mapping suggest" in plain.err) == (4, True)


def test_documents_say_where_files_are_from(knockon: Callable[..., Any], chain: Path) -> None:
    """--url, --retrieved and --license are facts of the documents that the records cite; a day that is none is refused."""
    facts = ("--url", "https://example.org/chain", "--retrieved", "2026-01-31", "--license", "CC0-1.0")
    assert knockon("import", str(chain), "--store", "s", *facts).code == 0
    turtle = knockon("export", "--store", "s", "--format", "ttl").out
    assert "<https://example.org/chain>" in turtle
    assert '"2026-01-31"^^xsd:date' in turtle
    assert "https://spdx.org/licenses/CC0-1.0" in turtle
    assert knockon("import", str(chain), "--store", "s", "--retrieved", "yesterday").code == 2


def test_an_option_that_names_no_column_is_refused(knockon: Callable[..., Any], chain: Path, tmp_path: Path) -> None:
    """As by load, with the columns that there are; with a format to be recognised, with a mapping, and with a reader."""
    for more in (
        ("--rename", "Vendor=source"),
        ("--rename", "Vendor=source", "-m", "edges"),
        ("--percent", "Vendor", "-m", "edges"),
    ):
        refused = knockon("import", str(chain), "--dry-run", *more)
        assert (refused.code, "no table has this column" in refused.err) == (2, True)
    (tmp_path / "graph.json").write_text(
        '{"nodes": [{"id": "a"}, {"id": "b"}], "links": [{"source": "a", "target": "b", "type": "x"}]}'
    )
    assert knockon("import", "graph.json", "--dry-run", "--rename", "y=supplies").code == 2
    renamed = knockon("import", "graph.json", "--dry-run", "--rename", "x=supplies", "--format", "json")
    assert renamed.json["records"]["Dependency"] == 1


def test_rejected_rows_are_kept_where_the_others_were_loaded(knockon: Callable[..., Any], chain: Path, tmp_path: Path) -> None:
    """A load or import that fails for another reason leaves no file of rejected rows; one without a sound row writes it."""
    chain.write_text(BAD)
    assert knockon("import", str(chain), "--store", "s", "--rejects", "r.csv").code == 4
    (tmp_path / "r.csv").unlink()
    (tmp_path / "b").mkdir()
    (tmp_path / "b/chain.csv").write_text(BAD.replace("high", "low"))
    for folder in (tmp_path, tmp_path / "b"):
        (folder / "needs.csv").write_text(f"dependant,need,criticality\n{folder.name},B,high\nA,C,extreme\n")
    assert knockon("load", "needs.csv", "--store", "s", "--rejects", "out.csv").code == 4
    for command in (("import", "b/chain.csv"), ("load", "b/needs.csv")):
        refused = knockon(*command, "--store", "s", "--rejects", "r.csv")
        assert (refused.code, "--replace" in refused.err, (tmp_path / "r.csv").exists()) == (2, True, False)
    chain.write_text("source,target,criticality\nA,B,extreme\n")
    (tmp_path / "needs.csv").write_text("dependant,need,criticality\nA,B,extreme\n")
    for number, command in enumerate(("import", "load")):
        nothing = knockon(command, ("chain.csv", "needs.csv")[number], "--store", "s", "--rejects", f"r{number}.csv")
        assert (nothing.code, (tmp_path / f"r{number}.csv").read_text().count("extreme")) == (4, 2)
    dry = knockon("import", str(chain), "--dry-run", "--rejects", "dry.csv")
    assert (dry.code, (tmp_path / "dry.csv").exists()) == (4, False)


def test_rejected_rows_can_be_mended_and_imported(knockon: Callable[..., Any], chain: Path, tmp_path: Path) -> None:
    """Formulas are marked as text and read back; characters that no record can have are visible escapes."""
    chain.write_text("source,target,criticality\n=1+2,\x1b[31mRed\x9b,high\n@mill,Shop,extreme\n")
    assert knockon("import", str(chain), "--dry-run", "--rejects", "r.csv").code == 4
    assert knockon("import", str(chain), "--store", "s", "--rejects", "r.csv").code == 4
    kept = (tmp_path / "r.csv").read_text()
    assert "\\x1b[31mRed\\x9b" in kept
    assert not {"\x1b", "\x9b"} & set(kept)
    (tmp_path / "r.csv").write_text(kept.replace("\\x1b[31m", "").replace("\\x9b", "").replace(",extreme", ",low"))
    mended = knockon("import", "r.csv", "-m", "edges", "--store", "s", "--format", "json")
    assert (mended.code, mended.json["rows"]) == (0, 2)
    labels = knockon("query", "SELECT ?l WHERE { ?x rdfs:label ?l }", "--store", "s", "--format", "json").out
    assert '"=1+2"' in labels
    assert '"@mill"' in labels
