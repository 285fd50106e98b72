"""Methods of Graph about the losses that shocks cause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self, Unpack

from knockon.analysis.options import Options
from knockon.errors import UsageError
from knockon.graph.base import GraphBase, Severity, names_given, names_in, public_methods, shock_of

if TYPE_CHECKING:
    from knockon.analysis.engine_choice import EngineChoice
    from knockon.analysis.impact.compare import Comparison
    from knockon.analysis.impact.exposure import Exposure
    from knockon.analysis.impact.shock_reach import ShockReach
    from knockon.analysis.portfolio.portfolio import Portfolio
    from knockon.present.answers import ImpactReport


@public_methods
class ImpactMethods(GraphBase):
    """How much is lost."""

    def impact(
        self,
        shock: str | None = None,
        *,
        hit: Mapping[str, Severity] | None = None,
        what_if: Mapping[str, str] | None = None,
        given: Iterable[str] = (),
        portfolio: Portfolio | None = None,
        engine: str = "memory",
        memory: int | str | None = None,
        spill: str | Path | None = None,
        spill_limit: int | str | None = None,
        master: str | None = None,
        **options: Unpack[Options],
    ) -> ImpactReport:
        """Return the effects of a shock: the loss of every entity with exact bounds, and its cause.

        Returns
        -------
        ImpactReport
            The entities that lose something, the greatest loss first.

        Examples
        --------
        >>> import knockon
        >>> graph = knockon.open()
        >>> round(graph.impact(hit={"nvidia": 0.3}).loss("nvidia"), 2)
        0.3
        >>> before, after = (
        ...     graph.impact(hit={"gpu-compute": 1.0}, what_if=changes).loss("sensetime")
        ...     for changes in ({}, {"sensetime-gpu-compute": "source=0.5"})
        ... )
        >>> before > after
        True
        >>> chances = {"model": "chance", "draws": 200}
        >>> graph.impact(hit={"nvidia": 0.5}, given=["gpu-compute"], **chances).loss("nvidia")
        1.0
        """
        from knockon.analysis.engine_choice import EngineChoice

        chosen = EngineChoice.of(engine=engine, memory=memory, spill=spill, spill_limit=spill_limit, master=master)
        report = self._impact(
            shock, hit, *_held(portfolio), what_if=what_if, given=names_given(given), engine=chosen, **options
        )
        return _restricted(report, portfolio)

    def _impact(
        self,
        shock: str | None,
        hit: Mapping[str, Severity] | None,
        *names: str | None,
        what_if: Mapping[str, str] | None = None,
        given: tuple[str, ...] = (),
        engine: EngineChoice | None = None,
        **options: Unpack[Options],
    ) -> ImpactReport:
        """Return the impact of a shock, for a question that also names some entities."""
        from knockon.analysis.engine_choice import IN_MEMORY
        from knockon.analysis.impact.impact import impacts
        from knockon.graph.endpoint_impacts import endpoint_impact
        from knockon.present.answers import ImpactReport

        names = (*names, *given)
        if (report := endpoint_impact(self, shock, hit, *names, what_if=what_if, given=given, **options)) is not None:
            return ImpactReport.of(report)
        context = self._context(*names, *names_in(hit), what_if=what_if, given=given, **options)
        return ImpactReport.of(impacts(context, [shock_of(context, shock, hit)], engine or IN_MEMORY)[0])

    def impacts(self, *, portfolio: Portfolio | None = None, **options: Unpack[Options]) -> list[ImpactReport]:
        """Return the effects of every shock of the graph.

        Returns
        -------
        list of ImpactReport
            In the order of the IRIs of the shocks.

        Raises
        ------
        LimitReached
            All reports together do not fit into memory; ``each_impact`` returns one after another.

        Examples
        --------
        >>> import knockon
        >>> len(knockon.open("chips").impacts())
        23
        """
        from knockon.analysis.impact.impact import impacts
        from knockon.present.answers import ImpactReport

        context = self._context(*_held(portfolio), **options)
        return [_restricted(ImpactReport.of(report), portfolio) for report in impacts(context, context.shocks)]

    def each_impact(self, *, portfolio: Portfolio | None = None, **options: Unpack[Options]) -> Iterator[ImpactReport]:
        """Yield the effects of every shock of the graph, in bounded memory.

        Yields
        ------
        ImpactReport
            The reports of ``impacts``, one after another.

        Examples
        --------
        >>> import knockon
        >>> sum(len(report) for report in knockon.open().each_impact()) > 0
        True
        """
        from knockon.analysis.impact.impact import each_impact
        from knockon.present.answers import ImpactReport

        context = self._context(*_held(portfolio), **options)
        return (_restricted(ImpactReport.of(report), portfolio) for report in each_impact(context, context.shocks))

    def shocks(self, *, portfolio: Portfolio | None = None, **options: Unpack[Options]) -> tuple[ShockReach, ...]:
        """Return every shock of the graph, with its status and how far it reaches.

        Returns
        -------
        tuple of ShockReach
            In the order of the IRIs of the shocks.

        Examples
        --------
        >>> import knockon
        >>> knockon.open().shocks()[0]
        <ShockReach ai-bubble-bursts: 'The AI bubble bursts', Potential; 1 affected, 0 beyond the hit>
        """
        from knockon.analysis.impact.shock_reach import shock_reaches

        return shock_reaches(self.each_impact(portfolio=portfolio, **options))

    def exposure(self, entity: str, **options: Unpack[Options]) -> Exposure:
        """Return the loss of one entity under every shock.

        Returns
        -------
        Exposure
            The shocks, that with the greatest loss first.

        Examples
        --------
        >>> import knockon
        >>> knockon.open().exposure("sensefoundry").to_dict()["id"]
        'sensefoundry'
        """
        from knockon.analysis.impact.exposure import exposure

        return exposure(self._context(entity, **options), entity)

    def compare(
        self,
        shock: str | None = None,
        other: str | None = None,
        *,
        hit: Mapping[str, Severity] | None = None,
        against: Options | None = None,
        what_if: Mapping[str, str] | None = None,
        before: Self | None = None,
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
        what_if
            Changes to dependencies under which the second answer is computed, as in ``impact``.
        before
            Another graph, such as last month's (``knockon.open("store@2")``), on which the shock is computed first.

        Returns
        -------
        Comparison
            Each entity that loses something in either answer, that with the greatest difference first.

        Raises
        ------
        UsageError
            The arguments do not specify two answers.

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
            (name, None) for name in (shock, other) if name is not None
        ]
        shocks += [(None, hit)] if hit is not None else []
        if before is not None:
            if len(shocks) != 1 or against or what_if:
                raise UsageError("with another graph before this one, name one shock and nothing else that differs")
            earlier_shock = shock_of(self._context(*names_in(hit), **options), *shocks[0])
            earlier = impacts(before._context(*names_in(hit), **options), [earlier_shock])[0]
            return compare(earlier, self.impact(shocks[0][0], hit=shocks[0][1], **options))
        if len(shocks) not in ((1, 2) if against or what_if else (2,)):
            raise UsageError("name two shocks (one of them may be what is hit), or one and what differs in the second answer")
        if not all(isinstance(name, str) for name in against or ()):
            raise UsageError("against names options, such as {'without': 'doc-paper'}")
        (first, first_hit), (second, second_hit) = shocks[0], shocks[-1]
        changed_options: Options = {**options, **(against or {})}
        # Both answers show an entity by the same IRI.
        changed = self._impact(second, second_hit, *names_in(hit), what_if=what_if, **changed_options)
        return compare(self._impact(first, first_hit, *names_in(hit), **options), changed)


def _held(portfolio: Portfolio | None) -> Iterable[str]:
    """Return the entities of a portfolio, by whose IRIs they are shown."""
    return portfolio.by_entity if portfolio else ()


def _restricted(report: ImpactReport, portfolio: Portfolio | None) -> ImpactReport:
    """Return a report with the losses of the entities of a portfolio alone, if there is one."""
    if portfolio is None:
        return report
    from knockon.analysis.portfolio.portfolio_loss import of_portfolio

    return of_portfolio(report, portfolio)


__all__ = ["ImpactMethods"]
