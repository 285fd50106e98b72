"""Rows as Parquet: typed, and with every digit."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from knockon.errors import UsageError
from knockon.text import json_text


def parquet(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], metadata: Mapping[str, str] | None = None) -> bytes:
    """Return rows as a Parquet file.

    Numbers, texts and lists of either keep their type; a column that mixes types, or holds records, is text (JSON).

    Parameters
    ----------
    rows, columns
        The rows, and the columns in their order.
    metadata
        Texts by name, for the schema of the file.

    Raises
    ------
    UsageError
        pyarrow is not installed.

    Examples
    --------
    >>> parquet([{"id": "a", "loss": 0.1}], ["id", "loss"])[:4]
    b'PAR1'
    """
    return parquet_file({name: [row.get(name) for row in rows] for name in columns}, metadata)


def parquet_file(columns: Mapping[str, Any], metadata: Mapping[str, str] | None = None) -> bytes:
    """Return columns by name, each a list or an array, as a Parquet file; see ``parquet``."""
    try:
        import pyarrow as pa
        from pyarrow import parquet as files
    except ImportError:
        raise UsageError("Parquet files need pyarrow: pip install 'knockon[parquet]'") from None
    table = pa.table({name: _column(pa, values) if isinstance(values, list) else values for name, values in columns.items()})
    file = io.BytesIO()
    files.write_table(table.replace_schema_metadata(dict(metadata or {}) or None), file)
    return file.getvalue()


def _column(pa: Any, values: list[Any]) -> Any:
    if not any(isinstance(value, Mapping) for value in values):
        try:
            return pa.array([_plain(value) for value in values])
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            pass
    texts = [value if value is None or isinstance(value, str) else json_text(value) for value in values]
    return pa.array(texts, pa.string())


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return float(value) if isinstance(value, float) else value
