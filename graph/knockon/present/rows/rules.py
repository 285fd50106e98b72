"""Rules of ``--fail-on`` that an answer breaks or leaves undecided, as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def rule_notes(broken: Sequence[str], undecided: Iterable[str], *, untrusted: str = "") -> Iterator[str]:
    """Return a line for each rule that is broken or undecided.

    Parameters
    ----------
    broken, undecided
        The rules in words, each with the loss.
    untrusted
        If a cap stopped the run and so decides the exit code: the two codes, ``"5, not 6"``.

    Examples
    --------
    >>> list(rule_notes(["nvidia loses 0.60, above 0.5"], []))
    ['BROKEN: nvidia loses 0.60, above 0.5']
    """
    for line in broken:
        yield f"BROKEN: {line}"
    if broken and untrusted:
        yield f"exits {untrusted}: the run was stopped by its cap, and its numbers cannot be trusted"
    for line in undecided:
        yield f"UNDECIDED: {line}; use a smaller --eps"


__all__ = ["rule_notes"]
