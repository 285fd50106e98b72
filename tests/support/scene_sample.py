"""A supply chain of a yard with a document written for it, each sentence of which proves a link, and the page of both.

``python tests/support/scene_sample.py FOLDER`` writes both to a folder, for browsers that pytest does not start.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from knockon.graph import Graph
from knockon.model import CLASSES, Dependency, Document, Shock, Statement
from support.report_sample import graph_of, iri

LABELS = {
    "foundry": ("Company", "Northern Foundry"),
    "castings": ("Product", "Bronze castings"),
    "maker": ("Company", "Harbour Pumps"),
    "pumps": ("Product", "Ship pumps"),
    "yard": ("Company", "Delta Yard"),
    "sales": ("RevenueStream", "Sales of ferries"),
    "dock": ("Product", "Dry dock"),
}
#: Who needs what, and the sentence that says so: from the revenue down to the supplier.
LINKS = [
    ("sales", "yard", "Every ferry that is sold was built at Delta Yard."),
    ("yard", "pumps", "Delta Yard cannot float a hull without its ship pumps."),
    ("pumps", "maker", "The ship pumps are made by Harbour Pumps and by nobody else."),
    ("maker", "castings", "Harbour Pumps buys all of its bronze castings from Northern Foundry."),
    ("yard", "dock", "The dry dock is where Delta Yard works."),
]
NOTE = "A note, written for a test. " + " ".join(sentence for _, _, sentence in LINKS)
#: The sentences on the way from Northern Foundry to the sales.
PROOF = [sentence for _, _, sentence in LINKS[:4]]


def scene_graph() -> Graph:
    """A foundry, what is made of its castings, and the revenue at the end; a shock elsewhere is stated."""
    records: list[Statement] = [
        CLASSES[cls].model_validate({"id": iri(name), "label": label}) for name, (cls, label) in LABELS.items()
    ]
    sha256 = hashlib.sha256(NOTE.encode()).hexdigest()
    records.append(
        Document.model_validate({"id": iri("doc-note"), "title": "A note on ferries", "issued": "2025-03-09", "sha256": sha256})
    )
    for dependant, need, sentence in LINKS:
        start = NOTE.index(sentence)
        records.append(
            Dependency(
                id=iri(f"{dependant}-{need}"), dependant=iri(dependant), need=iri(need), criticality="Essential",
                supply=[{"provider": iri("foundry"), "share": "1.0"}] if need == "castings" else [],
                evidence=[{"document": iri("doc-note"), "start": start, "end": start + len(sentence)}],
            )
        )  # fmt: skip
    hit = {"target": iri("dock"), "severity": "Medium", "evidence": [{"document": iri("doc-note")}]}
    return graph_of([*records, Shock(id=iri("flood"), label="The dock is flooded", hit=[hit])])


def write_scene(folder: Path) -> Path:
    """Write the document and the page that quotes it, and return the path of the page."""
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    (folder / "documents" / "note.txt").write_bytes(NOTE.encode())
    page = folder / "scene.html"
    page.write_text(scene_graph().explore(documents=folder / "documents"), "utf-8")
    return page


if __name__ == "__main__":
    sys.stdout.write(f"{write_scene(Path(sys.argv[1]))}\n")
