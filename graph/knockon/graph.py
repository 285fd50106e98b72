"""Graph: the thin face of everything below."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar, Unpack

from knockon.analysis.argument_types import checks_all_types, checks_types
from knockon.analysis.options import Options, RunOptions, WorldOptions, checks_options, resolve_options
from knockon.authoring.name_notices import look_alike_notice
from knockon.authoring.open import Version, comparable, is_whole, open_store, read_sources, read_version
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.authoring.rejects import Journal
from knockon.errors import UsageError
from knockon.model.dates import ALL, Calendar, written
from knockon.model.share_notices import shares_across
from knockon.sparql.limits import Limits
from knockon.store.base import Store
from knockon.store.folder import FolderStore, require

if TYPE_CHECKING:
    import networkx as nx
    import rdflib
    from pyvis.network import Network as PyvisNetwork

    from knockon.analysis.context import Context
    from knockon.analysis.explain.chains import ChainCheck
    from knockon.analysis.impact.compare import Comparison
    from knockon.analysis.impact.exposure import Exposure
    from knockon.analysis.mitigate.mitigation import Mitigation
    from knockon.analysis.records.data_sets import DataSetSummary
    from knockon.analysis.records.differences import Differences
    from knockon.analysis.records.evidence import EvidenceCheck
    from knockon.analysis.records.profile_answer import Profile
    from knockon.analysis.records.record import RecordDetails
    from knockon.analysis.records.schema import SchemaTerm
    from knockon.analysis.records.search import SearchResult
    from knockon.analysis.resolved_options import ResolvedOptions
    from knockon.analysis.structure.chokepoints_answer import Chokepoints
    from knockon.analysis.structure.concentration_answer import Concentration
    from knockon.analysis.structure.loops_answer import Loops
    from knockon.model import DataSet, Record, Shock, Statement
    from knockon.network.network import Network
    from knockon.present.answers import Explanation, ImpactReport
    from knockon.present.notebook import Page
    from knockon.present.page.page_data import Arrange
    from knockon.present.pandas_answers import Ranking, UncertaintyReport
    from knockon.query.answers import QueryAnswer
    from knockon.store.changes import LoadReport, RemoveReport, UndoReport
    from knockon.store.pointer import Revision

R = TypeVar("R", bound="Record")
Severity = str | float
#: Records of which a query of the library can be asked without a process of its own.
_FEW = 50_000


@checks_all_types
class Graph:
    """A store with questions to ask it.

    Questions about impact take the same options everywhere: ``model``
    (``leontief``, ``reach``, ``timeline`` or ``chance``) with its parameters
    (``eps``, ``cap``, ``horizon``, ``draws``, ...), ``facts_only``,
    ``financing``, ``stances``, ``as_of``, ``according_to``, ``without``.

    Every answer is as of a day: ``as_of`` is a date, an ISO string, ``"all"``
    (ignore dates) or None for today in UTC, which the environment variable
    ``SOURCE_DATE_EPOCH`` pins. Records that have ended before that day or have
    not begun are left out, counted and reported.

    >>> import knockon
    >>> graph = knockon.open()
    >>> report = graph.impact("data-reclassification")
    >>> report.loss("smart-city-administrators") >= report.loss("southeast-asian-retailers") > 0
    True
    """

    def __init__(self, store: Store) -> None:
        if not isinstance(store, Store):
            raise UsageError(f"a graph is made of a store, not of {type(store).__name__}; knockon.open(...) opens one")
        self.store = store
        self._contexts: dict[ResolvedOptions, Context] = {}
        self._calendar: Calendar | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        names = ", ".join(data_set.info.short_name for data_set in self.store.data_sets) or "empty"
        return f"<knockon.Graph {names}>"

    def __reduce__(self) -> NoReturn:
        raise UsageError(
            "a graph cannot be pickled or copied: its store is open; hand its name over and call knockon.open there again"
        )

    def close(self) -> None:
        """Let go of files and locks."""
        self.store.close()

    def load(
        self,
        *sources: str | Path,
        name: str = "",
        replace: bool = False,
        keep: int | None = None,
        options: ReadOptions = DEFAULTS,
    ) -> LoadReport:
        """Put data sets in (bundled names, folders, tables, YAML or RDF files, stores): all of them or, on any error, none.

        Parameters
        ----------
        sources
            Each takes the place of an earlier data set of its name.
        name
            A name for the data set of the one source, in place of that of its file.
        replace
            Let a data set take the place of one that was loaded from another place.
        keep
            How many earlier revisions a store folder keeps from now on (0 to 10, and 10 if nobody says).
        options
            How tables are read where they do not say it themselves.

        Raises
        ------
        InvalidData
            A source, or what the store would hold then, breaks the model.
        UsageError
            A data set of that name came from another place, or two sources have one name.

        Examples
        --------
        >>> import knockon
        >>> [str(change) for change in knockon.open("example").load("example").data_sets]
        ['example: 0 added, 0 changed, 0 removed, 88 unchanged']
        """
        if name and len(sources) != 1:
            raise UsageError("a name is for one source; load the others by themselves")
        new = read_sources(sources, options, name=name, present=self.store.data_sets)
        if isinstance(self.store, FolderStore):
            report = self.store.load(*new, replace=replace, keep=keep)
        elif keep is not None:
            raise UsageError("only a store folder keeps earlier revisions")
        else:
            report = self.store.load(*new, replace=replace)
        self._forget()
        alike = look_alike_notice(self.store.data_sets, {one.info.id for one in new}, listed=False)
        across = shares_across(self.store.data_sets, {one.info.id for one in new})
        return dataclasses.replace(report, notices=(*report.notices, *alike, *across))

    def remove(self, *names: str, keep: int | None = None) -> RemoveReport:
        """Take data sets out of a store folder; refused if records of other data sets refer to what would be gone.

        Parameters
        ----------
        names
            Names or IRIs of data sets, as ``data_sets`` lists them.
        keep
            How many earlier revisions to keep from now on (0 to 10).

        Raises
        ------
        NotFound
            There is no data set of that name.
        InvalidData
            References to what would be gone; each is listed.
        UsageError
            The graph is not a store folder.
        """
        report = self._folder().remove(*names, keep=keep)
        self._forget()
        return report

    def undo(self, to: int | None = None, *, keep: int | None = None) -> UndoReport:
        """Take back the last change of a store folder, whatever made it; a second undo takes back the first.

        Parameters
        ----------
        to
            The number of a revision to go back to instead, as ``history`` lists them; 0 is the empty store.
        keep
            How many earlier revisions to keep from now on (0 to 10).

        Raises
        ------
        UsageError
            There is nothing to take back, or the graph is not a store folder.
        NotFound
            No revision of that number is kept.
        """
        report = self._folder().undo(to, keep)
        self._forget()
        return report

    def history(self) -> tuple[Revision, ...]:
        """The current revision of a store folder and the earlier ones that it keeps, newest first.

        Raises
        ------
        UsageError
            The graph is not a store folder.
        """
        return self._folder().history

    def data_sets(self) -> tuple[DataSetSummary, ...]:
        """Return the data sets of the graph, each with counts, title, origin and the time it was loaded.

        Examples
        --------
        >>> import knockon
        >>> [(data_set.name, data_set.shocks) for data_set in knockon.open("example").data_sets()]
        [('example', 7)]
        """
        from knockon.analysis.records.data_sets import contents

        return contents(self._there())

    def diff(
        self, old: str | Path | int | None = None, new: str | Path | int | None = None, *, options: ReadOptions = DEFAULTS
    ) -> Differences:
        """Return what differs between two versions, by record and field; changes of evidence alone are counted apart.

        Parameters
        ----------
        old
            The number of a revision of this store folder, or a source: a store, a revision of one (``"store@2"``), a bundled
            data set, a folder or a file. None: the revision before the current one.
        new
            The same; None: this graph.
        options
            How tables are read; a column that an option names need be in one of the two only.

        Raises
        ------
        NotFound
            There is no such revision or source.
        UsageError
            The graph has no revision before the current one.
        """
        from knockon.analysis.records.differences import differences

        present, journal = self.store.data_sets, Journal(options)
        if new is None or (isinstance(new, str | Path) and is_whole(new)):
            # A file may speak of what the store declares that it is compared with.
            second = self._version(new, present, earlier=False, journal=journal)
            first = self._version(old, present or second.data_sets, earlier=True, journal=journal)
        else:
            first = self._version(old, present, earlier=True, journal=journal)
            second = self._version(new, present or (first.data_sets if first.whole else ()), earlier=False, journal=journal)
        journal.close()
        first, second = comparable(first, second)
        versions = not (first.whole or second.whole)
        return differences(first.data_sets, second.data_sets, old=first.name, new=second.name, as_versions=versions)

    def search(self, text: str, *, cls: str | None = None, top: int = 20) -> SearchResult:
        """Return the records that every word of a text occurs in, best first, whatever the case and the accents.

        Parameters
        ----------
        text
            Words, or parts of words, of labels, other names, ids, identifiers or comments.
        cls
            Only records of this class or one below it, such as ``Company`` or ``Shock``.
        top
            How many to return at most; 0 for all.

        Raises
        ------
        UsageError
            The text is empty, or there is no such class.

        Examples
        --------
        >>> import knockon
        >>> knockon.open("example").search("ASML", cls="Company", top=1).matches[0].name
        'asml'
        """
        from knockon.analysis.records.search import search

        return search(self._there(), text, cls=cls, top=top)

    def records(self, cls: type[R]) -> Iterator[R]:
        """Return the records of a class, its subclasses included, in the order of their IRIs.

        Parameters
        ----------
        cls
            The class, such as ``knockon.Company``.

        Examples
        --------
        >>> import knockon
        >>> next(knockon.open("example").records(knockon.Shock)).rdf_class
        'Shock'
        """
        return (record for record in self._there().records if isinstance(record, cls))

    def query(
        self,
        text: str | None = None,
        *,
        name: str | None = None,
        according_to: str | None = None,
        without: str | None = None,
        as_of: date | str | None = None,
        limits: Limits | None = Limits(),  # noqa: B008 - frozen
        **given: str,
    ) -> QueryAnswer:
        """The answer to SPARQL 1.1, or to a named query of the library with its parameters: a table.

        ``ko:loss(?shock, ?entity)`` (0..1) and ``ko:step(?shock, ?entity)``, unbound where nothing is lost, may be
        called in it: what the ``leontief`` model says, in the world that is asked. With ``as_of`` the query sees the
        records that hold on that day; without, it sees all of them, and the functions answer as of today.

        Within ``limits`` a text is answered in a process of its own, which ends where the query goes beyond one of them:
        a query from elsewhere can do no harm. ``limits=None`` answers in this process, without limits. A named query is
        answered in this process where that is known to be short: of bundled data, and of little data.

        Parameters
        ----------
        text
            A query in SPARQL 1.1; None where ``name`` is given.
        name
            The name of a query of the library.
        according_to, without, as_of
            As in :class:`WorldOptions`; see above for no ``as_of``.
        limits
            What the query may take; None: no limits.
        **given
            The parameters of the named query.

        Raises
        ------
        QuerySyntaxError
            It does not parse.
        LimitReached
            It takes more time, memory, rows or bytes than ``limits`` allow.
        UsageError
            ``as_of`` is no day, or a parameter is wrong.
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
        from knockon.query.answers import QueryAnswer
        from knockon.query.ask import ask_serialized
        from knockon.query.library import query_by_name, run

        world: WorldOptions = {"according_to": according_to, "without": without}
        # What is asked of all records needs no ground, which takes numpy and the models with it.
        narrowed = any(option is not None for option in (according_to, without, as_of))
        records_of: WorldOptions = {**world, "as_of": as_of if as_of is not None else ALL}
        losses_of: WorldOptions = {**world, "as_of": as_of}
        store = self._context(**records_of).store if narrowed else self._there()
        called = functions(lambda: self._context(**losses_of))
        if name is not None:
            own = limits == Limits() and (store.trusted or len(store.records) <= _FEW)
            return QueryAnswer(run(store, query_by_name(name), given, called, None if own else limits))
        return QueryAnswer(ask_serialized(store, text or "", None, called, limits))

    @checks_options
    def impact(
        self, shock: str | None = None, *, hit: Mapping[str, Severity] | None = None, **options: Unpack[Options]
    ) -> ImpactReport:
        """Return what a shock does: the loss of every entity with exact bounds, and why.

        Parameters
        ----------
        shock
            A shock of the graph by IRI, local name or label; None where ``hit`` is given.
        hit
            What is hit instead, each entity with a severity (a word or 0..1): ``{"nvidia": "high", "ios": 0.3}``.
        **options
            See :class:`Options`.

        Raises
        ------
        NotFound
            There is no such shock, entity or document; the message suggests similar names.
        UsageError
            An option is unknown or out of its range, or not exactly one of ``shock`` and ``hit`` is given.

        Examples
        --------
        >>> import knockon
        >>> round(knockon.open().impact(hit={"nvidia": 0.3}).loss("nvidia"), 2)
        0.3
        """
        from knockon.analysis.impact.impact import impacts
        from knockon.present.answers import ImpactReport

        context = self._context(**options)
        return ImpactReport.of(impacts(context, [self._shock(context, shock, hit)])[0])

    @checks_options
    def impacts(self, **options: Unpack[Options]) -> list[ImpactReport]:
        """Return what every shock of the graph does, in the order of their IRIs.

        Parameters
        ----------
        **options
            See :class:`Options`.

        Raises
        ------
        LimitReached
            So many shocks of so many entities do not fit into memory: ``each_impact`` gives one after another.
        UsageError
            An option is unknown or out of its range.

        Examples
        --------
        >>> import knockon
        >>> len(knockon.open("example").impacts())
        7
        """
        from knockon.analysis.impact.impact import impacts
        from knockon.present.answers import ImpactReport

        context = self._context(**options)
        return [ImpactReport.of(report) for report in impacts(context, context.shocks)]

    @checks_options
    def each_impact(self, **options: Unpack[Options]) -> Iterator[ImpactReport]:
        """Yield what every shock of the graph does, one after another: the reports of ``impacts``, in bounded memory.

        Parameters
        ----------
        **options
            See :class:`Options`.

        Raises
        ------
        UsageError
            An option is unknown or out of its range.

        Examples
        --------
        >>> import knockon
        >>> sum(len(report) for report in knockon.open().each_impact()) > 0
        True
        """
        from knockon.analysis.impact.impact import each_impact
        from knockon.present.answers import ImpactReport

        context = self._context(**options)
        return (ImpactReport.of(report) for report in each_impact(context, context.shocks))

    @checks_options
    def explain(
        self,
        shock: str | None,
        entity: str,
        *,
        hit: Mapping[str, Severity] | None = None,
        paths: int = 3,
        **options: Unpack[Options],
    ) -> Explanation:
        """Return why a shock reaches an entity: the causal tree, each edge with its evidence, and the most harmful paths.

        Parameters
        ----------
        shock
            A shock of the graph by IRI, local name or label; None where ``hit`` is given.
        entity
            The entity, by IRI, local name or label.
        hit
            What is hit instead, each entity with a severity (a word or 0..1): ``{"nvidia": "high", "ios": 0.3}``.
        paths
            How many of the most harmful paths to return.
        **options
            See :class:`Options`.

        Raises
        ------
        NotFound
            The shock does not reach the entity, or there is no such shock, entity or document.
        LimitReached
            The cap stopped the run before it reached the entity.
        UsageError
            An option is unknown or out of its range, ``paths`` is below 1, or not exactly one of ``shock`` and ``hit`` is
            given.

        Examples
        --------
        >>> import knockon
        >>> knockon.open().explain(None, "sensefoundry", hit={"inference-chips": "high"}).to_dict()["step"]
        2
        """
        from knockon.analysis.explain.explain import explain
        from knockon.present.answers import Explanation

        return Explanation.of(explain(self.impact(shock, hit=hit, **options), entity, paths))

    def save_shock(self, name: str, hit: Mapping[str, Severity]) -> Shock:
        """Keep a shock of one's own under a name, in the data set ``my-shocks`` of a store folder.

        Parameters
        ----------
        name
            The name of the shock.
        hit
            What is hit, each entity with a severity (a word or 0..1): ``{"nvidia": "high", "ios": 0.3}``.

        Raises
        ------
        NotFound
            There is no such entity.
        UsageError
            The graph is not a store folder, or another record has that name.
        """
        from knockon.analysis.records.own_shocks import save_shock

        shock = save_shock(self.store, name, self._shock(self._context(), None, hit))
        self._contexts.clear()
        return shock

    @checks_options
    def mitigate(
        self,
        shock: str | None,
        protect: str,
        *,
        hit: Mapping[str, Severity] | None = None,
        buffer_days: float = 30.0,
        criticality_step: float = 0.25,
        horizon: int = 365,
        pairs: int = 5_000,
        **options: Unpack[RunOptions],
    ) -> Mitigation:
        """Return what would soften a shock for one entity: every single change on the way to it, by the loss it saves.

        Parameters
        ----------
        shock
            A shock of the graph by IRI, local name or label; None where ``hit`` is given.
        protect
            The entity to protect, by IRI, local name or label.
        hit
            What is hit instead, each entity with a severity (a word or 0..1): ``{"nvidia": "high", "ios": 0.3}``.
        buffer_days
            The stock that is tried, in days.
        criticality_step
            By how much a numeric criticality (0..1) is lowered.
        horizon
            How far ahead time is computed, in days.
        pairs
            The most pairs of changes that are tried where no single change saves anything.
        **options
            See :class:`RunOptions`.

        Raises
        ------
        NotFound
            There is no such shock, entity or document; the message suggests similar names.
        UsageError
            A number is out of its range, the model is not ``leontief``, or not exactly one of ``shock`` and ``hit`` is given.

        Examples
        --------
        >>> import knockon
        >>> answer = knockon.open().mitigate("entity-list-chips", "sensefoundry")
        >>> all(change.saved >= 0 for change in answer.changes)
        True
        """
        from knockon.analysis.mitigate.mitigate import Limits, mitigate

        context = self._context(**options)
        limits = Limits(buffer_days, criticality_step, horizon, pairs)
        return mitigate(context, self._shock(context, shock, hit), protect, limits)

    @checks_options
    def compare(
        self,
        shock: str | None = None,
        other: str | None = None,
        *,
        hit: Mapping[str, Severity] | None = None,
        against: Options | None = None,
        before: Graph | None = None,
        **options: Unpack[Options],
    ) -> Comparison:
        """Return two answers side by side: of two shocks, of one shock under other options, or of one shock in two graphs.

        Parameters
        ----------
        shock
            The first shock, by IRI, local name or label.
        other
            The second shock.
        hit
            What is hit, in place of the second shock, or of the only one: ``{"nvidia": "high"}``.
        against
            Options of the second answer that differ: ``{"without": "doc-paper"}``.
        before
            Another graph, such as last month's (``knockon.open("store@2")``), on which the shock is computed first.
        **options
            See :class:`Options`.

        Raises
        ------
        NotFound
            There is no such shock, entity or document; the message suggests similar names.
        UsageError
            Not two answers are asked for, or an option is unknown or out of its range.

        Examples
        --------
        >>> import knockon
        >>> answer = knockon.open().compare("data-reclassification", against={"facts_only": True})
        >>> answer.counts.either >= answer.counts.both
        True
        """
        from knockon.analysis.impact.compare import compare
        from knockon.analysis.impact.impact import impacts

        shocks: list[tuple[str | None, Mapping[str, Severity] | None]] = [
            (one, None) for one in (shock, other) if one is not None
        ]
        shocks += [(None, hit)] if hit is not None else []
        if before is not None:
            if len(shocks) != 1 or against:
                raise UsageError("with another graph before this one, name one shock and nothing else that differs")
            struck = self._shock(self._context(**options), *shocks[0])
            earlier = impacts(before._context(**options), [struck])[0]
            return compare(earlier, self.impact(shocks[0][0], hit=shocks[0][1], **options))
        if len(shocks) not in ((1, 2) if against else (2,)):
            raise UsageError("name two shocks (one of them may be what is hit), or one and what differs in the second answer")
        if not all(isinstance(name, str) for name in against or ()):
            raise UsageError("against names options, such as {'without': 'doc-paper'}")
        (first, first_hit), (second, second_hit) = shocks[0], shocks[-1]
        changed_options: Options = {**options, **(against or {})}
        changed = self.impact(second, hit=second_hit, **changed_options)
        return compare(self.impact(first, hit=first_hit, **options), changed)

    @checks_options
    def entity(self, name: str, **options: Unpack[Options]) -> Statement:
        """Return the entity or measure that a name stands for.

        Parameters
        ----------
        name
            An IRI, local name or label.
        **options
            See :class:`Options`.

        Raises
        ------
        NotFound
            There is no such entity or document; the message suggests similar names.
        UsageError
            An option is unknown or out of its range.

        Examples
        --------
        >>> import knockon
        >>> knockon.open().entity("nvidia").rdf_class
        'Company'
        """
        return self._context(**options).entity(name)

    @checks_options
    def uncertainty(
        self,
        shock: str | None = None,
        *,
        hit: Mapping[str, Severity] | None = None,
        draws: int = 1024,
        seed: int = 0,
        sampling: str = "lhs",
        shape: str = "triangular",
        draws_per: str = "word",
        threshold: float = 0.5,
        top: int = 5,
        **options: Unpack[RunOptions],
    ) -> UncertaintyReport:
        """Return how the losses of a shock spread when its words are drawn from their intervals, and what they depend on
        most.

        Parameters
        ----------
        shock
            A shock of the graph by IRI, local name or label; None where ``hit`` is given.
        hit
            What is hit instead, each entity with a severity (a word or 0..1): ``{"nvidia": "high", "ios": 0.3}``.
        draws, seed
            The number of draws, and the seed; ``sobol`` takes powers of two.
        sampling
            ``lhs`` (Latin hypercube) or ``sobol``.
        shape
            ``triangular``, with its peak at the point of the interval, or ``uniform``.
        draws_per
            ``word``: all links of a word share one number in a draw. ``link``: each link and hit has its own.
        threshold
            The loss (0..1) from which a draw counts towards ``threshold_probability``.
        top
            The number of greatest losses among which ``top_probability`` counts an entity.
        **options
            See :class:`RunOptions`.

        Raises
        ------
        NotFound
            There is no such shock, entity or document; the message suggests similar names.
        UsageError
            A number is out of its range, the model is not ``leontief``, ``sobol`` has too many uncertain values, or not
            exactly one of ``shock`` and ``hit`` is given.

        Examples
        --------
        >>> import knockon
        >>> report = knockon.open().uncertainty("entity-list-chips", draws=64)
        >>> spread = report.by_id["sensefoundry"]
        >>> spread.loss_low <= spread.loss_median <= spread.loss_high
        True
        """
        from knockon.analysis.uncertainty.uncertainty import SamplingPlan, uncertainty
        from knockon.present.pandas_answers import UncertaintyReport

        drawing = SamplingPlan(draws, seed, sampling, shape, draws_per, threshold, top)
        context = self._context(**options)
        return UncertaintyReport.of(uncertainty(context, self._shock(context, shock, hit), drawing))

    @checks_options
    def exposure(self, entity: str, **options: Unpack[Options]) -> Exposure:
        """Return the loss of one entity under every shock, worst first.

        Parameters
        ----------
        entity
            The entity, by IRI, local name or label.
        **options
            See :class:`Options`.

        Raises
        ------
        NotFound
            There is no such entity or document; the message suggests similar names.
        UsageError
            An option is unknown or out of its range.

        Examples
        --------
        >>> import knockon
        >>> knockon.open().exposure("sensefoundry").to_dict()["id"]
        'sensefoundry'
        """
        from knockon.analysis.impact.exposure import exposure

        return exposure(self._context(**options), entity)

    @checks_options
    def profile(self, entity: str, **options: Unpack[Options]) -> Profile:
        """Return the answers to eight questions about an entity and its parts, each line with its sources.

        Parameters
        ----------
        entity
            The entity, by IRI, local name or label.
        **options
            See :class:`Options`.

        Raises
        ------
        NotFound
            There is no such entity or document; the message suggests similar names.
        UsageError
            An option is unknown or out of its range.

        Examples
        --------
        >>> import knockon
        >>> knockon.open().profile("nvidia").to_dict()["id"]
        'nvidia'
        """
        from knockon.analysis.records.profile import profile

        return profile(self._context(**options), entity)

    @checks_options
    def chains(self, **options: Unpack[Options]) -> tuple[ChainCheck, ...]:
        """Return each documented chain, compared with the computed cascade.

        Parameters
        ----------
        **options
            See :class:`Options`.

        Raises
        ------
        NotFound
            There is no such document.
        UsageError
            An option is unknown or out of its range.

        Examples
        --------
        >>> import knockon
        >>> all(chain.tested >= chain.reached for chain in knockon.open().chains())
        True
        """
        from knockon.analysis.explain.chains import chains

        return chains(self._context(**options))

    @checks_options
    def chokepoints(
        self,
        entity: str,
        *,
        threshold: float = 0.5,
        order: int = 3,
        leaves: bool = False,
        limit: int = 20_000,
        **options: Unpack[RunOptions],
    ) -> Chokepoints:
        """Return what must fail for an entity to fail: single points, smallest sets, and where every path passes.

        Parameters
        ----------
        entity
            The entity, by IRI, local name or label.
        threshold
            The entity has failed when it loses this share or more (above 0, at most 1).
        order
            The most nodes in a set (1 to 3).
        leaves
            Let only ultimate sources be members of sets.
        limit
            The most sets of one size that are tried; beyond it the answer is ``truncated``.
        **options
            See :class:`RunOptions`.

        Raises
        ------
        NotFound
            There is no such entity or document; the message suggests similar names.
        UsageError
            A number is out of its range, or the model is not ``leontief``.

        Examples
        --------
        >>> import knockon
        >>> knockon.open().chokepoints("sensefoundry").threshold
        0.5
        """
        from knockon.analysis.structure.chokepoints import chokepoints

        context = self._context(**options)
        return chokepoints(context, entity, threshold=threshold, order=order, leaves=leaves, limit=limit)

    @checks_options
    def loops(
        self,
        *,
        through: str | None = None,
        length: int = 8,
        supposing: Iterable[tuple[str, str]] = (),
        most: int = 10_000,
        **options: Unpack[Options],
    ) -> Loops:
        """Return the loops of dependencies, strongest first, each link with its evidence.

        Parameters
        ----------
        through
            Only loops through this entity (IRI, local name or label).
        length
            The most entities in a loop.
        supposing
            Links (dependant, need) that are assumed to exist with an unknown criticality.
        most
            The most loops that are listed.
        **options
            See :class:`Options`.

        Raises
        ------
        NotFound
            There is no such entity or document; the message suggests similar names.
        UsageError
            A number is below 1, a supposed link is not a pair of names, or an option is unknown or out of its range.

        Examples
        --------
        >>> import knockon
        >>> loops = knockon.open().loops(financing=True, length=4).loops
        >>> all(0 <= loop.strength_low <= loop.strength <= 1 for loop in loops)
        True
        """
        from knockon.analysis.structure.loops import find_loops

        context = self._context(**options)
        return find_loops(context, through=through, length=length, supposing=tuple(supposing), most=most)

    @checks_options
    def concentration(self, of: str | None = None, **options: Unpack[Options]) -> Concentration:
        """Return how concentrated the suppliers of each need are, most concentrated first.

        Parameters
        ----------
        of
            Only what this entity needs, or what is needed of it (IRI, local name or label).
        **options
            See :class:`Options`.

        Raises
        ------
        NotFound
            There is no such entity or document; the message suggests similar names.
        UsageError
            An option is unknown or out of its range.

        Examples
        --------
        >>> import knockon
        >>> all(0 <= slot.hhi_low <= slot.hhi <= 10_000 for slot in knockon.open().concentration().slots)
        True
        """
        from knockon.analysis.structure.concentration import concentration

        return concentration(self._context(**options), of)

    @checks_options
    def network(self, **options: Unpack[Options]) -> Network:
        """Return the compiled network that the models run on; its ``origin`` is the revision of the data it is compiled from.

        Parameters
        ----------
        **options
            See :class:`Options`.

        Raises
        ------
        UsageError
            An option is unknown or out of its range.

        Examples
        --------
        >>> import knockon
        >>> network = knockon.open("example").network()
        >>> len(network.nodes) == network.size
        True
        """
        context = self._context(**options)
        return dataclasses.replace(context.compiled().network, origin=context.world.base.revision)

    @checks_options
    def rank(self, model: str = "leontief", **options: Any) -> Ranking:
        """Close every entity in turn, and rank all by the mean loss (0..1) of the others.

        Parameters
        ----------
        model
            Only ``leontief``: ``esri`` and ``debtrank`` need a table of flows, see ``knockon rank``.
        **options
            ``eps`` and ``cap`` as for ``impact``, and those of :class:`WorldOptions`.

        Raises
        ------
        UsageError
            The model needs flows, or an option is unknown or out of its range.

        Examples
        --------
        >>> import knockon
        >>> knockon.open("example").rank().rows(1)[0]["rank"]
        1
        """
        from knockon.analysis.rank.rank import rank
        from knockon.present.pandas_answers import Ranking

        numbers = {name: options.pop(name) for name in ("eps", "cap") if name in options}
        as_of = written(resolve_options(**options).record_filter.as_of)
        return Ranking.of(rank(self.network(**{**options, "as_of": as_of}), model, as_of=as_of, **numbers))

    @checks_options
    def explore(
        self,
        shock: str | None = None,
        *,
        hit: Mapping[str, Severity] | None = None,
        compare: str | None = None,
        centre: str | None = None,
        depth: int = 2,
        limit: int = 5_000,
        arrange: Arrange | None = None,
        **options: Unpack[Options],
    ) -> Page:
        """Return one self-contained HTML page of the graph, with the cascade of a shock, and of a second to compare it with.

        Of a graph with more than ``limit`` entities the page of a shock shows those that lose most; the page states what it
        leaves out. The page is a string; a notebook shows it.

        Parameters
        ----------
        shock
            A shock of the graph by IRI, local name or label; None where ``hit`` is given.
        hit
            What is hit instead, each entity with a severity (a word or 0..1): ``{"nvidia": "high", "ios": 0.3}``.
        compare
            A second shock.
        centre
            An entity to show with what is near it.
        depth
            How many steps from ``centre`` are shown.
        limit
            The most entities that are drawn.
        arrange
            The function that gives entities their places; by default ``present.page.layout.positions``.
        **options
            See :class:`Options`.

        Raises
        ------
        NotFound
            There is no such shock, entity or document; the message suggests similar names.
        UsageError
            There is a second shock but no first one, the graph is too large for a page without ``shock`` or ``centre``, or an
            option is unknown or out of its range.
        """
        from knockon.present.notebook import Page
        from knockon.present.page.explorer import page
        from knockon.present.page.layout import positions
        from knockon.present.page.worlds import explored

        def made(**world: Any) -> Context:
            # The day of the page, also where it ends while the page is made.
            return self._context(**{**options, "as_of": written(context.options.record_filter.as_of), **world})

        title = ", ".join(data_set.info.title for data_set in self.store.data_sets) or "Empty graph"
        context = self._context(**options)
        first = self._shock(context, shock, hit) if shock is not None or hit is not None else None
        data = explored(
            context, made, title=title, shock=first, compare=compare, centre=centre, depth=depth, limit=limit,
            arrange=arrange or positions, days=options.get("as_of") is None or context.options.record_filter.as_of is None,
        )  # fmt: skip
        return Page(page(data), data["title"], data.get("left_out"))

    @checks_options
    def report(
        self,
        shock: str | None = None,
        *,
        hit: Mapping[str, Severity] | None = None,
        protect: str | None = None,
        **options: Unpack[Options],
    ) -> str:
        """Return one HTML page on a shock that can be handed on.

        Parameters
        ----------
        shock
            A shock of the graph by IRI, local name or label; None where ``hit`` is given.
        hit
            What is hit instead, each entity with a severity (a word or 0..1): ``{"nvidia": "high", "ios": 0.3}``.
        protect
            The entity whose choke points and remedies are shown; None: the revenue, or else the product or company, that is
            hit most.
        **options
            See :class:`Options`.

        Raises
        ------
        NotFound
            There is no such shock, entity or document; the message suggests similar names.
        UsageError
            An option is unknown or out of its range, or not exactly one of ``shock`` and ``hit`` is given.
        """
        from knockon.analysis.report.report import gather
        from knockon.present.report.page import page

        return page(gather(self.impact(shock, hit=hit, **options), protect))

    def schema(self) -> tuple[SchemaTerm, ...]:
        """Return the classes in use, then the properties, with their counts: the most used first."""
        from knockon.analysis.records.schema import schema

        return schema(self._there())

    def show(self, name: str) -> RecordDetails:
        """Return a record: what it says, and which records name it.

        Parameters
        ----------
        name
            Its IRI, local name or label.

        Raises
        ------
        NotFound
            There is no such record; the message suggests similar names.

        Examples
        --------
        >>> import knockon
        >>> knockon.open("example").show("asml").cls
        'Company'
        """
        from knockon.analysis.records.record import show

        return show(self._there(), name)

    def check_evidence(self, documents: str | Path, inventory: str | Path | None = None) -> EvidenceCheck:
        """Compare every span with the documents in a folder, and with an inventory of facts.

        Parameters
        ----------
        documents
            The folder with the documents; one is recognised by the SHA-256 of its file.
        inventory
            A JSON file: lists of objects with ``id`` and ``evidence`` of ``start`` and ``end`` in a file called ``seed`` or
            ``file``.

        Raises
        ------
        NotFound
            There is no such folder or inventory.
        InvalidData
            The inventory is not one.
        """
        from knockon.analysis.records.evidence import check

        return check(self._there(), Path(documents), Path(inventory) if inventory else None)

    def export(self, path: str | Path) -> None:
        """Write the whole graph as an RDF file; the same bytes for the same content.

        Parameters
        ----------
        path
            The file; its ending names the format, such as ``.ttl`` or ``.nq``.

        Raises
        ------
        UsageError
            The ending names no format of RDF.
        """
        from knockon.store.files import write_file

        write_file(self._there().quads(), Path(path))

    def to_rdflib(self) -> rdflib.Dataset:
        """A copy as an rdflib Dataset."""
        from knockon.rdf.rdflib_export import to_rdflib

        return to_rdflib(self._there().quads())

    def to_networkx(self) -> nx.MultiDiGraph:
        """The dependencies as a networkx.MultiDiGraph, from dependant to need and provider."""
        from knockon.present.network_export import to_networkx

        return to_networkx(self._there().records)

    def to_pyvis(self) -> PyvisNetwork:
        """The dependencies as the Network of pyvis, positions set."""
        from knockon.present.network_export import to_pyvis

        return to_pyvis(self._there().records)

    def _version(
        self, given: str | Path | int | None, present: Sequence[DataSet], *, earlier: bool, journal: Journal
    ) -> Version:
        if isinstance(given, str | Path):
            return read_version(given, present, journal)
        if given is None and not earlier:
            folder = self.store.folder if isinstance(self.store, FolderStore) else None
            return Version(str(folder or "this graph"), self._there().data_sets, folder is not None)
        store = self._folder()
        if given is None:
            given = store.before()
        return Version(f"{store.folder}@{given}", store.at(given), True)

    def _folder(self) -> FolderStore:
        if isinstance(self.store, FolderStore):
            return self.store
        raise UsageError("bundled data and files have no history; load them into a store: knockon load DATA --store FOLDER")

    def _there(self) -> Store:
        return require(self.store) if isinstance(self.store, FolderStore) else self.store

    @staticmethod
    def _shock(context: Context, shock: str | None, hit: Mapping[str, Severity] | None) -> Shock:
        """A shock of the graph by name, or one made of what it hits: one of the two, never both."""
        if (shock is None) == (hit is None):
            raise UsageError("name a shock, or give what is hit as hit={'NAME': 'high'}: one of the two")
        for what, given, kind in (("shock", shock, str), ("hit", hit, Mapping)):
            if given is not None and not isinstance(given, kind):
                ways = "a shock is given by its name, and what is hit as hit={'NAME': 'high'} or hit={'NAME': 0.4}"
                raise UsageError(f"{what}={given!r}: {ways}")
        if shock is not None:
            return context.shock(shock)
        return context.shock_from([(str(name), str(severity)) for name, severity in (hit or {}).items()])

    def _forget(self) -> None:
        """Let go of what was made of the records as they were."""
        self._contexts.clear()
        self._calendar = None

    def _context(self, **options: Unpack[Options]) -> Context:
        from knockon.analysis.context import Context

        resolved = resolve_options(**options)
        store, record_filter = self._there(), resolved.record_filter
        if record_filter.as_of is not None and self._calendar is None:
            self._calendar = Calendar.of(store.records)
        # One context serves all days between two dates in the data.
        day = self._calendar.interval(record_filter.as_of) if self._calendar else record_filter.as_of
        key = dataclasses.replace(resolved, record_filter=dataclasses.replace(record_filter, as_of=day))
        context = self._contexts.get(key)
        if context is None:
            context = Context(store, resolved, self._calendar)
        elif context.options != resolved:
            context = context.with_options(resolved)
        self._contexts[key] = context
        return context


@checks_types
def open(  # noqa: A001 - knockon.open, as gzip.open
    source: str | Path | None = None, *, write: bool = False, options: ReadOptions = DEFAULTS
) -> Graph:
    """Open a bundled data set, a data set folder or file, or a store folder.

    Parameters
    ----------
    source
        The name of a bundled data set, or the path of a folder or file; None: the bundled data set ``sensetime``.
    write
        Let a path where nothing exists become a store on disk with the first ``load``. Other processes cannot write to the
        store until ``close``.
    options
        How a table is read where it does not state it itself.

    Returns
    -------
    Graph
        The graph, to be closed by ``close`` or a ``with`` statement.

    Raises
    ------
    NotFound
        Nothing is called so, and ``write`` is not given; the nearest bundled names are given.
    UsageError
        A folder that holds no store, and ``write`` is not given.
    InvalidData
        A file or folder that breaks the model.

    Examples
    --------
    >>> open("sensetime")
    <knockon.Graph sensetime>
    """
    return Graph(open_store(source, write=write, options=options))


__all__ = ["Graph", "open", "resolve_options"]
