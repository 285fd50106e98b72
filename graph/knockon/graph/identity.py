"""Which entities of a graph may be one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knockon.errors import UsageError
from knockon.graph.base import GraphBase, public_methods

if TYPE_CHECKING:
    from knockon.analysis.records.identity_candidates import IdentityCandidates


@public_methods
class IdentityMethods(GraphBase):
    """Candidates for one identity, which people judge."""

    def resolve(
        self, *, least: float = 0.65, most: int = 10, between: bool = False, unsure: bool = False
    ) -> IdentityCandidates:
        """Return pairs of entities that may be one, by their names; identifiers and judgements decide before names.

        Parameters
        ----------
        least
            The least similarity of two names (0..1).
        most
            The most candidates of one entity.
        between
            Compare only entities of different data sets.
        unsure
            Return pairs that are judged unsure as well.

        Returns
        -------
        IdentityCandidates
            The pairs, the most similar first, and what was decided before names were compared. Their order does not depend on
            the order in which data sets were loaded.

        Raises
        ------
        UsageError
            ``least`` is not in 0..1, ``most`` is below 1, or rapidfuzz is not installed (the extra ``resolve``).

        Examples
        --------
        >>> import knockon
        >>> pair = knockon.open("chips").resolve().candidates[0]
        >>> pair.first_name, pair.score, pair.reason
        ('Applied Materials', 1.0, 'equal names')
        """
        from knockon.analysis.records.identity_candidates import identity_candidates

        if not 0 <= least <= 1:
            raise UsageError(f"least must be in 0..1, not {least:g}")
        if most < 1:
            raise UsageError(f"most is a number of candidates of one entity, not {most}")
        return identity_candidates(self._present_store(), least=least, most=most, between=between, unsure=unsure)


__all__ = ["IdentityMethods"]
