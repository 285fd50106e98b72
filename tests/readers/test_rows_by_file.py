"""The rows of each of several files are counted, whatever reads them: together they are all rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knockon.present.rows.imports import import_table
from knockon.readers.import_files import import_files
from knockon.readers.import_report import ImportReport
from knockon.readers.import_tally import ImportTally

_FIRM = '{"id": "%s", "schema": "Company", "properties": {"name": ["%s"]}}\n'
_ORG = "<urn:%s> a <http://www.w3.org/ns/org#Organization>; <http://www.w3.org/2000/01/rdf-schema#label> 'A'.\n"


def _statement(key: str) -> dict[str, object]:
    return {
        "statementId": key, "recordId": key, "recordType": "entity", "recordStatus": "new", "statementDate": "2024-01-01",
        "recordDetails": {"isComponent": False, "entityType": {"type": "registeredEntity"}, "name": key},
    }  # fmt: skip


FILES = {
    "bods": {"a.json": json.dumps([_statement("a")]), "b.json": json.dumps([_statement("b"), _statement("c")])},
    "ftm": {"a.jsonl": _FIRM % ("a", "A"), "b.jsonl": _FIRM % ("b", "B") + _FIRM % ("c", "C")},
    "neo4j": {"a.csv": ":START_ID,:END_ID,:TYPE\nb,c,NEEDS\n", "b.csv": ":ID,name\nb,B\nc,C\n"},
    "graphml": {
        "a.graphml": '<graphml><graph><node id="a"/></graph></graphml>',
        "b.graphml": '<graphml><graph><node id="b"/><node id="c"/></graph></graphml>',
    },
    "rdf": {"a.ttl": _ORG.split(";", maxsplit=1)[0] % "a" + ".\n", "b.ttl": _ORG % "b"},
    "ofac": {"sdn.csv": '1,"A"' + ",-0- " * 10 + "\n", "alt.csv": '1,2,"aka","B",-0- \n1,3,"aka","C",-0- \n'},
}


@pytest.mark.parametrize("reader", FILES)
def test_the_rows_of_each_file(tmp_path: Path, reader: str) -> None:
    for name, content in FILES[reader].items():
        (tmp_path / name).write_text(content)
    report = import_files([tmp_path / name for name in FILES[reader]], reader).report
    first, second = FILES[reader]
    assert {Path(file).name: rows for file, rows in report.rows_by_file} == {first: 1, second: 2}


def test_one_file_has_no_rows_of_its_own_in_the_table_and_very_many_are_summed_up() -> None:
    def lines(files: int) -> list[tuple[object, object]]:
        report = ImportReport("a", "edges", rows=files, rows_by_file=tuple((f"{number}.csv", 1) for number in range(files)))
        return [(row["count"], row["what"]) for row in import_table(report).rows if row["of"] == "rows read"]

    assert lines(1) == [(1, "")]
    assert lines(2) == [(2, ""), (1, "of 0.csv"), (1, "of 1.csv")]
    assert lines(21)[-1] == (1, "of 20.csv")
    assert lines(25)[-1] == (5, "of 5 more files")
    assert len(lines(25)) == 22


def test_rows_before_any_file_and_no_file_at_all() -> None:
    assert ImportTally().rows_by_file == ()
    tally = ImportTally()
    tally.progress(2)
    assert tally.rows_by_file == ()
