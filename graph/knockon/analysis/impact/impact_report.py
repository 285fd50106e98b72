"""The answer to what a shock does, with a row for each entity, shortage and company."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from knockon.analysis.argument_types import checks_types
from knockon.analysis.impact.causal_trace import CausalTrace
from knockon.analysis.impact.companies import CompanyLoss, companies_above, companies_below_a_part
from knockon.analysis.impact.coverage import affected
from knockon.analysis.impact.impact_parts import Binding, Impact, OwnerHit, Shortage, owners_among
from knockon.analysis.impact.rows import LossRows, losses_of, row_of
from knockon.analysis.impact.substitution import Substitution, substitutions
from knockon.analysis.methods import METHODS
from knockon.analysis.run_info import ShockAnswer
from knockon.network.network import Bools
from knockon.vocabulary import Stance, local_name

if TYPE_CHECKING:
    from knockon.analysis.portfolio.portfolio_answer import PortfolioLoss


@dataclass(frozen=True, eq=False, repr=False)
class ImpactReport(ShockAnswer):
    """The impact of a shock; iterating gives the impacts.

    Attributes
    ----------
    impacts
        What each entity loses: worst first within each step.
    shortages
        The needs that are not met, by step.
    companies
        What each company loses itself, and its worst part.
    unaffected
        How many entities lose nothing.
    portfolio
        What the shock does to a portfolio, where the report has the losses of its entities alone; None, and not in JSON,
        without one.
    cause
        The causes of the losses, for ``explain``.
    """

    json_keys = (
        "shock_iri", "shock_label", "shock_stance", "model", "parameters", "iterations", "residual", "error", "stopped_by",
        "truncated", "network_hash", "affected", "unaffected", "unknown_share", "missing_targets", "ungraded_hits",
        "owners_hit", "unstated_combinations", "unstated_portions", "scaled_shares", "completed_shares", "met_by_provisions",
        "periods", "incomplete_periods", "left_out", "fallen", "not_holding", "confidence?", "same_as?", "not_in_force",
        "shortages", "impacts", "companies", "substitutions?", "portfolio?", "engine?",
    )  # fmt: skip
    impacts: Sequence[Impact]
    shortages: Sequence[Shortage]
    companies: Sequence[CompanyLoss]
    unaffected: int
    cause: CausalTrace = field(repr=False)
    portfolio: PortfolioLoss | None = None

    def __iter__(self) -> Iterator[Impact]:
        return iter(self.impacts)

    def __repr__(self) -> str:
        reached = affected(len(self.impacts), len(self.impacts) + self.unaffected)
        return f"<ImpactReport of {self.shock.name}: {reached}; {self.model}, stopped by {self.stopped_by}>"

    def __len__(self) -> int:
        return len(self.impacts)

    @property
    def affected(self) -> int:
        """The number of entities that lose something."""
        return len(self.impacts)

    @property
    def more(self) -> tuple[str, ...]:
        """The names of the values that the model computes for each entity beside its loss."""
        return tuple(self.impacts[0].more) if self.impacts else ()

    @cached_property
    def substitutions(self) -> tuple[Substitution, ...] | None:
        """The alternatives that take over once their switching time has passed, under ``timeline``; None where none does."""
        return substitutions(self.cause) or None

    @property
    def shock_stance(self) -> Stance | None:
        """What the sources do with the shock itself: assert, hypothesise, ...; None where it has no source."""
        return self.shock.stance

    @property
    def unstated_combinations(self) -> tuple[str, ...]:
        """The dependencies (IRIs) that the shock reaches through suppliers without a stated combination and without shares.

        The low, the point and the high loss use different shares for them (see ``knockon.propagation.leontief``); empty
        under ``reach``, which uses no shares.
        """
        network = self.cause.network
        slots = np.flatnonzero(self._reached_slots & network.split & ~network.inner_slots).tolist()
        return tuple(sorted(name for slot in slots for name in network.records_of_slot(slot)))

    @property
    def unstated_portions(self) -> tuple[str, ...]:
        """The dependencies (IRIs) whose portions nobody states, of the wholes that the shock reaches a part of.

        The low, the point and the high loss use different portions for them; empty under ``reach``, which uses none.
        """
        return self.cause.network.parts_unstated(self._reached_slots)

    @property
    def scaled_shares(self) -> dict[str, float]:
        """The dependencies (IRIs) that it reaches whose shares were scaled to 1, with their sum (1..), which was greater."""
        return self._of_reached(self.cause.outcome.compiled.scaled)

    @property
    def completed_shares(self) -> dict[str, float]:
        """The dependencies (IRIs) that it reaches where only one supplier has no stated share, with its share (0..1)."""
        return self._of_reached(self.cause.outcome.compiled.completed)

    @property
    def met_by_provisions(self) -> tuple[str, ...]:
        """The dependencies (IRIs) that it reaches none of whose suppliers counts, so that the provisions of the need do."""
        network, reached = self.cause.network, self._reached_nodes
        compiled = self.cause.outcome.compiled
        return tuple(name for name in compiled.met_by_provisions if reached[network.slot_need[network.slot_index[name]]])

    @property
    def periods(self) -> dict[str, str]:
        """The period whose provisions count, of each entity (IRI) that it reaches and that has provisions of a period."""
        network, reached = self.cause.network, self._reached_nodes
        return {iri: text for iri, text in self.cause.outcome.compiled.periods.items() if reached[network.index[iri]]}

    @property
    def incomplete_periods(self) -> dict[str, float]:
        """The sum of the shares (0..1) of those periods that do not state the whole though an older one is known, by entity."""
        return {iri: total for iri, total in self.cause.outcome.compiled.incomplete_periods.items() if iri in self.periods}

    @cached_property
    def _reached_nodes(self) -> Bools:
        """Whether the shock can reach each node, hidden ones included, (n,)."""
        reached: Bools = self.cause.result.all_nodes.high[self.cause.row] > 0
        return reached

    def _of_reached(self, numbers: Mapping[str, float]) -> dict[str, float]:
        """Return those numbers by dependency whose dependency the shock reaches."""
        network, reached = self.cause.network, self._reached_slots

        def is_reached(name: str) -> bool:
            if (supply := network.supply_index.get(name)) is not None:
                return bool(reached[network.supply_slot[supply]])
            slot = network.slot_index[name]
            wholes = network.supply_slot[network.whole_supplies(slot)]
            return bool(reached[slot] or reached[wholes].any())

        return {name: number for name, number in sorted(numbers.items()) if is_reached(name)}

    @cached_property
    def _reached_slots(self) -> Bools:
        """Whether the shock can reach each slot through a supplier of it (slots,); False where the model uses no shares."""
        outcome, row = self.cause.outcome, self.cause.row
        network, reached = outcome.network, np.zeros(outcome.network.slots, bool)
        if METHODS[self.model].graded and network.supplies:
            supply_is_reached = outcome.result.all_nodes.high[row][network.supply_provider] > 0
            hit = (network.supply_index.get(target.iri) for target in outcome.resolved[row].targets)
            supply_is_reached[[supply for supply in hit if supply is not None]] = True
            reached[network.supply_slot[supply_is_reached]] = True
        return reached

    @property
    def companies_below_a_part(self) -> Sequence[CompanyLoss]:
        """The companies of which a part loses more than they do themselves, without the other companies."""
        if not isinstance(self.impacts, LossRows):
            return [company for company in self.companies if company.part_is_worse]
        context = self.cause.context
        parts = [record.id for record in context.statements.parts_of_wholes]
        lost = {loss.entity: loss for loss in losses_of(self.impacts, dict.fromkeys(parts))}
        wholes = {whole for part in lost for whole in companies_above(context, part)}
        lost |= {loss.entity: loss for loss in losses_of(self.impacts, dict.fromkeys(wholes))}
        return companies_below_a_part(context, lost.values())

    @cached_property
    def owners_hit(self) -> tuple[OwnerHit, ...]:
        """The owners among the targets, in the order of their IRIs."""
        targets = self.cause.outcome.resolved[self.cause.row].targets
        return owners_among(self.cause.context, (target.iri for target in targets))

    @cached_property
    def by_id(self) -> Mapping[str, Impact]:
        """The impacts by local name; where two entities have the same local name, the first by IRI."""
        return {local_name(i.entity): i for i in sorted(self.impacts, key=lambda i: i.entity, reverse=True)}

    @checks_types
    def loss(self, name: str) -> float:
        """Return the loss of an entity.

        Parameters
        ----------
        name
            An IRI, local name or label.

        Returns
        -------
        float
            The loss (0..1); 0 where the entity loses nothing.

        Raises
        ------
        NotFound
            There is no such entity; the message suggests similar names.

        Examples
        --------
        >>> import knockon
        >>> knockon.open("chips").impact(hit={"asml": 0.5}).loss("asml")
        0.5
        """
        impact = row_of(self.impacts, self.cause.context.find_iri(name, self.cause.network.index))
        return 0.0 if impact is None else float(impact.loss)

    def to_json(self) -> str:
        """Return the report as JSON.

        Returns
        -------
        str
            ``to_dict`` as text, indented.

        Examples
        --------
        >>> import json, knockon
        >>> json.loads(knockon.open("chips").impact(hit={"asml": 0.5}).to_json())["model"]
        'leontief'
        """
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)


__all__ = ["Binding", "Impact", "ImpactReport", "OwnerHit", "Shortage"]
