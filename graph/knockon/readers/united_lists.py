"""Lists that several rows state of one record, united: items once, and parts of one provider as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from knockon.rdf.fields import Field


def unite(first: Any, second: Any, field_: Field) -> list[Any]:
    """Return the items of two lists; parts of one provider are one.

    Parameters
    ----------
    first, second
        The items that earlier rows state, and those of another row; one alone may be without a list.
    field_
        The field that has them.

    Examples
    --------
    >>> from knockon.model import Company
    >>> from knockon.rdf.fields import by_alias
    >>> unite("AC", ["Acme", "AC"], by_alias(Company)["altLabel"])
    ['AC', 'Acme']
    """
    items = first if isinstance(first, list) else [first]
    if not isinstance(items, _IndexedList):
        items = _IndexedList(items) if len(items) > _INDEXED_FROM else list(items)
    find = items.find_same_part if isinstance(items, _IndexedList) else partial(_find_same_part, items)
    for item in second if isinstance(second, list) else [second]:
        if item in items:
            continue
        same = find(item) if field_.nested else None
        if same is None:
            items.append(item)
        else:
            items[same] = {**item, **items[same]}
    return items


#: From how many items on a list has an index: many rows may add to one record.
_INDEXED_FROM = 16


class _IndexedList(list[Any]):
    """A list that finds an item, or a part of the same provider, without looking at all others.

    >>> items = _IndexedList(["a", {"provider": "p"}])
    >>> "a" in items, {"provider": "p"} in items, "b" in items, items.find_same_part({"provider": "p", "share": "1"})
    (True, True, False, 1)
    """

    def __init__(self, items: Iterable[Any]) -> None:
        super().__init__()
        self._keys: set[Any] = set()
        self._places: dict[Any, list[int]] = {}
        for item in items:
            self.append(item)

    def __contains__(self, item: object) -> bool:
        return _key(item) in self._keys

    def append(self, item: Any) -> None:
        self._keys.add(_key(item))
        if isinstance(item, dict):
            self._places.setdefault(_key(item.get("provider")), []).append(len(self))
        super().append(item)

    def __setitem__(self, place: Any, item: Any) -> None:
        self._keys.add(_key(item))
        super().__setitem__(place, item)

    def find_same_part(self, item: Any) -> int | None:
        """Return the place of a part of the same provider that no field of an item contradicts."""
        places = self._places.get(_key(item.get("provider")), ()) if isinstance(item, dict) else ()
        return next((place for place in places if _is_same_part(item, self[place])), None)


def _key(item: object) -> Any:
    """Return what equal items have in common, and can be looked up."""
    if isinstance(item, dict):
        return frozenset((name, _key(value)) for name, value in item.items())
    return tuple(map(_key, item)) if isinstance(item, list) else item


def _find_same_part(items: Sequence[Any], item: Any) -> int | None:
    return next((place for place, other in enumerate(items) if _is_same_part(item, other)), None)


def _is_same_part(first: Any, second: Any) -> bool:
    """Return whether two parts are of one provider, and none of their fields differ."""
    if not isinstance(first, dict) or not isinstance(second, dict) or "provider" not in first:
        return False
    agrees = all(second.get(name, value) == value for name, value in first.items())
    return agrees and first["provider"] == second.get("provider")


__all__ = ["unite"]
