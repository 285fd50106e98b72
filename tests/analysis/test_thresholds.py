"""Rules of --fail-on: how they are parsed, which entity they mean, when they are broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.analysis.impact.thresholds import Losses, parse_rule, resolve_rule, violations
from knockon.errors import NotFound, UsageError

KNOWN = {"nvidia": "urn:nvidia", "NVIDIA Corp. > all": "urn:nvidia", "mill.high": "urn:mill-high", "mill": "urn:mill"}


def find(name: str) -> str:
    if name not in KNOWN:
        raise NotFound("entity", name, KNOWN)
    return KNOWN[name]


def broken(texts: list[str], losses: dict[str, Losses]) -> list[str]:
    return violations([resolve_rule(parse_rule(text), find) for text in texts], losses)


def is_broken(text: str, low: float, point: float, high: float) -> bool:
    return bool(broken([text], {"urn:nvidia": (low, point, high)}))


@pytest.mark.parametrize(
    ("text", "name", "sign", "limit"),
    [
        ("nvidia>0.5", "nvidia", ">", 0.5),
        (" nvidia >= .5 ", "nvidia", ">=", 0.5),
        ("https://w3id.org/knockon/id/nvidia>0", "https://w3id.org/knockon/id/nvidia", ">", 0.0),
        ("a > b>=1e-1", "a > b", ">=", 0.1),
        ("SenseTime's total revenue>1", "SenseTime's total revenue", ">", 1.0),
    ],
)
def test_rules_are_parsed(text: str, name: str, sign: str, limit: float) -> None:
    """Names with blanks and signs in them, both operators, any way to write a number."""
    rule = parse_rule(text)
    assert (rule.name, rule.sign, rule.limit) == (name, sign, limit)


@pytest.mark.parametrize("text", ["", "nvidia", "nvidia>", ">0.5", "nvidia<0.5", "nvidia=0.5", "nvidia>half", "nvidia>1.5",
                                  "nvidia>-0.1", "nvidia>nan", "nvidia>inf", "nvidia=>0.5", "nvidia>0.5 or so"])  # fmt: skip
def test_a_text_that_is_not_a_rule_is_refused(text: str) -> None:
    """The message shows how to write a rule, or the range of a loss."""
    with pytest.raises(UsageError, match="--fail-on"):
        parse_rule(text)


@given(st.text())
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    """Never another error."""
    try:
        rule = parse_rule(text)
    except UsageError:
        return
    assert rule.name
    assert 0 <= rule.limit <= 1


def test_above_and_at() -> None:
    """> lets the limit itself pass, >= does not; rounding breaks no rule and hides none."""
    assert not is_broken("nvidia>0.5", 0.5, 0.5, 0.9)
    assert is_broken("nvidia>=0.5", 0.5, 0.5, 0.9)
    assert is_broken("nvidia>0.5", 0.5, 0.51, 0.9)
    assert not is_broken("nvidia>0.3", 0, 0.1 + 0.2, 1)
    assert is_broken("nvidia>=0.3", 0, 0.1 * 3 - 1e-16, 1)


def test_a_rule_may_limit_an_end_of_the_loss() -> None:
    """.low and .high select an end, unless an entity has the whole name."""
    assert is_broken("nvidia.high>0.5", 0.1, 0.4, 0.6)
    assert not is_broken("nvidia.low>0.1", 0.1, 0.4, 0.6)
    rule = resolve_rule(parse_rule("mill.high>0.5"), find)
    assert (rule.entity, rule.end) == ("urn:mill-high", 1)
    rule = resolve_rule(parse_rule("mill.low>0.5"), find)
    assert (rule.entity, rule.end) == ("urn:mill", 0)


def test_an_unknown_entity_is_not_found() -> None:
    """The message names the nearest entities, with or without an end."""
    for text in ("nvida>0.5", "nvida.high>0.5"):
        with pytest.raises(NotFound, match="nvidia"):
            resolve_rule(parse_rule(text), find)


def test_a_broken_rule_is_reported_with_its_numbers() -> None:
    """The sentences are in the order of the rules; an entity that is in no answer loses nothing."""
    assert broken(["mill>=0", "nvidia.high>0.5", "nvidia>0.5"], {"urn:nvidia": (0.1, 0.4, 0.6)}) == [
        "mill>=0: the loss is 0 (between 0 and 0)",
        "nvidia.high>0.5: the high end is 0.6 (loss 0.4, between 0.1 and 0.6)",
    ]
