"""Read stores of format 1: one revision with uncompressed sources beside its database, and no checksums.

Instead of checksums, the sources are compared with the database, which was built from them: RocksDB checks its own
blocks, and it is practically impossible that damage changes both in the same way.
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
from knockon.store.invalid_store import InvalidStore
from knockon.store.markers import POINTER
from knockon.store.pointer import Database
from knockon.store.regular_files import read_regular
from knockon.vocabulary import KO, ONTOLOGY_GRAPH, Combination

Triple = tuple[Any, Any, Any]

#: The largest size of a source file, in bytes.
_LONGEST = 1 << 36
_ONTOLOGY = NamedNode(ONTOLOGY_GRAPH)
_JUDGED, _COMBINATION, _ALL_OF = (NamedNode(KO + name) for name in ("judged", "combination", Combination.ALL_OF))


def read_first_format(folder: Path, database: Database) -> tuple[DataSet, ...]:
    """Read the data sets of a store of format 1.

    That format wrote ``ko:AllOf`` for every list of supplies without a stated combination, so it is only read as
    stated if the record marks it as judged.

    Raises
    ------
    InvalidStore
        A source is missing or damaged.
    """
    sources, faults = _read_sources(folder, database)
    if faults:
        raise faults[0]
    sets = [from_quads(_without_default_combination(quads), str(path)) for path, quads in sources.items()]
    return tuple(sorted(sets, key=lambda data_set: data_set.info.id))


def check_first_format(folder: Path, database: Database) -> tuple[int, list[InvalidStore]]:
    """Compare the sources of a store of format 1 with its database; return their number, and the damaged files."""
    sources, faults = _read_sources(folder, database)
    if not faults:
        for path, quads in sources.items():
            try:
                from_quads(_without_default_combination(quads), str(path))
            except InvalidData:
                faults.append(InvalidStore(path))
    return len(sources), faults


def _read_sources(folder: Path, database: Database) -> tuple[dict[Path, list[Quad]], list[InvalidStore]]:
    """Read the sources, and list those that contradict the database."""
    archive = folder / database.folder / "sources"
    sources: dict[Path, list[Quad]] = {}
    faults = []
    try:
        paths = sorted(archive.iterdir())
    except OSError as error:
        return {}, [InvalidStore.unread(archive, error) if archive.parent.exists() else InvalidStore(folder / POINTER)]
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
    by_path = {path: _triples(quads) for path, quads in sources.items()}
    all_stored = {(quad.subject, quad.predicate, quad.object) for quad in stored}
    faults += [InvalidStore(path) for path, triples in by_path.items() if not triples <= all_stored]
    authored = (quad for quad in stored if quad.graph_name not in (DERIVED, _ONTOLOGY))
    if not faults and not {(quad.subject, quad.predicate, quad.object) for quad in authored} <= set().union(*by_path.values()):
        faults.append(InvalidStore(archive, "lacks records that the database contains"))
    return sources, faults


def _triples(quads: Iterable[Quad]) -> set[Triple]:
    # Through a store, which normalises numbers as the database does.
    store = pyoxigraph.Store()
    store.bulk_extend(quads)
    return {(quad.subject, quad.predicate, quad.object) for quad in store}


def _without_default_combination(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield the quads without combinations that are not marked as judged, which were defaults."""
    stored = list(quads)
    judged = {quad.subject for quad in stored if (quad.predicate, quad.object) == (_JUDGED, _COMBINATION)}
    yield from (quad for quad in stored if (quad.predicate, quad.object) != (_COMBINATION, _ALL_OF) or quad.subject in judged)
