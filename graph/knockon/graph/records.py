"""Methods of Graph about its records: finding, querying and showing them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, Unpack

from knockon.analysis.options import Options, WorldOptions
from knockon.graph.base import GraphBase, Severity, public_methods, shock_of
from knockon.model.dates import ALL
from knockon.sparql.limits import Limits
from knockon.store.base import ElsewhereStore, Store

if TYPE_CHECKING:
    from knockon.analysis.context import Context
    from knockon.analysis.records.evidence import EvidenceCheck
    from knockon.analysis.records.profile_answer import Profile
    from knockon.analysis.records.record import RecordDetails
    from knockon.analysis.records.schema import SchemaTerm
    from knockon.analysis.records.search import SearchResult
    from knockon.model import Record, Shock, Statement
    from knockon.query.answers import QueryAnswer

R = TypeVar("R", bound="Record")
#: The most records of which a query of the library is answered without a process of its own.
_SMALL_STORE = 50_000


@public_methods
class RecordMethods(GraphBase):
    """What the records of a graph say."""

    def search(self, text: str, *, cls: str | None = None, top: int = 20) -> SearchResult:
        """Return the records in which every word of a text occurs, whatever the case and the accents.

        Parameters
        ----------
        text
            Words, or parts of words, of labels, other names, ids, identifiers or comments.
        cls
            Only records of this class or one below it, such as ``Company`` or ``Shock``.
        top
            How many to return at most; 0 for all.

        Returns
        -------
        SearchResult
            The matches, best first, and how many there are.

        Raises
        ------
        UsageError
            The text is empty, or there is no such class.

        Examples
        --------
        >>> import knockon
        >>> knockon.open("chips").search("ASML", cls="Company", top=1).matches[0].name
        'asml'
        """
        from knockon.analysis.records.search import search

        return search(self._record_index(), text, cls=cls, top=top)

    def records(self, cls: type[R]) -> Iterator[R]:
        """Return the records of a class, its subclasses included.

        Parameters
        ----------
        cls
            The class, such as ``knockon.Company``.

        Returns
        -------
        iterator of Record
            In the order of their IRIs.

        Examples
        --------
        >>> import knockon
        >>> next(knockon.open("chips").records(knockon.Shock)).rdf_class
        'Shock'
        """
        return (record for record in self._present_store().records if isinstance(record, cls))

    def entity(self, name: str, **options: Unpack[Options]) -> Statement:
        """Return the entity or measure that has a name.

        Parameters
        ----------
        name
            An IRI, local name or label.

        Returns
        -------
        Statement
            The record.

        Examples
        --------
        >>> import knockon
        >>> knockon.open().entity("nvidia").rdf_class
        'Company'
        """
        return self._context(name, **options).entity(name)

    def show(self, name: str) -> RecordDetails:
        """Return a record: its fields, and the records that refer to it.

        Parameters
        ----------
        name
            Its IRI, local name or label.

        Returns
        -------
        RecordDetails
            The values of its fields, its sources, and the records that refer to it.

        Raises
        ------
        NotFound
            There is no such record; the message suggests similar names.

        Examples
        --------
        >>> import knockon
        >>> knockon.open("chips").show("asml").cls
        'Company'
        """
        from knockon.analysis.records.record import show

        return show(self._record_index(), name)

    def profile(self, entity: str, **options: Unpack[Options]) -> Profile:
        """Return the answers to eight questions about an entity and its parts.

        Returns
        -------
        Profile
            The sections, each line with its sources.

        Examples
        --------
        >>> import knockon
        >>> knockon.open().profile("nvidia").to_dict()["id"]
        'nvidia'
        """
        from knockon.analysis.records.profile import profile

        return profile(self._context(entity, **options), entity)

    def query(
        self,
        text: str | None = None,
        *,
        name: str | None = None,
        according_to: str | None = None,
        without: str | None = None,
        min_confidence: float | None = None,
        as_of: date | str | None = None,
        limits: Limits | None = Limits(),  # noqa: B008 - frozen
        **given: str,
    ) -> QueryAnswer:
        """Return the answer to SPARQL 1.1, or to a named query of the library with its parameters, as a table.

        A query may call ``ko:loss(?shock, ?entity)`` (0..1) and ``ko:step(?shock, ?entity)``, which are unbound where
        nothing is lost: what the ``leontief`` model computes in the world that is asked. With ``as_of`` the query sees the
        records that are valid on that day; without it, all records, and the functions answer as of today.

        Within ``limits`` a text is answered in a process of its own, which ends where the query exceeds one of them: a query
        of unknown origin can do no harm. ``limits=None`` answers in this process, without limits. A named query is
        answered in this process where that is known to be fast: on bundled data, and on few records.

        Parameters
        ----------
        text
            A query in SPARQL 1.1; None where ``name`` is given.
        name
            The name of a query of the library.
        according_to, without, min_confidence, as_of
            As in ``knockon.WorldOptions``; see above for no ``as_of``.
        limits
            What the query may take; None: no limits.
        **given
            The parameters of the named query.

        Returns
        -------
        QueryAnswer
            The rows, the truth of an ASK, or the triples of a CONSTRUCT or DESCRIBE. Its ``notices`` name each ``ko:`` term
            of the text that the vocabulary does not have and, where nothing is found, what else the graph does not have: a
            misspelt name, a label without its language.

        Raises
        ------
        QuerySyntaxError
            The text is not SPARQL 1.1.
        ForbiddenQuery
            The query would change data, or read from other places than the graph.
        LimitReached
            It takes more time, memory, rows or bytes than ``limits`` allow.
        UsageError
            ``as_of`` is not a day, or a parameter is wrong.
        NotFound
            There is no such document or query.

        Examples
        --------
        >>> import knockon
        >>> worked = "ASK { id:xu-li ko:employedBy id:motorola }"
        >>> bool(knockon.open().query(worked)), bool(knockon.open().query(worked, as_of="2020-01-01"))
        (True, False)
        """
        from knockon.analysis.sparql_functions import functions
        from knockon.present.rows.query import answer_notes
        from knockon.query.answers import QueryAnswer
        from knockon.query.ask import ask_serialized
        from knockon.query.library import query_by_name, run

        world: WorldOptions = {"according_to": according_to, "without": without, "min_confidence": min_confidence}
        # A query of all records needs no context, which imports numpy and the models.
        narrowed = any(option is not None for option in (according_to, without, min_confidence, as_of))
        records_of: WorldOptions = {**world, "as_of": as_of if as_of is not None else ALL}
        losses_of: WorldOptions = {**world, "as_of": as_of}
        context = self._context(**records_of) if narrowed else None
        store = context.store if context else self._present_store()
        notes = _confidence_notes(context) if context else []
        called = functions(lambda: self._context(**losses_of))
        if name is not None:
            here = limits == Limits() and not isinstance(store, ElsewhereStore) and _is_fast(store)
            answer = run(store, query_by_name(name), given, called, None if here else limits)
            return QueryAnswer(answer, partial(answer_notes, store, "", notes))
        asked = text or ""
        return QueryAnswer(ask_serialized(store, asked, None, called, limits), partial(answer_notes, store, asked, notes))

    def schema(self) -> tuple[SchemaTerm, ...]:
        """Return the classes and properties that the data uses.

        Returns
        -------
        tuple of SchemaTerm
            First the classes, then the properties, each with its count; the most frequent first.

        Examples
        --------
        >>> import knockon
        >>> [term.name for term in knockon.open("chips").schema() if term.kind == "class"][0]
        'prov:Entity'
        """
        from knockon.analysis.records.schema import schema

        return schema(self._present_store())

    def check_evidence(self, documents: str | Path, inventory: str | Path | None = None) -> EvidenceCheck:
        """Compare every span with the documents in a folder, and with an inventory of facts.

        Parameters
        ----------
        documents
            The folder with the documents; each is recognised by the SHA-256 of its file.
        inventory
            A JSON file: lists of objects with ``id`` and ``evidence`` of ``start`` and ``end`` in a file called ``seed`` or
            ``file``.

        Returns
        -------
        EvidenceCheck
            The spans that are outside of their document or too long, and the records without evidence.

        Raises
        ------
        NotFound
            There is no such folder or inventory.
        InvalidData
            The inventory is not of that form.

        Examples
        --------
        >>> import tempfile, knockon
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     knockon.open("chips").check_evidence(folder).outside
        ()
        """
        from knockon.analysis.records.evidence import check

        return check(self._present_store(), Path(documents), Path(inventory) if inventory else None)

    def save_shock(self, name: str, hit: Mapping[str, Severity]) -> Shock:
        """Save a new shock in the data set ``my-shocks`` of a store folder.

        Parameters
        ----------
        name
            The name of the shock.
        hit
            What it hits, each entity with a severity (a word or 0..1): ``{"nvidia": "high", "ios": 0.3}``.

        Returns
        -------
        Shock
            The record that was saved.

        Raises
        ------
        NotFound
            There is no such entity.
        UsageError
            The graph is not a store folder, or another record has that name.

        Examples
        --------
        >>> import pathlib, tempfile, knockon
        >>> with tempfile.TemporaryDirectory() as folder, knockon.open(f"{folder}/store", write=True) as graph:
        ...     _ = pathlib.Path(folder, "mine.yaml").write_text("Company: {acme: {label: Acme}}")
        ...     _ = graph.load(f"{folder}/mine.yaml")
        ...     graph.save_shock("No more deliveries", {"acme": "high"}).label
        'No more deliveries'
        """
        from knockon.analysis.records.own_shocks import save_shock

        shock = save_shock(self.store, name, shock_of(self._context(), None, hit))
        self._clear_contexts()
        return shock


def _is_fast(store: Store) -> bool:
    """Return whether a query of the library is known to be fast on a store."""
    return store.trusted or len(store.records) <= _SMALL_STORE


def _confidence_notes(context: Context) -> list[str]:
    from knockon.present.caveats import confidence

    return confidence(context.options.parameters(), context.confidence)


__all__ = ["RecordMethods"]
