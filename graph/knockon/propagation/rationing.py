r"""Rationing and spare capacity on money flows: what is left is shared among customers, and rivals fill in.

The equations of the ARIO model with inventories (Hallegatte 2014, after 2008), in its firm-level form (Inoue and Todo
2019) where a row is a firm. Firm i makes :math:`x_i` a day before the shock, for the customers :math:`Z_{ij}` and final
demand :math:`F_i`. Firm j uses :math:`Z_{kj} = \sum_{i \in k} Z_{ij}` of sector k for that, and holds the stock
:math:`S_{kj}`, of :math:`s_{kj}` days at first. With the loss :math:`\Delta_i` of capacity by the shock, each step t has

.. math::

   D_i &= \sum_j O_{ij} + F_i \qquad\qquad
   x^{opt}_i = \min(D_i,\ \alpha_i (1 - \Delta_i) x_i)

   x^a_j &= x^{opt}_j \min\Bigl(1,\ \min_k \frac{S_{kj}}{\psi\, s_{kj}\, Z_{kj}\, x^{opt}_j / x_j}\Bigr)

   R_{ij} &= O_{ij}\, x^a_i / D_i \qquad \text{(rationing in proportion to the orders; final demand likewise)}

   S_{kj} &\leftarrow S_{kj} + \Bigl(\sum_{i \in k} R_{ij} - Z_{kj}\, x^a_j / x_j\Bigr) dt

   O_{ij} &\leftarrow \frac{w_{ij}}{\sum_{i' \in k} w_{i'j}} \Bigl( \frac{\max(0,\ s_{kj} Z_{kj} x^{opt}_j / x_j - S_{kj})}
      {\tau_S} + Z_{kj}\, \frac{x^a_j}{x_j} \Bigr)

   \alpha_i &\leftarrow \alpha_i + \frac{dt}{\tau_\alpha} \cdot
      \begin{cases} (\alpha^{max} - \alpha_i)\, (D_i - x^a_i) / D_i & \text{where demand is not met} \\
      1 - \alpha_i & \text{else} \end{cases}

with :math:`w_{ij} = Z_{ij}`, or with ``redirect`` :math:`w_{ij} = Z_{ij}\, \alpha_i (1 - \Delta_i)`, by which orders go to
those suppliers of a sector that still can deliver (in the manner of Guan et al. 2020). A step uses nothing that is not
in stock when it begins, so :math:`\psi s_{kj}` and :math:`s_{kj}` are at least a step. Inputs that are negligible to a
buyer hold nothing up. A firm that sells to nobody in the data wants to work as before. Final demand does not change,
there is no demand for rebuilding, and prices do not move.

By hand: firm 1 holds 5 days of what firm 0 made, which makes nothing any more. With :math:`\psi = 1` it always makes
what its stock is a share of, a fifth of which it uses: 1, 0.8, 0.64, ... With :math:`\psi = 0.5` it works on while it
has 2.5 days: 1, 1, 1, 0.8, 0.48.

References
----------
S. Hallegatte, "Modeling the role of inventories and heterogeneity in the assessment of the economic costs of natural
disasters", Risk Analysis 34(1):152-167 (2014), doi:10.1111/risa.12090; and Risk Analysis 28(3):779-799 (2008),
doi:10.1111/j.1539-6924.2008.01046.x.
H. Inoue, Y. Todo, "Firm-level propagation of shocks through supply-chain networks", Nature Sustainability 2:841-847
(2019), doi:10.1038/s41893-019-0351-x.
D. Guan et al., "Global supply-chain effects of COVID-19 control measures", Nature Human Behaviour 4:577-587 (2020),
doi:10.1038/s41562-020-0896-8.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.arrays import Bools, Floats, Ints
from knockon.network.flows import NEGLIGIBLE
from knockon.network.network import Network
from knockon.propagation.checks import row_values

#: Sums of money that differ by less than this share of themselves are equal.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Rationing:
    """How firms share out what is left, order, and use spare capacity; the defaults are those of BoARIO 0.7.

    Parameters
    ----------
    psi
        The share (0..1, 0 excluded) of the stock that a firm wants below which it makes less.
    restock
        Days over which a firm orders what is missing in its stocks, above 0.
    spare
        The most that a firm can make, in multiples of what it made, 1 or more.
    adapt
        Days over which capacity rises to that while demand is not met, and falls back, above 0.
    redirect
        Whether orders go to those suppliers of a sector that still can deliver; else each supplier keeps its share of them.

    Raises
    ------
    UsageError
        A number is out of its range.

    Examples
    --------
    >>> Rationing(spare=1.1).psi
    0.8
    """

    psi: float = 0.8
    restock: float = 60.0
    spare: float = 1.25
    adapt: float = 365.0
    redirect: bool = True

    def __post_init__(self) -> None:
        for name, low, high in (("psi", 0.0, 1.0), ("restock", 0.0, np.inf), ("adapt", 0.0, np.inf)):
            value = getattr(self, name)
            if not (_finite(value) and low < value <= high):
                most = f" and at most {high:g}" if high < np.inf else " and finite"
                raise UsageError(f"{name} must be above {low:g}{most}, not {value}")
        if not (_finite(self.spare) and self.spare >= 1):
            raise UsageError(f"spare must be 1 or more and finite, in multiples of what a firm made before, not {self.spare}")
        if not isinstance(self.redirect, bool | np.bool_):
            raise UsageError(f"redirect must be true or false, not {self.redirect!r}")


#: The names of the parameters of rationing.
PARAMETERS = tuple(field.name for field in fields(Rationing))


class Economy(NamedTuple):
    """What firms make, buy and hold before the shock; amounts a day.

    ``seller``, ``amount`` and ``group`` (links,) are of each link; a group is a buyer with a sector that it buys from:
    ``buyer``, ``use``, ``wanted`` (days of stock) and ``binding`` (groups,). ``output`` and ``final`` are (n,).
    """

    seller: Ints
    amount: Floats
    group: Ints
    buyer: Ints
    use: Floats
    wanted: Floats
    binding: Bools
    output: Floats
    final: Floats

    @property
    def firms(self) -> int:
        """The number of firms."""
        return len(self.output)

    @classmethod
    def of(cls, network: Network, stocks: Floats, step: float, output: npt.ArrayLike | None) -> Economy:
        """Return the economy of a network of flows; ``stocks`` are days of each slot, ``output`` what each firm makes."""
        flows = network.flows
        if flows is None:
            raise UsageError(
                "rationing needs amounts: a network of money flows (Network.from_flows); words do not say how much"
            )
        seller, buyer_of_link = flows.supplier.astype(np.int64), flows.customer.astype(np.int64)
        # A group has one number: its buyer, then its sector.
        pairs, first, group = np.unique(
            buyer_of_link * flows.sectors + flows.sector[seller], return_index=True, return_inverse=True
        )
        buyer, sector = pairs // flows.sectors, pairs % flows.sectors
        made = flows.sales + flows.final_demand
        if output is not None:
            made = _checked_output(network, row_values("output", output, network.size), made)
        return cls(
            seller=seller,
            amount=flows.value,
            group=group.astype(np.int64),
            buyer=buyer,
            use=np.asarray(np.bincount(group, flows.value, len(pairs)), np.float64),
            wanted=np.maximum(stocks[flows.slot[first]], step),
            binding=flows.essentiality[sector, flows.sector[buyer]] != NEGLIGIBLE,
            output=made,
            # What is not sold in the table goes to customers outside it.
            final=made - flows.sales,
        )


class State(NamedTuple):
    """One step: what firms made and wanted, what was ordered and received on each link, and stocks before and after.

    ``level`` (n,) is what a firm makes as a multiple of what it made, ``capacity`` the most that it could, ``demand`` and
    ``delivered`` (to final demand) are amounts a day; ``orders`` and ``received`` (links,), ``used`` and both stocks (groups,).
    """

    level: Floats
    capacity: Floats
    demand: Floats
    delivered: Floats
    orders: Floats
    received: Floats
    used: Floats
    stock_before: Floats
    stock_after: Floats


class Simulation:
    """The state of an economy under one shock, step by step.

    Parameters
    ----------
    economy, rules
        The economy, and how its firms act.
    step
        The days of a step.
    """

    def __init__(self, economy: Economy, rules: Rationing, step: float) -> None:
        self.economy, self.rules, self.step = economy, rules, step
        self.stock = economy.wanted * economy.use
        self.orders = economy.amount.copy()
        self.capacity = np.ones(economy.firms)
        self._needed_days = np.maximum(rules.psi * economy.wanted, step)
        self._trades = economy.output > 0

    def advance(self, lost: Floats) -> State:
        """Compute a step in which the shock takes the share ``lost`` (0..1) of the capacity of each firm, (n,)."""
        economy = self.economy
        demand = np.bincount(economy.seller, self.orders, economy.firms) + economy.final
        capacity = self.capacity * (1.0 - lost)
        # A firm without customers in the data wants to work as before.
        wanted = np.where(self._trades, _ratio(demand, economy.output), 1.0)
        best = np.minimum(wanted, capacity)
        level = best * self._share_in_stock(best)
        made = level * economy.output
        served = np.where(demand > 0, _ratio(made, demand), 1.0)
        received = self.orders * served[economy.seller]
        before = self.stock
        # A negligible input holds nothing up where its stock is used up.
        used = np.minimum(economy.use * level[economy.buyer], before / self.step)
        after = before + (self._by_group(received) - used) * self.step
        # Rounding must not leave a debt.
        self.stock = np.maximum(after, 0.0)
        state = State(level, capacity, demand, economy.final * served, self.orders, received, used, before, self.stock)
        self._order(best, used, capacity)
        self._adapt(demand, made)
        return state

    def _share_in_stock(self, best: Floats) -> Floats:
        """Return the part of what each firm could make that its stocks allow."""
        economy, share = self.economy, np.ones(self.economy.firms)
        needed = self._needed_days * economy.use * best[economy.buyer]
        short = np.flatnonzero(economy.binding & (self.stock < needed))
        np.minimum.at(share, economy.buyer[short], self.stock[short] / needed[short])
        return share

    def _order(self, best: Floats, used: Floats, capacity: Floats) -> None:
        """Order what was used, and a part of what is missing, of the suppliers of each sector."""
        economy, rules = self.economy, self.rules
        goal = economy.wanted * economy.use * best[economy.buyer]
        total = np.maximum(goal - self.stock, 0.0) / max(rules.restock, self.step) + used
        weight = economy.amount
        if rules.redirect:
            moved = economy.amount * capacity[economy.seller]
            # Where nobody can deliver, everybody is asked as before.
            weight = np.where(self._by_group(moved)[economy.group] > 0, moved, economy.amount)
        self.orders = total[economy.group] * weight / self._by_group(weight)[economy.group]

    def _adapt(self, demand: Floats, made: Floats) -> None:
        """Raise the capacity of firms whose customers want more than they make, and lower that of others to 1."""
        rules = self.rules
        scarcity = np.where(demand > 0, _ratio(demand - made, demand), 0.0)
        speed = min(1.0, self.step / rules.adapt)
        short = scarcity > _ROUNDING
        self.capacity = self.capacity + speed * np.where(short, (rules.spare - self.capacity) * scarcity, 1.0 - self.capacity)

    def _by_group(self, amounts: Floats) -> Floats:
        """Return the sum of the amounts of links for each group."""
        return np.asarray(np.bincount(self.economy.group, amounts, len(self.economy.use)), np.float64)


def _checked_output(network: Network, output: Floats, sold: Floats) -> Floats:
    """Return what firms make; raise UsageError where one sells more than that."""
    short = np.flatnonzero(output < sold * (1 - _ROUNDING))
    if short.size:
        firm = int(short[0])
        more = f", and {short.size - 1:,} more firms do" if short.size > 1 else ""
        raise UsageError(
            f"firm {network.nodes[firm]} sells {sold[firm]:g} (to firms and final demand) but makes {output[firm]:g}{more}; "
            "correct its sales, final_demand or output="
        )
    return np.maximum(output, sold)


def _ratio(numbers: Floats, base: Floats) -> Floats:
    """Return numbers over a base, 0 where the base is 0."""
    return np.divide(numbers, base, out=np.zeros(np.shape(base)), where=base > 0)


def _finite(value: object) -> bool:
    """Return whether a value is a finite number, and neither True nor False."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return False
    return bool(np.isfinite(value))


__all__ = ["PARAMETERS", "Economy", "Rationing", "Simulation", "State"]
