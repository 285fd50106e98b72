"""Checks of documented chains against computed cascades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from knockon.analysis.answer import Answer, JsonObject
from knockon.analysis.answer_parts import Citation, cite
from knockon.analysis.context import Context
from knockon.analysis.impact.impact import each_impact
from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.run_info import RunInfo
from knockon.model import CausalChain, ChainStep
from knockon.model.dates import written
from knockon.text import in_words, with_article
from knockon.vocabulary import ChainKind, local_name


@dataclass(frozen=True, kw_only=True, eq=False)
class ChainCheck(Answer):
    """The check of a documented chain against the computed cascade.

    Attributes
    ----------
    chain
        The chain (IRI).
    label
        Its label.
    kind
        Its kind, such as ``Cascade``.
    shock
        The shock (IRI) that it begins with; None where it names none.
    as_of
        The day that the answer is about (2026-01-31), or ``all``.
    not_holding
        How many records do not hold on the day, by reason.
    why
        Why the chain is not tested; None where it is.
    documented
        How many steps the chain has.
    steps
        The result for each step; empty where the chain is not tested.
    run
        How the run of its shock went; None where the chain is not tested.
    confidence
        How many places of evidence a least confidence leaves out, as in ``RunInfo``; None, and not in JSON, without one.
    min_confidence
        The least confidence (0..1); None, and not in JSON, without one.
    """

    #: All keys; ``to_dict`` has those of a tested chain, or those of one that is not tested.
    json_keys = (
        "chain", "id", "label", "kind", "shock", "testable", "why", "documented", "complete", "in_order", "missed", "tested",
        "reached", "model", "stopped_by", "truncated", "steps", "as_of", "not_holding", "confidence?",
    )  # fmt: skip
    json_names: ClassVar[Mapping[str, str]] = {"documented": "steps"}
    chain: str
    label: str
    kind: str
    shock: str | None
    as_of: str
    not_holding: Mapping[str, int]
    documented: int
    why: str | None = None
    steps: tuple[ChainStepCheck, ...] = ()
    run: RunInfo | None = None
    confidence: Mapping[str, int] | None = None
    min_confidence: float | None = None

    @property
    def id(self) -> str:
        """The local name of the chain."""
        return local_name(self.chain)

    @property
    def testable(self) -> bool:
        """Whether the chain can be checked against a cascade."""
        return self.why is None

    @property
    def missed(self) -> tuple[int, ...]:
        """The numbers of the tested steps that are not reached."""
        return tuple(step.order for step in self.steps if step.tested and not step.reached)

    @property
    def complete(self) -> bool:
        """Whether it is tested and every tested step is reached."""
        return self.testable and not self.missed

    @property
    def tested(self) -> int:
        """The number of steps that are tested."""
        return sum(step.tested for step in self.steps)

    @property
    def reached(self) -> int:
        """The number of tested steps that are reached."""
        return sum(step.tested and step.reached for step in self.steps)

    @property
    def in_order(self) -> bool | None:
        """Whether no step is reached at a smaller computed step than the one before; None where none is reached."""
        reached = [step.computed_step or 0 for step in self.steps if step.tested and step.reached]
        return all(later >= earlier for earlier, later in pairwise(reached)) if reached else None

    @property
    def model(self) -> str | None:
        """The model that ran; None where the chain is not tested."""
        return self.run.model if self.run else None

    @property
    def stopped_by(self) -> str | None:
        """``tolerance`` or ``cap``; None where the chain is not tested."""
        return self.run.stopped_by if self.run else None

    @property
    def truncated(self) -> bool:
        """Whether the cap stopped the run, so that steps may be missed that would be reached."""
        return self.run is not None and self.run.truncated

    def to_dict(self) -> JsonObject:
        """Return the answer as JSON has it; a chain that is not tested has a reason and a number of steps."""
        names: tuple[str, ...] = ("testable", "why", "documented")
        if self.testable:
            names = (
                "testable", "complete", "in_order", "missed", "tested", "reached", "model", "stopped_by", "truncated", "steps",
            )  # fmt: skip
        return self.to_json_of(("chain", "id", "label", "kind", "shock", *names, "as_of", "not_holding", "confidence?"))


@dataclass(frozen=True, slots=True)
class ChainStepCheck(Answer):
    """The check of one step of a documented chain.

    Attributes
    ----------
    order
        Its number in the chain.
    label
        Its label.
    about
        What it is about (IRIs).
    tested
        Whether the step is tested: it is about something that the shock does not consist of.
    reached
        Whether everything else that it is about loses something or is short.
    not_reached
        Those of them that are not reached (local names).
    computed_step
        How many links away from what is hit it is reached; -1 for what the shock consists of, None where it is not reached.
    loss
        The greatest loss (0..1) among what it is about; None where none of it is in the cascade.
    evidence
        Where documents say it.
    """

    order: int
    label: str
    about: tuple[str, ...]
    tested: bool
    reached: bool
    not_reached: tuple[str, ...]
    computed_step: int | None
    loss: float | None
    evidence: tuple[Citation, ...]


def chains(context: Context) -> tuple[ChainCheck, ...]:
    """Return for each documented chain whether it can be tested, which steps the cascade reaches, and whether in order.

    Only a Cascade with a shock can be tested. What the shock consists of (its
    targets, its legal basis, the weaknesses that it exploits) is given before
    anything is computed: a step about nothing else is not tested, and a chain
    of such steps is not testable. A tested step is reached when everything
    else that it is about loses something or is short; ``complete`` says
    that every tested step is reached. ``in_order`` says that no step is reached at a
    smaller computed step than the one before, and is None where none is reached; what the shock consists of
    is at -1 where it is not hit itself.

    >>> import knockon
    >>> all(chain.complete == (not chain.missed) for chain in knockon.open().chains() if chain.testable)
    True
    """
    documented = context.held.of_class(CausalChain)
    shocks = {shock.id: shock for shock in context.shocks}
    cascades = [chain for chain in documented if chain.chain_kind is ChainKind.CASCADE and chain.shock in shocks]
    reports = each_impact(context, [shocks[str(chain.shock)] for chain in cascades])
    tested = {chain.id: _tested(context, chain, report) for chain, report in zip(cascades, reports, strict=True)}
    return tuple(tested.get(chain.id) or _untested(context, chain) for chain in documented)


def _untested(context: Context, chain: CausalChain) -> ChainCheck:
    kind = with_article(in_words(chain.chain_kind.value))
    why = "names no shock" if chain.chain_kind is ChainKind.CASCADE else f"is {kind}"
    return _check(context, chain, why=f"not testable: {why}")


def _tested(context: Context, chain: CausalChain, report: ImpactReport) -> ChainCheck:
    """Return the check of a chain against the report of its shock."""
    if report.not_in_force:
        return _check(context, chain, why=f"not tested: the shock hits nothing on this day, {report.not_in_force}")
    parts = _parts_of_shock(report)
    depth = dict.fromkeys(parts, -1) | _depths(report)
    steps = tuple(_step(step, parts, depth, report) for step in chain.step)
    if not any(step.tested for step in steps):
        return _check(context, chain, why="not testable: its steps are what the shock is made of")
    return _check(context, chain, steps=steps, run=report.run)


def _check(
    context: Context,
    chain: CausalChain,
    *,
    why: str | None = None,
    steps: tuple[ChainStepCheck, ...] = (),
    run: RunInfo | None = None,
) -> ChainCheck:
    """Return the check of a chain: with steps and a run where it is tested, else with the reason why not."""
    return ChainCheck(
        chain=chain.id,
        label=chain.label,
        kind=chain.chain_kind.value,
        shock=chain.shock,
        as_of=written(context.options.record_filter.as_of),
        not_holding=context.not_holding,
        confidence=context.confidence,
        min_confidence=context.options.min_confidence,
        documented=len(chain.step),
        why=why,
        steps=steps,
        run=run,
    )


def _parts_of_shock(report: ImpactReport) -> frozenset[str]:
    """Return what a shock consists of (IRIs): itself, its targets, its legal basis, the weaknesses that it exploits."""
    shock, targets = report.shock, report.cause.outcome.resolved[report.cause.row].targets
    return frozenset({shock.id, *shock.legal_basis, *shock.exploits, *(target.iri for target in targets)})


def _depths(report: ImpactReport) -> dict[str, int]:
    """Return the computed step of each entity that loses something and of each dependency that is short, by IRI."""
    depth: dict[str, int] = {}
    for shortage in report.shortages:
        depth.setdefault(shortage.dependency, shortage.step)
    for impact in report.impacts:
        depth[impact.entity] = impact.step
    return depth


def _step(step: ChainStep, parts: frozenset[str], depth: Mapping[str, int], report: ImpactReport) -> ChainStepCheck:
    """Return the check of one step; ``parts`` are what the shock consists of, ``depth`` the computed step of each IRI."""
    tested = [iri for iri in step.about if iri not in parts]
    reached = [iri for iri in step.about if iri in depth]
    missing = [iri for iri in tested if iri not in depth]
    losses = {impact.entity: impact.loss for impact in report.impacts}
    return ChainStepCheck(
        order=step.order,
        label=step.label,
        about=tuple(step.about),
        # A step that names nothing counts as tested, and cannot be reached.
        tested=bool(tested) or not step.about,
        reached=bool(reached) and not missing,
        not_reached=tuple(local_name(iri) for iri in missing),
        computed_step=min((depth[iri] for iri in tested or reached if iri in depth), default=None),
        loss=max((losses.get(iri, 0.0) for iri in reached), default=None),
        evidence=cite(step.evidence, report.cause.context.records),
    )


__all__ = ["ChainCheck", "ChainStepCheck", "chains"]
