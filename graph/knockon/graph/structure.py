"""Methods of Graph about the structure of its network, whatever the shock."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Unpack

from knockon.analysis.options import Options, RoundOptions, RunOptions, WorldOptions, resolve_options
from knockon.graph.base import GraphBase, public_methods
from knockon.model.dates import written

if TYPE_CHECKING:
    from decimal import Decimal

    from knockon.analysis.lists.covered_answer import Covered
    from knockon.analysis.lists.ownership_loops import OwnershipLoops
    from knockon.analysis.structure.chokepoints_answer import Chokepoints
    from knockon.analysis.structure.concentration_answer import Concentration
    from knockon.analysis.structure.dependency_paths import DependencyPaths
    from knockon.analysis.structure.loops_answer import Loops
    from knockon.analysis.structure.neighbours import Neighbours
    from knockon.network.network import Network
    from knockon.present.pandas_answers import Ranking


@public_methods
class StructureMethods(GraphBase):
    """How the entities of a graph depend on each other."""

    def network(self, **options: Unpack[Options]) -> Network:
        """Return the compiled network that the models run on.

        Returns
        -------
        Network
            Its ``origin`` is the revision of the data from which it is compiled.

        Examples
        --------
        >>> import knockon
        >>> network = knockon.open("chips").network()
        >>> len(network.nodes) == network.entities
        True
        """
        context = self._network_base()._context(**options)
        return dataclasses.replace(context.compiled().network, origin=context.world.by_evidence.revision)

    def _network_without_origin(self, **options: Unpack[Options]) -> Network:
        """Return the network without the revision of the data, for which all records of a store are read."""
        return self._network_base()._context(**options).compiled().network

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
        """Return which failures make an entity fail.

        Parameters
        ----------
        threshold
            The entity has failed when it loses this share or more (above 0, at most 1).
        order
            The most nodes in a set (1 to 3).
        leaves
            Let only ultimate sources be members of sets.
        limit
            The most sets of one size that are tried; beyond it the answer is ``truncated``.

        Returns
        -------
        Chokepoints
            Single points, smallest sets, and the entities through which every path passes.

        Raises
        ------
        UsageError
            The model is not ``leontief``, or ``threshold``, ``order`` or ``limit`` is out of its range.
        LimitReached
            So many entities may cost it the threshold that to close each in turn would take hours.

        Examples
        --------
        >>> import knockon
        >>> knockon.open().chokepoints("sensefoundry").threshold
        0.5
        """
        from knockon.analysis.structure.chokepoints import chokepoints

        context = self._context(entity, **options)
        return chokepoints(context, entity, threshold=threshold, order=order, leaves=leaves, limit=limit)

    def neighbours(self, entity: str, **options: Unpack[Options]) -> Neighbours:
        """Return the links of an entity: what it needs, what needs it, its stakes and other relations.

        Returns
        -------
        Neighbours
            The links that pass on the greatest part of a loss first, each with its evidence.

        Examples
        --------
        >>> import knockon
        >>> [link.provider for link in knockon.open().neighbours("gpu-compute").needs]
        ['https://w3id.org/knockon/id/nvidia']
        """
        from knockon.analysis.structure.neighbours import neighbours

        return neighbours(self._context(entity, **options), entity)

    def paths(
        self, entity: str, source: str, *, length: int = 8, most: int = 100, **options: Unpack[Options]
    ) -> DependencyPaths:
        """Return the chains of dependencies by which an entity rests on another one.

        Parameters
        ----------
        source
            The entity on which it may rest, by IRI, local name or label.
        length
            The most links of a chain.
        most
            The most chains that are listed.

        Returns
        -------
        DependencyPaths
            The shortest chains first, each link with its evidence.

        Raises
        ------
        UsageError
            A number is below 1, or both names mean the same entity.

        Examples
        --------
        >>> import knockon
        >>> knockon.open().paths("sensefoundry", "nvidia").paths[0].ids
        ('sensefoundry', 'ai-inference', 'advanced-chips', 'nvidia')
        """
        from knockon.analysis.structure.dependency_paths import find_paths

        return find_paths(self._context(entity, source, **options), entity, source, length=length, most=most)

    def loops(
        self,
        *,
        through: str | None = None,
        length: int = 8,
        supposing: Iterable[tuple[str, str]] = (),
        most: int = 10_000,
        **options: Unpack[Options],
    ) -> Loops:
        """Return the loops of dependencies.

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

        Returns
        -------
        Loops
            The strongest first, each link with its evidence.

        Raises
        ------
        UsageError
            A number is below 1, or a supposed link is not a pair of names.

        Examples
        --------
        >>> import knockon
        >>> loops = knockon.open().loops(financing=True, length=4).loops
        >>> all(0 <= loop.strength_low <= loop.strength <= 1 for loop in loops)
        True
        """
        from knockon.analysis.structure.loops import find_loops

        context = self._context(through, **options)
        return find_loops(context, through=through, length=length, supposing=tuple(supposing), most=most)

    def ownership_loops(
        self, *, through: str | None = None, length: int = 8, most: int = 10_000, **options: Unpack[Options]
    ) -> OwnershipLoops:
        """Return the circles of ownership: organizations that own each other, directly or through others.

        Parameters
        ----------
        through
            Only circles through this organization (IRI, local name or label).
        length
            The most organizations in a circle.
        most
            The most circles that are listed.

        Returns
        -------
        OwnershipLoops
            Those of the greatest shares first, each stake with its evidence.

        Raises
        ------
        UsageError
            A number is below 1.

        Examples
        --------
        >>> import knockon
        >>> knockon.open("chips").ownership_loops().loops
        ()
        """
        from knockon.analysis.lists.ownership_loops import ownership_loops

        return ownership_loops(self._context(through, **options), through=through, length=length, most=most)

    def covered(
        self,
        measure: str | None = None,
        entity: str | None = None,
        *,
        rule: Decimal | str | float | None = None,
        strict: bool = False,
        every: bool = False,
        **options: Unpack[WorldOptions],
    ) -> Covered:
        """Return whom the lists of measures cover, by name and by ownership.

        A rule of ownership (a record) extends a list to organizations of which covered parties together hold, each directly,
        a share or more; who is covered counts with its full stake. Shares that are not known make ranges: the verdict is
        ``covered`` or ``not covered`` where nothing unknown could change it, else ``cannot tell``.

        Parameters
        ----------
        measure
            The measure by IRI, local name or label; None: every one that names somebody, or that a rule extends.
        entity
            Only this entity, with the owners on which its verdict rests.
        rule
            Suppose a rule from this share (0..1) on, in place of those that are recorded: 0.5 is the 50 percent rule.
        strict
            Take nothing for granted: a stake whose record does not state that it is direct may be indirect, and an
            organization of which no owner is recorded may be owned by listed parties.
        every
            List also the organizations of which too little is recorded, though no record leads from the list to them.

        Returns
        -------
        Covered
            The lists with their rules, parties, verdicts, and what these rest on.

        Raises
        ------
        NotFound
            There is no such measure or entity; the message suggests similar names.
        UsageError
            The share of the rule is not above 0 and at most 1.

        References
        ----------
        Office of Foreign Assets Control: Revised guidance on entities owned by persons whose property is blocked, 2014.
        https://ofac.treasury.gov/media/6186/download?inline

        Examples
        --------
        >>> import knockon
        >>> graph = knockon.open("chips")
        >>> graph.covered("us-entity-list", "huawei").verdict
        'covered'
        """
        from knockon.analysis.lists.covered import covered

        return covered(self._context(measure, entity, **options), measure, entity, rule=rule, strict=strict, every=every)

    def concentration(self, of: str | None = None, **options: Unpack[Options]) -> Concentration:
        """Return how concentrated the suppliers of each need are.

        Parameters
        ----------
        of
            Only what this entity needs, or what is needed of it (IRI, local name or label).

        Returns
        -------
        Concentration
            Needs with their suppliers, the most concentrated first.

        Examples
        --------
        >>> import knockon
        >>> all(0 <= slot.hhi_low <= slot.hhi <= 10_000 for slot in knockon.open().concentration().slots)
        True
        """
        from knockon.analysis.structure.concentration import concentration

        return concentration(self._context(of, **options), of)

    def rank(self, model: str = "leontief", **options: Unpack[RoundOptions]) -> Ranking:
        """Close every entity in turn, and rank all by the mean loss (0..1) of the others.

        Parameters
        ----------
        model
            Only ``leontief``: ``esri`` and ``debtrank`` need a table of flows, see ``knockon rank``.

        Returns
        -------
        Ranking
            The entity whose failure costs the others most is the first.

        Raises
        ------
        UsageError
            The model needs flows.

        Examples
        --------
        >>> import knockon
        >>> knockon.open("chips").rank().rows(1)[0]["rank"]
        1
        """
        from knockon.analysis.rank.rank import rank
        from knockon.analysis.rank.runners import RankOptions
        from knockon.present.pandas_answers import Ranking

        stop: RankOptions = {}
        if "eps" in options:
            stop["eps"] = options.pop("eps")
        if "cap" in options:
            stop["cap"] = options.pop("cap")
        world: WorldOptions = options
        # One day for the network and the answer, also where the day ends meanwhile.
        world["as_of"] = as_of = written(resolve_options(**world).record_filter.as_of)
        return Ranking.of(rank(self._network_without_origin(**world), model, as_of=as_of, **stop))


__all__ = ["StructureMethods"]
