"""Start Spark for one command or call: quiet, closed to other machines in local mode, and gone afterwards.

Spark runs in a Java process. Started by a program of the user's own, it writes
to that program's standard output, opens a page for browsers on every address of
the machine, and stays until the program ends. Here it writes to a file in a
temporary folder, listens on 127.0.0.1 alone in local mode, and ends with the
session, as its temporary files do. A session that the user has started already
is used as it is, and stays.
"""

from __future__ import annotations

import tempfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knockon.errors import UsageError
from knockon.propagation.engines.spark_options import SQL_SETTINGS, SparkOptions, runs_in_one_process
from knockon.propagation.engines.spark_process import quiet_imports, require_pyspark, spark_process
from knockon.store.atomic_write import temporary_folder
from knockon.store.write_errors import is_full, write_error

if TYPE_CHECKING:
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

#: Only one Spark context can run in a process.
_ONE_AT_A_TIME = threading.RLock()


@dataclass(frozen=True, eq=False)
class Session:
    """A running Spark.

    Attributes
    ----------
    spark
        The session, with settings of its own.
    folder
        A temporary folder of this machine, removed at the end.
    is_local
        Whether everything runs on this machine.
    spill
        The folder for temporary files that the user named; None: ``folder``.
    """

    spark: SparkSession
    folder: Path
    is_local: bool
    spill: str | None = None

    @property
    def context(self) -> SparkContext:
        """The context of the session."""
        return self.spark.sparkContext

    @property
    def work(self) -> str:
        """The address of the folder that all machines write to.

        Raises
        ------
        UsageError
            Spark runs on several machines, and no folder was named that they share.
        """
        if self.is_local:
            # As it is: Spark takes %20 for three characters.
            return f"file://{self.folder}"
        if not self.spill:
            raise UsageError("models by joins on a cluster need a folder that all machines share: --spill hdfs://host/folder")
        return f"{self.spill.rstrip('/')}/knockon-{self.folder.name.rpartition('-')[2]}"

    def put_folder(self, folder: Path) -> str:
        """Return the address at which all machines read a folder of this machine; on a cluster it is copied."""
        name = f"tables-{uuid.uuid4().hex}"
        if self.is_local:
            # Spark takes some characters of a path for a pattern.
            (self.folder / name).symlink_to(folder.resolve())
            return f"{self.work}/{name}"
        system, path = self.file_system(f"{self.work}/{name}")
        system.mkdirs(path)
        for file in sorted(folder.glob("*.parquet")):
            system.copyFromLocalFile(False, True, self._path(f"file://{file.resolve()}"), path)
        return f"{self.work}/{name}"

    def remove(self, url: str) -> None:
        """Remove a folder; one that is not there, or cannot be removed, stays until the end."""
        with suppress(Exception):
            system, path = self.file_system(url)
            system.delete(path, True)

    def _path(self, url: str) -> Any:
        return self.context._jvm.org.apache.hadoop.fs.Path(url)

    def file_system(self, url: str) -> tuple[Any, Any]:
        """Return the file system of an address, and the address as that has it."""
        path = self._path(url)
        return path.getFileSystem(self.context._jsc.hadoopConfiguration()), path

    @property
    def is_one_process(self) -> bool:
        """Whether tasks run in the Java process of this machine, not in executors of their own."""
        return runs_in_one_process(str(self.context.master))

    @property
    def cores(self) -> int:
        """The number of tasks that run at once, as far as Spark knows by now; at least 1."""
        return max(1, int(self.context.defaultParallelism))


@contextmanager
def spark_session(options: SparkOptions) -> Iterator[Session]:
    """Start Spark, or use the session that the user has started, and end what was started.

    Parameters
    ----------
    options
        Where it runs, and what it may use.

    Raises
    ------
    UsageError
        pyspark or Java is missing or too old, the master is unknown, or another session runs elsewhere.
    EngineFailed
        Spark does not start; the message has the last lines that it wrote.
    """
    require_pyspark()
    with ExitStack() as stack, _ONE_AT_A_TIME:
        folder = stack.enter_context(_working_folder(options))
        running = _running_session()
        if running is None:
            spark = stack.enter_context(spark_process(options, folder))
        else:
            _check_running(options, running)
            spark = running.newSession()
        for name, value in SQL_SETTINGS.items():
            spark.conf.set(name, value)
        is_local = str(spark.sparkContext.master).startswith("local")
        session = Session(spark, folder, is_local, options.spill)
        try:
            yield session
        finally:
            if not is_local and options.spill:
                session.remove(session.work)


def _running_session() -> SparkSession | None:
    """Return the session that the user has started in this process."""
    with quiet_imports():
        from pyspark import SparkContext
        from pyspark.sql import SparkSession

        if SparkContext._active_spark_context is None:
            return None
        return SparkSession.builder.getOrCreate()


def _check_running(options: SparkOptions, running: SparkSession) -> None:
    """Refuse options that a session which runs already cannot have."""
    master = running.sparkContext.master
    if options.master is not None and options.master != master:
        raise UsageError(f"a Spark session runs in this process on {master}: stop it, or leave out the master")
    if options.memory is not None:
        raise UsageError("a Spark session runs in this process, which has its memory already: stop it, or leave out the memory")


@contextmanager
def _working_folder(options: SparkOptions) -> Iterator[Path]:
    """Create a temporary folder; those that killed processes left are removed."""
    parent = Path(options.spill if options.spill and options.is_local else tempfile.gettempdir()).absolute()
    if any(character in str(parent) for character in '{}*?[]\\,"'):
        raise UsageError(
            f"Spark cannot work in {parent}: choose one without brackets, quotes, commas, *, ? and \\ with --spill"
        )
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder(parent / "spark") as folder:
            yield folder
    except FileExistsError:
        raise UsageError(f"{parent} is not a folder for temporary files") from None
    except PermissionError as error:
        raise UsageError(f"cannot write temporary files in {parent}: {error.strerror}") from None
    except OSError as error:
        if is_full(error.errno):
            raise write_error(parent, error, hint="choose another folder with --spill, or free some space") from None
        raise


__all__ = ["Session", "spark_session"]
