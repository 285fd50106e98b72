"""What is said on standard error about an export: to a format of another program, or of all quads in several files."""

from __future__ import annotations

from knockon.present.exports.export import ExportReport
from knockon.store.parts_manifest import MANIFEST, QuadParts
from knockon.text import counted, format_bytes


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


def parts_notes(manifest: QuadParts, folder: str) -> list[str]:
    """Return what a bulk export wrote.

    >>> parts_notes(QuadParts("ab12", 7, 900, 2, (), (("CC0-1.0", 1),), ()), "out")[1]
    'licences: CC0-1.0 (1)'
    """
    size = format_bytes(sum(part.file_bytes for part in manifest.parts))
    what = f"{counted(manifest.quads, 'quad')} of {counted(manifest.graphs, 'graph')}"
    lines = [f"wrote {folder}: {counted(len(manifest.parts), 'part')} with {what}, {size}, and {MANIFEST}"]
    if manifest.licenses:
        lines.append("licences: " + ", ".join(f"{name} ({count:,})" for name, count in manifest.licenses))
    return lines


__all__ = ["export_notes", "parts_notes"]
