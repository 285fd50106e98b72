"""Rules that may accept two names as one entity without a person, and how far a labelled set supports each.

A rule is used only where the labelled set of the package shows no wrong acceptance. That names alone decide nothing is
measured there: registers give one name, legal form and country to two companies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import NamedTuple

from knockon.identity.names import Name

#: The quantile of the normal distribution for a two-sided interval of 95 %.
_Z = 1.959964


class Facts(NamedTuple):
    """What is known of two entities when their names are compared.

    ``countries`` are the names of the jurisdictions of each, in one form; ``listed`` says whether a measure names it.
    """

    first: Name
    second: Name
    countries: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    listed: tuple[bool, bool] = (False, False)


class Rule(NamedTuple):
    """A rule: its name, what it requires, and the test."""

    name: str
    requires: str
    holds: Callable[[Facts], bool]


def _equal(facts: Facts) -> bool:
    return facts.first == facts.second and bool(facts.first.form) and facts.first.says_something


def _by_name(facts: Facts) -> bool:
    return _equal(facts) and not facts.countries[0].isdisjoint(facts.countries[1])


def _by_listed_name(facts: Facts) -> bool:
    one, other = facts.countries
    return _equal(facts) and all(facts.listed) and not (one and other and one.isdisjoint(other))


#: The rules, in the order in which they are tried.
RULES = (
    Rule("name", "equal names with an equal legal form, and a country that both state", _by_name),
    Rule(
        "listed-name",
        "equal names with an equal legal form, of two parties that measures name, without different countries",
        _by_listed_name,
    ),
)


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What a rule does on labelled pairs.

    Attributes
    ----------
    rule
        Its name.
    requires
        What it requires.
    right, wrong
        How many pairs it accepts that are the same, and that are not.
    error_bound
        The upper end of the Wilson interval (95 %) of the share of wrong acceptances (0..1); 1 where it accepts none.
    """

    rule: str
    requires: str
    right: int
    wrong: int
    error_bound: float = field(default=1.0)

    @property
    def used(self) -> bool:
        """Whether it may accept: it accepts pairs of the labelled set, and none of them wrongly."""
        return self.right > 0 and self.wrong == 0


def rule_results(pairs: Iterable[tuple[Facts, bool]]) -> tuple[RuleResult, ...]:
    """Return what each rule does on labelled pairs: facts, and whether the two are the same."""
    known = list(pairs)
    results = []
    for rule in RULES:
        accepted = [same for facts, same in known if rule.holds(facts)]
        wrong = accepted.count(False)
        results.append(RuleResult(rule.name, rule.requires, len(accepted) - wrong, wrong, wilson_bound(wrong, len(accepted))))
    return tuple(results)


def accepting_rule(facts: Facts, used: Sequence[str]) -> str:
    """Return the name of the first of the used rules that accepts a pair; empty where none does."""
    return next((rule.name for rule in RULES if rule.name in used and rule.holds(facts)), "")


def wilson_bound(count: int, total: int) -> float:
    """Return the upper end of the Wilson score interval (95 %) of a share; 1 without any case.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of the American
    Statistical Association 22 (1927), 209-212.

    >>> round(wilson_bound(0, 370), 4), wilson_bound(0, 0)
    (0.0103, 1.0)
    """
    if not total:
        return 1.0
    share, square = count / total, _Z * _Z
    middle = share + square / (2 * total)
    spread = _Z * sqrt(share * (1 - share) / total + square / (4 * total * total))
    return min(1.0, (middle + spread) / (1 + square / total))


__all__ = ["RULES", "Facts", "Rule", "RuleResult", "accepting_rule", "rule_results", "wilson_bound"]
