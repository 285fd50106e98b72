"""Methods of Graph about the structure of its network, whatever the shock."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Unpack

from knockon.analysis.options import Options, RoundOptions, RunOptions, WorldOptions, resolve_options
from knockon.graph.base import GraphBase, public_methods
from knockon.model.dates import written

if TYPE_CHECKING:
    from knockon.analysis.structure.chokepoints_answer import Chokepoints
    from knockon.analysis.structure.concentration_answer import Concentration
    from knockon.analysis.structure.loops_answer import Loops
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
        context = self._context(**options)
        return dataclasses.replace(context.compiled().network, origin=context.world.by_evidence.revision)

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

        Examples
        --------
        >>> import knockon
        >>> knockon.open().chokepoints("sensefoundry").threshold
        0.5
        """
        from knockon.analysis.structure.chokepoints import chokepoints

        context = self._context(entity, **options)
        return chokepoints(context, entity, threshold=threshold, order=order, leaves=leaves, limit=limit)

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
        return Ranking.of(rank(self.network(**world), model, as_of=as_of, **stop))


__all__ = ["StructureMethods"]
