"""The answer to a query as a table that can be read repeatedly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

from knockon.errors import UsageError
from knockon.query.columns import Column, Value, column_of
from knockon.query.terms import short_form, term_value
from knockon.sparql.answers import WrittenAnswer, serialize_answer
from knockon.sparql.engine_errors import engine_error

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from knockon.sparql.answers import Answer


class Explanation(Protocol):
    """Returns what may explain an answer."""

    def __call__(self, *, is_empty: bool) -> Iterable[str]:
        """Return the notices on an answer."""


_TRIPLE = ("subject", "predicate", "object")
#: The most rows that a notebook shows.
_MAX_ROWS_SHOWN = 200


def import_pandas() -> ModuleType:
    """Return the module pandas, for the ``to_pandas`` of an answer.

    Raises
    ------
    UsageError
        pandas is not installed.
    """
    try:
        return import_module("pandas")
    except ImportError:
        raise UsageError("to_pandas needs pandas: pip install 'knockon[pandas]'") from None


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
        The answer of the engine; it is read at the first use.
    explain
        Returns what may explain the answer, for ``notices``, given whether it ``is_empty``; None: nothing does.

    Raises
    ------
    UsageError
        The query fails while it runs.

    Examples
    --------
    >>> import knockon
    >>> answer = knockon.open().query("SELECT ?product { id:sensetime ko:offers ?product } ORDER BY ?product LIMIT 2")
    >>> answer.columns, len(answer)
    (('product',), 2)
    >>> [row["product"].value for row in answer] == [row["product"] for row in answer.to_dicts()]
    True
    """

    def __init__(self, answer: Answer | WrittenAnswer, explain: Explanation | None = None) -> None:
        self._answer = answer
        self._explain = explain

    @property
    def _written(self) -> WrittenAnswer:
        """The whole answer, serialized at the first use."""
        if not isinstance(self._answer, WrittenAnswer):
            try:
                self._answer = serialize_answer(self._answer)
            except RuntimeError as error:
                raise engine_error(error, "the query fails while it runs") from None
        return self._answer

    def __reduce__(self) -> tuple[type[QueryAnswer], tuple[WrittenAnswer, Explanation]]:
        return QueryAnswer, (self._written, partial(_fixed_notices, self.notices))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in the order of the SELECT."""
        kind = self._written.kind
        if kind == "solutions":
            return tuple(variable.value for variable in self.variables)
        return ("boolean",) if kind == "boolean" else _TRIPLE

    @cached_property
    def notices(self) -> tuple[str, ...]:
        """What may explain the answer: terms, names and texts of the query that do not exist, with similar ones.

        Unknown terms of the vocabulary are named whatever the answer is; names and texts that the graph does not have,
        where the answer has no rows or triples, is false, or is the number 0.
        """
        return () if self._explain is None else tuple(self._explain(is_empty=self._is_empty()))

    def _is_empty(self) -> bool:
        written = self._written
        if written.kind == "solutions" and written.rows == 1:
            # A count of nothing has one row.
            (row,) = written.solutions()
            return all(term is None or term_value(term) == 0 for term in row)
        return not written

    @property
    def variables(self) -> list[Any]:
        """The variables of a SELECT, as pyoxigraph objects."""
        return self._written.variables()

    def __iter__(self) -> Iterator[Any]:
        kind = self._written.kind
        if kind == "boolean":
            return iter(())
        return iter(self._written.solutions() if kind == "solutions" else self._written.triples())

    def __len__(self) -> int:
        return self._written.rows

    def __bool__(self) -> bool:
        return bool(self._written)

    def __repr__(self) -> str:
        if self._written.kind == "boolean":
            return f"<QueryAnswer {bool(self)}>"
        return f"<QueryAnswer of {len(self):,} rows: {', '.join(self.columns)}>"

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        """Return the terms of each row, in the order of the columns."""
        return iter([(bool(self),)]) if self._written.kind == "boolean" else map(tuple, self)

    def table(self) -> list[Column]:
        """Return the columns with their values in Python's types.

        Returns
        -------
        list of Column
            Each with a name and values: numbers as numbers, dates as dates, IRIs as text.

        Raises
        ------
        UsageError
            The query fails while it runs.

        Examples
        --------
        >>> import knockon
        >>> [column.values for column in knockon.open().query("SELECT (1 + 1 AS ?two) {}").table()]
        [[2]]
        """
        if self._written.kind == "boolean":
            return [Column("boolean", "bool", [bool(self)])]
        columns = list(zip(*self._rows(), strict=True)) if len(self) else [()] * len(self.columns)
        return [column_of(name, terms) for name, terms in zip(self.columns, columns, strict=True)]

    def to_dicts(self) -> list[dict[str, Value]]:
        """Return the rows as dictionaries.

        Returns
        -------
        list of dict
            The values of each row by column, in Python's types; None where a variable is unbound.

        Raises
        ------
        UsageError
            The query fails while it runs.

        Examples
        --------
        >>> import knockon
        >>> knockon.open().query("SELECT (1 + 1 AS ?two) {}").to_dicts()
        [{'two': 2}]
        """
        if self._written.kind == "boolean":
            return [{"boolean": bool(self)}]
        columns = self.columns
        return [dict(zip(columns, map(term_value, row), strict=True)) for row in self._rows()]

    def to_pandas(self) -> pd.DataFrame:
        """Return the answer as a pandas DataFrame (extra ``pandas``).

        Returns
        -------
        pandas.DataFrame
            A row for each row; a column of whole numbers with gaps is ``Int64``.

        Raises
        ------
        UsageError
            pandas is not installed.

        Examples
        --------
        >>> import knockon
        >>> knockon.open().query("SELECT (1 + 1 AS ?two) {}").to_pandas()["two"].tolist()
        [2]
        """
        pd = import_pandas()
        return pd.DataFrame({column.name: pd.Series(column.values, dtype=column.pandas_type) for column in self.table()})

    def to_arrow(self) -> pa.Table:
        """Return the answer as a pyarrow Table (extra ``parquet``).

        Returns
        -------
        pyarrow.Table
            A row for each row, its columns typed.

        Raises
        ------
        UsageError
            pyarrow is not installed.

        Examples
        --------
        >>> import knockon
        >>> knockon.open().query("SELECT (1 + 1 AS ?two) {}").to_arrow().column_names
        ['two']
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
        """Return the answer as text.

        Parameters
        ----------
        form
            Of rows ``table``, ``json`` (SPARQL JSON), ``jsonl``, ``csv``, ``tsv`` or ``md``; of triples ``ttl``, ``nt`` or
            ``jsonld``. None: a table, or Turtle.
        width
            The most characters in a line of a table; longer cells are wrapped.

        Returns
        -------
        str
            The text. Characters that act on a terminal are escaped or shown, except in CSV.

        Raises
        ------
        UsageError
            The format does not fit the answer, or the query fails while it runs.

        Examples
        --------
        >>> import knockon
        >>> print(knockon.open().query("SELECT (1 + 1 AS ?two) {}").to_text("csv"), end="")
        two
        2
        """
        from knockon.query.formats import render

        answer = self._written
        if answer.kind == "boolean":
            return render(answer.boolean(), form, width=width)
        return render(answer.solutions() if answer.kind == "solutions" else answer.triples(), form, width=width)

    def save(self, path: str | Path, form: str | None = None) -> None:
        """Write the answer to a file.

        Parameters
        ----------
        path
            The file.
        form
            The format, as for ``to_text``, or ``parquet``; None: that of the ending of the file.

        Raises
        ------
        UsageError
            The format is unknown or does not fit the answer, or the file cannot be written.

        Examples
        --------
        >>> import tempfile, knockon
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     knockon.open().query("SELECT (1 + 1 AS ?two) {}").save(f"{folder}/two.csv")
        ...     Path(folder, "two.csv").read_text().split()
        ['two', '2']
        """
        from knockon.store.atomic_write import write_bytes

        target = Path(path)
        chosen = form or target.suffix.removeprefix(".").lower() or None
        if chosen is None:
            raise UsageError(f"{target}: a name without an ending gives no format; name it e.g. {target}.csv")
        write_bytes(target, self.to_parquet() if chosen == "parquet" else self.to_text(chosen).encode())

    def to_parquet(self) -> bytes:
        """Return the answer as a Parquet file (extra ``parquet``).

        Returns
        -------
        bytes
            The content of the file.

        Raises
        ------
        UsageError
            pyarrow is not installed.

        Examples
        --------
        >>> import knockon
        >>> knockon.open().query("SELECT (1 + 1 AS ?two) {}").to_parquet()[:4]
        b'PAR1'
        """
        import io

        table = self.to_arrow()
        import pyarrow.parquet as pq

        out = io.BytesIO()
        pq.write_table(table, out)
        return out.getvalue()

    def _repr_html_(self) -> str:
        from html import escape

        from knockon.text import plain

        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        rows = (map(_cell, row) for row in islice(self._rows(), _MAX_ROWS_SHOWN))
        body = "".join("<tr>" + "".join(f"<td>{escape(plain(cell))}</td>" for cell in row) + "</tr>" for row in rows)
        more = f"<p>and {len(self) - _MAX_ROWS_SHOWN:,} more rows</p>" if len(self) > _MAX_ROWS_SHOWN else ""
        notices = "".join(f"<p>{escape(plain(notice))}</p>" for notice in self.notices)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}{notices}"


def _fixed_notices(notices: tuple[str, ...], *, is_empty: bool) -> tuple[str, ...]:  # noqa: ARG001 - as Explanation
    return notices


def _cell(term: Any) -> Any:
    return term if isinstance(term, bool) else short_form(term)
