"""The answers of the models of sectors and of systems: of one shock, and of each shock of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from knockon.analysis.answer import Answer


@dataclass(frozen=True, slots=True)
class SectorChange(Answer):
    """What a shock does to one sector.

    Attributes
    ----------
    sector
        Its name in the table: a sector, a firm, or a system (``fdna``).
    shock
        What the call sets for it (a share, 0 or more); 0 where nothing.
    change
        The rise of its price (a share, 0 or more), or the share that it loses of its output, its function or its operability
        (at most 1); over time the greatest of all times.
    absorbed
        What it takes from its margin for each unit of output (a share, 0 or more); None of other models than ``price``.
    source
        The sector that contributes most; None where the shock itself does, or the model names none.
    recovered
        The time from which on it is recovered, in the unit of the recovery times (``dynamic_inoperability``); None, and not in
        JSON, where that is not within the horizon, or the model has no time.
    cumulative
        What it loses times time, in the unit of the recovery times (``dynamic_inoperability``); None, and not in JSON, of other
        models.
    """

    json_keys: ClassVar[tuple[str, ...]] = ("sector", "shock", "change", "absorbed", "source", "recovered?", "cumulative?")

    sector: str
    shock: float
    change: float
    absorbed: float | None
    source: str | None
    recovered: float | None = None
    cumulative: float | None = None


@dataclass(frozen=True)
class SectorAnswer(Answer):
    """What a shock does to the sectors of a table.

    Attributes
    ----------
    model
        ``price``, ``extraction``, ``ghosh``, ``inoperability``, ``dynamic_inoperability`` or ``fdna``.
    equation
        Its equations in words, with those of what rises or is extracted.
    reference
        Its source.
    total
        The rise of prices (a share, 0 or more) weighted by final demand (``price``; None without final demand), or the share
        (at most 1) of all output that is lost (``extraction``); None of the others.
    sectors
        The sectors that change, the greatest change first.
    without_flows
        The sectors that the table of firms lists and no flow names: they neither sell to others nor buy.
    """

    model: str
    equation: str
    reference: str
    total: float | None
    sectors: tuple[SectorChange, ...]
    without_flows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectorShock(Answer):
    """What one shock of a table does to the sectors.

    Attributes
    ----------
    shock_id
        Its id in the table of shocks.
    total
        The rise of prices (a share, 0 or more) weighted by final demand (``price``; None without final demand), or the share
        (at most 1) of all output that is lost (``extraction``); None of the others.
    sectors
        The sectors that change, the greatest change first.
    """

    shock_id: str
    total: float | None
    sectors: tuple[SectorChange, ...]


@dataclass(frozen=True)
class SectorShocks(Answer):
    """What each shock of a table does to the sectors of a table of flows.

    Attributes
    ----------
    model
        ``price``, ``extraction``, ``ghosh``, ``inoperability``, ``dynamic_inoperability`` or ``fdna``.
    equation
        Its equations in words, with those of what rises or is extracted.
    reference
        Its source.
    shocks
        The shocks, in the order of their table.
    without_flows
        The sectors that the table of firms lists and no flow names: they neither sell to others nor buy.
    """

    model: str
    equation: str
    reference: str
    shocks: tuple[SectorShock, ...]
    without_flows: tuple[str, ...]


__all__ = ["SectorAnswer", "SectorChange", "SectorShock", "SectorShocks"]
