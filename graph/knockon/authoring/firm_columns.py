"""The columns of a table of firms: final demand, costs, weights; and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knockon.authoring.column_table import MAY_BE_MISSING, MOST_AMOUNT, Column, ColumnTable, article
from knockon.errors import InvalidData, Problem

#: Costs below the inputs by up to this relative difference count as equal: sums are rounded.
_ROUNDING = 1e-9
#: How to write what comes of stocks that are sold off.
FINAL_DEMAND_HINT = (
    "0 or more; in input-output tables a negative final demand comes of changes in inventories (stocks sold off): "
    "put it into a column of its own, inventories, or write 0 where the sum is negative"
)


def check_unique_firms(listed: Column, names: Sequence[str], about: ColumnTable, rows: Column | None = None) -> None:
    """Refuse a table that has two rows of one firm; ``rows`` are the rows of those that are listed, if not all."""
    firms, first = np.unique(listed, return_index=True)
    if len(firms) < len(listed):
        repeated = np.setdiff1d(np.arange(len(listed)), first)
        raise about.faulty(
            repeated if rows is None else rows[repeated],
            f"names {names[listed[repeated[0]]]!r} a second time",
            "one row for each firm",
        )


def check_some_firm_has_flows(has_flow: Column, about: ColumnTable, flows: str) -> None:
    """Refuse a table of firms that are all spelt otherwise than in the flows, or are others."""
    if len(has_flow) and not has_flow.any():
        hint = "the table of firms spells their names as the table of flows does"
        what = f"no flow of {flows} names {'its firm' if len(has_flow) == 1 else f'any of its {len(has_flow):,} firms'}"
        raise InvalidData([Problem(about.name, None, what, hint)])


def amount_column(table: ColumnTable, name: str, hint: str) -> Column:
    """Return a column of amounts that are finite, not negative and at most ``MOST_AMOUNT``."""
    column = table.amounts[name]
    for faulty, what in (
        (~np.isfinite(column), f"has {article(name)} that is not finite"),
        (column < 0, f"has a negative {name}"),
    ):
        if faulty.any():
            raise table.faulty(np.flatnonzero(faulty), what, hint)
    check_size(table, name)
    return column


def check_size(table: ColumnTable, name: str) -> None:
    """Refuse amounts beyond ``MOST_AMOUNT``, whose sums and products would not be finite."""
    amounts = table.amounts[name]
    beyond = np.abs(amounts) > MOST_AMOUNT
    if beyond.any():
        what = lambda row: f"has {article(name)} of {amounts[row]:g}"  # noqa: E731
        raise table.faulty(np.flatnonzero(beyond), what, f"at most {MOST_AMOUNT:g}; measure in a larger unit")


def firm_column(about: ColumnTable, name: str, listed: Column, firms: int, default: float) -> Column | None:
    """Return a column of amounts by firm; a firm that is not listed has the default."""
    if name not in about.amounts:
        return None
    stated = amount_column(about, name, FINAL_DEMAND_HINT) if name == "final_demand" else about.amounts[name]
    infinite = np.isinf(stated) if name in MAY_BE_MISSING else ~np.isfinite(stated)
    if infinite.any():
        raise about.faulty(np.flatnonzero(infinite), f"has {article(name)} that is not finite", "a number")
    check_size(about, name)
    column = np.full(firms, default)
    column[listed] = stated
    return column


def weight_column(about: ColumnTable, listed: Column, has_flow: Column) -> Column | None:
    """Return what each firm counts in an index; a firm that is not listed counts nothing."""
    if "weight" not in about.amounts:
        return None
    stated = amount_column(about, "weight", "0 or more, such as jobs or revenue")
    if not stated.sum() > 0:
        raise InvalidData([Problem(about.name, None, "gives no firm a weight above 0", "at least one firm counts something")])
    if not stated[has_flow[listed]].sum() > 0:
        hint = "at least one firm that sells or buys counts something"
        raise InvalidData([Problem(about.name, None, "weighs only firms that no flow names", hint)])
    return firm_column(about, "weight", listed, len(has_flow), 0.0)


def costs_column(about: ColumnTable, listed: Column, inputs: Column) -> Column | None:
    """Return the total costs of each firm; those of a firm that is not listed are its inputs."""
    if "costs" not in about.amounts:
        return None
    stated = amount_column(about, "costs", "all that a firm spends, 0 or more; leave firms out whose costs are not known")
    below = stated < inputs[listed] * (1 - _ROUNDING)
    if below.any():
        hint = "costs are all that a firm spends: what it buys in the table, wages, imports"
        raise about.faulty(np.flatnonzero(below), "has costs below what the firm buys in the table", hint)
    costs: Column = inputs.copy()
    costs[listed] = stated
    return costs


__all__ = [
    "FINAL_DEMAND_HINT",
    "amount_column",
    "check_some_firm_has_flows",
    "check_unique_firms",
    "costs_column",
    "firm_column",
    "weight_column",
]
