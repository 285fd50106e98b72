"""The finding of a run as plain sentences, for a page of a model that the page does not compute."""

from __future__ import annotations

from knockon.analysis.impact.impact_report import ImpactReport


def finding_texts(report: ImpactReport) -> list[str]:
    """Return the finding of the report on a run, then the measures of those on the way.

    The finding is two sentences, or one: who loses how much, and how sure that is.

    >>> import knockon
    >>> finding_texts(knockon.open().impact("entity-list-chips", model="reach"))[0].partition(",")[0]
    'As long as this is in force'
    """
    # The report is read for such pages alone.
    from knockon.analysis.report.report import gather
    from knockon.present.report.finding import finding
    from knockon.present.report.lines import plain_text
    from knockon.present.rows.importance import importance_sentences
    from knockon.text import plain

    content = gather(report)
    measures = importance_sentences(content.importance) if content.importance else ()
    return [*map(plain_text, finding(content)), *map(plain, measures)]


__all__ = ["finding_texts"]
