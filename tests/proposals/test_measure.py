"""The stated precision and recall of the rules hold."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path

import pytest

from knockon.model import Company, Material
from knockon.proposals.document_text import DocumentText
from knockon.proposals.rules.extract import Rules
from knockon.proposals.rules.measure import Known, score

ROOT = Path(__file__).resolve().parents[2]
SEEDS = Path(os.environ.get("KNOCKON_SHARED", ROOT.parent / "shared")) / "seeds"
ROW = re.compile(
    r"^\| `(\w+)` \| (\w+) \| (\d\.\d\d) \((\d+) of (\d+)[^)]*\) \| (\d\.\d\d) \((\d+) of (\d+)[^)]*\) \|$", re.MULTILINE
)


def test_places_and_pairs_are_counted() -> None:
    """A proposal is right by its place, or by its place and both ends; a relation that none overlaps is missed."""
    graph = [
        Company(id="urn:x:acme", label="Acme"),
        Material(id="urn:x:tin", label="Tin"),
        Material(id="urn:x:cobalt", label="Cobalt"),
    ]
    document = DocumentText.of("a.txt", b"Acme relies on tin. Acme relies on cobalt. Acme is old.")
    known = [
        Known("1", "Acme (the maker)", "dependsOn", "tin", (("a.txt", 0, 18),)),
        Known("2", "Acme", "dependsOn", "steel", (("a.txt", 20, 41),)),
        Known("3", "Acme", "is", "old", (("a.txt", 43, 54),)),
        Known("4", "Acme", "dependsOn", "tin", (("b.txt", 0, 18),)),
    ]
    labels = {record.id: [str(record.label)] for record in graph}
    scores = score([document], Rules(graph), known, lambda end: labels.get(str(end), []))
    assert (scores.by_span.right, scores.by_span.found, scores.by_pair.right, scores.by_pair.found) == (2, 2, 1, 1)
    assert (scores.by_span.precision, scores.by_pair.precision, scores.by_pair.recall) == (1.0, 0.5, 0.25)


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the source documents are not here")
def test_the_stated_numbers_hold() -> None:
    """Each row of the table of docs/how-to/read-documents.md is what the benchmark measures."""
    spec = importlib.util.spec_from_file_location("proposals_benchmark", ROOT / "benchmarks" / "proposals.py")
    assert spec is not None
    assert spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    rows = ROW.findall((ROOT / "docs" / "how-to" / "read-documents.md").read_text("utf-8"))
    measured = {
        (store, way): result
        for store in ("sensetime", "chips")
        for way, result in zip(("place", "pair"), benchmark.scores(SEEDS, store), strict=True)
    }
    assert len(rows) == 4
    for store, way, precision, right, proposals, recall, found, known in rows:
        result = measured[store, way]
        assert (result.right, result.proposals, result.found, result.known) == tuple(map(int, (right, proposals, found, known)))
        assert (f"{result.precision:.2f}", f"{result.recall:.2f}") == (precision, recall)
