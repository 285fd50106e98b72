"""Stores of format 1: one revision, its sources uncompressed beside its database, and no checksums.

What the database holds stands in for checksums: it was made of the sources, RocksDB checks its own blocks, and
damage that makes both say the same is out of the question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat

from knockon.errors import InvalidData
from knockon.model import DataSet
from knockon.rdf.derived import GRAPH as DERIVED
from knockon.rdf.parse import parse_rdf
from knockon.store.database import database_path, open_unchecked
from knockon.store.files import from_quads
from knockon.store.markers import POINTER
from knockon.store.pointer import Database, InvalidStore
from knockon.store.regular_files import read_regular
from knockon.vocabulary import KO, ONTOLOGY_GRAPH, Combination

Triple = tuple[Any, Any, Any]

#: Bytes of a file of sources, at most.
_LONGEST = 1 << 36
_ONTOLOGY = NamedNode(ONTOLOGY_GRAPH)
_JUDGED, _COMBINATION, _ALL_OF = (NamedNode(KO + name) for name in ("judged", "combination", Combination.ALL_OF))


def read_first_format(folder: Path, database: Database) -> tuple[DataSet, ...]:
    """Read the data sets of a store of format 1.

    That format wrote ``ko:AllOf`` for every list of supplies without a stated combination; so it counts as given only
    where the record says that it is judged.

    Raises
    ------
    InvalidStore
        They are missing or damaged.
    """
    sources, faults = _compared(folder, database)
    if faults:
        raise faults[0]
    sets = [from_quads(_as_given(quads), str(path)) for path, quads in sources.items()]
    return tuple(sorted(sets, key=lambda data_set: data_set.info.id))


def check_first_format(folder: Path, database: Database) -> tuple[int, list[InvalidStore]]:
    """Compare the sources of a store of format 1 with its database; return how many there are, and what is damaged."""
    sources, faults = _compared(folder, database)
    if not faults:
        for path, quads in sources.items():
            try:
                from_quads(_as_given(quads), str(path))
            except InvalidData:
                faults.append(InvalidStore(path))
    return len(sources), faults


def _compared(folder: Path, database: Database) -> tuple[dict[Path, list[Quad]], list[InvalidStore]]:
    """Read the sources, and list those that the database does not bear out."""
    place = folder / database.folder / "sources"
    sources: dict[Path, list[Quad]] = {}
    faults = []
    try:
        paths = sorted(place.iterdir())
    except OSError as error:
        return {}, [InvalidStore.unread(place, error) if place.parent.exists() else InvalidStore(folder / POINTER)]
    for path in paths:
        try:
            sources[path] = parse_rdf(read_regular(path, _LONGEST), RdfFormat.N_QUADS, str(path))
        except (OSError, InvalidData, MemoryError) as error:
            faults.append(InvalidStore.unread(path, error))
    try:
        stored = list(open_unchecked(folder, database))
    except InvalidStore as error:
        return sources, [*faults, error]
    except (OSError, RuntimeError):
        return sources, [*faults, InvalidStore(database_path(folder, database))]
    given = {path: _triples(quads) for path, quads in sources.items()}
    all_stored = {(quad.subject, quad.predicate, quad.object) for quad in stored}
    faults += [InvalidStore(path) for path, triples in given.items() if not triples <= all_stored]
    made = (quad for quad in stored if quad.graph_name not in (DERIVED, _ONTOLOGY))
    if not faults and not {(quad.subject, quad.predicate, quad.object) for quad in made} <= set().union(*given.values()):
        faults.append(InvalidStore(place, "lacks records that the database holds"))
    return sources, faults


def _triples(quads: Iterable[Quad]) -> set[Triple]:
    # By way of a store, which writes numbers in its own way.
    store = pyoxigraph.Store()
    store.bulk_extend(quads)
    return {(quad.subject, quad.predicate, quad.object) for quad in store}


def _as_given(quads: Iterable[Quad]) -> Iterator[Quad]:
    given = list(quads)
    judged = {quad.subject for quad in given if (quad.predicate, quad.object) == (_JUDGED, _COMBINATION)}
    return (quad for quad in given if (quad.predicate, quad.object) != (_COMBINATION, _ALL_OF) or quad.subject in judged)
