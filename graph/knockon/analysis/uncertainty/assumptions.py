"""What an answer assumes where nobody stated a number: which numbers its words come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from knockon.analysis.answer import Answer
from knockon.analysis.context import Context
from knockon.analysis.outcome import Outcome
from knockon.errors import UsageError
from knockon.model import Dependency
from knockon.model.dependency import records_with_loss
from knockon.network.hits import Hits
from knockon.network.network import Bools, Floats, Ints, Network
from knockon.propagation.combinations import Rules, reading_at
from knockon.propagation.leontief_round import LaneEquations, hit_columns
from knockon.propagation.result import NONE
from knockon.vocabulary import INTERVALS, UNKNOWN, Interval, local_name

PER = ("word", "link")
NOT_GIVEN = "not given"
DISPUTED = "disputed"
#: A word by its interval; what is exact (Negligible, and every number) is no assumption.
WORDS: dict[Interval, str] = {i: word.value for word, i in INTERVALS.items() if i.low < i.high} | {UNKNOWN: NOT_GIVEN}
_KINDS = ("severity", "criticality", "combination")
#: What nobody says of how suppliers combine: from any one is enough (0) over equal shares to all are needed (1).
READING = Interval(0.0, 0.5, 1.0)
_ORDER = [*WORDS.values(), DISPUTED]


@dataclass(frozen=True, slots=True)
class Assumption(Answer):
    """A number that the data gives as a word, and that was drawn as one number.

    A combination that nobody gave is a number as well: 0 is the low reading of
    the shares that nobody stated (any one is enough), a half equal shares, 1
    the high reading (all are needed).

    Attributes
    ----------
    kind
        ``severity``, ``criticality`` or ``combination``.
    word
        The word in the data, ``not given``, or ``disputed`` where records disagree.
    of
        The Dependency records (IRIs) of the link, or the target and its Hit; empty where all uses of the word share a number.
    interval
        What the word may mean, 0..1. In JSON: ``low``, ``point`` and ``high``.
    uses
        How many links or hits share the number.
    """

    json_keys = ("name", "kind", "word", "of", "low", "point", "high", "uses")
    json_names: ClassVar[Mapping[str, str]] = {"name": "assumption"}

    kind: str
    word: str
    of: tuple[str, ...]
    interval: Interval
    uses: int

    @property
    def name(self) -> str:
        """What the number is about, in a few words.

        >>> Assumption("criticality", "High", (), INTERVALS["High"], 3).name
        'criticality High'
        """
        if not self.of:
            return f"{self.kind} {self.word}"
        # The record of a hit bears the name of its target already.
        what = f"hit on {local_name(self.of[0])}" if self.kind == "severity" else f"link {' + '.join(map(local_name, self.of))}"
        if self.kind == "combination":
            what = f"suppliers of {what}"
        return f"{what} ({self.word})"

    @property
    def low(self) -> float:
        """The least number that the word may mean (0..1)."""
        return self.interval.low

    @property
    def point(self) -> float:
        """The number that a single answer uses (0..1)."""
        return self.interval.point

    @property
    def high(self) -> float:
        """The greatest number that the word may mean (0..1)."""
        return self.interval.high


class Assumed(NamedTuple):
    """The assumptions behind one shock; ``slot``, ``hit`` and ``read`` say which stands behind what (-1: none, exact).

    ``slot`` is about the criticality of each slot, ``read`` about how its suppliers combine, ``hit`` about each severity.
    """

    each: tuple[Assumption, ...]
    slot: Ints
    hit: Ints
    read: Ints
    criticality: Floats
    severity: Floats

    @property
    def intervals(self) -> Floats:
        """(3, d): low, point and high of each."""
        return np.array([assumption.interval for assumption in self.each], np.float64).reshape(-1, 3).T

    def lanes(self, values: Floats) -> tuple[Floats, Floats, Floats | None]:
        """Return criticalities (slots, m), severities (h, m) and readings (slots, m) where the assumptions are (d, m) values.

        A reading is 0 at the low, 1 at the point and 2 at the high; None where there are none.
        """
        criticality, severity = _filled(self.criticality, self.slot, values), _filled(self.severity, self.hit, values)
        if (self.read == NONE).all():
            return criticality, severity, None
        return criticality, severity, _filled(np.ones(len(self.read)), self.read, 2 * values)


def _filled(exact: Floats, which: Ints, values: Floats) -> Floats:
    filled = np.repeat(exact[:, None], values.shape[1], axis=1)
    drawn = which != NONE
    filled[drawn] = values[which[drawn]]
    return filled


def assumptions(context: Context, outcome: Outcome, hits: Hits, per: str = "word") -> Assumed:
    """Return the assumptions that can matter to the first shock of an outcome.

    A criticality matters only where its need can go unmet, so the others are
    left as they are. A severity and a criticality of the same word are two
    assumptions: one is about the shock, the other about its victims. A slot
    merged from records that disagree has the hull of their intervals, and is
    an assumption of its own.

    Parameters
    ----------
    context, outcome
        The world, and what the model said of the shock.
    hits
        The shock on the network, as :func:`knockon.network.resolve.place` gives it.
    per
        ``word``: one number for each word, shared by all its uses. ``link``: one for each link and hit.

    Raises
    ------
    UsageError
        Another ``per``.
    """
    if per not in PER:
        raise UsageError(f"unknown draws_per {per!r}; known are {', '.join(PER)}")
    network, own_hits = outcome.network, hits.of_shock(0)
    short = _short(network, outcome, hits)
    uses = [*_severities(outcome, hits), *_criticalities(context, network, short), *_combinations(network, short)]
    groups: dict[tuple[int, int, tuple[str, ...]], list[_Use]] = defaultdict(list)
    for use in uses:
        alone = per == "link" or use.word == DISPUTED
        groups[use.kind, _ORDER.index(use.word), use.of if alone else ()].append(use)
    slot, hit, read = np.full(network.slots, NONE), np.full(len(own_hits), NONE), np.full(network.slots, NONE)
    each = []
    # Sorted, so that the order in which things stand in a file decides nothing.
    for number, key in enumerate(sorted(groups)):
        (kind, _, of), members = key, groups[key]
        for use in members:
            (hit, slot, read)[kind][use.row] = number
        each.append(Assumption(_KINDS[kind], members[0].word, of, members[0].interval, len(members)))
    return Assumed(tuple(each), slot, hit, read, network.weights[1], hits.severity[1, own_hits])


class _Use(NamedTuple):
    """One place where a number is assumed: ``kind`` 0 is a severity, 1 a criticality, 2 a combination."""

    kind: int
    row: int
    interval: Interval
    word: str
    of: tuple[str, ...]


def _severities(outcome: Outcome, hits: Hits) -> Iterator[_Use]:
    outside = set(outcome.outside[0])
    placed = [target for target in outcome.resolved[0].targets if target.iri not in outside]
    for row, (target, index) in enumerate(zip(placed, hits.of_shock(0), strict=True)):
        interval = Interval(*hits.severity[:, index].tolist())
        if interval.low < interval.high:
            yield _Use(0, row, interval, WORDS.get(interval, DISPUTED), (target.iri, target.hit))


def _criticalities(context: Context, network: Network, short: Bools) -> Iterator[_Use]:
    for slot in np.flatnonzero(short & (network.weights[0] < network.weights[2])).tolist():
        interval, names = Interval(*network.weights[:, slot].tolist()), network.slot_records[slot]
        records = [record for name in names if isinstance(record := context.records[name], Dependency)]
        stated = {record.interval for record in records_with_loss(records)}
        yield _Use(1, slot, interval, WORDS.get(interval, DISPUTED) if len(stated) == 1 else DISPUTED, names)


def _combinations(network: Network, short: Bools) -> Iterator[_Use]:
    for slot in np.flatnonzero(short & network.split).tolist():
        yield _Use(2, slot, READING, NOT_GIVEN, network.slot_records[slot])


def _short(network: Network, outcome: Outcome, hits: Hits) -> Bools:
    """Return which slots can be short at all: those that are where everything is as bad as it may be."""
    lanes = LaneEquations(Rules(network), np.ones((1, 1)), hit_columns(network, hits, [(0, 2)]), reading_at(2))
    possible: Bools = lanes.values(outcome.result.high[0][:, None]).short[:, 0] > 0
    return possible


__all__ = ["DISPUTED", "NOT_GIVEN", "PER", "Assumed", "Assumption", "assumptions"]
