"""Differences between two versions of data, as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knockon.model.dates import ALL
from knockon.present.rows.table import Table

if TYPE_CHECKING:
    from knockon.analysis.records.differences import Differences
    from knockon.analysis.records.record_values import Value


def differences_table(answer: Differences) -> Table:
    """Return a row for each changed field, and one for each record that differs as a whole or in its evidence alone."""
    columns = ["change", "class", "id", "title", "field", "old", "new"]
    return Table(list(_rows(answer)), columns, drop=["class", "title"])


def _rows(answer: Differences) -> Iterator[dict[str, object]]:
    for record in answer.records:
        row: dict[str, object] = {key: value for key, value in record.to_dict().items() if key != "fields"}
        if record.kind in ("begins", "ends"):
            holds = "yes", record.absent
            first, second = holds if record.kind == "ends" else holds[::-1]
            yield {**row, "field": "holds", "old": first, "new": second}
        elif record.kind != "changed":
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
    dated = answer.day_old != ALL or answer.day_new != ALL
    begun = [f"{answer.begins:,} begin to hold", f"{answer.ends:,} no longer hold"] if dated else []
    counts = [
        f"{answer.added:,} added", f"{answer.removed:,} removed", *begun, f"{answer.changed:,} changed",
        f"{answer.evidence:,} in evidence alone", f"{answer.unchanged:,} the same",
    ]  # fmt: skip
    counts += [f"{answer.not_holding:,} that hold on neither day"] if answer.not_holding else []
    parts = [f"data sets added: {', '.join(answer.data_sets_added)}"] if answer.data_sets_added else []
    parts += [f"data sets removed: {', '.join(answer.data_sets_removed)}"] if answer.data_sets_removed else []
    if answer.other_triples_added or answer.other_triples_removed:
        parts.append(
            f"triples of other vocabularies: {answer.other_triples_added} added, {answer.other_triples_removed} removed"
        )
    versions = (answer.old, answer.day_old), (answer.new, answer.day_new)
    old, new = (f"{name} on {day}" if dated else name for name, day in versions)
    return f"{old} to {new}: {'; '.join([', '.join(counts), *parts])}"


__all__ = ["differences_note", "differences_table"]
