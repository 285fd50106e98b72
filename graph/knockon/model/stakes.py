"""The direct stakes of owners in organizations, as ranges: the form in which ownership rules read Ownership records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from knockon.model.relation import Ownership
from knockon.model.weights import EXACT_CONTEXT
from knockon.vocabulary import InterestKind

NOTHING, WHOLE = Decimal(0), Decimal(1)
_SHAREHOLDING = (None, InterestKind.SHAREHOLDING)


class Stake(NamedTuple):
    """The direct share (0..1) of one owner in one organization, between ``low`` and ``high``, with the records that state it.

    ``low`` is what is certain to be held directly: 0 where no number is stated, or where the holding may be indirect.
    """

    owner: str
    owned: str
    low: Decimal
    high: Decimal
    records: tuple[Ownership, ...]


@dataclass(frozen=True)
class Stakes:
    """All direct stakes, by owner and by owned.

    Attributes
    ----------
    by_owner, by_owned
        The stakes that an owner holds, and those that are held in an organization.
    recorded
        The organizations of which a record states any interest, direct or not.
    others
        The records that are no direct stake, by owned: indirect holdings, voting rights and other control.
    presumed_direct
        How many records are taken for direct holdings that do not state it.
    complete
        The organizations whose stakes, less than the whole, are taken for all that listed parties may hold.
    """

    by_owner: Mapping[str, Sequence[Stake]]
    by_owned: Mapping[str, Sequence[Stake]]
    recorded: Collection[str]
    others: Mapping[str, Sequence[Ownership]]
    presumed_direct: int = 0
    complete: frozenset[str] = frozenset()

    def total_low(self, owned: str, without: Collection[str] = ()) -> Decimal:
        """Return the sum of the low ends of the stakes in an organization, without those of some owners."""
        return sum_of(stake.low for stake in self.by_owned.get(owned, ()) if stake.owner not in without)

    def most_of(self, owned: str, owners: Collection[str]) -> Decimal:
        """Return the most that some owners may hold of an organization: what others are not certain to hold.

        Where the stakes are complete, it is what the records state of these owners.
        """
        if owned in self.complete:
            return sum_of(stake.high for stake in self.by_owned[owned] if stake.owner in owners)
        return EXACT_CONTEXT.subtract(WHOLE, self.total_low(owned, owners))


def sum_of(shares: Iterable[Decimal]) -> Decimal:
    """Return the exact sum of shares.

    >>> str(sum_of([Decimal("0.1"), Decimal("0.4")]))
    '0.5'
    """
    total = NOTHING
    for share in shares:
        total = EXACT_CONTEXT.add(total, share)
    return total


def stakes_of(ownerships: Iterable[tuple[str, Ownership]], *, strict: bool = False) -> Stakes:
    """Return the direct stakes that records state.

    Only shareholdings count, and among them those that are direct. A record that does not state whether it is direct counts
    as direct where its data set states this of no shareholding: such a table lists who holds what. Where the data set does
    state it of others, or ``strict`` is given, the record may be direct: then the low end of the stake is 0. Such a table is
    also taken to list the owners that matter: where it states the share of each, the rest is not held by listed parties.

    Several records of one owner and organization in one data set add up; where they never are valid together, the range goes
    from the least to the most that they make on one day. Two data sets describe one stake: the range covers what they state.

    Parameters
    ----------
    ownerships
        The records, each with the data set that it is in.
    strict
        Take no record for direct that does not state it.

    Examples
    --------
    >>> halves = [Ownership(id=f"urn:x:{n}", owner="urn:x:p", owned="urn:x:c", share=n) for n in ("0.1", "0.4")]
    >>> [(str(s.low), str(s.high)) for s in stakes_of([("a", half) for half in halves]).by_owned["urn:x:c"]]
    [('0.5', '0.5')]
    >>> [(str(s.low), str(s.high)) for s in stakes_of(zip("ab", halves)).by_owned["urn:x:c"]]
    [('0.1', '0.4')]
    """
    records = list(ownerships)
    stating = {name for name, o in records if o.direct is not None and o.interest_kind in _SHAREHOLDING}
    held: dict[tuple[str, str], list[_Shareholding]] = {}
    others: dict[str, list[Ownership]] = defaultdict(list)
    presumed = 0
    for name, record in records:
        if record.interest_kind in _SHAREHOLDING and record.direct is not False:
            is_direct = record.direct is True or not (strict or name in stating)
            presumed += is_direct and record.direct is None
            held.setdefault((record.owner, record.owned), []).append(_Shareholding(name, record, is_direct))
        else:
            others[record.owned].append(record)
    by_owner: dict[str, list[Stake]] = defaultdict(list)
    by_owned: dict[str, list[Stake]] = defaultdict(list)
    for (owner, owned), members in held.items():
        low, high = _range(members)
        stake = Stake(owner, owned, low, high, tuple(member.record for member in sorted(members, key=_position)))
        by_owner[owner].append(stake)
        by_owned[owned].append(stake)
    unstated = {owned for (_, owned), members in held.items() if not all(m.is_presumed and m.record.share for m in members)}
    parts = (owned for owned, stakes in by_owned.items() if owned not in unstated and sum_of(s.low for s in stakes) < WHOLE)
    return Stakes(by_owner, by_owned, by_owned.keys() | others.keys(), others, presumed, frozenset(parts))


class _Shareholding(NamedTuple):
    """A record that is or may be a direct stake, and the data set that it is in."""

    data_set: str
    record: Ownership
    is_direct: bool

    @property
    def is_presumed(self) -> bool:
        """Whether it is taken for a direct stake without a statement."""
        return self.is_direct and self.record.direct is None


def _position(member: _Shareholding) -> str:
    return member.record.id


def _range(members: Sequence[_Shareholding]) -> tuple[Decimal, Decimal]:
    """Return the range of a stake that several records describe; a data set that states nothing certain does not lower it."""
    if len(members) == 1:
        record = members[0].record
        return (record.least_share or NOTHING) if members[0].is_direct else NOTHING, _most(record)
    by_set: dict[str, list[_Shareholding]] = defaultdict(list)
    for member in members:
        by_set[member.data_set].append(member)
    lows: list[Decimal] = []
    highs: list[Decimal] = []
    for group in by_set.values():
        certain = [member.record for member in group if member.is_direct]
        if any(record.least_share is not None for record in certain):
            lows.append(_extreme([(record, record.least_share or NOTHING) for record in certain], greatest=False))
        if any(m.record.least_share is not None or m.record.share_high is not None for m in group):
            highs.append(_extreme([(member.record, _most(member.record)) for member in group], greatest=True))
    low, high = min(lows, default=NOTHING), min(WHOLE, max(highs, default=WHOLE))
    return min(low, WHOLE), max(min(low, WHOLE), high)


def _most(record: Ownership) -> Decimal:
    if record.share is not None:
        return record.share
    return WHOLE if record.share_high is None else record.share_high


def _extreme(weights: Sequence[tuple[Ownership, Decimal]], *, greatest: bool) -> Decimal:
    """Return the greatest or the least sum of weights on a day on which any of their records is valid."""
    begin = max(record.from_ or date.min for record, _ in weights)
    if all(record.until is None or begin <= record.until for record, _ in weights):
        return sum_of(weight for _, weight in weights)
    changes: dict[int, list[tuple[Decimal, int]]] = defaultdict(list)
    for record, weight in weights:
        changes[(record.from_ or date.min).toordinal()].append((weight, 1))
        if record.until is not None and record.until < date.max:
            changes[(record.until + timedelta(days=1)).toordinal()].append((-weight, -1))
    total, valid = NOTHING, 0
    sums: list[Decimal] = []
    for day in sorted(changes):
        for weight, number in changes[day]:
            total, valid = EXACT_CONTEXT.add(total, weight), valid + number
        if valid:
            sums.append(total)
    return max(sums) if greatest else min(sums)


__all__ = ["NOTHING", "WHOLE", "Stake", "Stakes", "stakes_of", "sum_of"]
