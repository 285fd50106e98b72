"""diff: what two versions of data say differently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knockon.cli.data_sets import store_folder
from knockon.cli.messages import note
from knockon.cli.options import Store, graph
from knockon.cli.output import ROWS, Writer, writes
from knockon.cli.reading import reading
from knockon.errors import UsageError

if TYPE_CHECKING:
    from knockon.analysis.records.differences import Differences
    from knockon.authoring.options import ReadOptions


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(diff)


@writes(*ROWS)
@reading("encoding", "decimal", "percent", "days", "rename", "ignore_unknown", "sheet", "from_", "uses", "exact_names")
def diff(
    old: Annotated[
        str | None,
        typer.Argument(help="A store, a revision of it (st@2), a folder or file; with --store a revision by number."),
    ] = None,
    new: Annotated[str | None, typer.Argument(help="The same; with --store, if left out, the store as it is.")] = None,
    store: Store = None,
    *,
    read: Any,
    out: Writer,
) -> None:
    """What two versions say differently, by record and field; two files are two versions of one data set.

    `knockon diff st` shows what the last change of a store did, `knockon diff 3 --store st` what changed since revision 3,
    `knockon diff list.csv --store st` what loading the file would change. Exits 0 whether or not anything differs.
    """
    answer = _differences(old, new, store, read)
    if out.form == "json":
        out.json(answer.to_dict())
    else:
        columns = ["change", "class", "id", "title", "field", "old", "new"]
        out.rows(list(_rows(answer)), columns, drop=["class", "title"])
    note(_summary(answer))


def _differences(old: str | None, new: str | None, store: str | None, read: ReadOptions) -> Differences:
    if store is not None:
        opened = graph(store)
        first, second = _number(old), _number(new)
        if isinstance(first, str) and second is None:
            first, second = store, first
        return opened.diff(first, second, options=read)
    if old is None:
        raise UsageError("name two versions, or one store: knockon diff OLD NEW, or knockon diff STORE")
    if new is None:
        return store_folder(old, f"diff {old} NEW").diff()
    from knockon.graph import Graph
    from knockon.store.oxigraph import MemoryStore

    return Graph(MemoryStore()).diff(old, new, options=read)


def _number(text: str | None) -> str | int | None:
    return int(text) if text is not None and text.isdecimal() else text


def _rows(answer: Differences) -> Iterator[dict[str, Any]]:
    """One row for a record that came, went or has other evidence, and one for each field that changed."""
    for record in answer.records:
        row = {key: value for key, value in record.to_dict().items() if key != "fields"}
        if record.kind != "changed":
            yield {**row, "field": None, "old": None, "new": None}
        for field in record.fields if record.kind == "changed" else ():
            yield {**row, "field": field.field, "old": _short(field.old), "new": _short(field.new)}


def _short(value: Any) -> Any:
    """A value with its IRIs in short form; lists become one text."""
    from pyoxigraph import NamedNode

    from knockon.query.terms import short
    from knockon.vocabulary import PREFIXES

    if isinstance(value, tuple):
        return ", ".join(str(_short(one)) for one in value)
    if isinstance(value, str) and value.startswith(tuple(PREFIXES.values())):
        try:
            return short(NamedNode(value))
        except ValueError:  # a text that only begins like one
            return value
    return value


def _summary(answer: Differences) -> str:
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
