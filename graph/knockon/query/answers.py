"""The answer to a query as a table that can be used as often as one likes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolution,
    QuerySolutions,
    Triple,
    parse_query_results,
)

from knockon.errors import UsageError
from knockon.query.columns import Column, Value, column_of
from knockon.query.terms import short, value_of

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from knockon.store.base import Answer

_TRIPLE = ("subject", "predicate", "object")
_JSON = QueryResultsFormat.JSON
#: Rows that a notebook shows.
_SHOWN = 200


class QueryAnswer:
    """The answer to a SPARQL query: rows of a SELECT, the truth of an ASK, triples of a CONSTRUCT or DESCRIBE.

    Iterating gives the rows (``row["name"].value``) or the triples; ``bool``
    of an ASK is its answer, of all else whether there are any. Every answer is
    a table: ``columns``, ``len``, ``to_dicts``, ``to_pandas``, ``to_arrow``, ``save``.
    An ASK has one row and the column ``boolean``; triples have the columns
    ``subject``, ``predicate`` and ``object``.

    Parameters
    ----------
    answer
        The answer of the engine; it is read when it is first needed.

    Raises
    ------
    UsageError
        The query fails while it runs.

    >>> import knockon
    >>> answer = knockon.open().query("SELECT ?product { id:sensetime ko:offers ?product } ORDER BY ?product LIMIT 2")
    >>> answer.columns, len(answer)
    (('product',), 2)
    >>> [row["product"].value for row in answer] == [row["product"] for row in answer.to_dicts()]
    True
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._rows: tuple[QuerySolution, ...] | tuple[Triple, ...] | None = None
        self._json = b""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in the order of the SELECT."""
        if isinstance(self._answer, QuerySolutions):
            return tuple(variable.value for variable in self._answer.variables)
        return ("boolean",) if isinstance(self._answer, QueryBoolean) else _TRIPLE

    @property
    def variables(self) -> list[Any]:
        """The variables of a SELECT, as pyoxigraph has them."""
        return list(self._answer.variables) if isinstance(self._answer, QuerySolutions) else []

    def __iter__(self) -> Iterator[Any]:
        return iter(self._read())

    def __len__(self) -> int:
        return 1 if isinstance(self._answer, QueryBoolean) else len(self._read())

    def __bool__(self) -> bool:
        return bool(self._answer) if isinstance(self._answer, QueryBoolean) else bool(self._read())

    def __repr__(self) -> str:
        if isinstance(self._answer, QueryBoolean):
            return f"<QueryAnswer {bool(self)}>"
        return f"<QueryAnswer of {len(self):,} rows: {', '.join(self.columns)}>"

    def _read(self) -> Sequence[Any]:
        if self._rows is None:
            try:
                self._rows = () if isinstance(self._answer, QueryBoolean) else tuple(self._unread())
            except RuntimeError as error:
                raise UsageError(f"the query fails while it runs: {error}") from None
        return self._rows

    def _unread(self) -> Iterator[Any]:
        rows: Any = parse_query_results(self._json, _JSON) if self._json else self._answer
        yield from rows

    def _terms(self) -> list[tuple[Any, ...]]:
        """Return the terms of each row, in the order of the columns."""
        return [tuple(row) for row in self._read()]

    def _fresh(self) -> Any:
        """Return the answer as the engine gave it, good for one reading: QuerySolutions, QueryBoolean or the triples."""
        if not isinstance(self._answer, QuerySolutions):
            return self._answer if isinstance(self._answer, QueryBoolean) else self._read()
        if not self._json:
            try:
                self._json = self._serialized()
            except RuntimeError as error:
                raise UsageError(f"the query fails while it runs: {error}") from None
        return parse_query_results(self._json, _JSON)

    def _serialized(self) -> bytes:
        if self._rows is None and isinstance(self._answer, QuerySolutions):
            return self._answer.serialize(format=_JSON) or b""
        names = self.columns
        bindings = [
            {name: _json_term(row[name]) for name in names if row[name] is not None}
            for row in self._read()
            if isinstance(row, QuerySolution)
        ]
        return json.dumps({"head": {"vars": names}, "results": {"bindings": bindings}}).encode()

    def table(self) -> list[Column]:
        """Return the columns with their values in Python's types: numbers as numbers, dates as dates, IRIs as text."""
        if isinstance(self._answer, QueryBoolean):
            return [Column("boolean", "bool", [bool(self._answer)])]
        rows = self._terms()
        return [column_of(name, [row[place] for row in rows]) for place, name in enumerate(self.columns)]

    def to_dicts(self) -> list[dict[str, Value]]:
        """Return a dictionary for each row; what is not bound is None."""
        if isinstance(self._answer, QueryBoolean):
            return [{"boolean": bool(self._answer)}]
        return [dict(zip(self.columns, map(value_of, row), strict=True)) for row in self._terms()]

    def to_pandas(self) -> pd.DataFrame:
        """Return a pandas DataFrame (extra ``pandas``); a column of whole numbers with gaps is ``Int64``.

        Raises
        ------
        UsageError
            pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise UsageError("to_pandas needs pandas: pip install 'knockon[pandas]'") from None
        return pd.DataFrame({column.name: pd.Series(column.values, dtype=column.pandas_type) for column in self.table()})

    def to_arrow(self) -> pa.Table:
        """Return a pyarrow Table (extra ``parquet``), its columns typed.

        Raises
        ------
        UsageError
            pyarrow is not installed.
        """
        try:
            import pyarrow as pa
        except ImportError:
            raise UsageError("to_arrow needs pyarrow: pip install 'knockon[parquet]'") from None
        columns = self.table()
        types = {"bool": pa.bool_(), "int": pa.int64(), "float": pa.float64(), "date": pa.date32(), "text": pa.string()}
        schema = pa.schema([(column.name, types[column.kind]) for column in columns])
        return pa.Table.from_arrays([pa.array(c.values, types[c.kind]) for c in columns], schema=schema)

    def to_text(self, form: str | None = None, *, width: int = 1000) -> str:
        """Return the answer as text: table, json (SPARQL JSON), jsonl, csv, tsv, md; triples as ttl, nt, jsonld."""
        from knockon.query.formats import render

        return render(self._fresh(), form, width=width)

    def save(self, path: str | Path, form: str | None = None) -> None:
        """Write the answer to a file, in the format of its ending (``.parquet`` as well) unless ``form`` says another.

        Raises
        ------
        UsageError
            The format is unknown or does not fit the answer, or the file cannot be written.
        """
        from knockon.store.files import write_bytes

        target = Path(path)
        chosen = form or target.suffix.removeprefix(".").lower() or None
        if chosen is None:
            raise UsageError(f"{target}: a name without an ending gives no format; name it e.g. {target}.csv")
        write_bytes(target, self.to_parquet() if chosen == "parquet" else self.to_text(chosen).encode())

    def to_parquet(self) -> bytes:
        """Return the answer as the bytes of a Parquet file (extra ``parquet``)."""
        import io

        table = self.to_arrow()
        import pyarrow.parquet as pq

        out = io.BytesIO()
        pq.write_table(table, out)
        return out.getvalue()

    def _repr_html_(self) -> str:
        from html import escape

        from knockon.text import plain

        rows = (
            [[bool(self)]]
            if isinstance(self._answer, QueryBoolean)
            else [[short(term) for term in row] for row in self._terms()]
        )
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        shown = ("".join(f"<td>{escape(plain(cell))}</td>" for cell in row) for row in rows[:_SHOWN])
        body = "".join(f"<tr>{row}</tr>" for row in shown)
        more = f"<p>and {len(rows) - _SHOWN:,} more rows</p>" if len(rows) > _SHOWN else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _json_term(term: NamedNode | BlankNode | Literal | Triple) -> dict[str, Any]:
    """Return a term as SPARQL 1.1 Query Results JSON has it (W3C Recommendation of 21 March 2013, section 3.2.2)."""
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Triple):
        parts = {name: _json_term(getattr(term, name)) for name in _TRIPLE}
        return {"type": "triple", "value": parts}
    found: dict[str, Any] = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype.value != "http://www.w3.org/2001/XMLSchema#string":
        found["datatype"] = term.datatype.value
    return found
