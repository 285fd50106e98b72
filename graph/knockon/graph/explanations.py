"""Methods of Graph about the causes of losses, their uncertainty, and what would reduce them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Unpack, cast

from knockon.analysis.options import Options, RunOptions, WorldOptions
from knockon.graph.base import Severity, names_given, names_in, public_methods, shock_of
from knockon.graph.impacts import ImpactMethods

if TYPE_CHECKING:
    from knockon.analysis.explain.chains import ChainCheck
    from knockon.analysis.mitigate.mitigation import Mitigation
    from knockon.analysis.uncertainty.importance_answer import ImportanceReport
    from knockon.present.explanation_answer import Explanation
    from knockon.present.pandas_answers import UncertaintyReport


@public_methods
class ExplanationMethods(ImpactMethods):
    """Why something is lost, how certain that is, and what would reduce it."""

    def explain(
        self,
        shock: str | None,
        entity: str,
        *,
        hit: Mapping[str, Severity] | None = None,
        what_if: Mapping[str, str] | None = None,
        given: Iterable[str] = (),
        paths: int = 3,
        **options: Unpack[Options],
    ) -> Explanation:
        """Return why a shock reaches an entity.

        Parameters
        ----------
        paths
            How many of the most harmful paths to return.

        Returns
        -------
        Explanation
            The causal tree, each edge with its evidence, and the most harmful paths.

        Raises
        ------
        NotFound
            The shock does not reach the entity.
        LimitReached
            The cap stopped the run before it reached the entity.
        UsageError
            ``paths`` is below 1.

        Examples
        --------
        >>> import knockon
        >>> graph = knockon.open()
        >>> graph.explain(None, "sensefoundry", hit={"inference-chips": "high"}).to_dict()["step"]
        2
        >>> answer = graph.explain("entity-list-chips", "sensefoundry", model="chance", draws=200, given=["sensetime"])
        >>> answer.parameters["given"], answer.impact.loss > 0.5
        (['https://w3id.org/knockon/id/sensetime'], True)
        """
        from knockon.analysis.explain.explain import explain
        from knockon.present.explanation_answer import Explanation

        report = self._impact(shock, hit, entity, what_if=what_if, given=names_given(given), **options)
        return Explanation.of(explain(report, entity, paths, importance=True))

    def chains(self, **options: Unpack[Options]) -> tuple[ChainCheck, ...]:
        """Return each documented causal chain, compared with the computed cascade.

        Returns
        -------
        tuple of ChainCheck
            In the order of the IRIs of the chains.

        Examples
        --------
        >>> import knockon
        >>> all(chain.tested >= chain.reached for chain in knockon.open().chains())
        True
        """
        from knockon.analysis.explain.chains import chains

        return chains(self._context(**options))

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
        second_source: float | None = None,
        **options: Unpack[RunOptions],
    ) -> Mitigation:
        """Return the changes that would reduce the loss of one entity under a shock.

        Parameters
        ----------
        protect
            The entity to protect, by IRI, local name or label.
        buffer_days
            The stock that is tried, in days.
        criticality_step
            By how much a numeric criticality (0..1) is lowered.
        horizon
            How far ahead time is computed, in days.
        pairs
            The most pairs of changes that are tried where no single change saves anything.
        second_source
            The share of a need (0..1) that a second source takes over, tried on each dependency; None: none is tried. The
            least shares that halve the loss are in ``halving`` in any case.

        Returns
        -------
        Mitigation
            Every single change on the way to the entity, that which saves most first.

        Raises
        ------
        UsageError
            The model is not ``leontief``, or ``buffer_days``, ``criticality_step``, ``horizon``, ``pairs`` or
            ``second_source`` is out of its range.
        LimitReached
            So many dependencies lie on the way that to try changes to each would take hours.

        Examples
        --------
        >>> import knockon
        >>> answer = knockon.open().mitigate("entity-list-chips", "sensefoundry")
        >>> all(change.saved >= 0 for change in answer.changes)
        True
        """
        from knockon.analysis.mitigate.mitigate import Limits, mitigate

        context = self._context(protect, *names_in(hit), **options)
        limits = Limits(buffer_days, criticality_step, horizon, pairs, second_source)
        return mitigate(context, shock_of(context, shock, hit), protect, limits)

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
        """Return how the losses of a shock spread when its words are drawn from their intervals.

        Parameters
        ----------
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

        Returns
        -------
        UncertaintyReport
            The spread of each loss, and the words that it depends on most.

        Raises
        ------
        UsageError
            A number is out of its range, the model is not ``leontief``, or ``sobol`` has too many uncertain values.

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

        plan = SamplingPlan(draws, seed, sampling, shape, draws_per, threshold, top)
        context = self._context(*names_in(hit), **options)
        return UncertaintyReport.of(uncertainty(context, shock_of(context, shock, hit), plan))

    def importance(
        self,
        shock: str | None,
        entity: str,
        *,
        hit: Mapping[str, Severity] | None = None,
        draws: int = 10_000,
        seed: int = 0,
        exact: bool = False,
        **options: Unpack[WorldOptions],
    ) -> ImportanceReport:
        """Return how much each cause matters for the failure of an entity, by the model ``chance``.

        Parameters
        ----------
        draws, seed
            How many outcomes are drawn, and the seed of the draws.
        exact
            Compute the probabilities exactly instead of drawing.

        Returns
        -------
        ImportanceReport
            The entities that it rests on and that may fail, the largest Birnbaum importance first.

        Raises
        ------
        UsageError
            The entity cannot fail because it needs nothing and nothing hits it, or exact numbers would take too much.
        LimitReached
            So many entities may fail on the way that to draw what each of them decides would take hours.

        Examples
        --------
        >>> import knockon
        >>> report = knockon.open().importance(None, "sensefoundry", hit={"nvidia": 0.5}, exact=True)
        >>> report.importances[0].id
        'nvidia'
        """
        from knockon.analysis.uncertainty.importance import importance

        chances: Options = {"model": "chance", "draws": draws, "seed": seed, "exact": exact}
        context = self._context(entity, *names_in(hit), **cast("Options", {**options, **chances}))
        return importance(context, shock_of(context, shock, hit), entity)


__all__ = ["ExplanationMethods"]
