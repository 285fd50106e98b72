"""Circles of ownership: organizations that own each other, directly or through others."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from math import prod
from typing import ClassVar

from knockon.analysis.answer import Answer, JsonValue
from knockon.analysis.answer_parts import Citation, cite
from knockon.analysis.context import Context
from knockon.analysis.labels import label_of
from knockon.analysis.lists.spans import common_span
from knockon.errors import UsageError
from knockon.model import Ownership
from knockon.model.stakes import NOTHING, WHOLE, stakes_of
from knockon.propagation.structure.cycles import cycles, link_pairs, longer_exist
from knockon.rdf.covered import data_sets_of_ownerships
from knockon.vocabulary import local_name


@dataclass(frozen=True, kw_only=True)
class OwnershipLink(Answer):
    """A stake in a circle of ownership.

    Attributes
    ----------
    owner, owner_label, owned
        Who holds it (IRI and label), and what it is a stake in (IRI).
    share_low, share_high
        The share (0..1) that is certain to be held directly, and the greatest that may be.
    interests
        The kinds of interest, such as ``Shareholding`` or ``VotingRights``.
    direct
        Whether it is held directly, as far as records state it.
    from_, until
        The days on which its records are valid; None is open. In JSON ``from`` and ``until``.
    records
        The ownerships (IRIs).
    evidence
        Where documents state them.
    """

    json_names: ClassVar[Mapping[str, str]] = {"from_": "from"}

    owner: str
    owner_label: str
    owned: str
    share_low: float
    share_high: float
    interests: tuple[str, ...]
    direct: bool | None
    from_: date | None
    until: date | None
    records: tuple[str, ...]
    evidence: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class OwnershipLoop(Answer):
    """A circle of ownership.

    Attributes
    ----------
    entities
        The organizations (IRIs), each an owner of the next and the last of the first, beginning with the least IRI.
    ids
        Their local names.
    length
        How many they are.
    share_low, share_high
        The product of the shares (0..1): the part of itself that each of them holds through the circle.
    links
        The stakes, in the order of ``entities``.
    """

    json_keys: ClassVar[tuple[str, ...]] = ("entities", "ids", "length", "share_low", "share_high", "links")

    entities: tuple[str, ...]
    share_low: float
    share_high: float
    links: tuple[OwnershipLink, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The local names of the organizations."""
        return tuple(map(local_name, self.entities))

    @property
    def length(self) -> int:
        """How many organizations the circle has."""
        return len(self.entities)


@dataclass(frozen=True, kw_only=True)
class OwnershipLoops(Answer):
    """The circles of ownership.

    Attributes
    ----------
    loops
        The circles, those of the greatest shares first.
    through
        The organization (IRI) to which the answer is limited; None for all.
    length
        The most organizations of a circle that were looked for.
    most
        The most circles that are listed.
    longer
        Whether circles of more organizations may exist.
    truncated
        Whether there are more circles than ``most``.
    parameters
        The options of the question, by name.
    not_holding
        How many records do not hold on the day, by reason.
    confidence
        With a least confidence, what it leaves out, as in ``RunInfo``.
    named
        Returns how sentences name a record (IRI), as in ``RunInfo``. Not in JSON.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "loops", "through", "length", "most", "longer", "truncated", "parameters", "not_holding", "confidence?",
    )  # fmt: skip

    loops: tuple[OwnershipLoop, ...]
    through: str | None
    length: int
    most: int
    longer: bool
    truncated: bool
    parameters: Mapping[str, JsonValue]
    not_holding: Mapping[str, int]
    confidence: Mapping[str, int] | None
    named: Callable[[str], str] = field(default=local_name, repr=False, compare=False)


def ownership_loops(context: Context, *, through: str | None = None, length: int, most: int) -> OwnershipLoops:
    """Return the circles of ownership of a world.

    Every record of an interest is a link, whatever its kind and share, except one whose share is 0.

    Parameters
    ----------
    context
        The world of the question.
    through
        Only circles through this organization (IRI, local name or label).
    length
        The most organizations in a circle.
    most
        The most circles that are listed.

    Raises
    ------
    NotFound
        No entity has this name.
    UsageError
        ``length`` or ``most`` is below 1.
    """
    import networkx as nx

    if length < 1 or most < 1:
        raise UsageError("the length and the number of loops must be at least 1")
    start = context.entity(through).id if through is not None else None
    admits = context.options.record_filter.admits
    records: dict[tuple[str, str], list[Ownership]] = defaultdict(list)
    for record in context.held.of_class(Ownership):
        if not admits(record) and record.share != 0 and record.share_high != 0:
            records[record.owner, record.owned].append(record)
    graph = nx.DiGraph()
    graph.add_edges_from(sorted(records))
    # One circle more than is listed shows whether there are more.
    found = list(islice(link_pairs(cycles(graph, start, length)), min(most, sys.maxsize - 1) + 1))
    names = data_sets_of_ownerships(context.store.data_sets) if found else {}
    loops = [_loop(context, pairs, records, names) for pairs in found[:most]]
    return OwnershipLoops(
        loops=tuple(sorted(loops, key=lambda loop: (-loop.share_low, -loop.share_high, loop.length, loop.entities))),
        through=start,
        named=context.named,
        length=length,
        most=most,
        longer=longer_exist(graph, start, length),
        truncated=len(found) > most,
        parameters={
            name: value for name, value in context.options.parameters().items() if name not in {"eps", "cap", "financing"}
        },
        not_holding=context.not_holding,
        confidence=context.confidence,
    )


def _loop(
    context: Context,
    pairs: Sequence[tuple[str, str]],
    records: Mapping[tuple[str, str], Sequence[Ownership]],
    names: Mapping[str, str],
) -> OwnershipLoop:
    links = tuple(_link(context, records[pair], names) for pair in pairs)
    return OwnershipLoop(
        entities=tuple(owner for owner, _ in pairs),
        share_low=prod(link.share_low for link in links),
        share_high=prod(link.share_high for link in links),
        links=links,
    )


def _link(context: Context, members: Sequence[Ownership], names: Mapping[str, str]) -> OwnershipLink:
    first = members[0]
    low, high = _shares([(names.get(record.id, ""), record) for record in members])
    begins, ends = common_span((record.from_, record.until) for record in members)
    stated = {record.direct for record in members}
    return OwnershipLink(
        owner=first.owner,
        owner_label=label_of(context.records, first.owner),
        owned=first.owned,
        share_low=float(low),
        share_high=float(high),
        interests=tuple(sorted({record.interest_kind.value if record.interest_kind else "Shareholding" for record in members})),
        direct=True if True in stated else False if stated == {False} else None,
        from_=begins,
        until=ends,
        records=tuple(record.id for record in members),
        evidence=cite((evidence for record in members for evidence in record.evidence), context.records),
    )


def _shares(members: Sequence[tuple[str, Ownership]]) -> tuple[Decimal, Decimal]:
    """Return the range of the direct stake of the records of one owner; of other interests the widest of what they state."""
    stakes = stakes_of(members)
    direct = [stake for held in stakes.by_owned.values() for stake in held]
    if direct:
        return direct[0].low, direct[0].high
    highs = [record.share if record.share is not None else record.share_high for _, record in members]
    lows = [record.least_share or NOTHING for _, record in members]
    return min(lows), max((WHOLE if high is None else high for high in highs), default=WHOLE)


__all__ = ["OwnershipLink", "OwnershipLoop", "OwnershipLoops", "ownership_loops"]
