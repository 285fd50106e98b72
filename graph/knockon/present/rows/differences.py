"""Differences between two versions of data, as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knockon.present.rows.table import Table

if TYPE_CHECKING:
    from knockon.analysis.records.differences import Differences, Value


def differences_table(answer: Differences) -> Table:
    """Return a row for each record that was added or removed or has other evidence, and one for each changed field."""
    columns = ["change", "class", "id", "title", "field", "old", "new"]
    return Table(list(_rows(answer)), columns, drop=["class", "title"])


def _rows(answer: Differences) -> Iterator[dict[str, object]]:
    for record in answer.records:
        row: dict[str, object] = {key: value for key, value in record.to_dict().items() if key != "fields"}
        if record.kind != "changed":
            yield {**row, "field": None, "old": None, "new": None}
        for change in record.fields if record.kind == "changed" else ():
            yield {**row, "field": change.field, "old": _short(change.old), "new": _short(change.new)}


def _short(value: Value) -> Value:
    """Return a value with its IRIs in short form; several values become one text."""
    from pyoxigraph import NamedNode

    from knockon.query.terms import short_form
    from knockon.vocabulary import PREFIXES

    if isinstance(value, tuple):
        return ", ".join(str(_short(item)) for item in value)
    if isinstance(value, str) and value.startswith(tuple(PREFIXES.values())):
        try:
            return short_form(NamedNode(value))
        except ValueError:  # a text that only begins like one
            return value
    return value


def differences_note(answer: Differences) -> str:
    """Return one sentence with the numbers of records that were added, removed and changed."""
    parts = [
        f"{answer.added:,} added", f"{answer.removed:,} removed", f"{answer.changed:,} changed",
        f"{answer.evidence:,} in evidence alone", f"{answer.unchanged:,} the same",
    ]  # fmt: skip
    parts += [f"data sets added: {', '.join(answer.data_sets_added)}"] if answer.data_sets_added else []
    parts += [f"data sets removed: {', '.join(answer.data_sets_removed)}"] if answer.data_sets_removed else []
    if answer.other_triples_added or answer.other_triples_removed:
        parts.append(
            f"triples of other vocabularies: {answer.other_triples_added} added, {answer.other_triples_removed} removed"
        )
    return f"{answer.old} to {answer.new}: {'; '.join([', '.join(parts[:5]), *parts[5:]])}"


__all__ = ["differences_note", "differences_table"]
