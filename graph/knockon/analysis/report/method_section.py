"""The section of a page on a shock about how its numbers were computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from knockon.analysis.answer import Answer
from knockon.analysis.impact.impact_report import ImpactReport, OwnerHit
from knockon.analysis.impact.substitution import Substitution
from knockon.analysis.program_version import program_version
from knockon.analysis.run_info import RunAnswer
from knockon.model.dates import as_of_text
from knockon.store.base import Store


@dataclass(frozen=True, slots=True)
class DataSetOrigin(Answer):
    """A data set of the graph.

    Attributes
    ----------
    id
        Its short name.
    title
        Its title.
    description, license
        Its description and its licence; None where not given.
    """

    id: str
    title: str
    description: str | None
    license: str | None


@dataclass(frozen=True, kw_only=True)
class Method(RunAnswer):
    """The method by which the numbers of a page were computed.

    Attributes
    ----------
    owners_hit
        The owners among the targets, as the impact report has them.
    data_sets
        The data sets of the graph.
    left_out_counts
        How many dependencies and supplies stayed out of the network, by reason. The key in JSON is ``left_out``.
    fallen_count
        How many records have no evidence left in the chosen world. The key in JSON is ``fallen``.
    as_of_text
        The day that the page is about, in words. The key in JSON is ``as_of``.
    version
        The version of Knock-on.
    substitutions
        The alternatives that take over, as the impact report has them; None, and not in JSON, where none does.
    store
        The store whose records the numbers rest on. Not in JSON.
    """

    json_keys = (
        "model", "parameters", "iterations", "residual", "stopped_by", "unknown_share", "ungraded_hits", "owners_hit",
        "network_hash", "revision", "data_sets", "left_out_counts", "fallen_count", "as_of_text", "version", "substitutions?",
    )  # fmt: skip
    json_names: ClassVar[Mapping[str, str]] = {
        "left_out_counts": "left_out", "fallen_count": "fallen", "as_of_text": "as_of",
    }  # fmt: skip

    owners_hit: tuple[OwnerHit, ...]
    data_sets: tuple[DataSetOrigin, ...]
    left_out_counts: Mapping[str, int]
    fallen_count: int
    as_of_text: str
    version: str
    substitutions: tuple[Substitution, ...] | None = None
    store: Store = field(repr=False, compare=False)

    @property
    def revision(self) -> str:
        """A digest of the records, computed when it is asked for."""
        return self.store.revision


def method_section(report: ImpactReport) -> Method:
    """Return how the numbers of a report were computed, and from which data sets."""
    context = report.cause.context
    infos = [data_set.info for data_set in context.whole.data_sets]
    return Method(
        run=report.run,
        owners_hit=report.owners_hit,
        store=context.world.by_evidence,
        data_sets=tuple(DataSetOrigin(info.short_name, info.title, info.description, info.license) for info in infos),
        left_out_counts=dict(sorted(Counter(report.left_out.values()).items())),
        fallen_count=len(report.fallen),
        as_of_text=as_of_text(report.run.as_of, report.not_holding),
        version=program_version(),
        substitutions=report.substitutions,
    )


__all__ = ["DataSetOrigin", "Method", "method_section"]
