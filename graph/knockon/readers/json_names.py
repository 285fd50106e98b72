"""Names in objects of JSON, each of which may be there once."""

from __future__ import annotations

from collections import Counter


class RepeatedName(ValueError):
    """An object has a name twice: readers would differ in which of the values they take."""


def named_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object from its names and values, for ``json.JSONDecoder(object_pairs_hook=...)``.

    Raises
    ------
    RepeatedName
        A name is there twice (RFC 8259, section 4).

    Examples
    --------
    >>> named_once([("id", "acme"), ("share", 40)])
    {'id': 'acme', 'share': 40}
    >>> named_once([("share", 40), ("share", 60)])
    Traceback (most recent call last):
    knockon.readers.json_names.RepeatedName: has the name 'share' twice
    """
    values = dict(pairs)
    if len(values) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise RepeatedName(f"has the name {twice[:100]!r} twice")
    return values


__all__ = ["RepeatedName", "named_once"]
