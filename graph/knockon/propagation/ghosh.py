r"""The supply-driven input-output model of Ghosh, in shares of output: inoperability driven by supply, under its own name.

With the allocation coefficients :math:`B_{ij} = z_{ij} / x_i`, the part of its output that i sells to j, a change
:math:`\Delta v` of primary inputs changes outputs by

.. math:: \Delta x' = \Delta v' (I - B)^{-1}

Divided by outputs, :math:`q_j = \Delta x_j / x_j` and :math:`c_j = \Delta v_j / x_j`, this is
:math:`q_j = \sum_i (z_{ij} / x_j) q_i + c_j`: the equation of :func:`knockon.propagation.inoperability` with
``interdependency="supply"``, so that the two are one model. What the shares then mean is open to debate (a sector
that gets less of one input loses in proportion to what it spends on it, whatever the input is); read as prices, the same
equation is :func:`knockon.propagation.price`.

References
----------
A. Ghosh, "Input-output approach in an allocation system", Economica 25(97):58-64 (1958); E. Dietzenbacher, "In vindication
of the Ghosh model: a reinterpretation as a price model", Journal of Regional Science 37(4):629-651 (1997).
"""

from __future__ import annotations

from dataclasses import replace

import numpy.typing as npt

from knockon.network.hits import Hits
from knockon.network.network import Network
from knockon.propagation.inoperability import InoperabilityResult, inoperability


def ghosh(
    network: Network | npt.ArrayLike, shocks: Hits | npt.ArrayLike | None = None, *, output: npt.ArrayLike | None = None
) -> InoperabilityResult:
    """Return the share of output that n sectors lose when primary inputs fall, by the supply-driven model of Ghosh (1958).

    It is ``inoperability(network, shocks, interdependency="supply", output=output)``.

    Parameters
    ----------
    network
        The input-output table: ``Network.from_flows(supplier, customer, value, final_demand=..., self_flows=True)``, or the
        square matrix z of its flows, row i what sector i sells.
    shocks
        The fall of the primary inputs (value added) of each sector as a share of its output, in 0..1: a (k, n) array, one row
        of n floats, numbers of sectors, Hits on nodes, or None for each sector in turn.
    output
        Output x of each sector, (n,), above 0, in the unit of the flows; by default its sales and final demand.

    Returns
    -------
    InoperabilityResult
        The losses of output in 0..1, cut at 1, with their largest contributors.

    Raises
    ------
    UsageError, InvalidData
        As :func:`knockon.propagation.inoperability` raises them.

    Examples
    --------
    >>> ghosh([[150.0, 500.0], [200.0, 100.0]], [0.1, 0.0], output=[1000.0, 2000.0]).loss.round(4).tolist()
    [[0.1254, 0.033]]
    """
    return replace(inoperability(network, shocks, interdependency="supply", output=output), model="ghosh")


__all__ = ["ghosh"]
