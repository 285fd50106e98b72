"""Sentences on how many entities a shock affects and what a run left out, for errors and for notes below answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from knockon.text import counted
from knockon.vocabulary import local_name

#: The most records that a sentence names; the rest is counted.
NAMED = 8
#: How a sentence names a record (IRI).
Naming = Callable[[str], str]
#: The option that includes what was left out for a reason.
_OPTIONS = {"financing": "--financing lets {} in", "not asserted": "--stance lets {} in"}


def affected(lost: int, total: int | None = None, *, possibly: bool = False) -> str:
    """Return how many entities lose something (``possibly``: can lose something), of how many where that is known.

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


def not_hit(missing: Sequence[str], shock: str, named: Naming = local_name) -> list[str]:
    """Return a sentence on targets that are not in the graph, and one on hits of the shock whose query finds nothing.

    Parameters
    ----------
    missing
        Targets (IRIs); a target query that finds nothing is listed by the IRI of its hit, which begins with that of the shock.
    shock
        The shock (IRI).
    named
        How records are named.

    Examples
    --------
    >>> not_hit(["urn:x/a", "urn:x/ban--3d9bfa9d7c"], "urn:x/ban")
    ['Not hit, because not there: a', 'The query of a hit of ban finds nothing to hit here']
    >>> not_hit(["urn:knockon:shock:7a17--3d9bfa9d7c"], "urn:knockon:shock:7a17")
    ['The query of a hit finds nothing to hit here']
    """
    hits = [iri for iri in missing if shock and iri.startswith(f"{shock}--")]
    targets = [iri for iri in missing if iri not in hits]
    lines = [f"Not hit, because not there: {some_names(targets, named)}"] if targets else []
    if hits:
        from knockon.analysis.custom_shock import GIVEN

        what = "The query of a hit" if len(hits) == 1 else f"The queries of {len(hits):,} hits"
        whose = "" if shock.startswith(GIVEN) else f" of {named(shock)}"  # a shock of the question has no name
        lines.append(f"{what}{whose} {'finds' if len(hits) == 1 else 'find'} nothing to hit here")
    return lines


def dependencies_left_out(left_out: Mapping[str, str], whose: str = "", named: Naming = local_name) -> str:
    """Return a sentence on dependencies and supplies that were left out, with the options that include them; may be empty.

    Parameters
    ----------
    left_out
        The records (IRIs), each with the reason.
    whose
        A possessive, such as ``its``, with which the sentence begins in lower case.
    named
        How records are named.

    Examples
    --------
    >>> dependencies_left_out({"urn:x/a": "financing", "urn:x/b": "not begun", "urn:x/c": "financing"})
    'Of the dependencies and their suppliers, 3 were left out: 2 financing (a, c; --financing lets them in), 1 not begun (b)'
    """
    if not left_out:
        return ""
    parts = []
    for reason in sorted(set(left_out.values())):
        names = sorted(iri for iri, why in left_out.items() if why == reason)
        option = _OPTIONS.get(reason, "").format("it" if len(names) == 1 else "them")
        parts.append(f"{len(names):,} {reason} ({some_names(names, named)}{f'; {option}' if option else ''})")
    verb = "was" if len(left_out) == 1 else "were"
    start = f"of {whose} dependencies" if whose else "Of the dependencies"
    return f"{start} and their suppliers, {len(left_out):,} {verb} left out: {', '.join(parts)}"


def some_names(iris: Sequence[str], named: Naming = local_name) -> str:
    """Return the names of the first IRIs of a list, and how many more there are."""
    names = ", ".join(named(iri) for iri in iris[:NAMED])
    return names + (f" and {len(iris) - NAMED} more" if len(iris) > NAMED else "")
