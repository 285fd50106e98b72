"""What stores on Oxigraph share, and the one in memory; the one in a folder is in folder.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import pyoxigraph
from pyoxigraph import NamedNode, Quad, Variable

from knockon.errors import UsageError
from knockon.model import DataSet
from knockon.rdf.plan import TYPE
from knockon.sparql.dataset_clause import has_dataset_clause
from knockon.sparql.syntax import syntax_error
from knockon.store.base import Answer, Function, Store, assemble, replaced
from knockon.store.changes import LoadReport, check_names, differences, namesakes
from knockon.store.claims import kept_apart
from knockon.vocabulary import KO, PREFIXES

_RUN = NamedNode(KO + "ImpactRun")


class OxigraphStore(Store):
    """What both kinds share: queries."""

    _db: pyoxigraph.Store

    def query(
        self,
        text: str,
        substitutions: Mapping[str, str] | None = None,
        functions: Mapping[str, Function] | None = None,
    ) -> Answer:
        """See Store."""
        # A default graph given here would take the place of the graphs that the query names.
        graphs = {} if has_dataset_clause(text) else self._default_graph()
        given: Any = {Variable(name): NamedNode(iri) for name, iri in (substitutions or {}).items()}
        called: Any = {NamedNode(iri): function for iri, function in (functions or {}).items()}
        try:
            return self._db.query(
                text, prefixes=PREFIXES, substitutions=given or None, custom_functions=called or None, **graphs
            )
        except SyntaxError as error:
            raise syntax_error(error, text) from None
        except RuntimeError as error:  # a substituted variable that the query does not project
            raise UsageError(str(error)) from None

    def _default_graph(self) -> dict[str, Any]:
        """Return the arguments of pyoxigraph for a query that names no graphs: all but stored runs."""
        runs = {q.graph_name for q in self._db.quads_for_pattern(None, TYPE, _RUN)}
        if not runs:
            return {"use_default_graph_as_union": True}
        return {"default_graph": [graph for graph in self._db.named_graphs() if graph not in runs]}

    def quads(self, subject: Any = None, predicate: Any = None, value: Any = None, graph: Any = None) -> Iterator[Quad]:
        """See Store."""
        return iter(self._db.quads_for_pattern(subject, predicate, value, graph))


class MemoryStore(OxigraphStore):
    """A store that lives as long as the process; ``checked`` data sets were held against the model already.

    >>> from knockon.model import Company, DataSetInfo
    >>> ns = "https://w3id.org/knockon/id/"
    >>> store = MemoryStore()
    >>> report = store.load(DataSet(DataSetInfo(id=ns + "data-x", title="X"), (Company(id=ns + "acme", label="Acme"),)))
    >>> report.data_sets[0].added
    1
    >>> bool(store.query("ASK { id:acme a ko:Entity }"))
    True
    """

    def __init__(self, *data_sets: DataSet, checked: bool = False) -> None:
        self._sets: tuple[DataSet, ...] = ()
        self._put(data_sets, checked=checked)

    @cached_property
    def _db(self) -> pyoxigraph.Store:  # type: ignore[override] # made when first asked: many answers need the records alone
        return _database(self._sets, checked=True)

    @property
    def data_sets(self) -> tuple[DataSet, ...]:
        """See Store."""
        return self._sets

    def load(self, *data_sets: DataSet, replace: bool = False) -> LoadReport:
        """See Store."""
        before = self._sets
        check_names(before, data_sets, replace=replace)
        data_sets, claims = kept_apart(before, data_sets)
        self._put(data_sets)
        loaded = {data_set.info.id for data_set in data_sets}
        changes = tuple(one for one in differences(before, self._sets) if one.id in loaded)
        notices = (*(notice for one in data_sets for notice in one.notices), *claims, *namesakes(before, data_sets))
        return LoadReport(changes, None, notices)

    def _put(self, data_sets: tuple[DataSet, ...], *, checked: bool = False) -> None:
        after = replaced(self._sets, data_sets)
        if checked:
            self.__dict__.pop("_db", None)
        else:
            self.__dict__["_db"] = _database(after, checked=False)
        self._sets = after
        self.__dict__.pop("_placed", None)

    def close(self) -> None:
        """Nothing to let go of."""


def _database(data_sets: tuple[DataSet, ...], *, checked: bool) -> pyoxigraph.Store:
    """A database in memory with all quads of these data sets."""
    db = pyoxigraph.Store()
    db.bulk_extend(assemble(data_sets, checked=checked))
    return db
