"""The finding of a run as plain sentences, for a page of a model that the page does not compute."""

from __future__ import annotations

from knockon.analysis.impact.impact_report import ImpactReport


def finding_texts(report: ImpactReport) -> list[str]:
    """Return the finding of the report on a run: who loses how much, then how sure that is and what it rests on.

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
    first, *others = (plain_text(line) for line in finding(content))
    # The page shows two paragraphs: the second one is how sure the finding is, and what it rests on.
    others += map(plain, importance_sentences(content.importance) if content.importance else ())
    return [first, " ".join(others)] if others else [first]


__all__ = ["finding_texts"]
