"""The assumptions of an answer: the numbers that it uses for words, and where no record states anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
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
from knockon.network.network import Bools, Floats, Ints, Mode, Network
from knockon.propagation.combinations import Rules, reading_at
from knockon.propagation.leontief_round import LaneEquations, hit_columns
from knockon.propagation.result import NONE
from knockon.vocabulary import INTERVALS, UNKNOWN, Interval, local_name

PER = ("word", "link")
NOT_GIVEN = "not given"
DISPUTED = "disputed"
RANGE = "stated range"
#: The words by their intervals, without those that stand for one number (Negligible): these are not assumptions.
WORDS: dict[Interval, str] = {i: word.value for word, i in INTERVALS.items() if i.low < i.high} | {UNKNOWN: NOT_GIVEN}
_KINDS = ("severity", "criticality", "combination")
#: The reading of suppliers without a stated combination: from any one is enough (0) over equal shares to all are needed (1).
READING = Interval(0.0, 0.5, 1.0)
#: What is lost with provisions that may be incomplete: nothing at the low end, for which there is no word.
_PROVIDED = Interval(0.0, 1.0, 1.0)
#: The slots whose records are read together.
_READ_AHEAD = 10_000
_ORDER = [*WORDS.values(), DISPUTED, RANGE]


@dataclass(frozen=True, slots=True)
class Assumption(Answer):
    """A number that the data states as a word, or not at all, and that has one value in each draw.

    The reading of suppliers without a stated combination is such a number: 0 is the low reading
    (any one of them is enough), 0.5 equal shares, and 1 the high reading (all are needed).

    Attributes
    ----------
    kind
        ``severity``, ``criticality`` or ``combination``.
    word
        The word in the data, ``stated range`` where a source states two ends, ``not given``, or ``disputed`` where records
        disagree.
    of
        The Dependency or Provision records (IRIs) of the link, or the target and its Hit; empty where all uses of the word
        share a number.
    interval
        The interval of the word (0..1). In JSON: ``low``, ``point`` and ``high``.
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
        """The name of the assumption: what the number is about, in a few words.

        >>> Assumption("criticality", "High", (), INTERVALS["High"], 3).name
        'criticality High'
        """
        if not self.of:
            return f"{self.kind} {self.word}"
        # The IRI of a hit contains the name of its target already.
        what = f"hit on {local_name(self.of[0])}" if self.kind == "severity" else f"link {' + '.join(map(local_name, self.of))}"
        if self.kind == "combination" and self.word != DISPUTED:
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
    """The d assumptions about one shock, and where the network and the shock use them.

    Attributes
    ----------
    each
        The assumptions.
    slot
        The number of the assumption about the criticality of each slot: (slots,), -1 where it is exact.
    hit
        The number of the assumption about the severity of each hit: (hits,), -1 where it is exact.
    read
        The number of the assumption about how the suppliers of each slot combine: (slots,), -1 where that is stated.
    criticality
        The criticality of each slot at the point: (slots,), 0..1.
    severity
        The severity of each hit at the point: (hits,), 0..1.
    """

    each: tuple[Assumption, ...]
    slot: Ints
    hit: Ints
    read: Ints
    criticality: Floats
    severity: Floats

    @property
    def intervals(self) -> Floats:
        """The low, the point and the high of each assumption: (3, d), 0..1."""
        return np.array([assumption.interval for assumption in self.each], np.float64).reshape(-1, 3).T

    def lanes(self, values: Floats) -> tuple[Floats, Floats, Floats | None]:
        """Return the criticalities (slots, m), severities (hits, m) and readings (slots, m) for m ``values`` (d, m).

        A reading is 0 at the low, 1 at the point and 2 at the high; None where every combination is stated.
        """
        criticality, severity = _filled(self.criticality, self.slot, values), _filled(self.severity, self.hit, values)
        if (self.read == NONE).all():
            return criticality, severity, None
        return criticality, severity, _filled(np.ones(len(self.read)), self.read, 2 * values)


def _filled(exact: Floats, which: Ints, values: Floats) -> Floats:
    """Return the values of the assumptions ``which`` (rows,) as (rows, m), and the ``exact`` numbers where it is -1."""
    filled = np.repeat(exact[:, None], values.shape[1], axis=1)
    is_assumed = which != NONE
    filled[is_assumed] = values[which[is_assumed]]
    return filled


