"""Rules of --fail-on: how they are read, whom they mean, when they are broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.analysis.impact.thresholds import aimed, broken, parse
from knockon.errors import NotFound, UsageError

KNOWN = {"nvidia": "urn:nvidia", "NVIDIA Corp. > all": "urn:nvidia", "mill.high": "urn:mill-high", "mill": "urn:mill"}


def find(name: str) -> str:
    if name not in KNOWN:
        raise NotFound("entity", name, KNOWN)
    return KNOWN[name]


def held(text: str, low: float, point: float, high: float, entity: str = "urn:nvidia") -> bool:
    return not broken(aimed([parse(text)], find), {entity: (low, point, high)})


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
def test_rules_are_read(text: str, name: str, sign: str, limit: float) -> None:
    """Names with blanks and signs in them, both operators, any way to write a number."""
    rule = parse(text)
    assert (rule.name, rule.sign, rule.limit) == (name, sign, limit)


@pytest.mark.parametrize("text", ["", "nvidia", "nvidia>", ">0.5", "nvidia<0.5", "nvidia=0.5", "nvidia>half", "nvidia>1.5",
                                  "nvidia>-0.1", "nvidia>nan", "nvidia>inf", "nvidia=>0.5", "nvidia>0.5 or so"])  # fmt: skip
def test_what_is_no_rule_is_refused(text: str) -> None:
    """With how to write one, or with the range of a loss."""
    with pytest.raises(UsageError, match="--fail-on"):
        parse(text)


@given(st.text())
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    """Never another error."""
    try:
        rule = parse(text)
    except UsageError:
        return
    assert rule.name
    assert 0 <= rule.limit <= 1


def test_above_and_at() -> None:
    """> lets the limit itself pass, >= does not; rounding breaks no rule and hides none."""
    assert held("nvidia>0.5", 0.5, 0.5, 0.9)
    assert not held("nvidia>=0.5", 0.5, 0.5, 0.9)
    assert not held("nvidia>0.5", 0.5, 0.51, 0.9)
    assert held("nvidia>0.3", 0, 0.1 + 0.2, 1)
    assert not held("nvidia>=0.3", 0, 0.1 * 3 - 1e-16, 1)


def test_the_ends_can_be_meant() -> None:
    """.low and .high; a name that ends so as it stands is that entity's."""
    assert not held("nvidia.high>0.5", 0.1, 0.4, 0.6)
    assert held("nvidia.low>0.1", 0.1, 0.4, 0.6)
    (rule,) = aimed([parse("mill.high>0.5")], find)
    assert (rule.entity, rule.end) == ("urn:mill-high", 1)
    (rule,) = aimed([parse("mill.low>0.5")], find)
    assert (rule.entity, rule.end) == ("urn:mill", 0)


def test_who_is_not_there_is_not_found() -> None:
    """With the nearest names, ends or not."""
    for text in ("nvida>0.5", "nvida.high>0.5"):
        with pytest.raises(NotFound, match="nvidia"):
            aimed([parse(text)], find)


def test_the_numbers_are_said() -> None:
    """In the order of the rules; who is in no answer loses nothing."""
    rules = aimed([parse("mill>=0"), parse("nvidia.high>0.5"), parse("nvidia>0.5")], find)
    said = broken(rules, {"urn:nvidia": (0.1, 0.4, 0.6)})
    assert said == [
        "mill>=0: the loss is 0 (between 0 and 0)",
        "nvidia.high>0.5: the high end is 0.6 (loss 0.4, between 0.1 and 0.6)",
    ]
