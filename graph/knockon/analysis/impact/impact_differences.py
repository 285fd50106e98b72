"""The losses that differ between two versions of data, or between two days: for every shock, or for some."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from knockon.analysis.answer import Answer, JsonValue
from knockon.analysis.context import Context
from knockon.analysis.impact.compare import SAME
from knockon.analysis.impact.loss_change import LossChange, LossKind, loss_kind
from knockon.analysis.labels import label_of
from knockon.errors import LimitReached, NotFound
from knockon.model import Shock
from knockon.network.compile import Compiled
from knockon.network.network import Floats, Ints
from knockon.network.resolve import ResolvedShock

#: The most changes of losses that one answer has.
MOST = 1_000_000
#: Is called with the number of shocks that are compared, and of all.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ShockDifference(Answer):
    """How the effects of one shock differ between two versions.

    Attributes
    ----------
    shock
        The shock (IRI).
    label
        Its label.
    only_in
        The only version that has it, ``old`` or ``new``; None where both do.
    not_in_force_old, not_in_force_new
        Why it hits nothing on the day of each version; None where it does hit, or where that version does not have it.
    changed
        How many entities lose another amount.
    greatest
        The greatest difference of a loss (-1..1), whatever its sign.
    truncated
        Whether the cap stopped a run, so that losses may be too low.
    """

    shock: str
    label: str
    only_in: Literal["old", "new"] | None
    not_in_force_old: str | None
    not_in_force_new: str | None
    changed: int
    greatest: float
    truncated: bool


@dataclass(frozen=True, slots=True)
class ImpactDifferences(Answer):
    """The losses that differ between two versions of data.

    Attributes
    ----------
    model
        The model that computed them.
    parameters_old, parameters_new
        The parameters of each version, the day among them.
    same_network
        Whether both versions have one network, so that only what a shock hits can differ.
    shocks_compared
        How many shocks were compared.
    shocks_same
        How many of them were not computed, since one network and the same hits have the same losses.
    shocks
        The shocks whose losses differ, that are in one version alone, or that are in force in one alone; by IRI.
    changes
        The losses that differ: by size of the difference, then by that of the range, then by shock and entity.
    """

    json_keys = (
        "model", "parameters_old", "parameters_new", "same_network", "shocks_compared", "shocks_same", "truncated", "counts",
        "shocks", "changes",
    )  # fmt: skip

    model: str
    parameters_old: Mapping[str, JsonValue]
    parameters_new: Mapping[str, JsonValue]
    same_network: bool
    shocks_compared: int
    shocks_same: int
    shocks: tuple[ShockDifference, ...]
    changes: tuple[LossChange, ...]

    @property
    def counts(self) -> dict[str, int]:
        """The number of changes of each kind."""
        counts = Counter(change.kind for change in self.changes)
        return {kind.value: counts[kind] for kind in LossKind}

    @property
    def truncated(self) -> bool:
        """Whether the cap stopped a run, so that losses may be too low."""
        return any(shock.truncated for shock in self.shocks)


def impact_differences(
    before: Context, after: Context, names: Sequence[str] = (), progress: Progress | None = None
) -> ImpactDifferences:
    """Return the losses that differ between two worlds, which may be those of two days.

    A shock that only one of them has, or that is in force in one alone, loses nothing in the other. Where both have one
    network and a shock hits the same in both, its losses are equal and are not computed.

    Parameters
    ----------
    before, after
        The two worlds, of one model.
    names
        The shocks by IRI, local name or label; none: every shock.
    progress
        Is called after each shock.

    Raises
    ------
    NotFound
        Neither world has a shock of that name.
    LimitReached
        More than a million losses differ.
    """
    chosen = _shocks_named(before, after, names)
    old, new = _Side.of(before, chosen), _Side.of(after, chosen)
    same_network = old.compiled.network.hash == new.compiled.network.hash
    every = sorted(old.shocks.keys() | new.shocks.keys())
    in_both = old.shocks.keys() & new.shocks.keys()
    same = {iri for iri in in_both if same_network and old.hits(iri) == new.hits(iri)}
    computed = [iri for iri in every if iri not in same]
    rows = _Rows(old, new)
    shocks: list[ShockDifference] = []
    changes: list[LossChange] = []
    for number, (iri, first, second) in enumerate(rows.of(computed), 1):
        found = list(rows.changes(iri, first, second))
        changes += found
        if len(changes) > MOST:
            raise LimitReached(f"more than {MOST:,} losses differ; compare some shocks: --shock NAME, in Python shocks=[...]")
        shocks += _shock_difference(old, new, iri, found, truncated=first.truncated or second.truncated)
        if progress is not None:
            progress(number, len(computed))
    return ImpactDifferences(
        model=after.options.model,
        parameters_old=before.options.parameters(),
        parameters_new=after.options.parameters(),
        same_network=same_network,
        shocks_compared=len(every),
        shocks_same=len(same),
        shocks=tuple(shocks),
        changes=tuple(sorted(changes, key=lambda change: change.order)),
    )


def _shocks_named(before: Context, after: Context, names: Sequence[str]) -> set[str] | None:
    """Return the shocks (IRIs) of some names, each of which one world has at least; None for every shock."""
    if not names:
        return None
    return {_shock_of_one(before, after, name) for name in names}


def _shock_of_one(before: Context, after: Context, name: str) -> str:
    try:
        return after.shock(name).id
    except NotFound as error:
        try:
            return before.shock(name).id
        except NotFound as earlier:
            raise (error if error.nearest else earlier) from None


class _Loss(NamedTuple):
    """The low end, the point and the high end of each loss under one shock, (3, entities), and whether a cap stopped it."""

    losses: Floats
    truncated: bool


class _Side(NamedTuple):
    """One of the two worlds: its shocks by IRI, in that order, what each hits, and the network."""

    context: Context
    shocks: Mapping[str, Shock]
    resolved: Mapping[str, ResolvedShock]
    compiled: Compiled

    @classmethod
    def of(cls, context: Context, chosen: set[str] | None) -> _Side:
        shocks = {shock.id: shock for shock in context.shocks if chosen is None or shock.id in chosen}
        resolved = context.resolve(tuple(shocks.values()))
        return cls(context, shocks, dict(zip(shocks, resolved, strict=True)), context.compiled(resolved))

    def hits(self, iri: str) -> list[tuple[object, ...]]:
        """Return what a shock of this world hits, and how hard."""
        return [(target.iri, target.interval) for target in self.resolved[iri].targets]

    @property
    def entities(self) -> Sequence[str]:
        """The entities of the network."""
        network = self.compiled.network
        return network.nodes[: network.entities]

    def places(self, iris: Sequence[str]) -> Ints:
        """Return the number of each entity in the network, by any of its IRIs; -1 where it is not there."""
        place = {iri: number for number, iri in enumerate(self.entities)}
        return np.array([place.get(self.context.same.shown(iri), -1) for iri in iris], np.int64)

    def losses(self, iris: Sequence[str]) -> Iterator[_Loss]:
        """Yield the losses under some shocks of this world, in their order, in bounded memory."""
        shocks, resolved = [self.shocks[iri] for iri in iris], [self.resolved[iri] for iri in iris]
        for outcome in self.context.runs_on(shocks, resolved, self.compiled):
            result = outcome.result
            for row, stopped_by in enumerate(result.stopped_by):
                yield _Loss(np.stack([result.low[row], result.loss[row], result.high[row]]), stopped_by == "cap")

    def reason(self, iri: str) -> str | None:
        """Return why a shock hits nothing on the day; None where it does hit."""
        return (self.resolved[iri].not_in_force or None) if iri in self.resolved else None


class _Rows:
    """The losses of both worlds on the entities of both, so that they can be compared.

    An entity that is the same as another one in a world loses there what the other one does.
    """

    def __init__(self, old: _Side, new: _Side) -> None:
        self.old, self.new = old, new
        self.entities = sorted({*old.entities, *new.entities})
        self.places = [side.places(self.entities) for side in (old, new)]

    def of(self, iris: Sequence[str]) -> Iterator[tuple[str, _Loss, _Loss]]:
        """Yield the losses under each shock in both worlds; zeros in a world that does not have it."""
        sides = (self.old, self.new)
        streams = [side.losses([iri for iri in iris if iri in side.shocks]) for side in sides]
        for iri in iris:
            first, second = (
                self._spread(next(stream), places) if iri in side.shocks else _Loss(np.zeros((3, len(self.entities))), False)
                for stream, side, places in zip(streams, sides, self.places, strict=True)
            )
            yield iri, first, second

    def _spread(self, loss: _Loss, places: Ints) -> _Loss:
        """Return the losses of one world on the entities of both; zeros where it does not have an entity."""
        # The last column, to which -1 leads, has the losses of what is not there.
        return _Loss(np.pad(loss.losses, ((0, 0), (0, 1)))[:, places], loss.truncated)

    def changes(self, shock: str, first: _Loss, second: _Loss) -> Iterator[LossChange]:
        """Yield each loss under a shock that differs."""
        differing = np.flatnonzero((np.abs(second.losses - first.losses) > SAME).any(axis=0)).tolist()
        label = self._label(shock)
        for number in differing:
            (low, loss, high), (low_new, loss_new, high_new) = (side.losses[:, number].tolist() for side in (first, second))
            old, new = (low, loss, high), (low_new, loss_new, high_new)
            entity = self.entities[number]
            kind = loss_kind(old, new)
            assert kind is not None  # noqa: S101 - a number differs
            yield LossChange(kind, shock, label, entity, self._label(entity), self._class(entity), old, new)

    def _label(self, iri: str) -> str:
        records = self.new.context.base_records
        return label_of(records if iri in records else self.old.context.base_records, iri)

    def _class(self, iri: str) -> str:
        record = self.new.context.base_records.get(iri) or self.old.context.base_records.get(iri)
        return record.rdf_class if record is not None else "Entity"


def _shock_difference(
    old: _Side, new: _Side, iri: str, changes: Sequence[LossChange], *, truncated: bool
) -> Iterator[ShockDifference]:
    """Yield how the effects of a shock differ; nothing where neither they do nor whether it is there and in force."""
    only_in: Literal["old", "new"] | None = "new" if iri not in old.shocks else "old" if iri not in new.shocks else None
    reasons = old.reason(iri), new.reason(iri)
    if changes or only_in or bool(reasons[0]) != bool(reasons[1]) or truncated:
        shock = new.shocks.get(iri) or old.shocks[iri]
        greatest = min(changes, key=lambda change: change.order).difference if changes else 0.0
        yield ShockDifference(iri, shock.label, only_in, *reasons, len(changes), greatest, truncated)


__all__ = ["ImpactDifferences", "Progress", "ShockDifference", "impact_differences"]
