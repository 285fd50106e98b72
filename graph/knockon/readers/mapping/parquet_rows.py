"""Read the rows of Parquet files, with their values as JSON Lines would have them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from knockon.authoring.files import check_parquet
from knockon.errors import UsageError
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.objects import ObjectRow


def read_parquet(file: ForeignFile) -> Iterator[ObjectRow]:
    """Yield the rows of a Parquet file.

    Raises
    ------
    UsageError
        The reader of Parquet is not installed.
    InvalidData
        It is not a Parquet file.
    """
    with file.open_binary() as stream:
        check_parquet(stream.read(4), file.name)
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise UsageError(f"{file.name}: Parquet files need pyarrow: pip install 'knockon[parquet]'") from None
    number = 0
    try:
        with file.open_binary() as stream:
            source = stream if stream.seekable() else pyarrow.BufferReader(stream.read())
            for batch in parquet.ParquetFile(source).iter_batches(batch_size=10_000):
                for values in batch.to_pylist():
                    number += 1
                    yield ObjectRow(f"row:{number}", None, {name: _plain(value) for name, value in values.items()})
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise file.fail(None, f"cannot be read as Parquet: {str(error).splitlines()[0][:200]}") from None


def _plain(value: Any) -> Any:
    """Return a value of Parquet as JSON Lines would have it: texts for numbers and dates."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return None if math.isnan(value) else str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return str(value)


__all__ = ["read_parquet"]
