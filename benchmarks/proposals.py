"""Precision and recall of the rules that propose records, against an inventory of what documents state.

FOLDER has documents, and an inventory.json of their relations.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import knockon
from knockon.errors import InvalidData, KnockonError, NotFound, Problem
from knockon.model import Entity, Measure
from knockon.proposals.document_text import DocumentText
from knockon.proposals.rules.extract import Rules
from knockon.proposals.rules.measure import Scores, read_known, score


def read_inventory(folder: Path) -> Any:
    """Return the inventory of a folder.

    Raises
    ------
    NotFound
        The folder has none, or lacks a document of it.
    InvalidData
        It is not JSON of this form.
    """
    path = folder / "inventory.json"
    if not path.is_file():
        raise NotFound("inventory", str(path))
    try:
        inventory = json.loads(path.read_bytes())
        files = [str(row["file"]) for row in inventory["documents"]]
        read_known(inventory)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        problem = Problem(str(path), None, f"is no inventory: {type(error).__name__}: {error}")
        raise InvalidData([problem], "nothing was measured") from None
    for file in files:
        if not (folder / file).is_file():
            raise NotFound("document", str(folder / file))
    return inventory


def scores(folder: Path, store: str) -> Scores:
    """Return the scores of the rules with the names of a graph."""
    inventory = read_inventory(folder)
    records = knockon.open(store).store.records
    labels = {r.id: [str(r.label), *map(str, r.alt_label)] for r in records if isinstance(r, Entity | Measure)}

    def names(end: object) -> Sequence[str]:
        return [str(end.get("label"))] if isinstance(end, dict) else labels.get(str(end), [str(end)] if end else [])

    documents = [DocumentText.read(folder / row["file"]) for row in inventory["documents"]]
    return score(documents, Rules(records), read_known(inventory), names)


def main(folder: Path, stores: Sequence[str]) -> None:
    """Print the scores with the names of each graph."""
    for store in stores:
        for way, result in zip(("places", "pairs"), scores(folder, store), strict=True):
            print(
                f"names of {store}, by {way}: "
                f"precision {result.precision:.2f} ({result.right} of {result.proposals} proposals), "
                f"recall {result.recall:.2f} ({result.found} of {result.known} relations)"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the folder with the documents")
    parser.add_argument("stores", nargs="*", metavar="STORE", help="graphs whose names the rules look for (all bundled data)")
    arguments = parser.parse_args()
    try:
        main(arguments.folder, arguments.stores or ("sensetime", "chips"))
    except KnockonError as error:
        parser.exit(2, f"{parser.prog}: error: {error}\n")
