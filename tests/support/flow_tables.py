"""Small random flow tables for the laws, drawn as plain values; and the published equations of ESRI as loops over dicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from knockon.network import Network

#: No multiple of a small fraction: what falls by as much in one order of additions does so in every other.
BETWEEN = 0.0137


@dataclass(frozen=True)
class Table:
    """Who sells to whom for how much, the sector of each firm, and what inputs of a sector are to a buyer in another."""

    flows: tuple[tuple[int, int, float], ...]
    sector: tuple[int, ...]
    essentiality: tuple[tuple[int, ...], ...]
    final_demand: tuple[float, ...]

    @property
    def size(self) -> int:
        """The number of firms."""
        return len(self.sector)

    def network(self) -> Network:
        """The arrays of the table."""
        columns = [list(column) for column in zip(*self.flows, strict=True)] or [[], [], []]
        kinds = np.array(self.essentiality, np.int8).reshape(len(self.essentiality), -1)
        return Network.from_flows(*columns, self.sector, kinds, self.final_demand)


@st.composite
def tables(draw: st.DrawFn, *, leak: bool | None = None, most: int = 6) -> Table:
    """Up to six firms in up to three sectors, with or without final demand (of every firm, with ``leak``)."""
    size = draw(st.integers(0, most))
    sectors = draw(st.integers(1, 3))
    kinds = st.lists(st.integers(0, 2), min_size=sectors, max_size=sectors).map(tuple)
    essentiality = tuple(draw(st.lists(kinds, min_size=sectors, max_size=sectors)))
    sector = tuple(draw(st.lists(st.integers(0, sectors - 1), min_size=size, max_size=size)))
    pairs = [(i, j) for i in range(size) for j in range(size) if i != j]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=14, unique=True)) if pairs else []
    flows = tuple((i, j, float(draw(st.integers(1, 9)))) for i, j in chosen)
    leaks = draw(st.booleans()) if leak is None else leak
    demand = st.integers(1 if leak else 0, 9).map(float) if leaks else st.just(0.0)
    final = tuple(draw(st.lists(demand, min_size=size, max_size=size)))
    return Table(flows, sector, essentiality, final)


@st.composite
def firm_losses(draw: st.DrawFn, table: Table) -> tuple[float, ...]:
    """A loss of each firm, most of them none."""
    losses = st.one_of(st.just(0.0), st.just(0.0), st.just(1.0), st.integers(0, 8).map(lambda n: n / 8), st.floats(0.001, 1))
    return tuple(draw(st.lists(losses, min_size=table.size, max_size=table.size)))


@st.composite
def tables_with_losses(draw: st.DrawFn, **options: object) -> tuple[Table, tuple[float, ...]]:
    """A table and a shock on it."""
    table = draw(tables(**options))  # type: ignore[arg-type]
    return table, draw(firm_losses(table))


def renumbered(table: Table, new: Sequence[int]) -> Table:
    """The same table with other numbers: firm i becomes ``new[i]``; the flows stand backwards."""
    old = [new.index(i) for i in range(table.size)]
    return replace(
        table,
        flows=tuple((new[i], new[j], value) for i, j, value in table.flows[::-1]),
        sector=tuple(table.sector[i] for i in old),
        final_demand=tuple(table.final_demand[i] for i in old),
    )


@dataclass(frozen=True)
class PublishedEsri:
    """What the published equations come to."""

    index: float
    downstream: float
    upstream: float
    down: tuple[float, ...]
    up: tuple[float, ...]
    iterations: int
    residual: float


def published_esri(table: Table, psi: Sequence[float], eps: float, cap: int, replaceability: bool) -> PublishedEsri:
    """The equations one by one, on levels of production, until no level falls by more than eps."""
    firms = range(table.size)
    sales = {i: sum(value for a, _, value in table.flows if a == i) for i in firms}
    hd = {i: 1 - psi[i] for i in firms}
    hu = dict(hd)
    rounds, fall = 0, 1.0
    while rounds == 0 or (fall > eps and rounds < cap):
        sigma = {i: _sigma(table, i, sales, hd) if replaceability else 1.0 for i in firms}
        new_d = {j: _down(table, j, psi[j], sigma, hd) for j in firms}
        new_u = {i: _up(table, i, psi[i], sales, hu) for i in firms}
        fall = max([0.0, *(hd[i] - new_d[i] for i in firms), *(hu[i] - new_u[i] for i in firms)])
        hd, hu, rounds = new_d, new_u, rounds + 1
    whole = sum(sales.values()) or 1.0
    lost = [sum(sales[i] / whole * (1 - level(i)) for i in firms) for level in (lambda i: min(hd[i], hu[i]), hd.get, hu.get)]
    return PublishedEsri(*lost, tuple(1 - hd[i] for i in firms), tuple(1 - hu[i] for i in firms), rounds, fall)


def _sigma(table: Table, i: int, sales: Mapping[int, float], hd: Mapping[int, float]) -> float:
    left = sum(sales[k] * hd[k] for k in range(table.size) if table.sector[k] == table.sector[i])
    return min(1.0, sales[i] / (left if left > 1e-10 else 1.0))


def _down(table: Table, j: int, psi: float, sigma: Mapping[int, float], hd: Mapping[int, float]) -> float:
    bought = {i: value for i, b, value in table.flows if b == j}
    essential: dict[int, float] = {}
    others = 0.0
    for i, value in bought.items():
        kind = table.essentiality[table.sector[i]][table.sector[j]]
        if kind == 2:
            of_sector = sum(v for k, v in bought.items() if table.sector[k] == table.sector[i])
            part = sigma[i] * value / of_sector * (1 - hd[i])
            essential[table.sector[i]] = essential.get(table.sector[i], 0.0) + part
        elif kind == 1:
            others += sigma[i] * value / sum(bought.values()) * (1 - hd[i])
    return max(0.0, min(1 - psi, 1 - max(essential.values(), default=0.0), 1 - others))


def _up(table: Table, i: int, psi: float, sales: Mapping[int, float], hu: Mapping[int, float]) -> float:
    whole = sales[i] + table.final_demand[i]
    lost = sum(value / whole * (1 - hu[b]) for a, b, value in table.flows if a == i)
    return max(0.0, min(1 - psi, 1 - lost))
