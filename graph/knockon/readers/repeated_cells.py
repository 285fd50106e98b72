"""Long lists and objects in the file of rejected rows, each written once: rows of JSON share what is around them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from knockon.authoring.rejects_file import FileCell, WrittenRow

#: What comes before a list or an object; before one that other rows have too, and in their place, comes a name.
JSON, NAMED = "json:", "json#"
#: Shorter ones are written with each row.
_LONG = 200
_NAME = re.compile(rf"({NAMED}[0-9a-f]{{12,20}})(:.*)?", re.DOTALL)


def written_once(rows: Iterable[WrittenRow]) -> Iterator[WrittenRow]:
    """Yield rejected rows in their order, with a name for a long list or object that an earlier row has.

    >>> long = "json:" + str(list(range(99)))
    >>> first, second = written_once([WrittenRow("a.json", "", "no id", {"^": long})] * 2)
    >>> first.cells["^"][:33], second.cells["^"]
    ('json#9eddd215e75b59826f1e:[0, 1, ', 'json#9eddd215e75b59826f1e')
    """
    ordered = sorted(rows, key=lambda row: row.order)
    times = Counter(text for row in ordered for text in row.cells.values() if _is_long(text))
    names: dict[str, str] = {}
    for row in ordered:
        cells = dict(row.cells)
        for column, text in row.cells.items():
            if times.get(text, 0) > 1:
                is_first = text not in names
                name = names.setdefault(text, NAMED + sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20])
                cells[column] = f"{name}:{text.removeprefix(JSON)}" if is_first else name
        yield row._replace(cells=cells)


def _is_long(text: str) -> bool:
    return len(text) > _LONG and text.startswith(JSON) and not isinstance(text, FileCell)


class NamedCells:
    """The lists and objects that the rows of a file of rejected rows have names for.

    >>> named = NamedCells()
    >>> named.whole(["a", "json#0123456789ab:[1]"]), named.whole(["b", "json#0123456789ab"])
    (['a', 'json:[1]'], ['b', 'json:[1]'])
    """

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def whole(self, cells: Sequence[str]) -> list[str]:
        """Return the cells of a row with what stands for their names; a name that no row so far has begun stays."""
        return [self._whole(text) if text.startswith(NAMED) else text for text in cells]

    def _whole(self, text: str) -> str:
        if (found := _NAME.fullmatch(text)) is None:
            return text
        if found[2]:
            self._known[found[1]] = JSON + found[2][1:]
        return self._known.get(found[1], text)


__all__ = ["JSON", "NAMED", "NamedCells", "written_once"]
