"""How far each shock of a graph reaches, and which shocks cause the same losses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import ClassVar

from knockon.analysis.answer import Answer
from knockon.analysis.impact.impact_report import ImpactReport
from knockon.model import Shock


@dataclass(frozen=True, slots=True)
class ShockReach(Answer):
    """How far one shock reaches.

    Attributes
    ----------
    shock
        The shock. Not in JSON, which begins with its ``iri``, ``name``, ``label``, ``status`` and ``legal_basis``.
    affected
        How many entities lose something, those that are hit included.
    reached
        How many of them are not hit themselves.
    not_in_force
        Why it hits nothing on the day of the answer; empty if it does.
    same_losses
        The other shocks (IRI) under which every entity loses the same.
    truncated
        Whether a cap stopped the run, so that it may reach farther.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "iri", "name", "label", "status", "legal_basis", "affected", "reached", "not_in_force", "same_losses", "truncated",
    )  # fmt: skip
    json_names: ClassVar[Mapping[str, str]] = {"name": "id"}

    shock: Shock
    affected: int
    reached: int
    not_in_force: str
    same_losses: tuple[str, ...]
    truncated: bool

    def __repr__(self) -> str:
        status = f", {self.status}" if self.status else ""
        return f"<ShockReach {self.name}: {self.label!r}{status}; {self.affected} affected, {self.reached} beyond the hit>"

    @property
    def iri(self) -> str:
        """The IRI of the shock."""
        return self.shock.id

    @property
    def name(self) -> str:
        """Its local name, as in ``Graph.impact``. The key in JSON is ``id``."""
        return self.shock.name

    @property
    def label(self) -> str:
        """Its label."""
        return self.shock.label

    @property
    def status(self) -> str | None:
        """Whether it has happened, such as ``Hypothetical``; None where no record states it."""
        return self.shock.status.value if self.shock.status else None

    @property
    def legal_basis(self) -> tuple[str, ...]:
        """The measures (IRIs) on which it rests."""
        return tuple(self.shock.legal_basis)


def shock_reaches(reports: Iterable[ImpactReport]) -> tuple[ShockReach, ...]:
    """Return how far each shock reaches, in the order of the reports, which are released one by one."""
    counts: list[tuple[Shock, int, int, str, bytes, bool]] = []
    alike: dict[bytes, list[str]] = defaultdict(list)
    for report in reports:
        key = _losses_key(report)
        reached = sum(impact.step > 0 for impact in report.impacts)
        counts.append((report.shock, report.affected, reached, report.not_in_force or "", key, report.truncated))
        if report.affected:
            alike[key].append(report.shock.id)
    return tuple(
        ShockReach(shock, affected, reached, reason, tuple(iri for iri in alike[key] if iri != shock.id), truncated)
        for shock, affected, reached, reason, key, truncated in counts
    )


def _losses_key(report: ImpactReport) -> bytes:
    """Return a digest of the losses, rounded to 1e-9 as in comparisons, and of their bounds."""
    digest = blake2b(digest_size=16)
    for impact in sorted(report.impacts, key=lambda impact: impact.entity):
        line = f"{impact.entity} {impact.loss:.9f} {impact.loss_low:.9f} {impact.loss_high:.9f}\n"
        digest.update(line.encode())
    return digest.digest()


__all__ = ["ShockReach", "shock_reaches"]
