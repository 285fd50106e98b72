"""Precision and recall of the rules that propose records, against an inventory of what documents state.

Usage: python benchmarks/proposals.py FOLDER [STORE...], a folder with documents and an inventory.json of their relations. The
stores are graphs whose names the rules look for: the bundled data sets if none is named.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import knockon
from knockon.model import Entity, Measure
from knockon.proposals.document_text import DocumentText
from knockon.proposals.rules.extract import Rules
from knockon.proposals.rules.measure import Scores, read_known, score


def scores(folder: Path, store: str) -> Scores:
    """Return the scores of the rules with the names of a graph."""
    inventory = json.loads((folder / "inventory.json").read_text("utf-8"))
    records = knockon.open(store).store.records
    labels = {r.id: [str(r.label), *map(str, r.alt_label)] for r in records if isinstance(r, Entity | Measure)}

    def names(end: object) -> Sequence[str]:
        return [str(end.get("label"))] if isinstance(end, dict) else labels.get(str(end), [str(end)] if end else [])

    documents = [DocumentText.read(folder / row["file"]) for row in inventory["documents"]]
    return score(documents, Rules(records), read_known(inventory), names)


def main(folder: str, *stores: str) -> None:
    """Print the scores with the names of each graph."""
    for store in stores or ("sensetime", "chips"):
        for way, result in zip(("places", "pairs"), scores(Path(folder), store), strict=True):
            print(
                f"names of {store}, by {way}: "
                f"precision {result.precision:.2f} ({result.right} of {result.proposals} proposals), "
                f"recall {result.recall:.2f} ({result.found} of {result.known} relations)"
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
