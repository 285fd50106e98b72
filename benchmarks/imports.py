"""How long an import takes, and how much memory: rows of an edge list, or lines of FollowTheMoney or of BODS.

    python benchmarks/imports.py [edges|ftm|bods] [ROWS]

Goal: a million rows to records in 60 s, with at most 500 MB and 1 KB a row.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from knockon.readers.import_files import import_files

#: How many names the rows of an edge list have: a tenth of the rows.
_SHARE_OF_NAMES = 10


def edges(rows: int) -> Iterator[str]:
    """Yield a table of suppliers and customers, for the shipped mapping of this name."""
    yield "source,target\n"
    names = max(rows // _SHARE_OF_NAMES, 2)
    # Pairs do not repeat: the step is larger for each round through the names.
    yield from (f"Firm {i % names},Firm {(i + 1 + i // names * 7) % names}\n" for i in range(rows))


def ftm(rows: int) -> Iterator[str]:
    """Yield entities of FollowTheMoney: two companies, then what one holds of the other."""
    for i in range(rows):
        if i % 3 < 2:
            properties = {
                "name": [f"Firm {i} GmbH"], "country": ["de"], "registrationNumber": [f"HRB{i}"], "jurisdiction": ["de"],
            }  # fmt: skip
            yield _line({"id": f"ent-{i}", "schema": "Company", "properties": properties})
        else:
            properties = {"owner": [f"ent-{i - 1}"], "asset": [f"ent-{i - 2}"]}
            more = {"percentage": [str(i % 100)], "startDate": ["2020-01-02"]}
            yield _line({"id": f"own-{i}", "schema": "Ownership", "properties": properties | more})


def bods(rows: int) -> Iterator[str]:
    """Yield statements of BODS 0.4: an entity, a person, then what the person holds of it."""
    published = {"publicationDate": "2024-01-02", "bodsVersion": "0.4", "publisher": {"name": "R"}}
    place = {"name": "United Kingdom", "code": "GB"}
    held = {"type": "shareholding", "directOrIndirect": "direct", "startDate": "2020-01-01"}
    held |= {"share": {"minimum": 25, "maximum": 50}}
    for i in range(rows):
        details: dict[str, Any]
        if i % 3 == 0:
            kind, details = "entity", {"entityType": {"type": "registeredEntity"}, "name": f"Firm {i} Ltd"}
            details |= {"jurisdiction": place, "identifiers": [{"scheme": "GB-COH", "id": f"{i:08}"}]}
        elif i % 3 == 1:
            kind, details = "person", {"personType": "knownPerson", "names": [{"type": "legal", "fullName": f"Ann {i}"}]}
            details |= {"nationalities": [place]}
        else:
            kind = "relationship"
            details = {"subject": f"r{i - 2}", "interestedParty": f"r{i - 1}", "interests": [held]}
        statement = {"statementId": f"s{i}", "recordId": f"r{i}", "statementDate": "2024-01-01", "recordStatus": "new"}
        details = {"isComponent": False, **details}
        yield _line(statement | {"publicationDetails": published, "recordType": kind, "recordDetails": details})


#: What writes each format, and the name of its file.
_FORMATS: dict[str, tuple[Callable[[int], Iterator[str]], str]] = {
    "edges": (edges, "edges.csv"), "ftm": (ftm, "entities.ftm.json"), "bods": (bods, "statements.jsonl"),
}  # fmt: skip


def main(name: str, rows: int) -> None:
    """Write a file of a format, import it, and print the seconds and the memory."""
    write, file = _FORMATS[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, file)
        with path.open("w", encoding="utf-8") as stream:
            stream.writelines(write(rows))
        before = _megabytes()
        start = time.process_time()
        imported = import_files([path], name)
        seconds = time.process_time() - start
    more, records = _megabytes() - before, imported.report.total
    print(f"{name}: {rows:,} rows, {records:,} records: ", end="")
    print(f"{seconds:.1f} s of the processor ({seconds / rows * 1e6:.0f} us a row), ", end="")
    print(f"{more:,.0f} MB more than {before:,.0f} MB ({more / rows * 1e3:.2f} KB a row)")


def _line(value: object) -> str:
    return json.dumps(value) + "\n"


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    arguments = [argument.replace("_", "") for argument in sys.argv[1:]]
    names = [argument for argument in arguments if not argument.isdigit()]
    main(names[0] if names else "edges", next((int(text) for text in arguments if text.isdigit()), 200_000))
