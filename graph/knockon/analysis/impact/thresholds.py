"""Rules about the greatest loss that is accepted, so that a script can stop: ``nvidia>0.5``, ``nvidia.high>=0.5``."""

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
_NO_LOSS: Losses = (0.0, 0.0, 0.0)


class Rule(NamedTuple):
    """A rule as typed: it is broken where the loss of what it names is above (``>``) the limit, or equal to it (``>=``)."""

    text: str
    name: str
    sign: str
    limit: float


class EntityRule(NamedTuple):
    """A rule with the entity (IRI) that it is about, and which end of the loss it limits: 0 low, 1 point, 2 high."""

    rule: Rule
    entity: str
    end: int


def parse_rule(text: str) -> Rule:
    """Parse a rule as typed; its limit is a loss (0..1).

    >>> parse_rule("nvidia.high >= 0.5")
    Rule(text='nvidia.high >= 0.5', name='nvidia.high', sign='>=', limit=0.5)

    Raises
    ------
    UsageError
        The text is not a rule.
    """
    match = _RULE.fullmatch(text)
    if match is None:
        raise UsageError(f"--fail-on {text!r}: write ENTITY>LOSS, ENTITY>=LOSS or ENTITY.high>LOSS, e.g. 'nvidia>0.5'")
    try:
        limit = float(match["limit"])
    except ValueError:
        limit = float("nan")
    if not 0 <= limit <= 1:
        raise UsageError(f"--fail-on {text!r}: the loss must be a number in 0..1, not {match['limit']}")
    return Rule(text.strip(), match["name"].strip(), match["sign"], limit)


def resolve_rule(rule: Rule, find: Callable[[str], str]) -> EntityRule:
    """Return a rule with the entity that it names; ``find`` returns the IRI of a name.

    The ending ``.low`` or ``.high`` of a name selects an end of the loss, unless
    an entity has the whole name, ending included.

    Raises
    ------
    NotFound
        No entity has the name.
    """
    name, dot, end = rule.name.rpartition(".")
    try:
        return EntityRule(rule, find(rule.name), _POINT)
    except NotFound:
        if not (dot and name and end in _ENDS):
            raise
        return EntityRule(rule, find(name), _ENDS[end])


def violations(rules: Sequence[EntityRule], losses: Mapping[str, Losses]) -> list[str]:
    """Return a sentence for each broken rule, with the numbers; an entity without an entry in ``losses`` loses nothing.

    >>> find = {"a": "urn:a", "b": "urn:b"}.__getitem__
    >>> rules = [resolve_rule(parse_rule(text), find) for text in ("a>0.5", "a>=0.4", "b>0")]
    >>> violations(rules, {"urn:a": (0.1, 0.4, 0.6)})
    ['a>=0.4: the loss is 0.4 (between 0.1 and 0.6)']
    """
    pairs = [(rule, losses.get(rule.entity, _NO_LOSS)) for rule in rules]
    return [_sentence(rule, loss) for rule, loss in pairs if _is_broken(rule, loss)]


def possible_violations(rules: Sequence[EntityRule], losses: Mapping[str, Losses], error: float) -> list[str]:
    """Return a sentence for each rule that is not broken, but would be if the losses were higher by ``error`` (0..1).

    >>> rule = resolve_rule(parse_rule("a>0.5"), lambda name: "urn:a")
    >>> possible_violations([rule], {"urn:a": (0.4, 0.49, 0.6)}, 0.02)
    ['a>0.5: the loss is 0.49 (between 0.4 and 0.6), and may be up to 0.02 higher']
    """
    sentences = []
    for rule in rules:
        loss = losses.get(rule.entity, _NO_LOSS)
        low, point, high = loss
        if not _is_broken(rule, loss) and _is_broken(rule, (low + error, point + error, high + error)):
            sentences.append(f"{_sentence(rule, loss)}, and may be up to {error:.2g} higher")
    return sentences


def _is_broken(rule: EntityRule, loss: Losses) -> bool:
    if rule.rule.sign == ">":
        return loss[rule.end] > rule.rule.limit + ROUNDING
    return loss[rule.end] >= rule.rule.limit - ROUNDING


def _sentence(rule: EntityRule, loss: Losses) -> str:
    low, point, high = loss
    text, between = rule.rule.text, f"between {low:.6g} and {high:.6g}"
    if rule.end == _POINT:
        return f"{text}: the loss is {point:.6g} ({between})"
    which = "low" if rule.end == 0 else "high"
    return f"{text}: the {which} end is {loss[rule.end]:.6g} (loss {point:.6g}, {between})"


__all__ = ["EntityRule", "Losses", "Rule", "parse_rule", "possible_violations", "resolve_rule", "violations"]
