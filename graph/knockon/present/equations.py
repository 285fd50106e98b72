"""The equations of a run in words, with their source: those of its model, and of what its options and its data add to them."""

from __future__ import annotations

from collections.abc import Iterator

from knockon.analysis.explain.explanation import Explanation
from knockon.analysis.methods import METHODS
from knockon.present.phrases import capitalized


def equations_of(explanation: Explanation) -> str:
    """Return the equations behind the losses of an explanation, and their source.

    >>> import knockon
    >>> equations_of(knockon.open().explain("entity-list-chips", "sensefoundry", model="reach"))[-24:]
    ' (breadth-first search).'
    """
    wording = METHODS[explanation.model].wording(*_forms(explanation))
    return f"{capitalized(wording.equation)} ({wording.reference})."


def _forms(explanation: Explanation) -> Iterator[str]:
    if explanation.parameters.get("given"):
        yield "given"
    if any(link.substitutions for link in explanation.links):
        yield "substitution"


__all__ = ["equations_of"]
