"""A DuckDB in this process, for one network: nothing but its memory, its temporary files, and the tables given to it.

The database is in memory and writes what does not fit into a folder of its own. It can read and write no other file, loads no
extension and reaches no network: tables come in as Arrow batches, and names and ids as values, never as part of a statement.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.errors import KnockonError, LimitReached, UsageError
from knockon.network.tables.working_folder import free_space, working_folder
from knockon.propagation.engines.settings import EngineSettings

#: The share of the memory of the process that DuckDB manages, less what Python, its libraries and Arrow batches take: DuckDB
#: does not count everything that it allocates.
_MANAGED, _LIBRARIES, _LEAST_MANAGED = 0.75, 350_000_000, 0.4
#: The share of the memory of the machine that a process takes by default.
_DEFAULT_SHARE = 0.75
#: The least part of the disk that stays free where no limit is given.
_KEEP_FREE = 0.05
_NEEDED = "the engine duckdb needs DuckDB and pyarrow: pip install 'knockon[duckdb]'"
_SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "preserve_insertion_order": "false",
}


def require_duckdb() -> None:
    """Raise UsageError where DuckDB or pyarrow is not installed; neither is loaded."""
    if any(find_spec(package) is None for package in ("duckdb", "pyarrow")):
        raise UsageError(_NEEDED)


class Session:
    """A DuckDB connection with its folder for temporary files; use it as a context.

    Parameters
    ----------
    settings
        How much memory, disk and processor it may take.

    Raises
    ------
    UsageError
        DuckDB or pyarrow is not installed, or the folder cannot be created.
    """

    def __init__(self, settings: EngineSettings) -> None:
        try:
            import duckdb
            import pyarrow as pa
        except ImportError:
            raise UsageError(_NEEDED) from None
        self._duckdb, self._pyarrow, self.settings = duckdb, pa, settings
        self._stack = ExitStack()
        self.folder: Path = self._stack.enter_context(working_folder(settings.spill))
        memory = settings.memory_bytes or int(_machine_memory() * _DEFAULT_SHARE)
        spill = settings.spill_bytes or int(free_space(self.folder) * (1 - _KEEP_FREE))
        try:
            config: dict[str, str | bool | int | float | list[str]] = {
                **_SETTINGS,
                "memory_limit": f"{int(max(memory * _MANAGED - _LIBRARIES, memory * _LEAST_MANAGED))}B",
                "max_temp_directory_size": f"{spill}B",
                "temp_directory": str(self.folder),
                **({"threads": settings.threads} if settings.threads else {}),
            }
            self._connection = duckdb.connect(":memory:", config=config)
            self._stack.callback(self._connection.close)
            # Afterwards no statement can read a file, or lift a limit.
            self.run("SET enable_external_access = false")
            self.run("SET lock_configuration = true")
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the database and remove its temporary files."""
        self._stack.close()

    def run(self, statement: str, values: Iterable[Any] = ()) -> None:
        """Run a statement without a result; ``values`` are those of its parameters."""
        with self._errors():
            self._connection.execute(statement, list(values))

    def rows(self, query: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self._errors():
            return list(self._connection.execute(query, list(values)).fetchall())

    def number(self, query: str, values: Iterable[Any] = ()) -> Any:
        """Return the one value of a query."""
        return self.rows(query, values)[0][0]

    def arrays(self, query: str) -> dict[str, npt.NDArray[Any]]:
        """Return the columns of a query that has no gaps, by name."""
        with self._errors():
            columns = self._connection.execute(query).fetchnumpy()
        return {name: np.ma.getdata(column) for name, column in columns.items()}

    def batches(self, query: str, rows: int = 1 << 18) -> Iterator[Any]:
        """Yield the rows of a query as Arrow batches."""
        with self._errors():
            reader = self._connection.sql(query).to_arrow_reader(rows)
            yield from reader

    def load(self, table: str, columns: Mapping[str, npt.NDArray[Any]]) -> None:
        """Create a table of arrays, or replace it."""
        self.stream(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM given", self._pyarrow.table(dict(columns)))

    def stream(self, statement: str, given: Any) -> None:
        """Run a statement that reads an Arrow table, or a reader of batches, under the name ``given``."""
        with self._errors():
            self._connection.register("given", given)
            try:
                self._connection.execute(statement)
            finally:
                self._connection.unregister("given")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Raise the errors of DuckDB as ours."""
        duckdb = self._duckdb
        try:
            yield
        except duckdb.OutOfMemoryException as error:
            raise LimitReached(self._limit_message(str(error))) from None
        except (duckdb.InterruptException, RuntimeError) as error:
            if isinstance(error, RuntimeError) and "interrupted" not in str(error):
                raise
            raise KeyboardInterrupt from None
        except duckdb.Error as error:
            text = str(error)
            if "No space left" in text or "disk" in text.lower():
                raise LimitReached(self._limit_message(text)) from None
            raise KnockonError(f"DuckDB failed: {text.splitlines()[0]}") from error

    def _limit_message(self, text: str) -> str:
        """Return what was too small: the memory, the limit of the temporary files, or the disk."""
        settings = self.settings
        where = settings.spill or self.folder.parent
        if "max_temp_directory_size" in text:
            limit = settings.spill_limit or "what is free on the disk"
            return f"the run needs more than {limit} for temporary files in {where}: a larger --spill-limit or --memory"
        if "No space left" in text or "disk" in text.lower():
            return f"the disk of {where} is full; nothing was computed: another folder by --spill, or a larger --memory"
        return f"the run does not fit into {settings.memory or 'memory'}: a larger --memory, or fewer --threads"


def _machine_memory() -> int:
    """Return the memory of the machine in bytes; 4 GB where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 4 * 10**9


__all__ = ["Session", "require_duckdb"]
