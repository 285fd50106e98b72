"""The alternatives that meet a need under a shock once their switching time has passed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from knockon.analysis.answer import Answer
from knockon.analysis.labels import label_of
from knockon.model import Dependency
from knockon.text import days

if TYPE_CHECKING:
    from knockon.analysis.impact.causal_trace import CausalTrace


@dataclass(frozen=True, slots=True)
class Substitution(Answer):
    """An alternative that takes over, under the model ``timeline``.

    Attributes
    ----------
    dependency
        The dependency (IRI).
    dependant, dependant_label
        Who needs it: IRI and label.
    need, need_label
        What is needed: IRI and label.
    alternative, alternative_label
        Who meets the need: IRI and label.
    day
        When it first does, in part or whole, in days after the beginning of the shock (0..).
    loss
        The most that the alternative loses itself (0..1) at any time; as much of the need it fails to meet then.
    """

    dependency: str
    dependant: str
    dependant_label: str
    need: str
    need_label: str
    alternative: str
    alternative_label: str
    day: float
    loss: float

    @property
    def text(self) -> str:
        """The substitution as a sentence without its stop.

        >>> Substitution("urn:x:d", "urn:x:a", "Acme", "urn:x:s", "Steel", "urn:x:m", "Mill", 5.0, 0.25).text
        'The need of Acme for Steel is met by Mill after 5 days (up to 25% of that is lost)'
        """
        return f"The need of {self.dependant_label} for {self.need_label} is met by {self.alternative_label} {self._when}"

    @property
    def short_text(self) -> str:
        """The phrase beside a sentence on the need.

        >>> Substitution("urn:x:d", "urn:x:a", "Acme", "urn:x:s", "Steel", "urn:x:m", "Mill", 0.0, 0.0).short_text
        'from the first day it is met by Mill'
        """
        after, _, lost = self._when.partition(" (")
        return f"{after} it is met by {self.alternative_label}{f' ({lost}' if lost else ''}"

    @property
    def _when(self) -> str:
        after = f"after {days(self.day)}" if self.day else "from the first day"
        return f"{after} (up to {self.loss:.0%} of that is lost)" if self.loss else after


def substitutions(cause: CausalTrace, slot: int | None = None) -> tuple[Substitution, ...]:
    """Return the alternatives that take over, by dependency and day; ``slot``: those of one slot.

    Parameters
    ----------
    cause
        The causes of the losses under a shock.
    slot
        The number of a slot; None: of all.
    """
    network, switched = cause.network, getattr(cause.result, "switched", None)
    given = network.substitutes
    if given is None or switched is None:
        return ()
    row = switched[cause.row]
    found: dict[tuple[str, str, str], Substitution] = {}
    for place in np.flatnonzero(np.isfinite(row) & ((given.slot == slot) if slot is not None else True)).tolist():
        one = _substitution(cause, int(given.slot[place]), int(given.provider[place]), float(row[place]))
        key = (one.dependant, one.need, one.alternative)
        # Of several records of one need the alternative takes over for all.
        if key not in found or one.day < found[key].day:
            found[key] = one
    return tuple(sorted(found.values(), key=lambda one: (one.dependency, one.day, one.alternative)))


def _substitution(cause: CausalTrace, slot: int, provider: int, day: float) -> Substitution:
    records = cause.context.records
    name, alternative = cause.network.slot_records[slot][0], cause.network.name(provider)
    record = records[name]
    assert isinstance(record, Dependency)  # noqa: S101 - a slot with alternatives is of dependencies
    loss = float(cause.result.all_nodes.loss[cause.row, provider])
    return Substitution(
        dependency=record.id,
        dependant=record.dependant,
        dependant_label=label_of(records, record.dependant),
        need=record.need,
        need_label=label_of(records, record.need),
        alternative=alternative,
        alternative_label=label_of(records, alternative),
        day=day,
        loss=loss,
    )


__all__ = ["Substitution", "substitutions"]
