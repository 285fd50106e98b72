"""How far a shock reaches and what stayed out of a run, in words: errors say them, and what people read repeats them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knockon.text import counted
from knockon.vocabulary import local_name

#: Records that are named where some are missing; the rest is counted.
NAMED = 8
#: What lets a dependency in that was left out for a reason.
_LETS_IN = {"financing": "--financing lets {} in", "not asserted": "--stance lets {} in"}


def affected(lost: int, total: int | None = None, *, possibly: bool = False) -> str:
    """How many entities lose something (``possibly``: can lose something), of how many where that is known.

    >>> affected(1, 71), affected(27, 71)
    ('1 of 71 entities loses something', '27 of 71 entities lose something')
    >>> affected(0, 71), affected(1)
    ('none of 71 entities loses something', '1 entity loses something')
    """
    verb = "can lose" if possibly else "loses" if lost < 2 else "lose"
    who = counted(lost, "entity", "entities") if lost else "no entity"
    if total is not None:
        who = f"{f'{lost:,}' if lost else 'none'} of {counted(total, 'entity', 'entities')}"
    return f"{who} {verb} something"


def not_hit(missing: Sequence[str], shock: str) -> list[str]:
    """What is said of targets that are not in the graph, and of hits of the ``shock`` whose query finds nothing; all IRIs.

    >>> not_hit(["urn:x/a", "urn:x/ban--3d9bfa9d7c"], "urn:x/ban")
    ['Not hit, because not there: a', 'The query of a hit of ban finds nothing to hit here']
    """
    # A target query that finds nothing is listed by the hit that it belongs to.
    idle = [iri for iri in missing if shock and iri.startswith(f"{shock}--")]
    gone = [iri for iri in missing if iri not in idle]
    lines = [f"Not hit, because not there: {some_names(gone)}"] if gone else []
    if idle:
        what = "The query of a hit" if len(idle) == 1 else f"The queries of {len(idle):,} hits"
        lines.append(f"{what} of {local_name(shock)} {'finds' if len(idle) == 1 else 'find'} nothing to hit here")
    return lines


def dependencies_left_out(left_out: Mapping[str, str], whose: str = "") -> str:
    """Which dependencies and supplies were left out, by IRI with the reason, and the option that lets them in; may be empty.

    ``whose`` begins the sentence in small letters: ``its``.

    >>> dependencies_left_out({"urn:x/a": "financing", "urn:x/b": "not begun", "urn:x/c": "financing"})
    'Of the dependencies and their suppliers, 3 were left out: 2 financing (a, c; --financing lets them in), 1 not begun (b)'
    """
    if not left_out:
        return ""
    parts = []
    for reason in sorted(set(left_out.values())):
        names = sorted(iri for iri, why in left_out.items() if why == reason)
        way = _LETS_IN.get(reason, "").format("it" if len(names) == 1 else "them")
        parts.append(f"{len(names):,} {reason} ({some_names(names)}{f'; {way}' if way else ''})")
    verb = "was" if len(left_out) == 1 else "were"
    start = f"of {whose} dependencies" if whose else "Of the dependencies"
    return f"{start} and their suppliers, {len(left_out):,} {verb} left out: {', '.join(parts)}"


def some_names(iris: Sequence[str]) -> str:
    """The local names of the first of some IRIs, and how many more there are."""
    names = ", ".join(local_name(iri) for iri in iris[:NAMED])
    return names + (f" and {len(iris) - NAMED} more" if len(iris) > NAMED else "")
