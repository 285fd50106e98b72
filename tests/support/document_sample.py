"""Documents written for tests of quotations, and a graph that cites them: a text, a table, JSON, a PDF, a page of the web."""

from __future__ import annotations

import hashlib
from pathlib import Path

from knockon.graph import Graph
from knockon.model import CLASSES, Dependency, Document, Shock, Statement
from support.report_sample import graph_of, iri

#: The words that the dependency of the bakery cites, with markup that must stay text.
WORDS = "The bakery buys all of its <b>flour</b>\nfrom & through the mill. </script><script>document.title='ran'</script>"
NOTE = f"A note, written for a test. {WORDS} Nothing more.".encode()
TABLE = b"id,name,share\n7,Mill at the river,1.0\n8,<img src=x onerror=alert(1)>,0\n"
DATA = b'{"shops": [{"name": "Corner shop", "bread": "the bakery\\u202e"}]}'
PAPER = b"%PDF-1.4 1 0 obj << /Type /Pages /Kids [2 0 R] /Count 12 >> endobj"
FILES = {"note.txt": NOTE, "list.csv": TABLE, "data.json": DATA, "paper.pdf": PAPER}


def _document(name: str, content: bytes | None, **fields: object) -> Document:
    sha256 = hashlib.sha256(content).hexdigest() if content is not None else None
    return Document.model_validate({"id": iri(f"doc-{name}"), "title": f"The {name}", "sha256": sha256, **fields})


def cited_graph() -> Graph:
    """A mill, a bakery, a shop and its revenue; each link is cited at another kind of place."""
    start = NOTE.decode().index(WORDS)
    named = {"mill": "Company", "flour": "Product", "bakery": "Company", "bread": "Product", "shop": "Company"}
    records: list[Statement] = [
        CLASSES[cls].model_validate({"id": iri(name), "label": name.capitalize()}) for name, cls in named.items()
    ]
    records += [
        CLASSES["RevenueStream"].model_validate({"id": iri("sales"), "label": "Sales of bread"}),
        _document("note", NOTE, issued="2024-05-01"),
        _document("list", TABLE, keyColumn="id", url="https://example.org/list.csv?a=1&b=2", retrieved="2026-01-31"),
        _document("data", DATA),
        _document("paper", PAPER, publisher=[iri("mill")], url="https://example.org/paper.pdf"),
        _document("page", None, url="https://example.org/notice"),
    ]
    links = [
        ("bakery", "flour", {"document": iri("doc-note"), "start": start, "end": start + len(WORDS)}),
        ("bread", "bakery", {"document": iri("doc-list"), "row": 3}),
        ("shop", "bread", {"document": iri("doc-data"), "pointer": "/shops/0/bread"}),
        ("sales", "shop", {"document": iri("doc-paper"), "page": 7}),
    ]
    for place, (dependant, need, evidence) in enumerate(links):
        supply = [{"provider": iri("mill"), "share": "1.0"}] if need == "flour" else []
        records.append(
            Dependency(
                id=iri(f"n{place}"), dependant=iri(dependant), need=iri(need), criticality="High", supply=supply,
                evidence=[evidence],
            )
        )  # fmt: skip
    hit = {"target": iri("mill"), "severity": "Essential", "evidence": [{"document": iri("doc-page")}]}
    records.append(
        Shock(id=iri("fire"), label="The mill burns", hit=[hit], evidence=[{"document": iri("doc-note"), "line": 1}])
    )
    return graph_of(records)


def write_documents(folder: Path, **changes: bytes | None) -> Path:
    """Write the documents to a folder; ``changes`` are other bytes of a file by its stem, or None to leave it out."""
    folder.mkdir(exist_ok=True)
    for name, content in FILES.items():
        changed = changes.get(name.partition(".")[0], content)
        if changed is not None:
            (folder / name).write_bytes(changed)
    return folder
