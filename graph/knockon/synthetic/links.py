"""Who supplies whom in a synthetic country: numbers of suppliers and of customers grow with the sizes of firms."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.network.arrays import Floats, Ints, Rows
from knockon.network.row_order import sort_rows
from knockon.synthetic.economy import Economy
from knockon.synthetic.firms import Firms

#: The customers whose suppliers are drawn at a time.
_PART = 1 << 16


class Links(NamedTuple):
    """Supplier and customer of each link, and the pair of sectors that it belongs to, by customer and supplier."""

    supplier: Rows
    customer: Rows
    pair: Rows


def draw_links(economy: Economy, firms: Firms, mean: float, seed: int) -> Links:
    """Draw the suppliers of every firm.

    A firm has suppliers in proportion to the square root of its size. The sector of each is drawn by what the sector of the
    firm buys there, and in this sector a firm in proportion to the square root of its size. Every pair of sectors with a flow
    gets a link; a firm that would sell to nobody gets a customer.

    Parameters
    ----------
    economy, firms
        The sectors and the firms.
    mean
        The mean number of suppliers that are drawn for a firm; the same supplier drawn again is one.
    seed
        The same seed gives the same links.
    """
    random = np.random.default_rng([seed, 2])
    chooser = _SupplierChooser(economy, firms)
    root = np.sqrt(firms.size)
    wanted = root * (mean / root.mean())
    wanted[economy.purchases[firms.sector] <= 0] = 0.0
    parts = []
    for start in range(0, len(firms), _PART):
        wants = wanted[start : start + _PART]
        # At least one, and otherwise rounded at random, so that the mean is kept.
        counts = np.where(wants > 0, np.maximum(np.floor(wants + random.random(len(wants))), 1), 0).astype(np.int64)
        customer = start + np.repeat(np.arange(len(wants)), counts)
        parts.append(_without_repeats(chooser.choose(customer, random), len(firms)))
    links = Links(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    links = _joined(links, _for_pairs_without(links, economy, firms))
    links = _joined(links, _for_firms_without_sales(links, economy, firms, random))
    _, order = sort_rows(links.customer.astype(np.int64) * len(firms) + links.supplier, len(firms) ** 2)
    return Links(*(column[order] for column in links))


class _SupplierChooser:
    """Draws a sector for each link by the purchases of the customer's sector, and a firm in it by its size."""

    def __init__(self, economy: Economy, firms: Firms) -> None:
        self._economy, self._firms = economy, firms
        purchases = economy.purchases
        # The pairs are by customer: within the pairs of sector l the sums run from l to l + 1.
        running = np.cumsum(economy.value)
        first = np.searchsorted(economy.customer, np.arange(len(economy.sectors)))
        before = np.concatenate([[0.0], running])[first]
        self._last = np.searchsorted(economy.customer, np.arange(len(economy.sectors)), side="right") - 1
        part = (running - before[economy.customer]) / purchases[economy.customer]
        self._pairs = economy.customer + np.minimum(part, 1.0)
        self._weights = np.concatenate([[0.0], np.cumsum(np.sqrt(firms.size)[firms.by_sector])])

    def choose(self, customer: Ints, random: np.random.Generator) -> Links:
        """Return a link for each entry, whose customer is given."""
        sector = self._firms.sector[customer]
        pair = np.searchsorted(self._pairs, sector + random.random(len(customer)), side="right")
        pair = np.clip(pair, None, self._last[sector])
        pair = np.maximum(pair, np.searchsorted(self._economy.customer, sector))
        of = self._economy.supplier[pair]
        start, end = self._firms.start[of], self._firms.start[of + 1]
        low, high = self._weights[start], self._weights[end]
        place = np.searchsorted(self._weights, low + random.random(len(customer)) * (high - low), side="right") - 1
        supplier = self._firms.by_sector[np.clip(place, start, end - 1)]
        other = supplier != customer
        return _links(supplier[other], customer[other], pair[other])


def _links(supplier: Ints, customer: Ints, pair: Ints) -> Links:
    return Links(supplier.astype(np.int32), customer.astype(np.int32), pair.astype(np.int32))


def _without_repeats(links: Links, firms: int) -> Links:
    key = links.customer.astype(np.int64) * firms + links.supplier
    _, first = np.unique(key, return_index=True)
    return Links(*(column[first] for column in links))


def _joined(links: Links, others: Links) -> Links:
    return Links(*(np.concatenate(columns) for columns in zip(links, others, strict=True)))


def _for_pairs_without(links: Links, economy: Economy, firms: Firms) -> Links:
    """Return a link for each pair of sectors that has none: between the largest firms of both."""
    pairs = np.flatnonzero(np.bincount(links.pair, minlength=len(economy.value)) == 0)
    order = np.lexsort((-firms.size, firms.sector))
    start = firms.start[:-1]
    supplier = order[start[economy.supplier[pairs]]]
    # A sector that sells to itself has at least two firms.
    within = economy.supplier[pairs] == economy.customer[pairs]
    return _links(supplier, order[start[economy.customer[pairs]] + within], pairs)


def _for_firms_without_sales(links: Links, economy: Economy, firms: Firms, random: np.random.Generator) -> Links:
    """Return a link for each firm without customers whose sector has no final demand: to a firm of its best customer."""
    best = np.full(len(economy.sectors), -1)
    rising = np.argsort(economy.value, kind="stable")
    # Of several, the last assignment counts.
    best[economy.supplier[rising]] = rising
    has_no_sales = np.bincount(links.supplier, minlength=len(firms)) == 0
    supplier = np.flatnonzero(has_no_sales & (economy.final_demand[firms.sector] <= 0) & (best[firms.sector] >= 0))
    pair = best[firms.sector[supplier]]
    of = economy.customer[pair]
    count = firms.start[of + 1] - firms.start[of]
    place = np.minimum((random.random(len(supplier)) * count).astype(np.int64), count - 1)
    customer = firms.by_sector[firms.start[of] + place]
    following = firms.by_sector[firms.start[of] + (place + 1) % count]
    return _links(supplier, np.where(customer == supplier, following, customer), pair)


def targets(economy: Economy, firms: Firms, links: Links) -> tuple[Floats, Floats]:
    """Return what each firm should sell to and buy from other firms: its share of its sector by size, (firms,) each."""
    sells = np.bincount(links.supplier, minlength=len(firms)) > 0
    buys = np.bincount(links.customer, minlength=len(firms)) > 0
    return economy.sales[firms.sector] * firms.shares(sells), economy.purchases[firms.sector] * firms.shares(buys)


__all__ = ["Links", "draw_links", "targets"]
