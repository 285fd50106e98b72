"""Documents of JSON in parts, since an answer may have more rows than fit into memory as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from knockon.analysis.answer import Answer, as_json
from knockon.controls import escape_json
from knockon.text import indented_json, json_text

#: How many items of a list are converted to text at a time.
_PART = 500


def json_parts(answer: Answer) -> Iterator[str]:
    """Yield the text that ``json_text(answer.to_dict(), indent=2)`` returns, piece by piece.

    Parameters
    ----------
    answer
        The answer, whose long lists are gone through once.

    Examples
    --------
    >>> import knockon
    >>> from knockon.text import json_text
    >>> report = knockon.open("chips").impact(hit={"asml": "high"})
    >>> "".join(json_parts(report)) == json_text(report.to_dict(), indent=2)
    True
    """
    items = answer.json_items()
    if items is None:
        yield json_text(answer.to_dict(), indent=2)
        return
    before = "{"
    for key, value in items:
        yield f"{before}\n  {escape_json(indented_json(key))}: "
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            yield from _list_parts(value)
        else:
            yield escape_json(indented_json(as_json(value), "\n  "))
        before = ","
    yield "{}" if before == "{" else "\n}"


def _list_parts(items: Sequence[object]) -> Iterator[str]:
    following, before = iter(items), "["
    while part := list(islice(following, _PART)):
        texts = (indented_json(as_json(item), "\n    ") for item in part)
        yield escape_json(f"{before}\n    " + ",\n    ".join(texts))
        before = ","
    yield "[]" if before == "[" else "\n  ]"


__all__ = ["json_parts"]
