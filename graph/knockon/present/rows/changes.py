"""Changes of a store as people read them: what was loaded, removed or restored, and what a check of its files found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from knockon.errors import shortened
from knockon.present.rows.table import Table
from knockon.text import counted, format_bytes

if TYPE_CHECKING:
    from knockon.model import DataSet, Shock
    from knockon.store.backup import BackupReport
    from knockon.store.changes import ChangeReport, LoadReport, RemoveReport, UndoReport
    from knockon.store.verification import Verification

#: The columns of the changes.
CHANGE_COLUMNS = ("name", "added", "changed", "removed", "unchanged", "origin")
#: The columns of a backup.
BACKUP_COLUMNS = ("store", "folder", "revision", "earlier", "records", "files", "bytes")


def changes_table(report: ChangeReport) -> Table:
    """Return a row for each data set that a change affects."""
    return Table([change.to_dict() for change in report.data_sets], CHANGE_COLUMNS)


def change_notes(report: ChangeReport) -> Iterator[str]:
    """Return how many records of each data set a change added, changed, removed and kept, a line each."""
    return map(str, report.data_sets)


def load_note(report: LoadReport, store: str, data_sets: Sequence[DataSet], *, can_undo: bool) -> str:
    """Return what a store contains after loading, and the commands that list and undo the change if it keeps what was before.

    >>> from knockon.store.changes import LoadReport
    >>> load_note(LoadReport((), revision=1), "st", [], can_undo=False)
    'st now holds no data sets'
    """
    names = ", ".join(f"{data.info.short_name} ({len(data.records)} records)" for data in data_sets)
    is_change = can_undo and (report.revision or 0) > 1 and not report.changes_nothing
    diff, undo = f"`knockon diff {quote(store)}`", f"`knockon undo --store {quote(store)}`"
    commands = f"; {diff} lists what changed, {undo} takes it back" if is_change else ""
    return f"{store} now holds {names or 'no data sets'}{commands}"


def undo_notes(report: UndoReport, store: str, *, can_undo: bool) -> Iterator[str]:
    """Return which changes were reverted, and which revision is current; ``can_undo`` says if an undo is possible."""
    for change in report.undone:
        yield f"took back {change}"
    restored = f"revision {report.restored}" if report.restored else "before the first load"
    commands = f"; `knockon undo --store {quote(store)}` restores it, --to REVISION goes further back" if can_undo else ""
    yield f"{store} is now revision {report.revision}, the same as {restored}{commands}"


def remove_notes(report: RemoveReport, store: str, data_sets: Sequence[DataSet], *, can_undo: bool) -> Iterator[str]:
    """Return how many records of each class were removed, what the store contains now, and the undo if it is possible."""
    removed = ", ".join(f"{count:,} {name}" for name, count in report.classes) or "nothing"
    shared = f"; {report.shared:,} records stay, because other data sets have them too" if report.shared else ""
    yield f"removed: {removed}{shared}"
    names = ", ".join(data.info.short_name for data in data_sets) or "no data sets"
    command = f"; `knockon undo --store {quote(store)}` restores what was removed" if can_undo else ""
    yield f"{store} now holds {names}{command}"


def history_note(store: str | None) -> str:
    """Return the note on a store without revisions."""
    return f"nothing was loaded into {store} yet"


def data_sets_notes(store: str | None, count: int, bundled: Sequence[str]) -> Iterator[str]:
    """Return a note beside a list of data sets: which are bundled if no store is named, or that the store is empty."""
    if store is None:
        yield f"bundled are {', '.join(bundled)}; name a store of your own with --store FOLDER"
    elif not count:
        yield f"{store} holds no data sets"


def backup_table(report: BackupReport) -> Table:
    """Return the row of a backup."""
    return Table([report.to_dict()], BACKUP_COLUMNS)


def backup_note(report: BackupReport) -> str:
    """Return what a backup copied, and how to read it.

    >>> from knockon.store.backup import BackupReport
    >>> backup_note(BackupReport("st", "copy", 3, 1, 1_200, 9, 2_500_000))
    'copied st to copy: revision 3 and 1 earlier one, 1,200 records, 9 files (2.4 MB), each compared; read it with --store copy'
    """
    earlier = f" and {counted(report.earlier, 'earlier one')}" if report.earlier else ""
    what = f"{counted(report.records, 'record')}, {counted(report.files, 'file')} ({format_bytes(report.bytes)})"
    copied = f"copied {report.store} to {report.folder}: revision {report.revision}{earlier}"
    return f"{copied}, {what}, each compared; read it with --store {quote(report.folder)}"


def verification_notes(verifications: Mapping[Path, Verification]) -> Iterator[str]:
    """Return how many files of each store were compared, and which files are not part of it."""
    for store, verification in verifications.items():
        compared = "match their checksums" if verification.checksums else "were compared (format 1 has no checksums)"
        yield f"{store}: {verification.files} files {compared}"
        if verification.unused:
            yield f"{store}: not part of the store: {', '.join(shortened(verification.unused))}"


def saved_shock_note(shock: Shock, store: str) -> str:
    """Return where a shock of one's own was saved, and the command that computes it."""
    folder = quote(store)
    return f"saved as {shock.name} in my-shocks of {folder}; `knockon impact {shock.name} --store {folder}` computes it again"


__all__ = [
    "BACKUP_COLUMNS", "CHANGE_COLUMNS", "backup_note", "backup_table", "change_notes", "changes_table", "data_sets_notes",
    "history_note", "load_note", "remove_notes", "saved_shock_note", "undo_notes", "verification_notes",
]  # fmt: skip
