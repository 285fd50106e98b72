"""The slots of the parts of one dependant, whose losses add up.

Where several records of a need state a portion, or one a portion and another a
criticality, the whole is computed for each choice of one record of every need,
as if these were all there are: the least result is the low one, the greatest
is the point and the high one. Each choice is a hidden node, and a ``DISPUTED``
slot of the dependant holds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import NamedTuple

from knockon.network.arrays import Mode
from knockon.network.need_slots import NeedSlots
from knockon.network.planned import ALL, Member, Node, PlannedSupply, Plans, SlotPlan
from knockon.network.supply_shares import MORE_THAN_WHOLE, supply_shares

#: The most choices that are all computed. Of more there are those of the least and greatest records: see ``_choices``.
MOST_CHOICES = 64
#: Slots that add up the parts of one dependant share a number under ``chance``, as those of records that disagree do.
_WHOLE = " whole"


class _Option(NamedTuple):
    """A record of a need that may be the one that counts: the hidden node with what it loses, and its portion.

    ``portion`` is in 0..1, None where it is unknown; without ``is_part`` the record states a criticality instead.
    """

    node: Node
    portion: float | None
    is_part: bool
    record: str

    @property
    def rank(self) -> tuple[int, float, str]:
        """Its place among the records of its need: portions ascend, then unknown ones, then those with a criticality."""
        return (2 if not self.is_part else 1 if self.portion is None else 0, self.portion or 0.0, self.record)


def part_slots(owner: Node, needs: Sequence[NeedSlots], passing: Sequence[float | None], plans: Plans) -> Iterator[SlotPlan]:
    """Yield the slots of the parts of a dependant, and those that add them up.

    Parameters
    ----------
    owner
        The node that owns them: the dependant, or itself without its provisions.
    needs
        The needs of which a record states a portion.
    passing
        The portions (0..1, None where unknown) of records that do not count and pass them on.
    plans
        Takes the records whose portions were scaled or completed.
    """
    options: dict[str, list[_Option]] = {}
    for need in needs:
        slots, options[need.need] = _options(owner, need)
        yield from slots
    choices = _choices(options)
    if len(choices) == 1:
        yield from _slots_of_choice(owner, choices[0], passing, plans)
        return
    nodes = [Node(owner.entity, "choice", f"{number:03}") for number in range(len(choices))]
    yield SlotPlan(owner, (1, ""), mode=Mode.DISPUTED, supplies=tuple(map(PlannedSupply, nodes)))
    for node, choice in zip(nodes, choices, strict=True):
        for slot in _slots_of_choice(node, choice, passing, plans):
            yield slot._replace(dispute=_WHOLE) if slot.mode == Mode.SHARES else slot


def _options(owner: Node, need: NeedSlots) -> tuple[list[SlotPlan], list[_Option]]:
    """Return the slots of the records of a need, and the options among them."""
    parts = [m for m in need.claims if m.record.portion is not None]
    terms = [m for m in need.claims if m.record.portion is None]
    groups = need.by_suppliers(parts)
    of_several = len(groups) + len(terms) > 1
    slots, options = [], []
    for group in groups:
        node = Node(owner.entity, "part", need.need if len(groups) == 1 else group[0].record.id)
        slots.append(need.slot(node, group, ALL, of_several=of_several))
        options += [_Option(node, _portion(m), True, m.record.id) for m in group]
    for member in terms:
        node = Node(owner.entity, "record", member.record.id)
        slots.append(need.slot(node, [member], member.record.interval, of_several=of_several))
        options.append(_Option(node, None, False, member.record.id))
    return slots, options


def _choices(options: Mapping[str, Sequence[_Option]]) -> list[dict[str, _Option]]:
    """Return the choices of one record of each need, without those that are the same as another.

    There may be too many. Then they are: the least record of each need, the greatest of each, and for every need its
    greatest among the least of the others and its least among their greatest. Where one part loses something, or all
    parts do alike, these have the least and the greatest loss of all choices.
    """
    if prod(map(len, options.values())) <= MOST_CHOICES:
        return _different(dict(zip(options, chosen, strict=True)) for chosen in product(*options.values()))
    least = {need: min(records, key=lambda option: option.rank) for need, records in options.items()}
    greatest = {need: max(records, key=lambda option: option.rank) for need, records in options.items()}
    singles = [base | {need: other[need]} for base, other in ((least, greatest), (greatest, least)) for need in options]
    return _different([least, greatest, *singles])


def _different(choices: Iterable[dict[str, _Option]]) -> list[dict[str, _Option]]:
    """Return choices without repetitions: records that state the same are one option."""
    by_content = {tuple(option[:3] for option in choice.values()): choice for choice in choices}
    return list(by_content.values())


def _slots_of_choice(
    owner: Node, choice: Mapping[str, _Option], passing: Sequence[float | None], plans: Plans
) -> Iterator[SlotPlan]:
    """Yield the slots that hold the records of a choice: one that adds up its parts, and one for the others."""
    if others := [PlannedSupply(option.node) for option in choice.values() if not option.is_part]:
        yield SlotPlan(owner, (0, ""), supplies=tuple(others))
    parts = {need: option for need, option in choice.items() if option.is_part}
    if not parts:
        return
    portions = supply_shares({need: option.portion for need, option in parts.items()}, passing)
    # A part that is none of the dependant is left out.
    supplies = tuple(
        PlannedSupply(parts[need].node, share, need in portions.unstated)
        for need, share in sorted(portions.share.items())
        if share > 0 or need in portions.unstated
    )
    yield SlotPlan(owner, (1, ""), mode=Mode.SHARES, supplies=supplies)
    if portions.total > MORE_THAN_WHOLE:
        _raise(plans.scaled, (option.record for option in parts.values()), portions.total)
    if portions.completed is not None:
        _raise(plans.completed, (option.record for option in parts.values() if option.portion is None), portions.completed)


def _portion(member: Member) -> float | None:
    portion = member.record.portion
    return None if portion is None or portion == "unknown" else float(portion)


def _raise(numbers: dict[str, float], names: Iterable[str], number: float) -> None:
    """Note a number for some names, the greatest where several choices have one."""
    for name in names:
        numbers[name] = max(number, numbers.get(name, 0.0))


__all__ = ["MOST_CHOICES", "part_slots"]
