"""Who is covered by lists under an ownership rule: the parties of the lists, and whom they own.

An organization is covered if parties that count hold, each directly, the threshold of the rule together. A covered
organization counts as such a party with its full stake: stakes are not multiplied along a path. Stakes are ranges, so there
are two readings. In the low one everything unknown is held by others; in the high one it is held by parties that count. The
rule is monotone (more stakes or more parties never uncover anybody), so both are least fixed points, found by following
stakes from what is covered already, and they are the exact ends of what is possible. Organizations that own each other
are therefore covered only from outside: a circle does not cover itself.

See https://ofac.treasury.gov/media/6186/download?inline (guidance of 13 August 2014) and https://ofac.treasury.gov/faqs/401.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from knockon.model.measure import OwnershipRule
from knockon.model.stakes import NOTHING, WHOLE, Stakes, sum_of
from knockon.model.weights import EXACT_CONTEXT


class Readings(NamedTuple):
    """Who is covered, in the low and the high reading.

    Attributes
    ----------
    certain
        The parties that are covered whatever the unknown stakes are, each with its round: 0 for the parties of the lists, 1
        for those that these own, and so on.
    possible
        The parties that some assignment of the unknown stakes covers, likewise; those that are certain have round 0.
    """

    certain: Mapping[str, int]
    possible: Mapping[str, int]


def readings(stakes: Stakes, listed: Iterable[str], rule: OwnershipRule, unknown_owners: Iterable[str] = ()) -> Readings:
    """Return who is covered by lists under a rule.

    Parameters
    ----------
    stakes
        The stakes.
    listed
        The parties of the lists.
    rule
        The rule.
    unknown_owners
        Organizations without any recorded owner that the high reading takes for owned by listed parties.

    Examples
    --------
    >>> from knockon.model.relation import Ownership
    >>> from knockon.model.stakes import stakes_of
    >>> held = [("x", "a", "0.5"), ("a", "b", "0.5"), ("b", "c", "0.4"), ("other", "c", "0.5")]
    >>> records = [Ownership(id=f"urn:{x}-{y}", owner=f"urn:{x}", owned=f"urn:{y}", share=s, direct=True) for x, y, s in held]
    >>> half = OwnershipRule(id="urn:r", label="R", extends="urn:list", threshold="0.5")
    >>> certain, possible = readings(stakes_of(("set", record) for record in records), ["urn:x"], half)
    >>> dict(certain), sorted(possible.keys() - certain.keys())
    ({'urn:x': 0, 'urn:a': 1, 'urn:b': 2}, ['urn:c'])
    """
    certain = dict.fromkeys(listed, 0)
    if not certain:
        return Readings({}, {})  # Where nobody is listed, what is unknown is held by nobody who is.
    _follow(stakes, certain, {}, rule, list(certain))
    possible = dict.fromkeys([*certain, *unknown_owners], 0)
    held = {owned: stakes.most_of(owned, possible) for owned in stakes.recorded}
    frontier = [owned for owned, share in held.items() if owned not in possible and rule.is_reached_by(share)]
    possible |= dict.fromkeys(frontier, 1)
    _follow(stakes, possible, held, rule, frontier)
    return Readings(certain, possible)


def _follow(
    stakes: Stakes, covered: dict[str, int], held: dict[str, Decimal], rule: OwnershipRule, frontier: list[str]
) -> None:
    """Add to the covered parties, in place, those that they own, round by round.

    ``held`` is what covered parties hold of each organization without the stakes of those in ``frontier``.
    """
    while frontier:
        number = covered[frontier[0]] + 1
        touched: dict[str, None] = {}
        for owner in frontier:
            for stake in stakes.by_owner.get(owner, ()):
                if stake.low and stake.owned not in covered:
                    held[stake.owned] = EXACT_CONTEXT.add(held.get(stake.owned, NOTHING), stake.low)
                    touched[stake.owned] = None
        frontier = [owned for owned in touched if rule.is_reached_by(held[owned])]
        covered |= dict.fromkeys(frontier, number)


def share_range(stakes: Stakes, owned: str, covered: Readings) -> tuple[Decimal, Decimal]:
    """Return the least and the greatest share of an organization that covered parties hold directly.

    Examples
    --------
    >>> from knockon.model.stakes import stakes_of
    >>> share_range(stakes_of([]), "urn:x:acme", Readings({}, {}))
    (Decimal('0'), Decimal('1'))
    """
    low = sum_of(stake.low for stake in stakes.by_owned.get(owned, ()) if stake.owner in covered.certain)
    high = stakes.most_of(owned, covered.possible)
    return min(low, WHOLE), max(min(low, WHOLE), high)


def rests_on(stakes: Stakes, named: Collection[str], covered: Mapping[str, int], *, certain: bool) -> set[str]:
    """Return those of the covered parties that are covered because of the parties of one list among several.

    A party is covered because of a list that names it, and of those of its covered owners. In the high reading what is
    unknown may be held by a party of any list.

    Parameters
    ----------
    stakes
        The stakes.
    named
        The parties of the list.
    covered
        The parties that all the lists cover, in one reading.
    certain
        Whether that is the low reading.
    """
    unknown = set(stakes.recorded) - stakes.complete
    open_ended = () if certain else (p for p in covered if p in unknown and stakes.total_low(p) < WHOLE)
    found = {*(party for party in named if party in covered), *open_ended}
    frontier = list(found)
    while frontier:
        owner = frontier.pop()
        for stake in stakes.by_owner.get(owner, ()):
            if stake.owned in covered and stake.owned not in found and (stake.low if certain else stake.high):
                found.add(stake.owned)
                frontier.append(stake.owned)
    return found


__all__ = ["Readings", "readings", "rests_on", "share_range"]
