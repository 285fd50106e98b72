"""Which lanes have a shock; their numbers are :mod:`.simd`."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

from knockon.propagation.kernels.compiler import compiled_part

#: The number of a lane without a shock.
FREE = -1


@compiled_part
def occupied(lanes):
    """Return whether any lane has a shock."""
    for lane in range(len(lanes.shock)):  # noqa: SIM110 - numba compiles no generators of this kind
        if lanes.shock[lane] != FREE:
            return True
    return False
