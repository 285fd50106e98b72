"""Find the wholes whose weights may add up to more than 1, by their sums on all days together."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from decimal import Decimal

from knockon.model import Dependency, Entity, Ownership, Provision, Statement
from knockon.model.dependency import share_fault
from knockon.model.weights import ROUNDED

#: The sums of weights from which the exact ones are computed: those here are of numbers with rounded digits.
_LEAST = float(ROUNDED) - 0.001
#: The kinds of weights of one data set.
_PROVISION, _PORTION = "provision", "portion"


class HoldingSurvey:
    """The shares of organizations that ownerships state.

    Examples
    --------
    >>> survey = HoldingSurvey()
    >>> for owner in "ab":
    ...     survey.include(Ownership(id=f"urn:x:{owner}-owns-c", owner=f"urn:x:{owner}", owned="urn:x:c", share="0.6"))
    >>> excess = survey.excess()
    >>> HoldingSurvey.whole(Ownership(id="urn:x:o", owner="urn:x:d", owned="urn:x:c", share="0.1")) in excess
    True
    """

    def __init__(self) -> None:
        self._sums = _Sums()

    def include(self, record: Ownership) -> None:
        """Add an ownership."""
        if record.least_share is not None and record.is_part_of_whole:
            self._sums.add(self.whole(record), record.least_share)

    def excess(self) -> frozenset[int]:
        """Return the wholes whose shares may add up to more than 1."""
        return self._sums.excess()

    @staticmethod
    def whole(record: Ownership) -> int:
        """Return the whole that an ownership is of."""
        return hash(record.owned)


class WeightSurvey:
    """The weights in data sets, each by itself: shares of provisions, and portions.

    Entities whose provisions combine in a way that goes with no shares are among them.
    """

    def __init__(self) -> None:
        self._provisions, self._portions, self._combined = _Sums(), _Sums(), set[int]()

    def include(self, number: int, record: Statement) -> None:
        """Add a record as the data set with a number states it."""
        if isinstance(record, Provision):
            if record.share is not None:
                self._provisions.add(_key(number, _PROVISION, record.provided), record.share)
        elif isinstance(record, Dependency):
            if isinstance(record.portion, Decimal):
                self._portions.add(_key(number, _PORTION, record.dependant), record.portion)
        elif isinstance(record, Entity) and share_fault(record.provision_combination):
            self._combined.add(_key(number, _PROVISION, record.id))

    def excess(self) -> frozenset[int]:
        """Return the wholes whose weights may add up to more than 1, or may be stated beside a combination."""
        beside = self._provisions.among(self._combined)
        return self._provisions.excess() | self._portions.excess() | beside

    @staticmethod
    def wholes(number: int, record: Statement) -> Iterator[int]:
        """Yield the wholes that a record of a data set may state a weight or a combination of."""
        if isinstance(record, Provision):
            yield _key(number, _PROVISION, record.provided)
        elif isinstance(record, Dependency):
            yield _key(number, _PORTION, record.dependant)
        elif isinstance(record, Entity):
            yield _key(number, _PROVISION, record.id)


class _Sums:
    """Sums of weights by hashes of what they are parts of."""

    def __init__(self) -> None:
        self._keys, self._weights = array("q"), array("d")

    def add(self, key: int, weight: Decimal) -> None:
        self._keys.append(key)
        self._weights.append(float(weight))

    def among(self, keys: set[int]) -> frozenset[int]:
        """Return those of some keys that have weights."""
        return frozenset(key for key in self._keys if key in keys) if keys else frozenset()

    def excess(self) -> frozenset[int]:
        """Return the keys whose weights may add up to more than 1."""
        if not self._keys:
            return frozenset()
        import numpy as np  # not for data without weights

        keys, places = np.unique(np.frombuffer(self._keys, np.int64), return_inverse=True)
        sums = np.bincount(places, np.frombuffer(self._weights))
        return frozenset(keys[sums > _LEAST].tolist())


def _key(number: int, kind: str, iri: str) -> int:
    return hash((number, kind, iri))


__all__ = ["HoldingSurvey", "WeightSurvey"]
