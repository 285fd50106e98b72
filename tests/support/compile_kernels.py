"""Compile the kernels once, before several processes run tests that need them; numba keeps them beside the package.

With ``--all`` also those for numbers of 32 bits, which only slow tests need.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

import numpy as np

from knockon.network.network import Network
from knockon.propagation.closing import Closing
from knockon.propagation.debtrank import debtrank
from knockon.propagation.esri import esri
from knockon.propagation.reach import reach


def main() -> None:
    """Run each compiled engine on a table of four firms, in each of its ways and kinds of numbers."""
    from knockon.propagation.kernels import esri as compiled

    network = Network.from_flows([0, 1, 2, 3], [1, 2, 3, 0], [1.0, 2.0, 3.0, 4.0])
    options = compiled.WIDE_SHARE, compiled.MAX_LANE_FIRMS
    for compiled.WIDE_SHARE, compiled.MAX_LANE_FIRMS in ((0.0, options[1]), (options[0], 0), options):
        for dtype in ("float64", "float32") if "--all" in sys.argv else ("float64",):
            for losses in (True, False):
                esri(network, engine="numba", dtype=dtype, losses=losses)
    debtrank(network, equity=np.ones(4), losses=False, engine="numba")
    reach(network, [0], engine="numba")
    Closing(network).losses(np.arange(4))
    reach(network, [0], upstream=True, engine="numba")


if __name__ == "__main__":
    if find_spec("numba") is None:
        sys.exit()
    main()
