"""The first page of a report, and the words of its groups."""

from __future__ import annotations

from dataclasses import dataclass

from knockon.analysis.report.hit_groups import HitGroup
from knockon.analysis.report.shock_report import ShockReport
from knockon.present.caveats import STANCES
from knockon.present.page.styles import words
from knockon.present.phrases import count
from knockon.present.report.finding import finding, impact, likelihood
from knockon.present.report.knowledge import known, unknown, watch
from knockon.present.report.lines import Command, Line
from knockon.present.report.remedy_lines import helps, repeat_command

#: The most groups of those that are hit that a report lists.
GROUPS = 40
#: The plurals that do not end in s alone.
_PLURALS = {
    "Capability": "capabilities", "Company": "companies", "Entity": "entities", "GovernmentBody": "government bodies",
    "Infrastructure": "pieces of infrastructure", "Person": "people", "Technology": "technologies",
    "Funding": "sources of funding",
}  # fmt: skip
_SINGULARS = {"Infrastructure": "piece of infrastructure", "Funding": "source of funding"}


@dataclass(frozen=True, slots=True)
class FirstPage:
    """The lines of the first page, in the order in which they are read."""

    finding: tuple[Line, ...]
    likelihood: Line
    impact: Line
    known: list[Line]
    unknown: list[Line]
    helps: list[Line]
    command: Command | None
    watch: list[Line]


def first_page(page: ShockReport) -> FirstPage:
    """Return the lines of the first page of a report."""
    return FirstPage(
        finding=finding(page),
        likelihood=likelihood(page),
        impact=impact(page),
        known=known(page),
        unknown=unknown(page),
        helps=helps(page),
        command=repeat_command(page),
        watch=watch(page),
    )


def class_count(number: int, cls: str) -> str:
    """Return a number of entities of a class.

    >>> class_count(1, "RevenueStream"), class_count(3, "Company")
    ('one revenue stream', 'three companies')
    """
    return count(number, _SINGULARS.get(cls, words(cls)), _PLURALS.get(cls, f"{words(cls)}s"))


def group_basis(group: HitGroup) -> str:
    """Return what the losses of a group rest on, in a few words; numbers are of its members.

    >>> import knockon
    >>> from knockon.analysis.report.hit_groups import hit_groups
    >>> group_basis(hit_groups(knockon.open().impact("data-reclassification"))[0])
    'asserted, 1 inferred, all judged'
    """
    weak = (("inferred", group.inferred), ("judged", group.judged), ("unknown", group.unknown), ("disputed", group.disputed))
    size = len(group)
    parts = [name if size == 1 else f"all {name}" if number == size else f"{number} {name}" for name, number in weak if number]
    return ", ".join([STANCES[group.stance] if group.stance else "unsourced", *parts])


__all__ = ["GROUPS", "FirstPage", "class_count", "first_page", "group_basis"]
