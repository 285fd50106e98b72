"""The suppliers of one need, of one buyer or of everyone: who they are, how they combine, and with which shares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple, Protocol

from knockon.model.base import days
from knockon.network.arrays import MODES, Mode
from knockon.network.supply_shares import SupplyShares, supply_shares
from knockon.vocabulary import Combination


class SupplyRecord(Protocol):
    """A Supply of one buyer, or a Provision for everyone."""

    @property
    def id(self) -> str:
        """The IRI."""

    @property
    def provider(self) -> str:
        """The IRI of the provider."""

    @property
    def share(self) -> Decimal | None:
        """The share of the need (0..1); None if not stated."""

    @property
    def delay(self) -> str | None:
        """The time until its failure is felt; None if not stated."""


class Supplier(NamedTuple):
    """One provider: its share (0..1), whether nobody states it, its delay in days, and the IRIs of its records."""

    provider: str
    share: float
    unstated: bool
    delay: float
    records: tuple[str, ...]


class Terms(NamedTuple):
    """What the records of one need state, from which :func:`combine` makes ``Suppliers``; a further supplier changes it.

    ``combination`` is None where it is not stated, ``at_least`` is 0 likewise. ``stated`` has the share of each supplier in
    the order of their IRIs (None: not stated), ``passing`` those of suppliers that do not count and pass theirs on.
    """

    combination: Mode | None
    at_least: int
    stated: tuple[float | None, ...]
    passing: tuple[float | None, ...]


class Suppliers(NamedTuple):
    """The providers of one need, and how they combine.

    ``total`` is the sum of the stated shares before they were scaled to at most
    1, ``completed`` the share of the only one that states none where others do,
    ``terms`` what the records state.
    """

    mode: Mode = Mode.ALL_OF
    at_least: int = 0
    each: tuple[Supplier, ...] = ()
    total: float = 0.0
    completed: float | None = None
    terms: Terms | None = None


def combine(
    counting: Iterable[SupplyRecord],
    combination: Combination | None,
    at_least: int | None,
    passing: Sequence[SupplyRecord] = (),
) -> Suppliers:
    """Return the suppliers of one need, in the order of their IRIs; a provider that several records name is one.

    Parameters
    ----------
    counting
        The records that count.
    combination, at_least
        How they combine, as shares where it is not stated, and how many must work.
    passing
        Records that do not count and pass their shares on.

    Examples
    --------
    >>> from knockon.model import Supply
    >>> suppliers = combine([Supply(provider="urn:x:acme"), Supply(provider="urn:x:bolt")], None, None)
    >>> suppliers.mode.name, [supplier.share for supplier in suppliers.each]
    ('SHARES', [0.5, 0.5])
    """
    by_provider = _by_provider(counting)
    if not by_provider:
        return Suppliers()
    absent = _by_provider(record for record in passing if record.provider not in by_provider)
    stated, passed = {p: _share(records) for p, records in by_provider.items()}, list(map(_share, absent.values()))
    kind = None if combination is None else MODES[combination]
    terms = Terms(kind, at_least or 0, tuple(stated[p] for p in sorted(stated)), tuple(passed))
    combination = combination or Combination.SHARES
    shares = supply_shares(stated, passed) if combination is Combination.SHARES else SupplyShares(dict.fromkeys(stated, 0.0))
    if list(shares.share.values()) == [1.0]:
        # The share of a sole supplier that meets the whole need has no effect, whether or not anybody stated it.
        combination, shares = Combination.ALL_OF, shares._replace(share=dict.fromkeys(by_provider, 0.0))
    each = tuple(
        Supplier(p, shares.share[p], p in shares.unstated, shortest(r.delay for r in records), tuple(r.id for r in records))
        for p, records in sorted(by_provider.items())
    )
    # Where four of five suppliers must work and only three count, all three must.
    return Suppliers(MODES[combination], min(at_least or 0, len(each)), each, shares.total, shares.completed, terms)


def shortest(durations: Iterable[str | None]) -> float:
    """Return the shortest of several durations in days (the most harmful, where records disagree); 0 without any.

    >>> shortest(["P30D", None, "P7D"])
    7.0
    """
    return min((days(duration) for duration in durations if duration), default=0.0)


def _by_provider(records: Iterable[SupplyRecord]) -> dict[str, list[SupplyRecord]]:
    by_provider: dict[str, list[SupplyRecord]] = defaultdict(list)
    for record in records:
        by_provider[record.provider].append(record)
    return by_provider


def _share(records: Iterable[SupplyRecord]) -> float | None:
    """Return the share that the records of one provider state, the greatest where they disagree; None if none does."""
    return max((float(record.share) for record in records if record.share is not None), default=None)


__all__ = ["Supplier", "Suppliers", "SupplyRecord", "Terms", "combine", "shortest"]
