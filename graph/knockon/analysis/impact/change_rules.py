"""Rules about changes, so that a script can stop: a kind of change (``worse``), ``loss>0.5``, ``rise>=0.1``, ``nvidia>0.5``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from knockon.analysis.impact.loss_change import LossChange
from knockon.analysis.impact.thresholds import EntityRule, Rule, parse_rule, resolve_rule, violations
from knockon.errors import UsageError
from knockon.propagation.fixed_point import ROUNDING

#: The word of a rule that every change breaks.
ANY = "any"
#: The names of limits that are not those of entities: on a loss that became greater, and on how much it rose.
LOSS, RISE = "loss", "rise"
#: The most changes that one sentence names; the rest are counted.
_MOST_NAMED = 3


class ChangeRule(NamedTuple):
    """A rule as typed, with the word it is about, or the limit that a changed loss must not reach.

    Attributes
    ----------
    text
        The rule as typed.
    word
        The kind of change; empty where the rule has a limit.
    limit
        The limit on a loss or on its rise; None where the rule is a word.
    entity
        The entity whose losses it limits; None where it limits those of all.
    """

    text: str
    word: str = ""
    limit: Rule | None = None
    entity: EntityRule | None = None


def parse_change_rule(text: str, words: Collection[str], find: Callable[[str], str] | None = None) -> ChangeRule:
    """Parse a rule about changes as typed.

    Parameters
    ----------
    text
        ``worse`` (a kind of change), ``any``, ``loss>0.5`` (a new or worse loss), ``rise>0.1`` (how much a loss rose), or
        ``nvidia>0.5`` (a new or worse loss of one entity; ``nvidia.high`` is its high end).
    words
        The kinds of changes.
    find
        Returns the IRI of the entity with a name; None where rules do not name entities.

    Raises
    ------
    UsageError
        The text is not a rule.
    NotFound
        There is no such entity.

    Examples
    --------
    >>> parse_change_rule("worse", ["new", "worse"]).word
    'worse'
    >>> parse_change_rule("rise >= 0.1", []).limit.limit
    0.1
    >>> parse_change_rule("worst", ["new", "worse"])
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: --fail-on 'worst': write a kind of change (any, new, worse), loss>X or rise>X
    """
    word = text.strip().lower()
    if word in (ANY, *words):
        return ChangeRule(text.strip(), word)
    if not {"<", ">", "="} & set(text):
        of_entity = ", ENTITY>X" if find else ""
        kinds = ", ".join((ANY, *words))
        raise UsageError(f"--fail-on {text!r}: write a kind of change ({kinds}){of_entity}, loss>X or rise>X")
    rule = parse_rule(text)
    if rule.name.lower() in (LOSS, RISE):
        return ChangeRule(rule.text, limit=rule._replace(name=rule.name.lower()))
    if find is None:
        raise UsageError(f"--fail-on {text!r}: write loss>X or rise>X, with a number in 0..1")
    return ChangeRule(rule.text, entity=resolve_rule(rule, find))


def broken_rules(rules: Sequence[ChangeRule], losses: Sequence[LossChange], counts: Mapping[str, int]) -> list[str]:
    """Return a sentence for each rule that changes break, with what broke it.

    Parameters
    ----------
    rules
        The rules.
    losses
        The losses that changed.
    counts
        How many changes of each kind there are, those of losses included; ``any`` counts all.

    Examples
    --------
    >>> rules = [parse_change_rule(text, ["added"]) for text in ("any", "added", "loss>0.5")]
    >>> broken_rules(rules, [], {"any": 2, "added": 0})
    ['any: 2 changes']
    """
    return [sentence for rule in rules if (sentence := _sentence(rule, losses, counts))]


def _sentence(rule: ChangeRule, losses: Sequence[LossChange], counts: Mapping[str, int]) -> str:
    if rule.word:
        number = counts.get(rule.word, 0)
        return f"{rule.text}: {number:,} change{'s' if number != 1 else ''}" if number else ""
    # A loss that fell, or whose range alone moved down, was no better before.
    risen = [change for change in losses if any(n > o for n, o in zip(change.new, change.old, strict=True))]
    if rule.entity is not None:
        return _first(violations([rule.entity], {change.entity: change.new}) for change in risen)
    assert rule.limit is not None  # noqa: S101 - a rule has a word, an entity or a limit
    broken = [change for change in risen if _reaches(rule.limit, change)]
    if not broken:
        return ""
    named = [f"{c.label} under {c.shock_label} {c.loss_old:.6g} to {c.loss_new:.6g}" for c in broken]
    more = f" and {len(named) - _MOST_NAMED:,} more" if len(named) > _MOST_NAMED else ""
    return f"{rule.text}: {', '.join(named[:_MOST_NAMED])}{more}"


def _reaches(rule: Rule, change: LossChange) -> bool:
    """Return whether a loss that rose is above the limit of a rule, or how much it rose; ``>=`` admits equal ones."""
    value = change.difference if rule.name == RISE else change.loss_new
    if change.difference <= 0:
        return False
    return value > rule.limit + ROUNDING if rule.sign == ">" else value >= rule.limit - ROUNDING


def _first(sentences: Iterable[Sequence[str]]) -> str:
    return next((sentence for found in sentences for sentence in found), "")


__all__ = ["ANY", "LOSS", "RISE", "ChangeRule", "broken_rules", "parse_change_rule"]
