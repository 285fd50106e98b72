"""Start Spark for one command or call: quiet, closed to other machines in local mode, and gone afterwards.

Spark runs in a Java process. Started by a program of the user's own, it writes
to that program's standard output, opens a page for browsers on every address of
the machine, and stays until the program ends. Here it writes to a file in a
temporary folder, listens on 127.0.0.1 alone in local mode, and ends with the
session, as its temporary files do. A session that the user has started already
is used as it is, and stays.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import uuid
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knockon.errors import EngineFailed, UsageError
from knockon.store.atomic_write import temporary_folder

if TYPE_CHECKING:
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

#: The oldest Java that Spark 4 runs on.
OLDEST_JAVA = 17
#: Where Spark runs if nobody says: in this machine, on all of its cores.
LOCAL = "local[*]"
#: How often Spark tries a task before it gives up.
ATTEMPTS = 4
_LOCAL = re.compile(r"local(\[(?P<cores>\*|[0-9]+)(, *(?P<attempts>[0-9]+))?\])?")
_CLUSTER_IN_ONE_MACHINE = re.compile(r"local-cluster\[ *[0-9]+ *, *[0-9]+ *, *[0-9]+ *\]")
_CLUSTER = re.compile(r"(spark|k8s)://.+|yarn")
_JAVA_VERSION = re.compile(r'version "(?:1\.)?([0-9]+)')
#: Only one Spark context can run in a process.
_ONE_AT_A_TIME = threading.RLock()


@dataclass(frozen=True)
class SparkOptions:
    """Where Spark runs, and what it may use.

    Attributes
    ----------
    master
        The address of the cluster: ``local[*]``, ``local[2]``, ``spark://host:7077``, ``yarn``, ``k8s://https://host``. None:
        the session that runs in this process, or else ``local[*]``.
    memory
        The memory of the Java process (of each executor, on a cluster) in bytes; None: what Spark is configured to take.
    spill
        A folder for temporary files; None: the one of the system. On a cluster it must be one that all machines see, such as
        ``hdfs://host/folder``.
    settings
        Further settings of Spark by name, as its documentation lists them: they win over those made here.

    Examples
    --------
    >>> SparkOptions("local[2]").is_local, SparkOptions("spark://host:7077").is_local
    (True, False)
    """

    master: str | None = None
    memory: int | None = None
    spill: str | None = None
    settings: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if self.master is not None:
            _check_master(self.master)
        if self.memory is not None and self.memory < 512 << 20:
            raise UsageError(f"Spark needs at least 512 MB of memory, not {self.memory:,} bytes")

    @property
    def is_local(self) -> bool:
        """Whether everything runs on this machine."""
        return self.master is None or self.master.startswith("local")


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
        return _LOCAL.fullmatch(str(self.context.master)) is not None

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
    _require_pyspark()
    with ExitStack() as stack, _ONE_AT_A_TIME:
        folder = stack.enter_context(_working_folder(options))
        running = _running_session()
        if running is None:
            spark = stack.enter_context(_started(options, folder))
        else:
            _check_running(options, running)
            spark = running.newSession()
        for name, value in _SQL_SETTINGS.items():
            spark.conf.set(name, value)
        is_local = str(spark.sparkContext.master).startswith("local")
        session = Session(spark, folder, is_local, options.spill)
        try:
            yield session
        finally:
            if not is_local and options.spill:
                session.remove(session.work)


#: What the numbers depend on, whatever the configuration of the machine says.
_SQL_SETTINGS = {
    # Times and texts are read alike everywhere.
    "spark.sql.session.timeZone": "UTC",
    # The same plan for the same data: what is sent to all executors, and how much is divided, is decided by counts of rows.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.broadcastTimeout": "3600",
    # A number that overflows or cannot be read is an error, not a null.
    "spark.sql.ansi.enabled": "true",
    # Ids that differ in case are different.
    "spark.sql.caseSensitive": "true",
    # A file that is missing or damaged is an error, not no rows.
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.files.ignoreCorruptFiles": "false",
}


def _check_master(master: str) -> None:
    """Refuse what is no address of a cluster that the engine runs on."""
    if master.startswith("sc://"):
        raise UsageError(
            f"--master {master}: Spark Connect cannot start the engine's Python workers; give spark://, yarn or k8s://"
        )
    if not any(pattern.fullmatch(master) for pattern in (_LOCAL, _CLUSTER_IN_ONE_MACHINE, _CLUSTER)):
        known = "local[*], local[2], spark://host:7077, yarn, k8s://https://host"
        raise UsageError(f"{master!r} is not a master of Spark; use one of {known}")


def _require_pyspark() -> None:
    """Refuse to go on without pyspark."""
    from importlib.util import find_spec

    if find_spec("pyspark") is None:
        raise UsageError("the Spark engine needs pyspark and Java 17: pip install 'knockon[spark]', and install Java 17")


def _require_java() -> None:
    """Refuse to go on without Java, or with one that Spark does not run on."""
    hint = "install Java 17 (Debian: apt-get install openjdk-17-jre-headless) or set JAVA_HOME to it"
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if program is None:
        raise UsageError(f"the Spark engine needs Java 17, and no java is on the path: {hint}")
    try:
        run = subprocess.run([program, "-version"], capture_output=True, text=True, errors="replace", timeout=60, check=False)  # noqa: S603 - the user's own java
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"the Spark engine needs Java 17, and {program} does not run ({error}): {hint}") from None
    version = _JAVA_VERSION.search(run.stderr + run.stdout)
    if version is None:
        raise UsageError(f"the Spark engine needs Java 17, and {program} does not say its version: {hint}")
    if int(version[1]) < OLDEST_JAVA:
        raise UsageError(f"the Spark engine needs Java 17 or later, and {program} is Java {version[1]}: {hint}")


def _running_session() -> SparkSession | None:
    """Return the session that the user has started in this process."""
    with _quiet_imports():
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


@contextmanager
def _started(options: SparkOptions, folder: Path) -> Iterator[SparkSession]:
    """Start Spark in a Java process of its own; end both."""
    _require_java()
    log = folder / "spark.log"
    with _quiet_imports(), log.open("wb") as stream:
        from pyspark import SparkConf, SparkContext, java_gateway
        from pyspark.sql import SparkSession

        conf = SparkConf(loadDefaults=False).setAll(list(_settings(options, folder).items()))
        gateway = None
        try:
            with _java_environment(options):
                gateway = java_gateway.launch_gateway(conf, {"stdout": stream, "stderr": subprocess.STDOUT})
            with _own_interrupts():
                spark = SparkSession(SparkContext(conf=conf, gateway=gateway))
        except Exception as error:
            _end(gateway)
            raise EngineFailed(f"Spark did not start on {options.master or LOCAL}: {_reason(error, log)}") from None
    try:
        yield spark
    finally:
        # A Java process that has died cannot be asked to stop.
        with suppress(Exception):
            spark.stop()
        _end(gateway)


def _settings(options: SparkOptions, folder: Path) -> dict[str, str]:
    """Return the settings of a new Spark."""
    master = options.master or LOCAL
    java = "-Duser.timezone=UTC -Duser.language=en -Duser.country=US -Dfile.encoding=UTF-8"
    settings = {
        "spark.app.name": "knockon",
        "spark.master": _with_attempts(master),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": f"file://{folder}/warehouse",
        "spark.local.dir": str(folder),
        "spark.driver.extraJavaOptions": f'{java} "-Djava.io.tmpdir={folder}"',
    }
    if options.is_local:
        settings |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.pyspark.python": sys.executable,
            "spark.pyspark.driver.python": sys.executable,
            # Workers find the package as this process did, wherever it is.
            "spark.executorEnv.PYTHONPATH": _python_path(),
            "spark.eventLog.enabled": "false",
        }
    if options.memory is not None:
        # Beside its heap Java has memory of its own, about a tenth.
        megabytes = max(460, int(options.memory * 0.9) >> 20)
        settings["spark.driver.memory" if options.is_local else "spark.executor.memory"] = f"{megabytes}m"
    return {**settings, **(options.settings or {})}


def _with_attempts(master: str) -> str:
    """Return a master on which a task that fails is tried again, as on a cluster: in local mode Spark would give up."""
    local = _LOCAL.fullmatch(master)
    if local is None or local["attempts"]:
        return master
    return f"local[{local['cores'] or 1},{ATTEMPTS}]"


def _python_path() -> str:
    """Return the folders in which workers look for this package, numpy and what else is imported."""
    import numpy

    own = [str(Path(__file__).resolve().parents[3]), str(Path(numpy.__file__).resolve().parents[1])]
    inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.pathsep.join(dict.fromkeys(path for path in (*inherited, *own) if path))


@contextmanager
def _java_environment(options: SparkOptions) -> Iterator[None]:
    """Set what Java and the scripts of Spark read from the environment, while they are started."""
    wanted = {"LC_ALL": "C.UTF-8"}
    if options.is_local:
        wanted |= {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _quiet_imports() -> Iterator[None]:
    """Import pyspark without its warnings about versions of packages that the engine does not use."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _own_interrupts() -> Iterator[None]:
    """Keep the handler of Ctrl-C: that of Spark would ask a context to stop that has ended already."""
    is_main = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGINT) if is_main else None
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


def _end(gateway: Any) -> None:
    """End the Java process behind a gateway, and let the next session start one of its own."""
    from pyspark import SparkContext

    if gateway is not None:
        with suppress(Exception):
            gateway.shutdown()
        process = getattr(gateway, "proc", None)
        if process is not None:
            _end_process(process)
    SparkContext._gateway = SparkContext._jvm = None


def _end_process(process: subprocess.Popen[bytes]) -> None:
    """Let the Java process end by itself when its input ends; after ten seconds end it."""
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _reason(error: Exception, log: Path) -> str:
    """Return why Spark did not start: the last lines that it wrote, or else the error."""
    lines = [line.strip() for line in log.read_text("utf-8", errors="replace").splitlines()]
    telling = [line for line in lines if re.search(r"\b(ERROR|Exception|Error|error|cannot|Could not)\b", line)]
    return " / ".join(telling[-2:]) or str(error).partition("\n")[0] or type(error).__name__


__all__ = ["ATTEMPTS", "LOCAL", "OLDEST_JAVA", "Session", "SparkOptions", "spark_session"]
