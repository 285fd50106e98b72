"""Rules about changes: how they are typed, and what breaks them."""

from __future__ import annotations

import pytest

from knockon.analysis.impact.change_rules import broken_rules, parse_change_rule
from knockon.analysis.impact.loss_change import LossChange, loss_kind
from knockon.analysis.impact.thresholds import Losses
from knockon.errors import NotFound, UsageError

ENTITIES = {"acme": "urn:x:acme", "loss": "urn:x:loss"}


def find(name: str) -> str:
    """The IRI of a name, as a graph finds it."""
    if name in ENTITIES:
        return ENTITIES[name]
    raise NotFound("entity", name)


def change(old: Losses, new: Losses, entity: str = "urn:x:acme") -> LossChange:
    kind = loss_kind(old, new)
    assert kind is not None
    return LossChange(kind, "urn:x:ban", "Ban", entity, "Acme", "Company", old, new)


RISE = change((0.1, 0.2, 0.3), (0.2, 0.45, 0.6))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("any", "any: 1 change"),
        ("worse", "worse: 1 change"),
        ("better", ""),
        ("loss>0.4", "loss>0.4: Acme under Ban 0.2 to 0.45"),
        ("loss>0.45", ""),
        ("LOSS >= 0.45", "LOSS >= 0.45: Acme under Ban 0.2 to 0.45"),
        ("rise>=0.25", "rise>=0.25: Acme under Ban 0.2 to 0.45"),
        ("rise>0.25", ""),
        ("acme>0.4", "acme>0.4: the loss is 0.45 (between 0.2 and 0.6)"),
        ("acme.high>0.5", "acme.high>0.5: the high end is 0.6 (loss 0.45, between 0.2 and 0.6)"),
        ("acme>0.5", ""),
    ],
)
def test_what_breaks_a_rule(text: str, sentence: str) -> None:
    """A kind of change, a limit on a loss that rose, on its rise, and on the loss of one entity."""
    rule = parse_change_rule(text, ["worse", "better"], find)
    assert broken_rules([rule], [RISE], {"any": 1, "worse": 1}) == ([sentence] if sentence else [])


def test_a_loss_that_fell_breaks_no_limit() -> None:
    """A loss above the limit that was above it before, and more so, is no alarm."""
    rules = [parse_change_rule(text, [], find) for text in ("loss>0", "rise>0", "acme>0", "acme.high>0")]
    assert broken_rules(rules, [change((0.2, 0.45, 0.6), (0.1, 0.2, 0.3))], {}) == []


def test_many_are_counted() -> None:
    """Three are named, the others counted."""
    changes = [change((0, 0, 0), (0.5, 0.5, 0.5), f"urn:x:e{number}") for number in range(5)]
    (sentence,) = broken_rules([parse_change_rule("loss>0.1", [])], changes, {})
    assert sentence.endswith("Acme under Ban 0 to 0.5 and 2 more")


@pytest.mark.parametrize("text", ["", "worst", "loss", "loss>2", "loss>x", "rise<0.5", ">0.5", "acme>0.5"])
def test_what_is_no_rule(text: str) -> None:
    """The error names the option and what may be typed."""
    with pytest.raises(UsageError, match="--fail-on"):
        parse_change_rule(text, ["worse"])
