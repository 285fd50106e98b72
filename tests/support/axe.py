"""What axe, which looks at pages as those who use assistive software meet them, complains of."""

from __future__ import annotations

from typing import Any

import pytest

#: What repeats itself: rows of a table and entries of a list after the twelfth. Of each text axe computes what is behind
#: it, which takes most of its time.
REPEATED = {"exclude": [["tr:nth-child(n+13)"], ["li:nth-child(n+13)"], ["option:nth-child(n+13)"]]}


def complaints(page: Any, part: str | dict[str, Any] | None = None) -> list[str]:
    """What axe finds on a page, or on a part of it, of any weight: the rule, the element and how to mend it."""
    return [text for text, _ in _found(page, part)]


def serious(page: Any, *, whole: bool = False) -> list[str]:
    """What axe finds on a page that is serious or worse.

    ``whole`` looks at all of it; otherwise long tables and lists are looked at as far as their twelfth entry, in a
    half of the time.
    """
    return [text for text, impact in _found(page, None if whole else REPEATED) if impact in {"serious", "critical"}]


def _found(page: Any, part: str | dict[str, Any] | None) -> list[tuple[str, str]]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    rules = axe.Axe().run(page, context=part).response["violations"]
    return [
        (f"{rule['id']}: {node['target']} {node['html'][:160]}: {node['failureSummary']}", rule["impact"])
        for rule in rules
        for node in rule["nodes"]
    ]
