"""What is said on standard error about an export to a format of another program."""

from __future__ import annotations

from knockon.present.exports.export import ExportReport
from knockon.text import counted


def export_notes(exported: ExportReport) -> list[str]:
    """Return what was written and what was left out.

    >>> export_notes(ExportReport("ftm", (("Company", 2),), (("Dependency", 3), ("Shock", 1))))
    ['wrote 2 items (2 Company); left out 4 records that ftm has no words for (3 Dependency, 1 Shock)']
    """
    written = ", ".join(f"{count:,} {name}" for name, count in exported.written)
    total = sum(count for _, count in exported.written)
    text = f"wrote {counted(total, 'item')} ({written})" if written else "wrote no items"
    missing = sum(count for _, count in exported.left_out)
    if missing:
        names = ", ".join(f"{count:,} {name}" for name, count in exported.left_out)
        text += f"; left out {counted(missing, 'record')} that {exported.form} has no words for ({names})"
    return [text]


__all__ = ["export_notes"]
