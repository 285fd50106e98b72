"""What simple rules predict, without a model: links, degree, and the stated share of revenue or of an input alone."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from knockon.model import Dependency, Provision, Record, RevenueStream

#: A prediction: a number above 0 for what is predicted to be hit, larger for worse.
Prediction = Mapping[str, float]


class Links:
    """The links of a network: who rests on whom, and with which stated share.

    The portion of a revenue stream that rests on something is a share of revenue. Every other stated share is one of supply:
    the part of a need that one provider meets, or the part of an output that rests on a need. A shock may also hit a dependency
    or a provision itself: then its dependant, or what it provides, is one link away.

    Parameters
    ----------
    records
        The records of the network.

    Examples
    --------
    >>> ns = "urn:x:"
    >>> supply = [{"provider": ns + "plant", "share": 0.99}]
    >>> one = Dependency(id=ns + "d", dependant=ns + "cars", need=ns + "valves", supply=supply)
    >>> Links([one]).hops([ns + "plant"])
    {'urn:x:plant': 1.0, 'urn:x:cars': 0.5}
    >>> Links([one]).shares([ns + "plant"], of_revenue=False)
    {'urn:x:plant': 1.0, 'urn:x:cars': 0.99}
    >>> sales = RevenueStream(id=ns + "sales", label="Sales")
    >>> sold = Dependency(id=ns + "s", dependant=ns + "sales", need=ns + "cars", portion=0.3)
    >>> Links([sales, sold]).shares([ns + "cars"], of_revenue=True)
    {'urn:x:cars': 1.0, 'urn:x:sales': 0.3}
    """

    def __init__(self, records: Iterable[Record]) -> None:
        self.dependants: dict[str, set[str]] = defaultdict(set)
        self.degrees: dict[str, int] = defaultdict(int)
        #: For each entity who rests on it: the dependant, the need that it meets, and the share that is stated.
        self.stated: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
        records = tuple(records)
        self.revenues = {str(record.id) for record in records if isinstance(record, RevenueStream)}
        dependencies = [record for record in records if isinstance(record, Dependency)]
        for each in dependencies:
            self._add_dependency(each)
        for record in records:
            if isinstance(record, Provision):
                self._add_provision(record, dependencies)

    def _add_dependency(self, record: Dependency) -> None:
        dependant, need = str(record.dependant), str(record.need)
        portion = _stated(record.portion)
        for supply in record.supply:
            self._link(dependant, str(supply.provider))
            self._state(str(supply.provider), dependant, need, _stated(supply.share), portion)
        self._link(dependant, need)
        self.dependants[str(record.id)].add(dependant)
        for hit in (need, str(record.id)):
            self._state(hit, dependant, need, portion, None)

    def _add_provision(self, record: Provision, dependencies: Sequence[Dependency]) -> None:
        provider, provided, share = str(record.provider), str(record.provided), _stated(record.share)
        self._link(provided, provider)
        self.dependants[str(record.id)].add(provided)
        for hit in (provider, str(record.id)):
            self._state(hit, provided, provided, share, None)
            for each in dependencies:
                if each.need == record.provided and not each.supply:
                    self._state(hit, str(each.dependant), provided, share, _stated(each.portion))

    def _link(self, dependant: str, need: str) -> None:
        if dependant not in self.dependants[need]:
            self.dependants[need].add(dependant)
            self.degrees[need] += 1
            self.degrees[dependant] += 1

    def _state(self, provider: str, dependant: str, need: str, share: float | None, portion: float | None) -> None:
        if share is not None:
            self.stated[provider].append((dependant, need, share * (1.0 if portion is None else portion)))

    def hops(self, hit: Sequence[str]) -> dict[str, float]:
        """Predict that everything downstream is hit, the less the more links are between: 1 / (1 + links)."""
        found = dict.fromkeys(hit, 1.0)
        waiting = deque((entity, 0) for entity in hit)
        while waiting:
            entity, links = waiting.popleft()
            for dependant in self.dependants.get(entity, ()):
                if dependant not in found:
                    found[dependant] = 1 / (links + 2)
                    waiting.append((dependant, links + 1))
        return found

    def degree(self, hit: Sequence[str], count: int) -> dict[str, float]:
        """Predict that as many are hit as another method says, those with the most links."""
        most = max(self.degrees.values(), default=1)
        ranked = sorted(self.degrees, key=lambda entity: (-self.degrees[entity], entity))[: max(count, len(hit))]
        return {entity: self.degrees[entity] / most for entity in ranked}

    def shares(self, hit: Sequence[str], *, of_revenue: bool) -> dict[str, float]:
        """Predict for those that rest on what is hit the stated share of revenue or of supply; others lose nothing.

        Shares of several providers of one need are added; of several needs the largest counts.
        """
        totals: dict[tuple[str, str], float] = defaultdict(float)
        for entity in hit:
            for dependant, need, share in self.stated.get(entity, ()):
                if (dependant in self.revenues) == of_revenue:
                    totals[dependant, need] += share
        found = dict.fromkeys(hit, 1.0)
        for (dependant, _), share in totals.items():
            if share > 0:
                found[dependant] = max(found.get(dependant, 0.0), min(share, 1.0))
        return found


def _stated(share: object) -> float | None:
    """Return a share that is a number; None where none is stated, or a word alone."""
    return float(share) if isinstance(share, Decimal) else None


def baselines(records: Iterable[Record], hit: Sequence[str], count: int) -> dict[str, Prediction]:
    """Return the predictions of each baseline, by its name.

    Parameters
    ----------
    records
        The records of the network.
    hit
        The entities (IRIs) that the shock hits directly.
    count
        How many entities the model predicts to be hit: degree alone says no number.
    """
    links = Links(records)
    return {
        "nobody": {},
        "hops": links.hops(hit),
        "degree": links.degree(hit, count),
        "revenue": links.shares(hit, of_revenue=True),
        "supply": links.shares(hit, of_revenue=False),
    }


__all__ = ["Links", "Prediction", "baselines"]
