"""Dependencies: who needs what, from which suppliers, and how much is lost without it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from knockon.model.base import Duration, EntityRef, Iri, Many, Part, Portion, RefTo, Share, Statement, Text, concerns, word
from knockon.model.weights import ROUNDED, greatest_total
from knockon.vocabulary import (
    Alternatives,
    Combination,
    Interval,
    Level,
    SwitchingCost,
    agrees,
    interval,
    local_name,
)

Words = Annotated[Level, BeforeValidator(lambda v: word(v, Level))]


def _parse_alternatives(value: object) -> object:
    """Read a number of alternatives as a term of the vocabulary or as a word: none, few, several, many."""
    short = value.strip().lower() if isinstance(value, str) else None
    by_word = {"none": Alternatives.NONE, "few": Alternatives.FEW, "several": Alternatives.SEVERAL, "many": Alternatives.MANY}
    return by_word.get(short, word(value, Alternatives)) if short is not None else value


#: How results read several suppliers without stated shares.
READINGS = "low any-of, point equal shares, high all-of"
COMBINATION_UNSTATED = f"it is not stated how these suppliers combine: {READINGS}"
PARTLY_STATED = (
    "not all shares of these suppliers are stated: low, the rest belongs to the least harmed of those without a share, "
    "point equally to them, high to the most harmed"
)
_COMBINED = {Combination.ALL_OF: "all are needed", Combination.ANY_OF: "any one is enough"}


def check_at_least(combination: Combination | None, at_least: int | None, field: str) -> None:
    """Check that a number of suppliers that must work goes with the combination AtLeast.

    Raises
    ------
    ValueError
        One of the two is given without the other; ``field`` is the name of the combination in the message.
    """
    if (combination is Combination.AT_LEAST) != (at_least is not None):
        raise ValueError(f"atLeast goes with {field} AtLeast, and with no other")


def share_fault(combination: Combination | None, field: str = "combination") -> str:
    """Return why shares must not be stated beside a combination; empty if they may.

    >>> share_fault(Combination.ANY_OF)
    'a share goes with combination Shares, not with AnyOf; remove one of the two'
    >>> share_fault(None)
    ''
    """
    if combination in (None, Combination.SHARES):
        return ""
    return f"a share goes with {field} Shares, not with {combination}; remove one of the two"


class Supply(Part):
    """One provider of a need, with its share of the need (0..1) and its delay, where known.

    ``delay`` is the time from the failure of the provider to its effect, since
    goods in transit still arrive. It is not the lead time of an order.
    """

    provider: EntityRef
    share: Share | None = None
    delay: Duration | None = None


class Dependency(Statement):
    """The need of a dependant, met by its supplies; a ``dependsOn`` triple is derived from it.

    >>> ns = "https://w3id.org/knockon/id/"
    >>> d = Dependency(id=ns + "hosting", dependant=ns + "shop", need=ns + "cloud", criticality="high",
    ...                supply=[{"provider": ns + "acme"}])
    >>> d.criticality.value, d.combination, d.supply[0].name
    ('High', None, 'hosting--acme')

    ``combination`` states how several supplies meet the need. With None the
    supplies are read as shares, and shares that are not stated count as unknown
    (see network/supply_shares.py).

    ``portion`` states which part of the dependant rests on this need (0..1, or
    "unknown"). Portions of one dependant add up; a dependency has a portion or a
    criticality, not both.

    ``switching_time`` is how long after a shock begins each of its ``alternative``
    meets the need, as far as that one delivers itself; without it none does.
    """

    dependant: EntityRef
    need: Annotated[Iri, RefTo(("Entity", "Measure"))]
    criticality: Words | None = None
    criticality_value: Share | None = None
    criticality_low: Share | None = None
    criticality_high: Share | None = None
    portion: Portion | None = None
    combination: Annotated[Combination, BeforeValidator(lambda v: word(v, Combination))] | None = None
    at_least: Annotated[int, Field(ge=1)] | None = None
    supply: Many[Supply] = ()
    mechanism: Text | None = None
    switching_cost: Annotated[SwitchingCost, BeforeValidator(lambda v: word(v, SwitchingCost, "Switching"))] | None = None
    alternatives: Annotated[Alternatives, BeforeValidator(_parse_alternatives)] | None = None
    alternative: Many[EntityRef] = ()
    switching_time: Duration | None = None
    buffer: Duration | None = None

    @model_validator(mode="after")
    @concerns("supply")
    def _name_supplies(self) -> Dependency:
        if not self.supply:
            return self
        names = [local_name(supply.provider) for supply in self.supply]
        counts = Counter(names)
        for supply, name in zip(self.supply, names, strict=True):
            if counts[name] > 1:
                raise ValueError(f"duplicate provider {name!r} among the supplies")
            supply._rename(f"{self.id}--{name}")
        # Not through its dictionary, which takes memory once it is asked for.
        object.__setattr__(self, "supply", tuple(sorted(self.supply, key=lambda s: s.id)))
        return self

    @model_validator(mode="after")
    @concerns("combination", "at_least")
    def _combination_fits(self) -> Dependency:
        check_at_least(self.combination, self.at_least, "combination")
        if self.at_least is not None and self.at_least > len(self.supply):
            raise ValueError(f"atLeast is {self.at_least}, but the number of supplies is {len(self.supply)}")
        return self

    @model_validator(mode="after")
    @concerns("supply")
    def _shares_fit(self) -> Dependency:
        if not self.supply:
            return self
        if any(s.share is not None for s in self.supply) and (fault := share_fault(self.combination)):
            raise ValueError(fault)
        if (total := greatest_total(self.supply)) > ROUNDED:
            raise ValueError(f"the shares of the supplies add up to {total}, more than 1; correct a share")
        return self

    @model_validator(mode="after")
    @concerns("criticality", "criticality_value", "criticality_low", "criticality_high")
    def _criticality_fits(self) -> Dependency:
        agrees("criticality", self.criticality, self.criticality_value, self.criticality_low, self.criticality_high)
        if self.portion is not None and not self.ungraded:
            raise ValueError("a dependency has a criticality or a portion, not both; remove one of the two")
        return self

    @model_validator(mode="after")
    @concerns("switching_time")
    def _switching_fits(self) -> Dependency:
        if self.switching_time is None:
            return self
        if not self.alternative:
            raise ValueError("switchingTime is the time to change to an alternative, but none is named; add alternative")
        in_use = {self.dependant: "the dependant", self.need: "the need"}
        in_use |= {supply.provider: "a provider in use" for supply in self.supply}
        for name in self.alternative:
            if name in in_use:
                what = f"{local_name(name)!r} is {in_use[name]}"
                raise ValueError(f"switchingTime is the time to change to an alternative, but {what}; remove it there")
        return self

    def parts(self) -> Iterable[Statement]:
        """Return its supplies, which have evidence and dates of their own.

        Returns
        -------
        tuple of Supply
            In the order of the data.
        """
        return self.supply

    @property
    def combined(self) -> str:
        """A sentence on how several suppliers meet the need; empty for one supplier or none.

        >>> shop, cloud, ab = "urn:x:shop", "urn:x:cloud", [{"provider": "urn:x:a"}, {"provider": "urn:x:b"}]
        >>> Dependency(id="urn:x:d", dependant=shop, need=cloud, combination="AnyOf", supply=ab).combined
        'any one is enough'
        >>> Dependency(id="urn:x:d", dependant=shop, need=cloud, supply=ab).combined
        'it is not stated how these suppliers combine: low any-of, point equal shares, high all-of'
        """
        if len(self.supply) < 2:
            return ""
        if self.combination is Combination.AT_LEAST:
            return f"at least {self.at_least} of them are needed"
        if self.combination in _COMBINED:
            return _COMBINED[self.combination]
        unstated = sum(supply.share is None for supply in self.supply)
        if unstated == len(self.supply):
            return COMBINATION_UNSTATED
        return "each meets its share" if unstated < 2 else PARTLY_STATED

    @property
    def adds_details_only(self) -> bool:
        """Whether it states only details (a stock, alternatives, a mechanism), neither the loss nor the suppliers.

        >>> Dependency(id="urn:x:d", dependant="urn:x:shop", need="urn:x:cloud", buffer="P30D").adds_details_only
        True
        """
        states = not self.ungraded or self.portion is not None or self.combination or self.supply
        details = self.buffer or self.alternatives or self.alternative or self.switching_cost or self.mechanism
        return bool(details) and not states

    @property
    def interval(self) -> Interval:
        """The low, point and high loss of the dependant when the need is not met at all."""
        return interval(self.criticality, self.criticality_value, self.criticality_low, self.criticality_high)

    @property
    def ungraded(self) -> bool:
        """Whether no criticality is stated; the interval is then a placeholder, unless there is a portion."""
        return self.criticality is None and self.criticality_value is None and self.criticality_low is None


def records_with_loss(records: Sequence[Dependency]) -> list[Dependency]:
    """Return the records of one dependant and need that determine its loss; the others only add details to them.

    If all of them state details only, all are returned: the loss is then not stated.

    >>> shop, cloud = "urn:x:shop", "urn:x:cloud"
    >>> high = Dependency(id="urn:x:one", dependant=shop, need=cloud, criticality="High")
    >>> stock = Dependency(id="urn:x:two", dependant=shop, need=cloud, buffer="P30D")
    >>> [record.name for record in records_with_loss([high, stock])], len(records_with_loss([stock]))
    (['one'], 1)
    """
    return [record for record in records if not record.adds_details_only] or list(records)