def assumptions(context: Context, outcome: Outcome, hits: Hits, per: str = "word") -> Assumed:
    """Return the assumptions that can matter to the first shock of an outcome.

    A criticality matters only where its need can be short, so the others stay
    at their points. A severity and a criticality of the same word are two
    assumptions: one is about the shock, the other about the dependencies. A slot
    merged from records that disagree has the hull of their intervals, and is
    an assumption of its own. Of records that disagree on the suppliers, and of
    parts whose portions nobody states, the reading is an assumption.

    Parameters
    ----------
    context, outcome
        The world, and the result of the model for the shock.
    hits
        The shock on the network, as :func:`knockon.network.resolve.to_hits` returns it.
    per
        ``word``: one number for each word, shared by all its uses. ``link``: one for each link and hit.

    Raises
    ------
    UsageError
        ``per`` has another value.
    """
    if per not in PER:
        raise UsageError(f"unknown draws_per {per!r}; known are {', '.join(PER)}")
    network, own_hits = outcome.network, hits.of_shock(0)
    short = _short(network, outcome, hits)
    uses = [*_severities(outcome, hits), *_criticalities(context, network, short), *_combinations(network, short)]
    groups: dict[tuple[int, int, tuple[str, ...]], list[_Use]] = defaultdict(list)
    for use in uses:
        is_separate = per == "link" or use.word in (DISPUTED, RANGE) or use.interval == _PROVIDED
        groups[use.kind, _ORDER.index(use.word), use.of if is_separate else ()].append(use)
    slot, hit, read = np.full(network.slots, NONE), np.full(len(own_hits), NONE), np.full(network.slots, NONE)
    each = []
    # Sorted, so that the order of records in a file has no effect.
    for number, key in enumerate(sorted(groups)):
        (kind, _, of), members = key, groups[key]
        for use in members:
            (hit, slot, read)[kind][use.row] = number
        each.append(Assumption(_KINDS[kind], members[0].word, of, members[0].interval, len(members)))
    return Assumed(tuple(each), slot, hit, read, network.weights[1], hits.severity[1, own_hits])


class _Use(NamedTuple):
    """One use of an assumed number.

    Attributes
    ----------
    kind
        0 for a severity, 1 for a criticality, 2 for a combination.
    row
        The number of the hit, or of the slot.
    interval
        The interval of the number.
    word
        The word in the data, ``NOT_GIVEN`` or ``DISPUTED``.
    of
        The records (IRIs).
    """

    kind: int
    row: int
    interval: Interval
    word: str
    of: tuple[str, ...]


def _severities(outcome: Outcome, hits: Hits) -> Iterator[_Use]:
    """Yield the uncertain severities of the first shock."""
    outside = set(outcome.outside[0])
    placed = [target for target in outcome.resolved[0].targets if target.iri not in outside]
    for row, (target, index) in enumerate(zip(placed, hits.of_shock(0), strict=True)):
        interval = Interval(*hits.severity[:, index].tolist())
        if interval.low < interval.high:
            yield _Use(0, row, interval, WORDS.get(interval, RANGE), (target.iri, target.hit))


def _criticalities(context: Context, network: Network, short: Bools) -> Iterator[_Use]:
    """Yield the uncertain criticalities of the slots that can be short."""
    uncertain = np.flatnonzero(short & (network.weights[0] < network.weights[2])).tolist()
    for first in range(0, len(uncertain), _READ_AHEAD):
        slots = uncertain[first : first + _READ_AHEAD]
        intervals = [Interval(*ends) for ends in network.weights[:, slots].T.tolist()]
        names = [network.records_of_slot(slot) for slot in slots]
        stating = [network.slot_records[slot] for slot in slots]
        # Of one record alone the interval tells the word, without a look at it.
        is_told = [each in WORDS and len(own) == 1 for each, own in zip(intervals, stating, strict=True)]
        context.statements.read_ahead(name for own, told in zip(names, is_told, strict=True) if not told for name in own)
        for slot, each, own, states, told in zip(slots, intervals, names, stating, is_told, strict=True):
            if each == _PROVIDED and not states:
                word = NOT_GIVEN
            else:
                word = WORDS[each] if told else _word_in_records(context, own, each)
            yield _Use(1, slot, each, word, own)


def _word_in_records(context: Context, names: Sequence[str], each: Interval) -> str:
    records = [record for name in names if isinstance(record := context.records[name], Dependency)]
    stated = {record.interval for record in records_with_loss(records)}
    return WORDS.get(each, RANGE if stated == {each} else DISPUTED) if len(stated) == 1 else DISPUTED


def _combinations(network: Network, short: Bools) -> Iterator[_Use]:
    for slot in np.flatnonzero(short & network.split).tolist():
        yield _Use(2, slot, READING, NOT_GIVEN, network.records_of_slot(slot))
    for slot in np.flatnonzero(short & (network.mode == Mode.DISPUTED)).tolist():
        yield _Use(2, slot, READING, DISPUTED, network.records_of_slot(slot))


def _short(network: Network, outcome: Outcome, hits: Hits) -> Bools:
    """Return whether each slot can be short (slots,): whether it is short where every number is at its high."""
    lanes = LaneEquations(Rules(network), np.ones((1, 1)), hit_columns(network, hits, [(0, 2)]), reading_at(2))
    possible: Bools = lanes.values(outcome.result.all_nodes.high[0][:, None]).short[:, 0] > 0
    return possible


__all__ = ["DISPUTED", "NOT_GIVEN", "PER", "Assumed", "Assumption", "assumptions"]
