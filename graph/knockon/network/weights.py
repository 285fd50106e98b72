"""The shares of the suppliers of one need: those that are stated, those that nobody stated, and those that do not count.

Stated shares count as stated. The remainder, 1 minus the stated ones, belongs
to those that state none: equally at the point, all of it to the least harmed
of them at the low bound, and to the most harmed at the high bound. One alone
has the whole remainder, and nothing about that is uncertain. Where every share
is stated, what is missing to 1 is safe.

Leaving out what is unharmed makes nobody safer: the share of a supplier that
does not count (it ended, is not asserted, or not of the world that is asked)
passes to those that count, in proportion to their shares, up to a sum of 1.
The remainder is one share here: as long as one of those that state none
counts, all of it stays with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from knockon.model.weights import EXACT

_EXACT = float(EXACT)
#: A sum of shares above this is more than 1, and not only by rounding.
ABOVE = 1.0 + _EXACT


class Weights(NamedTuple):
    """The share of each supplier at the point; ``unstated`` are those among which nobody divided the remainder.

    ``total`` is what the stated shares of those that count added up to, before they were scaled to at most 1.
    ``completed`` is the share of the one supplier that states none where others do, None where there is no such.
    """

    share: dict[str, float]
    unstated: frozenset[str] = frozenset()
    total: float = 0.0
    completed: float | None = None


def weights(counting: Mapping[str, float | None], left_out: Sequence[float | None] = ()) -> Weights:
    """The shares of the suppliers that count.

    Parameters
    ----------
    counting
        Each supplier that counts, with its stated share (0..1), or None.
    left_out
        The stated share, or None, of each supplier that does not count and passes its share on.

    Examples
    --------
    >>> weights({"acme": 0.5, "bolt": None, "cord": None}).share
    {'acme': 0.5, 'bolt': 0.25, 'cord': 0.25}
    >>> weights({"acme": 0.6}).share, weights({"acme": 0.6}, [0.2]).share, weights({"acme": 0.6}, [None]).share
    ({'acme': 0.6}, {'acme': 0.8}, {'acme': 1.0})
    """
    stated = {supplier: share for supplier, share in counting.items() if share is not None}
    silent = [supplier for supplier in counting if supplier not in stated]
    total = sum(stated.values())
    known = _near_one(min(total, 1.0))
    passed = sum(share for share in left_out if share is not None)
    if silent and known + passed > 1 + _EXACT:
        passed = 0.0  # The stated shares of those that left do not fit beside the others, which have replaced them.
    remainder = 1.0 - _near_one(min(known + passed, 1.0)) if silent or None in left_out else 0.0
    if not silent:
        # Those that stated none have left: the remainder passes to the others.
        passed, remainder = passed + remainder, 0.0
    own = known + remainder
    whole = _near_one(min(own + passed, 1.0))
    if whole != own:
        known, remainder = (known * whole / own, remainder * whole / own) if own else (0.0, whole if silent else 0.0)
    if known != total:
        stated = {supplier: share * known / total for supplier, share in stated.items()}
    unstated = frozenset(silent) if len(silent) > 1 and remainder > 0 else frozenset[str]()
    share = {supplier: stated.get(supplier, remainder / max(len(silent), 1)) for supplier in counting}
    return Weights(share, unstated, total, remainder if len(silent) == 1 and stated else None)


def _near_one(total: float) -> float:
    return 1.0 if abs(total - 1) <= _EXACT else total
