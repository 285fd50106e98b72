"""The parts of a sum: what each part of a whole, and each of several that share a need, adds to a loss."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knockon.analysis.answer import Answer
from knockon.analysis.impact.causal_trace import CausalTrace, Link
from knockon.analysis.labels import label_of
from knockon.model import Dependency, Provision, Supply
from knockon.network.network import NONE, Mode


@dataclass(frozen=True, slots=True)
class LossOfPart(Answer):
    """A part of a sum, and what it adds: a part of a whole, or one of those who supply or provide a share of a need.

    Attributes
    ----------
    dependencies
        The records of the part (IRIs): of a supplier or provider those of its supply or provision.
    need, need_label
        What the part rests on, of a supplier or provider what it supplies or provides: IRI and label.
    portion
        Which part of the sum it is (0..1), at the point: its portion of the whole, or its share of the need.
    unstated
        Whether it is one of several that state no portion or share, which divide what the others leave equally.
    loss
        What of the part is lost (0..1).
    adds
        The portion times the loss (0..1): these add up to the loss of the whole, or to what is missing of the need.
    entity, label
        Who or what loses: what the part rests on, or the supplier or provider: IRI and label.
    stated
        The portion or share (0..1) as the records state it; None where none does. It differs from ``portion`` where the
        stated ones were scaled, or where others that do not count pass theirs on.
    """

    dependencies: tuple[str, ...]
    need: str
    need_label: str
    portion: float
    unstated: bool
    loss: float
    adds: float
    entity: str
    label: str
    stated: float | None


def parts_of_whole(cause: CausalTrace, link: Link) -> tuple[LossOfPart, ...]:
    """Return the parts whose losses add up to the loss of the dependant of a link; none where the link is no part.

    Parameters
    ----------
    cause
        The causes of the losses of a run.
    link
        A link of one of its paths.

    Returns
    -------
    tuple of LossOfPart
        The parts, those that add most first; a part that loses nothing is among them.
    """
    if link.whole == NONE:
        return ()
    network = cause.network
    parts = []
    for supply in _supplies(cause, int(network.supply_slot[link.whole])):
        node = int(network.supply_provider[supply])
        names = network.records_of_slot(int(network.hidden_slot[node - network.entities]))
        records = [record for name in names if isinstance(record := cause.context.records[name], Dependency)]
        stated = [float(record.portion) for record in records if record.portion not in (None, "unknown")]
        need = records[0].need
        parts.append(_part(cause, supply, names, need, need, stated))
    return _ordered(parts)


def shares_of_need(cause: CausalTrace, link: Link) -> tuple[LossOfPart, ...]:
    """Return the suppliers or providers whose losses add up to what is missing of the need of a link.

    Parameters
    ----------
    cause
        The causes of the losses of a run.
    link
        A link of one of its paths.

    Returns
    -------
    tuple of LossOfPart
        The suppliers or providers, those that add most first; one that loses nothing is among them. None where the shortage
        is no sum of shares.
    """
    network = cause.network
    if link.supply == NONE or network.mode[link.slot] != Mode.SHARES:
        return ()
    parts = []
    for supply in _supplies(cause, link.slot):
        names = network.supply_records[supply]
        records = [record for name in names if isinstance(record := cause.context.records[name], Supply | Provision)]
        stated = [float(record.share) for record in records if record.share is not None]
        need = link.dependencies[0].need if link.dependencies else network.name(link.node)
        entity = network.name(int(network.supply_provider[supply]))
        parts.append(_part(cause, supply, names, need, entity, stated))
    return _ordered(parts)


def _supplies(cause: CausalTrace, slot: int) -> range:
    return range(int(cause.network.supply_start[slot]), int(cause.network.supply_start[slot + 1]))


def _part(
    cause: CausalTrace, supply: int, names: tuple[str, ...], need: str, entity: str, stated: Iterable[float]
) -> LossOfPart:
    """Return the part of a supply; of several records that state a share the nearest one counts as stated."""
    records, network = cause.context.records, cause.network
    share, loss = float(network.supply_share[supply]), cause.supply_loss(supply)
    return LossOfPart(
        dependencies=names,
        need=need,
        need_label=label_of(records, need),
        portion=share,
        unstated=bool(network.unstated[supply]),
        loss=loss,
        adds=share * loss,
        entity=entity,
        label=label_of(records, entity),
        stated=min(stated, key=lambda value: (abs(value - share), value), default=None),
    )


def _ordered(parts: Iterable[LossOfPart]) -> tuple[LossOfPart, ...]:
    return tuple(sorted(parts, key=lambda part: (-part.adds, part.entity)))


__all__ = ["LossOfPart", "parts_of_whole", "shares_of_need"]
