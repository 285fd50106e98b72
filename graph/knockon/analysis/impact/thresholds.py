"""Rules that a loss must not break, so that a script can stop: ``nvidia>0.5``, ``nvidia.high>=0.5``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from knockon.errors import NotFound, UsageError
from knockon.propagation.fixed_point import ROUNDING

#: The low end, the point and the high end of a loss.
Losses = tuple[float, float, float]
_RULE = re.compile(r"(?P<name>.*?[^\s<>=])\s*(?P<sign>>=|>)\s*(?P<limit>[^<>=\s]+)\s*", re.DOTALL)
_ENDS = {"low": 0, "high": 2}
_POINT = 1


class Rule(NamedTuple):
    """What must not be: the loss of what is named is above (``>``) the limit, or at it (``>=``) as well."""

    text: str
    name: str
    sign: str
    limit: float


class Aimed(NamedTuple):
    """A rule with the entity it means, and which end of its loss: 0 low, 1 point, 2 high."""

    rule: Rule
    entity: str
    end: int


def parse(text: str) -> Rule:
    """A rule as typed; the limit is a loss, 0..1.

    >>> parse("nvidia.high >= 0.5")
    Rule(text='nvidia.high >= 0.5', name='nvidia.high', sign='>=', limit=0.5)

    Raises
    ------
    UsageError
        It is no rule.
    """
    found = _RULE.fullmatch(text)
    if found is None:
        raise UsageError(f"--fail-on {text!r}: write ENTITY>LOSS, ENTITY>=LOSS or ENTITY.high>LOSS, e.g. 'nvidia>0.5'")
    try:
        limit = float(found["limit"])
    except ValueError:
        limit = float("nan")
    if not 0 <= limit <= 1:
        raise UsageError(f"--fail-on {text!r}: the loss must be a number in 0..1, not {found['limit']}")
    return Rule(text.strip(), found["name"].strip(), found["sign"], limit)


def aimed(rules: Sequence[Rule], find: Callable[[str], str]) -> list[Aimed]:
    """The rules with the entities they mean; ``find`` gives the IRI of a name.

    A name that ends in ``.low`` or ``.high`` and is somebody's as it stands is
    that entity's.

    Raises
    ------
    NotFound
        A rule names nobody.
    """
    return [_aimed(rule, find) for rule in rules]


def _aimed(rule: Rule, find: Callable[[str], str]) -> Aimed:
    name, dot, end = rule.name.rpartition(".")
    if not (dot and name and end in _ENDS):
        return Aimed(rule, find(rule.name), _POINT)
    try:
        return Aimed(rule, find(rule.name), _POINT)
    except NotFound:
        return Aimed(rule, find(name), _ENDS[end])


def broken(rules: Sequence[Aimed], losses: Mapping[str, Losses]) -> list[str]:
    """A sentence for each broken rule, with the numbers; who is not among the losses loses nothing.

    >>> rules = aimed([parse("a.high>0.5"), parse("a>=0.4"), parse("b>0")], lambda name: {"a": "urn:a", "b": "urn:b"}[name]
    ...               if name in "ab" else (_ for _ in ()).throw(NotFound("entity", name)))
    >>> broken(rules, {"urn:a": (0.1, 0.4, 0.6)})
    ['a.high>0.5: the high end is 0.6 (loss 0.4, between 0.1 and 0.6)', 'a>=0.4: the loss is 0.4 (between 0.1 and 0.6)']
    """
    found = [(one, losses.get(one.entity, (0.0, 0.0, 0.0))) for one in rules]
    return [_said(one, loss) for one, loss in found if _breaks(one, loss)]


def undecided(rules: Sequence[Aimed], losses: Mapping[str, Losses], error: float) -> list[str]:
    """A sentence for each rule that is not broken, but would be if losses were higher by what a run may have stopped short of.

    >>> rule = aimed([parse("a>0.5")], lambda name: "urn:a")
    >>> undecided(rule, {"urn:a": (0.4, 0.49, 0.6)}, 0.02)
    ['a>0.5: the loss is 0.49 (between 0.4 and 0.6), and may be up to 0.02 higher']
    """
    found = [(one, losses.get(one.entity, (0.0, 0.0, 0.0))) for one in rules]
    higher = [(one, loss, tuple(end + error for end in loss)) for one, loss in found if not _breaks(one, loss)]
    return [
        f"{_said(one, loss)}, and may be up to {error:.2g} higher" for one, loss, (low, point, high) in higher
        if _breaks(one, (low, point, high))
    ]  # fmt: skip


def _breaks(one: Aimed, loss: Losses) -> bool:
    if one.rule.sign == ">":
        return loss[one.end] > one.rule.limit + ROUNDING
    return loss[one.end] >= one.rule.limit - ROUNDING


def _said(one: Aimed, loss: Losses) -> str:
    low, point, high = loss
    between = f"between {low:.6g} and {high:.6g}"
    if one.end == _POINT:
        return f"{one.rule.text}: the loss is {point:.6g} ({between})"
    which = "low" if one.end == 0 else "high"
    return f"{one.rule.text}: the {which} end is {loss[one.end]:.6g} (loss {point:.6g}, {between})"
