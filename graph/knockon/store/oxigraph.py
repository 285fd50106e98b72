"""The base class of stores on Oxigraph, and the store in memory; the store in a folder is in folder.py.

Databases, and what builds and asks them, are loaded at the first query: many answers need only the records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import count
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from knockon.errors import failing_with
from knockon.model import DataSet, ImpactRun
from knockon.model.dataset import KnownTargets, replace_data_sets
from knockon.store.base import Store
from knockon.vocabulary import ASSERTED, Stance

if TYPE_CHECKING:
    import pyoxigraph
    from pyoxigraph import Quad

    from knockon.sparql.answers import Answer, Function
    from knockon.sparql.selection import Selection
    from knockon.store.changes import LoadReport
    from knockon.worker.store_content import StoreContent

#: Numbers for the keys of contents of stores in memory.
_NUMBERS = count(1)


class OxigraphStore(Store):
    """The base class of stores on Oxigraph: queries."""

    _db: pyoxigraph.Store

    def query(
        self,
        text: str,
        substitutions: Mapping[str, str] | None = None,
        functions: Mapping[str, Function] | None = None,
    ) -> Answer:
        """See Store."""
        from knockon.sparql.database import Database

        return Database(self._db).query(text, substitutions, functions)

    def quads(self, subject: Any = None, predicate: Any = None, value: Any = None, graph: Any = None) -> Iterator[Quad]:
        """See Store."""
        from knockon.sparql.database import Database

        return Database(self._db).quads(subject, predicate, value, graph)


class MemoryStore(OxigraphStore):
    """A store that lives as long as the process.

    Parameters
    ----------
    data_sets
        Its data sets.
    checked
        Skip the checks between records, which were made before.
    trusted
        All data is bundled with the package.
    stances
        The stances of evidence from which links are derived.
    facts_only
        Derive no links from what is inferred.
    targets
        What target queries select, where they were answered before; those by no IRI belong to this store.

    Examples
    --------
    >>> from knockon.model import Company, DataSetInfo
    >>> ns = "https://w3id.org/knockon/id/"
    >>> store = MemoryStore()
    >>> report = store.load(DataSet(DataSetInfo(id=ns + "data-x", title="X"), (Company(id=ns + "acme", label="Acme"),)))
    >>> report.data_sets[0].added
    1
    >>> bool(store.query("ASK { id:acme a ko:Entity }"))
    True
    """

    def __init__(
        self,
        *data_sets: DataSet,
        checked: bool = False,
        trusted: bool = False,
        stances: frozenset[Stance] = ASSERTED,
        facts_only: bool = False,
        targets: KnownTargets = MappingProxyType({}),
    ) -> None:
        self._sets: tuple[DataSet, ...] = ()
        #: The stances of evidence from which links are derived.
        self.stances = stances
        #: Whether no links are derived from what is inferred.
        self.facts_only = facts_only
        self._put(data_sets, checked=checked)
        self._trusted = trusted
        #: What target queries select, as long as no other data is loaded.
        self.targets = targets

    @cached_property
    def _db(self) -> pyoxigraph.Store:  # type: ignore[override] # built at the first query: many answers need only the records
        return _database(self._sets, checked=True, stances=self.stances, facts_only=self.facts_only)

    def query_for_rows(self, text: str) -> Answer:
        """See Store. Where all data has not been asked yet, the part that a simple query can match is."""
        from knockon.sparql.database import Database
        from knockon.sparql.selection import selection_of

        selection = selection_of(text) if self._answers_from_parts else None
        if selection is None:
            return self.query(text)
        if selection not in self._parts:
            self._parts[selection] = self._part(selection)
        return Database(self._parts[selection]).query(text)

    def known_targets(self, query: str) -> Sequence[str] | None:
        """See Store."""
        return self.targets.get(frozenset(), {}).get(query)

    def prepare_rows(self, texts: Iterable[str]) -> None:
        """See Store. Simple queries then share one part of the data, which has what any of them can match."""
        if not self._answers_from_parts:
            return
        from knockon.sparql.selection import selection_of, union

        asked = {
            selection for text in texts if self.known_targets(text) is None and (selection := selection_of(text))
        } - self._parts.keys()
        if len(asked) > 1:
            self._parts |= dict.fromkeys(asked, self._part(union(asked)))

    def _part(self, selection: Selection) -> pyoxigraph.Store:
        import pyoxigraph

        from knockon.store.assembly import selected_quads

        part = pyoxigraph.Store()
        part.bulk_extend(selected_quads(self._sets, selection, self.stances, facts_only=self.facts_only))
        return part

    @property
    def _answers_from_parts(self) -> bool:
        """Whether the data was not yet read as a whole, and simple queries can do with less."""
        return "_db" not in self.__dict__ and not self._has_more_than_records

    @cached_property
    def _has_more_than_records(self) -> bool:
        """Whether there are triples of other vocabularies or stored runs, which no query of all data sees."""
        return any(
            data_set.extra or data_set.stated or any(isinstance(r, ImpactRun) for r in data_set.records)
            for data_set in self._sets
        )

    @property
    def data_sets(self) -> tuple[DataSet, ...]:
        """See Store."""
        return self._sets

    def load(self, *data_sets: DataSet, replace: bool = False) -> LoadReport:
        """See Store."""
        # Only what loads data needs these modules.
        from knockon.store.changes import LoadReport, check_names, differences, load_notices
        from knockon.store.conflicting_claims import rename_conflicting_claims

        before = self._sets
        check_names(before, data_sets, replace=replace)
        data_sets, claims = rename_conflicting_claims(before, data_sets)
        with failing_with("nothing was loaded"):
            self._put(data_sets)
        self._trusted, self.targets = False, {}
        loaded = {data_set.info.id for data_set in data_sets}
        changes = tuple(change for change in differences(before, self._sets) if change.id in loaded)
        return LoadReport(changes, None, load_notices(before, data_sets, claims))

    def _put(self, data_sets: tuple[DataSet, ...], *, checked: bool = False) -> None:
        after = replace_data_sets(self._sets, data_sets)
        if checked:
            self.__dict__.pop("_db", None)
        else:
            self.__dict__["_db"] = _database(after, checked=False, stances=self.stances, facts_only=self.facts_only)
        self._sets = after
        #: Databases with a part of the data, by what was selected.
        self._parts: dict[Selection, pyoxigraph.Store] = {}
        self._key = f"memory-{next(_NUMBERS)}"
        for name in ("_placed", "_has_more_than_records"):
            self.__dict__.pop(name, None)

    @property
    def trusted(self) -> bool:
        """See Store."""
        return self._trusted

    def content(self) -> StoreContent:
        """See Store."""
        from pyoxigraph import RdfFormat, serialize

        from knockon.store.assembly import assemble
        from knockon.worker.store_content import StoreContent

        quads = partial(assemble, self._sets, checked=True, stances=self.stances, facts_only=self.facts_only)
        # In the order in which the database of this process is built, so that rows have the same order.
        return StoreContent(self._key, lambda out: serialize(quads(), out, RdfFormat.N_QUADS))

    def close(self) -> None:
        """Do nothing, since nothing needs to be released."""


def _database(
    data_sets: tuple[DataSet, ...], *, checked: bool, stances: frozenset[Stance], facts_only: bool
) -> pyoxigraph.Store:
    """Build a database in memory with all quads of data sets."""
    import pyoxigraph

    from knockon.store.assembly import assemble

    db = pyoxigraph.Store()
    db.bulk_extend(assemble(data_sets, checked=checked, stances=stances, facts_only=facts_only))
    return db
